//! What can go wrong between a graph file and its detections.

use std::path::PathBuf;

use crate::execution::Device;

/// Why a runtime, a device or a model could not be used. [`VisionError::code`] is stable; the message is for people.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VisionError {
    #[error(
        "ONNX Runtime was not found at {}: run \"relook runtime install cpu\" (in the source folder \"make setup\"), or set \
         ORT_DYLIB_PATH to the library file",
        library.display()
    )]
    RuntimeMissing { library: PathBuf },

    #[error("{} could not be loaded as ONNX Runtime: {reason}. \"relook runtime list\" says which there are", library.display())]
    RuntimeNotALibrary { library: PathBuf, reason: String },

    #[error(
        "{} is ONNX Runtime {found}, and version {needed} or newer is needed: name a newer library, or run \
         \"relook runtime install cpu\" and \"relook runtime use cpu\"",
        library.display()
    )]
    RuntimeTooOld { library: PathBuf, found: String, needed: String },

    #[error("ONNX Runtime could not be started: {reason}")]
    RuntimeFailed { reason: String },

    #[error("ONNX Runtime has not been loaded yet: load it before asking for a model or a device")]
    RuntimeNotLoaded,

    #[error("The device \"{}\" cannot be used: {reason}", device.word())]
    DeviceUnavailable { device: Device, reason: String },

    #[error("The model file {} was not found: run \"make setup\" to fetch it, or correct the card", path.display())]
    ModelMissing { path: PathBuf },

    #[error(
        "The model file {} is not the one its card names: its sha256 is {found}, the card says {expected}. Fetch it again or correct the card",
        path.display()
    )]
    ModelDigest { path: PathBuf, expected: String, found: String },

    #[error("The model file {} could not be read as an ONNX graph: {reason}", path.display())]
    ModelUnreadable { path: PathBuf, reason: String },

    #[error("The input of {model} does not fit: {reason}")]
    InputMismatch { model: String, reason: String },

    #[error("The outputs of {model} fit no head. Found: {found}. Known heads: {known}")]
    NoHead { model: String, found: String, known: String },

    #[error("The outputs of {model} do not tell their head: {why}. Say it with \"relook models add --head\"")]
    HeadInDoubt { model: String, why: String },

    #[error("The labels of {model} do not fit: {reason}")]
    LabelMismatch { model: String, reason: String },

    #[error("The card of {model} cannot be used: {reason}")]
    BadCard { model: String, reason: String },

    #[error("{model} failed while running: {reason}")]
    Inference { model: String, reason: String },

    #[error(
        "The device has too little memory for {model}, even with one image at a time: {reason}. End what else uses it, take a smaller model, or run it elsewhere, such as with --device cpu"
    )]
    OutOfMemory { model: String, reason: String },

    #[error(
        "{model} gave values that are no numbers (NaN): its card may say the wrong normalisation, or the graph needs single precision"
    )]
    NotANumber { model: String },

    #[error("{address:?} is no address of an inference server: {reason}")]
    ServerAddress { address: String, reason: String },

    #[error(
        "No inference server is left to run {model}. {reason}. Start one again, or name others as the device, to go on"
    )]
    ServersGone { model: String, reason: String },

    #[error("The server {address} cannot run {model}: {reason}")]
    ServerUnfit { model: String, address: String, reason: String },

    #[error("Stopped")]
    Stopped,
}

impl VisionError {
    /// A stable word for the kind of failure, for clients that act on it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::RuntimeMissing { .. } => "runtime_missing",
            Self::RuntimeNotALibrary { .. } => "runtime_not_a_library",
            Self::RuntimeTooOld { .. } => "runtime_too_old",
            Self::RuntimeFailed { .. } => "runtime_failed",
            Self::RuntimeNotLoaded => "runtime_not_loaded",
            Self::DeviceUnavailable { .. } => "device_unavailable",
            Self::ModelMissing { .. } => "model_missing",
            Self::ModelDigest { .. } => "model_digest",
            Self::ModelUnreadable { .. } => "model_unreadable",
            Self::InputMismatch { .. } => "input_mismatch",
            Self::NoHead { .. } => "no_head",
            Self::HeadInDoubt { .. } => "head_in_doubt",
            Self::LabelMismatch { .. } => "label_mismatch",
            Self::BadCard { .. } => "bad_card",
            Self::Inference { .. } => "inference",
            Self::OutOfMemory { .. } => "out_of_memory",
            Self::NotANumber { .. } => "not_a_number",
            Self::ServerAddress { .. } => "server_address",
            Self::ServersGone { .. } => "servers_gone",
            Self::ServerUnfit { .. } => "server_unfit",
            Self::Stopped => "stopped",
        }
    }
}
