//! Outlines of what is no polygon: turned boxes, ellipses, masks.

use std::collections::{BTreeMap, BTreeSet};

use relook_domain::{Geometry, Point, Rect, Shape};

use crate::place::hundredths;

/// How many points the outline of an ellipse has: one every five degrees, off by a thousandth of the radius at most.
const OUTLINE_POINTS: u32 = 72;

/// The corners of a turned box, or points around an ellipse, clockwise, in hundredths.
pub(crate) fn outline(geometry: &Geometry) -> Vec<Point> {
    let r = &geometry.rect;
    let (cx, cy) = ((r.x1 + r.x2) / 2.0, (r.y1 + r.y2) / 2.0);
    let (rx, ry) = (r.width() / 2.0, r.height() / 2.0);
    let (sin, cos) = geometry.rotation.to_radians().sin_cos();
    let turned = |(x, y): (f64, f64)| Point {
        x: hundredths(cx + x * cos - y * sin),
        y: hundredths(cy + x * sin + y * cos),
    };
    if geometry.shape == Shape::Box {
        return [(-rx, -ry), (rx, -ry), (rx, ry), (-rx, ry)].map(turned).to_vec();
    }
    let step = std::f64::consts::TAU / f64::from(OUTLINE_POINTS);
    (0..OUTLINE_POINTS)
        .map(|n| {
            let (sin, cos) = (f64::from(n) * step).sin_cos();
            turned((rx * cos, ry * sin))
        })
        .collect()
}

/// A convex outline cut at the image's edges, in hundredths (Sutherland and Hodgman).
pub(crate) fn cut(outline: &[Point], width: u32, height: u32) -> Vec<Point> {
    let (w, h) = (f64::from(width), f64::from(height));
    let edges: [fn(&Point, f64, f64) -> f64; 4] =
        [|p, _, _| p.x, |p, _, _| p.y, |p, w, _| w - p.x, |p, _, h| h - p.y];
    let mut points = outline.to_vec();
    for inside in edges {
        let depth = |p: &Point| inside(p, w, h);
        let mut kept = Vec::new();
        for (a, b) in points.iter().zip(points.iter().cycle().skip(1)) {
            if depth(a) >= 0.0 {
                kept.push(*a);
            }
            if depth(a) * depth(b) < 0.0 {
                let t = depth(a) / (depth(a) - depth(b));
                let at = Point { x: hundredths(a.x + (b.x - a.x) * t), y: hundredths(a.y + (b.y - a.y) * t) };
                kept.push(at);
            }
        }
        points = kept;
    }
    points.dedup();
    points
}

/// One outline around a mask's pixels, along their edges: each part and each hole is gone around in turn, with a way there
/// and back between them that holds no area.
pub(crate) fn around_pixels(rect: &Rect, runs: &[u32]) -> Vec<Point> {
    let mut edges = edges(rect.width() as i64, runs);
    let mut all: Vec<(i64, i64)> = Vec::new();
    while let Some((&from, _)) = edges.first_key_value() {
        let first = all.first().copied();
        all.extend(ring(&mut edges, from));
        all.push(from);
        all.extend(first);
    }
    // Gone around once, a lone part is closed already.
    all.pop();
    let place = |(x, y): (i64, i64)| Point { x: rect.x1 + x as f64, y: rect.y1 + y as f64 };
    all.into_iter().map(place).collect()
}

/// Corners and the ways along pixels' edges that leave them, pixels that are on to the right; at most two leave a corner.
type Edges = BTreeMap<(i64, i64), BTreeSet<(i64, i64)>>;

