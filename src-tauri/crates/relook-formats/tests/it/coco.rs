use relook_domain::{
    Label, Shape, ShapeKind,
    export::{ExportImage, ExportShape},
};
use relook_formats::{
    Cause, Finding, FormatError, Kinds, Warning,
    coco::{self, ImageWriter, Like, ResultWriter, Unmatched},
    yolo,
};
use serde_json::{Value, json};

use crate::common::{
    Dice, attributes, ellipse, every_kind, image, label, mask, polygon, pose, shape, shared,
};

pub fn instances(labels: &[Label], images: &[ExportImage]) -> Result<(String, Vec<Warning>), FormatError> {
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
                 "iscrowd": 0, "segmentation": [[160.0, 60.0, 160.0, 160.0, 140.0, 160.0, 140.0, 60.0]],
                 "attributes": {"occluded": true, "rotation": 90.0, "side": "left"}},
            ],
        })
    );
    let causes: Vec<_> = warnings.iter().map(|w| (w.image.as_str(), &w.cause)).collect();
    assert_eq!(causes, [("d/b\n.jpg", &Cause::Outside)]);
}

/// The one annotation that is written of one shape with the labels car and pose, and the warnings.
fn written(shape: ExportShape, width: u32, height: u32) -> (Value, Vec<Cause>) {
    let image = ExportImage { width, height, ..image(0, "a.jpg", vec![shape]) };
    let (text, warnings) = instances(&[label("car"), pose()], &[image]).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    (value["annotations"][0].clone(), warnings.into_iter().map(|w| w.cause).collect())
}

#[test]
fn outlines_and_pixels_are_segmentations() {
    let turned = ExportShape { rotation: 45.0, ..shape(-10., -10., 10., 10.) };
    for (shape, bbox, area, segmentation, cause) in [
        (
            polygon(&[(1., 1.), (5., 1.), (1., 4.)]),
            json!([1.0, 1.0, 4.0, 3.0]),
            6.0,
            json!([[1.0, 1.0, 5.0, 1.0, 1.0, 4.0]]),
            None,
        ),
        (
            polygon(&[(1., 1.), (1., 60.), (5., 1.)]),
            json!([1.0, 1.0, 4.0, 39.0]),
            78.0,
            json!([[1.0, 1.0, 1.0, 40.0, 5.0, 1.0]]),
            Some(Cause::Clipped),
        ),
        // Of a square on its corner around the origin, the triangle in the image remains.
        (
            turned,
            json!([0.0, 0.0, 14.14, 14.14]),
            99.9698,
            json!([[14.14, 0.0, 0.0, 14.14, 0.0, 0.0]]),
            Some(Cause::Clipped),
        ),
        // Both pixels of the upper row, the right one of the lower: column by column.
        (
            mask(2., 1., 2., 2., &[0, 2, 1, 1]),
            json!([2.0, 1.0, 2.0, 2.0]),
            3.0,
            json!({"counts": [81, 1, 39, 2, 1877], "size": [40, 50]}),
            None,
        ),
        // The last pixel of a column and the first of the next are one run; nothing follows the last.
        (
            mask(48., 0., 2., 40., &[0, 80]),
            json!([48.0, 0.0, 2.0, 40.0]),
            80.0,
            json!({"counts": [1920, 80], "size": [40, 50]}),
            None,
        ),
        (
            mask(0., 0., 1., 1., &[0, 1]),
            json!([0.0, 0.0, 1.0, 1.0]),
            1.0,
            json!({"counts": [0, 1, 1999], "size": [40, 50]}),
            None,
        ),
    ] {
        let what = format!("{shape:?}");
        let (got, causes) = written(shape, 50, 40);
        let want = json!([bbox, area, segmentation, 0]);
        assert_eq!(json!([got["bbox"], got["area"], got["segmentation"], got["iscrowd"]]), want, "{what}");
        assert_eq!(causes.first(), cause.as_ref(), "{what}");
    }
}

