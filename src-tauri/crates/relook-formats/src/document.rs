//! What a file says of labels, images and shapes, whatever its format.

use std::collections::BTreeMap;

use relook_domain::{Attribute, Rect, Shape, ShapeKind, Skeleton, Tracked};

use crate::Source;

/// A label as the file describes it.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// Its number in the file, from 0. CVAT's `id`; project exports count anew in each task.
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
    /// 0..=1, where the file says how sure a model was.
    pub score: Option<f64>,
    pub attributes: BTreeMap<String, String>,
    /// Of a track's shape; tracks count from 1 in the file's order.
    pub track: Option<Tracked>,
}
