//! Against what a CVAT server really wrote.

use std::collections::BTreeMap;

use relook_domain::{AttributeKind, ShapeKind};
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
    assert_eq!((summary.name.as_str(), summary.images, summary.shapes), ("real check", 3, 13));
    assert_eq!(summary.skipped, BTreeMap::new());
    let mut kinds = BTreeMap::new();
    for s in document.images.iter().flat_map(|i| &i.shapes) {
        *kinds.entry(s.shape.kind()).or_insert(0) += 1;
    }
    let want = ShapeKind::ALL.iter().map(|k| (*k, if *k == ShapeKind::Box { 5 } else { 1 }));
    assert_eq!(kinds, want.collect());

    let labels: Vec<_> = summary.labels.iter().map(|l| (l.name.as_str(), l.shape)).collect();
    assert_eq!(
        labels,
        [
            ("car", None),
            ("person & <dog>", None),
            ("day", Some(ShapeKind::Tag)),
            ("pose", Some(ShapeKind::Skeleton)),
            ("1", Some(ShapeKind::Points)),
            ("2", Some(ShapeKind::Points)),
            ("3", Some(ShapeKind::Points))
        ]
    );
    assert_eq!(summary.labels[4].parent.as_deref(), Some("pose"));
    let skeleton = summary.labels[3].skeleton.as_ref().unwrap();
    assert_eq!(skeleton.edges, [(0, 1), (1, 2)]);
    let joints: Vec<_> = skeleton.joints.iter().map(|j| (j.name.as_str(), j.x, j.y)).collect();
    assert_eq!(joints, [("1", 0.2, 0.2), ("2", 0.5, 0.8), ("3", 0.8, 0.2)]);
    let colour = &summary.labels[0].attributes[0];
    assert_eq!((colour.name.as_str(), colour.kind, colour.mutable), ("colour", AttributeKind::Select, false));
    assert_eq!(colour.values, ["red", "blue", "__undefined__"]);

    let first = &document.images[0];
    assert_eq!((first.name.as_str(), first.width, first.height), ("img_000.jpg", Some(640), Some(480)));
    assert_eq!((first.shapes[0].source, first.shapes[0].rotation), (Source::Auto, 33.5));
    let car = &first.shapes[3];
    assert_eq!((car.label.as_str(), car.occluded, car.z_order), ("car", true, 2));
    assert_eq!((car.rect.x2, car.rect.y2), (200.5, 220.25));
    assert_eq!(car.attributes["plate"], "Ä&<9>\"x\"");
}

#[test]
fn real_exports_are_written_as_they_stood() {
    for path in EXPORTS {
        let Some(bytes) = shared(path) else { continue };
        let real = String::from_utf8(bytes).unwrap();
        let (labels, images) = rewritable(&read(real.as_bytes(), &Limits::default()).unwrap());
        let (ours, warnings) = write(&labels, &images).unwrap();
        assert_eq!(warnings, []);
        let images = |text: &str| text[text.find("  <image").unwrap()..].to_owned();
        assert_eq!(images(&ours), images(&real));
        // The colours of a skeleton's points are not kept.
        let labels = |text| -> Vec<String> {
            let lines = |l: &str| l.lines().filter(|l| !l.contains("<color>")).map(str::to_owned).collect();
            let all = elements(text, "        <label>", "</label>\n").into_iter();
            all.map(|l| if l.contains("<parent>") { lines(l) } else { l.to_owned() }).collect()
        };
        assert_eq!(labels(&ours), labels(&real));
        assert_eq!(labels(&real).len(), 7);
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
fn the_video_form_is_refused_with_the_way_out() {
    let Some(bytes) = shared("cvat/annotations_video.xml") else { return };
    let error = read(bytes.as_slice(), &Limits::default()).unwrap_err().to_string();
    assert!(
        error.contains("CVAT for video 1.1") && error.contains("Export the task from CVAT as"),
        "{error}"
    );
}
