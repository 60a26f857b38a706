// Where one is among images and boxes.

import {
  isQueued,
  stands,
  type AnnotationId,
  type AnnotationView,
  type ImageId,
  type ImageView,
  type Rect,
} from '../api';

export type Focus = { image: ImageId; box: AnnotationId | null };

/** The standing boxes in the order they are gone through: waiting first, most doubtful first, then as one reads. */
export function inOrder(view: ImageView | undefined): AnnotationView[] {
  return (view?.annotations.filter(stands) ?? []).sort(
    (a, b) =>
      Number(isQueued(b)) - Number(isQueued(a)) ||
      (isQueued(a) ? b.doubt - a.doubt : a.rect.y1 - b.rect.y1 || a.rect.x1 - b.rect.x1) ||
      a.id - b.id,
  );
}

/** To hundredths of a pixel: finer is noise from the pointer. */
export function rounded(rect: Rect): Rect {
  const round = (v: number) => Math.round(v * 100) / 100;
  return { x1: round(rect.x1), y1: round(rect.y1), x2: round(rect.x2), y2: round(rect.y2) };
}

/**
 * The first box that is new or differs between two states of some images. The image alone where boxes only vanished; where
 * nothing is known of the state before, the first box that waits.
 */
export function firstChange(before: readonly (ImageView | undefined)[], after: readonly ImageView[]): Focus | null {
  for (const [n, view] of after.entries()) {
    const old = new Map(before[n]?.annotations.map((a) => [a.id, a]));
    const changed = before[n] && view.annotations.find((a) => old.get(a.id)?.revision !== a.revision);
    if (changed) return { image: view.image.id, box: changed.id };
  }
  const first = after[0];
  if (!first) return null;
  return { image: first.image.id, box: before[0] ? null : (first.annotations.find(isQueued)?.id ?? null) };
}
