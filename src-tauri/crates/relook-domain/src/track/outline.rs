//! The line between two lines that need not have as many points, as CVAT draws it.
//!
//! Each point of the first line is paired with the point of the second that lies at the nearest share of its length;
//! points of the second that are left over are paired likewise. All pairs are mixed. Where several points of one line met
//! one point of the other, those of the mixed points that lie too close together are dropped.

use super::mix;
use crate::shape::Point;

/// The line at a `share` (0..1) of the way from `left` to `right`; `left` where one has no points.
pub(super) fn between(left: &[Point], right: &[Point], share: f64) -> Vec<Point> {
    if right.is_empty() {
        return left.to_vec();
    }
    let (left_shares, right_shares) = (shares(left), shares(right));
    let mut pairs: Vec<Vec<usize>> = left_shares.iter().map(|s| vec![nearest(*s, &right_shares)]).collect();
    let mut met = vec![false; right.len()];
    pairs.iter().flatten().for_each(|n| met[*n] = true);
    for (n, s) in right_shares.iter().enumerate().filter(|(n, _)| !met[*n]) {
        pairs[nearest(*s, &left_shares)].push(n);
    }
    pairs.iter_mut().for_each(|of| of.sort_unstable());
    // The first of each left point's mixed points among all of them.
    let mut firsts = Vec::with_capacity(pairs.len());
    let mut mixed = Vec::new();
    for (point, of) in left.iter().zip(&pairs) {
        firsts.push(mixed.len());
        mixed.extend(of.iter().map(|n| mix(*point, right[*n], share)));
    }
    thinned(left, right, &pairs, &firsts, &mixed)
}

fn thinned(
    left: &[Point],
    right: &[Point],
    pairs: &[Vec<usize>],
    firsts: &[usize],
    mixed: &[Point],
) -> Vec<Point> {
    let mut out = Vec::new();
    let several_left = |from: usize, to: usize, out: &mut Vec<Point>| {
        if from == to {
            out.push(mixed[firsts[from]]);
        } else {
            let least = length(&left[from..=to]) / (2 * (to - from + 1)) as f64;
            out.extend(apart(&mixed[firsts[from]..=firsts[to]], least));
        }
    };
    // Left points in a row that met the same right one.
    let mut open: Option<usize> = None;
    for (n, of) in pairs.iter().enumerate() {
        if of.len() == 1 {
            match open {
                Some(start) if pairs[start][0] == of[0] => {}
                Some(start) => {
                    several_left(start, n - 1, &mut out);
                    open = Some(n);
                }
                None => open = Some(n),
            }
        } else {
            if let Some(start) = open.take() {
                several_left(start, n - 1, &mut out);
            }
            let (from, to) = (of[0], of[of.len() - 1]);
            let least = length(&right[from..=to]) / (2 * (to - from + 1)) as f64;
            out.extend(apart(&mixed[firsts[n]..firsts[n] + of.len()], least));
        }
    }
    if let Some(start) = open {
        several_left(start, pairs.len() - 1, &mut out);
    }
    out
}

/// First and last of two or more points, and those between that are `least` pixels from the one kept before; the middle
/// alone where only the ends are left, closer than that.
fn apart(points: &[Point], least: f64) -> Vec<Point> {
    let last = points.len() - 1;
    let mut kept = vec![points[0]];
    for point in &points[1..last] {
        if kept.last().is_some_and(|before| distance(*before, *point) >= least) {
            kept.push(*point);
        }
    }
    kept.push(points[last]);
    if kept.len() == 2 && distance(kept[0], kept[1]) < least {
        return vec![mix(kept[0], kept[1], 0.5)];
    }
    kept
}

/// Where each point lies along the line, 0..=1.
fn shares(points: &[Point]) -> Vec<f64> {
    let whole = length(points);
    let mut along = 0.0;
    let mut out = vec![0.0];
    for pair in points.windows(2) {
        along += distance(pair[0], pair[1]);
        out.push(if whole > 0.0 { along / whole } else { 0.0 });
    }
    out
}

/// The first of those that are nearest.
fn nearest(value: f64, of: &[f64]) -> usize {
    let mut best = (0, f64::INFINITY);
    for (n, other) in of.iter().enumerate() {
        let away = (value - other).abs();
        if away < best.1 {
            best = (n, away);
        }
    }
    best.0
}

fn length(points: &[Point]) -> f64 {
    points.windows(2).map(|pair| distance(pair[0], pair[1])).sum()
}

fn distance(a: Point, b: Point) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}
