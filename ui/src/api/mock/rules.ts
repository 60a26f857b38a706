import type { AnnotationView, SettingsView, Verdict } from '../types';

/** The engine's doubt: highest at a score of one half, more for what the second look changed. */
export function doubtOf(score: number, verdict: Verdict | null, disagreement: boolean): number {
  const change = { relabelled: 0.6, added: 0.3, moved: 0.2, confirmed: 0, rejected: 0 };
  return 1 - Math.abs(2 * score - 1) + (verdict ? change[verdict] : 0) + (disagreement ? 1.4 : 0);
}

/** A box with the standing and doubt that its score gives it. */
export function applyThresholds(a: AnnotationView, settings: SettingsView): AnnotationView {
  const score = a.score ?? 1;
  const standing = score < settings.drop_below ? 'withdrawn' : score < settings.accept_at ? 'doubtful' : 'settled';
  const changed = a.verdict === 'relabelled' && score < 0.8;
  return {
    ...a,
    standing: changed ? 'doubtful' : standing,
    doubt: doubtOf(score, a.verdict, a.disagreement),
  };
}
