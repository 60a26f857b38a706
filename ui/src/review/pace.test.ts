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
