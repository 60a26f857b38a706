// What must lose nothing, whatever a person or the disk does: labels deleted in use, files that vanish, mad typing, odd shapes.

import { fireEvent, screen } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ApiError, stands, type AnnotationView, type Geometry } from './api';
import type { MockApi } from './api/mock';
import { random } from './api/mock/random';
import { settled } from './api/mock/testing';
import type { App } from './app.svelte';
import { frameOf } from './gallery/frame';
import { language } from './shared/i18n/index.svelte';
import { key, openApp, type } from './testing';

let app: App;
let api: MockApi;

beforeEach(async () => {
  app = await openApp();
  api = app.api as MockApi;
});
afterEach(() => language.choose('en'));

const all = (): AnnotationView[] => [...api.project().images.values()].flatMap((view) => view.annotations);
const stored = (id: number) => all().find((box) => box.id === id);
const focused = () => app.session.box?.id ?? 0;
const toasts = () => screen.getByTestId('toasts').textContent;
const click = async (testid: string) => {
  await fireEvent.click(screen.getByTestId(testid));
  await settled(12);
};
/** What the project holds, revisions aside: they only ever grow. */
const held = () => all().map(({ id, label, state, rect, shape }) => ({ id, label, state, rect, shape }));
/** Somebody else deletes a label. */
const archive = (id: number | undefined) => {
  api.project().labels = api.project().labels.map((label) => (label.id === id ? { ...label, archived: true } : label));
};

describe('a label that is deleted while in use', () => {
  it('in the label editor: its boxes get the other one, the box in focus with them, and one goes on', async () => {
    const box = focused();
    const from = app.session.box?.label ?? 0;
    const into = api.project().labels.find((label) => label.id !== from && label.name === 'zebra')?.id ?? 0;
    const many = all().filter((one) => one.label === from).length;
    await app.deleteLabel(from, into);
    await settled(12);
    expect(focused()).toBe(box);
    expect(screen.getByTestId('box-label').textContent).toBe('zebra');
    expect(all().filter((one) => one.label === into)).toHaveLength(many);
    await key('a');
    expect(stored(box)).toMatchObject({ state: 'accepted', label: into });
  });

  it('elsewhere, just before a box is given it: refused with the way out, and the box as it was', async () => {
    const box = focused();
    const before = stored(box);
    const second = screen.getAllByTestId('suggestion')[1]?.textContent ?? '';
    const { labels } = api.project();
    archive(labels.find((label) => second.includes(label.name))?.id);
    api.reviewAct = () =>
      Promise.reject(new ApiError({ code: 'stale', message: 'The label "cat" was deleted; choose another one' }));
    await key('2');
    expect(toasts()).toContain('The label "cat" was deleted; choose another one');
    expect(stored(box)).toEqual(before);
    expect(app.session.desk.pending).toEqual([]);
  });

  it('in the gallery: goes on with another, and marks nothing by mistake', async () => {
    await key('p');
    await click('gallery-label-dog');
    const { id } = api.project().labels.find((label) => label.name === 'dog') ?? { id: 0 };
    const into = api.project().labels.find((label) => label.name === 'person')?.id ?? 0;
    await key('x');
    await app.deleteLabel(id, into);
    await settled(20);
    expect(app.gallery.filter.labels).not.toEqual([id]);
    expect(screen.getAllByTestId('gallery-crop').length).toBeGreaterThan(3);
    expect(all().some((box) => box.label === id)).toBe(false);
    const rejected = all().filter((box) => box.state === 'rejected').length;
    expect(rejected).toBe(0);
  });
});

describe('a file that vanishes', () => {
  it('an image while it is shown: said once, and the queue goes on', async () => {
    const { imageView } = api;
    const image = app.session.focus?.image ?? 0;
    const gone = new ApiError({ code: 'not_found', message: `There is no image ${image} in this project` });
    api.imageView = (id) => (id === image ? Promise.reject(gone) : imageView(id));
    api.failNext('not_found', gone.message);
    const box = focused();
    await key('a');
    expect(toasts()).toContain(gone.message);
    expect(stored(box)?.state).toBe('pending');
    await key('Tab');
    const next = focused();
    expect(next).not.toBe(box);
    if (stored(next)?.image !== image) {
      await key('a');
      expect(stored(next)?.state).toBe('accepted');
    }
  });

  it('the project while a page of the gallery is decided: the marks stay, and trying again saves it', async () => {
    await key('p');
    const [first, second] = [app.gallery.box(0)?.id ?? 0, app.gallery.box(1)?.id ?? 0];
    await key('x');
    api.failNext('bad_project', '/p.relook is no longer there: it was moved, deleted or replaced while it was open');
    await key('Enter');
    expect(toasts()).toContain('/p.relook is no longer there');
    expect([stored(first)?.state, stored(second)?.state]).toEqual(['pending', 'pending']);
    expect(app.gallery.marked.get(first)).toBe('wrong');
    await click('retry');
    expect([stored(first)?.state, stored(second)?.state]).toEqual(['rejected', 'accepted']);
  });

  it('the project while a label is edited: the reason is told in the language shown, and what was typed stays', async () => {
    language.choose('id');
    const gone =
      '/p.relook is no longer there: it was moved, deleted or replaced while it was open. Nothing was saved just now; put it back or open the project again';
    api.labelSave = () => Promise.reject(new ApiError({ code: 'bad_project', message: gone }));
    await key('Ctrl+l');
    await click('label-car');
    await fireEvent.input(screen.getByTestId('label-form-name'), { target: { value: 'motor car' } });
    await click('label-save');
    expect(screen.getByTestId('labels').textContent).toContain('/p.relook sudah tidak ada');
    expect(screen.getByTestId<HTMLInputElement>('label-form-name').value).toBe('motor car');
  });
});

