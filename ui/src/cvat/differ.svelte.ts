import {
  ApiError,
  type Api,
  type CvatChange,
  type CvatDiff,
  type CvatDifference,
  type CvatPull,
  type CvatPushReport,
  type CvatSent,
  type JobRequest,
} from '../api';
import type { Servers } from './servers.svelte';

type Ways = {
  api: Pick<Api, 'cvatDiff' | 'cvatSent'>;
  servers: Servers;
  /** Shows where a difference is. */
  go: (difference: CvatDifference) => void;
  /** Starts a job; whether it was. */
  start: (request: JobRequest) => Promise<boolean>;
};

const CHANGES: readonly CvatChange[] = ['added', 'removed', 'moved', 'relabelled', 'details'];

/** A line of the list: a kind of difference, or one of them with its place among all. */
export type Line =
  | { change: CvatChange; all: number; of: readonly CvatDifference[] }
  | { difference: CvatDifference; at: number };

/** The difference between the project and a CVAT task, gone through one by one, and taken over by choice. */
export class Differ {
  open = $state(false);
  busy = $state(false);
  error = $state<string | null>(null);
  diff = $state.raw<CvatDiff | null>(null);
  /** Tasks that the project was sent to, the newest first. */
  sent = $state.raw<readonly CvatSent[]>([]);
  /** The number of the task to compare with, as it was typed or chosen. */
  task = $state('');
  /** Whether the project was changed since. */
  stale = $state(false);
  marked = $state.raw<ReadonlySet<string>>(new Set());
  at = $state(-1);
  /** Where the difference is from. */
  private pull: CvatPull | null = null;
  /** The connection whose tasks are `sent`. */
  private recalled: string | undefined;
  private asked = 0;

  private readonly groups = $derived.by(() => {
    const all = this.diff?.differences ?? [];
    return CHANGES.map((change) => ({
      change,
      all: this.diff?.counts[change] ?? 0,
      of: all.filter((one) => one.change === change),
    })).filter(({ all: n }) => n > 0);
  });
  readonly differences: readonly CvatDifference[] = $derived(this.groups.flatMap(({ of }) => of));
  readonly lines: readonly Line[] = $derived.by(() => {
    let at = 0;
    return this.groups.flatMap((group): Line[] => [group, ...group.of.map((difference) => ({ difference, at: at++ }))]);
  });
  readonly current: CvatDifference | null = $derived(this.differences[this.at] ?? null);
  /** All there are, those not listed included. */
  readonly total: number = $derived(this.groups.reduce((sum, { all }) => sum + all, 0));

  constructor(private readonly ways: Ways) {}

  /** Opens and compares with a task, or with the one that was sent last; where there is none, asks for one. */
  async begin(task?: string): Promise<void> {
    this.open = true;
    await this.ways.servers.load();
    await this.recall();
    if (task !== undefined) this.task = task;
    if (this.task !== '') await this.compare();
  }

  /** The tasks sent to the server in use. */
  async recall(): Promise<void> {
    const { api, servers } = this.ways;
    const name = servers.current?.name;
    this.error = null;
    try {
      this.sent = name === undefined ? [] : (await api.cvatSent(name)).filter(({ task }) => task !== null);
    } catch (thrown) {
      this.sent = [];
      this.error = ApiError.from(thrown).message;
    }
    if (name !== this.recalled || this.task === '') this.task = String(this.sent[0]?.task ?? '');
    this.recalled = name;
  }

  async compare(): Promise<void> {
    const connection = this.ways.servers.current?.name;
    const task = Number(this.task);
    if (connection === undefined || !Number.isInteger(task) || task < 1) return;
    this.open = true;
    this.busy = true;
    this.error = null;
    const ask = (this.asked += 1);
    const pull = { connection, task };
    try {
      const diff = await this.ways.api.cvatDiff(pull);
      if (ask === this.asked) this.show(pull, diff);
    } catch (thrown) {
      if (ask === this.asked) this.error = ApiError.from(thrown).message;
    }
    if (ask === this.asked) this.busy = false;
  }

  /** What a push found when it read back, from the one at this place on. */
  async showReport(connection: string, report: CvatPushReport, at: number): Promise<void> {
    const counts: Partial<Record<CvatChange, number>> = {};
    for (const { change } of report.such_as) counts[change] = (counts[change] ?? 0) + 1;
    const { server, task, images, equal, such_as: differences } = report;
    const nothing = { unknown_images: 0, unknown_such_as: [], unknown_labels: [], left_out: [], findings: [] };
    this.open = true;
    await this.recall();
    this.task = String(task);
    this.show({ connection, task }, { server, task, name: '', images, equal, counts, differences, ...nothing });
    const shown = differences[at];
    if (shown) this.go(this.differences.indexOf(shown));
  }

  private show(pull: CvatPull, diff: CvatDiff): void {
    this.pull = pull;
    this.diff = diff;
    this.stale = false;
    this.at = -1;
    // What others did and we did not touch is what a person mostly came for.
    this.marked = new Set(diff.differences.filter(({ by }) => by === 'theirs').map(({ key }) => key));
  }

  close(): void {
    this.asked += 1;
    this.open = false;
    this.busy = false;
    this.diff = null;
    this.at = -1;
  }

  /** The project was changed. */
  changed(): void {
    this.stale = this.diff !== null;
  }

  go(at: number): void {
    const difference = this.differences[at];
    if (!difference) return;
    this.at = at;
    this.ways.go(difference);
  }

  step(by: 1 | -1): void {
    const all = this.differences.length;
    if (all > 0) this.go(this.at < 0 ? (by > 0 ? 0 : all - 1) : (this.at + by + all) % all);
  }

  mark({ key }: CvatDifference): void {
    this.markAll([key], !this.marked.has(key));
  }

  markCurrent(): void {
    if (this.current) this.mark(this.current);
  }

  markAll(keys: readonly string[], on: boolean): void {
    const marked = new Set(this.marked);
    keys.forEach((key) => (on ? marked.add(key) : marked.delete(key)));
    this.marked = marked;
  }

  get takeable(): boolean {
    return this.open && !this.busy && this.marked.size > 0;
  }

  /** Takes over what is marked, as one step. */
  async take(): Promise<void> {
    if (!this.takeable || !this.pull) return;
    const take = { keys: [...this.marked], over_ours: false };
    this.busy = await this.ways.start({ job: 'cvat_pull', pull: this.pull, take });
  }

  /** Taking over ended. */
  async taken(): Promise<void> {
    this.busy = false;
    if (this.open) await this.compare();
  }
}
