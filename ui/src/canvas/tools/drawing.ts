import type { Point, Size } from '../box';
import type { Geometry } from '../geometry';
import type { Template } from '../grips';
import type { Signal } from '../modes';

/** Where a shape is drawn. */
export type Ground = {
  size: Size;
  /** Image pixels for one CSS pixel, at this moment. */
  pixel: () => number;
  template: Template | null;
};

/** What there is so far, to be shown: a shape, and a line that the pointer leads on. */
export type Sketch = {
  geometry: Geometry | null;
  line: readonly Point[];
  /** Whether a click now would close the line. */
  closing: boolean;
};

/** A new shape in the making. Places are image pixels, on the image; an answer is what it means for the canvas. */
export type Drawing = {
  press: (at: Point) => Signal | null;
  /** `free`: with Shift. */
  move: (at: Point, pressed: boolean, free: boolean) => void;
  release: (at: Point, dragged: boolean) => Signal | null;
  /** It is to be whole as it is; `null` where too little of it is there. */
  finish: () => Signal | null;
  /** The last of it taken back. */
  back: () => Signal | null;
  result: () => Geometry | null;
  sketch: () => Sketch;
};

/** A click this near to a point, in CSS pixels, is a click on it. */
export const ON_POINT = 8;

export const apart = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
