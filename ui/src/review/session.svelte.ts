// The review session: where the person is, what is decided, what comes next.

import {
  ApiError,
  CONFLICTS,
  REFUSALS,
  boxOf,
  isQueued,
  sameRect,
  stands,
  type Action,
  type AnnotationId,
  type AnnotationView,
  type Api,
  type BulkRule,
  type ImageId,
  type ImageView,
  type LabelId,
  type Outcome,
  type QueueItem,
  type Rect,
} from '../api';
import { grown, isUsable, moved } from '../canvas/geometry';
import type { Toasts } from '../shared/toasts.svelte';
import { firstChange, inOrder, rounded, type Focus } from './places';
import { Desk } from './desk.svelte';
import { Outbox, type ActEntry, type Entry } from './outbox';
import { Pace } from './pace';
import { Photos } from './photos.svelte';
import { Queue } from './queue.svelte';
import { LabelUsage } from './usage.svelte';

export type Place = 'queue' | 'images';
export type Failure = { entries: ActEntry[]; error: ApiError };

type Ways = {
  api: Api;
  toasts: Toasts;
  /** Counts and undo titles changed. */
  onoutcome: (outcome: Outcome) => void;
  /** The project must be asked anew: more changed than an outcome says. */
  onstale: () => void;
  /** The image before (-1) or after (1) one in the image list; `null` at its ends. */
  neighbour: (image: ImageId, step: 1 | -1) => Promise<ImageId | null>;
  now: () => number;
};

/** Images ahead of the present one that are fetched before they are needed. */
const AHEAD = 3;

export class Session {
  readonly desk = new Desk();
  readonly queue: Queue;
  readonly photos: Photos;
  readonly usage = new LabelUsage();
  private readonly outbox: Outbox;
  private readonly pace = new Pace();

  place = $state<Place>('queue');
  focus = $state.raw<Focus | null>(null);
  /** Where the canvas flies; a new object is a new flight. */
  flight = $state.raw<{ to: Rect | null }>({ to: null });
  /** The focused box's geometry while arrow keys change it. */
  fixing = $state.raw<Rect | null>(null);
  /** A drawn box that still needs its label. */
  drawing = $state.raw<Rect | null>(null);
  failure = $state.raw<Failure | null>(null);
  perMinute = $state.raw<number | null>(null);
  /** An image that could not be read, and why. */
  trouble = $state.raw<{ image: ImageId; error: ApiError } | null>(null);

  /** When the engine last answered a decision of this window, seconds. */
  answeredAt = 0;

  /** Whether the person went or decided anywhere; until then the queue's head is the place, whatever comes there. */
  private begun = false;
  private trail: Focus[] = [];
  private trailAt = 0;
  private lastDrawn = 0;
  /** Boxes drawn here, by the names they had before the engine named them. */
  private readonly named = new Map<AnnotationId, AnnotationId>();

  readonly view: ImageView | null = $derived(this.focus ? (this.desk.shown.get(this.focus.image) ?? null) : null);
  readonly box: AnnotationView | null = $derived.by(() => {
    const { focus } = this;
    if (!focus || focus.box === null) return null;
    const listed = this.queue.find(focus.box);
    return (
      this.desk.box(focus.image, focus.box) ??
      (this.view || !listed ? null : (this.desk.newest(listed.annotation) ?? null))
    );
  });
  readonly saving = $derived(this.desk.pending.length > 0);

  constructor(private readonly ways: Ways) {
    const { api } = ways;
    this.queue = new Queue(api, this.desk);
    this.photos = new Photos((id) => api.imageUrl(id));
    this.outbox = new Outbox(api, {
      truth: (image) => this.desk.truth(image),
      changed: (pending) => {
        this.desk.pending = pending;
      },
      done: (entry, outcome, drawn) => this.done(entry, outcome, drawn),
      failed: (entry, held, error) => this.failed(entry, held, error),
    });
  }

  // Going about

  /** Begins at the head of the queue, or where the person was. */
  async start(): Promise<void> {
    await this.queue.refill(true);
    if (!this.focus && this.place === 'queue') this.toCursor();
  }

  go(place: Place): void {
    if (place === this.place) return;
    this.commitFix();
    this.place = place;
    if (!this.begun) this.queue.cursor = 0;
    if (place === 'queue') this.toCursor();
    else if (this.focus) this.look(this.focus);
  }

