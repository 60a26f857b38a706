import { describe, expect, it } from 'vitest';

import { Bitmap, cropped, isOn } from './mask';

const SIZE = { width: 20, height: 20 };
const p = (x: number, y: number) => ({ x, y });
const rect = (x1: number, y1: number, x2: number, y2: number) => ({ x1, y1, x2, y2 });

/** The pixels of a result as rows of `#` and `.`. */
const drawn = (made: { rect: ReturnType<typeof rect>; runs: number[] } | null): string[] => {
  if (!made) return [];
  const rows: string[] = [];
  for (let y = made.rect.y1; y < made.rect.y2; y += 1) {
    let row = '';
    for (let x = made.rect.x1; x < made.rect.x2; x += 1) row += isOn(made.rect, made.runs, p(x, y)) ? '#' : '.';
    rows.push(row);
  }
  return rows;
};

describe('runs', () => {
  it('are cut to the image and then to their pixels', () => {
    // 4 × 3 at (-1, 0):  .##.  ##..  ....
    expect(cropped(rect(-1, 0, 3, 3), [1, 2, 1, 2, 6], SIZE)).toEqual({ rect: rect(0, 0, 2, 2), runs: [0, 3, 1] });
    expect(cropped(rect(3, 4, 6, 6), [4, 1, 1], SIZE)).toEqual({ rect: rect(4, 5, 5, 6), runs: [0, 1] });
    expect(cropped(rect(0, 0, 2, 2), [4], SIZE)).toBeNull();
    expect(cropped(rect(30, 0, 32, 2), [0, 4], SIZE)).toBeNull();
  });

  it('survive a bitmap as the pixels they were: all masks of 3 × 3', () => {
    for (let bits = 1; bits < 512; bits += 1) {
      const runs = [0];
      for (let n = 0; n < 9; n += 1) {
        const on = ((bits >> n) & 1) === 1;
        if (on === (runs.length % 2 === 0)) runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1;
        else runs.push(1);
      }
      const made = Bitmap.of(rect(2, 3, 5, 6), runs, SIZE).result();
      let seen = 0;
      for (let n = 0; n < 9; n += 1) {
        const at = p(2 + (n % 3), 3 + Math.floor(n / 3));
        if (made && isOn(made.rect, made.runs, at)) seen |= 1 << n;
      }
      expect(seen).toBe(bits);
      expect(made).toEqual(cropped(rect(2, 3, 5, 6), runs, SIZE));
    }
  });
});

describe('a bitmap', () => {
  it('gets one pixel from a click with the smallest brush, wherever in the pixel it is', () => {
    for (const at of [p(5.5, 5.5), p(5, 5), p(5.99, 5.01)]) {
      const bitmap = new Bitmap(SIZE);
      bitmap.stroke(at, at, 0.5, true);
      expect(bitmap.result()).toEqual({ rect: rect(5, 5, 6, 6), runs: [0, 1] });
    }
  });

  it('is painted round, along the whole way, and no further than the image', () => {
    const bitmap = new Bitmap(SIZE);
    bitmap.stroke(p(4, 4), p(8, 4), 2, true);
    expect(drawn(bitmap.result())).toEqual(['.######.', '########', '########', '.######.']);
    bitmap.stroke(p(-50, 4), p(80, 4), 1, true);
    expect(bitmap.result()?.rect).toEqual(rect(0, 2, 20, 6));
  });

  it('is erased, to nothing as well', () => {
    const bitmap = new Bitmap(SIZE);
    bitmap.stroke(p(4, 4), p(8, 4), 2, true);
    bitmap.stroke(p(6, 0), p(6, 9), 1, false);
    expect(drawn(bitmap.result())).toEqual(['.##..##.', '###..###', '###..###', '.##..##.']);
    bitmap.stroke(p(0, 4), p(20, 4), 9, false);
    expect(bitmap.result()).toBeNull();
  });

  it('fills an outline by the middles of its pixels, the doubly enclosed left out', () => {
    const bitmap = new Bitmap(SIZE);
    bitmap.fill([p(2, 2), p(6, 2), p(6, 5), p(2, 5)], true);
    expect(bitmap.result()).toEqual({ rect: rect(2, 2, 6, 5), runs: [0, 12] });
    const crossing = new Bitmap(SIZE);
    crossing.fill([p(0, 0), p(9, 8), p(9, 0), p(0, 8)], true);
    expect(drawn(crossing.result())[0]).toBe('#.......#');
  });

  it('fills holes, but not bays', () => {
    const bitmap = new Bitmap(SIZE);
    // A ring, and a cup that is open to the top.
    bitmap.fill([p(1, 1), p(6, 1), p(6, 6), p(1, 6)], true);
    bitmap.fill([p(2, 2), p(5, 2), p(5, 5), p(2, 5)], false);
    bitmap.fill([p(8, 1), p(13, 1), p(13, 6), p(8, 6)], true);
    bitmap.fill([p(9, 1), p(12, 1), p(12, 5), p(9, 5)], false);
    bitmap.fillHoles();
    expect(drawn(bitmap.result())).toEqual([
      '#####..#...#',
      '#####..#...#',
      '#####..#...#',
      '#####..#...#',
      '#####..#####',
    ]);
  });

  it('takes no more memory than what is touched', () => {
    const bitmap = new Bitmap({ width: 8000, height: 6000 });
    bitmap.stroke(p(4000, 3000), p(4100, 3000), 5, true);
    expect(bitmap.on.length).toBeLessThan(300 * 150);
    bitmap.stroke(p(0, 0), p(8000, 6000), 1, true);
    expect(bitmap.on.length).toBe(48_000_000);
    expect(bitmap.result()?.rect).toEqual(rect(0, 0, 8000, 6000));
  });
});
