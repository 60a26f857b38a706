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
HTMLImageElement.prototype.decode = () => Promise.resolve();
globalThis.createImageBitmap = () => Promise.resolve({ width: 640, height: 480, close: () => undefined });
Element.prototype.setPointerCapture = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
