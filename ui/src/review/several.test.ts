import { beforeEach, describe, expect, it } from 'vitest';

import {
  boxed,
  geometryOf,
  stands,
  type AnnotationView,
  type Geometry,
  type ImageView,
  type Label,
  type Rect,
} from '../api';
import type { MockApi } from '../api/mock';
import { bareLabel } from '../api/mock/labels';
import { quickMock, settled } from '../api/mock/testing';
import { Toasts } from '../shared/toasts.svelte';
import { Session } from './session.svelte';
import { TAG } from './shapes';

let api: MockApi;
let session: Session;
let toasts: Toasts;

/** In the list of images, at one with several boxes. */
beforeEach(async () => {
  api = quickMock('ready', 14);
  toasts = new Toasts();
  session = new Session({
    api,
    toasts,
    onoutcome: () => undefined,
    onstale: () => undefined,
    neighbour: (image, step) => Promise.resolve(api.project().images.has(image + step) ? image + step : null),
    now: () => 0,
  });
  await session.start();
  session.go('images');
  await session.open(several().image.id);
  await settled();
});

const several = (): ImageView => {
  const found = [...api.project().images.values()].find(
    (v) => v.annotations.filter(stands).length >= 4 && v.image.id < 8,
  );
  if (!found) throw new Error('no image with four boxes');
  return found;
};
const here = (): ImageView => api.project().need(session.focus?.image ?? 0);
const standing = (): AnnotationView[] => here().annotations.filter(stands);
const stored = (id: number) =>
  [...api.project().images.values()].flatMap((v) => v.annotations).find((a) => a.id === id);
const steps = () =>
  api
    .project()
    .history()
    .filter((step) => step.state === 'done').length;
/** The first `n` standing boxes, chosen; their ids. */
const choose = (n: number): number[] => {
  const ids = standing()
    .slice(0, n)
    .map((box) => box.id);
  session.pick(ids[0] ?? 0);
  ids.slice(1).forEach((id) => session.pick(id, true));
  return ids;
};

describe('choosing', () => {
  it('adds and takes away with extend, and one alone without', () => {
    const [a, b, c] = choose(3);
    expect(session.selected).toEqual(new Set([a, b, c]));
    session.pick(c ?? 0, true);
    expect(session.selected).toEqual(new Set([a, b]));
    expect(session.selected.has(session.focus?.box ?? 0)).toBe(true);
    session.pick(c ?? 0);
    expect(session.selected).toEqual(new Set([c]));
  });

  it('takes an area in addition, and all that is in sight and in reach', () => {
    const [a, b, c, d] = standing().map((box) => box.id) as [number, number, number, number];
    session.pick(a);
    session.area([b, c]);
    expect(session.selected).toEqual(new Set([a, b, c]));
    session.marks.lock([d]);
    session.marks.hide([c]);
    session.pick(a);
    session.selectAll();
    expect([...session.selected].sort()).toEqual(
      standing()
        .map((box) => box.id)
        .filter((id) => id !== c && id !== d)
        .sort(),
    );
  });

  it('is left with Escape, then the focus too, but in the queue a box stays', () => {
    choose(2);
    expect(session.unselect()).toBe(true);
    expect(session.selected.size).toBe(0);
    expect(session.unselect()).toBe(false);
    session.go('queue');
    expect(session.box).not.toBeNull();
    expect(session.unselect()).toBe(false);
    expect(session.box).not.toBeNull();
  });

  it('ends where the person goes on', () => {
    choose(3);
    session.next(1);
    expect(session.selected.size).toBe(1);
  });
});

