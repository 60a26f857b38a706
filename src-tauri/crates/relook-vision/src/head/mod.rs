//! Heads: what a graph's outputs mean. A closed set; a head only decodes, the tail does the rest.

mod yolo_dense;

use relook_domain::Rect;
use relook_domain::model_card::{Head, Input};

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

/// Buffers a head keeps between images.
#[derive(Default)]
pub(crate) struct Scratch {
    best: Vec<f32>,
    class: Vec<u32>,
}

/// Alternatives kept of each box.
const ALTERNATIVES: usize = 3;

/// How many labels these outputs score, or why they do not fit the head.
pub(crate) fn labels_scored(
    head: Head,
    outputs: &[Port],
    input: &Input,
    model: &str,
) -> Result<usize, VisionError> {
    let scored = match head {
        Head::YoloDense => yolo_dense::labels_scored(outputs, input),
    };
    scored.map_err(|why| VisionError::NoHead {
        model: model.to_owned(),
        found: format!("{} ({why})", in_words(outputs)),
        known: known(),
    })
}

/// The heads whose outputs look like these; more than one answer must be settled by a card.
pub(crate) fn fitting(outputs: &[Port], input: &Input) -> Vec<(Head, usize)> {
    Head::ALL
        .iter()
        .filter_map(|&head| labels_scored(head, outputs, input, "").ok().map(|labels| (head, labels)))
        .collect()
}

/// The known heads and what they read, for messages.
pub(crate) fn known() -> String {
    Head::ALL
        .iter()
        .map(|&head| {
            let shape = match head {
                Head::YoloDense => yolo_dense::SHAPE,
            };
            format!("{} {shape}", head.word())
        })
        .collect::<Vec<_>>()
        .join("; ")
}

/// Reads the boxes whose best score is at least `keep_above`, in the order of the tensor.
pub(crate) fn read(
    head: Head,
    outputs: &[TensorOut<'_>],
    labels: usize,
    keep_above: f64,
    scratch: &mut Scratch,
) -> Result<Vec<Candidate>, String> {
    match head {
        Head::YoloDense => yolo_dense::read(outputs, labels, keep_above, scratch),
    }
}
