import { AS_IT_IS, type Adjust } from '../canvas/adjust';
import type { Warning } from '../canvas/look';
import type { Mode } from '../canvas/modes';
import type { Stage } from '../canvas/stage';
import { readPref, writePref } from '../shared/prefs';

const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';

/** Aids on the canvas that a person has on or off: lines through the pointer, lines between pixels, going to edges. */
export const AIDS = ['cross', 'grid', 'snap'] as const;
export type Aid = (typeof AIDS)[number];

/** How the image is looked at, and what the canvas is in the middle of. */
export class Looks {
  /** Whether everything but the box in focus is darkened: box by box yes, looking at a whole image no. */
  readonly dim = $state({ queue: true, gallery: true, images: false });
  /** No boxes at all. */
  hidden = $state(false);
  /** Withdrawn and rejected boxes too, faintly. */
  all = $state(false);
  readonly aids = $state({
    cross: readPref('canvas.cross', true, isBoolean),
    grid: readPref('canvas.grid', true, isBoolean),
    snap: readPref('canvas.snap', true, isBoolean),
  });
  /** Of this session only: tomorrow a photo looks as it is. */
  adjust = $state.raw<Adjust>(AS_IT_IS);
  /** Whether the sliders for it are open. */
  adjusting = $state(false);
  mode = $state<Mode>('idle');
  /** What of the shape in focus is under the pointer. */
  over = $state<'vertex' | 'joint' | null>(null);
  /** What was kept on the canvas but looks like a mistake, until something else is done. */
  warning = $state<Warning | null>(null);
  /** Whether the label search is open for the focused box. */
  labelling = $state(false);
  stage: Stage | null = null;

  toggle(aid: Aid): void {
    this.aids[aid] = !this.aids[aid];
    writePref(`canvas.${aid}`, this.aids[aid]);
  }
}
