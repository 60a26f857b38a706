//! The project file: the only SQL of Relook.
//!
//! One SQLite file per project (`*.relook`), one writer, a few readers, safe to share between threads and programs.
//! The store decides nothing: it keeps, finds, counts and replays what the domain's rules produced. No type of the
//! database library leaves this crate.

mod annotations;
mod bulk;
mod codes;
mod connection;
mod counts;
mod cvat;
mod error;
mod filter;
mod folders;
mod history;
mod image_list;
mod images;
mod import;
mod jobs;
mod label_edit;
mod labels;
mod lock;
mod migrations;
mod project;
mod queue;
mod replay;
mod review;
mod runs;
mod scores;
mod snapshot;
mod tracks;

pub use annotations::{AnnotationUpdate, NewAnnotation, NewOpinion};
pub use counts::Counts;
pub use cvat::CvatUpload;
pub use error::StoreError;
pub use filter::BoxFilter;
pub use folders::Folder;
pub use history::{HistoryStep, Replayed, StepState};
pub use images::{
    Added, ImageFilter, ImagePage, ImageRow, ImageStatus, NewImage, Pass, PassOutcome, Problem,
};
pub use import::ImportMark;
pub use jobs::{DraftOutcome, DraftResult, LookOutcome, LookResult, Measured};
pub use label_edit::LabelEdit;
pub use lock::JobLock;
pub use project::{NewProject, Store};
pub use queue::{QueueOrder, QueuePage, QueueRow};
pub use review::ReviewTx;
pub use runs::{NewRun, Run};
pub use scores::{DecidedScore, WaitingScore};
pub use snapshot::Snapshot;

#[cfg(test)]
mod tests;
