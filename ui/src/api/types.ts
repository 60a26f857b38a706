// The wire: what the engine sends and takes, name by name as in its views.
// Coordinates are pixels of the upright original, scores 0..1, times seconds since 1970.

export type FolderId = number;
export type ImageId = number;
export type LabelId = number;
export type AnnotationId = number;
export type RunId = number;
export type StepId = number;

export type Rect = { x1: number; y1: number; x2: number; y2: number };

export type AttributeKind = 'select' | 'radio' | 'checkbox' | 'number' | 'text';
export type Attribute = {
  name: string;
  kind: AttributeKind;
  mutable: boolean;
  default: string;
  /** Choices for select and radio; `min, max, step` for number; empty for text. */
  values: string[];
};
export type Label = { id: LabelId; name: string; colour: string; attributes: Attribute[] };

export type ReviewState = 'pending' | 'accepted' | 'fixed' | 'rejected';
export type Origin = 'manual' | 'draft' | 'second_look' | 'imported';
export type Verdict = 'confirmed' | 'moved' | 'relabelled' | 'rejected' | 'added';
export type Stage = 'draft' | 'second_look';
export type Standing = 'doubtful' | 'settled' | 'withdrawn';

export type Counts = {
  images: number;
  drafted: number;
  looked: number;
  looked_at: number;
  problems: number;
  confirmed_empty: number;
  queued: number;
  disagreements: number;
  settled: number;
  accepted: number;
  fixed: number;
  rejected: number;
  withdrawn: number;
};

export type FolderView = { id: FolderId; path: string; images: number; missing: string | null };

export type SettingsView = {
  draft_model: string;
  second_look_model: string;
  device: string;
  keep_above: number;
  drop_below: number;
  accept_at: number;
};

export type ProjectView = {
  name: string;
  path: string;
  folders: FolderView[];
  labels: Label[];
  counts: Counts;
  settings: SettingsView;
  undo: string | null;
  redo: string | null;
  read_only: string | null;
};

export type RecentProject = { name: string; path: string; opened_at: number; exists: boolean };

export type ImageStatus = 'new' | 'drafted' | 'waiting' | 'done' | 'confirmed_empty' | 'problem';

export type ImageRow = {
  id: ImageId;
  folder: FolderId;
  path: string;
  width: number | null;
  height: number | null;
  status: ImageStatus;
  queued: number;
  settled: number;
  decided: number;
  rejected: number;
  problem: string | null;
};

export type ImagePage = { total: number; offset: number; rows: ImageRow[] };
export type ImageFilter = { text: string; status: ImageStatus | null };

export type ThresholdsView = { keep_above: number; drop_below: number; accept_at: number };
export type Alternative = { label: LabelId; score: number };

export type OpinionView = {
  stage: Stage;
  label: LabelId;
  score: number;
  rect: Rect;
  alternatives: Alternative[];
  model: string;
  model_digest: string;
  device: string;
  thresholds: ThresholdsView;
  at: number;
};

export type AnnotationView = {
  id: AnnotationId;
  image: ImageId;
  label: LabelId;
  rect: Rect;
  rotation: number;
  score: number | null;
  origin: Origin;
  state: ReviewState;
  standing: Standing;
  verdict: Verdict | null;
  disagreement: boolean;
  doubt: number;
  occluded: boolean;
  z_order: number;
  group: number;
  attributes: { [name: string]: string };
  revision: number;
  opinions: OpinionView[];
};

export type ImageView = { image: ImageRow; annotations: AnnotationView[] };

export type QueueOrder = 'most_doubtful' | 'by_image' | 'by_label';
export type QueueItem = { annotation: AnnotationView; path: string; width: number; height: number };
export type QueuePage = { total: number; items: QueueItem[] };

export type Outcome = {
  step: StepId | null;
  title: string;
  images: ImageView[];
  counts: Counts;
  undo: string | null;
  redo: string | null;
};

export type Details = {
  occluded?: boolean;
  z_order?: number;
  group?: number;
  attributes?: { [name: string]: string };
};

export type Action =
  | { do: 'accept'; id: AnnotationId; revision: number }
  | { do: 'reject'; id: AnnotationId; revision: number }
  | { do: 'reopen'; id: AnnotationId; revision: number }
  | { do: 'relabel'; id: AnnotationId; revision: number; label: LabelId }
  | { do: 'reshape'; id: AnnotationId; revision: number; rect: Rect }
  | { do: 'describe'; id: AnnotationId; revision: number; details: Details }
  | { do: 'draw'; image: ImageId; label: LabelId; rect: Rect }
  | { do: 'accept_rest'; image: ImageId }
  | { do: 'confirm_empty'; image: ImageId }
  | { do: 'unconfirm_empty'; image: ImageId };

export type BulkRule = {
  at_least: number | null;
  below: number | null;
  label: string | null;
  verdict: Verdict | null;
  standing: Standing | null;
  image: string | null;
  undisputed: boolean;
};

export type ModelView = {
  name: string;
  summary: string;
  licence: string;
  author: string;
  head: string;
  input: string;
  bytes: number;
  sha256: string;
  present: boolean;
  path: string;
};

export type DeviceView = { device: string; available: boolean; reason: string };

export type DoctorView = {
  version: string;
  runtime: string | null;
  runtime_path: string | null;
  runtime_problem: string | null;
  devices: DeviceView[];
  auto_device: string;
  models: ModelView[];
  cores: number;
};

export type JobKind = 'scan' | 'draft' | 'second_look' | 'fetch_models' | 'export';
export type JobState = 'running' | 'paused' | 'stopping' | 'done' | 'cancelled' | 'failed';

export type JobView = {
  id: number;
  kind: JobKind;
  state: JobState;
  phase: string;
  done: number;
  total: number;
  rate: number;
  left_s: number | null;
  device: string | null;
  warnings: string[];
  warning_count: number;
  message: string | null;
  fallback: string | null;
};

export type ExportFormat = 'cvat-images' | 'coco' | 'coco-results' | 'yolo';
export type Include = 'reviewed' | 'all';

export type ExportRequest = {
  format: ExportFormat;
  out: string;
  include: Include;
  with_images: boolean;
  like: string | null;
};

export type JobRequest =
  | { job: 'scan'; folders: string[] }
  | { job: 'draft'; model: string | null; device: string | null; again: boolean }
  | { job: 'second_look'; model: string | null; device: string | null; again: boolean }
  | { job: 'fetch_models'; names: string[] }
  | { job: 'export'; request: ExportRequest };

export type ExportSummary = {
  out: string;
  images: number;
  boxes: number;
  by_label: [string, number][];
  reviewed: number;
  settled: number;
  undecided: number;
  unreadable: number;
  findings: string[];
};

export type Event = { event: 'changed'; outside: boolean } | { event: 'job'; job: JobView };

export type ErrorView = { code: string; message: string };
