import type { ImageRow, ImageStatus } from '../api';
import { plural } from '../shared/format';

export const STATUS_WORDS: Record<ImageStatus, string> = {
  new: 'No draft yet',
  drafted: 'Drafted, second look to come',
  waiting: 'Boxes wait for you',
  done: 'Nothing waits',
  confirmed_empty: 'Confirmed empty',
  problem: 'Could not be read',
};

/** What stands under an image's name: the one thing to know about it. */
export function summary(row: ImageRow): string {
  const boxes = row.settled + row.decided;
  switch (row.status) {
    case 'problem':
      return row.problem ?? 'could not be read';
    case 'confirmed_empty':
      return 'confirmed empty';
    case 'new':
      return 'no draft yet';
    case 'waiting':
      return `${row.queued} ${row.queued === 1 ? 'waits' : 'wait'}${boxes > 0 ? ` · ${boxes} fine` : ''}`;
    case 'drafted':
      return row.queued > 0
        ? `${plural(row.queued + boxes, 'box', 'boxes')}, ${row.queued} doubtful`
        : plural(boxes, 'box', 'boxes');
    case 'done':
      return boxes === 0 ? 'no boxes' : plural(boxes, 'box', 'boxes');
  }
}
