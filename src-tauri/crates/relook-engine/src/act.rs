//! Decisions one by one: a list of actions as one step.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use relook_domain::{
    Annotation, AnnotationId, ImageId, Label, attributes,
    review::{Action, Change, Details, Refusal, Scene, apply},
};
use relook_store::{ImageRow, ReviewTx};

use crate::{clock, error::EngineError, label_edit::living, project::Project, titles, tracks, view::Outcome};

impl Project {
    /// Does one action and commits it to disk before returning. `actor` is written into the history.
    ///
    /// # Errors
    /// As [`Project::act_all`].
    pub fn act(&self, action: &Action, actor: &str) -> Result<Outcome, EngineError> {
        self.act_all(std::slice::from_ref(action), actor)
    }

    /// Does all the actions, in order, as one step, and commits it to disk before returning. A later action sees what
    /// earlier ones did; all name the revisions that were seen before the first.
    ///
    /// # Errors
    /// An empty list, stale or refused actions, or a file that cannot be written; nothing is changed then.
    pub fn act_all(&self, actions: &[Action], actor: &str) -> Result<Outcome, EngineError> {
        if actions.is_empty() {
            return Err(EngineError::Invalid("There is nothing to do: the list of actions is empty".into()));
        }
        for image in actions.iter().filter_map(drawn_on).collect::<BTreeSet<_>>() {
            self.measure(image)?;
        }
        let (step, title, images) = self.store().review(|tx| {
            let labels = tx.labels()?;
            let mut work = Work { tx, labels: &labels, stages: BTreeMap::new(), of: BTreeMap::new() };
            let mut done = Vec::new();
            for action in actions {
                let (label, changes) = work.perform(action)?;
                done.push(titles::Done { action, label, changes });
            }
            let mut images: BTreeSet<ImageId> = work.stages.into_keys().collect();
            let title = titles::of(&done, &labels);
            let changes: Vec<Change> = done.into_iter().flat_map(|d| d.changes).collect();
            if changes.is_empty() {
                return Ok((None, title, images));
            }
            let mut step = tx.record(&title, actor, clock::now(), &changes)?;
            let (followed, on) = tracks::followed(tx, actions, &changes, &labels)?;
            if !followed.is_empty() {
                step = tx.record_part(&title, actor, clock::now(), Some(step), &followed)?;
                images.extend(on);
            }
            Ok::<_, EngineError>((Some(step), title, images))
        })?;
        self.outcome(step, title, &images.into_iter().collect::<Vec<_>>())
    }
}

fn drawn_on(action: &Action) -> Option<ImageId> {
    match action {
        Action::Draw { image, .. } => Some(*image),
        _ => None,
    }
}

/// An image as the actions so far leave it; revisions stay those that were seen.
struct Stage {
    row: ImageRow,
    annotations: Vec<Annotation>,
    confirmed_empty: bool,
}

struct Work<'a, 'tx> {
    tx: &'a mut ReviewTx<'tx>,
    labels: &'a [Label],
    stages: BTreeMap<ImageId, Stage>,
    /// The image of each annotation met.
    of: BTreeMap<AnnotationId, ImageId>,
}

impl Work<'_, '_> {
    /// What the action changes, and the label of the box it is about.
    fn perform(&mut self, action: &Action) -> Result<(Option<String>, Vec<Change>), EngineError> {
        let image = self.image_of(action)?;
        let new_id = self.tx.next_annotation_id()?;
        let labels = self.labels;
        let stage = self.stage(image)?;
        let action = &*fitting(action, &stage.annotations, labels)?;
        let (width, height) = stage.row.size.unwrap_or_default();
        let scene = Scene {
            image,
            width,
            height,
            confirmed_empty: stage.confirmed_empty,
            annotations: &stage.annotations,
        };
        let mut changes = apply(action, &scene, new_id)?;
        if let Action::Relabel { label, .. } = action {
            keep_what_fits(&mut changes, &stage.annotations, living(labels, *label)?);
        }
        let label =
            about(action).and_then(|id| stage.annotations.iter().find(|a| a.id == id)).map(|a| a.label);
        for change in &changes {
            stage.play(change);
        }
        let name = label.and_then(|id| labels.iter().find(|l| l.id == id)).map(|l| l.name.clone());
        Ok((name, changes))
    }

    fn image_of(&self, action: &Action) -> Result<ImageId, EngineError> {
        match *action {
            Action::Draw { image, .. }
            | Action::AcceptRest { image }
            | Action::ConfirmEmpty { image }
            | Action::UnconfirmEmpty { image } => Ok(image),
            Action::Accept { id, .. }
            | Action::Reject { id, .. }
            | Action::Reopen { id, .. }
            | Action::Relabel { id, .. }
            | Action::Reshape { id, .. }
            | Action::Describe { id, .. }
            | Action::SetKeyframe { id, .. }
            | Action::EndTrack { id, .. } => match self.of.get(&id) {
                Some(image) => Ok(*image),
                None => self.tx.image_of(id)?.ok_or(EngineError::Refused(Refusal::Gone(id))),
            },
        }
    }

