// Draws the overlay: shapes, chips, the dimming around the shape in focus, what is in the making. In CSS pixels.

import { areaOf, heightOf, widthOf, type Box, type Point, type Size } from './box';
import { chipAbove, chipBelow, type ChipLook, type Chips } from './chips';
import { boundsOf, cornersOf, type Geometry } from './geometry';
import { gripsOf, type Grip } from './grips';
import type { Edges } from './hit';
import { BETWEEN_DASH, fillShape, strokeShape, type Layer } from './layer';
import { GHOST_DASH, type CanvasShape, type Ghost } from './look';
import type { Bitmap } from './mask';
import type { BitmapPicture } from './maskpic';
import type { Sketch } from './tools';
import { line, trace } from './trace';
import { boxToScreen, toScreen, type View } from './view';

export type Frame = {
  screen: Size;
  ratio: number;
  image: Size;
  view: View;
  shapes: readonly CanvasShape[];
  /** As it is just now, dragged or not. */
  focus: CanvasShape | null;
  /** What else is chosen, or changed by keys. */
  marked: readonly CanvasShape[];
  hover: CanvasShape | null;
  ghost: Ghost | null;
  dim: boolean;
  hidden: boolean;
  handles: boolean;
  /** The grip under the pointer. */
  grip: Grip | null;
  /** What is in the making; `edges` of the skeleton, where it is one. */
  sketch: Sketch | null;
  edges: Edges;
  paint: { bitmap: Bitmap; ring: { at: Point; radius: number } | null; erases: boolean } | null;
  /** The area within which shapes are chosen. */
  area: Box | null;
  /** Where the crosshair is, on the screen. */
  cross: Point | null;
  /** Lines between pixels. */
  grid: boolean;
  moving: boolean;
};

const DIM = 'rgba(8, 10, 14, 0.56)';
const DARK = 'rgba(8, 10, 14, 0.75)';
const GHOST = '#f5b955';
/** A pixel must be this large on the screen, CSS pixels, for lines between them. */
const GRID_FROM = 9;
const PAINT = '#4fd1ff';

export function paint(
  g: CanvasRenderingContext2D,
  frame: Frame,
  chips: Chips,
  layer: Layer,
  bits: BitmapPicture,
): void {
  const { screen, view, focus, hidden, ratio } = frame;
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, screen.width, screen.height);
  if (frame.grid && view.scale >= GRID_FROM) pixelGrid(g, frame);
  if (!hidden) {
    const dimmed = focus !== null && frame.dim;
    if (focus && dimmed) dimAround(g, frame, focus);
    const over = [...frame.marked, ...(focus ? [focus] : [])];
    const changed = over.filter((shape) => !frame.shapes.includes(shape));
    const scene = { ...frame, over: named(over), without: named(changed) };
    layer.paint(g, scene, dimmed ? 0.42 : 1);
    for (const shape of frame.marked) chosen(g, frame, shape, chips);
    if (frame.hover && frame.hover.id !== focus?.id) hovered(g, frame, frame.hover, chips);
    if (focus) inFocus(g, frame, focus, chips);
  }
  if (frame.paint) painted(g, frame, frame.paint, bits);
  if (frame.sketch) sketched(g, frame, frame.sketch);
  if (frame.area) areaBox(g, boxToScreen(view, frame.area));
  if (frame.cross) crosshair(g, frame.cross, screen);
}

const whole = ({ width, height }: Size): Box => ({ x1: 0, y1: 0, x2: width, y2: height });
const named = (shapes: readonly CanvasShape[]): Set<number> => new Set(shapes.map(({ id }) => id));

function dimAround(g: CanvasRenderingContext2D, { view, image }: Frame, focus: CanvasShape): void {
  const whole = boxToScreen(view, { x1: 0, y1: 0, x2: image.width, y2: image.height });
  const { geometry } = focus;
  const { kind } = geometry.shape;
  g.fillStyle = DIM;
  g.beginPath();
  g.rect(whole.x1, whole.y1, widthOf(whole), heightOf(whole));
  if (kind === 'ellipse') trace(g, geometry, [], view);
  else if (kind === 'box') {
    line(
      g,
      cornersOf(geometry).map((p) => toScreen(view, p)),
      true,
    );
  } else {
    const hole = boxToScreen(view, boundsOf(geometry));
    g.rect(hole.x1 - 8, hole.y1 - 8, widthOf(hole) + 16, heightOf(hole) + 16);
  }
  g.fill('evenodd');
}

