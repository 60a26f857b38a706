import { describe, expect, it } from 'vitest';

import { upright, type Geometry } from './geometry';
import {
  arm,
  click,
  drag,
  drawn,
  events,
  modes,
  move,
  only,
  picture,
  points,
  press,
  rect,
  stage,
  type At,
} from './hand';
import { SAMPLES } from './samples';

describe('drawing', () => {
  it.each(['box', 'ellipse'] as const)('a %s by a drag, cut to the image', (tool) => {
    arm(tool);
    drag([300, 250], [450, 290]);
    expect(drawn()).toEqual(upright(rect(300, 250, 400, 290), tool));
    expect(modes()).toEqual(['aim', 'draw-drag', 'idle']);
  });

  it('a box by two clicks', () => {
    arm('box');
    click([150, 150]);
    expect(events.draw).not.toHaveBeenCalled();
    expect(modes().at(-1)).toBe('draw-drag');
    click([180, 190]);
    expect(drawn()).toEqual(upright(rect(150, 150, 180, 190)));
  });

  it('aims again after two clicks on one place: a box without sides is none', () => {
    arm('box');
    click([150, 150]);
    click([150, 150]);
    expect(events.draw).not.toHaveBeenCalled();
    expect(modes().at(-1)).toBe('aim');
    expect(stage.cancel()).toBe(true);
    expect(modes().at(-1)).toBe('idle');
    expect(stage.cancel()).toBe(false);
  });

  it('is over when something else comes of the first click; a drag draws nevertheless', () => {
    events.take.mockReturnValue(true);
    arm('box');
    move([150, 150]);
    expect(events.aim).toHaveBeenLastCalledWith({ x: 150, y: 150 });
    click([150, 150]);
    expect(modes().at(-1)).toBe('idle');
    expect(events.aim).toHaveBeenLastCalledWith(null);
    arm('box');
    drag([150, 150], [180, 190]);
    expect(drawn()).toEqual(upright(rect(150, 150, 180, 190)));
    expect(events.take).toHaveBeenCalledTimes(1);
  });

  it('a skeleton as its label has it', () => {
    arm('skeleton');
    drag([20, 20], [60, 100]);
    expect(points(drawn())).toEqual([
      [40, 20],
      [40, 100],
    ]);
  });

  it('a cuboid: its front by a drag, its depth by a click', () => {
    arm('cuboid');
    drag([20, 120], [120, 200]);
    expect(modes().at(-1)).toBe('draw-depth');
    move([150, 170]);
    click([150, 180]);
    expect(points(drawn())?.slice(4)).toEqual([
      [50, 100],
      [50, 180],
      [150, 100],
      [150, 180],
    ]);
    expect(modes()).toEqual(['aim', 'draw-drag', 'draw-depth', 'idle']);
  });

  it('a cuboid whose depth is left open gets one', () => {
    arm('cuboid');
    drag([20, 120], [120, 200]);
    stage.finish();
    expect(points(drawn())?.[4]).toEqual([45, 100]);
  });

  const corners: At[] = [
    [20, 20],
    [80, 20],
    [80, 90],
  ];

  it.each([
    ['Enter', () => stage.finish()],
    ['the right button', () => press([30, 80], { button: 2 })],
    ['a click on the first', () => click([22, 19])],
    [
      'a double click',
      () => {
        click([80, 90]);
      },
    ],
  ])('a polygon click by click, ended by %s', (_, end) => {
    arm('polygon');
    corners.forEach((at) => click(at));
    end();
    expect(points(drawn())).toEqual(corners.map((at) => [...at]));
    expect(modes()).toEqual(['aim', 'draw-points', 'idle']);
  });

  it('a polyline and points with no more of them than they need', () => {
    arm('polyline');
    click([20, 20]);
    stage.finish();
    expect(events.draw).not.toHaveBeenCalled();
    click([80, 20]);
    stage.finish();
    expect(drawn()?.shape).toMatchObject({ kind: 'polyline' });
    arm('points');
    click([20, 20]);
    stage.finish();
    expect(drawn()).toMatchObject({ rect: rect(20, 20, 20, 20), shape: { kind: 'points' } });
  });

  it('takes points back one by one, and aims again when none is left', () => {
    arm('polygon');
    corners.forEach((at) => click(at));
    stage.back();
    click([90, 95]);
    stage.finish();
    expect(points(drawn())?.at(-1)).toEqual([90, 95]);
    arm('polygon');
    click([20, 20]);
    stage.back();
    expect(modes().at(-1)).toBe('aim');
  });

  it('sets points on its way with Shift', () => {
    arm('polyline');
    click([20, 20]);
    for (let x = 21; x <= 60; x += 1) move([x, 20], { shiftKey: true });
    stage.finish();
    expect(points(drawn())?.length).toBe(9);
  });

  it('keeps an outline that crosses itself, and says so', () => {
    arm('polygon');
    (
      [
        [20, 20],
        [80, 80],
        [80, 20],
        [20, 80],
      ] as const
    ).forEach((at) => click(at));
    stage.finish();
    expect(points(drawn())).toHaveLength(4);
    expect(events.warn).toHaveBeenCalledWith('crosses');
  });

  it('leaves nothing behind when it is cancelled, or the image goes', () => {
    arm('polygon');
    corners.forEach((at) => click(at));
    expect(stage.cancel()).toBe(true);
    arm('polygon');
    corners.forEach((at) => click(at));
    stage.show(picture({ key: 2, tool: 'polygon' }));
    stage.finish();
    expect(events.draw).not.toHaveBeenCalled();
    expect(modes().at(-1)).toBe('idle');
  });

  it('goes over to another tool, what is whole already is kept', () => {
    arm('polygon');
    stage.show(picture({ tool: 'mask' }));
    expect(modes().at(-1)).toBe('brush');
    stage.show(picture({ tool: 'polygon' }));
    expect(modes().at(-1)).toBe('aim');
    corners.forEach((at) => click(at));
    stage.arm();
    expect(points(drawn())).toHaveLength(3);
  });

  it.each(['box', 'ellipse', 'polygon', 'polyline', 'points', 'mask', 'cuboid', 'skeleton'] as const)(
    'has a %s for the keyboard, in the middle',
    (tool) => {
      stage.show(picture({ tool }));
      const made = stage.middle();
      expect(made?.shape.kind).toBe(tool);
      expect(((made?.rect.x1 ?? 0) + (made?.rect.x2 ?? 0)) / 2).toBeCloseTo(200, 0);
    },
  );
});

