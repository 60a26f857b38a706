// Draws the overlay: boxes, chips, the dimming around the box in focus. Coordinates are CSS pixels.

import type { Chip, ChipLook, Chips } from './chips';
import { handlePoint, heightOf, widthOf, type Box, type Point, type Size } from './geometry';
import { handlesOf } from './hit';
import { boxToScreen, type View } from './view';

export type CanvasBox = {
  id: number;
  rect: Box;
  /** `#rrggbb`. */
  colour: string;
  text: string;
  score: string | null;
  /** Faint boxes are shown for completeness only. */
  faint: boolean;
};

/** Another opinion on the focused box: dashed, with its own chip. */
export type Ghost = { rect: Box; text: string; score: string | null };

export type Frame = {
  screen: Size;
  ratio: number;
  image: Size;
  view: View;
  boxes: readonly CanvasBox[];
  focus: CanvasBox | null;
  ghost: Ghost | null;
  hover: number | null;
  dim: boolean;
  hidden: boolean;
  handles: boolean;
  /** The box being drawn. */
  rubber: Box | null;
  /** Where the crosshair is while aiming. */
  cross: Point | null;
};

const DIM = 'rgba(8, 10, 14, 0.56)';
const DARK = 'rgba(8, 10, 14, 0.75)';
const GHOST = '#f5b955';
/** Chips of boxes thinner than this on the screen would hide more than they tell. */
const CHIP_FROM = 18;
const CHIPS_AT_ONCE = 160;

export function paint(g: CanvasRenderingContext2D, frame: Frame, chips: Chips): void {
  const { screen, view, focus, hidden } = frame;
  g.setTransform(frame.ratio, 0, 0, frame.ratio, 0, 0);
  g.clearRect(0, 0, screen.width, screen.height);
  if (!hidden) {
    const others = onScreen(frame);
    const dimmed = focus !== null && frame.dim;
    if (focus && dimmed) dimAround(g, boxToScreen(view, whole(frame.image)), boxToScreen(view, focus.rect));
    const strength = dimmed ? 0.42 : 1;
    g.globalAlpha = strength;
    for (const [box, rect] of others) outline(g, rect, box.colour, box.faint, box.id === frame.hover, strength);
    const taken: Box[] = [];
    others
      .filter(([box, rect]) => !box.faint && (widthOf(rect) >= CHIP_FROM || box.id === frame.hover))
      .sort(([a, ra], [b, rb]) => Number(b.id === frame.hover) - Number(a.id === frame.hover) || area(rb) - area(ra))
      .slice(0, CHIPS_AT_ONCE)
      .forEach(([box, rect]) => {
        const look = { text: box.text, score: box.score, ground: box.colour, swatch: null };
        g.globalAlpha = box.id === frame.hover ? 1 : strength;
        chipAbove(g, chips.get(look, frame.ratio), rect, screen, taken);
      });
    g.globalAlpha = 1;
    if (focus) inFocus(g, frame, focus, chips);
  }
  if (frame.rubber) rubber(g, boxToScreen(view, frame.rubber));
  if (frame.cross) crosshair(g, frame.cross, screen);
}

const whole = (image: Size): Box => ({ x1: 0, y1: 0, x2: image.width, y2: image.height });
const area = (box: Box): number => widthOf(box) * heightOf(box);

function onScreen({ boxes, view, screen, focus }: Frame): [CanvasBox, Box][] {
  const seen: [CanvasBox, Box][] = [];
  for (const box of boxes) {
    if (box.id === focus?.id) continue;
    const rect = boxToScreen(view, box.rect);
    if (rect.x2 < 0 || rect.y2 < 0 || rect.x1 > screen.width || rect.y1 > screen.height) continue;
    seen.push([box, rect]);
  }
  return seen;
}

function outline(
  g: CanvasRenderingContext2D,
  rect: Box,
  colour: string,
  faint: boolean,
  hover: boolean,
  strength: number,
): void {
  g.globalAlpha = hover ? 1 : faint ? 0.45 * strength : strength;
  g.setLineDash(faint ? [3, 4] : []);
  g.lineWidth = hover ? 3.5 : 3;
  g.strokeStyle = 'rgba(8, 10, 14, 0.35)';
  strokeBox(g, rect);
  g.lineWidth = hover ? 2.5 : 1.5;
  g.strokeStyle = colour;
  strokeBox(g, rect);
  g.setLineDash([]);
  g.globalAlpha = 1;
}

function strokeBox(g: CanvasRenderingContext2D, rect: Box): void {
  g.strokeRect(rect.x1, rect.y1, widthOf(rect), heightOf(rect));
}

