//! Counts over the whole project, kept up to date by triggers.

use relook_domain::LabelId;

use crate::{error::StoreError, project::Store};

/// Counts over a whole project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    /// Undecided boxes the models settled.
    pub settled: u64,
    pub accepted: u64,
    pub fixed: u64,
    pub rejected: u64,
    /// Undecided boxes too weak to be shown.
    pub withdrawn: u64,
}

impl Store {
    /// # Errors
    /// When the file cannot be read.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        todo!()
    }

    /// Boxes waiting in the queue by label, labels without any left out; ascending by label.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn queued_by_label(&self) -> Result<Vec<(LabelId, u64)>, StoreError> {
        todo!()
    }
}
