// The gallery: crops to look over a page at a time, what is marked among them, and the place in the list.

import {
  ApiError,
  type AnnotationId,
  type AnnotationView,
  type Api,
  type BoxFilter,
  type ImageView,
  type Label,
  type LabelId,
  type QueueItem,
  type QueueOrder,
} from '../api';
import { boxesIn } from '../review/desk.svelte';
import { FIRST, isChoice, passes } from '../review/filters';
import { part, type Part } from '../review/outbox';
import type { Session } from '../review/session.svelte';
import { suggestions, type Suggestion } from '../review/suggestions';
import { m } from '../shared/i18n/index.svelte';
import { readPref, writePref } from '../shared/prefs';
import { scrollToShow, visibleRange, type Range } from '../shared/virtual';

/** Crops asked for at once, and beyond those in view. */
const PAGE = 200;
/** The most crops that are listed; what is decided makes room for others. */
const LISTED = 20_000;
/** How many pages back undoing finds the place. */
const REMEMBERED = 100;
/** Space between crops and around them, pixels. */
export const GAP = 10;
/** Height of the line under a crop, pixels. */
export const CAPTION = 22;

export const SIZES = { small: 96, medium: 136, large: 216 } as const;
export type Size = keyof typeof SIZES;
const isSize = (value: unknown): value is Size => typeof value === 'string' && value in SIZES;

/** What was decided at once: where, what was marked, a box as it was before, and whether the engine has it. */
type Turned = {
  scroll: number;
  at: number;
  marked: ReadonlySet<AnnotationId>;
  before: AnnotationView;
  isDone: boolean;
};

export class Gallery {
  filter = $state.raw<BoxFilter>(FIRST.filter);
  order = $state.raw<QueueOrder>('most_doubtful');
  size = $state.raw<Size>(readPref('gallery.size', 'medium', isSize));
  /** What a person found wrong. */
  marked = $state.raw<ReadonlySet<AnnotationId>>(new Set());
  /** Index of the crop that the keys are about. */
  at = $state.raw(0);
  /** Whether a crop is open on its image. */
  opened = $state.raw(false);
  /** Whether a label is being chosen for what is marked. */
  labelling = $state.raw(false);
  loaded = $state.raw(false);
  error = $state.raw<ApiError | null>(null);
  /** Whether there are more than `total`. */
  more = $state.raw(false);

  // The window onto the list, pixels; the component reports it and scrolls to `scroll`.
  width = $state.raw(900);
  height = $state.raw(600);
  scroll = $state.raw(0);

  /** By the engine's order; `null`: not asked for yet. */
  private list = $state.raw<readonly (QueueItem | null)[]>([]);
  private asked = 0;
  private asking = false;
  private kept: string | null = null;
  private turned: readonly Turned[] = [];

  /** Places in `list` of what the filter lets through, decisions under way counted as made. */
  private readonly places: readonly number[] = $derived.by(() => {
    const { desk } = this.session;
    const { filter, list } = this;
    const found: number[] = [];
    for (const [n, item] of list.entries()) {
      const now = item && desk.newest(item.annotation);
      if (item === null || (now && passes(filter, now, item.path))) found.push(n);
    }
    return found;
  });
  readonly total = $derived(this.places.length);

  readonly side = $derived(SIZES[this.size]);
  readonly columns = $derived(Math.max(1, Math.floor((this.width - GAP) / (this.side + GAP))));
  readonly rowHeight = $derived(this.side + CAPTION + GAP);
  readonly rows = $derived(Math.ceil(this.total / this.columns));
  private readonly furthest = $derived(Math.max(0, this.rows * this.rowHeight + GAP - this.height));
  /** Where the list is scrolled to, now that it is as long as it is. */
  readonly top = $derived(Math.max(0, Math.min(this.scroll, this.furthest)));
  readonly range: Range = $derived(visibleRange(this.top, this.height, this.rowHeight, this.rows, 3));

