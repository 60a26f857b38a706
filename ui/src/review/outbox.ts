// Decisions on their way to the engine: one at a time, in the order they were made.
//
// A decision is shown before the engine has it. So every entry carries the revision that the person saw, and when an
// earlier entry has changed the same box, the later ones move along to the revision that this made: nobody else's change
// is overwritten that way, because a revision that someone else made is never one of ours.

import {
  ApiError,
  boxOf,
  touchedBy,
  type Action,
  type AnnotationId,
  type Api,
  type BulkRule,
  type ImageId,
} from '../api';
import type { ImageView, Outcome } from '../api';

export type Entry = { n: number } & (
  | {
      kind: 'act';
      action: Action;
      image: ImageId;
      /** What a box drawn by this entry is called until the engine has named it; negative. */
      drawnId: AnnotationId;
    }
  | { kind: 'undo' }
  | { kind: 'redo' }
  | { kind: 'bulk'; rule: BulkRule; state: 'accepted' | 'rejected' }
);

export type ActEntry = Extract<Entry, { kind: 'act' }>;
export type NewEntry = Entry extends infer E ? (E extends Entry ? Omit<E, 'n'> : never) : never;

export type OutboxEvents = {
  /** What the engine holds of an image, as far as known here. */
  truth: (image: ImageId) => ImageView | undefined;
  changed: (pending: readonly Entry[]) => void;
  /** Called before `changed`, so that what was shown early and what came back are swapped at once. */
  done: (entry: Entry, outcome: Outcome, drawn: { from: AnnotationId; to: AnnotationId } | null) => void;
  /** `held`: later entries about the same box, which would not mean the same any more and are not sent. */
  failed: (entry: Entry, held: readonly ActEntry[], error: ApiError) => void;
};

type Post = Pick<Api, 'reviewAct' | 'reviewUndo' | 'reviewRedo' | 'bulkAccept' | 'bulkReject'>;

export class Outbox {
  private pending: Entry[] = [];
  private sending = false;
  private lastN = 0;

  constructor(
    private readonly post: Post,
    private readonly events: OutboxEvents,
  ) {}

  get idle(): boolean {
    return this.pending.length === 0;
  }

  add(entry: NewEntry): void {
    this.pending = [...this.pending, { ...entry, n: (this.lastN += 1) }];
    this.events.changed(this.pending);
    void this.pump();
  }

  private async pump(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    for (let entry = this.pending[0]; entry; entry = this.pending[0]) {
      try {
        this.finish(entry, await this.send(entry));
      } catch (thrown) {
        this.fail(entry, ApiError.from(thrown));
      }
      this.events.changed(this.pending);
    }
    this.sending = false;
  }

  private send(entry: Entry): Promise<Outcome> {
    switch (entry.kind) {
      case 'act':
        return this.post.reviewAct(entry.action);
      case 'undo':
        return this.post.reviewUndo();
      case 'redo':
        return this.post.reviewRedo();
      case 'bulk':
        return entry.state === 'accepted' ? this.post.bulkAccept(entry.rule) : this.post.bulkReject(entry.rule);
    }
  }

  private finish(entry: Entry, outcome: Outcome): void {
    this.pending = this.pending.slice(1);
    let drawn: { from: AnnotationId; to: AnnotationId } | null = null;
    if (entry.kind === 'act') {
      const before = this.events.truth(entry.image);
      const after = outcome.images.find((view) => view.image.id === entry.image);
      if (after) {
        const to = entry.action.do === 'draw' ? newest(before, after) : null;
        if (to !== null) drawn = { from: entry.drawnId, to };
        const id = boxOf(entry.action);
        const touched = new Set(before ? touchedBy(entry.action, before) : id === null ? [] : [id]);
        if (to !== null) touched.add(to);
        this.pending = this.pending.map((later) => moveAlong(later, after, touched, drawn));
      }
    }
    this.events.done(entry, outcome, drawn);
  }

  private fail(entry: Entry, error: ApiError): void {
    this.pending = this.pending.slice(1);
    const held: ActEntry[] = [];
    if (entry.kind === 'act') {
      const id = entry.action.do === 'draw' ? entry.drawnId : boxOf(entry.action);
      const follows = (later: Entry): later is ActEntry =>
        later.kind === 'act' && id !== null && boxOf(later.action) === id;
      held.push(...this.pending.filter(follows));
      this.pending = this.pending.filter((later) => !follows(later));
    }
    this.events.failed(entry, held, error);
  }
}

/** The box of `after` that was not there before, the newest of several. */
function newest(before: ImageView | undefined, after: ImageView): AnnotationId | null {
  const known = new Set(before?.annotations.map((a) => a.id));
  const fresh = after.annotations.filter((a) => !known.has(a.id) && a.origin === 'manual').map((a) => a.id);
  return fresh.length > 0 ? Math.max(...fresh) : null;
}

function moveAlong(
  later: Entry,
  after: ImageView,
  touched: ReadonlySet<AnnotationId>,
  drawn: { from: AnnotationId; to: AnnotationId } | null,
): Entry {
  if (later.kind !== 'act' || !('id' in later.action)) return later;
  const id = later.action.id === drawn?.from ? drawn.to : later.action.id;
  const now = after.annotations.find((a) => a.id === id);
  if (!now || !touched.has(id)) return later;
  return { ...later, action: { ...later.action, id, revision: now.revision } };
}
