// What stands on a model's card, as the window offers and says it.

import type { Head, Values } from '../api';
import { fromEngine } from '../shared/i18n/engine';

/** Whose exports have a head: names that no language changes. */
export const EXPORTS: Readonly<Record<Head, string>> = {
  yolo_dense: 'YOLOv8, 9, 11, 12',
  yolo_objectness: 'YOLOv5, 6, 7',
  yolo_end2end: 'YOLOv10, YOLO26',
  yolox: 'YOLOX',
  detr: 'DETR',
  detr_sigmoid: 'RT-DETR, RF-DETR, D-FINE',
  detr_postprocessed: 'RT-DETR, D-FINE (post)',
  ssd_tensorflow: 'TensorFlow SSD',
  ssd_torchvision: 'torchvision',
};

/** Values by how a reason says them. */
const VALUES: Readonly<Record<string, Values>> = {
  '0 to 255': 'raw',
  '0 to 1': 'unit',
  '-1 to 1': 'signed',
  "by ImageNet's mean and deviation": 'imagenet',
};

export const valuesOf = (said: string): Values | null => VALUES[said] ?? null;

/** A sentence of the engine in the language chosen, without the command line's options: here a control is beside it. */
export const here = (text: string): string => fromEngine(text.replace(/ \(--[a-z-]+(, --[a-z-]+)*\)/g, ''));
