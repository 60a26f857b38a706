//! What a file is, told by its first bytes; names and extensions lie.

use super::DecodeError;

/// Formats that are decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    Gif,
    WebP,
    Bmp,
    Tiff,
    Pnm,
}

impl Format {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::WebP => "webp",
            Self::Bmp => "bmp",
            Self::Tiff => "tiff",
            Self::Pnm => "pnm",
        }
    }
}

/// Bytes that are enough for [`sniff`].
pub(super) const HEAD: usize = 512;

/// The format of a file from its first [`HEAD`] bytes, or what it is instead.
pub(super) fn sniff(head: &[u8]) -> Result<Format, DecodeError> {
    if head.is_empty() {
        return Err(DecodeError::EmptyFile);
    }
    let starts = |magic: &[u8]| head.starts_with(magic);
    let holds = |at: usize, magic: &[u8]| head.get(at..at + magic.len()) == Some(magic);
    let format = if starts(b"\xff\xd8\xff") {
        Some(Format::Jpeg)
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        Some(Format::Png)
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Some(Format::Gif)
    } else if starts(b"RIFF") && holds(8, b"WEBP") {
        Some(Format::WebP)
    } else if starts(b"BM") && holds(6, &[0; 4]) {
        Some(Format::Bmp)
    } else if [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| starts(*magic)) {
        Some(Format::Tiff)
    } else if matches!(head, [b'P', b'1'..=b'7', white, ..] if white.is_ascii_whitespace() || *white == b'#')
    {
        Some(Format::Pnm)
    } else {
        None
    };
    if let Some(format) = format {
        return Ok(format);
    }
    if let Some(what) = other_image(head) {
        return Err(DecodeError::Unsupported { what: what.to_owned() });
    }
    // A file of a known format that ends inside its own signature.
    if head.len() < 12
        && [&b"\xff\xd8\xff"[..], b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF"].iter().any(|m| m.starts_with(head))
    {
        return Err(DecodeError::Truncated { reason: format!("it ends after {} bytes", head.len()) });
    }
    Err(DecodeError::NotAnImage { found: something_else(head) })
}

/// Image formats that are known and not decoded.
fn other_image(head: &[u8]) -> Option<&'static str> {
    let starts = |magic: &[u8]| head.starts_with(magic);
    if head.get(4..8) == Some(b"ftyp") {
        return match head.get(8..12)? {
            b"avif" | b"avis" => Some("An AVIF image"),
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => {
                Some("A HEIC image")
            }
            b"crx " => Some("A camera's raw image (CR3)"),
            _ => None,
        };
    }
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with("<svg") || (text.starts_with("<?xml") && text.contains("<svg")) {
        return Some("An SVG drawing");
    }
    let table: [(&[u8], &str); 11] = [
        (b"\x00\x00\x00\x0cjP  ", "A JPEG 2000 image"),
        (b"\xff\x4f\xff\x51", "A JPEG 2000 image"),
        (b"\xff\x0a", "A JPEG XL image"),
        (b"\x00\x00\x00\x0cJXL ", "A JPEG XL image"),
        (b"8BPS", "A Photoshop document"),
        (b"\x00\x00\x01\x00", "A Windows icon"),
        (b"DDS ", "A DirectDraw texture"),
        (b"\x76\x2f\x31\x01", "An OpenEXR image"),
        (b"#?RADIANCE", "A Radiance HDR image"),
        (b"qoif", "A QOI image"),
        (b"FUJIFILMCCD-RAW", "A camera's raw image (RAF)"),
    ];
    table.into_iter().find(|(magic, _)| starts(magic)).map(|(_, what)| what)
}

/// What a file that is no image looks like.
fn something_else(head: &[u8]) -> String {
    let starts = |magic: &[u8]| head.starts_with(magic);
    if head.get(4..8) == Some(b"ftyp") {
        return "a video (MP4)".to_owned();
    }
    if starts(b"RIFF") {
        return match head.get(8..12) {
            Some(b"AVI ") => "a video (AVI)".to_owned(),
            Some(b"WAVE") => "a sound (WAV)".to_owned(),
            _ => "a RIFF container".to_owned(),
        };
    }
    let table: [(&[u8], &str); 11] = [
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "a zip archive"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"7z\xbc\xaf", "a 7-Zip archive"),
        (b"Rar!", "a RAR archive"),
        (b"\x7fELF", "a program"),
        (b"MZ", "a Windows program"),
        (b"\x1aE\xdf\xa3", "a video (Matroska)"),
        (b"OggS", "an Ogg stream"),
        (b"SQLite format 3", "an SQLite database"),
        (b"ID3", "a sound (MP3)"),
    ];
    if let Some((_, what)) = table.into_iter().find(|(magic, _)| starts(magic)) {
        return what.to_owned();
    }
    if head.iter().all(|&byte| byte == 0) {
        return "zero bytes only, as an interrupted copy leaves them".to_owned();
    }
    // The last character may be cut by the end of the head.
    let text = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.valid_up_to() > 0 && error.valid_up_to() + 4 > head.len(),
    };
    let control = head.iter().any(|&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c));
    if text && !control {
        let start = String::from_utf8_lossy(head).trim_start().to_lowercase();
        if start.starts_with("<!doctype html") || start.starts_with("<html") {
            return "a web page".to_owned();
        }
        return "text".to_owned();
    }
    let first: Vec<String> = head.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("data of an unknown kind, starting with {}", first.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_the_format() {
        for (head, want) in [
            (&b"\xff\xd8\xff\xe0"[..], "jpeg"),
            (b"\x89PNG\r\n\x1a\n....", "png"),
            (b"GIF89a......", "gif"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
            (b"BM\x10\0\0\0\0\0\0\0", "bmp"),
            (b"II*\0....", "tiff"),
            (b"P6\n2 2\n255\n", "pnm"),
        ] {
            assert_eq!(sniff(head).map(Format::word), Ok(want));
        }
    }

    #[test]
    fn what_is_no_image_is_named() {
        for (head, code, words) in [
            (&b""[..], "empty_file", "empty"),
            (b"%PDF-1.7", "not_an_image", "PDF"),
            (b"PK\x03\x04....", "not_an_image", "zip"),
            (b"hello, world", "not_an_image", "text"),
            (b"  <!DOCTYPE html><html>", "not_an_image", "web page"),
            (b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "not_an_image", "zero bytes"),
            (b"\x01\x02\x03\xf4\x05", "not_an_image", "01 02 03 f4"),
            (b"RIFF\x10\0\0\0AVI LIST", "not_an_image", "AVI"),
            (b"\0\0\0\x18ftypmp42", "not_an_image", "MP4"),
            (b"\0\0\0\x18ftypheic", "unsupported", "HEIC"),
            (b"\0\0\0\x18ftypavif", "unsupported", "AVIF"),
            (b"<svg xmlns=\"x\">", "unsupported", "SVG"),
            (b"8BPS....", "unsupported", "Photoshop"),
            (b"\xff\xd8", "truncated", "2 bytes"),
            (b"\x89PNG", "truncated", "4 bytes"),
        ] {
            let error = sniff(head).unwrap_err();
            assert_eq!(error.code(), code, "{head:?} {error}");
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
