//! Random projects written and read again: equal within 0.005 px by what each format can hold.

use relook_domain::{
    Geometry, Label, Point, Shape, ShapeKind,
    export::{ExportImage, ExportShape},
};
use relook_formats::{Fate, Files, Format, Limits, Problem, ReadShape, coco, voc, yolo};

use crate::{
    coco::instances,
    common::{Dice, Memory, Taken, take},
};

/// What one format should give back of a shape; `None` where it is left out.
type Kept = fn(&ExportShape) -> Option<Geometry>;

fn numbers(g: &Geometry) -> (ShapeKind, Vec<f64>) {
    let flat = |points: &[Point]| points.iter().flat_map(|p| [p.x, p.y]).collect::<Vec<_>>();
    let r = &g.rect;
    let all = match &g.shape {
        Shape::Polygon { points } => flat(points),
        Shape::Mask { runs } => {
            [r.x1, r.y1, r.x2, r.y2].into_iter().chain(runs.iter().map(|n| f64::from(*n))).collect()
        }
        Shape::Skeleton { joints } => {
            let shown = joints.iter().filter(|j| !j.outside);
            shown.flat_map(|j| [j.x, j.y, f64::from(u8::from(j.occluded))]).collect()
        }
        _ => vec![r.x1, r.y1, r.x2, r.y2, g.rotation],
    };
    (g.shape.kind(), all)
}

fn assert_kept(got: &[ReadShape], want: &ExportImage, labels: &[Label], kept: Kept, within: f64) -> usize {
    let kept: Vec<_> = want.shapes.iter().filter_map(|s| Some((kept(s)?, s))).collect();
    assert_eq!(got.len(), kept.len(), "{want:?}");
    for (g, (geometry, shape)) in got.iter().zip(&kept) {
        assert_eq!(g.label, labels[shape.label].name);
        let got = Geometry { rect: g.rect, rotation: g.rotation, shape: g.shape.clone() };
        let ((kind, got), (wanted, want)) = (numbers(&got), numbers(geometry));
        assert_eq!((kind, got.len()), (wanted, want.len()), "{shape:?}");
        for (a, b) in got.iter().zip(&want) {
            assert!((a - b).abs() <= within + 1e-9, "{a} is not {b} in {shape:?}");
        }
    }
    kept.len()
}

/// Projects of sound shapes: inside their images, turned ones too.
fn projects(count: u64) -> impl Iterator<Item = (Vec<Label>, Vec<ExportImage>)> {
    (0..count).map(|seed| {
        let (labels, mut images) = Dice(seed).document();
        for image in &mut images {
            let (w, h) = (f64::from(image.width), f64::from(image.height));
            image.shapes.retain(|s| {
                let b = s.geometry().bounds();
                b.x1 >= 0.0 && b.y1 >= 0.0 && b.x2 <= w && b.y2 <= h && b.width() >= 1.0 && b.height() >= 1.0
            });
        }
        (labels, images)
    })
}

fn upright(s: &ExportShape) -> Option<Geometry> {
    let fate = voc::fate(s.shape.kind(), s.rotation);
    (fate != Fate::LeftOut).then(|| Geometry::from(s.geometry().bounds()))
}

/// Reads with nothing found but what is told of every image twice named.
fn read(format: Format, mut files: Memory) -> Taken {
    let taken = take(format, &mut files, &Limits::default()).unwrap();
    assert!(taken.findings.iter().all(|f| f.problem == Problem::Duplicate), "{:?}", taken.findings);
    assert!(!files.paths().is_empty());
    taken
}

