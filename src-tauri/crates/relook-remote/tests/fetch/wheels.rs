//! Libraries out of wheels, by the real pip on local ones: that needs no network.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

use relook_remote::{RemoteError, Wheel, Wheels};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

use crate::cards::{names, sha256};

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A wheel with these entries, and what asks for it.
    fn wheel(&self, name: &str, entries: &[(&str, &[u8])]) -> Wheel {
        self.wheel_with(name, entries, None)
    }

    fn wheel_with(&self, name: &str, entries: &[(&str, &[u8])], link: Option<&str>) -> Wheel {
        let path = self.path(&format!("{name}-1.0-py3-none-any.whl"));
        let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
        let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n");
        let tags: &[u8] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
        let info = format!("{name}-1.0.dist-info");
        let own = [
            (format!("{info}/METADATA"), metadata.as_bytes()),
            (format!("{info}/WHEEL"), tags),
            (format!("{info}/RECORD"), b""),
        ];
        let own = own.iter().map(|(name, bytes)| (name.as_str(), *bytes));
        for (name, bytes) in own.chain(entries.iter().copied()) {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        if let Some(link) = link {
            zip.add_symlink(link, "/etc/passwd", SimpleFileOptions::default()).unwrap();
        }
        zip.finish().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        Wheel {
            package: path.to_str().unwrap().to_owned(),
            tag: "manylinux_2_28_x86_64".to_owned(),
            sha256: sha256(&bytes),
            bytes: bytes.len() as u64,
        }
    }

    async fn install(&self, wheels: &[Wheel]) -> Result<(), RemoteError> {
        let into = Wheels::into(&self.path("runtime/kind"))?;
        for wheel in wheels {
            into.fetch(wheel, &|_| {}).await?;
        }
        into.unpack(wheels, ("STAMP", b"whole"), &|_| {}).await
    }
}

const LIBRARY: &str = "onnxruntime/capi/libonnxruntime.so.1.31.1";

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[tokio::test]
async fn libraries_and_licences_arrive_in_their_layout_and_nothing_else() {
    let place = Place::new();
    let wheels = [
        place.wheel(
            "one",
            &[
                (LIBRARY, b"library"),
                ("onnxruntime/LICENSE", b"terms"),
                ("onnxruntime/__init__.py", b"raise SystemExit"),
                ("onnxruntime/capi/onnxruntime_pybind11_state.so", b"Python's"),
            ],
        ),
        place.wheel(
            "two",
            &[("nvidia/cu13/lib/libcudart.so.13", b"cuda"), ("nvidia/cu13/include/cuda.h", b"")],
        ),
    ];
    place.install(&wheels).await.unwrap();
    let kind = place.path("runtime/kind");
    assert_eq!(read(&kind.join(LIBRARY)), b"library");
    assert_eq!(read(&kind.join("nvidia/cu13/lib/libcudart.so.13")), b"cuda");
    assert_eq!(names(&kind), ["STAMP", "nvidia", "onnxruntime"]);
    assert_eq!(names(&kind.join("onnxruntime")), ["LICENSE", "capi"]);
    assert_eq!(names(&kind.join("onnxruntime/capi")).len(), 1);
    assert_eq!(names(&kind.join("nvidia/cu13")), ["lib"]);
    assert_eq!(names(&place.path("runtime")), [".kind.lock", "kind"], "what was kept on the way is gone");

    // Another takes its place as a whole.
    let newer = place.wheel("three", &[("onnxruntime/capi/libonnxruntime.so.2", b"newer")]);
    place.install(&[newer]).await.unwrap();
    assert_eq!(names(&kind), ["STAMP", "onnxruntime"]);
    assert_eq!(names(&kind.join("onnxruntime/capi")), ["libonnxruntime.so.2"]);

    Wheels::into(&kind).unwrap().remove().unwrap();
    assert_eq!(names(&place.path("runtime")), [".kind.lock"]);
}

#[tokio::test]
async fn what_was_fetched_is_kept_for_the_next_call() {
    let place = Place::new();
    let wheels = [place.wheel("one", &[(LIBRARY, b"library")]), place.wheel("two", &[(LIBRARY, b"another")])];
    {
        let into = Wheels::into(&place.path("runtime/kind")).unwrap();
        into.fetch(&wheels[0], &|_| {}).await.unwrap();
        let busy = Wheels::into(&place.path("runtime/kind")).unwrap_err();
        assert!(matches!(busy, RemoteError::Busy { .. }), "{busy}");
    }
    // As a kill would leave it.
    for half in ["tree/onnxruntime", "download/dest", "old"] {
        std::fs::create_dir_all(place.path("runtime/.kind.new").join(half)).unwrap();
    }
    assert!(!place.path("runtime/kind").exists());
    std::fs::remove_file(&wheels[0].package).unwrap();
    place.install(&wheels).await.unwrap();
    assert_eq!(names(&place.path("runtime")), [".kind.lock", "kind"]);

    // What is kept and spoilt is fetched anew.
    let into = Wheels::into(&place.path("runtime/kind")).unwrap();
    let kept = place.path("runtime/.kind.new/wheels").join(format!("{}.whl", wheels[1].sha256));
    std::fs::write(&kept, "spoilt").unwrap();
    into.fetch(&wheels[1], &|_| {}).await.unwrap();
    assert_eq!(read(&kept).len() as u64, wheels[1].bytes);
}

#[tokio::test]
async fn a_wheel_that_is_another_or_hostile_leaves_nothing() {
    let place = Place::new();
    let bomb = vec![0; 30_000_000];
    let other = Wheel { sha256: "0".repeat(64), ..place.wheel("other", &[(LIBRARY, b"library")]) };
    for (wheel, words) in [
        (other, "has sha256"),
        (place.wheel("up", &[(LIBRARY, b"x"), ("../escaped.so", b"x")]), "would lead out"),
        (place.wheel("root", &[("/onnxruntime/capi/a.so", b"x")]), "would lead out"),
        (place.wheel_with("link", &[], Some("onnxruntime/capi/liblink.so")), "is a link"),
        (place.wheel("bomb", &[(LIBRARY, &bomb)]), "far more than its size"),
    ] {
        let error = place.install(std::slice::from_ref(&wheel)).await.unwrap_err().to_string();
        assert!(error.contains(words), "{words}: {error}");
        assert!(!place.path("runtime/kind").exists() && !place.path("runtime/escaped.so").exists());
    }
    let nowhere = Wheel {
        package: place.path("no-1.0-py3-none-any.whl").display().to_string(),
        ..place.wheel("a", &[])
    };
    let error = place.install(&[nowhere]).await.unwrap_err();
    assert!(matches!(error, RemoteError::ClientFailed { .. }), "{error}");
}
