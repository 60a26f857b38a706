//! Detections against a second, independent way to them (`tests/reference/detect.py`).

#![expect(clippy::unwrap_used, reason = "a test may end at once, also in its helpers")]

mod common;

use std::io::Cursor;
use std::path::PathBuf;

use image::{DynamicImage, RgbImage, imageops::FilterType};
use relook_domain::Rect;
use relook_domain::model_card::ModelCard;
use relook_vision::decode::{Limits, Reduced, Upright, decode, decode_reduced};
use relook_vision::{DetectParams, Detection, Detector, Device, InputShape, Loading, StopToken};
use sha2::{Digest, Sha256};

#[derive(serde::Deserialize)]
struct Golden {
    model: String,
    sha256: String,
    keep_above: f64,
    photos: Vec<Photo>,
}

#[derive(serde::Deserialize)]
struct Photo {
    photo: String,
    sha256: String,
    width: u32,
    height: u32,
    boxes: Vec<Known>,
}

#[derive(Debug, serde::Deserialize)]
struct Known {
    label: String,
    score: f64,
    #[serde(rename = "box")]
    corners: [f64; 4],
}

/// The card and the graph of a model of this project.
fn model(name: &str) -> (ModelCard, PathBuf) {
    let card = common::root().join("models").join(name).join("model.toml");
    let card: ModelCard = toml::from_str(&std::fs::read_to_string(&card).unwrap()).unwrap();
    let graph = common::laid(format!("models/{name}/{}", card.file));
    (card, graph)
}

/// Pixels.
const PLACE: f64 = 1.0;
const SCORE: f64 = 0.01;

fn alike(detector: &Detector, known: &Known, found: &Detection) -> bool {
    let corners = [found.rect.x1, found.rect.y1, found.rect.x2, found.rect.y2];
    detector.labels()[found.class] == known.label
        && (found.score - known.score).abs() <= SCORE
        && corners.iter().zip(known.corners).all(|(a, b)| (a - b).abs() <= PLACE)
}

