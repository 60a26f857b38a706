// Decisions over several shapes at once: what each of them gets.

import type { Action, AnnotationView, Details } from '../api';

export type Decided = { box: AnnotationView; action: Action };

export const each = (boxes: readonly AnnotationView[], make: (box: AnnotationView) => Action): Decided[] =>
  boxes.map((box) => ({ box, action: make(box) }));

const describe = (box: AnnotationView, details: Details): Decided => ({
  box,
  action: { do: 'describe', id: box.id, revision: box.revision, details },
});

/** Details for each; who has them already is left out. */
export function described(boxes: readonly AnnotationView[], detailsOf: (box: AnnotationView) => Details): Decided[] {
  return boxes.flatMap((box) => {
    const details = detailsOf(box);
    const same = (Object.keys(details) as (keyof Details)[]).every(
      (key) => JSON.stringify(details[key]) === JSON.stringify(box[key]),
    );
    return same ? [] : [describe(box, details)];
  });
}

/** All of them in one group of their own. */
export function grouped(chosen: readonly AnnotationView[], onImage: readonly AnnotationView[]): Decided[] {
  const group = freeGroup(onImage);
  return chosen.map((box) => describe(box, { group }));
}

/** A group number that nothing on the image has; 0 means none. */
export function freeGroup(onImage: readonly AnnotationView[]): number {
  return onImage.reduce((most, box) => Math.max(most, box.group), 0) + 1;
}

/** All of them above (1) or below (-1) everything else, their own order kept. */
export function stacked(chosen: readonly AnnotationView[], onImage: readonly AnnotationView[], to: 1 | -1): Decided[] {
  const mine = new Set(chosen.map((box) => box.id));
  const others = onImage.filter((box) => !mine.has(box.id)).map((box) => box.z_order * to);
  if (others.length === 0) return [];
  const top = others.reduce((a, b) => Math.max(a, b));
  const lowest = chosen.reduce((least, box) => Math.min(least, box.z_order * to), Infinity);
  if (lowest > top) return [];
  return chosen.map((box) => describe(box, { z_order: box.z_order + (top + 1 - lowest) * to }));
}
