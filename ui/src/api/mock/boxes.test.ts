import { describe, expect, it } from 'vitest';

import { ANY } from '../filter';
import type { BoxFilter, Verb } from '../types';
import { decidable } from './boxes';
import { bareLabel } from './labels';

const [CAT, DOG] = [bareLabel(1, 'cat'), bareLabel(2, 'dog')];
const GONE = { ...bareLabel(3, 'gone'), archived: true };

describe('what of a filter a verb can decide', () => {
  it.each<[string, Partial<BoxFilter>, Verb, Partial<BoxFilter> | null]>([
    ['what is undecided and stands', {}, 'accept', { states: ['pending'], standings: ['doubtful', 'settled'] }],
    ['of several states those it applies to', { states: ['accepted', 'pending'] }, 'reject', { states: ['pending'] }],
    ['nothing that is decided already', { states: ['accepted', 'rejected'] }, 'accept', null],
    ['what was withdrawn, where that is asked for', { standings: ['withdrawn'] }, 'accept', { standings: ['withdrawn'] }],
    ['what is decided, whatever it stood like', {}, 'reopen', { states: ['accepted', 'fixed', 'rejected'], standings: [] }],
    ['of its states only what the filter wants', { states: ['rejected'] }, 'reopen', { states: ['rejected'] }],
  ])('%s', (_, asked, verb, want) => {
    const found = decidable({ ...ANY, ...asked }, verb, [CAT, DOG]);
    if (want === null) expect(found).toBeNull();
    else expect(found).toMatchObject(want);
  });

  it('leaves deleted labels out', () => {
    const labels = [CAT, DOG, GONE];
    expect(decidable(ANY, 'reopen', labels)?.labels).toEqual([CAT.id, DOG.id]);
    expect(decidable({ ...ANY, labels: [DOG.id, GONE.id] }, 'reopen', labels)?.labels).toEqual([DOG.id]);
    expect(decidable({ ...ANY, labels: [GONE.id] }, 'reopen', labels)).toBeNull();
  });
});
