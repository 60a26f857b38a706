//! Which device runs the graphs, and why. A device that was asked for and is not there is an error with the reason;
//! nothing here falls back to the CPU without saying so.

mod survey;

use std::path::{Path, PathBuf};

use ort::ep::{self, ArbitrarilyConfigurableExecutionProvider, ExecutionProviderDispatch};
use serde::{Deserialize, Serialize};

pub use survey::{halving_instructions, nvidia_driver, survey};

use crate::backend::Servers;
use crate::detector::InputShape;
use crate::error::VisionError;
use crate::runtime;

/// Where graphs run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// The best that is there; which one and why is told by [`DeviceInUse`].
    #[default]
    Auto,
    Cpu,
    Cuda,
    TensorRt,
    DirectMl,
    CoreMl,
    OpenVino,
    WebGpu,
}

/// How exactly graphs are calculated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// In float32, as they are written.
    #[default]
    Full,
    /// In bfloat16 or float16 where the device's own way allows it; faster, and a little different.
    Half,
}

/// How a graph is loaded.
#[derive(Clone, Debug, Default)]
pub struct Loading {
    pub shape: InputShape,
    pub device: Device,
    /// Of the CPU inside one run; 0: as many as ONNX Runtime likes.
    pub threads: usize,
    pub precision: Precision,
    /// A folder for what a device compiles a graph into, so that it need not the next time.
    pub cache: Option<PathBuf>,
    /// How many images may share a run; `None`: as many as suit the device.
    pub batch: Option<usize>,
}

impl Device {
    pub const ALL: &'static [Self] = &[
        Self::Auto,
        Self::Cpu,
        Self::Cuda,
        Self::TensorRt,
        Self::DirectMl,
        Self::CoreMl,
        Self::OpenVino,
        Self::WebGpu,
    ];

    /// The word of settings and command lines.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::TensorRt => "tensorrt",
            Self::DirectMl => "directml",
            Self::CoreMl => "coreml",
            Self::OpenVino => "openvino",
            Self::WebGpu => "webgpu",
        }
    }

    /// The device of a word, in any case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|device| device.word().eq_ignore_ascii_case(word.trim()))
    }

    /// What a person calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "automatic",
            Self::Cpu => "CPU",
            Self::Cuda => "CUDA (NVIDIA GPU)",
            Self::TensorRt => "TensorRT (NVIDIA GPU)",
            Self::DirectMl => "DirectML (Windows GPU)",
            Self::CoreMl => "Core ML (Apple)",
            Self::OpenVino => "OpenVINO",
            Self::WebGpu => "WebGPU",
        }
    }

    /// Whether this platform could have it.
    fn belongs_here(self) -> bool {
        match self {
            Self::DirectMl => cfg!(windows),
            Self::CoreMl => cfg!(target_os = "macos"),
            Self::Cuda | Self::TensorRt | Self::OpenVino => cfg!(not(target_os = "macos")),
            Self::Auto | Self::Cpu | Self::WebGpu => true,
        }
    }

    /// Whether the processor's own cores calculate, so that sessions share them with what else is done.
    #[must_use]
    pub fn is_on_cores(self) -> bool {
        matches!(self, Self::Cpu | Self::OpenVino)
    }

    /// Whether `auto` may take it.
    #[must_use]
    pub fn is_automatic(self) -> bool {
        self == Self::Cpu || ACCELERATORS.contains(&self)
    }

    /// Whether it can be told to calculate in half precision.
    #[must_use]
    pub fn halves(self) -> bool {
        matches!(self, Self::OpenVino | Self::TensorRt)
    }

    /// Whether one session takes inputs of any shape at no cost; others compile the graph for each shape.
    pub(crate) fn bends(self) -> bool {
        matches!(self, Self::Cpu | Self::Cuda | Self::OpenVino)
    }

    /// How many images share a run, where the graph takes several. On the processor's cores one has nothing to wait for, and
    /// what compiles a graph for each shape would do so for each number of images too.
    pub(crate) fn batch(self) -> usize {
        if self == Self::Cuda { 8 } else { 1 }
    }

    /// A registration that fails instead of falling back; `None` for the CPU, which needs none.
    pub(crate) fn provider(self, how: &Loading) -> Option<ExecutionProviderDispatch> {
        let half = how.precision == Precision::Half;
        let cache = how.cache.as_deref().filter(|folder| std::fs::create_dir_all(folder).is_ok());
        let provider = match self {
            Self::Auto | Self::Cpu => return None,
            Self::Cuda => ep::CUDA::default().build(),
            Self::TensorRt => {
                let tensorrt = ep::TensorRT::default().with_fp16(half);
                match cache {
                    Some(folder) => tensorrt
                        .with_engine_cache(true)
                        .with_engine_cache_path(folder.display())
                        .with_timing_cache(true)
                        .with_timing_cache_path(folder.display())
                        .build(),
                    None => tensorrt.build(),
                }
            }
            Self::DirectMl => ep::DirectML::default().build(),
            Self::CoreMl => ep::CoreML::default().build(),
            Self::OpenVino => openvino(how.threads, half, cache).build(),
            Self::WebGpu => ep::WebGPU::default().build(),
        };
        Some(provider.error_on_failure())
    }
}

