use relook_domain::{
    Label,
    export::{ExportImage, ExportShape},
};
use relook_formats::{
    Cause, FormatError, Warning,
    coco::{ImageWriter, Like, ResultWriter, Unmatched},
};
use serde_json::{Value, json};

use crate::common::{Dice, attributes, image, label, shape, shared};

fn instances(labels: &[Label], images: &[ExportImage]) -> Result<(String, Vec<Warning>), FormatError> {
    let mut first = ImageWriter::new(Vec::new(), labels)?;
    for image in images {
        first.image(image)?;
    }
    let mut second = first.annotations()?;
    let mut warnings = Vec::new();
    for image in images {
        warnings.extend(second.image(image)?);
    }
    Ok((String::from_utf8(second.finish()?).unwrap(), warnings))
}

fn results(
    labels: &[Label],
    images: &[ExportImage],
    truth: &Value,
) -> Result<(Value, Vec<Warning>, Unmatched), FormatError> {
    let like = Like::read(truth.to_string().as_bytes())?;
    let mut writer = ResultWriter::new(Vec::new(), labels, &like)?;
    let mut warnings = Vec::new();
    for image in images {
        warnings.extend(writer.image(image)?);
    }
    let (bytes, unmatched) = writer.finish()?;
    Ok((serde_json::from_slice(&bytes).unwrap(), warnings, unmatched))
}

#[test]
fn instances_hold_images_boxes_and_categories() {
    let labels = [label("car"), label("\"猫\"")];
    let images = [
        image(0, "a.jpg", vec![shape(10.126, 20., 30.5, 40.25)]),
        image(1, "empty.jpg", vec![]),
        image(
            7,
            "d/b\n.jpg",
            vec![
                ExportShape {
                    label: 1,
                    rotation: 90.,
                    occluded: true,
                    attributes: attributes(&[("side", "left")]),
                    ..shape(100., 100., 200., 120.)
                },
                shape(700., 0., 800., 9.),
            ],
        ),
    ];
    let (text, warnings) = instances(&labels, &images).unwrap();
    let got: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        got,
        json!({
            "categories": [
                {"id": 1, "name": "car", "supercategory": ""},
                {"id": 2, "name": "\"猫\"", "supercategory": ""},
            ],
            "images": [
                {"id": 1, "file_name": "a.jpg", "width": 640, "height": 480},
                {"id": 2, "file_name": "empty.jpg", "width": 640, "height": 480},
                {"id": 8, "file_name": "d/b\n.jpg", "width": 640, "height": 480},
            ],
            "annotations": [
                {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10.13, 20.0, 20.37, 20.25], "area": 412.4925,
                 "iscrowd": 0, "segmentation": [], "attributes": {"occluded": false}},
                {"id": 2, "image_id": 8, "category_id": 2, "bbox": [140.0, 60.0, 20.0, 100.0], "area": 2000.0,
                 "iscrowd": 0, "segmentation": [],
                 "attributes": {"occluded": true, "rotation": 90.0, "side": "left"}},
            ],
        })
    );
    let causes: Vec<_> = warnings.iter().map(|w| (w.image.as_str(), &w.cause)).collect();
    assert_eq!(causes, [("d/b\n.jpg", &Cause::RotationLost), ("d/b\n.jpg", &Cause::Outside)]);
}

#[test]
fn generated_documents_are_json_and_stable() {
    for seed in 0..50 {
        let (labels, images) = Dice(seed).document();
        let (text, _) = instances(&labels, &images).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["images"].as_array().unwrap().len(), images.len());
        let boxes: usize = images.iter().map(|i| i.shapes.len()).sum();
        let written = value["annotations"].as_array().unwrap();
        // A rotated box may turn out of a narrow image.
        assert!(written.len() <= boxes);
        assert!(written.iter().all(|a| a["area"].as_f64().unwrap() > 0.0));
        assert_eq!(text, instances(&labels, &images).unwrap().0);
    }
}

#[test]
fn both_passes_must_agree() {
    let labels = [label("car")];
    let mut first = ImageWriter::new(Vec::new(), &labels).unwrap();
    first.image(&image(3, "a.jpg", vec![])).unwrap();
    assert!(matches!(first.image(&image(3, "b.jpg", vec![])), Err(FormatError::FrameOrder { .. })));
    let second = first.annotations().unwrap();
    assert!(matches!(second.finish(), Err(FormatError::Count { promised: 1, written: 0 })));
    let stray = ExportShape { label: 1, ..shape(0., 0., 9., 9.) };
    assert!(matches!(
        instances(&labels, &[image(0, "a.jpg", vec![stray])]),
        Err(FormatError::NoSuchLabel { label: 1, .. })
    ));
}

