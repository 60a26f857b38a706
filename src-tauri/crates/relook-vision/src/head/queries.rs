//! A table of boxes `[1, n, 4]` as shares of the image beside one of scores `[1, n, labels]`. DETR and its kin: cx cy w h;
//! logits with "no object" last, or a sigmoid a label. SSD of TensorFlow: y1 x1 y2 x2 and scores as they are.

use relook_domain::Rect;
use relook_domain::model_card::Head;

use super::{Ask, Candidate, Fit, Misread, around, best, candidate, misshapen, numbers, places, sigmoid};
use crate::backend::{Port, TensorOut};

/// `others`: scores that are no label's.
pub(super) fn fit(outputs: &[Port], others: usize) -> Result<Fit, String> {
    let (places, scores) = places::queries(outputs)?;
    let labels = scores.checked_sub(others).filter(|labels| *labels > 0);
    Ok(Fit { labels: Some(labels.ok_or("there are too few scores")?), places })
}

pub(super) fn read(ask: &Ask<'_>, outputs: &[TensorOut<'_>]) -> Result<Vec<Candidate>, Misread> {
    let boxes = numbers(outputs, ask.fit.places.boxes)?;
    let scores = numbers(outputs, ask.fit.places.scores)?;
    let classes = ask.labels.len() + usize::from(ask.head == Head::Detr);
    let (&[1, count, 4] | &[1, count, 1, 4]) = boxes.shape else {
        return Err(misshapen(&boxes, "[1, boxes, 4]"));
    };
    if *scores.shape != [1, count, classes as i64] {
        return Err(misshapen(&scores, &format!("[1, {count}, {classes}]")));
    }
    let (width, height) = (f64::from(ask.width), f64::from(ask.height));
    let mut found = Vec::new();
    for (corners, row) in boxes.values.chunks_exact(4).zip(scores.values.chunks_exact(classes)) {
        let [a, b, c, d]: [f64; 4] = std::array::from_fn(|i| f64::from(corners[i]));
        let (rect, scores) = match ask.head {
            Head::SsdTensorflow => {
                let rect = Rect { x1: b * width, y1: a * height, x2: d * width, y2: c * height };
                (rect, best(row.iter().copied(), ask.labels))
            }
            head => {
                let rect = around([a * width, b * height, c * width, d * height]);
                let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let sum: f32 = row.iter().map(|logit| (logit - most).exp()).sum();
                let score = |logit: &f32| match head {
                    Head::Detr => (logit - most).exp() / sum,
                    _ => sigmoid(*logit),
                };
                (rect, best(row.iter().map(score), ask.labels))
            }
        };
        found.extend(candidate(rect, scores, ask.keep_above));
    }
    Ok(found)
}
