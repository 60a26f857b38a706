//! Filters and orders against a list put in order by hand.

use super::*;
use crate::{BoxFilter, QueueOrder};
use relook_domain::Origin;

const ORDERS: [QueueOrder; 5] = [
    QueueOrder::MostDoubtful,
    QueueOrder::DisagreementsFirst,
    QueueOrder::ByImage,
    QueueOrder::ByLabel,
    QueueOrder::Similar,
];

fn waiting() -> BoxFilter {
    BoxFilter {
        states: vec![ReviewState::Pending],
        standings: vec![Standing::Doubtful],
        ..BoxFilter::default()
    }
}

/// A project with all that filters tell apart, its boxes, and the list's place of each image.
fn mixed() -> (Project, Vec<Annotation>, Vec<ImageId>) {
    let project = Project::drafted(60, 8);
    let store = &project.store;
    let look = run(store, Stage::SecondLook);
    let mut dice = Dice::new(9);
    let results: Vec<_> =
        project.images.iter().step_by(2).map(|i| look_of(*i, &project.boxes(*i), &mut dice)).collect();
    store.save_second_look(look, &results).unwrap();
    for image in project.images.iter().step_by(7) {
        project.act(&Action::AcceptRest { image: *image }).unwrap();
        project.act(&draw(*image, HORSE, geometry(&mut dice))).unwrap().unwrap();
    }
    for image in project.images.iter().skip(3).step_by(9) {
        let a = &project.boxes(*image)[0];
        project.act(&Action::Reject { id: a.id, revision: a.revision }).unwrap();
    }
    // An image that comes first in the list and last by its id.
    store.add_images(project.folder, [NewImage { path: "0.jpg".into(), bytes: 1, modified: 1 }]).unwrap();
    let first = store.images_by_path("0.jpg").unwrap()[0].id;
    let draft = run(store, Stage::Draft);
    store.save_draft(draft, &[draft_of(first, 8, &mut dice)]).unwrap();
    let list: Vec<ImageId> = std::iter::once(first).chain(project.images.iter().copied()).collect();
    let boxes = list.iter().flat_map(|i| project.boxes(*i)).collect();
    (project, boxes, list)
}

fn in_order(boxes: &mut [&Annotation], order: QueueOrder, list: &[ImageId]) {
    let place = |a: &Annotation| list.iter().position(|i| *i == a.image).unwrap();
    let by_doubt = |a: &Annotation, b: &Annotation| b.doubt.total_cmp(&a.doubt).then(a.id.cmp(&b.id));
    let area = |a: &Annotation| (a.rect.x2 - a.rect.x1) * (a.rect.y2 - a.rect.y1);
    boxes.sort_by(|a, b| match order {
        QueueOrder::MostDoubtful => by_doubt(a, b),
        QueueOrder::DisagreementsFirst => b.disagreement.cmp(&a.disagreement).then(by_doubt(a, b)),
        QueueOrder::ByImage => place(a).cmp(&place(b)).then(by_doubt(a, b)),
        QueueOrder::ByLabel => a.label.cmp(&b.label).then(by_doubt(a, b)),
        QueueOrder::Similar => a.label.cmp(&b.label).then(area(a).total_cmp(&area(b))).then(a.id.cmp(&b.id)),
    });
}

