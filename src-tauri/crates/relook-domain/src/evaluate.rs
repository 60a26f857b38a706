//! How good boxes are, held against the truth: COCO's twelve numbers, precision and recall from a score on, and what is
//! taken for what.

mod coco;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use self::coco::Cell;
pub use self::coco::Coco;
use crate::{geometry::Rect, ids::LabelId, matching::match_boxes, reconcile::Seen};

/// From this IoU on a box has found its object.
pub const FOUND_IOU: f64 = 0.5;

/// A box as it should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrueBox {
    pub rect: Rect,
    pub label: LabelId,
    /// Of the object itself, square pixels: it makes an object small, medium or large.
    pub area: f64,
    /// Many objects in one: a box that lies on it is neither right nor wrong.
    pub crowd: bool,
}

/// One image: what should be there, and what was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    pub truth: Vec<TrueBox>,
    pub found: Vec<Seen>,
}

/// Boxes from a score on, at an IoU of [`FOUND_IOU`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Objects in the truth, crowds left out.
    pub wanted: u64,
    pub right: u64,
    pub wrong: u64,
}

impl Tally {
    /// Share of the boxes that are right; `None`: there are none.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(self.right, self.right + self.wrong)
    }

    /// Share of the objects that were found; `None`: there are none.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        share(self.right, self.wanted)
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// One label's figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OfLabel {
    pub label: LabelId,
    pub coco: Coco,
    pub tally: Tally,
}

/// So many objects of a label were taken for another. `None` on one side: found where nothing is, or not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confusion {
    pub truth: Option<LabelId>,
    pub found: Option<LabelId>,
    pub count: u64,
}

/// All figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    pub coco: Coco,
    pub tally: Tally,
    /// Of each label that the truth or the boxes name, by id.
    pub labels: Vec<OfLabel>,
    /// The most frequent first; right ones included.
    pub confusion: Vec<Confusion>,
}

/// Holds boxes against the truth. Weak boxes belong in `found` too: average precision asks for them; `at` is the score
/// from which on boxes count in tallies and confusion.
#[must_use]
pub fn evaluate(scenes: &[Scene], at: f64) -> Evaluation {
    let named = |s: &Scene| -> BTreeSet<LabelId> {
        s.truth.iter().map(|t| t.label).chain(s.found.iter().map(|f| f.label)).collect()
    };
    let mut cells: BTreeMap<LabelId, Vec<Cell>> = BTreeMap::new();
    for scene in scenes {
        for label in named(scene) {
            let truth: Vec<_> = scene.truth.iter().filter(|t| t.label == label).copied().collect();
            let found: Vec<_> = scene.found.iter().filter(|f| f.label == label).copied().collect();
            cells.entry(label).or_default().push(Cell::new(&truth, &found));
        }
    }
    let of_label = |(label, cells): (&LabelId, &Vec<Cell>)| {
        let mut tally = Tally::default();
        for cell in cells {
            let (right, wrong) = cell.right_and_wrong(at);
            tally.wanted += cell.wanted();
            tally.right += right;
            tally.wrong += wrong;
        }
        OfLabel { label: *label, coco: coco::coco(std::iter::once(cells.as_slice())), tally }
    };
    let labels: Vec<OfLabel> = cells.iter().map(of_label).collect();
    let sum = |one: &dyn Fn(&Tally) -> u64| labels.iter().map(|l| one(&l.tally)).sum();
    let tally = Tally { wanted: sum(&|t| t.wanted), right: sum(&|t| t.right), wrong: sum(&|t| t.wrong) };
    let coco = coco::coco(cells.values().map(Vec::as_slice));
    Evaluation { coco, tally, labels, confusion: confusion(scenes, at) }
}

