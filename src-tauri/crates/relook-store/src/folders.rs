//! Registered image folders.

use relook_domain::FolderId;
use rusqlite::{OptionalExtension, Transaction};

use crate::{
    codes::unsigned,
    connection::Durability,
    error::{Inner, StoreError},
    project::Store,
};

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
        self.write(Durability::Power, |tx| {
            let known =
                tx.query_row("SELECT id FROM folder WHERE path = ?1", [path], |row| row.get(0)).optional()?;
            if let Some(id) = known {
                return Ok(FolderId(id));
            }
            tx.execute("INSERT INTO folder (path) VALUES (?1)", [path])?;
            Ok(FolderId(tx.last_insert_rowid()))
        })
    }

    /// All folders, in the order they were added.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn folders(&self) -> Result<Vec<Folder>, StoreError> {
        self.read(all)
    }
}

pub(crate) fn all(tx: &Transaction<'_>) -> Inner<Vec<Folder>> {
    tx.prepare_cached(
        "SELECT folder.id, folder.path, coalesce(tally_folder.n, 0)
         FROM folder LEFT JOIN tally_folder ON tally_folder.folder_id = folder.id ORDER BY folder.id",
    )?
    .query_and_then([], |row| {
        Ok(Folder { id: FolderId(row.get(0)?), path: row.get(1)?, images: unsigned(row.get(2)?)? })
    })?
    .collect()
}
