//! The video form: tracks laid out along the images.

use relook_domain::{Geometry, Point, Shape, track::at};
use relook_formats::{
    Format, Limits, Source,
    cvat_xml::{Video, read_tracks},
};

use crate::common::{Memory, Taken, shared, take};

const REAL: &str = "cvat/annotations_video.xml";

fn tracks(text: &str) -> Result<Video, String> {
    read_tracks(text.as_bytes(), &Limits::default()).map(|(video, _)| video).map_err(|e| e.to_string())
}

/// What is taken of a file into a project of so many images.
fn laid_out(text: &str, images: usize) -> Taken {
    let mut files = Memory::one("annotations.xml", text);
    files.sequence = (0..images).map(|n| format!("{n}.jpg")).collect();
    take(Format::Cvat, &mut files, &Limits::default()).unwrap()
}

fn document(meta: &str, tracks: &str) -> String {
    format!("<annotations><meta><task>{meta}</task></meta>{tracks}</annotations>")
}

/// A box from `x` to `x + 10`.
fn a_box(frame: u64, outside: bool, x: f64) -> String {
    format!(
        "<box frame=\"{frame}\" keyframe=\"1\" outside=\"{}\" xtl=\"{x}\" ytl=\"1\" xbr=\"{}\" ybr=\"9\"/>",
        u8::from(outside),
        x + 10.0
    )
}

fn track(id: u64, inside: &str) -> String {
    format!("<track id=\"{id}\" label=\"car\">{inside}</track>")
}

/// For each image where the shapes begin.
fn begins(taken: &Taken) -> Vec<Vec<f64>> {
    taken.images.iter().map(|i| i.shapes.iter().map(|s| s.rect.x1).collect()).collect()
}

fn places(geometry: &Geometry) -> Vec<Point> {
    match &geometry.shape {
        Shape::Polygon { points } | Shape::Polyline { points } | Shape::Points { points } => points.clone(),
        Shape::Cuboid { points } => points.to_vec(),
        Shape::Skeleton { joints } => joints.iter().map(|j| Point { x: j.x, y: j.y }).collect(),
        Shape::Box | Shape::Ellipse | Shape::Mask { .. } | Shape::Tag => {
            let r = geometry.rect;
            vec![Point { x: r.x1, y: r.y1 }, Point { x: r.x2, y: r.y2 }]
        }
    }
}

#[test]
fn what_cvat_interpolated_is_what_we_interpolate() {
    let Some(bytes) = shared(REAL) else { return };
    let text = String::from_utf8(bytes).unwrap();
    let real = tracks(&text).unwrap();
    // Every shape as a keyframe: those that CVAT interpolated, too.
    let told = tracks(&text.replace("keyframe=\"0\"", "keyframe=\"1\"")).unwrap();
    let mut interpolated = 0;
    for (ours, theirs) in real.tracks.iter().zip(&told.tracks) {
        for want in theirs.keyframes.iter().filter(|k| !k.outside) {
            let (got, is_key) = at(&ours.keyframes, want.frame).unwrap();
            interpolated += u64::from(!is_key);
            let (got_places, want_places) = (places(&got.geometry), places(&want.geometry));
            assert_eq!(got_places.len(), want_places.len());
            for (g, w) in got_places.iter().zip(&want_places) {
                assert!((g.x - w.x).abs() < 0.01 && (g.y - w.y).abs() < 0.01, "{g:?}, not {w:?}");
            }
            assert!((got.geometry.rotation - want.geometry.rotation).abs() < 0.01);
            assert_eq!(
                (got.occluded, got.z_order, got.attributes),
                (want.occluded, want.z_order, want.attributes.clone())
            );
        }
    }
    assert!(interpolated > 0, "the file has shapes between keyframes");
}

