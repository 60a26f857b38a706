//! Image files to upright RGB pixels, and back to small JPEGs for showing.
//!
//! The format is told by content. Sizes are checked before memory is taken. A file that is cut off or damaged is an
//! error, never a picture with a grey rest: an annotator would draw on it, and a model learn from it.

mod error;
mod jpeg;
mod orient;
mod other;
mod sniff;

use std::io::{BufRead, Cursor, Read, Seek, SeekFrom};

use fast_image_resize::{FilterType, Resizer};
use relook_domain::Rect;

pub use error::DecodeError;
use sniff::Format;

use crate::scale::resample;

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

impl Upright {
    /// The part of it inside `rect`, widened to whole pixels.
    ///
    /// Errors: nothing of the rectangle lies inside the image.
    pub fn part(&self, rect: Rect) -> Result<Self, DecodeError> {
        let outside = || DecodeError::OutsideImage { width: self.width, height: self.height };
        let rect = rect.clip(self.width, self.height).ok_or_else(outside)?;
        let (left, top) = (rect.x1.floor() as usize, rect.y1.floor() as usize);
        let (right, bottom) = (rect.x2.ceil() as usize, rect.y2.ceil() as usize);
        let pitch = 3 * self.width as usize;
        let mut rgb = Vec::with_capacity(3 * (right - left) * (bottom - top));
        for line in self.rgb.chunks_exact(pitch).take(bottom).skip(top) {
            rgb.extend_from_slice(&line[3 * left..3 * right]);
        }
        Ok(Self { width: (right - left) as u32, height: (bottom - top) as u32, rgb })
    }
}

/// JPEG can be decoded at any number of these.
const EIGHTHS: u32 = 8;

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

impl Limits {
    fn check(&self, width: u64, height: u64) -> Result<(), DecodeError> {
        if width.saturating_mul(height) > self.max_pixels {
            return Err(DecodeError::TooLarge { width, height, max_pixels: self.max_pixels });
        }
        Ok(())
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

/// Decodes an image file of any known format (told by its content) to upright pixels. Of animations the first frame.
///
/// Errors: empty, no image, a format or kind that is not read, cut off, damaged, larger than the limits.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Upright, DecodeError> {
    Ok(decode_scaled(bytes, &|_, _| EIGHTHS, limits)?.image)
}

/// As [`decode`], but smaller where that is faster (JPEG, several times): the longer side keeps at least so many pixels,
/// or all that it has.
///
/// Errors: as [`decode`].
pub fn decode_at_least(bytes: &[u8], at_least: u32, limits: &Limits) -> Result<Upright, DecodeError> {
    let least = |width: u32, height: u32| {
        let longer = u64::from(width.max(height));
        let enough = |n: &u32| (longer * u64::from(*n)).div_ceil(EIGHTHS.into()) >= at_least.into();
        (1..EIGHTHS).find(enough).unwrap_or(EIGHTHS)
    };
    Ok(decode_scaled(bytes, &least, limits)?.image)
}

/// An image that may have been made smaller while it was decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduced {
    pub image: Upright,
    /// Upright size of the original, pixels.
    pub width: u32,
    pub height: u32,
}

/// As [`decode`], but smaller where that is faster: `least` tells for an upright size in pixels the smallest scale that will
/// do. The scale taken leaves whole pixels on both axes, so that places in the image are places in the original, exactly.
///
/// Errors: as [`decode`].
pub fn decode_reduced(
    bytes: &[u8],
    least: impl Fn(u32, u32) -> f64,
    limits: &Limits,
) -> Result<Reduced, DecodeError> {
    let exact = |width: u32, height: u32| {
        let least = least(width, height) * f64::from(EIGHTHS);
        let whole = |side: u32, n: u32| (u64::from(side) * u64::from(n)).is_multiple_of(EIGHTHS.into());
        let fits = |n: &u32| f64::from(*n) >= least && whole(width, *n) && whole(height, *n);
        (1..EIGHTHS).find(fits).unwrap_or(EIGHTHS)
    };
    decode_scaled(bytes, &exact, limits)
}

