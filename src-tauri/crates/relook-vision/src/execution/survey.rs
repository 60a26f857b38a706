//! Looking for accelerators without running anything: what the loaded library offers, and whether the files of its
//! driver are there.

use std::path::{Path, PathBuf};

use ort::ep::{CUDA, CoreML, DirectML, ExecutionProvider, OpenVINO, TensorRT, WebGPU};

use super::{Device, DeviceReport};
use crate::runtime::{self, RuntimeInfo};

/// Reports every device but `auto`, in the order of [`Device::ALL`]. Before [`runtime::load`] all are unavailable.
#[must_use]
pub fn survey() -> Vec<DeviceReport> {
    let runtime = runtime::loaded();
    Device::ALL
        .iter()
        .copied()
        .filter(|&device| device != Device::Auto)
        .map(|device| {
            let found = match runtime {
                Some(runtime) => look(device, runtime),
                None => {
                    Err("ONNX Runtime is not loaded. \"relook runtime install cpu\" brings it.".to_owned())
                }
            };
            let available = found.is_ok();
            DeviceReport { device, available, reason: found.unwrap_or_else(|why| why) }
        })
        .collect()
}

/// What the device is, or why it cannot be used and what to do.
pub(super) fn look(device: Device, runtime: &RuntimeInfo) -> Result<String, String> {
    match device {
        Device::Auto => Ok(device.name().to_owned()),
        Device::Cpu => {
            let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
            Ok(format!("{cores} cores, always there"))
        }
        Device::Cuda => {
            compiled_in(
                runtime,
                CUDA::NAME,
                "CUDA",
                "\"relook runtime install cuda\" brings one that has it, \"relook runtime use cuda\" takes it.",
            )?;
            provider_file(runtime, "cuda")?;
            nvidia_driver()
        }
        Device::TensorRt => {
            compiled_in(
                runtime,
                TensorRT::NAME,
                "TensorRT",
                "\"relook runtime install cuda\" brings one that has it; TensorRT 10 itself comes from NVIDIA.",
            )?;
            provider_file(runtime, "tensorrt")?;
            let driver = nvidia_driver()?;
            if find_library("libnvinfer.so.10").is_none() && cfg!(target_os = "linux") {
                return Err(
                    "TensorRT itself (libnvinfer.so.10) was not found. Install TensorRT 10 for CUDA 13 from NVIDIA and put \
                     its folder into LD_LIBRARY_PATH, or use cuda."
                        .to_owned(),
                );
            }
            Ok(driver)
        }
        Device::DirectMl => {
            compiled_in(
                runtime,
                DirectML::NAME,
                "DirectML",
                if cfg!(windows) {
                    "\"relook runtime install directml\" brings one that has it, \"relook runtime use directml\" takes it."
                } else {
                    "It exists on Windows only."
                },
            )?;
            Ok("compiled into this ONNX Runtime, driven by Direct3D 12".to_owned())
        }
        Device::CoreMl => {
            compiled_in(
                runtime,
                CoreML::NAME,
                "Core ML",
                if cfg!(target_os = "macos") {
                    "Use ONNX Runtime's macOS build."
                } else {
                    "It exists on macOS only."
                },
            )?;
            Ok("compiled into this ONNX Runtime".to_owned())
        }
        Device::OpenVino => {
            compiled_in(
                runtime,
                OpenVINO::NAME,
                "OpenVINO",
                "\"relook runtime install openvino\" brings one that has it, \"relook runtime use openvino\" takes it.",
            )?;
            provider_file(runtime, "openvino")?;
            Ok("compiled into this ONNX Runtime, on the processor's cores".to_owned())
        }
        Device::WebGpu => {
            compiled_in(
                runtime,
                WebGPU::NAME,
                "WebGPU",
                "\"relook runtime install webgpu\" brings one that has it, \"relook runtime use webgpu\" takes it.",
            )?;
            Ok("compiled into this ONNX Runtime; only a run shows whether a graphics card is there"
                .to_owned())
        }
    }
}

fn compiled_in(runtime: &RuntimeInfo, provider: &str, name: &str, remedy: &str) -> Result<(), String> {
    if runtime.providers.iter().any(|known| known == provider) {
        return Ok(());
    }
    Err(format!("This ONNX Runtime ({}) was built without {name}. {remedy}", runtime.library.display()))
}

