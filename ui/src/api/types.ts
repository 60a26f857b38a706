// The wire, generated from the engine's views; see src-tauri/crates/relook-engine/tests/bindings.rs.
// Coordinates are pixels of the upright original, scores 0..1, times seconds since 1970.

export type AnnotationId = number;

export type FolderId = number;

export type ImageId = number;

export type LabelId = number;

export type StepId = number;

export type TrackId = number;

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

export type Tracked = { id: TrackId, 
/**
 * Set here by somebody, not interpolated.
 */
keyframe: boolean, };

export type Details = { occluded?: boolean, z_order?: number, group?: number, attributes?: { [key in string]: string }, };

export type Action = { "do": "accept", id: AnnotationId, revision: number, } | { "do": "reject", id: AnnotationId, revision: number, } | { "do": "reopen", id: AnnotationId, revision: number, } | { "do": "relabel", id: AnnotationId, revision: number, label: LabelId, } | { "do": "reshape", id: AnnotationId, revision: number, geometry: Geometry, } | { "do": "describe", id: AnnotationId, revision: number, details: Details, } | { "do": "set_keyframe", id: AnnotationId, revision: number, keyframe: boolean, } | { "do": "end_track", id: AnnotationId, revision: number, } | { "do": "draw", image: ImageId, label: LabelId, geometry: Geometry, details: Details, } | { "do": "accept_rest", image: ImageId, } | { "do": "confirm_empty", image: ImageId, } | { "do": "unconfirm_empty", image: ImageId, };

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
missing: string | null, 
/**
 * Whether the window takes in new photos by itself.
 */
watched: boolean, };

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
keep_above: number, drop_below: number, accept_at: number, 
/**
 * `photo`: models get inputs of each photo's own shape where they take them; `model`: of the size on their card.
 */
input_shape: string, 
/**
 * `auto`: in half precision on devices that offer it, where on photos of the project it is faster and finds the same;
 * `full`: never.
 */
precision: string, 
/**
 * What a second look may cost, as a share of showing the larger model every photo in full: it is spent where it helps most.
 * 0: each photo with low-confidence boxes is shown in full, whatever that comes to.
 */
look_budget: number, 
/**
 * Where new photos of watched folders are sent on to: `CONNECTION/PROJECT`, or `off`.
 */
send_new: string, };

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
rect: Rect, rotation: number, shape: Shape, score: number | null, origin: Origin, state: ReviewState, standing: Standing, verdict: Verdict | null, disagreement: boolean, doubt: number, occluded: boolean, z_order: number, group: number, attributes: { [key in string]: string }, track: Tracked | null, revision: number, 
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

export type TrackStop = { annotation: AnnotationId, image: ImageId, 
/**
 * Set here, or the first after an image without one.
 */
keyframe: boolean, 
/**
 * Not rejected.
 */
stands: boolean, };

export type TrackView = { id: TrackId, 
/**
 * By the place of their images in the list.
 */
shapes: Array<TrackStop>, };

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

export type RuntimeKind = "cpu" | "openvino" | "cuda" | "webgpu" | "directml";

export type RuntimeView = { kind: RuntimeKind, 
/**
 * The version that is here, empty where it is not known; nothing: none is.
 */
installed: string | null, 
/**
 * The library that is here.
 */
path: string | null, 
/**
 * The version that an install brings; nothing: Relook knows none for this platform.
 */
version: string | null, 
/**
 * About what an install fetches.
 */
bytes: number, licence: string, 
/**
 * Whether it is the one that is loaded.
 */
used: boolean, 
/**
 * What it would bring on this machine, or why it would not.
 */
suits: string, 
/**
 * Why it is used, or why not and what to do.
 */
reason: string, };

export type RuntimesView = { 
/**
 * `auto`, a kind, or a library file.
 */
choice: string, 
/**
 * The library to be loaded.
 */
library: string | null, 
/**
 * Why that one, or what is wrong and what to do.
 */
why: string, 
/**
 * Whether this program has loaded another before, and must be started anew to use it.
 */
restart: boolean, runtimes: Array<RuntimeView>, };

