//! COCO: `instances.json` with boxes, and the list of scored detections that pycocotools' `loadRes` takes.

mod instances;
mod like;
mod results;

pub use instances::{AnnotationWriter, ImageWriter};
pub use like::Like;
pub use results::{ResultWriter, Unmatched};

/// A score for what a person drew: certain.
const DRAWN_BY_A_PERSON: f64 = 1.0;
