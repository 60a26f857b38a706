//! Every format through the one reader.

use relook_domain::{Geometry, Point, Rect, Shape};
use relook_formats::{Finding, Format, FormatError, Limits, Problem, ReadShape, Source, detect, read};
use serde_json::{Value, json};

use crate::{
    coco::instances,
    common::{Memory, Taken, joint, label, mask, pose, shape, shared, showcase, take, taken, write},
};

fn geometry(s: &ReadShape) -> Geometry {
    Geometry { rect: s.rect, rotation: s.rotation, shape: s.shape.clone() }
}

fn told(findings: &[Finding]) -> Vec<(&str, Problem)> {
    findings.iter().map(|f| (f.image.as_str(), f.problem)).collect()
}

#[test]
fn formats_are_told_by_what_files_say() {
    let cvat = "<?xml version=\"1.0\"?>\n<!-- x -->\n<annotations></annotations>";
    for (path, text, want) in [
        ("a/any.XML", cvat, Ok(Format::Cvat)),
        ("Annotations/a.xml", "<annotation verified=\"yes\">", Ok(Format::Voc)),
        ("instances.json", "{}", Ok(Format::Coco)),
        ("labels/a.txt", "", Ok(Format::Yolo)),
        ("a.xml", "<html>", Err("begins with <html>")),
        ("a.xml", "PK", Err("not an XML file")),
        ("a.jpg", "", Err("no file of a format that Relook reads")),
        ("__MACOSX/._a.xml", cvat, Err("no file of a format")),
    ] {
        match (detect(&mut Memory::one(path, text)), want) {
            (Ok(got), Ok(want)) => assert_eq!(got, want, "{path}"),
            (Err(e), Err(part)) => assert!(e.to_string().contains(part), "{e}"),
            (got, want) => panic!("{path}: {got:?}, not {want:?}"),
        }
    }
    for format in Format::ALL {
        assert_eq!(Format::from_word(format.word()), Some(format));
    }
}

#[test]
fn cvat_is_read_around_a_shape_that_is_none() {
    let text = r#"<annotations><meta><project><labels><label><name>car</name></label></labels></project></meta>
<image id="0" name="a.jpg" subset="train" task_id="3" width="9" height="9">
<polygon label="car" points="1,1;2,2"><attribute name="k">v</attribute></polygon>
<box label="car" xtl="1" ytl="1" xbr="5" ybr="5"/>
<skeleton label="p"><points label="1" points="1,1"/><points label="1" points="1,1"/><attribute name="k">v</attribute></skeleton>
<hexagon/></image>
<image id="0" name="a.jpg"/></annotations>"#;
    let got = taken(Memory::one("annotations.xml", text)).unwrap();
    assert_eq!(got.labels.len(), 1);
    assert_eq!(got.images.iter().map(|i| i.shapes.len()).collect::<Vec<_>>(), [1, 0]);
    assert_eq!(got.images[0].shapes[0].rect, Rect { x1: 1.0, y1: 1.0, x2: 5.0, y2: 5.0 });
    let want = [
        ("a.jpg", Problem::Malformed),
        ("a.jpg", Problem::Malformed),
        ("a.jpg", Problem::Duplicate),
        ("", Problem::Unknown),
    ];
    assert_eq!(told(&got.findings), want);
    assert_eq!(got.findings[0].message, "Line 3: image \"a.jpg\": a polygon has 2 points, fewer than 3");
    assert!(got.findings[3].message.contains("<hexagon>"), "{:?}", got.findings[3]);
    // What is no XML ends the reading all the same.
    let torn = text.replace("<hexagon/>", "<hexagon");
    assert!(matches!(taken(Memory::one("a.xml", torn)), Err(FormatError::Xml { .. })));
    let two = Memory::of([("a.xml".to_owned(), text), ("b.xml".to_owned(), text)]);
    let error = taken(two).unwrap_err().to_string();
    assert!(error.contains("\"a.xml\" and \"b.xml\""), "{error}");
}

#[test]
fn the_showcase_is_the_same_through_either_reader() {
    let (labels, images) = showcase();
    let text = write(&labels, &images).unwrap().0;
    let direct = relook_formats::cvat_xml::read(text.as_bytes(), &Limits::default()).unwrap();
    let got = taken(Memory::one("a.xml", text)).unwrap();
    assert_eq!(got, Taken { labels: direct.summary.labels, images: direct.images, findings: vec![] });
}

