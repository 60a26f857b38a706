//! Labels that are edited while boxes have them.

use super::*;
use crate::{LabelEdit, StepState};

type Values = std::collections::BTreeMap<String, String>;

fn values(of: &[(&str, &str)]) -> Values {
    of.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

fn named(store: &Store, name: &str) -> Label {
    store.labels().unwrap().into_iter().find(|l| l.name == name && !l.archived).unwrap()
}

fn edit(store: &Store, edit: &LabelEdit) -> Result<StepId, StoreError> {
    store.review(|tx| tx.edit_label("Edited", "person", 5, edit))
}

fn of_label(store: &Store, id: LabelId) -> u64 {
    number(store, &format!("SELECT count(*) FROM annotation WHERE label_id = {}", id.0))
}

#[test]
fn a_label_with_many_boxes_is_merged_and_comes_back_exactly_also_after_a_restart() {
    let mut project = Project::drafted(700, 12);
    let store = &project.store;
    let (before, horses) = (picture(store), of_label(store, HORSE));
    assert!(horses > 2000, "more than one row of the log");
    let horse = named(store, "horse");
    let merge = LabelEdit { before: Some(horse.clone()), into: Some(PERSON), ..LabelEdit::default() };
    let step = edit(store, &merge).unwrap();
    assert_eq!(of_label(store, HORSE), 0);
    assert_eq!(store.merged_labels().unwrap(), [(HORSE, PERSON)].into());
    assert_sound(store);
    let listed = store.history(5, None).unwrap();
    assert_eq!((listed.len(), listed[0].id, listed[0].changes), (1, step, horses));
    let rows = number(store, "SELECT count(*) FROM change");
    assert!(rows < horses / 100, "{rows} rows of log for {horses} boxes");
    let after = picture(store);

    project.store = Store::open(&project.path()).unwrap();
    let store = &project.store;
    let undone = store.undo(6).unwrap().unwrap();
    assert!(undone.images.len() > 650 && undone.labels, "every image touched is named");
    assert_eq!((picture(store), named(store, "horse")), (before, horse));
    assert_eq!(store.merged_labels().unwrap(), [].into());
    assert_sound(store);
    store.redo(7).unwrap().unwrap();
    assert_eq!(picture(store), after);
    assert_sound(store);
}

#[test]
fn values_change_with_the_label_and_come_back() {
    let project = Project::drafted(3, 8);
    let store = &project.store;
    let horses: Vec<_> =
        project.images.iter().flat_map(|i| project.boxes(*i)).filter(|a| a.label == HORSE).collect();
    for (n, a) in horses.iter().enumerate() {
        let attributes = Some(values(&[("coat", ["brown", "black"][n % 2])]));
        let details = Details { attributes, ..Details::default() };
        project.act(&Action::Describe { id: a.id, revision: a.revision, details }).unwrap().unwrap();
    }
    let said = store.review(|tx| tx.values_of(HORSE)).unwrap();
    assert_eq!(said, [values(&[("coat", "black")]), values(&[("coat", "brown")])]);
    let before = picture(store);
    let horse = named(store, "horse");
    let renamed = Label { name: "mare".into(), ..horse.clone() };
    let narrowed = LabelEdit {
        before: Some(horse),
        after: Some(renamed),
        values: vec![(values(&[("coat", "black")]), values(&[]))],
        into: None,
    };
    edit(store, &narrowed).unwrap();
    let coats =
        |store: &Store| -> Vec<usize> { horses.iter().map(|a| find(store, a.id).attributes.len()).collect() };
    assert_eq!(coats(store), (0..horses.len()).map(|n| 1 - n % 2).collect::<Vec<_>>());
    store.undo(9).unwrap().unwrap();
    assert_eq!((picture(store), named(store, "horse").id), (before, HORSE));
    store.redo(9).unwrap().unwrap();
    assert_eq!(coats(store)[..2], [1, 0]);
    assert_sound(store);
}

#[test]
fn names_are_free_again_once_their_label_is_deleted() {
    let project = Project::new(1);
    let store = &project.store;
    let horse = named(store, "horse");
    let delete = |label: Label| LabelEdit { before: Some(label), ..LabelEdit::default() };
    edit(store, &delete(horse.clone())).unwrap();
    assert!(store.labels().unwrap().iter().any(|l| l.id == HORSE && l.archived && l.name == "horse"));
    let twin = Label { id: store.review(|tx| tx.next_label_id()).unwrap(), ..label("horse") };
    let add = LabelEdit { after: Some(twin.clone()), ..LabelEdit::default() };
    edit(store, &add).unwrap();
    assert_ne!(twin.id, HORSE);
    assert!(matches!(edit(store, &add).unwrap_err(), StoreError::LabelConflict { .. }));
    edit(store, &delete(twin)).unwrap();
    for _ in 0..3 {
        store.undo(1).unwrap().unwrap();
    }
    assert_eq!(store.labels().unwrap().iter().filter(|l| !l.archived).count(), 3);
    assert_eq!(named(store, "horse"), horse);
    // Somebody else took the name meanwhile: the redo goes, the undo after it names the step that is stuck.
    store.redo(1).unwrap().unwrap();
    store.add_label(&label("horse")).unwrap();
    let stuck = store.undo(1).unwrap_err();
    assert!(matches!(stuck, StoreError::LabelConflict { step: Some(_), .. }), "{stuck}");
    assert!(matches!(store.add_label(&label("horse")), Err(StoreError::LabelExists { .. })));
    assert_sound(store);
}

#[test]
fn a_label_in_use_is_not_archived_not_even_by_undo() {
    let project = Project::new(2);
    let store = &project.store;
    let zebra = Label { id: LabelId(4), ..label("zebra") };
    edit(store, &LabelEdit { after: Some(zebra.clone()), ..LabelEdit::default() }).unwrap();
    let draft = run(store, Stage::Draft);
    let mut dice = Dice::new(2);
    let mut result = draft_of(project.images[0], 4, &mut dice);
    if let DraftOutcome::Done { boxes, .. } = &mut result.outcome {
        boxes.iter_mut().for_each(|b| (b.label, b.standing) = (zebra.id, Standing::Settled));
    }
    store.save_draft(draft, &[result]).unwrap();
    assert_eq!(store.label_boxes(zebra.id).unwrap(), (4, 4));
    let refused = store.undo(3).unwrap_err();
    assert!(refused.to_string().contains("\"zebra\" is in use by now"), "{refused}");
    assert!(!named(store, "zebra").archived);
    let outdated = LabelEdit { before: Some(label("zebra")), ..LabelEdit::default() };
    assert!(matches!(edit(store, &outdated), Err(StoreError::LabelConflict { .. })));
}

#[test]
fn going_to_a_step_and_back() {
    let project = Project::drafted(4, 5);
    let store = &project.store;
    let mut pictures = vec![picture(store)];
    let mut steps = Vec::new();
    for image in &project.images {
        steps.extend(project.act(&Action::AcceptRest { image: *image }).unwrap());
        pictures.push(picture(store));
    }
    let go = |to: Option<StepId>| store.go_to(to, 9).unwrap();
    let there = go(Some(steps[0])).unwrap();
    assert_eq!((there.step, there.images.len(), there.labels), (steps[0], 3, false));
    assert_eq!(picture(store), pictures[1]);
    assert_eq!(go(Some(steps[0])), None);
    go(Some(steps[2])).unwrap();
    assert_eq!(picture(store), pictures[3]);
    go(None).unwrap();
    assert_eq!((picture(store), go(None)), (pictures[0].clone(), None));
    go(Some(steps[1])).unwrap();
    assert_eq!(picture(store), pictures[2]);
    project.act(&draw(project.images[0], HORSE, rect(&mut Dice::new(1)))).unwrap().unwrap();
    let left_behind = store.go_to(Some(steps[3]), 9).unwrap_err();
    assert!(matches!(left_behind, StoreError::NoStep { .. }), "{left_behind}");
    assert!(matches!(store.go_to(Some(StepId(99)), 9), Err(StoreError::NoStep { .. })));
    let states: Vec<_> = store.history(9, None).unwrap().iter().map(|s| s.state).collect();
    use StepState::{Done, Dropped};
    assert_eq!(states, [Done, Dropped, Dropped, Done, Done]);
    // A box in the way: nothing moves, and the step that is stuck is named.
    let at = picture(store);
    let victim =
        project.boxes(project.images[0]).iter().find(|a| a.state == ReviewState::Accepted).unwrap().id;
    meddle(store, &format!("UPDATE annotation SET state = 3 WHERE id = {victim}"));
    let stuck = store.go_to(None, 9).unwrap_err();
    assert!(matches!(stuck, StoreError::Conflict { step: Some(s), .. } if s == steps[0]), "{stuck}");
    meddle(store, &format!("UPDATE annotation SET state = 1 WHERE id = {victim}"));
    assert_eq!(picture(store), at);
    assert_sound(store);
}