  /** Takes a box (or only its image) into focus and flies there. */
  look(focus: Focus | null, fly = true): void {
    this.commitFix();
    this.drawing = null;
    const sameImage = focus?.image === this.focus?.image;
    this.focus = focus;
    if (!focus) return;
    if (focus.box !== null) this.queue.stand(focus.box);
    this.bring(focus.image);
    // In the list of images the zoom is the person's own; only another image starts anew.
    if (!sameImage || (fly && this.place === 'queue')) this.flyTo();
    this.prefetch();
  }

  /** A box that the person chose from the queue. */
  visit(item: QueueItem): void {
    this.begun = true;
    this.look({ image: item.annotation.image, box: item.annotation.id });
  }

  private flyTo(): void {
    this.flight = { to: this.place === 'images' ? null : (this.box?.rect ?? null) };
  }

  /** An image of the list: all its boxes, the first waiting one in focus. */
  async open(image: ImageId): Promise<void> {
    this.look({ image, box: null });
    await this.fetch(image);
    if (this.focus?.image !== image || this.focus.box !== null) return;
    const first = inOrder(this.desk.shown.get(image))[0];
    if (first && isQueued(first)) this.look({ image, box: first.id }, false);
  }

  pick(id: AnnotationId | null): void {
    const { focus } = this;
    if (!focus) return;
    if (id === null && this.place === 'queue') return;
    this.begun = true;
    this.look({ image: focus.image, box: id }, false);
  }

  next(step: 1 | -1): void {
    if (this.place === 'images' && this.focus) {
      const boxes = inOrder(this.desk.shown.get(this.focus.image));
      if (boxes.length === 0) return;
      const at = boxes.findIndex((box) => box.id === this.focus?.box);
      const to = boxes[(at + step + boxes.length) % boxes.length] ?? boxes[0];
      if (to) this.look({ image: to.image, box: to.id });
      return;
    }
    this.begun = true;
    this.queue.step(step, this.focus?.box ?? null);
    this.toCursor();
  }

  /** Back along the boxes decided in this session. */
  back(): void {
    if (this.trailAt === 0) return;
    this.trailAt -= 1;
    const focus = this.trail[this.trailAt];
    if (focus) this.look(this.renamed(focus));
  }

  get canGoBack(): boolean {
    return this.trailAt > 0;
  }

  async turn(step: 1 | -1): Promise<void> {
    const { focus } = this;
    if (!focus) return;
    const to = await this.ways.neighbour(focus.image, step);
    if (to !== null) await this.open(to);
  }

  // Deciding

  accept(): void {
    const { box } = this;
    if (!box) return;
    if (this.fixing) this.commitFix();
    else this.act({ do: 'accept', id: box.id, revision: box.revision }, box);
    this.goOn();
  }

  reject(): void {
    const { box } = this;
    if (!box) return;
    this.fixing = null;
    this.act({ do: 'reject', id: box.id, revision: box.revision }, box);
    this.goOn();
  }

  reopen(): void {
    const { box } = this;
    if (!box || box.state === 'pending') return;
    this.act({ do: 'reopen', id: box.id, revision: box.revision }, box);
  }

  relabel(label: LabelId): void {
    this.commitFix();
    const { box } = this;
    if (!box) return;
    this.usage.gave(label);
    this.act({ do: 'relabel', id: box.id, revision: box.revision, label }, box);
    this.goOn();
  }

  reshape(id: AnnotationId, rect: Rect): void {
    const box = this.focus && this.desk.box(this.focus.image, id);
    if (!box || !isUsable(rect) || sameRect(rect, box.rect)) return;
    this.fixing = null;
    this.act({ do: 'reshape', id, revision: box.revision, rect: rounded(rect) }, box);
  }

  describe(details: Extract<Action, { do: 'describe' }>['details']): void {
    const { box } = this;
    if (box) this.act({ do: 'describe', id: box.id, revision: box.revision, details }, box);
  }

  draw(label: LabelId): void {
    const { drawing, focus } = this;
    this.drawing = null;
    if (!drawing || !focus) return;
    this.usage.gave(label);
    const drawnId = (this.lastDrawn -= 1);
    const action: Action = { do: 'draw', image: focus.image, label, rect: rounded(drawing) };
    this.outbox.add({ kind: 'act', action, image: focus.image, drawnId });
    this.count(1);
    if (this.place === 'images' || !this.box) this.look({ image: focus.image, box: drawnId }, false);
  }

