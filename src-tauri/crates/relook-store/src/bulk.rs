//! Decisions over many boxes at once, by rule.

use relook_domain::{AnnotationId, ImageId, LabelId, ReviewState, Standing, StepId, Verdict};

use crate::{error::StoreError, project::Store};

/// Which boxes; all conditions must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// Empty: any.
    pub states: Vec<ReviewState>,
    /// Empty: any.
    pub standings: Vec<Standing>,
    /// Score at or above; boxes without a score do not match.
    pub at_least: Option<f64>,
    /// Score below; boxes without a score do not match.
    pub below: Option<f64>,
    pub label: Option<LabelId>,
    pub verdict: Option<Verdict>,
    pub image: Option<ImageId>,
    /// Leaves boxes out on which the models disagree.
    pub undisputed: bool,
}

impl Store {
    /// How many boxes match.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn matching(&self, rule: &Rule) -> Result<u64, StoreError> {
        let _ = rule;
        todo!()
    }

    /// The boxes that match, by id, after `after`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn matching_ids(
        &self,
        rule: &Rule,
        after: Option<AnnotationId>,
        limit: u64,
    ) -> Result<Vec<AnnotationId>, StoreError> {
        let _ = (rule, after, limit);
        todo!()
    }

    /// Gives every box that matches another review state, as one undoable step; returns it with the number of boxes
    /// changed, `None` when nothing would change. An image on which a box is accepted is no longer confirmed empty.
    ///
    /// # Errors
    /// When the file cannot be written; nothing is changed then.
    pub fn bulk_set_state(
        &self,
        rule: &Rule,
        state: ReviewState,
        title: &str,
        actor: &str,
        at: i64,
    ) -> Result<Option<(StepId, u64)>, StoreError> {
        let _ = (rule, state, title, actor, at);
        todo!()
    }
}
