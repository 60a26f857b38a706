//! What the doors see: plain data with every name resolved, the same on the command line (`--json`) and in the window.

use std::collections::BTreeMap;

use relook_domain::{
    AnnotationId, FolderId, ImageId, Label, LabelId, Origin, Rect, ReviewState, Shape, ShapeKind, Stage,
    Standing, StepId, Tracked, Verdict,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    cvat::{CvatPull, CvatPush, CvatPushReport, CvatTake, CvatTaken},
    import::{ImportOptions, ImportReport},
    runtimes::RuntimeKind,
};

pub use crate::doctor::{DeviceView, DoctorView};

/// Counts over a whole project. Boxes are counted by their state now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Counts {
    pub images: u64,
    /// Images with a draft.
    pub drafted: u64,
    /// Images the second look is done with: looked at, or not in need of it.
    pub looked: u64,
    /// Images the larger model really ran on.
    pub looked_at: u64,
    /// Images that could not be read.
    pub problems: u64,
    pub confirmed_empty: u64,
    /// Boxes waiting in the review queue.
    pub queued: u64,
    /// Of them: flagged as disagreement between the models.
    pub disagreements: u64,
    /// Boxes the models settled between them, undecided by a person.
    pub settled: u64,
    pub accepted: u64,
    pub fixed: u64,
    pub rejected: u64,
    /// Undecided boxes too weak to be shown.
    pub withdrawn: u64,
}

/// A registered folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FolderView {
    pub id: FolderId,
    /// Absolute.
    pub path: String,
    pub images: u64,
    /// Why it cannot be read now, if so.
    pub missing: Option<String>,
    /// Whether the window takes in new photos by itself.
    pub watched: bool,
}

/// An open project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ProjectView {
    /// File name without `.relook`.
    pub name: String,
    /// Absolute path of the project file.
    pub path: String,
    pub folders: Vec<FolderView>,
    pub labels: Vec<Label>,
    pub counts: Counts,
    pub settings: SettingsView,
    /// Whether undo and redo would do something, and what.
    pub undo: Option<String>,
    pub redo: Option<String>,
    /// Set when the file can only be read: why.
    pub read_only: Option<String>,
}

/// The project's own settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SettingsView {
    pub draft_model: String,
    pub second_look_model: String,
    /// `auto`, `cpu`, `cuda`, …
    pub device: String,
    /// Scores below are not stored at all.
    pub keep_above: f64,
    pub drop_below: f64,
    pub accept_at: f64,
    /// `photo`: models get inputs of each photo's own shape where they take them; `model`: of the size on their card.
    #[serde(default = "crate::settings::photo")]
    pub input_shape: String,
    /// `auto`: in half precision on devices that offer it, where on photos of the project it is faster and finds the same;
    /// `full`: never.
    #[serde(default = "crate::settings::auto")]
    pub precision: String,
    /// What a second look may cost, as a share of showing the larger model every photo in full: it is spent where it helps most.
    /// 0: each photo with low-confidence boxes is shown in full, whatever that comes to.
    #[serde(default)]
    pub look_budget: f64,
    /// Where new photos of watched folders are sent on to: `CONNECTION/PROJECT`, or `off`.
    #[serde(default = "crate::settings::off")]
    pub send_new: String,
}

/// A project opened before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecentProject {
    pub name: String,
    pub path: String,
    /// Seconds since 1970.
    pub opened_at: i64,
    /// Whether the file is still there.
    pub exists: bool,
}

/// Where an image stands; derived from what is stored about it, never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImageStatus {
    /// No draft yet.
    New,
    /// Drafted; the second look is still to come.
    Drafted,
    /// Boxes wait for a person.
    Waiting,
    /// Nothing waits: settled by the models or decided by a person.
    Done,
    ConfirmedEmpty,
    /// Could not be read.
    Problem,
}

/// An image in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImageRow {
    pub id: ImageId,
    pub folder: FolderId,
    /// Relative to the folder, `/` between parts.
    pub path: String,
    /// Upright pixels; `None` until the file was read once.
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub status: ImageStatus,
    /// Boxes that wait, are settled by the models, were decided by a person (accepted or fixed), were rejected.
    pub queued: u32,
    pub settled: u32,
    pub decided: u32,
    pub rejected: u32,
    /// What went wrong with it, if anything.
    pub problem: Option<String>,
}

/// A page of the image list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImagePage {
    pub total: u64,
    pub offset: u64,
    pub rows: Vec<ImageRow>,
}

/// Which images a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImageFilter {
    /// Text that the path contains, letter case aside; empty: any.
    #[serde(default)]
    pub text: String,
    /// Only images of this status.
    #[serde(default)]
    pub status: Option<ImageStatus>,
}