describe('decisions over several shapes', () => {
  it.each([
    ['accept', (s: Session) => s.accept(), 'accepted'],
    ['reject', (s: Session) => s.reject(), 'rejected'],
    ['relabel', (s: Session) => s.relabel(7), 'fixed'],
  ] as const)('%s all as one step that one undo takes back', async (_name, decide, state) => {
    const ids = choose(3);
    const before = ids.map((id) => stored(id)?.state);
    const count = steps();
    decide(session);
    expect(ids.map((id) => session.desk.box(here().image.id, id)?.state)).toEqual([state, state, state]);
    await settled();
    expect(ids.map((id) => stored(id)?.state)).toEqual([state, state, state]);
    expect(steps()).toBe(count + 1);
    session.undo();
    await settled();
    expect(ids.map((id) => stored(id)?.state)).toEqual(before);
  });

  it('fixes all by keys as one step', async () => {
    const ids = choose(2);
    const before = ids.map((id) => stored(id)?.rect.x1 ?? 0);
    const count = steps();
    session.startFix();
    session.nudge(1, 0);
    session.nudge(1, 0);
    expect([...(session.fixing?.keys() ?? [])].sort()).toEqual([...ids].sort());
    session.commitFix();
    await settled();
    const after = ids.map((id) => stored(id)?.rect.x1 ?? 0);
    after.forEach((x, n) => expect(x - (before[n] ?? 0)).toBeCloseTo(2, 1));
    expect(steps()).toBe(count + 1);
  });

  it('groups, ungroups, and puts in front and behind', async () => {
    const ids = choose(3);
    session.group();
    await settled();
    const groups = new Set(ids.map((id) => stored(id)?.group));
    expect(groups.size).toBe(1);
    expect([...groups][0]).toBeGreaterThan(0);
    session.describe({ group: 0 });
    await settled();
    expect(ids.map((id) => stored(id)?.group)).toEqual([0, 0, 0]);
    session.stack(1);
    await settled();
    const rest = standing().filter((box) => !ids.includes(box.id));
    expect(ids.map((id) => stored(id)?.z_order)).toEqual([1, 1, 1]);
    const count = steps();
    session.stack(1);
    await settled();
    expect(steps()).toBe(count);
    session.stack(-1);
    await settled();
    const highest = Math.max(...ids.map((id) => stored(id)?.z_order ?? 0));
    expect(highest).toBeLessThan(Math.min(...rest.map((box) => box.z_order)));
  });

  it('describes only what is not so already', async () => {
    const ids = choose(2);
    session.describe({ occluded: true });
    await settled();
    expect(ids.map((id) => stored(id)?.occluded)).toEqual([true, true]);
    const count = steps();
    session.describe({ occluded: true });
    await settled();
    expect(steps()).toBe(count);
  });

  it('leaves locked ones as they are', async () => {
    const ids = choose(3);
    session.marks.lock([ids[1] ?? 0]);
    const before = stored(ids[1] ?? 0);
    session.reject();
    await settled();
    expect(stored(ids[0] ?? 0)?.state).toBe('rejected');
    expect(stored(ids[1] ?? 0)).toEqual(before);
    session.pick(ids[1] ?? 0);
    expect(session.chosen).toEqual([]);
    session.accept();
    session.reshape(ids[1] ?? 0, boxed({ x1: 0, y1: 0, x2: 9, y2: 9 }));
    await settled();
    expect(stored(ids[1] ?? 0)).toEqual(before);
  });

  it('refused as a whole where one was changed elsewhere', async () => {
    const ids = choose(3);
    const view = here();
    const annotations = view.annotations.map((a) => (a.id === ids[2] ? { ...a, revision: 40 } : a));
    api.project().put({ ...view, annotations });
    session.accept();
    await settled(12);
    expect(ids.map((id) => stored(id)?.state)).toEqual(
      view.annotations.filter((a) => ids.includes(a.id)).map((a) => a.state),
    );
    expect(toasts.list.at(-1)?.text).toContain('changed elsewhere');
    expect(session.desk.box(view.image.id, ids[2] ?? 0)?.revision).toBe(40);
  });

  it('kept where the disk is full, and saved on retry', async () => {
    const ids = choose(3);
    api.failNext('disk_full', 'The disk is full');
    session.accept();
    await settled();
    expect(session.failure?.entries).toHaveLength(1);
    session.retry();
    await settled();
    expect(ids.map((id) => stored(id)?.state)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(session.failure).toBeNull();
  });
});

describe('hiding', () => {
  it('hides what is chosen, and shows it again when it is gone to', () => {
    const [a, b] = choose(2) as [number, number];
    session.marks.hide([a, b]);
    expect(session.marks.hidden).toEqual(new Set([a, b]));
    session.pick(a);
    expect(session.marks.hidden).toEqual(new Set([b]));
  });

  it('hides the others and shows all again', () => {
    const [a] = choose(1) as [number];
    session.hideOthers();
    expect(session.marks.hidden.has(a)).toBe(false);
    expect(session.marks.hidden.size).toBe(here().annotations.length - 1);
    session.hideOthers();
    expect(session.marks.hidden.size).toBe(0);
  });
});

describe('copying', () => {
  const manual = (view: ImageView) => view.annotations.filter((a) => a.origin === 'manual');
  /** The same edges to hundredths of a pixel, as shapes are kept. */
  const near = (rect: Rect | undefined) =>
    rect && Object.fromEntries(Object.entries(rect).map(([edge, at]) => [edge, expect.closeTo(at, 2)]));

  it('pastes beside on the same image, each time further, all that is said of it kept', async () => {
    const [a] = choose(1);
    session.describe({ occluded: true, z_order: 3 });
    await settled();
    const original = stored(a ?? 0);
    session.copy();
    session.paste();
    session.paste();
    await settled(12);
    const pasted = manual(here());
    expect(pasted.map((p) => [p.label, p.occluded, p.z_order])).toEqual(Array(2).fill([original?.label, true, 3]));
    expect(new Set(pasted.map((p) => p.rect.x1)).size).toBe(2);
    // What was pasted last is chosen, by the name that the engine gave it.
    expect(session.focus?.box).toBe(pasted.at(-1)?.id);
  });

  it('pastes at the same place on another image', async () => {
    const ids = choose(2);
    const rects = ids.map((id) => near(stored(id)?.rect));
    session.copy();
    await session.turn(1);
    await settled();
    const count = steps();
    session.paste();
    await settled();
    expect(manual(here()).map(({ rect }) => rect)).toEqual(rects);
    expect(steps()).toBe(count + 1);
  });

  it('cuts: gone here, and back at the same place', async () => {
    const [a] = choose(1);
    const rect = near(stored(a ?? 0)?.rect);
    session.cut();
    await settled();
    expect(stored(a ?? 0)?.state).toBe('rejected');
    session.paste();
    await settled();
    expect(manual(here()).map((p) => p.rect)).toEqual([rect]);
  });

  it('duplicates without touching what was copied', async () => {
    const [a, b] = standing().map((box) => box.id) as [number, number];
    session.pick(a);
    session.copy();
    session.pick(b);
    session.duplicate();
    await settled();
    session.paste();
    await settled();
    expect(manual(here()).map((p) => p.label)).toEqual([stored(b)?.label, stored(a)?.label]);
  });

  it('gives pasted groups a number of their own', async () => {
    const ids = choose(2);
    session.group();
    await settled();
    session.duplicate();
    await settled();
    const [one, two] = manual(here());
    expect(one?.group).toBe(two?.group);
    expect(one?.group).not.toBe(stored(ids[0] ?? 0)?.group);
    expect(one?.group).toBeGreaterThan(0);
  });

  it('copies to the next images as one step, says so and offers to undo just that', async () => {
    const image = here().image.id;
    choose(2);
    await session.propagate(3);
    await settled();
    const counts = [1, 2, 3, 4].map((n) => manual(api.project().need(image + n)).length);
    expect(counts).toEqual([2, 2, 2, 0]);
    const told = toasts.list.at(-1);
    expect(told?.text).toBe('6 shapes copied to 3 images');
    expect(session.focus?.image).toBe(image);
    told?.action?.run();
    await settled();
    expect([1, 2, 3].map((n) => manual(api.project().need(image + n)).length)).toEqual([0, 0, 0]);
  });

  it('takes the offer back once something else was done', async () => {
    choose(1);
    await session.propagate(1);
    await settled();
    expect(toasts.list.some((toast) => toast.action)).toBe(true);
    session.accept();
    expect(toasts.list.some((toast) => toast.action)).toBe(false);
  });

  it('says when there is no next image, and which shapes have no place', async () => {
    const last = Math.max(...api.project().images.keys());
    await session.open(last);
    await settled();
    choose(1);
    await session.propagate(2);
    expect(toasts.list.at(-1)?.text).toBe('This is the last image of the list');

    await session.open(several().image.id);
    await settled();
    const size = here().image;
    session.drawn(
      boxed({ x1: (size.width ?? 0) - 20, y1: (size.height ?? 0) - 20, x2: size.width ?? 0, y2: size.height ?? 0 }),
    );
    session.draw(2);
    await settled();
    session.copy();
    const next = api.project().need(here().image.id + 1);
    api.project().put({ ...next, image: { ...next.image, width: 100, height: 100 } });
    session.desk.keepOnly(new Set());
    await session.turn(1);
    await settled();
    session.paste();
    expect(toasts.list.at(-1)?.text).toContain('1 shape has no place');
  });
});

describe('shapes of every kind', () => {
  const shapes: Geometry[] = [
    { rect: { x1: 40, y1: 40, x2: 90, y2: 80 }, rotation: 30, shape: { kind: 'box' } },
    { rect: { x1: 40, y1: 40, x2: 90, y2: 80 }, rotation: 0, shape: { kind: 'ellipse' } },
    {
      rect: { x1: 40, y1: 40, x2: 90, y2: 80 },
      rotation: 0,
      shape: {
        kind: 'polygon',
        points: [
          { x: 40, y: 40 },
          { x: 90, y: 60 },
          { x: 50, y: 80 },
        ],
      },
    },
    {
      rect: { x1: 40, y1: 40, x2: 90, y2: 80 },
      rotation: 0,
      shape: {
        kind: 'polyline',
        points: [
          { x: 40, y: 40 },
          { x: 90, y: 80 },
        ],
      },
    },
    { rect: { x1: 40, y1: 40, x2: 40, y2: 40 }, rotation: 0, shape: { kind: 'points', points: [{ x: 40, y: 40 }] } },
    { rect: { x1: 40, y1: 40, x2: 42, y2: 41 }, rotation: 0, shape: { kind: 'mask', runs: [0, 2] } },
    {
      rect: { x1: 40, y1: 40, x2: 90, y2: 80 },
      rotation: 0,
      shape: {
        kind: 'skeleton',
        joints: [
          { name: 'a', x: 40, y: 40, occluded: false, outside: false },
          { name: 'b', x: 90, y: 80, occluded: true, outside: false },
        ],
      },
    },
  ];

  it.each(shapes.map((geometry) => [geometry.shape.kind, geometry] as const))(
    '%s: drawn, moved, duplicated, undone',
    async (_kind, geometry) => {
      session.drawn(geometry);
      expect(session.asking).toBe(true);
      session.draw(3);
      await settled();
      const drawn = session.box as AnnotationView;
      expect(geometryOf(drawn)).toEqual(geometry);
      session.startFix();
      session.nudge(2, 3);
      session.commitFix();
      await settled();
      const { rect, shape } = stored(drawn.id) as AnnotationView;
      expect(rect).toEqual({
        x1: geometry.rect.x1 + 2,
        y1: geometry.rect.y1 + 3,
        x2: geometry.rect.x2 + 2,
        y2: geometry.rect.y2 + 3,
      });
      if ('points' in shape && 'points' in geometry.shape) expect(shape.points[0]).toEqual({ x: 42, y: 43 });
      session.duplicate();
      await settled();
      expect(
        here().annotations.filter((a) => a.shape.kind === geometry.shape.kind && a.origin === 'manual'),
      ).toHaveLength(2);
      session.undo();
      session.undo();
      session.undo();
      await settled(20);
      expect(here().annotations.some((a) => a.origin === 'manual')).toBe(false);
    },
  );

  it('turns a box by keys, full circle', async () => {
    session.drawn(shapes[0] as Geometry);
    session.draw(3);
    await settled();
    session.startFix();
    for (let n = 0; n < 23; n += 1) session.rotate(15);
    session.commitFix();
    await settled();
    expect(session.box?.rotation).toBe(15);
  });

  it('remembers the label of each kind of shape', async () => {
    session.drawn(shapes[2] as Geometry);
    session.draw(5);
    session.drawn(boxed({ x1: 0, y1: 0, x2: 9, y2: 9 }));
    session.draw(6);
    await settled();
    expect([...session.usage.last]).toEqual([
      ['polygon', 5],
      ['box', 6],
    ]);
  });

  it('draws a skeleton with the label it is of, without asking', async () => {
    const label: Label = { ...bareLabel(9, 'person'), shape: 'skeleton' };
    session.template = label;
    session.drawn(shapes[6] as Geometry);
    expect(session.asking).toBe(false);
    await settled();
    expect(session.box?.label).toBe(9);
  });

  it('tags an image once with a label, and takes the tag away', async () => {
    const tags = () => here().annotations.filter((a) => a.shape.kind === 'tag');
    session.drawn(TAG);
    session.draw(4);
    await settled();
    session.drawn(TAG);
    session.draw(4);
    await settled();
    expect(tags().map((tag) => tag.label)).toEqual([4]);
    session.rejectOne(tags()[0] as AnnotationView);
    await settled();
    expect(tags()).toEqual([]);
  });
});
