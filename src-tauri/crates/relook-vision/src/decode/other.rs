//! Every format but JPEG.

use std::error::Error;
use std::io::{self, BufRead, Cursor, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::error::{ImageError, LimitErrorKind};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::sniff::Format;
use super::{DecodeError, Limits, Upright, orient};

fn known(format: Format) -> ImageFormat {
    match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::Gif => ImageFormat::Gif,
        Format::WebP => ImageFormat::WebP,
        Format::Bmp => ImageFormat::Bmp,
        Format::Tiff => ImageFormat::Tiff,
        Format::Pnm => ImageFormat::Pnm,
    }
}

/// What decoders read from. As one type, so that they are compiled once and not for every kind of reader.
pub(super) trait Source: BufRead + Seek {}

impl<R: BufRead + Seek> Source for R {}

/// Size as stored, and orientation, from the header alone.
pub(super) fn header(reader: &mut dyn Source, format: Format) -> Result<(u32, u32, u8), DecodeError> {
    guarded(move || {
        let decoder = ImageReader::with_format(reader, known(format)).into_decoder();
        let mut decoder = decoder.map_err(|error| in_words(&error, format))?;
        let (width, height) = decoder.dimensions();
        let orientation = decoder.orientation().map_or(1, |orientation| orientation.to_exif());
        Ok((width, height, orientation))
    })
}

pub(super) fn decode(bytes: &[u8], format: Format, limits: &Limits) -> Result<Upright, DecodeError> {
    guarded(move || {
        let mut bytes = Cursor::new(bytes);
        let mut reader = ImageReader::with_format(&mut bytes as &mut dyn Source, known(format));
        let mut bounds = image::Limits::default();
        // Sixteen bits and four channels a pixel, and as much again to work in.
        bounds.max_alloc = Some(limits.max_pixels.saturating_mul(16).max(1 << 20));
        reader.limits(bounds);
        let mut decoder = reader.into_decoder().map_err(|error| in_words(&error, format))?;
        let (width, height) = decoder.dimensions();
        limits.check(u64::from(width), u64::from(height))?;
        let orientation = decoder.orientation().map_or(1, |orientation| orientation.to_exif());
        let image = DynamicImage::from_decoder(decoder).map_err(|error| in_words(&error, format))?;
        let (width, height) = (image.width(), image.height());
        if width == 0 || height == 0 {
            return Err(DecodeError::Damaged { reason: "it has no pixels".to_owned() });
        }
        let rgb = if image.color().has_alpha() {
            over_white(&image.into_rgba8().into_raw())
        } else {
            image.into_rgb8().into_raw()
        };
        Ok(orient::upright(width, height, rgb, orientation))
    })
}

/// One bad file must not end a job of thousands, whatever a decoder makes of it.
fn guarded<T>(work: impl FnOnce() -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(DecodeError::Damaged { reason: "its decoder gave up".to_owned() }))
}

fn over_white(rgba: &[u8]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(rgba.len() / 4 * 3);
    for pixel in rgba.chunks_exact(4) {
        let alpha = u32::from(pixel[3]);
        for &colour in &pixel[..3] {
            rgb.push(((u32::from(colour) * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
        }
    }
    rgb
}

fn in_words(error: &ImageError, format: Format) -> DecodeError {
    if ends_early(error) {
        return DecodeError::Truncated { reason: "its data ends early".to_owned() };
    }
    match error {
        ImageError::Unsupported(_) => {
            DecodeError::Unsupported { what: format!("This kind of {} ({error})", format.word()) }
        }
        ImageError::Limits(limit) if matches!(limit.kind(), LimitErrorKind::InsufficientMemory) => {
            DecodeError::Damaged { reason: "it asks for more memory than its size needs".to_owned() }
        }
        ImageError::IoError(error) => DecodeError::Unreadable { reason: error.to_string() },
        other => DecodeError::Damaged { reason: other.to_string() },
    }
}

/// Whether the file's end is somewhere among the causes. Some decoders keep the cause only in their words.
fn ends_early(error: &ImageError) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof)
        {
            return true;
        }
        cause = error.source();
    }
    let words = error.to_string().to_lowercase();
    ["unexpected eof", "unexpected end", "failed to fill whole buffer", "end of file"]
        .iter()
        .any(|known| words.contains(known))
}
