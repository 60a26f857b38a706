//! What becomes of the shapes that are on an image when others come in. Pure.

use relook_domain::{
    Annotation, Geometry, Point, Rect, ReviewState, Shape, ShapeKind, provenance::Provenance,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// From this IoU on two shapes of one label and kind are the same.
const SAME: f64 = 0.99;
/// From this IoU on a shape of mine is in the place of one that comes in.
pub(super) const IN_PLACE: f64 = 0.5;
/// How far, in pixels, points and corners of the same shape lie apart at most, and how far as a share of its size.
const APART: f64 = 0.5;
const APART_SHARE: f64 = 0.005;
/// How far, in pixels, a shape may have moved and still be equal: formats round.
pub(super) const EQUAL: f64 = 0.005;

/// How imported shapes and those already there go together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Merge {
    /// Imported shapes take the place of all that stand on their image.
    Replace,
    /// All are added but those that are there already.
    #[default]
    Add,
    /// Only those where I have none: what stands, and what I rejected, keeps its place.
    KeepMine,
}

/// What is to be done on one image, by places in the lists given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Merged {
    /// Of the present ones.
    pub remove: Vec<usize>,
    /// Of the incoming ones.
    pub add: Vec<usize>,
    /// Incoming ones that are there already.
    pub there: u64,
    /// Incoming ones whose place is taken.
    pub kept_out: u64,
}

/// Merges the shapes of one image. `confirmed_empty`: a person said that there is nothing on it.
pub(super) fn merge(
    how: Merge,
    present: &[Annotation],
    incoming: &[Annotation],
    confirmed_empty: bool,
) -> Merged {
    match how {
        Merge::Replace => replace(present, incoming),
        Merge::Add => add(present, incoming),
        Merge::KeepMine => keep_mine(present, incoming, confirmed_empty),
    }
}

fn replace(present: &[Annotation], incoming: &[Annotation]) -> Merged {
    let mut merged = Merged::default();
    let mut left: Vec<usize> = (0..present.len()).filter(|n| present[*n].stands()).collect();
    for (n, a) in incoming.iter().enumerate() {
        match left.iter().position(|p| equal(&present[*p], a)) {
            Some(at) => {
                left.remove(at);
                merged.there += 1;
            }
            None => merged.add.push(n),
        }
    }
    merged.remove = left;
    merged
}

fn add(present: &[Annotation], incoming: &[Annotation]) -> Merged {
    let mut merged = Merged::default();
    for (n, a) in incoming.iter().enumerate() {
        let here = present.iter().filter(|p| p.stands());
        let mut before = here.chain(merged.add.iter().map(|at| &incoming[*at]));
        if before.any(|p| same(p, a)) {
            merged.there += 1;
        } else {
            merged.add.push(n);
        }
    }
    merged
}

fn keep_mine(present: &[Annotation], incoming: &[Annotation], confirmed_empty: bool) -> Merged {
    let mut merged = Merged::default();
    let mine: Vec<&Annotation> =
        present.iter().filter(|p| p.stands() || p.state == ReviewState::Rejected).collect();
    for (n, a) in incoming.iter().enumerate() {
        if mine.iter().any(|p| same(p, a)) {
            merged.there += 1;
        } else if confirmed_empty || mine.iter().any(|p| in_place(p, a)) {
            merged.kept_out += 1;
        } else {
            merged.add.push(n);
        }
    }
    merged
}

fn in_place(mine: &Annotation, a: &Annotation) -> bool {
    let tag = |a: &Annotation| a.shape == Shape::Tag;
    // A rejected box says that *this* is not there, not that nothing is.
    let says = mine.state != ReviewState::Rejected || mine.label == a.label;
    says && tag(mine) == tag(a)
        && (tag(a) || mine.geometry().bounds().iou(&a.geometry().bounds()) >= IN_PLACE)
}

/// The same shape of the same label, whatever else is said of it.
pub(super) fn same(a: &Annotation, b: &Annotation) -> bool {
    a.label == b.label && a.shape.kind() == b.shape.kind() && alike(&a.geometry(), &b.geometry())
}

fn alike(a: &Geometry, b: &Geometry) -> bool {
    let (r, s) = (a.bounds(), b.bounds());
    let size = r.width().max(r.height());
    let near = APART.max(size * APART_SHARE);
    let points = match (&a.shape, &b.shape) {
        (Shape::Tag, Shape::Tag) => return true,
        (Shape::Mask { runs }, Shape::Mask { runs: others }) => return a.rect == b.rect && runs == others,
        (Shape::Box | Shape::Ellipse, _) => return r.iou(&s) >= SAME,
        (a, b) => (points_of(a), points_of(b)),
    };
    let close = |(p, q): (&Point, &Point)| (p.x - q.x).abs() <= near && (p.y - q.y).abs() <= near;
    points.0.len() == points.1.len() && points.0.iter().zip(&points.1).all(close)
}

