// Every kind of shape: where it lies, and how it is moved, grown and turned. The window's twin of the rules that keep a
// shape sound; what the engine makes of it in the end always replaces it.

import { around, centreOf, clamp, heightOf, MIN_SIDE, widthOf, type Box, type Point, type Size } from './box';
import { cropped } from './mask';

export type Joint = { name: string; x: number; y: number; occluded: boolean; outside: boolean };
/** Front face, then back face; each top left, bottom left, top right, bottom right. */
export type Cuboid = [Point, Point, Point, Point, Point, Point, Point, Point];

export type Shape =
  | { kind: 'box' }
  | { kind: 'ellipse' }
  | { kind: 'polygon'; points: Point[] }
  | { kind: 'polyline'; points: Point[] }
  | { kind: 'points'; points: Point[] }
  /** Runs over the rectangle's whole pixels, row by row: off, on, off, …; off first. */
  | { kind: 'mask'; runs: number[] }
  | { kind: 'cuboid'; points: Cuboid }
  | { kind: 'skeleton'; joints: Joint[] }
  | { kind: 'tag' };

/** What can be drawn. */
export type Tool = Exclude<Shape['kind'], 'tag'>;

/** `rect` of a box or ellipse is before its rotation, in degrees clockwise about the middle; else it lies around all. */
export type Geometry = { rect: Box; rotation: number; shape: Shape };

/** How few points a line of points may have. */
export const FEWEST = { polygon: 3, polyline: 2, points: 1 } as const;

export const upright = (rect: Box, kind: 'box' | 'ellipse' = 'box'): Geometry => ({
  rect,
  rotation: 0,
  shape: { kind },
});

/** `point` turned clockwise about `centre`. */
export function turned(point: Point, centre: Point, degrees: number): Point {
  if (degrees === 0) return point;
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const [x, y] = [point.x - centre.x, point.y - centre.y];
  return { x: centre.x + x * cos - y * sin, y: centre.y + x * sin + y * cos };
}

/** The corners of its rectangle as they lie, clockwise from the top left. */
export function cornersOf({ rect, rotation }: Geometry): [Point, Point, Point, Point] {
  const centre = centreOf(rect);
  const at = (x: number, y: number) => turned({ x, y }, centre, rotation);
  return [at(rect.x1, rect.y1), at(rect.x2, rect.y1), at(rect.x2, rect.y2), at(rect.x1, rect.y2)];
}

/** The upright box around a shape as it lies. */
export function boundsOf(geometry: Geometry): Box {
  const { rect, rotation, shape } = geometry;
  if (rotation === 0) return rect;
  if (shape.kind !== 'ellipse') return around(cornersOf(geometry)) ?? rect;
  const { x, y } = centreOf(rect);
  const [sin, cos] = [Math.sin((rotation * Math.PI) / 180), Math.cos((rotation * Math.PI) / 180)];
  const [w, h] = [widthOf(rect) / 2, heightOf(rect) / 2];
  const [halfW, halfH] = [Math.hypot(w * cos, h * sin), Math.hypot(w * sin, h * cos)];
  return { x1: x - halfW, y1: y - halfH, x2: x + halfW, y2: y + halfH };
}

/** Its points; of a skeleton those that are on the image. */
export function pointsOf(shape: Shape): readonly Point[] {
  switch (shape.kind) {
    case 'polygon':
    case 'polyline':
    case 'points':
    case 'cuboid':
      return shape.points;
    case 'skeleton':
      return shape.joints.filter((joint) => !joint.outside);
    default:
      return [];
  }
}

/** A shape of points with the rectangle drawn around them. */
export function ofPoints(shape: Shape): Geometry {
  return { rect: around(pointsOf(shape)) ?? { x1: 0, y1: 0, x2: 0, y2: 0 }, rotation: 0, shape };
}

/** Each of its points changed, and the rectangle with them; what has no points stays. */
export function withPoints(geometry: Geometry, change: (point: Point) => Point): Geometry {
  const { shape } = geometry;
  switch (shape.kind) {
    case 'polygon':
    case 'polyline':
    case 'points':
      return ofPoints({ ...shape, points: shape.points.map(change) });
    case 'cuboid':
      return ofPoints({ ...shape, points: shape.points.map(change) as Cuboid });
    case 'skeleton':
      return ofPoints({ ...shape, joints: shape.joints.map((joint) => ({ ...joint, ...change(joint) })) });
    default:
      return geometry;
  }
}

