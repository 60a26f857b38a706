import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';

import AppRoot from './App.svelte';
import { App } from './app.svelte';
import { ANY } from './api';
import type { MockApi, MockStart } from './api/mock';
import { quickMock, settled } from './api/mock/testing';
import { GAP } from './gallery/layout';

let api: MockApi;
let app: App;

async function open(start: MockStart = 'ready', images = 12, prepare: () => void = () => undefined): Promise<void> {
  api = quickMock(start, images);
  prepare();
  app = new App(api);
  render(AppRoot, { app });
  await app.begin();
  await settled();
  await press('p');
}

async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  const code = /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key === ' ' ? 'Space' : key;
  await fireEvent.keyDown(document.activeElement ?? document.body, { key, code, ...more });
  await settled(12);
}

const shift = (key: string) => press(key, { shiftKey: true });
const crops = () => screen.getAllByTestId('gallery-crop');
const crop = (index: number) => {
  const found = crops().find((one) => one.dataset['index'] === String(index));
  if (!found) throw new Error(`There is no crop ${index}`);
  return found;
};
const idAt = (index: number) => Number(crop(index).dataset['id']);
const wrong = () =>
  crops()
    .filter((one) => one.getAttribute('aria-selected') === 'true')
    .map((one) => Number(one.dataset['index']))
    .sort((a, b) => a - b);
const page = () => app.gallery.page.last - app.gallery.page.first;
const button = () => screen.getByTestId('gallery-accept');
const boxes = () => [...api.project().images.values()].flatMap((view) => view.annotations);
const stored = (id: number) => boxes().find((box) => box.id === id);
const waiting = () => boxes().filter((box) => box.state === 'pending' && box.standing === 'doubtful').length;

/** The middle of a crop, as the pointer says it. */
function middle(index: number): { clientX: number; clientY: number } {
  const { columns, side, rowHeight } = app.gallery;
  return {
    clientX: GAP + (index % columns) * (side + GAP) + side / 2,
    clientY: GAP + Math.floor(index / columns) * rowHeight + side / 2,
  };
}
async function drag(from: number, ...to: number[]): Promise<void> {
  const grid = screen.getByTestId('gallery-grid');
  await fireEvent.pointerDown(crop(from), { button: 0, buttons: 1, ...middle(from) });
  for (const index of to) await fireEvent.pointerMove(grid, { buttons: 1, ...middle(index) });
  await fireEvent.pointerUp(window);
  await settled();
}

