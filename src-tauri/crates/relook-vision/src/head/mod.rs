//! Heads: what a graph's outputs mean. A closed set; a head only decodes, the tail does the rest.

mod listed;
mod places;
mod queries;
mod yolo_dense;
mod yolo_end2end;
mod yolox;

use relook_domain::Rect;
use relook_domain::model_card::{Head, Input};

use self::places::Places;
use crate::backend::{Port, TensorOut, in_words};
use crate::error::VisionError;

/// One box a head has read, in pixels of the graph's input.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Candidate {
    pub rect: Rect,
    pub class: usize,
    pub score: f64,
    /// Best first, `class` included.
    pub alternatives: Vec<(usize, f64)>,
}

/// What a head finds in a graph's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fit {
    /// How many classes are scored; `None`: the outputs name classes by number, and none says how many there are.
    pub labels: Option<usize>,
    places: Places,
}

/// What a head is told of a run.
pub(crate) struct Ask<'a> {
    pub head: Head,
    pub fit: Fit,
    /// Of the graph's input, pixels.
    pub width: u32,
    pub height: u32,
    /// Names by class; boxes of those with an empty name are not read.
    pub labels: &'a [String],
    pub keep_above: f64,
}

/// Why outputs could not be read.
#[derive(Debug, PartialEq)]
pub(crate) enum Misread {
    Shape(String),
    /// A score above 1.
    Score(f32),
    NotANumber,
    /// A class beyond those that are named.
    Class(f32),
}

/// Buffers a head keeps between images.
#[derive(Default)]
pub(crate) struct Scratch {
    best: Vec<f32>,
    class: Vec<u32>,
}

/// Alternatives kept of each box.
const ALTERNATIVES: usize = 3;

/// What the head finds in these outputs, or why they do not fit it.
pub(crate) fn fit(head: Head, outputs: &[Port], input: &Input, model: &str) -> Result<Fit, VisionError> {
    try_fit(head, outputs, input).map_err(|why| VisionError::NoHead {
        model: model.to_owned(),
        found: format!("{} ({why})", in_words(outputs)),
        known: format!("{} {}", head.word(), shape(head)),
    })
}

fn try_fit(head: Head, outputs: &[Port], input: &Input) -> Result<Fit, String> {
    match head {
        Head::YoloDense => yolo_dense::fit(outputs, input),
        Head::YoloObjectness => yolo_dense::fit_objectness(outputs, input),
        Head::YoloEnd2end => yolo_end2end::fit(outputs),
        Head::Yolox => yolox::fit(outputs, input),
        Head::Detr => queries::fit(outputs, 1),
        Head::DetrSigmoid => queries::fit(outputs, 0),
        Head::DetrPostprocessed | Head::SsdTorchvision => listed::fit(outputs),
        Head::SsdTensorflow => listed::fit(outputs).or_else(|_| queries::fit(outputs, 0)),
    }
}

/// The heads whose outputs look like these; more than one answer must be settled by what else is known.
pub(crate) fn fitting(outputs: &[Port], input: &Input) -> Vec<(Head, Fit)> {
    Head::ALL.iter().filter_map(|&head| try_fit(head, outputs, input).ok().map(|fit| (head, fit))).collect()
}

/// What a head reads, for messages.
fn shape(head: Head) -> &'static str {
    match head {
        Head::YoloDense => "[1, 4 + labels, cells] or [1, cells, 4 + labels]",
        Head::YoloObjectness => "[1, cells or 3 times as many, 5 + labels]",
        Head::YoloEnd2end => "[1, boxes, 6]",
        Head::Yolox => "[1, cells, 5 + labels]",
        Head::Detr => "boxes [1, queries, 4] and logits [1, queries, labels + 1]",
        Head::DetrSigmoid => "boxes [1, queries, 4] and logits [1, queries, labels]",
        Head::DetrPostprocessed | Head::SsdTorchvision => {
            "boxes [boxes, 4], scores [boxes] and labels [boxes], perhaps with a batch of 1 before"
        }
        Head::SsdTensorflow => {
            "boxes [1, anchors, 4] and scores [1, anchors, labels], or boxes [1, boxes, 4], scores and classes [1, boxes]"
        }
    }
}

