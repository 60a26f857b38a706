import type { Box, Point, Size } from '../box';
import type { Geometry } from '../geometry';
import { Bitmap } from '../mask';
import { apart, ON_POINT, type Drawing, type Ground, type Sketch } from './drawing';
import type { Signal } from '../modes';

export type Way = 'brush' | 'erase' | 'outline';

type Stroke =
  | { kind: 'stroke'; points: Point[]; radius: number; on: boolean }
  | { kind: 'fill'; points: readonly Point[] }
  | { kind: 'holes' };

/** A freehand outline gets a point each time the pointer has gone this far, CSS pixels. */
const STRIDE = 3;

/** A mask being painted: strokes over what there was, so that the last can be taken back. */
export class Brush implements Drawing {
  way: Way = 'brush';
  /** Image pixels across. */
  diameter: number;
  bitmap: Bitmap;
  private readonly strokes: Stroke[] = [];
  private line: Point[] = [];
  private pointer: Point | null = null;

  constructor(
    private readonly ground: Ground,
    diameter: number,
    /** The mask that is painted again. */
    private readonly before: { rect: Box; runs: readonly number[] } | null,
  ) {
    this.diameter = diameter;
    this.bitmap = this.fresh();
  }

  press(at: Point): null {
    this.pointer = at;
    if (this.way !== 'outline') {
      this.add({ kind: 'stroke', points: [at], radius: this.diameter / 2, on: this.way === 'brush' });
      return null;
    }
    const last = this.line.at(-1);
    const again = last && apart(last, at) <= (ON_POINT / 2) * this.ground.pixel();
    if (this.isClosing || (again && this.line.length >= 3)) this.close();
    else if (!again) this.line.push(at);
    return null;
  }

  move(at: Point, pressed: boolean): void {
    this.pointer = at;
    if (!pressed) return;
    if (this.way === 'outline') {
      const last = this.line.at(-1);
      if (last && apart(last, at) >= STRIDE * this.ground.pixel()) this.line.push(at);
      return;
    }
    const stroke = this.strokes.at(-1);
    if (stroke?.kind !== 'stroke') return;
    this.bitmap.stroke(stroke.points.at(-1) ?? at, at, stroke.radius, stroke.on);
    stroke.points.push(at);
  }

  release(_at: Point, dragged: boolean): null {
    if (this.way === 'outline' && dragged && this.line.length >= 3) this.close();
    return null;
  }

  finish(): Signal {
    if (this.line.length >= 3) this.close();
    return 'done';
  }

  back(): null {
    if (this.line.pop() !== undefined) return null;
    if (this.strokes.pop() === undefined) return null;
    this.bitmap = this.fresh();
    for (const stroke of this.strokes) this.apply(stroke);
    return null;
  }

  fillHoles(): void {
    this.add({ kind: 'holes' });
  }

  /** Leaves an outline that is not closed. */
  go(way: Way): void {
    this.way = way;
    this.line = [];
  }

  result(): Geometry | null {
    const made = this.bitmap.result();
    return made && { rect: made.rect, rotation: 0, shape: { kind: 'mask', runs: made.runs } };
  }

  sketch(): Sketch {
    const { isClosing, line, pointer } = this;
    return {
      geometry: null,
      line: pointer && !isClosing && line.length > 0 ? [...line, pointer] : line,
      closing: isClosing,
    };
  }

  get isUntouched(): boolean {
    return this.strokes.length === 0 && this.line.length === 0;
  }

  /** Where its ring is, and how wide. */
  get ring(): { at: Point; radius: number } | null {
    return this.pointer && this.way !== 'outline' ? { at: this.pointer, radius: this.diameter / 2 } : null;
  }

  private get isClosing(): boolean {
    const first = this.line[0];
    if (!first || !this.pointer || this.line.length < 3) return false;
    return apart(first, this.pointer) <= ON_POINT * this.ground.pixel();
  }

  private close(): void {
    this.add({ kind: 'fill', points: this.line });
    this.line = [];
  }

  private add(stroke: Stroke): void {
    this.strokes.push(stroke);
    this.apply(stroke);
  }

  private apply(stroke: Stroke): void {
    if (stroke.kind === 'holes') this.bitmap.fillHoles();
    else if (stroke.kind === 'fill') this.bitmap.fill(stroke.points, true);
    else {
      stroke.points.forEach((at, n) => {
        this.bitmap.stroke(stroke.points[n - 1] ?? at, at, stroke.radius, stroke.on);
      });
    }
  }

  private fresh(): Bitmap {
    const { before } = this;
    const size: Size = this.ground.size;
    return before ? Bitmap.of(before.rect, before.runs, size) : new Bitmap(size);
  }
}
