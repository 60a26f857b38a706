// Models that are about to be added: what the mock makes of a file, by its name.

import { ApiError } from '../api';
import type { AddedModel, AddModel, CardReason, Head, ModelTrial, ModelView, SeenBox, TriedClass } from '../types';
import { COCO80 } from './labels';
import type { MockProject } from './project';

const HEADS: readonly Head[] = [
  'yolo_dense',
  'yolo_objectness',
  'yolo_end2end',
  'yolox',
  'detr',
  'detr_sigmoid',
  'detr_postprocessed',
  'ssd_tensorflow',
  'ssd_torchvision',
];

/** How a name of values is said in a reason. */
const VALUES = { raw: '0 to 255', unit: '0 to 1', signed: '-1 to 1', imagenet: "by ImageNet's mean and deviation" };

function namesOf({ labels, file }: AddModel): string[] {
  if (labels === null) return file.includes('bare') ? ['class_0', 'class_1', 'class_2'] : ['person', 'car', 'crane', ''];
  if (typeof labels === 'string') return [...COCO80];
  const text = 'names' in labels ? labels.names : 'from\na\nfile';
  return text.split('\n').map((name) => (name === '-' ? '' : name));
}

/** The project's labels on what a photo holds, weaker where the head is the wrong one. */
function look(project: MockProject, add: AddModel, classes: readonly TriedClass[]): ModelTrial['seen'] {
  const { preview } = add;
  if (preview === null) return null;
  const id = 'image' in preview ? preview.image : 1;
  const scene = project.scenes.get(id);
  if (!scene) return null;
  const wrong = add.file.includes('bare') && add.head !== 'yolo_objectness';
  const boxes = scene.things.map(({ rect }, n): SeenBox => {
    const at = n % Math.max(1, classes.length);
    return { label: classes[at]?.label ?? '', class: at, score: (wrong ? 0.2 : 0.9) - n * 0.02, rect };
  });
  const shown = boxes.filter(({ label, score }) => label !== '' && score >= add.above);
  return { width: scene.width, height: scene.height, boxes: shown };
}

/**
 * A file with `missing` is not there, one with `garbage` no graph, one with `nan` gives no numbers, one with `bare` leaves
 * its head and labels to be guessed. Names of models that are there are taken; `mine` can be replaced.
 */
export function tryModel(project: MockProject, add: AddModel, models: readonly ModelView[]): ModelTrial {
  const { file } = add;
  const name = add.name ?? (file.split('/').at(-1) ?? '').replace(/\.onnx$/, '');
  const trial: ModelTrial = {
    name,
    bytes: 0,
    inputs: [],
    outputs: [],
    heads: [],
    reasons: [],
    classes: [],
    takes_over: project.labels.length === 0,
    seen: null,
    problems: [],
    replaceable: name === 'mine',
  };
  if (file.includes('missing') || file.includes('garbage')) {
    const message = file.includes('missing')
      ? `There is no ONNX file ${file}`
      : `The model file ${file} could not be read as an ONNX graph: no protobuf`;
    return { ...trial, problems: [{ about: 'file', message }] };
  }
  const bare = file.includes('bare');
  const reason = (what: string, value: string | null, guess: string, why: string, sure: boolean): CardReason =>
    value === null ? { what, value: guess, why, sure } : { what, value, why: 'as you say', sure: true };
  const custom = 'as the tools that export this head have it';
  const names = namesOf(add);
  const list = `${names.length}: ${names.slice(0, 3).join(', ')}`;
  const rename = new Map(add.rename);
  const known = new Map(project.labels.map((label) => [label.name, label.id]));
  trial.bytes = 12_800_000;
  trial.inputs = ['images float32[1, 3, 640, 640]'];
  trial.outputs = ['output0 float32[1, 84, 8400]'];
  trial.heads = HEADS.map((head) => ({ head, fits: head === 'yolo_dense' || (bare && head === 'yolo_objectness') }));
  trial.reasons = [
    reason('layout', add.layout, 'nchw', 'images float32[1, 3, 640, 640]', true),
    reason('size', add.size?.join('x') ?? null, '640x640', 'images float32[1, 3, 640, 640]', true),
    bare
      ? reason('head', add.head, 'yolo_dense', 'output0 float32[1, 84, 8400] could be yolo_dense or yolo_objectness', false)
      : reason('head', add.head, 'yolo_dense', 'only it reads output0 float32[1, 84, 8400]', true),
    reason('channels', add.channels, 'rgb', custom, false),
    reason('values', add.values === null ? null : VALUES[add.values], '0 to 1', custom, false),
    reason('resize', add.resize, 'letterbox', custom, false),
    reason('nms_iou', add.nms_iou === null ? null : String(add.nms_iou), '0.6', custom, false),
    reason('licence', add.licence, 'unknown', "the graph's notes do not say; say which it is (--licence)", false),
    bare && add.labels === null
      ? reason('labels', null, list, 'the graph scores so many and names none; say which they are (--labels)', false)
      : reason('labels', add.labels === null ? null : list, list, "the graph's notes name them", true),
  ];
  trial.classes = names.map((one) => {
    const label = one === '' ? '' : (rename.get(one) ?? one);
    return { name: one, label, into: known.get(label) ?? null };
  });
  const problem = (about: ModelTrial['problems'][number]['about'], message: string) => trial.problems.push({ about, message });
  if (models.some((model) => model.name === name) || (name === 'mine' && !add.replace)) {
    const way = trial.replaceable ? ', or replace it (--name, --replace)' : ' (--name)';
    problem('name', `There is a model "${name}" already; choose another name${way}`);
  }
  if (file.includes('nan') && add.values !== 'imagenet') {
    problem(
      'values',
      `${name} gave values that are no numbers (NaN): its card may say the wrong normalisation, or the graph needs single precision`,
    );
  } else trial.seen = look(project, add, trial.classes);
  return trial;
}

/** Adds it to the models that there are. */
export function addModel(project: MockProject, add: AddModel, models: ModelView[]): AddedModel {
  const trial = tryModel(project, add, models);
  const [first] = trial.problems;
  if (first) throw new ApiError({ code: 'invalid', message: first.message });
  const value = (what: string) => trial.reasons.find((reason) => reason.what === what)?.value ?? '';
  const model: ModelView = {
    name: trial.name,
    summary: `Imported from ${add.file}`,
    licence: value('licence'),
    author: '',
    head: value('head'),
    input: '640 × 640',
    bytes: trial.bytes,
    sha256: '7a1e'.repeat(16),
    present: true,
    path: `/home/you/.local/share/relook/models/${trial.name}/${trial.name}.onnx`,
  };
  models.push(model);
  const lacking = trial.classes.filter(({ label, into }) => label !== '' && into === null).map(({ label }) => label);
  return {
    model,
    reasons: trial.reasons,
    labels: trial.classes.map(({ label }) => label),
    lacking: trial.takes_over ? [] : lacking,
    seen: null,
    saved: true,
  };
}
