//! Files made to break a reader: each ends in an error or a document, never in a panic, a hang or a full memory.

use std::io::{self, BufRead, Read};

use relook_domain::{Geometry, Shape};
use relook_formats::{
    FormatError,
    cvat_xml::{Limits, read},
};

use crate::common::{Dice, showcase, write};

pub fn small() -> Limits {
    Limits {
        bytes: 1 << 20,
        event_bytes: 4096,
        image_bytes: 64 << 10,
        track_bytes: 64 << 10,
        depth: 16,
        attributes: 32,
        labels: 16,
        images: 16,
        shapes: 16,
        annotations: 64,
        coordinate: 1e6,
        name: 64,
        mask_pixels: 1 << 20,
    }
}

fn showcase_bytes() -> Vec<u8> {
    let (labels, images) = showcase();
    write(&labels, &images).unwrap().0.into_bytes()
}

#[test]
fn bombs_are_refused() {
    let wrap = |inner: &str| format!("<annotations>{inner}</annotations>");
    let image = |inner: &str| wrap(&format!("<image id=\"0\" name=\"a\">{inner}</image>"));
    let label = |inner: &str| wrap(&format!("<meta><task><labels>{inner}</labels></task></meta>"));
    let one = r#"<box label="l" xtl="1" ytl="1" xbr="2" ybr="2"></box>"#;
    let many_attributes: String = (0..40).map(|n| format!(" a{n}=\"\"")).collect();
    let values = format!(
        "<label><attributes><attribute><values>{}</values></attribute></attributes></label>",
        "a\n".repeat(40)
    );
    for (what, text, part) in [
        (
            "entity bomb",
            format!(
                "<?xml version=\"1.0\"?><!DOCTYPE z [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>{}",
                wrap("&b;")
            ),
            "DOCTYPE",
        ),
        ("external entity", format!("<!DOCTYPE z SYSTEM \"file:///etc/passwd\">{}", wrap("&z;")), "DOCTYPE"),
        ("deep nesting", format!("<annotations>{}", "<x>".repeat(100_000)), "deeper than 16"),
        (
            "deep nesting in an image",
            format!("<annotations><image id=\"0\" name=\"a\">{}", "<x>".repeat(99)),
            "deeper",
        ),
        (
            "a long attribute",
            image(&format!("<mask rle=\"{}\"/>", "1,".repeat(9000))),
            "longer than 4096 bytes",
        ),
        ("a long text", wrap(&format!("<version>{}</version>", " ".repeat(9000))), "longer than 4096 bytes"),
        (
            "a text in pieces",
            label(&format!("<label><name>{}</name></label>", "ab&lt;".repeat(9000))),
            "too long",
        ),
        ("a long comment", wrap(&format!("<!--{}-->", "x".repeat(9000))), "longer than 4096 bytes"),
        ("a long name", wrap(&format!("<{}", "x".repeat(9000))), "longer than 4096 bytes"),
        ("a large file", wrap(&"<x/>\n".repeat(300_000)), "larger than 1048576 bytes"),
        ("many attributes", wrap(&format!("<x{many_attributes}/>")), "more than 32 attributes"),
        ("many images", wrap(&"<image id=\"0\" name=\"a\"/>".repeat(17)), "More than 16 images"),
        ("many shapes", image(&one.repeat(17)), "More than 16 shapes"),
        (
            "a skeleton of many points",
            image(&format!(
                "<skeleton label=\"l\">{}</skeleton>",
                (0..17).map(|n| format!("<points label=\"{n}\" points=\"1,1\"/>")).collect::<String>()
            )),
            "More than 16 points of a skeleton",
        ),
        (
            "a drawing of many points",
            label(&format!(
                "<label><svg>{}</svg></label>",
                "&lt;circle cx='1' cy='1' data-node-id='1' data-label-name='1'/&gt;".repeat(17)
            )),
            "More than 16 points of a skeleton",
        ),
        (
            "a mask of more pixels than memory",
            image(
                "<mask label=\"l\" rle=\"4000000000, 4000000000\" left=\"0\" top=\"0\" width=\"900000\" height=\"900000\"/>",
            ),
            "more than 1048576 pixels",
        ),
        ("many labels", label(&"<label/>".repeat(17)), "More than 16 labels"),
        ("many choices", label(&values), "More than 16 choices"),
    ] {
        match read(text.as_bytes(), &small()) {
            Err(FormatError::Xml { message, .. }) => {
                assert!(message.contains(part), "{what}: {message:?} should tell {part:?}");
            }
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn kinds_that_never_end_are_counted_together() {
    let kinds: String = (0..500).map(|n| format!("<kind{n}/>")).collect();
    let summary = read(format!("<annotations>{kinds}</annotations>").as_bytes(), &small()).unwrap().summary;
    assert!(summary.skipped.len() < 100);
    assert_eq!(summary.skipped.values().sum::<u64>(), 500);
}

#[test]
fn every_truncation_is_noticed() {
    let bytes = showcase_bytes();
    let whole = bytes.len() - 1;
    assert!(read(&bytes[..whole], &Limits::default()).is_ok(), "only the last line break is missing");
    for end in 0..whole {
        let outcome = read(&bytes[..end], &Limits::default());
        assert!(matches!(outcome, Err(FormatError::Xml { .. })), "cut at {end}: {outcome:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_told() {
    let utf16: Vec<u8> = "\u{FEFF}<annotations/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [
        &b"<annotations><image id=\"0\" name=\"\xFF.jpg\"/></annotations>"[..],
        b"<annotations>\xC3</annotations>",
        b"<annotations>\xED\xA0\x80</annotations>",
        b"<annotations><x\xFE/></annotations>",
        b"<annotations><!-- \xFE --></annotations>",
        b"<annotations><version>\x00</version></annotations>",
        &utf16,
        b"\x00\x00\x00\x00",
        b"PK\x03\x04 a zip",
    ] {
        let outcome = read(bytes, &Limits::default());
        assert!(matches!(outcome, Err(FormatError::Xml { .. })), "{bytes:?}: {outcome:?}");
    }
}

#[test]
fn a_failing_source_is_told_as_such() {
    struct Failing<'a>(&'a [u8]);
    impl Read for Failing<'_> {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::TimedOut.into())
        }
    }
    impl BufRead for Failing<'_> {
        fn fill_buf(&mut self) -> io::Result<&[u8]> {
            if self.0.is_empty() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(self.0) }
        }
        fn consume(&mut self, n: usize) {
            self.0 = &self.0[n..];
        }
    }
    let outcome = read(Failing(b"<annotations><image id=\"0\""), &Limits::default());
    assert!(
        matches!(&outcome, Err(FormatError::Read(e)) if e.kind() == io::ErrorKind::TimedOut),
        "{outcome:?}"
    );
}

