// Where a person is: at which image, at which shapes, and the ways from one to the next.

import {
  stands,
  type AnnotationId,
  type AnnotationView,
  type Api,
  type ImageId,
  type ImageView,
  type QueueItem,
  type Rect,
} from '../api';
import type { Size } from '../canvas/box';
import { Desk } from './desk.svelte';
import { Hand } from './hand.svelte';
import { Marks } from './marks.svelte';
import { firstWaiting, inOrder, Trail, type Focus, type Place } from './places';
import type { Photos } from './photos.svelte';
import { Queue } from './queue.svelte';
import { LabelUsage } from './usage.svelte';

export type Roads = {
  api: Api;
  /** The image before (-1) or after (1) one in the image list; `null` at its ends. */
  neighbour: (image: ImageId, step: 1 | -1) => Promise<ImageId | null>;
};

/** Images ahead of the present one that are fetched before they are needed. */
const AHEAD = 3;

export abstract class Going {
  readonly desk = new Desk();
  readonly queue: Queue;
  readonly usage = new LabelUsage();
  readonly marks = new Marks();
  protected readonly hand: Hand;
  protected readonly trail = new Trail();

  place = $state<Place>('queue');
  focus = $state.raw<Focus | null>(null);
  /** Shapes chosen beside the one in focus, of the same image. */
  protected others = $state.raw<ReadonlySet<AnnotationId>>(new Set());
  /** Where the canvas flies; a new object is a new flight. */
  flight = $state.raw<{ to: Rect | null }>({ to: null });
  /** Whether the person went or decided anywhere; until then the queue's head is the place, whatever comes there. */
  protected begun = false;

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
  /** The shape in focus and those chosen with it. */
  readonly selected: ReadonlySet<AnnotationId> = $derived.by(() => {
    const id = this.focus?.box ?? null;
    return id === null ? this.others : new Set([id, ...this.others]);
  });
  /** What a decision is about: all that is selected and not locked. */
  readonly chosen: readonly AnnotationView[] = $derived.by(() => {
    const { box, focus } = this;
    const more = focus ? [...this.others].map((id) => this.desk.box(focus.image, id)) : [];
    return [box, ...more]
      .filter((one) => one !== null && one !== undefined)
      .filter(({ id }) => !this.marks.locked.has(id));
  });

  constructor(private readonly roads: Roads) {
    const { api } = roads;
    this.queue = new Queue(api, this.desk);
    this.hand = new Hand(api, this.desk, (view) => this.usage.met(view));
  }

  /** Ends what the person is in the middle of, before going elsewhere. */
  protected abstract leave(): void;

  get photos(): Photos {
    return this.hand.photos;
  }

  /** An image that could not be asked for, and why. */
  get trouble(): Hand['trouble'] {
    return this.hand.trouble;
  }

  go(place: Place): void {
    if (place === this.place) return;
    this.leave();
    this.place = place;
    if (!this.begun) this.queue.cursor = 0;
    if (place === 'queue') this.toCursor();
    else if (this.focus) this.look(this.focus);
  }

  /** Takes a box (or only its image) into focus and flies there. */
  look(focus: Focus | null, fly = true): void {
    this.leave();
    this.others = new Set();
    const sameImage = focus?.image === this.focus?.image;
    this.focus = focus;
    if (!focus) return;
    if (focus.box !== null) {
      this.queue.stand(focus.box);
      this.marks.reveal(focus.box);
    }
    this.hand.bring(focus.image);
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
    this.flight = { to: this.place === 'queue' ? (this.box?.rect ?? null) : null };
  }

  /** An image of the list: all its boxes, the first waiting one in focus. */
  async open(image: ImageId): Promise<void> {
    this.look({ image, box: null });
    await this.hand.fetch(image);
    if (this.focus?.image !== image || this.focus.box !== null) return;
    const first = firstWaiting(this.desk.shown.get(image));
    if (first) this.look({ image, box: first.id }, false);
  }

