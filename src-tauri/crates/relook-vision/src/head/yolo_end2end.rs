//! YOLOv10, YOLO26 and others exported with their suppression: one output `[1, boxes, 6]`, rows of x1, y1, x2, y2 in input
//! pixels, score and class.

use relook_domain::Rect;

use super::places::Places;
use super::yolo_dense::table;
use super::{Ask, Candidate, Fit, Misread, misshapen, numbers};
use crate::backend::{Port, TensorOut};

pub(super) fn fit(outputs: &[Port]) -> Result<Fit, String> {
    let (at, [_, values]) = table(outputs)?;
    if values != 6 {
        return Err(format!("six values a box are needed, there are {values}"));
    }
    Ok(Fit { labels: None, places: Places { boxes: at, ..Places::default() } })
}

pub(super) fn read(ask: &Ask<'_>, outputs: &[TensorOut<'_>]) -> Result<Vec<Candidate>, Misread> {
    let output = numbers(outputs, ask.fit.places.boxes)?;
    if !matches!(*output.shape, [1, _, 6]) {
        return Err(misshapen(&output, "[1, boxes, 6]"));
    }
    let mut found = Vec::new();
    for row in output.values.chunks_exact(6) {
        let [x1, y1, x2, y2, score] = std::array::from_fn(|i| f64::from(row[i]));
        found.extend(ask.of_class(Rect { x1, y1, x2, y2 }, score, row[5])?);
    }
    Ok(found)
}

impl Ask<'_> {
    /// A box whose class comes as a number.
    pub(super) fn of_class(&self, rect: Rect, score: f64, class: f32) -> Result<Option<Candidate>, Misread> {
        if score < self.keep_above {
            return Ok(None);
        }
        let whole = class as usize;
        if class < 0.0 || whole >= self.labels.len() || whole as f32 != class {
            return Err(Misread::Class(class));
        }
        if self.labels[whole].is_empty() {
            return Ok(None);
        }
        Ok(Some(Candidate { rect, class: whole, score, alternatives: vec![(whole, score)] }))
    }
}
