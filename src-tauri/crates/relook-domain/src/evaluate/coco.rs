//! COCO's average precision and recall of boxes, step by step as `pycocotools` computes them.

use serde::Serialize;
use ts_rs::TS;

use super::TrueBox;
use crate::reconcile::Seen;

const IOUS: usize = 10;
const RECALLS: usize = 101;
/// Boxes of one label on one image that count, best first.
const MOST: usize = 100;
const SMALL: f64 = 32.0 * 32.0;
const LARGE: f64 = 96.0 * 96.0;
/// All, small, medium, large: square pixels from and to, both included.
const AREAS: [(f64, f64); 4] = [(0.0, 1e10), (0.0, SMALL), (SMALL, LARGE), (LARGE, 1e10)];

/// COCO's twelve numbers, 0..=1; `None`: the truth has nothing to measure it by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, TS)]
pub struct Coco {
    /// Mean over IoU 0.50, 0.55, … 0.95.
    pub ap: Option<f64>,
    pub ap50: Option<f64>,
    pub ap75: Option<f64>,
    /// Of objects below 32 × 32 pixels.
    pub ap_small: Option<f64>,
    pub ap_medium: Option<f64>,
    /// From 96 × 96 pixels on.
    pub ap_large: Option<f64>,
    /// Recall with one box of a label an image, with ten, with a hundred.
    pub ar1: Option<f64>,
    pub ar10: Option<f64>,
    pub ar100: Option<f64>,
    pub ar_small: Option<f64>,
    pub ar_medium: Option<f64>,
    pub ar_large: Option<f64>,
}

/// One box of one label on one image, held against the truth: bit `t` speaks of the `t`-th IoU.
#[derive(Clone, Copy, Debug, Default)]
struct Hit {
    matched: u16,
    /// Neither right nor wrong: it lies on a crowd, or outside the range of areas.
    ignored: u16,
}

/// The boxes of one label on one image.
pub(super) struct Cell {
    /// Falling.
    scores: Vec<f64>,
    /// By range of areas, then as the scores.
    hits: [Vec<Hit>; AREAS.len()],
    /// Truth boxes that count, by range of areas.
    wanted: [u64; AREAS.len()],
}

/// One label's numbers: precision by range of areas and IoU, recall by range of areas (all boxes) or most boxes.
struct OfLabel {
    precision: [Option<[f64; IOUS]>; AREAS.len()],
    recall: [Option<f64>; AREAS.len()],
    recall1: Option<f64>,
    recall10: Option<f64>,
}

fn iou_at(t: usize) -> f64 {
    if t + 1 == IOUS { 0.95 } else { 0.5 + t as f64 * ((0.95 - 0.5) / (IOUS - 1) as f64) }
}

impl Cell {
    pub(super) fn new(truth: &[TrueBox], found: &[Seen]) -> Self {
        let mut found = found.to_vec();
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        found.truncate(MOST);
        let overlap = |f: &Seen, t: &TrueBox| {
            let both = f.rect.intersection(&t.rect);
            let all = if t.crowd { f.rect.area() } else { f.rect.area() + t.rect.area() - both };
            if both > 0.0 { both / all } else { 0.0 }
        };
        let overlaps: Vec<Vec<f64>> =
            found.iter().map(|f| truth.iter().map(|t| overlap(f, t)).collect()).collect();
        let mut cell = Self {
            scores: found.iter().map(|f| f.score).collect(),
            hits: Default::default(),
            wanted: [0; AREAS.len()],
        };
        for (area, (from, to)) in AREAS.into_iter().enumerate() {
            let outside = |square: f64| square < from || square > to;
            let ignore: Vec<bool> = truth.iter().map(|t| t.crowd || outside(t.area)).collect();
            cell.wanted[area] = ignore.iter().filter(|i| !**i).count() as u64;
            let mut hits = vec![Hit::default(); found.len()];
            for t in 0..IOUS {
                for (f, place) in pair(&overlaps, truth, &ignore, iou_at(t)).into_iter().enumerate() {
                    hits[f].matched |= u16::from(place.is_some()) << t;
                    let ignored = place.map_or_else(|| outside(found[f].rect.area()), |p| ignore[p]);
                    hits[f].ignored |= u16::from(ignored) << t;
                }
            }
            cell.hits[area] = hits;
        }
        cell
    }

    /// Right and wrong boxes scoring at least `score`, at IoU 0.5.
    pub(super) fn right_and_wrong(&self, score: f64) -> (u64, u64) {
        let counted =
            self.scores.iter().zip(&self.hits[0]).filter(|(s, h)| **s >= score && h.ignored & 1 == 0);
        counted.fold((0, 0), |(right, wrong), (_, hit)| match hit.matched & 1 {
            1 => (right + 1, wrong),
            _ => (right, wrong + 1),
        })
    }

