//! Tracks written, and read again.

use std::collections::BTreeMap;

use relook_domain::{
    Geometry, Label, Rect, Shape,
    export::{ExportImage, ExportShape, ExportStop},
    track::interpolate,
};
use relook_formats::{
    Format, Limits, ReadImage, Warning,
    cvat_xml::{Document, Job, Summary, VideoWriter},
};

use crate::common::{
    Dice, Memory, Taken, cuboid, drawn, ellipse, image, joint, label, mask, points, rewritable, shape,
    shared, skeleton_label, tag, take,
};

type Tracks = Vec<Vec<ExportStop>>;

fn write(labels: &[Label], size: u64, tracks: &Tracks, lone: &[ExportImage]) -> (String, Vec<Warning>) {
    let job = Job { name: "a", size, labels, created: "", updated: "", dumped: "" };
    let mut writer = VideoWriter::new(Vec::new(), &job).unwrap();
    let mut warnings: Vec<_> = tracks.iter().flat_map(|track| writer.track(track).unwrap()).collect();
    warnings.extend(lone.iter().flat_map(|image| writer.image(image).unwrap()));
    (String::from_utf8(writer.finish().unwrap()).unwrap(), warnings)
}

fn read(text: &str, size: u64) -> Taken {
    let mut files = Memory::one("annotations.xml", text);
    files.sequence = (0..size).map(|n| format!("{n}.jpg")).collect();
    take(Format::Cvat, &mut files, &Limits::default()).unwrap()
}

fn stop(frame: u64, keyframe: bool, shape: ExportShape) -> ExportStop {
    ExportStop { image: image(frame, &format!("{frame}.jpg"), vec![shape]), keyframe, outside: false }
}

/// What was read, as it would be written again.
fn again(read: &Taken) -> (Vec<Label>, Tracks) {
    let sized = |i: &ReadImage| ReadImage { width: Some(640), height: Some(480), ..i.clone() };
    let summary = Summary { labels: read.labels.clone(), ..Summary::default() };
    let document = Document { images: read.images.iter().map(sized).collect(), summary };
    let (labels, images) = rewritable(&document);
    let mut tracks: BTreeMap<i64, Vec<ExportStop>> = BTreeMap::new();
    for (from, to) in document.images.iter().zip(&images) {
        for (said, shape) in from.shapes.iter().zip(&to.shapes) {
            let track = said.track.expect("all shapes of a video belong to tracks");
            tracks.entry(track.id.0).or_default().push(stop(to.frame, track.keyframe, shape.clone()));
        }
    }
    (labels, tracks.into_values().collect())
}

#[test]
fn a_real_export_is_written_as_it_stood() {
    let Some(bytes) = shared("cvat/annotations_video.xml") else { return };
    let real = String::from_utf8(bytes).unwrap();
    let (labels, tracks) = again(&read(&real, 3));
    let (ours, warnings) = write(&labels, 3, &tracks, &[]);
    assert_eq!(warnings, []);
    let body = |text: &str| text[text.find("  <track").unwrap()..].to_owned();
    assert_eq!(body(&ours), body(&real));
}

#[test]
fn what_leaves_and_comes_back_is_outside_in_between() {
    let at = |x: f64| shape(x, 10.0, x + 20.0, 30.0);
    let track = vec![
        stop(1, true, at(0.0)),
        stop(2, false, at(10.0)),
        stop(3, true, at(20.0)),
        // Nothing on image 4; interpolated from nothing.
        stop(5, false, at(60.0)),
        ExportStop { outside: true, ..stop(6, false, at(70.0)) },
        stop(7, false, at(80.0)),
    ];
    let (text, _) = write(&[label("car")], 9, &vec![track], &[]);
    let lines: Vec<_> = text.lines().filter(|l| l.contains("<box")).collect();
    let said = |line: &&str| -> Vec<String> {
        let value =
            |name: &str| line.split(&format!(" {name}=\"")).nth(1).unwrap().split('"').next().unwrap();
        ["frame", "keyframe", "outside", "xtl"].iter().map(|name| value(name).to_owned()).collect()
    };
    let want: [[&str; 4]; 8] = [
        ["1", "1", "0", "0.00"],
        ["2", "0", "0", "10.00"],
        ["3", "1", "0", "20.00"],
        ["4", "1", "1", "20.00"],
        ["5", "1", "0", "60.00"],
        ["6", "1", "1", "70.00"],
        ["7", "1", "0", "80.00"],
        ["8", "1", "1", "80.00"],
    ];
    assert_eq!(lines.iter().map(said).collect::<Vec<_>>(), want);
    let shown: Vec<_> = read(&text, 9).images.iter().map(|i| i.shapes.len()).collect();
    assert_eq!(shown, [0, 1, 1, 1, 0, 1, 0, 1, 0]);
}

