use super::*;
use crate::annotation::Verdict;

pub(super) fn boxed(id: i64, state: ReviewState) -> Annotation {
    Annotation {
        id: AnnotationId(id),
        image: ImageId(1),
        label: LabelId(1),
        rect: Rect { x1: 10.0, y1: 10.0, x2: 50.0, y2: 40.0 },
        rotation: 0.0,
        shape: Shape::Box,
        score: Some(0.5),
        origin: Origin::Draft,
        state,
        standing: Standing::Doubtful,
        verdict: Some(Verdict::Confirmed),
        disagreement: false,
        doubt: 1.0,
        occluded: false,
        z_order: 0,
        group: 0,
        attributes: BTreeMap::new(),
        track: None,
        revision: 3,
    }
}

fn scene(annotations: &[Annotation], confirmed_empty: bool) -> Scene<'_> {
    Scene { image: ImageId(1), width: 100, height: 80, confirmed_empty, annotations }
}

/// Plays changes onto copies, the way the store does.
fn play(boxes: &[Annotation], changes: &[Change]) -> Vec<Annotation> {
    let mut all = boxes.to_vec();
    for change in changes {
        match change {
            Change::Edit { id, after, .. } => {
                after.write_to(all.iter_mut().find(|a| a.id == *id).unwrap());
            }
            Change::Create { annotation } => all.push((**annotation).clone()),
            Change::Delete { annotation } => all.retain(|a| a.id != annotation.id),
            Change::Empty { .. } | Change::Label { .. } => {}
        }
    }
    all
}

const ID: AnnotationId = AnnotationId(7);
const NEW: AnnotationId = AnnotationId(99);

#[test]
fn every_action_moves_to_its_state_and_its_inverse_leads_back() {
    use ReviewState::{Accepted, Fixed, Pending, Rejected};
    let rect = Rect { x1: 0.0, y1: 0.0, x2: 30.0, y2: 30.0 };
    let accept = Action::Accept { id: ID, revision: 3 };
    let reject = Action::Reject { id: ID, revision: 3 };
    let reopen = Action::Reopen { id: ID, revision: 3 };
    let relabel = Action::Relabel { id: ID, revision: 3, label: LabelId(2) };
    let same_label = Action::Relabel { id: ID, revision: 3, label: LabelId(1) };
    let reshape = Action::Reshape { id: ID, revision: 3, geometry: rect.into() };
    for (from, action, to) in [
        (Pending, &accept, Accepted),
        (Accepted, &accept, Accepted),
        (Fixed, &accept, Fixed),
        (Rejected, &accept, Accepted),
        (Pending, &reject, Rejected),
        (Accepted, &reject, Rejected),
        (Rejected, &reopen, Pending),
        (Fixed, &reopen, Pending),
        (Pending, &relabel, Fixed),
        (Rejected, &relabel, Fixed),
        (Pending, &same_label, Accepted),
        (Fixed, &same_label, Fixed),
        (Pending, &reshape, Fixed),
    ] {
        let boxes = [boxed(7, from)];
        let changes = apply(action, &scene(&boxes, false), NEW).unwrap();
        let after = play(&boxes, &changes);
        assert_eq!(after[0].state, to, "{from:?} {action:?}");
        let back: Vec<_> = changes.into_iter().rev().map(Change::inverse).collect();
        assert_eq!(play(&after, &back), boxes, "undo of {action:?}");
    }
}

#[test]
fn a_stale_or_missing_box_is_refused() {
    let boxes = [boxed(7, ReviewState::Pending)];
    let stale = apply(&Action::Accept { id: ID, revision: 2 }, &scene(&boxes, false), NEW);
    assert_eq!(stale, Err(Refusal::Stale { id: ID }));
    let gone = apply(&Action::Reject { id: AnnotationId(8), revision: 3 }, &scene(&boxes, false), NEW);
    assert_eq!(gone, Err(Refusal::Gone(AnnotationId(8))));
}

