// A photo in several sizes. Drawing is as dear as the pixels that it reads, so it reads the smallest that is still sharp.

import type { Size } from './box';

/** The same photo, the largest first, each half as large as the one before. */
export type Levels = readonly [ImageBitmap, ...ImageBitmap[]];

/** No level has a longer side below this. */
export const SMALLEST_LEVEL = 800;

/** The smallest level that has a pixel for each of the screen's, where the whole photo takes `size` × `scale` of them. */
export function levelFor(levels: Levels, size: Size, scale: number): ImageBitmap {
  return levels.findLast((level) => level.width >= size.width * scale) ?? levels[0];
}
