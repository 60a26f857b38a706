export type Tone = 'plain' | 'good' | 'bad';
/** What a person can do about it. */
export type ToastAction = { text: string; run: () => void };
export type Toast = { id: number; tone: Tone; text: string; detail: string | null; action: ToastAction | null };

const LIFE_MS: Record<Tone, number> = { plain: 2600, good: 3200, bad: 9000 };
const LIFE_WITH_ACTION_MS = 8000;

/** Short messages that come and go at the foot of the window; errors stay longer and can be closed. */
export class Toasts {
  list = $state<Toast[]>([]);
  private lastId = 0;

  /** The number it can be closed by. */
  show(text: string, tone: Tone = 'plain', detail: string | null = null, action: ToastAction | null = null): number {
    const id = (this.lastId += 1);
    // One plain message at a time: quick undoing must not pile up a tower.
    const kept = this.list.filter((toast) => toast.tone === 'bad' || tone === 'bad');
    this.list = [...kept.slice(-2), { id, tone, text, detail, action }];
    setTimeout(() => this.close(id), action ? LIFE_WITH_ACTION_MS : LIFE_MS[tone]);
    return id;
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}
