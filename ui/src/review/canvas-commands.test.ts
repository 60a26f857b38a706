import { fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import AppRoot from '../App.svelte';
import { App } from '../app.svelte';
import type { MockApi } from '../api/mock';
import { quickMock, settled } from '../api/mock/testing';

let api: MockApi;
let app: App;

beforeEach(async () => {
  // The canvas alone has a size.
  for (const [side, length] of [
    ['clientWidth', 800],
    ['clientHeight', 600],
  ] as const) {
    vi.spyOn(HTMLElement.prototype, side, 'get').mockImplementation(function (this: HTMLElement) {
      return this.dataset['testid'] === 'canvas' ? length : 0;
    });
  }
  api = quickMock('ready', 12);
  app = new App(api);
  render(AppRoot, { app });
  await app.begin();
  await settled();
});
afterEach(() => vi.restoreAllMocks());

const press = async (key: string, more: KeyboardEventInit = {}) => {
  const code = /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : /^\d$/.test(key) ? `Digit${key}` : key;
  await fireEvent.keyDown(document.activeElement ?? document.body, { key, code, ...more });
  await settled();
};
const click = async (x: number, y: number) => {
  const canvas = screen.getByTestId('canvas');
  for (const type of ['pointermove', 'pointerdown', 'pointerup']) {
    canvas.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: y, button: 0, pointerId: 1, bubbles: true }));
  }
  await settled();
};
const onImage = () => api.project().need(app.session.focus?.image ?? 0).annotations;

describe('drawing by keys and clicks', () => {
  it('draws a polygon; until it is whole, keys are about its points', async () => {
    const before = onImage();
    await press('3', { altKey: true });
    await click(300, 250);
    await click(400, 250);
    await click(400, 350);
    await click(390, 390);
    await press('Backspace');
    // No decision meanwhile, whatever its key.
    await press('x');
    await press(' ');
    await press('Enter');
    expect(onImage()).toEqual(before);
    await fireEvent.input(screen.getByTestId('label-input'), { target: { value: 'kite' } });
    await press('Enter');
    const drawn = onImage().at(-1);
    expect(onImage()).toHaveLength(before.length + 1);
    expect(drawn?.shape.kind === 'polygon' && drawn.shape.points).toHaveLength(3);
    expect(drawn).toMatchObject({ origin: 'manual', state: 'accepted' });
    await press('z', { ctrlKey: true });
    expect(onImage()).toEqual(before);
    await press('y', { ctrlKey: true });
    expect(onImage().at(-1)?.shape).toEqual(drawn?.shape);
  });

  it('leaves with Escape, everything as it was', async () => {
    const before = onImage();
    await press('6', { altKey: true });
    expect(app.looks.mode).toBe('brush');
    await click(300, 250);
    await press('Escape');
    expect(app.looks.mode).toBe('idle');
    expect(onImage()).toEqual(before);
    expect(screen.queryByTestId('label-picker')).toBeNull();
  });

  it('paints and erases a mask, and says when nothing is left of it', async () => {
    await press('6', { altKey: true });
    await click(300, 250);
    await press('e');
    expect(app.looks.mode).toBe('erase');
    await press(']');
    await click(300, 250);
    await press('Enter');
    expect(screen.getByTestId('canvas-warning').textContent).toContain('Nothing is painted');
    await press('6', { altKey: true });
    expect(screen.queryByTestId('canvas-warning')).toBeNull();
    await click(300, 250);
    await press('Enter');
    await press('Enter');
    expect(onImage().at(-1)?.shape.kind).toBe('mask');
  });

  it('draws every kind by keys alone, in the middle', async () => {
    for (const [n, kind] of ['box', 'ellipse', 'polygon', 'polyline', 'points', null, 'cuboid'].entries()) {
      if (!kind) continue;
      await press(String(n + 1), { altKey: true });
      await press('Enter');
      await press('Enter');
      expect(onImage().at(-1)?.shape.kind).toBe(kind);
    }
  });
});

describe('how the photo is looked at', () => {
  it('is set with sliders, undone by one button, and nothing of it is stored', async () => {
    const before = api.sent.length;
    await press('a', { shiftKey: true });
    await fireEvent.input(screen.getByTestId('adjust-gamma'), { target: { value: '2' } });
    expect(app.looks.adjust.gamma).toBe(2);
    const curve = screen.getByTestId('canvas').querySelector('feFuncG')?.getAttribute('tableValues');
    expect(Number(curve?.split(' ')[16])).toBeGreaterThan(0.7);
    await fireEvent.click(screen.getByTestId('adjust-reset'));
    expect(screen.getByTestId('canvas').querySelector('filter')).toBeNull();
    expect(api.sent.length).toBe(before);
  });

  it('keeps its aids for the next time', async () => {
    expect(app.looks.aids.snap).toBe(true);
    await press('n', { shiftKey: true });
    expect(app.looks.aids.snap).toBe(false);
    expect(new App(api).looks.aids).toEqual({ cross: true, grid: true, snap: false });
  });
});
