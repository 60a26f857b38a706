//! Actions, one by one and in lists.

use super::*;
use crate::view::Verb;
use relook_domain::{Shape, ShapeKind};

#[test]
fn a_list_of_actions_is_one_step() {
    let world = World::new(4, 3);
    let before = still(world.all());
    let accepts: Vec<Action> = world.all().iter().map(accept).collect();
    let outcome = world.project.act_all(&accepts, PERSON).unwrap();
    assert_eq!((outcome.title.as_str(), outcome.images.len()), ("Accepted 12 boxes", 4));
    assert_eq!((outcome.counts.accepted, outcome.counts.queued), (12, 0));
    let history = world.other().history(None, 10).unwrap();
    let steps: Vec<_> = history.iter().filter(|e| e.step.is_some()).collect();
    assert_eq!((steps.len(), steps[0].changes, steps[0].actor.as_str()), (1, 12, PERSON));
    let undone = world.other().undo().unwrap();
    assert_eq!((undone.title.as_str(), still(world.all())), ("Undone: accepted 12 boxes", before));
    // Nothing to do is no step.
    let open: Vec<Action> =
        world.all().iter().map(|a| Action::Reopen { id: a.id, revision: a.revision }).collect();
    assert_eq!(world.project.act_all(&open, PERSON).unwrap().step, None);
}

#[test]
fn an_action_sees_what_those_before_it_did() {
    let world = World::new(1, 3);
    let boxes = world.boxes(0);
    for a in &boxes {
        world.act(&accept(a)).unwrap();
    }
    let image = world.images[0];
    let accepted = world.boxes(0);
    refused(world.act(&Action::ConfirmEmpty { image }), Code::Refused, "(3)");
    let mut list: Vec<Action> =
        accepted.iter().map(|a| Action::Reject { id: a.id, revision: a.revision }).collect();
    list.push(Action::ConfirmEmpty { image });
    list.push(draw(image, COW, rect(1.0, 1.0, 50.0, 50.0)));
    // A box named twice, both times as it was seen before the first.
    let (id, revision) = (accepted[0].id, accepted[0].revision);
    list.push(Action::Relabel { id, revision, label: COW });
    list.push(Action::Accept { id, revision });
    let outcome = world.project.act_all(&list, PERSON).unwrap();
    assert_eq!(outcome.title, "Changed 4 boxes");
    let now = world.find(id);
    assert_eq!((now.label, now.state), (COW, ReviewState::Fixed));
    assert_ne!(outcome.images[0].image.status, crate::view::ImageStatus::ConfirmedEmpty);
    world.project.undo().unwrap();
    assert_eq!(still(world.boxes(0)), still(accepted));
}

#[test]
fn one_action_that_cannot_be_done_stops_the_whole_list() {
    let world = World::new(2, 2);
    let before = world.all();
    let mut list: Vec<Action> = before.iter().map(accept).collect();
    let stale = Action::Accept { id: before[3].id, revision: 9 };
    list[3] = stale;
    refused(world.project.act_all(&list, PERSON), Code::Stale, &format!("Box {}", before[3].id));
    list[3] = Action::Accept { id: AnnotationId(99), revision: 1 };
    refused(world.project.act_all(&list, PERSON), Code::Stale, "Box 99 is no longer there");
    list[3] = Action::AcceptRest { image: ImageId(77) };
    refused(world.project.act_all(&list, PERSON), Code::NotFound, "image 77");
    refused(world.project.act_all(&[], PERSON), Code::Invalid, "empty");
    assert_eq!(world.all(), before);
    assert!(world.project.history(None, 9).unwrap().iter().all(|e| e.step.is_none()));
}

#[test]
fn lists_are_called_by_what_they_do() {
    let titled = |make: &dyn Fn(&World, &AnnotationView) -> Action| {
        let world = World::new(2, 2);
        let list: Vec<Action> = world.all().iter().map(|a| make(&world, a)).collect();
        world.project.act_all(&list, PERSON).unwrap().title
    };
    let (image, corners) = (ImageId(1), rect(3.0, 3.0, 30.0, 30.0));
    assert_eq!(titled(&|_, a| Action::Reject { id: a.id, revision: a.revision }), "Rejected 4 boxes");
    let relabel = |a: &AnnotationView, label| Action::Relabel { id: a.id, revision: a.revision, label };
    assert_eq!(titled(&|_, a| relabel(a, COW)), "Relabelled 4 boxes to cow");
    let either = |a: &AnnotationView| if a.id.0 % 2 == 0 { COW } else { PERSON_LABEL };
    assert_eq!(titled(&|_, a| relabel(a, either(a))), "Relabelled 4 boxes");
    let moved =
        |a: &AnnotationView| Action::Reshape { id: a.id, revision: a.revision, geometry: corners.into() };
    assert_eq!(titled(&|_, a| moved(a)), "Moved 4 boxes");
    assert_eq!(titled(&|_, a| draw(a.image, COW, corners)), "Drew 4 boxes");
    // What is so already is not counted.
    assert_eq!(
        titled(&|_, a| relabel(a, if a.id.0 == 1 { COW } else { HORSE })),
        "Changed 4 boxes".replace("Changed", "Relabelled")
    );
    let first =
        |a: &AnnotationView| if a.id.0 == 1 { accept(a) } else { Action::Reopen { id: a.id, revision: 1 } };
    assert_eq!(titled(&|_, a| first(a)), "Accepted horse");
    let empty = |a: &AnnotationView| Action::UnconfirmEmpty { image: a.image };
    assert_eq!(
        titled(&|_, a| if a.id.0 == 1 { Action::AcceptRest { image } } else { empty(a) }),
        "Accepted 2 boxes of an image"
    );
}

