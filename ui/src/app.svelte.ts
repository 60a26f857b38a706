// The window as a whole: puts the features together and tells each what the others did.

import {
  ApiError,
  type AnnotationId,
  type Api,
  type CvatPushReport,
  type Event,
  type ImageId,
  type ImageStatus,
  type Include,
  type JobView,
  type Label,
  type LabelId,
  type ProjectView,
  type Rect,
  type StepId,
} from './api';
import { isDrawing } from './canvas/modes';
import { Registry } from './commands/registry';
import type { Scope } from './commands/registry';
import { appCommands } from './app-commands';
import { Differ } from './cvat/differ.svelte';
import { Pushing } from './cvat/pushing.svelte';
import { Servers } from './cvat/servers.svelte';
import { Measuring } from './evaluate/measuring.svelte';
import { Gallery } from './gallery/gallery.svelte';
import { ImagePages } from './images/pages.svelte';
import { Jobs } from './jobs/jobs.svelte';
import { Linter } from './lint/linter.svelte';
import { Adding } from './models/adding.svelte';
import { Project } from './projects/project.svelte';
import { Looks } from './review/looks.svelte';
import { Session, type Place } from './review/session.svelte';
import { Theme } from './settings/theme.svelte';
import { fromEngine } from './shared/i18n/engine';
import { language, m } from './shared/i18n/index.svelte';
import { Toasts } from './shared/toasts.svelte';

/** What lies over the window; one at a time. */
export type Overlay =
  | 'keys'
  | 'palette'
  | 'menu'
  | 'export'
  | 'import'
  | 'model'
  | 'connections'
  | 'push'
  | 'evaluate'
  | 'thresholds'
  | 'labels'
  | 'history'
  | 'bulk'
  | 'jobs'
  | 'project'
  | 'draft'
  | 'second_look'
  | 'folders'
  | 'language'
  | null;

/** Those that take the whole keyboard. */
const DIALOGS: ReadonlySet<Overlay> = new Set<Overlay>(['labels', 'history', 'keys', 'palette', 'export', 'import', 'model', 'connections', 'push', 'evaluate', 'thresholds', 'bulk']);

/** Decisions and jobs report many changes a second; the project is asked anew at most this often, ms. */
const REFRESH_MS = 400;
/** As long as nothing is on screen, each change may be the first to show. */
const FIRST_MS = 50;
/** News this soon after an answer is about what was answered. */
const ECHO_S = 1.5;

export class App {
  readonly toasts = new Toasts();
  readonly theme = new Theme();
  readonly looks = new Looks();
  readonly project: Project;
  readonly jobs: Jobs;
  readonly images: ImagePages;
  readonly linter: Linter;
  readonly servers: Servers;
  session = $state.raw<Session>() as Session;
  gallery = $state.raw<Gallery>() as Gallery;
  measuring = $state.raw<Measuring>() as Measuring;
  adding = $state.raw<Adding>() as Adding;
  pushing = $state.raw<Pushing>() as Pushing;
  differ = $state.raw<Differ>() as Differ;
  readonly registry: Registry;

  ready = $state(false);
  overlay = $state<Overlay>(null);
  dropping = $state(false);
  /** What the import looks into when it opens. */
  importPath = $state('');
  /** What comes after the servers: back to sending, where it was left for them. */
  afterServers = $state<Overlay>(null);

  readonly counts = $derived.by(() => {
    const { view } = this.project;
    return view ? this.session.desk.counts(view.counts) : null;
  });

  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(readonly api: Api) {
    this.project = new Project(api);
    this.images = new ImagePages(api);
    this.jobs = new Jobs({
      api,
      onend: (job) => this.ended(job),
      onerror: (error) => this.toasts.show(error.message, 'bad'),
    });
    this.servers = new Servers(api);
    this.linter = new Linter({
      api,
      go: (image, box) => this.showShape(image, box),
      onmended: (view) => this.mended(view),
    });
    this.begins();
    this.registry = new Registry(appCommands(this));
  }

