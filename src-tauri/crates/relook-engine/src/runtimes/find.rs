//! The library of ONNX Runtime in a folder that somebody names.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::error::EngineError;

/// Deep enough for a virtual environment; a folder with more in it is not looked through.
const DEEPEST: usize = 7;
const MOST_ENTRIES: usize = 50_000;

/// Whether a file name is that of the library, on any platform.
pub(super) fn is_library(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("libonnxruntime") else {
        return name.eq_ignore_ascii_case("onnxruntime.dll");
    };
    let versions = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == '.');
    match rest.strip_suffix(".dylib") {
        Some(version) => versions(version),
        None => rest.strip_prefix(".so").is_some_and(versions),
    }
}

/// The library directly in this folder: of several names the shortest, which is what the others are for.
pub(super) fn directly_in(folder: &Path) -> Option<PathBuf> {
    let names = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.file_name());
    let mut names: Vec<String> =
        names.filter_map(|name| name.into_string().ok()).filter(|name| is_library(name)).collect();
    names.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    names.into_iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

/// The one library below a folder: a site-packages, a virtual environment, an unpacked release.
///
/// # Errors
/// There is none, there are several in different folders, or there is too much to look through.
pub(super) fn library_in(folder: &Path) -> Result<PathBuf, EngineError> {
    let mut found: Vec<PathBuf> = Vec::new();
    for (n, entry) in WalkDir::new(folder).max_depth(DEEPEST).sort_by_file_name().into_iter().enumerate() {
        if n > MOST_ENTRIES {
            return Err(EngineError::Invalid(format!(
                "{} holds too much to look through; name the folder of the library, or the library itself",
                folder.display()
            )));
        }
        // What cannot be read is no place for a library.
        let Ok(entry) = entry else { continue };
        if entry.file_type().is_dir() {
            found.extend(directly_in(entry.path()));
        }
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(EngineError::NotFound(format!(
            "{} holds no ONNX Runtime library (libonnxruntime.so, libonnxruntime.dylib or onnxruntime.dll). Name a \
             site-packages folder that has one of its packages, or an unpacked release",
            folder.display()
        ))),
        several => Err(EngineError::Invalid(format!(
            "{} holds several ONNX Runtime libraries; name one of {}",
            folder.display(),
            several.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_library() {
        for (name, is) in [
            ("libonnxruntime.so", true),
            ("libonnxruntime.so.1", true),
            ("libonnxruntime.so.1.31.1", true),
            ("libonnxruntime.1.31.1.dylib", true),
            ("libonnxruntime.dylib", true),
            ("onnxruntime.dll", true),
            ("libonnxruntime_providers_shared.so", false),
            ("libonnxruntime_providers_cuda.so", false),
            ("onnxruntime_pybind11_state.so", false),
            ("libonnxruntime.a", false),
            ("libonnxruntime.so.txt", false),
        ] {
            assert_eq!(is_library(name), is, "{name}");
        }
    }

    #[test]
    fn it_is_found_where_packages_and_releases_have_it() {
        for place in [
            "",
            "onnxruntime/capi",
            "capi",
            "lib",
            "onnxruntime-linux-x64-1.31.1/lib",
            "lib/python3.11/site-packages/onnxruntime/capi",
        ] {
            let dir = tempfile::tempdir().unwrap();
            let folder = dir.path().join(place);
            std::fs::create_dir_all(&folder).unwrap();
            for name in
                ["libonnxruntime.so.1.31.1", "libonnxruntime.so", "libonnxruntime_providers_shared.so"]
            {
                std::fs::write(folder.join(name), "").unwrap();
            }
            assert_eq!(library_in(dir.path()).unwrap(), folder.join("libonnxruntime.so"), "{place}");
        }
        let dir = tempfile::tempdir().unwrap();
        assert!(library_in(dir.path()).unwrap_err().to_string().contains("holds no ONNX Runtime library"));
        for version in ["a", "b"] {
            std::fs::create_dir(dir.path().join(version)).unwrap();
            std::fs::write(dir.path().join(version).join("libonnxruntime.so"), "").unwrap();
        }
        let several = library_in(dir.path()).unwrap_err().to_string();
        assert!(
            several.contains("a/libonnxruntime.so") && several.contains("b/libonnxruntime.so"),
            "{several}"
        );
    }
}
