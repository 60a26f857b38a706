// Where crops lie: rows of equal height, and over a row in which a label begins a line that names its labels.

import type { LabelId } from '../api';

/** Space between crops and around them, pixels. */
export const GAP = 10;
/** Height of the line under a crop, and of the line that names labels, pixels. */
export const CAPTION = 22;
export const HEADING = 26;

/** Neighbours of one label in a row: where the first of them lies, and how many they are. */
export type Stretch = { label: LabelId; column: number; length: number };

export type Layout = {
  /** Where each row begins, its heading included, and where the last one ends; pixels. */
  tops: readonly number[];
  /** What is named over a row, by its number. */
  headings: ReadonlyMap<number, readonly Stretch[]>;
};

/** `labels`: of each crop, where they are named; those that nobody knows yet count to the label before them. */
export function layoutOf(
  count: number,
  columns: number,
  rowHeight: number,
  labels: readonly (LabelId | null)[] | null,
): Layout {
  const tops = [GAP];
  const headings = new Map<number, Stretch[]>();
  let before: LabelId | null = null;
  for (let first = 0; first < count; first += columns) {
    const row = first / columns;
    const stretches: Stretch[] = [];
    let begins = false;
    for (let n = first; labels && n < Math.min(count, first + columns); n += 1) {
      const label: LabelId | null = labels[n] ?? before;
      if (label === null) continue;
      begins ||= label !== before;
      const last = stretches.at(-1);
      if (last?.label === label) last.length += 1;
      else stretches.push({ label, column: n - first, length: 1 });
      before = label;
    }
    if (begins) headings.set(row, stretches);
    tops.push((tops[row] ?? 0) + rowHeight + (begins ? HEADING : 0));
  }
  return { tops, headings };
}

/** The row that a height lies in, the nearest where it lies in none; 0 where there are no rows. */
export function rowAt({ tops }: Layout, y: number): number {
  let [low, high] = [0, Math.max(0, tops.length - 2)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}