#[test]
fn an_ellipse_becomes_an_outline_on_it() {
    let oval = ExportShape { rotation: 30.0, ..ellipse(320., 240., 200., 80.) };
    let (got, causes) = written(oval, 640, 480);
    assert_eq!(causes, [Cause::Outline]);
    let flat: Vec<f64> = serde_json::from_value(got["segmentation"][0].clone()).unwrap();
    assert_eq!(flat.len(), 144);
    let (sin, cos) = 30_f64.to_radians().sin_cos();
    for p in flat.chunks(2) {
        let (dx, dy) = (p[0] - 320., p[1] - 240.);
        let (x, y) = (dx * cos + dy * sin, dy * cos - dx * sin);
        assert!(((x / 200.).hypot(y / 80.) - 1.0).abs() < 1e-3, "{p:?}");
    }
    let (area, whole) = (got["area"].as_f64().unwrap(), std::f64::consts::PI * 200. * 80.);
    assert!((area / whole - 1.0).abs() < 0.002, "{area} of {whole}");
    // What lies outside is cut off.
    let (got, _) = written(ellipse(0., 240., 100., 50.), 640, 480);
    assert_eq!(got["bbox"], json!([0.0, 190.0, 100.0, 100.0]));
}

#[test]
fn runs_by_columns_say_the_same_pixels() {
    for seed in 0..200 {
        let mut dice = Dice(seed);
        let (w, h) = (1 + dice.below(9), 1 + dice.below(9));
        let (left, top) = (dice.below(5), dice.below(5));
        let bits: Vec<bool> = (0..w * h).map(|_| dice.below(2) == 0).collect();
        let mut runs = vec![0_u32];
        let mut on = false;
        for bit in &bits {
            if *bit != on {
                runs.push(0);
                on = *bit;
            }
            *runs.last_mut().unwrap() += 1;
        }
        let drawn = mask(left as f64, top as f64, w as f64, h as f64, &runs);
        let (got, causes) = written(drawn, 16, 15);
        if !bits.contains(&true) {
            assert_eq!(causes, [Cause::TooSmall]);
            continue;
        }
        let counts: Vec<usize> = serde_json::from_value(got["segmentation"]["counts"].clone()).unwrap();
        assert!(counts[1..].iter().all(|n| *n > 0), "{counts:?}");
        let pixels: Vec<bool> =
            counts.iter().enumerate().flat_map(|(n, run)| vec![n % 2 == 1; *run]).collect();
        assert_eq!(pixels.len(), 16 * 15);
        for (at, pixel) in pixels.iter().enumerate() {
            let (x, y) = (at / 15, at % 15);
            let inside = (left..left + w).contains(&x) && (top..top + h).contains(&y);
            assert_eq!(*pixel, inside && bits[(y - top) * w + x - left], "{x},{y} of {runs:?}");
        }
        assert_eq!(got["area"], json!(bits.iter().filter(|b| **b).count() as f64));
    }
}

#[test]
fn skeletons_are_keypoints() {
    let every = every_kind();
    let skeleton = every.iter().find(|s| matches!(s.shape, Shape::Skeleton { .. })).unwrap().clone();
    let stray = ExportShape { label: 0, ..skeleton.clone() };
    let boxed = ExportShape { label: 1, ..shape(1., 2., 5., 8.) };
    let images = [image(0, "a.jpg", vec![skeleton, boxed, stray])];
    let (text, warnings) = instances(&[label("car"), pose()], &images).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        value["categories"][1],
        json!({
            "id": 2, "name": "pose", "supercategory": "",
            "keypoints": ["head", "left \"hand\"", "<tail>"], "skeleton": [[1, 2], [2, 3]],
        })
    );
    assert!(value["categories"][0].get("keypoints").is_none());
    let got = value["annotations"].as_array().unwrap();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0]["keypoints"], json!([20.0, 31.0, 2, 40.0, 32.5, 1, 0, 0, 0]));
    assert_eq!((&got[0]["num_keypoints"], &got[0]["bbox"]), (&json!(2), &json!([20.0, 31.0, 20.0, 1.5])));
    assert_eq!((&got[0]["segmentation"], &got[0]["area"]), (&json!([]), &json!(30.0)));
    assert_eq!(
        (&got[1]["keypoints"], &got[1]["num_keypoints"]),
        (&json!([0, 0, 0, 0, 0, 0, 0, 0, 0]), &json!(0))
    );
    assert_eq!(warnings[0].cause, Cause::NoTemplate);
}

