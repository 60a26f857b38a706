// New shapes in the making, from the first point to the whole; and masks that are painted again.

import type { Point } from './box';
import { sound, type Geometry } from './geometry';
import { withJoint, withoutVertex } from './grips';
import type { CanvasShape, Picture, StageEvents } from './look';
import { isDrawing, isPainting, type Mode, type Signal } from './modes';
import { crossesItself } from './outline';
import { begun, Brush, type Drawing, type Ground, type Way } from './tools';

type Ways = {
  events: StageEvents;
  picture: () => Picture;
  mode: () => Mode;
  signal: (signal: Signal) => void;
  /** Image pixels for one CSS pixel. */
  pixel: () => number;
};

const BRUSH = { least: 1, most: 400, first: 24 };

export class Making {
  drawing: Drawing | null = null;
  /** The mask that is painted again. */
  repainted: number | null = null;
  private diameter = BRUSH.first;

  constructor(private readonly ways: Ways) {}

  /** Ready for a shape of the picture's tool. */
  arm(): void {
    if (this.ways.picture().tool === 'mask') this.paint(null);
    else this.ways.signal('arm');
  }

  /** Whether a shape is to be drawn, but nothing of it is there. */
  get isUntouched(): boolean {
    const { drawing, repainted } = this;
    return this.ways.mode() === 'aim' || (drawing instanceof Brush && repainted === null && drawing.isUntouched);
  }

  /** Finishes what is in the making where enough of it is there; true where it was. */
  finishIfWhole(): boolean {
    if (!isDrawing(this.ways.mode()) || this.drawing?.finish() !== 'done') return false;
    this.take();
    return true;
  }

  /** Paints a mask: a new one, or the one given again. */
  paint(again: CanvasShape | null): void {
    const { geometry } = again ?? {};
    const before = geometry?.shape.kind === 'mask' ? { rect: geometry.rect, runs: geometry.shape.runs } : null;
    this.repainted = again?.id ?? null;
    this.drawing = new Brush(this.ground(), this.diameter, before);
    this.ways.signal('paint');
  }

  press(at: Point): void {
    const { tool } = this.ways.picture();
    if (this.drawing) this.answer(this.drawing.press(at));
    else if (tool !== 'mask') {
      const { drawing, signal } = begun(tool, at, this.ground());
      this.drawing = drawing;
      this.ways.signal(signal);
    }
  }

  release(at: Point, dragged: boolean): void {
    this.answer(this.drawing?.release(at, dragged) ?? null);
  }

  finish(): void {
    this.answer(this.drawing?.finish() ?? null);
  }

  back(): void {
    this.answer(this.drawing?.back() ?? null);
  }

  leave(signal: Signal): void {
    this.drawing = null;
    this.repainted = null;
    this.ways.signal(signal);
  }

  /** How the mask is painted from now on. */
  paintWith(way: Way): void {
    if (!(this.drawing instanceof Brush) || !isPainting(this.ways.mode())) return;
    this.drawing.go(way);
    this.ways.signal(`to-${way}`);
  }

  /** A larger (1) or smaller (-1) brush. */
  resizeBrush(by: 1 | -1): void {
    const step = Math.max(1, Math.round(this.diameter * 0.2));
    this.diameter = Math.max(BRUSH.least, Math.min(BRUSH.most, this.diameter + by * step));
    if (this.drawing instanceof Brush) this.drawing.diameter = this.diameter;
  }

  fillHoles(): void {
    if (this.drawing instanceof Brush) this.drawing.fillHoles();
  }

  /** A vertex taken away, or a joint's mark turned over. */
  changeVertex({ id, geometry }: CanvasShape, n: number, mark: 'occluded' | 'outside'): void {
    const { events } = this.ways;
    const { kind } = geometry.shape;
    if (kind === 'cuboid' || (kind !== 'skeleton' && mark === 'occluded')) return;
    const next = kind === 'skeleton' ? withJoint(geometry, n, mark) : withoutVertex(geometry, n);
    const kept = next && this.kept(next);
    if (kept) events.reshape(id, kept);
    else events.warn('fewest');
  }

  /** As it can be kept, with a word where it looks like a mistake; `null` where too little of it is left. */
  kept(geometry: Geometry): Geometry | null {
    const kept = sound(geometry, this.ways.picture().size);
    if (kept?.shape.kind === 'polygon' && crossesItself(kept.shape.points)) this.ways.events.warn('crosses');
    return kept;
  }

  /** Follows what a drawing made of a gesture. */
  private answer(signal: Signal | null): void {
    if (signal === 'done') this.take();
    else if (signal === 'restart') this.leave('restart');
    else if (signal) this.ways.signal(signal);
  }

  /** The drawing is whole: hands it out. */
  private take(): void {
    const { drawing, repainted } = this;
    const { events } = this.ways;
    const made = drawing?.result() ?? null;
    this.leave('done');
    const kept = made && this.kept(made);
    // A mask without a pixel is none; one that was painted over stays as it was.
    if (!kept) events.warn(drawing instanceof Brush ? 'empty' : 'small');
    else if (repainted !== null) events.reshape(repainted, kept);
    else events.draw(kept);
  }

  private ground(): Ground {
    const { size, template } = this.ways.picture();
    return { size, template, pixel: this.ways.pixel };
  }
}