/// The known heads and what they read, for messages.
pub(crate) fn known() -> String {
    let all: Vec<_> = Head::ALL.iter().map(|&head| format!("{} {}", head.word(), shape(head))).collect();
    all.join("; ")
}

/// Reads the boxes whose best score is at least what was asked, in the order of the tensor.
pub(crate) fn read(
    ask: &Ask<'_>,
    outputs: &[TensorOut<'_>],
    scratch: &mut Scratch,
) -> Result<Vec<Candidate>, Misread> {
    let mut found = match ask.head {
        Head::YoloDense => yolo_dense::read(ask, outputs, scratch),
        Head::YoloObjectness => yolo_dense::read_objectness(ask, outputs),
        Head::YoloEnd2end => yolo_end2end::read(ask, outputs),
        Head::Yolox => yolox::read(ask, outputs),
        Head::Detr | Head::DetrSigmoid => queries::read(ask, outputs),
        Head::SsdTensorflow if ask.fit.places.classes.is_none() => queries::read(ask, outputs),
        Head::DetrPostprocessed | Head::SsdTensorflow | Head::SsdTorchvision => listed::read(ask, outputs),
    }?;
    if let Some(one) = found.iter().find(|one| one.score > 1.001) {
        return Err(Misread::Score(one.score as f32));
    }
    let finite = |r: &Rect| [r.x1, r.y1, r.x2, r.y2].iter().all(|v| v.is_finite());
    found.retain(|one| finite(&one.rect));
    Ok(found)
}

/// The values of an output, none of which is NaN.
fn numbers<'a>(outputs: &[TensorOut<'a>], at: usize) -> Result<TensorOut<'a>, Misread> {
    let output =
        *outputs.get(at).ok_or_else(|| Misread::Shape("it gave fewer outputs than it names".into()))?;
    // Without leaving early, so that the compiler vectorises it.
    if output.values.iter().fold(false, |any, value| any | value.is_nan()) {
        return Err(Misread::NotANumber);
    }
    Ok(output)
}

/// An output whose shape is another than its head reads.
fn misshapen(output: &TensorOut<'_>, wanted: &str) -> Misread {
    Misread::Shape(format!(
        "its output {} has shape {:?}, and {wanted} was expected",
        output.name, output.shape
    ))
}

/// The best scores of one box, best first; equal scores in the order of the labels, classes without a name left out.
fn best(scores: impl Iterator<Item = f32>, labels: &[String]) -> Vec<(usize, f64)> {
    let mut best: Vec<(usize, f64)> = Vec::with_capacity(ALTERNATIVES + 1);
    for (class, score) in scores.enumerate() {
        let score = f64::from(score);
        if best.len() == ALTERNATIVES && best.last().is_some_and(|last| last.1 >= score) {
            continue;
        }
        if labels.get(class).is_none_or(String::is_empty) {
            continue;
        }
        let at = best.iter().position(|known| known.1 < score).unwrap_or(best.len());
        best.insert(at, (class, score));
        best.truncate(ALTERNATIVES);
    }
    best
}

/// A box with its scores, if the best of them is at least what was asked.
fn candidate(rect: Rect, alternatives: Vec<(usize, f64)>, keep_above: f64) -> Option<Candidate> {
    let &(class, score) = alternatives.first()?;
    (score >= keep_above).then_some(Candidate { rect, class, score, alternatives })
}

/// A box by its centre and sides.
fn around([cx, cy, w, h]: [f64; 4]) -> Rect {
    Rect { x1: cx - w / 2.0, y1: cy - h / 2.0, x2: cx + w / 2.0, y2: cy + h / 2.0 }
}

/// 1 / (1 + e^-x).
fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

#[cfg(test)]
mod tests;