#[test]
fn the_taker_may_stop_in_every_format() {
    #[derive(Debug, PartialEq)]
    struct Enough;
    impl From<FormatError> for Enough {
        fn from(error: FormatError) -> Self {
            panic!("{error}")
        }
    }
    let (labels, images) = showcase();
    for (format, mut files) in [
        (Format::Cvat, Memory::one("a.xml", write(&labels, &images).unwrap().0)),
        (Format::Coco, Memory::one("a.json", instances(&labels, &images).unwrap().0)),
        (Format::Yolo, Memory::one("classes.txt", "car")),
        (Format::Voc, Memory::one("a.xml", "<annotation/>")),
    ] {
        let outcome = read(format, &mut files, &Limits::default(), &mut |_| Err(Enough));
        assert_eq!(outcome, Err(Enough), "{format:?}");
    }
}

fn coco(annotations: &Value) -> Result<Taken, FormatError> {
    // Annotations first, as any order is allowed.
    let text = format!(
        r#"{{"annotations": {annotations}, "info": {{"x": [1, 2]}},
        "categories": [{{"id": 7, "name": "car"}}, {{"id": 9, "name": "pose", "keypoints": ["a", "b"], "skeleton": [[1, 2], [5, 1]]}}],
        "images": [{{"id": 20, "file_name": "d/b.jpg", "width": 5, "height": 4}}, {{"id": 10, "file_name": "a.jpg"}}]}}"#
    );
    taken(Memory::one("instances_default.json", text))
}

#[test]
fn coco_annotations_become_shapes_of_their_images() {
    let got = coco(&json!([
        {"id": 1, "image_id": 10, "category_id": 7, "bbox": [1, 2.5, 3, 4], "score": 0.5, "iscrowd": 0,
         "attributes": {"occluded": true, "side": "left", "n": 3, "yes": true, "deep": [1], "none": null}},
        {"image_id": 20, "category_id": 7, "segmentation": {"counts": [5, 2, 2, 2, 2, 2, 5], "size": [4, 5]}, "iscrowd": 1},
        {"image_id": 20, "category_id": 7, "segmentation": {"counts": "5220003", "size": [4, 5]}},
        {"image_id": 10, "category_id": 7, "segmentation": [[1, 1, 5, 1, 5, 5], [7, 7, 9, 7, 9, 9, 7, 9]]},
        {"image_id": 10, "category_id": 9, "bbox": [1, 1, 2, 2], "segmentation": [], "keypoints": [1, 2, 2, 0, 0, 0]},
        {"image_id": 10, "category_id": 9, "bbox": [1, 1, 2, 2], "segmentation": [], "keypoints": [0, 0, 0, 0, 0, 0]},
        {"image_id": 10, "category_id": 7, "bbox": [10, 10, 4, 2], "attributes": {"rotation": -90}},
    ]))
    .unwrap();
    let names: Vec<_> =
        got.images.iter().map(|i| (i.frame, i.name.as_str(), i.width, i.shapes.len())).collect();
    assert_eq!(names, [(0, "d/b.jpg", Some(5), 2), (1, "a.jpg", None, 6)]);
    // Three by two pixels, both packed and not.
    let want = mask(1.0, 1.0, 3.0, 2.0, &[0, 6]).geometry();
    assert_eq!(got.images[0].shapes.iter().map(geometry).collect::<Vec<_>>(), [want.clone(), want]);
    let [boxed, part, other, skeleton, plain, turned] = &got.images[1].shapes[..] else { panic!("{got:?}") };
    assert_eq!(boxed.rect, Rect { x1: 1.0, y1: 2.5, x2: 4.0, y2: 6.5 });
    assert_eq!((boxed.score, boxed.occluded, boxed.source), (Some(0.5), true, Source::File));
    let attributes: Vec<_> = boxed.attributes.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(attributes, [("n", "3"), ("side", "left"), ("yes", "true")]);
    assert_eq!((part.group, other.group, boxed.group), (1, 1, 0));
    assert!(matches!(&other.shape, Shape::Polygon { points } if points[3] == Point { x: 7.0, y: 9.0 }));
    let Shape::Skeleton { joints } = &skeleton.shape else { panic!("{skeleton:?}") };
    assert_eq!(joints[0], joint("a", 1.0, 2.0));
    assert!(joints[1].outside);
    assert_eq!((&plain.shape, plain.label.as_str()), (&Shape::Box, "pose"));
    assert_eq!((turned.rotation, turned.rect.x2), (270.0, 14.0));
    assert_eq!(told(&got.findings), [("d/b.jpg", Problem::NotHeld)]);
    assert_eq!(got.labels[1].skeleton.as_ref().unwrap().edges, [(0, 1)]);
}

