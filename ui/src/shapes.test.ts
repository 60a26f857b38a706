import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { stands, type AnnotationView, type Label } from './api';
import type { MockApi, MockStart } from './api/mock';
import { settled } from './api/mock/testing';
import type { App } from './app.svelte';
import { language } from './shared/i18n/index.svelte';
import { key, openApp, type } from './testing';

// Shapes in the window, by keys: choosing several, copying, details, tags, tools, what goes wrong.

let app: App;
let api: MockApi;

/** In the list of images, at one with at least four boxes, the first in focus. */
async function open(start: MockStart = 'ready'): Promise<void> {
  app = await openApp(start);
  api = app.api as MockApi;
  await key('i');
  const image = [...api.project().images.values()].find((v) => v.annotations.filter(stands).length >= 4)?.image.id;
  await app.session.open(image ?? 0);
  await settled();
}

afterEach(() => language.choose('en'));

const here = () => api.project().need(app.session.focus?.image ?? 0);
const stored = (id: number): AnnotationView | undefined =>
  [...api.project().images.values()].flatMap((v) => v.annotations).find((a) => a.id === id);
const focused = () => app.session.box?.id ?? 0;
const standing = () => here().annotations.filter(stands);
const manual = () => here().annotations.filter((a) => a.origin === 'manual');
const toasts = () => screen.getByTestId('toasts').textContent;
async function change(testid: string, value: string): Promise<void> {
  await fireEvent.change(screen.getByTestId(testid), { target: { value } });
  await settled();
}
/** Gives the box in focus a label with these attributes, without a decision. */
async function withLabel(label: Partial<Label>): Promise<void> {
  const id = app.session.box?.label ?? 0;
  const labels = api.project().labels;
  api.project().labels = labels.map((l) => (l.id === id ? { ...l, ...label } : l));
  await app.project.load();
  await settled();
}

describe('several shapes', () => {
  beforeEach(() => open());

  it('are chosen with Ctrl+A and decided together, one undo for all', async () => {
    await key('Ctrl+a');
    const ids = [...app.session.selected];
    expect(ids).toHaveLength(standing().length);
    expect(screen.getByTestId('standing').textContent).toBe(`${ids.length} shapes selected`);
    expect(screen.getByTestId('do-accept').textContent).toContain(`Accept ${ids.length}`);
    await key('a');
    expect(ids.map((id) => stored(id)?.state)).toEqual(ids.map(() => 'accepted'));
    await key('Ctrl+z');
    expect(ids.some((id) => stored(id)?.state === 'pending')).toBe(true);
  });

  it('are left with Escape', async () => {
    await key('Ctrl+a');
    await key('Escape');
    expect(app.session.selected.size).toBe(0);
  });

  it('are grouped, put in front, locked and hidden', async () => {
    await key('Ctrl+a');
    const ids = [...app.session.selected];
    await key('g');
    expect(new Set(ids.map((id) => stored(id)?.group))).toEqual(new Set([1]));
    await key('Shift+g');
    expect(new Set(ids.map((id) => stored(id)?.group))).toEqual(new Set([0]));
    await key('Escape');
    await key('Tab');
    await key('Ctrl+]');
    expect(stored(focused())?.z_order).toBe(1);
    await key('Ctrl+[');
    expect(stored(focused())?.z_order).toBe(-1);

    const box = focused();
    await key('Shift+l');
    await key('x');
    await key('e');
    expect(app.session.fixing).toBeNull();
    expect(stored(box)?.state).not.toBe('rejected');
    await key('Shift+l');
    await key('Shift+h');
    expect(app.session.marks.hidden).toEqual(new Set([box]));
  });

  it('are listed, and walked through with arrows', async () => {
    app.session.pick(Math.min(...standing().map((a) => a.id)));
    await key('Shift+s');
    await new Promise((done) => requestAnimationFrame(done));
    const rows = () => screen.getAllByTestId('object');
    expect(rows()[0]?.closest('[role=listitem]')?.getAttribute('aria-setsize')).toBe(String(standing().length));
    expect(document.activeElement).toBe(rows().find((row) => row.getAttribute('aria-current') === 'true'));
    const before = focused();
    await key(rows()[0] === document.activeElement ? 'ArrowDown' : 'ArrowUp');
    expect(focused()).not.toBe(before);
    expect(document.activeElement?.getAttribute('data-id')).toBe(String(focused()));
    await key(rows()[0] === document.activeElement ? 'Shift+ArrowDown' : 'Shift+ArrowUp');
    expect(app.session.selected.size).toBe(2);
    await fireEvent.click(screen.getAllByTestId('object-lock')[0] as HTMLElement);
    expect(app.session.marks.locked.size).toBe(1);
  });
});

