// The wire, generated from the engine's views; see src-tauri/crates/relook-engine/tests/bindings.rs.
// Coordinates are pixels of the upright original, scores 0..1, times seconds since 1970.

export type AnnotationId = number;

export type FolderId = number;

export type ImageId = number;

export type LabelId = number;

export type StepId = number;

export type Rect = { x1: number, y1: number, x2: number, y2: number, };

export type Point = { x: number, y: number, };

export type Joint = { 
/**
 * As in the label's skeleton.
 */
name: string, x: number, y: number, occluded: boolean, 
/**
 * Not on the image; its place means nothing.
 */
outside: boolean, };

export type Shape = { "kind": "box" } | { "kind": "ellipse" } | { "kind": "polygon", points: Array<Point>, } | { "kind": "polyline", points: Array<Point>, } | { "kind": "points", points: Array<Point>, } | { "kind": "mask", runs: Array<number>, } | { "kind": "cuboid", points: [Point, Point, Point, Point, Point, Point, Point, Point], } | { "kind": "skeleton", joints: Array<Joint>, } | { "kind": "tag" };

export type ShapeKind = "box" | "ellipse" | "polygon" | "polyline" | "points" | "mask" | "cuboid" | "skeleton" | "tag";

export type Geometry = { 
/**
 * Of a box or ellipse: before rotation. Of a mask: whole pixels. Of a tag: empty. Of the others: around the points.
 */
rect: Rect, 
/**
 * Degrees clockwise about the rectangle's centre, 0..360; 0 but for boxes and ellipses.
 */
rotation: number, shape: Shape, };

export type AttributeKind = "select" | "radio" | "checkbox" | "number" | "text";

export type Attribute = { name: string, kind: AttributeKind, 
/**
 * Whether it may change along a track.
 */
mutable: boolean, default: string, 
/**
 * Choices for select and radio; `min, max, step` for number; empty for text.
 */
values: Array<string>, };

export type SkeletonJoint = { name: string, 
/**
 * 0..=1 from the left and from the top of the shape's rectangle.
 */
x: number, y: number, };

export type Skeleton = { joints: Array<SkeletonJoint>, 
/**
 * Pairs of places in `joints`.
 */
edges: Array<[number, number]>, };

export type Label = { id: LabelId, name: string, 
/**
 * `#rrggbb`.
 */
colour: string, attributes: Array<Attribute>, 
/**
 * The one kind of shape it is for; `None`: any.
 */
shape: ShapeKind | null, 
/**
 * The key that gives this label to a box, as the keyboard names it; empty: none.
 */
key: string, skeleton: Skeleton | null, 
/**
 * Deleted: no longer offered, but models and the history may still name it.
 */
archived: boolean, };

export type LabelUse = { 
/**
 * Boxes that stand with this label: pending and not withdrawn, accepted, fixed.
 */
standing: number, 
/**
 * All boxes with this label.
 */
all: number, };

export type Origin = "manual" | "draft" | "second_look" | "imported";

export type ReviewState = "pending" | "accepted" | "fixed" | "rejected";

export type Stage = "draft" | "second_look";

export type Standing = "doubtful" | "settled" | "withdrawn";

export type Verdict = "confirmed" | "moved" | "relabelled" | "rejected" | "added";

export type Details = { occluded?: boolean, z_order?: number, group?: number, attributes?: { [key in string]: string }, };

export type Action = { "do": "accept", id: AnnotationId, revision: number, } | { "do": "reject", id: AnnotationId, revision: number, } | { "do": "reopen", id: AnnotationId, revision: number, } | { "do": "relabel", id: AnnotationId, revision: number, label: LabelId, } | { "do": "reshape", id: AnnotationId, revision: number, geometry: Geometry, } | { "do": "describe", id: AnnotationId, revision: number, details: Details, } | { "do": "draw", image: ImageId, label: LabelId, geometry: Geometry, details: Details, } | { "do": "accept_rest", image: ImageId, } | { "do": "confirm_empty", image: ImageId, } | { "do": "unconfirm_empty", image: ImageId, };

