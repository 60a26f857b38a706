//! Labels edited and deleted under their boxes.

use super::*;
use relook_domain::{Joint, Shape, ShapeKind, Skeleton, SkeletonJoint};

#[test]
fn a_new_name_colour_and_key_leave_the_boxes_alone() {
    let world = World::new(2, 3);
    let before = world.all();
    let mare =
        Label { name: " mare ".into(), colour: "#123456".into(), key: "m".into(), ..world.label(HORSE) };
    assert_eq!(world.project.save_label(&mare, PERSON).unwrap(), HORSE);
    assert_eq!(world.other().label("mare").unwrap(), HORSE);
    assert_eq!(world.all(), before);
    let history = world.project.history(None, 1).unwrap();
    let step = history.iter().find(|e| e.step.is_some()).unwrap();
    assert_eq!(step.title, "Renamed the label horse to mare");
    let taken = Label { key: "m".into(), ..world.label(COW) };
    refused(world.project.save_label(&taken, PERSON), Code::Invalid, "\"mare\"");
    let twin = Label { name: "mare".into(), ..world.label(COW) };
    refused(world.project.save_label(&twin, PERSON), Code::Invalid, "named \"mare\" already");
    let nameless = Label { name: " ".into(), ..world.label(COW) };
    refused(world.project.save_label(&nameless, PERSON), Code::Invalid, "name");
    let unknown = Label { id: LabelId(70), name: "goat".into(), ..world.label(COW) };
    refused(world.project.save_label(&unknown, PERSON), Code::NotFound, "label 70");
    let steps = |world: &World| world.project.history(None, 99).unwrap().len();
    let so_far = steps(&world);
    world.project.save_label(&world.label(HORSE), PERSON).unwrap();
    assert_eq!(steps(&world), so_far, "the same once more is no step");
    world.project.undo().unwrap();
    assert_eq!(world.label(HORSE).name, "horse");
}

#[test]
fn values_that_no_longer_are_become_the_default_and_come_back() {
    let world = World::new(1, 3);
    let horse = Label { attributes: vec![coat(&["brown", "black", "white"])], ..world.label(HORSE) };
    world.project.save_label(&horse, PERSON).unwrap();
    for (a, value) in world.boxes(0).iter().zip(["black", "white", "brown"]) {
        world.act(&describe(a, &[("coat", value)])).unwrap();
    }
    let before = still(world.all());
    let coats = || world.boxes(0).iter().map(|a| a.attributes["coat"].clone()).collect::<Vec<_>>();
    let narrowed = Label { attributes: vec![coat(&["brown", "white"])], ..horse.clone() };
    world.project.save_label(&narrowed, PERSON).unwrap();
    assert_eq!(coats(), ["brown", "white", "brown"]);
    world.project.save_label(&Label { attributes: Vec::new(), ..horse }, PERSON).unwrap();
    assert!(world.boxes(0).iter().all(|a| a.attributes.is_empty()));
    // Across a restart, one step each.
    let other = world.other();
    other.undo().unwrap();
    assert_eq!(coats(), ["brown", "white", "brown"]);
    other.undo().unwrap();
    assert_eq!(still(world.all()), before);
}

#[test]
fn a_label_with_boxes_is_deleted_only_with_a_place_for_them() {
    let world = World::new(3, 4);
    let rejected = &world.boxes(0)[0];
    world.act(&Action::Reject { id: rejected.id, revision: 1 }).unwrap();
    let before = still(world.all());
    let said = "11 boxes have the label \"horse\": choose the label they get";
    refused(world.project.delete_label(HORSE, None, PERSON), Code::Refused, said);
    refused(world.project.delete_label(HORSE, Some(HORSE), PERSON), Code::Invalid, "itself");
    refused(world.project.delete_label(HORSE, Some(LabelId(50)), PERSON), Code::NotFound, "50");
    let usage = world.project.label_use(HORSE).unwrap();
    assert_eq!((usage.standing, usage.all), (11, 12));
    let outcome = world.project.delete_label(HORSE, Some(COW), PERSON).unwrap();
    assert_eq!(outcome.title, "Merged the label horse into cow");
    assert!(world.all().iter().all(|a| a.label == COW));
    assert_eq!(world.project.label_use(COW).unwrap().all, 12);
    refused(world.project.label_use(HORSE), Code::Stale, "deleted");
    refused(world.project.label("horse"), Code::NotFound, "\"horse\"");
    world.other().undo().unwrap();
    assert_eq!((still(world.all()), world.label(HORSE).archived), (before, false));
}

#[test]
fn a_label_without_boxes_goes_and_its_name_is_free() {
    let world = World::new(1, 1);
    let a = world.boxes(0)[0].clone();
    world.act(&Action::Reject { id: a.id, revision: a.revision }).unwrap();
    world.project.delete_label(HORSE, None, PERSON).unwrap();
    assert_eq!(world.find(a.id).label, HORSE, "the rejected box keeps what it was");
    // It cannot stand again with a label that is gone, neither alone nor in bulk; with another one it can.
    let revision = world.find(a.id).revision;
    refused(world.act(&Action::Reopen { id: a.id, revision }), Code::Stale, "\"horse\" was deleted");
    refused(world.act(&Action::Accept { id: a.id, revision }), Code::Stale, "\"horse\" was deleted");
    let reopen = crate::view::Verb::Reopen;
    assert_eq!(world.project.count_matching(&BoxFilter::default(), reopen).unwrap(), 0);
    let fresh = world.project.add_label("horse").unwrap();
    assert_ne!(fresh, HORSE);
    assert_eq!(world.project.label("horse").unwrap(), fresh);
    world.act(&Action::Relabel { id: a.id, revision, label: fresh }).unwrap();
    assert_eq!(state_of(&world, a.id), ReviewState::Fixed);
    for _ in 0..4 {
        world.project.undo().unwrap();
    }
    assert_eq!(
        (world.project.label("horse").unwrap(), state_of(&world, a.id)),
        (HORSE, ReviewState::Pending)
    );
    assert!(world.label(fresh).archived);
}

