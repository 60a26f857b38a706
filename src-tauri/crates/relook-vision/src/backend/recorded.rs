//! Tensors recorded once and played back: heads and tails run without a library, and always alike.

use super::{Backend, Port, Signature, TensorIn, TensorOut};
use crate::error::VisionError;
use crate::stop::StopToken;

/// One recorded output, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedOutput {
    pub name: String,
    pub shape: Vec<i64>,
    pub values: Vec<f32>,
}

/// A backend that answers every run with the same outputs.
#[derive(Clone, Debug)]
pub struct RecordedTensors {
    signature: Signature,
    outputs: Vec<RecordedOutput>,
}

impl RecordedTensors {
    /// A graph with one float32 input of `shape` (`[1, 3, height, width]` or `[1, height, width, 3]`).
    #[must_use]
    pub fn new(input: &str, shape: [i64; 4], outputs: Vec<RecordedOutput>) -> Self {
        let float32 = || "float32".to_owned();
        let inputs = vec![Port { name: input.to_owned(), element: float32(), shape: shape.to_vec() }];
        let ports = outputs
            .iter()
            .map(|output| Port { name: output.name.clone(), element: float32(), shape: output.shape.clone() })
            .collect();
        Self { signature: Signature { inputs, outputs: ports, metadata: [].into() }, outputs }
    }

    /// The same with one of the graph's own notes.
    #[must_use]
    pub fn with_note(mut self, key: &str, value: &str) -> Self {
        self.signature.metadata.insert(key.to_owned(), value.to_owned());
        self
    }
}

impl Backend for RecordedTensors {
    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn run(
        &mut self,
        input: TensorIn<'_>,
        stop: &StopToken,
        read: &mut dyn FnMut(&[TensorOut<'_>]) -> Result<(), VisionError>,
    ) -> Result<(), VisionError> {
        if stop.stopped() {
            return Err(VisionError::Stopped);
        }
        if input.values.len() != input.shape.iter().product::<usize>() {
            return Err(VisionError::Inference {
                model: "the recording".to_owned(),
                reason: format!(
                    "{} values do not fill a tensor of shape {:?}",
                    input.values.len(),
                    input.shape
                ),
            });
        }
        let outputs: Vec<TensorOut<'_>> = self
            .outputs
            .iter()
            .map(|output| TensorOut { name: &output.name, shape: &output.shape, values: &output.values })
            .collect();
        read(&outputs)
    }
}
