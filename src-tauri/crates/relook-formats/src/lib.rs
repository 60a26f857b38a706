//! Bytes to domain and back: CVAT XML, COCO, YOLO, Pascal VOC.
//!
//! Every writer takes a `Write`, and every reader what [`Files`] opens; no file system, database or network here. Both
//! stream: memory does not grow with the number of images, and equal content gives equal bytes. What a format cannot hold
//! comes back as a [`Warning`] for the shape concerned, what is not taken over from a file as a [`Finding`], never as
//! silence; what would spoil the whole file is a [`FormatError`].

pub mod archive;
pub mod coco;
pub mod cvat_xml;
mod document;
mod error;
mod files;
mod finding;
mod kinds;
mod limits;
pub mod lint;
mod outline;
mod place;
mod source;
pub mod voc;
mod warning;
mod xml;
pub mod yolo;

pub use document::{ReadImage, ReadLabel, ReadShape};
pub use error::FormatError;
pub use files::{Files, Format, Item, ReadSeek, detect, read};
pub use finding::{Finding, Problem};
pub use kinds::{Fate, Kinds};
pub use limits::Limits;
pub use source::Source;
pub use warning::{Cause, Warning};
