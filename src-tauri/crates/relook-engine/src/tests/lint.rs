//! What CVAT would trip over: found, mended as one step, and in the way of an export.

use std::collections::BTreeMap;

use relook_domain::{Annotation, AnnotationId, Label, Point, ReviewState, Shape, Standing, review::Change};

use super::{COW, HORSE, World, coat, draw, rect, refused, still};
use crate::{
    Code, EngineError, LintReport, PERSON, Severity, Task,
    view::{AnnotationView, ExportFormat, ExportRequest, Include, JobKind},
};

fn task() -> Task {
    Task::silent(JobKind::Export)
}

/// A shape such as no verb of today would store, as an older program or a broken file may have left it.
fn put(world: &World, like: &AnnotationView, edit: impl FnOnce(&mut Annotation)) -> AnnotationId {
    let done = world.project.store().review(|tx| {
        let (_, annotations) = tx.scene(like.image)?.unwrap();
        let mut new = annotations.into_iter().find(|a| a.id == like.id).unwrap();
        new.id = tx.next_annotation_id()?;
        new.revision = 1;
        edit(&mut new);
        let id = new.id;
        tx.record("put", "test", 0, &[Change::Create { annotation: Box::new(new) }])?;
        Ok::<_, EngineError>(id)
    });
    done.unwrap()
}

fn told(report: &LintReport) -> Vec<(Severity, &str, Option<AnnotationId>, bool)> {
    report.findings.iter().map(|f| (f.severity, f.rule.as_str(), f.annotation, f.mendable)).collect()
}

fn values(all: &[(&str, &str)]) -> BTreeMap<String, String> {
    all.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

#[test]
fn a_project_as_relook_makes_it_has_no_findings() {
    let world = World::new(2, 3);
    let report = world.project.lint(Include::All, &task()).unwrap();
    assert_eq!((report.images, report.shapes, report.findings.len()), (2, 6, 0), "{report:?}");
    assert_eq!(world.project.lint_mend(Include::All, PERSON, &task()).unwrap(), (0, None));
}

#[test]
fn flaws_name_image_and_shape_and_are_mended_as_one_step() {
    let world = World::new(2, 1);
    let striped = Label { attributes: vec![coat(&["plain", "striped"])], ..world.label(COW) };
    world.project.save_label(&striped, PERSON).unwrap();
    let (one, two) = (world.boxes(0).remove(0), world.boxes(1).remove(0));
    let out = put(&world, &one, |a| a.rect = rect(600.0, 400.0, 700.0, 500.0));
    let odd = put(&world, &two, |a| {
        a.label = COW;
        a.attributes = values(&[("coat", "Striped "), ("size", "large")]);
    });
    let lost = put(&world, &two, |a| {
        a.shape = Shape::Polygon { points: vec![Point { x: 1.0, y: 1.0 }, Point { x: 9.0, y: 9.0 }] };
    });
    // What a person rejected is no part of the file.
    put(&world, &two, |a| {
        a.rect = rect(-9.0, -9.0, -1.0, -1.0);
        a.state = ReviewState::Rejected;
    });

    let before = world.project.lint(Include::All, &task()).unwrap();
    let want = [
        (Severity::Error, "too-few-points", Some(lost), false),
        (Severity::Warning, "reaches-out", Some(out), true),
        (Severity::Warning, "choice", Some(odd), true),
        (Severity::Warning, "attribute-unknown", Some(odd), true),
    ];
    assert_eq!(told(&before), want);
    assert_eq!(before.findings[1].path, "0000.jpg");
    assert_eq!(before.findings[1].image, Some(world.images[0]));
    assert_eq!((before.errors, before.warnings, before.mendable), (1, 3, 3));

    let boxes = world.all();
    let (count, step) = world.project.lint_mend(Include::All, PERSON, &task()).unwrap();
    assert_eq!(count, 2);
    let after = world.project.lint(Include::All, &task()).unwrap();
    assert_eq!(told(&after), want[..1]);
    let mended = world.find(out);
    assert_eq!((mended.rect, mended.state), (rect(600.0, 400.0, 640.0, 480.0), ReviewState::Pending));
    assert_eq!(mended.standing, Standing::Doubtful);
    assert_eq!(world.find(odd).attributes, values(&[("coat", "striped")]));
    assert!(step.is_some());
    assert_eq!(world.project.view().unwrap().undo.as_deref(), Some("Mended 2 boxes for CVAT"));
    assert_eq!(world.project.lint_mend(Include::All, PERSON, &task()).unwrap(), (0, None));

    world.project.undo().unwrap();
    assert_eq!(still(world.all()), still(boxes));
}

#[test]
fn an_export_for_cvat_stops_where_something_would_be_lost() {
    let world = World::new(1, 1);
    let lost = put(&world, &world.boxes(0)[0], |a| a.rect = rect(900.0, 900.0, 950.0, 950.0));
    let out = world.dir.path().join("a.xml");
    let mut request = ExportRequest {
        format: ExportFormat::CvatImages,
        out: out.display().to_string(),
        include: Include::All,
        with_images: false,
        like: None,
        provenance: false,
    };
    let stopped = world.project.export_sound(&request, &task());
    refused(stopped, Code::Failed, &format!("0000.jpg, shape {lost}: No part of a box lies in the image"));
    assert!(!out.exists());
    let summary = world.project.export(&request, &task()).unwrap();
    assert_eq!((summary.boxes, summary.findings.len()), (1, 1), "{summary:?}");

    // What a person has not decided does not stop a file of what a person did decide.
    request.include = Include::Reviewed;
    world.act(&draw(world.images[0], HORSE, rect(1.0, 1.0, 9.0, 9.0))).unwrap();
    assert_eq!(world.project.export_sound(&request, &task()).unwrap().boxes, 1);
}
