//! The pipeline by command line, from an empty folder to files that others read.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufReader, Read},
    path::Path,
    process::Command,
};

use relook_formats::cvat_xml;
use relook_tests::{
    checkout::{root, text},
    program::{Done, Place, count, one_at_a_time, python, text_of},
};
use serde_json::{Value, json};

/// Label names by id.
fn labels(place: &Place) -> BTreeMap<u64, String> {
    let status = place.json("status a.relook");
    let labels = status["project"]["labels"].as_array().expect("labels").clone();
    labels.iter().map(|l| (count(&l["id"]), text(&l["name"]).to_owned())).collect()
}

fn boxes(place: &Place, image: &str) -> Vec<Value> {
    let shown = place.json(&format!("show a.relook --image {image}"));
    shown["annotations"].as_array().expect("a list of boxes").clone()
}

fn stands(a: &Value) -> bool {
    match text(&a["state"]) {
        "accepted" | "fixed" => true,
        "pending" => a["standing"] != "withdrawn",
        _ => false,
    }
}

fn of_label<'a>(boxes: &'a [Value], labels: &BTreeMap<u64, String>, name: &str) -> Vec<&'a Value> {
    boxes.iter().filter(|a| stands(a) && labels[&count(&a["label"])] == name).collect()
}

fn corners(rect: &Value) -> [f64; 4] {
    ["x1", "y1", "x2", "y2"].map(|k| rect[k].as_f64().expect("a number"))
}

fn near(a: [f64; 4], b: [f64; 4], by: f64) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= by)
}

/// Takes each of `found` out of `wanted`; both must be used up.
#[track_caller]
fn assert_same_boxes(
    image: &str,
    mut wanted: Vec<(String, [f64; 4])>,
    found: &[(String, [f64; 4])],
    by: f64,
) {
    for (label, at) in found {
        let same = wanted.iter().position(|(l, w)| l == label && near(*w, *at, by));
        assert!(same.is_some(), "{image}: {label} at {at:?} is not among {wanted:?}");
        if let Some(n) = same {
            wanted.remove(n);
        }
    }
    assert_eq!(wanted, [], "{image}: these are missing");
}

/// Label and corners of what stands on an image, as `relook show` tells it.
fn standing(place: &Place, image: &str) -> Vec<(String, [f64; 4])> {
    let labels = labels(place);
    let all = boxes(place, image);
    all.iter()
        .filter(|a| stands(a))
        .map(|a| (labels[&count(&a["label"])].clone(), corners(&a["rect"])))
        .collect()
}

fn document(path: &Path) -> cvat_xml::Document {
    let file = BufReader::new(File::open(path).expect("an export"));
    cvat_xml::read(file, &cvat_xml::Limits::default()).expect("an export that our own reader understands")
}

#[test]
fn nothing_is_added_or_drafted_twice() {
    let _turn = one_at_a_time();
    let place = Place::new();
    place.photos("photos", &["dog.jpg", "eagle.jpg"]);
    let project = place.json("new a");
    assert_eq!(project["labels"].as_array().map(Vec::len), Some(80));
    assert_eq!(
        (text(&project["labels"][0]["name"]), text(&project["labels"][79]["name"])),
        ("person", "toothbrush")
    );
    place.run("new a").fails(2, &["a.relook", "exists already"]);

    assert_eq!(place.json("add a.relook photos"), json!({ "new": 2, "known": 0, "images": 2 }));
    assert_eq!(place.json("add a.relook photos"), json!({ "new": 0, "known": 2, "images": 2 }));

    let first = place.json("draft a.relook");
    assert_eq!((count(&first["images"]), count(&first["run"]), count(&first["failed"])), (2, 2, 0));
    assert!(count(&first["boxes"]) > 4, "{first}");
    let rows = place.rows("a.relook");
    let second = place.json("draft a.relook");
    assert_eq!((count(&second["images"]), count(&second["run"])), (0, 0), "{second}");
    assert_eq!(place.rows("a.relook"), rows);

    // A third photo is the only one drafted; --again drafts all three and finds what it found before.
    place.photos("photos", &["horses.jpg"]);
    assert_eq!(place.json("add a.relook photos"), json!({ "new": 1, "known": 2, "images": 3 }));
    assert_eq!(count(&place.json("draft a.relook")["run"]), 1);
    let three = place.rows("a.relook");
    assert_eq!(three.iter().filter(|r| rows.contains(r)).count(), 2);
    let again = place.json("draft a.relook --again");
    assert_eq!(count(&again["run"]), 3, "{again}");
    assert_eq!(place.rows("a.relook"), three);
    place.assert_sound("a.relook");
}

