import { afterEach, expect, it } from 'vitest';

import { ago, baseName, bytes, count, duration, folderOf, moment, plural, rate, share } from './format';
import { language } from './i18n/index.svelte';

afterEach(() => language.choose('en'));

it('writes numbers as people read them', () => {
  expect(count(12480)).toBe('12,480');
  expect(plural(1, 'box', 'boxes')).toBe('1 box');
  expect(plural(1906, 'box', 'boxes')).toBe('1,906 boxes');
  expect(bytes(12_800_000)).toBe('13 MB');
  expect(bytes(950)).toBe('950 B');
  expect(bytes(1_500)).toBe('1.5 kB');
});

it.each([
  [0, 0, 0],
  [0, 10, 0],
  [1, 10_000, 1],
  [9_999, 10_000, 99],
  [10, 10, 100],
])('never says all before all is done: %d of %d', (done, total, want) => {
  expect(share(done, total)).toBe(want);
});

it.each([
  [0.2, '1 s'],
  [61, '61 s'],
  [600, '10 min'],
  [3720, '1 h 02'],
])('says %d seconds', (seconds, want) => {
  expect(duration(seconds)).toBe(want);
});

it('says when', () => {
  expect(ago(1000, 1010)).toBe('just now');
  expect(ago(1000, 1000 + 7200)).toBe('2 hours ago');
  expect(ago(1000, 1000 + 86400 * 3)).toBe('3 days ago');
});

it('writes as Indonesians do', () => {
  const at = new Date(2026, 10, 12, 10, 22).getTime() / 1000;
  expect(moment(at)).toBe('12 Nov, 10:22');
  expect(ago(at, at + 86400 * 30)).toBe('12 Nov 2026');
  language.choose('id');
  expect(count(12480)).toBe('12.480');
  expect(bytes(1_500)).toBe('1,5 kB');
  expect(rate(8.44)).toBe('8,4');
  expect([0.2, 600, 3720].map(duration)).toEqual(['1 dtk', '10 mnt', '1 j 02']);
  expect(ago(1000, 1010)).toBe('baru saja');
  expect(ago(1000, 1000 + 7200)).toBe('2 jam yang lalu');
  expect(moment(at)).toBe('12 Nov, 10.22');
});

it('takes paths of either kind apart', () => {
  expect(baseName('/home/you/a b.relook')).toBe('a b.relook');
  expect(baseName('C:\\photos\\x.jpg')).toBe('x.jpg');
  expect(folderOf('a/b/c.jpg')).toBe('a/b');
  expect(folderOf('c.jpg')).toBe('');
});
