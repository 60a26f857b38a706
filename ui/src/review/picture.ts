// From an image and its shapes to what the canvas draws.

import { geometryOf, stands, type AnnotationId, type AnnotationView, type ImageView, type Label } from '../api';
import type { CanvasShape, Ghost } from '../canvas/look';
import type { Geometry } from '../canvas/geometry';
import { percent } from '../shared/format';
import { m } from '../shared/i18n/index.svelte';
import { part, type Part } from './outbox';
import { otherOpinion } from './words';

const NO_COLOUR = '#9aa3b2';

type Wanted = {
  labels: ReadonlyMap<number, Label>;
  /** Whether withdrawn and rejected shapes are shown too, faintly; `also` is shown in any case. */
  all: boolean;
  also: AnnotationId | null;
  hidden: ReadonlySet<AnnotationId>;
};

/** Shapes made before: one decision among ten thousand makes one anew. */
const made = new WeakMap<AnnotationView, { label: Label | undefined; shape: CanvasShape }>();

export function canvasShapes(view: ImageView, { labels, all, also, hidden }: Wanted): CanvasShape[] {
  return view.annotations
    .filter((box) => box.shape.kind !== 'tag' && !hidden.has(box.id) && (stands(box) || all || box.id === also))
    .map((box) => canvasShape(box, labels.get(box.label)));
}

function canvasShape(box: AnnotationView, label: Label | undefined): CanvasShape {
  const text = textOf(box, label);
  const before = made.get(box);
  if (before && before.label === label && before.shape.text === text) return before.shape;
  const shape: CanvasShape = {
    id: box.id,
    geometry: geometryOf(box),
    z: box.z_order,
    edges: label?.skeleton?.edges ?? [],
    colour: label?.colour ?? NO_COLOUR,
    text,
    score: box.score === null ? null : percent(box.score),
    faint: !stands(box),
    between: box.track?.keyframe === false,
  };
  made.set(box, { label, shape });
  return shape;
}

function textOf(box: AnnotationView, label: Label | undefined): string {
  const plain = label?.name ?? m.review.unknownLabel(box.label);
  const name = box.track ? m.canvas.ofTrack(plain, box.track.id) : plain;
  if (stands(box)) return name;
  return m.canvas.out(name, box.state === 'rejected' ? m.review.badges.rejected : m.review.badges.withdrawn);
}

/** The draft's opinion of the focused box where it differs visibly from what the box is now. */
export function ghostOf(box: AnnotationView, labels: ReadonlyMap<number, Label>): Ghost | null {
  const other = otherOpinion(box);
  if (!other) return null;
  const name = labels.get(other.label)?.name ?? m.review.unknownLabel(other.label);
  const text = other.stage === 'draft' ? m.canvas.byDraft(name) : m.canvas.bySecondLook(name);
  return { rect: other.rect, by: other.stage, text, score: percent(other.score) };
}

/** Several shapes put where they were moved to. */
export function reshapes(view: ImageView, changes: ReadonlyMap<AnnotationId, Geometry>): Part[] {
  return view.annotations.flatMap(({ id, revision, image }) => {
    const geometry = changes.get(id);
    return geometry ? [part({ do: 'reshape', id, revision, geometry }, image)] : [];
  });
}