/// What one model said about a box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct OpinionView {
    pub stage: Stage,
    pub label: LabelId,
    pub score: f64,
    pub rect: Rect,
    pub alternatives: Vec<Alternative>,
    pub model: String,
    /// sha256 of the graph.
    pub model_digest: String,
    /// The device it ran on, in words.
    pub device: String,
    pub thresholds: ThresholdsView,
    /// Seconds since 1970: when the run started.
    pub at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ThresholdsView {
    pub keep_above: f64,
    pub drop_below: f64,
    pub accept_at: f64,
}

/// A label a model also thought of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Alternative {
    pub label: LabelId,
    pub score: f64,
}

/// An annotation with the opinions behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AnnotationView {
    pub id: AnnotationId,
    pub image: ImageId,
    pub label: LabelId,
    /// With rotation and shape: the geometry.
    pub rect: Rect,
    pub rotation: f64,
    pub shape: Shape,
    pub score: Option<f64>,
    pub origin: Origin,
    pub state: ReviewState,
    pub standing: Standing,
    pub verdict: Option<Verdict>,
    pub disagreement: bool,
    pub doubt: f64,
    pub occluded: bool,
    pub z_order: i32,
    pub group: i64,
    pub attributes: BTreeMap<String, String>,
    pub track: Option<Tracked>,
    pub revision: i64,
    /// In the order given: draft, then second look.
    pub opinions: Vec<OpinionView>,
}

/// An image with all its annotations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ImageView {
    pub image: ImageRow,
    pub annotations: Vec<AnnotationView>,
}

/// How the queue is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QueueOrder {
    #[default]
    MostDoubtful,
    /// What the models disagree on, then the rest; most doubtful first in each.
    DisagreementsFirst,
    /// Image by image, in list order, most doubtful first within one.
    ByImage,
    /// Label by label, most doubtful first within one.
    ByLabel,
    /// Label by label, and within one by area: like beside like.
    Similar,
}

/// A box in the queue: enough to list it and to fetch its image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct QueueItem {
    pub annotation: AnnotationView,
    pub path: String,
    pub width: u32,
    pub height: u32,
}

/// A part of the boxes that a filter lets through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct QueuePage {
    /// All that it lets through.
    pub total: u64,
    /// Whether counting stopped at `total`: there are more.
    pub more: bool,
    pub items: Vec<QueueItem>,
}

/// What a decision did: the images it touched, as they are now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Outcome {
    /// `None` when everything was so already.
    pub step: Option<StepId>,
    /// What was done, for the status line: "Accepted horse".
    pub title: String,
    pub images: Vec<ImageView>,
    pub counts: Counts,
    pub undo: Option<String>,
    pub redo: Option<String>,
}

/// Which boxes; all conditions must hold, an empty or absent one holds for every box.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct BoxFilter {
    pub labels: Vec<LabelId>,
    pub states: Vec<ReviewState>,
    pub standings: Vec<Standing>,
    pub verdicts: Vec<Verdict>,
    pub origins: Vec<Origin>,
    pub shapes: Vec<ShapeKind>,
    /// Score at or above, and below; boxes without a score match neither.
    pub at_least: Option<f64>,
    pub below: Option<f64>,
    /// Text that the image's path contains, letter case aside.
    pub path: String,
    pub image: Option<ImageId>,
    /// Only boxes on which the models disagree, or only others.
    pub disagreement: Option<bool>,
}

impl BoxFilter {
    /// The review queue: undecided, doubtful boxes.
    #[must_use]
    pub fn waiting() -> Self {
        Self { states: vec![ReviewState::Pending], standings: vec![Standing::Doubtful], ..Self::default() }
    }
}

/// What a bulk decision does to the boxes of its filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Accept,
    Reject,
    /// Back to undecided, whatever was decided.
    Reopen,
}

/// A filter with its order, kept in the project under a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SavedFilter {
    pub name: String,
    pub filter: BoxFilter,
    pub order: QueueOrder,
}

/// Who did something, for the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HistoryState {
    /// Done; undo takes the newest such step back.
    Done,
    /// Taken back; redo does the oldest such step again.
    Undone,
    /// Taken back, and then something else was done.
    Dropped,
    /// A model's pass: kept for the record, not undone.
    Run,
}

/// A step of a person or script, or a model's pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HistoryEntry {
    /// `None` for a model's pass.
    pub step: Option<StepId>,
    /// Seconds since 1970.
    pub at: i64,
    /// `person`, `script`, or the model's name.
    pub actor: String,
    pub title: String,
    pub state: HistoryState,
    /// Boxes and images changed; 0 for a model's pass.
    pub changes: u64,
}

/// Where a label is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LabelUse {
    /// Boxes that stand with this label: pending and not withdrawn, accepted, fixed.
    pub standing: u64,
    /// All boxes with this label.
    pub all: u64,
}

