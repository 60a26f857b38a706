import type { Point, Size } from './box';
import { boundsOf, movedBy, type Geometry } from './geometry';
import { dragged, type Grip } from './grips';
import { snapBy, snapped } from './snap';

/** How a drag is meant; `slack`: how near to an edge of the image things go to it, image pixels. */
type Manner = { size: Size; free: boolean; slack: number };

/** A shape being moved as a whole, others with it, or by one of its grips. */
export class Editing {
  now: Geometry;
  /** The others, as they are now. */
  along: ReadonlyMap<number, Geometry> = new Map();

  constructor(
    readonly id: number,
    private readonly before: Geometry,
    /** Where it was taken hold of. */
    private readonly from: Point,
    private readonly grip: Grip | null,
    private readonly others: readonly { id: number; geometry: Geometry }[] = [],
  ) {
    this.now = before;
  }

  drag(to: Point, { size, free, slack }: Manner): void {
    if (this.grip) {
      // The grip goes where the pointer goes, whatever part of it was taken hold of.
      const { at } = this.grip;
      const place = { x: to.x + at.x - this.from.x, y: to.y + at.y - this.from.y };
      const turns = this.grip.kind === 'turn' || this.before.rotation !== 0;
      const isNear = slack > 0 && !turns;
      this.now = dragged(this.before, this.grip, isNear ? edged(place, size, slack) : place, { size, free });
      return;
    }
    const moved = movedBy(this.before, to.x - this.from.x, to.y - this.from.y, size);
    const by = snapBy(boundsOf(moved), size, slack);
    this.now = slack > 0 ? movedBy(moved, by.x, by.y, size) : moved;
    const [dx, dy] = [this.now.rect.x1 - this.before.rect.x1, this.now.rect.y1 - this.before.rect.y1];
    this.along = new Map(this.others.map(({ id, geometry }) => [id, movedBy(geometry, dx, dy, size)]));
  }
}

/** On the edge of the image where it is near; else, and beyond it, as it is. */
function edged(place: Point, size: Size, slack: number): Point {
  const on = snapped(place, size, slack);
  const keep = (v: number, to: number) => (Math.abs(v - to) <= slack ? to : v);
  return { x: keep(place.x, on.x), y: keep(place.y, on.y) };
}
