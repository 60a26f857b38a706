//! One annotation, the opinions behind it, and the states it can be in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    geometry::Rect,
    ids::{AnnotationId, ImageId, LabelId, RunId, TrackId},
    shape::{Geometry, Shape},
};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on the wire and in the project file.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The variant for a word; `None` for any other text.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

pub(crate) use words;

words! {
    /// What a person (or a script in a person's name) decided.
    ReviewState {
        Pending = "pending",
        /// Right as it stands.
        Accepted = "accepted",
        /// Right after a change of label or geometry.
        Fixed = "fixed",
        Rejected = "rejected",
    }
}

words! {
    /// Where an annotation comes from.
    Origin {
        Manual = "manual",
        Draft = "draft",
        SecondLook = "second_look",
        Imported = "imported",
    }
}

words! {
    /// What the second look did to one box.
    Verdict {
        /// Same label, geometry close: kept, scores fused.
        Confirmed = "confirmed",
        /// Same label, geometry differs: the larger model's box won.
        Moved = "moved",
        /// The larger model gave another label.
        Relabelled = "relabelled",
        /// Low-confidence, and the larger model saw nothing there: withdrawn.
        Rejected = "rejected",
        /// The larger model saw a box that the draft missed.
        Added = "added",
    }
}

words! {
    /// Which pass of the pipeline.
    Stage {
        Draft = "draft",
        SecondLook = "second_look",
    }
}

words! {
    /// What the models' scores make of a box, before any person looked.
    Standing {
        /// Needs a person: it is in the review queue while pending.
        Doubtful = "doubtful",
        /// Confident and undisputed: shown and exported, not queued.
        Settled = "settled",
        /// Too weak or rejected by the second look: stored, neither shown by default nor exported.
        Withdrawn = "withdrawn",
    }
}

/// A shape's place in a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Tracked {
    pub id: TrackId,
    /// Set here by somebody, not interpolated.
    pub keyframe: bool,
}

/// A shape on an image with label, attributes, score, origin and review state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Annotation {
    pub id: AnnotationId,
    pub image: ImageId,
    pub label: LabelId,
    /// See [`Geometry`] for what rectangle and rotation are to each kind of shape.
    pub rect: Rect,
    /// Degrees clockwise about the centre, 0..360.
    pub rotation: f64,
    #[serde(default)]
    pub shape: Shape,
    /// 0..=1; `None` for what a person drew.
    pub score: Option<f64>,
    pub origin: Origin,
    pub state: ReviewState,
    pub standing: Standing,
    pub verdict: Option<Verdict>,
    /// A confident draft box that the larger model contradicts.
    pub disagreement: bool,
    /// Place in the queue, higher first; see [`crate::doubt::doubt`].
    pub doubt: f64,
    pub occluded: bool,
    pub z_order: i32,
    /// 0: in no group.
    pub group: i64,
    pub attributes: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<Tracked>,
    /// Grows by one with every change; a writer that names an old one is refused.
    pub revision: i64,
}

impl Annotation {
    #[must_use]
    pub fn geometry(&self) -> Geometry {
        Geometry { rect: self.rect, rotation: self.rotation, shape: self.shape.clone() }
    }

    /// Whether it is part of the picture: neither rejected by a person nor (undecided and) withdrawn by the models.
    #[must_use]
    pub fn stands(&self) -> bool {
        match self.state {
            ReviewState::Accepted | ReviewState::Fixed => true,
            ReviewState::Rejected => false,
            ReviewState::Pending => self.standing != Standing::Withdrawn,
        }
    }

    /// Whether it waits in the review queue.
    #[must_use]
    pub fn queued(&self) -> bool {
        self.state == ReviewState::Pending && self.standing == Standing::Doubtful
    }
}

/// What one model said about one box; the provenance kept beside an annotation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Opinion {
    pub stage: Stage,
    pub run: RunId,
    pub label: LabelId,
    pub score: f64,
    pub rect: Rect,
    /// The model's best labels for this box with their scores, best first, at most three, the chosen one included.
    pub alternatives: Vec<(LabelId, f64)>,
}
