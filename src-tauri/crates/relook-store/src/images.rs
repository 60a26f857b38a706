//! Images: rows, the list and its filter.

use relook_domain::{FolderId, ImageId, RunId};

use crate::{error::StoreError, project::Store};

/// A file found under a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImage {
    /// Relative to the folder, `/` between parts.
    pub path: String,
    pub bytes: u64,
    /// Modification time, nanoseconds since 1970.
    pub modified: i64,
}

/// What adding images came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    pub new: u64,
    /// There before and unchanged.
    pub known: u64,
    /// There before, with another size or time now: its digest and a former problem are forgotten, so that a file that
    /// could not be read is tried again.
    pub changed: u64,
}

/// How a pass over an image ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassOutcome {
    Done,
    /// Not needed.
    Skipped,
    Failed,
}

/// The done-mark of a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    pub run: RunId,
    pub outcome: PassOutcome,
}

/// Why an image could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A short word.
    pub code: String,
    /// A sentence.
    pub text: String,
}

/// Where an image stands, derived by the database from the rest of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImageStatus {
    /// No draft yet.
    New,
    /// Drafted; the second look is still to come.
    Drafted,
    /// Boxes wait for a person.
    Waiting,
    /// Nothing waits.
    Done,
    ConfirmedEmpty,
    /// Could not be read.
    Problem,
}

/// One image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRow {
    pub id: ImageId,
    pub folder: FolderId,
    /// Relative to the folder, `/` between parts.
    pub path: String,
    /// Upright pixels; `None` until the file was read once.
    pub size: Option<(u32, u32)>,
    pub bytes: u64,
    /// Nanoseconds since 1970.
    pub modified: i64,
    /// sha256 of the content, lower-case hex; `None` until the file was read once.
    pub digest: Option<String>,
    pub confirmed_empty: bool,
    pub problem: Option<Problem>,
    pub draft: Option<Pass>,
    pub second_look: Option<Pass>,
    pub status: ImageStatus,
    /// Undecided and doubtful boxes.
    pub queued: u32,
    /// Undecided boxes the models settled.
    pub settled: u32,
    /// Accepted or fixed boxes.
    pub decided: u32,
    pub rejected: u32,
}

/// Which images a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageFilter {
    /// Text that the path contains, letter case aside; empty: any.
    pub text: String,
    pub status: Option<ImageStatus>,
}

/// A part of the image list, ordered by folder, then path (by its bytes).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImagePage {
    pub total: u64,
    pub rows: Vec<ImageRow>,
}

impl Store {
    /// Adds the files found under a folder, thousands to a transaction; files there before are left alone.
    ///
    /// # Errors
    /// When the file cannot be written; what was added before stays.
    pub fn add_images(
        &self,
        folder: FolderId,
        images: impl IntoIterator<Item = NewImage>,
    ) -> Result<Added, StoreError> {
        let _ = (folder, images.into_iter().count());
        todo!()
    }

    /// # Errors
    /// When the file cannot be read.
    pub fn image(&self, id: ImageId) -> Result<Option<ImageRow>, StoreError> {
        let _ = id;
        todo!()
    }

    /// The images of exactly that relative path: more than one when several folders have it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn images_by_path(&self, path: &str) -> Result<Vec<ImageRow>, StoreError> {
        let _ = path;
        todo!()
    }

    /// # Errors
    /// When the file cannot be read.
    pub fn images_page(
        &self,
        filter: &ImageFilter,
        offset: u64,
        limit: u64,
    ) -> Result<ImagePage, StoreError> {
        let _ = (filter, offset, limit);
        todo!()
    }

    /// The image's place in the list, 0-based; `None` where the filter leaves it out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn position_of(&self, image: ImageId, filter: &ImageFilter) -> Result<Option<u64>, StoreError> {
        let _ = (image, filter);
        todo!()
    }

    /// Notes upright size in pixels and content digest (sha256, lower-case hex).
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_size(
        &self,
        image: ImageId,
        width: u32,
        height: u32,
        digest: Option<&str>,
    ) -> Result<(), StoreError> {
        let _ = (image, width, height, digest);
        todo!()
    }

    /// # Errors
    /// When the file cannot be written.
    pub fn set_problem(&self, image: ImageId, problem: &Problem) -> Result<(), StoreError> {
        let _ = (image, problem);
        todo!()
    }

    /// # Errors
    /// When the file cannot be written.
    pub fn clear_problem(&self, image: ImageId) -> Result<(), StoreError> {
        let _ = image;
        todo!()
    }

    /// Images with a problem, in list order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn problems(&self, limit: u64) -> Result<Vec<ImageRow>, StoreError> {
        let _ = limit;
        todo!()
    }

    /// How many images have the same content as another one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn duplicates(&self) -> Result<u64, StoreError> {
        todo!()
    }
}
