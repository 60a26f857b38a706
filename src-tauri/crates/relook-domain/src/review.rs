//! Review: what a person can do to one annotation, and how it is undone.
//!
//! [`apply`] turns an action into [`Change`]s; a change knows its inverse, so undo and redo replay stored data and
//! survive a restart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    annotation::{Annotation, Origin, ReviewState, Standing},
    geometry::Rect,
    ids::{AnnotationId, ImageId, LabelId},
    label::Label,
    shape::{Geometry, MIN_SIDE, Shape},
};

/// One decision about one image or annotation. `revision` is the one the person saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Right as it stands.
    Accept { id: AnnotationId, revision: i64 },
    /// Not an object, or not wanted. A box drawn by hand is removed instead.
    Reject { id: AnnotationId, revision: i64 },
    /// Back to undecided.
    Reopen { id: AnnotationId, revision: i64 },
    /// Another label; the box counts as fixed.
    Relabel { id: AnnotationId, revision: i64, label: LabelId },
    /// Another geometry, made sound ([`Geometry::sound`]); the box counts as fixed.
    Reshape { id: AnnotationId, revision: i64, geometry: Geometry },
    /// Occlusion, z-order, group or attributes; leaves the review state as it is.
    Describe { id: AnnotationId, revision: i64, details: Details },
    /// Sets the shape of a track here, or has it interpolated between the keyframes beside it.
    SetKeyframe { id: AnnotationId, revision: i64, keyframe: bool },
    /// The last image on which the track is seen: its shapes on the images after go. A keyframe from now on.
    EndTrack { id: AnnotationId, revision: i64 },
    /// A shape drawn (or pasted) by hand: accepted at once.
    Draw {
        image: ImageId,
        label: LabelId,
        geometry: Geometry,
        #[serde(default)]
        details: Details,
    },
    /// Accept every box of the image that stands undecided.
    AcceptRest { image: ImageId },
    /// There is nothing to label on this image: rejects what is undecided. Refused where something is accepted.
    ConfirmEmpty { image: ImageId },
    /// Take the confirmation back.
    UnconfirmEmpty { image: ImageId },
}

/// The parts of an annotation that describe it without deciding it. `None`: leave as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Details {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub occluded: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub z_order: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub group: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub attributes: Option<BTreeMap<String, String>>,
}

/// The fields of an annotation that a change touched; `None`: untouched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Patch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ReviewState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rect: Option<Rect>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
    /// Of a shape of a track.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyframe: Option<bool>,
    #[serde(flatten)]
    pub details: Details,
}

impl Patch {
    /// Writes the touched fields into `annotation`.
    pub fn write_to(&self, annotation: &mut Annotation) {
        let set = |a: &mut Annotation| {
            if let Some(v) = self.state {
                a.state = v;
            }
            if let Some(v) = self.label {
                a.label = v;
            }
            if let Some(v) = self.rect {
                a.rect = v;
            }
            if let Some(v) = self.rotation {
                a.rotation = v;
            }
            if let Some(v) = &self.shape {
                a.shape.clone_from(v);
            }
            if let (Some(v), Some(track)) = (self.keyframe, &mut a.track) {
                track.keyframe = v;
            }
            if let Some(v) = self.details.occluded {
                a.occluded = v;
            }
            if let Some(v) = self.details.z_order {
                a.z_order = v;
            }
            if let Some(v) = self.details.group {
                a.group = v;
            }
            if let Some(v) = &self.details.attributes {
                a.attributes.clone_from(v);
            }
        };
        set(annotation);
    }

    /// The same fields as `self`, with the values `annotation` has now: the inverse of writing `self` to it.
    #[must_use]
    pub fn taken_from(&self, annotation: &Annotation) -> Self {
        Self {
            state: self.state.map(|_| annotation.state),
            label: self.label.map(|_| annotation.label),
            rect: self.rect.map(|_| annotation.rect),
            rotation: self.rotation.map(|_| annotation.rotation),
            shape: self.shape.as_ref().map(|_| annotation.shape.clone()),
            keyframe: self.keyframe.map(|_| annotation.track.is_some_and(|t| t.keyframe)),
            details: Details {
                occluded: self.details.occluded.map(|_| annotation.occluded),
                z_order: self.details.z_order.map(|_| annotation.z_order),
                group: self.details.group.map(|_| annotation.group),
                attributes: self.details.attributes.as_ref().map(|_| annotation.attributes.clone()),
            },
        }
    }
}

