//! Scores, origins and verdicts go out to CVAT as attributes and come back.

use relook_domain::{Label, Origin, ReviewState, Stage, Standing, Verdict, review::Action};
use relook_store::{
    DraftOutcome, DraftResult, LookOutcome, LookResult, Measured, NewAnnotation, NewOpinion, NewRun,
};

use super::{COW, HORSE, World, accept, coat, describe, rect, refused};
use crate::{
    Code, ImportOptions, ImportReport, Merge, SCRIPT, Task,
    view::{AnnotationView, ExportFormat, ExportRequest, Include, JobKind},
};

fn task() -> Task {
    Task::silent(JobKind::Export)
}

/// One photo, and cows have coats.
fn fresh() -> World {
    let world = World::new(1, 0);
    let labelled = Label { attributes: vec![coat(&["plain", "striped"])], ..world.label(COW) };
    world.project.save_label(&labelled, SCRIPT).unwrap();
    world
}

/// Boxes of both models with each verdict, doubtful and settled, some decided, and a drawn one with an attribute.
fn told() -> World {
    let world = fresh();
    let image = world.images[0];
    let found = |n: usize, score: f64, verdict, disagreement, standing| {
        let x = n as f64 * 60.0;
        let rect = rect(x, 10.0, x + 50.0, 60.25);
        NewAnnotation {
            label: HORSE,
            rect,
            score,
            standing,
            verdict,
            disagreement,
            doubt: relook_domain::doubt::doubt(score, verdict, disagreement),
            opinion: NewOpinion { label: HORSE, score, rect, alternatives: Vec::new() },
        }
    };
    use Standing::{Doubtful, Settled};
    let drafted = vec![
        found(0, 0.412_345_678_9, None, false, Doubtful),
        found(1, 0.91, Some(Verdict::Confirmed), false, Settled),
        found(2, 0.8, None, true, Doubtful),
        found(3, 0.7, Some(Verdict::Relabelled), false, Doubtful),
        found(4, 0.3, Some(Verdict::Moved), false, Doubtful),
        found(5, 0.5, Some(Verdict::Moved), false, Doubtful),
    ];
    let store = world.project.store();
    let run = |stage| store.start_run(&NewRun { stage, ..World::run() }).unwrap();
    let measured = Measured { width: 640, height: 480, digest: None };
    let draft = DraftResult { image, outcome: DraftOutcome::Done { measured, boxes: drafted } };
    store.save_draft(run(Stage::Draft), &[draft]).unwrap();
    let added = vec![found(6, 0.55, Some(Verdict::Added), false, Doubtful)];
    let look = LookResult { image, outcome: LookOutcome::Done { updates: Vec::new(), added } };
    store.save_second_look(run(Stage::SecondLook), &[look]).unwrap();
    let boxes = world.boxes(0);
    world.act(&accept(&boxes[4])).unwrap();
    let fix = &boxes[5];
    world.act(&Action::Relabel { id: fix.id, revision: fix.revision, label: COW }).unwrap();
    world.act(&describe(&world.find(fix.id), &[("coat", "striped")])).unwrap();
    let drawn = world.draw(COW, rect(10.0, 200.0, 90.0, 300.0)).unwrap();
    world.act(&describe(&drawn, &[("coat", "striped")])).unwrap();
    world
}

fn export(world: &World, provenance: bool) -> String {
    let out = world.dir.path().join("out.xml").display().to_string();
    let request = ExportRequest {
        format: ExportFormat::CvatImages,
        out: out.clone(),
        include: Include::All,
        with_images: false,
        like: None,
        provenance,
    };
    world.project.export_sound(&request, &task()).unwrap();
    std::fs::read_to_string(out).unwrap()
}

/// A fresh project of the same photo that took in the file.
fn import(text: &str) -> (World, ImportReport) {
    let world = fresh();
    let report = again(&world, text, Merge::Add);
    (world, report)
}