#[test]
fn a_real_export_is_laid_out_image_by_image() {
    let Some(bytes) = shared(REAL) else { return };
    let taken = laid_out(&String::from_utf8(bytes).unwrap(), 3);
    let kinds =
        |n: usize| -> Vec<_> { taken.images[n].shapes.iter().map(|s| s.shape.kind().word()).collect() };
    assert_eq!(taken.images.len(), 3);
    assert_eq!(taken.images[1].name, "1.jpg");
    assert_eq!(kinds(0), ["box", "box", "box", "polygon"]);
    // The first box goes on between its keyframes; what nobody ended stays to the last image, as in CVAT.
    assert_eq!(kinds(1), ["box", "polyline", "points", "ellipse", "cuboid"]);
    assert_eq!(kinds(2), ["box", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton"]);
    let first = &taken.images[1].shapes[0];
    assert_eq!((first.label.as_str(), first.rect.x1, first.rect.y2), ("person & <dog>", 11.0, 30.0));
    let car = &taken.images[0].shapes[1];
    assert_eq!((car.z_order, car.occluded, car.attributes["age"].as_str()), (2, true, "7"));
    assert_eq!((taken.images[0].shapes[2].source, taken.images[0].shapes[3].group), (Source::Auto, 1));
    assert_eq!(taken.labels.len(), 7);
    let told: Vec<_> = taken.findings.iter().map(|f| f.message.as_str()).collect();
    assert_eq!(told, ["Tracks in the file: 10"]);
}

#[test]
fn frames_count_from_the_first_of_the_task_by_its_step() {
    let meta = "<start_frame>10</start_frame><stop_frame>20</stop_frame><frame_filter>step=5</frame_filter>";
    let moving = a_box(10, false, 0.0) + &a_box(20, false, 40.0);
    assert_eq!(begins(&laid_out(&document(meta, &track(0, &moving)), 9)), [[0.0], [20.0], [40.0]]);
    let job = format!(
        "<annotations><meta><job><start_frame>1</start_frame><stop_frame>2</stop_frame></job></meta>{}</annotations>",
        track(0, &a_box(1, false, 0.0))
    );
    let want: [&[f64]; 3] = [&[], &[0.0], &[0.0]];
    assert_eq!(begins(&laid_out(&job, 9)), want, "a job's frames are those of its task");
}

#[test]
fn attributes_go_on_until_they_change() {
    let with = |value: &str| format!("<attribute name=\"{value}\">{value}</attribute></box>");
    let first = a_box(0, false, 0.0).replace("/>", ">") + &with("a");
    let second = a_box(2, false, 0.0).replace("/>", ">") + &with("b");
    let taken = laid_out(&document("", &track(0, &(first + &second))), 3);
    let names = |n: usize| -> Vec<_> { taken.images[n].shapes[0].attributes.keys().cloned().collect() };
    assert_eq!(
        (names(0), names(1), names(2)),
        (vec!["a".into()], vec!["a".into()], vec!["a".into(), "b".into()])
    );
}

#[test]
fn what_has_no_place_is_told() {
    let moving = a_box(0, false, 0.0) + &a_box(4, false, 40.0);
    let tracks = [
        track(0, &moving),
        track(1, ""),
        track(2, &(a_box(3, false, 0.0) + &a_box(3, false, 7.0))),
        track(3, &a_box(2, false, 7.0)).replace("<track", "<track task_id=\"9\""),
    ]
    .concat();
    let taken = laid_out(&document("<stop_frame>3</stop_frame>", &tracks), 2);
    assert_eq!(begins(&taken), [[0.0], [10.0]]);
    let told: Vec<_> = taken.findings.iter().map(|f| format!("{}. {}", f.message, f.consequence)).collect();
    assert_eq!(
        told,
        [
            "Line 1: track \"1\": it has no keyframe, which makes CVAT refuse the file. The track is left out",
            "Line 1: track \"2\": frame 3 comes after frame 3; frames must grow. The keyframe is left out",
            "Tracks of further tasks, whose frames count anew: 1. They are left out: export each task on its own",
            "Tracks in the file: 2. The file names no images: its frames are the project's images in the order of the list",
            "Tracks with keyframes outside the frames 0 to 3: 1. What lies there is left out",
            "The file runs to frame 3, the images to number 2, counted from 1. The frames after that are left out",
        ]
    );
}

#[test]
fn the_memory_that_tracks_take_is_bounded() {
    let many: String = (0..2000).map(|n| a_box(n, false, 0.0)).collect();
    let text = document("", &track(0, &many));
    let limits = Limits { track_bytes: 10_000, ..Limits::default() };
    let error = read_tracks(text.as_bytes(), &limits).err().map(|e| e.to_string());
    assert_eq!(error.as_deref(), Some("Line 1: The tracks are longer than 10000 bytes"));
    let error = tracks(&document("", &track(0, ""))).unwrap_err();
    assert!(error.contains("no keyframe"), "{error}");
}
