//! Decisions: one by one, in bulk, and back.

use relook_domain::{
    ImageId, ReviewState, Standing,
    review::{Action, Change, Scene, apply},
};
use relook_store::{Replayed, Rule, StoreError};

use crate::{
    clock,
    error::EngineError,
    project::Project,
    view::{BulkRule, Outcome},
};

/// What a bulk decision does to the boxes of its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Accept,
    Reject,
    /// Back to undecided, whatever was decided.
    Reopen,
}

impl Verb {
    fn state(self) -> ReviewState {
        match self {
            Self::Accept => ReviewState::Accepted,
            Self::Reject => ReviewState::Rejected,
            Self::Reopen => ReviewState::Pending,
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
    /// Does one action and commits it to disk before returning. `actor` is written into the history.
    ///
    /// # Errors
    /// Stale or refused actions, or a file that cannot be written; nothing is changed then.
    pub fn act(&self, action: &Action, actor: &str) -> Result<Outcome, EngineError> {
        if let Action::Draw { image, .. } = action {
            self.measure(*image)?;
        }
        let labels = self.store().labels()?;
        if let Action::Relabel { label, .. } | Action::Draw { label, .. } = action
            && !labels.iter().any(|l| l.id == *label)
        {
            return Err(EngineError::NotFound(format!("There is no label {label} in this project")));
        }
        let name = |id| labels.iter().find(|l| l.id == id).map_or("box", |l| l.name.as_str());
        let (step, title, image) = self.store().review(|tx| {
            let image = match *action {
                Action::Draw { image, .. }
                | Action::AcceptRest { image }
                | Action::ConfirmEmpty { image }
                | Action::UnconfirmEmpty { image } => image,
                Action::Accept { id, .. }
                | Action::Reject { id, .. }
                | Action::Reopen { id, .. }
                | Action::Relabel { id, .. }
                | Action::Reshape { id, .. }
                | Action::Describe { id, .. } => {
                    tx.image_of(id)?.ok_or(EngineError::Refused(relook_domain::review::Refusal::Gone(id)))?
                }
            };
            let (row, annotations) = tx
                .scene(image)?
                .ok_or_else(|| EngineError::NotFound(format!("There is no image {image} in this project")))?;
            let (width, height) = row.size.unwrap_or_default();
            let scene = Scene {
                image,
                width,
                height,
                confirmed_empty: row.confirmed_empty,
                annotations: &annotations,
            };
            let new_id = tx.next_annotation_id()?;
            let changes = apply(action, &scene, new_id)?;
            let label_of =
                |id| annotations.iter().find(|a| a.id == id).map_or("box", |a| name(a.label)).to_owned();
            let title = title(action, &changes, label_of, name);
            let step = match changes.as_slice() {
                [] => None,
                changes => Some(tx.record(&title, actor, clock::now(), changes)?),
            };
            Ok::<_, EngineError>((step, title, image))
        })?;
        self.outcome(step, title, &[image])
    }

    /// Takes the newest step back, across restarts.
    ///
    /// # Errors
    /// A box was changed since by something outside the history; the step is set aside and the error says so.
    pub fn undo(&self) -> Result<Outcome, EngineError> {
        self.replay(self.store().undo(clock::now()), "Undone", "Nothing to undo")
    }

    /// Does the step undone last again.
    ///
    /// # Errors
    /// As for undo.
    pub fn redo(&self) -> Result<Outcome, EngineError> {
        self.replay(self.store().redo(clock::now()), "Redone", "Nothing to redo")
    }

    fn replay(
        &self,
        replayed: Result<Option<Replayed>, StoreError>,
        word: &str,
        nothing: &str,
    ) -> Result<Outcome, EngineError> {
        match replayed {
            Ok(Some(r)) => {
                self.outcome(Some(r.step), format!("{word}: {}", lower_first(&r.title)), &r.images)
            }
            Ok(None) => self.outcome(None, nothing.to_owned(), &[]),
            Err(error) => {
                if let StoreError::Conflict { step: Some(step), .. }
                | StoreError::ImageConflict { step: Some(step), .. } = &error
                {
                    // Else one step that can no longer be replayed would bar the way to all before it.
                    self.store().set_aside(*step)?;
                }
                Err(error.into())
            }
        }
    }

    /// How many boxes a rule would decide.
    ///
    /// # Errors
    /// Unknown label or image.
    pub fn count_matching(&self, rule: &BulkRule, verb: Verb) -> Result<u64, EngineError> {
        Ok(self.store().matching(&self.rule(rule, verb)?)?)
    }

    /// Decides all boxes of a rule as one step. Returns how many, and the outcome without the images touched.
    ///
    /// # Errors
    /// Unknown label or image, or a file that cannot be written; nothing is changed then.
    pub fn decide(&self, rule: &BulkRule, verb: Verb, actor: &str) -> Result<(u64, Outcome), EngineError> {
        let stored = self.rule(rule, verb)?;
        let count = self.store().matching(&stored)?;
        let title = format!("{} {count} {}", verb.past(), if count == 1 { "box" } else { "boxes" });
        let done = self.store().bulk_set_state(&stored, verb.state(), &title, actor, clock::now())?;
        let (step, count) = done.map_or((None, 0), |(step, count)| (Some(step), count));
        Ok((count, self.outcome(step, title, &[])?))
    }

    fn rule(&self, rule: &BulkRule, verb: Verb) -> Result<Rule, EngineError> {
        for score in [rule.at_least, rule.below].into_iter().flatten() {
            if !(0.0..=1.0).contains(&score) {
                return Err(EngineError::Invalid(format!("A score lies between 0 and 1; {score} does not")));
            }
        }
        let label = rule.label.as_deref().map(|name| self.label_named(name)).transpose()?.map(|l| l.id);
        let image = rule.image.as_deref().map(|path| self.image_at(path)).transpose()?.map(|v| v.image.id);
        let states = match verb {
            Verb::Accept | Verb::Reject => vec![ReviewState::Pending],
            Verb::Reopen => vec![ReviewState::Accepted, ReviewState::Fixed, ReviewState::Rejected],
        };
        let standings = match (rule.standing, verb) {
            (Some(standing), _) => vec![standing],
            (None, Verb::Reopen) => Vec::new(),
            (None, _) => vec![Standing::Doubtful, Standing::Settled],
        };
        Ok(Rule {
            states,
            standings,
            at_least: rule.at_least,
            below: rule.below,
            label,
            verdict: rule.verdict,
            image,
            undisputed: rule.undisputed,
        })
    }

    fn outcome(
        &self,
        step: Option<relook_domain::StepId>,
        title: String,
        images: &[ImageId],
    ) -> Result<Outcome, EngineError> {
        /// A bulk step touches any number of images; the doors reload instead.
        const SENT: usize = 20;
        let images = if images.len() > SENT {
            Vec::new()
        } else {
            images.iter().map(|i| self.image(*i)).collect::<Result<_, _>>()?
        };
        Ok(Outcome {
            step,
            title,
            images,
            counts: self.counts()?,
            undo: self.store().undo_title()?,
            redo: self.store().redo_title()?,
        })
    }
}

fn title<'a>(
    action: &Action,
    changes: &[Change],
    label_of: impl Fn(relook_domain::AnnotationId) -> String,
    name: impl Fn(relook_domain::LabelId) -> &'a str,
) -> String {
    match action {
        Action::Accept { id, .. } => format!("Accepted {}", label_of(*id)),
        Action::Reject { id, .. } => format!("Rejected {}", label_of(*id)),
        Action::Reopen { id, .. } => format!("Reopened {}", label_of(*id)),
        Action::Relabel { id, label, .. } => format!("Relabelled {} to {}", label_of(*id), name(*label)),
        Action::Reshape { id, .. } => format!("Fixed the box of {}", label_of(*id)),
        Action::Describe { id, .. } => format!("Changed the details of {}", label_of(*id)),
        Action::Draw { label, .. } => format!("Drew {}", name(*label)),
        Action::AcceptRest { .. } => match changes.len() {
            1 => "Accepted 1 box of an image".to_owned(),
            n => format!("Accepted {n} boxes of an image"),
        },
        Action::ConfirmEmpty { .. } => "Confirmed an image empty".to_owned(),
        Action::UnconfirmEmpty { .. } => "Took \"confirmed empty\" back".to_owned(),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
