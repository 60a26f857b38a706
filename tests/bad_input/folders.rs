//! Image folders and the names in them.

use std::{collections::BTreeSet, fs::File, io::BufReader};

use relook_formats::cvat_xml;
use relook_tests::program::{Place, count, one_at_a_time, vision_fixtures};
use serde_json::json;

use crate::{
    places::{mode, run_as_nobody},
    small,
};

#[test]
fn folders_that_cannot_be_added() {
    let place = small();
    std::fs::create_dir_all(place.path("photos/inner")).expect("a folder");
    std::fs::write(place.path("file.jpg"), b"x").expect("a file");
    let before = place.rows("a.relook");
    for (words, code, said) in [
        ("add a.relook missing", 3, vec!["Could not open the folder missing", "No such file"]),
        ("add a.relook file.jpg", 2, vec!["file.jpg is a file", "name the folder it lies in"]),
        ("add a.relook photos/inner", 2, vec!["photos/inner", "inside", "registered already"]),
        ("add a.relook .", 2, vec!["contains", "registered already", "one by one"]),
        // Nothing of a list is added when one of it cannot be.
        ("add a.relook photos missing", 3, vec!["missing"]),
        ("add a.relook", 2, vec!["FOLDERS"]),
        ("auto missing --out x.xml", 3, vec!["missing"]),
    ] {
        place.run(words).fails(code, &said);
        assert_eq!(place.rows("a.relook"), before, "after {words}");
    }
    place.assert_sound("a.relook");
}

#[test]
fn an_empty_folder_is_told_and_may_fill_up_later() {
    let place = small();
    std::fs::create_dir(place.path("empty")).expect("a folder");
    std::fs::write(place.path("empty/notes.txt"), b"no image").expect("a file");
    let done = place.run("add a.relook empty --json").ok();
    assert_eq!(done.json(), json!({ "new": 0, "known": 0, "images": 3 }));
    assert!(done.err.contains("empty holds no images"), "{done:?}");
    std::fs::copy(place.path("photos/rgb.png"), place.path("empty/late.png")).expect("a copy");
    assert_eq!(count(&place.json("add a.relook empty")["new"]), 1);
    place.assert_sound("a.relook");
}

#[test]
fn a_folder_that_may_not_be_read() {
    let place = small();
    std::fs::create_dir_all(place.path("closed")).expect("a folder");
    for file in ["a.relook", "a.relook-lock"] {
        if place.path(file).exists() {
            mode(&place.path(file), 0o666);
        }
    }
    mode(&place.path("."), 0o777);
    mode(&place.path("closed"), 0o000);
    let done = run_as_nobody(&place, "add a.relook closed");
    mode(&place.path("closed"), 0o755);
    done.fails(1, &["Could not open the folder", "closed", "Permission denied"]);

    // Inside a folder that may be read: named, and the rest is added.
    std::fs::create_dir_all(place.path("photos/closed")).expect("a folder");
    std::fs::copy(place.path("photos/rgb.png"), place.path("photos/another.png")).expect("a copy");
    mode(&place.path("photos/closed"), 0o000);
    let done = run_as_nobody(&place, "add a.relook photos --json");
    mode(&place.path("photos/closed"), 0o755);
    let done = done.ok();
    assert_eq!(count(&done.json()["new"]), 1);
    assert!(done.err.contains("photos/closed could not be read"), "{done:?}");
    place.assert_sound("a.relook");
}

#[test]
fn a_loop_of_links_ends() {
    let place = small();
    std::os::unix::fs::symlink(place.path("photos"), place.path("photos/round")).expect("a link");
    let done = place.run("add a.relook photos --json").ok();
    assert_eq!(done.json(), json!({ "new": 0, "known": 3, "images": 3 }));
    assert!(done.err.contains("photos/round is a link back to"), "{done:?}");
    place.assert_sound("a.relook");
}