  /** The page: the crops in full view, from `first` up to (not including) `last`. */
  readonly page: Range = $derived.by(() => {
    const first = Math.max(0, Math.ceil((this.top - GAP) / this.rowHeight - 0.1));
    const last = Math.max(first + 1, Math.floor((this.top + this.height - GAP) / this.rowHeight + 0.1));
    return { first: Math.min(this.total, first * this.columns), last: Math.min(this.total, last * this.columns) };
  });
  /** What is to be decided on it. */
  private readonly open: readonly AnnotationView[] = $derived.by(() => {
    const found: AnnotationView[] = [];
    for (let n = this.page.first; n < this.page.last; n += 1) {
      const box = this.box(n);
      if (box) found.push(box);
    }
    return found;
  });
  readonly wrong = $derived(this.open.filter(({ id, state }) => this.marked.has(id) && state !== 'rejected'));
  readonly right = $derived(this.open.filter(({ id, state }) => !this.marked.has(id) && state === 'pending'));
  /** What a label would go to: what is marked in this list, else the crop that the keys are about. */
  readonly targets: readonly AnnotationView[] = $derived.by(() => {
    const { marked, places, list, current } = this;
    const boxes = (marked.size > 0 ? places : []).flatMap((place) => {
      const listed = list[place]?.annotation;
      return listed && marked.has(listed.id) ? (this.session.desk.newest(listed) ?? []) : [];
    });
    return boxes.length > 0 || !current ? boxes : [current];
  });

  constructor(
    private readonly api: Pick<Api, 'boxesPage'>,
    private readonly session: Session,
  ) {}

  /** Goes on with what was chosen last in the project at `path`. */
  recall(path: string): void {
    this.kept = `gallery.${path}`;
    ({ order: this.order, filter: this.filter } = readPref(this.kept, FIRST, isChoice));
  }

  /** The crop at an index; `null` until it is loaded. */
  item(index: number): QueueItem | null {
    return this.list[this.places[index] ?? -1] ?? null;
  }

  box(index: number): AnnotationView | null {
    const item = this.item(index);
    return item ? (this.session.desk.newest(item.annotation) ?? null) : null;
  }

  /** What the keys are about. */
  get current(): AnnotationView | null {
    return this.box(this.at);
  }

  // Choosing what is looked through

  async choose(order: QueueOrder, filter: BoxFilter): Promise<void> {
    this.order = order;
    this.filter = filter;
    if (this.kept !== null) writePref(this.kept, { order, filter });
    this.at = 0;
    this.scroll = 0;
    this.turned = [];
    this.marked = new Set();
    this.list = [];
    this.loaded = false;
    await this.refresh(false);
  }

  resize(size: Size): void {
    const { at } = this;
    this.size = size;
    writePref('gallery.size', size);
    this.show(at);
  }

  // Loading

  /** Asks anew for what is in view and around it; with `hold`, what is in view stays at its place. */
  async refresh(hold: boolean): Promise<void> {
    const { first, last } = this.page;
    const from = Math.max(0, first - PAGE);
    const held = hold ? this.open : [];
    const page = await this.ask(from, last + 2 * PAGE - from);
    if (!page) return;
    const kept = new Set(held.map(({ id }) => id));
    const fresh = new Map(page.items.map((item) => [item.annotation.id, item]));
    const others = page.items.filter(({ annotation }) => !kept.has(annotation.id));
    const here = held.flatMap(({ id }) => fresh.get(id) ?? []);
    const items = [...others.slice(0, first - from), ...here, ...others.slice(first - from)];
    const length = Math.min(LISTED, Math.max(page.total, from + items.length));
    const list: (QueueItem | null)[] = Array.from({ length }, () => null);
    list.splice(from, items.length, ...items);
    this.list = list;
    this.at = Math.max(0, Math.min(this.at, list.length - 1));
    this.loaded = true;
    if (!this.session.saving) this.goBack(this.turned.filter(({ isDone }) => !isDone));
    await this.fill();
  }

