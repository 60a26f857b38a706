import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';

import AppRoot from './App.svelte';
import { App } from './app.svelte';
import type { MockApi, MockStart } from './api/mock';
import { quickMock, settled } from './api/mock/testing';

let api: MockApi;
let app: App;

async function open(start: MockStart = 'ready', images = 12): Promise<void> {
  api = quickMock(start, images);
  app = new App(api);
  render(AppRoot, { app });
  await app.begin();
  await settled();
}

const press = async (key: string, more: KeyboardEventInit = {}): Promise<void> => {
  const code = /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key === ' ' ? 'Space' : key;
  await fireEvent.keyDown(document.activeElement ?? document.body, { key, code, ...more });
  await settled();
};
const stored = (id: number) =>
  [...api.project().images.values()].flatMap((v) => v.annotations).find((a) => a.id === id);
const focused = () => app.session.box?.id ?? 0;
const progress = () => screen.getByTestId('progress').dataset;

describe('review by keys', () => {
  beforeEach(() => open());

  it('accepts with Space and A, rejects with X and Delete', async () => {
    const seen: number[] = [];
    for (const key of [' ', 'a', 'x', 'Delete']) {
      seen.push(focused());
      await press(key);
    }
    expect(seen.map((id) => stored(id)?.state)).toEqual(['accepted', 'accepted', 'rejected', 'rejected']);
    expect(progress()).toMatchObject({ accepted: '2', rejected: '2' });
    expect(screen.getByTestId('saved').dataset['state']).toBe('saved');
  });

  it('relabels with a digit and with the search', async () => {
    const first = focused();
    const second = screen.getAllByTestId('suggestion')[1]?.textContent ?? '';
    await press('2');
    expect(stored(first)?.state).toBe('fixed');
    expect(second).toContain(api.project().labels.find((l) => l.id === stored(first)?.label)?.name);

    const next = focused();
    await press('l');
    const input = screen.getByTestId('label-input');
    expect(document.activeElement).toBe(input);
    await fireEvent.input(input, { target: { value: 'zeb' } });
    await press('Enter');
    expect(screen.queryByTestId('label-picker')).toBeNull();
    expect(api.project().labels.find((l) => l.id === stored(next)?.label)?.name).toBe('zebra');
    expect(progress()).toMatchObject({ fixed: '2' });
  });

  it('skips with Tab and comes back with Shift+Tab', async () => {
    const first = focused();
    await press('Tab');
    expect(focused()).not.toBe(first);
    await press('Tab', { shiftKey: true });
    expect(focused()).toBe(first);
    expect(stored(first)?.state).toBe('pending');
  });

  it('fixes with E and arrows', async () => {
    const first = focused();
    const before = stored(first)?.rect;
    await press('e');
    await press('ArrowRight', { shiftKey: true, ctrlKey: true });
    await press('ArrowUp', { ctrlKey: true });
    expect(stored(first)?.rect).toEqual(before);
    await press('Enter');
    expect(focused()).toBe(first);
    expect(stored(first)?.state).toBe('fixed');
    expect(stored(first)?.rect).not.toEqual(before);
  });

  it('leaves fix mode with Escape, nothing changed', async () => {
    const first = focused();
    await press('e');
    await press('ArrowDown');
    await press('Escape');
    expect(app.session.fixing).toBeNull();
    expect(stored(first)?.state).toBe('pending');
  });

  it('draws by keys alone', async () => {
    const image = app.session.focus?.image ?? 0;
    const before = api.project().need(image).annotations.length;
    await press('n');
    await press('Enter');
    expect(screen.getByTestId('label-picker').textContent).toContain('What is it?');
    await fireEvent.input(screen.getByTestId('label-input'), { target: { value: 'kite' } });
    await press('Enter');
    const after = api.project().need(image).annotations;
    expect(after).toHaveLength(before + 1);
    expect(after.at(-1)).toMatchObject({ origin: 'manual', state: 'accepted' });
  });

  it('undoes and redoes, says so and flies there', async () => {
    const first = focused();
    await press(' ');
    await press('z', { ctrlKey: true });
    expect(stored(first)?.state).toBe('pending');
    expect(focused()).toBe(first);
    expect(screen.getByTestId('toasts').textContent).toContain('Undone: accepted');
    await press('y', { ctrlKey: true });
    expect(stored(first)?.state).toBe('accepted');
    expect(screen.getByTestId('toasts').textContent).toContain('Redone: accepted');
  });

  it('accepts the rest with Enter and confirms empty with M', async () => {
    const image = app.session.focus?.image ?? 0;
    await press('Enter');
    expect(api.project().need(image).image.queued).toBe(0);
    const other = app.session.focus?.image ?? 0;
    expect(other).not.toBe(image);
    await press('m');
    expect(api.project().need(other).image.status).toBe('confirmed_empty');
  });

  it('does not decide on a held key', async () => {
    await press(' ', { repeat: true });
    expect(progress()).toMatchObject({ accepted: '0' });
  });

  it('leaves keys in text fields alone', async () => {
    await fireEvent.click(screen.getByTestId('tab-images'));
    screen.getByTestId('image-filter').focus();
    await press('x');
    await press(' ');
    expect(progress()).toMatchObject({ accepted: '0', rejected: '0' });
  });

  it('shows what could not be saved and saves it on Retry', async () => {
    const first = focused();
    api.failNext('disk_full', 'The disk is full');
    await press(' ');
    expect(screen.getByTestId('saved').textContent).toContain('The disk is full');
    expect(focused()).toBe(first);
    await fireEvent.click(screen.getByTestId('retry'));
    await settled();
    expect(stored(first)?.state).toBe('accepted');
    expect(screen.getByTestId('saved').dataset['state']).toBe('saved');
  });

  it('shows the keys with ?, every command of the registry among them', async () => {
    await press('?', { shiftKey: true });
    const sheet = screen.getByTestId('keys-sheet');
    for (const { id } of app.registry.commands) expect(sheet.textContent).toContain(app.registry.title(id));
    await press('Escape');
    expect(screen.queryByTestId('keys-sheet')).toBeNull();
  });

  it('goes through all boxes to the calm end', async () => {
    while (app.session.box) await press(' ');
    const end = await screen.findByTestId('nothing-left');
    expect(end.textContent).toContain('All doubtful boxes are decided');
    const settledBoxes = api.project().counts().settled;
    await fireEvent.click(within(end).getByTestId('accept-settled'));
    await waitFor(() => expect(api.project().counts().settled).toBe(0));
    expect(settledBoxes).toBeGreaterThan(0);
    await press('z', { ctrlKey: true });
    expect(api.project().counts().settled).toBe(settledBoxes);
  }, 20_000);
});