#[test]
fn what_coco_lacks_is_told_once_for_its_kind() {
    let (labels, images) =
        ([label("car"), pose()], [image(0, "a.jpg", every_kind()), image(1, "b.jpg", every_kind())]);
    let (text, warnings) = instances(&labels, &images).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["annotations"].as_array().unwrap().len(), 8);
    let left_out = warnings.iter().filter(|w| w.cause == Cause::NoSuchKind).count();
    assert_eq!((left_out, warnings.len()), (8, 10));
    assert!(warnings.iter().all(|w| w.cause.told_by_kind()));

    let mut kinds = Kinds::default();
    for i in &images {
        let turned = ExportShape { rotation: 5.0, ..shape(0., 0., 9., 9.) };
        for s in i.shapes.iter().chain([&shape(0., 0., 9., 9.), &turned]) {
            kinds.add(i.frame, s.shape.kind(), s.rotation);
        }
    }
    kinds.add(1, ShapeKind::Tag, 0.0);
    let told = |found: Vec<Finding>| -> Vec<String> {
        found.into_iter().map(|f| format!("{}. {}", f.message, f.consequence)).collect()
    };
    assert_eq!(
        told(kinds.findings("COCO", coco::fate)),
        [
            "COCO cannot hold 2 ellipses on 2 images. An outline of many points is written instead",
            "COCO cannot hold 2 polylines on 2 images. Not written",
            "COCO cannot hold 2 sets of points on 2 images. Not written",
            "COCO cannot hold 2 cuboids on 2 images. Not written",
            "COCO cannot hold 3 tags on 2 images. Not written",
        ]
    );
    assert_eq!(
        told(kinds.findings("YOLO", yolo::fate))[..3],
        [
            "YOLO has upright boxes only and cannot hold 2 turned boxes on 2 images. The box around is written instead",
            "YOLO has upright boxes only and cannot hold 2 ellipses on 2 images. The box around is written instead",
            "YOLO has upright boxes only and cannot hold 2 polygons on 2 images. The box around is written instead",
        ]
    );
}

#[test]
fn results_have_the_boxes_around_areas() {
    let truth = json!({"images": [{"id": 1, "file_name": "a.jpg"}], "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "pose"}]});
    let (got, warnings, _) =
        results(&[label("car"), pose()], &[image(0, "a.jpg", every_kind())], &truth).unwrap();
    let boxes: Vec<_> = got.as_array().unwrap().iter().map(|d| d["bbox"].clone()).collect();
    // The polygon, the turned ellipse, the mask.
    assert_eq!(
        boxes,
        [
            json!([10.12, 10.0, 49.88, 67.78]),
            json!([100.48, 119.21, 99.04, 61.58]),
            json!([10.0, 20.0, 4.0, 4.0])
        ]
    );
    let left_out = warnings.iter().filter(|w| w.cause == Cause::NoSuchKind).count();
    assert_eq!((left_out, warnings.len()), (5, 8));
}

#[test]
fn generated_documents_are_json_and_stable() {
    for seed in 0..50 {
        let (labels, images) = Dice(seed).document();
        let (text, warnings) = instances(&labels, &images).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["images"].as_array().unwrap().len(), images.len());
        let boxes: usize = images.iter().map(|i| i.shapes.len()).sum();
        let written = value["annotations"].as_array().unwrap();
        // A rotated box may turn out of a narrow image.
        let left_out = warnings.iter().filter(|w| w.cause.left_out()).count();
        assert_eq!(written.len() + left_out, boxes);
        // Of an outline that crosses itself and of one keypoint nothing may remain.
        assert!(written.iter().all(|a| a["area"].as_f64().unwrap() >= 0.0));
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
