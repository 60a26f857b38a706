// Going to the edges of the image where one is near to them.

import { clamp, type Box, type Point, type Size } from './box';

const near = (v: number, edge: number, slack: number): number => (Math.abs(v - edge) <= slack ? edge : v);

/** A point on the image, on its edge where that is within `slack` image pixels. */
export function snapped({ x, y }: Point, { width, height }: Size, slack: number): Point {
  return {
    x: clamp(near(near(x, 0, slack), width, slack), 0, width),
    y: clamp(near(near(y, 0, slack), height, slack), 0, height),
  };
}

/** How far a box is to be shifted so that one of its edges is on one of the image's, where it is within `slack`. */
export function snapBy(box: Box, { width, height }: Size, slack: number): Point {
  const by = (low: number, high: number, length: number) => {
    if (Math.abs(low) <= slack) return -low;
    return Math.abs(length - high) <= slack ? length - high : 0;
  };
  return { x: by(box.x1, box.x2, width), y: by(box.y1, box.y2, height) };
}
