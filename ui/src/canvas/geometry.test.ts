import { describe, expect, it } from 'vitest';

import { centreOf, contains, heightOf, widthOf, type Box } from './box';
import {
  boundsOf,
  fitted,
  grownBy,
  movedBy,
  ofPoints,
  pointsOf,
  rotatedBy,
  sound,
  turned,
  upright,
  type Geometry,
  type Shape,
} from './geometry';
import { KINDS, SAMPLES, SIZE } from './samples';

const p = (x: number, y: number) => ({ x, y });
const near = (a: Box, b: Box) => {
  for (const key of ['x1', 'y1', 'x2', 'y2'] as const) expect(a[key]).toBeCloseTo(b[key], 6);
};
const polygon = (...points: [number, number][]): Geometry =>
  ofPoints({ kind: 'polygon', points: points.map(([x, y]) => p(x, y)) });

describe.each(KINDS)('%s', (kind) => {
  const geometry: Geometry = SAMPLES[kind];

  it('is sound as it is, and sound again', () => {
    const once = sound(geometry, SIZE);
    expect(once?.shape.kind).toBe(geometry.shape.kind);
    near(once?.rect ?? geometry.rect, geometry.rect);
    expect(once && sound(once, SIZE)).toEqual(once);
  });

  it('keeps its form when it is moved, and comes back', () => {
    const there = movedBy(geometry, 13, -7, SIZE);
    near(boundsOf(there), {
      x1: boundsOf(geometry).x1 + 13,
      y1: boundsOf(geometry).y1 - 7,
      x2: boundsOf(geometry).x2 + 13,
      y2: boundsOf(geometry).y2 - 7,
    });
    const back = movedBy(there, -13, 7, SIZE);
    near(back.rect, geometry.rect);
    expect(back.rotation).toBe(geometry.rotation);
  });

  it.each([
    [9999, 9999],
    [-9999, 0],
    [0, -9999],
  ])('stays sound however far it is moved: %d, %d', (dx, dy) => {
    const there = movedBy(geometry, dx, dy, SIZE);
    expect(widthOf(there.rect)).toBeCloseTo(widthOf(geometry.rect), 6);
    expect(contains({ x1: 0, y1: 0, x2: SIZE.width, y2: SIZE.height }, centreOf(there.rect))).toBe(true);
    const kept = sound(there, SIZE);
    expect(kept && widthOf(kept.rect)).toBeCloseTo(widthOf(geometry.rect), 1);
  });

  it('stays sound however it is grown and turned', () => {
    for (const by of [-9999, -10, 10, 9999]) {
      const grown = grownBy(geometry, by, by, SIZE);
      if (geometry.shape.kind !== 'points') expect(sound(grown, SIZE)).not.toBeNull();
      // The corner at the top left is where it was, as it lies.
      const corner = (g: Geometry) => turned(p(g.rect.x1, g.rect.y1), centreOf(g.rect), g.rotation);
      expect(corner(grown).x).toBeCloseTo(corner(geometry).x, 6);
      expect(corner(grown).y).toBeCloseTo(corner(geometry).y, 6);
    }
    for (let degrees = 0; degrees < 360; degrees += 15)
      expect(sound(rotatedBy(geometry, degrees, SIZE), SIZE)).not.toBeNull();
  });

  it('is turned back by turning on', () => {
    const back = rotatedBy(rotatedBy(geometry, 100, SIZE), 260, SIZE);
    expect(back.rotation).toBeCloseTo(geometry.rotation, 9);
    if (geometry.shape.kind !== 'cuboid' && pointsOf(geometry.shape).length === 0) near(back.rect, geometry.rect);
  });
});

