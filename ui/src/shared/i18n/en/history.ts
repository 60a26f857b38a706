import { plural } from '../numbers';

export const history = {
  title: 'History',
  list: 'What was done, newest first',
  empty: 'Nothing was decided yet.',
  person: 'Person',
  script: 'Command line',
  model: (name: string) => `Model ${name}`,
  changes: (n: number) => plural(n, 'change'),
  undone: 'undone',
  dropped: 'undone for good',
  here: 'Now',
  goHere: 'Go back to here',
  goForward: 'Redo up to here',
  goStart: 'Undo everything',
  more: 'Show older',
};
