import type { AnnotationId } from '../api';

type Ids = ReadonlySet<AnnotationId>;

/** `set` with `ids` in it, or where all of them are in it already, without them. */
function flipped(set: Ids, ids: readonly AnnotationId[]): Ids {
  const next = new Set(set);
  if (ids.every((id) => set.has(id))) ids.forEach((id) => next.delete(id));
  else ids.forEach((id) => next.add(id));
  return next;
}

/** What a person put out of reach or out of sight for now. Of this window only; nothing of it is stored. */
export class Marks {
  /** Neither picked on the canvas nor changed by keys. */
  locked = $state.raw<Ids>(new Set());
  hidden = $state.raw<Ids>(new Set());

  lock(ids: readonly AnnotationId[]): void {
    this.locked = flipped(this.locked, ids);
  }

  hide(ids: readonly AnnotationId[]): void {
    this.hidden = flipped(this.hidden, ids);
  }

  /** Shows what is hidden among `ids`, or where nothing is, hides all of them but `kept`. */
  hideAllBut(kept: Ids, ids: readonly AnnotationId[]): void {
    const hidden = ids.filter((id) => this.hidden.has(id));
    this.hide(hidden.length > 0 ? hidden : ids.filter((id) => !kept.has(id)));
  }

  /** What is gone to is seen. */
  reveal(id: AnnotationId): void {
    if (this.hidden.has(id)) this.hide([id]);
  }
}
