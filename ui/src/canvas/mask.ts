// Masks: runs over a rectangle's whole pixels, and the same as a bitmap to paint on.

import { heightOf, widthOf, type Box, type Point, type Size } from './box';

/** A stretch of one row that is on: `x1` up to, not including, `x2`. */
export type Span = { y: number; x1: number; x2: number };

/** Each stretch that is on, row by row, in image pixels. */
export function eachSpan(rect: Box, runs: readonly number[], visit: (y: number, x1: number, x2: number) => void): void {
  const width = widthOf(rect);
  if (width <= 0) return;
  let at = 0;
  for (let n = 0; n < runs.length; n += 1) {
    const end = at + (runs[n] ?? 0);
    while (n % 2 === 1 && at < end) {
      const row = Math.floor(at / width);
      const stop = Math.min(end, (row + 1) * width);
      visit(rect.y1 + row, rect.x1 + (at - row * width), rect.x1 + (stop - row * width));
      at = stop;
    }
    at = end;
  }
}

/** Where each run ends, so that a pixel is found without walking all of them. */
const ends = new WeakMap<readonly number[], Float64Array>();

function endsOf(runs: readonly number[]): Float64Array {
  const known = ends.get(runs);
  if (known) return known;
  const made = new Float64Array(runs.length);
  let at = 0;
  runs.forEach((run, n) => (made[n] = at += run));
  ends.set(runs, made);
  return made;
}

/** Whether the pixel under `at` is on. */
export function isOn(rect: Box, runs: readonly number[], at: Point): boolean {
  const [x, y] = [Math.floor(at.x) - rect.x1, Math.floor(at.y) - rect.y1];
  const width = widthOf(rect);
  if (x < 0 || y < 0 || x >= width || y >= heightOf(rect)) return false;
  const place = y * width + x;
  const stops = endsOf(runs);
  let [low, high] = [0, stops.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stops[middle] ?? 0) > place) high = middle;
    else low = middle + 1;
  }
  return low < stops.length && low % 2 === 1;
}

/** Runs cut to an image and then to the pixels that are on; `null` where none is left. */
export function cropped(rect: Box, runs: readonly number[], size: Size): { rect: Box; runs: number[] } | null {
  const spans: Span[] = [];
  eachSpan(rect, runs, (y, from, to) => {
    const [x1, x2] = [Math.max(0, from), Math.min(size.width, to)];
    if (y >= 0 && y < size.height && x1 < x2) spans.push({ y, x1, x2 });
  });
  return fromSpans(spans);
}

/** `spans` are in reading order. */
function fromSpans(spans: readonly Span[]): { rect: Box; runs: number[] } | null {
  const [first, last] = [spans[0], spans.at(-1)];
  if (!first || !last) return null;
  let [x1, x2] = [Infinity, -Infinity];
  for (const span of spans) {
    x1 = Math.min(x1, span.x1);
    x2 = Math.max(x2, span.x2);
  }
  const rect = { x1, y1: first.y, x2, y2: last.y + 1 };
  const width = x2 - x1;
  const runs: number[] = [];
  let written = 0;
  for (const span of spans) {
    const begin = (span.y - rect.y1) * width + span.x1 - x1;
    const length = span.x2 - span.x1;
    if (runs.length > 0 && begin === written) runs[runs.length - 1] = (runs.at(-1) ?? 0) + length;
    else runs.push(begin - written, length);
    written = begin + length;
  }
  const rest = width * heightOf(rect) - written;
  if (rest > 0) runs.push(rest);
  return { rect, runs };
}

/** How much is added beyond what is touched, so that a stroke does not grow the bitmap at every step. */
const SPARE = 64;

/** Pixels to paint on: only as many as were touched, never more than the image has. */
export class Bitmap {
  /** The part of the image that there are pixels for. */
  rect: Box = { x1: 0, y1: 0, x2: 0, y2: 0 };
  /** 1 where it is on. */
  on = new Uint8Array(0);
  /** Grows with every change, for who keeps a picture of it. */
  version = 0;

  constructor(private readonly size: Size) {}

  static of(rect: Box, runs: readonly number[], size: Size): Bitmap {
    const bitmap = new Bitmap(size);
    bitmap.reach(rect);
    eachSpan(rect, runs, (y, x1, x2) => bitmap.set(y, x1, x2, true));
    return bitmap;
  }

  /** All within `radius` of the way from `a` to `b`, and at least the pixels under both. */
  stroke(a: Point, b: Point, radius: number, on: boolean): void {
    const box = {
      x1: Math.floor(Math.min(a.x, b.x) - radius),
      y1: Math.floor(Math.min(a.y, b.y) - radius),
      x2: Math.ceil(Math.max(a.x, b.x) + radius) + 1,
      y2: Math.ceil(Math.max(a.y, b.y) + radius) + 1,
    };
    if (on) this.reach(box);
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const length = Math.hypot(dx, dy);
    const [ux, uy] = length > 0 ? [dx / length, dy / length] : [1, 0];
    const square = radius * radius;
    for (let y = Math.max(box.y1, this.rect.y1); y < Math.min(box.y2, this.rect.y2); y += 1) {
      let [from, to] = [Infinity, -Infinity];
      for (let x = Math.max(box.x1, this.rect.x1); x < Math.min(box.x2, this.rect.x2); x += 1) {
        const [px, py] = [x + 0.5 - a.x, y + 0.5 - a.y];
        const along = Math.max(0, Math.min(length, px * ux + py * uy));
        const [ox, oy] = [px - along * ux, py - along * uy];
        if (ox * ox + oy * oy >= square) continue;
        if (x < from) from = x;
        to = x + 1;
      }
      if (from < to) this.set(y, from, to, on);
    }
    for (const end of [a, b]) this.set(Math.floor(end.y), Math.floor(end.x), Math.floor(end.x) + 1, on);
  }