#[test]
fn what_no_reader_would_interpolate_is_a_keyframe() {
    let at = |x: f64| shape(x, 10.0, x + 20.0, 30.0);
    let straight = vec![stop(0, true, at(0.0)), stop(1, false, at(10.004)), stop(2, true, at(20.0))];
    let bent = vec![stop(0, true, at(0.0)), stop(1, false, at(11.0)), stop(2, true, at(20.0))];
    let held = vec![stop(0, true, at(0.0)), stop(1, false, at(0.0)), stop(2, false, at(0.0))];
    let hidden = vec![stop(0, true, at(0.0)), stop(1, false, ExportShape { occluded: true, ..at(0.0) })];
    for (track, size, want) in [(straight, 3, "101"), (bent, 3, "111"), (held, 3, "1"), (hidden, 2, "11")] {
        let (text, _) = write(&[label("car")], size, &vec![track], &[]);
        let set: String =
            text.match_indices("keyframe=\"").map(|(at, w)| &text[at + w.len()..=at + w.len()]).collect();
        assert_eq!(set, want);
    }
}

#[test]
fn lone_shapes_are_tracks_of_one_frame_and_tags_are_told() {
    let first = image(0, "0.jpg", vec![shape(1.0, 1.0, 9.0, 9.0), tag()]);
    let last = image(2, "2.jpg", vec![mask(10.0, 20.0, 4.0, 4.0, &[0, 4, 2, 4, 2, 4])]);
    let (text, warnings) = write(&[label("car")], 3, &Vec::new(), &[first, last]);
    assert_eq!(warnings.len(), 1);
    assert_eq!(text.matches("<track ").count(), 2);
    let taken = read(&text, 3);
    assert_eq!(taken.images.iter().map(|i| i.shapes.len()).collect::<Vec<_>>(), [1, 0, 1]);
}

/// A shape of a kind somewhere on an image of 640 by 480; of every kind by `kind`.
fn any(dice: &mut Dice, kind: usize) -> ExportShape {
    let (x, y) = (60.0 + dice.share() * 400.0, 60.0 + dice.share() * 250.0);
    let mut places = |n: usize| -> Vec<(f64, f64)> {
        (0..n).map(|_| (x + dice.share() * 100.0, y + dice.share() * 100.0)).collect()
    };
    match kind {
        0 => shape(x, y, x + 5.0 + dice.share() * 90.0, y + 5.0 + dice.share() * 90.0),
        1 => {
            let turned = shape(x, y, x + 30.0, y + 20.0 + dice.share() * 30.0);
            ExportShape { rotation: dice.share() * 360.0, ..turned }
        }
        2 => ExportShape { rotation: dice.share() * 90.0, ..ellipse(x, y, 5.0 + dice.share() * 40.0, 20.0) },
        3 => drawn(Shape::Polyline { points: points(&places(3)) }),
        4 => drawn(Shape::Points { points: points(&places(1)) }),
        5 => {
            let Shape::Cuboid { points } = cuboid().shape else { panic!("a cuboid") };
            let moved = points.map(|p| relook_domain::Point { x: p.x + x / 4.0, y: p.y + y / 4.0 });
            drawn(Shape::Cuboid { points: moved })
        }
        6 => mask(x.floor(), y.floor(), 4.0, 4.0, &[0, 4, 2, 4, 2, 4]),
        7 => {
            let at = places(2);
            drawn(Shape::Skeleton {
                joints: vec![joint("a", at[0].0, at[0].1), joint("b", at[1].0, at[1].1)],
            })
        }
        _ => {
            let n = 3 + dice.below(4);
            let mut places = |n: usize| -> Vec<(f64, f64)> {
                (0..n).map(|_| (x + dice.share() * 100.0, y + dice.share() * 100.0)).collect()
            };
            drawn(Shape::Polygon { points: points(&places(n)) })
        }
    }
}

