// Where the image lies on the screen: screen = image × scale + offset, in CSS pixels.

import { heightOf, widthOf, type Box, type Point, type Size } from './box';

export type View = { scale: number; x: number; y: number };

/** Room at the edges of the screen that something else covers. */
export type Insets = { top: number; right: number; bottom: number; left: number };

export const MAX_SCALE = 32;
const MIN_SHARE_OF_FIT = 0.5;
/** How much of the free screen the focused box takes after a flight, at most, along its longer side. */
const FOCUS_SHARE = 0.36;
/** No flight goes nearer than this many times the whole image: what lies around a small box tells what it is. */
const FOCUS_MAX_ZOOM = 3.6;
/** But a large photo may always be seen at this many screen pixels for one of its own. */
const FOCUS_MIN_REACH = 2;

export const toScreen = (view: View, at: Point): Point => ({
  x: at.x * view.scale + view.x,
  y: at.y * view.scale + view.y,
});
export const toImage = (view: View, at: Point): Point => ({
  x: (at.x - view.x) / view.scale,
  y: (at.y - view.y) / view.scale,
});

export function boxToScreen(view: View, box: Box): Box {
  const a = toScreen(view, { x: box.x1, y: box.y1 });
  const b = toScreen(view, { x: box.x2, y: box.y2 });
  return { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
}

function free(screen: Size, insets: Insets): { width: number; height: number; cx: number; cy: number } {
  const width = Math.max(1, screen.width - insets.left - insets.right);
  const height = Math.max(1, screen.height - insets.top - insets.bottom);
  return { width, height, cx: insets.left + width / 2, cy: insets.top + height / 2 };
}

/** The whole image in the free part of the screen. */
export function fit(image: Size, screen: Size, insets: Insets): View {
  const area = free(screen, insets);
  const scale = Math.min(area.width / image.width, area.height / image.height, MAX_SCALE);
  return centred({ x: image.width / 2, y: image.height / 2 }, scale, area);
}

/** One image pixel on one CSS pixel, around the same middle as `view`. */
export function actualSize(view: View, screen: Size, insets: Insets): View {
  const area = free(screen, insets);
  return centred(toImage(view, { x: area.cx, y: area.cy }), 1, area);
}

/** Scaled by `factor` with the image point under `at` staying there. */
export function zoomAt(view: View, at: Point, factor: number, fitScale: number): View {
  const scale = Math.min(MAX_SCALE, Math.max(fitScale * MIN_SHARE_OF_FIT, view.scale * factor));
  const k = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * k, y: at.y - (at.y - view.y) * k };
}

/** A box in the middle with its surroundings; never smaller than the whole image fits. */
export function around(box: Box, image: Size, screen: Size, insets: Insets): View {
  const area = free(screen, insets);
  const whole = fit(image, screen, insets);
  const wanted = Math.min(
    (area.width * FOCUS_SHARE) / Math.max(1, widthOf(box)),
    (area.height * FOCUS_SHARE) / Math.max(1, heightOf(box)),
    Math.max(whole.scale * FOCUS_MAX_ZOOM, FOCUS_MIN_REACH),
  );
  if (wanted <= whole.scale) return whole;
  const view = centred({ x: (box.x1 + box.x2) / 2, y: (box.y1 + box.y2) / 2 }, wanted, area);
  return {
    scale: wanted,
    x: held(view.x, image.width * wanted, insets.left, area.width),
    y: held(view.y, image.height * wanted, insets.top, area.height),
  };
}

/** An offset that leaves no blank where the image could be: the edges stay at the edges, a small image in the middle. */
function held(offset: number, length: number, start: number, room: number): number {
  if (length <= room) return start + (room - length) / 2;
  return Math.min(start, Math.max(start + room - length, offset));
}

function centred(at: Point, scale: number, area: { cx: number; cy: number }): View {
  return { scale, x: area.cx - at.x * scale, y: area.cy - at.y * scale };
}

/** At least `keep` pixels of the image stay on the screen, however it is dragged. */
export function kept(view: View, image: Size, screen: Size, keep = 60): View {
  const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  return {
    scale: view.scale,
    x: clamp(view.x, keep - image.width * view.scale, screen.width - keep),
    y: clamp(view.y, keep - image.height * view.scale, screen.height - keep),
  };
}

/** A way from one view to another: `at` is asked with 0..1; `duration` in ms. */
export type Flight = { at: (t: number) => View; duration: number };

/** How readily a flight draws back to show the way it goes (van Wijk and Nuij, "Smooth and efficient zooming"). */
const RHO = 1.3;
const MS_PER_STEP = 170;
const SHORTEST_MS = 180;
const LONGEST_MS = 420;

/** The way that the eye follows best: a far one draws back in between; how long it takes grows with how far it is. */
export function flightBetween(from: View, to: View, screen: Size): Flight {
  const middle = { x: screen.width / 2, y: screen.height / 2 };
  const [a, b] = [toImage(from, middle), toImage(to, middle)];
  const [w0, w1] = [screen.width / from.scale, screen.width / to.scale];
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const d = Math.hypot(dx, dy);
  const near = d < w0 * 1e-3;
  const bend = (w: number, sign: number) =>
    (w1 * w1 - w0 * w0 + sign * RHO ** 4 * d * d) / (2 * w * RHO * RHO * Math.max(d, 1e-9));
  const rise = (v: number) => Math.log(Math.sqrt(v * v + 1) - v);
  const r0 = near ? 0 : rise(bend(w0, 1));
  const length = near ? Math.abs(Math.log(w1 / w0)) / RHO : (rise(bend(w1, -1)) - r0) / RHO;
  const duration = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, length * MS_PER_STEP));
  const at = (t: number): View => {
    if (t >= 1) return to;
    if (t <= 0) return from;
    const s = t * length * RHO;
    const [share, width] = near
      ? [t, w0 * (w1 / w0) ** t]
      : [
          (w0 / (RHO * RHO * d)) * (Math.cosh(r0) * Math.tanh(s + r0) - Math.sinh(r0)),
          (w0 * Math.cosh(r0)) / Math.cosh(s + r0),
        ];
    const scale = screen.width / width;
    return { scale, x: middle.x - (a.x + dx * share) * scale, y: middle.y - (a.y + dy * share) * scale };
  };
  return { at, duration };
}

export const easeOut = (t: number): number => 1 - (1 - Math.min(1, Math.max(0, t))) ** 3;