  /** Accepts what stands undecided on the image and goes on to the next one. */
  async acceptRest(): Promise<void> {
    const { focus } = this;
    if (!focus) return;
    this.commitFix();
    const left = inOrder(this.desk.shown.get(focus.image)).filter((box) => box.state === 'pending');
    if (left.length > 0) {
      const action: Action = { do: 'accept_rest', image: focus.image };
      this.outbox.add({ kind: 'act', action, image: focus.image, drawnId: 0 });
      this.count(left.filter(isQueued).length);
      this.remember(focus);
    }
    if (this.place === 'images') await this.turn(1);
    else this.toCursor();
  }

  get canAcceptRest(): boolean {
    return this.view?.annotations.some((box) => box.state === 'pending' && stands(box)) ?? false;
  }

  /** There is nothing on this image; said again, it is taken back. */
  async toggleEmpty(): Promise<void> {
    const { focus, view } = this;
    if (!focus || !view) return;
    this.fixing = null;
    const isEmpty = view.image.status === 'confirmed_empty';
    const action: Action = { do: isEmpty ? 'unconfirm_empty' : 'confirm_empty', image: focus.image };
    this.count(isEmpty ? 0 : view.annotations.filter(isQueued).length);
    this.outbox.add({ kind: 'act', action, image: focus.image, drawnId: 0 });
    this.remember(focus);
    if (isEmpty) return;
    if (this.place === 'images') await this.turn(1);
    else this.toCursor();
  }

  undo(): void {
    this.fixing = null;
    this.drawing = null;
    this.outbox.add({ kind: 'undo' });
  }

  redo(): void {
    this.fixing = null;
    this.outbox.add({ kind: 'redo' });
  }

  bulk(rule: BulkRule, state: 'accepted' | 'rejected'): void {
    this.outbox.add({ kind: 'bulk', rule, state });
  }

  // Fixing by keys

  startFix(): void {
    if (this.box) this.fixing = this.box.rect;
  }

  nudge(dx: number, dy: number): void {
    const size = this.size();
    if (this.fixing && size) this.fixing = moved(this.fixing, dx, dy, size);
  }

  grow(dx: number, dy: number): void {
    const size = this.size();
    if (this.fixing && size) this.fixing = grown(this.fixing, dx, dy, size);
  }

  commitFix(): void {
    const { fixing, box } = this;
    this.fixing = null;
    if (fixing && box) this.reshape(box.id, fixing);
  }

  cancelFix(): void {
    this.fixing = null;
  }

  // Failures and refreshing

  /** Sends again what could not be saved, upon what the boxes are now. */
  retry(): void {
    const { failure } = this;
    this.failure = null;
    for (const entry of failure?.entries ?? []) {
      const { action } = entry;
      const now = 'id' in action ? this.desk.box(entry.image, action.id) : undefined;
      const fresh = now && 'revision' in action ? { ...action, revision: now.revision } : action;
      this.outbox.add({ kind: 'act', action: fresh, image: entry.image, drawnId: entry.drawnId });
    }
    if (this.place === 'queue') this.toCursor();
  }

  dropFailure(): void {
    this.failure = null;
  }

  /** Something changed elsewhere: all is asked anew, the place is kept; who has not begun is at the queue's head. */
  async refresh(): Promise<void> {
    if (!this.outbox.idle) return;
    const { focus } = this;
    this.desk.keepOnly(new Set(focus ? [focus.image] : []));
    const begun = this.begun || this.fixing !== null || this.drawing !== null;
    await Promise.all([this.queue.refill(true, begun), focus ? this.fetch(focus.image, true) : null]);
    if (this.place !== 'queue') return;
    if (!begun || !this.focus || (this.focus.box !== null && !this.box)) this.toCursor();
  }

  get busy(): boolean {
    return !this.outbox.idle;
  }

