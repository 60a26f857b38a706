import { describe, expect, it } from 'vitest';

import {
  actualSize,
  around,
  boxToScreen,
  fit,
  flightBetween,
  kept,
  MAX_SCALE,
  toImage,
  toScreen,
  zoomAt,
} from './view';

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

  it('has the ends of a flight exactly and comes nearer all the way where it only zooms', () => {
    const from = fit(PHOTO, SCREEN, NONE);
    const to = around({ x1: 10, y1: 10, x2: 50, y2: 60 }, PHOTO, SCREEN, NONE);
    const { at } = flightBetween(from, to, SCREEN);
    expect(at(1)).toEqual(to);
    expect(at(0)).toEqual(from);
    const still = flightBetween(to, to, SCREEN).at(0.5);
    expect(still.scale).toBeCloseTo(to.scale, 6);
    expect(still.x).toBeCloseTo(to.x, 4);
    const zoomed = flightBetween(from, { ...zoomAt(from, { x: 400, y: 300 }, 4, from.scale) }, SCREEN);
    const scales = [0, 0.25, 0.5, 0.75, 1].map((t) => zoomed.at(t).scale);
    expect(scales).toEqual(scales.toSorted((a, b) => a - b));
  });

  it('draws back on a far flight, so that the way is seen, and takes longer for it', () => {
    const near = { scale: 4, x: 0, y: 0 };
    const far = { scale: 4, x: -5000, y: -2000 };
    const flight = flightBetween(near, far, SCREEN);
    expect(flight.at(0.5).scale).toBeLessThan(2);
    expect(flight.duration).toBeGreaterThan(flightBetween(near, { ...near, x: -100 }, SCREEN).duration);
    for (let t = 0; t <= 1; t += 0.1) expect(Number.isFinite(flight.at(t).x)).toBe(true);
  });

  it('shows one pixel on one pixel around the same middle', () => {
    const view = actualSize(fit(PHOTO, SCREEN, NONE), SCREEN, NONE);
    expect(view.scale).toBe(1);
    expect(toImage(view, { x: 400, y: 300 })).toEqual({ x: 800, y: 450 });
  });
});
