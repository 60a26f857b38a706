//! Tracks: what a decision on one of their shapes does to the others, and how they are shown.

use std::collections::{BTreeMap, BTreeSet};

use relook_domain::{
    AnnotationId, ImageId, Label, LabelId, TrackId, attributes,
    review::{Action, Change, Patch, Refusal},
    track::{begins, follow},
};
use relook_store::ReviewTx;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{error::EngineError, project::Project};

/// A track as it runs along the images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TrackView {
    pub id: TrackId,
    /// By the place of their images in the list.
    pub shapes: Vec<TrackStop>,
}

/// A track's shape on one image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TrackStop {
    pub annotation: AnnotationId,
    pub image: ImageId,
    /// Set here, or the first after an image without one.
    pub keyframe: bool,
    /// Not rejected.
    pub stands: bool,
}

impl Project {
    /// A track with all its shapes; none where there is no such track.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn track(&self, id: TrackId) -> Result<TrackView, EngineError> {
        let found = self.store().track(id)?;
        let stop = |(n, s): (usize, &relook_domain::track::TrackShape)| TrackStop {
            annotation: s.annotation.id,
            image: s.annotation.image,
            keyframe: begins(&found, n) || s.annotation.track.is_some_and(|t| t.keyframe),
            stands: s.annotation.stands(),
        };
        Ok(TrackView { id, shapes: found.iter().enumerate().map(stop).collect() })
    }
}

/// What else changes after `changes`, which `actions` made and the transaction has played, and on which images.
///
/// # Errors
/// A shape of the track does not fit its new label, or a keyframe that the track begins with was taken away.
pub(crate) fn followed(
    tx: &ReviewTx<'_>,
    actions: &[Action],
    changes: &[Change],
    labels: &[Label],
) -> Result<(Vec<Change>, BTreeSet<ImageId>), EngineError> {
    let mut touched: BTreeMap<TrackId, LabelId> = BTreeMap::new();
    for change in changes {
        let Change::Edit { id, after, .. } = change else { continue };
        // Deciding a shape moves nothing.
        let decided = Patch { state: after.state, ..Patch::default() };
        if *after != decided {
            touched.extend(tx.track_of(*id)?);
        }
    }
    let (mut more, mut images) = (Vec::new(), BTreeSet::new());
    for (track, label) in touched {
        let mut shapes = tx.track(track)?;
        let place = |id: AnnotationId| shapes.iter().position(|s| s.annotation.id == id);
        let mut last = shapes.len();
        for action in actions {
            match *action {
                Action::EndTrack { id, .. } => last = place(id).map_or(last, |n| last.min(n + 1)),
                Action::SetKeyframe { id, keyframe: false, .. }
                    if place(id).is_some_and(|n| begins(&shapes, n)) =>
                {
                    return Err(Refusal::TrackBegins.into());
                }
                _ => {}
            }
        }
        let ended = shapes.split_off(last);
        let Some(label) = labels.iter().find(|l| l.id == label) else { continue };
        if changes.iter().any(|c| matches!(c, Change::Edit { after, .. } if after.label.is_some())) {
            for s in &shapes {
                attributes::check_shape(label, &s.annotation.shape)?;
            }
        }
        let followed = follow(&shapes, changes, label);
        let edited: BTreeSet<AnnotationId> = followed
            .iter()
            .filter_map(|c| if let Change::Edit { id, .. } = c { Some(*id) } else { None })
            .collect();
        let on = shapes.iter().filter(|s| edited.contains(&s.annotation.id)).chain(&ended);
        images.extend(on.map(|s| s.annotation.image));
        more.extend(ended.into_iter().map(|s| Change::Delete { annotation: Box::new(s.annotation) }));
        more.extend(followed);
    }
    Ok((more, images))
}
