// Lines set pixel by pixel. Without a graphics card the canvas needs a tenth of a second for the outlines of ten thousand
// boxes; straight into memory it is a matter of some milliseconds.

import type { Box, Point } from './box';

/** `#rrggbb` and 0..1 as a pixel's four bytes. */
export function packed(colour: string, alpha: number): number {
  const value = parseInt(colour.slice(1), 16);
  const [r, g, b] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  return ((Math.round(alpha * 255) << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** A line: `thick` pixels, `dotted` where it is to be broken. */
export type Pen = { colour: number; thick: number; dotted: boolean };

export class Raster {
  private pixels: Uint32Array;

  /** On the bytes of an image of `width` by `height`, all of them cleared. */
  constructor(
    bytes: ArrayBufferLike,
    private readonly width: number,
    private readonly height: number,
  ) {
    this.pixels = new Uint32Array(bytes).fill(0);
  }

  /** The outline of a box, the pen's middle on its edges. */
  outline({ x1, y1, x2, y2 }: Box, pen: Pen): void {
    const by = (pen.thick - 1) / 2;
    const [left, top] = [Math.round(x1 - by), Math.round(y1 - by)];
    const [right, bottom] = [Math.round(x2 - by), Math.round(y2 - by)];
    const { thick } = pen;
    this.block(left, top, right + thick, top + thick, pen);
    this.block(left, bottom, right + thick, bottom + thick, pen);
    this.block(left, top, left + thick, bottom + thick, pen);
    this.block(right, top, right + thick, bottom + thick, pen);
  }

  /** A straight line between two points. */
  segment(a: Point, b: Point, pen: Pen): void {
    const { width, height } = this;
    const seen = (v: number, length: number) => v > -4 && v < length + 4;
    const whole = seen(a.x, width) && seen(b.x, width) && seen(a.y, height) && seen(b.y, height);
    const cut = whole ? null : this.cut(a, b);
    if (!whole && !cut) return;
    const from = cut ? cut[0] : a;
    const to = cut ? cut[1] : b;
    const dx = to.x - from.x;
    const dy = to.y - from.y;
    const flat = Math.abs(dx) > Math.abs(dy);
    const steps = Math.max(1, Math.ceil(flat ? Math.abs(dx) : Math.abs(dy)));
    // Thick across the way it goes.
    const across = flat ? 1 : pen.thick;
    const down = flat ? pen.thick : 1;
    const startX = from.x - (across - 1) / 2 + 0.5;
    const startY = from.y - (down - 1) / 2 + 0.5;
    for (let n = 0; n <= steps; n += 1) {
      const x = Math.floor(startX + (dx * n) / steps);
      const y = Math.floor(startY + (dy * n) / steps);
      this.block(x, y, x + across, y + down, pen);
    }
  }

  /** Plain loops without a thing made in them: this is where the time goes. */
  private block(x1: number, y1: number, x2: number, y2: number, pen: Pen): void {
    const { pixels, width } = this;
    const { colour, dotted } = pen;
    const left = x1 > 0 ? x1 : 0;
    const right = x2 < width ? x2 : width;
    const bottom = y2 < this.height ? y2 : this.height;
    for (let y = y1 > 0 ? y1 : 0; y < bottom; y += 1) {
      const end = y * width + right;
      for (let at = y * width + left, x = left; at < end; at += 1, x += 1) {
        if (!dotted || (x + y) % 6 < 2) pixels[at] = colour;
      }
    }
  }

  /** The part of a line that is on the picture, give or take the pen. */
  private cut(a: Point, b: Point): [Point, Point] | null {
    let [from, to] = [0, 1];
    for (const [start, way, length] of [
      [a.x, b.x - a.x, this.width],
      [a.y, b.y - a.y, this.height],
    ] as const) {
      const [low, high] = [-4 - start, length + 4 - start];
      if (way === 0) {
        if (low > 0 || high < 0) return null;
        continue;
      }
      from = Math.max(from, Math.min(low / way, high / way));
      to = Math.min(to, Math.max(low / way, high / way));
    }
    if (from > to) return null;
    const at = (t: number): Point => ({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t });
    return [at(from), at(to)];
  }
}
