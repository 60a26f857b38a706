//! CVAT XML 1.1, the images form: what CVAT calls `CVAT for images 1.1`.
//!
//! [`Writer`] follows CVAT's own exporter byte for byte: order, two-space indent, two decimals, quoting.
//! [`check`] looks at the image names before, since CVAT matches images by name without extension. [`read`] takes the
//! same form back from strangers: everything it reads is bounded by [`Limits`].

mod check;
mod document;
mod escape;
mod events;
mod limits;
mod read;
mod read_shape;
mod skeleton;
mod source;
mod write;
mod write_shape;

pub use check::check;
pub use document::{Document, ReadImage, ReadLabel, ReadShape, Summary};
pub use limits::Limits;
pub use read::{read, read_each};
pub use source::Source;
pub use write::{Job, Writer};
