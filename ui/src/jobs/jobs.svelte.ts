import { ApiError, type Api, type DoctorView, type JobKind, type JobRequest, type JobView } from '../api';
import { fromEngine } from '../shared/i18n/engine';
import { m } from '../shared/i18n/index.svelte';

export function isActive(job: JobView): boolean {
  return job.state === 'running' || job.state === 'paused' || job.state === 'stopping';
}

/** Whether it fetches or sends bytes, not images. */
export function movesBytes(kind: JobKind): boolean {
  return kind === 'fetch_models' || kind === 'install_runtime' || kind === 'cvat_push';
}

/** Share done, 0..1; `null` while the total is not known. */
export function progressOf(job: JobView): number | null {
  return job.total > 0 ? Math.min(1, job.done / job.total) : null;
}

/** "yolov8m on CPU" from "yolov8m on CPU, 2 sessions of 1 thread". */
export function shortDevice(device: string): string {
  return device.split(',')[0] ?? device;
}

/** The engine's "yolov8m on CPU" in the language chosen. */
export function deviceWords(device: string): string {
  const at = device.indexOf(' on ');
  return at < 0 ? device : m.jobs.on(device.slice(0, at), fromEngine(device.slice(at + 4)));
}

type Ways = { api: Api; onend: (job: JobView) => void; onerror: (error: ApiError) => void };

/** What runs in the background, and what it could run on. */
export class Jobs {
  list = $state.raw<readonly JobView[]>([]);
  doctor = $state.raw<DoctorView | null>(null);
  doctorError = $state.raw<string | null>(null);
  readonly active: readonly JobView[] = $derived(this.list.filter(isActive));
  /** The job the top bar speaks of. */
  readonly main: JobView | null = $derived(
    this.active.find((job) => job.kind === 'draft' || job.kind === 'second_look') ?? this.active[0] ?? null,
  );

  constructor(private readonly ways: Ways) {}

  running(kind: JobKind): JobView | undefined {
    return this.active.find((job) => job.kind === kind);
  }

  async load(): Promise<void> {
    this.list = await this.ways.api.jobs();
  }

  async examine(): Promise<void> {
    try {
      this.doctor = await this.ways.api.doctor();
      this.doctorError = null;
    } catch (thrown) {
      this.doctorError = ApiError.from(thrown).message;
    }
  }

  /** News of a job. */
  heard(job: JobView): void {
    const before = this.list.find((known) => known.id === job.id);
    this.list = before ? this.list.map((known) => (known.id === job.id ? job : known)) : [...this.list, job];
    if (!isActive(job) && (!before || isActive(before))) {
      this.ways.onend(job);
      if (job.kind === 'fetch_models' || job.kind === 'install_runtime') void this.examine();
    }
  }

  /** Starts a job; `null` when it was refused, which has been told then. */
  async start(request: JobRequest): Promise<JobView | null> {
    return this.try(async () => {
      const job = await this.ways.api.jobStart(request);
      // News of it may have come first, and newer.
      if (!this.list.some((known) => known.id === job.id)) this.heard(job);
      return job;
    });
  }

  /** Which ONNX Runtime is loaded from the next start on: `auto`, a kind, a library or a folder that holds one. */
  async useRuntime(what: string): Promise<void> {
    await this.try(() => this.ways.api.runtimeUse(what));
    await this.examine();
  }

  pause(id: number): void {
    void this.try(() => this.ways.api.jobPause(id));
  }

  resume(id: number): void {
    void this.try(() => this.ways.api.jobResume(id));
  }

  cancel(id: number): void {
    void this.try(() => this.ways.api.jobCancel(id));
  }

  dismiss(id: number): void {
    this.list = this.list.filter((job) => job.id !== id);
    void this.try(() => this.ways.api.jobDismiss(id));
  }

  /** The same job again on the device that is there. */
  fallBack(job: JobView): void {
    if (!job.fallback || (job.kind !== 'draft' && job.kind !== 'second_look')) return;
    const request: JobRequest = { job: job.kind, model: null, device: job.fallback, again: false };
    this.dismiss(job.id);
    void this.start(request);
  }

  private async try<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (thrown) {
      this.ways.onerror(ApiError.from(thrown));
      return null;
    }
  }
}
