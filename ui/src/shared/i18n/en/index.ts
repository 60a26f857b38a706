import { common } from './common';
import { shell } from './shell';
import { engine } from './engine';
import { start } from './start';
import { project } from './project';
import { images } from './images';
import { jobs } from './jobs';
import { models } from './models';
import { exporting } from './exporting';
import { importing } from './importing';
import { lint } from './lint';
import { cvat } from './cvat';
import { evaluate } from './evaluate';
import { thresholds } from './thresholds';
import { settings } from './settings';
import { commands } from './commands';
import { review } from './review';
import { canvas } from './canvas';
import { gallery } from './gallery';
import { labels } from './labels';
import { history } from './history';

/** Every text of the window in English; the other languages have the same keys. */
export const en = {
  common,
  shell,
  engine,
  start,
  project,
  images,
  jobs,
  models,
  exporting,
  importing,
  lint,
  cvat,
  evaluate,
  thresholds,
  settings,
  commands,
  review,
  canvas,
  gallery,
  labels,
  history,
};
