//! ONNX Runtime itself: one library file, loaded once in a process.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ort::LoadDynamicError;
use ort::environment::Environment;
use ort::ep::cuda::{CUDA_DYLIBS, CUDNN_DYLIBS, preload_dylibs};
use ort::ep::{CPU, CUDA, CoreML, DirectML, ExecutionProvider, OpenVINO, TensorRT, WebGPU};

use crate::error::VisionError;

/// What was loaded.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RuntimeInfo {
    /// Such as `1.31.1`.
    pub version: String,
    /// The library file, absolute.
    pub library: PathBuf,
    /// The execution providers compiled into it that Relook can use, ONNX Runtime's own names, sorted.
    pub providers: Vec<String>,
}

struct Loaded {
    info: RuntimeInfo,
    environment: Environment,
}

static LOADED: OnceLock<Loaded> = OnceLock::new();
/// Two threads must not both try: the library is process-wide.
static LOADING: Mutex<()> = Mutex::new(());

/// Loads ONNX Runtime from this library file, telemetry off. Once in a process: a later call, whatever its path,
/// returns what the first successful one loaded. After an error another path may be tried.
///
/// Errors: the file is missing, is no ONNX Runtime library, or is older than this build can speak to (both versions
/// are named).
pub fn load(library: &Path) -> Result<RuntimeInfo, VisionError> {
    let _one_at_a_time = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(loaded) = LOADED.get() {
        return Ok(loaded.info.clone());
    }
    if !library.is_file() {
        return Err(VisionError::RuntimeMissing { library: library.to_path_buf() });
    }
    // The loader would look for a relative path beside the executable; the caller means the working directory.
    let library = std::path::absolute(library).unwrap_or_else(|_| library.to_path_buf());
    let (opened, version) = said_version(|| ort::init_from(&library));
    let environment = opened
        .map_err(|error| load_error(&library, error))?
        .with_name("relook")
        .with_telemetry(false)
        .build()
        .map_err(|error| VisionError::RuntimeFailed { reason: error.to_string() })?;
    // Its chatter at load time is for its own developers, and costs time even when nobody listens.
    environment.set_log_level(ort::logging::LogLevel::Warning);
    let info = RuntimeInfo { version, library, providers: providers() };
    tracing::info!(version = %info.version, library = %info.library.display(), "loaded ONNX Runtime");
    Ok(LOADED.get_or_init(|| Loaded { info, environment }).info.clone())
}

/// What is loaded, if anything is.
#[must_use]
pub fn loaded() -> Option<&'static RuntimeInfo> {
    LOADED.get().map(|loaded| &loaded.info)
}

/// The version of the library in this file, if it is an ONNX Runtime that this build can speak to. Where none is loaded yet
/// this one then is; else it is only opened and asked.
///
/// Errors: as [`load`].
pub fn try_library(library: &Path) -> Result<String, VisionError> {
    if loaded().is_none() {
        return load(library).map(|info| info.version);
    }
    if !library.is_file() {
        return Err(VisionError::RuntimeMissing { library: library.to_path_buf() });
    }
    let library = std::path::absolute(library).unwrap_or_else(|_| library.to_path_buf());
    match ort::util::probe(&library) {
        Some(minor) if minor >= ort::MINOR_VERSION => Ok(format!("1.{minor}")),
        Some(minor) => Err(VisionError::RuntimeTooOld {
            library,
            found: format!("1.{minor}"),
            needed: format!("1.{}", ort::MINOR_VERSION),
        }),
        None => Err(VisionError::RuntimeNotALibrary {
            library,
            reason: "it cannot be opened as ONNX Runtime 1".to_owned(),
        }),
    }
}

/// Loads the CUDA and cuDNN libraries that were installed with the loaded library, once in a process: in the layout of
/// Python wheels, `nvidia/…` beside `onnxruntime/capi/`. Where there are none, those of the system are used.
///
/// Errors: one of them cannot be loaded; the reason in words. Those of the system may still do.
pub(crate) fn preload_cuda() -> Result<(), String> {
    static TRIED: OnceLock<Result<(), String>> = OnceLock::new();
    TRIED
        .get_or_init(|| {
            let Some(root) = loaded().and_then(|info| info.library.ancestors().nth(3)) else { return Ok(()) };
            let nvidia = root.join("nvidia");
            let (cuda, cudnn) = (folder_of(&nvidia, CUDA_DYLIBS), folder_of(&nvidia, CUDNN_DYLIBS));
            preload_dylibs(cuda.as_deref(), cudnn.as_deref()).map_err(|error| {
                format!("The libraries in {} could not be loaded: {error}", nvidia.display())
            })
        })
        .clone()
}

/// The folder that has the first of these libraries, below one that holds a folder per package.
fn folder_of(nvidia: &Path, libraries: &[&str]) -> Option<PathBuf> {
    let first = libraries.first()?;
    let mut packages: Vec<PathBuf> =
        std::fs::read_dir(nvidia).ok()?.filter_map(|entry| entry.ok().map(|e| e.path())).collect();
    packages.sort();
    let places = ["lib", "bin", "bin/x86_64", "bin/x64"];
    let mut folders = packages.iter().flat_map(|package| places.iter().map(|place| package.join(place)));
    folders.find(|folder| folder.join(first).is_file())
}

