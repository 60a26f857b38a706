//! `relook evaluate` against COCO's own program, on photos whose truth is known.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::path::Path;

use relook_tests::{
    checkout::root,
    program::{Done, Place, count, one_at_a_time, python, text_of},
};
use serde_json::{Value, json};

const NUMBERS: [&str; 12] = [
    "ap",
    "ap50",
    "ap75",
    "ap_small",
    "ap_medium",
    "ap_large",
    "ar1",
    "ar10",
    "ar100",
    "ar_small",
    "ar_medium",
    "ar_large",
];

/// COCO's twelve numbers by its own program; -1: nothing to measure.
fn by_pycocotools(place: &Place, truth: &Path, results: &Path) -> Vec<f64> {
    let script = root().join("tests/reference/evaluate.py");
    let mut command = place.command(python());
    command.arg(script).arg("--json").args([truth, results]);
    let all: Vec<Vec<f64>> =
        serde_json::from_value(Done::of(&mut command).ok().json()).expect("lists of numbers");
    all.into_iter().next().expect("one list")
}

/// Both must tell the same of the boxes that `a.relook` has now.
#[track_caller]
fn assert_same_numbers(place: &Place, truth: &Path) -> Value {
    let results = place.path("results.json");
    let _ = std::fs::remove_file(&results);
    let (truth_text, results_text) = (text_of(truth), text_of(&results));
    let export =
        ["export", "a.relook", "--format", "coco-results", "--like", truth_text, "--out", results_text];
    place.run_words(&export).ok();
    let report = place.run_words(&["--json", "evaluate", "a.relook", "--truth", truth_text]).ok().json();
    let reference = by_pycocotools(place, truth, &results);
    for (name, want) in NUMBERS.iter().zip(reference) {
        let got = report["coco"][name].as_f64().unwrap_or(-1.0);
        assert!((got - want).abs() < 0.001, "{name}: {got}, and {want} by pycocotools");
    }
    report
}

/// The same numbers every time, between 0 and 1.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1_u32 << 31)
    }
}

/// A truth that is the draft made worse: boxes shifted, left out, doubled and turned into crowds, of all sizes.
fn made_up_truth(place: &Place) -> Value {
    let results = place.path("plain.json");
    let out = text_of(&results).to_owned();
    place.run_words(&["export", "a.relook", "--format", "coco", "--out", &out]).ok();
    let mut file: Value =
        serde_json::from_reader(std::fs::File::open(&results).expect("an export")).expect("JSON");
    let mut numbers = Numbers(7);
    let mut made = Vec::new();
    for b in file["annotations"].as_array().expect("boxes") {
        let bbox: Vec<f64> = serde_json::from_value(b["bbox"].clone()).expect("four numbers");
        if numbers.next() < 0.2 {
            continue;
        }
        let shift = |n: &mut Numbers, side: f64| (n.next() - 0.5) * 0.4 * side;
        let copies = if numbers.next() < 0.2 { 3 } else { 1 };
        for _ in 0..copies {
            let (dx, dy) = (shift(&mut numbers, bbox[2]), shift(&mut numbers, bbox[3]));
            let crowd = numbers.next() < 0.1;
            let scale = if crowd { 2.0 } else { 1.0 };
            let at = [bbox[0] + dx, bbox[1] + dy, bbox[2] * scale, bbox[3] * scale];
            made.push(json!({
                "id": made.len() + 1, "image_id": b["image_id"], "category_id": b["category_id"], "bbox": at,
                "area": at[2] * at[3] * (0.3 + 0.7 * numbers.next()), "iscrowd": u8::from(crowd),
            }));
        }
    }
    assert!(made.len() > 30, "only {} boxes: too few to mean anything", made.len());
    file["annotations"] = made.into();
    file
}

#[test]
fn the_numbers_are_those_of_pycocotools() {
    let _turn = one_at_a_time();
    let place = Place::new();
    place.photos("photos", &[]);
    place.run("new a").ok();
    place.run("add a.relook photos").ok();
    place
        .run("evaluate a.relook --truth nowhere.json --stage draft")
        .fails(2, &["no draft yet", "relook draft"]);
    place.run("draft a.relook").ok();
    place.run("evaluate a.relook --truth nowhere.json").fails(3, &["nowhere.json"]);
    let truth = place.path("truth.json");
    std::fs::write(&truth, made_up_truth(&place).to_string()).expect("a file in a temporary folder");
    let report = assert_same_numbers(&place, &truth);
    assert_eq!(report["stage"], "draft");
    assert!(count(&report["crowds"]) > 0 && report["coco"]["ap_small"].is_f64(), "{}", report["coco"]);

    // What a person does changes what stands, and not what the models said.
    place.run("decide a.relook --reject --label person").ok();
    let of = |stage: &str| place.json(&format!("evaluate a.relook --truth truth.json --stage {stage}"));
    assert_eq!(of("draft")["coco"], report["coco"]);
    let stands = place.json("evaluate a.relook --truth truth.json");
    assert_eq!(stands["stage"], "final");
    let person = |report: &Value| {
        let labels = report["labels"].as_array().expect("labels").clone();
        labels.into_iter().find(|l| l["label"] == "person").expect("the photos show people")
    };
    assert!(count(&person(&report)["right"]) > 0);
    assert_eq!((count(&person(&stands)["right"]), count(&person(&stands)["wrong"])), (0, 0));
    place.run("evaluate a.relook --truth truth.json --stage second-look").fails(2, &["no second look yet"]);
    place.run("evaluate a.relook --truth truth.json --score 7").fails(2, &["0 to 1"]);
    place.run("evaluate a.relook --truth truth.json --part 3/2").fails(2, &["no part 3 of 2"]);
}

#[test]
fn on_coco_photos_too() {
    let _turn = one_at_a_time();
    let photos = root().join("../shared/data/coco-val-a");
    let truth = photos.join("instances.json");
    if !truth.exists() {
        println!("SKIPPED: {} is not here, so real photos cannot be tried", photos.display());
        return;
    }
    let place = Place::new();
    place.run("new a").ok();
    place.run_words(&["add", "a.relook", text_of(&photos.join("images"))]).ok();
    place.run("draft a.relook").ok();
    let report = assert_same_numbers(&place, &truth);
    assert_eq!((count(&report["images"]), count(&report["crowds"])), (79, 7));
}
