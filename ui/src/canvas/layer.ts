// The shapes that nobody is at work on. Few are painted anew in every frame; many are painted once into a layer larger
// than the screen, which then is shifted while the view is, and painted anew once it is at rest.

import { areaOf, heightOf, meet, widthOf, type Box, type Point, type Size } from './box';
import { chipAbove, type Chips } from './chips';
import { boundsOf } from './geometry';
import type { CanvasShape } from './look';
import { maskPicture } from './maskpic';
import { packed, Raster, type Pen } from './raster';
import { segmentsOf, trace } from './trace';
import { boxToScreen, toScreen, type View } from './view';

export type Scene = {
  shapes: readonly CanvasShape[];
  /** What is painted over all others, and of it what is not as it is among them: that must be left out of a layer. */
  over: ReadonlySet<number>;
  without: ReadonlySet<number>;
  view: View;
  screen: Size;
  image: Size;
  ratio: number;
  /** Whether the view changes with every frame. */
  moving: boolean;
};

export const SHADE = 'rgba(8, 10, 14, 0.35)';
/** Not a colour alone tells what is withdrawn or rejected. */
export const FAINT_DASH = [3, 3];
/** Nor what is interpolated. */
export const BETWEEN_DASH = [9, 5];
/** So many shapes are painted anew in every frame. */
const AT_ONCE = 250;
/** How much more than the screen a layer holds, at each side. */
const MARGIN = 0.25;
/** Chips of shapes thinner than this on the screen would hide more than they tell. */
const CHIP_FROM = 18;
const CHIPS_AT_ONCE = 160;
const FILL = 0.1;
const FAINT = 0.8;
/** From so many shapes on, lines that are not upright are set pixel by pixel too, a little jagged. */
const DENSE = 1500;

type Made = {
  shapes: Scene['shapes'];
  without: string;
  ratio: number;
  view: View;
  area: Box;
  costly: boolean;
};
/** A shape with its bounds on the screen. */
type Seen = readonly [CanvasShape, Box];

export class Layer {
  private readonly canvas = document.createElement('canvas');
  private sheet: ImageData | null = null;
  private made: Made | null = null;

  constructor(private readonly chips: Chips) {}

  /** Paints the shapes, `strength` 0..1. */
  paint(g: CanvasRenderingContext2D, scene: Scene, strength: number): void {
    const { shapes, view, screen, ratio } = scene;
    if (shapes.length <= AT_ONCE) {
      this.made = null;
      const area = { x1: 0, y1: 0, x2: screen.width, y2: screen.height };
      const seen = culled(shapes, view, area).filter(([shape]) => !scene.over.has(shape.id));
      paintShapes(g, scene, seen, area, this.chips, strength);
      g.globalAlpha = 1;
      return;
    }
    const fit = this.made && this.fits(this.made, scene);
    if (fit !== 'sharp' && !(scene.moving && fit === 'rough')) this.make(scene);
    const { made } = this;
    if (!made) return;
    const k = view.scale / made.view.scale;
    const [x, y] = [view.x - made.view.x * k + made.area.x1 * k, view.y - made.view.y * k + made.area.y1 * k];
    // Without a graphics card smoothing costs three times as much as the rest; at rest it is sharp anyway.
    g.imageSmoothingEnabled = false;
    const whole = (v: number) => (k === 1 ? Math.round(v * ratio) / ratio : v);
    const [width, height] = [widthOf(made.area), heightOf(made.area)];
    const [w, h] = [Math.ceil(width * ratio), Math.ceil(height * ratio)];
    g.globalAlpha = strength;
    g.drawImage(this.canvas, 0, 0, w, h, whole(x), whole(y), (w / ratio) * k, (h / ratio) * k);
    g.imageSmoothingEnabled = true;
    g.globalAlpha = 1;
  }

  private fits(made: Made, scene: Scene): 'sharp' | 'rough' | null {
    const { view, screen, ratio, image } = scene;
    if (made.shapes !== scene.shapes || made.without !== named(scene.without) || made.ratio !== ratio) return null;
    const k = view.scale / made.view.scale;
    // What the layer has must cover what is seen, if only roughly while zooming.
    const at = (v: number, offset: number, now: number) => (v - now) / k + offset;
    const seen = {
      x1: at(Math.max(0, view.x), made.view.x, view.x),
      y1: at(Math.max(0, view.y), made.view.y, view.y),
      x2: at(Math.min(screen.width, view.x + image.width * view.scale), made.view.x, view.x),
      y2: at(Math.min(screen.height, view.y + image.height * view.scale), made.view.y, view.y),
    };
    const { area } = made;
    const slack = 1;
    const covered =
      seen.x1 >= area.x1 - slack &&
      seen.y1 >= area.y1 - slack &&
      seen.x2 <= area.x2 + slack &&
      seen.y2 <= area.y2 + slack;
    if (k === 1) return covered ? 'sharp' : null;
    // While zooming it is shown larger or smaller until the view is at rest, or for long where it is costly to make.
    const most = made.costly ? 4 : 2.2;
    return k > 1 / most && k < most ? 'rough' : null;
  }

