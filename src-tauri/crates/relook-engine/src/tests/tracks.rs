//! Tracks: kept by an import, decided on in the middle, undone as one step, and written again.

use relook_domain::{
    TrackId,
    review::{Action, Details},
};

use super::{COW, HORSE, World, rect};
use crate::{
    Code, ImportOptions, Merge, SCRIPT, Task,
    view::{AnnotationView, ExportFormat, ExportRequest, ExportSummary, Include, JobKind},
};

fn task() -> Task {
    Task::silent(JobKind::Scan)
}

fn at(frame: u64, x: f64) -> String {
    format!(
        "    <box frame=\"{frame}\" keyframe=\"1\" outside=\"0\" occluded=\"0\" xtl=\"{x:.2}\" ytl=\"100.00\" xbr=\"{:.2}\" \
         ybr=\"200.00\" z_order=\"0\">\n    </box>\n",
        x + 50.0
    )
}

/// A horse that walks from image 0 to 4 to 6 of nine and stays.
fn walking() -> String {
    let keyframes = [(0, 100.0), (4, 180.0), (6, 180.0)].map(|(frame, x)| at(frame, x)).concat();
    format!(
        "<annotations><meta><task><stop_frame>8</stop_frame></task></meta>\n  <track id=\"0\" label=\"horse\" \
         source=\"file\">\n{keyframes}  </track>\n</annotations>\n"
    )
}

fn import(world: &World, text: &str) {
    let path = world.dir.path().join("video.xml");
    std::fs::write(&path, text).unwrap();
    let options = ImportOptions { path, merge: Merge::Add, ..ImportOptions::default() };
    world.project.import(&options, SCRIPT, &task()).unwrap();
}

fn with_horse() -> World {
    let world = World::new(9, 0);
    import(&world, &walking());
    world
}

fn horse(world: &World, image: usize) -> AnnotationView {
    world.boxes(image).into_iter().find(|a| a.track.is_some()).unwrap()
}

/// Where the horse stands on each image, with a star where it is set.
fn steps(world: &World) -> Vec<String> {
    let said = |n| {
        let on = world.boxes(n).into_iter().find(|a| a.track.is_some());
        on.map_or_else(String::new, |a| {
            format!("{}{}", a.rect.x1, if a.track.unwrap().keyframe { "*" } else { "" })
        })
    };
    (0..world.images.len()).map(said).collect()
}

fn export(world: &World, format: ExportFormat) -> (String, ExportSummary) {
    let out = world.dir.path().join("out.xml");
    let request = ExportRequest {
        format,
        out: out.display().to_string(),
        include: Include::All,
        with_images: false,
        like: None,
        provenance: false,
    };
    let summary = world.project.export(&request, &task()).unwrap();
    (std::fs::read_to_string(out).unwrap(), summary)
}

fn keyframes(text: &str) -> Vec<&str> {
    text.lines().filter(|l| l.contains("keyframe=\"1\"")).map(|l| l.split('"').nth(1).unwrap()).collect()
}

#[test]
fn a_track_is_kept_and_written_as_it_came() {
    let world = with_horse();
    assert_eq!(steps(&world), ["100*", "120", "140", "160", "180*", "180", "180*", "180", "180"]);
    let (text, summary) = export(&world, ExportFormat::CvatVideo);
    assert_eq!((summary.images, summary.boxes), (9, 9));
    assert_eq!(keyframes(&text), ["0", "4", "6"]);
    assert!(text.contains("<track id=\"0\" label=\"horse\" source=\"file\">\n"), "{text}");
    // Read again into a project of its own it is the same.
    let other = World::new(9, 0);
    import(&other, &text);
    assert_eq!(steps(&other), steps(&world));
    let told = export(&world, ExportFormat::Coco).1.findings;
    assert_eq!(told, ["Tracks in the project: 1. COCO has none; their shapes are written image by image"]);
    // A second file's tracks are others.
    import(&world, &walking().replace("100.00", "300.00").replace("180.00", "90.00"));
    let tracks: Vec<_> = world.boxes(1).iter().map(|a| a.track.unwrap().id).collect();
    assert_eq!(tracks, [TrackId(1), TrackId(2)]);
}

