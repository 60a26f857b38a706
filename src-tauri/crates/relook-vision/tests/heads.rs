//! Every head on generated graphs, static and dynamic, against boxes decoded by an independent way
//! (`fixtures/make_heads.py`).

mod common;

use std::path::PathBuf;

use relook_domain::model_card::{ChannelOrder, Head, ModelCard, ResizeMode, SizeOrder};
use relook_vision::{
    DetectParams, Detection, Detector, Device, IMAGENET, StopToken, Told, Upright, VisionError,
    card_for_graph, propose,
};

#[derive(serde::Deserialize)]
struct Fixtures {
    photo: (u32, u32),
    keep_above: f64,
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    graph: String,
    head: Head,
    resize: ResizeMode,
    #[serde(default)]
    sizes: Option<SizeOrder>,
    boxes: Vec<Known>,
}

#[derive(Debug, serde::Deserialize)]
struct Known {
    class: usize,
    score: f64,
    #[serde(rename = "box")]
    corners: [f64; 4],
}

fn graph(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/graphs/heads");
    folder.join(format!("{name}.onnx"))
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn told() -> Told {
    common::runtime();
    Told { size: Some((64, 32)), labels: Some(names(&["a", "b", "c"])), ..Told::default() }
}

fn detect(card: &ModelCard, name: &str, size: (u32, u32), above: f64) -> Result<Vec<Detection>, VisionError> {
    let mut detector = Detector::load(card, &graph(name), Device::Cpu, 1)?;
    let photo = Upright { width: size.0, height: size.1, rgb: vec![90; 3 * (size.0 * size.1) as usize] };
    let prepared = detector.preparer().prepare(&photo);
    detector.detect(&prepared, &DetectParams::above(above), &StopToken::new())
}

#[test]
fn every_head_finds_what_the_reference_finds() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/heads.json");
    let all: Fixtures = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for head in Head::ALL {
        assert!(all.cases.iter().filter(|case| case.head == *head).count() >= 2, "{}", head.word());
    }
    for case in &all.cases {
        let name = &case.graph;
        // TensorFlow's two forms and torchvision's are told apart by the layout, DETR's two by the labels.
        let proposal = propose(&graph(name), &Told { sizes: case.sizes, ..told() });
        let proposal = proposal.unwrap_or_else(|error| panic!("{name}: {error}"));
        let card = proposal.card;
        assert_eq!(
            (card.head, card.input.resize),
            (case.head, case.resize),
            "{name}: {:?}",
            proposal.reasons
        );
        let found = detect(&card, name, all.photo, all.keep_above);
        let found = found.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(found.len(), case.boxes.len(), "{name}: {found:?} instead of {:?}", case.boxes);
        for (one, known) in found.iter().zip(&case.boxes) {
            let corners = [one.rect.x1, one.rect.y1, one.rect.x2, one.rect.y2];
            let near = corners.iter().zip(known.corners).all(|(a, b)| (a - b).abs() < 0.01);
            let alike = near && one.class == known.class && (one.score - known.score).abs() < 1e-4;
            assert!(alike, "{name}: {one:?} instead of {known:?}");
        }
    }
}

#[test]
fn the_order_of_sizes_on_the_card_is_what_the_graph_is_told() {
    let name = "detr_postprocessed-height_width";
    let card = |sizes| propose(&graph(name), &Told { sizes: Some(sizes), ..told() }).unwrap().card;
    let right = detect(&card(SizeOrder::HeightWidth), name, (64, 32), 0.3).unwrap();
    let wrong = detect(&card(SizeOrder::WidthHeight), name, (64, 32), 0.3).unwrap();
    assert_ne!(right, wrong);
    let mut none = card(SizeOrder::HeightWidth);
    none.sizes = None;
    let error = detect(&none, name, (64, 32), 0.3).unwrap_err();
    assert_eq!(error.code(), "bad_card", "{error}");
}