export type DoctorView = { version: string, 
/**
 * ONNX Runtime's version and library path, or what is wrong with it.
 */
runtime: string | null, runtime_path: string | null, runtime_problem: string | null, devices: Array<DeviceView>, 
/**
 * The device `auto` would take, and why.
 */
auto_device: string, runtimes: RuntimesView, models: Array<ModelView>, cores: number, };

export type Head = "yolo_dense" | "yolo_objectness" | "yolo_end2end" | "yolox" | "detr" | "detr_sigmoid" | "detr_postprocessed" | "ssd_tensorflow" | "ssd_torchvision";

export type SizeOrder = "width_height" | "height_width";

export type ResizeMode = "letterbox" | "letterbox_corner" | "stretch";

export type Layout = "nchw" | "nhwc";

export type ChannelOrder = "rgb" | "bgr";

export type Values = "raw" | "unit" | "signed" | "imagenet";

export type LabelList = "coco80" | "coco90" | "coco91" | { "file": string } | { "names": string };

export type TryOn = { "file": string } | { "image": ImageId };

export type AddModel = { file: string, 
/**
 * What the model will be called; also its folder's name [the file's name].
 */
name: string | null, 
/**
 * Its word on a card.
 */
head: Head | null, 
/**
 * Of the input, pixels.
 */
size: [number, number] | null, layout: Layout | null, channels: ChannelOrder | null, values: Values | null, resize: ResizeMode | null, sizes: SizeOrder | null, labels: LabelList | null, 
/**
 * Labels of the graph and what they are called in projects, all at once; nothing: their boxes are left out.
 */
rename: Array<[string, string]>, nms_iou: number | null, licence: string | null, 
/**
 * A photo to try it on, and the least score of the boxes shown.
 */
preview: TryOn | null, above: number, 
/**
 * In the place of a model of this name that was added before.
 */
replace: boolean, };

export type AddedModel = { model: ModelView, reasons: Array<CardReason>, 
/**
 * By class; an empty name: a class that is none.
 */
labels: Array<string>, 
/**
 * Labels that the project lacks, so that a draft leaves their boxes out; `null`: no project was named.
 */
lacking: Array<string> | null, 
/**
 * `null`: no photo was named. Best first.
 */
seen: Array<SeenBox> | null, saved: boolean, };

export type CardReason = { what: string, value: string, why: string, 
/**
 * Said by the user or the graph; otherwise a guess.
 */
sure: boolean, };

export type SeenBox = { label: string, 
/**
 * By which the graph knows it, counted from 0.
 */
class: number, score: number, rect: Rect, };

export type SeenPhoto = { width: number, height: number, boxes: Array<SeenBox>, };

export type TriedClass = { 
/**
 * As the graph or its list has it; empty: it is none, and no box has it.
 */
name: string, 
/**
 * What it is called in projects; empty: its boxes are left out.
 */
label: string, 
/**
 * The project's label; none: it has no such.
 */
into: LabelId | null, };

export type HeadChoice = { head: Head, fits: boolean, };

export type About = "file" | "input" | "head" | "values" | "nms_iou" | "labels" | "name" | "photo";

export type TrialProblem = { about: About, message: string, };

export type ModelTrial = { 
/**
 * What it would be called.
 */
name: string, bytes: number, 
/**
 * Of the graph, in words.
 */
inputs: Array<string>, outputs: Array<string>, heads: Array<HeadChoice>, reasons: Array<CardReason>, 
/**
 * In the graph's order.
 */
classes: Array<TriedClass>, 
/**
 * Whether the project has no labels and takes over the model's.
 */
takes_over: boolean, seen: SeenPhoto | null, 
/**
 * None: it can be added.
 */
problems: Array<TrialProblem>, 
/**
 * The name is that of a model added before, whose place this one can take.
 */
replaceable: boolean, };

export type Merge = "replace" | "add" | "keep_mine";

export type ImportOptions = { 
/**
 * A file, a zip, or a folder of files.
 */
path: string, 
/**
 * `cvat`, `coco`, `yolo`, `voc`; `None`: told from the files.
 */
format: string | null, merge: Merge, 
/**
 * Whether labels that the project lacks are made.
 */
create_labels: boolean, };

