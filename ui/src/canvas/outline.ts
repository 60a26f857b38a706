// Lines of points: how far from them, what is in them, whether they cross themselves.

import type { Point } from './box';

export function distanceToSegment(p: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const square = dx * dx + dy * dy;
  const t = square === 0 ? 0 : Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / square));
  return Math.hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/** How far `p` is from a line through points. */
export function distanceToLine(points: readonly Point[], p: Point, closed: boolean): number {
  let nearest = Infinity;
  for (let n = closed ? 0 : 1; n < points.length; n += 1) {
    const [a, b] = [points.at(n - 1), points[n]];
    if (a && b) nearest = Math.min(nearest, distanceToSegment(p, a, b));
  }
  return nearest;
}

/** Whether `p` lies in a closed line, by the even-odd rule. */
export function isWithin(points: readonly Point[], p: Point): boolean {
  let within = false;
  for (let n = 0; n < points.length; n += 1) {
    const [a, b] = [points.at(n - 1), points[n]];
    if (!a || !b || a.y > p.y === b.y > p.y) continue;
    if (p.x < a.x + ((p.y - a.y) / (b.y - a.y)) * (b.x - a.x)) within = !within;
  }
  return within;
}

/** Whether two sides of a closed line that are not neighbours touch. */
export function crossesItself(points: readonly Point[]): boolean {
  const sides = points.map((a, n) => [a, points[(n + 1) % points.length] ?? a] as const);
  return sides.some(([a, b], n) =>
    sides.some(([c, d], k) => {
      const neighbours = k <= n + 1 || (n === 0 && k === sides.length - 1);
      return !neighbours && cross(a, b, c, d);
    }),
  );
}

function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  const [cAb, dAb, aCd, bCd] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (cAb !== dAb && aCd !== bCd) return true;
  const on = (p: Point, q: Point, r: Point) =>
    Math.min(p.x, q.x) <= r.x && r.x <= Math.max(p.x, q.x) && Math.min(p.y, q.y) <= r.y && r.y <= Math.max(p.y, q.y);
  return [[cAb, a, b, c] as const, [dAb, a, b, d] as const, [aCd, c, d, a] as const, [bCd, c, d, b] as const].some(
    ([turn, p, q, r]) => turn === 0 && on(p, q, r),
  );
}
