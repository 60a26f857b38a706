//! The history: steps, undo and redo.

use relook_domain::{ImageId, StepId};

use crate::{error::StoreError, project::Store};

/// Whether a step counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    Done,
    /// Can be redone.
    Undone,
    /// Undone, and then something else was done.
    Dropped,
}

/// A step as listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryStep {
    pub id: StepId,
    /// Seconds since 1970.
    pub at: i64,
    pub actor: String,
    pub title: String,
    pub state: StepState,
    /// Boxes and images changed.
    pub changes: u64,
}

/// What undo or redo did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    pub step: StepId,
    pub title: String,
    /// The images touched, ascending.
    pub images: Vec<ImageId>,
}

impl Store {
    /// Takes the newest step back; `None` when there is none.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] (with the step) where a box was changed since by something outside the history or is
    /// gone; nothing is changed then. [`Store::set_aside`] is the way past it.
    pub fn undo(&self, at: i64) -> Result<Option<Replayed>, StoreError> {
        let _ = at;
        todo!()
    }

    /// Does the step undone last again; `None` when there is none.
    ///
    /// # Errors
    /// As [`Store::undo`].
    pub fn redo(&self, at: i64) -> Result<Option<Replayed>, StoreError> {
        let _ = at;
        todo!()
    }

    /// Takes a step out of undo and redo without changing any box: for one that can no longer be replayed.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_aside(&self, step: StepId) -> Result<(), StoreError> {
        let _ = step;
        todo!()
    }

    /// What undo would take back.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn undo_title(&self) -> Result<Option<String>, StoreError> {
        todo!()
    }

    /// What redo would do again.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn redo_title(&self) -> Result<Option<String>, StoreError> {
        todo!()
    }

    /// Steps, newest first, from before `before`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn history(&self, limit: u64, before: Option<StepId>) -> Result<Vec<HistoryStep>, StoreError> {
        let _ = (limit, before);
        todo!()
    }
}