#[test]
fn coco_keeps_what_it_can_hold() {
    let kept: Kept = |s| match s.shape.kind() {
        ShapeKind::Box | ShapeKind::Polygon | ShapeKind::Mask | ShapeKind::Skeleton => Some(s.geometry()),
        _ => None,
    };
    let mut shapes = 0;
    for (labels, mut images) in projects(200) {
        for image in &mut images {
            // Ellipses become outlines; whether those are right is for pycocotools to say.
            image.shapes.retain(|s| s.shape != Shape::Ellipse);
        }
        let text = instances(&labels, &images).unwrap().0;
        let taken = read(Format::Coco, Memory::one("a.json", text.clone()));
        assert_eq!(taken.labels.len(), labels.len());
        assert_eq!(taken.images.len(), images.len());
        for (got, want) in taken.images.iter().zip(&images) {
            assert_eq!((&got.name, got.width, got.height), (&want.name, Some(want.width), Some(want.height)));
            // Of a turned box the corners are kept: its sides are told from them, off by as much as two of them.
            shapes += assert_kept(&got.shapes, want, &labels, kept, 0.0142);
            for (g, w) in got.shapes.iter().zip(want.shapes.iter().filter(|s| kept(s).is_some())) {
                if w.rotation == 0.0 {
                    assert_kept(
                        std::slice::from_ref(g),
                        &ExportImage { shapes: vec![w.clone()], ..want.clone() },
                        &labels,
                        kept,
                        0.005,
                    );
                }
                assert_eq!((g.occluded, &g.attributes), (w.occluded, &w.attributes));
            }
        }
    }
    assert!(shapes > 500, "{shapes}");
    assert_eq!(coco::fate(ShapeKind::Ellipse, 0.0), Fate::Outline);
}

#[test]
fn voc_keeps_boxes() {
    let mut shapes = 0;
    for (labels, images) in projects(200) {
        let files: Vec<_> = images.iter().map(|i| voc::annotation_file(i, &labels).unwrap()).collect();
        let files = Memory::of(files.into_iter().map(|f| (f.path, f.text)));
        if images.is_empty() || labels.iter().any(|l| l.name.trim() != l.name) {
            continue;
        }
        let taken = read(Format::Voc, files);
        for want in &images {
            let Some(got) = taken.images.iter().find(|i| i.name.trim() == want.name.trim()) else {
                assert!(want.name.contains(['/', '\\', '\r', '\n']), "{:?}", want.name);
                continue;
            };
            assert_eq!((got.width, got.height), (Some(want.width), Some(want.height)));
            shapes += assert_kept(&got.shapes, want, &labels, upright, 0.005);
        }
    }
    assert!(shapes > 200, "{shapes}");
}

#[test]
fn yolo_keeps_boxes_and_outlines() {
    let outline: Kept = |s| (s.shape.kind() == ShapeKind::Polygon).then(|| s.geometry());
    let (mut boxes, mut outlines) = (0, 0);
    for (mut labels, mut images) in projects(200) {
        labels.iter_mut().for_each(|l| l.name = l.name.replace('\u{85}', ""));
        for (n, image) in images.iter_mut().enumerate() {
            // Six decimals of the side: half a hundredth of a pixel holds up to 5,000 pixels.
            image.name = format!("d{n}/{n}.jpg");
        }
        let with = |write: &dyn Fn(&ExportImage) -> yolo::File| {
            let texts = images.iter().map(write).chain([yolo::data_yaml(&labels)]);
            let mut files = Memory::of(texts.map(|f| (f.path, f.text)));
            files.sizes = images.iter().map(|i| (i.name.replace(".jpg", ""), (i.width, i.height))).collect();
            read(Format::Yolo, files)
        };
        let detection = with(&|image| yolo::label_file(image, &labels).unwrap());
        assert_eq!(detection.labels.len(), labels.len());
        images.iter_mut().for_each(|i| i.shapes.retain(|s| s.shape.kind() == ShapeKind::Polygon));
        let with = |write: &dyn Fn(&ExportImage) -> yolo::File| {
            let texts = images.iter().map(write).chain([yolo::data_yaml(&labels)]);
            let mut files = Memory::of(texts.map(|f| (f.path, f.text)));
            files.sizes = images.iter().map(|i| (i.name.replace(".jpg", ""), (i.width, i.height))).collect();
            read(Format::Yolo, files)
        };
        let segments = with(&|image| yolo::segment_file(image, &labels).unwrap());
        for got in &segments.images {
            let want = images.iter().find(|i| i.name.starts_with(&got.name)).unwrap();
            outlines += assert_kept(&got.shapes, want, &labels, outline, 0.0075);
        }
        boxes += detection.images.iter().map(|i| i.shapes.len()).sum::<usize>();
    }
    assert!(boxes > 500 && outlines > 100, "{boxes} {outlines}");
}
