// The mock's project: images, boxes, counts, and a history that undo and redo walk along.

import { applyAction, boxOf, isDecided, isQueued, stands, tally, touchedBy } from '../apply';
import { ApiError } from '../api';
import type {
  Action,
  BoxFilter,
  Counts,
  HistoryEntry,
  ImageFilter,
  ImageRow,
  ImageView,
  Label,
  LabelId,
  LabelUse,
  Outcome,
  ProjectView,
  QueueOrder,
  QueuePage,
  ReviewState,
  SavedFilter,
  SettingsView,
  TrackId,
  TrackView,
  Verb,
} from '../types';
import { boxesOf, decidable, passes } from './boxes';
import { draft, secondLook } from './models';
import type { Scene } from './scene';

type Step = { id: number; at: number; title: string; before: ImageView[]; after: ImageView[] };

export const SETTINGS: SettingsView = {
  draft_model: 'yolov8n',
  second_look_model: 'yolov8m',
  device: 'auto',
  keep_above: 0.05,
  drop_below: 0.2,
  accept_at: 0.6,
  input_shape: 'photo',
  precision: 'auto',
  look_budget: 0,
  send_new: 'off',
};

export class MockProject {
  readonly images = new Map<number, ImageView>();
  readonly scenes = new Map<number, Scene>();
  readonly folders: { id: number; path: string; missing: string | null; watched: boolean }[] = [];
  settings = { ...SETTINGS };
  labels: Label[];
  private readonly looked = new Set<number>();
  private undoSteps: Step[] = [];
  private redoSteps: Step[] = [];
  private lastId = 0;
  private lastStep = 0;
  saved: SavedFilter[] = [];

  constructor(
    readonly path: string,
    labels: Label[],
  ) {
    this.labels = labels;
  }

  readonly nextId = (): number => (this.lastId += 1);

  addFolder(path: string, scenes: Scene[]): void {
    const folder = this.folders.length + 1;
    this.folders.push({ id: folder, path, missing: null, watched: false });
    for (const scene of scenes) {
      const id = this.images.size + 1;
      this.scenes.set(id, scene);
      const image: ImageRow = {
        id,
        folder,
        path: scene.path,
        width: scene.width,
        height: scene.height,
        status: 'new',
        queued: 0,
        settled: 0,
        decided: 0,
        rejected: 0,
        problem: null,
      };
      this.images.set(id, { image, annotations: [] });
    }
  }

  /** Marks an image as one that cannot be read. */
  break(id: number, problem: string): void {
    const view = this.need(id);
    this.put({ annotations: [], image: { ...view.image, status: 'problem', problem, width: null, height: null } });
  }

  undrafted(): number[] {
    return [...this.images.values()].filter((v) => v.image.status === 'new').map((v) => v.image.id);
  }

  unlooked(): number[] {
    return [...this.images.values()].filter((v) => v.image.status === 'drafted').map((v) => v.image.id);
  }

  draftOne(id: number): void {
    const view = this.need(id);
    const scene = this.scenes.get(id);
    if (!scene || view.image.status === 'problem') return;
    const annotations = draft(scene, id, this, this.nextId);
    this.put({ annotations, image: { ...view.image, status: 'drafted' } });
  }

  lookOne(id: number): void {
    const view = this.need(id);
    const scene = this.scenes.get(id);
    if (!scene || view.image.status === 'problem') return;
    this.looked.add(id);
    const annotations = secondLook(scene, view, this, this.nextId);
    this.put({ annotations, image: { ...view.image, status: annotations.some(isQueued) ? 'waiting' : 'done' } });
  }

  need(id: number): ImageView {
    const view = this.images.get(id);
    if (!view) throw new ApiError({ code: 'not_found', message: `Image ${id} is not in this project` });
    return view;
  }

