import { count, plural } from '../numbers';

export const gallery = {
  tab: 'Gallery',
  labels: 'Labels',
  allLabels: 'All labels',
  /** How many of a label are to do, and how many there are; the first may be cut short ("10,000+"). */
  labelCount: (todo: string, all: number) => `${todo} here, ${count(all)} in the project`,
  grid: 'Crops to look over',
  size: 'Size of the crops',
  sizes: { small: 'S', medium: 'M', large: 'L' },
  /** A crop, read out. */
  crop: (label: string, score: string | null, verdict: string, wrong: boolean) =>
    `${label}${score === null ? '' : `, ${score} %`}, ${verdict}${wrong ? ', marked as wrong' : ''}`,
  wrong: 'wrong',
  accept: (n: number, m: number) => (m === 0 ? `Accept ${count(n)}` : `Accept ${count(n)}, reject ${count(m)}`),
  acceptHint: 'Accepts all crops in full view that are not marked, rejects the marked ones, and goes on',
  marked: (n: number) => (n === 0 ? 'None marked' : `${count(n)} marked as wrong`),
  help: 'Click, sweep or press Space on what is wrong.',
  relabel: 'Relabel',
  /** The label that a digit gives. */
  make: (label: string) => `Make it ${label}`,
  offers: 'Labels by digit',
  relabelTitle: (n: number) => (n === 1 ? 'What is it?' : `What are these ${count(n)}?`),
  clear: 'Unmark',
  open: 'Open',
  back: 'Back to the gallery',
  decided: (n: number, m: number) =>
    m === 0 ? `${plural(n, 'box', 'boxes')} accepted` : `${plural(n, 'box', 'boxes')} accepted, ${count(m)} rejected`,
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
      'gallery-accept': 'Accept the page, reject what is marked',
      'gallery-mark': 'Mark as wrong, or unmark',
      'gallery-unmark': 'Unmark all',
      'gallery-relabel': 'Relabel what is marked',
      'gallery-digit': 'Give what is marked the label of a digit',
      'gallery-open': 'Open the crop on its image',
      'gallery-move': 'Go from crop to crop',
      'gallery-extend': 'Mark crop by crop',
      'gallery-page': 'A page down or up',
    },
  },
};
