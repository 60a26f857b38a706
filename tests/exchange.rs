//! To and from other programs by command line: import, lint, export.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::{fmt::Write as _, fs};

use relook_formats::{Limits, ReadImage, cvat_xml};
use relook_tests::{
    checkout::{root, text},
    program::{Place, count, one_at_a_time, until, vision_fixtures},
};
use serde_json::Value;

/// Pixels of the photo that the tests here use.
fn size(place: &Place) -> (u64, u64) {
    let shown = place.json("show a.relook --image 000.jpg");
    (count(&shown["image"]["width"]), count(&shown["image"]["height"]))
}

/// Projects `a` and `b` of so many equal photos, `000.jpg` and so on.
fn projects(images: usize) -> Place {
    let place = Place::new();
    fs::create_dir(place.path("photos")).expect("a folder");
    let one = place.path("photos/000.jpg");
    fs::copy(vision_fixtures().join("images/baseline.jpg"), &one).expect("a small photo");
    for n in 1..images {
        fs::hard_link(&one, place.path(&format!("photos/{n:03}.jpg"))).expect("a link");
    }
    for project in ["a", "b"] {
        place.run(&format!("new {project} --labels empty")).ok();
        place.run(&format!("add {project}.relook photos")).ok();
    }
    place
}

/// A CVAT file with so many boxes on each of so many images.
fn write_cvat(place: &Place, images: usize, boxes: usize) {
    let mut xml = String::from("<annotations>\n  <version>1.1</version>\n");
    for n in 0..images {
        writeln!(xml, "<image id=\"{n}\" name=\"{n:03}.jpg\">").expect("a String takes every write");
        for b in 0..boxes {
            let (x, y) = (b % 10, b / 10);
            writeln!(
                xml,
                "<box label=\"car\" source=\"manual\" occluded=\"0\" xtl=\"{x}.5\" ytl=\"{y}.25\" xbr=\"{}\" \
                 ybr=\"{}\" z_order=\"0\"></box>",
                x + 8,
                y + 6
            )
            .expect("a String takes every write");
        }
        xml.push_str("</image>\n");
    }
    xml.push_str("</annotations>\n");
    fs::write(place.path("theirs.xml"), xml).expect("a file");
}

fn accepted(place: &Place, project: &str) -> u64 {
    count(&place.counts(project)["accepted"])
}

#[test]
fn a_killed_import_goes_on_and_brings_nothing_twice() {
    let _turn = one_at_a_time();
    let place = projects(300);
    write_cvat(&place, 300, 40);
    let import = "theirs.xml --create-labels --merge add";
    let told = place.json(&format!("import b.relook {import} --dry-run"));
    assert_eq!((count(&told["matched"]), count(&told["added"])), (300, 12_000), "{told}");
    assert_eq!(accepted(&place, "b.relook"), 0, "a dry run changes nothing");
    place.run(&format!("import b.relook {import}")).ok();

    let mut job = place.start(&format!("import a.relook {import}"));
    until("some shapes to be in", || accepted(&place, "a.relook") > 0);
    assert!(!job.ended(), "too quick to be caught in the middle: {}", job.told());
    job.kill();
    let some = accepted(&place, "a.relook");
    assert!(some > 0 && some < 12_000, "{some}");
    assert_eq!(place.integrity("a.relook"), "ok");
    let rest = place.json(&format!("import a.relook {import}"));
    assert_eq!(accepted(&place, "a.relook"), 12_000, "{rest}");
    assert_eq!(place.rows("a.relook"), place.rows("b.relook"));
    assert_eq!(count(&place.json(&format!("import a.relook {import}"))["added"]), 0);

    // However often it was cut off, it is undone at once.
    place.run("undo a.relook").ok();
    assert_eq!(accepted(&place, "a.relook"), 0);
    assert_eq!(place.json("labels a.relook"), Value::Array(Vec::new()));
    place.assert_sound("a.relook");
}

