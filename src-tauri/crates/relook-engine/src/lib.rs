//! The verbs of Relook: every use case once, for the window and the command line alike.
//!
//! Knows no tauri, no clap, no SQL and no tensors. Everything here is plain blocking code that may be called from any
//! thread; long work reports to and is steered through a [`Task`].

mod act;
mod agreement;
mod bench;
mod cache;
mod calibrate;
mod clock;
mod cvat;
mod decide;
mod doctor;
mod effort;
mod error;
mod evaluate;
mod export;
mod filters;
mod history;
mod home;
mod import;
mod infer;
mod jobs;
mod label_edit;
mod labels;
mod layout;
mod lint;
mod look;
mod models;
mod photo;
mod pipeline;
mod project;
mod recent;
mod runtimes;
mod scan;
mod servers;
mod settings;
mod show;
mod task;
#[cfg(test)]
mod tests;
mod titles;
mod tracks;
mod truth;
pub mod view;
mod waiting;
mod watch;

pub use agreement::Agreement;
pub use calibrate::{FitReport, ThresholdsReport};
pub use cvat::{
    CvatBy, CvatChange, CvatConnection, CvatDiff, CvatDifference, CvatObstacle, CvatObstacleKind,
    CvatPreview, CvatPull, CvatPush, CvatPushReport, CvatSend, CvatSent, CvatServer, CvatTake, CvatTaken,
    CvatTarget,
};
pub use effort::{Actions, EffortOptions, EffortReport, Prices, Way, WayReport};
pub use error::{Code, EngineError, ErrorView};
pub use evaluate::{ConfusionReport, EvaluateOptions, EvaluationReport, EvaluationStage, LabelReport};
pub use export::default_out;
pub use home::Home;
pub use import::{ImportOptions, ImportReport, Merge};
pub use jobs::{Events, Jobs};
pub use labels::LabelSet;
pub use lint::{LintFinding, LintReport, LintRule, Severity};
pub use look::SecondLookOptions;
pub use models::{
    About, AddModel, AddedModel, CardReason, HeadChoice, LabelList, ModelTrial, ModelTrials, SeenBox,
    SeenPhoto, TrialProblem, TriedClass, TryOn, Values,
};
pub use photo::Photo;
pub use pipeline::{DraftOptions, PassSummary};
pub use project::Project;
pub use runtimes::{RuntimeKind, RuntimeView, RuntimesView};
pub use servers::{ServedModel, ServerReport};
pub use task::{Control, Task};
pub use tracks::{TrackStop, TrackView};
pub use truth::Part;
pub use watch::{WatchNews, WatchOptions, Watching};

/// The version of this build.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The actor written into the history for what a person does in the window.
pub const PERSON: &str = "person";
/// The actor written into the history for what a script decides.
pub const SCRIPT: &str = "command line";
