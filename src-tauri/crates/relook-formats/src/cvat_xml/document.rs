//! What a CVAT XML file says, as far as it is understood.

use std::collections::BTreeMap;

use relook_domain::{Attribute, Rect, Shape, ShapeKind, Skeleton};

use super::Source;

/// A whole file in memory; see [`super::read_each`] for files that should not be.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub images: Vec<ReadImage>,
    pub summary: Summary,
}

/// What a file holds beside its images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// The task's, project's or job's name; empty when the file has none.
    pub name: String,
    /// In the file's order; empty when the file has no meta.
    pub labels: Vec<ReadLabel>,
    pub images: u64,
    pub shapes: u64,
    /// Elements that were passed over, by kind: `track` and whatever else stood there.
    pub skipped: BTreeMap<String, u64>,
}

/// A label as the file's meta describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadLabel {
    pub name: String,
    /// As in the file, `#rrggbb`; may be empty.
    pub colour: String,
    /// The one kind of shape it is for; `None` for CVAT's `any`, for a word we do not know and for none.
    pub shape: Option<ShapeKind>,
    /// For a label of skeletons.
    pub skeleton: Option<Skeleton>,
    /// The label whose skeleton this one is a point of.
    pub parent: Option<String>,
    pub attributes: Vec<Attribute>,
}

/// One image with its shapes in the file's order.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadImage {
    /// The file's `id`; project exports count anew in each task.
    pub frame: u64,
    pub name: String,
    /// Pixels, where the file says so.
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub shapes: Vec<ReadShape>,
}

/// One shape.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadShape {
    /// The label's name; it need not be among the file's labels.
    pub label: String,
    pub source: Source,
    /// Of a skeleton: whether all its points on the image are.
    pub occluded: bool,
    /// Pixels; may reach out of the image. As in [`relook_domain::Geometry`], which makes it sound.
    pub rect: Rect,
    /// Degrees clockwise about the centre, 0..360, 0 for none.
    pub rotation: f64,
    pub shape: Shape,
    pub z_order: i32,
    /// 0: none.
    pub group: i64,
    pub attributes: BTreeMap<String, String>,
}
