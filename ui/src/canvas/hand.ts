// A stage in a test browser without a canvas, with a hand to gesture on it.

import { afterEach, beforeEach, vi } from 'vitest';

import { pointsOf, upright, type Geometry, type Tool } from './geometry';
import { NOTHING, type CanvasShape, type Picture } from './look';
import { SIZE } from './samples';
import { Stage, type StageEvents } from './stage';

const NONE = { top: 0, right: 0, bottom: 0, left: 0 };
const TEMPLATE = {
  joints: [
    { name: 'head', x: 0.5, y: 0 },
    { name: 'foot', x: 0.5, y: 1 },
  ],
  edges: [[0, 1] as const],
};

const shape = (id: number, geometry: Geometry, more: Partial<CanvasShape> = {}): CanvasShape => ({
  id,
  geometry,
  z: 0,
  edges: [],
  colour: '#ff0000',
  text: 'thing',
  score: null,
  faint: false,
  between: false,
  ...more,
});
const box = (id: number, x1: number, y1: number, x2: number, y2: number) => shape(id, upright({ x1, y1, x2, y2 }));

export const picture = (more: Partial<Picture> = {}): Picture => ({
  ...NOTHING,
  key: 1,
  size: SIZE,
  shapes: [box(1, 100, 100, 200, 200), box(2, 250, 50, 300, 90)],
  focus: 1,
  template: TEMPLATE,
  ...more,
});
/** One shape only, in focus. */
export const only = (geometry: Geometry, more: Partial<Picture> = {}) =>
  picture({ shapes: [shape(1, geometry)], ...more });
export const rect = (x1: number, y1: number, x2: number, y2: number) => ({ x1, y1, x2, y2 });

export let host: HTMLElement;
export let stage: Stage;
export let events: { [K in keyof StageEvents]: ReturnType<typeof vi.fn<StageEvents[K]>> };

beforeEach(() => {
  host = document.createElement('div');
  // One image pixel on two screen pixels, the image in the corner.
  Object.defineProperties(host, { clientWidth: { value: 800 }, clientHeight: { value: 600 } });
  document.body.append(host);
  events = {
    pick: vi.fn(),
    area: vi.fn(),
    reshape: vi.fn(),
    move: vi.fn(),
    draw: vi.fn(),
    mode: vi.fn(),
    aim: vi.fn(),
    take: vi.fn(() => false),
    warn: vi.fn(),
    over: vi.fn(),
  };
  stage = new Stage(host, document.createElement('canvas'), document.createElement('canvas'), events);
  stage.setInsets(NONE);
  stage.show(picture());
});
afterEach(() => stage.destroy());

// Places are image pixels.
export type At = readonly [number, number];
export const send = (type: string, [x, y]: At, more: PointerEventInit = {}) =>
  host.dispatchEvent(
    new PointerEvent(type, { clientX: x * 2, clientY: y * 2, button: 0, pointerId: 1, bubbles: true, ...more }),
  );
export const press = (at: At, more: PointerEventInit = {}) => send('pointerdown', at, more);
export const move = (at: At, more: PointerEventInit = {}) => send('pointermove', at, more);
export const up = (at: At, more: PointerEventInit = {}) => send('pointerup', at, more);
export const drag = (from: At, to: At, more: PointerEventInit = {}) => {
  press(from, more);
  move([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2], more);
  move(to, more);
  up(to, more);
};
export const click = (at: At, more: PointerEventInit = {}) => {
  move(at, more);
  press(at, more);
  up(at, more);
};
export const arm = (tool: Tool) => {
  stage.show(picture({ tool }));
  stage.arm();
};
export const modes = () => events.mode.mock.calls.map(([mode]) => mode);
export const drawn = () => events.draw.mock.lastCall?.[0];
export const reshaped = () => events.reshape.mock.lastCall?.[1];
export const points = (geometry: Geometry | undefined) =>
  geometry && pointsOf(geometry.shape).map(({ x, y }) => [x, y]);
