//! A whole project read at one moment, while others go on writing.

use std::marker::PhantomData;

use relook_domain::{Annotation, Label};

use crate::{counts::Counts, error::StoreError, folders::Folder, images::ImageRow, project::Store};

/// The project as it was when the snapshot was taken.
#[derive(Debug)]
pub struct Snapshot<'a> {
    store: PhantomData<&'a Store>,
}

impl Snapshot<'_> {
    /// # Errors
    /// When the file cannot be read.
    pub fn labels(&self) -> Result<Vec<Label>, StoreError> {
        todo!()
    }

    /// # Errors
    /// When the file cannot be read.
    pub fn folders(&self) -> Result<Vec<Folder>, StoreError> {
        todo!()
    }

    /// # Errors
    /// When the file cannot be read.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        todo!()
    }

    /// Every image in list order with its annotations by z-order, then id; one image in memory at a time.
    ///
    /// # Errors
    /// What `each` returned, or why the file could not be read.
    pub fn for_each_image<E: From<StoreError>>(
        &self,
        each: impl FnMut(&ImageRow, &[Annotation]) -> Result<(), E>,
    ) -> Result<(), E> {
        let _ = each;
        todo!()
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
        let _ = read;
        todo!()
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