#[test]
fn coco_annotations_that_are_none_are_told() {
    for (annotation, part) in [
        (json!({"image_id": 10, "category_id": 8, "bbox": [1, 1, 2, 2]}), "no category 8"),
        (json!({"image_id": 10, "category_id": 7}), "its box has 0 numbers"),
        (json!({"image_id": 10, "category_id": 7, "bbox": [1, 1, -2, 2]}), "negative side"),
        (json!({"image_id": 10, "category_id": 7, "bbox": [1, 1, 1e30, 2]}), "not a usable coordinate"),
        (json!({"image_id": 10, "category_id": 7, "bbox": "x"}), "invalid type"),
        (json!({"image_id": 10, "category_id": 7, "segmentation": [[1, 1, 2, 2]]}), "three points or more"),
        (
            json!({"image_id": 10, "category_id": 7, "segmentation": [[1, 1, 2, 2, 3]]}),
            "three points or more",
        ),
        (
            json!({"image_id": 20, "category_id": 7, "segmentation": {"counts": [5], "size": [4, 5]}}),
            "cover 5 pixels",
        ),
        (
            json!({"image_id": 20, "category_id": 7, "segmentation": {"counts": [20], "size": [4, 5]}}),
            "no pixel",
        ),
        (
            json!({"image_id": 20, "category_id": 7, "segmentation": {"counts": [20], "size": [5, 4]}}),
            "4 by 5",
        ),
        (
            json!({"image_id": 20, "category_id": 7, "segmentation": {"counts": "~", "size": [4, 5]}}),
            "character",
        ),
        (
            json!({"image_id": 10, "category_id": 7, "segmentation": {"counts": [0, 4000000000_u32], "size": [4000000000_u32, 4000000000_u32]}}),
            "more than",
        ),
        (json!({"image_id": 10, "category_id": 9, "keypoints": [1, 1, 2]}), "has 2 points of three numbers"),
        (json!({"image_id": 99, "category_id": 7, "bbox": [1, 1, 2, 2]}), "1 annotations name images that"),
    ] {
        let got =
            coco(&json!([annotation, {"image_id": 10, "category_id": 7, "bbox": [1, 1, 2, 2]}])).unwrap();
        assert_eq!(got.images.iter().map(|i| i.shapes.len()).sum::<usize>(), 1, "the others are kept");
        let [finding] = &got.findings[..] else { panic!("{annotation}: {:?}", got.findings) };
        assert_eq!(finding.problem, Problem::Malformed);
        assert!(finding.message.contains(part), "{annotation}: {}", finding.message);
    }
}

