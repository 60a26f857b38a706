// Where one is among images and boxes.

import {
  isQueued,
  stands,
  type AnnotationId,
  type AnnotationView,
  type ImageId,
  type ImageView,
  type Point,
} from '../api';
import type { Names } from './outbox';

/** What is gone through: box by box, image by image. Everywhere but in the queue the view is the person's own. */
export type Place = 'queue' | 'images' | 'gallery';

export type Focus = { image: ImageId; box: AnnotationId | null };

/** Waiting first, most doubtful first, then as one reads. */
function before(a: AnnotationView, b: AnnotationView): number {
  return (
    Number(isQueued(b)) - Number(isQueued(a)) ||
    (isQueued(a) ? b.doubt - a.doubt : a.rect.y1 - b.rect.y1 || a.rect.x1 - b.rect.x1) ||
    a.id - b.id
  );
}

/** The standing boxes in the order they are gone through. */
export function inOrder(view: ImageView | undefined): AnnotationView[] {
  return (view?.annotations.filter(stands) ?? []).sort(before);
}

/** The waiting box that comes first, `except` one. */
export function firstWaiting(view: ImageView | undefined, except: AnnotationId | null = null): AnnotationView | null {
  let first: AnnotationView | null = null;
  for (const box of view?.annotations ?? []) {
    if (isQueued(box) && box.id !== except && (!first || before(box, first) < 0)) first = box;
  }
  return first;
}

/**
 * The first box that is new or differs between two states of some images. The image alone where boxes only vanished; where
 * nothing is known of the state before, the first box that waits.
 */
export function firstChange(before: readonly (ImageView | undefined)[], after: readonly ImageView[]): Focus | null {
  let followed: Focus | null = null;
  for (const [n, view] of after.entries()) {
    const old = new Map(before[n]?.annotations.map((a) => [a.id, a]));
    for (const a of before[n] ? view.annotations : []) {
      const was = old.get(a.id);
      if (was?.revision === a.revision) continue;
      const to = { image: view.image.id, box: a.id };
      // Between keyframes a shape only follows what was changed.
      if (was?.track?.keyframe !== false || a.track?.keyframe !== false) return to;
      followed ??= to;
    }
  }
  if (followed) return followed;
  const first = after[0];
  if (!first) return null;
  return { image: first.image.id, box: before[0] ? null : (first.annotations.find(isQueued)?.id ?? null) };
}

/** How far back one can go. */
const REMEMBERED = 200;

/** The boxes decided in this session, to go back along. */
export class Trail {
  private steps: Focus[] = [];
  private at = 0;
  /** Boxes drawn here, by the names they had before the engine named them. */
  private readonly names = new Map<AnnotationId, AnnotationId>();

  remember(focus: Focus): void {
    this.steps = [...this.steps.slice(1 - REMEMBERED), focus];
    this.at = this.steps.length;
  }

  /** One step back; `null` at the beginning. */
  back(): Focus | null {
    if (!this.canGoBack) return null;
    this.at -= 1;
    const focus = this.steps[this.at];
    return focus ? this.renamed(focus) : null;
  }

  get canGoBack(): boolean {
    return this.at > 0;
  }

  name(drawn: Names): void {
    for (const [from, to] of drawn) this.names.set(from, to);
  }

  renamed(focus: Focus): Focus {
    return focus.box === null ? focus : { ...focus, box: this.names.get(focus.box) ?? focus.box };
  }
}

/**
 * Of the undecided boxes that the models withdrew, the one with its middle nearest to `at`, measured by its own width and
 * height; none where `at` lies outside of it.
 */
export function nearestWithdrawn(boxes: readonly AnnotationView[], at: Point): AnnotationView | null {
  let best: AnnotationView | null = null;
  let nearest = 0.5;
  for (const box of boxes) {
    if (box.state !== 'pending' || box.standing !== 'withdrawn' || box.shape.kind !== 'box') continue;
    const { x1, y1, x2, y2 } = box.rect;
    const [dx, dy] = [(at.x - (x1 + x2) / 2) / (x2 - x1), (at.y - (y1 + y2) / 2) / (y2 - y1)];
    const away = Math.max(Math.abs(dx), Math.abs(dy));
    if (away > nearest || (best && away === nearest)) continue;
    best = box;
    nearest = away;
  }
  return best;
}