/** Whether only its middle must lie on the image: cutting such a shape would bend it. */
function reachesOut({ rotation, shape }: Geometry): boolean {
  return rotation !== 0 || shape.kind === 'ellipse' || shape.kind === 'cuboid';
}

function shifted(geometry: Geometry, dx: number, dy: number): Geometry {
  const { rect } = geometry;
  const moved = { ...geometry, rect: { x1: rect.x1 + dx, y1: rect.y1 + dy, x2: rect.x2 + dx, y2: rect.y2 + dy } };
  return { ...moved, shape: withPoints(geometry, (p) => ({ x: p.x + dx, y: p.y + dy })).shape };
}

/** Shifted as far as the image lets it, its form kept; a mask by whole pixels. */
export function movedBy(geometry: Geometry, dx: number, dy: number, size: Size): Geometry {
  const { rect, shape } = geometry;
  if (shape.kind === 'tag') return geometry;
  const { x, y } = centreOf(rect);
  const held = reachesOut(geometry) ? { x1: x, y1: y, x2: x, y2: y } : rect;
  const along = (by: number, low: number, high: number, length: number) =>
    clamp(by, Math.min(0, -low), Math.max(0, length - high));
  const [byX, byY] = [along(dx, held.x1, held.x2, size.width), along(dy, held.y1, held.y2, size.height)];
  return shape.kind === 'mask' ? shifted(geometry, Math.round(byX), Math.round(byY)) : shifted(geometry, byX, byY);
}

/** The same in another rectangle, its points stretched along; a mask keeps its pixels and only moves. */
export function fitted(geometry: Geometry, to: Box): Geometry {
  const { rect, shape } = geometry;
  if (shape.kind === 'tag') return geometry;
  if (shape.kind === 'mask') return shifted(geometry, Math.round(to.x1 - rect.x1), Math.round(to.y1 - rect.y1));
  const along = (v: number, a: number, b: number, from: number, till: number) =>
    b === a ? from : from + ((v - a) / (b - a)) * (till - from);
  const stretched = withPoints(geometry, (p) => ({
    x: along(p.x, rect.x1, rect.x2, to.x1, to.x2),
    y: along(p.y, rect.y1, rect.y2, to.y1, to.y2),
  }));
  return shape.kind === 'box' || shape.kind === 'ellipse' ? { ...geometry, rect: to } : stretched;
}

/** With its right and bottom edges shifted, its top left corner where it is; never thinner than a pixel. */
export function grownBy(geometry: Geometry, dx: number, dy: number, size: Size): Geometry {
  const { rect, rotation, shape } = geometry;
  if (shape.kind === 'mask' || shape.kind === 'tag') return geometry;
  const reaches = reachesOut(geometry);
  const along = (by: number, low: number, high: number, length: number) =>
    clamp(high + by, Math.min(high, low + MIN_SIDE), reaches ? Infinity : Math.max(high, length));
  const to = { ...rect, x2: along(dx, rect.x1, rect.x2, size.width), y2: along(dy, rect.y1, rect.y2, size.height) };
  const grown = (share: number): Geometry => {
    const part = { ...rect, x2: rect.x2 + (to.x2 - rect.x2) * share, y2: rect.y2 + (to.y2 - rect.y2) * share };
    return rotation === 0 ? fitted(geometry, part) : { ...geometry, rect: reseated(rect, part, rotation) };
  };
  if (!reaches) return grown(1);
  // Of what may reach over the edge the middle must stay on the image.
  const [from, till] = [centreOf(rect), centreOf(grown(1).rect)];
  const room = (a: number, b: number, length: number) =>
    b > length ? (length - a) / (b - a) : b < 0 ? a / (a - b) : 1;
  const share = Math.min(room(from.x, till.x, size.width), room(from.y, till.y, size.height));
  return grown(Math.max(0, share));
}

/** A rectangle that was changed in the frame of `from` turned about its middle, as it is about its own middle. */
export function reseated(from: Box, to: Box, rotation: number): Box {
  const middle = centreOf(to);
  const seat = turned(middle, centreOf(from), rotation);
  const [dx, dy] = [seat.x - middle.x, seat.y - middle.y];
  return { x1: to.x1 + dx, y1: to.y1 + dy, x2: to.x2 + dx, y2: to.y2 + dy };
}

