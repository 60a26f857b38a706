//! What should not happen, and does.

use super::*;
use relook_domain::{Point, Shape};

#[test]
fn shapes_that_are_none_are_refused_and_others_made_sound() {
    let world = World::new(1, 1);
    let geometry = |rect, shape| Geometry { rect, rotation: 0.0, shape };
    let polygon = |corners: &[(f64, f64)]| {
        let points = corners.iter().map(|(x, y)| Point { x: *x, y: *y }).collect();
        geometry(rect(0.0, 0.0, 0.0, 0.0), Shape::Polygon { points })
    };
    let before = world.all();
    for none in [
        rect(5.0, 5.0, 5.0, 5.0).into(),
        rect(5.0, 5.0, 5.4, 300.0).into(),
        rect(900.0, 900.0, 950.0, 950.0).into(),
        rect(-50.0, -50.0, -1.0, -1.0).into(),
        rect(f64::NAN, 1.0, 9.0, 9.0).into(),
        rect(1.0, 1.0, f64::INFINITY, 9.0).into(),
        polygon(&[(1.0, 1.0), (9.0, 9.0)]),
        geometry(rect(5.0, 5.0, 7.0, 6.0), Shape::Mask { runs: vec![0, 1] }),
        geometry(rect(5.0, 5.0, 6.0, 6.0), Shape::Mask { runs: vec![1] }),
        geometry(rect(5.0, 5.0, 6.0, 6.0), Shape::Mask { runs: vec![u32::MAX, u32::MAX] }),
    ] {
        let a = &before[0];
        let reshape = Action::Reshape { id: a.id, revision: a.revision, geometry: none.clone() };
        refused(world.act(&draw(world.images[0], COW, none.clone())), Code::Refused, "outside the image");
        refused(world.act(&reshape), Code::Refused, "outside the image");
    }
    assert_eq!(world.all(), before);

    let dragged = world.draw(COW, rect(-20.0, 400.0, 30.0, 4000.0)).unwrap();
    assert_eq!(dragged.rect, rect(0.0, 400.0, 30.0, 480.0));
    let pixel = geometry(rect(5.0, 5.0, 6.0, 6.0), Shape::Mask { runs: vec![0, 1] });
    let drawn = world.draw(COW, pixel.clone()).unwrap();
    assert_eq!((drawn.rect, &drawn.shape), (pixel.rect, &pixel.shape));
    let crossing = polygon(&[(0.0, 0.0), (90.0, 90.0), (90.0, 0.0), (0.0, 90.0)]);
    assert_eq!(world.draw(COW, crossing.clone()).unwrap().shape, crossing.shape);
    assert_eq!(world.other().image(world.images[0]).unwrap().annotations, world.boxes(0));
}

#[test]
fn a_label_deleted_in_another_window_is_told_as_a_conflict() {
    let world = World::new(1, 2);
    let other = world.other();
    let a = &world.boxes(0)[0];
    other.delete_label(COW, None, PERSON).unwrap();
    let corners = rect(1.0, 1.0, 9.0, 9.0);
    refused(world.act(&draw(a.image, COW, corners)), Code::Stale, "\"cow\" was deleted");
    let relabel = Action::Relabel { id: a.id, revision: a.revision, label: COW };
    refused(world.act(&relabel), Code::Stale, "\"cow\" was deleted");
    refused(world.project.save_label(&world.label(COW), PERSON), Code::Stale, "\"cow\" was deleted");
    refused(world.project.delete_label(COW, None, PERSON), Code::Stale, "\"cow\" was deleted");
    // Merged: the box changed under the other window, so what it knew is stale.
    other.delete_label(HORSE, Some(PERSON_LABEL), PERSON).unwrap();
    refused(world.act(&accept(a)), Code::Stale, &format!("Box {}", a.id));
    assert_eq!(world.all().iter().filter(|a| a.state != ReviewState::Pending).count(), 0);
}

#[test]
#[cfg(unix)]
fn a_project_file_that_is_gone_takes_no_more_decisions() {
    let world = World::new(1, 2);
    let (path, away) = (world.path(), world.dir.path().join("away"));
    std::fs::rename(&path, &away).unwrap();
    let action = accept(&world.boxes(0)[0]);
    refused(world.act(&action), Code::BadProject, "p.relook is no longer there");
    refused(world.project.undo().and(world.act(&action)), Code::BadProject, "no longer there");
    refused(world.project.add_label("goat"), Code::BadProject, "no longer there");
    std::fs::rename(&away, &path).unwrap();
    assert_eq!(world.act(&action).unwrap().counts.accepted, 1);
    assert_eq!(world.other().counts().unwrap().accepted, 1);
}

#[test]
fn ten_thousand_decisions_in_a_row_and_all_of_them_back() {
    let world = World::new(20, 25);
    let start = still(world.all());
    let mut boxes = world.all();
    let mut decided = 0;
    for turn in 0..20 {
        let list: Vec<Action> = boxes
            .iter()
            .map(|a| match turn % 3 {
                0 => accept(a),
                1 => Action::Relabel { id: a.id, revision: a.revision, label: [PERSON_LABEL, COW][turn % 2] },
                _ => Action::Reopen { id: a.id, revision: a.revision },
            })
            .collect();
        decided += list.len();
        world.project.act_all(&list, PERSON).unwrap();
        boxes = world.all();
    }
    // One by one as fast as it goes.
    for _ in 0..300 {
        let a = world.boxes(0)[0].clone();
        let accepted = a.state != ReviewState::Pending;
        let back = Action::Reopen { id: a.id, revision: a.revision };
        world.act(&if accepted { back } else { accept(&a) }).unwrap();
    }
    assert_eq!(decided, 10_000);
    assert_eq!(world.project.history(None, 1000).unwrap().len(), 321, "with the draft");
    world.other().go_to(None).unwrap();
    assert_eq!(still(world.all()), start);
}
