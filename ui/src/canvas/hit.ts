// What lies under the pointer.

import {
  areaOf,
  contains,
  handlePoint,
  HANDLES,
  heightOf,
  widthOf,
  type Box,
  type Handle,
  type Point,
} from './geometry';
import type { BoxGrid } from './grid';

/** How near the pointer must be to a handle or an edge, in CSS pixels. */
export const REACH = 7;

/** Edge handles appear only on boxes with at least this side on the screen, in CSS pixels. */
export const EDGE_HANDLES_FROM = 44;

/** The handles that a box of this size on the screen has. */
export function handlesOf(onScreen: Box): Handle[] {
  return HANDLES.filter((handle) => {
    if (handle.length === 2) return true;
    return (handle === 'n' || handle === 's' ? widthOf(onScreen) : heightOf(onScreen)) >= EDGE_HANDLES_FROM;
  });
}

/** The handle of a box on the screen within reach of a screen point; the nearest. */
export function handleAt(onScreen: Box, at: Point, reach = REACH): Handle | null {
  let best: Handle | null = null;
  let nearest = reach;
  for (const handle of handlesOf(onScreen)) {
    const point = handlePoint(onScreen, handle);
    const distance = Math.max(Math.abs(point.x - at.x), Math.abs(point.y - at.y));
    if (distance <= nearest && (best === null || distance < nearest)) {
      best = handle;
      nearest = distance;
    }
  }
  return best;
}

/** The boxes under an image point, the smallest first; `slack` in image pixels. */
export function boxesAt<T extends { id: number; rect: Box }>(grid: BoxGrid<T>, at: Point, slack: number): T[] {
  return [...grid.near(at, slack)]
    .filter((item) => contains(item.rect, at, slack))
    .sort((a, b) => areaOf(a.rect) - areaOf(b.rect) || a.id - b.id);
}

/** The box a click takes: the smallest, or the next one beneath when that one has the focus already. */
export function pick<T extends { id: number; rect: Box }>(under: readonly T[], focus: number | null): T | null {
  const at = under.findIndex((item) => item.id === focus);
  return under[(at + 1) % Math.max(1, under.length)] ?? null;
}
