//! How doubtful a box is: one number that orders the review queue.

use crate::annotation::{Standing, Verdict};

/// The scores that decide a box's standing.
///
/// `drop_below <= score < accept_at` is *low-confidence*.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    pub drop_below: f64,
    pub accept_at: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { drop_below: 0.2, accept_at: 0.6 }
    }
}

impl Thresholds {
    /// `None` unless `0 <= drop_below <= accept_at <= 1`.
    #[must_use]
    pub fn new(drop_below: f64, accept_at: f64) -> Option<Self> {
        (0.0 <= drop_below && drop_below <= accept_at && accept_at <= 1.0)
            .then_some(Self { drop_below, accept_at })
    }

    #[must_use]
    pub fn is_low_confidence(&self, score: f64) -> bool {
        self.drop_below <= score && score < self.accept_at
    }

    /// What a score alone makes of a box.
    #[must_use]
    pub fn standing(&self, score: f64) -> Standing {
        if score < self.drop_below {
            Standing::Withdrawn
        } else if score < self.accept_at {
            Standing::Doubtful
        } else {
            Standing::Settled
        }
    }
}

/// The place of a box in the queue: 0 (sure) to 3 (look at this first).
///
/// A score of one half is most doubtful (1), 0 and 1 least (0). What the second look changed adds to it, a
/// disagreement between two confident models adds most.
#[must_use]
pub fn doubt(score: f64, verdict: Option<Verdict>, disagreement: bool) -> f64 {
    let uncertainty = 1.0 - (2.0 * score.clamp(0.0, 1.0) - 1.0).abs();
    let change = match verdict {
        Some(Verdict::Relabelled) => 0.6,
        Some(Verdict::Added) => 0.3,
        Some(Verdict::Moved) => 0.2,
        Some(Verdict::Confirmed | Verdict::Rejected) | None => 0.0,
    };
    let dispute = if disagreement { 1.4 } else { 0.0 };
    uncertainty + change + dispute
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standing_by_table() {
        let t = Thresholds::default();
        for (score, want) in [
            (0.05, Standing::Withdrawn),
            (0.2, Standing::Doubtful),
            (0.599, Standing::Doubtful),
            (0.6, Standing::Settled),
        ] {
            assert_eq!(t.standing(score), want, "{score}");
        }
        assert_eq!(Thresholds::new(0.7, 0.6), None);
        assert_eq!(Thresholds::new(f64::NAN, 0.6), None);
    }

    #[test]
    fn order_of_doubt() {
        let disputed = doubt(0.9, None, true);
        let relabelled = doubt(0.5, Some(Verdict::Relabelled), false);
        let even = doubt(0.5, None, false);
        let sure = doubt(0.95, Some(Verdict::Confirmed), false);
        assert!(disputed < 3.0 && relabelled > even && even > sure);
        assert!(doubt(0.7, None, true) > relabelled);
    }
}