/// Shared providers live in files of their own beside the library.
fn provider_file(runtime: &RuntimeInfo, provider: &str) -> Result<(), String> {
    let file = format!(
        "{}onnxruntime_providers_{provider}{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    );
    let beside = runtime.library.parent().unwrap_or_else(|| Path::new(".")).join(&file);
    if beside.is_file() {
        return Ok(());
    }
    Err(format!("{} is missing. Copy {file} from the same package to beside the library.", beside.display()))
}

/// What tells of an NVIDIA GPU that is visible here, or what is missing and what to do.
pub fn nvidia_driver() -> Result<String, String> {
    let library = if cfg!(windows) { "nvcuda.dll" } else { "libcuda.so.1" };
    let driver = find_library(library);
    if cfg!(target_os = "linux")
        && !["/dev/nvidia0", "/dev/nvidiactl", "/dev/dxg"].iter().any(|p| Path::new(p).exists())
    {
        let known = driver
            .map_or(String::new(), |path| format!(" (the driver's library {} is installed)", path.display()));
        return Err(format!(
            "No NVIDIA GPU is visible: /dev/nvidia0 is not there{known}. In a container, pass the GPU through \
             (--gpus all); otherwise install the NVIDIA driver and restart."
        ));
    }
    let Some(driver) = driver else {
        return Err(format!(
            "The NVIDIA driver's library {library} was not found. Install the NVIDIA driver and restart."
        ));
    };
    let version = std::fs::read_to_string("/proc/driver/nvidia/version")
        .ok()
        .and_then(|text| text.lines().next().map(str::trim).map(str::to_owned));
    Ok(version.unwrap_or_else(|| format!("NVIDIA driver at {}", driver.display())))
}

/// The instructions of this processor that calculate in half precision, such as `AVX-512 BF16`; empty: none.
#[must_use]
pub fn halving_instructions() -> Vec<&'static str> {
    let flags = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let flags = flags.lines().find(|line| line.starts_with("flags")).unwrap_or_default();
    let has = |flag: &str| flags.split_whitespace().any(|one| one == flag);
    #[cfg(target_arch = "x86_64")]
    let bf16 = std::arch::is_x86_feature_detected!("avx512bf16");
    #[cfg(not(target_arch = "x86_64"))]
    let bf16 = false;
    let found = [("AVX-512 BF16", bf16 || has("avx512_bf16")), ("AMX", has("amx_bf16"))];
    found.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
}

/// A shared library where the loader would look: its search path, then the usual folders.
fn find_library(name: &str) -> Option<PathBuf> {
    let variable = if cfg!(windows) { "PATH" } else { "LD_LIBRARY_PATH" };
    let named = std::env::var_os(variable).unwrap_or_default();
    let usual: &[&str] = if cfg!(windows) {
        &["C:\\Windows\\System32"]
    } else {
        &[
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/usr/lib64",
            "/usr/lib",
            "/lib64",
            "/usr/local/lib",
            "/usr/local/cuda/lib64",
            "/usr/local/cuda/compat",
            "/usr/local/nvidia/lib64",
            "/usr/lib/wsl/lib",
            "/run/opengl-driver/lib",
        ]
    };
    std::env::split_paths(&named)
        .chain(usual.iter().map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime(providers: &[&str]) -> RuntimeInfo {
        RuntimeInfo {
            version: "1.31.1".to_owned(),
            library: PathBuf::from("/nowhere/libonnxruntime.so"),
            providers: providers.iter().map(|p| (*p).to_owned()).collect(),
        }
    }

    #[test]
    fn a_library_without_an_accelerator_says_what_to_install() {
        let cpu_only = runtime(&["CPUExecutionProvider"]);
        assert!(look(Device::Cpu, &cpu_only).is_ok());
        for device in [
            Device::Cuda,
            Device::TensorRt,
            Device::DirectMl,
            Device::CoreMl,
            Device::OpenVino,
            Device::WebGpu,
        ] {
            let why = look(device, &cpu_only).unwrap_err();
            assert!(why.contains("was built without") && why.contains("/nowhere/libonnxruntime.so"), "{why}");
        }
        assert!(look(Device::Cuda, &cpu_only).unwrap_err().contains("relook runtime install cuda"));
    }

    #[test]
    fn a_missing_provider_file_is_named() {
        let gpu = runtime(&["CPUExecutionProvider", "CUDAExecutionProvider"]);
        let why = look(Device::Cuda, &gpu).unwrap_err();
        assert!(why.contains("onnxruntime_providers_cuda") && why.contains("/nowhere"), "{why}");
    }
}
