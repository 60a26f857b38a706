import {
  applyAction,
  isQueued,
  tally,
  type AnnotationId,
  type AnnotationView,
  type Counts,
  type ImageId,
  type ImageRow,
  type ImageView,
} from '../api';
import type { ActEntry, Entry } from './outbox';

/** Images kept beyond those that decisions are under way for. */
const KEPT = 60;

/** The images at hand: what the engine holds of each, and what it will hold once the decisions under way are done. */
export class Desk {
  private held = $state.raw<ReadonlyMap<ImageId, ImageView>>(new Map());
  pending = $state.raw<readonly Entry[]>([]);

  private readonly acts = $derived(this.pending.filter((entry): entry is ActEntry => entry.kind === 'act'));

  /** Every image at hand as it is shown. */
  readonly shown: ReadonlyMap<ImageId, ImageView> = $derived.by(() => {
    const next = new Map(this.held);
    for (const entry of this.acts) {
      const view = next.get(entry.image);
      if (view) next.set(entry.image, applyAction(entry.action, view, entry.drawnId));
    }
    return next;
  });

  /** What the decisions under way add to the project's counts. */
  readonly ahead = $derived.by(() => {
    const sum = { queued: 0, settled: 0, accepted: 0, fixed: 0, rejected: 0 };
    for (const image of new Set(this.acts.map((entry) => entry.image))) {
      const before = this.held.get(image);
      const after = this.shown.get(image);
      if (!before || !after) continue;
      const [a, b] = [tally(before), tally(after)];
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += b[key] - a[key];
    }
    return sum;
  });

  truth(image: ImageId): ImageView | undefined {
    return this.held.get(image);
  }

  box(image: ImageId, id: AnnotationId): AnnotationView | undefined {
    return this.shown.get(image)?.annotations.find((a) => a.id === id);
  }

  /** A box as shown where its image is at hand, else as it was listed. */
  newest(listed: AnnotationView): AnnotationView | undefined {
    return newestIn(this.shown.get(listed.image), listed, this.acts);
  }

  /** Those of `items` whose boxes still wait. */
  waiting<T extends { annotation: AnnotationView }>(items: readonly T[]): T[] {
    const { shown, acts } = this;
    return items.filter(({ annotation }) => {
      const now = newestIn(shown.get(annotation.image), annotation, acts);
      return now !== undefined && isQueued(now);
    });
  }

  put(views: readonly ImageView[]): void {
    const next = new Map(this.held);
    for (const view of views) {
      next.delete(view.image.id);
      next.set(view.image.id, view);
    }
    const busy = new Set(this.acts.map((entry) => entry.image));
    for (const id of next.keys()) {
      if (next.size <= KEPT) break;
      if (!busy.has(id)) next.delete(id);
    }
    this.held = next;
  }

  /** Forgets all images but those named and those that decisions are under way for. */
  keepOnly(images: ReadonlySet<ImageId>): void {
    const busy = new Set(this.acts.map((entry) => entry.image));
    this.held = new Map([...this.held].filter(([id]) => images.has(id) || busy.has(id)));
  }

  counts(stored: Counts): Counts {
    const ahead = this.ahead;
    return {
      ...stored,
      queued: Math.max(0, stored.queued + ahead.queued),
      settled: Math.max(0, stored.settled + ahead.settled),
      accepted: Math.max(0, stored.accepted + ahead.accepted),
      fixed: Math.max(0, stored.fixed + ahead.fixed),
      rejected: Math.max(0, stored.rejected + ahead.rejected),
    };
  }
}

function newestIn(
  view: ImageView | undefined,
  listed: AnnotationView,
  acts: readonly ActEntry[],
): AnnotationView | undefined {
  if (!view) return decidedEarly(listed, acts);
  const found = view.annotations.find((a) => a.id === listed.id);
  return found && found.revision < listed.revision ? listed : found;
}

/** A listed box, decided faster than its image could be fetched. */
function decidedEarly(listed: AnnotationView, acts: readonly ActEntry[]): AnnotationView | undefined {
  const own = acts.filter((entry) => entry.image === listed.image);
  if (own.length === 0) return listed;
  const image: ImageRow = {
    id: listed.image,
    folder: 0,
    path: '',
    width: null,
    height: null,
    status: 'waiting',
    queued: 0,
    settled: 0,
    decided: 0,
    rejected: 0,
    problem: null,
  };
  const start: ImageView = { image, annotations: [listed] };
  const after = own.reduce((view, entry) => applyAction(entry.action, view, entry.drawnId), start);
  return after.annotations.find((a) => a.id === listed.id);
}
