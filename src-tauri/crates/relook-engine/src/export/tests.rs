use std::path::Path;

use relook_domain::{
    Geometry, ImageId, Joint, Label, LabelId, Point, Rect, Shape, Skeleton, SkeletonJoint,
    review::{Action, Details},
};
use relook_formats::cvat_xml;

use super::*;
use crate::{
    home::Home,
    labels::LabelSet,
    view::{ImageFilter, JobKind},
};

const PHOTO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../relook-vision/tests/fixtures/images/rgb.png");

/// Two photos of 24 by 16 pixels; the first has a shape of every kind, the second a polyline and a box.
fn project(folder: &Path) -> Project {
    let home = Home {
        models: Vec::new(),
        own_models: folder.join("models"),
        runtimes: Vec::new(),
        named_runtime: None,
        own_runtimes: folder.join("runtime"),
        cache: folder.join("cache"),
        config: folder.join("config"),
    };
    let photos = folder.join("photos");
    std::fs::create_dir(&photos).unwrap();
    for name in ["a.png", "b.png"] {
        std::fs::copy(PHOTO, photos.join(name)).unwrap();
    }
    let project =
        home.create(&folder.join("p"), &LabelSet::Names(vec!["car".into(), "pose".into()])).unwrap();
    project.add_folders(&[photos], &Task::silent(JobKind::Scan)).unwrap();
    let head = SkeletonJoint { name: "head".into(), x: 0.5, y: 0.5 };
    let pose = Label {
        skeleton: Some(Skeleton { joints: vec![head], edges: Vec::new() }),
        shape: Some(ShapeKind::Skeleton),
        ..project.view().unwrap().labels[1].clone()
    };
    project.save_label(&pose, "ana").unwrap();
    let images = project.images(&ImageFilter::default(), 0, 9).unwrap().rows;
    let (a, b) = (images[0].id, images[1].id);
    let draw = |image: ImageId, label: LabelId, geometry: Geometry| {
        let action = Action::Draw { image, label, geometry, details: Details::default() };
        project.act(&action, "ana").unwrap();
    };
    let rect = Rect { x1: 2.0, y1: 3.0, x2: 12.0, y2: 9.0 };
    let car = project.label("car").unwrap();
    let of = |shape| Geometry { rect, rotation: 0.0, shape };
    let points = vec![Point { x: 2.0, y: 3.0 }, Point { x: 12.0, y: 3.0 }, Point { x: 12.0, y: 9.0 }];
    let joint = Joint { name: "head".into(), x: 5.0, y: 6.0, occluded: false, outside: false };
    let corners = std::array::from_fn(|n| points[n % 3]);
    for geometry in [
        of(Shape::Box),
        Geometry { rotation: 30.0, ..of(Shape::Box) },
        of(Shape::Ellipse),
        of(Shape::Polygon { points: points.clone() }),
        of(Shape::Polyline { points: points.clone() }),
        of(Shape::Points { points: points.clone() }),
        of(Shape::Mask { runs: vec![0, 60] }),
        of(Shape::Cuboid { points: corners }),
        Geometry::tag(),
    ] {
        draw(a, car, geometry);
    }
    draw(a, pose.id, of(Shape::Skeleton { joints: vec![joint] }));
    draw(b, car, of(Shape::Polyline { points }));
    draw(b, car, of(Shape::Box));
    project
}

fn request(format: ExportFormat, out: &Path) -> ExportRequest {
    let out = out.display().to_string();
    ExportRequest { format, out, include: Include::All, with_images: false, like: None, provenance: false }
}

