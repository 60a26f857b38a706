//! What an oracle makes of the boxes of one image, and whether an image is as the truth has it. Pure.

use relook_domain::{AnnotationId, LabelId, Rect};

use super::Prices;
use crate::truth::TrueBox;

/// From this IoU on a box lies as it should.
pub const FITS: f64 = 0.75;
/// Below this IoU nobody would drag a box into place; it is deleted and the right one drawn.
pub const MENDABLE: f64 = 0.3;

/// A box on an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    pub id: AnnotationId,
    pub rect: Rect,
    pub label: LabelId,
}

/// What has to happen to a box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    Right,
    /// The place it should have, the label it should have; at least one of them.
    Mend {
        rect: Option<Rect>,
        label: Option<LabelId>,
    },
    Wrong,
}

impl Fate {
    /// What makes the box the true one.
    fn of(shown: &Shown, truth: &TrueBox) -> Self {
        let rect = (shown.rect.iou(&truth.rect) < FITS).then_some(truth.rect);
        let label = (shown.label != truth.label).then_some(truth.label);
        if rect.is_none() && label.is_none() { Self::Right } else { Self::Mend { rect, label } }
    }

    /// Seconds.
    pub fn price(&self, prices: &Prices) -> f64 {
        match self {
            Self::Right => prices.accept,
            Self::Wrong => prices.delete,
            Self::Mend { rect, label } => {
                rect.map_or(0.0, |_| prices.adjust) + label.map_or(0.0, |_| prices.relabel)
            }
        }
    }
}

/// The fate of each of `shown`, in their order, and which of `truth` none of them becomes.
///
/// Each true box goes to the box that is brought there most cheaply, nearer ones first, as long as that costs less than
/// `otherwise`: the seconds it takes to go without the box.
pub fn fates(
    shown: &[Shown],
    truth: &[TrueBox],
    prices: &Prices,
    otherwise: f64,
) -> (Vec<Fate>, Vec<TrueBox>) {
    let mut ways = Vec::new();
    for (s, one) in shown.iter().enumerate() {
        for (t, other) in truth.iter().enumerate() {
            let iou = one.rect.iou(&other.rect);
            let fate = Fate::of(one, other);
            let price = fate.price(prices);
            if iou >= MENDABLE && price < otherwise {
                ways.push((price, iou, s, t, fate));
            }
        }
    }
    ways.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)).then((a.2, a.3).cmp(&(b.2, b.3))));
    let mut fates = vec![Fate::Wrong; shown.len()];
    let mut free = vec![true; truth.len()];
    for (_, _, s, t, fate) in ways {
        if fates[s] == Fate::Wrong && free[t] {
            fates[s] = fate;
            free[t] = false;
        }
    }
    let missed = truth.iter().zip(free).filter(|(_, free)| *free).map(|(t, _)| *t).collect();
    (fates, missed)
}

/// The weak box that a click into the middle of a missing object offers, the one whose own middle is nearest by its size,
/// and what makes it the object; `None` where none lies there or drawing costs less. Its place in `weak` comes first.
pub fn offered(weak: &[Shown], truth: &TrueBox, prices: &Prices) -> Option<(usize, Fate)> {
    let middle = |r: &Rect| ((r.x1 + r.x2) / 2.0, (r.y1 + r.y2) / 2.0);
    let (x, y) = middle(&truth.rect);
    let off = |r: &Rect| {
        let (cx, cy) = middle(r);
        ((x - cx) / r.width()).powi(2) + ((y - cy) / r.height()).powi(2)
    };
    let holds = |r: &Rect| r.x1 <= x && x <= r.x2 && r.y1 <= y && y <= r.y2;
    let under = weak.iter().enumerate().filter(|(_, s)| holds(&s.rect));
    let (place, shown) = under.min_by(|(_, a), (_, b)| off(&a.rect).total_cmp(&off(&b.rect)))?;
    let fate = Fate::of(shown, truth);
    let worth = shown.rect.iou(&truth.rect) >= MENDABLE && fate.price(prices) < prices.draw;
    worth.then_some((place, fate))
}

/// The boxes that have no partner when `shown` and `truth` are paired one to one, as many as can be, by label and an IoU
/// of at least [`FITS`]: places in `shown`, then places in `truth`.
pub fn unpaired(shown: &[Shown], truth: &[TrueBox]) -> (Vec<usize>, Vec<usize>) {
    let fits =
        |s: usize, t: usize| shown[s].label == truth[t].label && shown[s].rect.iou(&truth[t].rect) >= FITS;
    let mut of_truth: Vec<Option<usize>> = vec![None; truth.len()];
    let lonely = (0..shown.len())
        .filter(|s| !find_partner(*s, &fits, &mut of_truth, &mut vec![false; truth.len()]))
        .collect();
    let missed = (0..truth.len()).filter(|t| of_truth[*t].is_none()).collect();
    (lonely, missed)
}

