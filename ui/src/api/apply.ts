// What a decision makes of an image: the window's twin of the engine's rules, used to show a decision before the engine
// has answered. The engine's answer always replaces what is computed here.

import type {
  Action,
  AnnotationId,
  AnnotationView,
  Counts,
  Details,
  Geometry,
  ImageView,
  Rect,
  ReviewState,
} from './types';

/** Whether it is part of the picture: neither rejected by a person nor (undecided and) withdrawn by the models. */
export function stands(a: AnnotationView): boolean {
  if (a.state === 'rejected') return false;
  return a.state !== 'pending' || a.standing !== 'withdrawn';
}

/** Whether it waits in the review queue. */
export function isQueued(a: AnnotationView): boolean {
  return a.state === 'pending' && a.standing === 'doubtful';
}

/** Whether a person has decided it. */
export function isDecided(a: AnnotationView): boolean {
  return a.state !== 'pending';
}

export function sameRect(a: Rect, b: Rect): boolean {
  return a.x1 === b.x1 && a.y1 === b.y1 && a.x2 === b.x2 && a.y2 === b.y2;
}

export function geometryOf({ rect, rotation, shape }: AnnotationView): Geometry {
  return { rect, rotation, shape };
}

export function boxed(rect: Rect): Geometry {
  return { rect, rotation: 0, shape: { kind: 'box' } };
}

export function sameGeometry(a: Geometry, b: Geometry): boolean {
  return sameRect(a.rect, b.rect) && a.rotation === b.rotation && JSON.stringify(a.shape) === JSON.stringify(b.shape);
}

/** The box an action names, if it names one. */
export function boxOf(action: Action): AnnotationId | null {
  return 'id' in action ? action.id : null;
}

/** The boxes of `view` whose revision grows when `action` is done. */
export function touchedBy(action: Action, view: ImageView): AnnotationId[] {
  switch (action.do) {
    case 'accept_rest':
      return view.annotations.filter((a) => a.state === 'pending' && stands(a)).map((a) => a.id);
    case 'confirm_empty':
      return view.annotations.filter(stands).map((a) => a.id);
    case 'draw':
    case 'unconfirm_empty':
      return [];
    default:
      return [action.id];
  }
}

/** An action, and what a box it draws is called until the engine has named it. */
export type Doing = { action: Action; drawnId: AnnotationId };

/** `view` as it will be once `action` is done. */
export function applyAction(action: Action, view: ImageView, drawnId: AnnotationId): ImageView {
  return applyAll([{ action, drawnId }], view);
}

/** `view` as it will be once all of `doings` are done, in their order; in a time that grows with boxes plus doings. */
export function applyAll(doings: readonly Doing[], view: ImageView): ImageView {
  if (doings.length === 0) return view;
  const boxes: (AnnotationView | null)[] = [...view.annotations];
  const places = doings.length > 1 ? new Map(boxes.map((a, n) => [a?.id, n])) : null;
  let empty: boolean | undefined;
  /** `stands`: whether the change leaves a box standing, which takes "confirmed empty" back. */
  const edit = (id: AnnotationId, change: (a: AnnotationView) => AnnotationView | null, standing = true) => {
    const at = places ? (places.get(id) ?? -1) : boxes.findIndex((a) => a?.id === id);
    const a = boxes[at];
    if (a) boxes[at] = change(a);
    if (standing) empty = false;
  };
  const decideAll = (which: (a: AnnotationView) => boolean, state: ReviewState) =>
    boxes.forEach((a, n) => {
      if (a && which(a)) boxes[n] = { ...a, state };
    });
  for (const { action, drawnId } of doings) {
    switch (action.do) {
      case 'accept':
        edit(action.id, (a) => (isStandingDecision(a) ? a : { ...a, state: 'accepted' }));
        break;
      case 'reject':
        edit(action.id, (a) => (a.origin === 'manual' ? null : { ...a, state: 'rejected' }), false);
        break;
      case 'reopen':
        edit(action.id, (a) => ({ ...a, state: 'pending' }));
        break;
      case 'relabel':
        edit(action.id, (a) => ({ ...a, label: action.label, state: decided(a, a.label !== action.label) }));
        break;
      case 'reshape': {
        const { geometry } = action;
        edit(action.id, (a) => {
          const changed = !sameGeometry(geometryOf(a), geometry);
          return { ...(changed ? keyframe(a) : a), ...geometry, state: decided(a, changed) };
        });
        break;
      }
      case 'describe':
        edit(action.id, (a) => described(a, action.details), false);
        break;
      case 'set_keyframe':
        edit(action.id, (a) => keyframe(a, action.keyframe), false);
        break;
      case 'end_track':
        edit(action.id, (a) => keyframe(a), false);
        break;
      case 'draw':
        places?.set(drawnId, boxes.length);
        boxes.push(drawn(drawnId, action));
        empty = false;
        break;
      case 'accept_rest':
        decideAll((a) => a.state === 'pending' && stands(a), 'accepted');
        break;
      case 'confirm_empty':
        decideAll(stands, 'rejected');
        empty = true;
        break;
      case 'unconfirm_empty':
        empty = false;
    }
  }
  return derived({ ...view, annotations: boxes.filter((a) => a !== null) }, empty);
}

