import { describe, expect, it } from 'vitest';

import { crossesItself, distanceToLine, isWithin } from './outline';

const line = (...points: [number, number][]) => points.map(([x, y]) => ({ x, y }));
const square = line([0, 0], [10, 0], [10, 10], [0, 10]);

describe('a line of points', () => {
  it.each([
    ['a square', square, false],
    ['a triangle', line([0, 0], [10, 0], [5, 5]), false],
    ['a bow', line([0, 0], [10, 10], [10, 0], [0, 10]), true],
    ['a bay', line([0, 0], [10, 0], [10, 10], [5, 2], [0, 10]), false],
    ['a bay that comes out below', line([0, 0], [10, 0], [10, 10], [5, -2], [0, 10]), true],
    ['a point on another side', line([0, 0], [10, 0], [10, 10], [5, 0], [0, 10]), true],
  ])('of %s crosses itself: %3$s', (_, points, want) => {
    expect(crossesItself(points)).toBe(want);
  });

  it('knows what is in it and how far away it is', () => {
    expect([isWithin(square, { x: 5, y: 5 }), isWithin(square, { x: 15, y: 5 })]).toEqual([true, false]);
    expect(distanceToLine(square, { x: -3, y: 5 }, true)).toBe(3);
    // Open, it lacks the side at the left.
    expect(distanceToLine(square, { x: -3, y: 5 }, false)).toBeCloseTo(Math.hypot(3, 5), 9);
    expect(distanceToLine(square, { x: 13, y: 14 }, true)).toBe(5);
  });
});
