// The crops that the gallery lists: which, in what order, where they lie, and which of them are the page.

import {
  ApiError,
  type AnnotationView,
  type Api,
  type BoxFilter,
  type ImageView,
  type Label,
  type LabelId,
  type QueueItem,
  type QueueOrder,
  type QueuePage,
} from '../api';
import { boxesIn } from '../review/desk.svelte';
import { FIRST, isChoice, passes } from '../review/filters';
import type { Session } from '../review/session.svelte';
import { readPref, writePref } from '../shared/prefs';
import type { Range } from '../shared/virtual';
import { CAPTION, GAP, HEADING, layoutOf, rowAt, type Layout } from './layout';

/** Crops asked for at once, and beyond those in view. */
const PAGE = 200;
/** The most crops that are listed; what is decided makes room for others. */
const LISTED = 20_000;
/** Rows made ready beyond those in view. */
const SPARE = 3;

export const SIZES = { small: 96, medium: 136, large: 216 } as const;
export type Size = keyof typeof SIZES;
const isSize = (value: unknown): value is Size => typeof value === 'string' && value in SIZES;

export abstract class Listing {
  filter = $state.raw<BoxFilter>(FIRST.filter);
  order = $state.raw<QueueOrder>('most_doubtful');
  size = $state.raw<Size>(readPref('gallery.size', 'medium', isSize));
  /** Index of the crop that the keys are about. */
  at = $state.raw(0);
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
  /** Where one label is looked through: the crops of those that come after it, label by label. */
  private ahead = $state.raw<readonly QueueItem[]>([]);
  /** Whether those were asked for since the list was. */
  private led = false;
  private asked = 0;
  private asking = false;
  private kept: string | null = null;

  /** The one label that is looked through. */
  private readonly label = $derived(this.filter.labels.length === 1 ? (this.filter.labels[0] ?? null) : null);
  /**
   * What of `list`, then of `ahead`, the filter lets through, decisions under way counted as made; their labels; and the
   * places that the former have in `list`.
   */
  protected readonly passing = $derived.by(() => {
    const { desk } = this.session;
    const { filter: own, list } = this;
    const items: (QueueItem | null)[] = [];
    const labels: (LabelId | null)[] = [];
    const take = (item: QueueItem | null, filter: BoxFilter): boolean => {
      const now = item && desk.newest(item.annotation);
      if (item !== null && !(now && passes(filter, now, item.path))) return false;
      items.push(item);
      labels.push(now?.label ?? null);
      return true;
    };
    const places = [...list.keys()].filter((place) => take(list[place] ?? null, own));
    for (const item of this.ahead) take(item, this.filterFor(item.annotation.label));
    return { items, labels, places };
  });
  readonly total = $derived(this.passing.items.length);
  /** How many of them the filter itself asks for; the others come after it. */
  readonly own = $derived(this.passing.places.length);

  readonly side = $derived(SIZES[this.size]);
  readonly columns = $derived(Math.max(1, Math.floor((this.width - GAP) / (this.side + GAP))));
  readonly rowHeight = $derived(this.side + CAPTION + GAP);
  readonly rows = $derived(Math.ceil(this.total / this.columns));
  /** With labels named where they begin, unless they come mixed. */
  readonly layout: Layout = $derived.by(() => {
    const named = this.label !== null || this.order === 'by_label' || this.order === 'similar';
    return layoutOf(this.total, this.columns, this.rowHeight, named ? this.passing.labels : null);
  });
  private readonly furthest = $derived(Math.max(0, this.topOf(this.rows) - this.height));
  /** Where the list is scrolled to, now that it is as long as it is. */
  readonly top = $derived(Math.max(0, Math.min(this.scroll, this.furthest)));
  readonly range: Range = $derived({
    first: Math.max(0, rowAt(this.layout, this.top) - SPARE),
    last: Math.min(this.rows, rowAt(this.layout, this.top + Math.max(this.height, this.rowHeight)) + 1 + SPARE),
  });

  /** The rows in full view, a sliver aside. */
  private readonly pageRows: Range = $derived.by(() => {
    const { top, height, rows } = this;
    const sliver = this.rowHeight / 10;
    let first = rowAt(this.layout, top);
    while (first < rows && this.topOf(first) < top - sliver) first += 1;
    let last = first + 1;
    while (last < rows && this.topOf(last + 1) <= top + height + sliver) last += 1;
    return { first, last };
  });
  /** The page: the crops in full view, from `first` up to (not including) `last`. */
  readonly page: Range = $derived.by(() => {
    const { pageRows, columns, total } = this;
    return { first: Math.min(total, pageRows.first * columns), last: Math.min(total, pageRows.last * columns) };
  });
  /** What is to be decided on it. */
  protected readonly open: readonly AnnotationView[] = $derived.by(() => {
    const found: AnnotationView[] = [];
    for (let n = this.page.first; n < this.page.last; n += 1) {
      const box = this.box(n);
      if (box) found.push(box);
    }
    return found;
  });

