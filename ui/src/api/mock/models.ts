// The mock's two models: a hasty small one and a larger one that sees more.

import { applyThresholds, doubtOf } from './rules';
import type { AnnotationView, ImageView, Label, LabelId, OpinionView, Rect, SettingsView, Verdict } from '../types';
import { random } from './random';
import type { Scene } from './scene';

const CONFUSED: Record<string, string[]> = {
  horse: ['cow', 'sheep'],
  cow: ['horse', 'sheep'],
  dog: ['cat', 'sheep'],
  cat: ['dog', 'teddy bear'],
  car: ['truck', 'bus'],
  truck: ['car', 'bus'],
  bus: ['truck', 'train'],
  person: ['teddy bear', 'dog'],
  bicycle: ['motorcycle', 'bench'],
  bird: ['kite', 'airplane'],
  kite: ['bird', 'umbrella'],
  bench: ['chair', 'dining table'],
  chair: ['bench', 'couch'],
  'traffic light': ['parking meter', 'stop sign'],
};

export type Known = { labels: Label[]; settings: SettingsView };

function idOf(labels: Label[], name: string): LabelId {
  return labels.find((l) => l.name === name)?.id ?? 1;
}

function nudge(rect: Rect, next: () => number, share: number, scene: Scene): Rect {
  const w = rect.x2 - rect.x1;
  const h = rect.y2 - rect.y1;
  const shift = (size: number) => Math.round((next() - 0.5) * 2 * share * size * 10) / 10;
  const clamp = (v: number, max: number) => Math.min(max, Math.max(0, v));
  return {
    x1: clamp(rect.x1 + shift(w), scene.width),
    y1: clamp(rect.y1 + shift(h), scene.height),
    x2: clamp(rect.x2 + shift(w), scene.width),
    y2: clamp(rect.y2 + shift(h), scene.height),
  };
}

function opinion(
  known: Known,
  stage: OpinionView['stage'],
  label: LabelId,
  score: number,
  rect: Rect,
  alternatives: OpinionView['alternatives'],
): OpinionView {
  const { keep_above, drop_below, accept_at } = known.settings;
  const draft = stage === 'draft';
  return {
    stage,
    label,
    score,
    rect,
    alternatives,
    model: draft ? known.settings.draft_model : known.settings.second_look_model,
    model_digest: (draft ? '5b1e' : '9c40').repeat(16),
    device: 'CPU',
    thresholds: { keep_above, drop_below, accept_at },
    at: 1_762_940_000 + (draft ? 0 : 95),
  };
}

function box(id: number, image: number, said: OpinionView, verdict: Verdict | null): AnnotationView {
  return {
    id,
    image,
    label: said.label,
    rect: said.rect,
    rotation: 0,
    shape: { kind: 'box' },
    score: said.score,
    origin: said.stage === 'draft' ? 'draft' : 'second_look',
    state: 'pending',
    standing: 'settled',
    verdict,
    disagreement: false,
    doubt: 0,
    occluded: false,
    z_order: 0,
    group: 0,
    attributes: {},
    track: null,
    revision: 1,
    opinions: [said],
  };
}

