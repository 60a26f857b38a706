//! What differs between the shapes of an image here and elsewhere. Pure.

use relook_domain::{Annotation, Geometry, Point, Rect, Shape, matching::match_boxes};

use super::merge::{EQUAL, IN_PLACE, points_of, same};

/// Formats round to hundredths; the rest is what numbers are off by.
const ROUNDED: f64 = EQUAL + 1e-6;

/// Places in the two lists that belong together, and those that are alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Compared {
    /// Nothing differs.
    pub equal: Vec<(usize, usize)>,
    /// The same shape, and something about it differs.
    pub changed: Vec<(usize, usize)>,
    pub ours: Vec<usize>,
    pub theirs: Vec<usize>,
}

/// Matches one to one: first what is equal, then what is the same but for its details, then what lies in the same place,
/// of the same label rather than of another.
pub(crate) fn compare(ours: &[Annotation], theirs: &[Annotation]) -> Compared {
    let mut out = Compared {
        ours: (0..ours.len()).collect(),
        theirs: (0..theirs.len()).collect(),
        ..Compared::default()
    };
    out.equal = out.pair(|o, t| {
        let (a, b) = (&ours[o], &theirs[t]);
        a.label == b.label && !details_differ(a, b) && unmoved(&a.geometry(), &b.geometry())
    });
    out.changed = out.pair(|o, t| same(&ours[o], &theirs[t]));
    let unmoved_pairs = out.pair(|o, t| unmoved(&ours[o].geometry(), &theirs[t].geometry()));
    out.changed.extend(unmoved_pairs);
    let bounds = |all: &[Annotation], of: &[usize]| -> Vec<Rect> {
        of.iter().map(|n| all[*n].geometry().bounds()).collect()
    };
    let kind = |o: usize, t: usize| {
        let (a, b) = (&ours[out.ours[o]], &theirs[out.theirs[t]]);
        (a.shape.kind() == b.shape.kind(), a.label == b.label)
    };
    let pairs =
        match_boxes(
            &bounds(ours, &out.ours),
            &bounds(theirs, &out.theirs),
            IN_PLACE,
            |o, t, iou| match kind(o, t) {
                (true, true) => iou + 1.0,
                (true, false) => iou,
                _ => -1.0,
            },
        );
    let pairs: Vec<(usize, usize)> = pairs
        .iter()
        .filter(|p| kind(p.left, p.right).0)
        .map(|p| (out.ours[p.left], out.theirs[p.right]))
        .collect();
    out.ours.retain(|o| !pairs.iter().any(|(left, _)| left == o));
    out.theirs.retain(|t| !pairs.iter().any(|(_, right)| right == t));
    out.changed.extend(pairs);
    out.changed.sort_unstable();
    out
}

impl Compared {
    /// Takes pairs that fit out of what is alone, in order.
    fn pair(&mut self, fits: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        self.ours.retain(|o| match self.theirs.iter().position(|t| fits(*o, *t)) {
            Some(at) => {
                pairs.push((*o, self.theirs.remove(at)));
                false
            }
            None => true,
        });
        pairs
    }
}

/// Whether anything but label and geometry differs.
pub(crate) fn details_differ(a: &Annotation, b: &Annotation) -> bool {
    (a.occluded, a.z_order, a.group) != (b.occluded, b.z_order, b.group) || a.attributes != b.attributes
}

/// Whether two geometries are one but for what writing them rounds.
pub(crate) fn unmoved(a: &Geometry, b: &Geometry) -> bool {
    let near = |v: f64, w: f64| (v - w).abs() <= ROUNDED;
    let together = |p: &Point, q: &Point| near(p.x, q.x) && near(p.y, q.y);
    let (r, s) = (a.rect, b.rect);
    let rects = near(r.x1, s.x1) && near(r.y1, s.y1) && near(r.x2, s.x2) && near(r.y2, s.y2);
    let turned = (a.rotation - b.rotation).abs();
    match (&a.shape, &b.shape) {
        (Shape::Tag, Shape::Tag) => true,
        (Shape::Box, Shape::Box) | (Shape::Ellipse, Shape::Ellipse) => {
            rects && (turned <= ROUNDED || turned >= 360.0 - ROUNDED)
        }
        (Shape::Mask { runs }, Shape::Mask { runs: others }) => rects && runs == others,
        (Shape::Skeleton { joints }, Shape::Skeleton { joints: others }) => {
            joints.len() == others.len()
                && joints.iter().all(|j| {
                    others.iter().any(|o| {
                        let there = near(j.x, o.x) && near(j.y, o.y) && j.occluded == o.occluded;
                        j.name == o.name && j.outside == o.outside && (j.outside || there)
                    })
                })
        }
        (one, other) if one.kind() == other.kind() => {
            let (p, q) = (points_of(one), points_of(other));
            p.len() == q.len() && p.iter().zip(&q).all(|(p, q)| together(p, q))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use relook_domain::LabelId;

    use super::{super::merge::tests::at, *};

    #[test]
    fn each_shape_finds_its_own() {
        let ours = [at(1, 0.0), at(1, 200.0), at(1, 400.0), at(2, 600.0), at(1, 800.0)];
        let theirs = [
            at(3, 200.0),                                  // relabelled
            at(1, 0.004),                                  // only rounded
            Annotation { occluded: true, ..at(1, 400.0) }, // details
            at(2, 610.0),                                  // moved
            at(2, 1000.0),                                 // added
        ];
        let found = compare(&ours, &theirs);
        assert_eq!(found.equal, [(0, 1)]);
        assert_eq!(found.changed, [(1, 0), (2, 2), (3, 3)]);
        assert_eq!((found.ours, found.theirs), (vec![4], vec![4]));
    }

    #[test]
    fn doubles_are_counted_as_often_as_they_are() {
        let found = compare(&[at(1, 0.0)], &[at(1, 0.0), at(1, 0.0)]);
        assert_eq!((found.equal.len(), found.theirs), (1, vec![1]));
    }

    #[test]
    fn the_same_label_wins_over_a_better_overlap() {
        let found = compare(&[at(1, 0.0)], &[at(2, 2.0), at(1, 10.0)]);
        assert_eq!((found.changed, found.theirs), (vec![(0, 1)], vec![0]));
        assert_eq!(at(1, 0.0).label, LabelId(1));
    }

    #[test]
    fn a_point_that_was_dragged_a_little_is_seen() {
        let shape = |x| {
            let points = [(0.0, 0.0), (100.0, 0.0), (x, 50.0), (0.0, 50.0)];
            let points = points.into_iter().map(|(x, y)| Point { x, y }).collect();
            Annotation { shape: Shape::Polygon { points }, ..at(1, 0.0) }
        };
        let found = compare(&[shape(60.0)], &[shape(60.02)]);
        assert_eq!((found.equal.len(), found.changed.len()), (0, 1));
    }
}
