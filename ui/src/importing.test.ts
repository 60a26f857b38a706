import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';

import type { MockApi } from './api/mock';
import { settled } from './api/mock/testing';
import type { App } from './app.svelte';
import { key, openApp } from './testing';

let app: App;
let api: MockApi;

const path = async (text: string): Promise<void> => {
  await fireEvent.input(screen.getByTestId('import-path'), { target: { value: text } });
  await waitFor(() => expect(screen.getByTestId('import-summary').textContent).not.toContain('Reading'));
  await settled();
};
const told = () => screen.getByTestId('import-summary').textContent.replace(/\s+/g, ' ');
const start = () => screen.getByTestId<HTMLButtonElement>('import-start');
const click = async (testid: string): Promise<void> => {
  await fireEvent.click(screen.getByTestId(testid));
  await settled();
};

beforeEach(async () => {
  app = await openApp();
  api = app.api as MockApi;
});

describe('import', () => {
  it('says what would happen before it does, then what did, with the way back', async () => {
    await key('Ctrl+i');
    expect(start().disabled).toBe(true);
    await path('/x/theirs.xml');
    expect(told()).toMatch(/CVAT: 30 shapes on 4 images.*3 of 4 images in this project.*26 shapes will be added/);
    expect(told()).toContain('holiday/1.jpg (several could be meant)');
    expect(told()).toContain('crane (4)');
    expect(api.sent).not.toContain('job:import');
    await click('import-start');
    await waitFor(() => screen.getByTestId('import-done'));
    expect(screen.getByTestId('import-report').textContent).toContain('26 shapes added');
    await click('import-undo');
    expect(app.overlay).toBeNull();
    expect(api.sent).toContain('undo');
  });

  it('follows how theirs and mine are to go together', async () => {
    await key('Ctrl+i');
    await path('/x/theirs.xml');
    await click('import-replace');
    await waitFor(() => expect(told()).toContain('7 shapes of yours will go'));
    await click('import-keep_mine');
    await waitFor(() => expect(told()).toContain('3 left out: yours are in their place'));
  });

  it('does not start where labels are lacking, nothing fits, nothing is new, or nothing is there', async () => {
    await key('Ctrl+i');
    await path('/x/theirs.xml');
    expect(start().disabled).toBe(false);
    await click('import-create');
    await waitFor(() => expect(told()).toContain('22 shapes will be added'));
    expect(start().disabled).toBe(true);
    expect(screen.getByText(/Without them nothing is imported: crane/)).toBeTruthy();
    await path('/x/other.xml');
    await waitFor(() => expect(told()).toContain('None of its images is in this project'));
    expect(start().disabled).toBe(true);
    await path('/x/same.xml');
    await waitFor(() => expect(told()).toContain('nothing to import'));
    expect(start().disabled).toBe(true);
    await path('/x/missing.xml');
    await waitFor(() => expect(told()).toContain('Could not read /x/missing.xml'));
    expect(start().disabled).toBe(true);
  });

  it('looks into a file that is dropped on the window, and adds what else is dropped', async () => {
    api.drop({ kind: 'drop', paths: ['/x/theirs.zip'] });
    await waitFor(() => expect(told()).toContain('26 shapes will be added'));
    await key('Escape');
    await settled();
    api.drop({ kind: 'drop', paths: ['/x/photos'] });
    await settled();
    expect(app.overlay).toBeNull();
    expect(api.sent).toContain('job:scan');
  });
});