/** What the small model makes of a scene. */
export function draft(scene: Scene, image: number, known: Known, nextId: () => number): AnnotationView[] {
  const next = random(scene.seed * 31 + 5);
  const { accept_at } = known.settings;
  const found: AnnotationView[] = [];
  for (const thing of scene.things) {
    if (next() < 0.1) continue;
    const sure = next();
    const score = sure < 0.45 ? 0.62 + next() * 0.34 : 0.12 + next() * 0.46;
    const right = idOf(known.labels, thing.label);
    const rivals = (CONFUSED[thing.label] ?? ['person', 'car']).map((name) => idOf(known.labels, name));
    const mistaken = next() < (score < accept_at ? 0.22 : 0.03);
    const label = mistaken ? (rivals[0] ?? right) : right;
    const other = mistaken ? right : (rivals[0] ?? right);
    const alternatives = [
      { label, score },
      { label: other, score: score * (0.3 + next() * 0.4) },
      { label: rivals[1] ?? right, score: score * 0.15 },
    ];
    const rect = nudge(thing.rect, next, next() < 0.25 ? 0.22 : 0.03, scene);
    found.push(
      applyThresholds(
        box(nextId(), image, opinion(known, 'draft', label, score, rect, alternatives), null),
        known.settings,
      ),
    );
  }
  if (scene.things.length > 0 && next() < 0.6) {
    const w = scene.width * 0.1;
    const x = next() * (scene.width - w);
    const y = next() * scene.height * 0.7;
    const rect = { x1: x, y1: y, x2: x + w, y2: y + w };
    const label = idOf(known.labels, 'bird');
    const score = 0.2 + next() * 0.15;
    found.push(
      applyThresholds(
        box(nextId(), image, opinion(known, 'draft', label, score, rect, [{ label, score }]), null),
        known.settings,
      ),
    );
  }
  return found;
}

/** What the larger model makes of a drafted image. */
export function secondLook(scene: Scene, view: ImageView, known: Known, nextId: () => number): AnnotationView[] {
  const next = random(scene.seed * 17 + 3);
  const { drop_below, accept_at } = known.settings;
  const low = view.annotations.some((a) => (a.score ?? 1) < accept_at && (a.score ?? 0) >= drop_below);
  if (!low) return view.annotations;
  const seen = new Set<number>();
  const looked = view.annotations.map((a): AnnotationView => {
    if (a.state !== 'pending') return a;
    const index = scene.things.findIndex((t, n) => !seen.has(n) && overlap(t.rect, a.rect) > 0.35);
    const thing = scene.things[index];
    if (!thing) {
      const gone = { ...a, verdict: 'rejected' as const, standing: 'withdrawn' as const };
      return (a.score ?? 0) < accept_at ? gone : a;
    }
    seen.add(index);
    const label = idOf(known.labels, thing.label);
    const rivals = (CONFUSED[thing.label] ?? ['person', 'car']).map((name) => idOf(known.labels, name));
    const score = Math.min(0.97, Math.max(0.24, (a.score ?? 0.5) + 0.02 + next() * 0.3 - (next() < 0.3 ? 0.2 : 0)));
    const alternatives = [
      { label, score },
      { label: rivals[0] ?? label, score: score * 0.24 },
      { label: rivals[1] ?? label, score: score * 0.06 },
    ];
    const rect = nudge(thing.rect, next, 0.012, scene);
    const said = opinion(known, 'second_look', label, score, rect, alternatives);
    const opinions = [...a.opinions, said];
    if ((a.score ?? 0) >= accept_at && a.label !== label) {
      return { ...a, disagreement: true, standing: 'doubtful', opinions, doubt: doubtOf(a.score ?? 0, null, true) };
    }
    const verdict = a.label !== label ? 'relabelled' : overlap(a.rect, rect) < 0.75 ? 'moved' : 'confirmed';
    return applyThresholds({ ...a, label, rect, score, verdict, opinions }, known.settings);
  });
  scene.things.forEach((thing, n) => {
    if (seen.has(n) || view.annotations.some((a) => overlap(a.rect, thing.rect) > 0.35)) return;
    const label = idOf(known.labels, thing.label);
    const score = 0.34 + next() * 0.4;
    const said = opinion(known, 'second_look', label, score, nudge(thing.rect, next, 0.02, scene), [{ label, score }]);
    looked.push(applyThresholds(box(nextId(), view.image.id, said, 'added'), known.settings));
  });
  return looked;
}

function overlap(a: Rect, b: Rect): number {
  const w = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const h = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (w <= 0 || h <= 0) return 0;
  const area = (r: Rect) => (r.x2 - r.x1) * (r.y2 - r.y1);
  return (w * h) / (area(a) + area(b) - w * h);
}