/** Turned clockwise about its middle, and back into the image where its points left it; masks and tags stay. */
export function rotatedBy(geometry: Geometry, degrees: number, size: Size): Geometry {
  const { rect, rotation, shape } = geometry;
  if (shape.kind === 'mask' || shape.kind === 'tag') return geometry;
  if (shape.kind === 'box' || shape.kind === 'ellipse') return { ...geometry, rotation: wholeTurn(rotation + degrees) };
  const middle = centreOf(rect);
  const result = withPoints(geometry, (p) => turned(p, middle, degrees));
  if (shape.kind === 'cuboid') return result;
  const { x1, y1, x2, y2 } = result.rect;
  const into = (low: number, high: number, length: number) => Math.max(-low, Math.min(0, length - high));
  const back = shifted(result, into(x1, x2, size.width), into(y1, y2, size.height));
  return withPoints(back, (p) => inside(p, size));
}

/** The same angle from 0 up to 360 degrees. */
export const wholeTurn = (degrees: number): number => ((degrees % 360) + 360) % 360;

/** The place on the image nearest to a point. */
export const inside = (p: Point, size: Size): Point => ({
  x: clamp(p.x, 0, size.width),
  y: clamp(p.y, 0, size.height),
});

/** To hundredths of a pixel or degree: finer is noise from the pointer. */
function rounded(geometry: Geometry): Geometry {
  const round = (v: number) => Math.round(v * 100) / 100;
  const { rect, rotation } = geometry;
  const edges = { x1: round(rect.x1), y1: round(rect.y1), x2: round(rect.x2), y2: round(rect.y2) };
  const placed = withPoints(geometry, (p) => ({ x: round(p.x), y: round(p.y) }));
  return {
    rect: pointsOf(placed.shape).length > 0 ? placed.rect : edges,
    rotation: round(rotation),
    shape: placed.shape,
  };
}

/** As it may be kept on an image of `size`: brought into it, doubled points dropped; `null` where too little is left. */
export function sound(given: Geometry, size: Size): Geometry | null {
  const geometry = rounded(given);
  const { rect, shape } = geometry;
  const large = (box: Box) => widthOf(box) >= MIN_SIDE && heightOf(box) >= MIN_SIDE;
  switch (shape.kind) {
    case 'tag':
      return geometry;
    case 'box':
    case 'ellipse': {
      const rotation = wholeTurn(geometry.rotation);
      const middle = centreOf(rect);
      const seen = middle.x === clamp(middle.x, 0, size.width) && middle.y === clamp(middle.y, 0, size.height);
      if (rotation !== 0 || shape.kind === 'ellipse') return seen && large(rect) ? { ...geometry, rotation } : null;
      const a = inside({ x: rect.x1, y: rect.y1 }, size);
      const b = inside({ x: rect.x2, y: rect.y2 }, size);
      const cut = { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
      return large(cut) ? { ...geometry, rotation, rect: cut } : null;
    }
    case 'polygon': {
      const points = withoutDoubles(shape.points.map((p) => inside(p, size)));
      while (points.length > 1 && same(points[0], points.at(-1))) points.pop();
      const result = ofPoints({ ...shape, points });
      return points.length >= FEWEST.polygon && large(result.rect) ? result : null;
    }
    case 'polyline': {
      const points = withoutDoubles(shape.points.map((p) => inside(p, size)));
      const result = ofPoints({ ...shape, points });
      const long = widthOf(result.rect) >= MIN_SIDE || heightOf(result.rect) >= MIN_SIDE;
      return points.length >= FEWEST.polyline && long ? result : null;
    }
    case 'points':
      return shape.points.length > 0 ? withPoints(geometry, (p) => inside(p, size)) : null;
    case 'skeleton':
      return pointsOf(shape).length > 0 ? withPoints(geometry, (p) => inside(p, size)) : null;
    case 'cuboid': {
      const seen = rect.x1 < size.width && rect.y1 < size.height && rect.x2 > 0 && rect.y2 > 0;
      return large(rect) && seen ? geometry : null;
    }
    case 'mask': {
      const cut = cropped(rect, shape.runs, size);
      return cut && { rect: cut.rect, rotation: 0, shape: { kind: 'mask', runs: cut.runs } };
    }
  }
}

const same = (a: Point | undefined, b: Point | undefined): boolean => a?.x === b?.x && a?.y === b?.y;

function withoutDoubles(points: readonly Point[]): Point[] {
  return points.filter((p, n) => n === 0 || !same(p, points[n - 1]));
}
