//! Registered image folders.

use relook_domain::FolderId;

use crate::{error::StoreError, project::Store};

/// A registered folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    pub id: FolderId,
    /// Absolute.
    pub path: String,
    pub images: u64,
}

impl Store {
    /// Registers a folder by its absolute path; one registered before keeps its id.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add_folder(&self, path: &str) -> Result<FolderId, StoreError> {
        let _ = path;
        todo!()
    }

    /// All folders, in the order they were added.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn folders(&self) -> Result<Vec<Folder>, StoreError> {
        todo!()
    }
}
