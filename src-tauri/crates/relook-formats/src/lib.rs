//! Bytes to domain and back: CVAT XML, COCO, YOLO.
//!
//! Every writer takes a `Write` and every reader a `BufRead`; no file system, database or network here. Writers stream:
//! memory does not grow with the number of images, and equal content gives equal bytes. What a format cannot hold comes
//! back as a [`Warning`] for the shape concerned, never as silence; what would spoil the whole file is a [`FormatError`].

pub mod coco;
pub mod cvat_xml;
mod error;
mod finding;
mod kinds;
mod place;
mod warning;
pub mod yolo;

pub use error::FormatError;
pub use finding::{Finding, Problem};
pub use kinds::{Fate, Kinds};
pub use warning::{Cause, Warning};
