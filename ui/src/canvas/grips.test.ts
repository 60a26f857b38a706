import { describe, expect, it } from 'vitest';

import { centreOf, heightOf, widthOf } from './box';
import { cornersOf, ofPoints, pointsOf, type Geometry } from './geometry';
import { dragged, filling, gripAt, gripsOf, withJoint, withoutVertex, type Grip } from './grips';
import { KINDS, SAMPLES, SIZE } from './samples';

const p = (x: number, y: number) => ({ x, y });
const manner = { size: SIZE, free: false };
const grip = (geometry: Geometry, wanted: (grip: Grip) => boolean): Grip => {
  const found = gripsOf(geometry, 2).find(wanted);
  if (!found) throw new Error('no such grip');
  return found;
};
const vertex = (n: number) => (g: Grip) => g.kind === 'vertex' && g.n === n;
const side = (handle: string) => (g: Grip) => g.kind === 'side' && g.handle === handle;

describe('grips', () => {
  it.each([
    ['box', { side: 8, turn: 1 }],
    ['turned', { side: 8, turn: 1 }],
    ['ellipse', { side: 8, turn: 1 }],
    ['polygon', { vertex: 3, middle: 3 }],
    ['polyline', { vertex: 3, middle: 2 }],
    ['points', { vertex: 2 }],
    ['mask', {}],
    ['cuboid', { vertex: 8 }],
    ['skeleton', { vertex: 3 }],
  ] as const)('of a %s', (kind, want) => {
    const counts: Record<string, number> = {};
    for (const { kind: one } of gripsOf(SAMPLES[kind], 2)) counts[one] = (counts[one] ?? 0) + 1;
    expect(counts).toEqual(want);
  });

  it.each(KINDS)('of a %s leave it as it is when they are dragged to where they are', (kind) => {
    const geometry: Geometry = SAMPLES[kind];
    for (const one of gripsOf(geometry, 2)) {
      if (one.kind === 'middle') continue;
      const after = dragged(geometry, one, one.at, manner);
      const joint =
        geometry.shape.kind === 'skeleton' && one.kind === 'vertex' && geometry.shape.joints[one.n]?.outside;
      if (joint) continue;
      expect(after.rotation).toBeCloseTo(geometry.rotation, 1);
      for (const key of ['x1', 'y1', 'x2', 'y2'] as const) expect(after.rect[key]).toBeCloseTo(geometry.rect[key], 6);
    }
  });

  it('are found within reach, the nearest one, at any zoom', () => {
    expect(gripAt(SAMPLES.box, p(102, 98), 1)).toMatchObject({ kind: 'side', handle: 'nw' });
    expect(gripAt(SAMPLES.box, p(102, 98), 8)).toBeNull();
    expect(gripAt(SAMPLES.box, p(150, 101), 1)).toMatchObject({ kind: 'side', handle: 'n' });
    expect(gripAt(SAMPLES.box, p(150, 74), 1)).toMatchObject({ kind: 'turn' });
    expect(gripAt(SAMPLES.box, p(150, 130), 1)).toBeNull();
    // A small box has corners only.
    expect(gripAt(SAMPLES.box, p(150, 100), 0.2)).toBeNull();
  });

  it('keep the opposite corner where it is when a turned box is stretched', () => {
    const before: Geometry = SAMPLES.turned;
    const after = dragged(before, grip(before, side('se')), p(230, 210), manner);
    expect(cornersOf(after)[0].x).toBeCloseTo(cornersOf(before)[0].x, 6);
    expect(cornersOf(after)[0].y).toBeCloseTo(cornersOf(before)[0].y, 6);
    expect(cornersOf(after)[2].x).toBeCloseTo(230, 6);
    expect(cornersOf(after)[2].y).toBeCloseTo(210, 6);
  });

  it('turn a box over when dragged past the other side', () => {
    const after = dragged(SAMPLES.turned, grip(SAMPLES.turned, side('w')), p(300, 200), manner);
    expect(widthOf(after.rect)).toBeGreaterThan(0);
    expect(heightOf(after.rect)).toBeCloseTo(60, 6);
  });

  it('turn by tenths of a degree, with Shift by 15°', () => {
    const turn = grip(SAMPLES.box, (g) => g.kind === 'turn');
    const { x, y } = centreOf(SAMPLES.box.rect);
    expect(dragged(SAMPLES.box, turn, p(x + 50, y), manner).rotation).toBe(90);
    expect(dragged(SAMPLES.box, turn, p(x, y + 50), manner).rotation).toBe(180);
    expect(dragged(SAMPLES.box, turn, p(x - 1, y - 50), manner).rotation).toBeCloseTo(358.9, 6);
    expect(dragged(SAMPLES.box, turn, p(x + 40, y - 44), { size: SIZE, free: true }).rotation).toBe(45);
  });

  it('make a vertex of the middle of an edge, and take one away down to the fewest', () => {
    const middle = grip(SAMPLES.polygon, (g) => g.kind === 'middle' && g.n === 1);
    const four = dragged(SAMPLES.polygon, middle, p(300, 500), manner);
    expect(pointsOf(four.shape)).toEqual([p(100, 100), p(200, 110), p(300, 300), p(150, 180)]);
    const three = withoutVertex(four, 0);
    expect(three && pointsOf(three.shape)).toEqual([p(200, 110), p(300, 300), p(150, 180)]);
    expect(three && withoutVertex(three, 0)).toBeNull();
    const two = withoutVertex(SAMPLES.polyline, 1);
    expect(two && pointsOf(two.shape)).toEqual([p(100, 100), p(150, 180)]);
    expect(two && withoutVertex(two, 1)).toBeNull();
    expect(withoutVertex(ofPoints({ kind: 'points', points: [p(1, 1)] }), 0)).toBeNull();
    expect(withoutVertex(SAMPLES.cuboid, 0)).toBeNull();
  });

  it('keep the edges of a cuboid parallel', () => {
    const edges = (geometry: Geometry) => {
      const points = pointsOf(geometry.shape);
      return [0, 1, 2, 3].map((n) =>
        p((points[n + 4]?.x ?? 0) - (points[n]?.x ?? 0), (points[n + 4]?.y ?? 0) - (points[n]?.y ?? 0)),
      );
    };
    const front = dragged(SAMPLES.cuboid, grip(SAMPLES.cuboid, vertex(3)), p(220, 220), manner);
    expect(edges(front)).toEqual(edges(SAMPLES.cuboid));
    expect(pointsOf(front.shape)[0]).toEqual(pointsOf(SAMPLES.cuboid.shape)[0]);
    expect(pointsOf(front.shape).slice(0, 4)).toEqual([p(100, 120), p(100, 220), p(220, 120), p(220, 220)]);
    const back = dragged(SAMPLES.cuboid, grip(SAMPLES.cuboid, vertex(6)), p(240, 90), manner);
    expect(pointsOf(back.shape).slice(0, 4)).toEqual(pointsOf(SAMPLES.cuboid.shape).slice(0, 4));
    expect(new Set(edges(back).map(({ x, y }) => `${x} ${y}`))).toEqual(new Set(['60 -30']));
    const alone = dragged(SAMPLES.cuboid, grip(SAMPLES.cuboid, vertex(6)), p(240, 90), { size: SIZE, free: true });
    expect(pointsOf(alone.shape).filter((one, n) => one.x !== pointsOf(SAMPLES.cuboid.shape)[n]?.x)).toHaveLength(1);
  });

  it('bring a joint onto the image, and turn its marks over', () => {
    const there = dragged(SAMPLES.skeleton, grip(SAMPLES.skeleton, vertex(2)), p(160, 140), manner);
    expect(pointsOf(there.shape)).toHaveLength(3);
    expect(there.rect.x2).toBe(160);
    const gone = withJoint(SAMPLES.skeleton, 0, 'outside');
    expect(gone && pointsOf(gone.shape)).toMatchObject([{ name: 'foot', occluded: true }]);
    expect(gone && withJoint(gone, 1, 'outside')).toBeNull();
    const seen = withJoint(SAMPLES.skeleton, 1, 'occluded');
    expect(seen && pointsOf(seen.shape)[1]).toMatchObject({ occluded: false });
    expect(withJoint(SAMPLES.polygon, 1, 'occluded')).toBeNull();
  });
});

describe('what fills a rectangle', () => {
  const rect = { x1: 10, y1: 20, x2: 50, y2: 60 };
  const template = {
    joints: [
      { name: 'head', x: 0.5, y: 0 },
      { name: 'foot', x: 1, y: 1 },
    ],
    edges: [[0, 1] as const],
  };

  it.each(['box', 'ellipse', 'polygon', 'cuboid', 'mask'] as const)('is a %s in all of it', (kind) => {
    expect(filling(kind, rect, null)).toMatchObject({ rect, shape: { kind } });
  });

  it('is a skeleton as its label has it, none without one', () => {
    expect(filling('skeleton', rect, template)?.shape).toEqual({
      kind: 'skeleton',
      joints: [
        { name: 'head', x: 30, y: 20, occluded: false, outside: false },
        { name: 'foot', x: 50, y: 60, occluded: false, outside: false },
      ],
    });
    expect(filling('skeleton', rect, null)).toBeNull();
    expect(filling('tag', rect, null)).toBeNull();
  });
});
