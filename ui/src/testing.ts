// The window with the mock behind it, driven by keys alone.

import { fireEvent, render } from '@testing-library/svelte';

import type { MockStart } from './api/mock';
import { quickMock, settled } from './api/mock/testing';
import AppRoot from './App.svelte';
import { App } from './app.svelte';

export async function openApp(start: MockStart = 'ready'): Promise<App> {
  const app = new App(quickMock(start, 12));
  render(AppRoot, { app });
  await app.begin();
  await settled();
  return app;
}

const CODES: Record<string, string> = { ' ': 'Space', '?': 'Slash', '/': 'Slash', '[': 'BracketLeft' };

/** Presses a key, `Ctrl+Shift+k`, where the keyboard is; a button takes Enter as a browser makes it. */
export async function key(name: string): Promise<void> {
  const parts = name.split(/\+(?=.)/);
  const pressed = parts.at(-1) ?? '';
  const target = document.activeElement ?? document.body;
  const init = {
    key: pressed,
    code: CODES[pressed] ?? (/^[a-z]$/i.test(pressed) ? `Key${pressed.toUpperCase()}` : pressed),
    ctrlKey: parts.includes('Ctrl'),
    shiftKey: parts.includes('Shift') || pressed === 'Shift',
    altKey: parts.includes('Alt'),
  };
  if (pressed === 'Control') init.ctrlKey = true;
  const left = await fireEvent.keyDown(target, init);
  if (left && pressed === 'Enter' && target instanceof HTMLButtonElement) await fireEvent.click(target);
  await fireEvent.keyUp(target, { ...init, ctrlKey: false, shiftKey: false });
  await settled();
}

/** Types into the field that has the keyboard. */
export async function type(text: string): Promise<void> {
  const field = document.activeElement;
  if (!(field instanceof HTMLInputElement)) throw new Error('no field has the keyboard');
  await fireEvent.input(field, { target: { value: text } });
  await settled();
}