  constructor(
    private readonly api: Pick<Api, 'boxesPage'>,
    protected readonly session: Session,
    private readonly labels: () => readonly Label[],
  ) {}

  /** The list was just asked for anew. */
  protected abstract asAsked(): void;

  /** Goes on with what was chosen last in the project at `path`. */
  recall(path: string): void {
    this.kept = `gallery.${path}`;
    ({ order: this.order, filter: this.filter } = readPref(this.kept, FIRST, isChoice));
  }

  /** The crop at an index; `null` until it is loaded. */
  item(index: number): QueueItem | null {
    return this.passing.items[index] ?? null;
  }

  box(index: number): AnnotationView | null {
    const item = this.item(index);
    return item ? (this.session.desk.newest(item.annotation) ?? null) : null;
  }

  /** Where a row begins, pixels from the top of the list. */
  topOf(row: number): number {
    return this.layout.tops[row] ?? this.layout.tops.at(-1) ?? 0;
  }

  /** What the keys are about. */
  get current(): AnnotationView | null {
    return this.box(this.at);
  }

  // Choosing what is looked through

  async choose(order: QueueOrder, filter: BoxFilter): Promise<void> {
    this.order = order;
    this.turnTo(filter);
    await this.refresh(false);
  }

  protected turnTo(filter: BoxFilter): void {
    this.filter = filter;
    if (this.kept !== null) writePref(this.kept, { order: this.order, filter });
    this.at = 0;
    this.scroll = 0;
    this.list = [];
    this.ahead = [];
    this.loaded = false;
  }

  /** On to the label that comes next. */
  private moveOn(next: LabelId): void {
    const ahead = this.ahead.filter(({ annotation }) => annotation.label !== next);
    this.turnTo(this.filterFor(next));
    this.ahead = ahead;
  }

  private filterFor(label: LabelId): BoxFilter {
    return { ...this.filter, labels: [label] };
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
    const first = Math.min(this.page.first, this.list.length);
    const from = Math.max(0, first - PAGE);
    const held = hold ? this.open : [];
    const page = await this.ask(this.filter, this.order, from, this.page.last + 2 * PAGE - from);
    if (!page) return;
    const [next] = this.ahead;
    if (page.total === 0 && this.label !== null && next) {
      this.moveOn(next.annotation.label);
      return this.refresh(false);
    }
    const isEnd = this.label !== null && page.total > 0 && from + page.items.length >= page.total;
    const ahead = isEnd ? await this.askAhead(hold) : [];
    if (!ahead) return;
    const kept = new Set(held.map(({ id }) => id));
    const fresh = new Map(page.items.map((item) => [item.annotation.id, item]));
    const others = page.items.filter(({ annotation }) => !kept.has(annotation.id));
    const here = held.flatMap(({ id }) => fresh.get(id) ?? []);
    const items = [...others.slice(0, first - from), ...here, ...others.slice(first - from)];
    const length = Math.min(LISTED, Math.max(page.total, from + items.length));
    const list: (QueueItem | null)[] = Array.from({ length }, () => null);
    list.splice(from, items.length, ...items);
    this.list = list;
    this.ahead = ahead;
    this.led = isEnd;
    this.more = page.more || page.total > LISTED;
    this.at = Math.max(0, Math.min(this.at, this.total - 1));
    this.loaded = true;
    this.asAsked();
    await this.fill();
  }

  /** Asks for what is in view and not there yet. */
  async fill(): Promise<void> {
    if (this.asking || !this.loaded) return;
    for (let missing = this.missing; missing >= 0; missing = this.missing) {
      const from = Math.max(0, missing - PAGE / 4);
      const limit = PAGE + (this.range.last - this.range.first) * this.columns;
      const page = await this.ask(this.filter, this.order, from, limit);
      if (!page) return;
      const list = [...this.list];
      const listed = new Set(list.map((item) => item?.annotation.id));
      // What is listed elsewhere already, because the order changed meanwhile, is not listed twice.
      page.items.forEach((item, n) => {
        if (list[from + n] === null && !listed.has(item.annotation.id)) list[from + n] = item;
      });
      // Places that nothing came for are no places.
      const end = page.items.length === 0 ? list.length : from + page.items.length;
      this.keepView(() => {
        this.list = list.filter((item, n) => item !== null || n < from || n >= end);
      });
    }
    if (this.label === null || this.led || this.own === 0 || this.range.last < this.rows) return;
    const ahead = await this.askAhead(false);
    if (!ahead) return;
    this.led = true;
    this.ahead = ahead;
  }

