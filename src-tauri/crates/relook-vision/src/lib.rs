//! Pixels to detections: decode an image file upright, bring it to a detector's input, run the graph, decode its
//! outputs and map the boxes back to the original's pixels.
//!
//! Knows nothing of projects, jobs or databases, and holds no threshold that is neither an argument nor on a model
//! card. Boxes that leave this crate are in absolute pixels of the upright original; letterboxed or normalised
//! coordinates never do.
//!
//! The way of one image: [`decode::decode_reduced`] -> [`Preparer::prepare_reduced`] (any thread) -> [`Detector::detect`] (the thread
//! that owns the session).

pub mod backend;
mod batch;
pub mod decode;
mod detector;
mod digest;
mod error;
pub mod execution;
mod graph;
mod head;
mod import;
mod picture;
mod prepare;
pub mod runtime;
mod scale;
mod served;
mod stop;
mod tail;
mod triangle;
mod wide;

pub use backend::{ServerLimits, ServerReport, ServerWatch, Servers, survey_servers};
pub use batch::Seen;
pub use decode::{DecodeError, ImageInfo, Limits, Reduced, Upright};
pub use detector::{DetectParams, Detection, Detector, InputShape};
pub use digest::{sha256, sha256_file, verify_sha256};
pub use error::VisionError;
pub use execution::{
    Device, DeviceInUse, DeviceReport, Loading, Precision, RunsOn, halving_instructions, nvidia_driver,
    survey,
};
pub use import::{
    GraphInfo, IMAGENET, Look, Proposal, Reason, Told, card_for_graph, describe_graph, look_into, propose,
};
pub use picture::picture;
pub use prepare::{Prepared, Preparer};
pub use runtime::RuntimeInfo;
pub use served::Served;
pub use stop::StopToken;
