//! What a format writer is given: a project's images in order, free of ids and files.

use std::collections::BTreeMap;

use crate::{
    annotation::{Origin, ReviewState},
    geometry::Rect,
    shape::{Geometry, Shape},
};

/// One image with the annotations to write.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportImage {
    /// 0-based, in the order written.
    pub frame: u64,
    /// Path relative to its folder, `/` between parts.
    pub name: String,
    /// Pixels, upright.
    pub width: u32,
    pub height: u32,
    /// Ordered by z-order, then id.
    pub shapes: Vec<ExportShape>,
}

/// A track's shape on one image.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportStop {
    /// The image, with that one shape.
    pub image: ExportImage,
    pub keyframe: bool,
    /// The thing is not to be seen on the image; the shape says where it would be.
    pub outside: bool,
}

/// One shape as a format writer sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportShape {
    /// Place in the list of labels handed over beside the images.
    pub label: usize,
    pub rect: Rect,
    /// Degrees clockwise, 0 for none.
    pub rotation: f64,
    pub shape: Shape,
    pub score: Option<f64>,
    pub origin: Origin,
    pub state: ReviewState,
    pub occluded: bool,
    pub z_order: i32,
    /// 0: none.
    pub group: i64,
    pub attributes: BTreeMap<String, String>,
}

impl ExportShape {
    #[must_use]
    pub fn geometry(&self) -> Geometry {
        Geometry { rect: self.rect, rotation: self.rotation, shape: self.shape.clone() }
    }
}
