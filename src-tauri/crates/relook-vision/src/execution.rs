//! Which device runs the graphs, and why. A device that was asked for and is not there is an error with the reason;
//! nothing here falls back to the CPU without saying so.

mod survey;

use ort::ep::{self, ExecutionProviderDispatch};
use serde::{Deserialize, Serialize};

pub use survey::survey;

use crate::backend::Servers;
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
}

impl Device {
    pub const ALL: &'static [Self] =
        &[Self::Auto, Self::Cpu, Self::Cuda, Self::TensorRt, Self::DirectMl, Self::CoreMl, Self::OpenVino];

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
            Self::OpenVino => "OpenVINO (Intel)",
        }
    }

    /// Whether this platform could have it.
    fn belongs_here(self) -> bool {
        match self {
            Self::DirectMl => cfg!(windows),
            Self::CoreMl => cfg!(target_os = "macos"),
            Self::Cuda | Self::TensorRt | Self::OpenVino => cfg!(not(target_os = "macos")),
            Self::Auto | Self::Cpu => true,
        }
    }

    /// A registration that fails instead of falling back; `None` for the CPU, which needs none.
    pub(crate) fn provider(self) -> Option<ExecutionProviderDispatch> {
        let provider = match self {
            Self::Auto | Self::Cpu => return None,
            Self::Cuda => ep::CUDA::default().build(),
            Self::TensorRt => ep::TensorRT::default().build(),
            Self::DirectMl => ep::DirectML::default().build(),
            Self::CoreMl => ep::CoreML::default().build(),
            Self::OpenVino => ep::OpenVINO::default().build(),
        };
        Some(provider.error_on_failure())
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
    /// Asked for, or why `auto` chose it and what kept it from the others.
    pub why: String,
}

impl DeviceInUse {
    pub(crate) fn of(device: Device, threads: usize, why: String) -> Self {
        let name = match (device, threads) {
            (Device::Cpu, 0) => "CPU, all cores".to_owned(),
            (Device::Cpu, 1) => "CPU, 1 thread".to_owned(),
            (Device::Cpu, threads) => format!("CPU, {threads} threads"),
            (device, _) => device.name().to_owned(),
        };
        Self { device: Some(device), name, why }
    }
}

/// What `auto` tries before the CPU. TensorRT is left out: it builds an engine for minutes before its first image,
/// which should be somebody's decision.
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