export type Counts = { images: number, 
/**
 * Images with a draft.
 */
drafted: number, 
/**
 * Images the second look is done with: looked at, or not in need of it.
 */
looked: number, 
/**
 * Images the larger model really ran on.
 */
looked_at: number, 
/**
 * Images that could not be read.
 */
problems: number, confirmed_empty: number, 
/**
 * Boxes waiting in the review queue.
 */
queued: number, 
/**
 * Of them: flagged as disagreement between the models.
 */
disagreements: number, 
/**
 * Boxes the models settled between them, undecided by a person.
 */
settled: number, accepted: number, fixed: number, rejected: number, 
/**
 * Undecided boxes too weak to be shown.
 */
withdrawn: number, };

export type FolderView = { id: FolderId, 
/**
 * Absolute.
 */
path: string, images: number, 
/**
 * Why it cannot be read now, if so.
 */
missing: string | null, };

export type ProjectView = { 
/**
 * File name without `.relook`.
 */
name: string, 
/**
 * Absolute path of the project file.
 */
path: string, folders: Array<FolderView>, labels: Array<Label>, counts: Counts, settings: SettingsView, 
/**
 * Whether undo and redo would do something, and what.
 */
undo: string | null, redo: string | null, 
/**
 * Set when the file can only be read: why.
 */
read_only: string | null, };

export type SettingsView = { draft_model: string, second_look_model: string, 
/**
 * `auto`, `cpu`, `cuda`, …
 */
device: string, 
/**
 * Scores below are not stored at all.
 */
keep_above: number, drop_below: number, accept_at: number, };

export type RecentProject = { name: string, path: string, 
/**
 * Seconds since 1970.
 */
opened_at: number, 
/**
 * Whether the file is still there.
 */
exists: boolean, };

export type ImageStatus = "new" | "drafted" | "waiting" | "done" | "confirmed_empty" | "problem";

export type ImageRow = { id: ImageId, folder: FolderId, 
/**
 * Relative to the folder, `/` between parts.
 */
path: string, 
/**
 * Upright pixels; `None` until the file was read once.
 */
width: number | null, height: number | null, status: ImageStatus, 
/**
 * Boxes that wait, are settled by the models, were decided by a person (accepted or fixed), were rejected.
 */
queued: number, settled: number, decided: number, rejected: number, 
/**
 * What went wrong with it, if anything.
 */
problem: string | null, };

export type ImagePage = { total: number, offset: number, rows: Array<ImageRow>, };

export type ImageFilter = { 
/**
 * Text that the path contains, letter case aside; empty: any.
 */
text: string, 
/**
 * Only images of this status.
 */
status: ImageStatus | null, };

export type ImageView = { image: ImageRow, annotations: Array<AnnotationView>, };

export type ThresholdsView = { keep_above: number, drop_below: number, accept_at: number, };

export type Alternative = { label: LabelId, score: number, };

export type OpinionView = { stage: Stage, label: LabelId, score: number, rect: Rect, alternatives: Array<Alternative>, model: string, 
/**
 * sha256 of the graph.
 */
model_digest: string, 
/**
 * The device it ran on, in words.
 */
device: string, thresholds: ThresholdsView, 
/**
 * Seconds since 1970: when the run started.
 */
at: number, };

export type AnnotationView = { id: AnnotationId, image: ImageId, label: LabelId, 
/**
 * With rotation and shape: the geometry.
 */
rect: Rect, rotation: number, shape: Shape, score: number | null, origin: Origin, state: ReviewState, standing: Standing, verdict: Verdict | null, disagreement: boolean, doubt: number, occluded: boolean, z_order: number, group: number, attributes: { [key in string]: string }, revision: number, 
/**
 * In the order given: draft, then second look.
 */
opinions: Array<OpinionView>, };

export type BoxFilter = { labels: Array<LabelId>, states: Array<ReviewState>, standings: Array<Standing>, verdicts: Array<Verdict>, origins: Array<Origin>, shapes: Array<ShapeKind>, 
/**
 * Score at or above, and below; boxes without a score match neither.
 */
at_least: number | null, below: number | null, 
/**
 * Text that the image's path contains, letter case aside.
 */
path: string, image: ImageId | null, 
/**
 * Only boxes on which the models disagree, or only others.
 */
disagreement: boolean | null, };

export type Verb = "accept" | "reject" | "reopen";

export type QueueOrder = "most_doubtful" | "disagreements_first" | "by_image" | "by_label" | "similar";

export type SavedFilter = { name: string, filter: BoxFilter, order: QueueOrder, };

