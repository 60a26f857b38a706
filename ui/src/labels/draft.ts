// A label being edited: what it takes to be sound, and what the form keeps of it.

import type { Attribute, AttributeKind, Label, ShapeKind } from '../api';
import { m } from '../shared/i18n/index.svelte';

export const KINDS: readonly AttributeKind[] = ['select', 'radio', 'checkbox', 'number', 'text'];

export const SHAPES: readonly ShapeKind[] = [
  'box',
  'polygon',
  'polyline',
  'points',
  'ellipse',
  'mask',
  'cuboid',
  'skeleton',
  'tag',
];

export function freshLabel(name: string): Label {
  return { id: 0, name, colour: '#4cc88a', attributes: [], shape: null, key: '', skeleton: null, archived: false };
}

/** An attribute as it begins; another kind begins anew but for name and `mutable`. */
export function freshAttribute(kind: AttributeKind, name = '', mutable = false): Attribute {
  switch (kind) {
    case 'select':
    case 'radio':
      return { name, kind, mutable, default: '', values: [] };
    case 'checkbox':
      return { name, kind, mutable, default: 'false', values: ['false'] };
    case 'number':
      return { name, kind, mutable, default: '0', values: ['0', '100', '1'] };
    case 'text':
      return { name, kind, mutable, default: '', values: [] };
  }
}

/** Lines of text as values: trimmed, none empty, none twice. */
export function valuesFrom(text: string): string[] {
  return [...new Set(text.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
}

function problemOf(a: Attribute): string | null {
  const { problems } = m.labels;
  if (a.kind === 'select' || a.kind === 'radio') {
    if (a.values.length === 0) return problems.values(a.name);
    return a.values.includes(a.default) ? null : problems.start(a.name);
  }
  if (a.kind === 'number') {
    const [least, most, step] = a.values.map((v) => (v.trim() === '' ? NaN : Number(v)));
    const range = [least, most, step].every((v) => v !== undefined && Number.isFinite(v));
    if (!range || Number(least) >= Number(most) || Number(step) <= 0) return problems.range(a.name);
    const start = Number(a.default);
    return a.default.trim() !== '' && start >= Number(least) && start <= Number(most) ? null : problems.start(a.name);
  }
  return null;
}

function unique(names: readonly string[]): boolean {
  return names.every((name) => name.trim() !== '') && new Set(names.map((n) => n.trim())).size === names.length;
}

/** What stands against saving `label`, in words; `null`: nothing. */
export function problem(label: Label, all: readonly Label[]): string | null {
  const { problems } = m.labels;
  const name = label.name.trim();
  if (name === '') return problems.name;
  const others = all.filter((l) => l.id !== label.id && !l.archived);
  if (others.some((l) => l.name === name)) return problems.nameTaken;
  const rival = label.key === '' ? undefined : others.find((l) => l.key === label.key);
  if (rival) return m.labels.keyTaken(rival.name);
  if (!unique(label.attributes.map((a) => a.name))) return problems.attributeName;
  for (const attribute of label.attributes) {
    const found = problemOf(attribute);
    if (found) return found;
  }
  if (label.shape === 'skeleton') {
    const joints = label.skeleton?.joints ?? [];
    if (joints.length === 0 || !unique(joints.map((joint) => joint.name))) return problems.joints;
  }
  return null;
}

/** As it is sent: names trimmed, a skeleton only where the label is drawn as one. */
export function sound(label: Label): Label {
  return {
    ...label,
    name: label.name.trim(),
    attributes: label.attributes.map((a) => ({ ...a, name: a.name.trim() })),
    skeleton: label.shape === 'skeleton' ? label.skeleton : null,
  };
}