#[test]
fn every_filter_in_every_order_and_from_any_place() {
    let (project, boxes, list) = mixed();
    let store = &project.store;
    let image = list[5];
    type Holds = fn(&Annotation) -> bool;
    let any = BoxFilter::default;
    let cases: [(BoxFilter, Holds); 11] = [
        (waiting(), |a| a.state == ReviewState::Pending && doubtful(a)),
        (BoxFilter { labels: vec![HORSE], ..waiting() }, |a| {
            a.state == ReviewState::Pending && doubtful(a) && a.label == HORSE
        }),
        (BoxFilter { disagreement: Some(true), ..waiting() }, |a| {
            a.state == ReviewState::Pending && doubtful(a) && a.disagreement
        }),
        (
            BoxFilter {
                labels: vec![HORSE, PERSON],
                standings: vec![Standing::Doubtful, Standing::Settled],
                ..waiting()
            },
            |a| {
                a.state == ReviewState::Pending
                    && a.standing != Standing::Withdrawn
                    && [HORSE, PERSON].contains(&a.label)
            },
        ),
        (BoxFilter { states: vec![ReviewState::Accepted], ..any() }, |a| a.state == ReviewState::Accepted),
        (BoxFilter { verdicts: vec![Verdict::Moved], ..waiting() }, |a| {
            a.state == ReviewState::Pending && doubtful(a) && a.verdict == Some(Verdict::Moved)
        }),
        (BoxFilter { at_least: Some(0.3), below: Some(0.5), ..any() }, |a| {
            a.score.is_some_and(|s| (0.3..0.5).contains(&s))
        }),
        (BoxFilter { origins: vec![Origin::Manual], ..any() }, |a| a.origin == Origin::Manual),
        (BoxFilter { path: "1.JPG".into(), ..any() }, |a| a.image.0 % 10 == 2 && a.image.0 < 61),
        (BoxFilter { image: Some(image), ..any() }, |a| a.image == ImageId(5)),
        (any(), |_| true),
    ];
    for (filter, holds) in &cases {
        for order in ORDERS {
            let mut want: Vec<_> = boxes.iter().filter(|a| holds(a)).collect();
            in_order(&mut want, order, &list);
            assert!(want.len() > 3, "{filter:?}");
            let page = store.boxes(filter, order, 0, u64::MAX).unwrap();
            let got: Vec<_> = page.rows.iter().map(|r| r.annotation.clone()).collect();
            assert!(got.iter().eq(want.iter().copied()), "{order:?} {filter:?}");
            assert_eq!((page.total, page.more), (want.len() as u64, false), "{filter:?}");
            assert_eq!(store.matching(filter).unwrap(), page.total);
            for offset in [1, 3, want.len() - 1, want.len(), want.len() + 5] {
                let part = store.boxes(filter, order, offset as u64, 7).unwrap();
                let rest: Vec<_> = page.rows.iter().skip(offset).take(7).cloned().collect();
                assert_eq!(part.rows, rest, "{order:?} {filter:?} from {offset}");
            }
        }
    }
    let shown = &store.boxes(&waiting(), QueueOrder::MostDoubtful, 0, 1).unwrap().rows[0];
    assert_eq!((shown.size, shown.path.ends_with(".jpg")), (Some((640, 480)), true));
    assert!(!shown.opinions.is_empty());
    let nothing = BoxFilter { labels: vec![LabelId(77)], ..waiting() };
    let page = store.boxes(&nothing, QueueOrder::Similar, 0, 9).unwrap();
    assert_eq!((page.total, page.rows.len()), (0, 0));
}

#[test]
fn a_box_decided_leaves_the_queue() {
    let project = Project::drafted(4, 6);
    let first = |p: &Project| p.store.boxes(&waiting(), QueueOrder::MostDoubtful, 0, 1).unwrap();
    let page = first(&project);
    project.act(&accept(&page.rows[0].annotation)).unwrap().unwrap();
    let next = first(&project);
    assert_eq!(next.total, page.total - 1);
    assert_ne!(next.rows[0].annotation.id, page.rows[0].annotation.id);
}

#[test]
fn counting_stops_where_no_total_is_kept_and_many_labels_are_put_in_order_too() {
    let project = Project::drafted(2100, 5);
    let store = &project.store;
    for n in 0..450 {
        store.add_label(&label(&format!("label {n}"))).unwrap();
    }
    meddle(store, "UPDATE annotation SET label_id = 1 + id % 450, state = 1, disagreement = id % 3 = 0");
    let scored = BoxFilter { at_least: Some(0.0), ..BoxFilter::default() };
    let page = store.boxes(&scored, QueueOrder::MostDoubtful, 10_400, 10).unwrap();
    assert_eq!((page.total, page.more, page.rows.len()), (10_000, true, 10));
    assert_eq!(store.matching(&scored).unwrap(), 10_500);
    let accepted = BoxFilter { states: vec![ReviewState::Accepted], ..BoxFilter::default() };
    let page = store.boxes(&accepted, QueueOrder::MostDoubtful, 5000, 300).unwrap();
    let doubts: Vec<f64> = page.rows.iter().map(|r| r.annotation.doubt).collect();
    assert!(doubts.is_sorted_by(|a, b| a >= b) && page.total == 10_500);
    let above = number(store, &format!("SELECT count(*) FROM annotation WHERE doubt > {:?}", doubts[0]));
    assert_eq!(above, 5000);
    // Far more runs than can be merged, in both groups: nothing comes twice.
    let page = store.boxes(&accepted, QueueOrder::DisagreementsFirst, 0, u64::MAX).unwrap();
    let ids: std::collections::BTreeSet<_> = page.rows.iter().map(|r| r.annotation.id).collect();
    assert_eq!((ids.len(), page.rows.len()), (10_500, 10_500));
    let split = page.rows.iter().filter(|r| r.annotation.disagreement).count();
    assert!(page.rows[..split].iter().all(|r| r.annotation.disagreement));
}
