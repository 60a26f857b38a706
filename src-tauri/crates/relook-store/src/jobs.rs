//! What jobs ask for and save: a row, its result and its done-mark in one transaction.

use relook_domain::{AnnotationId, ImageId, RunId, Stage};

use crate::{
    annotations::{AnnotationUpdate, NewAnnotation},
    error::StoreError,
    images::{ImageRow, Problem},
    project::Store,
};

/// What reading the file told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Upright pixels.
    pub width: u32,
    pub height: u32,
    /// sha256 of the content, lower-case hex.
    pub digest: Option<String>,
}

/// The draft of one image.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftResult {
    pub image: ImageId,
    pub outcome: DraftOutcome,
}

#[derive(Clone, Debug, PartialEq)]
pub enum DraftOutcome {
    /// Takes the place of the undecided boxes of earlier drafts and second looks.
    Done { measured: Measured, boxes: Vec<NewAnnotation> },
    /// The image could not be read; its boxes stay as they are.
    Failed(Problem),
}

/// The second look at one image.
#[derive(Clone, Debug, PartialEq)]
pub struct LookResult {
    pub image: ImageId,
    pub outcome: LookOutcome,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LookOutcome {
    /// Undecided boxes added by an earlier second look are replaced by `added`.
    Done { updates: Vec<AnnotationUpdate>, added: Vec<NewAnnotation> },
    /// Not needed.
    Skipped,
    /// The image could not be read; its boxes stay as they are.
    Failed(Problem),
}

impl Store {
    /// The next images of a pass, by id, after `after`.
    ///
    /// Draft: images without a draft mark. Second look: images with a draft done and without a second-look mark. With
    /// `again`, also those whose mark is of a run before that one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn images_without_pass(
        &self,
        stage: Stage,
        again: Option<RunId>,
        after: Option<ImageId>,
        limit: u64,
    ) -> Result<Vec<ImageRow>, StoreError> {
        let _ = (stage, again, after, limit);
        todo!()
    }

    /// How many images [`Store::images_without_pass`] would give in all.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count_without_pass(&self, stage: Stage, again: Option<RunId>) -> Result<u64, StoreError> {
        let _ = (stage, again);
        todo!()
    }

    /// Saves drafts, all or none.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save_draft(&self, run: RunId, results: &[DraftResult]) -> Result<(), StoreError> {
        let _ = (run, results);
        todo!()
    }

    /// Saves second looks, all or none. Returns the boxes left as they are because a person changed them meanwhile.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save_second_look(
        &self,
        run: RunId,
        results: &[LookResult],
    ) -> Result<Vec<AnnotationId>, StoreError> {
        let _ = (run, results);
        todo!()
    }
}
