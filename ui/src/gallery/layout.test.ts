import { describe, expect, it } from 'vitest';

import { GAP, HEADING, layoutOf, rowAt } from './layout';

const [PERSON, DOG, CAT] = [1, 2, 3];

describe('where crops lie', () => {
  it('in rows of one height where no label is named', () => {
    const { tops, headings } = layoutOf(7, 3, 100, null);
    expect(tops).toEqual([GAP, GAP + 100, GAP + 200, GAP + 300]);
    expect(headings.size).toBe(0);
  });

  it('under the names of the labels that begin in their row, and of the one that goes on in it', () => {
    const { tops, headings } = layoutOf(8, 3, 100, [PERSON, PERSON, PERSON, PERSON, DOG, CAT, CAT, CAT]);
    expect([...headings]).toEqual([
      [0, [{ label: PERSON, column: 0, length: 3 }]],
      [
        1,
        [
          { label: PERSON, column: 0, length: 1 },
          { label: DOG, column: 1, length: 1 },
          { label: CAT, column: 2, length: 1 },
        ],
      ],
    ]);
    const second = GAP + 100 + HEADING;
    expect(tops).toEqual([GAP, second, second + 100 + HEADING, second + 200 + HEADING]);
  });

  it('counts what is not loaded to the label before it', () => {
    const { headings } = layoutOf(6, 2, 100, [PERSON, null, null, null, DOG, null]);
    expect([...headings.keys()]).toEqual([0, 2]);
    expect(headings.get(2)).toEqual([{ label: DOG, column: 0, length: 2 }]);
  });

  it.each([
    [-50, 0],
    [GAP + HEADING, 0],
    [GAP + HEADING + 99, 0],
    [GAP + HEADING + 100, 1],
    [5000, 2],
  ])('finds the row at %i', (y, row) => {
    expect(rowAt(layoutOf(6, 2, 100, Array.from({ length: 6 }, () => DOG)), y)).toBe(row);
  });

  it('has no rows without crops', () => {
    const none = layoutOf(0, 4, 100, []);
    expect(none.tops).toEqual([GAP]);
    expect(rowAt(none, 70)).toBe(0);
  });
});