describe('keys without sense', () => {
  const KEYS = ['a', 'x', '1', '2', '3', 'Tab', 'u', 'Enter', ' ', 'e', 'ArrowLeft', 'Escape', 'p', 'q', 'i', 'd', '[', ']', 'n', 'z', 'l'];
  const CODES: Record<string, string> = { ' ': 'Space', '[': 'BracketLeft', ']': 'BracketRight' };

  it('hundreds of them: what is shown is what is saved, and undoing leads back to the beginning', async () => {
    const before = held();
    const next = random(3);
    for (let n = 0; n < 250; n += 1) {
      const name = KEYS[Math.floor(next() * KEYS.length)] ?? '';
      const init = { key: name, code: CODES[name] ?? (/^[a-z]$/.test(name) ? `Key${name.toUpperCase()}` : name) };
      void fireEvent.keyDown(document.activeElement ?? document.body, { ...init, ctrlKey: name === 'z' });
      flushSync();
      // The engine answers now and then, not after every key.
      if (n % 40 === 39) await settled(4);
    }
    while (app.session.busy) await settled(4);
    expect(app.session.failure).toBeNull();
    for (const view of api.project().images.values()) {
      const shown = app.session.desk.shown.get(view.image.id);
      if (shown) expect(shown.annotations.map(({ id, state, label }) => [id, state, label])).toEqual(
        view.annotations.map(({ id, state, label }) => [id, state, label]),
      );
    }
    expect(held()).not.toEqual(before);
    await app.goInHistory(null);
    expect(held()).toEqual(before);
  }, 120_000);
});

it('a label that the gallery asked for keeps no key back once one has gone elsewhere', async () => {
  await key('p');
  await key('l');
  expect(screen.getByTestId('label-input')).toBeTruthy();
  await click('tab-queue');
  expect(screen.queryByTestId('label-input')).toBeNull();
  const box = focused();
  await key('a');
  expect(stored(box)?.state).toBe('accepted');
});

describe('a shape of hardly anything', () => {
  const draw = async (geometry: Geometry) => {
    app.session.drawn(geometry);
    await settled();
  };
  const rect = (x1: number, y1: number, x2: number, y2: number) => ({ x1, y1, x2, y2 });
  const newest = () => all().reduce((last, box) => (box.id > last.id ? box : last));
  const label = async () => {
    await type('person');
    await key('Enter');
    await settled(12);
  };

  it.each<[string, Geometry]>([
    ['a box without width', { rect: rect(40, 40, 40, 90), rotation: 0, shape: { kind: 'box' } }],
    ['a box without anything', { rect: rect(40, 40, 40, 40), rotation: 0, shape: { kind: 'box' } }],
    ['a box outside the image', { rect: rect(-90, -90, -10, -10), rotation: 0, shape: { kind: 'box' } }],
    ['a box of no numbers', { rect: rect(NaN, 0, 50, 50), rotation: 0, shape: { kind: 'box' } }],
  ])('%s is no shape: nothing is asked, nothing saved', async (_, geometry) => {
    const before = held();
    await draw(geometry);
    expect(screen.queryByTestId('label-input')).toBeNull();
    expect(held()).toEqual(before);
  });

  it('a box dragged out of the image keeps what is inside', async () => {
    await draw({ rect: rect(-50, -50, 30, 20), rotation: 0, shape: { kind: 'box' } });
    await label();
    expect(newest()).toMatchObject({ origin: 'manual', rect: rect(0, 0, 30, 20) });
  });

  it('a polygon that crosses itself is kept as it was drawn', async () => {
    const points = [
      { x: 10, y: 10 },
      { x: 90, y: 90 },
      { x: 90, y: 10 },
      { x: 10, y: 90 },
    ];
    await draw({ rect: rect(10, 10, 90, 90), rotation: 0, shape: { kind: 'polygon', points } });
    await label();
    expect(newest().shape).toEqual({ kind: 'polygon', points });
    expect(stands(newest())).toBe(true);
  });

  it('a mask of one pixel is kept, and its crop has a frame', async () => {
    await draw({ rect: rect(20, 20, 21, 21), rotation: 0, shape: { kind: 'mask', runs: [0, 1] } });
    await label();
    const mask = newest();
    expect(mask).toMatchObject({ rect: rect(20, 20, 21, 21), shape: { kind: 'mask', runs: [0, 1] } });
    const frame = frameOf(mask, { width: 640, height: 480 });
    expect(Object.values(frame ?? {}).every((share) => share > 0 && share < 1)).toBe(true);
    await key('Ctrl+z');
    expect(stored(mask.id)).toBeUndefined();
  });
});