/// The small model is torn between car and truck; the larger one knows, and says so without changing what was sure.
#[test]
fn dog_jpg_tells_the_story_with_its_provenance() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg"]);
    let names = labels(&place);
    // Shown without a border the small model is not that sure of the car.
    place.run("settings a.relook input-shape model").ok();
    place.run("draft a.relook").ok();
    let drafted = boxes(&place, "dog.jpg");
    for name in ["dog", "bicycle", "car", "truck"] {
        assert_eq!(of_label(&drafted, &names, name).len(), 1, "{name} in {drafted:?}");
    }
    assert!(drafted.iter().all(|a| a["origin"] == "draft" && a["verdict"].is_null()));

    let sum = place.json("second-look a.relook");
    assert_eq!((count(&sum["run"]), count(&sum["disagreements"])), (1, 1), "{sum}");
    let looked = boxes(&place, "dog.jpg");
    let (truck, car) = (of_label(&looked, &names, "truck"), of_label(&looked, &names, "car"));
    let ([truck], [car]) = (truck.as_slice(), car.as_slice()) else {
        unreachable!("one truck and one car were drafted: {looked:?}")
    };
    assert_eq!((text(&truck["verdict"]), text(&truck["standing"])), ("confirmed", "settled"));
    let by_draft = of_label(&drafted, &names, "truck")[0]["score"].as_f64();
    assert!(truck["score"].as_f64() > by_draft, "confirmed by both, it is surer than before");
    assert_eq!((car["disagreement"].as_bool(), text(&car["standing"])), (Some(true), "doubtful"));
    let drafted_car = of_label(&drafted, &names, "car")[0];
    assert_eq!(
        (&car["rect"], &car["label"]),
        (&drafted_car["rect"], &drafted_car["label"]),
        "flagged, not changed"
    );
    assert!(car["score"].as_f64() < drafted_car["score"].as_f64(), "and less sure");

    let opinions = truck["opinions"].as_array().expect("opinions");
    let stages: Vec<_> = opinions.iter().map(|o| (text(&o["stage"]), text(&o["model"]))).collect();
    assert_eq!(stages, [("draft", "yolov8n"), ("second_look", "yolov8m")]);
    for opinion in opinions {
        let card =
            std::fs::read_to_string(root().join("models").join(text(&opinion["model"])).join("model.toml"));
        let digest = text(&opinion["model_digest"]);
        assert!(digest.len() == 64 && card.expect("a card").contains(digest), "{opinion}");
        assert!(text(&opinion["device"]).starts_with("CPU"), "{opinion}");
        assert_eq!(opinion["thresholds"], json!({ "keep_above": 0.05, "drop_below": 0.2, "accept_at": 0.6 }));
        assert!(opinion["alternatives"].as_array().is_some_and(|a| a.len() >= 2), "{opinion}");
    }

    // The disagreement is the first to be asked about.
    let queue = place.json("queue a.relook");
    assert_eq!(queue["items"][0]["annotation"]["id"], car["id"]);
    let rows = place.rows("a.relook");
    assert_eq!(count(&place.json("second-look a.relook")["run"]), 0);
    assert_eq!(count(&place.json("second-look a.relook --again")["run"]), 1);
    let again = place.rows("a.relook");
    for (one, other) in rows.iter().zip(&again) {
        let seen = |row: &Value| -> Vec<Value> {
            let all = row["annotations"].as_array().expect("boxes").iter();
            all.map(|a| json!([a["label"], a["rect"], a["score"], a["verdict"], a["standing"]])).collect()
        };
        assert_eq!(seen(one), seen(other), "a second look taken anew says the same");
    }
    place.assert_sound("a.relook");
}

