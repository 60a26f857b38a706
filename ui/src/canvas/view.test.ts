import { describe, expect, it } from 'vitest';

import { actualSize, around, boxToScreen, fit, kept, MAX_SCALE, mix, toImage, toScreen, zoomAt } from './view';

const NONE = { top: 0, right: 0, bottom: 0, left: 0 };
const SCREEN = { width: 800, height: 600 };
const PHOTO = { width: 1600, height: 900 };

describe('view', () => {
  it('goes to the screen and back', () => {
    const view = { scale: 2.5, x: -40, y: 17 };
    for (const at of [
      { x: 0, y: 0 },
      { x: 12.25, y: 300 },
      { x: -5, y: 9 },
    ]) {
      const back = toImage(view, toScreen(view, at));
      expect(back.x).toBeCloseTo(at.x, 9);
      expect(back.y).toBeCloseTo(at.y, 9);
    }
  });

  it.each([
    [PHOTO, NONE, { scale: 0.5, x: 0, y: 75 }],
    [{ width: 100, height: 300 }, NONE, { scale: 2, x: 300, y: 0 }],
    [PHOTO, { top: 0, right: 0, bottom: 200, left: 0 }, { scale: 400 / 900, x: 400 - 1600 * (400 / 900) * 0.5, y: 0 }],
  ])('fits %o', (image, insets, want) => {
    const view = fit(image, SCREEN, insets);
    expect(view.scale).toBeCloseTo(want.scale, 9);
    expect(view.x).toBeCloseTo(want.x, 6);
    expect(view.y).toBeCloseTo(want.y, 6);
  });

  it('keeps the point under the pointer while zooming, within limits', () => {
    const view = fit(PHOTO, SCREEN, NONE);
    const at = { x: 123, y: 234 };
    const before = toImage(view, at);
    const after = toImage(zoomAt(view, at, 1.7, view.scale), at);
    expect(after.x).toBeCloseTo(before.x, 6);
    expect(after.y).toBeCloseTo(before.y, 6);
    expect(zoomAt(view, at, 1e9, view.scale).scale).toBe(MAX_SCALE);
    expect(zoomAt(view, at, 1e-9, view.scale).scale).toBeCloseTo(view.scale / 2, 9);
  });

  it('shows a small box with its surroundings and never leaves a blank where the image could be', () => {
    const corner = around({ x1: 0, y1: 0, x2: 40, y2: 40 }, PHOTO, SCREEN, NONE);
    expect(corner.scale).toBe(2);
    expect(corner.x).toBeCloseTo(0, 9);
    expect(corner.y).toBeCloseTo(0, 9);
    const middle = around({ x1: 790, y1: 440, x2: 810, y2: 460 }, PHOTO, SCREEN, NONE);
    const box = boxToScreen(middle, { x1: 790, y1: 440, x2: 810, y2: 460 });
    expect((box.x1 + box.x2) / 2).toBeCloseTo(400, 6);
    expect((box.y1 + box.y2) / 2).toBeCloseTo(300, 6);
  });

  it('shows the whole image for a box that fills it', () => {
    expect(around({ x1: 0, y1: 0, x2: 1500, y2: 800 }, PHOTO, SCREEN, NONE)).toEqual(fit(PHOTO, SCREEN, NONE));
  });

  it('keeps some of the image on the screen', () => {
    const view = kept({ scale: 1, x: 5000, y: -9000 }, PHOTO, SCREEN, 60);
    expect(view.x).toBe(740);
    expect(view.y).toBe(60 - 900);
  });

  it('has the ends of a flight exactly and stays finite in between', () => {
    const from = fit(PHOTO, SCREEN, NONE);
    const to = around({ x1: 10, y1: 10, x2: 50, y2: 60 }, PHOTO, SCREEN, NONE);
    expect(mix(from, to, 1, SCREEN)).toEqual(to);
    const start = mix(from, to, 0, SCREEN);
    expect(start.scale).toBeCloseTo(from.scale, 9);
    expect(start.x).toBeCloseTo(from.x, 6);
    const half = mix(from, to, 0.5, SCREEN);
    expect(half.scale).toBeGreaterThan(from.scale);
    expect(half.scale).toBeLessThan(to.scale);
    const pan = mix(from, { ...from, x: from.x + 100 }, 0.5, SCREEN);
    expect(pan.x).toBeCloseTo(from.x + 50, 6);
  });

  it('shows one pixel on one pixel around the same middle', () => {
    const view = actualSize(fit(PHOTO, SCREEN, NONE), SCREEN, NONE);
    expect(view.scale).toBe(1);
    expect(toImage(view, { x: 400, y: 300 })).toEqual({ x: 800, y: 450 });
  });
});
