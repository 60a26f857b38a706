import { describe, expect, it } from 'vitest';

import { around, between, handlePoint, isUsable, meet, moved, resized } from './box';

const IMAGE = { width: 100, height: 80 };
const BOX = { x1: 10, y1: 20, x2: 40, y2: 60 };

describe('boxes', () => {
  it.each([
    [
      { x: 5, y: 5 },
      { x: 20, y: 30 },
      { x1: 5, y1: 5, x2: 20, y2: 30 },
    ],
    [
      { x: 20, y: 30 },
      { x: 5, y: 5 },
      { x1: 5, y1: 5, x2: 20, y2: 30 },
    ],
    [
      { x: -50, y: -1 },
      { x: 500, y: 500 },
      { x1: 0, y1: 0, x2: 100, y2: 80 },
    ],
  ])('lie between two corners, inside the image: %o %o', (a, b, want) => {
    expect(between(a, b, IMAGE)).toEqual(want);
  });

  it.each([
    [5, -5, { x1: 15, y1: 15, x2: 45, y2: 55 }],
    [-500, 500, { x1: 0, y1: 40, x2: 30, y2: 80 }],
    [500, -500, { x1: 70, y1: 0, x2: 100, y2: 40 }],
  ])('move by %d, %d with their size kept', (dx, dy, want) => {
    expect(moved(BOX, dx, dy, IMAGE)).toEqual(want);
  });

  it.each([
    ['se', { x: 50, y: 70 }, { x1: 10, y1: 20, x2: 50, y2: 70 }],
    ['nw', { x: 0, y: 0 }, { x1: 0, y1: 0, x2: 40, y2: 60 }],
    ['e', { x: 99, y: 0 }, { x1: 10, y1: 20, x2: 99, y2: 60 }],
    ['n', { x: 0, y: 30 }, { x1: 10, y1: 30, x2: 40, y2: 60 }],
    ['w', { x: 70, y: 0 }, { x1: 40, y1: 20, x2: 70, y2: 60 }],
    ['se', { x: 900, y: 900 }, { x1: 10, y1: 20, x2: 100, y2: 80 }],
  ] as const)('follow the handle %s to %o', (handle, to, want) => {
    expect(resized(BOX, handle, to, IMAGE)).toEqual(want);
  });

  it('have handles where one looks for them', () => {
    expect(handlePoint(BOX, 'n')).toEqual({ x: 25, y: 20 });
    expect(handlePoint(BOX, 'sw')).toEqual({ x: 10, y: 60 });
  });

  it('lie around points, and meet where they share a place', () => {
    const points = [
      { x: 5, y: 9 },
      { x: 2, y: 30 },
      { x: 7, y: 1 },
    ];
    expect(around(points)).toEqual({ x1: 2, y1: 1, x2: 7, y2: 30 });
    expect(around([])).toBeNull();
    expect(meet(BOX, { x1: 40, y1: 60, x2: 50, y2: 70 })).toBe(true);
    expect(meet(BOX, { x1: 41, y1: 20, x2: 50, y2: 70 })).toBe(false);
  });

  it('need a pixel each way', () => {
    expect(isUsable(BOX)).toBe(true);
    expect(isUsable({ x1: 0, y1: 0, x2: 0.5, y2: 10 })).toBe(false);
  });
});
