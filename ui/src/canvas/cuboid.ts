// Cuboids as CVAT has them: a front and a back face of four points each (top left, bottom left, top right, bottom right).

import type { Box, Point } from './box';
import type { Cuboid } from './geometry';

/** Pairs of points that are joined by an edge: front, back, between them. */
export const EDGES: readonly (readonly [number, number])[] = [
  [0, 2],
  [2, 3],
  [3, 1],
  [1, 0],
  [4, 6],
  [6, 7],
  [7, 5],
  [5, 4],
  [0, 4],
  [1, 5],
  [2, 6],
  [3, 7],
];

/** The six faces, each as a closed line. */
export const FACES: readonly (readonly number[])[] = [
  [0, 2, 3, 1],
  [4, 6, 7, 5],
  [0, 4, 5, 1],
  [2, 6, 7, 3],
  [0, 4, 6, 2],
  [1, 5, 7, 3],
];

/** A front face and the same again, shifted. */
export function extruded(front: Box, by: Point): Cuboid {
  const at = (x: number, y: number): Point => ({ x, y });
  const { x1, y1, x2, y2 } = front;
  const [a, b, c, d] = [at(x1, y1), at(x1, y2), at(x2, y1), at(x2, y2)];
  const back = (p: Point) => at(p.x + by.x, p.y + by.y);
  return [a, b, c, d, back(a), back(b), back(c), back(d)];
}

/**
 * With one point dragged so that parallel edges stay so: one of the front stretches both faces, one of the back moves the
 * back face as a whole. `alone`: only that point.
 */
export function dragged(points: Cuboid, n: number, to: Point, alone: boolean): Cuboid {
  const from = points[n];
  if (!from) return points;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const isLeft = n % 4 < 2;
  const isTop = n % 2 === 0;
  return points.map((p, k) => {
    if (alone) return k === n ? to : p;
    if (n >= 4) return k >= 4 ? { x: p.x + dx, y: p.y + dy } : p;
    return { x: k % 4 < 2 === isLeft ? p.x + dx : p.x, y: (k % 2 === 0) === isTop ? p.y + dy : p.y };
  }) as Cuboid;
}
