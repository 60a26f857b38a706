//! Graphs run by ONNX Runtime.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ort::session::builder::SessionBuilder;
use ort::session::{RunOptions, Session};
use ort::value::{Outlet, TensorRef, ValueType};

use super::{Backend, Port, Signature, TensorIn, TensorOut};
use crate::error::VisionError;
use crate::execution::Device;
use crate::runtime;
use crate::stop::StopToken;

/// One loaded graph.
pub struct OnnxRuntime {
    path: PathBuf,
    session: Session,
    signature: Signature,
}

impl OnnxRuntime {
    /// Loads a graph for one device, strictly: a device that cannot be had is an error. `threads`: of the CPU inside
    /// one run, 0 for as many as ONNX Runtime likes.
    ///
    /// Errors: the runtime is not loaded, the file is missing or no graph, the device cannot be had.
    pub fn open(path: &Path, device: Device, threads: usize) -> Result<Self, VisionError> {
        if !path.is_file() {
            return Err(VisionError::ModelMissing { path: path.to_path_buf() });
        }
        let mut builder = session_builder(threads)?;
        if let Some(provider) = device.provider() {
            builder = builder
                .with_execution_providers([provider])
                .map_err(|error| VisionError::DeviceUnavailable { device, reason: error.to_string() })?;
        }
        let session = builder.commit_from_file(path).map_err(|error| {
            let reason = error.to_string();
            // A provider's own libraries (cuBLAS, cuDNN, …) may be missed only here.
            if device.provider().is_some() && !is_about_the_graph(error.code()) {
                VisionError::DeviceUnavailable { device, reason }
            } else {
                VisionError::ModelUnreadable { path: path.to_path_buf(), reason }
            }
        })?;
        let signature = signature_of(&session).map_err(|error| VisionError::ModelUnreadable {
            path: path.to_path_buf(),
            reason: error.to_string(),
        })?;
        Ok(Self { path: path.to_path_buf(), session, signature })
    }

    fn failed(&self, reason: impl ToString) -> VisionError {
        VisionError::Inference { model: self.path.display().to_string(), reason: reason.to_string() }
    }
}

fn is_about_the_graph(code: ort::ErrorCode) -> bool {
    matches!(
        code,
        ort::ErrorCode::NoSuchFile
            | ort::ErrorCode::NoModel
            | ort::ErrorCode::InvalidProtobuf
            | ort::ErrorCode::InvalidGraph
    )
}

fn session_builder(threads: usize) -> Result<SessionBuilder, VisionError> {
    let failed = |reason: String| VisionError::RuntimeFailed { reason };
    let mut builder = Session::builder(runtime::environment()?).map_err(|error| failed(error.to_string()))?;
    if threads > 0 {
        builder = builder.with_intra_threads(threads).map_err(|error| failed(error.to_string()))?;
    }
    Ok(builder)
}

fn signature_of(session: &Session) -> ort::Result<Signature> {
    let notes = session.metadata()?;
    let metadata = notes
        .custom_keys()?
        .into_iter()
        .filter_map(|key| notes.custom(&key).map(|value| (key, value)))
        .collect();
    Ok(Signature {
        inputs: session.inputs().iter().map(port).collect(),
        outputs: session.outputs().iter().map(port).collect(),
        metadata,
    })
}

fn port(outlet: &Outlet) -> Port {
    let (element, shape) = match outlet.dtype() {
        ValueType::Tensor { ty, shape, .. } => (format!("{ty:?}").to_lowercase(), shape.to_vec()),
        _ => ("not a tensor".to_owned(), Vec::new()),
    };
    Port { name: outlet.name().to_owned(), element, shape }
}

impl Backend for OnnxRuntime {
    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn run(
        &mut self,
        input: TensorIn<'_>,
        stop: &StopToken,
        read: &mut dyn FnMut(&[TensorOut<'_>]) -> Result<(), VisionError>,
    ) -> Result<(), VisionError> {
        let options = Arc::new(RunOptions::new().map_err(|error| self.failed(error))?);
        if !stop.enrol(&options) {
            return Err(VisionError::Stopped);
        }
        let tensor =
            TensorRef::from_array_view((input.shape, input.values)).map_err(|error| self.failed(error))?;
        let name = input.name.to_owned();
        let model = self.path.display().to_string();
        let failed = |reason: String| VisionError::Inference { model: model.clone(), reason };
        let outputs =
            self.session.run_with_options(ort::inputs![name => tensor], &options).map_err(|error| {
                if stop.stopped() { VisionError::Stopped } else { failed(error.to_string()) }
            })?;
        let mut lent = Vec::with_capacity(outputs.len());
        for port in &self.signature.outputs {
            let Some(value) = outputs.get(&port.name) else { continue };
            let (shape, values) = value
                .try_extract_tensor::<f32>()
                .map_err(|error| failed(format!("its output {} is no float32 tensor: {error}", port.name)))?;
            lent.push(TensorOut { name: &port.name, shape, values });
        }
        read(&lent)
    }
}
