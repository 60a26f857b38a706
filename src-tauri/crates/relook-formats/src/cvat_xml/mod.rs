//! CVAT XML 1.1: what CVAT calls `CVAT for images 1.1`, and the tracks of `CVAT for video 1.1`.
//!
//! [`Writer`] follows CVAT's own exporter byte for byte: order, two-space indent, two decimals, quoting.
//! [`check`] looks at the image names before, since CVAT matches images by name without extension. [`read`] takes the
//! same form back from strangers: everything it reads is bounded by [`Limits`].

mod check;
mod document;
mod frames;
mod read;
mod read_shape;
mod skeleton;
mod track;
mod video;
mod write;
mod write_shape;

pub use crate::{Limits, ReadImage, ReadLabel, ReadShape, Source};
pub use check::check;
pub use document::{Document, Summary};
pub(crate) use frames::frames;
pub(crate) use read::items;
pub use read::{read, read_each, read_tracks};
pub use skeleton::drawing;
pub use track::{Track, Video};
pub use video::VideoWriter;
pub use write::{Job, Writer};
