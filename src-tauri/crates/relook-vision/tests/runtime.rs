//! Library files that are no ONNX Runtime, or an old one. Alone in its process: a runtime once loaded stays.

#![expect(clippy::unwrap_used, reason = "a test may end at once, also in its helpers")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use relook_vision::runtime;

/// A shared library from C, by the compiler that the build needs anyway.
fn library(folder: &Path, name: &str, source: &str) -> PathBuf {
    let (code, library) = (folder.join(format!("{name}.c")), folder.join(format!("lib{name}.so")));
    std::fs::write(&code, source).unwrap();
    let built =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&code).status().unwrap();
    assert!(built.success());
    library
}

#[test]
fn what_is_no_usable_runtime_is_refused_and_the_right_one_still_loads() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("text.so");
    std::fs::write(&text, "not a library").unwrap();
    let stranger = library(dir.path(), "stranger", "int answer(void) { return 42; }");
    // The two entries of OrtApiBase: the API of a version (none), and the version.
    let old = library(
        dir.path(),
        "old",
        r#"
        struct base { const void *(*api)(unsigned); const char *(*version)(void); };
        static const void *api(unsigned version) { return 0; }
        static const char *version(void) { return "1.20.1"; }
        static const struct base base = { api, version };
        const struct base *OrtGetApiBase(void) { return &base; }
        "#,
    );
    for (path, code, words) in [
        (dir.path().join("missing.so"), "runtime_missing", &["missing.so", "make setup"][..]),
        (dir.path().to_path_buf(), "runtime_missing", &[]),
        (text, "runtime_not_a_library", &["text.so"]),
        (stranger, "runtime_not_a_library", &["libstranger.so", "not ONNX Runtime"]),
        (old, "runtime_too_old", &["libold.so", "1.20.1", "1.24"]),
    ] {
        let error = runtime::load(&path).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        for word in words {
            assert!(error.to_string().contains(word), "{error}");
        }
        assert!(runtime::loaded().is_none());
    }
    let info = common::runtime();
    assert_eq!(runtime::loaded(), Some(&info));
}
