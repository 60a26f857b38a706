// The review session: where the person is, what is decided, what comes next.

import {
  boxOf,
  geometryOf,
  isQueued,
  sameGeometry,
  stands,
  touchedBy,
  type Action,
  type AnnotationId,
  type AnnotationView,
  type BoxFilter,
  type Details,
  type Geometry,
  type Label,
  type LabelId,
  type Outcome,
  type Point,
  type Verb,
} from '../api';
import { grownBy, movedBy, rotatedBy, sound, type Tool } from '../canvas/geometry';
import { fromEngine } from '../shared/i18n/engine';
import { m } from '../shared/i18n/index.svelte';
import type { Toasts } from '../shared/toasts.svelte';
import { Clipboard, copies } from './clipboard.svelte';
import { described, each, freeGroup, grouped, stacked, type Decided } from './deciding';
import { Fixing } from './fixing.svelte';
import { Going, sizeOf, type Roads } from './going.svelte';
import { part, type ActEntry, type Entry, type Names, type Part, type Told } from './outbox';
import { Pace } from './pace';
import { firstChange, firstWaiting, nearestWithdrawn } from './places';
import { Saving, type Failure } from './saving.svelte';

export type { Place } from './places';

type Ways = Roads & {
  toasts: Toasts;
  /** Counts and undo titles changed. */
  onoutcome: (outcome: Outcome) => void;
  /** The project must be asked anew: more changed than an outcome says. */
  onstale: () => void;
  now: () => number;
};

/** With fewer decisions under way the queue is asked for more. */
const REFILL_BELOW = 100;

export class Session extends Going {
  readonly clipboard = new Clipboard();
  private readonly saver: Saving;
  private readonly fixer = new Fixing();
  private readonly pace = new Pace();

  /** What is drawn next. */
  tool = $state<Tool>('box');
  /** The label whose skeleton is drawn next. */
  template = $state.raw<Label | null>(null);
  /** Whether that label is being chosen. */
  choosing = $state(false);
  /** Something drawn that still needs its label. */
  drawing = $state.raw<Geometry | null>(null);
  /** What the panel beside the image shows. */
  panel = $state<'box' | 'shapes'>('box');
  /** Whether it is being asked how many images to copy to. */
  spreading = $state(false);
  perMinute = $state.raw<number | null>(null);

  /** When the engine last answered a decision of this window, seconds. */
  answeredAt = 0;
  private lastDrawn = 0;
  /** The message that offers to undo the newest step; once there is a newer one it must go. */
  private told = 0;

  readonly saving = $derived(this.desk.pending.length > 0);

  constructor(private readonly ways: Ways) {
    super(ways);
    const { api, toasts } = ways;
    this.saver = new Saving({
      api,
      toasts,
      desk: this.desk,
      done: (entry, outcome, drawn) => this.done(entry, outcome, drawn),
      stopped: (entry) => this.stopped(entry),
      changed: (image) => void this.hand.fetch(image, true),
      stale: () => ways.onstale(),
    });
  }

  get failure(): Failure | null {
    return this.saver.failure;
  }

  /** Shapes while arrow keys change them. */
  get fixing(): ReadonlyMap<AnnotationId, Geometry> | null {
    return this.fixer.now;
  }

  /** Whether a label is asked for before anything else goes on. */
  get asking(): boolean {
    return this.drawing !== null || this.choosing;
  }

  /** Leaves that question; what was drawn is gone. */
  stopAsking(): void {
    this.drawing = null;
    this.choosing = false;
  }

  get busy(): boolean {
    return !this.saver.idle;
  }

  /** Begins at the head of the queue, or where the person was. */
  async start(): Promise<void> {
    await this.queue.refill(true);
    if (!this.focus && this.place === 'queue') this.toCursor();
  }

  // Deciding

  accept(): void {
    if (this.fixing) this.commitFix();
    else this.act(each(this.chosen, ({ id, revision }) => ({ do: 'accept', id, revision })));
    this.goOn();
  }

  reject(): void {
    const { chosen } = this;
    if (chosen.length === 0) return;
    this.cancelFix();
    this.act(each(chosen, ({ id, revision }) => ({ do: 'reject', id, revision })));
    this.goOn();
  }

  /** What the models saw at a place of the image but thought too weak to show; of several the one with its middle nearest. */
  withdrawnAt(at: Point): AnnotationView | null {
    return nearestWithdrawn(this.view?.annotations ?? [], at);
  }