describe('geometry', () => {
  it('has bounds that hold what is turned', () => {
    near(boundsOf({ ...upright({ x1: 0, y1: 0, x2: 20, y2: 10 }), rotation: 90 }), { x1: 5, y1: -5, x2: 15, y2: 15 });
    near(boundsOf({ ...upright({ x1: 0, y1: 0, x2: 10, y2: 10 }, 'ellipse'), rotation: 45 }), {
      x1: 0,
      y1: 0,
      x2: 10,
      y2: 10,
    });
  });

  it('cuts an upright box, but bends nothing that is turned or round', () => {
    const over = { x1: -5, y1: -5, x2: 15, y2: 8 };
    expect(sound(upright(over), SIZE)?.rect).toEqual({ x1: 0, y1: 0, x2: 15, y2: 8 });
    expect(sound({ ...upright(over), rotation: 390 }, SIZE)).toEqual({ ...upright(over), rotation: 30 });
    expect(sound(upright(over, 'ellipse'), SIZE)?.rect).toEqual(over);
    expect(sound(upright({ x1: -25, y1: 0, x2: 5, y2: 8 }, 'ellipse'), SIZE)).toBeNull();
  });

  it.each<[string, Geometry]>([
    ['a box without a side', upright({ x1: 3, y1: 3, x2: 3.4, y2: 9 })],
    ['a polygon of two points', polygon([1, 1], [5, 5], [5, 5], [1, 1])],
    ['a polygon under a pixel', polygon([1, 1], [1.2, 1], [1, 1.2])],
    ['a line without length', ofPoints({ kind: 'polyline', points: [p(1, 1), p(1.2, 1)] })],
    ['no points', ofPoints({ kind: 'points', points: [] })],
    [
      'a skeleton with every joint outside',
      ofPoints({ kind: 'skeleton', joints: [{ name: 'a', x: 1, y: 1, occluded: false, outside: true }] }),
    ],
    ['a cuboid beside the image', movedOff()],
  ])('refuses %s', (_, geometry) => {
    expect(sound(geometry, SIZE)).toBeNull();
  });

  it('brings points into the image and drops doubled ones', () => {
    const drawn = polygon([-4, 1], [-4, 1], [10, 2], [5, 999], [-4, 1]);
    expect(sound(drawn, SIZE)).toEqual(polygon([0, 1], [10, 2], [5, 300]));
  });

  it('keeps an outline that crosses itself', () => {
    const crossing = polygon([0, 0], [10, 10], [10, 0], [0, 10]);
    expect(sound(crossing, SIZE)).toEqual(crossing);
  });

  it('grows a turned box along its own sides', () => {
    const before: Geometry = { ...upright({ x1: 100, y1: 100, x2: 140, y2: 120 }), rotation: 90 };
    const after = grownBy(before, 10, 0, SIZE);
    expect([widthOf(after.rect), heightOf(after.rect)]).toEqual([50, 20]);
    // Turned by 90° its width lies from top to bottom.
    near(boundsOf(after), { x1: 110, y1: 90, x2: 130, y2: 140 });
  });

  it('stretches points with their rectangle, moves a mask by whole pixels only', () => {
    const to = { x1: 0, y1: 0, x2: 200, y2: 160 };
    expect(fitted(polygon([100, 100], [200, 100], [100, 180]), to)).toEqual(polygon([0, 0], [200, 0], [0, 160]));
    const shape: Shape = { kind: 'mask', runs: [0, 4] };
    const mask: Geometry = { rect: { x1: 5, y1: 5, x2: 7, y2: 7 }, rotation: 0, shape };
    expect(movedBy(mask, 1.4, -2.6, SIZE)).toEqual({ ...mask, rect: { x1: 6, y1: 2, x2: 8, y2: 4 } });
    expect(fitted(mask, { x1: 9, y1: 9, x2: 99, y2: 99 }).rect).toEqual({ x1: 9, y1: 9, x2: 11, y2: 11 });
  });

  it('leaves a tag alone', () => {
    const tag: Geometry = { rect: { x1: 0, y1: 0, x2: 0, y2: 0 }, rotation: 0, shape: { kind: 'tag' } };
    expect([movedBy(tag, 5, 5, SIZE), grownBy(tag, 5, 5, SIZE), rotatedBy(tag, 5, SIZE), sound(tag, SIZE)]).toEqual([
      tag,
      tag,
      tag,
      tag,
    ]);
  });
});

function movedOff(): Geometry {
  const { shape } = SAMPLES.cuboid;
  if (shape.kind !== 'cuboid') throw new Error('not a cuboid');
  return ofPoints({ ...shape, points: shape.points.map(({ x, y }) => p(x + 900, y)) as typeof shape.points });
}
