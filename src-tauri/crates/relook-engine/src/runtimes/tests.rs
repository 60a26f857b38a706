use tempfile::TempDir;

use super::*;
use crate::{error::Code, tests::World};

/// An installed kind, as far as can be seen without loading it.
fn install(home: &Home, kind: RuntimeKind) -> PathBuf {
    let folder = home.folder_of(kind).join("onnxruntime/capi");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("libonnxruntime.so.1.31.1"), "").unwrap();
    let stamp = Stamp { version: "1.31.1".into(), wheels: vec![("onnxruntime==1.31.1".into(), "ab".into())] };
    std::fs::write(home.folder_of(kind).join(STAMP), serde_json::to_vec(&stamp).unwrap()).unwrap();
    folder.join("libonnxruntime.so.1.31.1")
}

fn one(view: &RuntimesView, kind: RuntimeKind) -> &RuntimeView {
    view.runtimes.iter().find(|r| r.kind == kind).unwrap()
}

#[test]
fn what_is_installed_is_listed_used_and_removed() {
    let dir = TempDir::new().unwrap();
    let home = World::home(&dir);
    let view = home.runtimes().unwrap();
    assert_eq!((view.choice.as_str(), &view.library), ("auto", &None));
    assert!(view.why.contains("relook runtime install cpu"), "{view:?}");
    assert!(view.runtimes.iter().all(|r| r.installed.is_none() && !r.used && !r.suits.is_empty()));

    let openvino = install(&home, RuntimeKind::OpenVino);
    install(&home, RuntimeKind::Cpu);
    let view = home.runtimes().unwrap();
    assert_eq!(view.library, Some(openvino.display().to_string()));
    let listed = one(&view, RuntimeKind::OpenVino);
    assert!(listed.used && listed.installed.as_deref() == Some("1.31.1"), "{listed:?}");
    assert!(one(&view, RuntimeKind::Cpu).reason.contains("relook runtime use cpu"));

    let view = home.use_runtime("CPU").unwrap();
    assert!(view.choice == "cpu" && one(&view, RuntimeKind::Cpu).used, "{view:?}");
    assert!(one(&view, RuntimeKind::OpenVino).reason.contains("another was chosen"));
    assert_eq!(home.use_runtime("webgpu").unwrap_err().code(), Code::NotFound);

    // Without its stamp a folder is no runtime, and what was chosen is not replaced by another in silence.
    std::fs::remove_file(home.folder_of(RuntimeKind::Cpu).join(STAMP)).unwrap();
    assert_eq!(home.load_runtime().unwrap_err().code(), Code::RuntimeMissing);
    install(&home, RuntimeKind::Cpu);

    let view = home.remove_runtime(RuntimeKind::Cpu).unwrap();
    assert!(view.choice == "auto" && one(&view, RuntimeKind::OpenVino).used, "{view:?}");
    assert_eq!(home.remove_runtime(RuntimeKind::Cpu).unwrap_err().code(), Code::NotFound);
}

#[test]
fn a_choice_that_is_not_understood_is_said_and_can_be_made_anew() {
    let dir = TempDir::new().unwrap();
    let home = World::home(&dir);
    install(&home, RuntimeKind::Cpu);
    std::fs::create_dir_all(&home.config).unwrap();
    std::fs::write(home.choice_file(), "{").unwrap();
    assert!(home.load_runtime().unwrap_err().to_string().contains("relook runtime use auto"));
    assert!(home.runtimes().unwrap().why.contains("is not understood"));
    assert!(home.use_runtime("cpu").unwrap().library.is_some());
    for (what, words) in [("nosuch", "neither auto"), ("", "neither auto")] {
        assert!(home.use_runtime(what).unwrap_err().to_string().contains(words), "{what}");
    }
    assert!(home.use_runtime(dir.path().to_str().unwrap()).is_err(), "an empty library is none");
}
