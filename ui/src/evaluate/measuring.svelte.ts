import { ApiError, type Api, type Coco, type EvaluationReport, type EvaluationStage } from '../api';

export const STAGES: readonly EvaluationStage[] = ['draft', 'second-look', 'final'];
/** COCO's twelve numbers in COCO's order. */
export const NUMBERS: readonly (keyof Coco)[] = [
  ...(['ap', 'ap50', 'ap75', 'ap_small', 'ap_medium', 'ap_large'] as const),
  ...(['ar1', 'ar10', 'ar100', 'ar_small', 'ar_medium', 'ar_large'] as const),
];

/** The project held against a truth, as it was after each pass; kept while the project is open. */
export class Measuring {
  truth = $state('');
  stage = $state<EvaluationStage>('final');
  busy = $state(false);
  error = $state<string | null>(null);
  reports = $state.raw<ReadonlyMap<EvaluationStage, EvaluationReport>>(new Map());
  readonly report: EvaluationReport | null = $derived(this.reports.get(this.stage) ?? null);

  constructor(private readonly api: Pick<Api, 'evaluate'>) {}

  async measure(): Promise<void> {
    const truth = this.truth.trim();
    if (truth === '' || this.busy) return;
    this.busy = true;
    this.error = null;
    this.reports = new Map();
    for (const stage of STAGES) {
      try {
        const report = await this.api.evaluate({ truth, part: { which: 1, of: 1 }, stage, score: null });
        this.reports = new Map(this.reports).set(stage, report);
      } catch (thrown) {
        const error = ApiError.from(thrown);
        // A pass that was never made is told by its empty column.
        if (stage === 'final') this.error = error.message;
        else if (error.code !== 'invalid') {
          this.error = error.message;
          break;
        }
      }
    }
    this.busy = false;
    if (!this.report) this.stage = STAGES.find((stage) => this.reports.has(stage)) ?? 'final';
  }
}

/** Labels that occur in a confusion, and how often each was taken for which; `null`: nothing. */
export type Matrix = {
  labels: readonly (string | null)[];
  /** By truth and found, as places in `labels`. */
  counts: readonly (readonly number[])[];
  /** How often each occurs in the truth. */
  sums: readonly number[];
};

/** The most frequent first, and last what is nothing. */
export function matrixOf({ confusion }: EvaluationReport): Matrix {
  const weight = new Map<string, number>();
  for (const { truth, found, count } of confusion) {
    for (const label of new Set([truth, found])) {
      if (label !== null) weight.set(label, (weight.get(label) ?? 0) + count);
    }
  }
  const names = [...weight].sort(([a, n], [b, k]) => k - n || (a < b ? -1 : 1)).map(([name]) => name);
  const labels = [...names, null];
  const place = new Map(labels.map((label, n) => [label, n]));
  const counts = labels.map(() => labels.map(() => 0));
  for (const { truth, found, count } of confusion) {
    const row = counts[place.get(truth) ?? -1];
    const at = place.get(found);
    if (row && at !== undefined) row[at] = count;
  }
  return { labels, counts, sums: counts.map((row) => row.reduce((sum, n) => sum + n, 0)) };
}
