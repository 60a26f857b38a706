use relook_domain::export::ExportShape;
use relook_formats::{Cause, FormatError, Problem, yolo};

use crate::common::{every_kind, image, label, pose, shape};

#[test]
fn boxes_become_shares_of_the_image() {
    let labels = [label("car"), label("dog")];
    for (shape, want, cause) in [
        (shape(0., 0., 640., 480.), "0 0.500000 0.500000 1.000000 1.000000\n", None),
        (
            ExportShape { label: 1, ..shape(64., 48., 128., 96.) },
            "1 0.150000 0.150000 0.100000 0.100000\n",
            None,
        ),
        (shape(-64., 0., 64., 480.), "0 0.050000 0.500000 0.100000 1.000000\n", Some(Cause::Clipped)),
        (
            ExportShape { rotation: 90., ..shape(100., 100., 200., 120.) },
            "0 0.234375 0.229167 0.031250 0.208333\n",
            Some(Cause::BoxAround),
        ),
        (shape(700., 0., 800., 9.), "", Some(Cause::Outside)),
        (shape(1., 1., 1.0001, 9.), "", Some(Cause::TooSmall)),
    ] {
        let file = yolo::label_file(&image(0, "d/a.jpg", vec![shape]), &labels).unwrap();
        assert_eq!(file.path, "labels/d/a.txt");
        assert_eq!(file.text, want);
        assert_eq!(file.warnings.first().map(|w| &w.cause), cause.as_ref());
    }
    let shapes = image(0, "a.jpg", every_kind());
    let file = yolo::label_file(&shapes, &[label("car"), pose()]).unwrap();
    // The polygon, the turned ellipse, the mask.
    assert_eq!(
        file.text,
        "0 0.054784 0.091434 0.077931 0.141202\n\
         0 0.234375 0.312500 0.154735 0.128307\n\
         0 0.018750 0.045833 0.006250 0.008333\n"
    );
    let left_out = file.warnings.iter().filter(|w| w.cause == Cause::NoSuchKind).count();
    assert_eq!((left_out, file.warnings.len()), (5, 8));
    let stray = ExportShape { label: 2, ..shape(0., 0., 9., 9.) };
    assert!(matches!(
        yolo::label_file(&image(0, "a.jpg", vec![stray]), &labels),
        Err(FormatError::NoSuchLabel { label: 2, .. })
    ));
}

#[test]
fn label_files_lie_where_trainers_look() {
    for (name, want) in [
        ("a.jpg", "labels/a.txt"),
        ("d.x/a", "labels/d.x/a.txt"),
        ("a.b.jpg", "labels/a.b.txt"),
        ("images/a.jpg", "images/labels/a.txt"),
        ("x/images/y/a.jpg", "images/x/labels/y/a.txt"),
        ("myimages/a.jpg", "labels/myimages/a.txt"),
    ] {
        assert_eq!(yolo::label_path(name), want, "{name}");
    }
    assert_eq!(yolo::image_path("d/a.jpg"), "images/d/a.jpg");
}

#[test]
fn data_yaml_holds_any_name() {
    let labels = [label("car"), label("no"), label("a: \"b\" \\ #c\n\u{7}\u{2028}猫")];
    let file = yolo::data_yaml(&labels);
    assert_eq!(file.path, "data.yaml");
    assert_eq!(
        file.text,
        "train: images\nval: images\nnames:\n  0: \"car\"\n  1: \"no\"\n  \
         2: \"a: \\\"b\\\" \\\\ #c\\n\\u0007\\u2028猫\"\n"
    );
    assert_eq!(yolo::data_yaml(&[]).text, "train: images\nval: images\nnames: {}\n");
}

#[test]
fn names_that_share_a_label_file_are_found() {
    let found = yolo::check(&["a.jpg", "a.png", "b.jpg", "c/a.jpg"]);
    let got: Vec<_> = found.iter().map(|f| (f.image.as_str(), f.problem)).collect();
    assert_eq!(got, [("a.jpg", Problem::SameStem), ("a.png", Problem::SameStem)]);
}