#[test]
fn every_shape_reaches_the_file_or_the_user() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let task = || Task::silent(JobKind::Export);
    for (format, name, written, findings) in [
        (ExportFormat::CvatImages, "a.xml", 12, &[][..]),
        (
            ExportFormat::Coco,
            "a.json",
            7,
            &[
                "COCO cannot hold 1 ellipse on 1 image. An outline of many points is written instead",
                "COCO cannot hold 2 polylines on 2 images. Not written",
                "COCO cannot hold 1 set of points on 1 image. Not written",
                "COCO cannot hold 1 cuboid on 1 image. Not written",
                "COCO cannot hold 1 tag on 1 image. Not written",
            ],
        ),
        (
            ExportFormat::Yolo,
            "yolo",
            6,
            &[
                "YOLO has upright boxes only and cannot hold 1 turned box on 1 image. The box around is written instead",
                "YOLO has upright boxes only and cannot hold 1 ellipse on 1 image. The box around is written instead",
                "YOLO has upright boxes only and cannot hold 1 polygon on 1 image. The box around is written instead",
                "YOLO cannot hold 2 polylines on 2 images. Not written",
                "YOLO cannot hold 1 set of points on 1 image. Not written",
                "YOLO has upright boxes only and cannot hold 1 mask on 1 image. The box around is written instead",
                "YOLO cannot hold 1 cuboid on 1 image. Not written",
                "YOLO cannot hold 1 skeleton on 1 image. Not written",
                "YOLO cannot hold 1 tag on 1 image. Not written",
            ],
        ),
        (
            ExportFormat::YoloSegment,
            "yolo-segment",
            6,
            &[
                "YOLO segmentation cannot hold 2 boxes on 2 images. An outline of many points is written instead",
                "YOLO segmentation cannot hold 1 turned box on 1 image. An outline of many points is written instead",
                "YOLO segmentation cannot hold 1 ellipse on 1 image. An outline of many points is written instead",
                "YOLO segmentation cannot hold 2 polylines on 2 images. Not written",
                "YOLO segmentation cannot hold 1 set of points on 1 image. Not written",
                "YOLO segmentation cannot hold 1 mask on 1 image. An outline of many points is written instead",
                "YOLO segmentation cannot hold 1 cuboid on 1 image. Not written",
                "YOLO segmentation cannot hold 1 skeleton on 1 image. Not written",
                "YOLO segmentation cannot hold 1 tag on 1 image. Not written",
            ],
        ),
        (
            ExportFormat::Voc,
            "voc",
            6,
            &[
                "Pascal VOC has upright boxes only and cannot hold 1 turned box on 1 image. The box around is written instead",
                "Pascal VOC has upright boxes only and cannot hold 1 ellipse on 1 image. The box around is written instead",
                "Pascal VOC has upright boxes only and cannot hold 1 polygon on 1 image. The box around is written instead",
                "Pascal VOC cannot hold 2 polylines on 2 images. Not written",
                "Pascal VOC cannot hold 1 set of points on 1 image. Not written",
                "Pascal VOC has upright boxes only and cannot hold 1 mask on 1 image. The box around is written instead",
                "Pascal VOC cannot hold 1 cuboid on 1 image. Not written",
                "Pascal VOC cannot hold 1 skeleton on 1 image. Not written",
                "Pascal VOC cannot hold 1 tag on 1 image. Not written",
            ],
        ),
    ] {
        let request = request(format, &folder.path().join(name));
        let before = project.export_preview(&request, &task()).unwrap();
        let after = project.export(&request, &task()).unwrap();
        for summary in [&before, &after] {
            assert_eq!((summary.images, summary.boxes), (2, written), "{format:?}");
            assert_eq!(summary.findings, findings, "{format:?}");
            assert_eq!(summary.by_label.iter().map(|(_, n)| n).sum::<u64>(), written);
        }
    }
    let file = std::fs::File::open(folder.path().join("a.xml")).unwrap();
    let read = cvat_xml::read(BufReader::new(file), &cvat_xml::Limits::default()).unwrap();
    let kinds: Vec<_> = read.images[0].shapes.iter().map(|s| s.shape.kind()).collect();
    assert_eq!(kinds.len(), 10);
    assert!(ShapeKind::ALL.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    let json = std::fs::read_to_string(folder.path().join("a.json")).unwrap();
    let coco: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(coco["annotations"].as_array().unwrap().len(), 7);
    let yolo = std::fs::read_to_string(folder.path().join("yolo/labels/a.txt")).unwrap();
    assert_eq!(yolo.lines().count(), 5);
    let outlines = std::fs::read_to_string(folder.path().join("yolo-segment/labels/b.txt")).unwrap();
    assert_eq!(
        outlines, "0 0.083333 0.187500 0.500000 0.187500 0.500000 0.562500 0.083333 0.562500\n",
        "the corners of the box as shares of 24 by 16"
    );
    let voc = std::fs::read_to_string(folder.path().join("voc/Annotations/b.xml")).unwrap();
    assert!(voc.contains("<xmin>2.00</xmin>") && voc.contains("<ymax>9.00</ymax>"), "{voc}");
    let list = std::fs::read_to_string(folder.path().join("voc/ImageSets/Main/default.txt")).unwrap();
    assert_eq!(list, "a\nb\n");
}

#[test]
fn photos_go_where_readers_of_pascal_voc_look() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let out = folder.path().join("voc");
    let request = ExportRequest { with_images: true, ..request(ExportFormat::Voc, &out) };
    project.export(&request, &Task::silent(JobKind::Export)).unwrap();
    assert_eq!(std::fs::read(out.join("JPEGImages/b.png")).unwrap(), std::fs::read(PHOTO).unwrap());
    assert!(std::fs::read_to_string(out.join("labelmap.txt")).unwrap().contains("\ncar:"));
}

#[test]
fn archived_labels_are_written_only_where_they_are_used() {
    let label = |id, archived| Label {
        id: LabelId(id),
        name: format!("l{id}"),
        colour: "#000000".into(),
        attributes: Vec::new(),
        shape: None,
        key: String::new(),
        skeleton: None,
        archived,
    };
    let labels = vec![label(1, false), label(2, true), label(3, true), label(4, false)];
    let kept = needed(labels, &[0, 0, 5, 1]);
    assert_eq!(kept.iter().map(|l| l.id.0).collect::<Vec<_>>(), [1, 3, 4]);
}
