// What of a shape can be taken hold of, and what comes of dragging it.

import { HANDLES, handlePoint, heightOf, resized, widthOf, centreOf, type Handle, type Point, type Size } from './box';
import { dragged as draggedCuboid } from './cuboid';
import {
  FEWEST,
  inside,
  ofPoints,
  reseated,
  turned,
  wholeTurn,
  type Cuboid,
  type Geometry,
  type Shape,
} from './geometry';

/** `at` in image pixels. */
export type Grip =
  | { kind: 'side'; handle: Handle; at: Point }
  | { kind: 'turn'; at: Point }
  | { kind: 'vertex'; n: number; at: Point }
  /** Between a vertex and the next: dragged, it becomes one. */
  | { kind: 'middle'; n: number; at: Point };

/** How near the pointer must be to a grip, in CSS pixels. */
export const REACH = 7;
/** Grips on sides appear only on boxes with at least this side on the screen, CSS pixels. */
const SIDES_FROM = 44;
/** Grips in the middle of a line appear only where it is at least this long, CSS pixels. */
const MIDDLES_FROM = 26;
/** How far above its box the grip that turns it is, CSS pixels. */
export const TURN_AT = 26;
/** With more vertices than this the middles would be a crowd. */
const MIDDLES_UP_TO = 300;

/** The grips of a shape; `scale`: CSS pixels for one of the image. */
export function gripsOf(geometry: Geometry, scale: number): Grip[] {
  const { rect, rotation, shape } = geometry;
  switch (shape.kind) {
    case 'box':
    case 'ellipse': {
      const middle = centreOf(rect);
      const at = (p: Point) => turned(p, middle, rotation);
      const sides = HANDLES.filter((handle) => {
        if (handle.length === 2) return true;
        return (handle === 'n' || handle === 's' ? widthOf(rect) : heightOf(rect)) * scale >= SIDES_FROM;
      });
      return [
        { kind: 'turn', at: at({ x: middle.x, y: rect.y1 - TURN_AT / scale }) },
        ...sides.map((handle): Grip => ({ kind: 'side', handle, at: at(handlePoint(rect, handle)) })),
      ];
    }
    case 'polygon':
    case 'polyline':
      return [...middles(shape.points, shape.kind === 'polygon', scale), ...vertices(shape.points)];
    case 'points':
    case 'cuboid':
      return vertices(shape.points);
    case 'skeleton':
      return vertices(shape.joints);
    default:
      return [];
  }
}

const vertices = (points: readonly Point[]): Grip[] =>
  points.map(({ x, y }, n) => ({ kind: 'vertex', n, at: { x, y } }));

function middles(points: readonly Point[], closed: boolean, scale: number): Grip[] {
  if (points.length > MIDDLES_UP_TO) return [];
  return points.flatMap((a, n) => {
    const b = points[(n + 1) % points.length];
    const last = n === points.length - 1;
    if (!b || (last && !closed) || Math.hypot(b.x - a.x, b.y - a.y) * scale < MIDDLES_FROM) return [];
    return [{ kind: 'middle', n, at: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } } as const];
  });
}

/** The grip nearest to an image point, within reach; of equally near ones a vertex or corner. */
export function gripAt(geometry: Geometry, at: Point, scale: number, reach = REACH): Grip | null {
  let best: Grip | null = null;
  let nearest = reach / scale;
  for (const grip of gripsOf(geometry, scale)) {
    const distance = Math.max(Math.abs(grip.at.x - at.x), Math.abs(grip.at.y - at.y));
    const stronger = best?.kind === 'middle' || best?.kind === 'turn';
    if (distance < nearest || (distance === nearest && (best === null || stronger))) {
      best = grip;
      nearest = distance;
    }
  }
  return best;
}

/** How a drag is meant: `free` (Shift) turns by steps of 15°, and moves one point of a cuboid alone. */
export type Manner = { size: Size; free: boolean };

/** The shape with a grip dragged to a place. */
export function dragged(geometry: Geometry, grip: Grip, to: Point, { size, free }: Manner): Geometry {
  const { rect, rotation, shape } = geometry;
  switch (grip.kind) {
    case 'side':
      return { ...geometry, rect: sided(geometry, grip.handle, to, size) };
    case 'turn': {
      const { x, y } = centreOf(rect);
      const degrees = wholeTurn((Math.atan2(to.y - y, to.x - x) * 180) / Math.PI + 90);
      const step = free ? 15 : 0.1;
      return { ...geometry, rotation: wholeTurn(Math.round(degrees / step) * step) };
    }
    case 'middle':
      return inserted(geometry, grip.n, inside(to, size));
    case 'vertex':
      if (shape.kind === 'cuboid') return ofPoints({ ...shape, points: draggedCuboid(shape.points, grip.n, to, free) });
      return { ...withVertex(geometry, grip.n, inside(to, size)), rotation };
  }
}

