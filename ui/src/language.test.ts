import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, expect, it } from 'vitest';

import AppRoot from './App.svelte';
import { App } from './app.svelte';
import { ApiError } from './api';
import { quickMock, settled } from './api/mock/testing';
import { language } from './shared/i18n/index.svelte';

afterEach(() => language.choose('en'));

async function open(start: 'none' | 'ready'): Promise<App> {
  const app = new App(quickMock(start, 12));
  render(AppRoot, { app });
  await app.begin();
  await settled();
  return app;
}

async function choose(code: 'en' | 'id'): Promise<void> {
  await fireEvent.click(screen.getByTestId('language'));
  await fireEvent.click(await screen.findByTestId(`language-${code}`));
}

it('changes the language of what is shown, and remembers it', async () => {
  await open('none');
  expect(document.documentElement.lang).toBe('en');
  expect(screen.getByTestId('language').textContent.trim()).toBe('EN');
  expect(screen.getByTestId('new-project').textContent).toContain('New project');

  await choose('id');
  expect(screen.queryByTestId('language-panel')).toBeNull();
  expect(screen.getByTestId('language').textContent.trim()).toBe('ID');
  expect(document.documentElement.lang).toBe('id');
  expect(screen.getByTestId('new-project').textContent).toContain('Proyek baru');
  expect(screen.getByTestId('open-path').getAttribute('aria-label')).toBe('Lokasi proyek');
  expect(screen.getByTestId('start').textContent).not.toContain('New project');
  expect(localStorage.getItem('relook.language')).toBe('"id"');

  await choose('en');
  expect(screen.getByTestId('new-project').textContent).toContain('New project');
});

it('changes it in the middle of the work: steps, numbers, and what the engine says', async () => {
  const app = await open('ready');
  const job = { id: 7, kind: 'draft', state: 'running', done: 1200, total: 4800, rate: 8.4, left_s: 429 } as const;
  const rest = { warnings: [], warning_count: 0, message: null, fallback: null, report: null };
  app.jobs.heard({ ...job, ...rest, phase: 'Drafting', device: 'yolov8n on CPU, 2 sessions of 1 thread' });
  app.overlay = 'jobs';
  await settled();
  expect(screen.getByTestId('job').textContent).toContain('1,200 of 4,800 · 8.4 images/s · 7 min left');

  language.choose('id');
  await settled();
  const card = screen.getByTestId('job').textContent;
  expect(card).toContain('Membuat draf');
  expect(card).toContain('1.200 dari 4.800 · 8,4 gambar/dtk · 7 mnt lagi · yolov8n di CPU, 2 sesi dengan 1 thread');
  expect(screen.getByTestId('device').textContent).toContain('yolov8n di CPU · 8,4 gbr/dtk');
  expect(screen.getByTestId('step-second_look').textContent).toContain('Periksa ulang');
  expect(screen.getByTestId('decided').textContent).toBe('0% diputuskan');
});

it('changes the language of an error that stands', () => {
  const error = new ApiError({ code: 'not_found', message: 'There is no project at /x' });
  expect(error.message).toBe('There is no project at /x');
  language.choose('id');
  expect(error.message).toBe('Tidak ada proyek di /x');
});

it('closes the choice with Escape and leaves the language', async () => {
  const app = await open('ready');
  await fireEvent.click(screen.getByTestId('language'));
  const chosen = await screen.findByTestId('language-en');
  await waitFor(() => expect(document.activeElement).toBe(chosen));
  await fireEvent.keyDown(chosen, { key: 'Escape' });
  expect(app.overlay).toBeNull();
  expect(language.current).toBe('en');
});
