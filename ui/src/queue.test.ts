import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';

import AppRoot from './App.svelte';
import { App } from './app.svelte';
import { ANY, WAITING, type QueueOrder } from './api';
import type { MockApi } from './api/mock';
import { quickMock, settled } from './api/mock/testing';

let api: MockApi;
let app: App;

/** The window on a project; `at`: one that is open already, as after a restart. */
async function open(at: MockApi = quickMock('ready', 12)): Promise<void> {
  api = at;
  app = new App(api);
  render(AppRoot, { app });
  await app.begin();
  await settled();
}

async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  const code = /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key === ' ' ? 'Space' : key;
  await fireEvent.keyDown(document.activeElement ?? document.body, { key, code, ...more });
  await settled(12);
}

const boxes = () => [...api.project().images.values()].flatMap((view) => view.annotations);
const stored = (id: number) => boxes().find((box) => box.id === id);
const rows = () => screen.queryAllByTestId('queue-row').map((row) => Number(row.dataset['id']));
const focused = () => app.session.box?.id ?? 0;
const total = () => screen.getByTestId('queue-total').textContent;
const chips = () => {
  const found = screen.queryByTestId('filter-chips');
  return found ? within(found).getAllByRole('button').map((chip) => chip.textContent.trim()) : [];
};

async function click(testid: string): Promise<void> {
  await fireEvent.click(screen.getByTestId(testid));
  await settled();
}
async function choose(testid: string, value: string): Promise<void> {
  await fireEvent.change(screen.getByTestId(testid), { target: { value } });
  await settled();
}

describe('the order of the queue', () => {
  beforeEach(() => open());

  it.each<[QueueOrder, (id: number) => number | string]>([
    ['most_doubtful', (id) => -(stored(id)?.doubt ?? 0)],
    ['disagreements_first', (id) => Number(!stored(id)?.disagreement)],
    ['by_label', (id) => stored(id)?.label ?? 0],
    ['by_image', (id) => api.project().need(stored(id)?.image ?? 0).image.path],
    ['similar', (id) => stored(id)?.label ?? 0],
  ])('%s', async (order, by) => {
    await choose('queue-order', order);
    const keys = rows().map(by);
    const sorted = [...keys].sort((a, b) => (typeof a === 'string' ? (a < String(b) ? -1 : 1) : a - Number(b)));
    expect(keys.length).toBeGreaterThan(5);
    expect(keys).toEqual(sorted);
    expect(focused()).toBe(rows()[0]);
  });
});