  /** Accepts what the models saw there, instead of drawing it anew; false where they saw nothing. */
  takeWithdrawn(at: Point): boolean {
    const box = this.withdrawnAt(at);
    if (!box) return false;
    this.send([part({ do: 'accept', id: box.id, revision: box.revision }, box.image)], () => [m.review.took, null]);
    return true;
  }

  /** Takes one shape away wherever the focus is: a tag of the image. */
  rejectOne(box: AnnotationView): void {
    this.act(
      each([box], ({ id, revision }) => ({ do: 'reject', id, revision })),
      false,
    );
  }

  reopen(): void {
    const decided = this.chosen.filter((box) => box.state !== 'pending');
    this.act(
      each(decided, ({ id, revision }) => ({ do: 'reopen', id, revision })),
      false,
    );
  }

  relabel(label: LabelId): void {
    this.commitFix();
    const { chosen } = this;
    const [first] = chosen;
    if (!first) return;
    this.usage.gave(label, first.shape.kind);
    this.act(each(chosen, ({ id, revision }) => ({ do: 'relabel', id, revision, label })));
    // Several were chosen for more than one thing.
    if (chosen.length === 1) this.goOn();
  }

  reshape(id: AnnotationId, to: Geometry): void {
    const { focus, size } = this;
    const box = focus && this.desk.box(focus.image, id);
    const geometry = size && sound(to, size);
    if (!box || !geometry || this.marks.locked.has(id) || sameGeometry(geometry, geometryOf(box))) return;
    this.cancelFix();
    this.act([{ box, action: { do: 'reshape', id, revision: box.revision, geometry } }]);
  }

  /** Details for all that is chosen, or what each of them gets. */
  describe(details: Details | ((box: AnnotationView) => Details)): void {
    this.commitFix();
    this.act(described(this.chosen, typeof details === 'function' ? details : () => details), false);
  }

  /** Sets shapes of tracks here, or has them interpolated. */
  setKeyframe(keyframe: boolean): void {
    this.commitFix();
    const own = this.chosen.filter(({ track }) => track);
    this.act(
      each(own, ({ id, revision }) => ({ do: 'set_keyframe', id, revision, keyframe })),
      false,
    );
  }

  endTrack(): void {
    this.commitFix();
    const own = this.chosen.filter(({ track }) => track);
    this.act(
      each(own, ({ id, revision }) => ({ do: 'end_track', id, revision })),
      false,
    );
  }

  group(): void {
    if (this.chosen.length > 1) this.act(grouped(this.chosen, this.view?.annotations ?? []), false);
  }

  /** Above (1) or below (-1) everything else on the image. */
  stack(to: 1 | -1): void {
    this.act(stacked(this.chosen, this.view?.annotations.filter(stands) ?? [], to), false);
  }

  /** The canvas has a new shape. */
  drawn(geometry: Geometry): void {
    this.drawing = this.size && sound(geometry, this.size);
    if (geometry.shape.kind === 'skeleton' && this.template) this.draw(this.template.id);
  }

  draw(label: LabelId): void {
    const { drawing, focus } = this;
    this.drawing = null;
    if (!drawing || !focus) return;
    this.usage.gave(label, drawing.shape.kind);
    const tag = drawing.shape.kind === 'tag';
    const there = this.view?.annotations.some((box) => box.shape.kind === 'tag' && box.label === label && stands(box));
    if (tag && there) return;
    this.count(1);
    const ids = this.sendDraws([{ do: 'draw', image: focus.image, label, geometry: drawing, details: {} }]);
    if (!tag && (this.place !== 'queue' || !this.box)) this.select(new Set(ids), null);
  }

  /** Accepts what stands undecided on the image and goes on to the next one. */
  async acceptRest(): Promise<void> {
    const { focus } = this;
    if (!focus) return;
    this.commitFix();
    if (this.canAcceptRest) {
      this.send([part({ do: 'accept_rest', image: focus.image }, focus.image)]);
      this.trail.remember(focus);
    }
    await this.toNextImage();
  }

  get canAcceptRest(): boolean {
    return this.view?.annotations.some((box) => box.state === 'pending' && stands(box)) ?? false;
  }