describe('copies', () => {
  beforeEach(() => open());

  it('are pasted on the same and on the next image', async () => {
    const original = stored(focused());
    await key('Ctrl+c');
    await key('Ctrl+v');
    expect(manual().map((a) => a.label)).toEqual([original?.label]);
    await key(']');
    await key('Ctrl+v');
    expect(manual().map((a) => a.label)).toEqual([original?.label]);
    await key('Ctrl+d');
    expect(manual()).toHaveLength(2);
    await key('Ctrl+x');
    expect(manual()).toHaveLength(1);
  });

  it('go to the next image with Ctrl+B, told with the way back', async () => {
    await key('Ctrl+b');
    expect(toasts()).toContain('1 shape copied to 1 image');
    await key(']');
    expect(manual()).toHaveLength(1);
    await fireEvent.click(screen.getByTestId('toast-action'));
    await settled();
    expect(manual()).toHaveLength(0);
  });

  it('go to as many images as asked for, and only for a number that makes sense', async () => {
    await key('Ctrl+Shift+b');
    const field = screen.getByTestId('propagate-count');
    expect(document.activeElement).toBe(field);
    for (const text of ['0', '2.5', '501']) {
      await type(text);
      expect(screen.getByTestId('propagate').textContent).toContain('A whole number from 1 to 500.');
      expect((screen.getByTestId('propagate-go') as HTMLButtonElement).disabled).toBe(true);
    }
    await type('2');
    await fireEvent.submit(field);
    await settled();
    expect(screen.queryByTestId('propagate')).toBeNull();
    expect(toasts()).toMatch(/[12] shapes? copied to [12] images?/);
    const others = [...api.project().images.values()].filter((view) => view.image.id !== here().image.id);
    const copies = others.flatMap((view) => view.annotations).filter((a) => a.origin === 'manual');
    expect(toasts()).toContain(`${copies.length} shape`);
    expect(copies.length).toBeGreaterThan(0);
  });
});

describe('details', () => {
  beforeEach(() => open());

  it('take exact numbers, and say what is wrong with others', async () => {
    const box = focused();
    await change('geometry-x', '10');
    await change('geometry-w', '50');
    expect(stored(box)?.rect).toMatchObject({ x1: 10, x2: 60 });
    expect(stored(box)?.state).toBe('fixed');
    await change('geometry-w', '0');
    expect(screen.getByTestId('geometry-problem').textContent).toMatch(/^From 1 to /);
    await change('geometry-w', 'x');
    expect(screen.getByTestId('geometry-problem').textContent).toBe('A number is needed.');
    expect(stored(box)?.rect).toMatchObject({ x1: 10, x2: 60 });
    await change('geometry-°', '450');
    expect(stored(box)?.rotation).toBe(0);
    await change('geometry-°', '-15');
    expect(stored(box)?.rotation).toBe(345);
    expect(screen.queryByTestId('geometry-problem')).toBeNull();
  });

  it('turn with Alt and arrows while fixing', async () => {
    const box = focused();
    await key('e');
    await key('Alt+ArrowRight');
    await key('Alt+Shift+ArrowRight');
    await key('Alt+ArrowUp');
    await key('Enter');
    expect(stored(box)?.rotation).toBe(15);
  });

  it('have a field for each attribute, with its default, and keep what cannot stand', async () => {
    await withLabel({
      attributes: [
        { name: 'coat', kind: 'select', mutable: true, default: 'brown', values: ['brown', 'black'] },
        { name: 'side', kind: 'radio', mutable: false, default: 'left', values: ['left', 'right'] },
        { name: 'ridden', kind: 'checkbox', mutable: false, default: 'true', values: [] },
        { name: 'age', kind: 'number', mutable: false, default: '2', values: ['0', '40', '2'] },
        { name: 'note', kind: 'text', mutable: false, default: '', values: [] },
      ],
    });
    const box = focused();
    const field = (name: string) =>
      screen.getAllByTestId('attribute').find((el) => el.dataset['name'] === name) as HTMLElement;
    const input = (name: string) => field(name).querySelector<HTMLInputElement | HTMLSelectElement>('input, select');
    expect(screen.getAllByTestId('attribute').map((el) => el.dataset['name'])).toEqual([
      'coat',
      'side',
      'ridden',
      'age',
      'note',
    ]);
    expect(input('coat')?.value).toBe('brown');
    expect((input('ridden') as HTMLInputElement).checked).toBe(true);
    expect(field('coat').textContent).toContain('track');
    const set = async (name: string, value: string) => {
      await fireEvent.change(input(name) as HTMLElement, { target: { value } });
      await settled();
    };
    await set('coat', 'black');
    await set('age', '4');
    await set('note', 'old');
    await fireEvent.click(field('side').querySelectorAll('input')[1] as HTMLElement);
    await fireEvent.click(input('ridden') as HTMLElement);
    await settled();
    const wanted = { coat: 'black', age: '4', note: 'old', side: 'right', ridden: 'false' };
    expect(stored(box)?.attributes).toEqual(wanted);
    expect(stored(box)?.state).toBe('pending');

    await set('age', '41');
    expect(field('age').textContent).toContain('From 0 to 40.');
    await set('age', '3');
    expect(field('age').textContent).toContain('In steps of 2 from 0.');
    expect(input('age')?.getAttribute('aria-invalid')).toBe('true');
    expect(stored(box)?.attributes).toEqual(wanted);
  });

  it('say when a stored value is no longer offered, and keep it', async () => {
    const coat = { name: 'coat', kind: 'select', mutable: false, default: '', values: ['brown', 'black'] } as const;
    await withLabel({ attributes: [{ ...coat, values: [...coat.values] }] });
    app.session.describe({ attributes: { coat: 'black' } });
    await settled();
    await withLabel({ attributes: [{ ...coat, values: ['brown'] }] });
    expect(screen.getByTestId('attribute').textContent).toContain('“black” is no longer one of the choices.');
    expect(stored(focused())?.attributes).toEqual({ coat: 'black' });
  });

  it('set layer, group and occlusion of all that is chosen', async () => {
    await key('Ctrl+a');
    const ids = [...app.session.selected];
    await change('details-z_order', '4');
    await change('details-group', '2');
    await key('o');
    expect(ids.map((id) => [stored(id)?.z_order, stored(id)?.group, stored(id)?.occluded])).toEqual(
      ids.map(() => [4, 2, true]),
    );
    await change('details-group', '-1');
    expect(screen.getByTestId('details').textContent).toContain('From 0 to');
    expect(stored(ids[0] ?? 0)?.group).toBe(2);
  });

  it('are reached by a key', async () => {
    await key('Shift+E');
    await new Promise((done) => requestAnimationFrame(done));
    expect(screen.getByTestId('details').contains(document.activeElement)).toBe(true);
  });
});

