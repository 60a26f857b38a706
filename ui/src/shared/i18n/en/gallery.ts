import { count, plural } from '../numbers';

export const gallery = {
  tab: 'Gallery',
  labels: 'Labels',
  allLabels: 'All labels',
  /** How many of a label are to do, and how many there are; the first may be cut short ("10,000+"). */
  labelCount: (todo: string, all: number) => `${todo} here, ${count(all)} in the project`,
  /** After how many of one label were found. */
  thenOthers: ', then other labels',
  grid: 'Crops to look over',
  size: 'Size of the crops',
  sizes: { small: 'S', medium: 'M', large: 'L' },
  /** A crop, read out. */
  crop: (label: string, score: string | null, verdict: string, mark: 'wrong' | 'right' | null) =>
    `${label}${score === null ? '' : `, ${score} %`}, ${verdict}${mark ? `, marked as ${mark}` : ''}`,
  wrong: 'wrong',
  right: 'right',
  accept: (n: number, m: number) => (m === 0 ? `Accept ${count(n)}` : `Accept ${count(n)}, reject ${count(m)}`),
  acceptHint: 'Accepts all crops in full view but those marked as wrong, which it rejects, and goes on',
  reject: (n: number, m: number) => (m === 0 ? `Reject ${count(n)}` : `Reject ${count(n)}, accept ${count(m)}`),
  rejectHint: 'Rejects all crops in full view but those marked as right, which it accepts, and goes on',
  marked: (wrong: number, right: number) =>
    [wrong > 0 && `${count(wrong)} marked as wrong`, right > 0 && `${count(right)} marked as right`]
      .filter(Boolean)
      .join(', '),
  help: 'Click or sweep what is wrong; with Ctrl, what is right.',
  relabel: 'Relabel',
  /** The label that a digit gives. */
  make: (label: string) => `Make it ${label}`,
  offers: 'Labels by digit',
  relabelTitle: (n: number) => (n === 1 ? 'What is it?' : `What are these ${count(n)}?`),
  clear: 'Unmark',
  open: 'Open',
  back: 'Back to the gallery',
  decided: (n: number, m: number) => {
    if (n === 0) return `${plural(m, 'box', 'boxes')} rejected`;
    return m === 0 ? `${plural(n, 'box', 'boxes')} accepted` : `${plural(n, 'box', 'boxes')} accepted, ${count(m)} rejected`;
  },
  relabelled: (n: number, label: string) => `${plural(n, 'box', 'boxes')} made ${label}`,
  done: 'Nothing left here',
  doneHelp: 'All that passes this filter is decided. Take another label, or change the filter.',
  none: 'No crops yet',
  noneHelp: 'Once there is a draft, everything that waits can be looked over here, a page at a time.',
  failed: (why: string) => `The crops could not be loaded: ${why}`,
  commands: {
    group: 'Gallery',
    titles: {
      gallery: 'Go to the gallery',
      'gallery-accept': 'Accept the rest of the page',
      'gallery-reject': 'Reject the rest of the page',
      'gallery-mark': 'Mark as wrong, or unmark',
      'gallery-right': 'Mark as right, or unmark',
      'gallery-unmark': 'Unmark all',
      'gallery-relabel': 'Relabel what is marked as wrong',
      'gallery-digit': 'Give what is marked as wrong the label of a digit',
      'gallery-open': 'Open the crop on its image',
      'gallery-move': 'Go from crop to crop',
      'gallery-extend': 'Mark crop by crop',
      'gallery-page': 'A page down or up',
    },
  },
};