#[test]
fn the_kind_of_shape_follows_the_boxes() {
    let world = World::new(1, 3);
    let a = &world.boxes(0)[0];
    world.act(&Action::Reject { id: a.id, revision: a.revision }).unwrap();
    let of_kind = |kind| Label { shape: Some(kind), ..world.label(HORSE) };
    let said = "2 boxes have the label \"horse\" and are no polygon";
    refused(world.project.save_label(&of_kind(ShapeKind::Polygon), PERSON), Code::Refused, said);
    world.project.save_label(&of_kind(ShapeKind::Box), PERSON).unwrap();
    let cow = Label { shape: Some(ShapeKind::Ellipse), ..world.label(COW) };
    world.project.save_label(&cow, PERSON).unwrap();
    refused(
        world.project.delete_label(HORSE, Some(COW), PERSON),
        Code::Refused,
        "2 boxes have the label \"horse\"",
    );
}

#[test]
fn a_skeletons_joints_stay_while_there_are_skeletons() {
    let world = World::new(1, 0);
    let joint = |name: &str, x| SkeletonJoint { name: name.into(), x, y: 0.5 };
    let template = Skeleton { joints: vec![joint("nose", 0.1), joint("tail", 0.9)], edges: vec![(0, 1)] };
    let cow = Label { skeleton: Some(template.clone()), ..world.label(COW) };
    world.project.save_label(&cow, PERSON).unwrap();
    let at = |name: &str, x| Joint { name: name.into(), x, y: 20.0, occluded: false, outside: false };
    let shape = |joints: &[&str]| Geometry {
        rect: rect(0.0, 0.0, 0.0, 0.0),
        rotation: 0.0,
        shape: Shape::Skeleton {
            joints: joints.iter().zip(1..).map(|(n, x)| at(n, f64::from(x) * 30.0)).collect(),
        },
    };
    refused(world.draw(COW, shape(&["nose"])), Code::Refused, "nose, tail");
    refused(world.draw(HORSE, shape(&["nose", "tail"])), Code::Refused, "no skeleton");
    world.draw(COW, shape(&["nose", "tail"])).unwrap();
    let with = |joints| Label { skeleton: Some(Skeleton { joints, edges: Vec::new() }), ..cow.clone() };
    let more = with(vec![joint("nose", 0.1), joint("tail", 0.9), joint("hoof", 0.5)]);
    refused(
        world.project.save_label(&more, PERSON),
        Code::Refused,
        "1 box has the label \"cow\" as skeletons",
    );
    world.project.save_label(&with(vec![joint("nose", 0.4), joint("tail", 0.6)]), PERSON).unwrap();
    refused(world.project.delete_label(COW, Some(HORSE), PERSON), Code::Refused, "no skeleton");
}

#[test]
fn labels_wait_for_a_draft_that_runs() {
    let world = World::new(1, 1);
    let drafting = world.project.store().lock_jobs("A draft").unwrap();
    refused(world.other().delete_label(COW, None, PERSON), Code::Busy, "A draft");
    let masks = Label { shape: Some(ShapeKind::Mask), ..world.label(COW) };
    refused(world.other().save_label(&masks, PERSON), Code::Busy, "A draft");
    world.other().save_label(&Label { key: "c".into(), ..world.label(COW) }, PERSON).unwrap();
    world.project.add_label("goat").unwrap();
    drop(drafting);
    world.project.delete_label(COW, None, PERSON).unwrap();
}

#[test]
fn a_models_classes_find_their_labels() {
    let world = World::new(0, 0);
    let names = ["person", "Horse", "cow", "goat"].map(str::to_owned);
    let found = || {
        let store = world.project.store();
        crate::infer::classes(&names, &store.labels().unwrap(), &store.merged_labels().unwrap())
    };
    assert_eq!(found(), [Some(PERSON_LABEL), Some(HORSE), Some(COW), None]);
    // What was merged is found where it went, also by way of another one.
    let animal = world.project.add_label("animal").unwrap();
    world.project.delete_label(COW, Some(HORSE), PERSON).unwrap();
    assert_eq!(found()[2], Some(HORSE));
    let horse = Label { name: "Horse".into(), ..world.label(HORSE) };
    world.project.save_label(&horse, PERSON).unwrap();
    world.project.delete_label(HORSE, Some(animal), PERSON).unwrap();
    assert_eq!(found(), [Some(PERSON_LABEL), Some(animal), Some(animal), None]);
    // What was deleted is no label; a new one of the name is; one for other shapes is not.
    world.project.delete_label(PERSON_LABEL, None, PERSON).unwrap();
    assert_eq!(found()[0], None);
    let person = world.project.add_label("person").unwrap();
    assert_eq!(found()[0], Some(person));
    world.project.save_label(&Label { shape: Some(ShapeKind::Mask), ..world.label(person) }, PERSON).unwrap();
    assert_eq!(found()[0], None);
}