/// Names that file systems allow and others trip over.
const NAMES: &[&str] = &[
    "with blanks.jpg",
    " first and last .jpg",
    "double\"quote.jpg",
    "single'quote.jpg",
    "both\"and'.jpg",
    "a<b>&amp;c.jpg",
    "line\nbreak.jpg",
    "tab\tstop.jpg",
    "return\rhere.jpg",
    "back\\slash.jpg",
    "-dash.jpg",
    "100%.jpg",
    "straße.jpg",
    "e\u{301}.jpg",
    "\u{e9}.jpg",
    "東京/写真.jpg",
    "тест.jpg",
    "עברית.jpg",
    "हिन्दी.jpg",
    "🐕‍🦺🏳️‍🌈.jpg",
    "].]>.jpg",
];

#[test]
fn names_of_any_kind_come_through_whole() {
    let place = Place::new();
    let from = vision_fixtures().join("images/baseline.jpg");
    for name in NAMES {
        let to = place.path("photos").join(name);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        std::fs::copy(&from, to).expect("a file of this name");
    }
    place.run("new a").ok();
    assert_eq!(count(&place.json("add a.relook photos")["new"]), NAMES.len() as u64);
    let wanted: BTreeSet<String> = NAMES.iter().map(|n| (*n).to_owned()).collect();
    for name in NAMES {
        let draw = ["decide", "a.relook", "--draw", "--to", "dog", "--rect", "1,2,9,10", "--image", name];
        // A name may begin with a dash, as an option does.
        let words: Vec<String> = match name.strip_prefix('-') {
            Some(_) => draw[..draw.len() - 2]
                .iter()
                .map(|w| (*w).to_owned())
                .chain([format!("--image={name}")])
                .collect(),
            None => draw.iter().map(|w| (*w).to_owned()).collect(),
        };
        place.run_words(&words).ok();
        let shown = place.run_words(&["show", "a.relook", "--json", &format!("--image={name}")]).ok().json();
        assert_eq!(shown["image"]["path"], json!(name));
    }

    place.run("export a.relook --out a.xml").ok();
    let file = BufReader::new(File::open(place.path("a.xml")).expect("an export"));
    let read = cvat_xml::read(file, &cvat_xml::Limits::default()).expect("a well-formed export");
    assert!(read.images.iter().all(|i| i.shapes.len() == 1), "{read:?}");
    assert_eq!(read.images.iter().map(|i| i.name.clone()).collect::<BTreeSet<_>>(), wanted);

    place.run("export a.relook --format coco --out a.json").ok();
    let coco: serde_json::Value =
        serde_json::from_reader(File::open(place.path("a.json")).expect("an export")).expect("JSON");
    let names = coco["images"].as_array().expect("images").iter().filter_map(|i| i["file_name"].as_str());
    assert_eq!(names.map(str::to_owned).collect::<BTreeSet<_>>(), wanted);

    place.run("export a.relook --format yolo --with-images --out yolo").ok();
    for name in NAMES {
        assert!(place.path("yolo/images").join(name).is_file(), "{name:?}");
        let label = place.path("yolo/labels").join(name).with_extension("txt");
        assert_eq!(std::fs::read_to_string(label).map(|t| t.lines().count()).ok(), Some(1), "{name:?}");
    }
    place.assert_sound("a.relook");
}

#[test]
fn a_name_that_no_xml_can_hold_is_named() {
    let place = small();
    std::fs::copy(place.path("photos/rgb.png"), place.path("photos/bell\u{7}.png")).expect("a copy");
    place.run("add a.relook photos").ok();
    std::fs::write(place.path("a.xml"), b"before").expect("a file");
    place.run("export a.relook --out a.xml --quiet").fails(1, &["bell", "U+0007", "Rename it"]);
    assert_eq!(
        std::fs::read(place.path("a.xml")).ok().as_deref(),
        Some(b"before".as_slice()),
        "left as it was"
    );
    place.run("export a.relook --format coco --out a.json").ok();
    place.assert_sound("a.relook");
}

