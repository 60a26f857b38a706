//! Typed row ids, so that an image's id is never taken for an annotation's.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[ts(type = "number")]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// A registered image folder.
    FolderId,
    /// One image file under a registered folder.
    ImageId,
    /// A label of the project.
    LabelId,
    /// One annotation.
    AnnotationId,
    /// One inference run: a model, a device and its settings.
    RunId,
    /// One undoable step of the history.
    StepId,
    /// One thing followed along the images.
    TrackId,
}