  /** What lies inside a closed line, by the middles of the pixels; where it crosses itself, what lies in it twice is out. */
  fill(points: readonly Point[], on: boolean): void {
    const ys = points.map((p) => p.y);
    const xs = points.map((p) => p.x);
    const [top, bottom] = [Math.floor(Math.min(...ys)), Math.ceil(Math.max(...ys))];
    if (on) this.reach({ x1: Math.floor(Math.min(...xs)), y1: top, x2: Math.ceil(Math.max(...xs)), y2: bottom });
    for (let y = top; y < bottom; y += 1) {
      const cuts: number[] = [];
      points.forEach((a, n) => {
        const b = points[(n + 1) % points.length] ?? a;
        const middle = y + 0.5;
        if (a.y > middle !== b.y > middle) cuts.push(a.x + ((middle - a.y) / (b.y - a.y)) * (b.x - a.x));
      });
      cuts.sort((a, b) => a - b);
      for (let n = 0; n + 1 < cuts.length; n += 2) {
        this.set(y, Math.round(cuts[n] ?? 0), Math.round(cuts[n + 1] ?? 0), on);
      }
    }
  }

  /** Turns on what is off and does not reach the outside. */
  fillHoles(): void {
    const { rect, on } = this;
    const [width, height] = [widthOf(rect), heightOf(rect)];
    const outside = new Uint8Array(on.length);
    const stack: number[] = [];
    const visit = (place: number) => {
      if (on[place] === 1 || outside[place] === 1) return;
      outside[place] = 1;
      stack.push(place);
    };
    for (let x = 0; x < width; x += 1) [x, (height - 1) * width + x].forEach(visit);
    for (let y = 0; y < height; y += 1) [y * width, y * width + width - 1].forEach(visit);
    for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
      const x = place % width;
      if (x > 0) visit(place - 1);
      if (x < width - 1) visit(place + 1);
      if (place >= width) visit(place - width);
      if (place < on.length - width) visit(place + width);
    }
    for (let place = 0; place < on.length; place += 1) if (outside[place] === 0) on[place] = 1;
    this.version += 1;
  }

  /** What is painted, cut to its pixels; `null` where nothing is. */
  result(): { rect: Box; runs: number[] } | null {
    const { rect, on } = this;
    const width = widthOf(rect);
    const spans: Span[] = [];
    for (let y = rect.y1; y < rect.y2; y += 1) {
      const row = (y - rect.y1) * width;
      let from = on.indexOf(1, row);
      while (from >= 0 && from < row + width) {
        const off = on.indexOf(0, from);
        const to = off < 0 ? row + width : Math.min(off, row + width);
        spans.push({ y, x1: rect.x1 + from - row, x2: rect.x1 + to - row });
        from = to < row + width ? on.indexOf(1, to) : -1;
      }
    }
    return fromSpans(spans);
  }

  private set(y: number, x1: number, x2: number, on: boolean): void {
    const { rect } = this;
    if (y < rect.y1 || y >= rect.y2) return;
    const row = (y - rect.y1) * widthOf(rect) - rect.x1;
    const [from, to] = [Math.max(x1, rect.x1), Math.min(x2, rect.x2)];
    if (from < to) this.on.fill(on ? 1 : 0, row + from, row + to);
    this.version += 1;
  }

  /** Makes room for `box`, as far as it is on the image. */
  private reach(box: Box): void {
    const { rect, size } = this;
    const none = rect.x2 === rect.x1;
    const x1 = Math.max(0, Math.min(box.x1, size.width));
    const y1 = Math.max(0, Math.min(box.y1, size.height));
    const x2 = Math.max(x1, Math.min(box.x2, size.width));
    const y2 = Math.max(y1, Math.min(box.y2, size.height));
    if (x1 === x2 || y1 === y2) return;
    if (!none && x1 >= rect.x1 && y1 >= rect.y1 && x2 <= rect.x2 && y2 <= rect.y2) return;
    const next = {
      x1: none || x1 < rect.x1 ? Math.max(0, x1 - SPARE) : rect.x1,
      y1: none || y1 < rect.y1 ? Math.max(0, y1 - SPARE) : rect.y1,
      x2: none || x2 > rect.x2 ? Math.min(size.width, x2 + SPARE) : rect.x2,
      y2: none || y2 > rect.y2 ? Math.min(size.height, y2 + SPARE) : rect.y2,
    };
    const [before, width] = [widthOf(rect), widthOf(next)];
    const on = new Uint8Array(width * heightOf(next));
    for (let y = rect.y1; !none && y < rect.y2; y += 1) {
      const from = (y - rect.y1) * before;
      on.set(this.on.subarray(from, from + before), (y - next.y1) * width + rect.x1 - next.x1);
    }
    this.rect = next;
    this.on = on;
  }
}
