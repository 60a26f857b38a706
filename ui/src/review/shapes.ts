// What the review does with shapes of any kind.

import type { AnnotationView, Geometry, Label, ShapeKind } from '../api';
import type { Tool } from '../canvas/geometry';

/** What a hand draws, in the order of its keys. */
export const TOOLS: readonly Tool[] = ['box', 'ellipse', 'polygon', 'polyline', 'points', 'mask', 'cuboid', 'skeleton'];

/** The whole image. */
export const TAG: Geometry = { rect: { x1: 0, y1: 0, x2: 0, y2: 0 }, rotation: 0, shape: { kind: 'tag' } };

/** Labels that a shape of each of these kinds may get; deleted ones are offered no more. */
export function labelsFor(labels: readonly Label[], kinds: readonly ShapeKind[]): Label[] {
  return labels.filter(
    (label) => !label.archived && kinds.every((kind) => label.shape === null || label.shape === kind),
  );
}

/** The kinds among some shapes. */
export function kindsOf(boxes: readonly AnnotationView[]): ShapeKind[] {
  return [...new Set(boxes.map((box) => box.shape.kind))];
}