    /// Truth boxes that are no crowd.
    pub(super) fn wanted(&self) -> u64 {
        self.wanted[0]
    }
}

/// The place of the truth box that each box is matched with. Boxes choose in turn, best score first; one in the truth is
/// taken once, a crowd any number of times.
fn pair(overlaps: &[Vec<f64>], truth: &[TrueBox], ignore: &[bool], iou: f64) -> Vec<Option<usize>> {
    let mut order: Vec<usize> = (0..truth.len()).collect();
    order.sort_by_key(|place| ignore[*place]);
    let mut taken = vec![false; truth.len()];
    let choose = |overlaps: &Vec<f64>| {
        let mut best = iou.min(1.0 - 1e-10);
        let mut chosen: Option<usize> = None;
        for &place in &order {
            if taken[place] && !truth[place].crowd {
                continue;
            }
            if ignore[place] && chosen.is_some_and(|c| !ignore[c]) {
                break;
            }
            if overlaps[place] >= best {
                best = overlaps[place];
                chosen = Some(place);
            }
        }
        if let Some(place) = chosen {
            taken[place] = true;
        }
        chosen
    };
    overlaps.iter().map(choose).collect()
}

/// Mean of what is there.
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0_u32), |(sum, n), v| (sum + v, n + 1));
    (n > 0).then(|| sum / f64::from(n))
}

/// Precision at each of the recalls, averaged, and the recall reached; by IoU. `None`: nothing to find.
fn curve(cells: &[Cell], area: usize, most: usize) -> Option<[(f64, f64); IOUS]> {
    let wanted: u64 = cells.iter().map(|c| c.wanted[area]).sum();
    if wanted == 0 {
        return None;
    }
    let mut boxes: Vec<(f64, Hit)> = Vec::new();
    for cell in cells {
        boxes.extend(cell.scores.iter().copied().zip(cell.hits[area].iter().copied()).take(most));
    }
    boxes.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut by_iou = [(0.0, 0.0); IOUS];
    for (t, out) in by_iou.iter_mut().enumerate() {
        let (mut right, mut wrong) = (0_u64, 0_u64);
        let mut points: Vec<(f64, f64)> = Vec::with_capacity(boxes.len());
        for (_, hit) in &boxes {
            if hit.ignored >> t & 1 == 0 {
                if hit.matched >> t & 1 == 1 { right += 1 } else { wrong += 1 }
            }
            let precision = right as f64 / ((right + wrong) as f64 + f64::EPSILON);
            points.push((right as f64 / wanted as f64, precision));
        }
        // From the right: precision never rises with recall.
        for place in (1..points.len()).rev() {
            points[place - 1].1 = points[place - 1].1.max(points[place].1);
        }
        let at = |step: usize| {
            let place = points.partition_point(|(recall, _)| *recall < step as f64 * 0.01);
            points.get(place).map_or(0.0, |(_, precision)| *precision)
        };
        let sum: f64 = (0..RECALLS).map(at).sum();
        *out = (sum / RECALLS as f64, points.last().map_or(0.0, |(recall, _)| *recall));
    }
    Some(by_iou)
}

fn of_label(cells: &[Cell]) -> OfLabel {
    let curves: [_; AREAS.len()] = std::array::from_fn(|area| curve(cells, area, MOST));
    let recall = |by_iou: [(f64, f64); IOUS]| by_iou.iter().map(|(_, r)| r).sum::<f64>() / IOUS as f64;
    OfLabel {
        precision: curves.map(|c| c.map(|by_iou| by_iou.map(|(precision, _)| precision))),
        recall: curves.map(|c| c.map(recall)),
        recall1: curve(cells, 0, 1).map(recall),
        recall10: curve(cells, 0, 10).map(recall),
    }
}

/// The twelve numbers of `labels`, each given by its cells, one an image.
pub(super) fn coco<'a>(labels: impl Iterator<Item = &'a [Cell]>) -> Coco {
    let labels: Vec<OfLabel> = labels.map(of_label).collect();
    let over = |one: &dyn Fn(&OfLabel) -> Option<f64>| mean(labels.iter().filter_map(one));
    let precision =
        |area: usize| over(&|l| l.precision[area].map(|by_iou| by_iou.iter().sum::<f64>() / IOUS as f64));
    let recall = |area: usize| over(&|l| l.recall[area]);
    Coco {
        ap: precision(0),
        ap50: over(&|l| l.precision[0].map(|by_iou| by_iou[0])),
        ap75: over(&|l| l.precision[0].map(|by_iou| by_iou[5])),
        ap_small: precision(1),
        ap_medium: precision(2),
        ap_large: precision(3),
        ar1: over(&|l| l.recall1),
        ar10: over(&|l| l.recall10),
        ar100: recall(0),
        ar_small: recall(1),
        ar_medium: recall(2),
        ar_large: recall(3),
    }
}
