import {
  isQueued,
  type AnnotationId,
  type Api,
  type ImageId,
  type ImageView,
  type LabelId,
  type QueueItem,
  type QueueOrder,
} from '../api';
import type { Desk } from './desk.svelte';

/** Boxes asked for at once. */
const PAGE = 200;
/** With fewer left ahead, more are asked for. */
const LOW = 60;

/** The boxes that wait, in order, and the place among them. Boxes that are skipped stay where they are. */
export class Queue {
  order = $state<QueueOrder>('most_doubtful');
  label = $state.raw<LabelId | null>(null);
  private items = $state.raw<readonly QueueItem[]>([]);
  private listed = $state.raw(0);
  /** Index in `waiting`; stays put when the box there is decided, so that the next one moves up. */
  cursor = $state.raw(0);
  loaded = $state.raw(false);
  private asked = 0;
  private asking = false;

  /** What still waits, decisions under way counted as made. */
  readonly waiting: readonly QueueItem[] = $derived.by(() => this.desk.waiting(this.items));
  /** All that wait, those not listed yet included. */
  readonly total = $derived(Math.max(this.waiting.length, this.listed - (this.items.length - this.waiting.length)));

  constructor(
    private readonly api: Pick<Api, 'queuePage'>,
    private readonly desk: Desk,
  ) {}

  get current(): QueueItem | null {
    return this.waiting[this.cursor] ?? this.waiting[0] ?? null;
  }

  find(id: AnnotationId): QueueItem | undefined {
    return this.items.find((item) => item.annotation.id === id);
  }

  indexOf(id: AnnotationId | null): number {
    return this.waiting.findIndex((item) => item.annotation.id === id);
  }

  /** Puts the cursor on a box, if it waits here. */
  stand(id: AnnotationId): void {
    const at = this.indexOf(id);
    if (at >= 0) this.cursor = at;
  }

  /** One on or back without deciding, round at the ends; from a box outside the queue, back into it. */
  step(step: 1 | -1, from: AnnotationId | null): void {
    const count = this.waiting.length;
    if (count === 0) return;
    const inside = this.indexOf(from) >= 0;
    const at = Math.min(this.cursor, count - 1);
    this.cursor = inside ? (at + step + count) % count : at;
    if (count - this.cursor < LOW) void this.refill(false);
  }

  async choose(order: QueueOrder, label: LabelId | null): Promise<void> {
    this.order = order;
    this.label = label;
    this.cursor = 0;
    await this.refill(true);
  }

  /**
   * Asks for the head of the queue, far enough to reach past the cursor; only when running low, unless `anew`. The
   * cursor stays on its box, or with `hold` false at its place.
   */
  async refill(anew: boolean, hold = true): Promise<void> {
    const low = this.waiting.length - this.cursor < LOW && this.listed > this.items.length;
    if (!anew && (!low || this.asking)) return;
    const ask = (this.asked += 1);
    this.asking = true;
    try {
      const standing = hold ? (this.waiting[this.cursor]?.annotation.id ?? null) : null;
      const page = await this.api.queuePage(this.order, this.label, this.cursor + PAGE);
      if (ask !== this.asked) return;
      this.items = page.items;
      this.listed = page.total;
      const at = this.indexOf(standing);
      if (at >= 0) this.cursor = at;
    } finally {
      if (ask === this.asked) this.asking = false;
      this.loaded = true;
    }
  }

  /** Images came back from the engine: boxes that no longer wait leave the list for good. */
  settle(views: readonly ImageView[]): void {
    const known = new Map(views.map((view) => [view.image.id, new Map(view.annotations.map((a) => [a.id, a]))]));
    const kept: QueueItem[] = [];
    for (const item of this.items) {
      const image = known.get(item.annotation.image);
      const now = image ? image.get(item.annotation.id) : item.annotation;
      if (now && isQueued(now)) kept.push(now === item.annotation ? item : { ...item, annotation: now });
    }
    this.listed -= this.items.length - kept.length;
    this.items = kept;
  }

  /** A box that waits again (an undone decision) takes its place at the cursor. */
  bringBack(at: { image: ImageId; box: AnnotationId | null }, views: readonly ImageView[]): void {
    const view = views.find((v) => v.image.id === at.image);
    const annotation = view?.annotations.find((a) => a.id === at.box);
    if (!view || !annotation || !isQueued(annotation) || this.find(annotation.id)) return;
    if (this.label !== null && this.label !== annotation.label) return;
    const { path, width, height } = view.image;
    const next = this.waiting[this.cursor];
    const place = next ? this.items.indexOf(next) : this.items.length;
    const item: QueueItem = { annotation, path, width: width ?? 0, height: height ?? 0 };
    this.items = [...this.items.slice(0, place), item, ...this.items.slice(place)];
    this.listed += 1;
  }

  /** The images of the next boxes, the present one's left out. */
  imagesAhead(n: number): ImageId[] {
    const here = this.current?.annotation.image;
    const ahead = new Set<ImageId>();
    for (const item of this.waiting.slice(this.cursor)) {
      if (item.annotation.image !== here) ahead.add(item.annotation.image);
      if (ahead.size === n) break;
    }
    return [...ahead];
  }
}
