//! Inference runs: which model ran, where, with which settings.

use relook_domain::{RunId, Stage};

use crate::{error::StoreError, project::Store};

/// A run that starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    pub stage: Stage,
    pub model: String,
    /// sha256 of the graph, lower-case hex.
    pub model_digest: String,
    /// In words.
    pub device: String,
    /// Name and version of the runtime.
    pub runtime: String,
    /// Thresholds and other settings, JSON text.
    pub params: String,
    /// Seconds since 1970.
    pub started_at: i64,
}

/// A run as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub id: RunId,
    pub stage: Stage,
    pub model: String,
    pub model_digest: String,
    pub device: String,
    pub runtime: String,
    pub params: String,
    pub started_at: i64,
}

impl Store {
    /// # Errors
    /// When the file cannot be written.
    pub fn start_run(&self, run: &NewRun) -> Result<RunId, StoreError> {
        let _ = run;
        todo!()
    }

    /// # Errors
    /// When the file cannot be read.
    pub fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        let _ = id;
        todo!()
    }

    /// All runs, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn runs(&self) -> Result<Vec<Run>, StoreError> {
        todo!()
    }
}
