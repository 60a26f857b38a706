//! Zips, honest and not.

use std::io::{Cursor, Write};

use relook_formats::{Files, Format, FormatError, Limits, archive::Archive, detect};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::common::{Dice, shared, showcase, take, write};

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

type InMemory<'b> = Archive<Cursor<&'b [u8]>, Cursor<Vec<u8>>>;

fn open(bytes: &[u8]) -> Result<InMemory<'_>, FormatError> {
    Archive::new(Cursor::new(bytes), &Limits::default(), || Ok(Cursor::new(Vec::new())))
}

#[test]
fn annotations_are_read_out_of_a_zip() {
    let (labels, images) = showcase();
    let text = write(&labels, &images).unwrap().0;
    // Large enough to be unpacked beside the memory.
    let padded = text.replace("</annotations>", &format!("{}</annotations>", "\n".repeat(5 << 20)));
    for text in [text.clone(), padded] {
        let bytes = zip(&[("images/d/a.jpg", b"no image"), ("annotations.xml", text.as_bytes())]);
        let mut archive = open(&bytes).unwrap().sizes(Box::new(|name| (name == "a").then_some((1, 2))));
        assert_eq!(archive.paths(), ["annotations.xml", "images/d/a.jpg"]);
        assert_eq!((archive.size("a"), archive.size("b")), (Some((1, 2)), None));
        assert_eq!(detect(&mut archive).unwrap(), Format::Cvat);
        let got = take(Format::Cvat, &mut archive, &Limits::default()).unwrap();
        assert_eq!((got.images.len(), got.labels.len()), (4, 9));
    }
    let Some(real) = shared("cvat/cvat_images_1_1.zip") else { return };
    let got = take(Format::Cvat, &mut open(&real).unwrap(), &Limits::default()).unwrap();
    assert_eq!((got.images.len(), got.findings.len()), (3, 0));
    let Some(video) = shared("cvat/cvat_video_1_1.zip") else { return };
    let got = take(Format::Cvat, &mut open(&video).unwrap(), &Limits::default()).unwrap();
    assert!(got.findings[0].message.contains("Tracks in the file: 10"), "{:?}", got.findings);
}

#[test]
fn zips_made_to_do_harm_are_refused() {
    let twice = {
        let bytes = zip(&[("aaaa.xml", b"1"), ("bbbb.xml", b"2")]);
        let text: Vec<u8> = bytes.iter().map(|b| if *b == b'b' { b'a' } else { *b }).collect();
        assert_ne!(text, bytes);
        text
    };
    let secret = {
        let mut bytes = zip(&[("a.xml", b"1")]);
        let at = bytes.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
        bytes[at + 8] |= 1;
        bytes
    };
    let bomb = zip(&[("a.xml", &vec![b' '; 40 << 20])]);
    let many: Vec<(String, Vec<u8>)> = (0..2).map(|n| (format!("{n}.xml"), vec![b' '; 80 << 20])).collect();
    let many: Vec<(&str, &[u8])> =
        many.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let limits = Limits { bytes: 2 << 20, images: 1, ..Limits::default() };
    let spool = || Ok(Cursor::new(Vec::new()));
    for (what, bytes, part) in [
        ("slip", zip(&[("../../a.xml", b"x")]), "leads out of it"),
        ("slip inside", zip(&[("d/../../a.xml", b"x")]), "leads out of it"),
        ("other slashes", zip(&[("d\\..\\..\\a.xml", b"x")]), "leads out of it"),
        ("absolute", zip(&[("/etc/a.xml", b"x")]), "leads out of it"),
        ("a drive", zip(&[("C:\\a.xml", b"x")]), "leads out of it"),
        ("twice", twice, "twice"),
        ("a password", secret, "has a password"),
        ("many files", zip(&[("a", b""), ("b", b""), ("c", b"")]), "more than 2 files"),
        ("all too large", zip(&many), "no honest one does"),
        ("no zip", b"PK\x03\x04 and no more".to_vec(), "cannot be read"),
        ("empty", Vec::new(), "cannot be read"),
    ] {
        let error = Archive::new(Cursor::new(bytes.as_slice()), &limits, spool).map(drop).unwrap_err();
        assert!(error.to_string().contains(part), "{what}: {error}");
    }
    // One that is too large by itself is not unpacked; one that lies of its size not past it.
    let mut archive = Archive::new(Cursor::new(bomb.as_slice()), &limits, spool).unwrap();
    let error = archive.open("a.xml").map(drop).unwrap_err().to_string();
    assert!(error.contains("larger than 2097152 bytes"), "{error}");
    assert!(archive.open("b.xml").is_err());
    let mut lying = bomb.clone();
    let at = lying.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    lying[at + 24..at + 28].copy_from_slice(&1000_u32.to_le_bytes());
    let mut archive = open(&lying).unwrap();
    let error = archive.open("a.xml").map(drop).unwrap_err().to_string();
    assert!(error.contains("not of the 1000 bytes"), "{error}");
}

#[test]
fn broken_zips_end_in_an_error() {
    let (labels, images) = showcase();
    let text = write(&labels, &images).unwrap().0;
    let seed = zip(&[("annotations.xml", text.as_bytes()), ("images/a.jpg", b"xxxx")]);
    let mut dice = Dice(9);
    let (mut good, mut bad) = (0, 0);
    for _ in 0..2000 {
        let mut bytes = seed.clone();
        for _ in 0..=dice.below(3) {
            let at = dice.below(bytes.len());
            if dice.below(4) == 0 { bytes.truncate(at.max(1)) } else { bytes[at] = dice.next() as u8 }
        }
        let read = open(&bytes).and_then(|mut a| take(Format::Cvat, &mut a, &Limits::default()));
        if read.is_ok() { good += 1 } else { bad += 1 }
    }
    assert!(good > 20 && bad > 1000, "{good} {bad}");
}
