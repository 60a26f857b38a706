import type {
  Action,
  AddedModel,
  AddModel,
  AnnotationView,
  BoxFilter,
  CvatConnection,
  CvatDiff,
  CvatPreview,
  CvatPull,
  CvatPush,
  CvatSent,
  CvatServer,
  DoctorView,
  ErrorView,
  EvaluateOptions,
  EvaluationReport,
  Event,
  ExportRequest,
  ExportSummary,
  FolderId,
  HistoryEntry,
  ImageFilter,
  ImageId,
  ImagePage,
  ImageView,
  ImportOptions,
  ImportReport,
  Include,
  JobRequest,
  JobView,
  Label,
  LabelId,
  LabelUse,
  LintReport,
  ModelTrial,
  ModelView,
  Outcome,
  ProjectView,
  QueueOrder,
  QueuePage,
  RecentProject,
  RuntimesView,
  SavedFilter,
  SettingsView,
  StepId,
  ThresholdsReport,
  TrackId,
  TrackView,
  Verb,
} from './types';

import { fromEngine } from '../shared/i18n/engine';

/** What the engine refuses with: a code where a client acts on it, and a sentence for people. */
export class ApiError extends Error {
  readonly code: string;

  constructor(private readonly view: ErrorView) {
    super();
    this.name = 'ApiError';
    this.code = view.code;
  }

  /** In the language chosen now: some errors stand for long. */
  override get message(): string {
    return fromEngine(this.view.message);
  }

  /** Any thrown value as an `ApiError`; a plain one gets the code `failed`. */
  static from(thrown: unknown): ApiError {
    if (thrown instanceof ApiError) return thrown;
    if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
      const { code, message } = thrown as Partial<ErrorView>;
      return new ApiError({ code: typeof code === 'string' ? code : 'failed', message: String(message) });
    }
    return new ApiError({ code: 'failed', message: String(thrown) });
  }
}

/** Codes after which the image on screen is no longer what the project holds. */
export const CONFLICTS: ReadonlySet<string> = new Set(['stale', 'not_found']);

/** Codes of what makes no sense as things are; trying again would not help. */
export const REFUSALS: ReadonlySet<string> = new Set(['refused', 'invalid']);

export type DropEvent = { kind: 'over' } | { kind: 'leave' } | { kind: 'drop'; paths: string[] };

export type SaveDialog = { title: string; name: string; extension: string; description: string };

/** Everything the window asks of the world outside it. Promises reject with `ApiError`. */
export interface Api {
  recentProjects(): Promise<RecentProject[]>;
  forgetRecent(path: string): Promise<void>;
  /** `labels`: `coco80`, `empty`, or names, one a line. */
  projectCreate(path: string, labels: string): Promise<ProjectView>;
  projectOpen(path: string): Promise<ProjectView>;
  projectClose(): Promise<void>;
  projectView(): Promise<ProjectView | null>;
  settingsSave(settings: SettingsView): Promise<ProjectView>;
  /** Sets whether new photos of a folder are taken in and drafted by themselves. */
  folderWatch(id: FolderId, on: boolean): Promise<ProjectView>;
  labelAdd(name: string): Promise<ProjectView>;
  /** Puts a label in place of the one of its id; id 0 makes a new one. One undoable step. */
  labelSave(label: Label): Promise<ProjectView>;
  /** `into`: the label its boxes get; refused without one while boxes stand with it. One undoable step. */
  labelDelete(id: LabelId, into: LabelId | null): Promise<ProjectView>;
  labelUse(id: LabelId): Promise<LabelUse>;

  imagesPage(filter: ImageFilter, offset: number, limit: number): Promise<ImagePage>;
  imagePosition(id: ImageId, filter: ImageFilter): Promise<number | null>;
  imageView(id: ImageId): Promise<ImageView>;
  track(id: TrackId): Promise<TrackView>;

