import { describe, expect, it } from 'vitest';

import type { AnnotationView, Label, OpinionView } from '../api';
import { bareLabel } from '../api/mock/labels';
import { search, suggestions } from './suggestions';
import { badge, history, namesOf, reason, shift } from './words';

const labels: Label[] = [
  'person',
  'horse',
  'cow',
  'sheep',
  'traffic light',
  'car',
  'cat',
  'cup',
  'bowl',
  'vase',
  'dog',
].map((name, n) => bareLabel(n + 1, name));
const id = (name: string) => labels.find((l) => l.name === name)?.id ?? 0;
const rect = { x1: 0, y1: 0, x2: 10, y2: 10 };

function opinion(stage: OpinionView['stage'], alternatives: [string, number][]): OpinionView {
  const [top] = alternatives;
  return {
    stage,
    label: id(top?.[0] ?? ''),
    score: top?.[1] ?? 0,
    rect,
    alternatives: alternatives.map(([name, score]) => ({ label: id(name), score })),
    model: stage === 'draft' ? 'yolov8n' : 'yolov8m',
    model_digest: 'ab',
    device: 'CPU',
    thresholds: { keep_above: 0.05, drop_below: 0.2, accept_at: 0.6 },
    at: 0,
  };
}

function box(more: Partial<AnnotationView> = {}): AnnotationView {
  return {
    id: 1,
    image: 1,
    label: id('horse'),
    rect,
    rotation: 0,
    shape: { kind: 'box' },
    score: 0.75,
    origin: 'draft',
    state: 'pending',
    standing: 'doubtful',
    verdict: 'relabelled',
    disagreement: false,
    doubt: 1,
    occluded: false,
    z_order: 0,
    group: 0,
    attributes: {},
    track: null,
    revision: 1,
    opinions: [
      opinion('draft', [
        ['cow', 0.67],
        ['horse', 0.37],
      ]),
      opinion('second_look', [
        ['horse', 0.75],
        ['cow', 0.18],
        ['sheep', 0.04],
      ]),
    ],
    ...more,
  };
}

describe('suggestions', () => {
  it('begin with the own label, then what the models thought of, then what is used here', () => {
    const offered = suggestions(
      box(),
      labels,
      new Map([
        [id('cat'), 3],
        [id('dog'), 9],
      ]),
    );
    expect(offered.map((s) => s.label.name).slice(0, 5)).toEqual(['horse', 'cow', 'sheep', 'dog', 'cat']);
    expect(offered.map((s) => s.score).slice(0, 4)).toEqual([0.75, 0.18, 0.04, null]);
    expect(offered).toHaveLength(9);
    expect(new Set(offered.map((s) => s.label.id)).size).toBe(9);
  });

  it('work for a hand-drawn box', () => {
    const offered = suggestions(box({ opinions: [], score: null, label: id('vase') }), labels, new Map());
    expect(offered[0]).toEqual({ label: labels[9], score: null, digit: 1 });
  });

  it.each([
    ['c', ['cow', 'car', 'cat', 'cup', 'traffic light']],
    ['LIGHT', ['traffic light']],
    ['ow', ['cow', 'bowl']],
    ['zebra', []],
  ])('search "%s"', (text, want) => {
    expect(search(labels, text).map((l) => l.name)).toEqual(want);
  });
});

describe('words', () => {
  const name = namesOf(labels);
  it.each<[Partial<AnnotationView>, string, string]>([
    [{}, 'was cow · 67 → 75', 'relabelled'],
    [{ verdict: 'moved' }, 'moved · 67 → 75', 'moved'],
    [{ verdict: 'confirmed' }, 'confirmed · 67 → 75', 'confirmed'],
    [{ verdict: 'added', opinions: [] }, 'added · 75', 'added'],
    [{ verdict: null, score: 0.33 }, 'low · 33', 'unsure'],
    [{ verdict: null, disagreement: true, label: id('cow') }, 'or horse? · disputed', 'models disagree'],
    [{ state: 'fixed' }, 'was cow · 67 → 75', 'fixed'],
  ])('say why a box waits: %o', (more, why, word) => {
    expect(reason(box(more), name)).toBe(why);
    expect(badge(box(more)).text).toBe(word);
  });

  it('tell how a box came to be', () => {
    const told = history(box(), name);
    expect(told.map((step) => step.head)).toEqual(['Draft', 'Second look', 'Waiting for you']);
    expect(told[0]).toMatchObject({ strong: 'cow 67\u00a0%', tail: ', horse 37\u00a0%', detail: 'yolov8n · CPU' });
    expect(told[1]?.detail).toBe('yolov8m · CPU · not cow · same place');
    expect(history(box({ state: 'fixed', label: id('dog') }), name).at(-1)).toMatchObject({
      head: 'You made it',
      strong: 'dog',
    });
  });

  it('measure how far a box moved', () => {
    expect(shift(rect, { x1: 1, y1: -4, x2: 10, y2: 11 })).toBe(4);
  });
});
