//! Review: one transaction in which the engine reads a scene and records what the domain's rules made of it.

use std::marker::PhantomData;

use relook_domain::{Annotation, AnnotationId, ImageId, StepId, review::Change};

use crate::{error::StoreError, images::ImageRow, project::Store};

/// An open review transaction: what it reads cannot change before it commits.
#[derive(Debug)]
pub struct ReviewTx<'a> {
    store: PhantomData<&'a Store>,
}

impl ReviewTx<'_> {
    /// The image with all its annotations (withdrawn and rejected ones included), ordered by id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn scene(&self, image: ImageId) -> Result<Option<(ImageRow, Vec<Annotation>)>, StoreError> {
        let _ = image;
        todo!()
    }

    /// The image an annotation is on.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn image_of(&self, annotation: AnnotationId) -> Result<Option<ImageId>, StoreError> {
        let _ = annotation;
        todo!()
    }

    /// An id for a box to create; never given twice.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next_annotation_id(&mut self) -> Result<AnnotationId, StoreError> {
        todo!()
    }

    /// Plays the changes and writes them down as one step; steps undone before can no longer be redone.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where a box is not as a change says it was; the whole transaction must be given up then.
    pub fn record(
        &mut self,
        title: &str,
        actor: &str,
        at: i64,
        changes: &[Change],
    ) -> Result<StepId, StoreError> {
        let _ = (title, actor, at, changes);
        todo!()
    }
}

impl Store {
    /// Runs `decide` in one transaction and commits it to disk; rolled back when `decide` fails.
    ///
    /// # Errors
    /// What `decide` returned, or why the file could not be written.
    pub fn review<T, E: From<StoreError>>(
        &self,
        decide: impl FnOnce(&mut ReviewTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let _ = decide;
        todo!()
    }
}