  private act(action: Action, box: AnnotationView): void {
    const decides =
      action.do === 'accept' || action.do === 'reject' || action.do === 'relabel' || action.do === 'reshape';
    this.begun = true;
    if (decides) {
      this.count(isQueued(box) ? 1 : 0);
      this.remember({ image: box.image, box: box.id });
      if (this.failure) {
        const entries = this.failure.entries.filter((entry) => boxOf(entry.action) !== box.id);
        this.failure = entries.length > 0 ? { ...this.failure, entries } : null;
      }
    }
    this.outbox.add({ kind: 'act', action, image: box.image, drawnId: 0 });
  }

  /** On to what comes next after a decision. */
  private goOn(): void {
    if (this.place === 'queue') return this.toCursor();
    const { focus } = this;
    if (!focus) return;
    const waiting = inOrder(this.desk.shown.get(focus.image)).filter(isQueued);
    const to = waiting.find((box) => box.id !== focus.box);
    if (to) this.look({ image: to.image, box: to.id });
    else if (!this.box) this.look({ image: focus.image, box: null }, false);
  }

  private toCursor(): void {
    const item = this.queue.current;
    this.look(item ? { image: item.annotation.image, box: item.annotation.id } : null);
  }

  private done(entry: Entry, outcome: Outcome, drawn: { from: AnnotationId; to: AnnotationId } | null): void {
    this.answeredAt = this.ways.now();
    const before = outcome.images.map((view) => this.desk.truth(view.image.id));
    this.desk.put(outcome.images);
    this.queue.settle(outcome.images);
    if (drawn) {
      this.named.set(drawn.from, drawn.to);
      if (this.focus?.box === drawn.from) this.focus = { ...this.focus, box: drawn.to };
    }
    this.ways.onoutcome(outcome);
    if (entry.kind === 'act') {
      void this.queue.refill(false);
      return;
    }
    this.ways.toasts.show(outcome.title);
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

  private failed(entry: Entry, held: readonly ActEntry[], error: ApiError): void {
    const { toasts } = this.ways;
    if (entry.kind !== 'act') {
      toasts.show(
        `${entry.kind === 'bulk' ? 'Nothing was decided' : `Could not ${entry.kind}`}: ${error.message}`,
        'bad',
      );
      this.ways.onstale();
      return;
    }
    // Of several failures in a row the first is where the person was stopped.
    const again = this.failure !== null;
    const also = held.length > 0 ? `${held.length} later change of the same box is not done either.` : null;
    if (CONFLICTS.has(error.code)) {
      toasts.show(error.message, 'bad', also ?? 'The image was loaded again.');
      void this.fetch(entry.image, true);
    } else if (REFUSALS.has(error.code)) {
      toasts.show(error.message, 'bad', also);
    } else {
      this.failure = { entries: [...(this.failure?.entries ?? []), entry, ...held], error };
      toasts.show(`Not saved: ${error.message}`, 'bad', also);
    }
    const box = boxOf(entry.action);
    if (!again) this.look(this.renamed({ image: entry.image, box: box !== null && box > 0 ? box : null }));
  }

  private renamed(focus: Focus): Focus {
    return focus.box === null ? focus : { ...focus, box: this.named.get(focus.box) ?? focus.box };
  }

  private size(): { width: number; height: number } | null {
    const image = this.view?.image;
    return image?.width && image.height ? { width: image.width, height: image.height } : null;
  }

  private bring(image: ImageId): void {
    this.photos.load(image);
    void this.fetch(image);
  }

  private async fetch(image: ImageId, anew = false): Promise<void> {
    if (!anew && this.desk.truth(image)) return;
    try {
      const view = await this.ways.api.imageView(image);
      if (anew || !this.desk.truth(image)) this.desk.put([view]);
      if (this.trouble?.image === image) this.trouble = null;
      this.usage.met(view);
    } catch (thrown) {
      this.trouble = { image, error: ApiError.from(thrown) };
    }
  }

  private prefetch(): void {
    if (this.place === 'queue') {
      for (const image of this.queue.imagesAhead(AHEAD)) this.bring(image);
      return;
    }
    const { focus } = this;
    if (!focus) return;
    void this.ways.neighbour(focus.image, 1).then((image) => {
      if (image !== null) this.bring(image);
    });
  }

  private remember(focus: Focus): void {
    this.trail = [...this.trail.slice(-199), focus];
    this.trailAt = this.trail.length;
  }

  private count(n: number): void {
    if (n === 0) return;
    this.pace.add(this.ways.now(), n);
    this.perMinute = this.pace.perMinute();
  }
}