describe('the filter of the queue', () => {
  beforeEach(() => open());

  it('combines, shows its parts, and loses them one by one', async () => {
    const all = total();
    await click('queue-filter');
    await click('filter-label-person');
    await click('filter-label-dog');
    await choose('filter-below', '50');
    for (const id of rows()) {
      expect(stored(id)?.score).toBeLessThan(0.5);
      expect(['person', 'dog']).toContain(api.project().labels.find((label) => label.id === stored(id)?.label)?.name);
    }
    expect(chips()).toEqual(['person', 'dog', 'below 50 %', 'Clear']);
    const some = total();
    expect(some).toContain('found');
    await click('filter-chip-below');
    expect(chips()).toEqual(['person', 'dog', 'Clear']);
    expect(parseInt(total())).toBeGreaterThan(parseInt(some));
    await click('filter-clear');
    expect(total()).toBe(all);
    expect(all).toContain('waiting');
  });

  it('explains scores that cannot be, and keeps what was in force', async () => {
    await click('queue-filter');
    await choose('filter-from', '30');
    const before = total();
    for (const value of ['much', '20', '130']) {
      await choose('filter-below', value);
      expect(screen.getByRole('alert').textContent).toContain('From 0 to 100');
      expect(total()).toBe(before);
    }
    await choose('filter-below', '70');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(app.session.queue.filter).toMatchObject({ at_least: 0.3, below: 0.7 });
  });

  it('looks for a path once typing has stopped', async () => {
    const path = api.project().need(stored(focused())?.image ?? 0).image.path;
    await click('queue-filter');
    const field = screen.getByTestId('filter-path');
    for (let n = 1; n <= path.length; n += 1) await fireEvent.input(field, { target: { value: path.slice(0, n) } });
    const asked = api.sent.filter((command) => command === 'boxes_page').length;
    await waitFor(() => expect(app.session.queue.filter.path).toBe(path));
    await settled();
    expect(new Set(rows().map((id) => stored(id)?.image)).size).toBe(1);
    expect(api.sent.filter((command) => command === 'boxes_page').length).toBe(asked + 1);
  });

  it('is left with Escape, wherever the keyboard is', async () => {
    await click('queue-filter');
    expect(document.activeElement).toBe(screen.getByTestId('filter-state'));
    await press('Escape');
    expect(screen.queryByTestId('filter-panel')).toBeNull();
    expect(document.activeElement).toBe(screen.getByTestId('queue-filter'));
    await click('queue-filter');
    (document.activeElement as HTMLElement).blur();
    await press('Escape');
    expect(screen.queryByTestId('filter-panel')).toBeNull();
  });

  it('is there again after a restart, for this project', async () => {
    await click('queue-filter');
    await click('filter-label-person');
    await choose('queue-order', 'by_image');
    document.body.replaceChildren();
    await open(api);
    expect(chips()).toEqual(['person']);
    expect(app.session.queue.order).toBe('by_image');
    expect(focused()).toBe(rows()[0]);
    document.body.replaceChildren();
    const other = quickMock('none');
    await open(other);
    await app.project.open('/elsewhere.relook');
    await app.entered();
    await settled();
    expect(app.session.queue.filter).toEqual(WAITING);
  });

  it('says so when nothing passes, with the way out', async () => {
    await click('queue-filter');
    await choose('filter-state', 'fixed');
    await press('Escape');
    expect(screen.getByTestId('nothing-left').textContent).toContain('Nothing passes this filter');
    await click('queue-show-all');
    expect(focused()).toBe(rows()[0]);
  });

  it('says why it could not be asked for, and tries again', async () => {
    const { boxesPage } = api;
    api.boxesPage = () => Promise.reject(new Error('The project file is gone'));
    await choose('queue-order', 'similar');
    await app.session.queue.choose('similar', { ...ANY, states: ['fixed'] });
    await settled();
    expect(screen.getByRole('alert').textContent).toContain('The project file is gone');
    api.boxesPage = boxesPage;
    await fireEvent.click(screen.getByText('Try again'));
    await settled();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('tells a total that was not counted to its end', async () => {
    const { boxesPage } = api;
    api.boxesPage = async (...asked) => ({ ...(await boxesPage(...asked)), total: 10_000, more: true });
    await choose('queue-order', 'similar');
    expect(total()).toBe('10,000+ waiting');
  });
});

describe('deciding in a filtered queue', () => {
  beforeEach(async () => {
    await open();
    await press(' ');
    await press(' ');
    await press('x');
    await click('queue-filter');
  });

  it('takes out what no longer passes, and goes on with the next', async () => {
    await choose('filter-state', 'accepted');
    await press('Escape');
    const [first, second] = rows();
    expect(rows()).toHaveLength(2);
    (document.activeElement as HTMLElement).blur();
    await press('x');
    expect(stored(first ?? 0)?.state).toBe('rejected');
    expect(rows()).toEqual([second]);
    expect(focused()).toBe(second);
    await press('z', { ctrlKey: true });
    expect(rows()).toHaveLength(2);
    expect(focused()).toBe(first);
  });

  it('goes on over what stays, at its place', async () => {
    await choose('filter-state', 'any');
    await press('Escape');
    (document.activeElement as HTMLElement).blur();
    const before = rows();
    await press('x');
    expect(rows()).toEqual(before);
    expect(focused()).toBe(before[1]);
    await press('Tab');
    expect(focused()).toBe(before[2]);
    await press('Tab', { shiftKey: true });
    expect(focused()).toBe(before[1]);
  });

  it('steps and decides among what the models settled', async () => {
    await choose('filter-state', 'settled');
    await press('Escape');
    (document.activeElement as HTMLElement).blur();
    const [first, second] = rows();
    await press(' ');
    expect(stored(first ?? 0)).toMatchObject({ state: 'accepted', standing: 'settled' });
    expect(focused()).toBe(second);
  });
});

describe('saved filters', () => {
  const saved = () => api.project().saved.map((one) => one.name);
  const type = (testid: string, value: string) => fireEvent.input(screen.getByTestId(testid), { target: { value } });

  beforeEach(async () => {
    await open();
    await click('queue-filter');
    await click('filter-label-person');
    await choose('queue-order', 'similar');
    await type('filter-name', 'people alike');
    screen.getByTestId('filter-name').focus();
    await press('Enter');
  });

  it('keep filter and order in the project, and bring both back', async () => {
    expect(saved()).toEqual(['people alike']);
    await click('filter-chip-label-1');
    await choose('queue-order', 'most_doubtful');
    await click('filter-saved-people alike');
    expect(app.session.queue.order).toBe('similar');
    expect(app.session.queue.filter.labels).toEqual([1]);
    expect(screen.getByTestId('filter-saved-people alike').getAttribute('aria-pressed')).toBe('true');
  });

  it('get another name, but none that is taken', async () => {
    await type('filter-name', 'other');
    await click('filter-save');
    await click('filter-rename-people alike');
    await type('filter-renamed', 'other');
    screen.getByTestId('filter-renamed').focus();
    await press('Enter');
    expect(screen.getByRole('alert').textContent).toContain('There is a saved filter “other” already');
    expect(saved()).toEqual(['other', 'people alike']);
    await type('filter-renamed', 'persons');
    await press('Enter');
    expect(saved()).toEqual(['other', 'persons']);
    expect(screen.queryByTestId('filter-renamed')).toBeNull();
  });

  it('are replaced only with a word about it, and deleted', async () => {
    await type('filter-name', 'people alike');
    await settled();
    expect(screen.getByTestId('filter-panel').textContent).toContain('Saving replaces “people alike”');
    await click('filter-delete-people alike');
    expect(saved()).toEqual([]);
  });

  it('are offered in the gallery and for deciding many', async () => {
    await press('Escape');
    await click('tab-gallery');
    await click('gallery-filter');
    await click('filter-saved-people alike');
    expect(app.gallery.order).toBe('similar');
    await click('filter-chip-label-1');
    await press('Escape');
    await press('b');
    await choose('bulk-source', 'saved people alike');
    expect(screen.getByTestId('bulk-filter').textContent).toContain('person');
  });
});

describe('deciding many', () => {
  beforeEach(() => open());
  const count = (test: (box: ReturnType<typeof boxes>[number]) => boolean) => boxes().filter(test).length;

  it('shows what the present filter holds, decides it, and takes it back', async () => {
    await click('queue-filter');
    await click('filter-label-person');
    await press('Escape');
    (document.activeElement as HTMLElement).blur();
    const mine = count((box) => box.label === 1 && box.state === 'pending' && box.standing === 'doubtful');
    await press('b');
    expect(screen.getByTestId('bulk-count').textContent).toContain(`${mine} boxes to decide`);
    expect(screen.getAllByTestId('bulk-sample')).toHaveLength(Math.min(12, mine));
    expect(screen.queryByTestId('bulk-reopen')).toBeNull();
    await click('bulk-reject');
    expect(count((box) => box.state === 'rejected')).toBe(mine);
    expect(screen.queryByTestId('bulk')).toBeNull();
    await fireEvent.click(within(screen.getByTestId('toasts')).getByRole('button', { name: 'Undo' }));
    await settled(12);
    expect(count((box) => box.state === 'rejected')).toBe(0);
  });

  it('leaves out what the models disagree on, if told to', async () => {
    await press('b');
    await choose('bulk-source', 'queue');
    const all = count((box) => box.state === 'pending' && box.standing === 'doubtful');
    const agreed = count((box) => box.state === 'pending' && box.standing === 'doubtful' && !box.disagreement);
    expect(screen.getByTestId('bulk-count').textContent).toContain(`${agreed} boxes`);
    await click('bulk-undisputed');
    expect(agreed).toBeLessThan(all);
    expect(screen.getByTestId('bulk-count').textContent).toContain(`${all} boxes`);
  });

  it('reopens what was decided, and offers nothing that cannot be', async () => {
    await press(' ');
    await press('x');
    await click('queue-filter');
    await choose('filter-state', 'decided');
    await press('Escape');
    (document.activeElement as HTMLElement).blur();
    await press('b');
    expect(screen.queryByTestId('bulk-accept')).toBeNull();
    await click('bulk-reopen');
    expect(count((box) => box.state !== 'pending')).toBe(0);
  });

  it('says why it cannot count, and decides nothing', async () => {
    api.bulkPreview = () => Promise.reject(new Error('The disk is gone'));
    await press('b');
    expect(within(screen.getByTestId('bulk')).getByRole('alert').textContent).toBe('The disk is gone');
    expect((screen.getByTestId('bulk-accept') as HTMLButtonElement).disabled).toBe(true);
  });
});
