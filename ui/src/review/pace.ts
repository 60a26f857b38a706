/** A longer wait before a decision is a pause, not review, seconds; many boxes at once take a second more for each. */
const LONGEST_GAP_S = 45;
/** Boxes, and the fewest decisions, that a pace is told from. */
const RECENT = 60;
const FEWEST = 3;
/** With fewer boxes a pace would be a guess. */
const ENOUGH = 5;

type Decision = { at: number; n: number };

const boxes = (decisions: readonly Decision[]): number => decisions.reduce((sum, { n }) => sum + n, 0);

/** How fast boxes are being decided: over the last sixty, pauses left out. */
export class Pace {
  private recent: Decision[] = [];

  /** `n` boxes were decided at `at`, seconds. */
  add(at: number, n = 1): void {
    this.recent.push({ at, n });
    while (this.recent.length > FEWEST && boxes(this.recent.slice(2)) >= RECENT) this.recent.shift();
  }

  /** Boxes a minute; `null` while too few were decided to tell. */
  perMinute(): number | null {
    if (boxes(this.recent) < ENOUGH) return null;
    let active = 0;
    for (const [n, { at, n: decided }] of this.recent.slice(1).entries()) {
      active += Math.min(LONGEST_GAP_S + decided - 1, at - (this.recent[n]?.at ?? at));
    }
    return active <= 0 ? null : (boxes(this.recent.slice(1)) / active) * 60;
  }
}