  async begin(): Promise<void> {
    language.tell();
    await this.api.subscribe((event) => this.heard(event));
    await this.api.onDrop((event) => {
      this.dropping = event.kind === 'over' && this.project.view !== null;
      if (event.kind === 'drop' && this.project.view) this.dropped(event.paths);
    });
    await this.project.load();
    if (this.project.view) await this.entered();
    this.ready = true;
    void this.jobs.examine();
  }

  /** A project was just opened or created. */
  async entered(): Promise<void> {
    this.overlay = null;
    this.begins();
    this.images.clear();
    const { view } = this.project;
    if (view) {
      this.session.queue.recall(view.path);
      this.gallery.recall(view.path);
    }
    // With nothing to review the list of images is where things begin.
    if (view && view.counts.drafted === 0) this.session.place = 'images';
    await Promise.all([this.jobs.load(), this.session.start(), this.images.choose({ text: '', status: null })]);
    if (this.session.place === 'images') await this.openFirst();
    if (this.writable) void this.attempt(() => this.tellCutOff());
  }

  async leave(): Promise<void> {
    this.overlay = null;
    await this.attempt(() => this.project.close());
  }

  go(place: Place): void {
    this.linter.close();
    this.differ.close();
    this.show(place);
  }

  private show(place: Place): void {
    this.looks.labelling = false;
    this.gallery.back();
    this.session.go(place);
    if (place === 'images' && !this.session.focus) void this.attempt(() => this.openFirst());
  }

  /** A shape, or only its image; `rect`: flies there. */
  private showShape(image: ImageId, box: AnnotationId | null, rect: Rect | null = null): void {
    this.show('images');
    if (box === null) void this.attempt(() => this.session.open(image));
    else this.session.look({ image, box });
    if (rect) this.session.flight = { to: rect };
  }

  /** One panel takes the place of the list at a time. */
  check(include?: Include): void {
    this.overlay = null;
    this.differ.close();
    void this.linter.check(include);
  }

  compare(task?: string): void {
    this.overlay = null;
    this.linter.close();
    void this.differ.begin(task);
  }

  /** Sending, or the report of a push. */
  openPush(job: number | null = null): void {
    this.pushing.follow(job);
    this.overlay = 'push';
  }

  /** The project's panel: its folders, which are watched, where new photos go. */
  openProject(): void {
    this.overlay = 'project';
  }

  openServers(): void {
    this.afterServers = this.overlay === 'push' || this.overlay === 'project' ? this.overlay : null;
    this.overlay = 'connections';
  }

  showArrived(report: CvatPushReport, at: number): void {
    const connection = this.servers.list.find(({ url }) => url === report.server)?.name;
    if (connection === undefined) return;
    this.overlay = null;
    this.linter.close();
    this.servers.choose(connection);
    void this.differ.showReport(connection, report, at);
  }

  /** Uploads that the end of the program cut off are no secret. */
  private async tellCutOff(): Promise<void> {
    await this.servers.load();
    for (const { name } of this.servers.list) {
      const begun = (await this.api.cvatSent(name)).find(({ done, batch }) => !done && !batch);
      if (!begun || this.jobs.running('cvat_push')) continue;
      const run = () => {
        this.servers.choose(name);
        this.openPush();
      };
      this.toasts.show(m.cvat.cutOff(begun.name), 'plain', null, { text: m.cvat.goOn, run });
    }
  }

  /** The list of images, of one status only. */
  async showImages(status: ImageStatus | null): Promise<void> {
    await this.images.choose({ text: '', status });
    this.go('images');
    await this.openFirst();
  }

  private async openFirst(): Promise<void> {
    const row = await this.images.at(0);
    if (row) await this.session.open(row.id);
  }

  /** The wizard, on a graph if one is named. */
  openModel(file?: string): void {
    if (file !== undefined) this.adding.open(file);
    this.overlay = 'model';
  }

  /** A model that was just added takes over a pass, which is shown to be started. */
  async useModel(kind: 'draft' | 'second_look', name: string): Promise<void> {
    const { view } = this.project;
    if (!view) return;
    const which = kind === 'draft' ? 'draft_model' : 'second_look_model';
    await this.project.save({ ...view.settings, [which]: name });
    this.overlay = kind;
    this.toasts.show(m.models.used(name, m.jobs.names[kind]), 'good');
  }