/// JPEGs are decoded at so many eighths of their size as `eighths` says for their upright size.
fn decode_scaled(
    bytes: &[u8],
    eighths: &dyn Fn(u32, u32) -> u32,
    limits: &Limits,
) -> Result<Reduced, DecodeError> {
    match sniff::sniff(&bytes[..bytes.len().min(sniff::HEAD)])? {
        Format::Jpeg => jpeg::decode(bytes, limits, eighths),
        format => {
            let image = other::decode(bytes, format, limits)?;
            Ok(Reduced { width: image.width, height: image.height, image })
        }
    }
}

/// Reads size, orientation and format from an image file's header; pixels are not touched. Give it a
/// `BufReader<File>`, or a `Cursor` over bytes.
///
/// Errors: as [`decode`], as far as the header tells; no limits apply, since nothing is decoded.
pub fn probe<R: BufRead + Seek>(mut reader: R) -> Result<ImageInfo, DecodeError> {
    let unreadable = |error: std::io::Error| DecodeError::Unreadable { reason: error.to_string() };
    let mut head = Vec::with_capacity(sniff::HEAD);
    reader.by_ref().take(sniff::HEAD as u64).read_to_end(&mut head).map_err(unreadable)?;
    let format = sniff::sniff(&head)?;
    reader.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let (width, height, orientation) = match format {
        Format::Jpeg => {
            let header = jpeg::header(&mut reader)?;
            (u32::from(header.width), u32::from(header.height), header.orientation)
        }
        format => other::header(&mut reader, format)?,
    };
    if width == 0 || height == 0 {
        return Err(DecodeError::Damaged { reason: "it has no pixels".to_owned() });
    }
    let (width, height) = if orient::swaps(orientation) { (height, width) } else { (width, height) };
    Ok(ImageInfo { width, height, orientation, format: format.word() })
}

/// JPEG quality of thumbnails: looked at in grids, held by the thousand.
const THUMBNAIL_QUALITY: i32 = 82;
/// JPEG quality of crops: judged one by one.
const CROP_QUALITY: i32 = 90;

/// A JPEG whose longer side is at most `side` pixels, upright. Never larger than the original. JPEGs are decoded
/// at reduced size, which is several times faster.
///
/// Errors: as [`decode`].
pub fn thumbnail(bytes: &[u8], side: u32, limits: &Limits) -> Result<Vec<u8>, DecodeError> {
    let image = decode_at_least(bytes, side, limits)?;
    shrunk_jpeg(&image, side, THUMBNAIL_QUALITY)
}

/// A JPEG of the part of an image inside `rect` (widened to whole pixels), its longer side at most `side` pixels.
/// Never larger than the part itself.
///
/// Errors: nothing of the rectangle lies inside the image.
pub fn crop_jpeg(image: &Upright, rect: Rect, side: u32) -> Result<Vec<u8>, DecodeError> {
    shrunk_jpeg(&image.part(rect)?, side, CROP_QUALITY)
}

/// Encodes an image, made smaller first when its longer side is above `side`.
fn shrunk_jpeg(image: &Upright, side: u32, quality: i32) -> Result<Vec<u8>, DecodeError> {
    let (width, height) = (image.width, image.height);
    let longer = width.max(height);
    let side = side.max(1);
    if longer <= side {
        return jpeg::encode(&image.rgb, width, height, quality);
    }
    let scale = f64::from(side) / f64::from(longer);
    let scaled = |length: u32| ((f64::from(length) * scale).round() as u32).clamp(1, side);
    let (width, height) = (scaled(width), scaled(height));
    let mut rgb = vec![0; 3 * width as usize * height as usize];
    resample(
        &mut Resizer::new(),
        FilterType::CatmullRom,
        (&image.rgb, (image.width, image.height)),
        (&mut rgb, (width, height)),
    )
    .map_err(|reason| DecodeError::NotWritten { reason })?;
    jpeg::encode(&rgb, width, height, quality)
}

/// [`probe`] over bytes.
pub fn probe_bytes(bytes: &[u8]) -> Result<ImageInfo, DecodeError> {
    probe(Cursor::new(bytes))
}
