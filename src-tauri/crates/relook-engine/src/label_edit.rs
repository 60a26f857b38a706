//! Editing labels so that what is annotated with them stays valid.

use relook_domain::{
    Joint, Label, LabelId, Shape, ShapeKind,
    attributes::{self, Unfit},
};
use relook_store::{JobLock, LabelEdit, ReviewTx, StoreError};

use crate::{
    PERSON, clock,
    error::EngineError,
    labels::plain_label,
    project::Project,
    view::{LabelUse, Outcome},
};

impl Project {
    /// Adds a label with a colour of its own.
    ///
    /// # Errors
    /// The name is empty or taken, or the file cannot be written.
    pub fn add_label(&self, name: &str) -> Result<LabelId, EngineError> {
        let n = self.store().labels()?.len();
        self.save_label(&plain_label(LabelId(0), name, n), PERSON)
    }

    /// Adds a label (id 0) or replaces the living one of its id, as one undoable step. Its boxes keep what still fits:
    /// values of an attribute that is gone go, values that it no longer takes become its default. Returns the label's id.
    ///
    /// # Errors
    /// The label makes no sense, its name or key is another's, boxes of other kinds or skeletons stand in the way of the
    /// change, or its kind changes while a draft runs on the project.
    pub fn save_label(&self, label: &Label, actor: &str) -> Result<LabelId, EngineError> {
        let wanted = Label { name: label.name.trim().to_owned(), archived: false, ..label.clone() };
        attributes::check_label(&wanted)?;
        // A draft that runs would go on making boxes of it.
        let labels = self.store().labels()?;
        let other_kind = labels.iter().any(|l| l.id == wanted.id && l.shape != wanted.shape);
        let _lock = if other_kind { Some(self.lock_for_labels()?) } else { None };
        self.store().review(|tx| {
            let labels = tx.labels()?;
            let before = if wanted.id.0 == 0 { None } else { Some(living(&labels, wanted.id)?.clone()) };
            let id = before.as_ref().map_or_else(|| tx.next_label_id(), |l| Ok(l.id))?;
            let after = Label { id, ..wanted };
            let others = || labels.iter().filter(|l| !l.archived && l.id != id);
            if others().any(|l| l.name == after.name) {
                return Err(StoreError::LabelExists { name: after.name }.into());
            }
            if let Some(other) = others().find(|l| !after.key.is_empty() && l.key == after.key) {
                return Err(Unfit::KeyTaken { key: after.key, label: other.name.clone() }.into());
            }
            if before.as_ref() == Some(&after) {
                return Ok(id);
            }
            let mut values = Vec::new();
            let title = match &before {
                None => format!("Added the label {}", after.name),
                Some(before) => {
                    check_boxes(tx, before, &after)?;
                    let said = tx.values_of(id)?.into_iter();
                    values = said.map(|v| (attributes::adapted(before, &after, &v), v)).map(swap).collect();
                    values.retain(|(was, becomes)| was != becomes);
                    if before.name == after.name {
                        format!("Changed the label {}", after.name)
                    } else {
                        format!("Renamed the label {} to {}", before.name, after.name)
                    }
                }
            };
            let edit = LabelEdit { before, after: Some(after), values, into: None };
            tx.edit_label(&title, actor, clock::now(), &edit)?;
            Ok(id)
        })
    }