pub(crate) fn environment() -> Result<&'static Environment, VisionError> {
    LOADED.get().map(|loaded| &loaded.environment).ok_or(VisionError::RuntimeNotLoaded)
}

fn load_error(library: &Path, error: LoadDynamicError) -> VisionError {
    let library = library.to_path_buf();
    match error {
        LoadDynamicError::BadVersion { version_str, .. } => VisionError::RuntimeTooOld {
            library,
            found: version_str,
            needed: format!("1.{}", ort::MINOR_VERSION),
        },
        LoadDynamicError::MissingApi { .. } => VisionError::RuntimeNotALibrary {
            library,
            reason: "it is a library, but not ONNX Runtime (it has no OrtGetApiBase)".to_owned(),
        },
        LoadDynamicError::Dlopen { error, .. } => {
            // The platform's own words may be a level down.
            let reason =
                std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            VisionError::RuntimeNotALibrary { library, reason }
        }
        other @ LoadDynamicError::InvalidVersionString => {
            VisionError::RuntimeNotALibrary { library, reason: other.to_string() }
        }
    }
}

/// Those of the providers Relook can register that are compiled into the library.
fn providers() -> Vec<String> {
    fn one<E: ExecutionProvider>() -> Option<String> {
        E::is_available().unwrap_or(false).then(|| E::NAME.to_owned())
    }
    let mut found: Vec<String> = [
        one::<CPU>(),
        one::<CUDA>(),
        one::<TensorRT>(),
        one::<DirectML>(),
        one::<CoreML>(),
        one::<OpenVINO>(),
        one::<WebGPU>(),
    ]
    .into_iter()
    .flatten()
    .collect();
    found.sort();
    found
}

/// Runs `open` and returns, beside its answer, the version that the binding read from the library. The binding tells
/// it only in its log, so this listens to that log on this thread for that moment (the binding's version is pinned,
/// and a test asserts that a version is heard).
fn said_version<T>(open: impl FnOnce() -> T) -> (T, String) {
    let heard = Arc::new(Mutex::new(None));
    let answer = tracing::subscriber::with_default(Listener { heard: Arc::clone(&heard) }, open);
    let version = heard.lock().unwrap_or_else(PoisonError::into_inner).take();
    (answer, version.unwrap_or_else(|| format!("1.{} or newer", ort::MINOR_VERSION)))
}

struct Listener {
    heard: Arc<Mutex<Option<String>>>,
}

impl tracing::Subscriber for Listener {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.is_event()
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut text = Words(String::new());
        event.record(&mut text);
        if let Some(version) = quoted_version(&text.0) {
            *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(version.to_owned());
        }
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

struct Words(String);

impl tracing::field::Visit for Words {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// The `1.31.1` of `… version '1.31.1'`.
fn quoted_version(text: &str) -> Option<&str> {
    let (_, after) = text.rsplit_once("version '")?;
    let (version, _) = after.split_once('\'')?;
    version.starts_with(|c: char| c.is_ascii_digit()).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_in_log_lines() {
        for (line, want) in [
            ("Loaded ONNX Runtime dylib from \"/a\"; version '1.31.1'", Some("1.31.1")),
            (
                "designed for ONNX Runtime '1.24.x' and may … at `/a`, which is version '1.31.0'",
                Some("1.31.0"),
            ),
            ("nothing of the kind", None),
            ("version 'x'", None),
        ] {
            assert_eq!(quoted_version(line), want, "{line}");
        }
    }

    #[test]
    fn libraries_of_cuda_are_found_beside() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(folder_of(dir.path(), CUDA_DYLIBS), None);
        for (folder, library) in [("cu13/lib", CUDA_DYLIBS[0]), ("cudnn/lib", CUDNN_DYLIBS[0])] {
            std::fs::create_dir_all(dir.path().join(folder)).unwrap();
            std::fs::write(dir.path().join(folder).join(library), "").unwrap();
        }
        assert_eq!(folder_of(dir.path(), CUDA_DYLIBS), Some(dir.path().join("cu13/lib")));
        assert_eq!(folder_of(dir.path(), CUDNN_DYLIBS), Some(dir.path().join("cudnn/lib")));
    }

    #[test]
    fn a_wrong_file_is_refused_in_words() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("libonnxruntime.so");
        let error = load(&missing).unwrap_err();
        assert_eq!(error.code(), "runtime_missing");
        assert!(error.to_string().contains("libonnxruntime.so"), "{error}");

        let text = dir.path().join("text.so");
        std::fs::write(&text, "not a library").unwrap();
        let error = load(&text).unwrap_err();
        assert_eq!(error.code(), "runtime_not_a_library");
        assert!(error.to_string().contains("text.so"), "{error}");
    }
}
