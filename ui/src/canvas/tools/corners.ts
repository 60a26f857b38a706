import { between, heightOf, isUsable, widthOf, type Point } from '../box';
import { extruded } from '../cuboid';
import { ofPoints, type Geometry } from '../geometry';
import { filling } from '../grips';
import type { Drawing, Ground, Sketch } from './drawing';
import type { Signal } from '../modes';

/** Shapes drawn from corner to corner, by a drag or by two clicks; a cuboid's depth by a third. */
export class Corners implements Drawing {
  private end: Point;
  private corner: Point | null = null;
  private presses = 1;

  constructor(
    private readonly kind: 'box' | 'ellipse' | 'skeleton' | 'cuboid',
    private readonly start: Point,
    private readonly ground: Ground,
  ) {
    this.end = start;
  }

  press(at: Point): Signal | null {
    this.presses += 1;
    this.end = at;
    return null;
  }

  move(at: Point): void {
    this.end = at;
  }

  release(at: Point, dragged: boolean): Signal | null {
    this.end = at;
    // A first click only says where the first corner is.
    if (!dragged && this.presses === 1) return null;
    return this.finish();
  }

  finish(): Signal | null {
    if (this.corner) return 'done';
    if (!isUsable(this.front)) return 'restart';
    if (this.kind !== 'cuboid') return 'done';
    this.corner = this.end;
    return 'deepen';
  }

  back(): Signal {
    return 'restart';
  }

  result(): Geometry | null {
    return this.shape();
  }

  sketch(): Sketch {
    return { geometry: this.shape(), line: [], closing: false };
  }

  private get front() {
    return between(this.start, this.corner ?? this.end, this.ground.size);
  }

  private shape(): Geometry | null {
    const { front } = this;
    if (this.kind !== 'cuboid') return filling(this.kind, front, this.ground.template);
    let by = this.corner ? { x: this.end.x - this.corner.x, y: this.end.y - this.corner.y } : { x: 0, y: 0 };
    // Until it is shown how deep, a quarter.
    if (this.corner && by.x === 0 && by.y === 0) by = { x: widthOf(front) / 4, y: -heightOf(front) / 4 };
    return ofPoints({ kind: 'cuboid', points: extruded(front, by) });
  }
}
