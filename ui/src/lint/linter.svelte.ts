import {
  ApiError,
  type AnnotationId,
  type Api,
  type ImageId,
  type Include,
  type LintFinding,
  type LintReport,
  type LintRule,
  type ProjectView,
} from '../api';

type Ways = {
  api: Pick<Api, 'lint' | 'lintMend'>;
  /** Shows where a finding is. */
  go: (image: ImageId, annotation: AnnotationId | null) => void;
  /** The project was changed. */
  onmended: (view: ProjectView) => Promise<void>;
};

/** So long nothing changed: the project is at rest, ms. */
const REST_MS = 700;

/** A line of the list: a rule, or a finding with its place among all of them. */
export type Line = { rule: LintRule; open: boolean; listed: number } | { finding: LintFinding; at: number };

const keyOf = ({ severity, rule }: Pick<LintRule, 'severity' | 'rule'>) => `${severity} ${rule}`;

/** What CVAT would trip over, gone through one by one. */
export class Linter {
  open = $state(false);
  busy = $state(false);
  report = $state.raw<LintReport | null>(null);
  error = $state<string | null>(null);
  private include: Include = 'all';
  /** Rules whose findings are shown. */
  private unfolded = $state.raw<ReadonlySet<string>>(new Set());
  /** The finding gone to last, as a place in `findings`. */
  at = $state(-1);
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** In the order in which they are gone through: rule by rule. */
  private readonly groups = $derived.by(() => {
    const of = new Map<string, LintFinding[]>();
    for (const finding of this.report?.findings ?? []) {
      const known = of.get(keyOf(finding));
      if (known) known.push(finding);
      else of.set(keyOf(finding), [finding]);
    }
    return (this.report?.rules ?? []).map((rule) => ({ rule, findings: of.get(keyOf(rule)) ?? [] }));
  });
  readonly findings: readonly LintFinding[] = $derived(this.groups.flatMap(({ findings }) => findings));
  readonly lines: readonly Line[] = $derived.by(() => {
    const lines: Line[] = [];
    let at = 0;
    for (const { rule, findings } of this.groups) {
      const open = this.unfolded.has(keyOf(rule));
      lines.push({ rule, open, listed: findings.length });
      if (open) findings.forEach((finding, n) => lines.push({ finding, at: at + n }));
      at += findings.length;
    }
    return lines;
  });
  readonly current: LintFinding | null = $derived(this.findings[this.at] ?? null);

  constructor(private readonly ways: Ways) {}

  async check(include: Include = this.include): Promise<void> {
    this.include = include;
    this.open = true;
    this.busy = true;
    this.error = null;
    const ask = (this.asked += 1);
    try {
      const report = await this.ways.api.lint(include);
      if (ask === this.asked) this.show(report);
    } catch (thrown) {
      if (ask === this.asked) this.error = ApiError.from(thrown).message;
    }
    if (ask === this.asked) this.busy = false;
  }

  /** The project was changed: looks again once it comes to rest. */
  changed(): void {
    clearTimeout(this.timer);
    if (this.open) this.timer = setTimeout(() => void (this.open && this.check()), REST_MS);
  }

  /** Another report of the same project: the place is kept as far as it can be. */
  private show(report: LintReport): void {
    const first = this.report === null;
    this.report = report;
    const [rule] = report.rules;
    if (first && rule) this.unfolded = new Set([keyOf(rule)]);
    this.at = Math.min(this.at, this.findings.length - 1);
  }

  close(): void {
    this.asked += 1;
    this.open = false;
    this.busy = false;
    this.report = null;
    this.at = -1;
  }

  fold(rule: LintRule): void {
    const unfolded = new Set(this.unfolded);
    if (!unfolded.delete(keyOf(rule))) unfolded.add(keyOf(rule));
    this.unfolded = unfolded;
  }

  go(at: number): void {
    const finding = this.findings[at];
    if (!finding) return;
    this.at = at;
    this.unfolded = new Set(this.unfolded).add(keyOf(finding));
    if (finding.image !== null) this.ways.go(finding.image, finding.annotation);
  }

  step(by: 1 | -1): void {
    const all = this.findings.length;
    if (all > 0) this.go(this.at < 0 ? (by > 0 ? 0 : all - 1) : (this.at + by + all) % all);
  }

  get mendable(): boolean {
    return this.open && !this.busy && (this.report?.mendable ?? 0) > 0;
  }

  async mend(): Promise<void> {
    if (!this.mendable) return;
    this.busy = true;
    try {
      await this.ways.onmended(await this.ways.api.lintMend(this.include));
      await this.check();
    } catch (thrown) {
      this.error = ApiError.from(thrown).message;
      this.busy = false;
    }
  }
}
