// The mock's job runner: a clock that does a few images a tick.

import { ApiError } from '../api';
import type { JobKind, JobReport, JobView } from '../types';

const IDLE = { done: 0, rate: 0, left_s: null, warnings: [], warning_count: 0, message: null, fallback: null, report: null };

type Work = {
  kind: JobKind;
  phase: string;
  device: string | null;
  total: number;
  /** Units a second. */
  rate: number;
  /** Does unit `n` and returns a warning, if any. */
  step: (n: number) => string | null;
  finish: () => string;
  report?: () => JobReport;
  /** Fails at once with this. */
  failure?: { message: string; fallback: string | null };
};

export class MockJobs {
  private readonly all = new Map<number, { view: JobView; work: Work }>();
  private lastId = 0;

  constructor(
    private readonly tell: (job: JobView) => void,
    private readonly tick: number,
  ) {}

  list(): JobView[] {
    return [...this.all.values()].map((entry) => entry.view);
  }

  start(work: Work): JobView {
    const id = (this.lastId += 1);
    const { kind, phase, device, total } = work;
    const view: JobView = { ...IDLE, id, kind, state: 'running', phase, total, device };
    this.all.set(id, { view, work });
    if (work.failure) this.set(id, { state: 'failed', ...work.failure });
    else this.later(id);
    return this.view(id);
  }

  pause(id: number): void {
    if (this.view(id).state === 'running') this.set(id, { state: 'paused', rate: 0, left_s: null });
  }

  resume(id: number): void {
    if (this.view(id).state !== 'paused') return;
    this.set(id, { state: 'running' });
    this.later(id);
  }

  cancel(id: number): void {
    const { state, done } = this.view(id);
    if (state !== 'running' && state !== 'paused') return;
    this.set(id, { state: 'cancelled', rate: 0, left_s: null, message: `Stopped after ${done}; what is done is kept` });
  }

  dismiss(id: number): void {
    this.all.delete(id);
  }

  private later(id: number): void {
    setTimeout(() => this.run(id), this.tick);
  }

  private run(id: number): void {
    const entry = this.all.get(id);
    if (!entry || entry.view.state !== 'running') return;
    const { work } = entry;
    const warnings = [...entry.view.warnings];
    const share = this.tick === 0 ? work.total : Math.max(1, Math.round((work.rate * this.tick) / 1000));
    const until = Math.min(work.total, entry.view.done + share);
    for (let n = entry.view.done; n < until; n += 1) {
      const warning = work.step(n);
      if (warning) warnings.push(warning);
    }
    const left = (work.total - until) / work.rate;
    this.set(id, { done: until, rate: work.rate, left_s: left, warnings, warning_count: warnings.length });
    if (until < work.total) return this.later(id);
    this.set(id, { state: 'done', left_s: null, message: work.finish(), report: work.report?.() ?? null });
  }

  private view(id: number): JobView {
    const entry = this.all.get(id);
    if (!entry) throw new ApiError({ code: 'not_found', message: `Job ${id} is no longer there` });
    return entry.view;
  }

  private set(id: number, change: Partial<JobView>): void {
    const entry = this.all.get(id);
    if (!entry) return;
    entry.view = { ...entry.view, ...change };
    this.tell(entry.view);
  }
}