#[test]
fn decisions_by_rule_and_one_by_one_and_back() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg", "horses.jpg", "kite.jpg", "sunset.jpg"]);
    place.run("draft a.relook").ok();
    place.run("second-look a.relook --model yolov8s").ok();

    let queue = place.json("queue a.relook --limit 1000");
    let items = queue["items"].as_array().expect("a queue");
    let doubts: Vec<f64> = items.iter().filter_map(|i| i["annotation"]["doubt"].as_f64()).collect();
    assert!(doubts.len() > 5 && doubts.len() as u64 == count(&queue["total"]), "{doubts:?}");
    assert!(doubts.is_sorted_by(|a, b| a >= b), "most doubtful first: {doubts:?}");

    // A dry run counts what the real one then decides.
    for rule in ["--accept-at-least 0.55", "--reject-below 0.3 --undisputed", "--reopen --image kite.jpg"] {
        let before = place.rows("a.relook");
        let planned = count(&place.json(&format!("decide a.relook {rule} --dry-run"))["count"]);
        assert!(planned > 0, "{rule} decides nothing here");
        assert_eq!(place.rows("a.relook"), before, "a dry run changes nothing");
        let done = place.json(&format!("decide a.relook {rule}"));
        assert_eq!(count(&done["count"]), planned, "{rule}");
        let after = place.rows("a.relook");
        assert_ne!(after, before);
        place.run("undo a.relook").ok();
        assert_eq!(states(&place.rows("a.relook")), states(&before), "{rule} is taken back whole");
        place.run("redo a.relook").ok();
        assert_eq!(states(&place.rows("a.relook")), states(&after), "{rule} is done again whole");
    }
    assert_eq!(count(&place.json("decide a.relook --accept-at-least 0.55 --image horses.jpg")["count"]), 0);

    let undecided = |image: &str| -> Vec<u64> {
        let all = boxes(&place, image);
        let pending = all.iter().filter(|a| a["state"] == "pending" && a["standing"] != "withdrawn");
        pending.map(|a| count(&a["id"])).collect()
    };
    let at = |id: u64| -> Value {
        let all = boxes(&place, "kite.jpg");
        all.iter().find(|a| count(&a["id"]) == id).cloned().unwrap_or_default()
    };
    let ids = undecided("kite.jpg");
    let [accepted, rejected, relabelled, fixed, ..] = ids[..] else { unreachable!("too few boxes: {ids:?}") };
    let names = labels(&place);
    let bird = *names.iter().find(|(_, n)| *n == "bird").expect("a COCO label").0;
    place.run(&format!("decide a.relook --accept {accepted}")).ok();
    place.run(&format!("decide a.relook --reject {rejected}")).ok();
    place.run(&format!("decide a.relook --relabel {relabelled} --to bird")).ok();
    place.run(&format!("decide a.relook --fix {fixed} --rect 10,20,30.5,44.25")).ok();
    assert_eq!(at(accepted)["state"], "accepted");
    assert_eq!(at(rejected)["state"], "rejected");
    place.run(&format!("decide a.relook --reopen {rejected}")).ok();
    assert_eq!((text(&at(rejected)["state"]), text(&at(accepted)["state"])), ("pending", "accepted"));
    place.run("undo a.relook").ok();
    assert_eq!(at(rejected)["state"], "rejected");
    place.run(&format!("decide a.relook --occluded {accepted}")).ok();
    assert_eq!((&at(accepted)["occluded"], text(&at(accepted)["state"])), (&Value::Bool(true), "accepted"));
    place.run(&format!("decide a.relook --not-occluded {accepted}")).ok();
    assert_eq!(at(accepted)["occluded"], false);
    assert_eq!((text(&at(relabelled)["state"]), count(&at(relabelled)["label"])), ("fixed", bird));
    assert_eq!(
        (text(&at(fixed)["state"]), corners(&at(fixed)["rect"])),
        ("fixed", [10.0, 20.0, 30.5, 44.25])
    );

    // A drawn box is clipped to the photo, accepted, and gone again when undone.
    let photo = place.json("show a.relook --image kite.jpg")["image"].clone();
    let (width, height) = (count(&photo["width"]), count(&photo["height"]));
    let drawn = place.json(&format!(
        "decide a.relook --draw --image kite.jpg --to kite --rect {},{},{},{}",
        width - 50,
        height - 40,
        width + 99,
        height + 99
    ));
    assert_eq!(count(&drawn["count"]), 1);
    let manual = |all: &[Value]| all.iter().filter(|a| a["origin"] == "manual").cloned().collect::<Vec<_>>();
    let mine = manual(&boxes(&place, "kite.jpg"));
    assert_eq!(mine.len(), 1);
    let (w, h) = (width as f64, height as f64);
    assert_eq!(corners(&mine[0]["rect"]), [w - 50.0, h - 40.0, w, h]);
    assert_eq!((text(&mine[0]["state"]), mine[0]["score"].is_null()), ("accepted", true));
    place.run("undo a.relook").ok();
    assert_eq!(manual(&boxes(&place, "kite.jpg")), Vec::<Value>::new());
    place.run("redo a.relook").ok();
    assert_eq!(manual(&boxes(&place, "kite.jpg")).len(), 1);

    place
        .run("decide a.relook --confirm-empty --image kite.jpg")
        .fails(8, &["Accepted boxes", "reject them first"]);
    place.run("decide a.relook --confirm-empty --image sunset.jpg").ok();
    assert_eq!(count(&place.counts("a.relook")["confirmed_empty"]), 1);
    assert_eq!(text(&place.json("show a.relook --image sunset.jpg")["image"]["status"]), "confirmed_empty");

    // Everything can be taken back, step by step, and no further.
    let mut steps = 0;
    while !place.json("undo a.relook")["step"].is_null() {
        steps += 1;
        assert!(steps < 100);
    }
    assert_eq!(steps, 3 + 4 + 2 + 1 + 1, "one step a decision");
    let counts = place.counts("a.relook");
    for key in ["accepted", "fixed", "rejected", "confirmed_empty"] {
        assert_eq!(count(&counts[key]), 0, "{key} in {counts}");
    }
    for _ in 0..steps {
        place.run("redo a.relook").ok();
    }
    assert_eq!(count(&place.counts("a.relook")["confirmed_empty"]), 1);
    place.assert_sound("a.relook");
}

