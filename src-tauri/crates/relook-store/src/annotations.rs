//! Annotations and the opinions behind them.

use relook_domain::{Annotation, AnnotationId, ImageId, LabelId, Opinion, Rect, Standing, Verdict};

use crate::{error::StoreError, project::Store};

/// A box a model found; its origin and run are those of the pass it is saved with, its state is pending.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAnnotation {
    pub label: LabelId,
    pub rect: Rect,
    pub score: f64,
    pub standing: Standing,
    pub verdict: Option<Verdict>,
    pub disagreement: bool,
    pub doubt: f64,
    /// What the model said, kept beside the box.
    pub opinion: NewOpinion,
}

/// What the model of the pass said about one box.
#[derive(Clone, Debug, PartialEq)]
pub struct NewOpinion {
    pub label: LabelId,
    pub score: f64,
    pub rect: Rect,
    /// Best first, the chosen one included.
    pub alternatives: Vec<(LabelId, f64)>,
}

/// What the second look makes of a box that is there. Left out (and named in the answer) where a person decided or
/// changed the box since `revision`.
#[derive(Clone, Debug, PartialEq)]
pub struct AnnotationUpdate {
    pub id: AnnotationId,
    /// The revision that the models' verdict was formed on.
    pub revision: i64,
    pub label: LabelId,
    pub rect: Rect,
    pub score: Option<f64>,
    pub standing: Standing,
    pub verdict: Option<Verdict>,
    pub disagreement: bool,
    pub doubt: f64,
    /// `None`: the larger model said nothing about it.
    pub opinion: Option<NewOpinion>,
}

impl Store {
    /// All annotations of an image with their opinions (draft, then second look), ordered by id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn annotations_of(&self, image: ImageId) -> Result<Vec<(Annotation, Vec<Opinion>)>, StoreError> {
        let _ = image;
        todo!()
    }

    /// # Errors
    /// When the file cannot be read.
    pub fn annotation(&self, id: AnnotationId) -> Result<Option<(Annotation, Vec<Opinion>)>, StoreError> {
        let _ = id;
        todo!()
    }
}
