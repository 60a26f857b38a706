//! How the larger model looks: what it is shown of an image, what that costs, and what its looks say together.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{annotation::words, geometry::Rect, reconcile::Seen};

words! {
    /// What the larger model is shown of an image.
    #[derive(Default)]
    LookMode {
        /// The image, once.
        #[default]
        Whole = "whole",
        /// Windows around what is doubtful, which it sees larger.
        Zoom = "zoom",
        Both = "both",
    }
}

/// A window's sides are this share of the image's longer side, or more where one box asks for it.
const WINDOW: f64 = 0.5;
/// What surrounds doubtful boxes in a window, by their size: all of them together, and a single one.
const AROUND_ALL: f64 = 1.15;
const AROUND_ONE: f64 = 1.5;
/// A window with this share of the image shows nothing larger than the image itself does.
const AS_GOOD_AS_WHOLE: f64 = 0.8;
/// Pixels from the edge of a window at which a box counts as cut off.
const EDGE: f64 = 3.0;
/// From this IoU on boxes of one label in two views are one object.
const SAME_IOU: f64 = 0.55;
/// From this share of its area on a box has been shown.
const SHOWN: f64 = 0.95;

/// What is shown of an image of `width` by `height` pixels, each view being one run of the model. Never empty.
#[must_use]
pub fn views(mode: LookMode, doubtful: &[Rect], width: u32, height: u32) -> Vec<Rect> {
    let whole = Rect { x1: 0.0, y1: 0.0, x2: f64::from(width), y2: f64::from(height) };
    if mode == LookMode::Whole {
        return vec![whole];
    }
    let all = windows(doubtful, whole.x2, whole.y2);
    let small = |w: &Rect| w.area() < AS_GOOD_AS_WHOLE * whole.area();
    let zoomed: Vec<Rect> = all.iter().filter(|w| small(w)).copied().collect();
    let shown_whole = mode == LookMode::Both || zoomed.len() < all.len() || all.is_empty();
    shown_whole.then_some(whole).into_iter().chain(zoomed).collect()
}

/// Windows, in whole pixels, that show all the boxes, each with what is around it.
fn windows(boxes: &[Rect], width: f64, height: f64) -> Vec<Rect> {
    let mut left = boxes.to_vec();
    left.sort_by(|a, b| a.x1.total_cmp(&b.x1).then(a.y1.total_cmp(&b.y1)));
    let mut found = Vec::new();
    while !left.is_empty() {
        let mut group = left.remove(0);
        let side = (width.max(height) * WINDOW).max(longer(&group) * AROUND_ONE);
        while let Some(place) = left.iter().position(|b| longer(&around(&group, b)) * AROUND_ALL <= side) {
            group = around(&group, &left.remove(place));
        }
        let span = |from: f64, to: f64, most: f64| {
            let length = side.min(most);
            let begin = ((from + to - length) / 2.0).clamp(0.0, most - length).floor();
            (begin, (begin + length).ceil().min(most))
        };
        let (x1, x2) = span(group.x1, group.x2, width);
        let (y1, y2) = span(group.y1, group.y2, height);
        found.push(Rect { x1, y1, x2, y2 });
    }
    found
}

fn longer(r: &Rect) -> f64 {
    r.width().max(r.height())
}

fn around(a: &Rect, b: &Rect) -> Rect {
    Rect { x1: a.x1.min(b.x1), y1: a.y1.min(b.y1), x2: a.x2.max(b.x2), y2: a.y2.max(b.y2) }
}

/// Whether the model was shown a box: whole, or nearly.
#[must_use]
pub fn shown(rect: &Rect, views: &[Rect]) -> bool {
    views.iter().any(|v| v.intersection(rect) >= SHOWN * rect.area())
}

/// What the views say together: places of view and box, best score first. Of one object seen in several views the surest
/// box stays; boxes that an inner edge of a view cuts off are left out. `width` and `height`: of the image.
#[must_use]
pub fn fuse(views: &[(Rect, Vec<Seen>)], width: u32, height: u32) -> Vec<(usize, usize)> {
    let (w, h) = (f64::from(width), f64::from(height));
    let cut_off = |view: &Rect, r: &Rect| {
        (view.x1 > 0.0 && r.x1 <= view.x1 + EDGE)
            || (view.y1 > 0.0 && r.y1 <= view.y1 + EDGE)
            || (view.x2 < w && r.x2 >= view.x2 - EDGE)
            || (view.y2 < h && r.y2 >= view.y2 - EDGE)
    };
    let mut all: Vec<(usize, usize, &Seen)> = Vec::new();
    for (v, (view, found)) in views.iter().enumerate() {
        let whole = found.iter().enumerate().filter(|(_, s)| !cut_off(view, &s.rect));
        all.extend(whole.map(|(place, seen)| (v, place, seen)));
    }
    all.sort_by(|a, b| b.2.score.total_cmp(&a.2.score));
    let mut kept: Vec<(usize, usize, &Seen)> = Vec::new();
    for one in all {
        let same = |k: &(usize, usize, &Seen)| {
            k.0 != one.0 && k.2.label == one.2.label && k.2.rect.iou(&one.2.rect) >= SAME_IOU
        };
        if !kept.iter().any(same) {
            kept.push(one);
        }
    }
    kept.into_iter().map(|(view, place, _)| (view, place)).collect()
}