    /// Deletes a label as one undoable step. With `into`, all its boxes get that label; without, rejected and withdrawn
    /// ones keep the deleted one.
    ///
    /// # Errors
    /// There is no such label, boxes stand with it and no other label is named, or they do not fit that one; or another
    /// program drafts on the project.
    pub fn delete_label(
        &self,
        id: LabelId,
        into: Option<LabelId>,
        actor: &str,
    ) -> Result<Outcome, EngineError> {
        let _lock = self.lock_for_labels()?;
        let (step, title) = self.store().review(|tx| {
            let labels = tx.labels()?;
            let label = living(&labels, id)?;
            let kinds = tx.kinds_of(id)?;
            let mut values = Vec::new();
            let title = match into {
                None => {
                    let count = kinds.iter().map(|(_, standing, _)| standing).sum();
                    if count > 0 {
                        return Err(Unfit::InUse { label: label.name.clone(), count }.into());
                    }
                    format!("Deleted the label {}", label.name)
                }
                Some(into) if into == id => {
                    return Err(EngineError::Invalid(format!(
                        "{:?} cannot go into itself; choose another label for its boxes",
                        label.name
                    )));
                }
                Some(into) => {
                    let target = living(&labels, into)?;
                    check_kinds(label, target, &kinds)?;
                    let said = tx.values_of(id)?.into_iter();
                    values = said.map(|v| (attributes::fitting(target, &v), v)).map(swap).collect();
                    values.retain(|(was, becomes)| was != becomes);
                    format!("Merged the label {} into {}", label.name, target.name)
                }
            };
            let edit = LabelEdit { before: Some(label.clone()), after: None, values, into };
            let step = tx.edit_label(&title, actor, clock::now(), &edit)?;
            Ok::<_, EngineError>((step, title))
        })?;
        self.outcome(Some(step), title, &[])
    }

    /// Where a label is used.
    ///
    /// # Errors
    /// There is no such label, or the file cannot be read.
    pub fn label_use(&self, id: LabelId) -> Result<LabelUse, EngineError> {
        living(&self.store().labels()?, id)?;
        let (standing, all) = self.store().label_boxes(id)?;
        Ok(LabelUse { standing, all })
    }

    fn lock_for_labels(&self) -> Result<JobLock, EngineError> {
        Ok(self.store().lock_jobs("An edit of a label")?)
    }
}

fn swap<T>((a, b): (T, T)) -> (T, T) {
    (b, a)
}

/// The label of that id, which is there and not deleted.
pub(crate) fn living(labels: &[Label], id: LabelId) -> Result<&Label, EngineError> {
    let label = labels.iter().find(|l| l.id == id);
    let label =
        label.ok_or_else(|| EngineError::NotFound(format!("There is no label {id} in this project")))?;
    if label.archived { Err(Unfit::Archived(label.name.clone()).into()) } else { Ok(label) }
}

/// That what stands with the label may go on standing.
fn check_boxes(tx: &ReviewTx<'_>, before: &Label, after: &Label) -> Result<(), EngineError> {
    let joints = attributes::same_joints(before, after);
    if joints && (after.shape.is_none() || after.shape == before.shape) {
        return Ok(());
    }
    let kinds = tx.kinds_of(before.id)?;
    let skeletons: u64 = kinds.iter().filter(|(k, ..)| *k == ShapeKind::Skeleton).map(|(.., all)| all).sum();
    if !joints && skeletons > 0 {
        return Err(Unfit::SkeletonInUse { label: before.name.clone(), count: skeletons }.into());
    }
    check_kinds(before, after, &kinds)
}

/// That the label's boxes, counted by kind, may have the label `now`.
fn check_kinds(label: &Label, now: &Label, kinds: &[(ShapeKind, u64, u64)]) -> Result<(), EngineError> {
    if let Some(wanted) = now.shape {
        let count = kinds.iter().filter(|(k, ..)| *k != wanted).map(|(_, standing, _)| standing).sum();
        if count > 0 {
            let label = label.name.clone();
            return Err(Unfit::OtherKinds { label, wanted: wanted.word(), count }.into());
        }
    }
    if let Some(skeleton) = &label.skeleton
        && kinds.iter().any(|(k, _, all)| *k == ShapeKind::Skeleton && *all > 0)
    {
        let joint = |name: String| Joint { name, x: 0.0, y: 0.0, occluded: false, outside: false };
        let joints = skeleton.joints.iter().map(|j| joint(j.name.clone())).collect();
        attributes::check_shape(now, &Shape::Skeleton { joints })?;
    }
    Ok(())
}
