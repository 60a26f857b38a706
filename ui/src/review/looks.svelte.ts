import type { Mode } from '../canvas/modes';
import type { Stage } from '../canvas/stage';

/** How the image is looked at, and what the canvas is in the middle of. */
export class Looks {
  /** Whether everything but the box in focus is darkened: box by box yes, looking at a whole image no. */
  readonly dim = $state({ queue: true, images: false });
  /** No boxes at all. */
  hidden = $state(false);
  /** Withdrawn and rejected boxes too, faintly. */
  all = $state(false);
  mode = $state<Mode>('idle');
  /** Whether the label search is open for the focused box. */
  labelling = $state(false);
  stage: Stage | null = null;
}