#[test]
fn what_is_no_coco_file_is_told() {
    let image = r#"{"id": 1, "file_name": "a"}"#;
    for (text, part) in [
        (String::new(), "EOF"),
        ("[]".to_owned(), "a COCO dataset"),
        ("{}".to_owned(), "no list of images"),
        (r#"{"images": 5}"#.to_owned(), "a list of images"),
        (r#"{"images": [{"id": 1}]}"#.to_owned(), "file_name"),
        (r#"{"images": [{"id": "x", "file_name": "a"}]}"#.to_owned(), "line 1 column"),
        (format!(r#"{{"images": [{image}, {image}]}}"#), "the same id 1"),
        (
            r#"{"images": [], "categories": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]}"#.to_owned(),
            "the same id 1",
        ),
        (r#"{"images": [], "annotations": [{"id": 1}]}"#.to_owned(), "image_id"),
        (r#"{"images": []} more"#.to_owned(), "trailing"),
        (r#"{"images": [], "x": NaN}"#.to_owned(), "line 1"),
        (format!(r#"{{"images": [], "x": {}1"#, "[".repeat(9999)), "EOF"),
        (r#"{"images": [{"id": 1, "file_name": ""#.to_owned(), "EOF"),
    ] {
        let error = taken(Memory::one("a.json", text.clone())).unwrap_err();
        let said = error.to_string();
        assert!(matches!(error, FormatError::File { .. }) && said.starts_with("a.json, "), "{said}");
        assert!(said.contains(part), "{said} should tell {part}");
    }
    let bytes = b"{\"images\": [{\"id\": 1, \"file_name\": \"\xFF\"}]}".to_vec();
    assert!(taken(Memory::one("a.json", bytes)).unwrap_err().to_string().contains("unicode"));
}

#[test]
fn a_coco_file_over_a_limit_is_refused() {
    let small = crate::cvat_hostile::small();
    let image = |n: usize| format!(r#"{{"id": {n}, "file_name": "a{n}"}}"#);
    let images: Vec<_> = (0..17).map(image).collect();
    let many = vec![r#"{"image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2]}"#; 17].join(",");
    for (text, part) in [
        (format!(r#"{{"images": [{}]}}"#, images.join(",")), "more than 16 images"),
        (format!(r#"{{"images": [{{"id": 1, "file_name": "{}"}}]}}"#, "a".repeat(9000)), "entry is longer"),
        (format!(r#"{{"{}": 1}}"#, "a".repeat(9000)), "entry is longer"),
        (format!(r#"{{"info": "{}"}}"#, "a".repeat(9000)), "entry is longer"),
        (format!(r#"{{"categories": [{{"id": 1, "name": "{}"}}]}}"#, "a".repeat(99)), "longer than 64 bytes"),
        (format!(r#"{{"images": [{}], "annotations": [{many}]}}"#, image(1)), "more than 16 annotations"),
        (format!(r#"{{"annotations": [{}]}}"#, vec![many; 4].join(",")), "more than 64 annotations"),
        (format!("{}{{}}", " ".repeat(2 << 20)), "is longer than"),
    ] {
        let error = take(Format::Coco, &mut Memory::one("a.json", text), &small).unwrap_err().to_string();
        assert!(error.contains(part), "{error} should tell {part}");
    }
}

fn yolo(lines: &str) -> Memory {
    let mut files = Memory::of([
        ("data.yaml".to_owned(), "names: [car, 'dog']\nnc: 2\n".to_owned()),
        ("labels/d/a.txt".to_owned(), lines.to_owned()),
        ("images/empty.png".to_owned(), String::new()),
        ("images/d/a.jpg".to_owned(), String::new()),
    ]);
    files.sizes.insert("d/a.jpg".to_owned(), (200, 100));
    files
}

#[test]
fn yolo_lines_become_boxes_and_outlines() {
    let got = taken(yolo(
        "\u{FEFF}0 0.5 0.5 0.1 0.2\r\n\n1.0 0.5 0.5 0.1 0.2 0.75\n1 0 0 0.5 0 0.5 1\n1 0 0 0.5 0 0.5 1 0.25\n",
    ))
    .unwrap();
    assert_eq!(got.labels.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["car", "dog"]);
    let images: Vec<_> = got.images.iter().map(|i| (i.name.as_str(), i.width, i.shapes.len())).collect();
    assert_eq!(images, [("d/a.jpg", Some(200), 4), ("empty.png", None, 0)]);
    let [first, scored, outline, last] = &got.images[0].shapes[..] else { panic!() };
    let r = first.rect;
    for (side, want) in [(r.x1, 90.0), (r.y1, 40.0), (r.x2, 110.0), (r.y2, 60.0)] {
        assert!((side - want).abs() < 1e-9, "{r:?}");
    }
    assert_eq!((scored.label.as_str(), scored.score, first.score), ("dog", Some(0.75), None));
    let triangle = |s: &ReadShape| matches!(&s.shape, Shape::Polygon { points } if points[2] == Point { x: 100.0, y: 100.0 });
    assert!(triangle(outline) && triangle(last) && last.score == Some(0.25), "{last:?}");
    assert_eq!(got.findings, []);
}

#[test]
fn yolo_lines_that_are_none_are_told() {
    for (line, part) in [
        ("2 0.5 0.5 0.1 0.1", "no class 2, but 2 names"),
        ("-1 0.5 0.5 0.1 0.1", "no class -1"),
        ("0.5 0.5 0.5 0.1 0.1", "no class 0.5"),
        ("car 0.5 0.5 0.1 0.1", "\"car\" is no class number"),
        ("0", "0 numbers are neither"),
        ("0 0.5 0.5 0.1", "3 numbers are neither"),
        ("0 0.5 NaN 0.1 0.1", "\"NaN\" is not a usable"),
        ("0 0.5 1e300 0.1 0.1", "\"1e300\" is not a usable"),
        ("0 0.5 0.5 -0.1 0.1", "negative side"),
        ("0 0.5 0.5 0.1 0.1 7", "the score 7"),
    ] {
        let got = taken(yolo(&format!("0 0.5 0.5 0.1 0.2\n{line}\n"))).unwrap();
        assert_eq!(got.images[0].shapes.len(), 1);
        let [finding] = &got.findings[..] else { panic!("{line}: {:?}", got.findings) };
        assert!(finding.message.starts_with("labels/d/a.txt, line 2: "), "{}", finding.message);
        assert!(finding.message.contains(part), "{line}: {}", finding.message);
    }
    let mut nameless = yolo("0 0.5 0.5 0.1 0.1\n");
    nameless.sizes.clear();
    let got = taken(nameless).unwrap();
    assert_eq!((told(&got.findings), got.images[0].shapes.len()), (vec![("d/a.jpg", Problem::NoSize)], 0));
}

#[test]
fn yolo_sets_of_other_makers_are_understood() {
    // CVAT's YOLO 1.1.
    let mut files = Memory::of([
        ("obj.names".to_owned(), "car\ndog\n"),
        ("obj.data".to_owned(), "classes = 2"),
        ("train.txt".to_owned(), "data/obj_train_data/d/a.jpg\n"),
        ("obj_train_data/d/a.txt".to_owned(), "1 0.5 0.5 0.5 0.5\n"),
    ]);
    files.sizes.insert("d/a".to_owned(), (10, 10));
    let got = taken(files).unwrap();
    assert_eq!((got.images.len(), got.images[0].name.as_str()), (1, "d/a"));
    assert_eq!(got.images[0].shapes[0].label, "dog");
    // Label files beside a list of classes, nothing else.
    let flat = [("classes.txt".to_owned(), "car"), ("a.txt".to_owned(), ""), ("train.txt".to_owned(), "x")];
    let got = taken(Memory::of(flat)).unwrap();
    assert_eq!(got.images.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), ["a"]);

    for (files, part) in [
        (vec![("a.txt", &b"0 1 1 1 1"[..])], "put a data.yaml, classes.txt or obj.names"),
        (vec![("data.yaml", b"nc: 1")], "data.yaml, names: it has no names"),
        (vec![("data.yaml", b"names: [a]\nkpt_shape: [17, 3]\n")], "poses (kpt_shape)"),
        (vec![("data.yaml", b"names: [\xFF]")], "not UTF-8"),
        (
            vec![("data.yaml", b"names: [a]"), ("labels/a.txt", b"0 \xFF")],
            "labels/a.txt, line 1: the text is not UTF-8",
        ),
    ] {
        let files = Memory::of(files.into_iter().map(|(path, bytes)| (path.to_owned(), bytes)));
        let error = taken(files).unwrap_err().to_string();
        assert!(error.contains(part), "{error} should tell {part}");
    }
    let mut files = yolo(&"0 ".repeat(9000));
    let error = take(Format::Yolo, &mut files, &crate::cvat_hostile::small()).unwrap_err().to_string();
    assert!(error.contains("labels/d/a.txt, line 1: an element is longer than is read"), "{error}");
}

#[test]
fn real_exports_come_through_either_way() {
    for path in ["cvat/annotations_export1.xml", "cvat/annotations_export2.xml"] {
        let Some(bytes) = shared(path) else { continue };
        let got = taken(Memory::one("annotations.xml", bytes)).unwrap();
        assert_eq!((got.images.len(), got.findings.len()), (3, 0));
    }
    let labels = [label("car"), pose()];
    let images = [crate::common::image(0, "a.jpg", vec![shape(1.0, 2.0, 3.0, 4.0)])];
    let got = taken(Memory::one("a.json", instances(&labels, &images).unwrap().0)).unwrap();
    assert_eq!(got.labels[1].skeleton.as_ref().map(|s| s.joints.len()), Some(3));
}
