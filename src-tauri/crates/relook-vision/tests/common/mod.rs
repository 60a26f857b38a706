//! What set-up lays down and the tests with real models need.

#![expect(clippy::unwrap_used, reason = "a test may end at once, also in its helpers")]

use std::path::{Path, PathBuf};

use relook_vision::{RuntimeInfo, runtime};

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..").canonicalize().unwrap()
}

/// A file of set-up. A test that needs it fails without it; it does not pass unseen.
pub fn laid(path: impl AsRef<Path>) -> PathBuf {
    let path = root().join(path);
    assert!(path.exists(), "{} is missing: run make setup first", path.display());
    path
}

pub fn runtime() -> RuntimeInfo {
    let library = std::env::var_os("ORT_DYLIB_PATH")
        .map_or_else(|| laid("runtime/onnxruntime/libonnxruntime.so"), PathBuf::from);
    runtime::load(&library).unwrap()
}