pub(super) fn points_of(shape: &Shape) -> Vec<Point> {
    match shape {
        Shape::Polygon { points } | Shape::Polyline { points } | Shape::Points { points } => points.clone(),
        Shape::Cuboid { points } => points.to_vec(),
        Shape::Skeleton { joints } => {
            joints.iter().filter(|j| !j.outside).map(|j| Point { x: j.x, y: j.y }).collect()
        }
        Shape::Box | Shape::Ellipse | Shape::Mask { .. } | Shape::Tag => Vec::new(),
    }
}

/// Whether `present` is what importing `a` would make.
fn equal(present: &Annotation, a: &Annotation) -> bool {
    // How doubtful it was no longer matters once it is decided.
    let standing = |a: &Annotation| (a.state == ReviewState::Pending).then_some(a.standing);
    let said = |a: &Annotation| (Provenance::from(a), standing(a), a.occluded, a.z_order, a.group);
    let corners = |r: Rect| [r.x1, r.y1, r.x2, r.y2];
    let unmoved = corners(present.rect).iter().zip(corners(a.rect)).all(|(v, w)| (v - w).abs() <= EQUAL);
    let turned = (present.rotation - a.rotation).abs() <= EQUAL;
    let set = |a: &Annotation| a.track.map(|t| t.keyframe);
    same(present, a)
        // What a file without tracks says of a track's shape leaves it one.
        && (a.track.is_none() || set(present) == set(a))
        && said(present) == said(a)
        && present.attributes == a.attributes
        && unmoved
        && (turned || a.shape.kind() != ShapeKind::Box)
}

#[cfg(test)]
pub(super) mod tests {
    use relook_domain::{AnnotationId, ImageId, LabelId, Origin, Standing};

    use super::*;

    pub(in crate::import) fn at(label: i64, x: f64) -> Annotation {
        Annotation {
            id: AnnotationId(0),
            image: ImageId(1),
            label: LabelId(label),
            rect: Rect { x1: x, y1: 0.0, x2: x + 100.0, y2: 50.0 },
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
            attributes: std::collections::BTreeMap::new(),
            track: None,
            revision: 1,
        }
    }

    fn is(a: Annotation, state: ReviewState) -> Annotation {
        Annotation { state, ..a }
    }

    fn polygon(points: &[(f64, f64)]) -> Annotation {
        let points = points.iter().map(|(x, y)| Point { x: *x, y: *y }).collect();
        Annotation { shape: Shape::Polygon { points }, ..at(1, 0.0) }
    }

    #[test]
    fn replacing_takes_away_what_stands_and_leaves_what_is_equal() {
        let draft = Annotation { origin: Origin::Draft, state: ReviewState::Pending, ..at(1, 0.0) };
        let rejected = is(at(1, 300.0), ReviewState::Rejected);
        let present = [draft, at(2, 500.0), rejected, at(1, 700.0)];
        let merged = merge(Merge::Replace, &present, &[at(1, 0.0), at(2, 500.004)], false);
        assert_eq!(merged, Merged { remove: vec![0, 3], add: vec![0], there: 1, kept_out: 0 });
        // A file that says nothing of an image empties it.
        assert_eq!(merge(Merge::Replace, &present, &[], false).remove, [0, 1, 3]);
    }

    #[test]
    fn adding_leaves_out_what_is_there() {
        let present = [at(1, 0.0), is(at(3, 0.0), ReviewState::Rejected)];
        let incoming = [at(1, 0.2), at(1, 5.0), at(2, 0.0), at(1, 5.1), at(3, 0.0)];
        let merged = merge(Merge::Add, &present, &incoming, false);
        assert_eq!(merged, Merged { remove: vec![], add: vec![1, 2, 4], there: 2, kept_out: 0 });
    }

    #[test]
    fn mine_is_kept_and_the_rest_filled_in() {
        let present = [at(1, 0.0), is(at(2, 300.0), ReviewState::Rejected)];
        let incoming = [at(1, 0.0), at(2, 10.0), at(2, 300.0), at(3, 310.0), at(1, 600.0)];
        let merged = merge(Merge::KeepMine, &present, &incoming, false);
        assert_eq!(merged, Merged { remove: vec![], add: vec![3, 4], there: 2, kept_out: 1 });
        let nothing = merge(Merge::KeepMine, &[], &incoming, true);
        assert_eq!((nothing.add.len(), nothing.kept_out), (0, 5), "the image was confirmed empty");
    }

    #[test]
    fn outlines_in_one_rectangle_are_different_shapes() {
        let a = polygon(&[(0.0, 0.0), (100.0, 0.0), (100.0, 50.0)]);
        let b = polygon(&[(0.0, 0.0), (100.0, 50.0), (0.0, 50.0)]);
        let near = polygon(&[(0.2, 0.0), (100.0, 0.0), (100.0, 49.8)]);
        assert!(same(&a, &near) && !same(&a, &b) && !same(&a, &at(1, 0.0)));
        let tag = |label| Annotation { shape: Shape::Tag, ..at(label, 0.0) };
        assert!(same(&tag(1), &tag(1)) && !same(&tag(1), &tag(2)));
    }
}
