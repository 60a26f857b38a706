//! What readers that are not ours see in what is written: lxml, datumaro, pycocotools.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use relook_domain::{Shape, export::ExportShape};
use relook_formats::voc;

use crate::{
    coco::instances,
    common::{
        Dice, attributes, ellipse, every_kind, image, label, mask, polygon, pose, root, shape, showcase,
        write,
    },
};

/// Runs the project's Python on a text at its standard input; tells when it is not there.
fn python(arguments: &[&str], input: &str) -> Option<()> {
    let python = root().join(".venv/bin/python");
    if !python.exists() {
        println!("SKIPPED: no {}; make it with `make setup`", python.display());
        return None;
    }
    let mut child = Command::new(python)
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(())
}

#[test]
fn schema_and_datumaro_see_every_kind() {
    let (labels, mut images) = showcase();
    let wide = mask(100.0, 7.0, 5.0, 3.0, &[1, 3, 1, 0, 2, 5, 3]);
    images.push(image(7, "wide.jpg", vec![ExportShape { label: 1, ..wide }]));
    let (text, _) = write(&labels, &images).unwrap();
    let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/showcase.xml");
    std::fs::write(file, &text).unwrap();
    python(&["tests/reference/check_cvat_xml.py", file], "");
}

#[test]
fn datumaro_sees_the_boxes_of_voc() {
    const CHECK: &str = r#"
import sys
import datumaro
dataset = datumaro.Dataset.import_from(sys.argv[1], "voc_detection")
labels = dataset.categories()[datumaro.AnnotationType.label]
seen = sorted((item.id, labels[a.label].name, *(round(v, 2) for v in a.points), a.attributes["occluded"], a.attributes["k"])
              for item in dataset for a in item.annotations)
want = [("a", "car", 10.13, 20.0, 30.5, 40.25, True, "<v>"), ("a", "d & g", 0.0, 0.0, 640.0, 480.0, False, "2"),
        ("d/b", "car", 1.0, 2.0, 3.0, 4.0, False, "x")]
assert seen == want, seen
assert len(dataset) == 3, [item.id for item in dataset]
"#;
    let labels = [label("car"), label("d & g")];
    let of = |n, value, occluded, s| ExportShape {
        label: n,
        occluded,
        attributes: attributes(&[("k", value)]),
        ..s
    };
    let first = vec![
        of(0, "<v>", true, shape(10.126, 20., 30.5, 40.25)),
        of(1, "2", false, shape(0., 0., 640., 480.)),
    ];
    let images = [
        image(0, "a.jpg", first),
        image(1, "d/b.jpg", vec![of(0, "x", false, shape(1., 2., 3., 4.))]),
        image(2, "none.jpg", vec![]),
    ];
    let names: Vec<&str> = images.iter().map(|i| i.name.as_str()).collect();
    let mut files = vec![voc::label_map(&labels).unwrap(), voc::image_list(&names)];
    files.extend(images.iter().map(|i| voc::annotation_file(i, &labels).unwrap()));
    let set = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("voc");
    for file in files {
        let place = set.join(file.path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, file.text).unwrap();
    }
    python(&["-c", CHECK, set.to_str().unwrap()], "");
}

/// pycocotools takes runs that are not packed and outlines whatever `iscrowd` says, paints as many pixels as the area
/// says, and finds each keypoint where it is when the truth is measured against itself.
#[test]
fn pycocotools_paints_what_is_written() {
    const CHECK: &str = r#"
import json, sys
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
text = json.load(sys.stdin)
coco = COCO()
coco.dataset = text
coco.createIndex()
painted = 0
for a in coco.dataset["annotations"]:
    x, y, w, h = a["bbox"]
    if a["segmentation"]:
        mask = coco.annToMask(a)
        ys, xs = mask.nonzero()
        exact = isinstance(a["segmentation"], dict)
        slack = 0 if exact else 2 * (w + h)
        assert abs(mask.sum() - a["area"]) <= slack, (a, mask.sum())
        edge = 0 if exact else 1
        box = (xs.min() - x, ys.min() - y, xs.max() + 1 - x - w, ys.max() + 1 - y - h)
        assert all(abs(v) <= edge for v in box), (a, box)
        painted += 1
assert painted == int(sys.argv[1]), painted
found = [dict(a, score=1.0) for a in coco.dataset["annotations"] if a.get("num_keypoints")]
evaluation = COCOeval(coco, coco.loadRes(found), "keypoints")
evaluation.params.catIds = [2]
evaluation.params.kpt_oks_sigmas = evaluation.params.kpt_oks_sigmas[:3]
evaluation.evaluate()
evaluation.accumulate()
evaluation.summarize()
assert evaluation.stats[0] > 0.999, evaluation.stats
"#;
    let mut first = every_kind();
    first.push(ExportShape { rotation: 30.0, ..shape(300., 50., 400., 90.) });
    first.push(ExportShape { rotation: 45.0, ..shape(-40., -40., 60., 40.) });
    first.push(ellipse(640., 300., 90., 33.));
    first.push(polygon(&[(500., 100.), (600., 100.), (600., 200.), (550., 120.), (500., 200.)]));
    first.push(ExportShape { label: 1, ..shape(1., 2., 5., 8.) });
    let mut dice = Dice(5);
    for _ in 0..20 {
        let runs: Vec<u32> = (0..9).map(|_| 1 + dice.below(12) as u32).collect();
        let filled = runs.iter().sum::<u32>();
        let runs: Vec<u32> = runs.into_iter().chain([0, filled.next_multiple_of(9) - filled]).collect();
        let height = f64::from(runs.iter().sum::<u32>() / 9);
        first.push(mask(dice.below(630) as f64, dice.below(450) as f64, 9.0, height, &runs));
    }
    // Boxes, lines and the like have nothing to paint.
    let painted = |s: &&ExportShape| match s.shape {
        Shape::Polygon { .. } | Shape::Mask { .. } | Shape::Ellipse => true,
        _ => s.rotation != 0.0,
    };
    let count = first.iter().filter(painted).count().to_string();
    let (text, _) = instances(&[label("car"), pose()], &[image(0, "a.jpg", first)]).unwrap();
    python(&["-c", CHECK, &count], &text);
}
