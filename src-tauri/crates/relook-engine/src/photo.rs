//! Pictures for the window: the photo itself, its thumbnail, a crop of one shape.

use std::{
    io::{BufReader, Cursor},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard},
    time::UNIX_EPOCH,
};

use relook_domain::{Annotation, AnnotationId, ImageId, Rect, Shape};
use relook_store::ImageRow;
use relook_vision::{ImageInfo, Limits, Upright, decode};

use crate::{cache::Shelf, error::EngineError, project::Project, task::lock};

/// Longer side of a thumbnail, pixels.
const THUMBNAIL: u32 = 256;
/// Longer sides that a crop may have, pixels.
const CROPS: [u32; 2] = [128, 256];
/// How far a crop reaches from the middle of its shape, in longer sides of it, so that some surroundings are seen.
const REACH: f64 = 0.65;
/// A smaller shape is shown with this much around it, pixels.
const SMALLEST: f64 = 24.0;
/// Crops made of a photo at once, when it is decoded for one of them.
const TOGETHER: usize = 64;
/// Bytes on disk: some 150,000 crops, and as many thumbnails.
const CROPS_KEPT: u64 = 1 << 30;
const THUMBNAILS_KEPT: u64 = 2 << 30;

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

/// Small pictures on disk, and who is making some of which photo.
pub(crate) struct Cache {
    thumbnails: Shelf,
    crops: Shelf,
    making: [Mutex<()>; 16],
}

impl Cache {
    pub(crate) fn new(cache: &Path) -> Self {
        Self {
            thumbnails: Shelf::new(cache.join("thumbnails"), THUMBNAILS_KEPT),
            crops: Shelf::new(cache.join("crops"), CROPS_KEPT),
            making: Default::default(),
        }
    }

    /// Held while crops of a photo are made, so that they are not made twice.
    fn turn(&self, image: ImageId) -> MutexGuard<'_, ()> {
        lock(&self.making[image.0.unsigned_abs() as usize % self.making.len()])
    }
}

/// A photo's file as it is now; pictures of it are kept under path, size and time, so a changed file gets new ones.
struct Source {
    file: PathBuf,
    bytes: [u8; 8],
    modified: [u8; 16],
}

impl Source {
    fn of(file: PathBuf) -> Result<Self, EngineError> {
        let about = std::fs::metadata(&file).map_err(EngineError::file("Could not read", &file))?;
        let modified = about.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
        Ok(Self {
            file,
            bytes: about.len().to_le_bytes(),
            modified: modified.map_or(0, |t| t.as_nanos()).to_le_bytes(),
        })
    }

    fn read(&self) -> Result<Vec<u8>, EngineError> {
        std::fs::read(&self.file).map_err(EngineError::file("Could not read", &self.file))
    }

    fn place(&self, shelf: &Shelf, what: &[u8]) -> PathBuf {
        shelf.place(&[self.file.as_os_str().as_encoded_bytes(), &self.bytes, &self.modified, what])
    }

    fn crop_place(&self, shelf: &Shelf, part: &Rect, side: u32) -> PathBuf {
        let what = [part.x1, part.y1, part.x2, part.y2, f64::from(side)].map(|v| v.round().to_string());
        self.place(shelf, what.join(" ").as_bytes())
    }
}

