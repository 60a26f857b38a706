// What the mock says of files that are not there: imports, the linter, measurements.

import { ApiError } from '../api';
import type {
  EvaluateOptions,
  EvaluationReport,
  ImportOptions,
  ImportReport,
  LintFinding,
  LintReport,
  ThresholdsReport,
} from '../types';
import type { MockProject } from './project';

/** A path with `missing` is not there, one with `other` has none of the project's images, one with `same` nothing new. */
export function importReport({ path, merge, create_labels }: ImportOptions, step: number | null): ImportReport {
  if (path.includes('missing')) throw new ApiError({ code: 'not_found', message: `Could not read ${path}` });
  const [other, same] = [path.includes('other'), path.includes('same')];
  return {
    format: 'cvat',
    images: 4,
    shapes: 30,
    matched: other ? 0 : 3,
    unknown_images: other ? 4 : 1,
    unknown_such_as: ['holiday/1.jpg (several could be meant)'],
    added: other || same ? 0 : create_labels ? 26 : 22,
    there: same ? 30 : 0,
    kept_out: merge === 'keep_mine' ? 3 : 0,
    removed: merge === 'replace' ? 7 : 0,
    unknown_labels: same || other ? [] : [['crane', 4]],
    left_out: [['A shape that lies outside its image or is too small to be seen', 2]],
    findings: [],
    resumed: 0,
    step,
  };
}

const CENSUS = { images: 12, shapes: 60, errors: 0, warnings: 0, notes: 0, mendable: 0 };

/** Each box that stands reaches out of its image, as long as it is not mended; the first of all is outside. */
export function lintReport(project: MockProject, mended: boolean): LintReport {
  const boxes = [...project.images.values()].flatMap((view) =>
    view.annotations.filter((a) => a.state !== 'rejected').map((a) => ({ a, path: view.image.path })),
  );
  const findings = boxes.slice(0, mended ? 1 : boxes.length).map(
    ({ a, path }, n): LintFinding => ({
      severity: n === 0 ? 'error' : 'warning',
      rule: n === 0 ? 'outside' : 'reaches-out',
      image: a.image,
      path,
      annotation: a.id,
      message:
        n === 0 ? 'No part of a box lies in the image of 640 by 480' : 'A box reaches out of the image of 640 by 480',
      consequence: 'CVAT would keep the part that nobody sees; the file gets it cut at the edge',
      mendable: n > 0,
    }),
  );
  const warnings = findings.length - 1;
  const rules = [
    { severity: 'error' as const, rule: 'outside', findings: 1, mendable: 0 },
    { severity: 'warning' as const, rule: 'reaches-out', findings: warnings, mendable: warnings },
  ].filter((rule) => rule.findings > 0);
  return { ...CENSUS, shapes: boxes.length, errors: 1, warnings, mendable: warnings, rules, findings };
}

const COCO = {
  ap: 0.41,
  ap50: 0.6,
  ap75: 0.44,
  ap_small: 0.2,
  ap_medium: 0.4,
  ap_large: 0.6,
  ar1: 0.3,
  ar10: 0.5,
  ar100: 0.52,
  ar_small: null,
  ar_medium: 0.5,
  ar_large: 0.7,
};

export function evaluation({ truth, part, stage, score }: EvaluateOptions): EvaluationReport {
  if (truth.includes('missing')) throw new ApiError({ code: 'not_found', message: `Could not open ${truth}` });
  if (stage === 'second-look')
    throw new ApiError({ code: 'invalid', message: 'x.relook has no second look yet; run "relook second-look" first' });
  const ap = stage === 'draft' ? 0.396 : 0.52;
  const label = (name: string, wanted: number, right: number, wrong: number) => ({
    label: name,
    wanted,
    right,
    wrong,
    precision: right / (right + wrong),
    recall: right / wanted,
    coco: { ...COCO, ap: right / wanted },
  });
  return {
    stage: stage ?? 'final',
    part,
    images: 12,
    boxes: 60,
    unnamed: 0,
    crowds: 1,
    unknown: 2,
    absent: 0,
    coco: { ...COCO, ap },
    score: score ?? 0.6,
    iou: 0.5,
    wanted: 60,
    right: 48,
    wrong: 9,
    precision: 48 / 57,
    recall: 0.8,
    labels: [label('car', 30, 27, 3), label('person', 20, 14, 4), label('dog', 10, 7, 3), label('boat', 0, 0, 0)],
    confusion: [
      { truth: 'car', found: 'car', count: 27 },
      { truth: 'person', found: 'person', count: 14 },
      { truth: 'dog', found: 'dog', count: 7 },
      { truth: 'person', found: 'dog', count: 2 },
      { truth: 'car', found: null, count: 3 },
      { truth: null, found: 'car', count: 3 },
    ],
  };
}

/** Learnt from 200 decisions on cars; too few on the others. */
export function learnt(precision: number): ThresholdsReport {
  const reliability = Array.from({ length: 10 }, (_, n) => ({
    from: n / 10,
    to: (n + 1) / 10,
    decisions: n < 2 ? 0 : 25,
    right: n < 2 ? 0 : 2 * n + 7,
    score: n < 2 ? null : n / 10 + 0.05,
    between: n < 2 ? null : ([Math.max(0, (2 * n + 7) / 25 - 0.15), Math.min(1, (2 * n + 7) / 25 + 0.1)] as [number, number]),
  }));
  const curve = reliability.map(({ from, decisions, right }) => ({
    from,
    probability: decisions > 0 ? right / decisions : 0,
    decisions,
  }));
  const strict = precision > 0.98;
  return {
    precision,
    confidence: 0.95,
    needed: strict ? 299 : 149,
    decisions: 220,
    together: 40,
    fits: [
      {
        labels: ['car'],
        decisions: 200,
        right: 180,
        proposal: strict
          ? null
          : { accept_at: 0.62, decisions: 150, right: 149, between: [0.963, 1], boxes: 31, expected: 0.99 },
        curve,
        reliability,
      },
      { labels: ['person', 'dog'], decisions: 20, right: 11, proposal: null, curve: [], reliability },
    ],
    boxes: strict ? 0 : 31,
  };
}
