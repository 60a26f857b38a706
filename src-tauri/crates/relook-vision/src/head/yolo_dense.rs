//! YOLOv8, 9, 11, 12: one output `[1, 4 + labels, anchors]`; rows cx, cy, w, h in input pixels, then one row of sigmoid
//! scores a label.

use relook_domain::Rect;
use relook_domain::model_card::Input;

use super::{ALTERNATIVES, Candidate, Scratch};
use crate::backend::{Port, TensorOut};

pub(super) const SHAPE: &str = "[1, 4 + labels, anchors] float32";

/// The cells of the three grids (strides 8, 16, 32) that these graphs lay over an input.
fn anchors_of(input: &Input) -> i64 {
    [8, 16, 32]
        .into_iter()
        .map(|stride| i64::from(input.width / stride) * i64::from(input.height / stride))
        .sum()
}

pub(super) fn labels_scored(outputs: &[Port], input: &Input) -> Result<usize, String> {
    let [output] = outputs else {
        return Err(format!("one output is needed, there are {}", outputs.len()));
    };
    if output.element != "float32" {
        return Err(format!("float32 is needed, not {}", output.element));
    }
    let &[batch, rows, anchors] = output.shape.as_slice() else {
        return Err(format!("three dimensions are needed, there are {}", output.shape.len()));
    };
    if batch > 1 {
        return Err(format!("a batch of 1 is needed, not {batch}"));
    }
    if rows < 5 {
        return Err("the second dimension must be 4 + labels".to_owned());
    }
    // The transposed layout of older exports has the anchors second, and would read as thousands of labels.
    let expected = anchors_of(input);
    if anchors > 0 && anchors != expected {
        return Err(format!("{expected} anchors are expected of a {}x{} input", input.width, input.height));
    }
    usize::try_from(rows - 4).map_err(|error| error.to_string())
}

pub(super) fn read(
    outputs: &[TensorOut<'_>],
    labels: usize,
    keep_above: f64,
    scratch: &mut Scratch,
) -> Result<Vec<Candidate>, String> {
    let Some(output) = outputs.first() else {
        return Err("it gave no output".to_owned());
    };
    let rows = 4 + labels;
    let anchors = output.values.len() / rows;
    if labels == 0 || anchors * rows != output.values.len() || output.shape.get(1) != Some(&(rows as i64)) {
        return Err(format!(
            "its output has shape {:?}, and [1, {rows}, anchors] was expected",
            output.shape
        ));
    }
    let (corners, scores) = output.values.split_at(4 * anchors);

    // Row by row in the order of memory: a running maximum over the anchors, which the compiler vectorises.
    scratch.best.clear();
    scratch.best.resize(anchors, f32::NEG_INFINITY);
    scratch.class.clear();
    scratch.class.resize(anchors, 0);
    for (class, row) in (0_u32..).zip(scores.chunks_exact(anchors)) {
        for ((&score, best), at) in row.iter().zip(&mut scratch.best).zip(&mut scratch.class) {
            let better = score > *best;
            *best = if better { score } else { *best };
            *at = if better { class } else { *at };
        }
    }

    let mut found = Vec::new();
    for (anchor, (&best, &class)) in scratch.best.iter().zip(&scratch.class).enumerate() {
        if !best.is_finite() || f64::from(best) < keep_above {
            continue;
        }
        let [cx, cy, w, h] = std::array::from_fn(|row| f64::from(corners[row * anchors + anchor]));
        let rect = Rect { x1: cx - w / 2.0, y1: cy - h / 2.0, x2: cx + w / 2.0, y2: cy + h / 2.0 };
        found.push(Candidate {
            rect,
            class: class as usize,
            score: f64::from(best),
            alternatives: alternatives(scores, anchors, anchor),
        });
    }
    Ok(found)
}

/// The best scores of one anchor, best first; equal scores in the order of the labels.
fn alternatives(scores: &[f32], anchors: usize, anchor: usize) -> Vec<(usize, f64)> {
    let mut best: Vec<(usize, f64)> = Vec::with_capacity(ALTERNATIVES + 1);
    for (class, &score) in scores[anchor..].iter().step_by(anchors).enumerate() {
        let score = f64::from(score);
        if score.is_nan() || (best.len() == ALTERNATIVES && best.last().is_some_and(|last| last.1 >= score)) {
            continue;
        }
        let at = best.iter().position(|known| known.1 < score).unwrap_or(best.len());
        best.insert(at, (class, score));
        best.truncate(ALTERNATIVES);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two labels, three anchors.
    fn tensor() -> Vec<f32> {
        vec![
            10.0, 50.0, 90.0, // cx
            20.0, 60.0, 95.0, // cy
            4.0, 10.0, 8.0, // w
            6.0, 20.0, 8.0, // h
            0.9, 0.2, 0.1, // label 0
            0.3, 0.7, 0.1, // label 1
        ]
    }

    #[test]
    fn the_best_label_of_each_anchor_is_read() {
        let values = tensor();
        let output = [TensorOut { name: "o", shape: &[1, 6, 3], values: &values }];
        let found = read(&output, 2, 0.5, &mut Scratch::default()).unwrap();
        let seen: Vec<_> = found.iter().map(|c| (c.class, (c.score * 10.0).round() as i64, c.rect)).collect();
        assert_eq!(
            seen,
            [
                (0, 9, Rect { x1: 8.0, y1: 17.0, x2: 12.0, y2: 23.0 }),
                (1, 7, Rect { x1: 45.0, y1: 50.0, x2: 55.0, y2: 70.0 }),
            ]
        );
        let classes: Vec<_> = found[1].alternatives.iter().map(|(class, _)| *class).collect();
        assert_eq!(classes, [1, 0]);
    }

    #[test]
    fn equal_scores_take_the_first_label_and_a_threshold_includes_its_value() {
        let values = tensor();
        let output = [TensorOut { name: "o", shape: &[1, 6, 3], values: &values }];
        let found = read(&output, 2, f64::from(0.1_f32), &mut Scratch::default()).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[2].class, 0);
    }

    #[test]
    fn scores_that_are_no_numbers_are_passed_over() {
        let mut values = tensor();
        values[4 * 3] = f32::NAN;
        let output = [TensorOut { name: "o", shape: &[1, 6, 3], values: &values }];
        let found = read(&output, 2, 0.25, &mut Scratch::default()).unwrap();
        assert_eq!(found[0].class, 1);
        assert_eq!(found[0].alternatives.len(), 1);
    }

    #[test]
    fn another_shape_is_an_error() {
        let values = tensor();
        for (shape, labels) in [([1, 3, 6], 2), ([1, 6, 3], 3), ([1, 6, 3], 0)] {
            let output = [TensorOut { name: "o", shape: &shape, values: &values }];
            assert!(read(&output, labels, 0.25, &mut Scratch::default()).is_err(), "{shape:?} {labels}");
        }
        assert!(read(&[], 2, 0.25, &mut Scratch::default()).is_err());
    }
}
