//! What runs a graph: a tensor in, tensors out.

mod onnx;
mod open_inference;
mod recorded;

use std::collections::BTreeMap;
use std::fmt;

pub use onnx::OnnxRuntime;
pub(crate) use open_inference::{Met, meet};
pub use open_inference::{
    ServedModel, ServerAddress, ServerLimits, ServerReport, ServerWatch, Servers, harmless, survey_servers,
};
pub use recorded::{RecordedOutput, RecordedTensors};

use crate::error::VisionError;
use crate::stop::StopToken;

/// One input or output of a graph.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Port {
    pub name: String,
    /// Such as `float32`; `not a tensor` for sequences and maps.
    pub element: String,
    /// -1: not known before a run.
    pub shape: Vec<i64>,
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} [", self.name, self.element)?;
        for (i, size) in self.shape.iter().enumerate() {
            let gap = if i == 0 { "" } else { ", " };
            if *size < 0 { write!(f, "{gap}?")? } else { write!(f, "{gap}{size}")? }
        }
        f.write_str("]")
    }
}

/// A list of ports in words.
pub(crate) fn in_words(ports: &[Port]) -> String {
    if ports.is_empty() {
        return "none".to_owned();
    }
    ports.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What a graph takes and gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Signature {
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    /// The graph's own notes, by key.
    pub metadata: BTreeMap<String, String>,
}

/// A tensor lent to the backend: `values` in row-major order of `shape`.
#[derive(Clone, Copy, Debug)]
pub struct TensorIn<'a> {
    pub name: &'a str,
    pub shape: [usize; 4],
    pub values: &'a [f32],
    /// For graphs that are told the image's size: that input's name, and the two sizes in its order.
    pub sizes: Option<(&'a str, [i64; 2])>,
}

/// A tensor lent by the backend, row-major. Whole numbers come as the float32 that are equal to them.
#[derive(Clone, Copy, Debug)]
pub struct TensorOut<'a> {
    pub name: &'a str,
    pub shape: &'a [i64],
    pub values: &'a [f32],
}

/// Runs one graph. Outputs are lent to `read` for the time of the call, so that nothing is copied.
pub trait Backend: Send {
    fn signature(&self) -> &Signature;

    /// Errors: [`VisionError::Stopped`] when the token was or is stopped, [`VisionError::Inference`] when the graph
    /// fails or gives something other than tensors of float32, int32 or int64, and whatever `read` returns.
    fn run(
        &mut self,
        input: TensorIn<'_>,
        stop: &StopToken,
        read: &mut dyn FnMut(&[TensorOut<'_>]) -> Result<(), VisionError>,
    ) -> Result<(), VisionError>;
}