describe('the gallery by keys', () => {
  beforeEach(() => open());

  it('shows what waits, the most doubtful first, and says what one key does', () => {
    const doubts = crops().map((one) => stored(Number(one.dataset['id']))?.doubt ?? 0);
    expect(doubts).toEqual([...doubts].sort((a, b) => b - a));
    expect(page()).toBeGreaterThan(5);
    expect(button().textContent).toContain(`Accept ${page()}`);
  });

  it('marks with Space and X, goes with arrows, extends with Shift', async () => {
    await press(' ');
    await press('ArrowRight');
    await press('ArrowRight');
    await press('x');
    await shift('ArrowRight');
    expect(wrong()).toEqual([0, 2, 3]);
    await press('x');
    expect(wrong()).toEqual([0, 2]);
    expect(screen.getByTestId('gallery-marked').textContent).toContain('2 marked as wrong');
    expect(button().textContent).toContain(`Accept ${page() - 2}, reject 2`);
    await press('u');
    expect(wrong()).toEqual([]);
  });

  it('extends over rows', async () => {
    await press(' ');
    await shift('ArrowDown');
    expect(wrong()).toEqual(Array.from({ length: app.gallery.columns + 1 }, (_, n) => n));
  });

  it('accepts the rest of the page and rejects what is marked, as one step, and goes on', async () => {
    const on = Array.from({ length: page() }, (_, n) => idAt(n));
    await press('ArrowRight');
    await press('x');
    const before = waiting();
    await press('Enter');
    expect(on.map((id) => stored(id)?.state)).toEqual(on.map((_, n) => (n === 1 ? 'rejected' : 'accepted')));
    expect(waiting()).toBe(before - on.length);
    expect(on).not.toContain(idAt(0));
    expect(api.sent.filter((command) => command === 'act_all')).toHaveLength(1);
    expect(screen.getByTestId('toasts').textContent).toContain(`${on.length - 1} boxes accepted, 1 rejected`);
    expect(screen.getByTestId('progress').dataset).toMatchObject({ accepted: String(on.length - 1), rejected: '1' });
  });

  it('brings a page back with one undo, with what was marked on it', async () => {
    const first = idAt(0);
    const before = waiting();
    await press('ArrowRight');
    await press('x');
    await press('Enter');
    await press('Enter');
    await press('z', { ctrlKey: true });
    await press('z', { ctrlKey: true });
    expect(waiting()).toBe(before);
    expect(idAt(0)).toBe(first);
    expect(wrong()).toEqual([1]);
  });

  it('relabels what is marked with a digit and with the search', async () => {
    const ids = [idAt(0), idAt(1)];
    await press(' ');
    await shift('ArrowRight');
    const second = screen.getAllByTestId('gallery-offer')[1]?.textContent ?? '';
    await press('2');
    const given = api.project().labels.find((label) => label.id === stored(ids[0] ?? 0)?.label);
    expect(second).toContain(given?.name);
    expect(stored(ids[1] ?? 0)?.label).toBe(given?.id);
    expect(crops().map((one) => Number(one.dataset['id']))).not.toContain(ids[0]);
    expect(app.gallery.marked.size).toBe(0);

    const next = idAt(0);
    await press('ArrowLeft');
    await press('l');
    await fireEvent.input(screen.getByTestId('label-input'), { target: { value: 'zeb' } });
    await press('Enter');
    expect(api.project().labels.find((label) => label.id === stored(next)?.label)?.name).toBe('zebra');
    expect(document.activeElement).toBe(screen.getByTestId('gallery-grid'));
  });

  it('opens a crop on its image and comes back to the same spot', async () => {
    await press('PageDown');
    await press('ArrowRight');
    const { scroll, at } = app.gallery;
    const id = idAt(at);
    await press(' ');
    await press('e');
    expect(screen.queryByTestId('gallery-grid')).toBeNull();
    expect(app.session.box?.id).toBe(id);
    await press('Escape');
    expect(screen.getByTestId('gallery-grid').scrollTop).toBe(scroll);
    expect(scroll).toBeGreaterThan(0);
    expect(app.gallery.at).toBe(at);
    expect(wrong()).toEqual([at]);
  });

  it('decides on the image too, and the crop is gone when one comes back', async () => {
    const id = idAt(0);
    await press('e');
    await press('x');
    expect(stored(id)?.state).toBe('rejected');
    await press('Escape');
    expect(crops().map((one) => Number(one.dataset['id']))).not.toContain(id);
  });

  it('keeps the marks and asks the page anew where somebody else was there first', async () => {
    const [first, second] = [idAt(0), idAt(1)];
    await press('x');
    const view = api.project().need(stored(second)?.image ?? 0);
    const annotations = view.annotations.map((box) => (box.id === second ? { ...box, revision: 40, label: 3 } : box));
    api.project().put({ ...view, annotations });
    await press('Enter');
    expect(screen.getByTestId('toasts').textContent).toContain('changed elsewhere');
    expect(stored(first)?.state).toBe('pending');
    expect(wrong()).toEqual([0]);
    await press('Enter');
    expect(stored(first)?.state).toBe('rejected');
    expect(stored(second)).toMatchObject({ state: 'accepted', label: 3 });
  });

  it('marks again what could not be saved, and has nothing marked once it is', async () => {
    const first = idAt(0);
    await press('x');
    api.failNext('disk_full', 'The disk is full');
    await press('Enter');
    expect(wrong()).toEqual([0]);
    expect(stored(first)?.state).toBe('pending');
    await fireEvent.click(screen.getByTestId('retry'));
    await settled(12);
    expect(stored(first)?.state).toBe('rejected');
    expect(app.gallery.marked.size).toBe(0);
  });

  it('says when nothing is left', async () => {
    for (let n = 0; waiting() > 0 && n < 50; n += 1) await press('Enter');
    expect(waiting()).toBe(0);
    expect(screen.getByTestId('gallery-empty').textContent).toContain('Nothing left here');
  });

  it('marks what is right with A, and rejects the rest as one step', async () => {
    const on = Array.from({ length: page() }, (_, n) => idAt(n));
    await press('ArrowRight');
    await press('a');
    expect(screen.getByTestId('gallery-marked').textContent).toContain('1 marked as right');
    expect(screen.getByTestId('gallery-reject').textContent).toContain(`Reject ${on.length - 1}, accept 1`);
    expect(button().textContent).toContain(`Accept ${on.length}`);
    const before = waiting();
    await shift('Enter');
    expect(on.map((id) => stored(id)?.state)).toEqual(on.map((_, n) => (n === 1 ? 'accepted' : 'rejected')));
    expect(api.sent.filter((command) => command === 'act_all')).toHaveLength(1);
    expect(idAt(0)).not.toBe(on[0]);
    await press('z', { ctrlKey: true });
    expect(waiting()).toBe(before);
    expect(crop(1).dataset).toMatchObject({ id: String(on[1]), right: 'true' });
  });

  it('has each mark mean the same to either key', async () => {
    const [first, second] = [idAt(0), idAt(1)];
    await press('x');
    await press('ArrowRight');
    await press('a');
    await shift('Enter');
    expect([stored(first)?.state, stored(second)?.state]).toEqual(['rejected', 'accepted']);
    await press('z', { ctrlKey: true });
    await press('Enter');
    expect([stored(first)?.state, stored(second)?.state]).toEqual(['rejected', 'accepted']);
  });

  it('rejects a page on which nothing is right', async () => {
    const on = Array.from({ length: page() }, (_, n) => idAt(n));
    await shift('Enter');
    expect(on.every((id) => stored(id)?.state === 'rejected')).toBe(true);
    expect(screen.getByTestId('toasts').textContent).toContain(`${on.length} boxes rejected`);
  });

  it('leaves the page as it is when something changes elsewhere', async () => {
    const before = crops().map((one) => one.dataset['id']);
    const last = app.gallery.page.last - 1;
    await press('ArrowRight');
    await press('x');
    const other = boxes().find((box) => box.state === 'pending' && !before.includes(String(box.id)));
    const view = api.project().need(other?.image ?? 0);
    const annotations = view.annotations.map((box) => (box.id === other?.id ? { ...box, standing: 'doubtful', doubt: 9 } as const : box));
    api.project().put({ ...view, annotations });
    await app.project.load();
    await settled(12);
    expect(crops().slice(0, last).map((one) => one.dataset['id'])).toEqual(before.slice(0, last));
    expect(wrong()).toEqual([1]);
  });
});

