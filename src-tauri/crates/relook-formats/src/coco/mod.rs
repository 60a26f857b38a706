//! COCO: `instances.json` with boxes, outlines, masks and keypoints, both ways, and the list of scored detections that
//! pycocotools' `loadRes` takes.

mod index;
mod instances;
mod like;
mod read;
mod read_shape;
mod results;
mod rle;
mod shape;

pub use crate::kinds::boxes_only as result_fate;
pub use instances::{AnnotationWriter, ImageWriter};
pub use like::Like;
pub(crate) use read::items;
pub use results::{ResultWriter, Unmatched};
pub use shape::fate;

/// A score for what a person drew: certain.
const DRAWN_BY_A_PERSON: f64 = 1.0;