  /** A file of labels is imported, a graph becomes a model; folders are added. */
  private dropped(paths: readonly string[]): void {
    const [first] = paths;
    if (first && paths.length === 1 && /\.onnx$/i.test(first)) this.openModel(first);
    // Over the wizard a photo is to be tried.
    else if (first && this.overlay === 'model' && /\.(jpe?g|png|webp|bmp|tiff?)$/i.test(first)) this.adding.tryOn(first);
    else if (first && paths.length === 1 && /\.(xml|json|zip)$/i.test(first) && this.writable) {
      this.importPath = first;
      this.overlay = 'import';
    } else void this.addFolders(paths);
  }

  async addFolders(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    await this.jobs.start({ job: 'scan', folders: [...paths] });
  }

  async chooseFolders(): Promise<void> {
    await this.attempt(async () => this.addFolders(await this.api.chooseFolders()));
  }

  /** A folder that holds an ONNX Runtime of the user's own, used from the next start on. */
  async chooseRuntime(): Promise<void> {
    await this.attempt(async () => {
      const folder = await this.api.chooseFolder(m.jobs.chooseFolder);
      if (folder !== null) await this.jobs.useRuntime(folder);
    });
  }

  toggle(overlay: Overlay): void {
    this.overlay = this.overlay === overlay ? null : overlay;
  }

  get writable(): boolean {
    return this.project.view?.read_only === null;
  }

  /** Which scopes of commands count now. */
  scopes(): ReadonlySet<Scope> {
    return DIALOGS.has(this.overlay) ? new Set<Scope>(['window']) : this.beneath();
  }

  /** Which scopes count where no dialog lies over them: what the menu and the palette can start. */
  beneath(): ReadonlySet<Scope> {
    const active = new Set<Scope>(['window']);
    if (!this.project.view) return active;
    active.add('project');
    const { session } = this;
    if (session.asking || this.looks.labelling || this.gallery.labelling) return active;
    if (session.place === 'gallery' && !this.gallery.opened) return active.add('gallery');
    const { mode, over } = this.looks;
    if (session.focus) active.add('view');
    // A shape in the making comes first.
    if (isDrawing(mode)) return active.add('draw');
    if (session.focus) active.add('review');
    if (session.place === 'images') active.add('images');
    if (session.fixing) active.add('fix');
    if (over) active.add('vertex');
    if (over === 'joint') active.add('joint');
    if (mode === 'aim') active.add('aim');
    return active;
  }

  /** Escape: out of the innermost thing that is open. */
  escape(): void {
    const { session } = this;
    if (this.looks.labelling) this.looks.labelling = false;
    else if (session.asking) session.stopAsking();
    else if (this.looks.stage?.cancel()) return;
    else if (session.fixing) session.cancelFix();
    else if (this.overlay) this.overlay = null;
    else if (session.place === 'gallery') this.leaveGallery();
    else if (session.unselect()) return;
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }

  /** Back from a crop on its image; in the gallery itself, what is marked is unmarked. */
  private leaveGallery(): void {
    if (this.gallery.opened) this.gallery.back();
    else this.gallery.unmark();
  }

  async attempt(what: () => Promise<void>): Promise<void> {
    try {
      await what();
    } catch (thrown) {
      this.toasts.show(ApiError.from(thrown).message, 'bad');
    }
  }

  async saveLabel(label: Label): Promise<void> {
    this.project.view = await this.api.labelSave(label);
    await this.session.refresh();
  }

  async deleteLabel(id: LabelId, into: LabelId | null): Promise<void> {
    this.project.view = await this.api.labelDelete(id, into);
    await this.session.refresh();
  }

  async goInHistory(step: StepId | null): Promise<void> {
    const outcome = await this.api.historyGo(step);
    this.project.heard(outcome);
    await this.refresh();
  }

  showView(view: ProjectView): void {
    this.project.view = view;
  }

