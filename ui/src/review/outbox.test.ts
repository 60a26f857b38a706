import { beforeEach, describe, expect, it } from 'vitest';

import { ApiError, type Action, type AnnotationView, type ImageView, type Outcome } from '../api';
import { quickMock, settled } from '../api/mock/testing';
import { Outbox, type ActEntry, type Entry } from './outbox';

/** A post that answers only when told to, in any way told. */
class SlowPost {
  readonly sent: (Action | 'undo')[] = [];
  private waiting: { resolve: (outcome: Outcome) => void; reject: (error: ApiError) => void }[] = [];

  readonly reviewAct = (action: Action) => this.take(action);
  readonly reviewUndo = () => this.take('undo');
  readonly reviewRedo = () => this.take('undo');
  readonly bulkAccept = () => this.take('undo');
  readonly bulkReject = () => this.take('undo');

  private take(what: Action | 'undo'): Promise<Outcome> {
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
  let done: Entry[];
  let failed: { entry: Entry; held: readonly ActEntry[]; code: string }[];
  let pending: readonly Entry[];

  beforeEach(() => {
    post = new SlowPost();
    [truth, done, failed, pending] = [image, [], [], []];
    outbox = new Outbox(post, {
      truth: () => truth,
      changed: (entries) => (pending = entries),
      done: (entry, outcome) => {
        done.push(entry);
        truth = outcome.images[0] ?? truth;
      },
      failed: (entry, held, error) => failed.push({ entry, held, code: error.code }),
    });
  });

  const add = (action: Action, drawnId = 0) => outbox.add({ kind: 'act', action, image: image.image.id, drawnId });
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
    add({ do: 'draw', image: image.image.id, label: 1, rect }, -1);
    add({ do: 'reshape', id: -1, revision: 1, rect });
    const drawn = { ...first, id: 777, origin: 'manual' as const, revision: 1 };
    await post.answer({ ...image, annotations: [...image.annotations, drawn] });
    expect(post.sent[1]).toEqual({ do: 'reshape', id: 777, revision: 1, rect });
  });

  it('tells of a failure, holds back the same box and goes on with the others', async () => {
    accept(first);
    add({ do: 'relabel', id: first.id, revision: first.revision, label: 4 });
    accept(second);
    await post.refuse('disk_full');
    expect(failed).toHaveLength(1);
    expect(failed[0]?.code).toBe('disk_full');
    expect(failed[0]?.held.map((entry) => entry.action.do)).toEqual(['relabel']);
    expect(post.sent[1]).toMatchObject({ do: 'accept', id: second.id });
    await post.answer(withRevisions([second.id, 2]));
    expect(outbox.idle).toBe(true);
  });

  it('holds back what was to happen to a box that was never drawn', async () => {
    add({ do: 'draw', image: image.image.id, label: 1, rect: first.rect }, -5);
    add({ do: 'reject', id: -5, revision: 1 });
    await post.refuse('refused');
    expect(failed[0]?.held.map((entry) => entry.action)).toEqual([{ do: 'reject', id: -5, revision: 1 }]);
    expect(outbox.idle).toBe(true);
  });

  it('goes on after an answer without images', async () => {
    accept(first);
    accept(second);
    await post.answer();
    await post.answer();
    expect(done).toHaveLength(2);
  });
});
