// Label chips as ready-made little pictures: writing text anew in every frame is what makes a canvas slow.

import type { Box, Size } from './box';

export type Chip = { canvas: HTMLCanvasElement; width: number; height: number };
export type ChipLook = { text: string; score: string | null; ground: string; swatch: string | null };

const FONT_PX = 12;
const PAD = 6;
const HEIGHT = 20;
const KEPT = 600;

/** Black or white, whichever is read better on `#rrggbb`. */
export function inkOn(colour: string): string {
  const channel = (from: number) => {
    const v = parseInt(colour.slice(from, from + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return luminance > 0.179 ? '#0d0f13' : '#ffffff';
}

export class Chips {
  private readonly kept = new Map<string, Chip>();

  /** The chip for a look at a pixel ratio; `null` where there is no canvas to draw on. */
  get(look: ChipLook, ratio: number): Chip | null {
    const key = `${look.text}\u0000${look.score ?? ''}\u0000${look.ground}\u0000${look.swatch ?? ''}\u0000${ratio}`;
    const known = this.kept.get(key);
    if (known) return known;
    const made = draw(look, ratio);
    if (!made) return null;
    if (this.kept.size >= KEPT) this.kept.clear();
    this.kept.set(key, made);
    return made;
  }
}

function draw({ text, score, ground, swatch }: ChipLook, ratio: number): Chip | null {
  const canvas = document.createElement('canvas');
  const g = canvas.getContext('2d');
  if (!g) return null;
  const family = getComputedStyle(document.body).fontFamily || 'sans-serif';
  const plain = `500 ${FONT_PX}px ${family}`;
  const bold = `700 ${FONT_PX}px ${family}`;
  g.font = plain;
  const textWidth = g.measureText(text).width;
  g.font = bold;
  const scoreWidth = score === null ? 0 : g.measureText(score).width + 5;
  const swatchWidth = swatch === null ? 0 : 13;
  const width = Math.ceil(textWidth + scoreWidth + swatchWidth + PAD * 2);
  canvas.width = Math.ceil(width * ratio);
  canvas.height = Math.ceil(HEIGHT * ratio);
  g.scale(ratio, ratio);
  g.fillStyle = ground;
  g.beginPath();
  g.roundRect(0, 0, width, HEIGHT, 4);
  g.fill();
  if (swatch !== null) {
    g.fillStyle = swatch;
    g.beginPath();
    g.roundRect(PAD, HEIGHT / 2 - 4, 8, 8, 2);
    g.fill();
  }
  g.fillStyle = inkOn(ground);
  g.textBaseline = 'middle';
  g.font = plain;
  g.fillText(text, PAD + swatchWidth, HEIGHT / 2 + 0.5);
  g.font = bold;
  if (score !== null) g.fillText(score, PAD + swatchWidth + textWidth + 5, HEIGHT / 2 + 0.5);
  return { canvas, width, height: HEIGHT };
}

/** Above the box, or inside its top where `room` ends; skipped where it would cover one in `taken`. */
export function chipAbove(
  g: CanvasRenderingContext2D,
  chip: Chip | null,
  rect: Box,
  room: Box,
  taken: Box[] | null,
  gap = 1,
): void {
  if (!chip) return;
  let y = rect.y1 - chip.height - gap;
  const [left, top] = [room.x1 + 2, room.y1 + 2];
  if (y < top) y = Math.min(Math.max(top, rect.y1 + gap), room.y2 - chip.height);
  const x = Math.min(Math.max(left, rect.x1 - (taken ? 1 : 2)), Math.max(left, room.x2 - chip.width - 2));
  const place = { x1: x, y1: y, x2: x + chip.width, y2: y + chip.height };
  if (taken) {
    if (taken.some((t) => place.x1 < t.x2 && place.x2 > t.x1 && place.y1 < t.y2 && place.y2 > t.y1)) return;
    taken.push(place);
  }
  g.drawImage(chip.canvas, x, y, chip.width, chip.height);
}

/** Below the box, and below `focus`, which lies over it. */
export function chipBelow(g: CanvasRenderingContext2D, chip: Chip | null, rect: Box, focus: Box, screen: Size): void {
  if (!chip) return;
  let y = Math.max(rect.y2, focus.y2) + 8;
  if (y + chip.height > screen.height - 2) y = rect.y2 - chip.height - 8;
  const x = Math.min(Math.max(2, rect.x1), Math.max(2, screen.width - chip.width - 2));
  g.drawImage(chip.canvas, x, y, chip.width, chip.height);
}
