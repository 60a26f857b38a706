import { count, plural } from '../numbers';

export const images = {
  list: 'Images',
  filterByPath: 'Filter by path',
  filterByPathField: 'Filter images by path',
  filterByStatus: 'Filter images by status',
  all: 'All images',
  noneFits: 'No image fits this filter.',
  showAll: 'Show all images',
  status: {
    new: 'No draft yet',
    drafted: 'Drafted, second look to come',
    waiting: 'Boxes wait for you',
    done: 'Nothing waits',
    confirmed_empty: 'Confirmed empty',
    problem: 'Could not be read',
  },
  // Under an image's name.
  unread: 'could not be read',
  confirmedEmpty: 'confirmed empty',
  noDraft: 'no draft yet',
  noBoxes: 'no boxes',
  wait: (n: number) => `${count(n)} ${n === 1 ? 'waits' : 'wait'}`,
  waitAndFine: (n: number, fine: number) => `${count(n)} ${n === 1 ? 'waits' : 'wait'} · ${count(fine)} fine`,
  boxesDoubtful: (n: number, doubtful: number) => `${plural(n, 'box', 'boxes')}, ${count(doubtful)} doubtful`,

  looking: 'Looking for photos',
  lookingNow: 'Looking for photos…',
  none: 'Add the photos to label',
  noneInFolders: 'No photos in these folders',
  noneInFoldersHint: (folders: string) => `${folders}. Add another folder, or put photos there.`,
  dropHint:
    'Drop one or more folders here. They are read where they are, with all folders inside; nothing is copied or changed.',
  folderPath: 'Path of a folder',
  folderPathHint: 'or paste the path of a folder',
  kinds: 'JPEG, PNG, WebP, TIFF, BMP and GIF. Then: draft, second look, review, export, from the steps above.',
};
