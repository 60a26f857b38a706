//! One-to-one matching of two sets of boxes by overlap.

use crate::geometry::Rect;

/// A pair of places, `left` and `right`, with their IoU.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    pub left: usize,
    pub right: usize,
    pub iou: f64,
}

/// Matches `left` and `right` one to one, the greatest `weight` first; pairs below `min_iou` never match.
///
/// `weight(left, right, iou)` orders the candidates (larger is better; the IoU itself is the plain choice). Ties go
/// to the earlier places, so the result does not depend on anything but the input. Sorted by `left`.
#[must_use]
pub fn match_boxes(
    left: &[Rect],
    right: &[Rect],
    min_iou: f64,
    weight: impl Fn(usize, usize, f64) -> f64,
) -> Vec<Pair> {
    let mut candidates = Vec::new();
    for (l, a) in left.iter().enumerate() {
        for (r, b) in right.iter().enumerate() {
            let iou = a.iou(b);
            if iou > 0.0 && iou >= min_iou {
                candidates.push((weight(l, r, iou), Pair { left: l, right: r, iou }));
            }
        }
    }
    candidates
        .sort_by(|(wa, a), (wb, b)| wb.total_cmp(wa).then(a.left.cmp(&b.left)).then(a.right.cmp(&b.right)));
    let (mut left_free, mut right_free) = (vec![true; left.len()], vec![true; right.len()]);
    let mut pairs: Vec<Pair> = Vec::new();
    for (_, pair) in candidates {
        if left_free[pair.left] && right_free[pair.right] {
            left_free[pair.left] = false;
            right_free[pair.right] = false;
            pairs.push(pair);
        }
    }
    pairs.sort_by_key(|p| p.left);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greatest_overlap_wins_and_nobody_is_matched_twice() {
        let at = |x: f64| Rect { x1: x, y1: 0.0, x2: x + 10.0, y2: 10.0 };
        let pairs = match_boxes(&[at(0.0), at(3.0), at(50.0)], &[at(2.0), at(90.0)], 0.3, |_, _, iou| iou);
        assert_eq!(pairs.iter().map(|p| (p.left, p.right)).collect::<Vec<_>>(), [(1, 0)]);
    }

    #[test]
    fn weights_can_prefer_a_label_over_a_little_overlap() {
        let at = |x: f64| Rect { x1: x, y1: 0.0, x2: x + 10.0, y2: 10.0 };
        let same = |_: usize, r: usize, iou: f64| iou + if r == 1 { 1.0 } else { 0.0 };
        let pairs = match_boxes(&[at(0.0)], &[at(0.0), at(2.0)], 0.5, same);
        assert_eq!((pairs[0].left, pairs[0].right), (0, 1));
    }
}
