import {
  ApiError,
  boxOf,
  CONFLICTS,
  REFUSALS,
  type AnnotationId,
  type Api,
  type BoxFilter,
  type ImageId,
  type Outcome,
  type Verb,
} from '../api';
import { m } from '../shared/i18n/index.svelte';
import type { Toasts } from '../shared/toasts.svelte';
import type { Desk } from './desk.svelte';
import { Outbox, type ActEntry, type Entry, type Names, type Part, type Told } from './outbox';

/** What could not be saved and waits to be tried again, and why. */
export type Failure = { entries: readonly ActEntry[]; error: ApiError };

type Ways = {
  api: Api;
  toasts: Toasts;
  desk: Desk;
  done: (entry: Entry, outcome: Outcome, drawn: Names) => void;
  /** The person was stopped at these boxes; only told for the first of several failures in a row. */
  stopped: (entry: ActEntry) => void;
  /** What is known of an image is no longer so. */
  changed: (image: ImageId) => void;
  /** Nobody knows how far everything is still so. */
  stale: () => void;
};

/** Sends decisions, shows them before they are answered, and keeps what could not be saved. */
export class Saving {
  failure = $state.raw<Failure | null>(null);
  private readonly outbox: Outbox;

  constructor(private readonly ways: Ways) {
    const { desk, api } = ways;
    this.outbox = new Outbox(api, {
      truth: (image) => desk.truth(image),
      changed: (pending) => {
        desk.pending = pending;
      },
      done: (entry, outcome, drawn) => ways.done(entry, outcome, drawn),
      failed: (entry, held, error) => this.failed(entry, held, error),
    });
  }

  get idle(): boolean {
    return this.outbox.idle;
  }

  /** All of it as one step. `told` is said once it is done. */
  send(parts: readonly Part[], told: (() => Told) | null = null): void {
    this.forget(parts);
    this.outbox.add({ kind: 'act', parts, told });
  }

  undo(): void {
    this.outbox.add({ kind: 'undo' });
  }

  redo(): void {
    this.outbox.add({ kind: 'redo' });
  }

  bulk(filter: BoxFilter, verb: Verb): void {
    this.outbox.add({ kind: 'bulk', filter, verb });
  }

  /** Sends again what could not be saved, upon what the boxes are now. */
  retry(): void {
    const { failure } = this;
    this.failure = null;
    for (const { parts, told } of failure?.entries ?? []) {
      const fresh = parts.map((old): Part => {
        if (!('id' in old.action)) return old;
        const now = this.ways.desk.box(old.image, old.action.id);
        return now ? { ...old, action: { ...old.action, revision: now.revision } } : old;
      });
      this.outbox.add({ kind: 'act', parts: fresh, told });
    }
  }

  /** Whoever decides a box anew does not want what failed about it before. */
  private forget(parts: readonly Part[]): void {
    if (!this.failure) return;
    const anew = new Set<AnnotationId | null>(parts.map(({ action }) => boxOf(action)));
    anew.delete(null);
    const entries = this.failure.entries
      .map((entry) => ({ ...entry, parts: entry.parts.filter(({ action }) => !anew.has(boxOf(action))) }))
      .filter((entry) => entry.parts.length > 0);
    this.failure = entries.length > 0 ? { ...this.failure, entries } : null;
  }

  private failed(entry: Entry, held: readonly ActEntry[], error: ApiError): void {
    const { toasts } = this.ways;
    if (entry.kind !== 'act') {
      toasts.show(m.review.failed[entry.kind](error.message), 'bad');
      return this.ways.stale();
    }
    // Of several failures in a row the first is where the person was stopped.
    const first = this.failure === null;
    const also = held.length > 0 ? m.review.failed.also(held.length) : null;
    if (CONFLICTS.has(error.code)) {
      toasts.show(error.message, 'bad', also ?? m.review.failed.reloaded);
      new Set(entry.parts.map(({ image }) => image)).forEach((image) => this.ways.changed(image));
    } else if (REFUSALS.has(error.code)) {
      toasts.show(error.message, 'bad', also);
    } else {
      this.failure = { entries: [...(this.failure?.entries ?? []), entry, ...held], error };
      toasts.show(m.review.failed.notSaved(error.message), 'bad', also);
    }
    if (first) this.ways.stopped(entry);
  }
}
