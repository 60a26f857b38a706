//! Choosing an ONNX Runtime by the command line: kinds, folders given by hand, what is wrong or gone.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::{os::unix::fs::symlink, path::PathBuf};

use relook_tests::{
    checkout::root,
    program::{Done, Place, count, one_at_a_time},
};
use serde_json::Value;

/// A place with a folder of data of its own and no library named.
fn place() -> Place {
    let place = Place::with_photos(&["dog.jpg"]);
    let data = place.path("data").display().to_string();
    place.with("XDG_DATA_HOME", data)
}

fn set_up() -> PathBuf {
    root().join("runtime/onnxruntime")
}

fn one<'a>(list: &'a Value, kind: &str) -> &'a Value {
    let all = list["runtimes"].as_array().expect("runtimes");
    all.iter().find(|r| r["kind"] == kind).expect("a kind")
}

/// The library that a project is drafted with, as doctor tells.
fn loaded(place: &Place) -> String {
    place.json("doctor")["runtime_path"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_is_here_and_what_it_would_bring_is_listed() {
    let place = place();
    let list = place.json("runtime list");
    assert_eq!(list["choice"], "auto");
    let cpu = one(&list, "cpu");
    assert!(cpu["used"] == true && cpu["installed"] == "1.31.1", "{cpu}");
    let openvino = one(&list, "openvino");
    assert!(openvino["installed"].is_null() && !openvino["suits"].as_str().expect("words").is_empty());
    assert!(openvino["reason"].as_str().expect("words").contains("relook runtime install openvino"));
    assert!(one(&list, "directml")["version"].is_null());
    let said = place.run("runtime list").ok();
    for words in ["* cpu", "openvino", "84 MB, MIT", "Used is", "Windows only"] {
        assert!(said.out.contains(words), "{words}: {said:?}");
    }
    let doctor = place.json("doctor");
    assert_eq!(doctor["runtimes"], list);
    place.run("runtime install directml").fails(3, &["directml", "relook runtime use FOLDER"]);
    place.run("runtime install gpu").fails(2, &["the kinds are cpu, openvino"]);
    place.run("runtime remove cpu").fails(3, &["came with the set-up"]);
    place.run("runtime remove openvino").fails(3, &["not installed"]);
}

#[test]
fn a_folder_given_by_hand_is_tried_and_used_until_it_is_gone() {
    let _turn = one_at_a_time();
    let place = place();
    // As a virtual environment has it.
    let capi = place.path("venv/lib/python3.11/site-packages/onnxruntime/capi");
    std::fs::create_dir_all(&capi).expect("a folder");
    let library = capi.join("libonnxruntime.so.1.31.1");
    symlink(set_up().join("libonnxruntime.so"), &library).expect("a link");

    // What cannot be used is refused at once, and what was used before stays.
    std::fs::create_dir_all(place.path("wrong/lib")).expect("a folder");
    std::fs::write(place.path("wrong/lib/libonnxruntime.so"), "not a library").expect("a file");
    place.run("runtime use wrong").fails(5, &["libonnxruntime.so", "could not be loaded as ONNX Runtime"]);
    place.run("runtime use photos").fails(3, &["photos", "holds no ONNX Runtime library"]);
    place.run("runtime use nowhere").fails(3, &["nowhere", "neither auto"]);
    place.run("runtime use openvino").fails(3, &["relook runtime install openvino"]);
    assert_eq!(place.json("runtime list")["choice"], "auto");

    let used = place.json("runtime use venv");
    assert_eq!(used["library"].as_str(), library.to_str());
    assert_eq!(loaded(&place), library.display().to_string());
    let done: Done = place.run("draft a.relook --json").ok();
    assert_eq!(count(&done.json()["run"]), 1);

    // Named for one run, another wins.
    let named = set_up().join("libonnxruntime.so").display().to_string();
    std::fs::remove_file(&library).expect("the link");
    let gone = ["libonnxruntime.so.1.31.1", "is gone", "relook runtime use auto"];
    place.run("draft a.relook --again --quiet").fails(5, &gone);
    let doctor = place.json("doctor");
    assert!(doctor["runtime"].is_null(), "another was taken in silence: {doctor}");
    assert!(place.run("runtime list").ok().out.contains("is gone"));
    let place = place.with("ORT_DYLIB_PATH", named.clone());
    assert_eq!(loaded(&place), named);
    let place = place.with("ORT_DYLIB_PATH", "");
    place.run("runtime use auto").ok();
    assert_eq!(PathBuf::from(loaded(&place)), set_up().join("libonnxruntime.so"));
    assert_eq!(place.json("runtime use cpu")["choice"], "cpu");
    let folder = set_up().display().to_string();
    assert_eq!(
        PathBuf::from(place.json(&format!("runtime use {folder}"))["choice"].as_str().expect("a path")),
        set_up().join("libonnxruntime.so")
    );
}

/// Fetches the smallest kind for real. Without a package index to ask, that cannot be.
#[test]
fn a_kind_is_installed_used_and_removed() {
    let _turn = one_at_a_time();
    let place = place();
    let installed = place.run("runtime install cpu");
    if installed.code != Some(0) {
        println!("SKIPPED: onnxruntime cannot be fetched with pip here: {}", installed.err);
        assert!(!place.path("data/relook/runtime/cpu").exists());
        return;
    }
    assert!(installed.err.contains("Fetching onnxruntime==1.31.1 (MIT)"), "{installed:?}");
    let library = place.path("data/relook/runtime/cpu/onnxruntime/capi/libonnxruntime.so.1.31.1");
    assert_eq!(loaded(&place), library.display().to_string());
    assert!(place.path("data/relook/runtime/cpu/onnxruntime/LICENSE").is_file());
    assert_eq!(count(&place.run("draft a.relook --json").ok().json()["run"]), 1);
    // A second time there is nothing to do.
    let again = place.run("runtime install cpu").ok();
    assert!(!again.err.contains("Fetching"), "{again:?}");
    place.run("runtime use cpu").ok();
    let said = place.run("runtime remove cpu").ok();
    assert!(said.out.contains("Removed cpu"), "{said:?}");
    let left = std::fs::read_dir(place.path("data/relook/runtime")).expect("a folder").count();
    assert_eq!(left, 1, "more than the lock is left");
    assert_eq!(PathBuf::from(loaded(&place)), set_up().join("libonnxruntime.so"));
    assert_eq!(place.json("runtime list")["choice"], "auto");
}
