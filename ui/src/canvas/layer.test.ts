import { describe, expect, it } from 'vitest';

import { boundsOf, upright } from './geometry';
import { culled } from './layer';
import { KINDS, SAMPLES } from './samples';
import { boxToScreen } from './view';

const shape = (id: number, geometry: (typeof SAMPLES)[keyof typeof SAMPLES], z = 0) => ({
  id,
  geometry,
  z,
  edges: [],
  colour: '#ff0000',
  text: '',
  score: null,
  faint: false,
  between: false,
});
const SCREEN = { x1: 0, y1: 0, x2: 800, y2: 600 };

describe('what is painted', () => {
  it('is what reaches into the screen, at any view', () => {
    let seed = 7;
    const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const many = Array.from({ length: 3000 }, (_, n) => {
      const [x, y] = [next() * 4000, next() * 3000];
      return shape(n, upright({ x1: x, y1: y, x2: x + next() * 200, y2: y + next() * 200 }));
    });
    for (const view of [
      { scale: 0.2, x: 0, y: 0 },
      { scale: 1, x: -1500, y: -900 },
      { scale: 7, x: -9000, y: -6000 },
    ]) {
      const painted = new Set(culled(many, view, SCREEN).map(([{ id }]) => id));
      for (const { id, geometry } of many) {
        const { x1, y1, x2, y2 } = boxToScreen(view, boundsOf(geometry));
        const overlaps = x2 > 0 && y2 > 0 && x1 < 800 && y1 < 600;
        if (overlaps) expect(painted.has(id)).toBe(true);
        // Lines have some width; beyond that nothing is painted in vain.
        if (x2 < -6 || y2 < -6 || x1 > 806 || y1 > 606) expect(painted.has(id)).toBe(false);
      }
    }
  });

  it.each(KINDS)('has a %s with its bounds there, and nothing of an image’s tag', (kind) => {
    const view = { scale: 2, x: 10, y: 20 };
    const tag = { rect: { x1: 0, y1: 0, x2: 0, y2: 0 }, rotation: 0, shape: { kind: 'tag' as const } };
    const seen = culled([shape(1, SAMPLES[kind]), { ...shape(2, SAMPLES.box), geometry: tag }], view, SCREEN);
    expect(seen.map(([{ id }]) => id)).toEqual([1]);
    expect(seen[0]?.[1]).toEqual(boxToScreen(view, boundsOf(SAMPLES[kind])));
  });

  it('lies in its order from below', () => {
    const stack = [shape(1, SAMPLES.box, 2), shape(2, SAMPLES.box, -1), shape(3, SAMPLES.box)];
    expect(culled(stack, { scale: 1, x: 0, y: 0 }, SCREEN).map(([{ id }]) => id)).toEqual([2, 3, 1]);
  });
});
