import { describe, expect, it } from 'vitest';

import { levelFor, type Levels } from './levels';

const bitmap = (width: number): ImageBitmap => ({ width, height: (width * 3) / 4, close: () => undefined });
const levels: Levels = [bitmap(4000), bitmap(2000), bitmap(1000)];
const size = { width: 4000, height: 3000 };

describe('the level that is drawn from', () => {
  it.each([
    [0.1, 1000],
    [0.25, 1000],
    [0.26, 2000],
    [0.5, 2000],
    [0.51, 4000],
    [8, 4000],
  ])('at %d screen pixels for one of the photo: %d wide', (scale, width) => {
    expect(levelFor(levels, size, scale).width).toBe(width);
  });

  it('is the only one of a small photo', () => {
    expect(levelFor([bitmap(600)], { width: 600, height: 450 }, 0.1).width).toBe(600);
  });
});
