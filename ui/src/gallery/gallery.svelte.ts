// The gallery: crops to look over a page at a time, and what is marked among them.

import type { AnnotationId, AnnotationView, BoxFilter, ImageView, Label, LabelId, QueueOrder } from '../api';
import { boxesIn } from '../review/desk.svelte';
import { isSameFilter } from '../review/filters';
import { part, type Part } from '../review/outbox';
import { suggestions, type Suggestion } from '../review/suggestions';
import { m } from '../shared/i18n/index.svelte';
import { Listing } from './listing.svelte';

/** How many pages back undoing finds the place. */
const REMEMBERED = 100;

/** What a person said of a crop; the key that ends the page is only about the others. */
export type Mark = 'wrong' | 'right';
type Marks = ReadonlyMap<AnnotationId, Mark>;
/** Whether a box is decided so already. */
const isSo = ({ state }: AnnotationView, fate: Mark): boolean =>
  fate === 'wrong' ? state === 'rejected' : state === 'accepted' || state === 'fixed';

/** What was decided at once: where, what was marked, a box as it was before, and whether the engine has it. */
type Turned = {
  filter: BoxFilter;
  scroll: number;
  at: number;
  marked: Marks;
  before: AnnotationView;
  isDone: boolean;
};

export class Gallery extends Listing {
  marked = $state.raw<Marks>(new Map());
  /** Whether a crop is open on its image. */
  opened = $state.raw(false);
  /** Whether a label is being chosen for what is marked. */
  labelling = $state.raw(false);

  private turned: readonly Turned[] = [];

  /** What happens where the rest of the page is accepted, and where it is rejected. */
  readonly ifAccepted = $derived(this.fates('right'));
  readonly ifRejected = $derived(this.fates('wrong'));
  /** What a label would go to: what is marked as wrong in this list, else the crop that the keys are about. */
  readonly targets: readonly AnnotationView[] = $derived.by(() => {
    const { marked, passing, current } = this;
    const boxes = (marked.size > 0 ? passing.items : []).flatMap((item) =>
      item && marked.get(item.annotation.id) === 'wrong' ? (this.session.desk.newest(item.annotation) ?? []) : [],
    );
    return boxes.length > 0 || !current ? boxes : [current];
  });

  override async choose(order: QueueOrder, filter: BoxFilter): Promise<void> {
    this.turned = [];
    this.marked = new Map();
    await super.choose(order, filter);
  }

  override settle(views: readonly ImageView[]): void {
    super.settle(views);
    const known = new Map(views.map((view) => [view.image.id, boxesIn(view)]));
    const isUndone = ({ isDone, before }: Turned): boolean => {
      const box = known.get(before.image)?.get(before.id);
      return isDone && box?.state === before.state && box.label === before.label;
    };
    this.goBack(this.turned.slice(this.turned.findLastIndex((turn) => !isUndone(turn)) + 1));
  }

  protected asAsked(): void {
    if (!this.session.saving) this.goBack(this.turned.filter(({ isDone }) => !isDone));
  }

  // Marking

  mark(id: AnnotationId, as: Mark | null): void {
    if ((this.marked.get(id) ?? null) === as) return;
    const next = new Map(this.marked);
    if (as === null) next.delete(id);
    else next.set(id, as);
    this.marked = next;
  }

  toggle(as: Mark): void {
    const { current } = this;
    if (current) this.mark(current.id, this.marked.get(current.id) === as ? null : as);
  }

  /** Marks from one crop to another as the first one is, both included, and puts the keys on the last. */
  sweep(from: number, to: number): void {
    const idAt = (n: number) => this.item(n)?.annotation.id;
    const as = this.marked.get(idAt(from) ?? 0) ?? 'wrong';
    const next = new Map(this.marked);
    for (let n = Math.min(from, to); n <= Math.max(from, to); n += 1) {
      const id = idAt(n);
      if (id !== undefined) next.set(id, as);
    }
    this.marked = next;
    this.show(to);
  }

  /** Marks on the way, as the keys move. */
  extend(columns: number, rows: number): void {
    const from = this.at;
    this.move(columns, rows);
    this.sweep(from, this.at);
  }

  unmark(): boolean {
    const had = this.marked.size > 0;
    this.marked = new Map();
    return had;
  }

  // Deciding

  /** What is accepted and what is rejected on the page, where `rest` is what the crops without a mark are. */
  private fates(rest: Mark): { accepted: readonly AnnotationView[]; rejected: readonly AnnotationView[] } {
    const of = (fate: Mark) =>
      this.open.filter((box) => {
        const mark = this.marked.get(box.id);
        return mark === undefined ? rest === fate && box.state === 'pending' : mark === fate && !isSo(box, fate);
      });
    return { accepted: of('right'), rejected: of('wrong') };
  }

  /** Decides the page as one step, what is not marked like `rest`, and goes on. */
  decide(rest: Mark): void {
    const { page } = this;
    const { accepted, rejected } = rest === 'right' ? this.ifAccepted : this.ifRejected;
    const [first] = this.open;
    const counts = [accepted.length, rejected.length] as const;
    this.send(
      [
        ...accepted.map(({ id, revision, image }) => part({ do: 'accept', id, revision }, image)),
        ...rejected.map(({ id, revision, image }) => part({ do: 'reject', id, revision }, image)),
      ],
      [...accepted, ...rejected],
      () => m.gallery.decided(...counts),
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
    const { filter, top: scroll, at, marked } = this;
    const turn: Turned = { filter, scroll, at, marked, before, isDone: false };
    const unmark = () => {
      const decided = new Set(boxes.map(({ id }) => id));
      this.marked = new Map([...this.marked].filter(([id]) => !decided.has(id)));
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
    this.marked = new Map([...this.marked, ...turns.flatMap(({ marked }) => [...marked])]);
    if (!isSameFilter(this.filter, first.filter)) {
      this.turnTo(first.filter);
      void this.refresh(false);
    }
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
    this.labelling = false;
  }
}
