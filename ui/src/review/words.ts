// What is said about a box: why it waits, what each model made of it.

import type { AnnotationView, Label, LabelId, OpinionView, Rect } from '../api';
import { percent } from '../shared/format';

export type Tone = 'good' | 'warn' | 'bad' | 'note' | 'accent' | 'plain';
export type Badge = { text: string; tone: Tone };

export type Names = (id: LabelId) => string;

export function namesOf(labels: readonly Label[]): Names {
  const byId = new Map(labels.map((label) => [label.id, label.name]));
  return (id) => byId.get(id) ?? `label ${id}`;
}

export function opinionOf(box: AnnotationView, stage: OpinionView['stage']): OpinionView | undefined {
  return box.opinions.find((opinion) => opinion.stage === stage);
}

/** How far the edges of one rectangle lie from another's: the largest of the four, pixels. */
export function shift(a: Rect, b: Rect): number {
  return Math.max(Math.abs(a.x1 - b.x1), Math.abs(a.y1 - b.y1), Math.abs(a.x2 - b.x2), Math.abs(a.y2 - b.y2));
}

/** The word beside a box's name. */
export function badge(box: AnnotationView): Badge {
  if (box.state === 'accepted') return { text: box.origin === 'manual' ? 'drawn' : 'accepted', tone: 'good' };
  if (box.state === 'fixed') return { text: 'fixed', tone: 'accent' };
  if (box.state === 'rejected') return { text: 'rejected', tone: 'bad' };
  if (box.standing === 'withdrawn') return { text: 'withdrawn', tone: 'plain' };
  if (box.disagreement) return { text: 'models disagree', tone: 'bad' };
  switch (box.verdict) {
    case 'relabelled':
      return { text: 'relabelled', tone: 'warn' };
    case 'moved':
      return { text: 'moved', tone: 'accent' };
    case 'added':
      return { text: 'added', tone: 'note' };
    case 'confirmed':
      return { text: 'confirmed', tone: 'good' };
    case 'rejected':
      return { text: 'not seen again', tone: 'bad' };
    case null:
      return box.standing === 'settled' ? { text: 'settled', tone: 'good' } : { text: 'unsure', tone: 'warn' };
  }
}

/** Why a box is in the queue, in a few words. */
export function reason(box: AnnotationView, name: Names): string {
  const draft = opinionOf(box, 'draft');
  const second = opinionOf(box, 'second_look');
  const now = box.score === null ? '' : percent(box.score);
  if (box.disagreement && draft && second) {
    const other = box.label === draft.label ? second : draft;
    return other.label === box.label ? 'place disputed' : `or ${name(other.label)}? · disputed`;
  }
  if (box.disagreement) return `disputed · ${now}`;
  const from = draft ? percent(draft.score) : '';
  switch (box.verdict) {
    case 'relabelled':
      return draft ? `was ${name(draft.label)} · ${from} → ${now}` : `relabelled · ${now}`;
    case 'moved':
      return draft ? `moved · ${from} → ${now}` : `moved · ${now}`;
    case 'added':
      return `added · ${now}`;
    case 'confirmed':
      return draft ? `confirmed · ${from} → ${now}` : `confirmed · ${now}`;
    case 'rejected':
      return `not seen again · ${now}`;
    case null:
      return `low · ${now}`;
  }
}

/** What the second look changed, in words. */
export function secondLookSays(box: AnnotationView, second: OpinionView, name: Names): string {
  const draft = opinionOf(box, 'draft');
  if (!draft) return 'the draft had missed it';
  const px = Math.round(shift(draft.rect, second.rect));
  const place = px === 0 ? 'same place' : `moved ${px}\u00a0px`;
  if (draft.label === second.label) return box.verdict === 'confirmed' ? `confirmed · ${place}` : place;
  return `not ${name(draft.label)} · ${place}`;
}

export type Step = { head: string; strong: string | null; tail: string; detail: string; tone: Tone; open: boolean };

/** How a box came to be what it is, oldest first. */
export function history(box: AnnotationView, name: Names): Step[] {
  const steps: Step[] = [];
  const draft = opinionOf(box, 'draft');
  const second = opinionOf(box, 'second_look');
  const also = (opinion: OpinionView) =>
    opinion.alternatives
      .filter((other) => other.label !== opinion.label && other.score >= 0.1)
      .slice(0, 1)
      .map((other) => `, ${name(other.label)} ${percent(other.score)}\u00a0%`)
      .join('');
  if (draft) {
    steps.push({
      head: 'Draft',
      strong: `${name(draft.label)} ${percent(draft.score)}\u00a0%`,
      tail: also(draft),
      detail: `${draft.model} · ${draft.device}`,
      tone: 'plain',
      open: false,
    });
  }
  if (second) {
    steps.push({
      head: 'Second look',
      strong: `${name(second.label)} ${percent(second.score)}\u00a0%`,
      tail: also(second),
      detail: `${second.model} · ${second.device} · ${secondLookSays(box, second, name)}`,
      tone: 'plain',
      open: false,
    });
  } else if (draft && box.verdict === 'rejected') {
    steps.push({ head: 'Second look', strong: 'saw nothing here', tail: '', detail: '', tone: 'plain', open: false });
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
  switch (box.state) {
    case 'accepted':
      if (box.origin === 'manual') return step('You drew it as', name(box.label), '', 'good');
      return step('You accepted it', null, '', 'good');
    case 'fixed': {
      const relabelled = last && last.label !== box.label;
      const px = last ? Math.round(shift(last.rect, box.rect)) : 0;
      const detail = px > 0 ? `box changed by ${px} px` : '';
      if (relabelled) return step('You made it', name(box.label), detail, 'accent');
      return step('You fixed it', null, detail, 'accent');
    }
    case 'rejected':
      return step('You rejected it', null, '', 'bad');
    case 'pending':
      if (box.standing === 'doubtful') return step('Waiting for you', null, '', 'warn', true);
      if (box.standing === 'settled')
        return step('Settled by the models', null, 'exported unless you reject it', 'plain');
      return step('Withdrawn by the models', null, 'not exported; accept it to bring it back', 'plain');
  }
}