/** A shape of a track, set here or interpolated; the others of its track come with the engine's answer. */
function keyframe(a: AnnotationView, keyframe = true): AnnotationView {
  return { ...a, track: a.track && { ...a.track, keyframe } };
}

/** `a` with the details given; what is not given, or null, stays. */
function described(a: AnnotationView, { occluded, z_order, group, attributes }: Details): AnnotationView {
  return {
    ...a,
    occluded: occluded ?? a.occluded,
    z_order: z_order ?? a.z_order,
    group: group ?? a.group,
    attributes: attributes ?? a.attributes,
  };
}

function isStandingDecision(a: AnnotationView): boolean {
  return a.state === 'accepted' || a.state === 'fixed';
}

/** Fixed once something differs from what the models said; a hand-drawn box stays accepted. */
function decided(a: AnnotationView, changed: boolean): ReviewState {
  if (a.origin === 'manual') return 'accepted';
  return changed || a.state === 'fixed' ? 'fixed' : 'accepted';
}

function drawn(id: AnnotationId, action: Extract<Action, { do: 'draw' }>): AnnotationView {
  const fresh: AnnotationView = {
    id,
    image: action.image,
    label: action.label,
    ...action.geometry,
    score: null,
    origin: 'manual',
    state: 'accepted',
    standing: 'settled',
    verdict: null,
    disagreement: false,
    doubt: 0,
    occluded: false,
    z_order: 0,
    group: 0,
    attributes: {},
    track: null,
    revision: 1,
    opinions: [],
  };
  return described(fresh, action.details);
}

/** The image's counts and status from its boxes; `empty` sets or takes back "confirmed empty". */
function derived({ annotations, image }: ImageView, empty?: boolean): ImageView {
  const { queued, settled, accepted, fixed, rejected } = tally({ annotations, image });
  const before = image.status;
  const isEmpty = empty ?? before === 'confirmed_empty';
  let status = before;
  if (before !== 'problem') {
    if (isEmpty) status = 'confirmed_empty';
    else if (queued > 0) status = 'waiting';
    else if (before === 'waiting' || before === 'confirmed_empty') status = 'done';
  }
  return { annotations, image: { ...image, status, queued, settled, decided: accepted + fixed, rejected } };
}

/** What the boxes of one image add to the project's counts. */
export function tally(view: ImageView): Pick<Counts, 'queued' | 'settled' | 'accepted' | 'fixed' | 'rejected'> {
  const total = { queued: 0, settled: 0, accepted: 0, fixed: 0, rejected: 0 };
  for (const a of view.annotations) {
    if (a.state !== 'pending') total[a.state] += 1;
    else if (a.standing === 'doubtful') total.queued += 1;
    else if (a.standing === 'settled') total.settled += 1;
  }
  return total;
}
