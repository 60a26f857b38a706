//! Which images the larger model looks at.

use crate::doubt::Thresholds;

/// Why an image is sent to the second look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// At least one box is low-confidence.
    LowConfidence,
    /// The draft found nothing that stands.
    FoundNothing,
}

/// Whether the larger model looks at an image whose draft has these scores, and why; `None`: it does not.
///
/// `also_empty` sends images on which the draft left no box at or above `drop_below`.
#[must_use]
pub fn triage(scores: &[f64], thresholds: &Thresholds, also_empty: bool) -> Option<Reason> {
    if scores.iter().any(|s| thresholds.is_low_confidence(*s)) {
        Some(Reason::LowConfidence)
    } else if also_empty && scores.iter().all(|s| *s < thresholds.drop_below) {
        Some(Reason::FoundNothing)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_table() {
        let t = Thresholds::default();
        for (scores, also_empty, want) in [
            (vec![0.9, 0.3], false, Some(Reason::LowConfidence)),
            (vec![0.9, 0.1], false, None),
            (vec![0.9, 0.1], true, None),
            (vec![0.1], false, None),
            (vec![0.1], true, Some(Reason::FoundNothing)),
            (vec![], true, Some(Reason::FoundNothing)),
        ] {
            assert_eq!(triage(&scores, &t, also_empty), want, "{scores:?} {also_empty}");
        }
    }
}