export type ImportReport = { 
/**
 * `cvat`, `coco`, `yolo`, `voc`.
 */
format: string, 
/**
 * Images and shapes in the file.
 */
images: number, shapes: number, 
/**
 * Of its images: those that the project has.
 */
matched: number, 
/**
 * Images that the project does not have, or of which it has several that could be meant, with examples.
 */
unknown_images: number, unknown_such_as: Array<string>, added: number, 
/**
 * Shapes that were there already.
 */
there: number, 
/**
 * Shapes left out because mine is in their place.
 */
kept_out: number, 
/**
 * Shapes of the project that go.
 */
removed: number, 
/**
 * Labels that the project lacks, with how many of the file's shapes have them; made where that was asked for.
 */
unknown_labels: Array<[string, number]>, 
/**
 * What cannot be taken, and how often.
 */
left_out: Array<[string, number]>, 
/**
 * What is odd about the file, each naming its image.
 */
findings: Array<string>, 
/**
 * Images that were done before, by the same import when it was cut off.
 */
resumed: number, 
/**
 * The step that undo takes back; `None` where nothing changed.
 */
step: StepId | null, };

export type Severity = "error" | "warning" | "note";

export type LintFinding = { severity: Severity, 
/**
 * The rule's name: `outside`, `name-extension`, …
 */
rule: string, 
/**
 * `None`: about a label or the whole file.
 */
image: ImageId | null, 
/**
 * The image's name in the file; empty where `image` is `None`.
 */
path: string, annotation: AnnotationId | null, 
/**
 * What is wrong, in a sentence without its stop.
 */
message: string, 
/**
 * What CVAT or the export makes of it; likewise.
 */
consequence: string, 
/**
 * Whether it can be mended without anybody having to decide.
 */
mendable: boolean, };

export type LintRule = { severity: Severity, rule: string, findings: number, mendable: number, };

export type LintReport = { images: number, shapes: number, errors: number, warnings: number, notes: number, 
/**
 * Findings that can be mended at once.
 */
mendable: number, 
/**
 * How often each rule found something, the listed and the others: errors, then warnings, then notes.
 */
rules: Array<LintRule>, 
/**
 * Errors, then warnings, then notes, the first ten thousand of each, in the order of the images.
 */
findings: Array<LintFinding>, };

export type Part = { which: number, of: number, };

export type EvaluationStage = "draft" | "second-look" | "final";

export type EvaluateOptions = { 
/**
 * COCO's `instances.json`.
 */
truth: string, part: Part, 
/**
 * `None`: the latest that there is anything of.
 */
stage: EvaluationStage | null, 
/**
 * From this score on boxes count in precision, recall and confusion; `None`: the project's `accept_at`.
 */
score: number | null, };

export type Coco = { 
/**
 * Mean over IoU 0.50, 0.55, … 0.95.
 */
ap: number | null, ap50: number | null, ap75: number | null, 
/**
 * Of objects below 32 × 32 pixels.
 */
ap_small: number | null, ap_medium: number | null, 
/**
 * From 96 × 96 pixels on.
 */
ap_large: number | null, 
/**
 * Recall with one box of a label an image, with ten, with a hundred.
 */
ar1: number | null, ar10: number | null, ar100: number | null, ar_small: number | null, ar_medium: number | null, ar_large: number | null, };

export type LabelReport = { label: string, 
/**
 * Objects in the truth, crowds left out.
 */
wanted: number, 
/**
 * Boxes from the score on.
 */
right: number, wrong: number, precision: number | null, recall: number | null, coco: Coco, };

export type ConfusionReport = { truth: string | null, found: string | null, count: number, };

export type EvaluationReport = { stage: EvaluationStage, part: Part, 
/**
 * Images of the project (of the part) that the truth knows; all others are left out.
 */
images: number, 
/**
 * Boxes of the project on them, however weak.
 */
boxes: number, 
/**
 * Boxes left out: the truth has no name for their label.
 */
unnamed: number, 
/**
 * Crowd regions of the truth on them.
 */
crowds: number, 
/**
 * Images of the project that the truth does not know.
 */
unknown: number, 
/**
 * Images of the truth that the project does not have or could not read.
 */
absent: number, 
/**
 * COCO's twelve numbers.
 */
coco: Coco, 
/**
 * From this score on boxes count in what follows, right being an IoU of at least `iou`.
 */
score: number, iou: number, wanted: number, right: number, wrong: number, precision: number | null, recall: number | null, labels: Array<LabelReport>, 
/**
 * The most frequent first, right ones included.
 */
confusion: Array<ConfusionReport>, };

