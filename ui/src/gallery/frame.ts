// Where a shape lies in its crop, as the engine cuts it: a square around the shape, without what is outside the photo.

import { geometryOf, type AnnotationView } from '../api';
import { boundsOf } from '../canvas/geometry';

/** Half a crop's side by the longer side of what is in it, and the shortest side that counts, pixels. */
const REACH = 0.65;
const SMALLEST = 24;

/** Shares of the crop's square, 0..1. */
export type Frame = { left: number; top: number; width: number; height: number };

/** `null` where there is none to draw: a tag, or a photo of unknown size. */
export function frameOf(box: AnnotationView, photo: { width: number; height: number }): Frame | null {
  if (box.shape.kind === 'tag' || photo.width === 0 || photo.height === 0) return null;
  const { x1, y1, x2, y2 } = boundsOf(geometryOf(box));
  const half = Math.max(x2 - x1, y2 - y1, SMALLEST) * REACH;
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const [left, top] = [Math.max(0, x - half), Math.max(0, y - half)];
  const [width, height] = [Math.min(photo.width, x + half) - left, Math.min(photo.height, y + half) - top];
  const side = Math.max(width, height);
  // The part is in the middle of the square.
  return {
    left: (x1 - left + (side - width) / 2) / side,
    top: (y1 - top + (side - height) / 2) / side,
    width: (x2 - x1) / side,
    height: (y2 - y1) / side,
  };
}
