import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';

import type { JobView } from './api';
import type { MockApi } from './api/mock';
import { settled } from './api/mock/testing';
import type { App } from './app.svelte';
import { key, openApp } from './testing';

let app: App;
let api: MockApi;

const text = (testid: string) => screen.getByTestId(testid).textContent.replace(/\s+/g, ' ').trim();
const fill = async (testid: string, value: string): Promise<void> => {
  await fireEvent.input(screen.getByTestId(testid), { target: { value } });
  await settled();
};
const click = async (testid: string): Promise<void> => {
  await fireEvent.click(screen.getByTestId(testid));
  await settled();
};
const disabled = (testid: string) => screen.getByTestId<HTMLButtonElement>(testid).disabled;
const previewed = () => waitFor(() => expect(text('push-summary')).toContain('as ana at cvat.test'));

const connected = () => api.cvat.connect({ name: 'team', url: 'https://cvat.test' }, 'secret');
/** Task 1 is there. */
const pushed = () => api.cvat.push({ connection: 'team', target: { to: 'new' }, name: '', include: 'all', force: false });

beforeEach(async () => {
  app = await openApp();
  api = app.api as MockApi;
});

describe('servers', () => {
  it('are connected to from where sending needs one, tested and forgotten', async () => {
    await key('Ctrl+Shift+U');
    await waitFor(() => screen.getByTestId('push-connect'));
    await click('push-connect');
    await fill('connection-name', 'team');
    expect(disabled('connection-add')).toBe(true);
    await fill('connection-url', 'https://cvat.test');
    await fill('connection-token', 'wrong');
    await click('connection-add');
    await waitFor(() => expect(text('connection-refused')).toContain('does not know the token'));
    expect(api.cvat.connections).toEqual([]);
    await fill('connection-token', 'secret');
    await click('connection-add');
    await waitFor(() => expect(text('connection-good')).toContain('CVAT 2.74.0, as ana. The token is in the keyring.'));
    expect(screen.getByTestId<HTMLInputElement>('connection-token').value).toBe('');


    await click('connection-test');
    await waitFor(() => expect(text('connection-good')).not.toContain('keyring'));
    await click('connections-close');
    await previewed();

    await click('push-manage');
    await click('connection-forget');
    expect(api.cvat.connections).toHaveLength(1);
    await click('connection-forget-now');
    await waitFor(() => expect(screen.queryByTestId('connection')).toBeNull());
  });
});

describe('sending', () => {
  beforeEach(() => {
    connected();
  });

  it('asks the server first, sends as a job, and says what was read back', async () => {
    await key('Ctrl+Shift+U');
    expect(disabled('push-start')).toBe(true);
    await previewed();
    expect(text('push-summary')).toContain(`shapes on ${api.project().images.size} images`);
    expect(api.sent).not.toContain('job:cvat_push');
    await click('push-start');
    await waitFor(() => screen.getByTestId('push-done'));
    expect(text('push-done')).toContain('Everything arrived as it was sent');
    await click('push-browse');
    expect(api.sent).toContain('cvat_browse');
    await click('push-close');
    expect(app.overlay).toBeNull();

    await key('Ctrl+Shift+U');
    await previewed();
    expect(screen.queryByTestId('push-done')).toBeNull();
  });

  it('does not ask before a number is given, and names what is not there', async () => {
    await key('Ctrl+Shift+U');
    await click('push-task');
    await waitFor(() => expect(text('push-summary')).toContain('Give the number of the task'));
    await fill('push-task-number', '99');
    await waitFor(() => expect(text('push-summary')).toContain('nothing there for task 99'));
    expect(disabled('push-start')).toBe(true);
    await click('push-project');
    await fill('push-project-number', '99');
    await waitFor(() => expect(text('push-obstacle')).toContain('Project 99 has no label "car"'));
    expect(disabled('push-start')).toBe(true);
  });

  it('stops at what CVAT would lose: listed, or sent all the same', async () => {
    await key('Ctrl+Shift+U');
    await click('push-include-reviewed');
    await waitFor(() => expect(text('push-obstacle')).toContain('No part of a box'));
    expect(text('push-start')).toBe('Send all the same');
    await click('push-lint');
    await waitFor(() => screen.getByTestId('lint-sums'));
    expect(app.overlay).toBeNull();
    await key('Ctrl+Shift+U');
    await waitFor(() => screen.getByTestId('push-obstacle'));
    await click('push-start');
    await waitFor(() => screen.getByTestId('push-done'));
  });

  it('stops where it would undo what others did, and shows that', async () => {
    pushed();
    await key('Ctrl+Shift+U');
    await click('push-task');
    await fill('push-task-number', '7');
    await waitFor(() => screen.getByTestId('push-overwrites'));
    await click('push-overwrites');
    await waitFor(() => expect(text('diff-sums')).toContain('Task 7'));
    expect(app.overlay).toBeNull();
  });

  it('names a task for the images not sent yet', async () => {
    pushed();
    await key('Ctrl+Shift+U');
    await waitFor(() => screen.getByTestId('push-only-new'));
    await click('push-only-new');
    await waitFor(() => expect(text('push-summary')).toContain('on 5 images'));
    expect(screen.getByTestId<HTMLInputElement>('push-name').value).toBe('crossroads 2');
    await fill('push-name', '');
    await waitFor(() => expect(text('push-summary')).toContain('name of its own'));
    expect(disabled('push-start')).toBe(true);
  });

  it('shows what arrived otherwise, each at its image', async () => {
    api.cvat.strays = true;
    await key('Ctrl+Shift+U');
    await previewed();
    await click('push-start');
    await waitFor(() => expect(text('push-done')).toContain('2 differences when it was read back'));
    const [, second] = screen.getAllByTestId('push-difference');
    if (second) await fireEvent.click(second);
    await waitFor(() => expect(text('diff-detail')).toContain('Moved'));
    expect(app.overlay).toBeNull();
    expect(app.session.focus?.box).toBe(app.differ.current?.ours);
  });
});