/// States and geometry without revisions, which only ever grow.
fn states(rows: &[Value]) -> Vec<Vec<String>> {
    let of = |row: &Value| -> Vec<String> {
        let all = row["annotations"].as_array().expect("boxes").iter();
        let mut all: Vec<_> = all.map(|a| json!([a["state"], a["label"], a["rect"]]).to_string()).collect();
        all.sort();
        all
    };
    rows.iter().map(of).collect()
}

#[test]
fn exports_say_what_the_project_says() {
    let _turn = one_at_a_time();
    let photos = ["dog.jpg", "eagle.jpg", "giraffe.jpg", "sunset.jpg"];
    let place = Place::with_photos(&photos);
    place.run("draft a.relook").ok();
    place.run("decide a.relook --accept-at-least 0.8").ok();
    place.run("decide a.relook --draw --image eagle.jpg --to bird --rect 1.005,2.5,60.123,70.999").ok();
    let dog = boxes(&place, "dog.jpg");
    let doubtful = dog.iter().find(|a| a["standing"] == "doubtful").expect("a doubtful box");
    place.run(&format!("decide a.relook --relabel {} --to bus", doubtful["id"])).ok();

    let summary = place.json("export a.relook --out all.xml");
    let read = document(&place.path("all.xml"));
    assert_eq!((count(&summary["images"]), count(&summary["boxes"])), (4, read.summary.shapes));
    assert_eq!(read.images.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), photos);
    assert_eq!((read.summary.labels.len(), read.summary.name.as_str()), (80, "a"));
    for image in &read.images {
        let shown = place.json(&format!("show a.relook --image {}", image.name))["image"].clone();
        let size = (image.width.map(u64::from), image.height.map(u64::from));
        assert_eq!(size, (shown["width"].as_u64(), shown["height"].as_u64()));
        let found: Vec<_> = image
            .shapes
            .iter()
            .map(|b| (b.label.clone(), [b.rect.x1, b.rect.y1, b.rect.x2, b.rect.y2]))
            .collect();
        assert_same_boxes(&image.name, standing(&place, &image.name), &found, 0.005_000_1);
    }
    let sources: BTreeSet<_> = read.images.iter().flat_map(|i| &i.shapes).map(|b| b.source.word()).collect();
    assert_eq!(sources.into_iter().collect::<Vec<_>>(), ["auto", "manual", "semi-auto"]);
    assert_seen_alike_by_others(&place, &read);

    // Only what was decided; and equal content is equal bytes, whatever the name and the time.
    let reviewed = place.json("export a.relook --include reviewed --out reviewed.xml");
    assert_eq!(reviewed["boxes"], reviewed["reviewed"]);
    assert_eq!(reviewed["reviewed"], summary["reviewed"]);
    assert!(count(&reviewed["boxes"]) < count(&summary["boxes"]));
    let bytes = |name: &str| std::fs::read(place.path(name)).expect("an export");
    for (format, ending) in [("cvat-images", "xml"), ("cvat-images --with-images", "zip"), ("coco", "json")] {
        for name in ["one", "two"] {
            place.run(&format!("export a.relook --format {format} --out {name}.{ending}")).ok();
        }
        assert!(bytes(&format!("one.{ending}")) == bytes(&format!("two.{ending}")), "{format} differs");
    }
    assert!(bytes("one.xml") == bytes("all.xml"));

    zip_holds_the_same(&place, &photos, &bytes("all.xml"));
    coco_says_the_same(&place, &photos);
    yolo_says_the_same(&place, &photos);
    place.assert_sound("a.relook");
}