  /** Asks for what is in view and not there yet. */
  async fill(): Promise<void> {
    if (this.asking || !this.loaded) return;
    for (let missing = this.missing; missing >= 0; missing = this.missing) {
      const from = Math.max(0, missing - PAGE / 4);
      const page = await this.ask(from, PAGE + (this.range.last - this.range.first) * this.columns);
      if (!page) return;
      const list = [...this.list];
      const listed = new Set(list.map((item) => item?.annotation.id));
      // What is listed elsewhere already, because the order changed meanwhile, is not listed twice.
      page.items.forEach((item, n) => {
        if (list[from + n] === null && !listed.has(item.annotation.id)) list[from + n] = item;
      });
      // Places that nothing came for are no places.
      const end = page.items.length === 0 ? list.length : from + page.items.length;
      this.list = list.filter((item, n) => item !== null || n < from || n >= end);
    }
  }

  /** The first place in view that nothing is known of; -1: none. */
  private get missing(): number {
    const { columns, range, places } = this;
    const inView = places.slice(range.first * columns, range.last * columns);
    return inView.find((place) => this.list[place] === null) ?? -1;
  }

  /** Images came back from the engine: what no longer passes leaves the list for good. */
  settle(views: readonly ImageView[]): void {
    const known = new Map(views.map((view) => [view.image.id, boxesIn(view)]));
    const now = ({ annotation }: QueueItem) => known.get(annotation.image)?.get(annotation.id);
    this.list = this.list.flatMap((item) => {
      if (item === null || !known.has(item.annotation.image)) return [item];
      const annotation = now(item);
      return annotation && passes(this.filter, annotation, item.path) ? [{ ...item, annotation }] : [];
    });
    const isUndone = ({ isDone, before }: Turned): boolean => {
      const box = known.get(before.image)?.get(before.id);
      return isDone && box?.state === before.state && box.label === before.label;
    };
    this.goBack(this.turned.slice(this.turned.findLastIndex((turn) => !isUndone(turn)) + 1));
  }

  private async ask(from: number, limit: number): Promise<Awaited<ReturnType<Api['boxesPage']>> | null> {
    const ask = (this.asked += 1);
    this.asking = true;
    try {
      const page = await this.api.boxesPage(this.filter, this.order, from, Math.min(1000, limit));
      if (ask !== this.asked) return null;
      this.more = page.more || page.total > LISTED;
      this.error = null;
      return page;
    } catch (thrown) {
      if (ask === this.asked) this.error = ApiError.from(thrown);
      return null;
    } finally {
      if (ask === this.asked) this.asking = false;
    }
  }

  // Going

  /** Puts the keys on a crop and scrolls there. */
  show(index: number): void {
    this.at = Math.max(0, Math.min(index, this.total - 1));
    const row = Math.floor(this.at / this.columns);
    this.scroll = scrollToShow(row, this.top, this.height - GAP, this.rowHeight);
  }

  /** The crop at a point of the list, pixels from its upper left corner; `null` between crops. */
  indexAt(x: number, y: number): number | null {
    const { side, rowHeight, columns, total } = this;
    const [column, row] = [Math.floor((x - GAP) / (side + GAP)), Math.floor((y - GAP) / rowHeight)];
    const between = x - GAP - column * (side + GAP) > side || y - GAP - row * rowHeight > side + CAPTION;
    const index = row * columns + column;
    return between || column < 0 || column >= columns || index < 0 || index >= total ? null : index;
  }

  move(columns: number, rows: number): void {
    const to = this.at + columns + rows * this.columns;
    if (to >= 0 && to < this.total) this.show(to);
    else if (rows > 0) this.show(this.total - 1);
  }

  /** A page on or back. */
  turn(step: 1 | -1): void {
    const rows = Math.max(1, Math.floor((this.height - GAP) / this.rowHeight));
    this.scroll = Math.max(0, Math.min(this.furthest, this.top + step * rows * this.rowHeight));
    this.show(this.at + step * rows * this.columns);
  }

