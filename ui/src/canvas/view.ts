// Where the image lies on the screen: screen = image × scale + offset, in CSS pixels.

import { heightOf, widthOf, type Box, type Point, type Size } from './geometry';

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

/** Between two views, `t` 0..1: the scale geometrically, and the screen's middle along with it. */
export function mix(from: View, to: View, t: number, screen: Size): View {
  if (t >= 1) return to;
  const scale = from.scale * (to.scale / from.scale) ** t;
  const middle = { x: screen.width / 2, y: screen.height / 2 };
  const a = toImage(from, middle);
  const b = toImage(to, middle);
  // Moving in step with the scale keeps the speed on the screen even.
  const range = 1 / to.scale - 1 / from.scale;
  const share = Math.abs(range) < 1e-9 ? t : (1 / scale - 1 / from.scale) / range;
  const at = { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
  return { scale, x: middle.x - at.x * scale, y: middle.y - at.y * scale };
}

export const easeOut = (t: number): number => 1 - (1 - Math.min(1, Math.max(0, t))) ** 3;