/// Finds a partner for `s`, moving others to other partners where that makes room.
fn find_partner(
    s: usize,
    fits: &impl Fn(usize, usize) -> bool,
    of_truth: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for t in 0..of_truth.len() {
        if tried[t] || !fits(s, t) {
            continue;
        }
        tried[t] = true;
        if of_truth[t].is_none_or(|other| find_partner(other, fits, of_truth, tried)) {
            of_truth[t] = Some(s);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOG: LabelId = LabelId(1);
    const CAT: LabelId = LabelId(2);

    /// Boxes 100 px wide, so that a shift of 10 px is an IoU of 0.82, of 20 px one of 0.67, of 60 px one of 0.25.
    fn at(x: f64) -> Rect {
        Rect { x1: x, y1: 0.0, x2: x + 100.0, y2: 100.0 }
    }

    fn shown(boxes: &[(f64, LabelId)]) -> Vec<Shown> {
        let one = |(n, (x, label)): (usize, &(f64, LabelId))| Shown {
            id: AnnotationId(n as i64 + 1),
            rect: at(*x),
            label: *label,
        };
        boxes.iter().enumerate().map(one).collect()
    }

    fn truth(boxes: &[(f64, LabelId)]) -> Vec<TrueBox> {
        boxes.iter().map(|(x, label)| TrueBox { rect: at(*x), label: *label }).collect()
    }

    #[test]
    fn one_box_against_one_true_box() {
        let prices = Prices::default();
        let (place, name) = (Some(at(0.0)), Some(DOG));
        for (x, label, fate, seconds) in [
            (10.0, DOG, Fate::Right, 1.5),
            (10.0, CAT, Fate::Mend { rect: None, label: name }, 2.0),
            (20.0, DOG, Fate::Mend { rect: place, label: None }, 5.0),
            (20.0, CAT, Fate::Mend { rect: place, label: name }, 7.0),
            (60.0, DOG, Fate::Wrong, 1.5),
        ] {
            let (fates, missed) = fates(&shown(&[(x, label)]), &truth(&[(0.0, DOG)]), &prices, 8.5);
            assert_eq!(fates, [fate], "{x} {label}");
            assert_eq!(missed.is_empty(), fate != Fate::Wrong);
            assert!((fates[0].price(&prices) - seconds).abs() < 1e-9);
        }
    }

    #[test]
    fn a_true_box_goes_to_the_box_that_costs_least_to_mend() {
        // The nearer one has the wrong label; the other is right as it is, and the nearer one a double.
        let (fates, missed) =
            fates(&shown(&[(1.0, CAT), (12.0, DOG)]), &truth(&[(0.0, DOG)]), &Prices::default(), 8.5);
        assert_eq!((fates, missed.len()), (vec![Fate::Wrong, Fate::Right], 0));
    }

    #[test]
    fn mending_that_costs_more_than_drawing_is_not_done() {
        let (fates, missed) = fates(&shown(&[(20.0, DOG)]), &truth(&[(0.0, DOG)]), &Prices::default(), 4.9);
        assert_eq!((fates, missed.len()), (vec![Fate::Wrong], 1));
    }

    #[test]
    fn pairs_are_found_where_a_greedy_search_would_miss_them() {
        // The first fits both true boxes and the nearer one best, but the second fits only that one.
        let boxes = shown(&[(6.0, DOG), (-7.0, DOG)]);
        let wanted = truth(&[(5.0, DOG), (16.0, DOG)]);
        assert_eq!(unpaired(&boxes, &wanted), (vec![], vec![]));
        assert_eq!(unpaired(&boxes, &truth(&[(6.0, CAT)])), (vec![0, 1], vec![0]));
        assert_eq!(unpaired(&boxes[..1], &truth(&[(6.0, DOG), (6.0, DOG)])), (vec![], vec![1]));
    }
    #[test]
    fn a_click_offers_the_weak_box_in_whose_middle_it_lies() {
        let prices = Prices::default();
        let missing = truth(&[(0.0, DOG)])[0];
        let offered = |boxes| offered(&shown(boxes), &missing, &prices);
        assert_eq!(offered(&[(30.0, DOG), (5.0, DOG)]), Some((1, Fate::Right)));
        // What is offered is the nearest, even if another would fit.
        assert_eq!(
            offered(&[(10.0, DOG), (5.0, CAT)]),
            Some((1, Fate::Mend { rect: None, label: Some(DOG) }))
        );
        assert_eq!(offered(&[(20.0, CAT)]), None, "to adjust and relabel it costs as much as to draw");
        assert_eq!(offered(&[(60.0, DOG)]), None, "it does not lie under the click");
    }
}