describe('labels', () => {
  beforeEach(() => open());

  it('are given by their own key where no command has it', async () => {
    const zebra = api.project().labels.find((l) => l.name === 'zebra');
    api.project().labels = api
      .project()
      .labels.map((l) =>
        l.name === 'zebra'
          ? { ...l, key: 'Y' }
          : l.name === 'kite'
            ? { ...l, key: '9' }
            : l.name === 'bear'
              ? { ...l, key: 'X' }
              : l,
      );
    await app.project.load();
    const [first] = [focused()];
    await key('y');
    expect(stored(first)?.label).toBe(zebra?.id);
    const second = focused();
    await key('9');
    expect(api.project().labels.find((l) => l.id === stored(second)?.label)?.name).toBe('kite');
    // X stays what it is.
    const third = focused();
    await key('x');
    expect(stored(third)?.state).toBe('rejected');
  });

  it('are offered only where they fit, deleted ones never, with their keys', async () => {
    api.project().labels = api
      .project()
      .labels.map((l) =>
        l.name === 'kite'
          ? { ...l, shape: 'polygon' }
          : l.name === 'bear'
            ? { ...l, archived: true }
            : l.name === 'bench'
              ? { ...l, key: 'Y' }
              : l,
      );
    await app.project.load();
    await key('l');
    await type('kite');
    expect(screen.getByTestId('label-picker').textContent).toContain(
      '“kite” is only for another kind of shape (Polygon).',
    );
    await type('bear');
    const offered = () =>
      within(screen.getByTestId('label-picker'))
        .queryAllByRole('option')
        .map((el) => el.textContent.trim());
    expect(offered()).not.toContain('bear');
    await type('bench');
    expect(offered()).toEqual(['benchY']);
    await key('Escape');
  });

  it('are still named where they were deleted while in use', async () => {
    const label = app.session.box?.label;
    api.project().labels = api.project().labels.map((l) => (l.id === label ? { ...l, archived: true } : l));
    await app.project.load();
    await settled();
    const name = api.project().labels.find((l) => l.id === label)?.name ?? '';
    expect(screen.getByTestId('box-label').textContent).toBe(name);
    const suggested = screen.queryAllByTestId('suggestion').map((el) => el.textContent);
    expect(suggested.some((text) => text.includes(name))).toBe(false);
    const box = focused();
    await key('a');
    expect(stored(box)?.state).toBe('accepted');
  });

  it('tag the image with T, and are taken away again', async () => {
    await key('t');
    expect(screen.getByTestId('label-picker').textContent).toContain('Which tag?');
    await type('zebra');
    await key('Enter');
    expect(screen.getByTestId('tags').textContent).toContain('zebra');
    expect(here().annotations.at(-1)).toMatchObject({ shape: { kind: 'tag' }, state: 'accepted' });
    await fireEvent.click(screen.getByRole('button', { name: 'Remove the tag zebra' }));
    await settled();
    expect(screen.getByTestId('tags').textContent).not.toContain('zebra');
  });
});