describe('one label after the other', () => {
  const labelAt = (index: number) => stored(idAt(index))?.label ?? 0;
  const left = (label: number) =>
    boxes().filter((box) => box.label === label && box.state === 'pending' && box.standing === 'doubtful').length;
  const named = () => screen.queryAllByTestId('gallery-heading').map((one) => one.textContent?.trim());
  const nameOf = (label: number) => api.project().labels.find(({ id }) => id === label)?.name;
  const take = async (name: string) => {
    await fireEvent.click(screen.getByTestId(`gallery-label-${name}`));
    await settled(12);
  };
  const idOf = (name: string) => api.project().labels.find((label) => label.name === name)?.id ?? 0;

  beforeEach(() => open());

  it('goes on over the next label where one does not fill the page, each under its name', async () => {
    await take('dog');
    const own = left(idOf('dog'));
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThan(page());
    expect(Array.from({ length: own }, (_, n) => nameOf(labelAt(n)))).toEqual(Array.from({ length: own }, () => 'dog'));
    expect([...new Set(named())].slice(0, 2)).toEqual(['dog', nameOf(labelAt(own))]);
    expect(nameOf(labelAt(own))).not.toBe('dog');
    expect(screen.getByTestId('gallery').textContent).toContain(`${own} found`);
  });

  it('settles the whole page with one key and goes on with the label that comes next', async () => {
    await take('dog');
    const on = Array.from({ length: page() }, (_, n) => idAt(n));
    const before = waiting();
    await press('Enter');
    expect(waiting()).toBe(before - on.length);
    expect(on.every((id) => stored(id)?.state === 'accepted')).toBe(true);
    expect(app.gallery.filter.labels).toEqual([labelAt(0)]);
    expect(named()[0]).toBe(nameOf(labelAt(0)));

    await press('z', { ctrlKey: true });
    expect(waiting()).toBe(before);
    expect(app.gallery.filter.labels).toEqual([idOf('dog')]);
    expect(Array.from({ length: on.length }, (_, n) => idAt(n))).toEqual(on);
  });

  it('comes to the end of all labels, and says so', async () => {
    await take('dog');
    for (let n = 0; waiting() > 0 && n < 50; n += 1) await press('Enter');
    expect(waiting()).toBe(0);
    expect(screen.getByTestId('gallery-empty').textContent).toContain('Nothing left here');
  });

  it('shows nothing else where a label without anything to do was asked for', async () => {
    await app.gallery.choose('most_doubtful', { ...app.gallery.filter, labels: [idOf('toothbrush')] });
    await settled();
    expect(screen.getByTestId('gallery-empty')).toBeTruthy();
    await fireEvent.click(screen.getByTestId('gallery-all-labels'));
    await settled();
    expect(crops().length).toBeGreaterThan(3);
  });

  it('takes a crop of a later label away once it is relabelled', async () => {
    await take('dog');
    const index = left(idOf('dog'));
    const id = idAt(index);
    await drag(index);
    await press('l');
    await fireEvent.input(screen.getByTestId('label-input'), { target: { value: 'zeb' } });
    await press('Enter');
    expect(nameOf(stored(id)?.label ?? 0)).toBe('zebra');
    expect(crops().map((one) => Number(one.dataset['id']))).not.toContain(id);
  });

  it('names no labels where they come mixed, and all of them where they come in turn', async () => {
    expect(named()).toEqual([]);
    await fireEvent.change(screen.getByTestId('gallery-order'), { target: { value: 'by_label' } });
    await settled();
    const turns = [...new Set(Array.from({ length: page() }, (_, n) => nameOf(labelAt(n))))];
    expect([...new Set(named())].slice(0, turns.length)).toEqual(turns);
  });
});

