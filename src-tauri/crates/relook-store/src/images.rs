//! Images: rows, the list and its filter.

use relook_domain::{FolderId, ImageId, RunId};

use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::{
    codes::{Code, signed, small, unsigned},
    connection::Durability,
    error::{Fault, Inner, StoreError},
    project::Store,
};

/// Rows added in one transaction; others can write in between.
const CHUNK: usize = 10_000;
/// Images of the first transaction: few, so that there is something to look at while the others are still being found.
const FIRST: usize = 100;

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
        let mut images = images.into_iter();
        let mut added = Added::default();
        let mut size = FIRST;
        loop {
            // Gathered first: the iterator may wait for a slow disk, and nobody should wait for it.
            let chunk: Vec<NewImage> = images.by_ref().take(size).collect();
            size = CHUNK;
            if chunk.is_empty() {
                return Ok(added);
            }
            let part = self.write(Durability::Program, |tx| add_chunk(tx, folder, &chunk))?;
            added.new += part.new;
            added.known += part.known;
            added.changed += part.changed;
        }
    }

    /// The files of a folder as they were when they were added or changed last, by path.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn files_of(&self, folder: FolderId) -> Result<Vec<NewImage>, StoreError> {
        self.read(|tx| {
            tx.prepare_cached("SELECT path, bytes, modified FROM image WHERE folder_id = ?1 ORDER BY path")?
                .query_and_then([folder.0], |row| {
                    Ok(NewImage { path: row.get(0)?, bytes: unsigned(row.get(1)?)?, modified: row.get(2)? })
                })?
                .collect()
        })
    }

    /// Notes that an image's file holds another picture now: it is to be drafted anew. What people decided stays.
    /// Where the content is the same, only the file's size and time are noted. Returns whether it is another picture.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn replace_file(&self, folder: FolderId, file: &NewImage, digest: &str) -> Result<bool, StoreError> {
        self.write(Durability::Program, |tx| {
            let known = "folder_id = ?1 AND path = ?2";
            let stamp = params![folder.0, file.path, signed(file.bytes), file.modified];
            tx.execute(&format!("UPDATE image SET bytes = ?3, modified = ?4 WHERE {known}"), stamp)?;
            let another = format!(
                "UPDATE image SET width = NULL, height = NULL, digest = NULL, problem_code = NULL, problem = NULL,
                     draft = 0, draft_run = NULL, look = 0, look_run = NULL
                 WHERE {known} AND digest IS NOT ?3"
            );
            Ok(tx.execute(&another, params![folder.0, file.path, digest])? > 0)
        })
    }

    /// # Errors
    /// When the file cannot be read.
    pub fn image(&self, id: ImageId) -> Result<Option<ImageRow>, StoreError> {
        self.read(|tx| by_id(tx, id))
    }

    /// The images of exactly that relative path: more than one when several folders have it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn images_by_path(&self, path: &str) -> Result<Vec<ImageRow>, StoreError> {
        self.read(|tx| {
            tx.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM folder CROSS JOIN image ON image.folder_id = folder.id
                 WHERE image.path = ?1 ORDER BY folder.id"
            ))?
            .query_and_then([path], image)?
            .collect()
        })
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
        self.write(Durability::Program, |tx| {
            let sql = "UPDATE image SET width = ?2, height = ?3, digest = coalesce(?4, digest) WHERE id = ?1";
            one_image(image, tx.prepare_cached(sql)?.execute(params![image.0, width, height, digest])?)
        })
    }

    /// # Errors
    /// When the file cannot be written.
    pub fn set_problem(&self, image: ImageId, problem: &Problem) -> Result<(), StoreError> {
        self.write(Durability::Program, |tx| {
            let sql = "UPDATE image SET problem_code = ?2, problem = ?3 WHERE id = ?1";
            one_image(image, tx.prepare_cached(sql)?.execute(params![image.0, problem.code, problem.text])?)
        })
    }

    /// # Errors
    /// When the file cannot be written.
    pub fn clear_problem(&self, image: ImageId) -> Result<(), StoreError> {
        self.write(Durability::Program, |tx| {
            let sql = "UPDATE image SET problem_code = NULL, problem = NULL WHERE id = ?1";
            one_image(image, tx.prepare_cached(sql)?.execute([image.0])?)
        })
    }

    /// Images with a problem, in list order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn problems(&self, limit: u64) -> Result<Vec<ImageRow>, StoreError> {
        let filter = ImageFilter { status: Some(ImageStatus::Problem), ..ImageFilter::default() };
        Ok(self.images_page(&filter, 0, limit)?.rows)
    }

    /// How many images have the same content as another one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn duplicates(&self) -> Result<u64, StoreError> {
        self.read(|tx| {
            let sql = "SELECT coalesce(sum(n), 0) FROM (
                           SELECT count(*) AS n FROM image WHERE digest IS NOT NULL GROUP BY digest HAVING n > 1
                       )";
            unsigned(tx.query_row(sql, [], |row| row.get(0))?)
        })
    }
}

