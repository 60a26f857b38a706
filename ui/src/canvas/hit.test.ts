import { describe, expect, it } from 'vitest';

import { contains, type Box } from './geometry';
import { BoxGrid } from './grid';
import { boxesAt, handleAt, handlesOf, pick } from './hit';

type Item = { id: number; rect: Box };
const item = (id: number, x1: number, y1: number, x2: number, y2: number): Item => ({ id, rect: { x1, y1, x2, y2 } });

describe('hit test', () => {
  const items = [item(1, 0, 0, 100, 100), item(2, 40, 40, 60, 60), item(3, 50, 50, 70, 70)];
  const grid = new BoxGrid(items, 200, 200);

  it.each([
    [10, 10, [1]],
    [55, 55, [2, 3, 1]],
    [65, 65, [3, 1]],
    [150, 150, []],
  ])('finds what lies under %d, %d, the smallest first', (x, y, want) => {
    expect(boxesAt(grid, { x, y }, 0).map((i) => i.id)).toEqual(want);
  });

  it('reaches a little beyond the edge', () => {
    expect(boxesAt(grid, { x: 103, y: 50 }, 4).map((i) => i.id)).toEqual([1]);
    expect(boxesAt(grid, { x: 105, y: 50 }, 4)).toEqual([]);
  });

  it('takes the one beneath when clicked again', () => {
    const under = boxesAt(grid, { x: 55, y: 55 }, 0);
    expect(pick(under, null)?.id).toBe(2);
    expect(pick(under, 2)?.id).toBe(3);
    expect(pick(under, 3)?.id).toBe(1);
    expect(pick(under, 1)?.id).toBe(2);
    expect(pick([], 1)).toBeNull();
  });

  it('agrees with looking at all of ten thousand boxes', () => {
    let seed = 1;
    const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const many = Array.from({ length: 10_000 }, (_, n) => {
      const [x, y] = [next() * 3900, next() * 2900];
      return item(n, x, y, x + 2 + next() * 90, y + 2 + next() * 90);
    });
    const large = new BoxGrid(many, 4000, 3000);
    for (let n = 0; n < 200; n += 1) {
      const at = { x: next() * 4000, y: next() * 3000 };
      const want = many.filter((i) => contains(i.rect, at, 3)).map((i) => i.id);
      expect(
        boxesAt(large, at, 3)
          .map((i) => i.id)
          .sort((a, b) => a - b),
      ).toEqual(want);
    }
  });

  it('finds handles, the nearest one', () => {
    const box = { x1: 100, y1: 100, x2: 200, y2: 180 };
    expect(handleAt(box, { x: 103, y: 97 })).toBe('nw');
    expect(handleAt(box, { x: 150, y: 182 })).toBe('s');
    expect(handleAt(box, { x: 205, y: 140 })).toBe('e');
    expect(handleAt(box, { x: 150, y: 140 })).toBeNull();
  });

  it('leaves edge handles off small boxes', () => {
    expect(handlesOf({ x1: 0, y1: 0, x2: 20, y2: 20 })).toEqual(['nw', 'ne', 'se', 'sw']);
    expect(handlesOf({ x1: 0, y1: 0, x2: 100, y2: 20 })).toEqual(['nw', 'ne', 'se', 'sw', 'n', 's']);
  });
});
