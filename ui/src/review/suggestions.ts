// Which labels the digits stand for.

import type { AnnotationView, Label, LabelId } from '../api';
import { labelsFor } from './shapes';

export type Suggestion = { label: Label; score: number | null; digit: number };

const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/**
 * At most nine labels that fit the shape: its own, what the models also thought of (best first), then what is used most
 * here. A label whose own key is a digit has that digit; the others share the rest in their order.
 */
export function suggestions(
  box: AnnotationView,
  labels: readonly Label[],
  usage: ReadonlyMap<LabelId, number>,
): Suggestion[] {
  const byId = new Map(labelsFor(labels, [box.shape.kind]).map((label) => [label.id, label]));
  const scores = new Map<LabelId, number>();
  for (const opinion of box.opinions) {
    for (const { label, score } of [...opinion.alternatives, opinion]) {
      scores.set(label, Math.max(score, scores.get(label) ?? 0));
    }
  }
  // The newest word on a label counts, not the kindest.
  const last = box.opinions.at(-1);
  for (const { label, score } of last ? [...last.alternatives, last] : []) scores.set(label, score);
  const thought = [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([label]) => label);
  const used = [...usage].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([label]) => label);
  const order = new Set([box.label, ...thought, ...used, ...byId.keys()]);
  const pinned = new Map(
    [...byId.values()].flatMap(({ id, key }) => (/^[1-9]$/.test(key) ? [[id, Number(key)] as const] : [])),
  );
  const free = DIGITS.filter((digit) => ![...pinned.values()].includes(digit));
  return [...order].flatMap((id) => {
    const label = byId.get(id);
    const digit = label && (pinned.get(id) ?? free.shift());
    return digit ? [{ label, score: scores.get(id) ?? null, digit }] : [];
  });
}

/** Labels whose names hold `text`: those that begin with it first, then those with a word that does, then the rest. */
export function search(labels: readonly Label[], text: string): Label[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [...labels];
  const rank = (name: string): number => {
    if (name.startsWith(wanted)) return 0;
    if (name.split(/[\s_-]+/).some((word) => word.startsWith(wanted))) return 1;
    return name.includes(wanted) ? 2 : 3;
  };
  return labels
    .map((label, n) => ({ label, n, rank: rank(label.name.toLowerCase()) }))
    .filter((entry) => entry.rank < 3)
    .sort((a, b) => a.rank - b.rank || a.n - b.n)
    .map((entry) => entry.label);
}
