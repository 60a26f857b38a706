import { count, plural } from '../numbers';

export const common = {
  add: 'Add',
  addFolders: 'Add folders',
  choose: 'Choose…',
  close: 'Close',
  closeByEscape: 'Close (Esc)',
  closeMessage: 'Close message',
  showInFolder: 'Show in folder',
  tryAgain: 'Try again',
  /** A button's words and its key. */
  withKey: (text: string, key: string) => `${text} (${key})`,
  percent: (n: number | string) => `${n} %`,
  boxes: (n: number) => plural(n, 'box', 'boxes'),
  images: (n: number) => plural(n, 'image'),
  labels: (n: number) => plural(n, 'label'),
  /** Done of all; both written out already. */
  amount: (done: string, total: string) => `${done} of ${total}`,
  justNow: 'just now',
  seconds: (n: number) => `${count(n)} s`,
  minutes: (n: number) => `${count(n)} min`,
  /** Hours, and minutes of two digits. */
  hours: (hours: number, minutes: string) => `${count(hours)} h ${minutes}`,
};