#[test]
fn the_same_photo_twice_is_kept_twice_and_told() {
    let _turn = one_at_a_time();
    let place = Place::new();
    place.photos("photos", &["dog.jpg", "eagle.jpg"]);
    std::fs::copy(place.path("photos/dog.jpg"), place.path("photos/dog again.jpg")).expect("a copy");
    place.run("new a").ok();
    assert_eq!(count(&place.json("add a.relook photos")["new"]), 3);
    place.run("draft a.relook").ok();
    assert_eq!(count(&place.json("status a.relook")["duplicates"]), 2, "each is the other's");
    assert!(place.run("status a.relook").ok().out.contains("same content"));
    let rows = place.rows("a.relook");
    let of = |path: &str| {
        rows.iter().find(|r| r["image"]["path"] == path).expect("an image")["annotations"].clone()
    };
    assert_eq!(of("dog.jpg"), of("dog again.jpg"));
    assert!(of("dog.jpg").as_array().is_some_and(|a| a.len() > 3));

    // Two files that CVAT cannot tell apart are told of before CVAT does.
    std::fs::copy(place.path("photos/dog.jpg"), place.path("photos/dog.jpeg")).expect("a copy");
    place.run("add a.relook photos").ok();
    place.run("export a.relook --out a.xml --quiet").fails(1, &["dog.jpeg", "--force"]);
    let summary = place.json("export a.relook --out a.xml --force");
    let findings = summary["findings"].as_array().expect("findings");
    assert!(findings.iter().any(|f| f.to_string().contains("dog.jpeg")), "{findings:?}");
    place.assert_sound("a.relook");
}

#[test]
fn exports_to_places_that_cannot_take_them() {
    let place = small();
    std::fs::write(place.path("file"), b"x").expect("a file");
    std::fs::create_dir_all(place.path("folder")).expect("a folder");
    std::fs::create_dir_all(place.path("yolo/kept")).expect("a folder");
    std::fs::write(place.path("truth.json"), b"{}").expect("a file");
    let before = place.rows("a.relook");
    for (words, code, said) in [
        ("export a.relook --out folder", 2, vec!["folder is a folder", "name a file"]),
        ("export a.relook --out file/x.xml", 1, vec!["Could not make the folder", "file"]),
        ("export a.relook --format yolo --out yolo", 2, vec!["yolo is not empty", "empty or not there yet"]),
        ("export a.relook --format yolo --out file", 2, vec!["file"]),
        ("export a.relook --format coco-results --out r.json", 2, vec!["--like"]),
        ("export a.relook --format coco-results --like missing.json --out r.json", 3, vec!["missing.json"]),
        ("export a.relook --format coco-results --like truth.json --out r.json", 1, vec!["COCO"]),
        ("export a.relook --format pascal --out x", 2, vec!["pascal", "cvat-images"]),
    ] {
        place.run(&format!("{words} --quiet")).fails(code, &said);
        assert_eq!(place.rows("a.relook"), before, "after {words}");
    }
    assert!(!place.path("r.json").exists() && place.path("yolo/kept").is_dir());
    assert_eq!(std::fs::read(place.path("file")).ok().as_deref(), Some(b"x".as_slice()));

    mode(&place.path("folder"), 0o555);
    let done = run_as_nobody(&place, "export a.relook --out folder/x.xml --quiet");
    mode(&place.path("folder"), 0o755);
    done.fails(1, &["Could not write", "folder/x.xml", "Permission denied"]);
    assert_eq!(
        std::fs::read_dir(place.path("folder")).map(Iterator::count).ok(),
        Some(0),
        "nothing is left behind"
    );

    // A photo that went away after it was read cannot be put into a zip, and half a zip is none.
    std::fs::remove_file(place.path("photos/rgb.png")).expect("a photo");
    place.run("export a.relook --out ok.xml").ok();
    place.assert_sound("a.relook");
}
