// What a decision makes of an image: the window's twin of the engine's rules, used to show a decision before the engine
// has answered. The engine's answer always replaces what is computed here.

import type { Action, AnnotationId, AnnotationView, Counts, Details, ImageView, Rect, ReviewState } from './types';

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

/** `view` as it will be once `action` is done; the same object where nothing changes. `drawnId` names a drawn box. */
export function applyAction(action: Action, view: ImageView, drawnId: AnnotationId): ImageView {
  switch (action.do) {
    case 'accept':
      return edit(view, action.id, (a) => (isStandingDecision(a) ? a : { ...a, state: 'accepted' }));
    case 'reject':
      return reject(view, action.id);
    case 'reopen':
      return edit(view, action.id, (a) => ({ ...a, state: 'pending' }));
    case 'relabel':
      return edit(view, action.id, (a) => ({
        ...a,
        label: action.label,
        state: decided(a, a.label !== action.label),
      }));
    case 'reshape':
      return edit(view, action.id, (a) => ({
        ...a,
        rect: action.rect,
        state: decided(a, !sameRect(a.rect, action.rect)),
      }));
    case 'describe':
      return edit(view, action.id, (a) => described(a, action.details), false);
    case 'draw':
      return derived({ ...view, annotations: [...view.annotations, drawn(drawnId, action)] }, false);
    case 'accept_rest':
      return derived({
        ...view,
        annotations: view.annotations.map((a) =>
          a.state === 'pending' && stands(a) ? { ...a, state: 'accepted' as const } : a,
        ),
      });
    case 'confirm_empty':
      return derived(
        { ...view, annotations: view.annotations.map((a) => (stands(a) ? { ...a, state: 'rejected' as const } : a)) },
        true,
      );
    case 'unconfirm_empty':
      return derived(view, false);
  }
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

function edit(
  view: ImageView,
  id: AnnotationId,
  change: (a: AnnotationView) => AnnotationView,
  takesEmptyBack = true,
): ImageView {
  const annotations = view.annotations.map((a) => (a.id === id ? change(a) : a));
  return derived({ ...view, annotations }, takesEmptyBack ? false : undefined);
}

function reject(view: ImageView, id: AnnotationId): ImageView {
  const target = view.annotations.find((a) => a.id === id);
  if (target?.origin === 'manual') {
    return derived({ ...view, annotations: view.annotations.filter((a) => a.id !== id) });
  }
  return edit(view, id, (a) => ({ ...a, state: 'rejected' }), false);
}

/** Fixed once something differs from what the models said; a hand-drawn box stays accepted. */
function decided(a: AnnotationView, changed: boolean): ReviewState {
  if (a.origin === 'manual') return 'accepted';
  return changed || a.state === 'fixed' ? 'fixed' : 'accepted';
}

function drawn(id: AnnotationId, action: Extract<Action, { do: 'draw' }>): AnnotationView {
  return {
    id,
    image: action.image,
    label: action.label,
    rect: action.rect,
    rotation: 0,
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
    revision: 1,
    opinions: [],
  };
}

/** The image's counts and status from its boxes; `empty` sets or takes back "confirmed empty". */
function derived(view: ImageView, empty?: boolean): ImageView {
  const { annotations } = view;
  const count = (test: (a: AnnotationView) => boolean) => annotations.filter(test).length;
  const queued = count(isQueued);
  const before = view.image.status;
  const isEmpty = empty ?? before === 'confirmed_empty';
  let status = before;
  if (before !== 'problem') {
    if (isEmpty) status = 'confirmed_empty';
    else if (queued > 0) status = 'waiting';
    else if (before === 'waiting' || before === 'confirmed_empty') status = 'done';
  }
  return {
    annotations,
    image: {
      ...view.image,
      status,
      queued,
      settled: count((a) => a.state === 'pending' && a.standing === 'settled'),
      decided: count(isStandingDecision),
      rejected: count((a) => a.state === 'rejected'),
    },
  };
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
