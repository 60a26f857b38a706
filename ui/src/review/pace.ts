/** Pauses longer than this are pauses, not review, seconds. */
const LONGEST_GAP_S = 45;
const KEPT = 60;
/** With fewer decisions a pace would be a guess. */
const ENOUGH = 5;

/** How fast boxes are being decided: over the last sixty, pauses left out. */
export class Pace {
  private times: number[] = [];

  /** `n` boxes were decided at `at`, seconds. */
  add(at: number, n = 1): void {
    for (let i = 0; i < Math.min(n, KEPT); i += 1) this.times.push(at);
    this.times = this.times.slice(-KEPT);
  }

  /** Boxes a minute; `null` while too few were decided to tell. */
  perMinute(): number | null {
    if (this.times.length < ENOUGH) return null;
    let active = 0;
    for (let i = 1; i < this.times.length; i += 1) {
      active += Math.min(LONGEST_GAP_S, (this.times[i] ?? 0) - (this.times[i - 1] ?? 0));
    }
    return active <= 0 ? null : ((this.times.length - 1) / active) * 60;
  }
}
