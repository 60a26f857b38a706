import { expect, it } from 'vitest';

import { inkOn } from './chips';

it.each([
  ['#ffffff', '#0d0f13'],
  ['#f5b955', '#0d0f13'],
  ['#000000', '#ffffff'],
  ['#1f2f8f', '#ffffff'],
])('writes on %s in %s', (ground, ink) => {
  expect(inkOn(ground)).toBe(ink);
});
