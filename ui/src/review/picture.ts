// From an image and its boxes to what the canvas draws.

import { stands, type AnnotationId, type AnnotationView, type ImageView, type Label, type Rect } from '../api';
import type { CanvasBox, Ghost } from '../canvas/paint';
import { percent } from '../shared/format';
import { opinionOf, shift } from './words';

const NO_COLOUR = '#9aa3b2';

export type Looks = {
  labels: ReadonlyMap<number, Label>;
  focus: AnnotationId | null;
  /** The focused box's geometry while it is being fixed by keys. */
  fixing: Rect | null;
  /** Whether withdrawn and rejected boxes are shown too, faintly. */
  all: boolean;
};

export function canvasBoxes(view: ImageView, looks: Looks): CanvasBox[] {
  return view.annotations
    .filter((box) => stands(box) || looks.all || box.id === looks.focus)
    .map((box) => {
      const label = looks.labels.get(box.label);
      return {
        id: box.id,
        rect: box.id === looks.focus && looks.fixing ? looks.fixing : box.rect,
        colour: label?.colour ?? NO_COLOUR,
        text: label?.name ?? `label ${box.label}`,
        score: box.score === null ? null : percent(box.score),
        faint: !stands(box),
      };
    });
}

/** The draft's opinion of the focused box where it differs visibly from what the box is now. */
export function ghostOf(box: AnnotationView, labels: ReadonlyMap<number, Label>): Ghost | null {
  const draft = opinionOf(box, 'draft');
  if (!draft) return null;
  const other = box.disagreement ? (opinionOf(box, 'second_look') ?? draft) : draft;
  const slack = Math.max(2, (box.rect.x2 - box.rect.x1) * 0.04);
  if (other.label === box.label && shift(other.rect, box.rect) <= slack) return null;
  const name = labels.get(other.label)?.name ?? `label ${other.label}`;
  const who = other.stage === 'draft' ? 'draft' : 'second look';
  return { rect: other.rect, text: `${who}: ${name}`, score: percent(other.score) };
}
