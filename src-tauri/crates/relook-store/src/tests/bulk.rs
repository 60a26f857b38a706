//! Decisions over many boxes at once.

use super::*;
use crate::{BoxFilter, QueueOrder};
use relook_domain::{Origin, ShapeKind};

fn expected(project: &Project, rule: impl Fn(&Annotation) -> bool) -> Vec<AnnotationId> {
    let all = project.images.iter().flat_map(|i| project.boxes(*i));
    all.filter(|a| rule(a)).map(|a| a.id).collect()
}

#[test]
fn filters_match_what_they_say() {
    let project = Project::drafted(60, 10);
    let store = &project.store;
    let look = run(store, Stage::SecondLook);
    let mut dice = Dice::new(4);
    let results: Vec<_> =
        project.images[..20].iter().map(|i| look_of(*i, &project.boxes(*i), &mut dice)).collect();
    store.save_second_look(look, &results).unwrap();
    project.act(&Action::AcceptRest { image: project.images[0] }).unwrap();
    project.act(&draw(project.images[1], HORSE, rect(&mut dice))).unwrap().unwrap();
    let image = project.images[3];
    type Holds = fn(&Annotation, ImageId) -> bool;
    let cases: [(BoxFilter, Holds); 12] = [
        (BoxFilter::default(), |_, _| true),
        (BoxFilter { states: vec![ReviewState::Pending], ..BoxFilter::default() }, |a, _| {
            a.state == ReviewState::Pending
        }),
        (
            BoxFilter { standings: vec![Standing::Doubtful, Standing::Settled], ..BoxFilter::default() },
            |a, _| a.standing != Standing::Withdrawn,
        ),
        (BoxFilter { at_least: Some(0.5), ..BoxFilter::default() }, |a, _| a.score.is_some_and(|s| s >= 0.5)),
        (BoxFilter { below: Some(0.3), at_least: Some(0.1), ..BoxFilter::default() }, |a, _| {
            a.score.is_some_and(|s| (0.1..0.3).contains(&s))
        }),
        (BoxFilter { labels: vec![HORSE], ..BoxFilter::default() }, |a, _| a.label == HORSE),
        (BoxFilter { verdicts: vec![Verdict::Moved], ..BoxFilter::default() }, |a, _| {
            a.verdict == Some(Verdict::Moved)
        }),
        (BoxFilter { image: Some(image), ..BoxFilter::default() }, |a, image| a.image == image),
        (BoxFilter { disagreement: Some(false), ..BoxFilter::default() }, |a, _| !a.disagreement),
        (BoxFilter { origins: vec![Origin::SecondLook], ..BoxFilter::default() }, |a, _| {
            a.origin == Origin::SecondLook
        }),
        (
            BoxFilter { shapes: vec![ShapeKind::Box], labels: vec![PERSON, HORSE], ..BoxFilter::default() },
            |a, _| a.label == PERSON || a.label == HORSE,
        ),
        (BoxFilter { path: "00003".into(), ..BoxFilter::default() }, |a, _| {
            (31..=40).contains(&a.image.0) || a.image.0 == 4
        }),
    ];
    for (rule, holds) in cases {
        let mut want = expected(&project, |a| holds(a, image));
        want.sort_unstable();
        assert_eq!(store.matching(&rule).unwrap(), want.len() as u64, "{rule:?}");
        let found = store.boxes(&rule, QueueOrder::Similar, 0, u64::MAX).unwrap();
        let mut ids: Vec<_> = found.rows.iter().map(|r| r.annotation.id).collect();
        ids.sort_unstable();
        assert_eq!((ids, found.total), (want.clone(), want.len() as u64), "{rule:?}");
    }
}

#[test]
fn a_bulk_decision_is_one_step_and_is_undone_exactly() {
    let project = Project::drafted(300, 12);
    let store = &project.store;
    // Different states before, so that undo has to tell them apart.
    for image in &project.images[..10] {
        project.act(&Action::AcceptRest { image: *image }).unwrap();
    }
    for image in &project.images[10..20] {
        project.act(&Action::ConfirmEmpty { image: *image }).unwrap().unwrap();
    }
    let before = picture(store);
    let counts = store.counts().unwrap();
    let rule = BoxFilter { at_least: Some(0.3), ..BoxFilter::default() };
    let want = expected(&project, |a| a.score >= Some(0.3) && a.state != ReviewState::Accepted).len() as u64;
    let (step, changed) = store
        .bulk_set_state(&rule, ReviewState::Accepted, |n| format!("Accepted {n}"), "script", 9)
        .unwrap()
        .unwrap();
    assert_eq!(changed, want);
    assert!(changed > 2000, "more than one row of the log: {changed}");
    assert_sound(store);
    let after = picture(store);
    assert_eq!(
        store.counts().unwrap().confirmed_empty,
        0,
        "an accepted box and confirmed empty do not go together"
    );
    assert_eq!(
        store.bulk_set_state(&rule, ReviewState::Accepted, |_| "Again".into(), "script", 9).unwrap(),
        None
    );
    assert_eq!(store.undo_title().unwrap().as_deref(), Some(format!("Accepted {want}")).as_deref());
    let listed = &store.history(1, None).unwrap()[0];
    assert_eq!((listed.id, listed.actor.as_str(), listed.changes), (step, "script", changed));

    let replayed = store.undo(10).unwrap().unwrap();
    assert_eq!(replayed.step, step);
    assert!(replayed.images.len() > 250 && replayed.images.is_sorted());
    assert_eq!((picture(store), store.counts().unwrap()), (before, counts));
    assert_sound(store);
    store.redo(11).unwrap().unwrap();
    assert_eq!(picture(store), after);
    assert_sound(store);
}

#[test]
fn undo_of_a_bulk_decision_that_no_longer_fits_changes_nothing() {
    let project = Project::drafted(5, 5);
    let store = &project.store;
    store
        .bulk_set_state(&BoxFilter::default(), ReviewState::Rejected, |_| "All".into(), "script", 1)
        .unwrap()
        .unwrap();
    let victim = project.boxes(project.images[2])[1].id;
    for (meddling, why) in [
        (format!("UPDATE annotation SET state = 2 WHERE id = {victim}"), "was changed since"),
        (format!("DELETE FROM annotation WHERE id = {victim}"), "is no longer there"),
    ] {
        meddle(store, &meddling);
        let before = picture(store);
        let conflict = store.undo(2).unwrap_err();
        assert!(
            matches!(&conflict, StoreError::Conflict { id, step: Some(_), .. } if *id == victim),
            "{conflict:?}"
        );
        assert!(conflict.to_string().contains(why), "{conflict}");
        assert_eq!(picture(store), before);
        assert_sound(store);
    }
    let StoreError::Conflict { step: Some(step), .. } = store.undo(2).unwrap_err() else { unreachable!() };
    store.set_aside(step).unwrap();
    assert_eq!((store.undo(3).unwrap(), store.redo(3).unwrap()), (None, None));
}