function sided({ rect, rotation, shape }: Geometry, handle: Handle, to: Point, size: Size): Geometry['rect'] {
  if (rotation === 0 && shape.kind === 'box') return resized(rect, handle, to, size);
  // Neither is cut at the border: what would be cut is bent.
  const local = turned(to, centreOf(rect), -rotation);
  const x1 = handle.includes('w') ? local.x : rect.x1;
  const x2 = handle.includes('e') ? local.x : rect.x2;
  const y1 = handle.includes('n') ? local.y : rect.y1;
  const y2 = handle.includes('s') ? local.y : rect.y2;
  const next = { x1: Math.min(x1, x2), y1: Math.min(y1, y2), x2: Math.max(x1, x2), y2: Math.max(y1, y2) };
  return reseated(rect, next, rotation);
}

function withVertex(geometry: Geometry, n: number, to: Point): Geometry {
  const { shape } = geometry;
  switch (shape.kind) {
    case 'polygon':
    case 'polyline':
    case 'points':
      return ofPoints({ ...shape, points: shape.points.map((p, k) => (k === n ? to : p)) });
    case 'skeleton':
      // Who puts a joint somewhere says that it is on the image.
      return ofPoints({
        ...shape,
        joints: shape.joints.map((joint, k) => (k === n ? { ...joint, ...to, outside: false } : joint)),
      });
    default:
      return geometry;
  }
}

function inserted(geometry: Geometry, after: number, at: Point): Geometry {
  const { shape } = geometry;
  if (shape.kind !== 'polygon' && shape.kind !== 'polyline') return geometry;
  return ofPoints({ ...shape, points: shape.points.toSpliced(after + 1, 0, at) });
}

/** Without one vertex; `null` where none may go. */
export function withoutVertex(geometry: Geometry, n: number): Geometry | null {
  const { shape } = geometry;
  if (shape.kind !== 'polygon' && shape.kind !== 'polyline' && shape.kind !== 'points') return null;
  if (shape.points.length <= FEWEST[shape.kind]) return null;
  return ofPoints({ ...shape, points: shape.points.toSpliced(n, 1) });
}

/** With a joint's mark turned over; `null` where that would leave nothing on the image. */
export function withJoint(geometry: Geometry, n: number, mark: 'occluded' | 'outside'): Geometry | null {
  const { shape } = geometry;
  if (shape.kind !== 'skeleton') return null;
  const joints = shape.joints.map((joint, k) => (k === n ? { ...joint, [mark]: !joint[mark] } : joint));
  return joints.every((joint) => joint.outside) ? null : ofPoints({ ...shape, joints });
}

/** The points of a skeleton's template, `x` and `y` 0..1 of the rectangle. */
export type Template = {
  joints: readonly { name: string; x: number; y: number }[];
  edges: readonly (readonly [number, number])[];
};

/** Something of a kind that fills a rectangle: what a drag draws, and what keys put in the middle. */
export function filling(kind: Shape['kind'], rect: Geometry['rect'], template: Template | null): Geometry | null {
  const { x1, y1, x2, y2 } = rect;
  const at = (x: number, y: number): Point => ({ x: x1 + (x2 - x1) * x, y: y1 + (y2 - y1) * y });
  switch (kind) {
    case 'box':
    case 'ellipse':
      return { rect, rotation: 0, shape: { kind } };
    case 'polygon':
      return ofPoints({ kind, points: [at(0, 0), at(1, 0), at(1, 1), at(0, 1)] });
    case 'polyline':
      return ofPoints({ kind, points: [at(0, 0.5), at(1, 0.5)] });
    case 'points':
      return ofPoints({ kind, points: [at(0.5, 0.5)] });
    case 'cuboid': {
      const front = [at(0, 0.25), at(0, 1), at(0.75, 0.25), at(0.75, 1)];
      const back = [at(0.25, 0), at(0.25, 0.75), at(1, 0), at(1, 0.75)];
      return ofPoints({ kind, points: [...front, ...back] as Cuboid });
    }
    case 'skeleton': {
      const joints = template?.joints.map(({ name, x, y }) => ({ name, ...at(x, y), occluded: false, outside: false }));
      return joints && joints.length > 0 ? ofPoints({ kind, joints }) : null;
    }
    case 'mask': {
      const whole = { x1: Math.floor(x1), y1: Math.floor(y1), x2: Math.ceil(x2), y2: Math.ceil(y2) };
      return { rect: whole, rotation: 0, shape: { kind, runs: [0, widthOf(whole) * heightOf(whole)] } };
    }
    case 'tag':
      return null;
  }
}