/// A track's shapes: keyframes here and there, interpolated in between, now and then not where they would be.
fn walk(dice: &mut Dice, place: usize, kind: usize, size: u64) -> Vec<ExportStop> {
    let mut stops: Vec<ExportStop> = Vec::new();
    let mut frame = dice.below(4) as u64;
    while frame < size {
        let mut key = any(dice, kind);
        // A skeleton says it by its points.
        (key.label, key.occluded, key.z_order) =
            (place, kind != 7 && dice.below(3) == 0, dice.below(3) as i32);
        if let Some(before) = stops.last().filter(|_| dice.below(4) > 0).cloned() {
            let (from, shape) = (before.image.frame, &before.image.shapes[0]);
            for between in from + 1..frame {
                let share = (between - from) as f64 / (frame - from) as f64;
                let off = if dice.below(9) == 0 { 1.0 } else { 0.0 };
                let now = interpolate(&shape.geometry(), &key.geometry(), share + off / 9.0);
                let now =
                    ExportShape { rect: now.rect, rotation: now.rotation, shape: now.shape, ..shape.clone() };
                let outside = dice.below(12) == 0;
                stops.push(ExportStop { outside, ..stop(between, false, now) });
            }
        }
        stops.push(stop(frame, true, key));
        frame += 1 + dice.below(5) as u64;
    }
    stops
}

#[test]
fn random_tracks_come_back_equal() {
    let (mut shapes, mut interpolated) = (0, 0);
    for seed in 0..400 {
        let dice = &mut Dice(seed);
        let size = 2 + dice.below(18) as u64;
        let of = |n: usize| match n {
            7 => skeleton_label("t7", &[("a", 0.2, 0.2), ("b", 0.8, 0.8)]),
            _ => label(&format!("t{n}")),
        };
        let labels: Vec<Label> = (0..9).map(of).collect();
        let tracks: Tracks = (0..9).map(|n| walk(dice, n, n, size)).collect();
        let (text, warnings) = write(&labels, size, &tracks, &[]);
        assert_eq!(warnings, []);
        let taken = read(&text, size);
        for (place, track) in tracks.iter().enumerate() {
            let shown: Vec<_> = track.iter().filter(|stop| !stop.outside).collect();
            let found = |i: &'_ ReadImage| {
                let its = i.shapes.iter().filter(|s| s.label == labels[place].name);
                its.map(|s| (i.frame, s.clone())).collect::<Vec<_>>()
            };
            let got: Vec<_> = taken.images.iter().flat_map(found).collect();
            assert_eq!(
                got.iter().map(|(frame, _)| *frame).collect::<Vec<_>>(),
                shown.iter().map(|stop| stop.image.frame).collect::<Vec<_>>(),
                "seed {seed}, track {place}"
            );
            for ((_, got), want) in got.iter().zip(&shown) {
                let want = &want.image.shapes[0];
                let is = Geometry { rect: got.rect, rotation: got.rotation, shape: got.shape.clone() };
                assert!(is.is_near(&want.geometry(), 0.005 + 1e-9), "seed {seed}: {is:?}\n{want:?}");
                assert_eq!(
                    (got.occluded, got.z_order),
                    (want.occluded, want.z_order),
                    "seed {seed}: {want:?}"
                );
                shapes += 1;
                interpolated += u64::from(got.track.is_some_and(|t| !t.keyframe));
            }
        }
    }
    assert!(shapes > 10_000 && interpolated > 2_000, "{shapes}, {interpolated}");
    let far = Geometry::from(Rect { x1: 0.0, y1: 0.0, x2: 9.0, y2: 9.0 });
    assert!(!far.is_near(&Geometry { rotation: 1.0, ..far.clone() }, 0.005), "near is near");
}
