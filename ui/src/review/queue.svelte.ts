import {
  ApiError,
  isQueued,
  type AnnotationId,
  type Api,
  type BoxFilter,
  type ImageId,
  type ImageView,
  type QueueItem,
  type QueueOrder,
} from '../api';
import { readPref, writePref } from '../shared/prefs';
import type { Desk } from './desk.svelte';
import { FIRST, isChoice, isSameFilter, passes } from './filters';
import { SavedFilters } from './saved.svelte';

/** Boxes asked for at once. */
const PAGE = 200;
/** The most that the engine hands out at once. */
const MOST = 1000;
/** With fewer left ahead, more are asked for. */
const LOW = 60;

type Ways = Pick<Api, 'boxesPage' | 'filters' | 'filterSave' | 'filterDelete'>;

/**
 * The boxes that the filter lets through (those that wait, unless another is chosen), in order, and the place among them.
 * Boxes that are skipped stay where they are.
 */
export class Queue {
  order = $state.raw<QueueOrder>(FIRST.order);
  filter = $state.raw<BoxFilter>(FIRST.filter);
  readonly saved: SavedFilters;
  private items = $state.raw<readonly QueueItem[]>([]);
  private listed = $state.raw(0);
  /** Index in `waiting`; stays put when the box there is decided, so that the next one moves up. */
  cursor = $state.raw(0);
  loaded = $state.raw(false);
  /** Whether there are more than `total`. */
  more = $state.raw(false);
  /** Why it could not be asked for. */
  error = $state.raw<ApiError | null>(null);
  private asked = 0;
  private asking = false;
  /** Under what name the choice is kept at this machine. */
  private kept: string | null = null;

  /** What the filter lets through, decisions under way counted as made. */
  readonly waiting: readonly QueueItem[] = $derived.by(() => {
    const { filter } = this;
    return this.items.filter(({ annotation, path }) => {
      const now = this.desk.newest(annotation);
      return now !== undefined && passes(filter, now, path);
    });
  });
  /** All of it, those not listed yet included. */
  readonly total = $derived(Math.max(this.waiting.length, this.listed - (this.items.length - this.waiting.length)));
  /** Whether it is the queue as it is at first: all that waits. */
  readonly plain = $derived(isSameFilter(this.filter, FIRST.filter));

  constructor(
    private readonly api: Ways,
    private readonly desk: Desk,
  ) {
    this.saved = new SavedFilters(api);
  }

  get current(): QueueItem | null {
    return this.waiting[this.cursor] ?? this.waiting[0] ?? null;
  }

  find(id: AnnotationId): QueueItem | undefined {
    return this.items.find((item) => item.annotation.id === id);
  }

  indexOf(id: AnnotationId | null): number {
    return this.waiting.findIndex((item) => item.annotation.id === id);
  }

  /** Puts the cursor on a box, if it is here. */
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

  /** On from a box that is decided and yet stays in the list. */
  pass(id: AnnotationId | null): void {
    const item = this.waiting[this.indexOf(id)];
    const now = item && this.desk.newest(item.annotation);
    if (now && !isQueued(now)) this.step(1, id);
  }

  async choose(order: QueueOrder, filter: BoxFilter): Promise<void> {
    this.order = order;
    this.filter = filter;
    this.cursor = 0;
    this.loaded = false;
    if (this.kept !== null) writePref(this.kept, { order, filter });
    await this.refill(true, false);
  }

  /** Goes on with the order and filter chosen last in the project at `path`; keeps what is chosen from now on. */
  recall(path: string): void {
    this.kept = `queue.${path}`;
    ({ order: this.order, filter: this.filter } = readPref(this.kept, FIRST, isChoice));
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
      const wanted = this.cursor + PAGE;
      const items: QueueItem[] = [];
      for (;;) {
        const left = Math.min(MOST, wanted - items.length);
        const page = await this.api.boxesPage(this.filter, this.order, items.length, left);
        if (ask !== this.asked) return;
        items.push(...page.items);
        if (items.length < wanted && page.items.length === left) continue;
        this.items = items;
        this.listed = page.total;
        this.more = page.more;
        this.error = null;
        break;
      }
      const at = this.indexOf(standing);
      if (at >= 0) this.cursor = at;
    } catch (thrown) {
      if (ask === this.asked) this.error = ApiError.from(thrown);
    } finally {
      if (ask === this.asked) {
        this.asking = false;
        this.loaded = true;
      }
    }
  }

  /** Images came back from the engine: boxes that no longer pass leave the list for good. */
  settle(views: readonly ImageView[]): void {
    const known = new Map(views.map((view) => [view.image.id, new Map(view.annotations.map((a) => [a.id, a]))]));
    const kept: QueueItem[] = [];
    for (const item of this.items) {
      const image = known.get(item.annotation.image);
      const now = image ? image.get(item.annotation.id) : item.annotation;
      if (now && passes(this.filter, now, item.path)) {
        kept.push(now === item.annotation ? item : { ...item, annotation: now });
      }
    }
    this.listed -= this.items.length - kept.length;
    this.items = kept;
  }

  /** A box that passes again (an undone decision) takes its place at the cursor. */
  bringBack(at: { image: ImageId; box: AnnotationId | null }, views: readonly ImageView[]): void {
    const view = views.find((v) => v.image.id === at.image);
    const annotation = view?.annotations.find((a) => a.id === at.box);
    if (!view || !annotation || this.find(annotation.id)) return;
    const { path, width, height } = view.image;
    if (!passes(this.filter, annotation, path)) return;
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
