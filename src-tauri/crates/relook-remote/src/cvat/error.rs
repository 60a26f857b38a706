//! Why a CVAT server did not do what it was asked.

use std::path::PathBuf;

/// Each message names the thing and the way out; none carries a token.
#[derive(Debug, thiserror::Error)]
pub enum CvatError {
    #[error(
        "{address:?} is no address of a CVAT server; it is like https://app.cvat.ai, without user name or query"
    )]
    BadAddress { address: String },
    #[error("{address} is no CVAT server: it does not say its version. Check the address")]
    NotCvat { address: String },
    #[error("{address} could not be reached: {reason}. Check the address and the network, then try again")]
    Unreachable { address: String, reason: String },
    #[error("{address} has moved to {to}; connect to that address")]
    Moved { address: String, to: String },
    #[error(
        "{address} does not know the token, or it has expired. Make a new one in CVAT's profile page under \"Security\" and \
         connect again"
    )]
    Token { address: String },
    #[error("{address}: {words} Correct the organisation's short name, or leave it out")]
    Organization { address: String, words: String },
    #[error(
        "The server does not allow {what}. A token made without \"write\" can only read, and what belongs to others needs \
         their permission: make a token that may write, or ask them"
    )]
    Forbidden { what: String },
    #[error("The server has nothing there for {what}: it was deleted, or its number is another one")]
    Missing { what: String },
    #[error(
        "The server is asked too often and wants {seconds} seconds of peace. Wait that long, then try again"
    )]
    TooOften { seconds: u64 },
    #[error("The server refused {what}: {words}")]
    Refused { what: String, status: u16, words: String },
    #[error(
        "The server failed at {what} (it answered {status}). Try again later, or ask who runs it to look at its log"
    )]
    Server { what: String, status: u16 },
    #[error(
        "What the server answered to {what} is not understood: {reason}. Is it a CVAT newer than this Relook?"
    )]
    Answer { what: String, reason: String },
    #[error(
        "The upload broke off after {sent} of {length} bytes: {reason}. Try again; it goes on from there"
    )]
    BrokenOff { sent: u64, length: u64, reason: String },
    #[error("{what} {}: {source}", path.display())]
    File { what: &'static str, path: PathBuf, source: std::io::Error },
}

impl CvatError {
    /// For `map_err`: an I/O error with what was being done to which file.
    pub(super) fn file(what: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { what, path, source }
    }
}
