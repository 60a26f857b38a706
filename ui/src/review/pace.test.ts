import { expect, it } from 'vitest';

import { Pace } from './pace';

it('needs some decisions before it tells a pace', () => {
  const pace = new Pace();
  for (let n = 0; n < 4; n += 1) pace.add(n * 2);
  expect(pace.perMinute()).toBeNull();
  pace.add(8);
  expect(pace.perMinute()).toBe(30);
});

it('leaves pauses out', () => {
  const pace = new Pace();
  for (let n = 0; n < 10; n += 1) pace.add(n);
  pace.add(100_000);
  expect(pace.perMinute()).toBeCloseTo((10 / (9 + 45)) * 60, 6);
});

it('tells the pace of pages of many boxes', () => {
  const pace = new Pace();
  pace.add(0, 60);
  expect(pace.perMinute()).toBeNull();
  pace.add(15, 60);
  expect(pace.perMinute()).toBe(240);
  for (let n = 1; n <= 4; n += 1) pace.add(15 + n * 60, 60);
  expect(pace.perMinute()).toBe(60);
});

it('goes by the last sixty boxes', () => {
  const pace = new Pace();
  for (let n = 0; n < 100; n += 1) pace.add(n * 6);
  for (let n = 0; n < 61; n += 1) pace.add(600 + n);
  expect(pace.perMinute()).toBe(60);
});
