//! What others labelled comes in: matched, merged, undone as one step, and gone on with after a cut.

use std::path::PathBuf;

use relook_domain::{
    Label, Origin, ReviewState,
    review::{Action, Details},
};

use super::{COW, HORSE, PERSON_LABEL, World, coat, rect, refused, still};
use crate::{
    Code, Control, ImportOptions, ImportReport, Merge, SCRIPT, Task,
    view::{AnnotationView, HistoryState, ImageStatus, JobKind},
};

fn task() -> Task {
    Task::silent(JobKind::Scan)
}

fn shape(label: &str, x: f64) -> String {
    format!(
        r#"<box label="{label}" source="manual" occluded="0" xtl="{x}" ytl="100" xbr="{}" ybr="200" z_order="0"></box>"#,
        x + 50.0
    )
}

/// A CVAT file with these images and what stands in each.
fn file(world: &World, images: &[(&str, String)]) -> PathBuf {
    let mut text = String::from("<annotations><version>1.1</version>");
    for (n, (name, shapes)) in images.iter().enumerate() {
        text.push_str(&format!(r#"<image id="{n}" name="{name}" width="640" height="480">{shapes}</image>"#));
    }
    text.push_str("</annotations>");
    let path = world.dir.path().join("theirs.xml");
    std::fs::write(&path, text).unwrap();
    path
}

fn options(path: PathBuf, merge: Merge) -> ImportOptions {
    ImportOptions { path, merge, ..ImportOptions::default() }
}

fn import(world: &World, options: &ImportOptions) -> ImportReport {
    world.project.import(options, SCRIPT, &task()).unwrap()
}

fn standing(world: &World, image: usize) -> Vec<AnnotationView> {
    let stands = |a: &AnnotationView| a.state != ReviewState::Rejected;
    world.boxes(image).into_iter().filter(stands).collect()
}

#[test]
fn tracks_of_a_video_come_in_on_every_image_of_the_sequence() {
    let world = World::new(3, 0);
    let at = |frame: u64, x: f64| {
        format!(
            r#"<box frame="{frame}" keyframe="1" outside="0" occluded="0" xtl="{x}" ytl="100" xbr="{}" ybr="200" z_order="0"></box>"#,
            x + 50.0
        )
    };
    let text = format!(
        r#"<annotations><meta><task><stop_frame>2</stop_frame></task></meta><track id="0" label="horse" source="manual">{}{}</track></annotations>"#,
        at(0, 100.0),
        at(2, 140.0)
    );
    let path = world.dir.path().join("video.xml");
    std::fs::write(&path, text).unwrap();
    let options = options(path, Merge::Add);
    let told = world.project.import_preview(&options, &task()).unwrap();
    assert_eq!((told.images, told.matched, told.added), (3, 3, 3));
    assert_eq!(
        told.findings,
        [
            "Tracks in the file: 1. The file names no images: its frames are the project's images in the order of the list"
        ]
    );
    let done = import(&world, &options);
    assert_eq!(done.added, 3);
    let horse = |image| -> Vec<_> { world.boxes(image).iter().map(|a| (a.label, a.rect.x1)).collect() };
    assert_eq!(
        (horse(0), horse(1), horse(2)),
        (vec![(HORSE, 100.0)], vec![(HORSE, 120.0)], vec![(HORSE, 140.0)])
    );
    world.project.undo().unwrap();
    assert!(world.all().is_empty(), "one step takes all of it back");
}

#[test]
fn what_comes_in_is_told_before_and_undone_as_one_step() {
    let world = World::new(3, 2);
    let images = [
        ("0000.jpg", shape("horse", 100.0) + &shape("person", 300.0)),
        ("sub/0001.png", shape("cow", 200.0)),
        ("other.jpg", shape("horse", 5.0)),
    ];
    let options = options(file(&world, &images), Merge::Add);
    let before = world.all();
    let told = world.project.import_preview(&options, &task()).unwrap();
    assert_eq!(still(world.all()), still(before.clone()), "a preview changes nothing");
    let done = import(&world, &options);
    assert_eq!((told.images, told.matched, told.shapes, told.added), (3, 2, 4, 3));
    assert_eq!((told.unknown_images, told.unknown_such_as.as_slice()), (1, &["other.jpg".to_owned()][..]));
    assert_eq!(ImportReport { step: None, ..done.clone() }, told);

    let came: Vec<_> = standing(&world, 0).split_off(2);
    let labels: Vec<_> = came.iter().map(|a| a.label).collect();
    assert_eq!(labels, [HORSE, PERSON_LABEL]);
    assert!(came.iter().all(|a| a.origin == Origin::Imported && a.state == ReviewState::Accepted));
    assert_eq!(world.boxes(1)[2].label, COW);
    assert_eq!(world.boxes(2).len(), 2, "the image that the file does not name stays as it was");

    let entry = world.project.history(None, 9).unwrap().into_iter().find(|e| e.step == done.step).unwrap();
    assert_eq!((entry.title.as_str(), entry.changes), ("Imported theirs.xml", 3));
    world.project.undo().unwrap();
    assert_eq!(still(world.all()), still(before));
    world.project.redo().unwrap();
    assert_eq!(world.all().len(), 9);
    assert_eq!(import(&world, &options).added, 0, "what is there is not added again");
}

#[test]
fn replacing_and_keeping_mine() {
    let world = World::new(2, 2);
    let drawn = world.draw(HORSE, rect(100.0, 100.0, 150.0, 200.0)).unwrap();
    let rejected = world.boxes(1)[0].clone();
    world.act(&Action::Reject { id: rejected.id, revision: rejected.revision }).unwrap();
    let images = [("0000.jpg", shape("cow", 101.0) + &shape("cow", 400.0)), ("0001.jpg", String::new())];
    let path = file(&world, &images);

    let mine = import(&world, &options(path.clone(), Merge::KeepMine));
    assert_eq!((mine.added, mine.kept_out, mine.removed), (1, 1, 0), "{mine:?}");
    assert!(world.boxes(0).iter().any(|a| a.id == drawn.id && a.label == HORSE));
    world.project.undo().unwrap();

    let before = world.all();
    let replaced = import(&world, &options(path.clone(), Merge::Replace));
    assert_eq!((replaced.added, replaced.removed), (2, 4), "{replaced:?}");
    assert!(standing(&world, 0).iter().all(|a| a.label == COW));
    assert_eq!(world.boxes(1).iter().map(|a| a.id).collect::<Vec<_>>(), [rejected.id]);
    let again = import(&world, &options(path, Merge::Replace));
    assert_eq!((again.added, again.removed, again.step), (0, 0, None), "equal shapes stay");
    world.project.undo().unwrap();
    assert_eq!(still(world.all()), still(before), "models' opinions come back too");
}

#[test]
fn labels_are_made_only_where_asked_for_and_go_with_the_undo() {
    let world = World::new(1, 0);
    let path = file(&world, &[("0000.jpg", shape("zebra", 100.0) + &shape("horse", 300.0))]);
    let mut options = options(path, Merge::Add);
    let told = world.project.import_preview(&options, &task()).unwrap();
    assert_eq!((told.added, told.unknown_labels), (1, vec![("zebra".to_owned(), 1)]));
    refused(world.project.import(&options, SCRIPT, &task()), Code::Invalid, "zebra (1)");
    assert!(world.boxes(0).is_empty());

    options.create_labels = true;
    let done = import(&world, &options);
    assert_eq!((done.added, done.unknown_labels), (2, vec![("zebra".to_owned(), 1)]));
    let zebra = world.project.label("zebra").unwrap();
    assert_eq!(world.boxes(0)[0].label, zebra);
    world.project.undo().unwrap();
    assert!(world.boxes(0).is_empty() && world.project.label("zebra").is_err());
}

#[test]
fn what_does_not_fit_is_left_out_and_told() {
    let world = World::new(2, 0);
    let with_coat = Label { attributes: vec![coat(&["plain", "striped"])], ..world.label(COW) };
    world.project.save_label(&with_coat, SCRIPT).unwrap();
    let cow = |x, value: &str| {
        let said =
            format!(r#"<attribute name="coat">{value}</attribute><attribute name="age">3</attribute></box>"#);
        shape("cow", x).replace("</box>", &said)
    };
    let outside = shape("horse", 700.0);
    let images = [("0000.jpg", cow(10.0, "striped") + &cow(200.0, "spotted") + &outside)];
    let path = file(&world, &images);
    let report = import(&world, &options(path.clone(), Merge::Add));
    assert_eq!((report.shapes, report.added), (3, 2));
    let coats: Vec<_> = world.boxes(0).into_iter().map(|a| a.attributes["coat"].clone()).collect();
    assert_eq!(coats, ["striped", "plain"]);
    let told: String = report.left_out.iter().map(|(why, n)| format!("{why}: {n}\n")).collect();
    for part in ["The value \"spotted\"", "an attribute that \"cow\" does not have: 2", "outside its image"] {
        assert!(told.contains(part), "{told}");
    }

    // A photo of another size is another photo, or another turn of it.
    let text = std::fs::read_to_string(&path).unwrap().replace("width=\"640\"", "width=\"480\"");
    std::fs::write(&path, text).unwrap();
    refused(world.project.import(&options(path, Merge::Add), SCRIPT, &task()), Code::Invalid, "480 by 480");
}

#[test]
fn what_a_model_made_waits_for_a_person() {
    let world = World::new(1, 0);
    let image = world.images[0];
    world.act(&Action::ConfirmEmpty { image }).unwrap();
    let model = shape("horse", 100.0).replace("manual", "auto");
    let path = file(&world, &[("0000.jpg", model + &shape("cow", 300.0))]);
    let mine = import(&world, &options(path.clone(), Merge::KeepMine));
    assert_eq!((mine.added, mine.kept_out, mine.step), (0, 2, None), "a person said that nothing is there");
    import(&world, &options(path, Merge::Add));
    let states: Vec<_> = world.boxes(0).iter().map(|a| a.state).collect();
    assert_eq!(states, [ReviewState::Pending, ReviewState::Accepted]);
    assert_eq!(world.waiting(), 1);
    let status = || world.project.image(image).unwrap().image.status;
    assert_ne!(status(), ImageStatus::ConfirmedEmpty);
    world.project.undo().unwrap();
    assert_eq!(status(), ImageStatus::ConfirmedEmpty);
}

#[test]
fn groups_of_the_file_are_not_mine() {
    let world = World::new(1, 0);
    let drawn = world.draw(HORSE, rect(300.0, 300.0, 340.0, 340.0)).unwrap();
    let details = Details { group: Some(1), ..Details::default() };
    world.act(&Action::Describe { id: drawn.id, revision: drawn.revision, details }).unwrap();
    let grouped = shape("cow", 100.0).replace("z_order=\"0\"", "z_order=\"0\" group_id=\"1\"");
    let path = file(&world, &[("0000.jpg", grouped.clone() + &grouped.replace("cow", "horse"))]);
    import(&world, &options(path, Merge::Add));
    assert_eq!(world.boxes(0).iter().map(|a| a.group).collect::<Vec<_>>(), [1, 2, 2]);
}

/// Stopped when the shapes were about to come in: the labels are made already.
fn cut_off(world: &World, options: &ImportOptions) {
    let control = Control::default();
    let stop = control.clone();
    let task = Task::new(0, JobKind::Scan, control, move |view| {
        if view.phase.starts_with("Importing") {
            stop.stop();
        }
    });
    refused(world.project.import(options, SCRIPT, &task), Code::Cancelled, "Cancelled");
}

#[test]
fn an_import_that_was_cut_off_goes_on_in_the_same_step() {
    let world = World::new(2, 0);
    let path = file(&world, &[("0000.jpg", shape("zebra", 9.0)), ("0001.jpg", shape("zebra", 9.0))]);
    let options = ImportOptions { create_labels: true, ..options(path, Merge::Add) };
    cut_off(&world, &options);
    assert!(world.project.label("zebra").is_ok() && world.all().is_empty());
    let done = import(&world, &options);
    assert_eq!((done.added, world.all().len()), (2, 2));
    world.project.undo().unwrap();
    assert!(world.all().is_empty() && world.project.label("zebra").is_err(), "one step in all");
    assert_eq!(world.project.view().unwrap().undo, None);

    // What was done meanwhile is newer and can be undone by itself.
    cut_off(&world, &options);
    world.draw(HORSE, rect(300.0, 300.0, 340.0, 340.0)).unwrap();
    import(&world, &options);
    assert_eq!(world.all().len(), 3);
    let steps = world.project.history(None, 9).unwrap().into_iter().filter(|e| e.state == HistoryState::Done);
    let titles: Vec<_> = steps.filter(|e| e.step.is_some()).map(|e| e.title).collect();
    assert_eq!(titles, ["Imported theirs.xml", "Drew horse", "Imported theirs.xml"]);
    (0..3).for_each(|_| drop(world.project.undo().unwrap()));
    assert!(world.all().is_empty());

    // An import that was undone before it was whole begins anew.
    cut_off(&world, &options);
    world.project.undo().unwrap();
    assert_eq!((import(&world, &options).added, world.all().len()), (2, 2));
}