  /** Labels that turn out to begin further up leave in view what is in view. */
  private keepView(change: () => void): void {
    const row = rowAt(this.layout, this.top);
    const into = this.top - this.topOf(row);
    const isMoved = this.top > 0;
    change();
    if (isMoved) this.scroll = this.topOf(row) + into;
  }

  /** The crops of the other labels, label by label; with `hold`, those that are listed already, as they are now. */
  private async askAhead(hold: boolean): Promise<readonly QueueItem[] | null> {
    const labels = this.labels().flatMap(({ id }) => (id === this.label ? [] : id));
    if (labels.length === 0) return [];
    const order = this.order === 'similar' ? 'similar' : 'by_label';
    const page = await this.ask({ ...this.filter, labels }, order, 0, PAGE);
    if (!page || !hold) return page && page.items;
    const fresh = new Map(page.items.map((item) => [item.annotation.id, item]));
    const kept = this.ahead.flatMap(({ annotation }) => fresh.get(annotation.id) ?? []);
    return kept.length > 0 ? kept : page.items;
  }

  /** The first place of the list that is in view and nothing is known of; -1: none. */
  private get missing(): number {
    const { columns, range, passing } = this;
    const inView = passing.places.slice(range.first * columns, range.last * columns);
    return inView.find((place) => this.list[place] === null) ?? -1;
  }

  /** Images came back from the engine: what no longer passes leaves the list for good. */
  settle(views: readonly ImageView[]): void {
    const known = new Map(views.map((view) => [view.image.id, boxesIn(view)]));
    const still = (item: QueueItem, filter: BoxFilter): QueueItem[] => {
      const { image, id } = item.annotation;
      if (!known.has(image)) return [item];
      const annotation = known.get(image)?.get(id);
      return annotation && passes(filter, annotation, item.path) ? [{ ...item, annotation }] : [];
    };
    this.list = this.list.flatMap((item) => (item === null ? [item] : still(item, this.filter)));
    this.ahead = this.ahead.flatMap((item) => still(item, this.filterFor(item.annotation.label)));
  }

  /** `null`: it failed, or something was asked for since. */
  private async ask(filter: BoxFilter, order: QueueOrder, from: number, limit: number): Promise<QueuePage | null> {
    const ask = (this.asked += 1);
    this.asking = true;
    try {
      const page = await this.api.boxesPage(filter, order, from, Math.min(1000, limit));
      if (ask !== this.asked) return null;
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
    const [above, below] = [this.topOf(row) - GAP, this.topOf(row + 1)];
    if (this.top > above) this.scroll = above;
    else if (below > this.top + this.height) this.scroll = below - this.height;
    else this.scroll = this.top;
  }

  /** The crop at a point of the list, pixels from its upper left corner; `null` between crops. */
  indexAt(x: number, y: number): number | null {
    const { side, columns, total, layout } = this;
    const row = rowAt(layout, y);
    const [across, down] = [x - GAP, y - this.topOf(row) - (layout.headings.has(row) ? HEADING : 0)];
    const column = Math.floor(across / (side + GAP));
    const between = across - column * (side + GAP) > side || down < 0 || down > side + CAPTION;
    const index = row * columns + column;
    return between || column < 0 || column >= columns || index >= total ? null : index;
  }

  move(columns: number, rows: number): void {
    const to = this.at + columns + rows * this.columns;
    if (to >= 0 && to < this.total) this.show(to);
    else if (rows > 0) this.show(this.total - 1);
  }

  /** A page on or back. */
  turn(step: 1 | -1): void {
    const { first, last } = this.pageRows;
    let to = last;
    if (step < 0) {
      to = first;
      while (to > 0 && this.topOf(first) - this.topOf(to - 1) <= this.height - GAP) to -= 1;
      to = Math.max(0, Math.min(to, first - 1));
    }
    this.scroll = Math.max(0, Math.min(this.furthest, this.topOf(to) - GAP));
    this.show(this.at + (to - first) * this.columns);
  }
}
