//! Decisions in bulk, and back.

use relook_domain::{ImageId, ReviewState, Standing};
use relook_store::{Replayed, StoreError};

use crate::{
    clock,
    error::EngineError,
    project::Project,
    show,
    view::{BoxFilter, Outcome, Verb},
};

impl Verb {
    fn state(self) -> ReviewState {
        match self {
            Self::Accept => ReviewState::Accepted,
            Self::Reject => ReviewState::Rejected,
            Self::Reopen => ReviewState::Pending,
        }
    }

    /// The states and standings of the boxes it applies to; none: any.
    fn able(self) -> (&'static [ReviewState], &'static [Standing]) {
        match self {
            Self::Accept | Self::Reject => {
                (&[ReviewState::Pending], &[Standing::Doubtful, Standing::Settled])
            }
            Self::Reopen => (&[ReviewState::Accepted, ReviewState::Fixed, ReviewState::Rejected], &[]),
        }
    }

    fn past(self) -> &'static str {
        match self {
            Self::Accept => "Accepted",
            Self::Reject => "Rejected",
            Self::Reopen => "Reopened",
        }
    }
}

impl Project {
    /// Takes the newest step back, across restarts.
    ///
    /// # Errors
    /// A box was changed since by something outside the history; the step is set aside and the error says so.
    pub fn undo(&self) -> Result<Outcome, EngineError> {
        let undone = self.store().undo(clock::now());
        self.replayed(undone, |title| format!("Undone: {title}"), "Nothing to undo")
    }

    /// Does the step undone last again.
    ///
    /// # Errors
    /// As for undo.
    pub fn redo(&self) -> Result<Outcome, EngineError> {
        let redone = self.store().redo(clock::now());
        self.replayed(redone, |title| format!("Redone: {title}"), "Nothing to redo")
    }

    pub(crate) fn replayed(
        &self,
        replayed: Result<Option<Replayed>, StoreError>,
        said: impl FnOnce(&str) -> String,
        nothing: &str,
    ) -> Result<Outcome, EngineError> {
        match replayed {
            Ok(Some(r)) => {
                // With other labels everything is shown anew: no images are sent.
                let images = if r.labels { &[][..] } else { &r.images };
                self.outcome(Some(r.step), said(&lower_first(&r.title)), images)
            }
            Ok(None) => self.outcome(None, nothing.to_owned(), &[]),
            Err(error) => {
                if let StoreError::Conflict { step: Some(step), .. }
                | StoreError::ImageConflict { step: Some(step), .. }
                | StoreError::LabelConflict { step: Some(step), .. } = &error
                {
                    // Else one step that can no longer be replayed would bar the way to all before it.
                    self.store().set_aside(*step)?;
                }
                Err(error.into())
            }
        }
    }

    /// How many boxes of the filter `verb` would decide.
    ///
    /// # Errors
    /// A score is none, or the file cannot be read.
    pub fn count_matching(&self, filter: &BoxFilter, verb: Verb) -> Result<u64, EngineError> {
        match self.narrowed(filter, verb)? {
            None => Ok(0),
            Some(filter) => Ok(self.store().matching(&filter)?),
        }
    }

    /// Decides all boxes of a filter as one step. Returns how many, and the outcome without the images touched.
    ///
    /// # Errors
    /// A score is none, or the file cannot be written; nothing is changed then.
    pub fn decide(&self, filter: &BoxFilter, verb: Verb, actor: &str) -> Result<(u64, Outcome), EngineError> {
        let title = |n: u64| format!("{} {n} {}", verb.past(), if n == 1 { "box" } else { "boxes" });
        let done = match self.narrowed(filter, verb)? {
            None => None,
            Some(filter) => self.store().bulk_set_state(&filter, verb.state(), title, actor, clock::now())?,
        };
        let (step, count) = done.map_or((None, 0), |(step, count)| (Some(step), count));
        Ok((count, self.outcome(step, title(count), &[])?))
    }

    /// The filter's boxes that the verb applies to; `None`: none can be.
    pub(crate) fn narrowed(
        &self,
        filter: &BoxFilter,
        verb: Verb,
    ) -> Result<Option<relook_store::BoxFilter>, EngineError> {
        let mut narrowed = show::box_filter(filter)?;
        let (states, standings) = verb.able();
        narrowed.states = common(states, &filter.states);
        if narrowed.standings.is_empty() {
            narrowed.standings = standings.to_vec();
        }
        let labels = self.store().labels()?;
        // A box that is reopened stands again, which it cannot with a label that was deleted.
        if labels.iter().any(|l| l.archived) {
            let living: Vec<_> = labels.iter().filter(|l| !l.archived).map(|l| l.id).collect();
            narrowed.labels = common(&living, &filter.labels);
            if narrowed.labels.is_empty() {
                return Ok(None);
            }
        }
        Ok((!narrowed.states.is_empty()).then_some(narrowed))
    }

    pub(crate) fn outcome(
        &self,
        step: Option<relook_domain::StepId>,
        title: String,
        images: &[ImageId],
    ) -> Result<Outcome, EngineError> {
        /// A bulk step touches any number of images; the doors reload instead.
        const SENT: usize = 100;
        /// Nor are many boxes sent, but those of one image.
        const BOXES_SENT: usize = 5000;
        let mut sent = Vec::new();
        let mut boxes = 0;
        for image in images.iter().filter(|_| images.len() <= SENT) {
            let view = self.image(*image)?;
            boxes += view.annotations.len();
            sent.push(view);
            if boxes > BOXES_SENT && images.len() > 1 {
                sent.clear();
                break;
            }
        }
        Ok(Outcome {
            step,
            title,
            images: sent,
            counts: self.counts()?,
            undo: self.store().undo_title()?,
            redo: self.store().redo_title()?,
        })
    }
}

/// Those of `able` that are wanted; none wanted: all.
fn common<T: Copy + PartialEq>(able: &[T], wanted: &[T]) -> Vec<T> {
    able.iter().copied().filter(|one| wanted.is_empty() || wanted.contains(one)).collect()
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
