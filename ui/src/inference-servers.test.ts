import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { expect, it } from 'vitest';

import AppRoot from './App.svelte';
import { App } from './app.svelte';
import type { MockApi } from './api/mock';
import { quickMock, settled } from './api/mock/testing';

async function open(device: string): Promise<MockApi> {
  const api = quickMock('drafted', 12);
  api.project().settings.device = device;
  const app = new App(api);
  render(AppRoot, { app });
  await app.begin();
  await settled();
  await fireEvent.click(screen.getByTestId('step-second_look'));
  await screen.findByTestId('run-device');
  return api;
}

const value = (id: string) => (screen.getByTestId(id) as HTMLSelectElement | HTMLInputElement).value;
const start = () => screen.getByTestId('run-start') as HTMLButtonElement;

it('keeps servers that the project names', async () => {
  const api = await open('http://a:8080,https://b');
  expect(value('run-device')).toBe('servers');
  expect(value('run-servers')).toBe('http://a:8080,https://b');
  await fireEvent.click(start());
  await waitFor(() => expect(screen.queryByTestId('run-start')).toBeNull());
  expect(api.project().settings.device).toBe('http://a:8080,https://b');
});

it('takes addresses that are typed, and starts with none unnamed', async () => {
  const api = await open('auto');
  expect(screen.queryByTestId('run-servers')).toBeNull();
  await fireEvent.change(screen.getByTestId('run-device'), { target: { value: 'servers' } });
  await settled();
  expect(start().disabled).toBe(true);
  await fireEvent.input(screen.getByTestId('run-servers'), { target: { value: ' http://127.0.0.1:8080 ' } });
  expect(start().disabled).toBe(false);
  await fireEvent.click(start());
  await waitFor(() => expect(screen.queryByTestId('run-start')).toBeNull());
  expect(api.project().settings.device).toBe('http://127.0.0.1:8080');
});

it('goes back to this machine', async () => {
  const api = await open('http://a:8080');
  await fireEvent.change(screen.getByTestId('run-device'), { target: { value: 'cpu' } });
  await settled();
  expect(screen.queryByTestId('run-servers')).toBeNull();
  await fireEvent.click(start());
  await waitFor(() => expect(screen.queryByTestId('run-start')).toBeNull());
  expect(api.project().settings.device).toBe('cpu');
});
