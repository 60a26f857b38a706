// What lies under the pointer.

import { areaOf, centreOf, contains, heightOf, widthOf, type Point } from './box';
import { FACES } from './cuboid';
import { boundsOf, pointsOf, turned, type Geometry } from './geometry';
import type { Grid } from './grid';
import { isOn } from './mask';
import { distanceToLine, distanceToSegment, isWithin } from './outline';

export type Edges = readonly (readonly [number, number])[];
export type Placed = { id: number; geometry: Geometry; z: number; edges: Edges };

/** Whether a shape is under an image point, or within `slack` image pixels of it. */
export function covers({ geometry, edges }: Pick<Placed, 'geometry' | 'edges'>, at: Point, slack: number): boolean {
  const { rect, rotation, shape } = geometry;
  switch (shape.kind) {
    case 'box':
      return contains(rect, turned(at, centreOf(rect), -rotation), slack);
    case 'ellipse': {
      const middle = centreOf(rect);
      const { x, y } = turned(at, middle, -rotation);
      const [rx, ry] = [widthOf(rect) / 2 + slack, heightOf(rect) / 2 + slack];
      return ((x - middle.x) / rx) ** 2 + ((y - middle.y) / ry) ** 2 <= 1;
    }
    case 'polygon':
      return isWithin(shape.points, at) || distanceToLine(shape.points, at, true) <= slack;
    case 'polyline':
      return distanceToLine(shape.points, at, false) <= slack;
    case 'points':
      return shape.points.some((p) => Math.hypot(p.x - at.x, p.y - at.y) <= slack);
    case 'mask':
      return isOn(rect, shape.runs, at);
    case 'cuboid':
      return FACES.some((face) => {
        const line = face.map((n) => shape.points[n] ?? at);
        return isWithin(line, at) || distanceToLine(line, at, true) <= slack;
      });
    case 'skeleton':
      return (
        pointsOf(shape).some((p) => Math.hypot(p.x - at.x, p.y - at.y) <= slack) ||
        edges.some(([a, b]) => {
          const [from, to] = [shape.joints[a], shape.joints[b]];
          return from && to && !from.outside && !to.outside && distanceToSegment(at, from, to) <= slack;
        })
      );
    case 'tag':
      return false;
  }
}

/** The shapes under an image point: the topmost first, of equally high ones the smallest; `slack` in image pixels. */
export function shapesAt<T extends Placed>(grid: Grid<T>, at: Point, slack: number): T[] {
  return [...grid.near(at, slack)]
    .filter((item) => contains(boundsOf(item.geometry), at, slack) && covers(item, at, slack))
    .sort((a, b) => b.z - a.z || areaOf(boundsOf(a.geometry)) - areaOf(boundsOf(b.geometry)) || a.id - b.id);
}

/** What a click takes: the first, or the next one beneath when that one has the focus already. */
export function pick<T extends { id: number }>(under: readonly T[], focus: number | null): T | null {
  const at = under.findIndex((item) => item.id === focus);
  return under[(at + 1) % Math.max(1, under.length)] ?? null;
}