  private make(scene: Scene): void {
    const { view, screen, ratio, image } = scene;
    const g = this.canvas.getContext('2d');
    if (!g) return;
    const whole = boxToScreen(view, { x1: 0, y1: 0, x2: image.width, y2: image.height });
    const [mx, my] = [screen.width * MARGIN, screen.height * MARGIN];
    // Chips stand a little above their shapes.
    const area = {
      x1: Math.floor(Math.max(-mx, whole.x1 - 40)),
      y1: Math.floor(Math.max(-my, whole.y1 - 40)),
      x2: Math.ceil(Math.min(screen.width + mx, whole.x2 + 40)),
      y2: Math.ceil(Math.min(screen.height + my, whole.y2 + 40)),
    };
    const width = Math.max(1, Math.ceil(widthOf(area) * ratio));
    const height = Math.max(1, Math.ceil(heightOf(area) * ratio));
    if (this.canvas.width < width || this.canvas.height < height) {
      this.canvas.width = Math.max(width, this.canvas.width);
      this.canvas.height = Math.max(height, this.canvas.height);
    }
    const seen = culled(scene.shapes, view, area).filter(([shape]) => !scene.without.has(shape.id));
    const dense = seen.length > DENSE;
    const lines = seen.filter(([shape]) => isLines(shape, dense));
    const rest = seen.filter(([shape]) => !isLines(shape, dense));
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.sheet?.width !== width || this.sheet.height !== height) this.sheet = g.createImageData(width, height);
    setLines(new Raster(this.sheet.data.buffer, width, height), lines, { view, area, ratio });
    g.putImageData(this.sheet, 0, 0);
    g.setTransform(ratio, 0, 0, ratio, -area.x1 * ratio, -area.y1 * ratio);
    paintShapes(g, scene, rest, area, this.chips, 1);
    chipsOn(g, lines, area, this.chips, ratio);
    this.made = { shapes: scene.shapes, without: named(scene.without), ratio, view, area, costly: rest.length > DENSE };
  }
}

const named = (ids: ReadonlySet<number>): string => [...ids].join();

/** Whether its outline is set pixel by pixel: upright boxes look the same so. */
function isLines({ geometry: { rotation, shape } }: CanvasShape, dense: boolean): boolean {
  const upright = shape.kind === 'box' && rotation === 0;
  return upright || (dense && ['box', 'polygon', 'polyline', 'cuboid'].includes(shape.kind));
}

/** Sets the outlines of shapes: all shades, then all colours. */
function setLines(raster: Raster, seen: readonly Seen[], at: { view: View; area: Box; ratio: number }): void {
  const { view, area, ratio } = at;
  const thick = Math.max(1, Math.round(1.5 * ratio));
  const place = (p: Point): Point => ({ x: (p.x - area.x1) * ratio, y: (p.y - area.y1) * ratio });
  const set = ({ geometry }: CanvasShape, bounds: Box, pen: Pen) => {
    if (geometry.shape.kind === 'box' && geometry.rotation === 0) {
      const [a, b] = [place({ x: bounds.x1, y: bounds.y1 }), place({ x: bounds.x2, y: bounds.y2 })];
      raster.outline({ x1: a.x, y1: a.y, x2: b.x, y2: b.y }, pen);
      return;
    }
    for (const [a, b] of segmentsOf(geometry)) raster.segment(place(toScreen(view, a)), place(toScreen(view, b)), pen);
  };
  const shade = { colour: packed('#080a0e', 0.35), thick: thick + 2, dotted: false };
  // A shade costs as much as the line itself; among so many that are not upright it is left out.
  for (const [shape, bounds] of seen)
    if (!shape.faint && shape.geometry.shape.kind === 'box') set(shape, bounds, shade);
  for (const [shape, bounds] of seen) {
    const { colour, faint, between } = shape;
    set(shape, bounds, { colour: packed(colour, faint ? FAINT : 1), thick, dotted: faint || between });
  }
}

