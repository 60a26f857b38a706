//! The nouns and rules of Relook: geometry, annotations, review, triage, the second look's verdicts.
//!
//! Pure by contract: no I/O, no clock, no randomness, no threads. Ids and times are passed in. Shapes are in absolute
//! pixels of the upright original (EXIF orientation applied), origin top left, x to the right, y down.

pub mod annotation;
pub mod attributes;
pub mod calibrate;
pub mod doubt;
pub mod evaluate;
pub mod export;
pub mod geometry;
pub mod ids;
pub mod label;
pub mod look;
pub mod matching;
pub mod model_card;
pub mod provenance;
pub mod reconcile;
pub mod review;
pub mod shape;
pub mod track;
pub mod triage;

pub use annotation::{Annotation, Opinion, Origin, ReviewState, Stage, Standing, Tracked, Verdict};
pub use geometry::Rect;
pub use ids::{AnnotationId, FolderId, ImageId, LabelId, RunId, StepId, TrackId};
pub use label::{Attribute, AttributeKind, Label, Skeleton, SkeletonJoint};
pub use shape::{Geometry, Joint, Point, Shape, ShapeKind};
