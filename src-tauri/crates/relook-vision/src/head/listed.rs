//! Finished lists: boxes, scores and classes. RT-DETR and D-FINE with their last step, told that the image is as large as
//! the input; torchvision: x1 y1 x2 y2 in input pixels. TensorFlow: y1 x1 y2 x2 as shares of the image.

use relook_domain::Rect;
use relook_domain::model_card::Head;

use super::{Ask, Candidate, Fit, Misread, misshapen, numbers, places};
use crate::backend::{Port, TensorOut};

pub(super) fn fit(outputs: &[Port]) -> Result<Fit, String> {
    Ok(Fit { labels: None, places: places::lists(outputs)? })
}

pub(super) fn read(ask: &Ask<'_>, outputs: &[TensorOut<'_>]) -> Result<Vec<Candidate>, Misread> {
    let places = ask.fit.places;
    let boxes = numbers(outputs, places.boxes)?;
    let scores = numbers(outputs, places.scores)?;
    let classes = numbers(outputs, places.classes.unwrap_or(places.scores))?;
    let count = match *boxes.shape {
        [count, 4] | [1, count, 4] => count,
        _ => return Err(misshapen(&boxes, "[boxes, 4]")),
    };
    for list in [&scores, &classes] {
        if !matches!(*list.shape, [n] | [1, n] if n == count) {
            return Err(misshapen(list, &format!("one value for each of {count} boxes")));
        }
    }
    let (width, height) = (f64::from(ask.width), f64::from(ask.height));
    let mut found = Vec::new();
    for ((corners, &score), &class) in boxes.values.chunks_exact(4).zip(scores.values).zip(classes.values) {
        let [a, b, c, d]: [f64; 4] = std::array::from_fn(|i| f64::from(corners[i]));
        let rect = match ask.head {
            Head::SsdTensorflow => Rect { x1: b * width, y1: a * height, x2: d * width, y2: c * height },
            _ => Rect { x1: a, y1: b, x2: c, y2: d },
        };
        found.extend(ask.of_class(rect, f64::from(score), class)?);
    }
    Ok(found)
}