    fn stage(&mut self, image: ImageId) -> Result<&mut Stage, EngineError> {
        if !self.stages.contains_key(&image) {
            let (row, annotations) = self
                .tx
                .scene(image)?
                .ok_or_else(|| EngineError::NotFound(format!("There is no image {image} in this project")))?;
            self.of.extend(annotations.iter().map(|a| (a.id, image)));
            let confirmed_empty = row.confirmed_empty;
            self.stages.insert(image, Stage { row, annotations, confirmed_empty });
        }
        self.stages
            .get_mut(&image)
            .ok_or_else(|| EngineError::Failed(format!("Image {image} was lost while it was changed")))
    }
}

impl Stage {
    fn play(&mut self, change: &Change) {
        match change {
            Change::Edit { id, after, .. } => {
                if let Some(a) = self.annotations.iter_mut().find(|a| a.id == *id) {
                    after.write_to(a);
                }
            }
            Change::Create { annotation } => self.annotations.push((**annotation).clone()),
            Change::Delete { annotation } => self.annotations.retain(|a| a.id != annotation.id),
            Change::Empty { after, .. } => self.confirmed_empty = *after,
            Change::Label { .. } => {}
        }
    }
}

/// The action as it fits the labels: what is drawn gets the defaults of the attributes that it says nothing of.
///
/// # Errors
/// A shape or a value would not fit its label, or the label was deleted.
fn fitting<'a>(
    action: &'a Action,
    annotations: &[Annotation],
    labels: &[Label],
) -> Result<Cow<'a, Action>, EngineError> {
    let its = about(action).and_then(|id| annotations.iter().find(|a| a.id == id));
    let its_label = its.and_then(|a| labels.iter().find(|l| l.id == a.label));
    match action {
        Action::Draw { image, label, geometry, details } => {
            let label = living(labels, *label)?;
            attributes::check_shape(label, &geometry.shape)?;
            let given = details.attributes.clone().unwrap_or_default();
            attributes::check(label, &given)?;
            let filled = attributes::with_defaults(label, &given);
            let details = Details { attributes: Some(filled), ..details.clone() };
            let (image, label, geometry) = (*image, label.id, geometry.clone());
            return Ok(Cow::Owned(Action::Draw { image, label, geometry, details }));
        }
        Action::Relabel { label, .. } => {
            let label = living(labels, *label)?;
            if let Some(a) = its {
                attributes::check_shape(label, &a.shape)?;
            }
        }
        Action::Reshape { geometry, .. } => {
            if let Some(label) = its_label {
                attributes::check_shape(label, &geometry.shape)?;
            }
        }
        Action::Describe { details, .. } => {
            if let (Some(label), Some(given)) = (its_label, &details.attributes) {
                attributes::check(label, given)?;
            }
        }
        Action::Accept { .. } | Action::Reopen { .. } => {
            if let Some(label) = its_label {
                living(labels, label.id)?;
            }
        }
        Action::Reject { .. }
        | Action::SetKeyframe { .. }
        | Action::EndTrack { .. }
        | Action::AcceptRest { .. }
        | Action::ConfirmEmpty { .. }
        | Action::UnconfirmEmpty { .. } => {}
    }
    Ok(Cow::Borrowed(action))
}

/// A box that gets another label keeps the attribute values that this one takes.
fn keep_what_fits(changes: &mut [Change], annotations: &[Annotation], label: &Label) {
    for change in changes {
        let Change::Edit { id, before, after } = change else { continue };
        let Some(a) = annotations.iter().find(|a| a.id == *id) else { continue };
        let kept = attributes::fitting(label, &a.attributes);
        if kept != a.attributes {
            before.details.attributes = Some(a.attributes.clone());
            after.details.attributes = Some(kept);
        }
    }
}

/// The box an action is about, if it is about one.
fn about(action: &Action) -> Option<AnnotationId> {
    match *action {
        Action::Accept { id, .. }
        | Action::Reject { id, .. }
        | Action::Reopen { id, .. }
        | Action::Relabel { id, .. }
        | Action::Reshape { id, .. }
        | Action::Describe { id, .. }
        | Action::SetKeyframe { id, .. }
        | Action::EndTrack { id, .. } => Some(id),
        Action::Draw { .. }
        | Action::AcceptRest { .. }
        | Action::ConfirmEmpty { .. }
        | Action::UnconfirmEmpty { .. } => None,
    }
}
