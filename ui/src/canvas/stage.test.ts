import { describe, expect, it } from 'vitest';

import { upright } from './geometry';
import {
  arm,
  click,
  drag,
  drawn,
  events,
  host,
  modes,
  move,
  only,
  picture,
  points,
  press,
  rect,
  reshaped,
  stage,
  up,
} from './hand';
import { SAMPLES } from './samples';

describe('boxes', () => {
  it('are resized by a handle', () => {
    drag([200, 200], [220, 210]);
    expect(events.reshape).toHaveBeenCalledWith(1, upright(rect(100, 100, 220, 210)));
    expect(modes()).toEqual(['resize', 'idle']);
  });

  it('are moved by their body, as far as the image goes', () => {
    drag([150, 150], [155, 145]);
    expect(events.reshape).toHaveBeenLastCalledWith(1, upright(rect(105, 95, 205, 195)));
    stage.show(picture());
    drag([150, 150], [-450, 150]);
    expect(events.reshape).toHaveBeenLastCalledWith(1, upright(rect(0, 100, 100, 200)));
  });

  it('are turned by the handle above them, by 15° with Shift', () => {
    drag([150, 87], [200, 150]);
    expect(reshaped()).toEqual({ ...upright(rect(100, 100, 200, 200)), rotation: 90 });
    expect(modes()).toEqual(['rotate', 'idle']);
    stage.show(picture());
    drag([150, 87], [190, 104], { shiftKey: true });
    expect(reshaped()?.rotation).toBe(45);
  });

  it('are not reshaped where that is not allowed, nor when locked', () => {
    stage.show(picture({ editable: false }));
    drag([200, 200], [220, 210]);
    stage.show(picture({ locked: new Set([1]) }));
    drag([150, 150], [170, 150]);
    expect(events.reshape).not.toHaveBeenCalled();
    expect(modes()).toEqual(['pan', 'idle', 'pan', 'idle']);
  });

  it('forget a drag that is cancelled, or that the focus leaves', () => {
    press([200, 200]);
    move([230, 230]);
    expect(stage.cancel()).toBe(true);
    up([230, 230]);
    stage.show(picture());
    press([200, 200]);
    move([230, 230]);
    stage.show(picture({ focus: 2 }));
    up([230, 230]);
    expect(events.reshape).not.toHaveBeenCalled();
  });

  it('go to the edge of the image when they come near, if that is wanted', () => {
    drag([150, 150], [52.5, 150]);
    expect(reshaped()?.rect.x1).toBe(2.5);
    stage.show(picture({ snap: true }));
    drag([150, 150], [52.5, 150]);
    expect(reshaped()?.rect).toEqual(rect(0, 100, 100, 200));
    stage.show(picture({ snap: true }));
    drag([200, 200], [398, 298]);
    expect(reshaped()?.rect).toEqual(rect(100, 100, 400, 300));
  });

  it('are refused, with a word, when nothing of them is left', () => {
    drag([200, 200], [100, 150]);
    expect(events.reshape).not.toHaveBeenCalled();
    expect(events.warn).toHaveBeenCalledWith('small');
  });

  it('say where the one in focus is', async () => {
    await new Promise((done) => requestAnimationFrame(() => done(null)));
    expect(host.dataset['focus']).toBe('200.0,200.0,400.0,400.0');
    expect(stage.clearSide(rect(0, 0, 50, 50))).toBe('right');
    expect(stage.clearSide(rect(350, 0, 400, 50))).toBe('left');
  });
});

describe('picking', () => {
  it('takes what is clicked, and none for a click on nothing', () => {
    click([270, 60]);
    expect(events.pick).toHaveBeenLastCalledWith(2, false);
    click([350, 280]);
    expect(events.pick).toHaveBeenLastCalledWith(null, false);
    expect(events.reshape).not.toHaveBeenCalled();
  });

  it('adds with Shift or Ctrl, and a click on nothing then changes nothing', () => {
    click([270, 60], { shiftKey: true });
    click([270, 60], { ctrlKey: true });
    expect(events.pick.mock.calls).toEqual([
      [2, true],
      [2, true],
    ]);
    click([350, 280], { shiftKey: true });
    expect(events.pick).toHaveBeenCalledTimes(2);
  });

  it('takes all within an area drawn with Shift, wherever it begins', () => {
    drag([150, 40], [320, 140], { shiftKey: true });
    expect(events.area).toHaveBeenLastCalledWith([1, 2]);
    drag([240, 40], [320, 95], { shiftKey: true });
    expect(events.area).toHaveBeenLastCalledWith([2]);
    drag([350, 240], [380, 290], { shiftKey: true });
    expect(events.area).toHaveBeenCalledTimes(2);
    expect(modes()).toEqual(['area-select', 'idle', 'area-select', 'idle', 'area-select', 'idle']);
  });

  it('leaves locked and hidden ones alone', () => {
    stage.show(picture({ locked: new Set([2]) }));
    click([270, 60]);
    expect(events.pick).toHaveBeenLastCalledWith(null, false);
    drag([90, 40], [320, 140], { shiftKey: true });
    expect(events.area).toHaveBeenLastCalledWith([1]);
    stage.show(picture({ hidden: true }));
    drag([90, 40], [320, 140], { shiftKey: true });
    expect(events.area).toHaveBeenCalledTimes(1);
  });
});

