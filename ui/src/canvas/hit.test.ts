import { describe, expect, it } from 'vitest';

import { meet } from './box';
import { boundsOf, upright, type Geometry } from './geometry';
import { Grid } from './grid';
import { covers, pick, shapesAt, type Placed } from './hit';
import { SAMPLES } from './samples';

const item = (id: number, geometry: Geometry, z = 0): Placed => ({ id, geometry, z, edges: [[0, 1]] });
const box = (id: number, x1: number, y1: number, x2: number, y2: number, z = 0) =>
  item(id, upright({ x1, y1, x2, y2 }), z);
const gridOf = (items: readonly Placed[], width = 400, height = 300) =>
  new Grid(items, ({ geometry }) => boundsOf(geometry), width, height);

describe('what a shape covers', () => {
  it.each([
    // A turned box's corner is empty where the upright one's was, and the other way round.
    ['box', [101, 101], true],
    ['turned', [101, 101], false],
    ['turned', [150, 130], true],
    ['turned', [118, 76], false],
    ['turned', [123, 82], true],
    ['ellipse', [103, 103], false],
    ['ellipse', [150, 101], true],
    ['polygon', [150, 130], true],
    ['polygon', [105, 150], false],
    ['polyline', [150, 130], false],
    ['polyline', [150, 106], true],
    ['points', [101, 101], true],
    ['points', [150, 105], false],
    ['mask', [100.5, 100.5], false],
    ['mask', [101.5, 100.5], true],
    ['mask', [100.5, 101.5], true],
    ['cuboid', [140, 150], true],
    ['cuboid', [195, 110], true],
    ['cuboid', [101, 106], false],
    ['skeleton', [125, 130], true],
    ['skeleton', [140, 130], false],
    ['skeleton', [2, 2], false],
  ] as const)('%s at %o: %s', (kind, [x, y], want) => {
    expect(covers(item(1, SAMPLES[kind]), { x, y }, 2)).toBe(want);
  });
});

describe('hit test', () => {
  const items = [box(1, 0, 0, 100, 100), box(2, 40, 40, 60, 60), box(3, 50, 50, 70, 70)];

  it.each([
    [10, 10, [1]],
    [55, 55, [2, 3, 1]],
    [65, 65, [3, 1]],
    [150, 150, []],
  ])('finds what lies under %d, %d, the smallest first', (x, y, want) => {
    expect(shapesAt(gridOf(items), { x, y }, 0).map(({ id }) => id)).toEqual(want);
  });

  it('finds the topmost first, whatever its size', () => {
    const raised = [...items, box(4, 0, 0, 300, 300, 1)];
    expect(shapesAt(gridOf(raised), { x: 55, y: 55 }, 0).map(({ id }) => id)).toEqual([4, 2, 3, 1]);
  });

  it('reaches a little beyond the edge', () => {
    expect(shapesAt(gridOf(items), { x: 103, y: 50 }, 4).map(({ id }) => id)).toEqual([1]);
    expect(shapesAt(gridOf(items), { x: 105, y: 50 }, 4)).toEqual([]);
  });

  it('takes the one beneath when clicked again', () => {
    const under = shapesAt(gridOf(items), { x: 55, y: 55 }, 0);
    expect(pick(under, null)?.id).toBe(2);
    expect(pick(under, 2)?.id).toBe(3);
    expect(pick(under, 3)?.id).toBe(1);
    expect(pick(under, 1)?.id).toBe(2);
    expect(pick([], 1)).toBeNull();
  });

  it('agrees with looking at all of ten thousand shapes, however large they are and where they lie', () => {
    let seed = 1;
    const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const many = Array.from({ length: 10_000 }, (_, n) => {
      const [x, y] = [next() * 4200 - 100, next() * 3100 - 50];
      const side = n % 50 === 0 ? 2000 : 90;
      const geometry = upright(
        { x1: x, y1: y, x2: x + 2 + next() * side, y2: y + 2 + next() * side },
        n % 3 ? 'box' : 'ellipse',
      );
      return item(n, { ...geometry, rotation: n % 4 ? 0 : next() * 360 }, n % 7);
    });
    const grid = gridOf(many, 4000, 3000);
    const ids = (found: Iterable<Placed>) => [...found].map(({ id }) => id).sort((a, b) => a - b);
    for (let n = 0; n < 100; n += 1) {
      const at = { x: next() * 4000, y: next() * 3000 };
      expect(ids(shapesAt(grid, at, 3))).toEqual(ids(many.filter((one) => covers(one, at, 3))));
      const area = { x1: at.x, y1: at.y, x2: at.x + next() * 500, y2: at.y + next() * 500 };
      const inArea = (one: Placed) => meet(boundsOf(one.geometry), area);
      expect(ids([...grid.within(area)].filter(inArea))).toEqual(ids(many.filter(inArea)));
    }
    // And asks few of them: that is what it is for.
    expect(grid.near({ x: 2000, y: 1500 }, 3).size).toBeLessThan(600);
  });
});
