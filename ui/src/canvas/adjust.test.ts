import { describe, expect, it } from 'vitest';

import { AS_IT_IS, curve, isAsItIs } from './adjust';

describe('the curve of a photo', () => {
  it('is straight where nothing is set', () => {
    const line = curve(AS_IT_IS);
    line.forEach((v, n) => expect(v).toBeCloseTo(n / (line.length - 1), 3));
    expect(isAsItIs(AS_IT_IS)).toBe(true);
    expect(isAsItIs({ ...AS_IT_IS, gamma: 1.1 })).toBe(false);
  });

  it.each([
    ['brightness', 2],
    ['contrast', 3],
    ['contrast', 0.3],
    ['gamma', 2.5],
    ['gamma', 0.4],
  ] as const)('never falls and stays within 0 and 1: %s %d', (name, value) => {
    const made = curve({ ...AS_IT_IS, [name]: value });
    expect(made).toEqual(made.toSorted((a, b) => a - b));
    expect(made[0]).toBeGreaterThanOrEqual(0);
    expect(made.at(-1)).toBeLessThanOrEqual(1);
  });

  it('does what it is called', () => {
    const middle = (more: object) => curve({ ...AS_IT_IS, ...more })[16];
    expect(middle({ brightness: 1.5 })).toBeCloseTo(0.75, 3);
    expect(middle({ contrast: 2 })).toBeCloseTo(0.5, 3);
    expect(middle({ gamma: 2 })).toBeGreaterThan(0.7);
    expect(curve({ ...AS_IT_IS, contrast: 2 })[8]).toBe(0);
  });
});
