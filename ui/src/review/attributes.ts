// What may stand in an attribute's field.

import type { AnnotationView, Attribute, Label, LabelId } from '../api';
import { m } from '../shared/i18n/index.svelte';

/** The attributes that all of `boxes` have, as the label of the first says. */
export function sharedAttributes(
  boxes: readonly AnnotationView[],
  labels: ReadonlyMap<LabelId, Label>,
): readonly Attribute[] {
  const lists = [...new Set(boxes.map((box) => box.label))].map((id) => labels.get(id)?.attributes ?? []);
  const [first = [], ...others] = lists;
  return first.filter(({ name, kind }) => others.every((list) => list.some((a) => a.name === name && a.kind === kind)));
}

/** The value of all of `boxes`; `null` where they differ. */
export function valueOf(boxes: readonly AnnotationView[], { name, default: unset }: Attribute): string | null {
  const values = new Set(boxes.map((box) => box.attributes[name] ?? unset));
  const [value] = values;
  return values.size === 1 ? (value ?? unset) : null;
}

/** Why a value cannot stand in a field, in words; `null`: it can. An empty field is no value yet. */
export function wrong({ kind, values }: Attribute, value: string): string | null {
  const words = m.review.details;
  if (value === '') return null;
  if (kind === 'select' || kind === 'radio') return values.includes(value) ? null : words.notOffered(value);
  if (kind !== 'number') return null;
  const number = Number(value);
  if (!Number.isFinite(number)) return words.number;
  const [least = '', most = '', step = ''] = values;
  const bounds = [Number(least || -Infinity), Number(most || Infinity)] as const;
  if (number < bounds[0] || number > bounds[1]) return words.range(least, most);
  const steps = (number - (least === '' ? 0 : bounds[0])) / Number(step || 0);
  return Number(step) > 0 && Math.abs(steps - Math.round(steps)) > 1e-6 ? words.steps(least || '0', step) : null;
}