/** Over everything else: white on dark. */
function strong(g: CanvasRenderingContext2D, shape: CanvasShape, view: View, width: number): void {
  const bounds = boxToScreen(view, boundsOf(shape.geometry));
  fillShape(g, shape, bounds, view, '#ffffff');
  g.lineWidth = width + 2;
  g.strokeStyle = DARK;
  strokeShape(g, shape, bounds, view);
  g.lineWidth = width;
  g.strokeStyle = '#ffffff';
  g.setLineDash(shape.between ? BETWEEN_DASH : []);
  strokeShape(g, shape, bounds, view);
  g.setLineDash([]);
  if (shape.geometry.shape.kind !== 'mask') return;
  g.lineWidth = 1;
  g.setLineDash([3, 5]);
  g.strokeRect(bounds.x1, bounds.y1, widthOf(bounds), heightOf(bounds));
  g.setLineDash([]);
}

function chosen(g: CanvasRenderingContext2D, frame: Frame, shape: CanvasShape, chips: Chips): void {
  strong(g, shape, frame.view, 1.5);
  const look = { text: shape.text, score: shape.score, ground: '#ffffff', swatch: shape.colour };
  const bounds = boxToScreen(frame.view, boundsOf(shape.geometry));
  chipAbove(g, chips.get(look, frame.ratio), bounds, whole(frame.screen), []);
}

function hovered(g: CanvasRenderingContext2D, frame: Frame, shape: CanvasShape, chips: Chips): void {
  const bounds = boxToScreen(frame.view, boundsOf(shape.geometry));
  g.lineWidth = 4;
  g.strokeStyle = DARK;
  strokeShape(g, shape, bounds, frame.view);
  g.lineWidth = 2.5;
  g.strokeStyle = shape.colour;
  strokeShape(g, shape, bounds, frame.view);
  const look = { text: shape.text, score: shape.score, ground: shape.colour, swatch: null };
  chipAbove(g, chips.get(look, frame.ratio), bounds, whole(frame.screen), []);
}

function inFocus(g: CanvasRenderingContext2D, frame: Frame, focus: CanvasShape, chips: Chips): void {
  const { ghost, view, screen, ratio } = frame;
  const bounds = boxToScreen(view, boundsOf(focus.geometry));
  if (ghost) {
    const behind = boxToScreen(view, ghost.rect);
    const stroke = () => g.strokeRect(behind.x1, behind.y1, widthOf(behind), heightOf(behind));
    g.lineWidth = 3.5;
    g.strokeStyle = DARK;
    stroke();
    g.setLineDash([...GHOST_DASH[ghost.by]]);
    g.lineWidth = 2;
    g.strokeStyle = GHOST;
    stroke();
    g.setLineDash([]);
    const look = { text: ghost.text, score: ghost.score, ground: GHOST, swatch: null };
    chipBelow(g, chips.get(look, ratio), behind, bounds, screen);
  }
  strong(g, focus, view, 2.5);
  const look: ChipLook = { text: focus.text, score: focus.score, ground: '#ffffff', swatch: focus.colour };
  const grips = frame.handles ? gripsOf(focus.geometry, view.scale) : [];
  const turn = grips.find((grip) => grip.kind === 'turn');
  const chip = chips.get(look, ratio);
  const at = turn && toScreen(view, turn.at);
  const inTheWay = chip && at && at.y < bounds.y1 && at.x - 10 < bounds.x1 + chip.width;
  chipAbove(g, chip, bounds, whole(screen), null, inTheWay ? bounds.y1 - at.y + 10 : 8);
  if (at) turner(g, focus.geometry, at, frame.grip?.kind === 'turn', view);
  for (const grip of grips) knob(g, toScreen(view, grip.at), grip, focus.geometry, isSame(grip, frame.grip));
}

const isSame = (a: Grip, b: Grip | null): boolean =>
  b !== null && a.kind === b.kind && a.at.x === b.at.x && a.at.y === b.at.y;

