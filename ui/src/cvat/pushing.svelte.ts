import {
  ApiError,
  type Api,
  type CvatPreview,
  type CvatPush,
  type CvatPushReport,
  type CvatSent,
  type CvatTarget,
  type ImageId,
  type Include,
  type JobView,
} from '../api';
import { isActive, type Jobs } from '../jobs/jobs.svelte';
import type { Servers } from './servers.svelte';

export type Where = CvatTarget['to'];
export const WHERES: readonly Where[] = ['new', 'project', 'new_project', 'task'];

const numberOf = (text: string): number | null => (/^\s*\d{1,15}\s*$/.test(text) ? Number(text) : null);

/** What is to be sent to a CVAT server, what would come of it, and what came. */
export class Pushing {
  where = $state<Where>('new');
  /** The new task's name; empty: the project's. */
  name = $state('');
  /** A CVAT project's number, or the name of a new one. */
  project = $state('');
  projectName = $state('');
  /** A task's number. */
  task = $state('');
  include = $state<Include>('all');
  /** Only images that were not sent to this server. */
  onlyNew = $state(false);
  sent = $state.raw<readonly CvatSent[]>([]);
  unsent = $state.raw<readonly ImageId[]>([]);
  preview = $state.raw<CvatPreview | null>(null);
  error = $state<string | null>(null);
  private jobId = $state<number | null>(null);
  private asked = 0;

  /** What the form says; `null` while it is not filled in. */
  readonly push: CvatPush | null = $derived.by(() => {
    const { current } = this.servers;
    const target = this.target();
    if (!current || !target || (this.apart && this.name.trim() === '')) return null;
    return {
      connection: current.name,
      target,
      name: this.where === 'task' ? '' : this.name.trim(),
      include: this.include,
      force: false,
      ...(this.apart ? { images: [...this.unsent] } : {}),
    };
  });
  /** An upload that was cut off; the same push goes on with it. A watched folder's batch goes on by itself. */
  readonly begun: CvatSent | null = $derived(this.sent.find(({ done, batch }) => !done && !batch) ?? null);
  readonly job: JobView | null = $derived.by(
    () => this.jobs.list.find(({ id }) => id === this.jobId) ?? null,
  );
  readonly running: boolean = $derived(this.job !== null && isActive(this.job));
  readonly report: CvatPushReport | null = $derived(
    this.job?.state === 'done' && this.job.report?.of === 'cvat_push' ? this.job.report.report : null,
  );
  /** Whether what stands against it can be sent all the same. */
  readonly forcible: boolean = $derived(this.preview?.obstacles.every(({ kind }) => kind !== 'misfit') ?? false);

  constructor(
    private readonly api: Api,
    private readonly jobs: Jobs,
    private readonly servers: Servers,
  ) {}

  /** Whether the images not sent yet go into a task of their own. */
  get apart(): boolean {
    return this.onlyNew && this.where !== 'task';
  }

  private target(): CvatTarget | null {
    const [project, task] = [numberOf(this.project), numberOf(this.task)];
    switch (this.where) {
      case 'new':
        return { to: 'new' };
      case 'project':
        return project === null ? null : { to: 'project', id: project };
      case 'new_project':
        return this.projectName.trim() === '' ? null : { to: 'new_project', name: this.projectName.trim() };
      case 'task':
        return task === null ? null : { to: 'task', id: task };
    }
  }

  /** What was sent to the server in use. */
  async recall(): Promise<void> {
    const { current } = this.servers;
    this.sent = [];
    this.unsent = [];
    if (!current) return;
    try {
      const [sent, unsent] = await Promise.all([this.api.cvatSent(current.name), this.api.cvatUnsent(current.name)]);
      if (current !== this.servers.current) return;
      [this.sent, this.unsent] = [sent, unsent];
    } catch (thrown) {
      this.error = ApiError.from(thrown).message;
    }
  }

  /** Asks the server what a push would do. The answer to an older question is not shown. */
  async look(push: CvatPush | null): Promise<void> {
    const ask = this.forgetAnswer();
    if (!push) return;
    try {
      const preview = await this.api.cvatPreview(push);
      if (ask === this.asked) this.preview = preview;
    } catch (thrown) {
      if (ask === this.asked) this.error = ApiError.from(thrown).message;
    }
  }

  /** What was answered is about something else now. */
  forgetAnswer(): number {
    this.preview = null;
    this.error = null;
    return (this.asked += 1);
  }

  /** `force`: also over what stands against it. */
  async start(force: boolean): Promise<void> {
    if (this.push && !this.running) await this.run({ ...this.push, force });
  }

  /** Goes on with an upload that was cut off. */
  async goOn({ name, target, include }: CvatSent): Promise<void> {
    const { current } = this.servers;
    if (current && !this.running) await this.run({ connection: current.name, name, target, include, force: false });
  }

  private async run(push: CvatPush): Promise<void> {
    this.jobId = (await this.jobs.start({ job: 'cvat_push', push }))?.id ?? null;
  }

  cancel(): void {
    if (this.job) this.jobs.cancel(this.job.id);
  }

  /** The push that runs, or one whose report is asked for; else the form as it was left. */
  follow(id: number | null): void {
    this.jobId = id ?? this.jobs.running('cvat_push')?.id ?? (this.report ? null : this.jobId);
  }

  again(): void {
    this.jobId = null;
    void this.recall();
  }
}
