import { describe, expect, it } from 'vitest';

import { applyAction, boxed, isQueued, stands, tally, touchedBy } from './apply';
import type { Action, AnnotationView, ImageView } from './types';

function box(id: number, more: Partial<AnnotationView> = {}): AnnotationView {
  return {
    id,
    image: 1,
    label: 1,
    rect: { x1: 0, y1: 0, x2: 10, y2: 10 },
    rotation: 0,
    shape: { kind: 'box' },
    score: 0.5,
    origin: 'draft',
    state: 'pending',
    standing: 'doubtful',
    verdict: null,
    disagreement: false,
    doubt: 1,
    occluded: false,
    z_order: 0,
    group: 0,
    attributes: {},
    track: null,
    revision: 3,
    opinions: [],
    ...more,
  };
}

function view(...annotations: AnnotationView[]): ImageView {
  const image = { id: 1, folder: 1, path: 'a.jpg', width: 100, height: 100, problem: null };
  return { image: { ...image, status: 'waiting', queued: 1, settled: 0, decided: 0, rejected: 0 }, annotations };
}

const one = (action: Action, before: AnnotationView) =>
  applyAction(action, view(before), -1).annotations.find((a) => a.id === before.id);

/** A shape of a track between its keyframes, and one that is set. */
const between = { track: { id: 2, keyframe: false } };
const set = { track: { id: 2, keyframe: true } };

describe('a decision', () => {
  it.each<[Action, Partial<AnnotationView>, Partial<AnnotationView> | undefined]>([
    [{ do: 'accept', id: 1, revision: 3 }, {}, { state: 'accepted' }],
    [{ do: 'accept', id: 1, revision: 3 }, { state: 'fixed' }, { state: 'fixed' }],
    [{ do: 'accept', id: 1, revision: 3 }, { state: 'rejected' }, { state: 'accepted' }],
    [{ do: 'reject', id: 1, revision: 3 }, {}, { state: 'rejected' }],
    [{ do: 'reject', id: 1, revision: 3 }, { origin: 'manual' }, undefined],
    [{ do: 'reopen', id: 1, revision: 3 }, { state: 'fixed' }, { state: 'pending' }],
    [{ do: 'relabel', id: 1, revision: 3, label: 2 }, {}, { state: 'fixed', label: 2 }],
    [{ do: 'relabel', id: 1, revision: 3, label: 1 }, {}, { state: 'accepted', label: 1 }],
    [{ do: 'relabel', id: 1, revision: 3, label: 2 }, { origin: 'manual' }, { state: 'accepted', label: 2 }],
    [{ do: 'reshape', id: 1, revision: 3, geometry: boxed({ x1: 1, y1: 0, x2: 10, y2: 10 }) }, {}, { state: 'fixed' }],
    [{ do: 'reshape', id: 1, revision: 3, geometry: boxed({ x1: 0, y1: 0, x2: 10, y2: 10 }) }, {}, { state: 'accepted' }],
    [{ do: 'describe', id: 1, revision: 3, details: { occluded: true } }, {}, { state: 'pending', occluded: true }],
    [{ do: 'set_keyframe', id: 1, revision: 3, keyframe: true }, between, { state: 'pending', ...set }],
    [{ do: 'set_keyframe', id: 1, revision: 3, keyframe: false }, set, between],
    [{ do: 'end_track', id: 1, revision: 3 }, between, set],
    [{ do: 'reshape', id: 1, revision: 3, geometry: boxed({ x1: 1, y1: 0, x2: 10, y2: 10 }) }, between, set],
    [{ do: 'accept', id: 1, revision: 3 }, between, between],
  ])('%o on %o', (action, before, want) => {
    const after = one(action, box(1, before));
    if (want) expect(after).toMatchObject(want);
    else expect(after).toBeUndefined();
  });

  it('draws a box that is accepted at once and takes "empty" back', () => {
    const empty = view();
    const rect = { x1: 1, y1: 2, x2: 3, y2: 4 };
    const after = applyAction(
      { do: 'draw', image: 1, label: 5, geometry: boxed(rect), details: {} },
      { ...empty, image: { ...empty.image, status: 'confirmed_empty' } },
      -7,
    );
    expect(after.annotations[0]).toMatchObject({ id: -7, label: 5, rect, state: 'accepted', origin: 'manual' });
    expect(after.image).toMatchObject({ status: 'done', decided: 1 });
  });

  it('accepts the rest, but not what the models withdrew', () => {
    const before = view(
      box(1),
      box(2, { standing: 'settled' }),
      box(3, { standing: 'withdrawn' }),
      box(4, { state: 'rejected' }),
    );
    const action: Action = { do: 'accept_rest', image: 1 };
    const after = applyAction(action, before, -1);
    expect(after.annotations.map((a) => a.state)).toEqual(['accepted', 'accepted', 'pending', 'rejected']);
    expect(touchedBy(action, before)).toEqual([1, 2]);
    expect(after.image).toMatchObject({ status: 'done', queued: 0, settled: 0, decided: 2, rejected: 1 });
  });

  it('confirms an image empty and takes it back', () => {
    const before = view(box(1), box(2, { standing: 'withdrawn' }));
    const empty = applyAction({ do: 'confirm_empty', image: 1 }, before, -1);
    expect(empty.image.status).toBe('confirmed_empty');
    expect(empty.annotations.map((a) => a.state)).toEqual(['rejected', 'pending']);
    expect(applyAction({ do: 'unconfirm_empty', image: 1 }, empty, -1).image.status).toBe('done');
  });

  it('is counted', () => {
    const boxes = [
      box(1),
      box(2, { standing: 'settled' }),
      box(3, { state: 'accepted' }),
      box(4, { standing: 'withdrawn' }),
    ];
    expect(tally(view(...boxes))).toEqual({ queued: 1, settled: 1, accepted: 1, fixed: 0, rejected: 0 });
    expect(boxes.map(stands)).toEqual([true, true, true, false]);
    expect(boxes.map(isQueued)).toEqual([true, false, false, false]);
  });
});
