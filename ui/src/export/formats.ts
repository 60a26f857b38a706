import type { ExportFormat, ExportRequest, Include } from '../api';

export type Choice = 'cvat' | 'cvat-zip' | 'cvat-video' | 'coco' | 'yolo' | 'yolo-segment' | 'voc';

export type Form = {
  choice: Choice;
  format: ExportFormat;
  withImages: boolean;
  /** Added to the project's name; empty: a folder. */
  extension: string;
  suffix: string;
};

export const FORMS: readonly Form[] = [
  {
    choice: 'cvat',
    format: 'cvat-images',
    withImages: false,
    extension: 'xml',
    suffix: '.xml',
  },
  {
    choice: 'cvat-zip',
    format: 'cvat-images',
    withImages: true,
    extension: 'zip',
    suffix: '.zip',
  },
  {
    choice: 'cvat-video',
    format: 'cvat-video',
    withImages: false,
    extension: 'xml',
    suffix: '-tracks.xml',
  },
  {
    choice: 'coco',
    format: 'coco',
    withImages: false,
    extension: 'json',
    suffix: '-coco.json',
  },
  {
    choice: 'yolo',
    format: 'yolo',
    withImages: true,
    extension: '',
    suffix: '-yolo',
  },
  {
    choice: 'yolo-segment',
    format: 'yolo-segment',
    withImages: true,
    extension: '',
    suffix: '-yolo-segment',
  },
  {
    choice: 'voc',
    format: 'voc',
    withImages: true,
    extension: '',
    suffix: '-voc',
  },
];

export function formOf(choice: Choice): Form {
  return FORMS.find((form) => form.choice === choice) ?? (FORMS[0] as Form);
}

/** Whether labels and shapes have attributes that can say where a shape is from. */
export function holdsProvenance(form: Form): boolean {
  return form.format === 'cvat-images';
}

/** Where an export goes unless told otherwise: beside the project. */
export function defaultOut(projectPath: string, form: Form): string {
  return projectPath.replace(/\.relook$/, '') + form.suffix;
}

export function requestOf(form: Form, out: string, include: Include, provenance: boolean): ExportRequest {
  return {
    format: form.format,
    out,
    include,
    with_images: form.withImages,
    like: null,
    provenance: provenance && holdsProvenance(form),
  };
}