#[test]
fn what_cvat_would_trip_over_stops_the_export_until_it_is_mended_or_forced() {
    let _turn = one_at_a_time();
    let place = projects(2);
    write_cvat(&place, 2, 2);
    place.run("import a.relook theirs.xml --create-labels").ok();
    assert_eq!(count(&place.json("lint a.relook")["errors"]), 0);
    // What no verb of Relook would do.
    let (width, height) = size(&place);
    let file = rusqlite::Connection::open(place.path("a.relook")).expect("the project file opens");
    let moved = format!("UPDATE annotation SET x2 = {} WHERE id = 1", width + 50);
    file.execute(&moved, []).expect("an update");
    let lost = format!("UPDATE annotation SET y1 = {0} + 10, y2 = {0} + 30 WHERE id = 2", height);
    file.execute(&lost, []).expect("an update");
    drop(file);

    let found = place.run("lint a.relook --json");
    assert_eq!(found.code, Some(1), "{found:?}");
    let report = found.json();
    let rules: Vec<_> = report["findings"].as_array().expect("findings").iter().collect();
    let rules: Vec<_> = rules.into_iter().map(|f| (text(&f["rule"]), count(&f["annotation"]))).collect();
    assert_eq!(rules, [("outside", 2), ("reaches-out", 1)]);
    place.run("export a.relook --out a.xml").fails(1, &["000.jpg, shape 2", "--force", "lint --fix"]);
    assert!(!place.path("a.xml").exists());

    let fixed = place.run("lint a.relook --fix --json").json();
    assert_eq!((count(&fixed["mended"]), count(&fixed["errors"]), count(&fixed["warnings"])), (1, 1, 0));
    place.run("export a.relook --out a.xml --force").ok();
    place.run("decide a.relook --reject 2").ok();
    place.run("lint a.relook").ok();
    place.run("export a.relook --out b.xml").ok();
    place.run("undo a.relook").ok();
    place.run("undo a.relook").ok();
    let again = place.run("lint a.relook --json").json();
    assert_eq!((count(&again["errors"]), count(&again["warnings"])), (1, 1), "mending is one step");
}

/// What was exported comes back in: shapes, labels and attributes, by path and by stem.
#[test]
fn an_export_of_every_shape_comes_back_equal() {
    let _turn = one_at_a_time();
    let place = Place::new();
    let showcase = root().join("tests/fixtures/cvat-showcase.xml");
    let file = fs::read_to_string(&showcase).expect("the fixture");
    let document = cvat_xml::read(file.as_bytes(), &Limits::default()).expect("a sound file");
    for read in &document.images {
        let stem = read.name.rsplit_once('.').expect("an extension").0;
        let path = place.path(&format!("photos/{stem}.png"));
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        let (width, height) = (read.width.expect("pixels"), read.height.expect("pixels"));
        image::RgbImage::new(width, height).save(&path).expect("a photo");
    }
    fs::copy(&showcase, place.path("showcase.xml")).expect("a copy");
    for (project, source) in [("a", "showcase.xml"), ("b", "a.xml")] {
        place.run(&format!("new {project} --labels empty")).ok();
        place.run(&format!("add {project}.relook photos")).ok();
        place.run(&format!("import {project}.relook {source} --create-labels")).ok();
        place.run(&format!("export {project}.relook --out {project}.xml")).ok();
    }
    let content = |name: &str| {
        let file = fs::read_to_string(place.path(name)).expect("an export");
        let from = file.find("<labels>").expect("labels");
        file[from..].to_owned()
    };
    assert_eq!(content("a.xml"), content("b.xml"));
    let back = fs::read(place.path("a.xml")).expect("an export");
    let back = cvat_xml::read(back.as_slice(), &Limits::default()).expect("a sound file");
    assert_eq!(back.summary.shapes, document.summary.shapes);
    for read in &document.images {
        let stem = |name: &str| name.rsplit_once('.').map(|(stem, _)| stem.to_owned());
        let same = back.images.iter().find(|i| stem(&i.name) == stem(&read.name)).expect("the image");
        let geometry = |i: &ReadImage| {
            let mut all: Vec<_> =
                i.shapes.iter().map(|s| format!("{} {:?} {:?}", s.label, s.rect, s.shape)).collect();
            all.sort();
            all
        };
        assert_eq!(geometry(same), geometry(read), "{}", read.name);
    }
}
