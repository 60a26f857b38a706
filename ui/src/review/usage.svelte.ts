import { stands, type ImageView, type LabelId, type ShapeKind } from '../api';

/** What a person's own choice weighs against a box merely met. */
const CHOSEN = 5;

/** How often labels were met or given in this session; the digits and the label search offer the usual ones first. */
export class LabelUsage {
  counts = $state.raw<ReadonlyMap<LabelId, number>>(new Map());
  /** The label given last to a shape of each kind. */
  last = $state.raw<ReadonlyMap<ShapeKind, LabelId>>(new Map());

  gave(label: LabelId, kind: ShapeKind): void {
    this.last = new Map(this.last).set(kind, label);
    this.counts = new Map(this.counts).set(label, (this.counts.get(label) ?? 0) + CHOSEN);
  }

  met(view: ImageView): void {
    const counts = new Map(this.counts);
    for (const box of view.annotations.filter(stands)) counts.set(box.label, (counts.get(box.label) ?? 0) + 1);
    this.counts = counts;
  }
}