export type Step = { from: number, probability: number, decisions: number, };

export type Bin = { from: number, to: number, decisions: number, right: number, 
/**
 * Mean score; `None`: no decisions.
 */
score: number | null, 
/**
 * Between these the share that is right lies, as [`interval`] has it; `None`: no decisions.
 */
between: [number, number] | null, };

export type Proposal = { accept_at: number, 
/**
 * The decisions that it rests on, and how many of them were right.
 */
decisions: number, right: number, 
/**
 * Between these the precision lies, as [`interval`] has it; the lower one is at least the precision wanted.
 */
between: [number, number], 
/**
 * The undecided boxes from `accept_at` on.
 */
boxes: number, 
/**
 * Share of them that is right by the curve; `None`: there are none.
 */
expected: number | null, };

export type FitReport = { 
/**
 * One: it has decisions enough by itself; several: taken together.
 */
labels: Array<string>, 
/**
 * Undisputed boxes of the models that people decided one by one; right: accepted as they stood.
 */
decisions: number, right: number, 
/**
 * `null`: too few decisions, or the boxes are not right often enough.
 */
proposal: Proposal | null, 
/**
 * Probability by score, isotonic.
 */
curve: Array<Step>, 
/**
 * For a plot: score against the share that is right.
 */
reliability: Array<Bin>, };

export type ThresholdsReport = { 
/**
 * The precision wanted, and how sure each promise of it is.
 */
precision: number, confidence: number, 
/**
 * Nothing is promised from fewer decisions.
 */
needed: number, decisions: number, 
/**
 * Decisions left out: made many at a time, they say nothing of each box.
 */
together: number, fits: Array<FitReport>, 
/**
 * Undecided boxes from the thresholds proposed on.
 */
boxes: number, };

export type CvatConnection = { 
/**
 * What the user calls it.
 */
name: string, 
/**
 * `https://app.cvat.ai`.
 */
url: string, 
/**
 * The organisation's short name; `None`: the personal workspace.
 */
organization?: string, };

export type CvatServer = { version: string, user: string, 
/**
 * Whether this machine's keyring holds the token now.
 */
kept: boolean, warnings: Array<string>, };

export type CvatTarget = { "to": "new" } | { "to": "new_project", name: string, } | { "to": "project", id: number, } | { "to": "task", id: number, };

export type CvatPush = { 
/**
 * The connection's name.
 */
connection: string, target: CvatTarget, 
/**
 * A new task's; empty: the project's name. A task of this name that the project has sent there before is sent anew.
 */
name: string, include: Include, 
/**
 * `None`: all.
 */
images?: Array<ImageId>, 
/**
 * Also what CVAT would lose or put in the wrong place, and over what others did in the task meanwhile.
 */
force: boolean, };

export type CvatObstacleKind = "misfit" | "lint" | "wipes" | "overwrites";

export type CvatObstacle = { kind: CvatObstacleKind, 
/**
 * In a sentence.
 */
said: string, };

export type CvatPreview = { server: string, version: string, user: string, 
/**
 * What it does, in a sentence.
 */
plan: string, images: number, shapes: number, 
/**
 * What stands against it.
 */
obstacles: Array<CvatObstacle>, 
/**
 * What is odd about it.
 */
findings: Array<string>, };

export type CvatSent = { 
/**
 * `None` until the server has made it.
 */
task: number | null, name: string, target: CvatTarget, include: Include, images: number, 
/**
 * Else it was cut off, and the same push goes on with it.
 */
done: boolean, 
/**
 * Whether it is a batch of a watched folder, which the watch goes on with by itself.
 */
batch: boolean, };

export type CvatChange = "added" | "removed" | "moved" | "relabelled" | "details";

export type CvatBy = "ours" | "theirs" | "both" | "unknown";

