use std::collections::BTreeMap;

use super::*;
use crate::{
    Attribute, AttributeKind, Rect, Shape, Tracked,
    annotation::{Origin, ReviewState, Standing},
    ids::{AnnotationId, ImageId, LabelId, TrackId},
};

/// A box of 10 by 10 pixels whose id is its place.
fn at(place: u64, keyframe: bool, x: f64) -> TrackShape {
    let annotation = Annotation {
        id: AnnotationId(place as i64),
        image: ImageId(place as i64),
        label: LabelId(1),
        rect: Rect { x1: x, y1: 0.0, x2: x + 10.0, y2: 10.0 },
        rotation: 0.0,
        shape: Shape::Box,
        score: None,
        origin: Origin::Imported,
        state: ReviewState::Accepted,
        standing: Standing::Settled,
        verdict: None,
        disagreement: false,
        doubt: 0.0,
        occluded: false,
        z_order: 0,
        group: 0,
        attributes: BTreeMap::new(),
        track: Some(Tracked { id: TrackId(1), keyframe }),
        revision: 1,
    };
    TrackShape { place, size: Some((640, 480)), annotation }
}

fn label() -> Label {
    let attribute = |name: &str, mutable| Attribute {
        name: name.into(),
        kind: AttributeKind::Text,
        mutable,
        default: String::new(),
        values: Vec::new(),
    };
    Label {
        id: LabelId(1),
        name: "car".into(),
        colour: "#ff0000".into(),
        attributes: vec![attribute("plate", false), attribute("lights", true)],
        shape: None,
        key: String::new(),
        skeleton: None,
        archived: false,
    }
}

/// An edit of the shape at a place that has been played: only what it touched counts.
fn edit(place: i64, after: Patch) -> Change {
    Change::Edit { id: AnnotationId(place), before: Patch::default(), after }
}

/// Places whose left side changes, with what it becomes.
fn moved(changes: &[Change]) -> Vec<(i64, f64)> {
    let left = |c: &Change| match c {
        Change::Edit { id, after, .. } => Some((id.0, after.rect?.x1)),
        _ => None,
    };
    changes.iter().filter_map(left).collect()
}

#[test]
fn shapes_between_keyframes_follow_those_beside_them() {
    let moving = || Patch { rect: Some(at(0, true, 0.0).annotation.rect), ..Patch::default() };
    // 2 was moved from 20 to 40; what lies beyond the keyframe 4 is not its business.
    let shapes = [
        at(0, true, 0.0),
        at(1, false, 10.0),
        at(2, true, 40.0),
        at(3, false, 30.0),
        at(4, true, 60.0),
        at(5, false, 7.0),
    ];
    let changes = follow(&shapes, &[edit(2, moving())], &label());
    assert_eq!(moved(&changes), [(1, 20.0), (3, 50.0)]);
    // After the last keyframe the shape stays as there.
    assert_eq!(moved(&follow(&shapes, &[edit(4, moving())], &label())), [(3, 50.0), (5, 60.0)]);
    // A keyframe no longer: it lies on the line between its neighbours.
    let mut unmade = shapes.clone();
    unmade[2].annotation.track = Some(Tracked { id: TrackId(1), keyframe: false });
    let patch = Patch { keyframe: Some(false), ..Patch::default() };
    assert_eq!(moved(&follow(&unmade, &[edit(2, patch)], &label())), [(1, 15.0), (2, 30.0), (3, 45.0)]);
}

#[test]
fn where_an_image_has_none_the_track_ends_and_begins_again() {
    let moving = Patch { rect: Some(at(0, true, 0.0).annotation.rect), ..Patch::default() };
    let shapes =
        [at(0, true, 50.0), at(1, false, 10.0), at(3, false, 30.0), at(4, false, 31.0), at(5, true, 90.0)];
    assert!(begins(&shapes, 0) && !begins(&shapes, 1) && begins(&shapes, 2));
    // Held to the gap, not on the way to what comes after it.
    assert_eq!(moved(&follow(&shapes, &[edit(0, moving.clone())], &label())), [(1, 50.0)]);
    // What begins again counts as a keyframe, whatever it says.
    assert_eq!(moved(&follow(&shapes, &[edit(5, moving)], &label())), [(4, 60.0)]);
}

#[test]
fn a_rejected_keyframe_still_says_where_the_thing_was_going() {
    let mut shapes =
        [at(0, true, 0.0), at(1, false, 3.0), at(2, true, 20.0), at(3, false, 25.0), at(4, true, 30.0)];
    shapes[2].annotation.state = ReviewState::Rejected;
    let moving = Patch { rect: Some(shapes[0].annotation.rect), ..Patch::default() };
    assert_eq!(moved(&follow(&shapes, &[edit(0, moving)], &label())), [(1, 10.0)]);
}

#[test]
fn one_label_one_group_and_lasting_attributes_for_all_of_a_track() {
    let mut shapes = [at(0, true, 0.0), at(1, false, 5.0), at(2, true, 10.0)];
    let values = |plate: &str, lights: &str| {
        BTreeMap::from([("plate".to_owned(), plate.to_owned()), ("lights".to_owned(), lights.to_owned())])
    };
    shapes.iter_mut().for_each(|s| s.annotation.attributes = values("A", "off"));
    let said = Details {
        group: Some(4),
        attributes: Some(values("B", "on")),
        occluded: Some(true),
        ..Details::default()
    };
    let a = &mut shapes[0].annotation;
    (a.group, a.attributes, a.occluded) = (4, values("B", "on"), true);
    let changes = follow(&shapes, &[edit(0, Patch { details: said, ..Patch::default() })], &label());
    let after = |n: usize| match &changes[n] {
        Change::Edit { id, after, .. } => (id.0, after.details.clone()),
        other => panic!("{other:?}"),
    };
    // What changes along the track goes on to the next keyframe.
    let (one, two) = (after(0), after(1));
    assert_eq!((one.0, one.1.group, one.1.occluded), (1, Some(4), Some(true)));
    assert_eq!(one.1.attributes, Some(values("B", "on")));
    assert_eq!((two.0, two.1.group, two.1.occluded), (2, Some(4), None));
    assert_eq!(two.1.attributes, Some(values("B", "off")));

    shapes.iter_mut().for_each(|s| (s.annotation.group, s.annotation.attributes) = (0, BTreeMap::new()));
    shapes[1].annotation.label = LabelId(2);
    let relabelled = edit(1, Patch { label: Some(LabelId(2)), ..Patch::default() });
    let changes = follow(&shapes, &[relabelled], &Label { id: LabelId(2), ..label() });
    let labels: Vec<_> = changes
        .iter()
        .map(|c| if let Change::Edit { id, after, .. } = c { (id.0, after.label) } else { (-1, None) })
        .collect();
    assert_eq!(labels[0], (0, Some(LabelId(2))));
    assert_eq!(labels.last(), Some(&(2, Some(LabelId(2)))));
}