#[test]
fn drawing_clips_sorts_corners_and_refuses_slivers() {
    let draw = |x1, y1, x2, y2| {
        let rect = Rect { x1, y1, x2, y2 };
        apply(
            &Action::Draw {
                image: ImageId(1),
                label: LabelId(2),
                geometry: rect.into(),
                details: Details::default(),
            },
            &scene(&[], true),
            NEW,
        )
    };
    let changes = draw(120.0, 30.0, 60.0, -4.0).unwrap();
    let Change::Create { annotation } = &changes[0] else { panic!("{changes:?}") };
    assert_eq!(annotation.rect, Rect { x1: 60.0, y1: 0.0, x2: 100.0, y2: 30.0 });
    assert_eq!(annotation.state, ReviewState::Accepted);
    assert_eq!(changes[1], Change::Empty { image: ImageId(1), before: true, after: false });
    for (x1, y1, x2, y2) in [(10.0, 10.0, 10.4, 40.0), (200.0, 0.0, 220.0, 9.0), (f64::NAN, 0.0, 9.0, 9.0)] {
        assert_eq!(draw(x1, y1, x2, y2), Err(Refusal::Degenerate));
    }
}

#[test]
fn rejecting_a_hand_drawn_box_removes_it() {
    let mine = Annotation { origin: Origin::Manual, ..boxed(7, ReviewState::Accepted) };
    let changes = apply(&Action::Reject { id: ID, revision: 3 }, &scene(&[mine], false), NEW).unwrap();
    assert!(matches!(changes[..], [Change::Delete { .. }]));
}

#[test]
fn accepting_the_rest_leaves_withdrawn_and_decided_boxes_alone() {
    let withdrawn = Annotation { standing: Standing::Withdrawn, ..boxed(2, ReviewState::Pending) };
    let settled = Annotation { standing: Standing::Settled, ..boxed(3, ReviewState::Pending) };
    let boxes = [boxed(1, ReviewState::Pending), withdrawn, settled, boxed(4, ReviewState::Rejected)];
    let rest = Action::AcceptRest { image: ImageId(1) };
    let after = play(&boxes, &apply(&rest, &scene(&boxes, false), NEW).unwrap());
    let accepted: Vec<_> =
        after.iter().filter(|a| a.state == ReviewState::Accepted).map(|a| a.id.0).collect();
    assert_eq!(accepted, [1, 3]);
    assert_eq!(apply(&rest, &scene(&after, false), NEW), Err(Refusal::NothingLeft));
}

#[test]
fn confirming_empty_rejects_the_undecided_and_refuses_over_accepted_boxes() {
    let empty = Action::ConfirmEmpty { image: ImageId(1) };
    let boxes = [boxed(1, ReviewState::Pending)];
    let changes = apply(&empty, &scene(&boxes, false), NEW).unwrap();
    assert_eq!(play(&boxes, &changes)[0].state, ReviewState::Rejected);
    assert!(changes.contains(&Change::Empty { image: ImageId(1), before: false, after: true }));
    let kept = [boxed(1, ReviewState::Fixed)];
    assert_eq!(apply(&empty, &scene(&kept, false), NEW), Err(Refusal::NotEmpty { count: 1 }));
}

#[test]
fn changes_survive_their_stored_form() {
    let boxes = [boxed(7, ReviewState::Pending)];
    let actions = [
        Action::Relabel { id: ID, revision: 3, label: LabelId(2) },
        Action::Describe {
            id: ID,
            revision: 3,
            details: Details { occluded: Some(true), group: Some(4), ..Details::default() },
        },
        Action::Draw {
            image: ImageId(1),
            label: LabelId(2),
            geometry: boxes[0].rect.into(),
            details: Details::default(),
        },
    ];
    for action in actions {
        for change in apply(&action, &scene(&boxes, true), NEW).unwrap() {
            let text = serde_json::to_string(&change).unwrap();
            assert_eq!(serde_json::from_str::<Change>(&text).unwrap(), change, "{text}");
        }
    }
}
