import type {
  Action,
  AnnotationView,
  BulkRule,
  DoctorView,
  ErrorView,
  Event,
  ExportRequest,
  ExportSummary,
  ImageFilter,
  ImageId,
  ImagePage,
  ImageView,
  JobRequest,
  JobView,
  LabelId,
  ModelView,
  Outcome,
  ProjectView,
  QueueOrder,
  QueuePage,
  RecentProject,
  SettingsView,
} from './types';

/** What the engine refuses with: a code where a client acts on it, and a sentence for people. */
export class ApiError extends Error {
  readonly code: string;

  constructor(view: ErrorView) {
    super(view.message);
    this.name = 'ApiError';
    this.code = view.code;
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
  labelAdd(name: string): Promise<ProjectView>;

  imagesPage(filter: ImageFilter, offset: number, limit: number): Promise<ImagePage>;
  imagePosition(id: ImageId, filter: ImageFilter): Promise<number | null>;
  imageView(id: ImageId): Promise<ImageView>;

  queuePage(order: QueueOrder, label: LabelId | null, limit: number): Promise<QueuePage>;
  reviewAct(action: Action): Promise<Outcome>;
  reviewUndo(): Promise<Outcome>;
  reviewRedo(): Promise<Outcome>;
  bulkPreview(rule: BulkRule): Promise<number>;
  bulkAccept(rule: BulkRule): Promise<Outcome>;
  bulkReject(rule: BulkRule): Promise<Outcome>;

  jobStart(request: JobRequest): Promise<JobView>;
  jobs(): Promise<JobView[]>;
  jobPause(id: number): Promise<void>;
  jobResume(id: number): Promise<void>;
  jobCancel(id: number): Promise<void>;
  jobDismiss(id: number): Promise<void>;
  exportPreview(request: ExportRequest): Promise<ExportSummary>;

  models(): Promise<ModelView[]>;
  doctor(): Promise<DoctorView>;
  /** Shows a file in the file browser. */
  reveal(path: string): Promise<void>;
  subscribe(listener: (event: Event) => void): Promise<void>;

  /** Addresses that an `<img>` can show: upright photo, 256 px thumbnail, 96 px crop around a box. */
  imageUrl(id: ImageId): string;
  thumbUrl(id: ImageId): string;
  cropUrl(annotation: Pick<AnnotationView, 'id' | 'revision'>): string;

  chooseFolders(): Promise<string[]>;
  chooseFolder(title: string): Promise<string | null>;
  chooseProject(): Promise<string | null>;
  chooseSave(dialog: SaveDialog): Promise<string | null>;
  onDrop(listener: (event: DropEvent) => void): Promise<void>;
}
