import { describe, expect, it } from 'vitest';

import type { AnnotationView } from '../api';
import { quickMock } from '../api/mock/testing';
import { nearestWithdrawn } from './places';

const [first] = [...quickMock('ready').project().images.values()].flatMap((view) => view.annotations);

function box(id: number, x1: number, y1: number, x2: number, y2: number, more: Partial<AnnotationView> = {}): AnnotationView {
  const rect = { x1, y1, x2, y2 };
  return { ...(first as AnnotationView), id, rect, state: 'pending', standing: 'withdrawn', ...more };
}

describe('what the models withdrew at a place', () => {
  const boxes = [
    box(1, 0, 0, 100, 100),
    box(2, 10, 10, 30, 30),
    box(3, 200, 0, 300, 20),
    box(4, 0, 0, 100, 100, { standing: 'doubtful' }),
    box(5, 0, 0, 100, 100, { state: 'rejected' }),
  ];

  it.each([
    [20, 20, 2],
    [28, 20, 1],
    [80, 80, 1],
    [250, 18, 3],
    [250, 21, undefined],
    [150, 50, undefined],
  ])('at %d, %d is box %s', (x, y, want) => {
    expect(nearestWithdrawn(boxes, { x, y })?.id).toBe(want);
  });
});
