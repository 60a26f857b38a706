//! Files that are not the images their names promise, and images of uncommon kinds.

use std::collections::BTreeMap;

use relook_tests::{
    checkout::text,
    program::{Place, count, one_at_a_time, vision_fixtures},
};
use serde_json::Value;

fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 })
    };
    !bytes.iter().fold(!0, step)
}

/// A small PNG whose head promises `side` × `side` pixels.
fn bomb(side: u32) -> Vec<u8> {
    let mut png = std::fs::read(vision_fixtures().join("images/rgb.png")).expect("a small PNG");
    png[16..20].copy_from_slice(&side.to_be_bytes());
    png[20..24].copy_from_slice(&side.to_be_bytes());
    let sum = crc(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png
}

#[test]
fn sound_images_of_any_kind_are_drafted_upright_and_broken_ones_named() {
    let _turn = one_at_a_time();
    let place = Place::new();
    let photos = place.path("photos");
    std::fs::create_dir(&photos).expect("a folder");
    let put = |name: &str, bytes: &[u8]| std::fs::write(photos.join(name), bytes).expect("a file");
    let fixture =
        |name: &str| std::fs::read(vision_fixtures().join("images").join(name)).expect("a small image");

    // Baseline, progressive, grey, CMYK, 16 bits, palette, alpha, animated, rotated all eight ways, one pixel, …
    let expected = std::fs::read(vision_fixtures().join("expected.json")).expect("sizes");
    let expected: BTreeMap<String, Value> = serde_json::from_slice(&expected).expect("JSON");
    let mut sizes = BTreeMap::new();
    for (name, about) in &expected {
        put(name, &fixture(name));
        sizes.insert(name.clone(), (count(&about["width"]), count(&about["height"])));
    }
    for kind in
        ["grey-16.png", "cmyk.jpg", "palette.png", "animated.gif", "one-pixel.jpg", "orientation-5.jpg"]
    {
        assert!(sizes.contains_key(kind), "{kind}");
    }
    // A file is what its content says, whatever its name says.
    put("png-called.jpg", &fixture("rgb.png"));
    sizes.insert("png-called.jpg".into(), sizes["rgb.png"]);

    let photo = std::fs::read(relook_tests::program::demo_photos().join("dog.jpg")).expect("a demo photo");
    put("truncated.jpg", &photo[..photo.len() / 3]);
    put("only-a-head.jpg", &photo[..200]);
    put("zero.jpg", b"");
    put("text.jpg", b"This is not an image at all, only its name says so.\n");
    put("bomb.png", &bomb(60_000));
    put("bomb.ppm", b"P6 90000 90000 255\n123");
    put("page.png", b"<!doctype html><title>404</title>");
    let png = fixture("rgb.png");
    put("truncated.png", &png[..png.len() - 25]);
    let broken = [
        "bomb.png",
        "bomb.ppm",
        "only-a-head.jpg",
        "page.png",
        "text.jpg",
        "truncated.jpg",
        "truncated.png",
        "zero.jpg",
    ];

    place.run("new a").ok();
    assert_eq!(count(&place.json("add a.relook photos")["new"]) as usize, sizes.len() + broken.len());
    let done = place.run("draft a.relook --json").ok();
    let sum = done.json();
    assert_eq!(count(&sum["run"]) as usize, sizes.len(), "{sum} {}", done.err);
    assert_eq!(count(&sum["failed"]) as usize, broken.len(), "{sum} {}", done.err);

    let status = place.json("status a.relook");
    let problems: BTreeMap<&str, &str> =
        status["problems"].as_array().expect("problems").iter().map(|p| (text(&p[0]), text(&p[1]))).collect();
    assert_eq!(problems.keys().copied().collect::<Vec<_>>(), broken);
    for (name, reason) in &problems {
        assert!(reason.len() > 15, "{name}: {reason}");
        assert!(done.err.contains(&format!("{name}: {reason}")), "{name} is told at once: {}", done.err);
    }
    for (name, word) in [("zero.jpg", "empty"), ("bomb.png", "60000"), ("bomb.ppm", "90000")] {
        assert!(problems[name].contains(word), "{name}: {}", problems[name]);
    }
    let human = place.run("status a.relook").ok().out;
    assert!(broken.iter().all(|name| human.contains(name)), "{human}");

    for (name, (width, height)) in &sizes {
        let image = place.json(&format!("show a.relook --image {name}"))["image"].clone();
        assert_eq!((count(&image["width"]), count(&image["height"])), (*width, *height), "{name}");
    }

    // Nothing is tried again by itself; a second look and an export leave them out and say how many.
    assert_eq!(count(&place.json("draft a.relook")["images"]), 0);
    place.run("second-look a.relook --model yolov8n").ok();
    // The same photo in many formats: CVAT could not tell them apart.
    place.run("export a.relook --out a.xml --quiet").fails(1, &["animated.gif", "--force"]);
    let summary = place.json("export a.relook --out a.xml --force");
    assert_eq!(count(&summary["images"]) as usize, sizes.len());
    assert_eq!(count(&summary["unreadable"]) as usize, broken.len());

    // Mended, it is drafted with the next pass over everything.
    put("zero.jpg", &photo);
    place.run("add a.relook photos").ok();
    place.run("draft a.relook").ok();
    let left = place.json("status a.relook");
    assert_eq!(left["problems"].as_array().map(Vec::len), Some(broken.len() - 1), "{left}");
    place.assert_sound("a.relook");
}

#[test]
fn images_that_go_away_or_do_not_exist() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg", "eagle.jpg"]);
    std::fs::remove_file(place.path("photos/eagle.jpg")).expect("a photo");
    let sum = place.run("draft a.relook --json").ok();
    assert_eq!((count(&sum.json()["run"]), count(&sum.json()["failed"])), (1, 1));
    assert!(sum.err.contains("eagle.jpg: Could not read the file"), "{sum:?}");
    place.run("export a.relook --format cvat-images --with-images --out a.zip").ok();

    std::fs::remove_file(place.path("photos/dog.jpg")).expect("a photo");
    std::fs::write(place.path("a.zip"), b"before").expect("a file");
    let done = place.run("export a.relook --format cvat-images --with-images --out a.zip --quiet");
    done.fails(3, &["Could not read", "dog.jpg"]);
    assert_eq!(
        std::fs::read(place.path("a.zip")).ok().as_deref(),
        Some(b"before".as_slice()),
        "left as it was"
    );
    place.run("show a.relook --image nowhere.jpg").fails(3, &["nowhere.jpg"]);
    place.run("show a.relook --image dog.jpg").ok();
    place.assert_sound("a.relook");
}

