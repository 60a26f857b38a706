import { describe, expect, it } from 'vitest';

import { fit } from './search';

const titles = ['Accept', 'Accept rest of image', 'Next image', 'Zoom in', 'Actual size', 'Perkecil'];
const best = (query: string) =>
  titles
    .map((title) => ({ title, points: fit(query, title) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ title }) => title);

describe('search', () => {
  it.each([
    ['acc', ['Accept', 'Accept rest of image']],
    ['rest acc', ['Accept rest of image']],
    ['image', ['Accept rest of image', 'Next image']],
    ['acr', ['Accept rest of image']],
    ['ZOOM', ['Zoom in']],
    ['zoom out', []],
    ['pérk', ['Perkecil']],
    ['kecil', ['Perkecil']],
    ['ecca', []],
    ['', []],
    ['.*', []],
  ])('%s', (query, want) => {
    expect(best(query)).toEqual(want);
  });

  it('prefers beginnings to middles', () => {
    expect(fit('in', 'Invert')).toBeGreaterThan(fit('in', 'Zoom in'));
    expect(fit('in', 'Zoom in')).toBeGreaterThan(fit('in', 'Nothing'));
  });
});
