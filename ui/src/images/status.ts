import type { ImageRow } from '../api';
import { fromEngine } from '../shared/i18n/engine';
import { m } from '../shared/i18n/index.svelte';

/** What stands under an image's name: the one thing to know about it. */
export function summary(row: ImageRow): string {
  const boxes = row.settled + row.decided;
  switch (row.status) {
    case 'problem':
      return row.problem ? fromEngine(row.problem) : m.images.unread;
    case 'confirmed_empty':
      return m.images.confirmedEmpty;
    case 'new':
      return m.images.noDraft;
    case 'waiting':
      return boxes > 0 ? m.images.waitAndFine(row.queued, boxes) : m.images.wait(row.queued);
    case 'drafted':
      return row.queued > 0 ? m.images.boxesDoubtful(row.queued + boxes, row.queued) : m.common.boxes(boxes);
    case 'done':
      return boxes === 0 ? m.images.noBoxes : m.common.boxes(boxes);
  }
}
