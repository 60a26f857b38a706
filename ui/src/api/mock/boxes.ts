// Which boxes a filter lets through, and in which order: the mock's twin of the store's queries.

import type {
  AnnotationView,
  BoxFilter,
  ImageView,
  Label,
  QueueItem,
  QueueOrder,
  ReviewState,
  Standing,
  Verb,
} from '../types';

const among = <T>(wanted: readonly T[], value: T): boolean => wanted.length === 0 || wanted.includes(value);

export function passes(a: AnnotationView, path: string, filter: BoxFilter): boolean {
  return (
    among(filter.labels, a.label) &&
    among(filter.states, a.state) &&
    among(filter.standings, a.standing) &&
    (filter.verdicts.length === 0 || (a.verdict !== null && filter.verdicts.includes(a.verdict))) &&
    among(filter.origins, a.origin) &&
    among(filter.shapes, a.shape.kind) &&
    (filter.at_least === null || (a.score !== null && a.score >= filter.at_least)) &&
    (filter.below === null || (a.score !== null && a.score < filter.below)) &&
    path.toLowerCase().includes(filter.path.toLowerCase()) &&
    (filter.image === null || filter.image === a.image) &&
    (filter.disagreement === null || filter.disagreement === a.disagreement)
  );
}

const DECIDED: readonly ReviewState[] = ['accepted', 'fixed', 'rejected'];
const UNDECIDED: readonly ReviewState[] = ['pending'];
const STANDING: readonly Standing[] = ['doubtful', 'settled'];

/** Those of `able` that are wanted; none wanted: all. */
const common = <T>(able: readonly T[], wanted: readonly T[]): T[] => able.filter((one) => among(wanted, one));

/** The filter a bulk decision really goes by; `null`: there is nothing to decide. Nothing stands with a deleted label. */
export function decidable(filter: BoxFilter, verb: Verb, all: readonly Label[]): BoxFilter | null {
  const states = common(verb === 'reopen' ? DECIDED : UNDECIDED, filter.states);
  const standings = verb === 'reopen' || filter.standings.length > 0 ? filter.standings : [...STANDING];
  const living = all.filter((label) => !label.archived).map(({ id }) => id);
  const labels = living.length < all.length ? common(living, filter.labels) : filter.labels;
  const none = states.length === 0 || (living.length < all.length && labels.length === 0);
  return none ? null : { ...filter, states, standings, labels };
}

const area = ({ rect }: AnnotationView): number => (rect.x2 - rect.x1) * (rect.y2 - rect.y1);

function compare(order: QueueOrder, x: QueueItem, y: QueueItem): number {
  const [a, b] = [x.annotation, y.annotation];
  const byDoubt = b.doubt - a.doubt || a.id - b.id;
  switch (order) {
    case 'most_doubtful':
      return byDoubt;
    case 'disagreements_first':
      return Number(b.disagreement) - Number(a.disagreement) || byDoubt;
    case 'by_image':
      return x.path < y.path ? -1 : x.path > y.path ? 1 : byDoubt;
    case 'by_label':
      return a.label - b.label || byDoubt;
    case 'similar':
      return a.label - b.label || area(a) - area(b) || a.id - b.id;
  }
}

export function boxesOf(views: Iterable<ImageView>, filter: BoxFilter, order: QueueOrder): QueueItem[] {
  const found: QueueItem[] = [];
  for (const { image, annotations } of views) {
    for (const annotation of annotations) {
      if (!passes(annotation, image.path, filter)) continue;
      found.push({ annotation, path: image.path, width: image.width ?? 0, height: image.height ?? 0 });
    }
  }
  return found.sort((x, y) => compare(order, x, y));
}