describe('painting a mask', () => {
  const pixels = (geometry: Geometry | undefined) =>
    geometry?.shape.kind === 'mask' ? geometry.shape.runs.reduce((sum, run, n) => sum + (n % 2 ? run : 0), 0) : 0;

  it('begins at once, paints, erases, and hands out what is on', () => {
    arm('mask');
    expect(modes()).toEqual(['brush']);
    drag([100, 100], [140, 100]);
    const before = modes().length;
    stage.paintWith('erase');
    drag([120, 80], [120, 120]);
    stage.finish();
    expect(modes().slice(before)).toEqual(['erase', 'idle']);
    // A stroke of 24 across with round ends, a stroke of 24 taken out of its middle.
    expect(drawn()?.rect).toEqual(rect(88, 88, 152, 112));
    expect(pixels(drawn())).toBeGreaterThan(700);
    expect(pixels(drawn())).toBeLessThan(1000);
  });

  it('of one pixel with the smallest brush', () => {
    arm('mask');
    for (let n = 0; n < 40; n += 1) stage.resizeBrush(-1);
    click([30.5, 40.5]);
    stage.finish();
    expect(drawn()).toEqual({ rect: rect(30, 40, 31, 41), rotation: 0, shape: { kind: 'mask', runs: [0, 1] } });
  });

  it('fills an outline when it is closed, and holes', () => {
    arm('mask');
    stage.paintWith('outline');
    (
      [
        [10, 10],
        [60, 10],
        [60, 40],
        [10, 40],
        [10, 11],
      ] as const
    ).forEach((at) => click(at));
    stage.paintWith('erase');
    click([35, 25]);
    const holed = 50 * 30;
    stage.fillHoles();
    stage.finish();
    expect(pixels(drawn())).toBe(holed);
  });

  it('takes strokes back', () => {
    arm('mask');
    click([50, 50]);
    click([150, 50]);
    stage.back();
    stage.finish();
    expect(drawn()?.rect).toEqual(rect(38, 38, 62, 62));
  });

  it('is told when nothing is painted, and gives nothing out', () => {
    arm('mask');
    stage.finish();
    expect(events.warn).toHaveBeenCalledWith('empty');
    expect(events.draw).not.toHaveBeenCalled();
  });

  it('goes on with a mask that is there', () => {
    const mask: Geometry = { rect: rect(50, 50, 60, 60), rotation: 0, shape: { kind: 'mask', runs: [0, 100] } };
    stage.show(only(mask));
    expect(stage.paintAgain()).toBe(true);
    click([80, 55]);
    stage.finish();
    expect(events.reshape).toHaveBeenCalledWith(1, expect.objectContaining({ rect: rect(50, 43, 92, 67) }));
    expect(events.draw).not.toHaveBeenCalled();
  });

  it('leaves a mask as it was when all of it is erased, or the painting is left', () => {
    const mask: Geometry = { rect: rect(50, 50, 60, 60), rotation: 0, shape: { kind: 'mask', runs: [0, 100] } };
    stage.show(only(mask));
    stage.paintAgain();
    stage.paintWith('erase');
    drag([40, 55], [70, 55]);
    stage.finish();
    expect(events.warn).toHaveBeenCalledWith('empty');
    stage.paintAgain();
    click([80, 55]);
    stage.cancel();
    expect(events.reshape).not.toHaveBeenCalled();
    stage.show(only(SAMPLES.box));
    expect(stage.paintAgain()).toBe(false);
  });
});