  boxesPage(filter: BoxFilter, order: QueueOrder, offset: number, limit: number): Promise<QueuePage>;
  filters(): Promise<SavedFilter[]>;
  /** Replaces one of the same name. */
  filterSave(saved: SavedFilter): Promise<SavedFilter[]>;
  filterDelete(name: string): Promise<SavedFilter[]>;
  reviewAct(action: Action): Promise<Outcome>;
  /** All of them as one step, or none. */
  reviewActAll(actions: readonly Action[]): Promise<Outcome>;
  reviewUndo(): Promise<Outcome>;
  reviewRedo(): Promise<Outcome>;
  /** How many boxes `bulkDecide` would decide. */
  bulkPreview(filter: BoxFilter, verb: Verb): Promise<number>;
  bulkDecide(filter: BoxFilter, verb: Verb): Promise<Outcome>;
  /** Newest first, from before `before`. */
  history(before: StepId | null, limit: number): Promise<HistoryEntry[]>;
  /** Undoes or redoes until `step` is the newest step done; `null`: until none is. */
  historyGo(step: StepId | null): Promise<Outcome>;

  jobStart(request: JobRequest): Promise<JobView>;
  jobs(): Promise<JobView[]>;
  jobPause(id: number): Promise<void>;
  jobResume(id: number): Promise<void>;
  jobCancel(id: number): Promise<void>;
  jobDismiss(id: number): Promise<void>;
  // One such question at a time: the next one ends the one before, which then fails with `cancelled`.
  exportPreview(request: ExportRequest): Promise<ExportSummary>;
  importPreview(options: ImportOptions): Promise<ImportReport>;
  /** What CVAT would trip over. */
  lint(include: Include): Promise<LintReport>;
  /** Mends what needs no decision, as one undoable step. */
  lintMend(include: Include): Promise<ProjectView>;
  evaluate(options: EvaluateOptions): Promise<EvaluationReport>;
  /** Asks the server who a token belongs to and keeps the connection; `null`: the token of the keyring or environment. */
  cvatConnect(connection: CvatConnection, token: string | null): Promise<CvatServer>;
  /** What a push would do; nothing is sent. */
  cvatPreview(push: CvatPush): Promise<CvatPreview>;
  /** What differs between the project and a task. */
  cvatDiff(pull: CvatPull): Promise<CvatDiff>;

  cvatConnections(): Promise<CvatConnection[]>;
  /** Forgets a connection and its token. */
  cvatDisconnect(name: string): Promise<void>;
  /** What was sent to a connection's server or begun to be, the newest first. */
  cvatSent(connection: string): Promise<CvatSent[]>;
  /** Images that were not sent to a connection's server. */
  cvatUnsent(connection: string): Promise<ImageId[]>;
  /** Shows a task in the browser. */
  cvatBrowse(connection: string, task: number): Promise<void>;

  /** What people's decisions promise of scores; refused unless 0.5 <= `precision` < 1. */
  thresholds(precision: number): Promise<ThresholdsReport>;
  /** Accepts what `thresholds` proposes, as one undoable step. */
  acceptAbove(precision: number): Promise<Outcome>;

  models(): Promise<ModelView[]>;
  /** What adding a graph would do, and what it sees; nothing is saved. A question as those above. */
  modelTry(add: AddModel): Promise<ModelTrial>;
  /** Lets go of what was tried. */
  modelTryEnd(): Promise<void>;
  modelAdd(add: AddModel): Promise<AddedModel>;
  doctor(): Promise<DoctorView>;
  /** Which ONNX Runtime later starts load: `auto`, a kind, a library file or a folder that holds one. */
  runtimeUse(what: string): Promise<RuntimesView>;
  /** Shows a file in the file browser. */
  reveal(path: string): Promise<void>;
  subscribe(listener: (event: Event) => void): Promise<void>;

  /** Addresses that an `<img>` can show: upright photo, 256 px thumbnail, crop around a box of up to `side` px. */
  imageUrl(id: ImageId): string;
  thumbUrl(id: ImageId): string;
  /** A photo from outside of the project, once `modelTry` was told of it. */
  triedUrl(file: string): string;
  cropUrl(annotation: Pick<AnnotationView, 'id' | 'revision'>, side?: 128 | 256): string;

  chooseFolders(): Promise<string[]>;
  chooseFolder(title: string): Promise<string | null>;
  chooseProject(): Promise<string | null>;
  chooseFile(title: string, extensions: readonly string[]): Promise<string | null>;
  chooseSave(dialog: SaveDialog): Promise<string | null>;
  onDrop(listener: (event: DropEvent) => void): Promise<void>;
}
