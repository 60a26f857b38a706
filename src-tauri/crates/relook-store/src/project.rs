//! A project: making it, opening it, its settings.

use std::path::{Path, PathBuf};

use crate::{error::StoreError, labels::NewLabel};

/// What a new project starts with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewProject {
    pub labels: Vec<NewLabel>,
    /// The engine's settings, JSON text.
    pub settings: String,
    /// Seconds since 1970.
    pub created_at: i64,
}

/// An open project. Cheap to share between threads (`Arc<Store>`); several programs may hold one file open.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
}

impl Store {
    /// Makes a project file.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where there is a file already; it is left as it is.
    pub fn create(path: &Path, new: &NewProject) -> Result<Self, StoreError> {
        let _ = new;
        Err(StoreError::Missing { path: path.into() })
    }

    /// Opens a project file, bringing an older one up to date after a backup beside it (`PROJECT.relook.bak-v<N>`).
    ///
    /// # Errors
    /// [`StoreError`] says what the file is instead of a project this Relook can open; it is left as it is.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Err(StoreError::Missing { path: path.into() })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Why the project can only be read, if so.
    #[must_use]
    pub fn read_only(&self) -> Option<&str> {
        None
    }

    /// A number that changes when another program (or another `Store` on the file) has committed something.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        todo!()
    }

    /// The engine's settings, JSON text.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn settings(&self) -> Result<String, StoreError> {
        todo!()
    }

    /// Replaces the engine's settings.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_settings(&self, settings: &str) -> Result<(), StoreError> {
        let _ = settings;
        todo!()
    }

    /// When the project was made, seconds since 1970.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn created_at(&self) -> Result<i64, StoreError> {
        todo!()
    }
}