/// One stored change of a step, with all that its inverse needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly all changes are edits; boxing them saves nothing")]
pub enum Change {
    Edit {
        id: AnnotationId,
        before: Patch,
        after: Patch,
    },
    Create {
        annotation: Box<Annotation>,
    },
    Delete {
        annotation: Box<Annotation>,
    },
    Empty {
        image: ImageId,
        before: bool,
        after: bool,
    },
    /// `None`: the label was not there, or is no longer.
    Label {
        before: Option<Box<Label>>,
        after: Option<Box<Label>>,
    },
}

impl Change {
    #[must_use]
    pub fn inverse(self) -> Self {
        match self {
            Self::Edit { id, before, after } => Self::Edit { id, before: after, after: before },
            Self::Create { annotation } => Self::Delete { annotation },
            Self::Delete { annotation } => Self::Create { annotation },
            Self::Empty { image, before, after } => Self::Empty { image, before: after, after: before },
            Self::Label { before, after } => Self::Label { before: after, after: before },
        }
    }
}

/// What [`apply`] needs to know of an image.
#[derive(Clone, Debug)]
pub struct Scene<'a> {
    pub image: ImageId,
    /// Upright pixels.
    pub width: u32,
    pub height: u32,
    pub confirmed_empty: bool,
    /// All annotations of the image, withdrawn and rejected ones included.
    pub annotations: &'a [Annotation],
}

/// Why an action cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("Box {0} is no longer there; the image was reloaded")]
    Gone(AnnotationId),
    #[error("Box {id} was changed elsewhere since it was shown; look at it again")]
    Stale { id: AnnotationId },
    #[error("The shape is outside the image, has too few points or is smaller than {MIN_SIDE} pixel")]
    Degenerate,
    #[error("Accepted boxes are on this image ({count}); reject them first if it really is empty")]
    NotEmpty { count: usize },
    #[error("There is nothing left to accept on this image")]
    NothingLeft,
    #[error("Box {0} belongs to no track")]
    NoTrack(AnnotationId),
    #[error("The track begins with this shape, which stays a keyframe; reject it where it is not to be seen")]
    TrackBegins,
}

/// The changes that `action` makes to `scene`; none when everything is so already.
///
/// `new_id` is the id a drawn box gets.
///
/// # Errors
/// [`Refusal`] names what stands against it; nothing is changed then.
pub fn apply(action: &Action, scene: &Scene<'_>, new_id: AnnotationId) -> Result<Vec<Change>, Refusal> {
    match action {
        Action::Accept { id, revision } => {
            let a = find(scene, *id, *revision)?;
            if matches!(a.state, ReviewState::Accepted | ReviewState::Fixed) {
                return Ok(Vec::new());
            }
            Ok(with_box(scene, edit(a, state(ReviewState::Accepted))))
        }
        Action::Reject { id, revision } => {
            let a = find(scene, *id, *revision)?;
            if a.origin == Origin::Manual {
                return Ok(vec![Change::Delete { annotation: Box::new(a.clone()) }]);
            }
            Ok(edit(a, state(ReviewState::Rejected)).into_iter().collect())
        }
        Action::Reopen { id, revision } => {
            let a = find(scene, *id, *revision)?;
            Ok(with_box(scene, edit(a, state(ReviewState::Pending))))
        }
        Action::Relabel { id, revision, label } => {
            let a = find(scene, *id, *revision)?;
            let patch = Patch { label: Some(*label), ..state(decided(a, a.label != *label)) };
            Ok(with_box(scene, edit(a, patch)))
        }
        Action::Reshape { id, revision, geometry } => {
            let a = find(scene, *id, *revision)?;
            let now = sound(scene, geometry)?;
            let patch = Patch {
                rect: Some(now.rect),
                rotation: (now.rotation != a.rotation).then_some(now.rotation),
                shape: (now.shape != a.shape).then_some(now.shape.clone()),
                ..state(decided(a, a.geometry() != now))
            };
            Ok(with_box(scene, edit(a, set_here(a, patch, a.geometry() != now))))
        }
        Action::Describe { id, revision, details } => {
            let a = find(scene, *id, *revision)?;
            let patch = Patch { details: details.clone(), ..Patch::default() };
            // A track is in one group as a whole.
            let here = Details { group: None, ..details.clone() };
            let here = Patch { details: here, ..Patch::default() };
            let differs = here.taken_from(a) != here;
            Ok(edit(a, set_here(a, patch, differs)).into_iter().collect())
        }
        Action::SetKeyframe { id, revision, keyframe } => {
            let a = find(scene, *id, *revision)?;
            Ok(edit(a, as_keyframe(a, *keyframe)?).into_iter().collect())
        }
        Action::EndTrack { id, revision } => {
            let a = find(scene, *id, *revision)?;
            Ok(edit(a, as_keyframe(a, true)?).into_iter().collect())
        }
        Action::Draw { label, geometry, details, .. } => {
            let Geometry { rect, rotation, shape } = sound(scene, geometry)?;
            let mut drawn = Annotation {
                id: new_id,
                image: scene.image,
                label: *label,
                rect,
                rotation,
                shape,
                score: None,
                origin: Origin::Manual,
                state: ReviewState::Accepted,
                standing: Standing::Settled,
                verdict: None,
                disagreement: false,
                doubt: 0.0,
                occluded: false,
                z_order: 0,
                group: 0,
                attributes: BTreeMap::new(),
                track: None,
                revision: 1,
            };
            Patch { details: details.clone(), ..Patch::default() }.write_to(&mut drawn);
            Ok(with_box(scene, Some(Change::Create { annotation: Box::new(drawn) })))
        }
        Action::AcceptRest { .. } => {
            let changes: Vec<_> = scene
                .annotations
                .iter()
                .filter(|a| a.state == ReviewState::Pending && a.stands())
                .filter_map(|a| edit(a, state(ReviewState::Accepted)))
                .collect();
            if changes.is_empty() { Err(Refusal::NothingLeft) } else { Ok(changes) }
        }
        Action::ConfirmEmpty { .. } => confirm_empty(scene),
        Action::UnconfirmEmpty { .. } => Ok(empty_flag(scene, false).into_iter().collect()),
    }
}