  /** Stores an image with its counts made to fit its boxes. */
  put(view: ImageView): void {
    const { queued, settled, accepted, fixed, rejected } = tally(view);
    const image = { ...view.image, queued, settled, decided: accepted + fixed, rejected };
    this.images.set(image.id, { image, annotations: view.annotations });
  }

  counts(): Counts {
    const total: Counts = {
      images: this.images.size,
      drafted: 0,
      looked: this.looked.size,
      looked_at: this.looked.size,
      problems: 0,
      confirmed_empty: 0,
      queued: 0,
      disagreements: 0,
      settled: 0,
      accepted: 0,
      fixed: 0,
      rejected: 0,
      withdrawn: 0,
    };
    for (const view of this.images.values()) {
      const { status } = view.image;
      if (status === 'problem') total.problems += 1;
      else if (status !== 'new') total.drafted += 1;
      if (status === 'confirmed_empty') total.confirmed_empty += 1;
      const part = tally(view);
      total.queued += part.queued;
      total.settled += part.settled;
      total.accepted += part.accepted;
      total.fixed += part.fixed;
      total.rejected += part.rejected;
      total.disagreements += view.annotations.filter((a) => isQueued(a) && a.disagreement).length;
      total.withdrawn += view.annotations.filter((a) => !isDecided(a) && a.standing === 'withdrawn').length;
    }
    return total;
  }

  view(): ProjectView {
    return {
      name: this.path.replace(/^.*[/\\]/, '').replace(/\.relook$/, ''),
      path: this.path,
      folders: this.folders.map((f) => ({
        ...f,
        images: [...this.images.values()].filter((v) => v.image.folder === f.id).length,
      })),
      labels: this.labels,
      counts: this.counts(),
      settings: this.settings,
      undo: this.undoSteps.at(-1)?.title ?? null,
      redo: this.redoSteps.at(-1)?.title ?? null,
      read_only: null,
    };
  }