describe('the way to a review', () => {
  it('creates a project, adds a folder, drafts, looks again', async () => {
    await open('none');
    await fireEvent.click(screen.getByTestId('new-project'));
    await fireEvent.input(screen.getByTestId('new-path'), { target: { value: 'nowhere' } });
    await fireEvent.click(screen.getByTestId('new-create'));
    await settled();
    expect(screen.getByTestId('new-error').textContent).toContain('not a full path');
    await fireEvent.input(screen.getByTestId('new-path'), { target: { value: '/home/you/new' } });
    await fireEvent.click(screen.getByTestId('new-create'));
    await settled();
    expect(api.project().path).toBe('/home/you/new.relook');
    await fireEvent.input(screen.getByTestId('folder-path'), { target: { value: '/photos' } });
    await fireEvent.click(screen.getByTestId('folder-add'));
    await waitFor(() => expect(screen.getAllByTestId('image-row').length).toBeGreaterThan(3));

    await fireEvent.click(screen.getByTestId('step-draft'));
    await fireEvent.click(await screen.findByTestId('run-start'));
    await waitFor(() => expect(screen.getByTestId('step-draft').dataset['state']).toBe('done'));
    await fireEvent.click(screen.getByTestId('step-second_look'));
    await fireEvent.click(await screen.findByTestId('run-start'));
    await waitFor(() => expect(screen.getByTestId('queue-list')).toBeTruthy());
    await waitFor(() => expect(app.session.box).not.toBeNull());
  });

  it('opens by path, tells what is wrong, and knows recent projects', async () => {
    await open('none');
    await fireEvent.input(screen.getByTestId('open-path'), { target: { value: '/missing.relook' } });
    await fireEvent.click(screen.getByTestId('open-path-go'));
    await settled();
    expect(screen.getByTestId('start-error').textContent).toBe('There is no file /missing.relook');
    const recent = screen.getAllByTestId('recent');
    expect(recent.map((entry) => (entry as HTMLButtonElement).disabled)).toEqual([false, false, true]);
    await fireEvent.click(recent[0] as HTMLElement);
    await waitFor(() => expect(screen.getByTestId('shell')).toBeTruthy());
  });

  it('adds dropped folders', async () => {
    await open('empty');
    api.drop({ kind: 'drop', paths: ['/a', '/b'] });
    await settled();
    expect(api.project().folders.map((folder) => folder.path)).toEqual(['/a', '/b']);
  });

  it('offers the CPU where the device asked for is not there', async () => {
    await open('new');
    api.project().settings = { ...api.project().settings, device: 'cuda' };
    await app.project.load();
    await app.jobs.start({ job: 'draft', model: null, device: null, again: false });
    await settled();
    await fireEvent.click(screen.getByTestId('job-fallback'));
    await waitFor(() => expect(app.jobs.list.at(-1)).toMatchObject({ kind: 'draft', state: 'done' }));
    expect(api.project().undrafted()).toEqual([]);
  });

  it('exports and says where', async () => {
    await open('ready');
    await press('e', { ctrlKey: true });
    await waitFor(() => expect(screen.getByTestId('export-summary').textContent).toContain('settled by the models'));
    await fireEvent.input(screen.getByTestId('export-out'), { target: { value: '/tmp/out.xml' } });
    await fireEvent.click(screen.getByTestId('export-start'));
    await waitFor(() => expect(screen.getByTestId('export-done').textContent).toContain('/tmp/out.xml'));
  });

  it('decides in the list of images too', async () => {
    await open('ready');
    await fireEvent.click(screen.getByTestId('tab-images'));
    await settled();
    const rows = screen.getAllByTestId('image-row');
    const waiting = rows.find((row) => row.dataset['status'] === 'waiting') as HTMLElement;
    await fireEvent.click(waiting);
    await settled();
    const image = Number(waiting.dataset['id']);
    expect(app.session.focus?.image).toBe(image);
    const box = focused();
    await press(' ');
    expect(stored(box)?.state).toBe('accepted');
    expect(app.session.focus?.image).toBe(image);
    await press(']');
    expect(app.session.focus?.image).not.toBe(image);
  });
});