describe('the gallery by pointer', () => {
  beforeEach(() => open());

  it('marks and unmarks with a press', async () => {
    await drag(2);
    expect(wrong()).toEqual([2]);
    await drag(2);
    expect(wrong()).toEqual([]);
  });

  it('marks all that a press sweeps over, however quickly', async () => {
    await drag(1, 4);
    expect(wrong()).toEqual([1, 2, 3, 4]);
    // From a marked one it unmarks.
    await drag(2, 3);
    expect(wrong()).toEqual([1, 4]);
  });

  it('marks as right with Ctrl, and what the press sweeps over too', async () => {
    const grid = screen.getByTestId('gallery-grid');
    await fireEvent.pointerDown(crop(1), { button: 0, buttons: 1, ctrlKey: true, ...middle(1) });
    await fireEvent.pointerMove(grid, { buttons: 1, ...middle(3) });
    await fireEvent.pointerUp(window);
    await settled();
    const right = crops().flatMap((one) => (one.dataset['right'] === 'true' ? Number(one.dataset['index']) : []));
    expect(right.sort((a, b) => a - b)).toEqual([1, 2, 3]);
    await drag(2);
    expect(crop(2).dataset).toMatchObject({ wrong: 'false', right: 'false' });
  });

  it('marks nothing once the button is up', async () => {
    await drag(0);
    await fireEvent.pointerMove(screen.getByTestId('gallery-grid'), { buttons: 0, ...middle(3) });
    expect(wrong()).toEqual([0]);
  });

  it('marks a range with Shift', async () => {
    await drag(1);
    await fireEvent.pointerDown(crop(app.gallery.columns + 1), { button: 0, shiftKey: true });
    expect(wrong()).toHaveLength(app.gallery.columns + 1);
  });

  it('opens with two presses, and neither marks', async () => {
    const id = idAt(3);
    await drag(3);
    await drag(3);
    await fireEvent.dblClick(crop(3));
    await settled();
    expect(app.session.box?.id).toBe(id);
    await fireEvent.click(screen.getByTestId('gallery-back'));
    await settled();
    expect(wrong()).toEqual([]);
  });
});