fn add_chunk(tx: &Transaction<'_>, folder: FolderId, images: &[NewImage]) -> Inner<Added> {
    let mut added = Added::default();
    let mut find =
        tx.prepare_cached("SELECT id, bytes, modified FROM image WHERE folder_id = ?1 AND path = ?2")?;
    let mut insert =
        tx.prepare_cached("INSERT INTO image (folder_id, path, bytes, modified) VALUES (?1, ?2, ?3, ?4)")?;
    let mut change = tx.prepare_cached(
        "UPDATE image SET bytes = ?2, modified = ?3, digest = NULL, problem_code = NULL, problem = NULL,
             draft = iif(draft = 3, 0, draft), draft_run = iif(draft = 3, NULL, draft_run),
             look = iif(look = 3, 0, look), look_run = iif(look = 3, NULL, look_run)
         WHERE id = ?1",
    )?;
    for image in images {
        let bytes = signed(image.bytes);
        let known = find
            .query_row(params![folder.0, image.path], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
            })
            .optional()?;
        match known {
            None => {
                insert.execute(params![folder.0, image.path, bytes, image.modified])?;
                added.new += 1;
            }
            Some((_, b, m)) if b == bytes && m == image.modified => added.known += 1,
            Some((id, ..)) => {
                change.execute(params![id, bytes, image.modified])?;
                added.changed += 1;
            }
        }
    }
    Ok(added)
}

/// The columns that [`image`] reads.
pub(crate) const COLUMNS: &str = "image.id, image.folder_id, image.path, image.width, image.height, image.bytes, \
     image.modified, image.digest, image.confirmed_empty, image.problem_code, image.problem, image.draft, \
     image.draft_run, image.look, image.look_run, image.status, image.queued, image.settled, image.decided, \
     image.rejected";

pub(crate) fn image(row: &Row<'_>) -> Inner<ImageRow> {
    let size = match (row.get::<_, Option<i64>>(3)?, row.get::<_, Option<i64>>(4)?) {
        (Some(width), Some(height)) => Some((small(width)?, small(height)?)),
        _ => None,
    };
    let problem = match (row.get(9)?, row.get(10)?) {
        (Some(code), Some(text)) => Some(Problem { code, text }),
        _ => None,
    };
    Ok(ImageRow {
        id: ImageId(row.get(0)?),
        folder: FolderId(row.get(1)?),
        path: row.get(2)?,
        size,
        bytes: unsigned(row.get(5)?)?,
        modified: row.get(6)?,
        digest: row.get(7)?,
        confirmed_empty: row.get(8)?,
        problem,
        draft: pass(row.get(11)?, row.get(12)?)?,
        second_look: pass(row.get(13)?, row.get(14)?)?,
        status: ImageStatus::from_code(row.get(15)?)?,
        queued: small(row.get(16)?)?,
        settled: small(row.get(17)?)?,
        decided: small(row.get(18)?)?,
        rejected: small(row.get(19)?)?,
    })
}

fn pass(outcome: i64, run: Option<i64>) -> Inner<Option<Pass>> {
    run.map(|run| Ok(Pass { run: RunId(run), outcome: PassOutcome::from_code(outcome)? })).transpose()
}

pub(crate) fn by_id(tx: &Transaction<'_>, id: ImageId) -> Inner<Option<ImageRow>> {
    tx.prepare_cached(&format!("SELECT {COLUMNS} FROM image WHERE id = ?1"))?
        .query_and_then([id.0], image)?
        .next()
        .transpose()
}

/// An update that names an image must have met it.
pub(crate) fn one_image(id: ImageId, changed: usize) -> Inner<()> {
    if changed == 1 {
        return Ok(());
    }
    Err(Fault::Store(StoreError::ImageConflict { id, why: "is not in the project", step: None }))
}