/// The shares of its size at which the larger model may be shown an image, where it takes any size; smallest first.
///
/// Shown smaller, it costs with the square of it and misses little but small objects: on COCO photos 0.8 costs 64 % and
/// finds nearly all.
pub const SHARES: [f64; 3] = [0.6, 0.8, 1.0];

/// An image that the larger model could look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// What it costs in each way that it can be shown, cheapest first; never empty.
    pub costs: Vec<f64>,
    /// Of its most doubtful box; `None`: it has no low-confidence box.
    pub doubt: Option<f64>,
    /// Side of its smallest low-confidence box, as a share of the image's longer side; 1 without such a box.
    pub smallest: f64,
}

/// In which of its ways each image is shown for so much in all; `None`: not at all.
///
/// Where it does for all, each is shown in the dearest way that all can be, and what is left goes to the next dearer for
/// those with the smallest low-confidence boxes. Else the most doubtful are shown in the cheapest; one that costs more
/// than is left is passed over.
#[must_use]
pub fn within(wanted: &[Wanted], budget: f64) -> Vec<Option<usize>> {
    let cost = |image: usize, way: usize| {
        let costs = &wanted[image].costs;
        costs[way.min(costs.len() - 1)]
    };
    let all = 0..wanted.len();
    let ways = wanted.iter().map(|w| w.costs.len()).max().unwrap_or(0);
    // Sums of the same numbers in another order differ in their last digits.
    let mut left = budget + 1e-9 * (1.0 + budget);
    let mut shown = vec![None; wanted.len()];
    let base = (0..ways).rev().find(|way| all.clone().map(|image| cost(image, *way)).sum::<f64>() <= left);
    let mut order: Vec<usize> = all.clone().collect();
    let Some(base) = base else {
        let doubt = |image: &usize| wanted[*image].doubt.unwrap_or(-1.0);
        order.sort_by(|a, b| doubt(b).total_cmp(&doubt(a)));
        for image in order {
            if cost(image, 0) <= left {
                left -= cost(image, 0);
                shown[image] = Some(0);
            }
        }
        return shown;
    };
    for image in all {
        left -= cost(image, base);
        shown[image] = Some(base.min(wanted[image].costs.len() - 1));
    }
    order.retain(|image| wanted[*image].costs.len() > base + 1);
    order.sort_by(|a, b| wanted[*a].smallest.total_cmp(&wanted[*b].smallest));
    for image in order {
        let more = cost(image, base + 1) - cost(image, base);
        if more <= left {
            left -= more;
            shown[image] = Some(base + 1);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LabelId;

    const DOG: LabelId = LabelId(1);
    const CAT: LabelId = LabelId(2);

    fn rect(x1: f64, y1: f64, x2: f64, y2: f64) -> Rect {
        Rect { x1, y1, x2, y2 }
    }

    #[test]
    fn windows_show_every_doubtful_box_and_neighbours_share_one() {
        let boxes =
            [rect(10.0, 10.0, 40.0, 40.0), rect(60.0, 30.0, 90.0, 60.0), rect(560.0, 400.0, 600.0, 470.0)];
        let zoomed = views(LookMode::Zoom, &boxes, 640, 480);
        assert_eq!(zoomed, [rect(0.0, 0.0, 320.0, 320.0), rect(320.0, 160.0, 640.0, 480.0)]);
        assert!(boxes.iter().all(|b| shown(b, &zoomed)));
        let whole = rect(0.0, 0.0, 640.0, 480.0);
        assert_eq!(views(LookMode::Both, &boxes, 640, 480), [&[whole][..], &zoomed].concat());
        assert_eq!(views(LookMode::Whole, &boxes, 640, 480), [whole]);
    }

    #[test]
    fn what_fills_the_image_is_shown_by_the_image_itself() {
        let whole = rect(0.0, 0.0, 640.0, 480.0);
        let large = rect(20.0, 20.0, 600.0, 460.0);
        let small = rect(0.0, 0.0, 30.0, 30.0);
        for mode in [LookMode::Zoom, LookMode::Both] {
            assert_eq!(views(mode, &[large], 640, 480), [whole], "{mode:?}");
            assert_eq!(views(mode, &[], 640, 480), [whole], "{mode:?}: sent for another reason");
        }
        assert!(views(LookMode::Zoom, &[large, small], 640, 480).contains(&whole));
    }

    #[test]
    fn windows_stay_inside_and_cover_what_they_are_for() {
        let mut state = 7_u64;
        let mut number = move |below: f64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(1_u32 << 31) * below
        };
        for _ in 0..500 {
            let (width, height) = (1 + number(3000.0) as u32, 1 + number(3000.0) as u32);
            let (w, h) = (f64::from(width), f64::from(height));
            let boxes: Vec<Rect> = (0..number(9.0) as usize)
                .filter_map(|_| {
                    Rect::from_corners(number(w), number(h), number(w), number(h)).clip(width, height)
                })
                .collect();
            for mode in LookMode::ALL {
                let views = views(*mode, &boxes, width, height);
                assert!(!views.is_empty());
                for v in &views {
                    assert_eq!(v.clip(width, height), Some(*v), "{v:?} of {width} x {height}");
                    assert!([v.x1, v.y1, v.x2, v.y2].iter().all(|c| c.fract() == 0.0), "{v:?}: whole pixels");
                }
                for b in &boxes {
                    assert!(views.iter().any(|v| v.intersection(b) >= b.area() - 1e-6), "{b:?} in {views:?}");
                }
            }
        }
    }

    #[test]
    fn one_object_in_two_views_is_one_box_and_what_an_edge_cuts_is_none() {
        let seen = |rect, label, score| Seen { rect, label, score };
        let (image, window) = (rect(0.0, 0.0, 640.0, 480.0), rect(0.0, 0.0, 320.0, 320.0));
        let views = [
            (
                image,
                vec![
                    seen(rect(10.0, 10.0, 60.0, 60.0), DOG, 0.5),
                    seen(rect(250.0, 10.0, 400.0, 90.0), DOG, 0.6),
                    seen(rect(12.0, 12.0, 60.0, 60.0), DOG, 0.4),
                ],
            ),
            (
                window,
                vec![
                    seen(rect(12.0, 11.0, 61.0, 60.0), DOG, 0.8),
                    seen(rect(12.0, 11.0, 61.0, 60.0), CAT, 0.3),
                    seen(rect(250.0, 10.0, 320.0, 90.0), DOG, 0.9),
                    seen(rect(0.0, 200.0, 40.0, 260.0), CAT, 0.7),
                ],
            ),
        ];
        assert_eq!(fuse(&views, 640, 480), [(1, 0), (1, 3), (0, 1), (1, 1)]);
        let alone = [views[0].clone()];
        assert_eq!(fuse(&alone, 640, 480), [(0, 1), (0, 0), (0, 2)], "one view says what it says");
    }

    fn wanted(costs: &[f64], doubt: Option<f64>, smallest: f64) -> Wanted {
        Wanted { costs: costs.to_vec(), doubt, smallest }
    }

    #[test]
    fn too_little_for_all_goes_to_the_most_doubtful() {
        let images = [(1.0, Some(0.2)), (3.0, Some(0.9)), (1.0, Some(0.8)), (1.0, None)];
        let images = images.map(|(cost, doubt)| wanted(&[cost], doubt, 0.1));
        let shown = |budget| within(&images, budget).iter().map(Option::is_some).collect::<Vec<_>>();
        assert_eq!(shown(0.0), [false; 4]);
        assert_eq!(shown(2.0), [true, false, true, false], "the most doubtful one costs too much");
        assert_eq!(shown(4.0), [false, true, true, false]);
        assert_eq!(shown(6.0), [true; 4]);
        assert_eq!(within(&[], 1.0), []);
    }

    #[test]
    fn enough_for_all_shows_all_and_small_boxes_larger() {
        let costs = [0.25, 0.5, 1.0];
        let images =
            [wanted(&costs, Some(0.9), 0.5), wanted(&costs, None, 1.0), wanted(&costs, Some(0.1), 0.02)];
        for (budget, want) in [
            (0.6, [Some(0), None, Some(0)]),
            (0.75, [Some(0); 3]),
            (1.0, [Some(0), Some(0), Some(1)]),
            (1.25, [Some(1), Some(0), Some(1)]),
            (2.0, [Some(1), Some(1), Some(2)]),
            (3.0, [Some(2); 3]),
            (9.0, [Some(2); 3]),
        ] {
            assert_eq!(within(&images, budget), want, "{budget}");
            let spent: f64 = want.iter().flatten().map(|way| costs[*way]).sum();
            assert!(spent <= budget);
        }
        let mixed = [wanted(&[0.4], Some(0.5), 0.1), wanted(&costs, Some(0.5), 0.2)];
        assert_eq!(within(&mixed, 0.9), [Some(0), Some(1)]);
    }
}
