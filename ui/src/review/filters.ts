// Which boxes a filter lets through, and what it is called. As the store does it.

import { ANY, WAITING, type AnnotationView, type BoxFilter, type LabelId, type QueueOrder, type Verb } from '../api';
import { count, percent } from '../shared/format';
import { m } from '../shared/i18n/index.svelte';

export const ORDERS: readonly QueueOrder[] = ['most_doubtful', 'disagreements_first', 'by_label', 'by_image', 'similar'];

export function passes(filter: BoxFilter, box: AnnotationView, path: string): boolean {
  const any = <T>(wanted: readonly T[], value: T | null) => wanted.length === 0 || (value !== null && wanted.includes(value));
  return (
    any(filter.labels, box.label) &&
    any(filter.states, box.state) &&
    any(filter.standings, box.standing) &&
    any(filter.verdicts, box.verdict) &&
    any(filter.origins, box.origin) &&
    any(filter.shapes, box.shape.kind) &&
    (filter.at_least === null || (box.score !== null && box.score >= filter.at_least)) &&
    (filter.below === null || (box.score !== null && box.score < filter.below)) &&
    path.toLowerCase().includes(filter.path.toLowerCase()) &&
    (filter.image === null || filter.image === box.image) &&
    (filter.disagreement === null || filter.disagreement === box.disagreement)
  );
}

/** What of a filter's boxes a verb can decide; `null`: none. */
export function decidable(filter: BoxFilter, verb: Verb): BoxFilter | null {
  const able: BoxFilter['states'] = verb === 'reopen' ? ['accepted', 'fixed', 'rejected'] : ['pending'];
  const states = filter.states.length === 0 ? able : able.filter((state) => filter.states.includes(state));
  if (states.length === 0) return null;
  const all = verb === 'reopen' || filter.standings.length > 0;
  return { ...filter, states, standings: all ? filter.standings : ['doubtful', 'settled'] };
}

export type StateName = keyof typeof STATES;

/** What is chosen from as "review state". */
export const STATES = {
  waiting: { states: ['pending'], standings: ['doubtful'] },
  settled: { states: ['pending'], standings: ['settled'] },
  undecided: { states: ['pending'], standings: ['doubtful', 'settled'] },
  withdrawn: { states: ['pending'], standings: ['withdrawn'] },
  accepted: { states: ['accepted'], standings: [] },
  fixed: { states: ['fixed'], standings: [] },
  rejected: { states: ['rejected'], standings: [] },
  decided: { states: ['accepted', 'fixed', 'rejected'], standings: [] },
  any: { states: [], standings: [] },
} as const satisfies Record<string, { states: BoxFilter['states']; standings: BoxFilter['standings'] }>;

export const STATE_NAMES = Object.keys(STATES) as StateName[];

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const sorted = (filter: BoxFilter): unknown[] =>
  Object.keys(ANY).map((key) => {
    const value = filter[key as keyof BoxFilter];
    return Array.isArray(value) ? [...value].sort() : value;
  });

export const isSameFilter = (a: BoxFilter, b: BoxFilter): boolean => isSame(sorted(a), sorted(b));

/** The name of the state a filter asks for; `null` where it is another mixture. */
export function stateOf({ states, standings }: BoxFilter): StateName | null {
  const here = [[...states].sort(), [...standings].sort()];
  return STATE_NAMES.find((name) => isSame([[...STATES[name].states].sort(), [...STATES[name].standings].sort()], here)) ?? null;
}

export const withState = (filter: BoxFilter, name: StateName): BoxFilter => ({
  ...filter,
  states: [...STATES[name].states],
  standings: [...STATES[name].standings],
});

/** A part of a filter in words, and the filter without it. */
export type Chip = { key: string; text: string; without: BoxFilter };

/** What a filter asks for beyond being in the queue, part by part. */
export function chips(filter: BoxFilter, name: (id: LabelId) => string): Chip[] {
  const words = m.review.queue.filter;
  const state = stateOf(filter);
  const without = <T>(list: readonly T[], one: T): T[] => list.filter((other) => other !== one);
  const made: (Chip | false)[] = [
    state !== 'waiting' && {
      key: 'state',
      text: state === null ? words.otherState : words.states[state],
      without: withState(filter, 'waiting'),
    },
    ...filter.labels.map((id) => ({
      key: `label-${id}`,
      text: name(id),
      without: { ...filter, labels: without(filter.labels, id) },
    })),
    filter.at_least !== null && {
      key: 'from',
      text: words.fromChip(percent(filter.at_least)),
      without: { ...filter, at_least: null },
    },
    filter.below !== null && {
      key: 'below',
      text: words.belowChip(percent(filter.below)),
      without: { ...filter, below: null },
    },
    ...filter.verdicts.map((one) => ({
      key: `verdict-${one}`,
      text: words.verdicts[one],
      without: { ...filter, verdicts: without(filter.verdicts, one) },
    })),
    ...filter.origins.map((one) => ({
      key: `origin-${one}`,
      text: words.origins[one],
      without: { ...filter, origins: without(filter.origins, one) },
    })),
    ...filter.shapes.map((one) => ({
      key: `shape-${one}`,
      text: m.labels.shapes[one],
      without: { ...filter, shapes: without(filter.shapes, one) },
    })),
    filter.path !== '' && { key: 'path', text: words.pathChip(filter.path), without: { ...filter, path: '' } },
    filter.image !== null && { key: 'image', text: words.image, without: { ...filter, image: null } },
    filter.disagreement !== null && {
      key: 'disagreement',
      text: `${words.disagreement}: ${words.disagreements[filter.disagreement ? 'only' : 'without']}`,
      without: { ...filter, disagreement: null },
    },
  ];
  return made.filter((chip) => chip !== false);
}

/** 10000 of which there are more: "10,000+". */
export const many = (n: number, more: boolean): string => (more ? m.review.queue.atLeast(count(n)) : count(n));

/** What is looked through, and how. */
export type Choice = { filter: BoxFilter; order: QueueOrder };

export const FIRST: Choice = { filter: WAITING, order: 'most_doubtful' };

/** All words that a filter knows. */
export const WORDS = {
  states: ['pending', 'accepted', 'fixed', 'rejected'],
  standings: ['doubtful', 'settled', 'withdrawn'],
  verdicts: ['confirmed', 'moved', 'relabelled', 'added', 'rejected'],
  origins: ['draft', 'second_look', 'imported', 'manual'],
  shapes: ['box', 'ellipse', 'polygon', 'polyline', 'points', 'mask', 'cuboid', 'skeleton', 'tag'],
} as const satisfies Partial<BoxFilter>;

const isListOf = (value: unknown, is: (one: unknown) => boolean) => Array.isArray(value) && value.every(is);
const isMaybe = (value: unknown, kind: 'number' | 'boolean') => value === null || typeof value === kind;

/** Whether something stored earlier is still a choice. */
export function isChoice(value: unknown): value is Choice {
  if (typeof value !== 'object' || value === null) return false;
  const { filter, order } = value as { filter?: unknown; order?: unknown };
  if (typeof filter !== 'object' || filter === null || !ORDERS.includes(order as QueueOrder)) return false;
  const f = filter as Record<string, unknown>;
  return (
    isListOf(f['labels'], Number.isInteger) &&
    Object.entries(WORDS).every(([key, words]) => isListOf(f[key], (one) => words.some((word) => word === one))) &&
    ['at_least', 'below', 'image'].every((key) => isMaybe(f[key], 'number')) &&
    isMaybe(f['disagreement'], 'boolean') &&
    typeof f['path'] === 'string'
  );
}
