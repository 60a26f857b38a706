//! Decisions over many boxes at once.

use super::*;
use crate::Rule;

fn expected(project: &Project, rule: impl Fn(&Annotation) -> bool) -> Vec<AnnotationId> {
    let all = project.images.iter().flat_map(|i| project.boxes(*i));
    all.filter(|a| rule(a)).map(|a| a.id).collect()
}

#[test]
fn rules_match_what_they_say() {
    let project = Project::drafted(60, 10);
    let store = &project.store;
    let look = run(store, Stage::SecondLook);
    let mut dice = Dice::new(4);
    let results: Vec<_> =
        project.images[..20].iter().map(|i| look_of(*i, &project.boxes(*i), &mut dice)).collect();
    store.save_second_look(look, &results).unwrap();
    project.act(&Action::AcceptRest { image: project.images[0] }).unwrap();
    project
        .act(&Action::Draw { image: project.images[1], label: HORSE, rect: rect(&mut dice) })
        .unwrap()
        .unwrap();
    let image = project.images[3];
    type Holds = fn(&Annotation, ImageId) -> bool;
    let cases: [(Rule, Holds); 9] = [
        (Rule::default(), |_, _| true),
        (Rule { states: vec![ReviewState::Pending], ..Rule::default() }, |a, _| {
            a.state == ReviewState::Pending
        }),
        (Rule { standings: vec![Standing::Doubtful, Standing::Settled], ..Rule::default() }, |a, _| {
            a.standing != Standing::Withdrawn
        }),
        (Rule { at_least: Some(0.5), ..Rule::default() }, |a, _| a.score.is_some_and(|s| s >= 0.5)),
        (Rule { below: Some(0.3), at_least: Some(0.1), ..Rule::default() }, |a, _| {
            a.score.is_some_and(|s| (0.1..0.3).contains(&s))
        }),
        (Rule { label: Some(HORSE), ..Rule::default() }, |a, _| a.label == HORSE),
        (Rule { verdict: Some(Verdict::Moved), ..Rule::default() }, |a, _| a.verdict == Some(Verdict::Moved)),
        (Rule { image: Some(image), ..Rule::default() }, |a, image| a.image == image),
        (Rule { undisputed: true, ..Rule::default() }, |a, _| !a.disagreement),
    ];
    for (rule, holds) in cases {
        let mut want = expected(&project, |a| holds(a, image));
        want.sort_unstable();
        assert_eq!(store.matching(&rule).unwrap(), want.len() as u64, "{rule:?}");
        assert_eq!(store.matching_ids(&rule, None, u64::MAX).unwrap(), want, "{rule:?}");
        let rest = store.matching_ids(&rule, Some(want[2]), 3).unwrap();
        assert_eq!(rest, want[3..6], "{rule:?}");
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
    let rule = Rule { at_least: Some(0.3), ..Rule::default() };
    let want = expected(&project, |a| a.score >= Some(0.3) && a.state != ReviewState::Accepted).len() as u64;
    let (step, changed) =
        store.bulk_set_state(&rule, ReviewState::Accepted, "Accepted 0.3", "script", 9).unwrap().unwrap();
    assert_eq!(changed, want);
    assert!(changed > 2000, "more than one row of the log: {changed}");
    assert_sound(store);
    let after = picture(store);
    assert_eq!(
        store.counts().unwrap().confirmed_empty,
        0,
        "an accepted box and confirmed empty do not go together"
    );
    assert_eq!(store.bulk_set_state(&rule, ReviewState::Accepted, "Again", "script", 9).unwrap(), None);
    assert_eq!(store.undo_title().unwrap().as_deref(), Some("Accepted 0.3"));
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
    store.bulk_set_state(&Rule::default(), ReviewState::Rejected, "All", "script", 1).unwrap().unwrap();
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