#[test]
fn a_source_that_gives_byte_by_byte_reads_the_same() {
    let bytes = showcase_bytes();
    let whole = read(bytes.as_slice(), &Limits::default()).unwrap();
    assert_eq!(read(io::BufReader::with_capacity(1, bytes.as_slice()), &Limits::default()).unwrap(), whole);
}

#[test]
fn thousands_of_mutations_neither_panic_nor_grow() {
    const PIECES: [&[u8]; 16] = [
        b"<",
        b">",
        b"\"",
        b"'",
        b"&",
        b"&#0;",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"<!DOCTYPE x>",
        b"</box>",
        b"\xFF",
        b"9999999999999999999999",
        b"NaN",
        b"\x00",
        b"/>",
    ];
    let seed = showcase_bytes();
    let mut dice = Dice(2);
    let (mut good, mut bad) = (0, 0);
    for _ in 0..6000 {
        let mut bytes = seed.clone();
        for _ in 0..=dice.below(4) {
            let at = dice.below(bytes.len());
            let end = (at + dice.below(60)).min(bytes.len());
            match dice.below(5) {
                0 => bytes[at] = dice.next() as u8,
                1 => drop(bytes.drain(at..end)),
                2 => drop(bytes.splice(at..at, PIECES[dice.below(PIECES.len())].iter().copied())),
                3 => {
                    let copy = bytes[at..end].to_vec();
                    let to = dice.below(bytes.len());
                    drop(bytes.splice(to..to, copy));
                }
                _ => bytes.swap(at, end.saturating_sub(1)),
            }
            if bytes.is_empty() {
                bytes.push(b'<');
            }
        }
        match read(bytes.as_slice(), &small()) {
            Ok(document) => {
                good += 1;
                // What is accepted is sound: finite and bounded.
                for s in document.images.iter().flat_map(|i| &i.shapes) {
                    // An ellipse has a centre and radii within the limit.
                    assert!([s.rect.x1, s.rect.y1, s.rect.x2, s.rect.y2].iter().all(|v| v.abs() <= 2e6));
                    assert!((0.0..360.0).contains(&s.rotation));
                    if let Shape::Mask { runs } = &s.shape {
                        assert_eq!(runs.iter().sum::<u32>() as f64, s.rect.area());
                    }
                    let geometry = Geometry { rect: s.rect, rotation: s.rotation, shape: s.shape.clone() };
                    if let Some(sound) = geometry.sound(640, 480) {
                        assert_eq!(sound.sound(640, 480), Some(sound.clone()), "sound stays sound");
                    }
                }
            }
            Err(FormatError::Xml { .. }) => bad += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(good > 100 && bad > 1000, "{good} accepted, {bad} refused");
}
