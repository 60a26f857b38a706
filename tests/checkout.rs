//! The checkout under test, as git and cargo see it. Nothing here needs a network.

#![expect(clippy::expect_used, reason = "for tests only: a checkout that cannot be read fails them")]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The repository's root folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests lie in a folder of the repository")
        .to_path_buf()
}

fn output(command: &mut Command) -> Vec<u8> {
    let output = command.current_dir(root()).output().expect("the program starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// `cargo metadata`; `deps` tells whether with everything the workspace leans on.
pub fn metadata(deps: bool) -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--offline", "--locked", "--format-version", "1"]);
    if !deps {
        command.arg("--no-deps");
    }
    serde_json::from_slice(&output(&mut command)).expect("cargo metadata prints JSON")
}

/// The packages of a `metadata`, by name and then version.
pub fn packages(metadata: &Value) -> Vec<&Value> {
    let mut packages: Vec<_> = metadata["packages"].as_array().into_iter().flatten().collect();
    packages.sort_by_key(|p| (text(&p["name"]), text(&p["version"])));
    packages
}

/// A JSON string, empty where it is absent.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Paths relative to the root of all files that are committed or would be, sorted.
pub fn files() -> Vec<String> {
    let mut command = Command::new("git");
    command.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listed = String::from_utf8(output(&mut command)).expect("paths are UTF-8");
    let mut files: Vec<String> = listed.split_terminator('\0').map(str::to_owned).collect();
    // Deleted but not yet committed.
    files.retain(|f| root().join(f).is_file());
    files.sort();
    files.dedup();
    assert!(files.iter().any(|f| f == "Cargo.toml"), "git lists no files here");
    files
}
