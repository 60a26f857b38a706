// Rectangles in pixels of the upright image: `x1,y1` top left, `x2,y2` bottom right.

export type Box = { x1: number; y1: number; x2: number; y2: number };
export type Point = { x: number; y: number };
export type Size = { width: number; height: number };

/** The smallest side a box may be left with, in image pixels. */
export const MIN_SIDE = 1;

/** A handle by the edges it moves: `n` top, `e` right, … */
export type Handle = 'nw' | 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w';
export const HANDLES: readonly Handle[] = ['nw', 'ne', 'se', 'sw', 'n', 'e', 's', 'w'];

export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

export const widthOf = (box: Box): number => box.x2 - box.x1;
export const heightOf = (box: Box): number => box.y2 - box.y1;
export const centreOf = (box: Box): Point => ({ x: (box.x1 + box.x2) / 2, y: (box.y1 + box.y2) / 2 });
export const areaOf = (box: Box): number => widthOf(box) * heightOf(box);

export function contains(box: Box, at: Point, slack = 0): boolean {
  return at.x >= box.x1 - slack && at.x <= box.x2 + slack && at.y >= box.y1 - slack && at.y <= box.y2 + slack;
}

/** Whether two boxes share anything. */
export function meet(a: Box, b: Box): boolean {
  return a.x1 <= b.x2 && a.x2 >= b.x1 && a.y1 <= b.y2 && a.y2 >= b.y1;
}

/** The box around some points; `null` for none. */
export function around(points: readonly Point[]): Box | null {
  const first = points[0];
  if (!first) return null;
  const box = { x1: first.x, y1: first.y, x2: first.x, y2: first.y };
  for (const { x, y } of points) {
    box.x1 = Math.min(box.x1, x);
    box.y1 = Math.min(box.y1, y);
    box.x2 = Math.max(box.x2, x);
    box.y2 = Math.max(box.y2, y);
  }
  return box;
}

/** The box between two opposite corners, cut to the image. */
export function between(a: Point, b: Point, image: Size): Box {
  const x = [clamp(a.x, 0, image.width), clamp(b.x, 0, image.width)] as const;
  const y = [clamp(a.y, 0, image.height), clamp(b.y, 0, image.height)] as const;
  return { x1: Math.min(...x), y1: Math.min(...y), x2: Math.max(...x), y2: Math.max(...y) };
}

/** The box shifted as far as the image lets it, its size kept. */
export function moved(box: Box, dx: number, dy: number, image: Size): Box {
  const x = clamp(dx, -box.x1, image.width - box.x2);
  const y = clamp(dy, -box.y1, image.height - box.y2);
  return { x1: box.x1 + x, y1: box.y1 + y, x2: box.x2 + x, y2: box.y2 + y };
}

/** The box with one handle dragged to `to`; dragged past the opposite edge it turns over. */
export function resized(box: Box, handle: Handle, to: Point, image: Size): Box {
  const west = handle.includes('w');
  const east = handle.includes('e');
  const north = handle.includes('n');
  const south = handle.includes('s');
  const x1 = west ? to.x : box.x1;
  const x2 = east ? to.x : box.x2;
  const y1 = north ? to.y : box.y1;
  const y2 = south ? to.y : box.y2;
  return between({ x: x1, y: y1 }, { x: x2, y: y2 }, image);
}

/** Where a handle sits. */
export function handlePoint(box: Box, handle: Handle): Point {
  const x = handle.includes('w') ? box.x1 : handle.includes('e') ? box.x2 : (box.x1 + box.x2) / 2;
  const y = handle.includes('n') ? box.y1 : handle.includes('s') ? box.y2 : (box.y1 + box.y2) / 2;
  return { x, y };
}

export function isUsable(box: Box): boolean {
  return widthOf(box) >= MIN_SIDE && heightOf(box) >= MIN_SIDE;
}
