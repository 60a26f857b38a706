//! Pictures for the window: the photo itself, its thumbnail, a crop of one box.

use std::{
    collections::VecDeque,
    io::{BufReader, Cursor, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use relook_domain::{AnnotationId, ImageId, Rect};
use relook_store::ImageRow;
use relook_vision::{Limits, Upright, decode};
use sha2::{Digest, Sha256};

use crate::{error::EngineError, project::Project, task::lock};

/// Longer side of a thumbnail, pixels.
const THUMBNAIL: u32 = 256;
/// Longer side of a crop, pixels.
const CROP: u32 = 128;
/// Decoded photos kept for crops and re-encoding.
const DECODED_KEPT: usize = 3;

/// Bytes and what they are.
#[derive(Clone, Debug)]
pub struct Photo {
    pub bytes: Vec<u8>,
    /// MIME type.
    pub kind: &'static str,
}

impl Photo {
    fn jpeg(bytes: Vec<u8>) -> Self {
        Self { bytes, kind: "image/jpeg" }
    }
}

/// Thumbnails on disk (may be deleted at any time) and the last photos decoded.
pub(crate) struct Cache {
    folder: PathBuf,
    decoded: Mutex<VecDeque<(ImageId, i64, Arc<Upright>)>>,
}

impl Cache {
    pub(crate) fn new(cache: &Path) -> Self {
        Self { folder: cache.join("thumbnails"), decoded: Mutex::new(VecDeque::new()) }
    }

    /// A thumbnail's place: follows path, size and time of the file, so a changed file gets a new one.
    fn place(&self, file: &Path, row: &ImageRow) -> PathBuf {
        let mut hash = Sha256::new();
        hash.update(file.as_os_str().as_encoded_bytes());
        hash.update(row.bytes.to_le_bytes());
        hash.update(row.modified.to_le_bytes());
        let name = format!("{:x}", hash.finalize());
        self.folder.join(&name[..2]).join(format!("{}.jpg", &name[2..34]))
    }
}

impl Project {
    /// The photo as a browser engine can show it: the file itself where it can, else a JPEG of it.
    ///
    /// # Errors
    /// No such image, or it cannot be read.
    pub fn photo(&self, id: ImageId) -> Result<Photo, EngineError> {
        let row = self.image_row(id)?;
        let file = self.file_of(&row)?;
        let bytes = std::fs::read(&file).map_err(EngineError::file("Could not read", &file))?;
        let info = decode::probe(Cursor::new(&bytes))?;
        let shown_as_is = match info.format {
            "jpeg" => Some("image/jpeg"),
            // Engines differ over EXIF in these; an upright one is safe everywhere.
            "png" if info.orientation == 1 => Some("image/png"),
            "webp" if info.orientation == 1 => Some("image/webp"),
            "gif" => Some("image/gif"),
            "bmp" => Some("image/bmp"),
            _ => None,
        };
        if let Some(kind) = shown_as_is {
            return Ok(Photo { bytes, kind });
        }
        let image = decode::decode(&bytes, &Limits::default())?;
        let whole = Rect { x1: 0.0, y1: 0.0, x2: f64::from(image.width), y2: f64::from(image.height) };
        Ok(Photo::jpeg(decode::crop_jpeg(&image, whole, image.width.max(image.height))?))
    }

    /// A small JPEG of the photo, made once.
    ///
    /// # Errors
    /// No such image, or it cannot be read.
    pub fn thumbnail(&self, id: ImageId) -> Result<Photo, EngineError> {
        let row = self.image_row(id)?;
        let file = self.file_of(&row)?;
        let place = self.inner.photos.place(&file, &row);
        if let Ok(bytes) = std::fs::read(&place) {
            return Ok(Photo::jpeg(bytes));
        }
        let bytes = std::fs::read(&file).map_err(EngineError::file("Could not read", &file))?;
        let jpeg = decode::thumbnail(&bytes, THUMBNAIL, &Limits::default())?;
        if let Err(error) = keep(&place, &jpeg) {
            // Only slower next time.
            tracing::debug!("thumbnail not kept: {error}");
        }
        Ok(Photo::jpeg(jpeg))
    }

    /// A small JPEG of a box with some of its surroundings.
    ///
    /// # Errors
    /// No such annotation, or its image cannot be read.
    pub fn crop(&self, id: AnnotationId) -> Result<Photo, EngineError> {
        let (annotation, _) = self
            .store()
            .annotation(id)?
            .ok_or_else(|| EngineError::NotFound(format!("There is no annotation {id} in this project")))?;
        let image = self.decoded(annotation.image)?;
        let r = annotation.rect;
        let half = r.width().max(r.height()).max(24.0) * 0.65;
        let (cx, cy) = ((r.x1 + r.x2) / 2.0, (r.y1 + r.y2) / 2.0);
        let around = Rect { x1: cx - half, y1: cy - half, x2: cx + half, y2: cy + half };
        Ok(Photo::jpeg(decode::crop_jpeg(&image, around, CROP)?))
    }

    fn decoded(&self, id: ImageId) -> Result<Arc<Upright>, EngineError> {
        let row = self.image_row(id)?;
        if let Some((.., image)) =
            lock(&self.inner.photos.decoded).iter().find(|(i, m, _)| *i == id && *m == row.modified)
        {
            return Ok(Arc::clone(image));
        }
        let file = self.file_of(&row)?;
        let bytes = std::fs::read(&file).map_err(EngineError::file("Could not read", &file))?;
        let image = Arc::new(decode::decode(&bytes, &Limits::default())?);
        let mut kept = lock(&self.inner.photos.decoded);
        kept.push_back((id, row.modified, Arc::clone(&image)));
        while kept.len() > DECODED_KEPT {
            kept.pop_front();
        }
        Ok(image)
    }

    /// Makes sure the size of an image is known before something is drawn on it.
    pub(crate) fn measure(&self, id: ImageId) -> Result<(), EngineError> {
        let row = self.image_row(id)?;
        if row.size.is_some() {
            return Ok(());
        }
        let file = self.file_of(&row)?;
        let open = std::fs::File::open(&file).map_err(EngineError::file("Could not read", &file))?;
        let info = decode::probe(BufReader::new(open))?;
        Ok(self.store().set_size(id, info.width, info.height, None)?)
    }
}

fn keep(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = place.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut temp = tempfile::NamedTempFile::new_in(folder)?;
    temp.write_all(bytes)?;
    temp.persist(place)?;
    Ok(())
}
