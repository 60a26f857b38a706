//! One output with a column or a row a cell. YOLOv8, 9, 11, 12: cx, cy, w, h in input pixels, then one sigmoid score a
//! label, cells last or (transposed) first. YOLOv5, 6, 7 and YOLOX exported decoded: cells first, and an objectness
//! before the scores, which it multiplies.

use relook_domain::model_card::Input;

use super::places::{Places, is_float, is_single};
use super::{Ask, Candidate, Fit, Misread, Scratch, around, best, candidate, misshapen, numbers};
use crate::backend::{Port, TensorOut};

/// The grids that these graphs lay over an input: the usual three, with a fourth for large inputs, and the tiny ones' two.
const STRIDES: [&[u32]; 3] = [&[8, 16, 32], &[8, 16, 32, 64], &[16, 32]];

/// The cells that such a grid may have in all.
pub(super) fn cells_of(input: &Input) -> [i64; 3] {
    STRIDES.map(|strides| {
        strides.iter().map(|stride| i64::from(input.width / stride) * i64::from(input.height / stride)).sum()
    })
}

/// The place of the only table, and its two sizes. Raw grids of five dimensions, as older exports add them, are left
/// alone.
pub(super) fn table(outputs: &[Port]) -> Result<(usize, [i64; 2]), String> {
    let mut tables = outputs.iter().enumerate().filter(|(_, port)| port.shape.len() != 5);
    let (Some((at, output)), None) = (tables.next(), tables.next()) else {
        return Err(format!("one output is needed, there are {}", outputs.len()));
    };
    if !is_float(output) {
        return Err(format!("float32 is needed, not {}", output.element));
    }
    let &[batch, a, b] = output.shape.as_slice() else {
        return Err(format!("three dimensions are needed, there are {}", output.shape.len()));
    };
    if !is_single(output) {
        return Err(format!("a batch of 1 is needed, not {batch}"));
    }
    Ok((at, [a, b]))
}

/// The fit of a table of so many values a cell, `corners` of which are no scores.
pub(super) fn scored(at: usize, values: i64, corners: i64) -> Result<Fit, String> {
    let labels = usize::try_from(values - corners).ok().filter(|labels| *labels > 0);
    let labels = labels.ok_or_else(|| format!("{values} values a cell are too few"))?;
    Ok(Fit { labels: Some(labels), places: Places { boxes: at, ..Places::default() } })
}

fn expected(input: &Input, [a, b]: [i64; 2]) -> String {
    let [cells, ..] = cells_of(input);
    format!(
        "{cells} cells are expected of a {}x{} input, and there are {a} and {b}",
        input.width, input.height
    )
}

pub(super) fn fit(outputs: &[Port], input: &Input) -> Result<Fit, String> {
    let (at, [a, b]) = table(outputs)?;
    let cells = cells_of(input);
    if cells.contains(&b) || (b < 0 && a > 0) {
        scored(at, a, 4)
    } else if cells.contains(&a) {
        scored(at, b, 4)
    } else {
        Err(expected(input, [a, b]))
    }
}

pub(super) fn fit_objectness(outputs: &[Port], input: &Input) -> Result<Fit, String> {
    let (at, [a, b]) = table(outputs)?;
    let cells = cells_of(input);
    if cells.contains(&a) || cells.map(|cells| 3 * cells).contains(&a) || (a < 0 && b > 0) {
        scored(at, b, 5)
    } else {
        Err(expected(input, [a, b]))
    }
}

pub(super) fn read(
    ask: &Ask<'_>,
    outputs: &[TensorOut<'_>],
    scratch: &mut Scratch,
) -> Result<Vec<Candidate>, Misread> {
    let output = numbers(outputs, ask.fit.places.boxes)?;
    let rows = 4 + ask.labels.len();
    match *output.shape {
        [1, a, b] if a == rows as i64 && b > 0 => Ok(columns(ask, output.values, b as usize, scratch)),
        [1, _, b] if b == rows as i64 => Ok(output
            .values
            .chunks_exact(rows)
            .filter_map(|row| {
                let corners = std::array::from_fn(|i| f64::from(row[i]));
                candidate(around(corners), best(row[4..].iter().copied(), ask.labels), ask.keep_above)
            })
            .collect()),
        _ => Err(misshapen(&output, &format!("[1, {rows}, cells]"))),
    }
}

/// Cells last: the scores lie label by label.
fn columns(ask: &Ask<'_>, values: &[f32], anchors: usize, scratch: &mut Scratch) -> Vec<Candidate> {
    let (corners, scores) = values.split_at(4 * anchors);

    // Row by row in the order of memory: a running maximum over the anchors, which the compiler vectorises.
    scratch.best.clear();
    scratch.best.resize(anchors, f32::NEG_INFINITY);
    scratch.class.clear();
    scratch.class.resize(anchors, 0);
    for ((class, row), name) in (0_u32..).zip(scores.chunks_exact(anchors)).zip(ask.labels) {
        if name.is_empty() {
            continue;
        }
        for ((&score, best), at) in row.iter().zip(&mut scratch.best).zip(&mut scratch.class) {
            let better = score > *best;
            *best = if better { score } else { *best };
            *at = if better { class } else { *at };
        }
    }

    let mut found = Vec::new();
    for (anchor, (&most, &class)) in scratch.best.iter().zip(&scratch.class).enumerate() {
        if f64::from(most) < ask.keep_above {
            continue;
        }
        found.push(Candidate {
            rect: around(std::array::from_fn(|row| f64::from(corners[row * anchors + anchor]))),
            class: class as usize,
            score: f64::from(most),
            alternatives: best(scores[anchor..].iter().step_by(anchors).copied(), ask.labels),
        });
    }
    found
}

pub(super) fn read_objectness(ask: &Ask<'_>, outputs: &[TensorOut<'_>]) -> Result<Vec<Candidate>, Misread> {
    let output = numbers(outputs, ask.fit.places.boxes)?;
    let rows = rows_with_objectness(ask, &output)?;
    Ok(rows
        .filter_map(|row| {
            let corners = std::array::from_fn(|i| f64::from(row[i]));
            objects(ask, row).and_then(|scores| candidate(around(corners), scores, ask.keep_above))
        })
        .collect())
}

/// Rows of four corners, an objectness and the scores.
pub(super) fn rows_with_objectness<'a>(
    ask: &Ask<'_>,
    output: &TensorOut<'a>,
) -> Result<std::slice::ChunksExact<'a, f32>, Misread> {
    let values = 5 + ask.labels.len();
    match *output.shape {
        [1, _, b] if b == values as i64 => Ok(output.values.chunks_exact(values)),
        _ => Err(misshapen(output, &format!("[1, cells, {values}]"))),
    }
}

/// The scores of such a row times its objectness; `None` where that alone is too little.
pub(super) fn objects(ask: &Ask<'_>, row: &[f32]) -> Option<Vec<(usize, f64)>> {
    let objectness = row[4];
    (f64::from(objectness) >= ask.keep_above)
        .then(|| best(row[5..].iter().map(|score| score * objectness), ask.labels))
}
