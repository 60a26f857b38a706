//! JPEG by libjpeg-turbo: its pixels equal those the training tools see.

use std::borrow::Cow;
use std::io::{self, BufRead, Seek, SeekFrom};

use image::metadata::Orientation;
use turbojpeg::{Colorspace, Compressor, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp};

use super::{DecodeError, Limits, Reduced, orient};

/// More scans than any encoder writes; a file with thousands of empty ones would take minutes.
const MAX_SCANS: u32 = 500;

/// What the markers before the picture data tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// As stored.
    pub width: u16,
    pub height: u16,
    pub orientation: u8,
}

/// Walks the markers up to the picture data.
pub(super) fn header<R: BufRead + Seek>(reader: &mut R) -> Result<Header, DecodeError> {
    let mut size = None;
    let mut orientation = 1;
    reader.seek(SeekFrom::Start(2)).map_err(unreadable)?;
    loop {
        let marker = next_marker(reader)?;
        match marker {
            // Without a length: temporary, restart, a second start.
            0x01 | 0xd0..=0xd8 => continue,
            0xd9 => return Err(DecodeError::Damaged { reason: "it holds no picture".to_owned() }),
            _ => {}
        }
        let mut length = [0; 2];
        fill(reader, &mut length)?;
        let Some(length) = u16::from_be_bytes(length).checked_sub(2) else {
            return Err(DecodeError::Damaged { reason: "a segment has an impossible length".to_owned() });
        };
        match marker {
            // Start of frame; C4, C8 and CC are other things.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let mut frame = [0; 5];
                if length < 5 {
                    return Err(DecodeError::Damaged {
                        reason: "the frame's header is too short".to_owned(),
                    });
                }
                fill(reader, &mut frame)?;
                let [_precision, h0, h1, w0, w1] = frame;
                size = Some((u16::from_be_bytes([w0, w1]), u16::from_be_bytes([h0, h1])));
                skip(reader, i64::from(length) - 5)?;
            }
            0xe1 if orientation == 1 => {
                let mut segment = vec![0; usize::from(length)];
                fill(reader, &mut segment)?;
                if let Some(exif) = segment.strip_prefix(b"Exif\0\0") {
                    orientation = Orientation::from_exif_chunk(exif).map_or(1, Orientation::to_exif);
                }
            }
            0xda => break,
            _ => skip(reader, i64::from(length))?,
        }
    }
    match size {
        Some((width, height)) if width > 0 && height > 0 => Ok(Header { width, height, orientation }),
        Some(_) => Err(DecodeError::Unsupported { what: "A JPEG that tells no size".to_owned() }),
        None => Err(DecodeError::Damaged { reason: "the picture data comes before its header".to_owned() }),
    }
}

fn next_marker<R: BufRead>(reader: &mut R) -> Result<u8, DecodeError> {
    let mut byte = [0; 1];
    loop {
        // Strays between segments are passed over, as libjpeg does.
        loop {
            fill(reader, &mut byte)?;
            if byte[0] == 0xff {
                break;
            }
        }
        while byte[0] == 0xff {
            fill(reader, &mut byte)?;
        }
        if byte[0] != 0 {
            return Ok(byte[0]);
        }
    }
}

fn fill<R: BufRead>(reader: &mut R, into: &mut [u8]) -> Result<(), DecodeError> {
    reader.read_exact(into).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            DecodeError::Truncated { reason: "it ends inside its header".to_owned() }
        }
        _ => unreadable(error),
    })
}

fn skip<R: Seek>(reader: &mut R, bytes: i64) -> Result<(), DecodeError> {
    reader.seek_relative(bytes).map_err(unreadable)
}

fn unreadable(error: impl ToString) -> DecodeError {
    DecodeError::Unreadable { reason: error.to_string() }
}

/// Decodes to upright RGB, at so many eighths of its size as `eighths` says for its upright size.
pub(super) fn decode(
    bytes: &[u8],
    limits: &Limits,
    eighths: &dyn Fn(u32, u32) -> u32,
) -> Result<Reduced, DecodeError> {
    let header = header(&mut io::Cursor::new(bytes))?;
    limits.check(u64::from(header.width), u64::from(header.height))?;

    let mut decompressor = Decompressor::new().map_err(unreadable)?;
    decompressor.set_scan_limit(MAX_SCANS).map_err(unreadable)?;
    // The binding gives no header at all when there is anything to remark on it.
    let mut bytes = Cow::Borrowed(bytes);
    let mut told = decompressor.read_header(&bytes).map_err(|error| error.to_string());
    if told.as_ref().is_err_and(|said| harmless(said)) {
        bytes = Cow::Owned(without_notes(&bytes));
        told = decompressor.read_header(&bytes).map_err(|error| error.to_string());
    }
    let told = told.map_err(|said| verdict(&said, false))?;
    // libjpeg may have found another frame than the walk above; what it says is what it will write.
    limits.check(told.width as u64, told.height as u64)?;

    let side = |length: usize| u32::try_from(length).map_err(unreadable);
    let (whole_width, whole_height) = match (side(told.width)?, side(told.height)?) {
        (w, h) if orient::swaps(header.orientation) => (h, w),
        upright => upright,
    };
    let scaling = match eighths(whole_width, whole_height) as usize {
        n @ 1..8 if !told.is_lossless => ScalingFactor::new(n, 8),
        _ => ScalingFactor::ONE,
    };
    decompressor.set_scaling_factor(scaling).map_err(unreadable)?;
    let scaled = told.scaled(scaling);
    let (width, height) = (scaled.width, scaled.height);
    let cmyk = matches!(told.colorspace, Colorspace::CMYK | Colorspace::YCCK);
    let format = if cmyk { PixelFormat::CMYK } else { PixelFormat::RGB };
    let pitch = format.size() * width;
    let mut pixels = vec![0; pitch * height];
    let mut read = |bytes: &[u8]| {
        let into = Image { pixels: pixels.as_mut_slice(), width, pitch, height, format };
        decompressor.decompress(bytes, into).map_err(|error| error.to_string())
    };
    if let Err(mut said) = read(&bytes) {
        if said.contains("Premature end of JPEG file") && !told.is_progressive {
            // Only the first warning is told, so whether data is missing too shows when the end mark is given. (A
            // progressive file may lack whole scans there without another word, which leaves it blurred.)
            let ended = [&*bytes, &[0xff, 0xd9]].concat();
            said = read(&ended).err().unwrap_or_default();
        } else if harmless(&said) && !has_end(&bytes) {
            // The harmless warning came first and hides the one that matters.
            return Err(verdict("Premature end", true));
        }
        if !said.is_empty() && !harmless(&said) {
            return Err(verdict(&said, true));
        }
    }
    let rgb = if cmyk { rgb_of_inverted_cmyk(&pixels) } else { pixels };
    let image = orient::upright(side(width)?, side(height)?, rgb, header.orientation);
    Ok(Reduced { image, width: whole_width, height: whole_height })
}