function turner(g: CanvasRenderingContext2D, geometry: Geometry, at: Point, hot: boolean, view: View): void {
  const [a, b] = cornersOf(geometry);
  const top = toScreen(view, { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  for (const [width, colour] of [
    [3, DARK],
    [1.5, '#ffffff'],
  ] as const) {
    g.lineWidth = width;
    g.strokeStyle = colour;
    g.beginPath();
    g.moveTo(top.x, top.y);
    g.lineTo(at.x, at.y);
    g.stroke();
  }
  round(g, at, hot ? 7 : 5.5, '#ffffff');
}

function knob(g: CanvasRenderingContext2D, at: Point, grip: Grip, geometry: Geometry, hot: boolean): void {
  const grown = hot ? 1.5 : 0;
  if (grip.kind === 'turn') return;
  if (grip.kind === 'middle') return round(g, at, 3 + grown, 'rgba(255, 255, 255, 0.7)');
  if (grip.kind === 'vertex') {
    const joint = geometry.shape.kind === 'skeleton' ? geometry.shape.joints[grip.n] : undefined;
    round(g, at, 5 + grown, joint?.occluded ? 'rgba(8, 10, 14, 0.85)' : '#ffffff', joint?.occluded ? '#ffffff' : DARK);
    if (joint?.outside) crossed(g, at);
    return;
  }
  const half = (grip.handle.length === 2 ? 5 : 4) + grown;
  g.fillStyle = '#ffffff';
  g.strokeStyle = 'rgba(8, 10, 14, 0.85)';
  g.lineWidth = 1.5;
  g.beginPath();
  g.roundRect(at.x - half, at.y - half, half * 2, half * 2, 2);
  g.fill();
  g.stroke();
}

function round(g: CanvasRenderingContext2D, at: Point, radius: number, fill: string, line = DARK): void {
  g.fillStyle = fill;
  g.strokeStyle = line;
  g.lineWidth = 1.5;
  g.beginPath();
  g.arc(at.x, at.y, radius, 0, Math.PI * 2);
  g.fill();
  g.stroke();
}

/** A joint that is not on the image. */
function crossed(g: CanvasRenderingContext2D, { x, y }: Point): void {
  g.strokeStyle = '#0d0f13';
  g.lineWidth = 1.5;
  g.beginPath();
  g.moveTo(x - 3, y - 3);
  g.lineTo(x + 3, y + 3);
  g.moveTo(x + 3, y - 3);
  g.lineTo(x - 3, y + 3);
  g.stroke();
}

function painted(
  g: CanvasRenderingContext2D,
  frame: Frame,
  { bitmap, ring, erases }: NonNullable<Frame['paint']>,
  bits: BitmapPicture,
): void {
  const { view, screen } = frame;
  bits.paint(g, bitmap, view, screen, PAINT);
  if (!ring) return;
  const at = toScreen(view, ring.at);
  for (const [width, colour] of [
    [3, DARK],
    [1.5, '#ffffff'],
  ] as const) {
    g.lineWidth = width;
    g.strokeStyle = colour;
    g.setLineDash(erases && colour === '#ffffff' ? [4, 3] : []);
    g.beginPath();
    g.arc(at.x, at.y, Math.max(1.5, ring.radius * view.scale), 0, Math.PI * 2);
    g.stroke();
  }
  g.setLineDash([]);
}

function sketched(
  g: CanvasRenderingContext2D,
  { view, edges }: Frame,
  { geometry, line: points, closing }: Sketch,
): void {
  if (geometry) {
    const shape = { id: 0, geometry, z: 0, edges, colour: PAINT, text: '', score: null, faint: false, between: false };
    const bounds = boxToScreen(view, geometry.rect);
    if (geometry.shape.kind === 'box') {
      g.fillStyle = 'rgba(255, 255, 255, 0.12)';
      g.beginPath();
      trace(g, geometry, [], view);
      g.fill();
    }
    if (areaOf(geometry.rect) > 0 || geometry.shape.kind !== 'mask') {
      fillShape(g, shape, bounds, view);
      strong(g, shape, view, 1.5);
    }
  }
  if (points.length === 0) return;
  const places = points.map((p) => toScreen(view, p));
  for (const [width, colour] of [
    [3.5, DARK],
    [1.5, '#ffffff'],
  ] as const) {
    g.lineWidth = width;
    g.strokeStyle = colour;
    g.beginPath();
    line(g, places, closing);
    g.stroke();
  }
  places.forEach((at, n) => round(g, at, closing && n === 0 ? 7 : 3.5, '#ffffff'));
}

function areaBox(g: CanvasRenderingContext2D, rect: Box): void {
  g.fillStyle = 'rgba(110, 168, 255, 0.14)';
  g.fillRect(rect.x1, rect.y1, widthOf(rect), heightOf(rect));
  g.lineWidth = 3;
  g.strokeStyle = DARK;
  g.strokeRect(rect.x1, rect.y1, widthOf(rect), heightOf(rect));
  g.lineWidth = 1.5;
  g.setLineDash([5, 4]);
  g.strokeStyle = '#ffffff';
  g.strokeRect(rect.x1, rect.y1, widthOf(rect), heightOf(rect));
  g.setLineDash([]);
}

function pixelGrid(g: CanvasRenderingContext2D, { view, screen, image }: Frame): void {
  const { scale, x, y } = view;
  const from = (offset: number) => Math.max(0, Math.ceil(-offset / scale));
  const to = (offset: number, length: number, most: number) => Math.min(most, Math.floor((length - offset) / scale));
  const [left, right] = [Math.max(0, x), Math.min(screen.width, x + image.width * scale)];
  const [top, bottom] = [Math.max(0, y), Math.min(screen.height, y + image.height * scale)];
  for (const [colour, shift] of [
    ['rgba(255, 255, 255, 0.22)', 0],
    ['rgba(8, 10, 14, 0.22)', 1],
  ] as const) {
    g.fillStyle = colour;
    for (let n = from(x); n <= to(x, screen.width, image.width); n += 1) {
      g.fillRect(Math.round(n * scale + x) + shift, top, 1, bottom - top);
    }
    for (let n = from(y); n <= to(y, screen.height, image.height); n += 1) {
      g.fillRect(left, Math.round(n * scale + y) + shift, right - left, 1);
    }
  }
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