describe('tools', () => {
  beforeEach(() => open());

  it('are chosen by keys, and N goes on with the one chosen', async () => {
    await key('Alt+3');
    expect(app.session.tool).toBe('polygon');
    expect(app.looks.mode).toBe('aim');
    await key('Escape');
    expect(app.looks.mode).toBe('idle');
    await key('n');
    expect(app.session.tool).toBe('polygon');
    expect(app.looks.mode).toBe('aim');
    await key('Escape');
  });

  it('ask which skeleton where there are several, and draw none where there is none', async () => {
    await key('Alt+8');
    expect(app.looks.mode).toBe('idle');
    const skeleton = { joints: [{ name: 'nose', x: 0.5, y: 0 }], edges: [] };
    api.project().labels = api
      .project()
      .labels.map((l) => (l.name === 'person' || l.name === 'dog' ? { ...l, shape: 'skeleton', skeleton } : l));
    await app.project.load();
    await key('Alt+8');
    expect(screen.getByTestId('label-picker').textContent).toContain('Which skeleton?');
    await type('dog');
    await key('Enter');
    expect(app.session.template?.name).toBe('dog');
    expect(app.looks.mode).toBe('aim');
    await key('Escape');
  });
});

describe('what goes wrong', () => {
  it('a photo that vanished: said where it should be, and boxes can still be decided', async () => {
    const gone = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, asked) {
      const { ticket } = asked as { ticket: number };
      queueMicrotask(() => this.dispatchEvent(new MessageEvent('message', { data: { ticket, levels: null } })));
    });
    await open();
    const card = screen.getByTestId('photo-trouble');
    expect(card.textContent).toContain(`/home/you/photos/crossroads/${here().image.path}`);
    const box = focused();
    await key('a');
    expect(stored(box)?.state).toBe('accepted');
    gone.mockRestore();
    await fireEvent.click(screen.getByTestId('photo-again'));
    await waitFor(() => expect(screen.queryByTestId('photo-trouble')).toBeNull());
  });

  it('a project file that is gone: nothing decided is forgotten, and it is saved once the file is back', async () => {
    await open();
    const why = '/p.relook is no longer there: it was moved, deleted or replaced while it was open';
    const ids: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      api.failNext('bad_project', why);
      await app.session.open(here().image.id);
      const box = standing().filter((a) => a.state === 'pending' && !ids.includes(a.id))[0]?.id ?? 0;
      app.session.pick(box);
      ids.push(box);
      await key('a');
    }
    expect(toasts()).toContain(why);
    expect(screen.getByTestId('saved').dataset['state']).toBe('failed');
    expect(app.session.failure?.entries).toHaveLength(3);
    expect(ids.map((id) => stored(id)?.state)).toEqual(['pending', 'pending', 'pending']);
    await fireEvent.click(screen.getByTestId('retry'));
    await settled(20);
    expect(ids.map((id) => stored(id)?.state)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(screen.getByTestId('saved').dataset['state']).toBe('saved');
  });

  it('a label that is refused: told, and the box as it was', async () => {
    await open();
    const box = focused();
    const before = stored(box);
    api.failNext('refused', 'Label 2 is no longer in this project');
    await key('2');
    expect(toasts()).toContain('no longer in this project');
    expect(stored(box)).toEqual(before);
    expect(app.session.failure).toBeNull();
  });

  it('changes its words with the language', async () => {
    await open();
    language.choose('id');
    await settled();
    expect(screen.getByTestId('do-accept').textContent).toContain('Terima');
    expect(screen.getByTestId('side').textContent).toContain('Rincian');
    expect(screen.getByTestId('side').textContent).not.toContain('Waiting');
    await key('t');
    expect(screen.getByTestId('label-picker').textContent).toContain('Tag yang mana?');
  });
});
