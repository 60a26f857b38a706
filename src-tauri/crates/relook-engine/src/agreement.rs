//! Whether half precision may be used: how much faster it is here, and how far its boxes are those of full precision, on photos
//! of the user's own.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use relook_domain::{Rect, matching::match_boxes};
use relook_vision::{DetectParams, Detection, Detector, StopToken};
use serde::{Deserialize, Serialize};

use crate::{error::EngineError, task::Task};

/// At most so many photos are looked at, and fewer where boxes are many.
pub(crate) const PHOTOS: usize = 24;
const LEAST_PHOTOS: usize = 8;
const MANY_BOXES: usize = 200;
/// For fewer images it is not measured: that takes longer than it saves.
pub(crate) const WORTH_COMPARING: u64 = 64;
/// From this score on a box counts; one that scores a little less on the other side is still the same box.
const COUNTS_FROM: f64 = 0.25;
const SLACK: f64 = 0.1;
/// Boxes of one label are the same from this overlap on, and where their scores are no further apart than `SLACK`.
const SAME_IOU: f64 = 0.8;
/// With fewer boxes nothing is said.
const ENOUGH_BOXES: usize = 20;
/// Half precision is used where so many of the boxes are the same, and it is so many times as fast.
const ALIKE_ENOUGH: f64 = 0.95;
const WORTH_IT: f64 = 1.1;

/// What half precision gave beside full precision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    pub photos: usize,
    /// Boxes of either side that counted.
    pub boxes: usize,
    /// Share of them that the other side has too, 0..=1.
    pub alike: f64,
    /// How many times as fast the graph runs.
    pub faster: f64,
}

impl Agreement {
    /// Whether half precision is to be used.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.says_something() && self.alike >= ALIKE_ENOUGH && self.faster >= WORTH_IT
    }

    /// Whether there were boxes enough to say anything.
    pub(crate) fn says_something(&self) -> bool {
        self.boxes >= ENOUGH_BOXES
    }

    /// For a person, after the device's name.
    #[must_use]
    pub fn words(&self) -> String {
        let Self { photos, boxes, alike, faster } = self;
        let percent = (alike * 1000.0).floor() / 10.0;
        format!("{faster:.1} times as fast, {percent} % of {boxes} boxes on {photos} photos alike")
    }
}

/// Runs both over the photos, by turns, until there is enough to go by. Photos that cannot be read are left out.
///
/// # Errors
/// Cancelled, or a model fails in full precision.
pub(crate) fn compare(
    full: &mut Detector,
    half: &mut Detector,
    photos: &[PathBuf],
    task: &Task,
) -> Result<Agreement, EngineError> {
    let params = DetectParams::above(COUNTS_FROM - SLACK);
    let stop = StopToken::new();
    let (mut compared, mut boxes, mut alike) = (0, 0, 0);
    let (mut full_took, mut half_took) = (Duration::ZERO, Duration::ZERO);
    for photo in photos {
        task.checkpoint()?;
        if compared >= LEAST_PHOTOS && boxes >= MANY_BOXES {
            break;
        }
        let Ok(bytes) = std::fs::read(photo) else { continue };
        let Ok((prepared, _)) = full.preparer().prepare_file(&bytes) else { continue };
        if compared == 0 {
            // A shape that was not seen before costs extra once.
            full.detect(&prepared, &params, &stop)?;
            let _ = half.detect(&prepared, &params, &stop);
        }
        let began = Instant::now();
        let a = full.detect(&prepared, &params, &stop)?;
        let between = Instant::now();
        let Ok(b) = half.detect(&prepared, &params, &stop) else {
            // It gives what cannot be read: nothing is alike.
            return Ok(Agreement { photos: compared, boxes: ENOUGH_BOXES, alike: 0.0, faster: 0.0 });
        };
        full_took += between - began;
        half_took += between.elapsed();
        let (count, same) = alike_in(&a, &b);
        (compared, boxes, alike) = (compared + 1, boxes + count, alike + same);
    }
    let share = if boxes == 0 { 0.0 } else { alike as f64 / boxes as f64 };
    let faster = full_took.as_secs_f64() / half_took.as_secs_f64().max(1e-9);
    Ok(Agreement { photos: compared, boxes, alike: share, faster })
}

/// How many boxes count on either side, and how many of those the other side has.
fn alike_in(a: &[Detection], b: &[Detection]) -> (usize, usize) {
    let counts = |d: &&Detection| d.score >= COUNTS_FROM;
    let all = a.iter().filter(counts).count() + b.iter().filter(counts).count();
    let rects = |of: &[Detection]| of.iter().map(|d| d.rect).collect::<Vec<Rect>>();
    let fits = |l: usize, r: usize| a[l].class == b[r].class && (a[l].score - b[r].score).abs() <= SLACK;
    let pairs =
        match_boxes(&rects(a), &rects(b), SAME_IOU, |l, r, iou| if fits(l, r) { 1.0 + iou } else { iou });
    let counted = |d: &Detection| usize::from(d.score >= COUNTS_FROM);
    let same = pairs.iter().filter(|p| fits(p.left, p.right));
    (all, same.map(|p| counted(&a[p.left]) + counted(&b[p.right])).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, class: usize, score: f64) -> Detection {
        let rect = Rect { x1: x, y1: 0.0, x2: x + 10.0, y2: 10.0 };
        Detection { rect, class, score, alternatives: Vec::new() }
    }

    #[test]
    fn boxes_are_alike_by_place_label_and_score() {
        let a = [at(0.0, 0, 0.9), at(100.0, 1, 0.26), at(200.0, 2, 0.16)];
        for (b, want) in [
            (vec![at(0.1, 0, 0.88), at(100.0, 1, 0.24), at(200.0, 2, 0.2)], (3, 3)),
            (vec![at(0.1, 0, 0.88)], (3, 2)),
            // Another label, another place, another score.
            (vec![at(0.0, 3, 0.9), at(103.0, 1, 0.26)], (4, 0)),
            (vec![at(0.0, 0, 0.7)], (3, 0)),
            (vec![], (2, 0)),
        ] {
            assert_eq!(alike_in(&a, &b), want, "{b:?}");
        }
    }

    #[test]
    fn it_is_used_only_where_all_of_it_is_good_enough() {
        let good = Agreement { photos: 24, boxes: 100, alike: 0.99, faster: 1.8 };
        assert!(good.holds());
        assert!(!Agreement { boxes: 19, ..good }.holds());
        assert!(!Agreement { alike: 0.94, ..good }.holds());
        assert!(!Agreement { faster: 1.05, ..good }.holds());
        assert_eq!(good.words(), "1.8 times as fast, 99 % of 100 boxes on 24 photos alike");
        assert!(Agreement { alike: 0.9999, ..good }.words().contains("99.9 %"));
    }
}
