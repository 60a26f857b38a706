//! Against what a CVAT server really wrote.

use std::collections::BTreeMap;

use relook_domain::AttributeKind;
use relook_formats::cvat_xml::{Limits, Source, read};

use crate::common::{rewritable, shared, showcase, write};

const EXPORTS: [&str; 2] = ["cvat/annotations_export1.xml", "cvat/annotations_export2.xml"];

/// The texts from `open` to `close`, both included.
fn elements<'t>(text: &'t str, open: &str, close: &str) -> Vec<&'t str> {
    text.match_indices(open)
        .filter_map(|(at, _)| text[at..].find(close).map(|end| &text[at..at + end + close.len()]))
        .collect()
}

/// The lines from the start to `last`, with the text between tags taken out.
fn skeleton<'t>(text: &'t str, last: &str) -> Vec<String> {
    let empty = |line: &'t str| match (line.find('>'), line.rfind("</")) {
        (Some(open), Some(close)) if open < close => format!("{}{}", &line[..=open], &line[close..]),
        _ => line.to_owned(),
    };
    text.lines().take_while(|l| l.trim() != last).map(empty).collect()
}

#[test]
fn real_exports_are_read() {
    let Some(bytes) = shared(EXPORTS[0]) else { return };
    let document = read(bytes.as_slice(), &Limits::default()).unwrap();
    let summary = &document.summary;
    assert_eq!((summary.name.as_str(), summary.images, summary.boxes), ("real check", 3, 5));
    let skipped: BTreeMap<&str, u64> = summary.skipped.iter().map(|(k, n)| (k.as_str(), *n)).collect();
    let want = ["cuboid", "ellipse", "mask", "points", "polygon", "polyline", "skeleton", "tag"];
    assert_eq!(skipped, want.into_iter().map(|kind| (kind, 1)).collect());

    let labels: Vec<_> = summary.labels.iter().map(|l| (l.name.as_str(), l.kind.as_str())).collect();
    assert_eq!(
        labels,
        [
            ("car", "any"),
            ("person & <dog>", "any"),
            ("day", "tag"),
            ("pose", "skeleton"),
            ("1", "points"),
            ("2", "points"),
            ("3", "points")
        ]
    );
    assert_eq!(summary.labels[4].parent.as_deref(), Some("pose"));
    let colour = &summary.labels[0].attributes[0];
    assert_eq!((colour.name.as_str(), colour.kind, colour.mutable), ("colour", AttributeKind::Select, false));
    assert_eq!(colour.values, ["red", "blue", "__undefined__"]);

    let first = &document.images[0];
    assert_eq!((first.name.as_str(), first.width, first.height), ("img_000.jpg", Some(640), Some(480)));
    assert_eq!((first.boxes[0].source, first.boxes[0].rotation), (Source::Auto, 33.5));
    let car = &first.boxes[2];
    assert_eq!((car.label.as_str(), car.occluded, car.z_order), ("car", true, 2));
    assert_eq!((car.rect.x2, car.rect.y2), (200.5, 220.25));
    assert_eq!(car.attributes["plate"], "Ä&<9>\"x\"");
}

#[test]
fn boxes_of_real_exports_are_written_as_they_stood() {
    for path in EXPORTS {
        let Some(bytes) = shared(path) else { continue };
        let real = String::from_utf8(bytes).unwrap();
        let (labels, images) = rewritable(&read(real.as_bytes(), &Limits::default()).unwrap());
        let (ours, warnings) = write(&labels, &images).unwrap();
        assert_eq!(warnings, []);
        let boxes = elements(&real, "    <box", "</box>\n");
        assert_eq!(boxes.len(), 5);
        assert_eq!(elements(&ours, "    <box", "</box>\n"), boxes);
        assert_eq!(elements(&ours, "  <image", ">\n"), elements(&real, "  <image", ">\n"));
        let plain = |text| -> Vec<_> {
            let mut all = elements(text, "        <label>", "</label>\n");
            all.retain(|l| {
                l.contains("<type>any</type>") && (l.contains(">car<") || l.contains(">person &amp; &lt;dog"))
            });
            all
        };
        assert_eq!(plain(&ours), plain(&real));
        assert_eq!(plain(&real).len(), 2);
    }
}

#[test]
fn our_head_has_the_real_ones_lines() {
    let Some(bytes) = shared(EXPORTS[0]) else { return };
    let real = String::from_utf8(bytes).unwrap();
    let (labels, images) = showcase();
    let (ours, _) = write(&labels, &images).unwrap();
    assert_eq!(skeleton(&ours, "<labels>"), skeleton(&real, "<labels>"));
    let tail = |text: &str| skeleton(&text[text.find("      </labels>").unwrap()..], "<image");
    assert_eq!(tail(&ours)[..4], tail(&real)[..4]);
    assert!(ours.ends_with("  </image>\n</annotations>\n") && real.ends_with("  </image>\n</annotations>\n"));
}

#[test]
fn the_video_form_is_counted_not_lost() {
    let Some(bytes) = shared("cvat/annotations_video.xml") else { return };
    let summary = read(bytes.as_slice(), &Limits::default()).unwrap().summary;
    assert_eq!((summary.images, summary.boxes), (0, 0));
    assert!(summary.skipped["track"] > 0, "{:?}", summary.skipped);
}