/// OpenVINO on the processor's cores. Its own settings are said in full: what it would choose by itself depends on the
/// machine, half precision where the processor has instructions for it among them.
fn openvino(threads: usize, half: bool, cache: Option<&Path>) -> ep::OpenVINO {
    let mut cpu = serde_json::Map::new();
    let mut set = |key: &str, value: &str| cpu.insert(key.to_owned(), value.into());
    set("INFERENCE_PRECISION_HINT", if half { "bf16" } else { "f32" });
    set("NUM_STREAMS", "1");
    // Sessions beside each other would all be bound to the first cores.
    set("ENABLE_CPU_PINNING", "NO");
    if threads > 0 {
        set("INFERENCE_NUM_THREADS", &threads.to_string());
    }
    let settings = serde_json::json!({ "CPU": cpu });
    let openvino =
        ep::OpenVINO::default().with_device_type("CPU").with_arbitrary_config("load_config", settings);
    match cache {
        Some(folder) => openvino.with_cache_dir(folder.display()),
        None => openvino,
    }
}

/// What shall run a model: a device of this machine, or servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunsOn {
    Machine(Device),
    Servers(Servers),
}

/// One device, seen by [`survey`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceReport {
    pub device: Device,
    /// Compiled into the library, and its driver and libraries were found. Only a run proves that it works.
    pub available: bool,
    /// What it is, or why it cannot be used and what to do about it.
    pub reason: String,
}

/// The device a detector runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceInUse {
    /// Never [`Device::Auto`]; `None`: servers.
    pub device: Option<Device>,
    /// Such as `CPU, 2 threads`, or a server's address.
    pub name: String,
    pub precision: Precision,
    /// Asked for, or why `auto` chose it and what kept it from the others.
    pub why: String,
}

impl DeviceInUse {
    pub(crate) fn of(device: Device, how: &Loading, why: String) -> Self {
        let precision = if device.halves() { how.precision } else { Precision::Full };
        let mut used = Self { device: Some(device), name: String::new(), precision, why };
        used.name = used.words();
        if device.is_on_cores() {
            used.name += &match how.threads {
                0 => ", all cores".to_owned(),
                1 => ", 1 thread".to_owned(),
                threads => format!(", {threads} threads"),
            };
        }
        used
    }

    /// The device and how exactly it calculates, such as `OpenVINO in half precision`.
    #[must_use]
    pub fn words(&self) -> String {
        let half = if self.precision == Precision::Half { " in half precision" } else { "" };
        let name = self.device.map_or(self.name.as_str(), |device| device.name());
        format!("{name}{half}")
    }
}

/// What `auto` tries before the CPU. Two are left out, as they should be somebody's decision: TensorRT builds an engine for minutes
/// before its first image, and WebGPU takes graphics drivers that calculate on the processor for a graphics card.
const ACCELERATORS: [Device; 4] = [Device::Cuda, Device::DirectMl, Device::CoreMl, Device::OpenVino];

/// The devices to try for what was asked, in order, each with why it would be used. A device asked for by name stands
/// alone. Errors: the runtime is not loaded, or the device asked for is not there.
pub(crate) fn candidates(asked: Device) -> Result<Vec<(Device, String)>, VisionError> {
    let runtime = runtime::loaded().ok_or(VisionError::RuntimeNotLoaded)?;
    if asked != Device::Auto {
        return match survey::look(asked, runtime) {
            Ok(_) => Ok(vec![(asked, "asked for".to_owned())]),
            Err(reason) => Err(VisionError::DeviceUnavailable { device: asked, reason }),
        };
    }
    let mut devices = Vec::new();
    let mut lacking = Vec::new();
    for device in ACCELERATORS {
        match survey::look(device, runtime) {
            Ok(_) => devices.push((device, "the first accelerator found".to_owned())),
            // Of platforms that are not this one there is nothing to tell.
            Err(_) if !device.belongs_here() => {}
            Err(reason) => lacking.push(format!("{}: {reason}", device.name())),
        }
    }
    let why = if lacking.is_empty() { "no accelerator is left".to_owned() } else { lacking.join(" ") };
    devices.push((Device::Cpu, why));
    Ok(devices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_to_their_device() {
        for &device in Device::ALL {
            assert_eq!(Device::from_word(device.word()), Some(device));
            assert_eq!(Device::from_word(&device.word().to_uppercase()), Some(device));
            let json = serde_json::to_string(&device).unwrap();
            assert_eq!(json, format!("\"{}\"", device.word()));
        }
        assert_eq!(Device::from_word("gpu"), None);
    }
}