fn compare(name: &str, at_least: usize) {
    let path = common::root().join(format!("tests/fixtures/golden/{name}.json"));
    let golden: Golden = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert!(golden.photos.len() >= at_least, "{} photos", golden.photos.len());
    common::runtime();
    let (card, graph) = model(&golden.model);
    assert_eq!(card.sha256, golden.sha256, "the reference was made with another graph");
    let mut detector = Detector::load(&card, &graph, Device::Cpu, 1).unwrap();
    assert_eq!(detector.labels().len(), 80);
    let preparer = detector.preparer();
    // A score may fall on either side of the threshold.
    let params = DetectParams::above(golden.keep_above - SCORE);
    let sure = golden.keep_above + SCORE;

    let mut differences = Vec::new();
    for photo in &golden.photos {
        let bytes = std::fs::read(common::laid(format!("demo/photos/{}", photo.photo))).unwrap();
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, photo.sha256, "{} is another photo", photo.photo);
        let image = decode(&bytes, &Limits::default()).unwrap();
        assert_eq!((image.width, image.height), (photo.width, photo.height), "{}", photo.photo);

        let mut found = detector.detect(&preparer.prepare(&image), &params, &StopToken::new()).unwrap();
        for known in &photo.boxes {
            match found.iter().position(|one| alike(&detector, known, one)) {
                Some(at) => drop(found.remove(at)),
                None if known.score < sure => {}
                None => differences.push(format!("{}: missed {known:?}", photo.photo)),
            }
        }
        for extra in found.iter().filter(|one| one.score >= sure) {
            differences.push(format!("{}: {} {extra:?}", photo.photo, detector.labels()[extra.class]));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn the_small_model_sees_what_the_reference_sees() {
    compare("yolov8n", 22);
}

#[test]
fn the_larger_model_sees_what_the_reference_sees() {
    compare("yolov8m", 6);
}

/// Photos of 12 megapixels are decoded at a fraction of their size; what is seen on them must not change for it.
#[test]
fn reduced_decoding_moves_no_box() {
    common::runtime();
    let (card, graph) = model("yolov8n");
    let mut detector = Detector::load(&card, &graph, Device::Cpu, 1).unwrap();
    let preparer = detector.preparer();
    let (params, limits) = (DetectParams::above(0.2), Limits::default());
    let mut seen = 0;
    for name in ["dog", "eagle", "giraffe", "horses", "kite", "person"] {
        let small = std::fs::read(common::laid(format!("demo/photos/{name}.jpg"))).unwrap();
        let small = decode(&small, &limits).unwrap();
        let small = RgbImage::from_raw(small.width, small.height, small.rgb).unwrap();
        let large = DynamicImage::ImageRgb8(small).resize_exact(4000, 3000, FilterType::CatmullRom);
        let mut jpeg = Cursor::new(Vec::new());
        large.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
        let jpeg = jpeg.into_inner();

        let reduced = decode_reduced(&jpeg, |w, h| preparer.least_scale(w, h, 1.0), &limits).unwrap();
        assert_eq!((reduced.image.width, reduced.image.height), (1000, 750));
        assert_eq!((reduced.width, reduced.height), (4000, 3000));
        let whole = preparer.prepare(&decode(&jpeg, &limits).unwrap());
        let whole = detector.detect(&whole, &params, &StopToken::new()).unwrap();
        let reduced = preparer.prepare_reduced(&reduced, 1.0);
        let reduced = detector.detect(&reduced, &params, &StopToken::new()).unwrap();
        for (from, to) in [(&whole, &reduced), (&reduced, &whole)] {
            for sure in from.iter().filter(|d| d.score >= 0.5) {
                let same = |d: &Detection| d.class == sure.class && d.rect.iou(&sure.rect) >= 0.95;
                assert!(to.iter().any(same), "{name}: {sure:?}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 20, "{seen}");
}

/// A graph made for one size of input and what it is made into for any: alike where the photo fills the input, and on other
/// photos nothing that is sure goes missing for want of the grey border.
#[test]
fn inputs_of_the_photos_shape_show_the_same_objects() {
    common::runtime();
    let (card, graph) = model("yolov8n");
    assert!(Detector::proves_elastic(&card, &graph).unwrap());
    let mut fixed = Detector::load(&card, &graph, Device::Cpu, 1).unwrap();
    let mut elastic = Detector::load_as(
        &card,
        &graph,
        &Loading { shape: InputShape::Photo, device: Device::Cpu, threads: 1, ..Loading::default() },
    )
    .unwrap();
    assert!(elastic.preparer().takes_any_shape() && !fixed.preparer().takes_any_shape());
    let (params, stop) = (DetectParams::above(0.2), StopToken::new());
    let (mut sure, mut found) = (0, 0);
    for name in ["dog", "eagle", "horses", "kite", "person"] {
        let bytes = std::fs::read(common::laid(format!("demo/photos/{name}.jpg"))).unwrap();
        let photo = decode(&bytes, &Limits::default()).unwrap();
        let side = f64::from(photo.width.min(photo.height));
        let square = photo.part(Rect { x1: 0.0, y1: 0.0, x2: side, y2: side }).unwrap();
        let mut both = |image: &Upright, share: f64| {
            let whole = Reduced { image: image.clone(), width: image.width, height: image.height };
            let was = fixed.detect(&fixed.preparer().prepare(image), &params, &stop).unwrap();
            let prepared = elastic.preparer().prepare_reduced(&whole, share);
            (was, elastic.detect(&prepared, &params, &stop).unwrap(), prepared.shape())
        };
        let (was, is, shape) = both(&square, 1.0);
        assert_eq!((was == is, shape), (true, [1, 3, 640, 640]), "{name}");
        assert_eq!(both(&square, 0.6).2, [1, 3, 384, 384]);
        let (was, is, shape) = both(&photo, 1.0);
        assert!(shape[2] < 640 || shape[3] < 640, "{name}: {shape:?}");
        for one in was.iter().filter(|d| d.score >= 0.6) {
            let same = |d: &Detection| d.class == one.class && d.rect.iou(&one.rect) >= 0.8 && d.score > 0.4;
            sure += 1;
            found += usize::from(is.iter().any(same));
        }
    }
    assert!(sure >= 12 && found == sure, "{found} of {sure}");
}

/// The real graph, shown several photos in one run: what it gives for each is what it gives for it alone.
#[test]
fn photos_that_share_a_run_are_seen_as_alone() {
    common::runtime();
    let (card, graph) = model("yolov8n");
    let how = Loading {
        shape: InputShape::Photo,
        device: Device::Cpu,
        threads: 1,
        batch: Some(3),
        ..Loading::default()
    };
    let mut detector = Detector::load_as(&card, &graph, &how).unwrap();
    assert_eq!(detector.batch(), 3, "the graph takes several");
    let (params, stop) = (DetectParams::above(0.2), StopToken::new());
    let preparer = detector.preparer();
    let prepared: Vec<_> = ["dog", "eagle", "giraffe", "horses", "kite", "person"]
        .into_iter()
        .map(|name| {
            let bytes = std::fs::read(common::laid(format!("demo/photos/{name}.jpg"))).unwrap();
            preparer.prepare(&decode(&bytes, &Limits::default()).unwrap())
        })
        .collect();
    let alone: Vec<_> = prepared.iter().map(|one| detector.detect(one, &params, &stop).unwrap()).collect();
    let shapes: std::collections::BTreeSet<_> = prepared.iter().map(|one| one.shape()).collect();
    assert!(shapes.len() > 1, "photos of several shapes: {shapes:?}");
    let together = detector.detect_all(&prepared.iter().collect::<Vec<_>>(), &params, &stop).unwrap();
    let mut boxes = 0;
    for (alone, together) in alone.iter().zip(together) {
        let together = together.unwrap();
        assert_eq!(alone.len(), together.len());
        for (a, b) in alone.iter().zip(&together) {
            assert!(a.class == b.class && (a.score - b.score).abs() < 1e-3 && a.rect.iou(&b.rect) > 0.99);
            boxes += 1;
        }
    }
    assert!(boxes >= 12, "{boxes}");
    // One made for a single image stays with one.
    let fixed = Detector::load_as(&card, &graph, &Loading { shape: InputShape::Model, ..how }).unwrap();
    assert_eq!(fixed.batch(), 1);
}

#[test]
fn every_card_of_the_project_fits_its_file() {
    for name in ["yolov8m", "yolov8n", "yolov8s"] {
        let (card, graph) = model(name);
        assert_eq!((card.name.as_str(), card.file.as_str()), (name, format!("{name}.onnx").as_str()));
        assert_eq!(std::fs::metadata(&graph).unwrap().len(), card.bytes, "{name}");
        relook_vision::verify_sha256(&graph, &card.sha256).unwrap();
        assert!(card.source.is_some() && !card.licence.is_empty(), "{name}");
    }
}