export type CvatDifference = { 
/**
 * Names it in [`CvatTake::keys`], as long as neither side changes.
 */
key: string, image: ImageId, path: string, change: CvatChange, by: CvatBy, 
/**
 * The label here; of an added shape the one there.
 */
label: string, 
/**
 * The label there, where it is another one.
 */
their_label: string | null, ours: AnnotationId | null, 
/**
 * Where the shape is here; of an added one where it is there.
 */
rect: Rect, 
/**
 * Where it is there.
 */
their_rect: Rect | null, 
/**
 * What differs, in words.
 */
said: string, };

export type CvatPushReport = { server: string, task: number, 
/**
 * For a browser.
 */
link: string, images: number, shapes: number, 
/**
 * Whether it went on with what an earlier push had begun.
 */
resumed: boolean, 
/**
 * Shapes that came to stand on the server as they stand here.
 */
equal: number, 
/**
 * Shapes changed here while it was sent; they were not compared.
 */
changed_meanwhile: number, 
/**
 * What arrived otherwise.
 */
differences: number, such_as: Array<CvatDifference>, };

export type CvatPull = { connection: string, 
/**
 * `None`: the task that was sent last.
 */
task?: number, };

export type CvatDiff = { server: string, task: number, name: string, 
/**
 * Images that both have.
 */
images: number, 
/**
 * Shapes that are the same on both sides.
 */
equal: number, 
/**
 * How many differences of each kind.
 */
counts: { [key in CvatChange]?: number }, 
/**
 * The first ten thousand.
 */
differences: Array<CvatDifference>, 
/**
 * Images of the task that the project does not have, with examples.
 */
unknown_images: number, unknown_such_as: Array<string>, 
/**
 * Labels that only the task has, with how many of its shapes have them; these shapes cannot be compared.
 */
unknown_labels: Array<[string, number]>, 
/**
 * What else cannot be compared, and how often.
 */
left_out: Array<[string, number]>, findings: Array<string>, };

export type CvatTake = { changes?: Array<CvatChange>, 
/**
 * Labels here or there.
 */
labels?: Array<string>, keys?: Array<string>, 
/**
 * Also where only we changed something, so that ours is taken back.
 */
over_ours: boolean, };

export type CvatTaken = { taken: number, 
/**
 * Differences that are left.
 */
left: number, 
/**
 * The step that undo takes back; `None` where nothing was taken.
 */
step: StepId | null, };

export type JobKind = "scan" | "draft" | "second_look" | "fetch_models" | "install_runtime" | "export" | "import" | "watch" | "cvat_push" | "cvat_pull";

export type JobState = "running" | "paused" | "stopping" | "done" | "cancelled" | "failed";

export type JobReport = { "of": "import", report: ImportReport, } | { "of": "cvat_push", report: CvatPushReport, } | { "of": "cvat_pull", taken: CvatTaken, };

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
fallback: string | null, 
/**
 * What it did, where that is more than a sentence; only once it is done.
 */
report: JobReport | null, };

export type JobRequest = { "job": "scan", folders: Array<string>, } | { "job": "draft", model: string | null, device: string | null, again: boolean, } | { "job": "second_look", model: string | null, device: string | null, again: boolean, } | { "job": "fetch_models", names: Array<string>, } | { "job": "install_runtime", kind: RuntimeKind, } | { "job": "export", request: ExportRequest, force: boolean, } | { "job": "import", options: ImportOptions, } | { "job": "cvat_push", push: CvatPush, } | { "job": "cvat_pull", pull: CvatPull, take: CvatTake, };

export type ExportFormat = "cvat-images" | "cvat-video" | "coco" | "coco-results" | "yolo" | "yolo-segment" | "voc";

export type Include = "reviewed" | "all";

export type ExportRequest = { format: ExportFormat, 
/**
 * File (XML, JSON, or zip with images) or, for YOLO and Pascal VOC, folder.
 */
out: string, include: Include, 
/**
 * Put the photos into the zip (CVAT) or folder (YOLO, Pascal VOC) too.
 */
with_images: boolean, 
/**
 * Truth file whose ids `coco-results` takes over.
 */
like: string | null, 
/**
 * For CVAT: labels get attributes for origin, decision, score and verdict, and shapes their values; an import
 * takes them back.
 */
provenance: boolean, };

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
 * Of what CVAT would trip over: errors, and what can be mended without anybody having to decide.
 */
errors: number, mendable: number, 
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
