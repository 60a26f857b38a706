import { ApiError, type Api, type FolderId, type Label, type Outcome, type ProjectView, type SettingsView } from '../api';
import { m } from '../shared/i18n/index.svelte';

/** The open project, if one is. */
export class Project {
  view = $state.raw<ProjectView | null>(null);
  readonly labels: ReadonlyMap<number, Label> = $derived(new Map(this.view?.labels.map((label) => [label.id, label])));

  constructor(private readonly api: Api) {}

  async load(): Promise<void> {
    this.view = await this.api.projectView();
  }

  async create(path: string, labels: string): Promise<void> {
    this.view = await this.api.projectCreate(path, labels);
  }

  async open(path: string): Promise<void> {
    this.view = await this.api.projectOpen(path);
  }

  async close(): Promise<void> {
    await this.api.projectClose();
    this.view = null;
  }

  async save(settings: SettingsView): Promise<void> {
    this.view = await this.api.settingsSave(settings);
  }

  async watch(folder: FolderId, on: boolean): Promise<void> {
    this.view = await this.api.folderWatch(folder, on);
  }

  /** The label of this name, added where the project has none; labels are told apart without letter case. */
  async addLabel(name: string): Promise<Label> {
    this.view = await this.api.labelAdd(name.trim());
    const wanted = name.trim().toLowerCase();
    const added = this.view.labels.find((label) => !label.archived && label.name.toLowerCase() === wanted);
    if (!added) throw new ApiError({ code: 'failed', message: m.project.labelNotAdded(name) });
    return added;
  }

  /** What a decision changed about the project as a whole. */
  heard({ counts, undo, redo }: Outcome): void {
    if (this.view) this.view = { ...this.view, counts, undo, redo };
  }
}
