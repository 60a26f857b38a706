//! CVAT XML 1.1, the images form: what CVAT calls `CVAT for images 1.1`.
//!
//! [`Writer`] follows CVAT's own exporter byte for byte: order, two-space indent, two decimals, quoting.
//! [`check`] looks at the image names before, since CVAT matches images by name without extension.

mod check;
mod escape;
mod source;
mod write;

pub use check::check;
pub use source::Source;
pub use write::{Job, Writer};
