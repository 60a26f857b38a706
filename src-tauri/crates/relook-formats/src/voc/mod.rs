//! Pascal VOC, both ways: an XML file an image in `Annotations`, images in `JPEGImages`, `labelmap.txt` with the labels, a
//! list of the images. It has upright boxes only; areas of other forms are written as the box around them.
//!
//! Coordinates are written and read as they stand, from 0, with decimals, as CVAT and datumaro do; the original data set
//! counted whole pixels from 1.

mod read;
mod write;

pub use crate::kinds::boxes_only as fate;
pub(crate) use read::items;
pub use write::{annotation_file, annotation_path, check, image_list, image_path, label_map};

/// Attributes that have elements of their own there.
const FLAGS: [&str; 2] = ["difficult", "truncated"];
