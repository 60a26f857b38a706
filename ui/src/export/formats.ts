import type { ExportFormat, ExportRequest, Include } from '../api';

export type Choice = 'cvat' | 'cvat-zip' | 'coco' | 'yolo';

export type Form = {
  choice: Choice;
  title: string;
  words: string;
  format: ExportFormat;
  withImages: boolean;
  /** Added to the project's name; empty: a folder. */
  extension: string;
  suffix: string;
};

export const FORMS: readonly Form[] = [
  {
    choice: 'cvat',
    title: 'CVAT XML',
    words: 'Upload it to a CVAT task as annotations',
    format: 'cvat-images',
    withImages: false,
    extension: 'xml',
    suffix: '.xml',
  },
  {
    choice: 'cvat-zip',
    title: 'CVAT with photos',
    words: 'A zip that makes a new CVAT task',
    format: 'cvat-images',
    withImages: true,
    extension: 'zip',
    suffix: '.zip',
  },
  {
    choice: 'coco',
    title: 'COCO',
    words: 'One JSON, for most trainers',
    format: 'coco',
    withImages: false,
    extension: 'json',
    suffix: '-coco.json',
  },
  {
    choice: 'yolo',
    title: 'YOLO',
    words: 'A folder with a text file per photo',
    format: 'yolo',
    withImages: true,
    extension: '',
    suffix: '-yolo',
  },
];

export function formOf(choice: Choice): Form {
  return FORMS.find((form) => form.choice === choice) ?? (FORMS[0] as Form);
}

/** Where an export goes unless told otherwise: beside the project. */
export function defaultOut(projectPath: string, form: Form): string {
  return projectPath.replace(/\.relook$/, '') + form.suffix;
}

export function requestOf(form: Form, out: string, include: Include): ExportRequest {
  return { format: form.format, out, include, with_images: form.withImages, like: null };
}
