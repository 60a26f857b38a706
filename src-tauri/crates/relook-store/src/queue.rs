//! The review queue: undecided, doubtful boxes.

use relook_domain::{Annotation, LabelId, Opinion};

use crate::{error::StoreError, project::Store};

/// How the queue is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueueOrder {
    #[default]
    MostDoubtful,
    /// Image by image, in list order, most doubtful first within one.
    ByImage,
    /// Label by label, most doubtful first within one.
    ByLabel,
}

/// A box in the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueRow {
    pub annotation: Annotation,
    /// Draft, then second look.
    pub opinions: Vec<Opinion>,
    /// The image's path relative to its folder.
    pub path: String,
    /// The image's upright pixels; `None` until the file was read once.
    pub size: Option<(u32, u32)>,
}

/// A part of the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuePage {
    /// All boxes that wait (of the label asked for).
    pub total: u64,
    pub rows: Vec<QueueRow>,
}

impl Store {
    /// # Errors
    /// When the file cannot be read.
    pub fn queue(
        &self,
        order: QueueOrder,
        label: Option<LabelId>,
        offset: u64,
        limit: u64,
    ) -> Result<QueuePage, StoreError> {
        let _ = (order, label, offset, limit);
        todo!()
    }
}
