//! Taking in graphs of all heads by the command line: what is guessed is said, and what was added drafts.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use relook_tests::program::{Place, count, one_at_a_time, vision_fixtures};
use serde_json::Value;

/// Where a user's own models lie below the place.
const MODELS: &str = "data/relook/models";

fn head_graph(name: &str) -> String {
    vision_fixtures().join(format!("graphs/heads/{name}.onnx")).display().to_string()
}

/// A place with a folder of data of its own, and the labels of the generated graphs.
fn place() -> Place {
    let place = Place::with_photos(&["dog.jpg"]);
    std::fs::write(place.path("abc.txt"), "dog\n-\ncar\n").expect("a list");
    let data = place.path("data").display().to_string();
    place.with("XDG_DATA_HOME", data)
}

fn reason<'a>(added: &'a Value, what: &str) -> &'a Value {
    let reasons = added["reasons"].as_array().expect("reasons");
    reasons.iter().find(|r| r["what"] == what).expect("a reason")
}

#[test]
fn a_graph_is_added_listed_and_drafts() {
    let _turn = one_at_a_time();
    let place = place();
    let line = format!(
        "models add {} --name mine --labels abc.txt --size 64x32 --licence MIT --project a.relook \
         --preview photos/dog.jpg --picture seen.png",
        head_graph("yolox-dynamic")
    );
    let tried = place.json(&format!("{line} --dry-run"));
    assert_eq!((tried["saved"].as_bool(), tried["lacking"].as_array().map(Vec::len)), (Some(false), Some(0)));
    assert!(!place.path(MODELS).join("mine").exists());
    place.run("draft a.relook --model mine").fails(3, &["mine"]);

    let added = place.json(&line);
    assert_eq!(reason(&added, "head")["value"], "yolox");
    assert_eq!(reason(&added, "channels")["sure"], false);
    assert_eq!(reason(&added, "labels")["why"], "as you say");
    let seen = added["seen"].as_array().expect("boxes");
    assert!(
        !seen.is_empty() && seen.iter().all(|one| one["label"] == "dog" || one["label"] == "car"),
        "{added}"
    );
    let photo = image::open(place.path("photos/dog.jpg")).expect("a photo");
    let drawn = image::open(place.path("seen.png")).expect("a picture");
    assert_eq!((drawn.width(), drawn.height()), (photo.width(), photo.height()));
    assert_ne!(drawn.into_rgb8(), photo.into_rgb8());

    let listed = place.json("models list");
    let mine =
        listed.as_array().expect("models").iter().find(|m| m["name"] == "mine").expect("the added one");
    assert_eq!(
        (mine["head"].as_str(), mine["licence"].as_str(), mine["present"].as_bool()),
        (Some("yolox"), Some("MIT"), Some(true))
    );
    place.run("models check mine").ok();
    let card = std::fs::read_to_string(place.path(MODELS).join("mine/model.toml")).expect("a card");
    assert!(card.contains("# Guessed: channels = bgr") && !card.contains("# Guessed: labels"), "{card}");

    place.run("draft a.relook --model mine --keep-above 0.25 --quiet").ok();
    let shown = place.json("show a.relook --image dog.jpg --all");
    let boxes = shown["annotations"].as_array().expect("boxes");
    assert_eq!(boxes.len(), seen.len(), "the preview is what the draft finds: {shown}");
}

#[test]
fn every_guess_can_be_said_and_labels_be_renamed() {
    let _turn = one_at_a_time();
    let place = place();
    let graph = head_graph("detr_postprocessed-height_width");
    let line = format!("models add {graph} --name d --labels abc.txt --project a.relook");
    let guessed = place.json(&line);
    assert_eq!(
        (&reason(&guessed, "sizes")["value"], &reason(&guessed, "sizes")["sure"]),
        (&"width_height".into(), &false.into())
    );

    let said = place.json(&format!(
        "{line} --replace --head detr_postprocessed --sizes height_width --layout nchw --channels bgr --values imagenet \
         --resize letterbox --nms-iou 0.5 --rename dog=hound --rename car="
    ));
    for (what, value) in [
        ("head", "detr_postprocessed"),
        ("sizes", "height_width"),
        ("channels", "bgr"),
        ("resize", "letterbox"),
        ("nms_iou", "0.5"),
    ] {
        assert_eq!(
            (reason(&said, what)["value"].as_str(), reason(&said, what)["sure"].as_bool()),
            (Some(value), Some(true))
        );
    }
    assert_eq!(
        (&said["labels"], &said["lacking"]),
        (&serde_json::json!(["hound", "", ""]), &serde_json::json!(["hound"]))
    );
    place.run("models check d").ok();
    let left: Vec<_> =
        std::fs::read_dir(place.path(MODELS)).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["d"]);

    // A project without labels takes over those that are some.
    place.run("new e --labels empty").ok();
    place.run("add e.relook photos").ok();
    place.run("draft e.relook --model d --quiet").ok();
    let labels = place.json("status e.relook");
    let names: Vec<_> =
        labels["project"]["labels"].as_array().expect("labels").iter().map(|l| l["name"].clone()).collect();
    assert_eq!(names, ["hound"]);
}

#[test]
fn what_cannot_be_added_leaves_nothing_behind() {
    let _turn = one_at_a_time();
    let place = place();
    std::fs::write(place.path("garbage.onnx"), b"no graph at all").expect("a file");
    std::fs::write(place.path("two.txt"), "a\nb\n").expect("a list");
    let dense = head_graph("yolo_dense");
    for (words, code, said) in [
        ("nowhere.onnx".to_owned(), 5, vec!["nowhere.onnx", "not found"]),
        ("garbage.onnx".to_owned(), 5, vec!["garbage.onnx", "could not be read as an ONNX graph"]),
        (head_graph("yolo_end2end"), 5, vec!["names none", "--labels"]),
        (format!("{dense} --labels two.txt"), 5, vec!["scores 3 labels and you name 2"]),
        (format!("{dense} --labels nowhere.txt"), 3, vec!["nowhere.txt"]),
        (format!("{dense} --labels abc.txt --head detr"), 5, vec!["detr", "fit no head"]),
        (format!("{dense} --labels abc.txt --head nonsense"), 2, vec!["nonsense"]),
        (format!("{dense} --labels abc.txt --rename cat=dog"), 2, vec!["no label \"cat\""]),
        (format!("{dense} --labels abc.txt --name ../out"), 2, vec!["cannot be a model's name"]),
        (format!("{dense} --labels abc.txt --name yolov8n"), 2, vec!["yolov8n", "already", "--name"]),
        (format!("{dense} --labels abc.txt --rename =dog"), 2, vec!["no label \"\""]),
        (format!("{dense} --labels abc.txt --preview two.txt"), 1, vec!["two.txt"]),
        (
            format!("{dense} --labels abc.txt --preview photos/dog.jpg --picture photos/dog.jpg"),
            2,
            vec!["dog.jpg", ".png"],
        ),
        (
            format!("{} --labels abc.txt --preview photos/dog.jpg", head_graph("bad-nan")),
            5,
            vec!["bad-nan", "NaN"],
        ),
        (format!("{} --labels abc.txt", head_graph("bad-shape")), 1, vec!["bad-shape", "[1, 8, 42]"]),
    ] {
        place.run(&format!("models add {words}")).fails(code, &said);
        let left = std::fs::read_dir(place.path(MODELS)).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{words}");
    }
    // Nothing was written over, and the boxes of the photo are untouched.
    assert_eq!(count(&place.counts("a.relook")["drafted"]), 0);
}
