//! Image files to upright RGB pixels.

mod error;

pub use error::DecodeError;

use std::io::{BufRead, Seek};

use relook_domain::Rect;

/// An image as a person sees it: EXIF orientation applied, 8-bit RGB, transparency laid over white (what viewers and
/// annotation tools show).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upright {
    /// Pixels.
    pub width: u32,
    pub height: u32,
    /// Row-major, three bytes a pixel: `3 * width * height`.
    pub rgb: Vec<u8>,
}

/// What is refused before any memory is taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Width times height.
    pub max_pixels: u64,
}

impl Default for Limits {
    /// 256 megapixels: above the largest single-shot cameras and phones (200), and 768 MB a decoded image, which a
    /// machine with a few decode threads can bear.
    fn default() -> Self {
        Self { max_pixels: 256_000_000 }
    }
}

/// What an image file's header tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ImageInfo {
    /// Pixels, upright.
    pub width: u32,
    pub height: u32,
    /// EXIF's number, 1..=8; 1 where there is none.
    pub orientation: u8,
    /// Lower case: jpeg, png, gif, webp, bmp, tiff, pnm.
    pub format: &'static str,
}

/// Decodes an image file of any known format (told by its content) to upright pixels.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Upright, DecodeError> {
    let _ = (bytes, limits);
    Err(DecodeError::EmptyFile)
}

/// Reads size, orientation and format from an image file's header; pixels are not touched. Give it a
/// `BufReader<File>`, or a `Cursor` over bytes.
pub fn probe<R: BufRead + Seek>(reader: R) -> Result<ImageInfo, DecodeError> {
    drop(reader);
    Err(DecodeError::EmptyFile)
}

/// A JPEG whose longer side is at most `side` pixels, upright. Never larger than the original.
pub fn thumbnail(bytes: &[u8], side: u32, limits: &Limits) -> Result<Vec<u8>, DecodeError> {
    let _ = (bytes, side, limits);
    Err(DecodeError::EmptyFile)
}

/// A JPEG of the part of an image inside `rect` (widened to whole pixels), its longer side at most `side` pixels.
/// Never larger than the part itself. Errors: nothing of the rectangle lies inside.
pub fn crop_jpeg(image: &Upright, rect: Rect, side: u32) -> Result<Vec<u8>, DecodeError> {
    let _ = (image, rect, side);
    Err(DecodeError::EmptyFile)
}
