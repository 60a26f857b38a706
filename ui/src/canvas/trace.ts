// A shape as lines on the screen.

import { centreOf, heightOf, widthOf } from './box';
import { EDGES } from './cuboid';
import { cornersOf, type Geometry } from './geometry';
import type { Edges } from './hit';
import { toScreen, type View } from './view';
import type { Point } from './box';

/** How large the dot of a single point is, CSS pixels. */
const DOT = 4;

type Path = Pick<CanvasRenderingContext2D, 'moveTo' | 'lineTo' | 'closePath' | 'ellipse' | 'arc'>;

/** Adds the outline of a shape to a path, in CSS pixels; of a mask only the rectangle around it. */
export function trace(path: Path, geometry: Geometry, edges: Edges, view: View): void {
  const { rect, rotation, shape } = geometry;
  const at = (p: Point) => toScreen(view, p);
  switch (shape.kind) {
    case 'box':
    case 'mask':
      line(path, cornersOf(geometry).map(at), true);
      break;
    case 'ellipse': {
      const middle = at(centreOf(rect));
      const [rx, ry] = [(widthOf(rect) / 2) * view.scale, (heightOf(rect) / 2) * view.scale];
      const angle = (rotation * Math.PI) / 180;
      path.moveTo(middle.x + rx * Math.cos(angle), middle.y + rx * Math.sin(angle));
      path.ellipse(middle.x, middle.y, rx, ry, angle, 0, Math.PI * 2);
      break;
    }
    case 'polygon':
    case 'polyline':
      line(path, shape.points.map(at), shape.kind === 'polygon');
      break;
    case 'points':
      for (const point of shape.points) dot(path, at(point));
      break;
    case 'cuboid':
      pairs(path, shape.points.map(at), EDGES);
      break;
    case 'skeleton': {
      const places = shape.joints.map((joint) => (joint.outside ? null : at(joint)));
      pairs(path, places, edges);
      for (const place of places) if (place) dot(path, place);
      break;
    }
    case 'tag':
      break;
  }
}

/** The straight lines that a shape is made of, in image pixels; none where it has others. */
export function segmentsOf(geometry: Geometry): [Point, Point][] {
  const { shape } = geometry;
  switch (shape.kind) {
    case 'box':
      return joined(cornersOf(geometry), true);
    case 'polygon':
    case 'polyline':
      return joined(shape.points, shape.kind === 'polygon');
    case 'cuboid':
      return EDGES.flatMap(([a, b]) => {
        const [from, to] = [shape.points[a], shape.points[b]];
        return from && to ? [[from, to]] : [];
      });
    default:
      return [];
  }
}

function joined(points: readonly Point[], closed: boolean): [Point, Point][] {
  return points.flatMap((from, n) => {
    const to = points[n + 1] ?? (closed ? points[0] : undefined);
    return to ? [[from, to]] : [];
  });
}

export function line(path: Path, points: readonly Point[], closed: boolean): void {
  points.forEach(({ x, y }, n) => (n === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  if (closed) path.closePath();
}

function pairs(path: Path, points: readonly (Point | null)[], edges: Edges): void {
  for (const [a, b] of edges) {
    const [from, to] = [points[a], points[b]];
    if (!from || !to) continue;
    path.moveTo(from.x, from.y);
    path.lineTo(to.x, to.y);
  }
}

function dot(path: Path, { x, y }: Point): void {
  path.moveTo(x + DOT, y);
  path.arc(x, y, DOT, 0, Math.PI * 2);
}