  // Marking

  mark(id: AnnotationId, wrong: boolean): void {
    if (this.marked.has(id) === wrong) return;
    const next = new Set(this.marked);
    if (wrong) next.add(id);
    else next.delete(id);
    this.marked = next;
  }

  toggle(): void {
    const { current } = this;
    if (current) this.mark(current.id, !this.marked.has(current.id));
  }

  /** Marks from one crop to another, both included, and puts the keys on the last. */
  sweep(from: number, to: number, wrong: boolean): void {
    const next = new Set(this.marked);
    for (let n = Math.min(from, to); n <= Math.max(from, to); n += 1) {
      const id = this.item(n)?.annotation.id;
      if (id === undefined) continue;
      if (wrong) next.add(id);
      else next.delete(id);
    }
    this.marked = next;
    this.show(to);
  }

  /** Marks on the way, as the keys move. */
  extend(columns: number, rows: number): void {
    const from = this.at;
    this.move(columns, rows);
    this.sweep(from, this.at, true);
  }

  unmark(): boolean {
    const had = this.marked.size > 0;
    this.marked = new Set();
    return had;
  }

  // Deciding

  /** Accepts what is right on the page and rejects what is wrong, as one step, and goes on. */
  decide(): void {
    const { right, wrong, page } = this;
    const [first] = this.open;
    const [accepted, rejected] = [right.length, wrong.length];
    this.send(
      [
        ...right.map(({ id, revision, image }) => part({ do: 'accept', id, revision }, image)),
        ...wrong.map(({ id, revision, image }) => part({ do: 'reject', id, revision }, image)),
      ],
      [...right, ...wrong],
      () => m.gallery.decided(accepted, rejected),
    );
    // What is decided left the list, and what comes next is in its place, unless decided boxes are listed too.
    if (first && this.box(page.first)?.id === first.id) this.turn(1);
    else this.show(Math.min(page.first, this.total - 1));
  }

  relabel(label: LabelId, name: string): void {
    this.labelling = false;
    const { targets } = this;
    const [first] = targets;
    if (!first) return;
    this.session.usage.gave(label, first.shape.kind);
    this.send(
      targets.map(({ id, revision, image }) => part({ do: 'relabel', id, revision, label }, image)),
      targets,
      () => m.gallery.relabelled(targets.length, name),
    );
    this.show(this.at);
  }

  /** Labels for `targets` by their digits. */
  offers(labels: readonly Label[]): Suggestion[] {
    const [first] = this.targets;
    return first ? suggestions(first, labels, this.session.usage.counts) : [];
  }

  private send(parts: readonly Part[], boxes: readonly AnnotationView[], told: () => string): void {
    const [before] = boxes;
    if (!before) return;
    const { top: scroll, at, marked } = this;
    const turn: Turned = { scroll, at, marked, before, isDone: false };
    const unmark = () => {
      const decided = new Set(boxes.map(({ id }) => id));
      this.marked = new Set([...this.marked].filter((id) => !decided.has(id)));
    };
    this.turned = [...this.turned.slice(1 - REMEMBERED), turn];
    this.session.send(parts, () => {
      turn.isDone = true;
      unmark();
      return [told(), null];
    });
    unmark();
  }

  /** To where these were decided, which was undone or could not be done: what was marked is marked again. */
  private goBack(turns: readonly Turned[]): void {
    const [first] = turns;
    if (!first) return;
    this.turned = this.turned.filter((turn) => !turns.includes(turn));
    this.marked = new Set([...this.marked, ...turns.flatMap(({ marked }) => [...marked])]);
    this.scroll = first.scroll;
    this.at = first.at;
  }

  // A crop on its image

  look(): void {
    const { current } = this;
    if (!current) return;
    this.session.look({ image: current.image, box: current.id });
    this.session.flight = { to: current.rect };
    this.opened = true;
  }

  back(): void {
    this.opened = false;
  }
}
