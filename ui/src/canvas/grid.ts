import type { Box, Point } from './geometry';

/** Boxes by the cells of a coarse grid, so that a point among ten thousand boxes asks only a few. */
export class BoxGrid<T extends { rect: Box }> {
  private readonly cells = new Map<number, T[]>();
  private readonly cell: number;
  private readonly columns: number;

  constructor(items: readonly T[], width: number, height: number) {
    this.cell = Math.max(16, Math.max(width, height) / 48);
    this.columns = Math.ceil(width / this.cell) + 2;
    for (const item of items) {
      this.each(item.rect, (key) => {
        const bucket = this.cells.get(key);
        if (bucket) bucket.push(item);
        else this.cells.set(key, [item]);
      });
    }
  }

  /** Items that may lie within `slack` of a point, each once. */
  near(at: Point, slack: number): Set<T> {
    const found = new Set<T>();
    const around = { x1: at.x - slack, y1: at.y - slack, x2: at.x + slack, y2: at.y + slack };
    this.each(around, (key) => this.cells.get(key)?.forEach((item) => found.add(item)));
    return found;
  }

  private each(box: Box, visit: (key: number) => void): void {
    const cellOf = (v: number) => Math.max(0, Math.floor(v / this.cell));
    for (let row = cellOf(box.y1); row <= cellOf(box.y2); row += 1) {
      for (let column = cellOf(box.x1); column <= Math.min(this.columns, cellOf(box.x2)); column += 1) {
        visit(row * (this.columns + 1) + column);
      }
    }
  }
}
