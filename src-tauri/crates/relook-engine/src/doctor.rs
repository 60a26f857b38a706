//! What is here, what would run where, and why not.

use crate::{
    VERSION,
    error::EngineError,
    home::Home,
    view::{DeviceView, DoctorView},
};

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
        let gpu = devices.iter().find(|d| d.available && d.device != "cpu");
        let auto_device = match (&runtime, gpu) {
            (Err(_), _) => "None: ONNX Runtime is needed first".to_owned(),
            (Ok(_), Some(d)) => format!("{}, if its first run succeeds; else the CPU, saying so", d.device),
            (Ok(_), None) => "cpu: no other device can be used here".to_owned(),
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
            models: self.models()?,
            cores: cores(),
        })
    }
}

pub(crate) fn cores() -> u32 {
    std::thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(1))
}
