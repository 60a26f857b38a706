import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Stage, type Picture, type StageEvents } from './stage';

const SIZE = { width: 400, height: 300 };
const NONE = { top: 0, right: 0, bottom: 0, left: 0 };
const box = (id: number, x1: number, y1: number, x2: number, y2: number) => ({
  id,
  rect: { x1, y1, x2, y2 },
  colour: '#ff0000',
  text: 'thing',
  score: null,
  faint: false,
});

const picture = (more: Partial<Picture> = {}): Picture => ({
  key: 1,
  photo: null,
  size: SIZE,
  boxes: [box(1, 100, 100, 200, 200), box(2, 250, 50, 300, 90)],
  focus: 1,
  ghost: null,
  sketch: null,
  dim: true,
  hidden: false,
  editable: true,
  ...more,
});

describe('stage', () => {
  let host: HTMLElement;
  let stage: Stage;
  let events: { [K in keyof StageEvents]: ReturnType<typeof vi.fn<StageEvents[K]>> };

  beforeEach(() => {
    host = document.createElement('div');
    // One image pixel on two screen pixels, the image in the corner.
    Object.defineProperties(host, { clientWidth: { value: 800 }, clientHeight: { value: 600 } });
    document.body.append(host);
    events = { pick: vi.fn(), reshape: vi.fn(), draw: vi.fn(), mode: vi.fn() };
    stage = new Stage(host, document.createElement('canvas'), document.createElement('canvas'), events);
    stage.setInsets(NONE);
    stage.show(picture());
  });
  afterEach(() => stage.destroy());

  const send = (type: string, x: number, y: number, more: PointerEventInit = {}) =>
    host.dispatchEvent(
      new PointerEvent(type, { clientX: x, clientY: y, button: 0, pointerId: 1, bubbles: true, ...more }),
    );
  const drag = (from: [number, number], to: [number, number], more: PointerEventInit = {}) => {
    send('pointerdown', ...from, more);
    send('pointermove', (from[0] + to[0]) / 2, (from[1] + to[1]) / 2, more);
    send('pointermove', ...to, more);
    send('pointerup', ...to, more);
  };
  const modes = () => events.mode.mock.calls.map(([mode]) => mode);

  it('resizes the focused box by a handle', () => {
    drag([400, 400], [440, 420]);
    expect(events.reshape).toHaveBeenCalledWith(1, { x1: 100, y1: 100, x2: 220, y2: 210 });
    expect(modes()).toEqual(['resize', 'idle']);
  });

  it('moves the focused box by its body, as far as the image goes', () => {
    drag([300, 300], [310, 290]);
    expect(events.reshape).toHaveBeenLastCalledWith(1, { x1: 105, y1: 95, x2: 205, y2: 195 });
    stage.show(picture());
    drag([300, 300], [-900, 300]);
    expect(events.reshape).toHaveBeenLastCalledWith(1, { x1: 0, y1: 100, x2: 100, y2: 200 });
  });

  it('takes a clicked box into focus, and none for a click on nothing', () => {
    send('pointerdown', 540, 120);
    send('pointerup', 541, 120);
    expect(events.pick).toHaveBeenLastCalledWith(2);
    send('pointerdown', 700, 560);
    send('pointerup', 700, 560);
    expect(events.pick).toHaveBeenLastCalledWith(null);
    expect(events.reshape).not.toHaveBeenCalled();
  });

  it('pans on empty places, and anywhere with Alt or another button', () => {
    drag([700, 500], [650, 480]);
    drag([300, 300], [320, 300], { altKey: true });
    drag([300, 300], [320, 300], { button: 1 });
    expect(modes()).toEqual(['pan', 'idle', 'pan', 'idle', 'pan', 'idle']);
    expect(events.reshape).not.toHaveBeenCalled();
    expect(events.pick).not.toHaveBeenCalled();
  });

  it('draws a box once armed, cut to the image', () => {
    stage.arm();
    drag([600, 500], [900, 580]);
    expect(events.draw).toHaveBeenCalledWith({ x1: 300, y1: 250, x2: 400, y2: 290 });
    expect(modes()).toEqual(['aim', 'draw', 'idle']);
  });

  it('stays armed after a mere click, and leaves on cancel', () => {
    stage.arm();
    send('pointerdown', 300, 300);
    send('pointerup', 300, 300);
    expect(events.draw).not.toHaveBeenCalled();
    expect(modes().at(-1)).toBe('aim');
    expect(stage.cancel()).toBe(true);
    expect(modes().at(-1)).toBe('idle');
    expect(stage.cancel()).toBe(false);
  });

  it('forgets a drag that is cancelled', () => {
    send('pointerdown', 400, 400);
    send('pointermove', 460, 460);
    expect(stage.cancel()).toBe(true);
    send('pointerup', 460, 460);
    expect(events.reshape).not.toHaveBeenCalled();
  });

  it('does not reshape what may not be changed', () => {
    stage.show(picture({ editable: false }));
    drag([400, 400], [440, 420]);
    expect(events.reshape).not.toHaveBeenCalled();
    expect(modes()).toEqual(['pan', 'idle']);
  });

  it('says where the focused box is', async () => {
    await new Promise((done) => requestAnimationFrame(() => done(null)));
    expect(host.dataset['focus']).toBe('200.0,200.0,400.0,400.0');
    expect(stage.clearSide({ x1: 0, y1: 0, x2: 50, y2: 50 })).toBe('right');
    expect(stage.clearSide({ x1: 350, y1: 0, x2: 400, y2: 50 })).toBe('left');
  });
});