/// The schema and datumaro, neither of them ours, see what our own reader sees.
fn assert_seen_alike_by_others(place: &Place, read: &cvat_xml::Document) {
    let script = root().join("tests/reference/check_cvat_xml.py");
    let done = Done::of(place.command(python()).arg(script).arg(place.path("all.xml"))).ok();
    let seen = done.json();
    let images = seen["images"].as_array().expect("images");
    assert_eq!(images.len(), read.images.len());
    for (theirs, ours) in images.iter().zip(&read.images) {
        assert_eq!(text(&theirs["name"]), ours.name);
        let wanted =
            ours.shapes.iter().map(|b| (b.label.clone(), [b.rect.x1, b.rect.y1, b.rect.x2, b.rect.y2]));
        let found: Vec<_> = theirs["boxes"].as_array().expect("boxes").iter().map(their_box).collect();
        assert_same_boxes(&ours.name, wanted.collect(), &found, 0.011);
    }
}

fn their_box(value: &Value) -> (String, [f64; 4]) {
    let at: Vec<f64> = value["corners"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    (text(&value["label"]).to_owned(), at.try_into().expect("four corners"))
}

fn zip_holds_the_same(place: &Place, photos: &[&str], xml: &[u8]) {
    let mut zip = zip::ZipArchive::new(File::open(place.path("one.zip")).expect("an export")).expect("a zip");
    let mut names: Vec<String> = zip.file_names().map(str::to_owned).collect();
    names.sort();
    let mut wanted: Vec<String> = photos.iter().map(|p| format!("images/{p}")).collect();
    wanted.insert(0, "annotations.xml".into());
    assert_eq!(names, wanted);
    for name in wanted {
        let mut inside = Vec::new();
        zip.by_name(&name).expect("an entry").read_to_end(&mut inside).expect("a sound entry");
        match name.strip_prefix("images/") {
            None => assert!(inside == xml, "the XML in the zip is the XML beside it"),
            Some(photo) => {
                let there = std::fs::read(place.path("photos").join(photo)).expect("a photo");
                assert!(inside == there, "{photo} is the photo, byte by byte");
            }
        }
    }
}

fn coco_says_the_same(place: &Place, photos: &[&str]) {
    let coco: Value =
        serde_json::from_slice(&std::fs::read(place.path("one.json")).expect("an export")).expect("JSON");
    let by_id = |list: &str, name: &str| -> BTreeMap<u64, String> {
        let list = coco[list].as_array().expect("a list");
        list.iter().map(|v| (count(&v["id"]), text(&v[name]).to_owned())).collect()
    };
    let (images, categories) = (by_id("images", "file_name"), by_id("categories", "name"));
    assert_eq!((images.len(), categories.len()), (photos.len(), 80));
    for (id, name) in &images {
        let all = coco["annotations"].as_array().expect("annotations").iter();
        let found: Vec<_> =
            all.filter(|a| count(&a["image_id"]) == *id).map(|a| coco_box(a, &categories)).collect();
        assert_same_boxes(name, standing(place, name), &found, 0.02);
    }
}

fn coco_box(a: &Value, categories: &BTreeMap<u64, String>) -> (String, [f64; 4]) {
    let at: Vec<f64> = a["bbox"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    let [x, y, w, h] = at[..] else { unreachable!("four numbers: {a}") };
    (categories[&count(&a["category_id"])].clone(), [x, y, x + w, y + h])
}

fn yolo_says_the_same(place: &Place, photos: &[&str]) {
    place.run("export a.relook --format yolo --with-images --out yolo").ok();
    place.run("export a.relook --format yolo --out yolo").fails(2, &["yolo", "not empty"]);
    let yaml = std::fs::read_to_string(place.path("yolo/data.yaml")).expect("data.yaml");
    let names: Vec<String> = labels(place).into_values().collect();
    for (n, name) in names.iter().enumerate() {
        assert!(yaml.contains(&format!("  {n}: \"{name}\"")), "{name} in {yaml}");
    }
    for photo in photos {
        let there = std::fs::read(place.path("photos").join(photo)).expect("a photo");
        assert!(std::fs::read(place.path("yolo/images").join(photo)).expect("a copy") == there);
        let shown = place.json(&format!("show a.relook --image {photo}"))["image"].clone();
        let (w, h) = (count(&shown["width"]) as f64, count(&shown["height"]) as f64);
        let file = place.path("yolo/labels").join(photo).with_extension("txt");
        let lines = std::fs::read_to_string(file).expect("a label file");
        let found: Vec<_> = lines
            .lines()
            .map(|line| {
                let n: Vec<f64> = line.split(' ').map(|n| n.parse().expect("a number")).collect();
                let [class, cx, cy, bw, bh] = n[..] else { unreachable!("five numbers: {line}") };
                let (x, y, bw, bh) = (cx * w, cy * h, bw * w / 2.0, bh * h / 2.0);
                (names[class as usize].clone(), [x - bw, y - bh, x + bw, y + bh])
            })
            .collect();
        assert_same_boxes(photo, standing(place, photo), &found, 0.01);
    }
}

#[test]
fn results_take_their_ids_from_a_truth_file() {
    let data = root().join("../shared/data/coco-val-a");
    if !data.is_dir() {
        println!("SKIPPED: {} is not here, so no real truth file can be tried", data.display());
        return;
    }
    let _turn = one_at_a_time();
    let place = Place::new();
    std::fs::create_dir(place.path("photos")).expect("a folder");
    let mut some: Vec<_> = std::fs::read_dir(data.join("images"))
        .expect("images")
        .map(|e| e.expect("an entry").path())
        .collect();
    some.sort();
    for photo in some.iter().take(6) {
        let name = photo.file_name().expect("a file has a name");
        std::fs::copy(photo, place.path("photos").join(name)).expect("a copy");
    }
    place.run("new a").ok();
    place.run("add a.relook photos").ok();
    place.run("draft a.relook").ok();
    let truth = data.join("instances.json");
    place.run("export a.relook --format coco-results --out r.json").fails(2, &["--like"]);
    place
        .run_words(&[
            "export",
            "a.relook",
            "--format",
            "coco-results",
            "--like",
            text_of(&truth),
            "--out",
            "r.json",
        ])
        .ok();

    let read =
        |path: &Path| -> Value { serde_json::from_reader(File::open(path).expect("a file")).expect("JSON") };
    let truth = read(&truth);
    let by_name = |list: &str, name: &str| -> BTreeMap<String, u64> {
        truth[list]
            .as_array()
            .expect("a list")
            .iter()
            .map(|v| (text(&v[name]).into(), count(&v["id"])))
            .collect()
    };
    let (images, categories) = (by_name("images", "file_name"), by_name("categories", "name"));
    let names: BTreeMap<u64, String> = categories.into_iter().map(|(name, id)| (id, name)).collect();
    let results = read(&place.path("r.json"));
    let results = results.as_array().expect("the list form");
    assert!(results.iter().all(|r| r["score"].as_f64().is_some_and(|s| (0.05..=1.0).contains(&s))));
    let mut used = 0;
    for photo in some.iter().take(6) {
        let name = photo.file_name().expect("a file has a name").to_str().expect("Unicode");
        let id = images[name];
        let found: Vec<_> =
            results.iter().filter(|r| count(&r["image_id"]) == id).map(|r| coco_box(r, &names)).collect();
        used += found.len();
        // For measuring, weak boxes count too: everything but what a person rejected.
        let (labels, all) = (labels(&place), boxes(&place, name));
        let wanted = all.iter().map(|a| (labels[&count(&a["label"])].clone(), corners(&a["rect"])));
        assert_same_boxes(name, wanted.collect(), &found, 0.02);
    }
    assert_eq!(used, results.len(), "no result names another image");

    // The tool that will read it takes it.
    let check = "import sys; from pycocotools.coco import COCO; \
                 d = COCO(sys.argv[1]).loadRes(sys.argv[2]); print('results', len(d.anns))";
    let done = Done::of(
        Command::new(python()).args(["-c", check]).arg(data.join("instances.json")).arg(place.path("r.json")),
    )
    .ok();
    assert!(done.out.contains(&format!("results {}", results.len())), "{done:?}");
}

#[test]
fn auto_goes_the_whole_way_and_talks_on_standard_error() {
    let _turn = one_at_a_time();
    let place = Place::new();
    place.photos("photos", &["dog.jpg", "horses.jpg", "kite.jpg", "person.jpg"]);
    let done = place.run("auto photos --out out/annotations.xml --project kept.relook --json").ok();
    let summary = done.json();
    assert_eq!(count(&summary["images"]), 4);
    let read = document(&place.path("out/annotations.xml"));
    assert_eq!(read.summary.shapes, count(&summary["boxes"]));
    assert!(read.images.iter().all(|i| !i.shapes.is_empty()), "{read:?}");

    for word in ["Drafting", "Taking the second look", "yolov8n on CPU", "yolov8m on CPU", "4 of 4", "/s"] {
        assert!(done.err.contains(word), "{word} in {}", done.err);
    }
    let rate = done.err.lines().any(|line| {
        let number =
            line.split("/s").next().and_then(|l| l.rsplit(' ').next()).and_then(|n| n.parse::<f64>().ok());
        line.contains("/s") && number.is_some_and(|n| n > 0.0)
    });
    assert!(rate, "a rate in {}", done.err);

    // The kept project is an ordinary one, and says the same; quiet is quiet.
    let kept = place.run("export kept.relook --out again.xml --json --quiet").ok();
    assert_eq!(kept.err, "");
    assert_eq!(document(&place.path("again.xml")).images, read.images);
    assert_eq!(count(&place.counts("kept.relook")["looked"]), 4);
    assert!(place.path("photos").is_dir());
    let left: Vec<_> = std::fs::read_dir(place.path("out")).expect("a folder").collect();
    assert_eq!(left.len(), 1, "nothing is left beside the export: {left:?}");
}