  /** There is nothing on this image; said again, it is taken back. */
  async toggleEmpty(): Promise<void> {
    const { focus, view } = this;
    if (!focus || !view) return;
    this.cancelFix();
    const isEmpty = view.image.status === 'confirmed_empty';
    this.send([part({ do: isEmpty ? 'unconfirm_empty' : 'confirm_empty', image: focus.image }, focus.image)]);
    this.trail.remember(focus);
    if (!isEmpty) await this.toNextImage();
  }

  undo(): void {
    this.cancelFix();
    this.drawing = null;
    this.ways.toasts.close(this.told);
    this.saver.undo();
  }

  redo(): void {
    this.cancelFix();
    this.saver.redo();
  }

  bulk(filter: BoxFilter, verb: Verb): void {
    this.ways.toasts.close(this.told);
    this.saver.bulk(filter, verb);
  }

  // Copying

  copy(): void {
    this.clipboard.copy(this.chosen);
  }

  cut(): void {
    this.clipboard.cut(this.chosen);
    this.reject();
  }

  paste(): void {
    const { focus, size } = this;
    if (focus && size) this.put(this.clipboard.paste(focus.image, size, this.nextGroup));
  }

  duplicate(): void {
    const { focus, size } = this;
    if (focus && size) this.put(copies(this.chosen, focus.image, size, this.nextGroup));
  }

  /** Copies what is chosen to the next `n` images of the list, as one step. */
  async propagate(n: number): Promise<void> {
    const { chosen, focus } = this;
    const draws: Action[] = [];
    let [left, reached] = [0, 0];
    let image = focus?.image ?? null;
    for (let at = 0; image !== null && at < n; at += 1) {
      image = await this.ways.neighbour(image, 1);
      if (image === null) break;
      await this.hand.fetch(image);
      const view = this.desk.shown.get(image);
      const size = sizeOf(view) ?? this.size;
      if (!size) break;
      const made = copies(chosen, image, size, freeGroup(view?.annotations ?? []));
      draws.push(...made.draws);
      left += made.left;
      if (made.draws.length > 0) reached += 1;
    }
    const told = (): Told => [m.review.copy.done(draws.length, reached), left > 0 ? m.review.copy.left(left) : null];
    if (draws.length > 0) this.sendDraws(draws, told);
    else this.ways.toasts.show(left > 0 ? m.review.copy.left(left) : m.review.copy.lastImage);
  }

  private put({ draws, left }: { draws: Action[]; left: number }): void {
    if (draws.length > 0) this.select(new Set(this.sendDraws(draws)), null);
    if (left > 0) this.ways.toasts.show(m.review.copy.left(left));
  }

  private get nextGroup(): number {
    return freeGroup(this.view?.annotations ?? []);
  }

  // Fixing by keys

  startFix(): void {
    this.fixer.start(this.chosen);
  }

  nudge(dx: number, dy: number): void {
    const { size } = this;
    if (size) this.fixer.change((geometry) => movedBy(geometry, dx, dy, size));
  }

  grow(dx: number, dy: number): void {
    const { size } = this;
    if (size) this.fixer.change((geometry) => grownBy(geometry, dx, dy, size));
  }

  rotate(degrees: number): void {
    const { size } = this;
    if (size) this.fixer.change((geometry) => rotatedBy(geometry, degrees, size));
  }

  commitFix(): void {
    if (this.fixing && this.size) this.act(this.fixer.take(this.chosen, this.size));
  }

  cancelFix(): void {
    this.fixer.cancel();
  }

  protected leave(): void {
    this.commitFix();
    this.stopAsking();
  }

  // Sending, failures and refreshing

  /** Several decisions, on any images, as one step. */
  send(parts: readonly Part[], told: (() => Told) | null = null): void {
    if (parts.length === 0) return;
    this.begun = true;
    this.count(parts.reduce((sum, one) => sum + this.decidedBy(one), 0));
    this.ways.toasts.close(this.told);
    this.saver.send(parts, told);
  }

  retry(): void {
    this.saver.retry();
    if (this.place === 'queue') this.toCursor();
  }

  dropFailure(): void {
    this.saver.failure = null;
  }

