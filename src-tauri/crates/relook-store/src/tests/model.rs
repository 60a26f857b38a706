//! Undo and redo against a model: every picture the project ever had, in order.

use super::*;
use crate::{BoxFilter, LabelEdit, StepState};
use relook_domain::review::{Change, Details, Patch};

fn random_action(project: &Project, dice: &mut Dice) -> Action {
    let image = project.images[dice.below(project.images.len() as u64) as usize];
    let boxes = project.boxes(image);
    let drawn = |dice: &mut Dice| draw(image, LabelId(1 + dice.below(3) as i64), geometry(dice));
    if boxes.is_empty() {
        return drawn(dice);
    }
    let a = &boxes[dice.below(boxes.len() as u64) as usize];
    let (id, revision) = (a.id, a.revision);
    match dice.below(10) {
        0 => drawn(dice),
        1 => Action::AcceptRest { image },
        2 => Action::ConfirmEmpty { image },
        3 => Action::UnconfirmEmpty { image },
        4 | 5 => Action::Reject { id, revision },
        6 => Action::Reshape { id, revision, geometry: geometry(dice) },
        7 => Action::Relabel { id, revision, label: LabelId(1 + dice.below(3) as i64) },
        8 => {
            let attributes = [("größe \"q\"".to_owned(), format!("{}\n", dice.below(9)))].into();
            let details = Details {
                occluded: Some(dice.below(2) == 0),
                z_order: Some(dice.below(5) as i32),
                group: None,
                attributes: Some(attributes),
            };
            Action::Describe { id, revision, details }
        }
        _ => Action::Accept { id, revision },
    }
}

/// One random step, recorded; `None` where the rules had nothing to do.
fn step(project: &Project, dice: &mut Dice) -> Option<StepId> {
    if dice.below(12) == 0 {
        let state = ReviewState::ALL[dice.below(4) as usize];
        let rule = BoxFilter { below: Some(dice.unit()), ..BoxFilter::default() };
        return project
            .store
            .bulk_set_state(&rule, state, |_| "Many".into(), "script", 1)
            .unwrap()
            .map(|(step, _)| step);
    }
    if dice.below(12) == 0 {
        return Some(edit_label(project, dice));
    }
    let action = random_action(project, dice);
    project.act(&action).unwrap()
}

/// A label gets another name and its boxes other values; sometimes its boxes go to another label and it is deleted.
fn edit_label(project: &Project, dice: &mut Dice) -> StepId {
    let living: Vec<_> = project.store.labels().unwrap().into_iter().filter(|l| !l.archived).collect();
    let before = living[dice.below(living.len() as u64) as usize].clone();
    let into = living.iter().find(|l| l.id != before.id).filter(|_| dice.below(3) == 0).map(|l| l.id);
    let name = format!("{} {}", before.name.split(' ').next().unwrap(), dice.below(1000));
    let after = into.is_none().then(|| Label { name, ..before.clone() });
    project
        .store
        .review(|tx| {
            let said = tx.values_of(before.id)?;
            let values =
                said.into_iter().map(|v| (v, [("edited".to_owned(), "1".to_owned())].into())).collect();
            tx.edit_label("A label", "person", 1, &LabelEdit { before: Some(before), after, values, into })
        })
        .unwrap_or_else(|e: StoreError| panic!("{e}"))
}

#[test]
fn undo_all_is_the_start_and_redo_all_is_the_end_across_reopening() {
    for seed in 1..=4 {
        let mut project = Project::drafted(6, 4);
        let mut dice = Dice::new(seed);
        let mut pictures = vec![picture(&project.store)];
        let mut now = 0;
        for turn in 0..150 {
            match dice.below(8) {
                0 => {
                    let undone = project.store.undo(turn).unwrap();
                    assert_eq!(undone.is_some(), now > 0);
                    now -= usize::from(undone.is_some());
                }
                1 => {
                    let redone = project.store.redo(turn).unwrap();
                    assert_eq!(redone.is_some(), now + 1 < pictures.len());
                    now += usize::from(redone.is_some());
                }
                2 if turn % 10 == 0 => project.store = Store::open(&project.path()).unwrap(),
                _ => {
                    if step(&project, &mut dice).is_some() {
                        pictures.truncate(now + 1);
                        pictures.push(picture(&project.store));
                        now += 1;
                    }
                }
            }
            assert_eq!(picture(&project.store), pictures[now], "seed {seed}, turn {turn}");
        }
        assert_sound(&project.store);
        for want in pictures[..now].iter().rev() {
            assert!(project.store.undo_title().unwrap().is_some());
            project.store.undo(1).unwrap().unwrap();
            assert_eq!(&picture(&project.store), want);
        }
        assert_eq!(project.store.undo(1).unwrap(), None);
        assert_sound(&project.store);
        project.store = Store::open(&project.path()).unwrap();
        for want in &pictures[1..] {
            project.store.redo(1).unwrap().unwrap();
            assert_eq!(&picture(&project.store), want);
        }
        assert_eq!((project.store.redo(1).unwrap(), project.store.redo_title().unwrap()), (None, None));
        assert_sound(&project.store);
    }
}

