import {
  applyAll,
  tally,
  type AnnotationId,
  type AnnotationView,
  type Counts,
  type ImageId,
  type ImageRow,
  type ImageView,
} from '../api';
import type { Entry, Part } from './outbox';

/** Images kept beyond those that decisions are under way for. */
const KEPT = 60;

/** An image with the decisions under way, and what comes of them. */
type Sheet = { truth: ImageView; parts: readonly Part[]; shown: ImageView };

/** The images at hand: what the engine holds of each, and what it will hold once the decisions under way are done. */
export class Desk {
  private held = $state.raw<ReadonlyMap<ImageId, ImageView>>(new Map());
  pending = $state.raw<readonly Entry[]>([]);

  /** The decisions under way by their images. */
  private readonly under: ReadonlyMap<ImageId, readonly Part[]> = $derived.by(() => {
    const found = new Map<ImageId, Part[]>();
    for (const entry of this.pending) {
      for (const one of entry.kind === 'act' ? entry.parts : []) {
        const parts = found.get(one.image);
        if (parts) parts.push(one);
        else found.set(one.image, [one]);
      }
    }
    return found;
  });

  /** What was made of each image last, so that one more decision costs no more than itself. */
  private sheets: ReadonlyMap<ImageId, Sheet> = new Map();

  /** Every image at hand as it is shown. */
  readonly shown: ReadonlyMap<ImageId, ImageView> = $derived.by(() => {
    const next = new Map(this.held);
    const sheets = new Map<ImageId, Sheet>();
    for (const [image, parts] of this.under) {
      const truth = next.get(image);
      if (!truth) continue;
      const sheet = carriedOn(this.sheets.get(image), truth, parts);
      sheets.set(image, sheet);
      next.set(image, sheet.shown);
    }
    this.sheets = sheets;
    return next;
  });

  /** What the decisions under way add to the project's counts. */
  readonly ahead = $derived.by(() => {
    const sum = { queued: 0, settled: 0, accepted: 0, fixed: 0, rejected: 0 };
    for (const image of this.under.keys()) {
      const before = this.held.get(image);
      const after = this.shown.get(image);
      if (!before || !after) continue;
      const [a, b] = [tallied(before), tallied(after)];
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += b[key] - a[key];
    }
    return sum;
  });

  truth(image: ImageId): ImageView | undefined {
    return this.held.get(image);
  }

  box(image: ImageId, id: AnnotationId): AnnotationView | undefined {
    const view = this.shown.get(image);
    return view && boxesIn(view).get(id);
  }

  /** A box as shown where its image is at hand, else as it was listed; none where it is gone. */
  newest(listed: AnnotationView): AnnotationView | undefined {
    const view = this.shown.get(listed.image);
    if (!view) return this.decidedEarly(listed);
    const found = boxesIn(view).get(listed.id);
    return found && found.revision < listed.revision ? listed : found;
  }

  put(views: readonly ImageView[]): void {
    const next = new Map(this.held);
    for (const view of views) {
      next.delete(view.image.id);
      next.set(view.image.id, view);
    }
    for (const id of next.keys()) {
      if (next.size <= KEPT) break;
      if (!this.under.has(id)) next.delete(id);
    }
    this.held = next;
  }

  /** Forgets all images but those named and those that decisions are under way for. */
  keepOnly(images: ReadonlySet<ImageId>): void {
    this.held = new Map([...this.held].filter(([id]) => images.has(id) || this.under.has(id)));
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

  /** A listed box, decided faster than its image could be fetched. */
  private decidedEarly(listed: AnnotationView): AnnotationView | undefined {
    const parts = this.under.get(listed.image);
    if (!parts) return listed;
    const after = applyAll(parts, { image: bareRow(listed.image), annotations: [listed] });
    return after.annotations.find((a) => a.id === listed.id);
  }
}

/** `parts` done to `truth`, upon what was made of it before where that still holds. */
function carriedOn(before: Sheet | undefined, truth: ImageView, parts: readonly Part[]): Sheet {
  const holds = before?.truth === truth && before.parts.every((one, n) => one === parts[n]);
  const shown = holds ? applyAll(parts.slice(before.parts.length), before.shown) : applyAll(parts, truth);
  return { truth, parts, shown };
}

/** `make` called once for each image as it is at one time. */
function once<T>(make: (view: ImageView) => T): (view: ImageView) => T {
  const made = new WeakMap<ImageView, T>();
  return (view) => {
    const known = made.get(view) ?? make(view);
    made.set(view, known);
    return known;
  };
}

const tallied = once(tally);

/** The boxes of an image by their ids. */
export const boxesIn = once(
  (view): ReadonlyMap<AnnotationId, AnnotationView> => new Map(view.annotations.map((a) => [a.id, a])),
);

function bareRow(id: ImageId): ImageRow {
  return {
    id,
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
}
