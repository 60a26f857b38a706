import { describe, expect, it } from 'vitest';

import { pagesFor, scrollToShow, visibleRange } from './virtual';

describe('virtual list', () => {
  it.each([
    [0, 600, 50, 0, { first: 0, last: 0 }],
    [0, 600, 50, 5, { first: 0, last: 5 }],
    [0, 600, 50, 1000, { first: 0, last: 14 }],
    [5000, 600, 50, 1000, { first: 98, last: 114 }],
    [5_599_400, 600, 56, 100_000, { first: 99_987, last: 100_000 }],
    [9e9, 600, 50, 100, { first: 86, last: 100 }],
    [-40, 600, 50, 100, { first: 0, last: 14 }],
  ])('at scroll %d in %d px with rows of %d of %d', (scroll, height, row, total, want) => {
    expect(visibleRange(scroll, height, row, total, 2)).toEqual(want);
  });

  it.each([
    [0, 300, 100, 0],
    [10, 0, 300, 250],
    [3, 100, 300, 100],
    [99, 0, 300, 4700],
  ])('shows row %d from scroll %d in %d px', (index, scroll, height, want) => {
    expect(scrollToShow(index, scroll, height, 50)).toBe(want);
  });

  it.each([
    [{ first: 0, last: 20 }, [0]],
    [{ first: 190, last: 210 }, [0, 1]],
    [{ first: 200, last: 400 }, [1]],
    [{ first: 0, last: 0 }, []],
  ])('asks for the pages of %o', (range, want) => {
    expect(pagesFor(range, 200)).toEqual(want);
  });
});
