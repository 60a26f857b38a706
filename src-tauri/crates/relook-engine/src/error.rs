//! The engine's error: a message for people and a code for clients that act on it.

use std::path::PathBuf;

use relook_domain::{attributes::Unfit, review::Refusal};
use relook_formats::FormatError;
use relook_remote::{RemoteError, cvat::CvatError};
use relook_store::StoreError;
use relook_vision::{DecodeError, VisionError};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An error on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ErrorView {
    /// A word where a client acts on it, else `failed`.
    pub code: String,
    pub message: String,
}

/// What a client may act on. Anything else is [`Code::Failed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Failed,
    /// A file, folder, project, image or model that is not there.
    NotFound,
    /// Arguments that make no sense.
    Invalid,
    /// The box was changed elsewhere since it was shown; or it is gone.
    Stale,
    /// The action does not apply as things are.
    Refused,
    /// The project file is corrupt, foreign or from a newer program.
    BadProject,
    ReadOnly,
    DiskFull,
    /// Another program works on the same project.
    Busy,
    RuntimeMissing,
    /// The device asked for is not there.
    DeviceUnavailable,
    ModelMissing,
    BadModel,
    Cancelled,
}

impl Code {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Stale => "stale",
            Self::Refused => "refused",
            Self::BadProject => "bad_project",
            Self::ReadOnly => "read_only",
            Self::DiskFull => "disk_full",
            Self::Busy => "busy",
            Self::RuntimeMissing => "runtime_missing",
            Self::DeviceUnavailable => "device_unavailable",
            Self::ModelMissing => "model_missing",
            Self::BadModel => "bad_model",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    #[error("{0}")]
    Invalid(String),
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Failed(String),
    #[error("{0} of the models checked cannot be used; fetch them again or correct their cards")]
    BadModels(usize),
    /// What CVAT would trip over, and the way out.
    #[error("{0}")]
    Lint(String),
    #[error("Cancelled; what was done is kept")]
    Cancelled,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Unfit(#[from] Unfit),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Vision(#[from] VisionError),
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error(transparent)]
    Remote(#[from] RemoteError),
    #[error(transparent)]
    Cvat(#[from] CvatError),
    #[error("ONNX Runtime was not found. Looked for {}. Run \"relook runtime install cpu\" (in the source folder \"make setup\"), or set ORT_DYLIB_PATH to the library file", list(.looked))]
    NoRuntime { looked: Vec<PathBuf> },
    /// The one that was chosen is not there, and the way out.
    #[error("{0}")]
    ChosenRuntime(String),
    #[error("{what} {}: {source}", path.display())]
    File { what: &'static str, path: PathBuf, source: std::io::Error },
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
}

impl EngineError {
    pub(crate) fn file(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { what, path, source }
    }

    /// Whether what was asked of a server may go well later without anybody doing anything, or was called off.
    pub(crate) fn may_pass(&self) -> bool {
        use CvatError::{BrokenOff, Server, TooOften, Unreachable};
        matches!(
            self,
            Self::Cancelled
                | Self::Cvat(Unreachable { .. } | TooOften { .. } | Server { .. } | BrokenOff { .. })
        )
    }

    /// Whether what was lost (a drive, a server) may be there again later: work that waits for photos in any case waits for
    /// that too.
    pub(crate) fn may_come_back(&self) -> bool {
        self.code() == Code::Failed || matches!(self, Self::Vision(VisionError::ServersGone { .. }))
    }

    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Invalid(_) => Code::Invalid,
            Self::NotFound(_) => Code::NotFound,
            Self::BadModels(_) => Code::BadModel,
            Self::Cancelled | Self::Vision(VisionError::Stopped) => Code::Cancelled,
            Self::Refused(Refusal::Gone(_) | Refusal::Stale { .. }) => Code::Stale,
            Self::Unfit(Unfit::Archived(_)) => Code::Stale,
            Self::Unfit(Unfit::Label { .. } | Unfit::KeyTaken { .. }) => Code::Invalid,
            Self::Refused(_) | Self::Unfit(_) => Code::Refused,
            Self::Store(error) => store_code(error),
            Self::Vision(error) => vision_code(error),
            Self::NoRuntime { .. } | Self::ChosenRuntime(_) => Code::RuntimeMissing,
            Self::Cvat(CvatError::BadAddress { .. }) => Code::Invalid,
            Self::Cvat(CvatError::Missing { .. } | CvatError::Organization { .. }) => Code::NotFound,
            Self::Cvat(CvatError::Token { .. } | CvatError::Forbidden { .. }) => Code::Refused,
            Self::File { source, .. } => match source.kind() {
                std::io::ErrorKind::NotFound => Code::NotFound,
                std::io::ErrorKind::StorageFull => Code::DiskFull,
                std::io::ErrorKind::ReadOnlyFilesystem => Code::ReadOnly,
                _ => Code::Failed,
            },
            Self::Failed(_)
            | Self::Lint(_)
            | Self::Decode(_)
            | Self::Format(_)
            | Self::Remote(_)
            | Self::Cvat(_) => Code::Failed,
        }
    }

    /// The error as clients get it: code, and the message with its causes.
    #[must_use]
    pub fn view(&self) -> ErrorView {
        ErrorView { code: self.code().word().to_owned(), message: self.to_string() }
    }
}

fn vision_code(error: &VisionError) -> Code {
    match error {
        VisionError::RuntimeMissing { .. }
        | VisionError::RuntimeNotALibrary { .. }
        | VisionError::RuntimeTooOld { .. }
        | VisionError::RuntimeFailed { .. }
        | VisionError::RuntimeNotLoaded => Code::RuntimeMissing,
        VisionError::DeviceUnavailable { .. } | VisionError::ServersGone { .. } => Code::DeviceUnavailable,
        VisionError::ServerAddress { .. } => Code::Invalid,
        VisionError::ModelMissing { .. } => Code::ModelMissing,
        VisionError::Stopped => Code::Cancelled,
        VisionError::Inference { .. } => Code::Failed,
        _ => Code::BadModel,
    }
}

fn store_code(error: &StoreError) -> Code {
    match error {
        StoreError::Missing { .. } => Code::NotFound,
        StoreError::Exists { .. } | StoreError::LabelExists { .. } => Code::Invalid,
        StoreError::NotAProject { .. }
        | StoreError::Newer { .. }
        | StoreError::Corrupt { .. }
        | StoreError::Gone { .. } => Code::BadProject,
        StoreError::OlderReadOnly { .. } | StoreError::ReadOnly { .. } => Code::ReadOnly,
        StoreError::DiskFull { .. } => Code::DiskFull,
        StoreError::Busy { .. } | StoreError::JobsBusy { .. } => Code::Busy,
        StoreError::Conflict { .. } | StoreError::ImageConflict { .. } | StoreError::LabelConflict { .. } => {
            Code::Stale
        }
        StoreError::NoStep { .. } => Code::Refused,
        _ => Code::Failed,
    }
}
