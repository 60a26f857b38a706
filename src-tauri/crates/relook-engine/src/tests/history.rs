//! The history as people see it.

use super::*;
use crate::view::HistoryState;

#[test]
fn steps_and_passes_newest_first_and_page_by_page() {
    let world = World::new(3, 2);
    for a in world.all() {
        world.act(&accept(&a)).unwrap();
    }
    world.draft(&world.images[..1], 1, COW);
    let whole = world.project.history(None, 100).unwrap();
    assert_eq!(whole.len(), 8);
    let runs: Vec<_> = whole.iter().filter(|e| e.state == HistoryState::Run).collect();
    assert_eq!(runs.len(), 2);
    assert_eq!(
        (runs[0].title.as_str(), runs[0].actor.as_str()),
        ("Draft by yolov8n on CPU: 1 image", "yolov8n")
    );
    assert_eq!(runs[1].title, "Draft by yolov8n on CPU: 3 images");
    assert!(whole.windows(2).all(|w| w[0].at >= w[1].at));
    // Page by page nothing is left out or told twice.
    let mut pages = Vec::new();
    let mut before = None;
    loop {
        let page = world.project.history(before, 2).unwrap();
        let last = page.iter().rev().find_map(|e| e.step);
        pages.extend(page);
        if last.is_none() {
            break;
        }
        before = last;
    }
    let steps =
        |entries: &[crate::view::HistoryEntry]| entries.iter().filter_map(|e| e.step).collect::<Vec<_>>();
    assert_eq!(steps(&pages), steps(&whole));
    assert_eq!(pages.iter().filter(|e| e.step.is_none()).count(), 2);
}

#[test]
fn going_back_and_forth_in_the_history() {
    let world = World::new(1, 3);
    let start = still(world.all());
    let steps: Vec<_> = world.boxes(0).iter().map(|a| world.act(&accept(a)).unwrap().step).collect();
    let back = world.project.go_to(steps[0]).unwrap();
    assert_eq!(
        (back.title.as_str(), back.counts.accepted, back.step),
        ("Back at: accepted horse", 1, steps[0])
    );
    assert_eq!((back.images.len(), back.redo.as_deref()), (1, Some("Accepted horse")));
    assert_eq!(world.other().go_to(steps[2]).unwrap().counts.accepted, 3);
    assert_eq!(world.project.go_to(None).unwrap().title, "Back at the beginning");
    assert_eq!(still(world.all()), start);
    assert_eq!(world.project.go_to(None).unwrap().step, None);
    world.draw(COW, rect(1.0, 1.0, 9.0, 9.0)).unwrap();
    refused(world.project.go_to(steps[1]), Code::Refused, "left behind");
}
