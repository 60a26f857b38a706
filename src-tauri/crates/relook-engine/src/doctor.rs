//! What is here, what would run where, and why not.

use relook_vision::Device;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{VERSION, error::EngineError, home::Home, runtimes::RuntimesView, view::ModelView};

/// A device and whether it can be used here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeviceView {
    /// `cpu`, `cuda`, …
    pub device: String,
    pub available: bool,
    /// What it is, or why it cannot be used and what to do.
    pub reason: String,
}

/// What `relook doctor` finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DoctorView {
    pub version: String,
    /// ONNX Runtime's version and library path, or what is wrong with it.
    pub runtime: Option<String>,
    pub runtime_path: Option<String>,
    pub runtime_problem: Option<String>,
    pub devices: Vec<DeviceView>,
    /// The device `auto` would take, and why.
    pub auto_device: String,
    pub runtimes: RuntimesView,
    pub models: Vec<ModelView>,
    pub cores: u32,
}

impl Home {
    /// Looks at library, devices and models without running anything.
    ///
    /// # Errors
    /// A model card that cannot be read; a missing runtime is part of the answer, not an error.
    pub fn doctor(&self) -> Result<DoctorView, EngineError> {
        let runtime = self.load_runtime();
        let devices: Vec<DeviceView> = match &runtime {
            Ok(_) => relook_vision::survey()
                .into_iter()
                .map(|d| DeviceView {
                    device: d.device.word().to_owned(),
                    available: d.available,
                    reason: d.reason,
                })
                .collect(),
            Err(_) => Vec::new(),
        };
        let automatic =
            |word: &str| Device::from_word(word).is_some_and(|d| d.is_automatic() && d != Device::Cpu);
        let gpu = devices.iter().find(|d| d.available && automatic(&d.device));
        let auto_device = match (&runtime, gpu) {
            (Err(_), _) => "None: ONNX Runtime is needed first".to_owned(),
            (Ok(_), Some(d)) => format!("{}, if its first run succeeds; else the CPU, saying so", d.device),
            (Ok(_), None) => match devices.iter().find(|d| d.available && d.device != Device::Cpu.word()) {
                Some(d) => format!("cpu: {} is taken only when it is asked for", d.device),
                None => "cpu: no other device can be used here".to_owned(),
            },
        };
        let problem = runtime.as_ref().err().map(ToString::to_string);
        let runtime = runtime.ok();
        Ok(DoctorView {
            version: VERSION.to_owned(),
            runtime: runtime.as_ref().map(|r| r.version.clone()),
            runtime_path: runtime.as_ref().map(|r| r.library.display().to_string()),
            runtime_problem: problem,
            devices,
            auto_device,
            runtimes: self.runtimes()?,
            models: self.models()?,
            cores: cores(),
        })
    }
}

pub(crate) fn cores() -> u32 {
    std::thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(1))
}
