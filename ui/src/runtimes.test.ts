import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';

import type { MockApi } from './api/mock';
import { settled } from './api/mock/testing';
import type { App } from './app.svelte';
import { openApp } from './testing';

let app: App;

const row = (kind: string) => {
  const found = screen.getAllByTestId('runtime').find((one) => one.dataset['kind'] === kind);
  if (!found) throw new Error(`no ${kind} is shown`);
  return within(found);
};
const click = async (button: HTMLElement): Promise<void> => {
  await fireEvent.click(button);
  await settled();
};

beforeEach(async () => {
  app = await openApp();
  app.overlay = 'jobs';
  await settled();
});

describe('the builds of ONNX Runtime', () => {
  it('shows what is here and what each would bring, and only what this platform has', () => {
    expect(screen.getAllByTestId('runtime').map((one) => one.dataset['kind'])).toEqual(['cpu', 'openvino', 'cuda', 'webgpu']);
    expect(row('cpu').queryByRole('button')).toBeNull();
    const install = row('openvino').getByTestId('runtime-install');
    expect(install.title).toBe('Fetch 84 MB with pip; licence MIT');
  });

  it('installs one, says that a restart is due, and goes back', async () => {
    await click(row('openvino').getByTestId('runtime-install'));
    await waitFor(() => expect(row('openvino').queryByTestId('runtime-install')).toBeNull());
    await settled();
    expect(screen.getByTestId('runtime-restart').textContent).toContain('Restart Relook');
    await click(row('cpu').getByTestId('runtime-use'));
    await waitFor(() => expect(screen.queryByTestId('runtime-restart')).toBeNull());
    await click(screen.getByTestId('runtime-auto'));
    await waitFor(() => expect(screen.queryByTestId('runtime-auto')).toBeNull());
  });

  it('takes a folder of the user', async () => {
    const api = app.api as MockApi;
    expect((await api.doctor()).runtimes.choice).toBe('auto');
    await click(screen.getByTestId('runtime-folder'));
    await waitFor(() => expect(screen.getByText('Your own: /home/you/export')).toBeTruthy());
  });
});