export type QueueItem = { annotation: AnnotationView, path: string, width: number, height: number, };

export type QueuePage = { 
/**
 * All that it lets through.
 */
total: number, 
/**
 * Whether counting stopped at `total`: there are more.
 */
more: boolean, items: Array<QueueItem>, };

export type Outcome = { 
/**
 * `None` when everything was so already.
 */
step: StepId | null, 
/**
 * What was done, for the status line: "Accepted horse".
 */
title: string, images: Array<ImageView>, counts: Counts, undo: string | null, redo: string | null, };

export type HistoryState = "done" | "undone" | "dropped" | "run";

export type HistoryEntry = { 
/**
 * `None` for a model's pass.
 */
step: StepId | null, 
/**
 * Seconds since 1970.
 */
at: number, 
/**
 * `person`, `script`, or the model's name.
 */
actor: string, title: string, state: HistoryState, 
/**
 * Boxes and images changed; 0 for a model's pass.
 */
changes: number, };

export type ModelView = { name: string, summary: string, licence: string, author: string, head: string, input: string, bytes: number, sha256: string, 
/**
 * Whether the graph file is there.
 */
present: boolean, path: string, };

export type DeviceView = { 
/**
 * `cpu`, `cuda`, …
 */
device: string, available: boolean, 
/**
 * What it is, or why it cannot be used and what to do.
 */
reason: string, };

export type DoctorView = { version: string, 
/**
 * ONNX Runtime's version and library path, or what is wrong with it.
 */
runtime: string | null, runtime_path: string | null, runtime_problem: string | null, devices: Array<DeviceView>, 
/**
 * The device `auto` would take, and why.
 */
auto_device: string, models: Array<ModelView>, cores: number, };

export type JobKind = "scan" | "draft" | "second_look" | "fetch_models" | "export";

export type JobState = "running" | "paused" | "stopping" | "done" | "cancelled" | "failed";

export type JobView = { id: number, kind: JobKind, state: JobState, 
/**
 * What it does right now: "Loading yolov8n", "Drafting".
 */
phase: string, done: number, 
/**
 * 0 while not known.
 */
total: number, 
/**
 * Images (or bytes, for fetching) a second over the last seconds.
 */
rate: number, 
/**
 * Seconds left; `None` while not known.
 */
left_s: number | null, 
/**
 * "yolov8n on CPU, 2 sessions of 1 thread".
 */
device: string | null, 
/**
 * Files skipped, with the reason; the newest fifty.
 */
warnings: Array<string>, 
/**
 * All warnings, those not listed included.
 */
warning_count: number, 
/**
 * The end in one sentence, or what went wrong and the way out.
 */
message: string | null, 
/**
 * Set when it failed because the device asked for is not there: the device it could run on instead.
 */
fallback: string | null, };

export type JobRequest = { "job": "scan", folders: Array<string>, } | { "job": "draft", model: string | null, device: string | null, again: boolean, } | { "job": "second_look", model: string | null, device: string | null, again: boolean, } | { "job": "fetch_models", names: Array<string>, } | { "job": "export", request: ExportRequest, };

export type ExportFormat = "cvat-images" | "coco" | "coco-results" | "yolo";

export type Include = "reviewed" | "all";

export type ExportRequest = { format: ExportFormat, 
/**
 * File (XML, JSON, or zip with images) or, for YOLO, folder.
 */
out: string, include: Include, 
/**
 * Put the photos into the zip (CVAT) or folder (YOLO) too.
 */
with_images: boolean, 
/**
 * Truth file whose ids `coco-results` takes over.
 */
like: string | null, };

export type ExportSummary = { out: string, images: number, boxes: number, 
/**
 * Boxes by label name, most first.
 */
by_label: Array<[string, number]>, reviewed: number, settled: number, 
/**
 * Boxes included that nobody has decided yet although they are doubtful.
 */
undecided: number, 
/**
 * Images left out because they could not be read.
 */
unreadable: number, 
/**
 * What the receiver would trip over, each naming the image.
 */
findings: Array<string>, };

export type Event = { "event": "changed", outside: boolean, } | { "event": "job", job: JobView, };

export type ErrorView = { 
/**
 * A word where a client acts on it, else `failed`.
 */
code: string, message: string, };
