//! Image files against another decoder's pixels, and files that are cut, damaged, mislabelled or hostile.

#![expect(clippy::unwrap_used, reason = "a test may end at once, also in its helpers")]

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::PathBuf;

use relook_domain::Rect;
use relook_vision::decode::{crop_jpeg, decode, decode_reduced, probe, probe_bytes, thumbnail};
use relook_vision::{DecodeError, Limits, Upright};
use sha2::{Digest, Sha256};

#[derive(serde::Deserialize)]
struct Expected {
    format: String,
    width: u32,
    height: u32,
    orientation: u8,
    rgb_sha256: String,
}

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join("images").join(name)).unwrap()
}

fn expected() -> BTreeMap<String, Expected> {
    serde_json::from_slice(&std::fs::read(fixtures().join("expected.json")).unwrap()).unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn pixels_equal_another_decoders() {
    let table = expected();
    assert!(table.len() >= 32, "{}", table.len());
    let mut wrong = Vec::new();
    for (name, want) in &table {
        let bytes = bytes_of(name);
        let image = decode(&bytes, &Limits::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((image.width, image.height), (want.width, want.height), "{name}");
        if sha256(&image.rgb) != want.rgb_sha256 {
            wrong.push(name);
        }

        let told = probe(Cursor::new(&bytes)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (told.width, told.height, told.orientation, told.format),
            (want.width, want.height, want.orientation, want.format.as_str()),
            "{name}"
        );
    }
    assert!(wrong.is_empty(), "other pixels: {wrong:?}");
}

#[test]
fn sixteen_bits_a_channel_become_eight() {
    let deep = image::ImageBuffer::<image::Rgb<u16>, _>::from_fn(3, 2, |x, y| {
        image::Rgb([x as u16 * 257, y as u16 * 257, 65535])
    });
    let mut bytes = Cursor::new(Vec::new());
    deep.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    let image = decode(bytes.get_ref(), &Limits::default()).unwrap();
    assert_eq!(image.rgb, [0, 0, 255, 1, 0, 255, 2, 0, 255, 0, 1, 255, 1, 1, 255, 2, 1, 255]);
}

#[test]
fn content_decides_and_not_the_name() {
    // The name never reaches the decoder: a PNG called .jpg is the PNG it is.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("really-a-png.jpg");
    std::fs::write(&path, bytes_of("rgb.png")).unwrap();
    let told = probe(std::io::BufReader::new(std::fs::File::open(&path).unwrap())).unwrap();
    assert_eq!(told.format, "png");
    assert_eq!(decode(&std::fs::read(&path).unwrap(), &Limits::default()).unwrap().width, 24);
}

#[test]
fn what_is_no_image_is_named() {
    for (bytes, code, words) in [
        (&b""[..], "empty_file", "empty"),
        (b"%PDF-1.7 and so on", "not_an_image", "PDF"),
        (b"Dear diary", "not_an_image", "text"),
        (&[0; 100], "not_an_image", "zero bytes"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "unsupported", "HEIC"),
        (b"\xff\xd8\xff", "truncated", "cut off"),
        (b"\x89PNG\r\n\x1a\n", "truncated", "cut off"),
    ] {
        let error = decode(bytes, &Limits::default()).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(probe_bytes(bytes).unwrap_err().code(), code);
        assert_eq!(thumbnail(bytes, 64, &Limits::default()).unwrap_err().code(), code);
    }
}

/// A picture with enough detail that its data is long: cuts fall inside it.
fn busy(width: u32, height: u32) -> Vec<u8> {
    let mut state = 1_u32;
    (0..3 * width * height)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect()
}

/// Why a file is refused, if it is.
fn refusal(bytes: &[u8]) -> Option<DecodeError> {
    decode(bytes, &Limits::default()).err()
}

fn jpeg(width: u32, height: u32, progressive: bool) -> Vec<u8> {
    let rgb = busy(width, height);
    let (width, height) = (width as usize, height as usize);
    let mut compressor = turbojpeg::Compressor::new().unwrap();
    compressor.set_progressive(progressive).unwrap();
    let pixels = turbojpeg::Image {
        pixels: rgb.as_slice(),
        width,
        height,
        pitch: 3 * width,
        format: turbojpeg::PixelFormat::RGB,
    };
    compressor.compress_to_vec(pixels).unwrap()
}

#[test]
fn a_jpeg_that_is_cut_is_never_taken_for_whole() {
    for (kind, whole) in [("baseline", jpeg(200, 120, false)), ("progressive", jpeg(200, 120, true))] {
        assert!(decode(&whole, &Limits::default()).is_ok());
        for percent in [1, 3, 10, 25, 50, 75, 90, 97, 99] {
            let cut = &whole[..whole.len() * percent / 100];
            let error =
                refusal(cut).unwrap_or_else(|| panic!("{kind} cut at {percent} % was taken for whole"));
            assert_eq!(error.code(), "truncated", "{kind} {percent} %: {error}");
            assert!(error.to_string().contains("cut off"), "{error}");
            assert_eq!(
                thumbnail(cut, 32, &Limits::default()).unwrap_err().code(),
                "truncated",
                "{kind} {percent} %"
            );
        }
    }
}

#[test]
fn a_jpeg_that_lacks_only_its_end_mark_is_whole() {
    let whole = jpeg(200, 120, false);
    assert!(whole.ends_with(&[0xff, 0xd9]));
    let without = decode(&whole[..whole.len() - 2], &Limits::default()).unwrap();
    assert_eq!(without, decode(&whole, &Limits::default()).unwrap());
    // A harmless oddity (an unknown JFIF revision) is no reason to refuse, nor to overlook a cut.
    let mut odd = whole.clone();
    assert_eq!(odd[6..11], *b"JFIF\0");
    odd[11] = 9;
    assert_eq!(decode(&odd, &Limits::default()).unwrap(), without);
    assert_eq!(refusal(&odd[..odd.len() / 2]).unwrap().code(), "truncated");
    // Likewise a broken colour profile and strays between segments.
    let mut odd = whole.clone();
    odd.splice(2..2, *b"\xff\xe2\x00\x11ICC_PROFILE\0\x09\x02\x00");
    assert_eq!(decode(&odd, &Limits::default()).unwrap(), without);
    odd.splice(21..21, [1, 2, 3]);
    assert_eq!(decode(&odd, &Limits::default()).unwrap(), without);
    // Strays after the end mark, as some cameras write them, do no harm either.
    let mut longer = whole.clone();
    longer.extend_from_slice(&[0; 100]);
    assert_eq!(decode(&longer, &Limits::default()).unwrap(), without);
}

#[test]
fn every_format_that_is_cut_is_an_error() {
    let rgb = image::RgbImage::from_raw(60, 40, busy(60, 40)).unwrap();
    for format in [
        image::ImageFormat::Png,
        image::ImageFormat::Gif,
        image::ImageFormat::WebP,
        image::ImageFormat::Bmp,
        image::ImageFormat::Tiff,
        image::ImageFormat::Pnm,
    ] {
        let mut whole = Cursor::new(Vec::new());
        image::DynamicImage::from(rgb.clone()).write_to(&mut whole, format).unwrap();
        let whole = whole.into_inner();
        assert!(decode(&whole, &Limits::default()).is_ok(), "{format:?}");
        for percent in [20, 50, 80, 95] {
            let cut = &whole[..whole.len() * percent / 100];
            let error =
                refusal(cut).unwrap_or_else(|| panic!("{format:?} cut at {percent} % was taken for whole"));
            let code = error.code();
            assert!(matches!(code, "truncated" | "damaged"), "{format:?} {percent} %: {code}: {error}");
        }
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[test]
fn a_bomb_is_refused_from_its_header() {
    let mut png = bytes_of("rgb.png");
    png[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());

    let mut jpeg = bytes_of("baseline.jpg");
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);

    let mut gif = bytes_of("still.gif");
    gif[6..10].copy_from_slice(&[0xff; 4]);

    let mut bmp = bytes_of("rgb.bmp");
    bmp[18..22].copy_from_slice(&60_000_u32.to_le_bytes());
    bmp[22..26].copy_from_slice(&60_000_u32.to_le_bytes());

    let pnm = b"P6\n60000 60000\n255\n".to_vec();

    for (name, bytes, sides) in [
        ("png", png, "60000x60000"),
        ("jpeg", jpeg, "65535x65535"),
        ("gif", gif, "65535x65535"),
        ("bmp", bmp, "60000x60000"),
        ("pnm", pnm, "60000x60000"),
    ] {
        let error = decode(&bytes, &Limits::default()).unwrap_err();
        assert_eq!(error.code(), "too_large", "{name}: {error}");
        assert!(error.to_string().contains(sides), "{name}: {error}");
        assert!(error.to_string().contains("256000000"), "{name}: {error}");
        assert_eq!(thumbnail(&bytes, 64, &Limits::default()).unwrap_err().code(), "too_large", "{name}");
    }
    // The limit is the caller's.
    let error = decode(&bytes_of("rgb.png"), &Limits { max_pixels: 24 * 16 - 1 }).unwrap_err();
    assert_eq!(error.code(), "too_large");
    assert!(decode(&bytes_of("rgb.png"), &Limits { max_pixels: 24 * 16 }).is_ok());
}

#[test]
fn no_mutation_of_a_file_ends_the_process() {
    let limits = Limits { max_pixels: 1 << 20 };
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let (mut read, mut refused) = (0, 0);
    for name in expected().keys() {
        let whole = bytes_of(name);
        for _ in 0..120 {
            let mut bytes = whole.clone();
            for _ in 0..=next(4) {
                let at = next(bytes.len());
                match next(4) {
                    0 => bytes[at] = next(256) as u8,
                    1 => bytes[at] ^= 1 << next(8),
                    2 => bytes.truncate(at.max(1)),
                    _ => {
                        let from = next(bytes.len());
                        let piece = bytes[from..(from + 8).min(bytes.len())].to_vec();
                        bytes.splice(at..at, piece);
                    }
                }
            }
            let told = probe_bytes(&bytes);
            match decode(&bytes, &limits) {
                Ok(image) => {
                    read += 1;
                    assert_eq!(image.rgb.len(), 3 * image.width as usize * image.height as usize, "{name}");
                    assert!(told.is_ok(), "{name}: decoded, but its header was refused: {told:?}");
                    assert!(thumbnail(&bytes, 8, &limits).is_ok(), "{name}");
                }
                Err(error) => {
                    refused += 1;
                    assert!(!error.to_string().is_empty() && !error.code().is_empty());
                }
            }
        }
    }
    // Both ways must have been walked for the test to mean anything.
    assert!(read > 300 && refused > 300, "{read} read, {refused} refused");
}

#[test]
fn thumbnails_are_upright_and_never_enlarged() {
    let size = |bytes: &[u8]| {
        let told = probe_bytes(bytes).unwrap();
        assert_eq!((told.format, told.orientation), ("jpeg", 1));
        (told.width, told.height)
    };
    let limits = Limits::default();
    let wide = jpeg(400, 100, false);
    for (side, want) in
        [(100, (100, 25)), (399, (399, 100)), (400, (400, 100)), (1000, (400, 100)), (1, (1, 1))]
    {
        assert_eq!(size(&thumbnail(&wide, side, &limits).unwrap()), want, "{side}");
    }
    assert_eq!(size(&thumbnail(&bytes_of("orientation-6.jpg"), 12, &limits).unwrap()), (8, 12));
    assert_eq!(size(&thumbnail(&bytes_of("orientation-8.webp"), 12, &limits).unwrap()), (8, 12));
    assert_eq!(size(&thumbnail(&bytes_of("cmyk.jpg"), 12, &limits).unwrap()), (12, 8));
}

#[test]
fn images_are_reduced_where_no_place_moves() {
    for (width, height, least, want) in [
        (400, 200, 0.25, (100, 50)),
        (400, 200, 0.26, (150, 75)),
        (400, 200, 0.0, (50, 25)),
        (400, 200, 1.0, (400, 200)),
        (400, 200, 3.0, (400, 200)),
        // A quarter of 202 is no whole number, a half is.
        (400, 202, 0.2, (200, 101)),
        (401, 200, 0.1, (401, 200)),
    ] {
        let jpeg = jpeg(width, height, false);
        let reduced = decode_reduced(&jpeg, |_, _| least, &Limits::default()).unwrap();
        assert_eq!((reduced.width, reduced.height), (width, height));
        assert_eq!((reduced.image.width, reduced.image.height), want, "{width}x{height} at {least}");
    }
    // Upright sizes are asked about and told; other formats stay as they are.
    for (name, size) in [("orientation-6.jpg", (16, 24)), ("rgb.png", (24, 16))] {
        let asked = std::cell::Cell::new((0, 0));
        let least = |width, height| {
            asked.set((width, height));
            0.5
        };
        let reduced = decode_reduced(&bytes_of(name), least, &Limits::default()).unwrap();
        assert_eq!((reduced.width, reduced.height), size, "{name}");
        if name.ends_with("jpg") {
            assert_eq!(asked.get(), size);
            assert_eq!((reduced.image.width, reduced.image.height), (8, 12));
        } else {
            assert_eq!((reduced.image.width, reduced.image.height), size);
        }
    }
}

#[test]
fn a_crop_shows_its_own_pixels() {
    // Left half red, right half blue.
    let mut rgb = Vec::new();
    for _ in 0..40 {
        rgb.extend([200, 0, 0].repeat(50));
        rgb.extend([0, 0, 200].repeat(50));
    }
    let image = Upright { width: 100, height: 40, rgb };
    let middle = |bytes: &[u8]| {
        let crop = decode(bytes, &Limits::default()).unwrap();
        let at = 3 * ((crop.height / 2 * crop.width) + crop.width / 2) as usize;
        ((crop.width, crop.height), crop.rgb[at] > 150, crop.rgb[at + 2] > 150)
    };
    let rect = |x1, y1, x2, y2| Rect { x1, y1, x2, y2 };
    for (rect, side, want) in [
        (rect(0.0, 0.0, 40.0, 40.0), 500, ((40, 40), true, false)),
        (rect(60.5, 10.2, 89.5, 19.8), 500, ((30, 10), false, true)),
        (rect(60.0, 0.0, 100.0, 40.0), 20, ((20, 20), false, true)),
        (rect(-50.0, -50.0, 20.0, 20.0), 500, ((20, 20), true, false)),
    ] {
        assert_eq!(middle(&crop_jpeg(&image, rect, side).unwrap()), want, "{rect:?}");
    }
    assert_eq!(crop_jpeg(&image, rect(200.0, 0.0, 300.0, 10.0), 50).unwrap_err().code(), "outside_image");
    assert_eq!(crop_jpeg(&image, rect(f64::NAN, 0.0, 3.0, 10.0), 50).unwrap_err().code(), "outside_image");
}
