import { expect, it } from 'vitest';

import type { AnnotationView, Rect } from '../api';
import { frameOf } from './frame';

const at = (rect: Rect, more: Partial<AnnotationView> = {}) =>
  ({ rect, rotation: 0, shape: { kind: 'box' }, ...more }) as AnnotationView;
const PHOTO = { width: 1000, height: 800 };

it('lies in the middle of a crop that the photo has all of', () => {
  const frame = frameOf(at({ x1: 400, y1: 400, x2: 500, y2: 450 }), PHOTO);
  expect(frame?.width).toBeCloseTo(100 / 130);
  expect(frame?.height).toBeCloseTo(50 / 130);
  expect(frame?.left).toBeCloseTo(15 / 130);
  expect(frame?.top).toBeCloseTo(40 / 130);
});

it('moves with a crop that ends at the edge of the photo', () => {
  // 130 wide in the middle of the photo; here 115, from its left edge on, and 130 high.
  const frame = frameOf(at({ x1: 0, y1: 300, x2: 100, y2: 400 }), PHOTO);
  expect(frame?.left).toBeCloseTo((130 - 115) / 2 / 130);
  expect(frame?.width).toBeCloseTo(100 / 130);
  expect(frame?.top).toBeCloseTo(15 / 130);
});

it('is around a turned box as it lies', () => {
  const frame = frameOf(at({ x1: 400, y1: 400, x2: 500, y2: 450 }, { rotation: 90 }), PHOTO);
  expect(frame?.height).toBeCloseTo(100 / 130);
  expect(frame?.width).toBeCloseTo(50 / 130);
});

it('is not drawn for a tag, nor on a photo of unknown size', () => {
  expect(frameOf(at({ x1: 0, y1: 0, x2: 0, y2: 0 }, { shape: { kind: 'tag' } }), PHOTO)).toBeNull();
  expect(frameOf(at({ x1: 1, y1: 1, x2: 9, y2: 9 }), { width: 0, height: 0 })).toBeNull();
});
