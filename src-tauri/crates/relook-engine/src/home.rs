//! Where things lie on this machine: model cards and graphs, the ONNX Runtime library, caches, preferences.

use std::path::{Path, PathBuf};

/// The folders of one installation.
#[derive(Clone, Debug)]
pub struct Home {
    /// Folders with `<name>/model.toml`, in order of search. Graphs are fetched into the first.
    pub models: Vec<PathBuf>,
    /// The one of them that a user's own models are put into: never a checkout's.
    pub own_models: PathBuf,
    /// Library files of ONNX Runtime that come with a program or its set-up, in order of search.
    pub runtimes: Vec<PathBuf>,
    /// The library that is named for this run; no other is looked at then.
    pub named_runtime: Option<PathBuf>,
    /// Where kinds of ONNX Runtime are installed, each in a folder of its own.
    pub own_runtimes: PathBuf,
    /// Thumbnails and crops; may be deleted at any time.
    pub cache: PathBuf,
    /// Recent projects and the like.
    pub config: PathBuf,
}

#[cfg(target_os = "windows")]
const LIBRARY: &str = "onnxruntime.dll";
#[cfg(target_os = "macos")]
const LIBRARY: &str = "libonnxruntime.dylib";
#[cfg(not(any(target_os = "windows", target_os = "macos")))]
const LIBRARY: &str = "libonnxruntime.so";

impl Home {
    /// The folders of the running program. `ORT_DYLIB_PATH` names the ONNX Runtime library, `RELOOK_MODELS` a folder
    /// of models, `RELOOK_CACHE` and `RELOOK_CONFIG` those folders; each wins over what is found otherwise.
    #[must_use]
    pub fn find() -> Self {
        let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let data = dirs::data_dir().unwrap_or_else(std::env::temp_dir).join("relook");
        let checkout = std::env::current_exe().ok().and_then(|exe| checkout_of(&exe));
        let installed = std::env::current_exe()
            .ok()
            .and_then(|exe| exe.parent().and_then(Path::parent).map(|prefix| prefix.join("lib/relook")));

        let named = set("RELOOK_MODELS");
        let own_models = named.clone().unwrap_or_else(|| data.join("models"));
        let mut models: Vec<PathBuf> = named.into_iter().collect();
        models.extend(checkout.as_ref().map(|root| root.join("models")));
        models.push(data.join("models"));
        models.extend(installed.as_ref().map(|root| root.join("models")));

        let own_runtimes = data.join("runtime");
        let roots = checkout.iter().map(|root| root.join("runtime")).chain([own_runtimes.clone()]);
        let mut runtimes: Vec<PathBuf> = roots.map(|r| r.join("onnxruntime").join(LIBRARY)).collect();
        runtimes.extend(installed.as_ref().map(|root| root.join(LIBRARY)));
        let named_runtime = set("ORT_DYLIB_PATH");
        let cache = set("RELOOK_CACHE")
            .unwrap_or_else(|| dirs::cache_dir().unwrap_or_else(std::env::temp_dir).join("relook"));
        let config = set("RELOOK_CONFIG")
            .unwrap_or_else(|| dirs::config_dir().unwrap_or_else(std::env::temp_dir).join("relook"));
        Self { models, own_models, runtimes, named_runtime, own_runtimes, cache, config }
    }
}

/// The source checkout a program under `target/…` was built in.
fn checkout_of(exe: &Path) -> Option<PathBuf> {
    exe.ancestors()
        .skip(1)
        .find(|dir| dir.join("models").is_dir() && dir.join("src-tauri").is_dir())
        .map(Path::to_path_buf)
}
