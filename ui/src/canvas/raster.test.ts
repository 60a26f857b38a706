import { describe, expect, it } from 'vitest';

import { packed, Raster } from './raster';

const WHITE = 0xffffffff;
const pen = { colour: WHITE, thick: 1, dotted: false };

/** What `draw` makes of 8 × 6 pixels, as rows of `#` and `.`. */
function drawn(draw: (raster: Raster) => void): string[] {
  const bytes = new ArrayBuffer(8 * 6 * 4);
  draw(new Raster(bytes, 8, 6));
  const pixels = new Uint32Array(bytes);
  return Array.from({ length: 6 }, (_, y) =>
    Array.from({ length: 8 }, (_, x) => (pixels[y * 8 + x] === 0 ? '.' : '#')).join(''),
  );
}

describe('a raster', () => {
  it('has a colour’s bytes in their order', () => {
    const bytes = new Uint8Array(Uint32Array.of(packed('#1080ff', 0.5)).buffer);
    expect([...bytes]).toEqual([0x10, 0x80, 0xff, 128]);
  });

  it('outlines a box, thick ones around the same edge', () => {
    expect(drawn((r) => r.outline({ x1: 1, y1: 1, x2: 5, y2: 4 }, pen))).toEqual([
      '........',
      '.#####..',
      '.#...#..',
      '.#...#..',
      '.#####..',
      '........',
    ]);
    expect(drawn((r) => r.outline({ x1: 1, y1: 1, x2: 6, y2: 4 }, { ...pen, thick: 3 }))).toEqual([
      '########',
      '########',
      '########',
      '########',
      '########',
      '########',
    ]);
  });

  it('leaves out what is beyond the picture, and nothing wraps around', () => {
    expect(drawn((r) => r.outline({ x1: -5, y1: 2, x2: 3, y2: 99 }, pen))).toEqual([
      '........',
      '........',
      '####....',
      '...#....',
      '...#....',
      '...#....',
    ]);
    expect(drawn((r) => r.outline({ x1: 20, y1: -9, x2: 40, y2: -3 }, pen)).join('')).not.toContain('#');
    expect(drawn((r) => r.segment({ x: -1e7, y: -50 }, { x: 1e7, y: -50 }, pen)).join('')).not.toContain('#');
  });

  it('goes straight from point to point, from ever so far', () => {
    const slope = ['#.......', '.#......', '..#.....', '...#....', '....#...', '.....#..'];
    expect(drawn((r) => r.segment({ x: 0, y: 0 }, { x: 5, y: 5 }, pen))).toEqual(slope);
    expect(drawn((r) => r.segment({ x: -1e6, y: -1e6 }, { x: 1e6, y: 1e6 }, pen))).toEqual(slope);
    expect(drawn((r) => r.segment({ x: 2, y: 0 }, { x: 2, y: 9 }, pen))).toEqual(Array(6).fill('..#.....'));
  });

  it('breaks a dotted line', () => {
    const row = drawn((r) => r.segment({ x: 0, y: 0 }, { x: 7, y: 0 }, { ...pen, dotted: true }))[0];
    expect(row).toBe('##....##');
  });
});
