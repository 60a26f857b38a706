//! What can go wrong with a project file, in words a person can act on.

use std::path::{Path, PathBuf};

use relook_domain::{AnnotationId, ImageId, StepId};
use rusqlite::ErrorCode;

/// Why the store could not do what was asked. Nothing is half-written then.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("There is no project at {}", path.display())]
    Missing { path: PathBuf },
    #[error("{} exists already; choose another name or open it", path.display())]
    Exists { path: PathBuf },
    #[error("{} is not a Relook project: {why}", path.display())]
    NotAProject { path: PathBuf, why: &'static str },
    #[error(
        "{} was made by a newer Relook (its format is {found}, this Relook knows formats up to {known}); update Relook \
         to open it",
        path.display()
    )]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error(
        "{} was made by an older Relook and has to be brought up to date, but it can only be read here ({reason}); copy \
         it to a place that can be written",
        path.display()
    )]
    OlderReadOnly { path: PathBuf, reason: String },
    #[error(
        "{} is damaged ({detail}); nothing was written to it. Restore it from a backup (a file beside it that ends in \
         .bak-v1 or the like, or your own)",
        path.display()
    )]
    Corrupt { path: PathBuf, detail: String },
    #[error("{} can only be read: {reason}; copy it to a place that can be written to go on", path.display())]
    ReadOnly { path: PathBuf, reason: String },
    #[error(
        "The disk that holds {} is full; free some space there and try again. What was saved before is safe",
        path.display()
    )]
    DiskFull { path: PathBuf },
    #[error("Another program keeps {} locked; wait for it to end or close it, then try again", path.display())]
    Busy { path: PathBuf },
    #[error("{by} is already working on this project; wait for it to end or stop it there")]
    JobsBusy { by: String },
    #[error("Box {id} {why}; nothing was changed")]
    Conflict { id: AnnotationId, why: &'static str, step: Option<StepId> },
    #[error("Image {id} {why}; nothing was changed")]
    ImageConflict { id: ImageId, why: &'static str, step: Option<StepId> },
    #[error("There is a label named \"{name}\" already; choose another name")]
    LabelExists { name: String },
    #[error("The label \"{name}\" {why}; nothing was changed")]
    LabelConflict { name: String, why: &'static str, step: Option<StepId> },
    #[error(
        "Step {step} cannot be gone to: it is not in the history, or was undone and left behind; nothing was changed"
    )]
    NoStep { step: StepId },
    #[error(
        "{} is no longer there: it was moved, deleted or replaced while it was open. Nothing was saved just now; put it \
         back or open the project again",
        path.display()
    )]
    Gone { path: PathBuf },
    #[error(
        "An image, label, folder or run that this names is not in {}; open the project again",
        path.display()
    )]
    Dangling { path: PathBuf },
    #[error("{} could not be read or written: {detail}", path.display())]
    Io { path: PathBuf, detail: String },
    #[error("The project {} refused: {detail}", path.display())]
    Database { path: PathBuf, detail: String },
}

/// The crate's inner error: what SQLite said, before the file's name is put to it.
#[derive(Debug)]
pub(crate) enum Fault {
    Sql(rusqlite::Error),
    Json(serde_json::Error),
    /// A stored value that no version of Relook writes.
    Stored(String),
    Store(StoreError),
}

pub(crate) type Inner<T> = Result<T, Fault>;

impl From<rusqlite::Error> for Fault {
    fn from(e: rusqlite::Error) -> Self {
        Self::Sql(e)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(e: serde_json::Error) -> Self {
        Self::Json(e)
    }
}

impl From<StoreError> for Fault {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

impl Fault {
    /// What SQLite's result code was, if it was SQLite that refused.
    pub(crate) fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sql(e) => e.sqlite_error_code(),
            _ => None,
        }
    }

    /// The error for the outside, naming the project file.
    pub(crate) fn at(self, path: &Path) -> StoreError {
        let path = path.to_path_buf();
        match self {
            Self::Store(e) => e,
            Self::Json(e) => {
                StoreError::Corrupt { path, detail: format!("a stored value cannot be read: {e}") }
            }
            Self::Stored(detail) => StoreError::Corrupt { path, detail },
            Self::Sql(e) => from_sql(e, path),
        }
    }
}

fn from_sql(e: rusqlite::Error, path: PathBuf) -> StoreError {
    let detail = e.to_string();
    // The log's index could not grow: SQLite does not count that as a full disk, but nothing else makes it fail.
    if e.sqlite_error().is_some_and(|e| e.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
        return StoreError::DiskFull { path };
    }
    match e.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            StoreError::Corrupt { path, detail: "its header is not that of a project".into() }
        }
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Corrupt { path, detail },
        Some(ErrorCode::DiskFull) => StoreError::DiskFull { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { path },
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly { path, reason: "writing to it is refused".into() },
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            StoreError::Io { path, detail }
        }
        Some(ErrorCode::ConstraintViolation) if detail.contains("FOREIGN KEY") => {
            StoreError::Dangling { path }
        }
        _ => match e {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..) => StoreError::Corrupt { path, detail },
            _ => StoreError::Database { path, detail },
        },
    }
}
