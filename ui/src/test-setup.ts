// What the test browser lacks and the window relies on.

import { cleanup } from '@testing-library/svelte';
import { afterEach } from 'vitest';

afterEach(() => {
  cleanup();
  document.body.replaceChildren();
  localStorage.clear();
});

// No canvas to draw on: the stage then only keeps its state.
HTMLCanvasElement.prototype.getContext = (() => null) as typeof HTMLCanvasElement.prototype.getContext;
// Nor threads: every photo is decoded at once.
globalThis.Worker = class extends EventTarget {
  postMessage({ ticket }: { ticket: number }): void {
    const levels = [{ width: 640, height: 480, close: () => undefined }];
    queueMicrotask(() => this.dispatchEvent(new MessageEvent('message', { data: { ticket, levels } })));
  }
} as unknown as typeof Worker;
Element.prototype.setPointerCapture = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
