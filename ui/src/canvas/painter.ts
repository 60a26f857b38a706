// Puts a picture onto the two canvases, the photo below and everything else above.

import { meet, type Box, type Point, type Size } from './box';
import type { Camera } from './camera';
import { Chips } from './chips';
import type { Geometry } from './geometry';
import type { Grip } from './grips';
import { Inset, INSET_REACH } from './inset';
import { Layer } from './layer';
import { levelFor } from './levels';
import type { CanvasShape, Picture } from './look';
import { BitmapPicture } from './maskpic';
import { isDrawing, isEditing, isPainting, type Mode } from './modes';
import { paint } from './paint';
import { Brush, type Drawing, type Sketch } from './tools';

/** Zoomed in further than this over the whole image, a little whole image shows where one is. */
const INSET_FROM = 1.8;
/** More chosen shapes than this are painted with all the others. */
const ONE_BY_ONE = 250;
/** A photo's pixels are shown as such from this size on the screen. */
const PIXELS_FROM = 5;

type Now = {
  picture: Picture;
  camera: Camera;
  mode: Mode;
  focus: CanvasShape | null;
  edited: boolean;
  hover: number | null;
  grip: Grip | null;
  drawing: Drawing | null;
  repainted: number | null;
  area: Box | null;
  pointer: Point | null;
  moving: boolean;
  inset: boolean;
};

export class Painter {
  readonly inset = new Inset();
  private readonly chips = new Chips();
  private readonly layer = new Layer(this.chips);
  private white: (Pick<Picture, 'shapes' | 'selected' | 'fixing'> & { made: Picture['shapes'] }) | null = null;
  private readonly bits = new BitmapPicture();

  constructor(
    private readonly imageCanvas: HTMLCanvasElement,
    private readonly overlayCanvas: HTMLCanvasElement,
  ) {}

  resize({ width, height }: Size): void {
    for (const canvas of [this.imageCanvas, this.overlayCanvas]) {
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
    }
  }

  image({ photo, size, key }: Picture, camera: Camera, coarse: boolean): void {
    const g = this.imageCanvas.getContext('2d');
    if (!g) return;
    const { ratio } = this;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, this.imageCanvas.width, this.imageCanvas.height);
    if (key === null || size.width === 0) return;
    const { scale, x, y } = camera.view;
    g.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
    if (photo) {
      g.imageSmoothingEnabled = scale * ratio < PIXELS_FROM;
      g.imageSmoothingQuality = coarse ? 'low' : 'high';
      g.drawImage(levelFor(photo, size, scale * ratio), 0, 0, size.width, size.height);
    } else {
      g.fillStyle = 'rgba(128, 136, 150, 0.16)';
      g.fillRect(0, 0, size.width, size.height);
    }
  }

  overlay(now: Now): void {
    const g = this.overlayCanvas.getContext('2d');
    if (!g) return;
    const { picture, camera, mode, focus, drawing } = now;
    const { shapes, key, size, fixing, selected, photo } = picture;
    const busy = mode === 'aim' || isDrawing(mode);
    const sketch: Sketch | null =
      drawing?.sketch() ?? (picture.sketch ? { geometry: picture.sketch, line: [], closing: false } : null);
    const brush = drawing instanceof Brush ? drawing : null;
    // What is painted again is shown as it is painted.
    const others = now.repainted === null ? shapes : shapes.filter(({ id }) => id !== now.repainted);
    const many = selected.size > ONE_BY_ONE;
    const shown = many ? this.whitened(others, selected, fixing) : others;
    const marked =
      many || selected.size === 0
        ? []
        : others.filter(({ id }) => selected.has(id) && id !== focus?.id).map((shape) => fixed(shape, fixing));
    paint(
      g,
      {
        screen: camera.screen,
        ratio: this.ratio,
        image: size,
        view: camera.view,
        shapes: key === null ? [] : shown,
        focus: now.repainted === null ? focus : null,
        marked,
        hover: now.hover === null ? null : (shapes.find(({ id }) => id === now.hover) ?? null),
        ghost: now.edited || fixing ? null : picture.ghost,
        dim: picture.dim && !busy && !picture.sketch,
        hidden: picture.hidden,
        handles: picture.editable && !busy && focus !== null && !picture.locked.has(focus.id),
        grip: now.grip,
        sketch,
        edges: picture.template?.edges ?? [],
        paint: brush && { bitmap: brush.bitmap, ring: brush.ring, erases: mode === 'erase' },
        area: now.area,
        cross: picture.cross && busy && !isPainting(mode) ? now.pointer : null,
        grid: picture.grid,
        moving: now.moving,
      },
      this.chips,
      this.layer,
      this.bits,
    );
    if (photo && now.inset) this.inset.paint(g, photo, size, camera.view, camera.screen, this.ratio);
  }

  /** Whether the little whole image is of use, and not in the way of the focused shape. */
  wantsInset({ photo }: Picture, camera: Camera, focus: Box | null): boolean {
    if (!photo || camera.view.scale <= camera.fitScale * INSET_FROM) return false;
    const there = { x1: 0, y1: 0, x2: INSET_REACH, y2: INSET_REACH };
    const covers = focus && focus.x1 < 0 && focus.y1 < 0 && focus.x2 > there.x2 && focus.y2 > there.y2;
    return !focus || covers === true || !meet(focus, there);
  }

  /** The shapes, white those that are chosen; the same list as long as nothing of it changes. */
  private whitened(
    shapes: Picture['shapes'],
    selected: Picture['selected'],
    fixing: Picture['fixing'],
  ): Picture['shapes'] {
    const { white } = this;
    if (white?.shapes === shapes && white.selected === selected && white.fixing === fixing) return white.made;
    const made = shapes.map((shape) =>
      selected.has(shape.id) ? { ...fixed(shape, fixing), colour: '#ffffff', faint: false } : shape,
    );
    this.white = { shapes, selected, fixing, made };
    return made;
  }

  private get ratio(): number {
    return devicePixelRatio || 1;
  }
}

function fixed(shape: CanvasShape, fixing: Picture['fixing']): CanvasShape {
  const geometry = fixing?.get(shape.id);
  return geometry ? { ...shape, geometry } : shape;
}

/** The pointer's look, by what is going on and what lies under it. */
export function cursorFor(
  mode: Mode,
  grip: Grip | null,
  geometry: Geometry | null,
  over: 'focus' | 'other' | null,
): string {
  if (mode === 'pan') return 'grabbing';
  if (isPainting(mode)) return mode === 'outline' ? 'crosshair' : 'none';
  if (mode === 'aim' || mode === 'area-select' || isDrawing(mode)) return 'crosshair';
  if (mode === 'rotate' || (grip?.kind === 'turn' && mode === 'idle')) return isEditing(mode) ? 'grabbing' : 'grab';
  if (mode === 'move') return 'move';
  if (grip?.kind === 'side') return SIDES[sideOf(grip.handle, geometry?.rotation ?? 0)] ?? 'move';
  if (grip) return 'crosshair';
  if (over === 'focus') return 'move';
  return over === 'other' ? 'pointer' : 'default';
}

const SIDES = ['n-resize', 'ne-resize', 'e-resize', 'se-resize', 's-resize', 'sw-resize', 'w-resize', 'nw-resize'];
const sideOf = (handle: string, rotation: number): number =>
  (['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'].indexOf(handle) + Math.round(rotation / 45)) % 8;
