//! A whole project read at one moment, while others go on writing.

use std::path::Path;

use relook_domain::{Annotation, Label};
use rusqlite::Transaction;

use crate::{
    annotations,
    counts::{self, Counts},
    error::{Fault, StoreError},
    folders::{self, Folder},
    images::{self, ImageRow},
    labels,
    project::Store,
};

/// The project as it was when the snapshot was taken.
#[derive(Debug)]
pub struct Snapshot<'a> {
    pub(crate) tx: &'a Transaction<'a>,
    pub(crate) path: &'a Path,
}

impl Snapshot<'_> {
    /// In the order they were added.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn labels(&self) -> Result<Vec<Label>, StoreError> {
        labels::all(self.tx).map_err(|fault| fault.at(self.path))
    }

    /// In the order they were added.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn folders(&self) -> Result<Vec<Folder>, StoreError> {
        folders::all(self.tx).map_err(|fault| fault.at(self.path))
    }

    /// # Errors
    /// When the file cannot be read.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        counts::counts(self.tx).map_err(|fault| fault.at(self.path))
    }

    /// Every image in list order with its annotations by z-order, then id; one image in memory at a time.
    ///
    /// # Errors
    /// What `each` returned, or why the file could not be read.
    pub fn for_each_image<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(&ImageRow, &[Annotation]) -> Result<(), E>,
    ) -> Result<(), E> {
        let named = |fault: Fault| E::from(fault.at(self.path));
        let sql = format!("SELECT {} FROM image ORDER BY folder_id, path", images::COLUMNS);
        let mut statement = self.tx.prepare(&sql).map_err(|e| named(e.into()))?;
        let rows = statement.query_and_then([], images::image).map_err(|e| named(e.into()))?;
        for image in rows {
            let image = image.map_err(named)?;
            let mut annotations = annotations::of_image(self.tx, image.id).map_err(named)?;
            annotations.sort_by_key(|a| (a.z_order, a.id));
            each(&image, &annotations)?;
        }
        Ok(())
    }
}

impl Store {
    /// Runs `read` over one snapshot.
    ///
    /// # Errors
    /// What `read` returned, or why the file could not be read.
    pub fn snapshot<T, E: From<StoreError>>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let path = self.path();
        self.pool.read(|fault: Fault| E::from(fault.at(path)), |tx| read(&Snapshot { tx, path }))
    }

    /// [`Snapshot::for_each_image`] over a snapshot of its own.
    ///
    /// # Errors
    /// What `each` returned, or why the file could not be read.
    pub fn for_each_image_in_order<E: From<StoreError>>(
        &self,
        each: impl FnMut(&ImageRow, &[Annotation]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.snapshot(|snapshot| snapshot.for_each_image(each))
    }
}