#[test]
fn counts_stay_right_through_drafts_looks_decisions_and_undo() {
    let project = Project::new(12);
    let store = &project.store;
    let mut dice = Dice::new(42);
    for turn in 0..120 {
        let image = project.images[dice.below(12) as usize];
        match dice.below(6) {
            0 => {
                let draft = run(store, Stage::Draft);
                let boxes = dice.below(8) as usize;
                store.save_draft(draft, &[draft_of(image, boxes, &mut dice)]).unwrap();
            }
            1 => {
                let look = run(store, Stage::SecondLook);
                let result = look_of(image, &project.boxes(image), &mut dice);
                store.save_second_look(look, &[result]).unwrap();
            }
            2 => {
                let back = if dice.below(2) == 0 { store.undo(turn) } else { store.redo(turn) };
                // A box that a new draft replaced stands in the way: the step is put aside, as the engine would.
                if let Err(StoreError::Conflict { step: Some(step), .. }) = back {
                    store.set_aside(step).unwrap();
                } else {
                    back.unwrap();
                }
            }
            _ => drop(step(&project, &mut dice)),
        }
        assert_counted(store);
    }
    assert_sound(store);
    assert!(store.counts().unwrap().accepted > 0);
}

#[test]
fn a_change_that_does_not_fit_is_refused_as_a_whole() {
    let project = Project::drafted(1, 3);
    let store = &project.store;
    let boxes = project.boxes(project.images[0]);
    let state = |state| Patch { state: Some(state), ..Patch::default() };
    let edit = |id, before, after| Change::Edit { id, before: state(before), after: state(after) };
    use ReviewState::{Accepted, Fixed, Pending};
    let good = edit(boxes[0].id, Pending, Accepted);
    let changed = Annotation { z_order: 3, ..boxes[1].clone() };
    for bad in [
        edit(boxes[1].id, Fixed, Accepted),
        edit(AnnotationId(999), Pending, Accepted),
        Change::Create { annotation: Box::new(boxes[1].clone()) },
        Change::Delete { annotation: Box::new(changed) },
        Change::Empty { image: project.images[0], before: true, after: false },
        Change::Empty { image: ImageId(99), before: false, after: true },
    ] {
        let before = picture(store);
        // Even where the caller goes on after the refusal.
        let refused = store
            .review(|tx| {
                Ok::<_, StoreError>(tx.record("Bad", "person", 1, &[good.clone(), bad.clone()]).unwrap_err())
            })
            .unwrap();
        let named = matches!(refused, StoreError::Conflict { .. } | StoreError::ImageConflict { .. });
        assert!(named, "{bad:?}: {refused}");
        assert_eq!(picture(store), before, "{bad:?}");
        assert_eq!(store.history(10, None).unwrap(), []);
    }
}

#[test]
fn a_deleted_box_comes_back_with_its_opinions_and_ids_are_never_given_twice() {
    let project = Project::drafted(1, 3);
    let (store, image) = (&project.store, project.images[0]);
    let before = picture(store);
    let last = project.boxes(image)[2].clone();
    store
        .review(|tx| {
            tx.record("Deleted", "person", 1, &[Change::Delete { annotation: Box::new(last.clone()) }])
        })
        .unwrap();
    let drawn =
        store.review(|tx| Ok::<_, StoreError>([tx.next_annotation_id()?, tx.next_annotation_id()?])).unwrap();
    assert!(drawn[0] > last.id && drawn[1] > drawn[0]);
    assert_eq!(project.boxes(image).len(), 2);
    store.undo(2).unwrap().unwrap();
    assert_eq!(picture(store), before);
    assert_eq!(find(store, last.id), last);
}

#[test]
fn a_failed_decision_is_rolled_back() {
    let project = Project::drafted(1, 3);
    let store = &project.store;
    let before = picture(store);
    let a = project.boxes(project.images[0])[0].clone();
    let refused: Result<(), StoreError> = store.review(|tx| {
        tx.record("Deleted", "person", 1, &[Change::Delete { annotation: Box::new(a.clone()) }])?;
        Err(StoreError::JobsBusy { by: "me".into() })
    });
    assert!(matches!(refused, Err(StoreError::JobsBusy { .. })));
    assert_eq!((picture(store), store.history(9, None).unwrap()), (before, vec![]));
}

#[test]
fn the_history_lists_steps_newest_first_and_pages() {
    let project = Project::drafted(2, 4);
    let store = &project.store;
    for a in project.boxes(project.images[0]) {
        project.act(&accept(&a)).unwrap().unwrap();
    }
    store.undo(5).unwrap().unwrap();
    store.undo(6).unwrap().unwrap();
    project.act(&Action::AcceptRest { image: project.images[1] }).unwrap().unwrap();
    let states: Vec<_> = store.history(10, None).unwrap().into_iter().map(|s| s.state).collect();
    use StepState::{Done, Dropped};
    assert_eq!(states, [Done, Dropped, Dropped, Done, Done]);
    let first = store.history(2, None).unwrap();
    let second = store.history(2, Some(first[1].id)).unwrap();
    assert!(first.windows(2).all(|w| w[0].id > w[1].id) && second[0].id < first[1].id);
    assert_eq!((store.redo(7).unwrap(), store.redo_title().unwrap()), (None, None));
}
