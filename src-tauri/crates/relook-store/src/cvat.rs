//! What was sent to CVAT servers: one row an upload, and its images with what both sides agreed on.

use relook_domain::{FolderId, ImageId, Stage};
use rusqlite::{OptionalExtension, Row, params};

use crate::{
    codes::signed,
    codes::unsigned,
    connection::Durability,
    error::Inner,
    error::StoreError,
    images::{self, COLUMNS, ImageRow},
    project::Store,
};

/// An upload to a server; what is in it says the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CvatUpload {
    pub id: i64,
    /// Its address.
    pub server: String,
    /// The server's number of the task, once it is there.
    pub task: Option<u64>,
    /// Whether all of it was sent and read back.
    pub done: bool,
    /// JSON.
    pub state: String,
}

impl Store {
    /// Begins an upload of these images, all or nothing.
    ///
    /// # Errors
    /// When the file cannot be written, or an image is not in the project.
    pub fn begin_cvat_upload(
        &self,
        server: &str,
        task: Option<u64>,
        state: &str,
        images: &[ImageId],
    ) -> Result<i64, StoreError> {
        self.write(Durability::Power, |tx| {
            tx.execute(
                "INSERT INTO cvat_upload (server, task_id, done, state) VALUES (?1, ?2, 0, ?3)",
                params![server, task.map(signed), state],
            )?;
            let id = tx.last_insert_rowid();
            let mut insert = tx
                .prepare_cached("INSERT INTO cvat_image (upload_id, image_id, agreed) VALUES (?1, ?2, '')")?;
            for image in images {
                insert.execute(params![id, image.0])?;
            }
            Ok(id)
        })
    }

    /// Notes how far an upload got.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save_cvat_upload(&self, upload: &CvatUpload) -> Result<(), StoreError> {
        self.write(Durability::Power, |tx| {
            tx.execute(
                "UPDATE cvat_upload SET task_id = ?2, done = ?3, state = ?4 WHERE id = ?1",
                params![upload.id, upload.task.map(signed), upload.done, upload.state],
            )?;
            Ok(())
        })
    }

    /// Forgets an upload.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn forget_cvat_upload(&self, id: i64) -> Result<(), StoreError> {
        self.write(Durability::Power, |tx| {
            tx.execute("DELETE FROM cvat_upload WHERE id = ?1", [id])?;
            Ok(())
        })
    }

    /// Uploads to a server, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn cvat_uploads(&self, server: &str) -> Result<Vec<CvatUpload>, StoreError> {
        self.read(|tx| {
            tx.prepare_cached(
                "SELECT id, server, task_id, done, state FROM cvat_upload WHERE server = ?1 ORDER BY id",
            )?
            .query_and_then([server], upload)?
            .collect()
        })
    }

    /// The images of an upload.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn cvat_images(&self, upload: i64) -> Result<Vec<ImageId>, StoreError> {
        self.read(|tx| {
            tx.prepare_cached("SELECT image_id FROM cvat_image WHERE upload_id = ?1")?
                .query_and_then([upload], |row| Ok(ImageId(row.get(0)?)))?
                .collect()
        })
    }

    /// Images that are in no upload to a server, by id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn cvat_unsent(&self, server: &str) -> Result<Vec<ImageId>, StoreError> {
        self.read(|tx| {
            tx.prepare_cached(
                "SELECT id FROM image WHERE NOT EXISTS (
                    SELECT 1 FROM cvat_image JOIN cvat_upload ON cvat_upload.id = upload_id
                    WHERE image_id = image.id AND server = ?1
                 ) ORDER BY id",
            )?
            .query_and_then([server], |row| Ok(ImageId(row.get(0)?)))?
            .collect()
        })
    }

    /// Images of a folder that are through a stage without a problem and in no upload to a server, by id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn cvat_ready(
        &self,
        server: &str,
        folder: FolderId,
        stage: Stage,
    ) -> Result<Vec<ImageRow>, StoreError> {
        let through = match stage {
            Stage::Draft => "draft <> 0",
            Stage::SecondLook => "look <> 0",
        };
        self.read(|tx| {
            tx.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM image WHERE folder_id = ?2 AND {through} AND problem IS NULL AND NOT EXISTS (
                    SELECT 1 FROM cvat_image JOIN cvat_upload ON cvat_upload.id = upload_id
                    WHERE image_id = image.id AND server = ?1
                 ) ORDER BY id"
            ))?
            .query_and_then(params![server, folder.0], images::image)?
            .collect()
        })
    }

    /// What both sides agreed on of an image; `None` where it is not in the upload or they never did.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn cvat_agreed(&self, upload: i64, image: ImageId) -> Result<Option<String>, StoreError> {
        self.read(|tx| {
            let text: Option<String> = tx
                .prepare_cached("SELECT agreed FROM cvat_image WHERE upload_id = ?1 AND image_id = ?2")?
                .query_row(params![upload, image.0], |row| row.get(0))
                .optional()?;
            Ok(text.filter(|t| !t.is_empty()))
        })
    }

    /// Notes what both sides agree on; images that were not in the upload come to it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn agree_with_cvat(&self, upload: i64, images: &[(ImageId, String)]) -> Result<(), StoreError> {
        self.write(Durability::Program, |tx| {
            let mut insert = tx.prepare_cached(
                "INSERT INTO cvat_image (upload_id, image_id, agreed) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET agreed = excluded.agreed",
            )?;
            for (image, agreed) in images {
                insert.execute(params![upload, image.0, agreed])?;
            }
            Ok(())
        })
    }
}

fn upload(row: &Row<'_>) -> Inner<CvatUpload> {
    Ok(CvatUpload {
        id: row.get(0)?,
        server: row.get(1)?,
        task: row.get::<_, Option<i64>>(2)?.map(unsigned).transpose()?,
        done: row.get(3)?,
        state: row.get(4)?,
    })
}