describe('what the gallery shows', () => {
  it('goes by label, with how much of each is to do', async () => {
    await open();
    const entries = boxes().filter((box) => box.label === 1);
    const todo = entries.filter((box) => box.state === 'pending' && box.standing === 'doubtful');
    const entry = screen.getByTestId('gallery-label-person');
    expect(entry.dataset).toMatchObject({ here: String(todo.length), all: String(entries.length) });
    await fireEvent.click(entry);
    await settled();
    expect(crops().slice(0, todo.length + 1).map((one) => stored(Number(one.dataset['id']))?.label === 1)).toEqual([
      ...todo.map(() => true),
      false,
    ]);
    expect(screen.getByTestId('filter-chip-label-1').textContent).toContain('person');
  });

  it('keeps its own filter and order from one start to the next', async () => {
    await open();
    await fireEvent.click(screen.getByTestId('gallery-label-person'));
    await fireEvent.change(screen.getByTestId('gallery-order'), { target: { value: 'similar' } });
    await settled();
    document.body.replaceChildren();
    await open();
    expect(app.gallery.filter.labels).toEqual([1]);
    expect(app.gallery.order).toBe('similar');
    expect(app.session.queue.filter.labels).toEqual([]);
  });

  it('says what is missing before there is a draft', async () => {
    await open('new');
    expect(screen.getByTestId('gallery-empty').textContent).toContain('No crops yet');
  });

  it('says why the crops could not be loaded, and tries again', async () => {
    await open();
    const { boxesPage } = api;
    api.boxesPage = () => Promise.reject(new Error('The project file is gone'));
    await app.gallery.choose('similar', ANY);
    await settled();
    const gallery = screen.getByTestId('gallery');
    expect(within(gallery).getByRole('alert').textContent).toContain('The project file is gone');
    api.boxesPage = boxesPage;
    await fireEvent.click(within(gallery).getByText('Try again'));
    await settled();
    expect(within(gallery).queryByRole('alert')).toBeNull();
    expect(crops().length).toBeGreaterThan(5);
  });
});

describe('ten thousand crops', () => {
  const MANY = 10_000;
  beforeEach(() =>
    open('ready', 3, () => {
      const view = api.project().need(1);
      const [model] = view.annotations;
      if (!model) throw new Error('The first image has no box');
      const annotations = Array.from({ length: MANY }, (_, n) => ({
        ...model,
        id: 100_000 + n,
        state: 'pending' as const,
        standing: 'doubtful' as const,
        doubt: 3 + (MANY - n) / MANY,
      }));
      api.project().put({ ...view, annotations });
    }),
  );

  it('are there, and only those in view are in the page', () => {
    expect(app.gallery.total).toBeGreaterThanOrEqual(MANY);
    expect(crops().length).toBeLessThan(150);
    expect(screen.getByTestId('gallery-grid').getAttribute('aria-rowcount')).toBe(String(app.gallery.rows));
  });

  it('load where one scrolls to, and nothing else', async () => {
    const grid = screen.getByTestId('gallery-grid');
    const asked = api.sent.length;
    grid.scrollTop = Math.floor(app.gallery.rows / 2) * app.gallery.rowHeight;
    await fireEvent.scroll(grid);
    await settled(12);
    const half = Math.floor(app.gallery.rows / 2) * app.gallery.columns;
    expect(idAt(half)).toBe(100_000 + half);
    expect(crops().length).toBeLessThan(150);
    expect(api.sent.slice(asked).filter((command) => command === 'boxes_page').length).toBeLessThan(4);
  });

  it('load where one has scrolled to while others were on their way', async () => {
    const { boxesPage } = api;
    api.boxesPage = async (...asked) => {
      await settled(2);
      return boxesPage(...asked);
    };
    const grid = screen.getByTestId('gallery-grid');
    for (const share of [0.2, 0.5, 0.8]) {
      grid.scrollTop = Math.floor(app.gallery.rows * share) * app.gallery.rowHeight;
      await fireEvent.scroll(grid);
    }
    await settled(20);
    expect(crops().every((one) => one.dataset['id'] !== undefined)).toBe(true);
  });

  it('stay in place when a page deep in the list is decided and undone', async () => {
    const grid = screen.getByTestId('gallery-grid');
    grid.scrollTop = 500 * app.gallery.rowHeight;
    await fireEvent.scroll(grid);
    await settled(12);
    const { first, last } = app.gallery.page;
    await press('Enter');
    expect(idAt(first)).toBe(100_000 + last);
    await press('z', { ctrlKey: true });
    expect(idAt(first)).toBe(100_000 + first);
  }, 30_000);
});