/// A photo as a browser engine can show it: the file itself where it can, else a JPEG of it.
pub(crate) fn shown(file: &Path) -> Result<Photo, EngineError> {
    let bytes = std::fs::read(file).map_err(EngineError::file("Could not read", file))?;
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

impl Project {
    /// The photo as a browser engine can show it: the file itself where it can, else a JPEG of it.
    ///
    /// # Errors
    /// No such image, or it cannot be read.
    pub fn photo(&self, id: ImageId) -> Result<Photo, EngineError> {
        let row = self.image_row(id)?;
        shown(&self.file_of(&row)?)
    }

    /// A small JPEG of the photo, made once.
    ///
    /// # Errors
    /// No such image, or it cannot be read.
    pub fn thumbnail(&self, id: ImageId) -> Result<Photo, EngineError> {
        let source = Source::of(self.file_of(&self.image_row(id)?)?)?;
        let shelf = &self.inner.photos.thumbnails;
        let place = source.place(shelf, b"thumbnail");
        if let Ok(bytes) = std::fs::read(&place) {
            return Ok(Photo::jpeg(bytes));
        }
        let jpeg = decode::thumbnail(&source.read()?, THUMBNAIL, &Limits::default())?;
        shelf.put(&place, &jpeg);
        Ok(Photo::jpeg(jpeg))
    }

    /// A JPEG of a shape with some of its surroundings, its longer side at most `side` pixels (128 or 256). Made once: a
    /// photo that is decoded for one crop gives all that it can at that size.
    ///
    /// # Errors
    /// No such annotation, a side that is none, or its image cannot be read.
    pub fn crop(&self, id: AnnotationId, side: u32) -> Result<Photo, EngineError> {
        if !CROPS.contains(&side) {
            return Err(EngineError::NotFound(format!(
                "There are no crops of {side} pixels, only of 128 and 256"
            )));
        }
        let annotation = self.annotation(id)?;
        let row = self.image_row(annotation.image)?;
        let source = Source::of(self.file_of(&row)?)?;
        let shelf = &self.inner.photos.crops;
        let part = part_around(&annotation);
        let place = source.crop_place(shelf, &part, side);
        if let Ok(bytes) = std::fs::read(&place) {
            return Ok(Photo::jpeg(bytes));
        }
        let _turn = self.inner.photos.turn(row.id);
        if let Ok(bytes) = std::fs::read(&place) {
            return Ok(Photo::jpeg(bytes));
        }
        let bytes = source.read()?;
        let decoded = Decoded::for_part(&bytes, &part, side)?;
        let jpeg = decoded.crop(&part, side)?;
        shelf.put(&place, &jpeg);
        for other in self.beside(&annotation, &row)? {
            let part = part_around(&other);
            let place = source.crop_place(shelf, &part, side);
            if decoded.serves(&part, side) && !place.exists() {
                shelf.put(&place, &decoded.crop(&part, side)?);
            }
        }
        Ok(Photo::jpeg(jpeg))
    }

    /// The other shapes on the image that will most likely be asked for next.
    fn beside(&self, asked: &Annotation, row: &ImageRow) -> Result<Vec<Annotation>, EngineError> {
        let all = self.store().annotations_of(row.id)?.into_iter().map(|(a, _)| a);
        let mut others: Vec<_> = all.filter(|a| a.id != asked.id && a.stands()).collect();
        others.sort_by_key(|a| a.label != asked.label);
        others.truncate(TOGETHER);
        Ok(others)
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

/// What a crop shows of the photo: a square around the shape, or all of it for a tag. Pixels of the original.
fn part_around(annotation: &Annotation) -> Rect {
    if annotation.shape == Shape::Tag {
        return Rect { x1: 0.0, y1: 0.0, x2: f64::MAX, y2: f64::MAX };
    }
    let r = annotation.geometry().bounds();
    let half = r.width().max(r.height()).max(SMALLEST) * REACH;
    let (cx, cy) = ((r.x1 + r.x2) / 2.0, (r.y1 + r.y2) / 2.0);
    Rect { x1: cx - half, y1: cy - half, x2: cx + half, y2: cy + half }
}

/// A photo as large as a crop needs it: a JPEG is decoded several times faster at reduced size.
struct Decoded {
    original: ImageInfo,
    image: Upright,
}

impl Decoded {
    fn for_part(bytes: &[u8], part: &Rect, side: u32) -> Result<Self, EngineError> {
        let original = decode::probe(Cursor::new(bytes))?;
        let at_least = longer_for(&original, part, side);
        Ok(Self { image: decode::decode_at_least(bytes, at_least, &Limits::default())?, original })
    }

    /// Whether the crop would be no sharper if the photo had been decoded larger.
    fn serves(&self, part: &Rect, side: u32) -> bool {
        self.image.width.max(self.image.height) >= longer_for(&self.original, part, side)
    }

    fn crop(&self, part: &Rect, side: u32) -> Result<Vec<u8>, EngineError> {
        let x = f64::from(self.image.width) / f64::from(self.original.width);
        let y = f64::from(self.image.height) / f64::from(self.original.height);
        let scaled = Rect { x1: part.x1 * x, y1: part.y1 * y, x2: part.x2 * x, y2: part.y2 * y };
        Ok(decode::crop_jpeg(&self.image, scaled, side)?)
    }
}

/// How long the photo's longer side must be for the part to fill `side` pixels; never longer than it is.
fn longer_for(original: &ImageInfo, part: &Rect, side: u32) -> u32 {
    let longer = original.width.max(original.height);
    let seen = part.clip(original.width, original.height).map_or(0.0, |p| p.width().max(p.height()));
    let scale = (f64::from(side) / seen.max(1.0)).min(1.0);
    (f64::from(longer) * scale).ceil() as u32
}
