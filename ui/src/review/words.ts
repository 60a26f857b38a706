// What is said about a box: why it waits, what each model made of it.

import type { AnnotationView, Label, LabelId, OpinionView, Rect } from '../api';
import { percent } from '../shared/format';
import { fromEngine } from '../shared/i18n/engine';
import { m } from '../shared/i18n/index.svelte';

export type Tone = 'good' | 'warn' | 'bad' | 'note' | 'accent' | 'plain';
export type Badge = { text: string; tone: Tone };

export type Names = (id: LabelId) => string;

export function namesOf(labels: readonly Label[]): Names {
  const byId = new Map(labels.map((label) => [label.id, label.name]));
  return (id) => byId.get(id) ?? m.review.unknownLabel(id);
}

export function opinionOf(box: AnnotationView, stage: OpinionView['stage']): OpinionView | undefined {
  return box.opinions.find((opinion) => opinion.stage === stage);
}

/** The opinion that differs visibly from what the box is now: the draft's, or in a dispute the other one's. */
export function otherOpinion(box: AnnotationView): OpinionView | null {
  const draft = opinionOf(box, 'draft');
  const other = box.disagreement ? (opinionOf(box, 'second_look') ?? draft) : draft;
  if (!other) return null;
  const slack = Math.max(2, (box.rect.x2 - box.rect.x1) * 0.04);
  return other.label === box.label && shift(other.rect, box.rect) <= slack ? null : other;
}

/** How far the edges of one rectangle lie from another's: the largest of the four, pixels. */
export function shift(a: Rect, b: Rect): number {
  return Math.max(Math.abs(a.x1 - b.x1), Math.abs(a.y1 - b.y1), Math.abs(a.x2 - b.x2), Math.abs(a.y2 - b.y2));
}

/** The word beside a box's name. */
export function badge(box: AnnotationView): Badge {
  const words = m.review.badges;
  if (box.state === 'accepted') return { text: box.origin === 'manual' ? words.drawn : words.accepted, tone: 'good' };
  if (box.state === 'fixed') return { text: words.fixed, tone: 'accent' };
  if (box.state === 'rejected') return { text: words.rejected, tone: 'bad' };
  if (box.standing === 'withdrawn') return { text: words.withdrawn, tone: 'plain' };
  if (box.disagreement) return { text: words.disagreement, tone: 'bad' };
  switch (box.verdict) {
    case 'relabelled':
      return { text: words.relabelled, tone: 'warn' };
    case 'moved':
      return { text: words.moved, tone: 'accent' };
    case 'added':
      return { text: words.added, tone: 'note' };
    case 'confirmed':
      return { text: words.confirmed, tone: 'good' };
    case 'rejected':
      return { text: words.notSeen, tone: 'bad' };
    case null:
      return box.standing === 'settled' ? { text: words.settled, tone: 'good' } : { text: words.unsure, tone: 'warn' };
  }
}

/** Why a box is in the queue, in a few words. */
export function reason(box: AnnotationView, name: Names): string {
  const { reasons: words, badges } = m.review;
  const draft = opinionOf(box, 'draft');
  const second = opinionOf(box, 'second_look');
  const now = box.score === null ? '' : percent(box.score);
  if (box.disagreement && draft && second) {
    const other = box.label === draft.label ? second : draft;
    return other.label === box.label ? words.placeDisputed : words.labelDisputed(name(other.label));
  }
  if (box.disagreement) return words.disputed(now);
  const since = (what: string) => (draft ? words.fromTo(what, percent(draft.score), now) : words.at(what, now));
  switch (box.verdict) {
    case 'relabelled':
      return since(draft ? words.wasLabel(name(draft.label)) : badges.relabelled);
    case 'moved':
      return since(badges.moved);
    case 'added':
      return words.at(badges.added, now);
    case 'confirmed':
      return since(badges.confirmed);
    case 'rejected':
      return words.at(badges.notSeen, now);
    case null:
      return words.at(words.low, now);
  }
}

/** What the second look changed, in words. */
export function secondLookSays(box: AnnotationView, second: OpinionView, name: Names): string {
  const words = m.review.past;
  const draft = opinionOf(box, 'draft');
  if (!draft) return words.missed;
  const px = Math.round(shift(draft.rect, second.rect));
  const place = px === 0 ? words.samePlace : words.movedBy(px);
  if (draft.label === second.label) return box.verdict === 'confirmed' ? words.confirmed(place) : place;
  return words.notLabel(name(draft.label), place);
}

export type Step = { head: string; strong: string | null; tail: string; detail: string; tone: Tone; open: boolean };

/** How a box came to be what it is, oldest first. */
export function history(box: AnnotationView, name: Names): Step[] {
  const steps: Step[] = [];
  const words = m.review.past;
  const share = (score: number) => m.common.percent(percent(score)).replace(' ', '\u00a0');
  const draft = opinionOf(box, 'draft');
  const second = opinionOf(box, 'second_look');
  const also = (opinion: OpinionView) =>
    opinion.alternatives
      .filter((other) => other.label !== opinion.label && other.score >= 0.1)
      .slice(0, 1)
      .map((other) => `, ${name(other.label)} ${share(other.score)}`)
      .join('');
  if (draft) {
    steps.push({
      head: words.draft,
      strong: `${name(draft.label)} ${share(draft.score)}`,
      tail: also(draft),
      detail: `${draft.model} · ${fromEngine(draft.device)}`,
      tone: 'plain',
      open: false,
    });
  }
  if (second) {
    steps.push({
      head: words.secondLook,
      strong: `${name(second.label)} ${share(second.score)}`,
      tail: also(second),
      detail: `${second.model} · ${fromEngine(second.device)} · ${secondLookSays(box, second, name)}`,
      tone: 'plain',
      open: false,
    });
  } else if (draft && box.verdict === 'rejected') {
    steps.push({ head: words.secondLook, strong: words.sawNothing, tail: '', detail: '', tone: 'plain', open: false });
  }
  steps.push(decision(box, second ?? draft, name));
  return steps;
}

function decision(box: AnnotationView, last: OpinionView | undefined, name: Names): Step {
  const step = (head: string, strong: string | null, detail: string, tone: Tone, open = false): Step => ({
    head,
    strong,
    tail: '',
    detail,
    tone,
    open,
  });
  const words = m.review.past;
  switch (box.state) {
    case 'accepted':
      if (box.origin === 'manual') return step(words.drew, name(box.label), '', 'good');
      return step(words.accepted, null, '', 'good');
    case 'fixed': {
      const relabelled = last && last.label !== box.label;
      const px = last ? Math.round(shift(last.rect, box.rect)) : 0;
      const detail = px > 0 ? words.changedBy(px) : '';
      if (relabelled) return step(words.made, name(box.label), detail, 'accent');
      return step(words.fixed, null, detail, 'accent');
    }
    case 'rejected':
      return step(words.rejected, null, '', 'bad');
    case 'pending':
      if (box.standing === 'doubtful') return step(words.waiting, null, '', 'warn', true);
      if (box.standing === 'settled') return step(words.settled, null, words.settledHint, 'plain');
      return step(words.withdrawn, null, words.withdrawnHint, 'plain');
  }
}
