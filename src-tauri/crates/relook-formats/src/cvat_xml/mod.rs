//! CVAT XML 1.1, the images form: what CVAT calls `CVAT for images 1.1`.
//!
//! [`Writer`] follows CVAT's own exporter byte for byte: order, two-space indent, two decimals, quoting.
//! [`check`] looks at the image names before, since CVAT matches images by name without extension. [`read`] takes the
//! same form back from strangers: everything it reads is bounded by [`Limits`].

mod check;
mod document;
mod read;
mod read_shape;
mod skeleton;
mod write;
mod write_shape;

pub use crate::{Limits, ReadImage, ReadLabel, ReadShape, Source};
pub use check::check;
pub use document::{Document, Summary};
pub(crate) use read::items;
pub use read::{read, read_each};
pub use skeleton::drawing;
pub use write::{Job, Writer};