fn confirm_empty(scene: &Scene<'_>) -> Result<Vec<Change>, Refusal> {
    let decided = |a: &&Annotation| matches!(a.state, ReviewState::Accepted | ReviewState::Fixed);
    let count = scene.annotations.iter().filter(decided).count();
    if count > 0 {
        return Err(Refusal::NotEmpty { count });
    }
    let rejected =
        scene.annotations.iter().filter(|a| a.stands()).filter_map(|a| edit(a, state(ReviewState::Rejected)));
    Ok(rejected.chain(empty_flag(scene, true)).collect())
}

fn find<'a>(scene: &Scene<'a>, id: AnnotationId, revision: i64) -> Result<&'a Annotation, Refusal> {
    let found = scene.annotations.iter().find(|a| a.id == id).ok_or(Refusal::Gone(id))?;
    if found.revision == revision { Ok(found) } else { Err(Refusal::Stale { id }) }
}

fn state(state: ReviewState) -> Patch {
    Patch { state: Some(state), ..Patch::default() }
}

/// A shape of a track that a person changed is a keyframe from then on.
fn set_here(a: &Annotation, patch: Patch, changed: bool) -> Patch {
    let set = changed && a.track.is_some();
    Patch { keyframe: set.then_some(true), ..patch }
}

fn as_keyframe(a: &Annotation, keyframe: bool) -> Result<Patch, Refusal> {
    a.track.ok_or(Refusal::NoTrack(a.id))?;
    Ok(Patch { keyframe: Some(keyframe), ..Patch::default() })
}

/// Fixed once something differs from what the models said; a hand-drawn box stays accepted.
fn decided(a: &Annotation, changed: bool) -> ReviewState {
    if a.origin == Origin::Manual {
        ReviewState::Accepted
    } else if changed || a.state == ReviewState::Fixed {
        ReviewState::Fixed
    } else {
        ReviewState::Accepted
    }
}

/// The edit, or none where nothing would change.
fn edit(a: &Annotation, after: Patch) -> Option<Change> {
    let before = after.taken_from(a);
    (before != after).then_some(Change::Edit { id: a.id, before, after })
}

/// A change that leaves a box standing also takes back "confirmed empty".
fn with_box(scene: &Scene<'_>, change: Option<Change>) -> Vec<Change> {
    let flag = change.is_some().then(|| empty_flag(scene, false)).flatten();
    change.into_iter().chain(flag).collect()
}

fn empty_flag(scene: &Scene<'_>, after: bool) -> Option<Change> {
    let before = scene.confirmed_empty;
    (before != after).then_some(Change::Empty { image: scene.image, before, after })
}

fn sound(scene: &Scene<'_>, geometry: &Geometry) -> Result<Geometry, Refusal> {
    geometry.sound(scene.width, scene.height).ok_or(Refusal::Degenerate)
}

#[cfg(test)]
mod tests;
