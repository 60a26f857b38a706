//! YOLOX as it is exported by default: one row a cell, of the offset of the centre in cells, the logarithms of the sides
//! in cells, objectness and scores; cells by grid (strides 8, 16, 32 and perhaps 64), in rows from the upper left.

use relook_domain::model_card::Input;

use super::yolo_dense::{cells_of, objects, rows_with_objectness, scored, table};
use super::{Ask, Candidate, Fit, Misread, around, candidate, misshapen, numbers};
use crate::backend::{Port, TensorOut};

pub(super) fn fit(outputs: &[Port], input: &Input) -> Result<Fit, String> {
    let (at, [a, b]) = table(outputs)?;
    if (a < 0 && b > 0) || cells_of(input)[..2].contains(&a) {
        return scored(at, b, 5);
    }
    Err(format!("a row for each cell of a {}x{} input is expected, there are {a}", input.width, input.height))
}

pub(super) fn read(ask: &Ask<'_>, outputs: &[TensorOut<'_>]) -> Result<Vec<Candidate>, Misread> {
    let output = numbers(outputs, ask.fit.places.boxes)?;
    let rows = rows_with_objectness(ask, &output)?;
    let grid = |stride: u32| {
        let (across, down) = (ask.width / stride, ask.height / stride);
        (0..down).flat_map(move |y| (0..across).map(move |x| [x, y, stride].map(f64::from)))
    };
    let mut strides = vec![8, 16, 32];
    let count = |strides: &[u32]| strides.iter().map(|&stride| grid(stride).count()).sum::<usize>();
    if count(&strides) < rows.len() {
        strides.push(64);
    }
    if count(&strides) != rows.len() {
        return Err(misshapen(
            &output,
            &format!("a row for each cell of a {}x{} input", ask.width, ask.height),
        ));
    }
    let cells = strides.into_iter().flat_map(grid);
    Ok(rows
        .zip(cells)
        .filter_map(|(row, [x, y, stride])| {
            let scores = objects(ask, row)?;
            let [cx, cy, w, h]: [f64; 4] = std::array::from_fn(|i| f64::from(row[i]));
            let rect = around([(cx + x) * stride, (cy + y) * stride, w.exp() * stride, h.exp() * stride]);
            candidate(rect, scores, ask.keep_above)
        })
        .collect())
}