it('says at the start that sending was cut off, and goes on', async () => {
  connected();
  api.cvat.sent = [{ task: 3, name: 'harbour', target: { to: 'new' }, include: 'all', images: 4, done: false, batch: false }];
  await app.entered();
  await waitFor(() => expect(app.toasts.list.map((toast) => toast.text)).toContain('Sending “harbour” to CVAT was cut off'));
  app.toasts.list.find((toast) => toast.action)?.action?.run();
  await waitFor(() => expect(text('push-begun')).toContain('task 3 waits for the rest'));
  await click('push-go-on');
  await waitFor(() => screen.getByTestId('push-done'));
  expect(api.cvat.sent[0]).toMatchObject({ name: 'harbour', done: true });
});

describe('the difference', () => {
  beforeEach(() => {
    connected();
  });

  it('asks for a task where none was sent', async () => {
    await key('F9');
    await waitFor(() => screen.getByTestId('diff-compare'));
    expect(disabled('diff-compare')).toBe(true);
    await fill('diff-task', '99');
    await click('diff-compare');
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('nothing there for task 99'));
    expect(screen.queryByTestId('diff-sums')).toBeNull();
  });

  it('goes through who changed what by keys, and takes over by choice', async () => {
    pushed();
    await key('F9');
    await waitFor(() => expect(text('diff-sums')).toContain('Task 1 “crossroads”'));
    expect(text('diff-take')).toContain('Take over 2');
    await key('F3');
    expect(text('diff-detail')).toMatch(/There only · by them.*adds the shape here/);
    expect(app.session.focus?.image).toBe(app.differ.current?.image);
    await key('F4');
    expect(text('diff-take')).toContain('Take over 1');
    await key('F3');
    expect(text('diff-detail')).toContain('Here only · by both');
    await key('Shift+F3');
    await key('F4');
    await key('Shift+F9');
    await waitFor(() => expect(app.differ.total).toBe(2));
    expect(app.differ.differences.map(({ change, by }) => [change, by])).toEqual([['removed', 'both'], ['moved', 'ours']]);
    expect(app.registry.enabled('cvat-take')).toBe(false);
  });

  it('says when the project was changed since, and goes when the person goes elsewhere', async () => {
    pushed();
    await key('F9');
    await waitFor(() => screen.getByTestId('diff-sums'));
    expect(screen.queryByTestId('diff-stale')).toBeNull();
    await key('Ctrl+z');
    app.differ.changed();
    await waitFor(() => expect(text('diff-stale')).toContain('F9 compares again'));
    await key('F7');
    await waitFor(() => screen.getByTestId('lint-sums'));
    expect(screen.queryByTestId('diff')).toBeNull();
    await key('F9');
    await waitFor(() => screen.getByTestId('diff-sums'));
    expect(screen.queryByTestId('lint')).toBeNull();
    await key('q');
    expect(screen.queryByTestId('diff')).toBeNull();
    expect(app.registry.enabled('cvat-next')).toBe(false);
  });
});