function dimAround(g: CanvasRenderingContext2D, image: Box, hole: Box): void {
  g.fillStyle = DIM;
  g.beginPath();
  g.rect(image.x1, image.y1, widthOf(image), heightOf(image));
  g.rect(hole.x1, hole.y1, widthOf(hole), heightOf(hole));
  g.fill('evenodd');
}

function inFocus(g: CanvasRenderingContext2D, frame: Frame, focus: CanvasBox, chips: Chips): void {
  const { ghost, view, screen, ratio } = frame;
  const rect = boxToScreen(view, focus.rect);
  if (ghost) {
    const behind = boxToScreen(view, ghost.rect);
    g.lineWidth = 3.5;
    g.strokeStyle = DARK;
    strokeBox(g, behind);
    g.setLineDash([7, 5]);
    g.lineWidth = 2;
    g.strokeStyle = GHOST;
    strokeBox(g, behind);
    g.setLineDash([]);
    const look = { text: ghost.text, score: ghost.score, ground: '#f5b955', swatch: null };
    chipBelow(g, chips.get(look, ratio), behind, rect, screen);
  }
  g.lineWidth = 4.5;
  g.strokeStyle = DARK;
  strokeBox(g, rect);
  g.lineWidth = 2.5;
  g.strokeStyle = '#ffffff';
  strokeBox(g, rect);
  const look: ChipLook = { text: focus.text, score: focus.score, ground: '#ffffff', swatch: focus.colour };
  chipAbove(g, chips.get(look, ratio), rect, screen, null);
  if (frame.handles) for (const handle of handlesOf(rect)) knob(g, handlePoint(rect, handle), handle.length === 2);
}

function knob(g: CanvasRenderingContext2D, at: Point, corner: boolean): void {
  const half = corner ? 5 : 4;
  g.fillStyle = '#ffffff';
  g.strokeStyle = 'rgba(8, 10, 14, 0.85)';
  g.lineWidth = 1.5;
  g.beginPath();
  g.roundRect(at.x - half, at.y - half, half * 2, half * 2, 2);
  g.fill();
  g.stroke();
}

/** Above the box, or inside its top where the screen ends; skipped where it would cover one in `taken`. */
function chipAbove(g: CanvasRenderingContext2D, chip: Chip | null, rect: Box, screen: Size, taken: Box[] | null): void {
  if (!chip) return;
  const gap = taken ? 1 : 8;
  let y = rect.y1 - chip.height - gap;
  if (y < 2) y = Math.min(Math.max(2, rect.y1 + gap), screen.height - chip.height);
  const x = Math.min(Math.max(2, rect.x1 - (taken ? 1 : 2)), Math.max(2, screen.width - chip.width - 2));
  const place = { x1: x, y1: y, x2: x + chip.width, y2: y + chip.height };
  if (taken) {
    if (taken.some((t) => place.x1 < t.x2 && place.x2 > t.x1 && place.y1 < t.y2 && place.y2 > t.y1)) return;
    taken.push(place);
  }
  g.drawImage(chip.canvas, x, y, chip.width, chip.height);
}

function chipBelow(g: CanvasRenderingContext2D, chip: Chip | null, rect: Box, focus: Box, screen: Size): void {
  if (!chip) return;
  let y = Math.max(rect.y2, focus.y2) + 8;
  if (y + chip.height > screen.height - 2) y = rect.y2 - chip.height - 8;
  const x = Math.min(Math.max(2, rect.x1), Math.max(2, screen.width - chip.width - 2));
  g.drawImage(chip.canvas, x, y, chip.width, chip.height);
}

function rubber(g: CanvasRenderingContext2D, rect: Box): void {
  g.fillStyle = 'rgba(255, 255, 255, 0.12)';
  g.fillRect(rect.x1, rect.y1, widthOf(rect), heightOf(rect));
  g.lineWidth = 3.5;
  g.strokeStyle = DARK;
  strokeBox(g, rect);
  g.lineWidth = 1.5;
  g.strokeStyle = '#ffffff';
  strokeBox(g, rect);
}

function crosshair(g: CanvasRenderingContext2D, at: Point, screen: Size): void {
  for (const [width, colour] of [
    [3, 'rgba(8, 10, 14, 0.4)'],
    [1, 'rgba(255, 255, 255, 0.9)'],
  ] as const) {
    g.lineWidth = width;
    g.strokeStyle = colour;
    g.beginPath();
    g.moveTo(0, Math.round(at.y) + 0.5);
    g.lineTo(screen.width, Math.round(at.y) + 0.5);
    g.moveTo(Math.round(at.x) + 0.5, 0);
    g.lineTo(Math.round(at.x) + 0.5, screen.height);
    g.stroke();
  }
}