#[test]
fn a_shape_moved_between_keyframes_is_one_and_its_neighbours_follow_until_undone() {
    let world = with_horse();
    let before = steps(&world);
    let a = horse(&world, 2);
    let geometry = rect(200.0, 100.0, 250.0, 200.0).into();
    let done = world.act(&Action::Reshape { id: a.id, revision: a.revision, geometry }).unwrap();
    let after = ["100*", "150", "200*", "190", "180*", "180", "180*", "180", "180"];
    assert_eq!(steps(&world), after);
    let touched: Vec<_> = done.images.iter().map(|i| i.image.id).collect();
    assert_eq!(touched, world.images[1..4], "what changed is sent");
    assert_eq!(keyframes(&export(&world, ExportFormat::CvatVideo).0), ["0", "2", "4", "6"]);
    world.project.undo().unwrap();
    assert_eq!(steps(&world), before);
    world.project.redo().unwrap();
    assert_eq!(steps(&world), after);

    let a = horse(&world, 2);
    world.act(&Action::SetKeyframe { id: a.id, revision: a.revision, keyframe: false }).unwrap();
    assert_eq!(steps(&world), before);
    let first = horse(&world, 0);
    let unmade = Action::SetKeyframe { id: first.id, revision: first.revision, keyframe: false };
    assert_eq!(world.act(&unmade).unwrap_err().code(), Code::Refused);
    assert_eq!(steps(&world), before);
}

#[test]
fn accepting_moves_nothing_and_a_rejected_shape_is_outside() {
    let world = with_horse();
    let before = steps(&world);
    let a = horse(&world, 2);
    world.act(&Action::Reject { id: a.id, revision: a.revision }).unwrap();
    assert_eq!(steps(&world), before);
    let (text, _) = export(&world, ExportFormat::CvatVideo);
    let shown = |line: &&str| line.contains("<box") && line.contains("outside=\"0\"");
    assert_eq!(text.lines().filter(shown).count(), 6, "{text}");
    let other = World::new(9, 0);
    import(&other, &text);
    let want = ["100*", "120*", "", "160*", "180*", "180", "180*", "180", "180"];
    assert_eq!(steps(&other), want);
}

#[test]
fn a_track_has_one_label_and_ends_where_it_is_told_to() {
    let world = with_horse();
    let a = horse(&world, 3);
    world.act(&Action::Relabel { id: a.id, revision: a.revision, label: COW }).unwrap();
    assert!((0..9).all(|n| horse(&world, n).label == COW));
    assert!(!horse(&world, 3).track.unwrap().keyframe);
    world.project.undo().unwrap();
    assert!((0..9).all(|n| horse(&world, n).label == HORSE));

    let a = horse(&world, 3);
    let done = world.act(&Action::EndTrack { id: a.id, revision: a.revision }).unwrap();
    assert_eq!(done.title, "Ended the track of horse");
    assert_eq!(steps(&world), ["100*", "120", "140", "160*", "", "", "", "", ""]);
    let view = world.project.track(TrackId(1)).unwrap();
    assert_eq!(view.shapes.iter().map(|s| s.keyframe).collect::<Vec<_>>(), [true, false, false, true]);
    let (text, _) = export(&world, ExportFormat::CvatVideo);
    assert_eq!(keyframes(&text), ["0", "3", "4"]);
    world.project.undo().unwrap();
    assert_eq!(steps(&world).len(), 9);
    assert_eq!(steps(&world)[8], "180");
}

#[test]
fn what_is_said_of_a_track_holds_for_all_of_it() {
    let world = with_horse();
    let a = horse(&world, 5);
    let details = Details { group: Some(3), occluded: Some(true), ..Details::default() };
    world.act(&Action::Describe { id: a.id, revision: a.revision, details }).unwrap();
    let said: Vec<_> = (0..9).map(|n| horse(&world, n)).map(|a| (a.group, a.occluded)).collect();
    let hidden = |n: usize| (3, n == 5);
    assert_eq!(said, (0..9).map(hidden).collect::<Vec<_>>(), "to the next keyframe");
    assert!(horse(&world, 5).track.unwrap().keyframe);
    let drawn = world.draw(HORSE, rect(1.0, 1.0, 30.0, 30.0)).unwrap();
    let ended = Action::EndTrack { id: drawn.id, revision: drawn.revision };
    assert_eq!(world.act(&ended).unwrap_err().to_string(), format!("Box {} belongs to no track", drawn.id));
}