  /** Something changed elsewhere: all is asked anew, the place is kept; who has not begun is at the queue's head. */
  async refresh(): Promise<void> {
    if (this.busy) return;
    const { focus } = this;
    this.desk.keepOnly(new Set(focus ? [focus.image] : []));
    const begun = this.begun || this.fixing !== null || this.drawing !== null;
    await Promise.all([this.queue.refill(true, begun), focus ? this.hand.fetch(focus.image, true) : null]);
    if (this.place !== 'queue') return;
    if (!begun || !this.focus || (this.focus.box !== null && !this.box)) this.toCursor();
  }

  private act(decided: readonly Decided[], going = true): void {
    const [first] = decided;
    if (!first) return;
    if (going) this.trail.remember({ image: first.box.image, box: first.box.id });
    this.send(decided.map(({ box, action }) => part(action, box.image)));
  }

  /** What the new shapes are called until the engine names them. */
  private sendDraws(draws: readonly Action[], told: (() => Told) | null = null): AnnotationId[] {
    const parts = draws.flatMap((action) =>
      action.do === 'draw' ? [part(action, action.image, (this.lastDrawn -= 1))] : [],
    );
    this.send(parts, told);
    return parts.map(({ drawnId }) => drawnId);
  }

  private count(n: number): void {
    if (n === 0) return;
    this.pace.add(this.ways.now(), n);
    this.perMinute = this.pace.perMinute();
  }

  /** How many boxes a part decides that nobody decided before; one, where its image is not at hand. */
  private decidedBy({ action, image }: Part): number {
    if (['draw', 'describe', 'reopen', 'set_keyframe', 'end_track'].includes(action.do)) return 0;
    const view = this.desk.shown.get(image);
    if (!view && boxOf(action) !== this.box?.id) return 1;
    const touched = view ? touchedBy(action, view).map((id) => this.desk.box(image, id)) : [this.box];
    return touched.filter((box) => box && isQueued(box)).length;
  }

  /** On to what comes next after a decision. */
  private goOn(): void {
    if (this.place === 'queue') {
      this.queue.pass(this.focus?.box ?? null);
      return this.toCursor();
    }
    const { focus } = this;
    if (!focus) return;
    const to = firstWaiting(this.desk.shown.get(focus.image), focus.box);
    if (to) this.look({ image: to.image, box: to.id });
    else this.look({ image: focus.image, box: this.box ? focus.box : null }, false);
  }

  private done(entry: Entry, outcome: Outcome, drawn: Names): void {
    this.answeredAt = this.ways.now();
    const before = outcome.images.map((view) => this.desk.truth(view.image.id));
    this.desk.put(outcome.images);
    this.queue.settle(outcome.images);
    this.trail.name(drawn);
    if (drawn.size > 0) {
      this.focus &&= this.trail.renamed(this.focus);
      this.others = new Set([...this.others].map((id) => drawn.get(id) ?? id));
    }
    this.ways.onoutcome(outcome);
    if (entry.kind === 'act') {
      if (entry.told) this.tell(...entry.told());
      // With much under way the engine would only list again what is decided here already.
      if (this.desk.pending.length < REFILL_BELOW) void this.refill();
      return;
    }
    if (entry.kind === 'bulk') this.tell(fromEngine(outcome.title), null);
    else this.ways.toasts.show(fromEngine(outcome.title));
    if (outcome.images.length === 0) {
      if (outcome.step !== null) this.ways.onstale();
      return;
    }
    const change = firstChange(before, outcome.images);
    // Where a box only vanished (a drawn one, undone), there is no box to go to: its image will do.
    if (change && (change.box !== null || change.image !== this.focus?.image)) {
      this.queue.bringBack(change, outcome.images);
      this.look(change);
    }
    void this.queue.refill(true);
  }

  /** Says what was done, with the way to take it back while nothing else was done since. */
  private tell(...[text, detail]: Told): void {
    const action = { text: m.review.copy.undo, run: () => this.undo() };
    this.told = this.ways.toasts.show(text, 'good', detail, this.saver.idle ? action : null);
  }

  /** A decision could not be saved: back to where it was made. */
  private stopped({ parts: [first] }: ActEntry): void {
    if (!first) return;
    const box = boxOf(first.action);
    this.look(this.trail.renamed({ image: first.image, box: box !== null && box > 0 ? box : null }));
  }

  /** Asks for more of the queue where it runs low; who ran out of boxes goes on with what comes. */
  private async refill(): Promise<void> {
    await this.queue.refill(false);
    if (this.place === 'queue' && !this.focus) this.toCursor();
  }
}