  next(step: 1 | -1): void {
    if (this.place !== 'queue' && this.focus) {
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
    const focus = this.trail.back();
    if (focus) this.look(focus);
  }

  get canGoBack(): boolean {
    return this.trail.canGoBack;
  }

  /** Along the track of the box in focus to a keyframe where it is seen; false where there is none that way. */
  async toKeyframe(step: 1 | -1): Promise<boolean> {
    const { box } = this;
    if (!box?.track) return false;
    const { shapes } = await this.roads.api.track(box.track.id);
    const at = shapes.findIndex(({ annotation }) => annotation === box.id);
    const way = step === 1 ? shapes.slice(at + 1) : shapes.slice(0, Math.max(0, at)).reverse();
    const to = way.find(({ keyframe, stands }) => keyframe && stands);
    if (to) this.look({ image: to.image, box: to.annotation });
    return to !== undefined;
  }

  async turn(step: 1 | -1): Promise<void> {
    const { focus } = this;
    if (!focus) return;
    const to = await this.roads.neighbour(focus.image, step);
    if (to !== null) await this.open(to);
  }

  // Choosing shapes of the image

  /** `extend`: in addition to what is chosen, or no longer. */
  pick(id: AnnotationId | null, extend = false): void {
    const { focus, selected } = this;
    if (!focus || (extend && id === null)) return;
    this.begun = true;
    if (!extend) {
      // In the queue there is always a box in focus.
      if (id !== null || this.place !== 'queue') this.look({ image: focus.image, box: id }, false);
      else this.others = new Set();
      return;
    }
    const next = new Set(selected);
    if (id !== null && !next.delete(id)) next.add(id);
    this.select(next, id);
  }

  /** All of these, in addition to what is chosen. */
  area(ids: readonly AnnotationId[]): void {
    this.select(new Set([...this.selected, ...ids]), ids[0] ?? null);
  }

  /** Every shape of the image that is in sight and in reach. */
  selectAll(): void {
    const { locked, hidden } = this.marks;
    const all = this.view?.annotations.filter(
      (box) => stands(box) && box.shape.kind !== 'tag' && !locked.has(box.id) && !hidden.has(box.id),
    );
    this.area(all?.map((box) => box.id) ?? []);
  }

  /** Shows only what is chosen; where something is hidden, everything again. */
  hideOthers(): void {
    this.marks.hideAllBut(this.selected, this.view?.annotations.map((box) => box.id) ?? []);
  }

  /** Leaves the choice; true when there was one. */
  unselect(): boolean {
    const had = this.others.size > 0 || (this.place !== 'queue' && (this.focus?.box ?? null) !== null);
    if (had) this.pick(null);
    return had;
  }

  /** Makes `ids` the choice; `first`, or any where it is not among them, comes into focus. */
  protected select(ids: ReadonlySet<AnnotationId>, first: AnnotationId | null): void {
    const { focus } = this;
    if (!focus) return;
    this.leave();
    const kept = first !== null && ids.has(first) ? first : focus.box;
    const box = kept !== null && ids.has(kept) ? kept : ([...ids][0] ?? focus.box);
    this.focus = { ...focus, box };
    this.others = new Set([...ids].filter((id) => id !== box));
  }

  protected async toNextImage(): Promise<void> {
    if (this.place === 'queue') this.toCursor();
    else await this.turn(1);
  }

  protected toCursor(): void {
    const item = this.queue.current;
    this.look(item ? { image: item.annotation.image, box: item.annotation.id } : null);
  }

  protected get size(): Size | null {
    return sizeOf(this.view);
  }

  private prefetch(): void {
    if (this.place === 'queue') {
      for (const image of this.queue.imagesAhead(AHEAD)) this.hand.bring(image);
      return;
    }
    const { focus } = this;
    if (!focus) return;
    void this.roads.neighbour(focus.image, 1).then((image) => {
      if (image !== null) this.hand.bring(image);
    });
  }
}

export function sizeOf(view: ImageView | null | undefined): Size | null {
  const image = view?.image;
  return image?.width && image.height ? { width: image.width, height: image.height } : null;
}