  rows(filter: ImageFilter): ImageRow[] {
    const text = filter.text.toLowerCase();
    return [...this.images.values()]
      .map((v) => v.image)
      .filter((row) => row.path.toLowerCase().includes(text) && (!filter.status || row.status === filter.status))
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.id - b.id));
  }

  boxes(filter: BoxFilter, order: QueueOrder, offset: number, limit: number): QueuePage {
    const found = boxesOf(this.images.values(), filter, order);
    return { total: found.length, more: false, items: found.slice(offset, offset + limit) };
  }

  act(action: Action): Outcome {
    return this.actAll([action]);
  }

  /** All of them as one step, each upon what the ones before made of its image. */
  actAll(actions: readonly Action[]): Outcome {
    const changed = new Map<number, ImageView>();
    const titles = actions.map((action) => {
      const view = this.viewFor(action, changed);
      const touched = new Set(touchedBy(action, view));
      const after = applyAction(action, view, this.nextId());
      const annotations = after.annotations.map((a) => (touched.has(a.id) ? { ...a, revision: a.revision + 1 } : a));
      changed.set(view.image.id, { ...after, annotations });
      return this.titleOf(action, view);
    });
    const title = titles.length === 1 ? (titles[0] ?? '') : `Changed ${titles.length} boxes`;
    return this.commit(title, [...changed.values()]);
  }

  /** The image an action is about; throws what the engine would refuse. */
  private viewFor(action: Action, changed: ReadonlyMap<number, ImageView>): ImageView {
    const id = boxOf(action);
    const image = 'image' in action ? action.image : this.imageOf(id);
    const stored = this.need(image);
    if (id !== null && 'revision' in action) {
      const found = stored.annotations.find((a) => a.id === id);
      if (!found)
        throw new ApiError({ code: 'stale', message: `Box ${id} is no longer there; the image was reloaded` });
      if (found.revision !== action.revision) {
        throw new ApiError({
          code: 'stale',
          message: `Box ${id} was changed elsewhere since it was shown; look at it again`,
        });
      }
    }
    if (action.do === 'confirm_empty') {
      const count = stored.annotations.filter((a) => a.state === 'accepted' || a.state === 'fixed').length;
      if (count > 0) {
        const message = `Accepted boxes are on this image (${count}); reject them first if it really is empty`;
        throw new ApiError({ code: 'refused', message });
      }
    }
    return changed.get(image) ?? stored;
  }

  bulk(filter: BoxFilter, verb: Verb): Outcome {
    const rule = decidable(filter, verb, this.labels);
    const state: ReviewState = verb === 'accept' ? 'accepted' : verb === 'reject' ? 'rejected' : 'pending';
    const after: ImageView[] = [];
    let count = 0;
    for (const view of this.images.values()) {
      const hit = new Set(view.annotations.filter((a) => rule && passes(a, view.image.path, rule)).map((a) => a.id));
      if (hit.size === 0) continue;
      count += hit.size;
      const annotations = view.annotations.map((a) => (hit.has(a.id) ? { ...a, state, revision: a.revision + 1 } : a));
      const image = { ...view.image, status: annotations.some(isQueued) ? ('waiting' as const) : ('done' as const) };
      after.push({ image, annotations });
    }
    const done = { accept: 'Accepted', reject: 'Rejected', reopen: 'Reopened' }[verb];
    // As the engine: a bulk step touches any number of images and sends none back.
    return { ...this.commit(`${done} ${count} boxes`, after), images: [] };
  }

  preview(filter: BoxFilter, verb: Verb): number {
    const rule = decidable(filter, verb, this.labels);
    return rule ? boxesOf(this.images.values(), rule, 'most_doubtful').length : 0;
  }

  history(): HistoryEntry[] {
    const entry = (step: Step, state: HistoryEntry['state']): HistoryEntry => ({
      step: step.id,
      at: step.at,
      actor: 'person',
      title: step.title,
      state,
      changes: step.after.length,
    });
    const undone = this.redoSteps.map((step) => entry(step, 'undone'));
    return [...undone, ...this.undoSteps.map((step) => entry(step, 'done')).reverse()];
  }

  historyGo(to: number | null): Outcome {
    let outcome = this.outcome('Nothing to undo', []);
    while (this.undoSteps.length > 0 && (to === null || (this.undoSteps.at(-1)?.id ?? 0) > to)) outcome = this.undo();
    while (to !== null && this.redoSteps.length > 0 && (this.redoSteps.at(-1)?.id ?? 0) <= to) outcome = this.redo();
    return { ...outcome, images: [] };
  }

  saveLabel(label: Label): ProjectView {
    const twin = this.labels.find((l) => l.name === label.name && l.id !== label.id && !l.archived);
    if (twin) {
      const message = `There is a label named "${label.name}" already; choose another name`;
      throw new ApiError({ code: 'invalid', message });
    }
    const id = label.id || Math.max(0, ...this.labels.map((l) => l.id)) + 1;
    const now = { ...label, id };
    this.labels = label.id ? this.labels.map((l) => (l.id === id ? now : l)) : [...this.labels, now];
    return this.view();
  }

  track(id: TrackId): TrackView {
    const paths = [...this.images.values()].sort((a, b) => (a.image.path < b.image.path ? -1 : 1));
    const shapes = paths.flatMap(({ image, annotations }) =>
      annotations
        .filter((a) => a.track?.id === id)
        .map((a) => ({ annotation: a.id, image: image.id, keyframe: a.track?.keyframe === true, stands: stands(a) })),
    );
    return { id, shapes };
  }

  labelUse(id: LabelId): LabelUse {
    const all = [...this.images.values()].flatMap((v) => v.annotations).filter((a) => a.label === id);
    return { standing: all.filter(stands).length, all: all.length };
  }

  deleteLabel(id: LabelId, into: LabelId | null): ProjectView {
    const { standing } = this.labelUse(id);
    if (into === null && standing > 0) {
      const message = `${standing} boxes have the label "${this.labelName(id)}": choose the label they get`;
      throw new ApiError({ code: 'refused', message });
    }
    for (const view of [...this.images.values()]) {
      if (into === null || !view.annotations.some((a) => a.label === id)) continue;
      const annotations = view.annotations.map((a) =>
        a.label === id ? { ...a, label: into, revision: a.revision + 1 } : a,
      );
      this.put({ ...view, annotations });
    }
    this.labels = this.labels.map((l) => (l.id === id ? { ...l, archived: true } : l));
    return this.view();
  }

  undo(): Outcome {
    const step = this.undoSteps.pop();
    if (!step) return this.outcome('Nothing to undo', []);
    this.redoSteps.push(step);
    return this.outcome(`Undone: ${step.title}`, this.restore(step.before, step.after));
  }

  redo(): Outcome {
    const step = this.redoSteps.pop();
    if (!step) return this.outcome('Nothing to redo', []);
    this.undoSteps.push(step);
    return this.outcome(`Redone: ${step.title}`, this.restore(step.after, step.before));
  }

  private commit(title: string, after: ImageView[]): Outcome {
    const before = after.map((v) => this.need(v.image.id));
    after.forEach((v) => this.put(v));
    const id = (this.lastStep += 1);
    this.undoSteps.push({ id, at: Date.now() / 1000, title, before, after: after.map((v) => this.need(v.image.id)) });
    this.redoSteps = [];
    return this.outcome(title, after);
  }

  /** Puts `wanted` in place of `now`; every box that differs gets a fresh revision. */
  private restore(wanted: ImageView[], now: ImageView[]): ImageView[] {
    const newest = new Map(now.flatMap((v) => v.annotations.map((a) => [a.id, a] as const)));
    return wanted.map((view) => {
      const annotations = view.annotations.map((a) => {
        const current = newest.get(a.id);
        return { ...a, revision: Math.max(a.revision, current?.revision ?? 0) + (current === a ? 0 : 1) };
      });
      const restored = { ...view, annotations };
      this.put(restored);
      return this.need(view.image.id);
    });
  }

  private outcome(title: string, images: ImageView[]): Outcome {
    const { counts, undo, redo } = this.view();
    return {
      step: this.undoSteps.length,
      title,
      images: images.map((v) => this.need(v.image.id)),
      counts,
      undo,
      redo,
    };
  }

  private imageOf(box: number | null): number {
    for (const view of this.images.values()) {
      if (view.annotations.some((a) => a.id === box)) return view.image.id;
    }
    throw new ApiError({ code: 'stale', message: `Box ${box} is no longer there; the image was reloaded` });
  }

  private labelName(id: LabelId): string {
    return this.labels.find((l) => l.id === id)?.name ?? '?';
  }

  private titleOf(action: Action, view: ImageView): string {
    const id = boxOf(action);
    const name = this.labelName(view.annotations.find((a) => a.id === id)?.label ?? 0);
    switch (action.do) {
      case 'accept':
        return `Accepted ${name}`;
      case 'reject':
        return `Rejected ${name}`;
      case 'reopen':
        return `Reopened ${name}`;
      case 'relabel':
        return `Relabelled ${name} to ${this.labelName(action.label)}`;
      case 'reshape':
        return `Reshaped ${name}`;
      case 'describe':
        return `Described ${name}`;
      case 'set_keyframe':
        return action.keyframe ? `Made ${name} a keyframe` : `Interpolated ${name}`;
      case 'end_track':
        return `Ended the track of ${name}`;
      case 'draw':
        return `Drew ${this.labelName(action.label)}`;
      case 'accept_rest':
        return 'Accepted the rest of the image';
      case 'confirm_empty':
        return 'Confirmed the image as empty';
      case 'unconfirm_empty':
        return 'Took "confirmed empty" back';
    }
  }
}
