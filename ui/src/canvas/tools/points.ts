import type { Point } from '../box';
import { FEWEST, ofPoints, type Geometry } from '../geometry';
import { apart, ON_POINT, type Drawing, type Ground, type Sketch } from './drawing';
import type { Signal } from '../modes';

/** With Shift a point is set each time the pointer has gone this far, CSS pixels. */
const STRIDE = 10;

/** Shapes drawn click by click. A click on the first point closes a polygon, one on the last point ends any of them. */
export class Points implements Drawing {
  private readonly points: Point[];
  private pointer: Point;

  constructor(
    private readonly kind: 'polygon' | 'polyline' | 'points',
    start: Point,
    private readonly ground: Ground,
  ) {
    this.points = [start];
    this.pointer = start;
  }

  press(at: Point): Signal | null {
    this.pointer = at;
    const reach = ON_POINT * this.ground.pixel();
    const last = this.points.at(-1);
    if (this.isClosing) return 'done';
    if (last && apart(last, at) <= reach / 2) return this.finish();
    this.points.push(at);
    return null;
  }

  move(at: Point, pressed: boolean, free: boolean): void {
    this.pointer = at;
    const last = this.points.at(-1);
    if (free && last && apart(last, at) >= STRIDE * this.ground.pixel()) this.points.push(at);
    else if (pressed && !free) this.points[this.points.length - 1] = at;
  }

  release(): null {
    return null;
  }

  finish(): Signal | null {
    return this.points.length >= FEWEST[this.kind] ? 'done' : null;
  }

  back(): Signal | null {
    this.points.pop();
    return this.points.length === 0 ? 'restart' : null;
  }

  result(): Geometry {
    return ofPoints({ kind: this.kind, points: [...this.points] });
  }

  sketch(): Sketch {
    if (this.kind === 'points') return { geometry: this.result(), line: [], closing: false };
    const { isClosing } = this;
    return { geometry: null, line: isClosing ? this.points : [...this.points, this.pointer], closing: isClosing };
  }

  private get isClosing(): boolean {
    const first = this.points[0];
    const enough = this.kind === 'polygon' && this.points.length >= FEWEST.polygon;
    return enough && first !== undefined && apart(first, this.pointer) <= ON_POINT * this.ground.pixel();
  }
}
