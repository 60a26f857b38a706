import type { Box, Point } from './box';

/** More cells than this and an item is kept aside: filling them would cost more than asking it each time. */
const CELLS_UP_TO = 64;

/** Items by the cells of a coarse grid, so that a point among ten thousand asks only a few. */
export class Grid<T> {
  private readonly cells = new Map<number, T[]>();
  private readonly large: T[] = [];
  private readonly cell: number;
  private readonly columns: number;
  private readonly rows: number;

  constructor(items: readonly T[], boundsOf: (item: T) => Box, width: number, height: number) {
    this.cell = Math.max(16, Math.max(width, height) / 96);
    this.columns = Math.ceil(width / this.cell) + 1;
    this.rows = Math.ceil(height / this.cell) + 1;
    for (const item of items) {
      const [left, top, right, bottom] = this.range(boundsOf(item));
      if ((right - left + 1) * (bottom - top + 1) > CELLS_UP_TO) {
        this.large.push(item);
        continue;
      }
      for (let row = top; row <= bottom; row += 1) {
        for (let column = left; column <= right; column += 1) {
          const key = row * this.columns + column;
          const bucket = this.cells.get(key);
          if (bucket) bucket.push(item);
          else this.cells.set(key, [item]);
        }
      }
    }
  }

  /** Items that may lie within `slack` of a point, each once. */
  near({ x, y }: Point, slack: number): Set<T> {
    return this.within({ x1: x - slack, y1: y - slack, x2: x + slack, y2: y + slack });
  }

  /** Items that may reach into a box, each once. */
  within(box: Box): Set<T> {
    const found = new Set(this.large);
    const [left, top, right, bottom] = this.range(box);
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) {
        this.cells.get(row * this.columns + column)?.forEach((item) => found.add(item));
      }
    }
    return found;
  }

  /** The cells of a box; what lies outside the image is in those at its edge. */
  private range(box: Box): [number, number, number, number] {
    const cellOf = (v: number, last: number) => Math.max(0, Math.min(last, Math.floor(v / this.cell)));
    const [right, bottom] = [this.columns - 1, this.rows - 1];
    return [cellOf(box.x1, right), cellOf(box.y1, bottom), cellOf(box.x2, right), cellOf(box.y2, bottom)];
  }
}
