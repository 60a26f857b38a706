// Decisions on their way to the engine: one at a time, in the order they were made.
//
// A decision is shown before the engine has it. So every part carries the revision that the person saw, and when an
// earlier entry has changed the same box, the later ones move along to the revision that this made: nobody else's change
// is overwritten that way, because a revision that someone else made is never one of ours.
//
// There is no limit to what waits here: an entry is made by a person's hand, and ten thousand of them are a few megabytes.

import {
  ApiError,
  boxOf,
  touchedBy,
  type Action,
  type AnnotationId,
  type Api,
  type BoxFilter,
  type Doing,
  type ImageId,
  type TrackId,
  type Verb,
} from '../api';
import type { ImageView, Outcome } from '../api';

/** One action of a step, the image it is about, and what a box it draws is called (negative) until the engine names it. */
export type Part = Doing & { image: ImageId };

export const part = (action: Action, image: ImageId, drawnId: AnnotationId = 0): Part => ({ action, image, drawnId });

/** A message, and what is to be added in small letters. */
export type Told = [text: string, detail: string | null];

export type Entry = { n: number } & (
  | {
      kind: 'act';
      /** All of them are one step. */
      parts: readonly Part[];
      /** What is said once it is done, if anything. */
      told: (() => Told) | null;
    }
  | { kind: 'undo' }
  | { kind: 'redo' }
  | { kind: 'bulk'; filter: BoxFilter; verb: Verb }
);

export type ActEntry = Extract<Entry, { kind: 'act' }>;
export type NewEntry = Entry extends infer E ? (E extends Entry ? Omit<E, 'n'> : never) : never;

/** What drawn boxes were called, and what the engine calls them. */
export type Names = ReadonlyMap<AnnotationId, AnnotationId>;

export type OutboxEvents = {
  /** What the engine holds of an image, as far as known here. */
  truth: (image: ImageId) => ImageView | undefined;
  changed: (pending: readonly Entry[]) => void;
  /** Called before `changed`, so that what was shown early and what came back are swapped at once. */
  done: (entry: Entry, outcome: Outcome, drawn: Names) => void;
  /** `held`: later entries about the same boxes, which would not mean the same any more and are not sent. */
  failed: (entry: Entry, held: readonly ActEntry[], error: ApiError) => void;
};

type Post = Pick<Api, 'reviewAct' | 'reviewActAll' | 'reviewUndo' | 'reviewRedo' | 'bulkDecide'>;

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
      case 'act': {
        const actions = entry.parts.map(({ action }) => action);
        const [only, ...others] = actions;
        return only && others.length === 0 ? this.post.reviewAct(only) : this.post.reviewActAll(actions);
      }
      case 'undo':
        return this.post.reviewUndo();
      case 'redo':
        return this.post.reviewRedo();
      case 'bulk':
        return this.post.bulkDecide(entry.filter, entry.verb);
    }
  }

  private finish(entry: Entry, outcome: Outcome): void {
    this.pending = this.pending.slice(1);
    const drawn = new Map<AnnotationId, AnnotationId>();
    if (entry.kind === 'act') {
      const revisions = new Map<AnnotationId, number>();
      const tracks = new Set<TrackId>();
      for (const after of outcome.images) {
        const parts = entry.parts.filter(({ image }) => image === after.image.id);
        const before = this.events.truth(after.image.id);
        for (const [from, to] of named(parts, before, after)) drawn.set(from, to);
        const touched = new Set([...parts.flatMap(({ action }) => touchedIn(action, before)), ...drawn.values()]);
        for (const { id, revision, track } of after.annotations) {
          if (!touched.has(id)) continue;
          revisions.set(id, revision);
          if (track) tracks.add(track.id);
        }
      }
      // Shapes of a track change with the one that was decided on.
      for (const { image, annotations } of tracks.size > 0 ? outcome.images : []) {
        const known = new Map(this.events.truth(image.id)?.annotations.map((a) => [a.id, a.revision]));
        for (const { id, revision, track } of annotations) {
          if (track && tracks.has(track.id) && known.get(id) === revision - 1) revisions.set(id, revision);
        }
      }
      if (revisions.size > 0) this.pending = this.pending.map((later) => moveAlong(later, revisions, drawn));
    }
    this.events.done(entry, outcome, drawn);
  }

  private fail(entry: Entry, error: ApiError): void {
    this.pending = this.pending.slice(1);
    if (entry.kind !== 'act') return this.events.failed(entry, [], error);
    const undone = new Set<Entry>([entry]);
    const boxes = new Set(boxesOf(entry));
    for (const later of this.pending) {
      if (later.kind !== 'act' || !boxesOf(later).some((id) => boxes.has(id))) continue;
      undone.add(later);
      boxesOf(later).forEach((id) => boxes.add(id));
    }
    this.pending = withoutUndoOf(undone, entry, this.pending);
    const held = [...undone].filter((other): other is ActEntry => other.kind === 'act' && other !== entry);
    this.events.failed(entry, held, error);
  }
}

/** The boxes of the entry: those it names, and those it draws. */
function boxesOf({ parts }: ActEntry): AnnotationId[] {
  return parts.flatMap(({ action, drawnId }) => (action.do === 'draw' ? drawnId : (boxOf(action) ?? [])));
}

/** What waits after `failed`, without what is not done either and without the undoing and redoing of any of that. */
function withoutUndoOf(undone: ReadonlySet<Entry>, failed: Entry, later: readonly Entry[]): Entry[] {
  const done: Entry[] = [failed];
  let takenBack: Entry[] = [];
  return later.filter((entry) => {
    if (entry.kind === 'undo' || entry.kind === 'redo') {
      const [from, to] = entry.kind === 'undo' ? [done, takenBack] : [takenBack, done];
      const meant = from.pop();
      if (meant) to.push(meant);
      return !meant || !undone.has(meant);
    }
    done.push(entry);
    takenBack = [];
    return !undone.has(entry);
  });
}

function touchedIn(action: Action, before: ImageView | undefined): AnnotationId[] {
  if (before) return touchedBy(action, before);
  const id = boxOf(action);
  return id === null ? [] : [id];
}

/** Which boxes of `after` are those that `parts` drew: the newest ones that were not there before, in their order. */
function named(
  parts: readonly Part[],
  before: ImageView | undefined,
  after: ImageView,
): [AnnotationId, AnnotationId][] {
  const draws = parts.filter(({ action }) => action.do === 'draw');
  if (draws.length === 0) return [];
  const known = new Set(before?.annotations.map((a) => a.id));
  const fresh = after.annotations.filter((a) => !known.has(a.id) && a.origin === 'manual').map((a) => a.id);
  const newest = fresh.sort((a, b) => a - b).slice(-draws.length);
  return newest.length < draws.length ? [] : draws.map(({ drawnId }, n) => [drawnId, newest[n] ?? drawnId]);
}

function moveAlong(later: Entry, revisions: ReadonlyMap<AnnotationId, number>, drawn: Names): Entry {
  if (later.kind !== 'act') return later;
  const now = (id: AnnotationId) => drawn.get(id) ?? id;
  const moves = ({ action }: Part): boolean => 'id' in action && revisions.has(now(action.id));
  if (!later.parts.some(moves)) return later;
  const parts = later.parts.map((old) => {
    if (!('id' in old.action)) return old;
    const id = now(old.action.id);
    const revision = revisions.get(id) ?? old.action.revision;
    return { ...old, action: { ...old.action, id, revision } };
  });
  return { ...later, parts };
}