fn edges(width: i64, runs: &[u32]) -> Edges {
    let mut on: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
    let mut at = 0_i64;
    for (n, run) in runs.iter().enumerate() {
        let end = at + i64::from(*run);
        while n % 2 == 1 && at < end {
            let row = at / width;
            let stop = end.min((row + 1) * width);
            on.entry(row).or_default().push((at - row * width, stop - row * width));
            at = stop;
        }
        at = end;
    }
    let mut edges = Edges::new();
    let mut add = |from, to| {
        edges.entry(from).or_default().insert(to);
    };
    let none = Vec::new();
    for (y, stretches) in &on {
        for (x1, x2) in stretches {
            add((*x1, y + 1), (*x1, *y));
            add((*x2, *y), (*x2, y + 1));
        }
        for (from, to) in without(stretches, on.get(&(y - 1)).unwrap_or(&none)) {
            add((from, *y), (to, *y));
        }
        for (from, to) in without(stretches, on.get(&(y + 1)).unwrap_or(&none)) {
            add((to, y + 1), (from, y + 1));
        }
    }
    edges
}

/// What of some stretches the others do not cover; both in order.
fn without(stretches: &[(i64, i64)], others: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut left = Vec::new();
    let mut next = 0;
    for &(mut from, to) in stretches {
        while others.get(next).is_some_and(|o| o.1 <= from) {
            next += 1;
        }
        for other in others[next..].iter().take_while(|o| o.0 < to) {
            if other.0 > from {
                left.push((from, other.0));
            }
            from = from.max(other.1);
        }
        if from < to {
            left.push((from, to));
        }
    }
    left
}

/// Takes the ring that begins at a corner out of the edges; its corners, the first one once.
fn ring(edges: &mut Edges, start: (i64, i64)) -> Vec<(i64, i64)> {
    let mut ring: Vec<(i64, i64)> = Vec::new();
    let mut at = start;
    while let Some(ways) = edges.get_mut(&at) {
        let before = ring.last().copied();
        // Where two pixels touch at a corner, each is gone around by itself: turn right.
        let right = before.map(|b| (at.0 - (at.1 - b.1).signum(), at.1 + (at.0 - b.0).signum()));
        let towards = |to: &(i64, i64)| {
            let step = (at.0 + (to.0 - at.0).signum(), at.1 + (to.1 - at.1).signum());
            Some(step) != right
        };
        let Some(to) = ways.iter().min_by_key(|to| towards(to)).copied() else { break };
        ways.remove(&to);
        if ways.is_empty() {
            edges.remove(&at);
        }
        let straight = before.is_some_and(|b| {
            (at.0 - b.0).signum() == (to.0 - at.0).signum() && (at.1 - b.1).signum() == (to.1 - at.1).signum()
        });
        if !straight {
            ring.push(at);
        }
        at = to;
        if at == start {
            break;
        }
    }
    ring
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels whose centre lies in an outline, by the rule of even and odd.
    fn filled(points: &[Point], width: u32, height: u32) -> Vec<(u32, u32)> {
        let mut found = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let (px, py) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
                let next = points.iter().cycle().skip(1);
                let crossed = points.iter().zip(next).filter(|(a, b)| {
                    (a.y > py) != (b.y > py) && px < (b.x - a.x) * (py - a.y) / (b.y - a.y) + a.x
                });
                if crossed.count() % 2 == 1 {
                    found.push((x, y));
                }
            }
        }
        found
    }

    #[test]
    fn outlines_hold_the_pixels_they_are_around() {
        let square = Rect { x1: 1.0, y1: 2.0, x2: 4.0, y2: 5.0 };
        assert_eq!(around_pixels(&square, &[0, 9]).len(), 4, "corners only");
        let four = Rect { x1: 1.0, y1: 2.0, x2: 5.0, y2: 6.0 };
        for bits in 1_u32..65536 {
            let on = |i: u32| bits >> i & 1 == 1;
            let mut runs = vec![0_u32];
            for i in 0..16 {
                if on(i) == (runs.len() % 2 == 0) {
                    *runs.last_mut().unwrap() += 1;
                } else {
                    runs.push(1);
                }
            }
            let want: Vec<_> = (0..16).filter(|i| on(*i)).map(|i| (1 + i % 4, 2 + i / 4)).collect();
            assert_eq!(filled(&around_pixels(&four, &runs), 7, 8), want, "{runs:?}");
        }
    }
}
