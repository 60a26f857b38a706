// Masks as pictures: one pixel for each of the image's, or for several where it is large.

import { heightOf, widthOf, type Box, type Size } from './box';
import { eachSpan, type Bitmap } from './mask';
import { packed } from './raster';
import type { View } from './view';

/** How a mask is shown: faint ones are hatched, so that not only colour tells them apart. */
export type MaskLook = { colour: string; border: string; faint: boolean };

/** More pixels than this a picture does not get. */
const PIXELS_UP_TO = 1_500_000;
const INNER = 0.38;

const kept = new WeakMap<readonly number[], Map<string, HTMLCanvasElement>>();

/** The picture of a mask, to be drawn over its rectangle; `null` where there is no canvas to draw on. */
export function maskPicture(rect: Box, runs: readonly number[], look: MaskLook): HTMLCanvasElement | null {
  const known = kept.get(runs) ?? new Map<string, HTMLCanvasElement>();
  kept.set(runs, known);
  const key = `${look.colour} ${look.border} ${look.faint}`;
  const before = known.get(key);
  if (before) return before;
  const step = Math.max(1, Math.ceil(Math.sqrt((widthOf(rect) * heightOf(rect)) / PIXELS_UP_TO)));
  const [width, height] = [Math.ceil(widthOf(rect) / step), Math.ceil(heightOf(rect) / step)];
  const on = new Uint8Array(width * height);
  eachSpan(rect, runs, (y, x1, x2) => {
    const row = y - rect.y1;
    if (row % step !== 0) return;
    const from = (row / step) * width;
    on.fill(1, from + Math.floor((x1 - rect.x1) / step), from + Math.ceil((x2 - rect.x1) / step));
  });
  const made = coloured(on, width, height, look);
  // Looks change with the focus and the label only.
  if (known.size >= 4) known.clear();
  if (made) known.set(key, made);
  return made;
}

function coloured(on: Uint8Array, width: number, height: number, look: MaskLook): HTMLCanvasElement | null {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const g = canvas.getContext('2d');
  if (!g) return null;
  const image = g.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const [inner, border] = [packed(look.colour, INNER), packed(look.border, look.faint ? 0.6 : 1)];
  for (let y = 0, place = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, place += 1) {
      if (on[place] === 0) continue;
      const edge =
        x === 0 ||
        y === 0 ||
        x === width - 1 ||
        y === height - 1 ||
        on[place - 1] === 0 ||
        on[place + 1] === 0 ||
        on[place - width] === 0 ||
        on[place + width] === 0;
      if (edge) pixels[place] = border;
      else if (!look.faint || (x + y) % 8 < 3) pixels[place] = inner;
    }
  }
  g.putImageData(image, 0, 0);
  return canvas;
}

/** Shows a bitmap that changes with every stroke: only what is on the screen, at the screen's resolution. */
export class BitmapPicture {
  private readonly canvas = document.createElement('canvas');

  paint(g: CanvasRenderingContext2D, bitmap: Bitmap, view: View, screen: Size, colour: string): void {
    const { rect, on } = bitmap;
    const left = Math.max(rect.x1, Math.floor(-view.x / view.scale));
    const top = Math.max(rect.y1, Math.floor(-view.y / view.scale));
    const right = Math.min(rect.x2, Math.ceil((screen.width - view.x) / view.scale));
    const bottom = Math.min(rect.y2, Math.ceil((screen.height - view.y) / view.scale));
    const own = this.canvas.getContext('2d');
    if (left >= right || top >= bottom || !own) return;
    const step = Math.max(1, 1 / view.scale);
    const [width, height] = [Math.ceil((right - left) / step), Math.ceil((bottom - top) / step)];
    if (this.canvas.width < width) this.canvas.width = width;
    if (this.canvas.height < height) this.canvas.height = height;
    const image = own.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const ink = packed(colour, 0.5);
    const across = widthOf(rect);
    for (let y = 0, place = 0; y < height; y += 1) {
      const row = (Math.min(bottom - 1, top + Math.floor(y * step)) - rect.y1) * across - rect.x1;
      for (let x = 0; x < width; x += 1, place += 1) {
        if (on[row + Math.min(right - 1, left + Math.floor(x * step))] === 1) pixels[place] = ink;
      }
    }
    own.putImageData(image, 0, 0);
    g.imageSmoothingEnabled = false;
    const size = step * view.scale;
    g.drawImage(
      this.canvas,
      0,
      0,
      width,
      height,
      left * view.scale + view.x,
      top * view.scale + view.y,
      width * size,
      height * size,
    );
    g.imageSmoothingEnabled = true;
  }
}
