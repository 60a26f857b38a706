import { count, plural } from '../numbers';

// `*words*` stand out.
export const exporting = {
  title: (project: string) => `Export ${project}`,
  format: 'Format',
  forms: {
    cvat: { title: 'CVAT XML', words: 'Upload it to a CVAT task as annotations' },
    'cvat-zip': { title: 'CVAT with photos', words: 'A zip that makes a new CVAT task' },
    coco: { title: 'COCO', words: 'One JSON, for most trainers' },
    yolo: { title: 'YOLO', words: 'A folder with a text file per photo' },
  },
  include: 'What to include',
  includeAll: 'Everything that stands',
  includeAllHint: 'What you decided, what the models settled, and what still waits',
  includeReviewed: 'Only what you decided',
  includeReviewedHint: 'Boxes you accepted, fixed or drew; nothing else',
  counting: 'Counting…',
  boxesOnImages: (boxes: number, images: number) =>
    `*${count(boxes)}* ${boxes === 1 ? 'box' : 'boxes'} on *${count(images)}* ${images === 1 ? 'image' : 'images'}`,
  byYou: (n: number) => `${count(n)} decided by you`,
  byModels: (n: number) => `${count(n)} settled by the models`,
  undecided: (n: number) => `${count(n)} doubtful, undecided`,
  moreLabels: (n: number) => `and ${plural(n, 'more label')}`,
  trips: (n: number) => `CVAT would refuse, misplace or lose ${plural(n, 'thing')} of this.`,
  mend: (n: number) => `Mend ${count(n)}`,
  showTrips: 'Show them',
  force: 'Export all the same',
  nothing: 'There is nothing to write yet with this choice.',
  file: 'File',
  folder: 'Folder',
  chooseFile: 'Export',
  chooseFolder: 'Export into',
  export: 'Export',
  writing: 'Writing…',
  written: 'Written',
  again: 'Export again',
  done: 'Done',
};
