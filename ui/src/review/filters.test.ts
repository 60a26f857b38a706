import { describe, expect, it } from 'vitest';

import { ANY, WAITING, type AnnotationView, type BoxFilter } from '../api';
import { chips, decidable, FIRST, isChoice, isSameFilter, passes, stateOf, STATE_NAMES, withState } from './filters';

const BOX: AnnotationView = {
  id: 1,
  image: 7,
  label: 3,
  rect: { x1: 0, y1: 0, x2: 10, y2: 10 },
  rotation: 0,
  shape: { kind: 'box' },
  score: 0.5,
  origin: 'draft',
  state: 'pending',
  standing: 'doubtful',
  verdict: 'moved',
  disagreement: false,
  doubt: 1,
  occluded: false,
  z_order: 0,
  group: 0,
  attributes: {},
  track: null,
  revision: 1,
  opinions: [],
};
const lets = (part: Partial<BoxFilter>, box: Partial<AnnotationView> = {}) =>
  passes({ ...ANY, ...part }, { ...BOX, ...box }, 'South/Morning.jpg');

describe('a filter', () => {
  it.each<[keyof BoxFilter, Partial<BoxFilter>, Partial<BoxFilter>]>([
    ['labels', { labels: [2, 3] }, { labels: [2] }],
    ['states', { states: ['accepted', 'pending'] }, { states: ['accepted'] }],
    ['standings', { standings: ['doubtful'] }, { standings: ['settled'] }],
    ['verdicts', { verdicts: ['moved'] }, { verdicts: ['added'] }],
    ['origins', { origins: ['draft'] }, { origins: ['manual'] }],
    ['shapes', { shapes: ['box'] }, { shapes: ['mask'] }],
    ['at_least', { at_least: 0.5 }, { at_least: 0.51 }],
    ['below', { below: 0.51 }, { below: 0.5 }],
    ['path', { path: 'morning' }, { path: 'evening' }],
    ['image', { image: 7 }, { image: 8 }],
    ['disagreement', { disagreement: false }, { disagreement: true }],
  ])('goes by %s', (_, fits, fails) => {
    expect(lets(fits)).toBe(true);
    expect(lets(fails)).toBe(false);
  });

  it('combines what it asks for', () => {
    expect(lets({ labels: [3], at_least: 0.4, path: 'south' })).toBe(true);
    expect(lets({ labels: [3], at_least: 0.6, path: 'south' })).toBe(false);
  });

  it('lets a box without a score through neither bound', () => {
    expect(lets({ at_least: 0 }, { score: null })).toBe(false);
    expect(lets({ below: 1 }, { score: null })).toBe(false);
  });

  it('lets a box without a verdict through no verdict', () => {
    expect(lets({ verdicts: ['moved'] }, { verdict: null })).toBe(false);
  });

  it('is the same in another order', () => {
    const one: BoxFilter = { ...ANY, labels: [1, 2], states: ['pending', 'accepted'] };
    expect(isSameFilter(one, { ...ANY, states: ['accepted', 'pending'], labels: [2, 1] })).toBe(true);
    expect(isSameFilter(one, { ...one, below: 0.5 })).toBe(false);
  });

  it.each(STATE_NAMES)('knows the state %s again', (name) => {
    expect(stateOf(withState({ ...ANY, labels: [1] }, name))).toBe(name);
  });
});

describe('chips', () => {
  it('say nothing of the queue as it is at first', () => expect(chips(WAITING, String)).toEqual([]));

  it('take away one part each, and all of them lead back to the queue', () => {
    const full: BoxFilter = {
      labels: [1, 2],
      states: ['accepted'],
      standings: [],
      verdicts: ['moved', 'added'],
      origins: ['manual'],
      shapes: ['box'],
      at_least: 0.2,
      below: 0.8,
      path: 'x',
      image: 4,
      disagreement: true,
    };
    let filter = full;
    const texts: string[] = [];
    for (let [chip] = chips(filter, (id) => `label ${id}`); chip; [chip] = chips(filter, (id) => `label ${id}`)) {
      texts.push(chip.text);
      filter = chip.without;
    }
    expect(texts).toEqual([
      'Accepted',
      'label 1',
      'label 2',
      'from 20 %',
      'below 80 %',
      'Moved',
      'Added',
      'A person',
      'Box',
      'in “x”',
      'One image only',
      'Models: Disagree',
    ]);
    expect(isSameFilter(filter, WAITING)).toBe(true);
  });
});

describe('what a verb can decide of a filter', () => {
  it('is undecided for accepting and rejecting, decided for reopening', () => {
    expect(decidable(ANY, 'accept')).toMatchObject({ states: ['pending'], standings: ['doubtful', 'settled'] });
    expect(decidable(ANY, 'reopen')).toMatchObject({ states: ['accepted', 'fixed', 'rejected'], standings: [] });
  });

  it('is never what the filter leaves out', () => {
    expect(decidable({ ...ANY, states: ['accepted'] }, 'reject')).toBeNull();
    expect(decidable(WAITING, 'reopen')).toBeNull();
    expect(decidable({ ...ANY, states: ['pending', 'fixed'] }, 'reopen')?.states).toEqual(['fixed']);
    expect(decidable(WAITING, 'accept')?.standings).toEqual(['doubtful']);
  });
});

describe('a choice that was kept', () => {
  it('is one', () => expect(isChoice(JSON.parse(JSON.stringify(FIRST)))).toBe(true));

  it.each<[string, unknown]>([
    ['nothing', null],
    ['an unknown order', { ...FIRST, order: 'by_moon' }],
    ['no filter', { order: 'similar' }],
    ['an unknown state', { ...FIRST, filter: { ...ANY, states: ['sleeping'] } }],
    ['labels by name', { ...FIRST, filter: { ...ANY, labels: ['dog'] } }],
    ['a part missing', { ...FIRST, filter: { ...ANY, path: undefined } }],
  ])('is not %s', (_, value) => expect(isChoice(value)).toBe(false));
});