fn confusion(scenes: &[Scene], at: f64) -> Vec<Confusion> {
    let mut counts: BTreeMap<(Option<LabelId>, Option<LabelId>), u64> = BTreeMap::new();
    for scene in scenes {
        let truth: Vec<_> = scene.truth.iter().filter(|t| !t.crowd).collect();
        let found: Vec<_> = scene.found.iter().filter(|f| f.score >= at).collect();
        let left: Vec<Rect> = truth.iter().map(|t| t.rect).collect();
        let right: Vec<Rect> = found.iter().map(|f| f.rect).collect();
        let same = |t: usize, f: usize| truth[t].label == found[f].label;
        let pairs = match_boxes(&left, &right, FOUND_IOU, |t, f, iou| iou + f64::from(u8::from(same(t, f))));
        let mut add = |truth, found| *counts.entry((truth, found)).or_default() += 1;
        let (mut missed, mut extra) = (vec![true; truth.len()], vec![true; found.len()]);
        for pair in pairs {
            (missed[pair.left], extra[pair.right]) = (false, false);
            add(Some(truth[pair.left].label), Some(found[pair.right].label));
        }
        missed.iter().zip(&truth).filter(|(m, _)| **m).for_each(|(_, t)| add(Some(t.label), None));
        let in_crowd = |f: &Seen| {
            let covers = |t: &TrueBox| f.rect.intersection(&t.rect) >= FOUND_IOU * f.rect.area();
            scene.truth.iter().any(|t| t.crowd && t.label == f.label && covers(t))
        };
        let extra = extra.iter().zip(&found).filter(|(e, f)| **e && !in_crowd(f));
        extra.for_each(|(_, f)| add(None, Some(f.label)));
    }
    let mut all: Vec<_> =
        counts.into_iter().map(|((truth, found), count)| Confusion { truth, found, count }).collect();
    all.sort_by_key(|c| std::cmp::Reverse(c.count));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOG: LabelId = LabelId(1);
    const CAT: LabelId = LabelId(2);

    fn at(x: f64, side: f64) -> Rect {
        Rect { x1: x, y1: 0.0, x2: x + side, y2: side }
    }

    fn truth(x: f64, side: f64, label: LabelId) -> TrueBox {
        TrueBox { rect: at(x, side), label, area: side * side, crowd: false }
    }

    fn found(x: f64, side: f64, label: LabelId, score: f64) -> Seen {
        Seen { rect: at(x, side), label, score }
    }

    fn close(value: Option<f64>, want: f64) -> bool {
        value.is_some_and(|v| (v - want).abs() < 1e-9)
    }

    #[test]
    fn what_is_just_right_scores_one_and_sizes_are_told_apart() {
        let scene = Scene {
            truth: vec![truth(0.0, 20.0, DOG), truth(100.0, 50.0, DOG)],
            found: vec![found(0.0, 20.0, DOG, 0.9), found(100.0, 50.0, DOG, 0.8)],
        };
        let e = evaluate(&[scene], 0.5);
        assert!(close(e.coco.ap, 1.0) && close(e.coco.ap_small, 1.0) && close(e.coco.ap_medium, 1.0));
        assert_eq!(e.coco.ap_large, None, "the truth has nothing large");
        assert!(close(e.coco.ar1, 0.5), "one box an image finds one of two: {:?}", e.coco.ar1);
        assert_eq!(e.tally, Tally { wanted: 2, right: 2, wrong: 0 });
    }

    /// IoU 0.6 is enough at 0.50, 0.55 and 0.60, so three thresholds of ten are met.
    #[test]
    fn a_box_that_is_a_little_off_counts_at_the_lower_overlaps() {
        let scene = Scene { truth: vec![truth(0.0, 100.0, DOG)], found: vec![found(25.0, 100.0, DOG, 0.9)] };
        let e = evaluate(&[scene], 0.5);
        assert!(close(e.coco.ap, 0.3) && close(e.coco.ap50, 1.0) && close(e.coco.ap75, 0.0), "{:?}", e.coco);
    }

    #[test]
    fn a_wrong_box_above_a_right_one_halves_precision_and_below_it_does_not() {
        let scene = |wrong: f64| Scene {
            truth: vec![truth(0.0, 100.0, DOG)],
            found: vec![found(0.0, 100.0, DOG, 0.5), found(300.0, 100.0, DOG, wrong)],
        };
        assert!(close(evaluate(&[scene(0.9)], 0.0).coco.ap, 0.5));
        assert!(close(evaluate(&[scene(0.1)], 0.0).coco.ap, 1.0));
        assert_eq!(
            evaluate(&[scene(0.1)], 0.2).tally.precision(),
            Some(1.0),
            "weaker than the score asked for"
        );
    }

    #[test]
    fn what_lies_on_a_crowd_is_neither_right_nor_wrong() {
        let crowd = TrueBox { crowd: true, ..truth(200.0, 300.0, DOG) };
        let scene = Scene {
            truth: vec![crowd, truth(0.0, 100.0, DOG)],
            found: vec![
                found(0.0, 100.0, DOG, 0.6),
                found(220.0, 50.0, DOG, 0.9),
                found(300.0, 50.0, DOG, 0.8),
            ],
        };
        let e = evaluate(&[scene], 0.5);
        assert!(close(e.coco.ap, 1.0), "{:?}", e.coco);
        assert_eq!(e.tally, Tally { wanted: 1, right: 1, wrong: 0 });
        assert_eq!(e.confusion, [Confusion { truth: Some(DOG), found: Some(DOG), count: 1 }]);
    }

    #[test]
    fn confusion_tells_what_was_taken_for_what() {
        let scene = Scene {
            truth: vec![truth(0.0, 100.0, DOG), truth(200.0, 100.0, CAT), truth(600.0, 100.0, CAT)],
            found: vec![
                found(0.0, 100.0, CAT, 0.9),
                found(5.0, 100.0, DOG, 0.6),
                found(205.0, 100.0, DOG, 0.8),
                found(600.0, 100.0, CAT, 0.3),
            ],
        };
        let e = evaluate(&[scene], 0.5);
        let pairs: BTreeSet<_> = e.confusion.iter().map(|c| (c.truth, c.found, c.count)).collect();
        let want = [
            (Some(DOG), Some(DOG), 1),
            (Some(CAT), Some(DOG), 1),
            (None, Some(CAT), 1),
            (Some(CAT), None, 1),
        ];
        assert_eq!(pairs, want.into_iter().collect(), "its own label goes before the better fit");
    }

    #[test]
    fn a_label_without_truth_does_not_weigh_on_the_average() {
        let scene = Scene {
            truth: vec![truth(0.0, 100.0, DOG)],
            found: vec![found(0.0, 100.0, DOG, 0.9), found(300.0, 50.0, CAT, 0.9)],
        };
        let e = evaluate(&[scene], 0.5);
        assert!(close(e.coco.ap, 1.0));
        assert_eq!(e.tally.wrong, 1, "but it is wrong all the same");
        assert_eq!(evaluate(&[], 0.5).coco, Coco::default());
    }
}