  /** Accepts what decisions promise to be right with this precision. */
  async acceptAbove(precision: number): Promise<void> {
    const outcome = await this.api.acceptAbove(precision);
    this.project.heard(outcome);
    this.toasts.show(fromEngine(outcome.title), 'good', null, {
      text: m.review.copy.undo,
      run: () => this.session.undo(),
    });
    await this.refresh();
  }

  async mended(view: ProjectView): Promise<void> {
    this.project.view = view;
    if (view.undo !== null) this.toasts.show(fromEngine(view.undo), 'good');
    await this.refresh();
  }

  private begins(): void {
    this.linter.close();
    this.session = this.newSession();
    this.measuring = new Measuring(this.api);
    this.adding = new Adding(this.api);
    this.pushing = new Pushing(this.api, this.jobs, this.servers);
    this.differ = new Differ({
      api: this.api,
      servers: this.servers,
      go: ({ image, ours, rect }) => this.showShape(image, ours, rect),
      start: async (request) => (await this.jobs.start(request)) !== null,
    });
    this.gallery = new Gallery(this.api, this.session, () => this.project.view?.labels ?? []);
  }

  private newSession(): Session {
    return new Session({
      api: this.api,
      toasts: this.toasts,
      onoutcome: (outcome) => {
        this.project.heard(outcome);
        this.images.patch(outcome.images);
        this.gallery.settle(outcome.images);
        this.linter.changed();
        this.differ.changed();
      },
      // A key pressed before boxes are seen anew would be a decision on what they were.
      onstale: () => this.refreshNow(),
      neighbour: (image, step) => this.neighbour(image, step),
      now: () => Date.now() / 1000,
    });
  }

  private async neighbour(image: ImageId, step: 1 | -1): Promise<ImageId | null> {
    const at = await this.images.position(image);
    // An image that the filter leaves out has no neighbours: the list's first one stands in.
    const row = await this.images.at(at === null ? 0 : at + step);
    return row?.id ?? null;
  }

  private heard(event: Event): void {
    if (event.event === 'job') {
      this.jobs.heard(event.job);
      // The first photos of a large folder are there long before its last ones.
      if (event.job.kind === 'scan' && !this.session.focus) this.refreshSoon();
    } else if (event.outside || this.jobs.active.length > 0 || !this.isEcho()) this.refreshSoon();
  }

  /** Whether news of a change is only about this window's own decisions, whose outcome it has or is waiting for. */
  private isEcho(): boolean {
    return this.session.busy || Date.now() / 1000 - this.session.answeredAt < ECHO_S;
  }

  private refreshSoon(): void {
    const wait = this.session.focus ? REFRESH_MS : FIRST_MS;
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.refreshNow();
    }, wait);
  }

  private refreshNow(): void {
    if (this.session.busy) this.refreshSoon();
    else void this.attempt(() => this.refresh());
  }

  private async refresh(): Promise<void> {
    if (!this.project.view) return;
    await this.project.load();
    this.images.refresh();
    await this.session.refresh();
    if (this.session.place === 'images' && !this.session.focus) await this.openFirst();
  }

  private ended(job: JobView): void {
    this.refreshSoon();
    const name = m.jobs.names[job.kind];
    const message = job.message === null ? null : fromEngine(job.message);
    const arrived = job.report?.of === 'cvat_push' ? job.report.report : null;
    if (job.kind === 'cvat_pull') void this.differ.taken();
    if (job.state === 'failed') this.toasts.show(m.jobs.failed(name), 'bad', message);
    else if (arrived && arrived.differences > 0) {
      this.toasts.show(m.cvat.arrivedOtherwise(arrived.differences), 'bad', message, {
        text: m.cvat.showReport,
        run: () => this.openPush(job.id),
      });
    }
    else if (job.state === 'done') this.toasts.show(message ?? m.jobs.isDone(name), 'good');
    if (job.state === 'failed' && job.fallback) this.overlay = 'jobs';
    if (job.kind === 'second_look' && job.state === 'done' && this.session.place === 'images') this.go('queue');
  }
}
