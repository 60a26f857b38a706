import type { BoxFilter } from './types';

/** Every box. */
export const ANY: BoxFilter = {
  labels: [],
  states: [],
  standings: [],
  verdicts: [],
  origins: [],
  shapes: [],
  at_least: null,
  below: null,
  path: '',
  image: null,
  disagreement: null,
};

/** The review queue: undecided and doubtful. */
export const WAITING: BoxFilter = { ...ANY, states: ['pending'], standings: ['doubtful'] };