/** Fills and strokes shapes, with chips on the larger ones. */
function paintShapes(
  g: CanvasRenderingContext2D,
  { view, ratio }: Scene,
  seen: readonly Seen[],
  area: Box,
  chips: Chips,
  strength: number,
): void {
  g.globalAlpha = strength;
  for (const [shape, bounds] of seen) fillShape(g, shape, bounds, view);
  // All shades, then colour by colour: changing the pen costs more than a line.
  g.lineWidth = 3;
  g.strokeStyle = SHADE;
  for (const [shape, bounds] of seen) if (!shape.faint) strokeShape(g, shape, bounds, view);
  g.lineWidth = 1.5;
  let pen = '';
  const byColour = seen.length > AT_ONCE ? seen.toSorted(([a], [b]) => (a.colour < b.colour ? -1 : 1)) : seen;
  for (const [shape, bounds] of byColour) {
    const next = `${shape.colour} ${shape.faint} ${shape.between}`;
    if (next !== pen) {
      pen = next;
      g.strokeStyle = shape.colour;
      g.globalAlpha = shape.faint ? strength * FAINT : strength;
      g.setLineDash(shape.faint ? FAINT_DASH : shape.between ? BETWEEN_DASH : []);
    }
    strokeShape(g, shape, bounds, view);
  }
  g.setLineDash([]);
  g.globalAlpha = strength;
  chipsOn(g, seen, area, chips, ratio);
}

/** Chips on the larger shapes, where they do not cover each other. */
function chipsOn(g: CanvasRenderingContext2D, seen: readonly Seen[], area: Box, chips: Chips, ratio: number): void {
  const taken: Box[] = [];
  seen
    .filter(([shape, bounds]) => !shape.faint && widthOf(bounds) >= CHIP_FROM)
    .sort(([, a], [, b]) => areaOf(b) - areaOf(a))
    .slice(0, CHIPS_AT_ONCE)
    .forEach(([{ text, score, colour }, bounds]) => {
      const chip = chips.get({ text, score, ground: colour, swatch: null }, ratio);
      chipAbove(g, chip, bounds, area, taken);
    });
}

/** The shapes that reach into `area` of the screen, with their bounds there; lowest first. */
export function culled(shapes: readonly CanvasShape[], view: View, area: Box): [CanvasShape, Box][] {
  const seen: [CanvasShape, Box][] = [];
  for (const shape of shapes) {
    if (shape.geometry.shape.kind === 'tag') continue;
    const bounds = boxToScreen(view, boundsOf(shape.geometry));
    // Lines and dots reach a little beyond.
    const reach = { x1: bounds.x1 - 5, y1: bounds.y1 - 5, x2: bounds.x2 + 5, y2: bounds.y2 + 5 };
    if (meet(reach, area)) seen.push([shape, bounds]);
  }
  return seen.sort(([a], [b]) => a.z - b.z);
}

/** Strokes with the pen that is set. */
export function strokeShape(g: CanvasRenderingContext2D, shape: CanvasShape, bounds: Box, view: View): void {
  const { geometry, edges } = shape;
  const { kind } = geometry.shape;
  if (kind === 'mask') return;
  if (kind === 'box' && geometry.rotation === 0) {
    g.strokeRect(bounds.x1, bounds.y1, widthOf(bounds), heightOf(bounds));
    return;
  }
  g.beginPath();
  trace(g, geometry, edges, view);
  g.stroke();
}

/** The inside of what has one; boxes stay clear. `border`: of a mask. */
export function fillShape(
  g: CanvasRenderingContext2D,
  shape: CanvasShape,
  bounds: Box,
  view: View,
  border = shape.colour,
): void {
  const { geometry, colour, faint, edges } = shape;
  if (geometry.shape.kind === 'mask') {
    const picture = maskPicture(geometry.rect, geometry.shape.runs, { colour, border, faint });
    if (!picture) return;
    g.imageSmoothingEnabled = widthOf(bounds) < picture.width * 2;
    g.drawImage(picture, bounds.x1, bounds.y1, widthOf(bounds), heightOf(bounds));
    g.imageSmoothingEnabled = true;
    return;
  }
  if (faint || !['polygon', 'ellipse', 'points', 'skeleton'].includes(geometry.shape.kind)) return;
  const { globalAlpha } = g;
  g.globalAlpha = globalAlpha * (geometry.shape.kind === 'polygon' || geometry.shape.kind === 'ellipse' ? FILL : 1);
  g.fillStyle = colour;
  g.beginPath();
  trace(g, geometry, edges, view);
  g.fill();
  g.globalAlpha = globalAlpha;
}
