//! What follows every head, once: suppression, the best few, the way back to the original's pixels.

use crate::detector::Detection;
use crate::head::Candidate;
use crate::prepare::Geometry;

/// Suppresses doubles label by label, keeps the `max_boxes` best, maps them to the original and clips them to it.
/// Boxes with nothing inside the image are dropped. Sorted by score, then by position.
pub(crate) fn finish(
    mut candidates: Vec<Candidate>,
    geometry: &Geometry,
    nms_iou: f64,
    max_boxes: usize,
) -> Vec<Detection> {
    // Stable: equal scores stay in the order of the tensor, as the reference has them.
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        if kept.len() == max_boxes {
            break;
        }
        let double =
            |known: &Candidate| known.class == candidate.class && known.rect.iou(&candidate.rect) > nms_iou;
        if !kept.iter().any(double) {
            kept.push(candidate);
        }
    }
    let mut found: Vec<Detection> = kept
        .into_iter()
        .filter_map(|candidate| {
            let rect = geometry.invert(&candidate.rect).clip(geometry.width, geometry.height)?;
            Some(Detection {
                rect,
                class: candidate.class,
                score: candidate.score,
                alternatives: candidate.alternatives,
            })
        })
        .collect();
    let place = |d: &Detection| [d.rect.y1, d.rect.x1, d.rect.y2, d.rect.x2];
    found.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then_with(|| {
            let pairs = place(a).into_iter().zip(place(b));
            pairs.map(|(x, y)| x.total_cmp(&y)).find(|order| order.is_ne()).unwrap_or(a.class.cmp(&b.class))
        })
    });
    found
}

#[cfg(test)]
mod tests {
    use relook_domain::Rect;

    use super::*;

    fn candidate(x1: f64, y1: f64, x2: f64, y2: f64, class: usize, score: f64) -> Candidate {
        Candidate { rect: Rect { x1, y1, x2, y2 }, class, score, alternatives: vec![(class, score)] }
    }

    fn plain(width: u32, height: u32) -> Geometry {
        Geometry { width, height, scale_x: 1.0, scale_y: 1.0, offset_x: 0.0, offset_y: 0.0 }
    }

    #[test]
    fn doubles_go_label_by_label() {
        let boxes = vec![
            candidate(0.0, 0.0, 10.0, 10.0, 0, 0.6),
            candidate(0.0, 0.0, 10.0, 11.0, 0, 0.8),
            candidate(0.0, 0.0, 10.0, 10.0, 1, 0.5),
            candidate(5.0, 0.0, 15.0, 10.0, 0, 0.4),
        ];
        let found = finish(boxes, &plain(100, 100), 0.5, 300);
        let seen: Vec<_> = found.iter().map(|d| (d.class, d.score)).collect();
        assert_eq!(seen, [(0, 0.8), (1, 0.5), (0, 0.4)]);
    }

    #[test]
    fn an_overlap_of_exactly_the_limit_stays() {
        // 10x10 boxes shifted by 5: IoU 1/3.
        let boxes = || vec![candidate(0.0, 0.0, 10.0, 10.0, 0, 0.9), candidate(5.0, 0.0, 15.0, 10.0, 0, 0.8)];
        assert_eq!(finish(boxes(), &plain(100, 100), 50.0 / 150.0, 300).len(), 2);
        assert_eq!(finish(boxes(), &plain(100, 100), 0.33, 300).len(), 1);
    }

    #[test]
    fn boxes_come_back_to_the_original_and_stay_inside() {
        let geometry =
            Geometry { width: 1280, height: 960, scale_x: 0.5, scale_y: 0.5, offset_x: 0.0, offset_y: 80.0 };
        let boxes = vec![
            candidate(-10.0, 80.0, 320.0, 320.0, 0, 0.9),
            candidate(100.0, 10.0, 200.0, 70.0, 0, 0.8), // wholly in the border
        ];
        let found = finish(boxes, &geometry, 0.5, 300);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].rect, Rect { x1: 0.0, y1: 0.0, x2: 640.0, y2: 480.0 });
    }

    #[test]
    fn the_best_few_by_score_then_by_place() {
        let boxes = vec![
            candidate(50.0, 0.0, 60.0, 10.0, 0, 0.5),
            candidate(0.0, 0.0, 10.0, 10.0, 0, 0.5),
            candidate(0.0, 50.0, 10.0, 60.0, 0, 0.9),
        ];
        let found = finish(boxes.clone(), &plain(100, 100), 0.5, 300);
        let places: Vec<_> = found.iter().map(|d| (d.rect.x1, d.rect.y1)).collect();
        assert_eq!(places, [(0.0, 50.0), (0.0, 0.0), (50.0, 0.0)]);
        assert_eq!(finish(boxes, &plain(100, 100), 0.5, 1).len(), 1);
    }
}