fn again(world: &World, text: &str, merge: Merge) -> ImportReport {
    let path = world.dir.path().join("in.xml");
    std::fs::write(&path, text).unwrap();
    let options = ImportOptions { path, merge, create_labels: true, ..ImportOptions::default() };
    world.project.import(&options, SCRIPT, &task()).unwrap()
}

type Known =
    (String, Origin, ReviewState, Option<f64>, Option<Verdict>, bool, Option<(Standing, u64)>, usize);

/// What is known of each box, by label; a decided box's standing no longer matters.
fn known(world: &World) -> Vec<Known> {
    let known = |a: AnnotationView| {
        let waits = (a.state == ReviewState::Pending).then_some((a.standing, (a.doubt * 1e9).round() as u64));
        let label = world.label(a.label).name;
        (label, a.origin, a.state, a.score, a.verdict, a.disagreement, waits, a.attributes.len())
    };
    world.boxes(0).into_iter().map(known).collect()
}

#[test]
fn what_is_known_of_a_box_comes_back_with_it() {
    let world = told();
    let text = export(&world, true);
    assert!(text.contains("<name>relook_verdict</name>"), "{text}");
    let (fresh, report) = import(&text);
    assert_eq!((report.added, report.left_out.as_slice(), report.findings.as_slice()), (8, &[][..], &[][..]));
    assert_eq!(known(&fresh), known(&world));
    assert_eq!(fresh.waiting(), world.waiting());
    let (made, _) = import(&text.replace("horse", "zebra"));
    let zebra = made.project.label("zebra").unwrap();
    assert!(made.label(zebra).attributes.is_empty(), "a label that is made has the user's attributes only");
    assert_eq!(made.label(COW), world.label(COW));

    // At home nothing changes, and the models' opinions stay.
    let before = world.boxes(0);
    let home = again(&world, &text, Merge::Replace);
    assert_eq!((home.there, home.added, home.removed), (8, 0, 0));
    assert_eq!(world.boxes(0), before);
}

#[test]
fn it_is_an_option_and_plain_files_say_nothing() {
    let world = told();
    let plain = export(&world, false);
    assert!(!plain.contains("relook_"), "{plain}");
    let (fresh, _) = import(&plain);
    assert!(fresh.boxes(0).iter().all(|a| a.origin == Origin::Imported && a.score.is_none()));
    assert!(fresh.boxes(0).iter().all(|a| a.verdict.is_none() && !a.disagreement));
    let request = ExportRequest {
        format: ExportFormat::Coco,
        out: world.dir.path().join("a.json").display().to_string(),
        include: Include::All,
        with_images: false,
        like: None,
        provenance: true,
    };
    refused(world.project.export(&request, &task()), Code::Invalid, "Only CVAT's labels");
}

#[test]
fn what_was_changed_or_added_in_cvat_is_a_persons() {
    let world = told();
    let text = export(&world, true);
    // CVAT marks what a person moved, gives new shapes the defaults, and keeps whatever was typed.
    let moved = text.replacen("source=\"auto\"", "source=\"semi-auto\"", 1);
    let (fresh, _) = import(&moved);
    assert_eq!(known(&fresh)[0].2, ReviewState::Fixed);
    assert_eq!(known(&fresh)[1..], known(&world)[1..]);

    let added = text.replacen(">draft<", ">none<", 1).replacen(">pending<", ">none<", 1);
    let (fresh, _) = import(&added);
    assert_eq!((known(&fresh)[0].1, known(&fresh)[0].3), (Origin::Imported, None));

    let typed = text.replacen(">0.4123456789<", ">1.5<", 1);
    let (fresh, report) = import(&typed);
    assert_eq!((report.added, fresh.boxes(0).len()), (8, 8));
    assert_eq!(known(&fresh)[0].1, Origin::Imported);
    let told: Vec<_> = report.left_out.iter().map(|(why, n)| (why.as_str(), *n)).collect();
    assert_eq!(told, [("Where a shape is from: \"relook_score\" cannot be \"1.5\"", 1)]);
}
