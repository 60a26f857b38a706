import { meet, type Box, type Point } from './box';
import { boundsOf, type Geometry } from './geometry';
import { gripAt, type Grip } from './grips';
import { Grid } from './grid';
import { covers, shapesAt } from './hit';
import { NOTHING, type CanvasShape, type Picture } from './look';

/** Finds what of a picture lies where. */
export class Finder {
  private picture: Picture = NOTHING;
  /** Made when it is first asked for. */
  private grid: Grid<CanvasShape> | null = null;

  show(picture: Picture): void {
    const { shapes, size } = this.picture;
    const same = picture.shapes === shapes && picture.size.width === size.width && picture.size.height === size.height;
    if (!same) this.grid = null;
    this.picture = picture;
  }

  /** What can be picked under an image point, the topmost first; `slack` in image pixels. */
  under(at: Point, slack: number): CanvasShape[] {
    const { hidden, locked } = this.picture;
    return hidden ? [] : shapesAt(this.made(), at, slack).filter(({ id }) => !locked.has(id));
  }

  /** What can be picked and reaches into an area. */
  within(area: Box): number[] {
    const { hidden, locked } = this.picture;
    if (hidden) return [];
    return [...this.made().within(area)]
      .filter(({ id, geometry }) => !locked.has(id) && meet(boundsOf(geometry), area))
      .map(({ id }) => id)
      .sort((a, b) => a - b);
  }

  /** The shape in focus as it is just now, `edited` where it is dragged. */
  focus(edited: { id: number; now: Geometry } | null): CanvasShape | null {
    const { focus, fixing, shapes } = this.picture;
    const shape = focus === null ? undefined : shapes.find(({ id }) => id === focus);
    if (!shape) return null;
    const geometry = edited?.id === shape.id ? edited.now : fixing?.get(shape.id);
    return geometry ? { ...shape, geometry } : shape;
  }

  /** The grip of `focus` under an image point. */
  grip(focus: CanvasShape | null, at: Point, scale: number): Grip | null {
    return focus && this.isEditable ? gripAt(focus.geometry, at, scale) : null;
  }

  /** Whether `focus`, or what is chosen with it, lies under an image point and can be moved. */
  holds(focus: CanvasShape | null, at: Point, slack: number): focus is CanvasShape {
    if (focus === null || !this.isEditable) return false;
    return covers(focus, at, slack) || this.others().some((shape) => covers(shape, at, slack));
  }

  /** What is chosen beside the focus and can be changed. */
  others(): CanvasShape[] {
    const { selected, focus, locked, shapes } = this.picture;
    if (selected.size < 2) return [];
    return shapes.filter(({ id }) => selected.has(id) && id !== focus && !locked.has(id));
  }

  /** Whether the shape in focus may be changed. */
  get isEditable(): boolean {
    const { editable, hidden, focus, locked } = this.picture;
    return editable && !hidden && focus !== null && !locked.has(focus);
  }

  private made(): Grid<CanvasShape> {
    const { shapes, size } = this.picture;
    this.grid ??= new Grid(shapes, ({ geometry }) => boundsOf(geometry), size.width, size.height);
    return this.grid;
  }
}