#[test]
fn images_of_a_truth_file_are_found_by_path_then_by_name() {
    let truth = json!({
        "info": {"year": 2017}, "annotations": [{"id": 1, "bbox": [1, 2, 3, 4]}],
        "images": [
            {"id": 397133, "file_name": "000000397133.jpg", "width": 640, "height": 427},
            {"id": 5, "file_name": "x/a.jpg"},
            {"id": 6, "file_name": "y/a.jpg"},
        ],
        "categories": [{"id": 90, "name": "toothbrush", "supercategory": "indoor"}],
    });
    let like = Like::read(truth.to_string().as_bytes()).unwrap();
    for (name, want) in [
        ("000000397133.jpg", Some(397_133)),
        ("val/000000397133.jpg", Some(397_133)),
        ("x/a.jpg", Some(5)),
        ("a.jpg", None),
        ("z/a.jpg", None),
        ("000000397133.png", None),
        ("", None),
    ] {
        assert_eq!(like.image(name), want, "{name:?}");
    }
    assert_eq!(like.category("toothbrush"), Some(90));
    assert_eq!(like.category("Toothbrush"), None);
}

#[test]
fn truth_files_that_cannot_be_used_say_why() {
    let deep = format!("{{\"x\":{}", "[".repeat(100_000));
    for (text, part) in [
        ("", "EOF"),
        ("[]", "invalid"),
        ("{\"images\": []}", "categories"),
        ("{\"images\": [{\"id\": 1e99, \"file_name\": \"a\"}], \"categories\": []}", "line 1"),
        (
            "{\"images\": [{\"id\": 1, \"file_name\": \"a\"}, {\"id\": 2, \"file_name\": \"a\"}], \"categories\": []}",
            "image \"a\" stands twice, with ids 1 and 2",
        ),
        (
            "{\"images\": [], \"categories\": [{\"id\": 1, \"name\": \"c\"}, {\"id\": 1, \"name\": \"c\"}]}",
            "category \"c\" stands twice",
        ),
        (&deep, "line 1"),
    ] {
        let error = Like::read(text.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("The COCO file cannot be used: "), "{error}");
        assert!(error.contains(part), "{error} should tell {part:?}");
    }
}

#[test]
fn results_speak_of_the_truth_files_ids_and_tell_what_it_lacks() {
    let truth = json!({
        "images": [{"id": 40, "file_name": "a.jpg"}],
        "categories": [{"id": 3, "name": "car"}],
    });
    let labels = [label("car"), label("dog")];
    let scored = ExportShape { score: Some(0.25), ..shape(1., 2., 4., 8.) };
    let dog = ExportShape { label: 1, score: Some(0.5), ..shape(1., 2., 4., 8.) };
    let images = [
        image(0, "val/a.jpg", vec![scored.clone(), shape(0., 0., 9., 9.), dog]),
        image(1, "test/a.jpg", vec![scored.clone()]),
        image(2, "b.jpg", vec![scored, ExportShape { score: Some(f64::NAN), ..shape(0., 0., 9., 9.) }]),
    ];
    let (got, warnings, unmatched) = results(&labels, &images, &truth).unwrap();
    assert_eq!(
        got,
        json!([
            {"image_id": 40, "category_id": 3, "bbox": [1.0, 2.0, 3.0, 6.0], "score": 0.25},
            {"image_id": 40, "category_id": 3, "bbox": [0.0, 0.0, 9.0, 9.0], "score": 1.0},
        ])
    );
    let causes: Vec<_> = warnings.iter().map(|w| (w.image.as_str(), &w.cause)).collect();
    assert_eq!(
        causes,
        [
            ("val/a.jpg", &Cause::UnmatchedLabel),
            ("test/a.jpg", &Cause::ImageTaken),
            ("b.jpg", &Cause::UnmatchedImage),
            ("b.jpg", &Cause::UnmatchedImage),
        ]
    );
    assert_eq!(
        unmatched,
        Unmatched {
            images: 2,
            examples: vec!["test/a.jpg".to_owned(), "b.jpg".to_owned()],
            boxes_by_label: [("dog".to_owned(), 1)].into(),
        }
    );
}

#[test]
fn no_detections_are_an_empty_list_and_scores_must_be_numbers() {
    let truth =
        json!({"images": [{"id": 1, "file_name": "a.jpg"}], "categories": [{"id": 1, "name": "car"}]});
    let bad = ExportShape { score: Some(f64::NAN), ..shape(0., 0., 9., 9.) };
    let (got, warnings, unmatched) =
        results(&[label("car")], &[image(0, "a.jpg", vec![bad])], &truth).unwrap();
    assert_eq!(got, json!([]));
    assert_eq!(warnings[0].cause, Cause::NotANumber);
    assert_eq!(unmatched, Unmatched::default());
}

#[test]
fn the_real_truth_file_is_read() {
    let Some(bytes) = shared("coco-val-a/instances.json") else { return };
    let like = Like::read(bytes.as_slice()).unwrap();
    let truth: Value = serde_json::from_slice(&bytes).unwrap();
    let images = truth["images"].as_array().unwrap();
    assert_eq!(images.len(), 79);
    for image in images {
        assert_eq!(like.image(image["file_name"].as_str().unwrap()), image["id"].as_i64());
    }
    assert_eq!(like.category("person"), Some(1));
}
