//! Graphs run by ONNX Runtime.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ort::session::builder::SessionBuilder;
use ort::session::{RunOptions, Session, SessionInputValue};
use ort::value::{Outlet, Tensor, TensorRef, ValueType};

use super::{Backend, Port, Signature, TensorIn, TensorOut};
use crate::batch::is_out_of_memory;
use crate::error::VisionError;
use crate::execution::{Device, Loading};
use crate::graph::{Elastic, Grid};
use crate::runtime;
use crate::stop::StopToken;

/// One loaded graph.
pub struct OnnxRuntime {
    path: PathBuf,
    session: Session,
    signature: Signature,
    grid: Grid,
    /// What the grid was last, by the input's sides: images of one shape often follow one another.
    laid: Option<Laid>,
}

/// A grid over an input.
struct Laid {
    width: u32,
    height: u32,
    middles: Vec<f32>,
    pitches: Vec<f32>,
}

impl OnnxRuntime {
    /// Loads a graph for one device, strictly: a device that cannot be had is an error. `threads`: of the CPU inside
    /// one run, 0 for as many as ONNX Runtime likes.
    ///
    /// Errors: the runtime is not loaded, the file is missing or no graph, the device cannot be had.
    pub fn open(path: &Path, device: Device, threads: usize) -> Result<Self, VisionError> {
        Self::open_as(path, None, device, &Loading { threads, ..Loading::default() })
    }

    /// As [`Self::open`], with what the file's graph was made into.
    pub(crate) fn open_as(
        path: &Path,
        elastic: Option<&Elastic>,
        device: Device,
        how: &Loading,
    ) -> Result<Self, VisionError> {
        if !path.is_file() {
            return Err(VisionError::ModelMissing { path: path.to_path_buf() });
        }
        let mut builder = session_builder(how.threads)?;
        let preloaded = match device {
            Device::Cuda | Device::TensorRt => runtime::preload_cuda(),
            _ => Ok(()),
        };
        // What could not be loaded before is why the device cannot be had, if it cannot.
        let with_preload = |reason: String| match &preloaded {
            Ok(()) => reason,
            Err(why) => format!("{why}. {reason}"),
        };
        if let Some(provider) = device.provider(how) {
            builder = builder.with_execution_providers([provider]).map_err(|error| {
                VisionError::DeviceUnavailable { device, reason: with_preload(error.to_string()) }
            })?;
        }
        let session = match elastic {
            Some(elastic) => builder.commit_from_memory(&elastic.bytes),
            None => builder.commit_from_file(path),
        };
        let session = session.map_err(|error| {
            let reason = error.to_string();
            // A provider's own libraries (cuBLAS, cuDNN, …) may be missed only here.
            if device != Device::Cpu && !is_about_the_graph(error.code()) {
                VisionError::DeviceUnavailable { device, reason: with_preload(reason) }
            } else {
                VisionError::ModelUnreadable { path: path.to_path_buf(), reason }
            }
        })?;
        let mut signature = signature_of(&session).map_err(|error| VisionError::ModelUnreadable {
            path: path.to_path_buf(),
            reason: error.to_string(),
        })?;
        let grid = elastic.map(|e| e.grid.clone()).unwrap_or_default();
        signature.inputs.retain(|port| !grid.takes(&port.name));
        Ok(Self { path: path.to_path_buf(), session, signature, grid, laid: None })
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
        let (width, height) = (input.shape[3] as u32, input.shape[2] as u32);
        if !self.grid.strides.is_empty()
            && self.laid.as_ref().is_none_or(|laid| (laid.width, laid.height) != (width, height))
        {
            let (middles, pitches) = self.grid.over(width, height);
            self.laid = Some(Laid { width, height, middles, pitches });
        }
        let options = Arc::new(RunOptions::new().map_err(|error| self.failed(error))?);
        if !stop.enrol(&options) {
            return Err(VisionError::Stopped);
        }
        let model = self.path.display().to_string();
        let failed = |reason: String| VisionError::Inference { model: model.clone(), reason };
        let bytes = self.signature.inputs.iter().any(|p| p.name == input.name && p.element == "uint8");
        let image: SessionInputValue<'_> = if bytes {
            let values: Vec<u8> = input.values.iter().map(|value| *value as u8).collect();
            let tensor =
                Tensor::from_array((input.shape, values)).map_err(|error| failed(error.to_string()))?;
            tensor.into()
        } else {
            let tensor = TensorRef::from_array_view((input.shape, input.values));
            tensor.map_err(|error| failed(error.to_string()))?.into()
        };
        let mut inputs = vec![(Cow::Borrowed(input.name), image)];
        if let Some((name, sizes)) = input.sizes {
            let sizes = Tensor::from_array(([1_usize, 2], sizes.to_vec()));
            inputs.push((Cow::Borrowed(name), sizes.map_err(|error| failed(error.to_string()))?.into()));
        }
        if let Some(laid) = &self.laid {
            for (name, shape, values) in self.grid.handed_in(&laid.middles, &laid.pitches) {
                let tensor = TensorRef::from_array_view((shape, values));
                inputs.push((Cow::Borrowed(name), tensor.map_err(|error| failed(error.to_string()))?.into()));
            }
        }
        let outputs =
            self.session.run_with_options(inputs, &options).map_err(|error| match error.to_string() {
                _ if stop.stopped() => VisionError::Stopped,
                reason if is_out_of_memory(&reason) => {
                    VisionError::OutOfMemory { model: model.clone(), reason }
                }
                reason => failed(reason),
            })?;
        // Whole numbers first, so that they lie still while they are lent.
        let mut whole: Vec<Option<Vec<f32>>> = Vec::with_capacity(self.signature.outputs.len());
        for port in &self.signature.outputs {
            let value = outputs.get(&port.name);
            whole.push(value.and_then(|value| {
                if let Ok((_, values)) = value.try_extract_tensor::<i64>() {
                    return Some(values.iter().map(|value| *value as f32).collect());
                }
                let (_, values) = value.try_extract_tensor::<i32>().ok()?;
                Some(values.iter().map(|value| *value as f32).collect())
            }));
        }
        let mut lent = Vec::with_capacity(outputs.len());
        for (port, whole) in self.signature.outputs.iter().zip(&whole) {
            let Some(value) = outputs.get(&port.name) else {
                return Err(failed(format!("it gave no output {}", port.name)));
            };
            let tensor = match whole {
                Some(values) => TensorOut { name: &port.name, shape: value.shape(), values },
                None => {
                    let (shape, values) = value.try_extract_tensor::<f32>().map_err(|error| {
                        failed(format!("its output {} is no float32 tensor: {error}", port.name))
                    })?;
                    TensorOut { name: &port.name, shape, values }
                }
            };
            lent.push(tensor);
        }
        read(&lent)
    }
}