/// Whether a warning of libjpeg leaves every pixel right.
fn harmless(message: &str) -> bool {
    [
        "extraneous bytes before marker",
        "Unknown Adobe color transform",
        "unknown JFIF revision",
        "bad ICC marker",
        "Invalid SOS parameters",
    ]
    .iter()
    .any(|known| message.contains(known))
}

/// The same picture without what is not needed to decode it: application segments (but Adobe's, which tells the
/// colours), comments, and strays between segments.
fn without_notes(bytes: &[u8]) -> Vec<u8> {
    let mut kept = vec![0xff, 0xd8];
    let mut at = 2;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|&byte| byte == 0xff)) {
        at += found;
        let Some(&marker) = bytes.get(at + 1) else { break };
        if matches!(marker, 0x00 | 0x01 | 0xd0..=0xd8 | 0xff) {
            at += 1;
            continue;
        }
        let length =
            bytes.get(at + 2..at + 4).map_or(2, |pair| usize::from(pair[0]) << 8 | usize::from(pair[1]));
        if marker == 0xda || marker == 0xd9 {
            kept.extend_from_slice(&bytes[at..]);
            break;
        }
        let end = (at + 2 + length).min(bytes.len());
        let segment = &bytes[at..end];
        // Adobe's last byte is the transform; 0, 1 and 2 have a meaning.
        let adobe =
            marker == 0xee && segment.get(4..9) == Some(b"Adobe") && segment.get(15).is_some_and(|&t| t < 3);
        if adobe || !matches!(marker, 0xe0..=0xef | 0xfe) {
            kept.extend_from_slice(segment);
        }
        at = end;
    }
    kept
}

/// Whether the end mark follows the picture data.
fn has_end(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|&byte| byte == 0xff)) {
        at += found + 1;
        match bytes.get(at) {
            None => return false,
            Some(0xd9) => return true,
            // Stuffing, fill bytes and restarts are part of the data.
            Some(0x00 | 0x01 | 0xd0..=0xd8 | 0xff) => {}
            Some(_) => {
                let Some(&[high, low]) = bytes.get(at + 1..at + 3) else { return false };
                at += 1 + usize::from(u16::from_be_bytes([high, low]));
            }
        }
    }
    false
}

/// libjpeg's words as an error. `in_data`: after the header.
fn verdict(message: &str, in_data: bool) -> DecodeError {
    let reason = message.trim_start_matches("TurboJPEG error: ").to_owned();
    let has = |words: &str| reason.contains(words);
    if has("remature end") || has("found marker 0xd9") || has("no image") || has("Empty input") {
        let reason = if in_data { "its picture data ends early" } else { "it ends inside its header" };
        DecodeError::Truncated { reason: reason.to_owned() }
    } else if has("Unsupported") || has("not supported") || has("precision") || has("colorspace") {
        DecodeError::Unsupported { what: format!("This kind of JPEG ({reason})") }
    } else {
        DecodeError::Damaged { reason }
    }
}

/// CMYK as Adobe stores it in JPEG (255: no ink) to RGB, with the rounding that the training tools' image library
/// has. Without a colour profile: for looking at and for detecting, not for print.
fn rgb_of_inverted_cmyk(cmyk: &[u8]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(cmyk.len() / 4 * 3);
    for pixel in cmyk.chunks_exact(4) {
        let light = u32::from(pixel[3]);
        for &stored in &pixel[..3] {
            let shade = (255 - u32::from(stored)) * light + 128;
            let shade = ((shade >> 8) + shade) >> 8;
            rgb.push(light.saturating_sub(shade).min(255) as u8);
        }
    }
    rgb
}

/// Writes RGB8 as a baseline JPEG, chroma at half size.
pub(super) fn encode(rgb: &[u8], width: u32, height: u32, quality: i32) -> Result<Vec<u8>, DecodeError> {
    let (width, height) = (width as usize, height as usize);
    let write = || {
        let mut compressor = Compressor::new()?;
        compressor.set_quality(quality)?;
        compressor.set_subsamp(Subsamp::Sub2x2)?;
        compressor.compress_to_vec(Image {
            pixels: rgb,
            width,
            pitch: 3 * width,
            height,
            format: PixelFormat::RGB,
        })
    };
    write().map_err(|error: turbojpeg::Error| DecodeError::NotWritten { reason: error.to_string() })
}