#[test]
fn what_a_graph_does_wrong_while_it_runs_is_said() {
    for (name, code, words) in [
        ("bad-nan", "not_a_number", "NaN"),
        ("bad-class", "label_mismatch", "class 7, and 3 are named"),
        ("bad-shape", "inference", "[1, 8, 42], and [1, 7, cells] was expected"),
    ] {
        let card = propose(&graph(name), &told()).unwrap().card;
        let error = detect(&card, name, (100, 120), 0.3).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    let card = propose(&graph("bad-empty"), &told()).unwrap().card;
    assert_eq!(detect(&card, "bad-empty", (100, 120), 0.3).unwrap(), []);
}

#[test]
fn a_class_without_a_name_gives_no_boxes() {
    let name = "ssd_torchvision";
    let labels = |first: &str| Told { labels: Some(names(&[first, "b", "c"])), ..told() };
    let classes = |told: &Told| {
        let card = propose(&graph(name), told).unwrap().card;
        let found = detect(&card, name, (64, 32), 0.1).unwrap();
        found.into_iter().map(|one| one.class).collect::<Vec<_>>()
    };
    let all = classes(&labels("a"));
    assert!(all.contains(&0));
    let named: Vec<_> = all.into_iter().filter(|class| *class != 0).collect();
    assert_eq!(classes(&labels("")), named);
}

#[test]
fn guesses_say_that_they_are_and_yield_to_what_is_said() {
    let sure = |told: &Told, name: &str, what: &str| {
        let proposal = propose(&graph(name), told).unwrap();
        let reason = proposal.reasons.into_iter().find(|reason| reason.what == what).unwrap();
        (reason.value, reason.sure)
    };
    let nothing = Told { labels: None, ..told() };
    // Fewer than 8 pixels long: YOLOX's logarithms.
    assert_eq!(sure(&nothing, "yolox", "head"), ("yolox".to_owned(), false));
    assert_eq!(sure(&nothing, "yolox", "channels"), ("bgr".to_owned(), false));
    assert_eq!(sure(&nothing, "yolo_dense-turned", "head"), ("yolo_objectness".to_owned(), false));
    let doubt = card_for_graph(&graph("yolox")).unwrap_err();
    assert_eq!(
        (doubt.code(), doubt.to_string().contains("longest side")),
        ("head_in_doubt", true),
        "{doubt}"
    );
    // What shapes leave open, a run fills in; also where the only label's table looks like another head's.
    let single = Told { labels: Some(names(&["a"])), ..told() };
    assert_eq!(sure(&single, "yolo_end2end-dynamic", "head"), ("yolo_end2end".to_owned(), true));
    assert_eq!(sure(&told(), "yolo_objectness-dynamic", "head"), ("yolo_objectness".to_owned(), true));
    let objectness = Told { head: Some(Head::YoloDense), ..nothing.clone() };
    assert_eq!(sure(&objectness, "yolo_dense-turned", "head"), ("yolo_dense".to_owned(), true));
    // Without labels nothing tells DETR's background from a label; with them their number does.
    assert!(!sure(&nothing, "detr", "head").1);
    assert_eq!(sure(&told(), "detr", "head"), ("detr".to_owned(), true));
    assert_eq!(sure(&told(), "ssd_tensorflow-list", "values"), ("0 to 255".to_owned(), true));
    // ImageNet's numbers go where their colours are.
    let bgr = Told { channels: Some(ChannelOrder::Bgr), values: Some(IMAGENET), ..told() };
    let input = propose(&graph("detr"), &bgr).unwrap().card.input;
    assert_eq!((input.mean[0], input.std[2]), (IMAGENET.0[2], IMAGENET.1[0]));
    // What is said must fit.
    let wrong = Told { head: Some(Head::Detr), ..told() };
    assert_eq!(propose(&graph("yolox"), &wrong).unwrap_err().code(), "no_head");
    let few = Told { labels: Some(names(&["a"])), ..told() };
    assert_eq!(propose(&graph("yolo_dense"), &few).unwrap_err().code(), "label_mismatch");
    assert_eq!(propose(&graph("yolo_end2end"), &nothing).unwrap_err().code(), "label_mismatch");
}