describe('new photos of watched folders', () => {
  const status = () => text('send-on-status');
  const checked = () => screen.getByTestId<HTMLInputElement>('send-on-switch').checked;
  const folder = () => app.project.view?.folders[0]?.id ?? 0;
  const setting = () => app.project.view?.settings.send_new;
  const job = (rest: Partial<JobView>): JobView => ({
    id: 90, kind: 'watch', state: 'running', phase: 'Waiting for CVAT', done: 0, total: 0, rate: 0, left_s: null,
    device: null, warnings: [], warning_count: 0, message: null, fallback: null, report: null, ...rest,
  });

  it('are sent on to a project of a server once that is set, and no longer once it is not', async () => {
    app.openProject();
    await settled();
    expect(screen.queryByTestId('send-on')).toBeNull();
    await app.project.watch(folder(), true);
    await settled();
    await click('send-on-connect');
    await waitFor(() => screen.getByTestId('connection-name'));
    connected();
    await click('connections-close');

    await waitFor(() => screen.getByTestId('send-on-switch'));
    expect(disabled('send-on-switch')).toBe(true);
    expect(text('send-on')).toContain('Give the number of the CVAT project');
    await fill('send-on-project', '12');
    await click('send-on-switch');
    expect(setting()).toBe('team/12');
    expect(status()).toBe('No photo was sent yet');
    await fill('send-on-project', '13');
    await fireEvent.change(screen.getByTestId('send-on-project'));
    await settled();
    expect(setting()).toBe('team/13');
    await click('send-on-switch');
    expect([setting(), checked()]).toEqual(['off', false]);
    expect(screen.queryByTestId('send-on-status')).toBeNull();
  });

  it('show what was sent, what goes on and what went wrong', async () => {
    connected();
    const batch = { name: 'a 1', target: { to: 'project' as const, id: 12 }, include: 'all' as const, done: true, batch: true };
    api.cvat.sent = [{ ...batch, task: 9, images: 3 }, { ...batch, task: 8, images: 1 }, { ...batch, task: 7, images: 50, batch: false }];
    await app.project.watch(folder(), true);
    const { view } = app.project;
    if (!view) throw new Error('no project is open');
    await app.project.save({ ...view.settings, send_new: 'team/12' });
    app.openProject();
    await waitFor(() => expect(status()).toBe('4 photos sent so far, in 2 tasks'));
    expect(checked()).toBe(true);
    expect(text('send-on-browse')).toBe('Open task 9 in browser');
    app.jobs.heard(job({ warnings: ['https://cvat.test could not be reached'] }));
    await settled();
    expect(status()).toContain('Waiting for CVAT https://cvat.test could not be reached');
    app.jobs.heard(job({ state: 'failed', message: 'The server does not allow this' }));
    await waitFor(() => expect(status()).toContain('The server does not allow this'));
    app.jobs.heard(job({ id: 91 }));
    await settled();
    expect(status()).toBe('Waiting for CVAT 4 photos sent so far, in 2 tasks');
    api.cvat.sent = [{ ...batch, task: 10, images: 1 }, ...api.cvat.sent];
    app.jobs.heard(job({ id: 91, state: 'done', message: 'New photos: 1 drafted, 1 looked at again, 1 sent to CVAT' }));
    await waitFor(() => expect(status()).toBe('5 photos sent so far, in 3 tasks'));
  });

  it('that were cut off go on by themselves: nothing is asked', async () => {
    connected();
    const begun = { task: 9, name: 'a 1', target: { to: 'project' as const, id: 12 }, include: 'all' as const, images: 3, done: false, batch: true };
    api.cvat.sent = [begun];
    await app.entered();
    expect(app.toasts.list.some(({ text }) => text.includes('cut off'))).toBe(false);
    api.cvat.sent = [{ ...begun, batch: false }];
    await app.entered();
    await waitFor(() => expect(app.toasts.list.some(({ text }) => text.includes('cut off'))).toBe(true));
  });
});
