import { beforeEach, describe, expect, it } from 'vitest';

import { ApiError, boxed, type Action, type AnnotationView, type ImageView, type Outcome } from '../api';
import { quickMock, settled } from '../api/mock/testing';
import { Outbox, part, type ActEntry, type Entry, type Names, type Part } from './outbox';

/** A post that answers only when told to, in any way told. */
class SlowPost {
  readonly sent: (Action | readonly Action[] | 'undo')[] = [];
  private waiting: { resolve: (outcome: Outcome) => void; reject: (error: ApiError) => void }[] = [];

  readonly reviewAct = (action: Action) => this.take(action);
  readonly reviewActAll = (actions: readonly Action[]) => this.take(actions);
  readonly reviewUndo = () => this.take('undo');
  readonly reviewRedo = () => this.take('undo');
  readonly bulkDecide = () => this.take('undo');

  private take(what: Action | readonly Action[] | 'undo'): Promise<Outcome> {
    this.sent.push(what);
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  async answer(...images: ImageView[]): Promise<void> {
    const counts = quickMock('empty').project().counts();
    this.waiting.shift()?.resolve({ step: 1, title: '', images, counts, undo: null, redo: null });
    await settled(2);
  }

  async refuse(code: string): Promise<void> {
    this.waiting.shift()?.reject(new ApiError({ code, message: code }));
    await settled(2);
  }
}

const project = quickMock('ready').project();
const image = [...project.images.values()].find((v) => v.annotations.length >= 2) as ImageView;
const [first, second] = image.annotations as [AnnotationView, AnnotationView];

function withRevisions(...changes: [number, number][]): ImageView {
  const annotations = image.annotations.map((a) => ({
    ...a,
    revision: changes.find(([id]) => id === a.id)?.[1] ?? a.revision,
  }));
  return { ...image, annotations };
}

describe('outbox', () => {
  let post: SlowPost;
  let outbox: Outbox;
  let truth: ImageView;
  /** Of images beside the one that all is about. */
  const truths = new Map<number, ImageView>();
  let done: Entry[];
  let failed: { entry: Entry; held: readonly ActEntry[]; code: string }[];
  let pending: readonly Entry[];
  let names: Names;

  beforeEach(() => {
    post = new SlowPost();
    [truth, done, failed, pending] = [image, [], [], []];
    outbox = new Outbox(post, {
      truth: (id) => truths.get(id) ?? truth,
      changed: (entries) => (pending = entries),
      done: (entry, outcome, drawn) => {
        done.push(entry);
        names = drawn;
        truth = outcome.images[0] ?? truth;
      },
      failed: (entry, held, error) => failed.push({ entry, held, code: error.code }),
    });
  });

  const send = (...parts: Part[]) => outbox.add({ kind: 'act', parts, told: null });
  const add = (action: Action, drawnId = 0) => send(part(action, image.image.id, drawnId));
  const accept = (box: AnnotationView) => add({ do: 'accept', id: box.id, revision: box.revision });

  it('sends one at a time, in order', async () => {
    accept(first);
    accept(second);
    outbox.add({ kind: 'undo' });
    await settled(2);
    expect(post.sent).toHaveLength(1);
    await post.answer(withRevisions([first.id, 2]));
    expect(post.sent).toHaveLength(2);
    await post.answer(withRevisions([second.id, 2]));
    expect(post.sent[2]).toBe('undo');
    expect(outbox.idle).toBe(false);
    await post.answer();
    expect(done.map((entry) => entry.n)).toEqual([1, 2, 3]);
    expect(outbox.idle).toBe(true);
    expect(pending).toEqual([]);
  });

  it('moves later changes of the same box along to its new revision', async () => {
    accept(first);
    add({ do: 'relabel', id: first.id, revision: first.revision, label: 4 });
    accept(second);
    await post.answer(withRevisions([first.id, 9], [second.id, 5]));
    expect(post.sent[1]).toEqual({ do: 'relabel', id: first.id, revision: 9, label: 4 });
    await post.answer(withRevisions([first.id, 10], [second.id, 5]));
    // Somebody else changed the second box: its entry keeps the revision that the person saw, and will be refused.
    expect(post.sent[2]).toEqual({ do: 'accept', id: second.id, revision: second.revision });
  });

  it('names a drawn box in what follows about it', async () => {
    const rect = { x1: 1, y1: 1, x2: 9, y2: 9 };
    add({ do: 'draw', image: image.image.id, label: 1, geometry: boxed(rect), details: {} }, -1);
    add({ do: 'reshape', id: -1, revision: 1, geometry: boxed(rect) });
    const drawn = { ...first, id: 777, origin: 'manual' as const, revision: 1 };
    await post.answer({ ...image, annotations: [...image.annotations, drawn] });
    expect(post.sent[1]).toEqual({ do: 'reshape', id: 777, revision: 1, geometry: boxed(rect) });
  });

  it('tells of a failure, holds back the same box and goes on with the others', async () => {
    accept(first);
    add({ do: 'relabel', id: first.id, revision: first.revision, label: 4 });
    accept(second);
    await post.refuse('disk_full');
    expect(failed).toHaveLength(1);
    expect(failed[0]?.code).toBe('disk_full');
    expect(failed[0]?.held.flatMap(({ parts }) => parts.map(({ action }) => action.do))).toEqual(['relabel']);
    expect(post.sent[1]).toMatchObject({ do: 'accept', id: second.id });
    await post.answer(withRevisions([second.id, 2]));
    expect(outbox.idle).toBe(true);
  });

  it('holds back what was to happen to a box that was never drawn', async () => {
    add({ do: 'draw', image: image.image.id, label: 1, geometry: boxed(first.rect), details: {} }, -5);
    add({ do: 'reject', id: -5, revision: 1 });
    await post.refuse('refused');
    expect(failed[0]?.held.flatMap(({ parts }) => parts.map(({ action }) => action))).toEqual([
      { do: 'reject', id: -5, revision: 1 },
    ]);
    expect(outbox.idle).toBe(true);
  });

  it('goes on after an answer without images', async () => {
    accept(first);
    accept(second);
    await post.answer();
    await post.answer();
    expect(done).toHaveLength(2);
  });

  it('sends several decisions as one step and moves later ones along for each of them', async () => {
    send(
      part({ do: 'accept', id: first.id, revision: first.revision }, image.image.id),
      part({ do: 'reject', id: second.id, revision: second.revision }, image.image.id),
    );
    add({ do: 'relabel', id: second.id, revision: second.revision, label: 4 });
    send(
      part({ do: 'reopen', id: first.id, revision: first.revision }, image.image.id),
      part({ do: 'reopen', id: second.id, revision: second.revision }, image.image.id),
    );
    expect(post.sent).toEqual([
      [
        { do: 'accept', id: first.id, revision: first.revision },
        { do: 'reject', id: second.id, revision: second.revision },
      ],
    ]);
    await post.answer(withRevisions([first.id, 5], [second.id, 6]));
    expect(post.sent[1]).toEqual({ do: 'relabel', id: second.id, revision: 6, label: 4 });
    await post.answer(withRevisions([first.id, 5], [second.id, 7]));
    expect(post.sent[2]).toEqual([
      { do: 'reopen', id: first.id, revision: 5 },
      { do: 'reopen', id: second.id, revision: 7 },
    ]);
  });

  it('gives each of several drawn boxes its name, on each of several images', async () => {
    const other = [...project.images.values()].find((v) => v.image.id !== image.image.id) as ImageView;
    const draw = (on: ImageView, drawnId: number) =>
      part(
        { do: 'draw', image: on.image.id, label: 1, geometry: boxed(first.rect), details: {} },
        on.image.id,
        drawnId,
      );
    send(draw(image, -1), draw(other, -2), draw(image, -3));
    send(
      part({ do: 'reject', id: -3, revision: 1 }, image.image.id),
      part({ do: 'reject', id: -2, revision: 1 }, other.image.id),
    );
    const fresh = (on: ImageView, ...ids: number[]): ImageView => ({
      ...on,
      annotations: [...on.annotations, ...ids.map((id) => ({ ...first, id, origin: 'manual' as const, revision: 3 }))],
    });
    truths.set(other.image.id, other);
    await post.answer(fresh(image, 801, 803), fresh(other, 802));
    expect([...names]).toEqual([
      [-1, 801],
      [-3, 803],
      [-2, 802],
    ]);
    expect(post.sent[1]).toEqual([
      { do: 'reject', id: 803, revision: 3 },
      { do: 'reject', id: 802, revision: 3 },
    ]);
  });

  it('holds back whole steps that lean on what failed, and what leans on them', async () => {
    const third = image.annotations[2] ?? first;
    accept(first);
    send(
      part({ do: 'relabel', id: first.id, revision: first.revision, label: 4 }, image.image.id),
      part({ do: 'relabel', id: second.id, revision: second.revision, label: 4 }, image.image.id),
    );
    accept(second);
    if (third !== first) accept(third);
    await post.refuse('disk_full');
    expect(failed[0]?.held.map((entry) => entry.n)).toEqual([2, 3]);
    expect(post.sent.slice(1)).toEqual(
      third === first ? [] : [{ do: 'accept', id: third.id, revision: third.revision }],
    );
  });

  it('does not undo an earlier step in place of one that failed', async () => {
    accept(first);
    outbox.add({ kind: 'undo' });
    accept(second);
    outbox.add({ kind: 'undo' });
    outbox.add({ kind: 'undo' });
    await post.refuse('disk_full');
    await post.answer(withRevisions([second.id, 2]));
    await post.answer();
    await post.answer();
    // The first undo was meant for what failed; the other two stand.
    expect(post.sent.slice(1)).toEqual([{ do: 'accept', id: second.id, revision: second.revision }, 'undo', 'undo']);
    expect(outbox.idle).toBe(true);
  });

  it('keeps the order of ten thousand decisions and loses none', async () => {
    const many: ImageView = {
      ...image,
      annotations: Array.from({ length: 10_000 }, (_, n) => ({ ...first, id: n + 1, revision: 1 })),
    };
    const sent: number[] = [];
    let most = 0;
    const answer: Outcome = { step: 1, title: '', images: [], counts: project.counts(), undo: null, redo: null };
    const quick = new Outbox(
      { ...post, reviewAct: (action) => Promise.resolve(('id' in action && sent.push(action.id), answer)) },
      {
        truth: () => many,
        changed: (entries) => (most = Math.max(most, entries.length)),
        done: () => undefined,
        failed: () => expect.unreachable(),
      },
    );
    for (const { id } of many.annotations) {
      quick.add({ kind: 'act', parts: [part({ do: 'accept', id, revision: 1 }, many.image.id)], told: null });
    }
    expect(most).toBe(10_000);
    while (!quick.idle) await settled(1);
    expect(sent).toEqual(many.annotations.map(({ id }) => id));
  });
});