/// A model that a card describes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelView {
    pub name: String,
    pub summary: String,
    pub licence: String,
    pub author: String,
    pub head: String,
    pub input: String,
    pub bytes: u64,
    pub sha256: String,
    /// Whether the graph file is there.
    pub present: bool,
    pub path: String,
}

/// What runs in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// List the images of new folders.
    Scan,
    Draft,
    SecondLook,
    FetchModels,
    /// Bring a kind of ONNX Runtime.
    InstallRuntime,
    Export,
    Import,
    /// Take new photos of watched folders through both models.
    Watch,
    /// Send photos and shapes to a CVAT server.
    CvatPush,
    /// Take over what differs in a CVAT task.
    CvatPull,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    Running,
    Paused,
    /// Asked to stop; the work in hand ends first.
    Stopping,
    Done,
    Cancelled,
    Failed,
}

/// A job as the panel shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct JobView {
    pub id: u64,
    pub kind: JobKind,
    pub state: JobState,
    /// What it does right now: "Loading yolov8n", "Drafting".
    pub phase: String,
    pub done: u64,
    /// 0 while not known.
    pub total: u64,
    /// Images (or bytes, for fetching) a second over the last seconds.
    pub rate: f64,
    /// Seconds left; `None` while not known.
    pub left_s: Option<f64>,
    /// "yolov8n on CPU, 2 sessions of 1 thread".
    pub device: Option<String>,
    /// Files skipped, with the reason; the newest fifty.
    pub warnings: Vec<String>,
    /// All warnings, those not listed included.
    pub warning_count: u64,
    /// The end in one sentence, or what went wrong and the way out.
    pub message: Option<String>,
    /// Set when it failed because the device asked for is not there: the device it could run on instead.
    pub fallback: Option<String>,
    /// What it did, where that is more than a sentence; only once it is done.
    pub report: Option<JobReport>,
}

/// What a job did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum JobReport {
    Import { report: Box<ImportReport> },
    CvatPush { report: Box<CvatPushReport> },
    CvatPull { taken: Box<CvatTaken> },
}

/// What to start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum JobRequest {
    Scan {
        folders: Vec<String>,
    },
    Draft {
        model: Option<String>,
        device: Option<String>,
        again: bool,
    },
    SecondLook {
        model: Option<String>,
        device: Option<String>,
        again: bool,
    },
    FetchModels {
        names: Vec<String>,
    },
    InstallRuntime {
        kind: RuntimeKind,
    },
    /// `force`: also what CVAT would refuse or put in the wrong place.
    Export {
        request: ExportRequest,
        force: bool,
    },
    Import {
        options: ImportOptions,
    },
    CvatPush {
        push: CvatPush,
    },
    CvatPull {
        pull: CvatPull,
        take: CvatTake,
    },
    /// Not asked for: it starts when photos come.
    #[serde(skip)]
    Watch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ExportFormat {
    CvatImages,
    /// CVAT for video 1.1: tracks along the images.
    CvatVideo,
    Coco,
    CocoResults,
    Yolo,
    /// YOLO with outlines instead of boxes.
    YoloSegment,
    Voc,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Include {
    /// Only what a person accepted, fixed or drew.
    Reviewed,
    /// Everything that stands: reviewed, settled, and still waiting.
    #[default]
    All,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportRequest {
    pub format: ExportFormat,
    /// File (XML, JSON, or zip with images) or, for YOLO and Pascal VOC, folder.
    pub out: String,
    pub include: Include,
    /// Put the photos into the zip (CVAT) or folder (YOLO, Pascal VOC) too.
    pub with_images: bool,
    /// Truth file whose ids `coco-results` takes over.
    #[serde(default)]
    pub like: Option<String>,
    /// For CVAT: labels get attributes for origin, decision, score and verdict, and shapes their values; an import
    /// takes them back.
    #[serde(default)]
    pub provenance: bool,
}

/// What an export would write or wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportSummary {
    pub out: String,
    pub images: u64,
    pub boxes: u64,
    /// Boxes by label name, most first.
    pub by_label: Vec<(String, u64)>,
    pub reviewed: u64,
    pub settled: u64,
    /// Boxes included that nobody has decided yet although they are doubtful.
    pub undecided: u64,
    /// Images left out because they could not be read.
    pub unreadable: u64,
    /// Of what CVAT would trip over: errors, and what can be mended without anybody having to decide.
    pub errors: u64,
    pub mendable: u64,
    /// What the receiver would trip over, each naming the image.
    pub findings: Vec<String>,
}

/// What changed, for those who show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Images, annotations or counts changed; `outside`: by another program.
    Changed {
        outside: bool,
    },
    Job {
        job: JobView,
    },
}
