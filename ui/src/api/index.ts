import type { Api } from './api';
import { tauriApi } from './tauri';

export * from './api';
export * from './apply';
export * from './filter';
export * from './types';

/** The engine of this window; in development, `?mock=1` gives one in memory. */
export async function connect(): Promise<Api> {
  if (import.meta.env.DEV && new URLSearchParams(location.search).has('mock')) {
    const { startMock } = await import('./mock');
    return startMock(new URLSearchParams(location.search));
  }
  return tauriApi();
}