describe('several shapes', () => {
  const both = (more = {}) => picture({ selected: new Set([1, 2]), ...more });

  it('are moved together, by whichever of them, each as far as the image goes', () => {
    stage.show(both());
    drag([150, 150], [160, 145]);
    expect(events.move).toHaveBeenLastCalledWith(
      new Map([
        [1, upright(rect(110, 95, 210, 195))],
        [2, upright(rect(260, 45, 310, 85))],
      ]),
    );
    stage.show(both());
    drag([270, 60], [260, -40]);
    expect(events.move.mock.lastCall?.[0].get(2)).toEqual(upright(rect(240, 0, 290, 40)));
    expect(events.reshape).not.toHaveBeenCalled();
  });

  it('are moved without those that are locked', () => {
    stage.show(both({ locked: new Set([2]) }));
    drag([150, 150], [160, 145]);
    expect(events.reshape).toHaveBeenLastCalledWith(1, upright(rect(110, 95, 210, 195)));
    expect(events.move).not.toHaveBeenCalled();
  });
});

describe('the view', () => {
  it('is panned on empty places, and anywhere with Alt or another button', () => {
    drag([350, 250], [325, 240]);
    drag([150, 150], [160, 150], { altKey: true });
    drag([150, 150], [160, 150], { button: 1 });
    expect(modes()).toEqual(['pan', 'idle', 'pan', 'idle', 'pan', 'idle']);
    expect(events.reshape).not.toHaveBeenCalled();
    expect(events.pick).not.toHaveBeenCalled();
  });

  it('goes where the little whole image is pressed, and picks nothing there', async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => done(null)));
    const left = async () => {
      await frame();
      return Number(host.dataset['focus']?.split(',')[0]);
    };
    stage.show(picture({ photo: [{ width: 640, height: 480, close: () => undefined }], focus: 2 }));
    for (let n = 0; n < 4; n += 1) stage.zoom(2);
    const before = await left();
    // In its right half, then at its left end.
    drag([70, 40], [72, 40]);
    expect(await left()).toBeLessThan(before - 500);
    drag([72, 40], [10, 10]);
    expect(await left()).toBeGreaterThan(before);
    expect(events.pick).not.toHaveBeenCalled();
    expect(modes()).toEqual(['pan', 'idle', 'pan', 'idle']);
  });

  it('is panned with the middle button while a shape is in the making, which is not disturbed', () => {
    arm('polygon');
    click([50, 50]);
    drag([150, 150], [160, 160], { button: 1 });
    // All lies 10 pixels further now.
    click([110, 60]);
    click([110, 110]);
    stage.finish();
    expect(points(drawn())).toEqual([
      [50, 50],
      [100, 50],
      [100, 100],
    ]);
  });
});

describe('points of a shape', () => {
  it('are dragged, inserted, and removed with Alt or by key, never the last ones', () => {
    stage.show(only(SAMPLES.polygon));
    drag([200, 110], [250, 120]);
    expect(points(reshaped())?.[1]).toEqual([250, 120]);
    expect(modes()).toEqual(['edit-vertex', 'idle']);
    stage.show(only(SAMPLES.polygon));
    drag([150, 105], [150, 60]);
    const four = reshaped();
    expect(points(four)).toEqual([
      [100, 100],
      [150, 60],
      [200, 110],
      [150, 180],
    ]);
    stage.show(only(four ?? SAMPLES.polygon));
    click([150, 60], { altKey: true });
    expect(points(reshaped())).toHaveLength(3);
    stage.show(only(SAMPLES.polygon));
    move([100, 100]);
    expect(events.over).toHaveBeenLastCalledWith('vertex');
    stage.changeVertex('outside');
    expect(events.warn).toHaveBeenCalledWith('fewest');
  });

  it('of a skeleton are marked by key', () => {
    stage.show(only(SAMPLES.skeleton));
    move([120, 100]);
    expect(events.over).toHaveBeenLastCalledWith('joint');
    stage.changeVertex('occluded');
    expect(reshaped()?.shape).toMatchObject({ joints: [{ occluded: true }, {}, {}] });
    move([130, 160]);
    stage.changeVertex('outside');
    expect(reshaped()?.shape).toMatchObject({ joints: [{}, { outside: true }, {}] });
    move([300, 250]);
    expect(events.over).toHaveBeenLastCalledWith(null);
  });

  it('warn when they are dragged across', () => {
    const square = {
      kind: 'polygon' as const,
      points: [
        [20, 20],
        [80, 20],
        [80, 80],
        [20, 80],
      ].map(([x = 0, y = 0]) => ({ x, y })),
    };
    stage.show(only({ rect: rect(20, 20, 80, 80), rotation: 0, shape: square }));
    drag([20, 20], [150, 50]);
    expect(points(reshaped())?.[0]).toEqual([150, 50]);
    expect(events.warn).toHaveBeenCalledWith('crosses');
  });
});