#[test]
fn shapes_and_labels_must_go_together() {
    let world = World::new(1, 2);
    let polygons = Label { shape: Some(ShapeKind::Polygon), ..world.label(COW) };
    world.project.save_label(&polygons, PERSON).unwrap();
    let a = &world.boxes(0)[0];
    let (id, revision) = (a.id, a.revision);
    let corners = rect(5.0, 5.0, 50.0, 50.0);
    refused(world.act(&draw(a.image, COW, corners)), Code::Refused, "polygon");
    refused(world.act(&Action::Relabel { id, revision, label: COW }), Code::Refused, "polygon");
    refused(world.act(&draw(a.image, LabelId(44), corners)), Code::NotFound, "label 44");
    let tag = Geometry { rect: corners, rotation: 0.0, shape: Shape::Tag };
    refused(world.act(&draw(a.image, COW, tag.clone())), Code::Refused, "tag");
    let horses = Label { shape: Some(ShapeKind::Box), ..world.label(HORSE) };
    world.project.save_label(&horses, PERSON).unwrap();
    refused(world.act(&Action::Reshape { id, revision, geometry: tag }), Code::Refused, "box");
    assert_eq!(world.boxes(0).len(), 2);
}

#[test]
fn attributes_are_checked_and_get_their_defaults() {
    let world = World::new(1, 1);
    let horse = Label { attributes: vec![coat(&["brown", "black"])], ..world.label(HORSE) };
    world.project.save_label(&horse, PERSON).unwrap();
    let found = &world.boxes(0)[0];
    assert_eq!(found.attributes["coat"], "brown", "a model's box has the default too");
    let drawn = world.draw(HORSE, rect(1.0, 1.0, 9.0, 9.0)).unwrap();
    assert_eq!(drawn.attributes["coat"], "brown");
    refused(world.act(&describe(&drawn, &[("coat", "pink")])), Code::Refused, "choose of brown, black");
    refused(world.act(&describe(&drawn, &[("size", "1")])), Code::Refused, "\"size\"");
    world.act(&describe(&drawn, &[("coat", "black")])).unwrap();
    // Another default later is that of the model's box, which says nothing itself, not of the drawn one.
    let other = Attribute { default: "black".into(), ..coat(&["brown", "black"]) };
    world.project.save_label(&Label { attributes: vec![other], ..horse }, PERSON).unwrap();
    assert_eq!(world.find(found.id).attributes["coat"], "black");
    // With another label a box keeps what that takes.
    let cow = Label { attributes: vec![coat(&["black", "white"])], ..world.label(COW) };
    world.project.save_label(&cow, PERSON).unwrap();
    let before = world.find(drawn.id);
    world.act(&Action::Relabel { id: drawn.id, revision: before.revision, label: COW }).unwrap();
    assert_eq!(world.find(drawn.id).attributes["coat"], "black");
    let now = world.find(drawn.id);
    world.act(&Action::Relabel { id: drawn.id, revision: now.revision, label: PERSON_LABEL }).unwrap();
    assert!(world.find(drawn.id).attributes.is_empty());
    world.project.undo().unwrap();
    world.project.undo().unwrap();
    assert_eq!(still(vec![world.find(drawn.id)]), still(vec![before]));
}

#[test]
fn what_is_decided_in_bulk_is_never_more_than_what_is_shown() {
    let world = World::new(3, 2);
    let first = world.boxes(0);
    world.act(&Action::Reject { id: first[0].id, revision: 1 }).unwrap();
    world.act(&accept(&first[1])).unwrap();
    let of = |states: &[ReviewState]| BoxFilter { states: states.to_vec(), ..BoxFilter::default() };
    let count = |filter: &BoxFilter, verb| world.project.count_matching(filter, verb).unwrap();
    assert_eq!(count(&BoxFilter::default(), Verb::Accept), 4);
    assert_eq!(count(&of(&[ReviewState::Accepted]), Verb::Accept), 0);
    assert_eq!(count(&BoxFilter::default(), Verb::Reopen), 2);
    assert_eq!(count(&of(&[ReviewState::Rejected]), Verb::Reopen), 1);
    let nothing = world.project.decide(&of(&[ReviewState::Pending]), Verb::Reopen, PERSON).unwrap();
    assert_eq!((nothing.0, nothing.1.step), (0, None));
    let (n, outcome) = world.project.decide(&BoxFilter::waiting(), Verb::Accept, PERSON).unwrap();
    assert_eq!((n, outcome.title.as_str(), world.waiting()), (4, "Accepted 4 boxes", 0));
    let bad = BoxFilter { below: Some(7.0), ..BoxFilter::default() };
    refused(world.project.count_matching(&bad, Verb::Accept), Code::Invalid, "7");
}

#[test]
fn filters_are_kept_in_the_project_under_their_name() {
    let world = World::new(1, 1);
    let saved = |name: &str, order| crate::view::SavedFilter {
        name: name.into(),
        filter: BoxFilter { labels: vec![HORSE], ..BoxFilter::waiting() },
        order,
    };
    world.project.save_filter(saved(" horses ", QueueOrder::Similar)).unwrap();
    world.other().save_filter(saved("more", QueueOrder::ByLabel)).unwrap();
    let all = world.project.save_filter(saved("horses", QueueOrder::ByImage)).unwrap();
    assert_eq!(all, [saved("horses", QueueOrder::ByImage), saved("more", QueueOrder::ByLabel)]);
    assert_eq!(world.other().saved_filters().unwrap(), all);
    refused(world.project.save_filter(saved("  ", QueueOrder::Similar)), Code::Invalid, "name");
    refused(world.project.delete_filter("cows"), Code::NotFound, "\"cows\"");
    assert_eq!(world.project.delete_filter("horses").unwrap().len(), 1);
}