#[test]
fn decisions_that_make_no_sense() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg"]);
    place.run("draft a.relook").ok();
    let before = place.rows("a.relook");
    for (words, code, said) in [
        ("--accept-at-least 7", 2, vec!["between 0 and 1"]),
        ("--accept-at-least high", 2, vec!["high"]),
        ("--accept-at-least 0.5 --label unicorn", 3, vec!["unicorn", "relook status"]),
        ("--accept-at-least 0.5 --verdict maybe", 2, vec!["maybe", "confirmed, moved"]),
        ("--accept-at-least 0.5 --image nowhere.jpg", 3, vec!["nowhere.jpg"]),
        ("--accept 999", 3, vec!["no box 999"]),
        ("--relabel 1 --to unicorn", 3, vec!["unicorn"]),
        ("--fix 1 --rect 1,2,3", 2, vec!["four numbers"]),
        ("--fix 1 --rect 5000,5000,6000,6000", 8, vec!["outside the image"]),
        ("--fix 1 --rect nan,0,10,10", 8, vec!["outside the image"]),
        ("--draw --image dog.jpg --to dog --rect 5,5,5.2,50", 8, vec!["smaller than 1 pixel"]),
        ("--draw --image nowhere.jpg --to dog --rect 5,5,50,50", 3, vec!["nowhere.jpg"]),
        ("--accept 1 --reject 2", 2, vec!["cannot be used with"]),
        ("", 2, vec!["required"]),
    ] {
        place.run(&format!("decide a.relook {words}")).fails(code, &said);
        assert_eq!(place.rows("a.relook"), before, "after {words}");
    }
    for words in ["--drop-below 0.9 --accept-at 0.3", "--accept-at 1.5"] {
        place.run(&format!("second-look a.relook {words}")).fails(2, &["Thresholds"]);
    }
    place.run("draft a.relook --again --keep-above 2").fails(2, &["0 to 1"]);
    assert_eq!(place.json("undo a.relook")["step"], Value::Null);
    place.assert_sound("a.relook");
}
