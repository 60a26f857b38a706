// Which labels the digits stand for.

import type { AnnotationView, Label, LabelId } from '../api';

export type Suggestion = { label: Label; score: number | null };

/** At most nine labels: the box's own, what the models also thought of (best first), then what is used most here. */
export function suggestions(
  box: AnnotationView,
  labels: readonly Label[],
  usage: ReadonlyMap<LabelId, number>,
): Suggestion[] {
  const byId = new Map(labels.map((label) => [label.id, label]));
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
  const order = new Set([box.label, ...thought, ...used, ...labels.map((label) => label.id)]);
  const found: Suggestion[] = [];
  for (const id of order) {
    const label = byId.get(id);
    if (label) found.push({ label, score: scores.get(id) ?? null });
    if (found.length === 9) break;
  }
  return found;
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
