//! Libraries inside Python wheels, brought into one folder. pip downloads, so a user's own settings, mirrors and proxies
//! apply; no code of a wheel is ever run, and only libraries and licences leave it, in the wheels' own layout: the
//! libraries find each other by it.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use crate::{
    RemoteError,
    address::without_secrets,
    intake::sync_folder,
    package::{Client, only_archive},
};

/// So many times its own size a wheel may unpack to before it is taken for a bomb.
const MOST_TIMES: u64 = 30;
/// So often it is looked how much of a wheel is there.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// A wheel whose libraries are wanted.
#[derive(Clone, Debug)]
pub struct Wheel {
    /// Such as `onnxruntime==1.31.1`.
    pub package: String,
    /// The platform in pip's words, such as `manylinux_2_28_x86_64`.
    pub tag: String,
    pub sha256: String,
    /// About the wheel's size.
    pub bytes: u64,
}

/// Wheels on their way into a folder: fetched and unpacked beside it, and only what is whole gets its name. What a call
/// fetched before it was ended is kept for the next.
#[derive(Debug)]
pub struct Wheels {
    target: PathBuf,
    work: PathBuf,
    /// Against another Relook, as long as it is open.
    _lock: File,
}

impl Wheels {
    /// Gets ready to fill `target`, whose parent is made when absent.
    ///
    /// # Errors
    /// Another Relook fills it, or the disk refuses.
    pub fn into(target: &Path) -> Result<Self, RemoteError> {
        let parent = target.parent().unwrap_or(Path::new("."));
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        std::fs::create_dir_all(parent).map_err(RemoteError::file("Could not make", parent))?;
        let lock = parent.join(format!(".{name}.lock"));
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock)
            .map_err(RemoteError::file("Could not write", &lock))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(RemoteError::Busy { path: target.to_path_buf() }),
            Err(TryLockError::Error(e)) => return Err(RemoteError::file("Could not lock", &lock)(e)),
        }
        let wheels =
            Self { target: target.to_path_buf(), work: parent.join(format!(".{name}.new")), _lock: file };
        // What a killed call left half done.
        for half in [wheels.download(), wheels.tree(), wheels.old()] {
            remove(&half)?;
        }
        let kept = wheels.kept();
        std::fs::create_dir_all(&kept).map_err(RemoteError::file("Could not make", &kept))?;
        Ok(wheels)
    }

    fn kept(&self) -> PathBuf {
        self.work.join("wheels")
    }

    fn download(&self) -> PathBuf {
        self.work.join("download")
    }

    fn tree(&self) -> PathBuf {
        self.work.join("tree")
    }

    fn old(&self) -> PathBuf {
        self.work.join("old")
    }

    fn kept_as(&self, wheel: &Wheel) -> PathBuf {
        self.kept().join(format!("{}.whl", wheel.sha256))
    }

    /// Has pip download a wheel, unless it is here. `progress` is told its bytes so far. Dropping the future stops pip.
    ///
    /// # Errors
    /// pip is not installed or fails, another sha256, or the disk refuses.
    pub async fn fetch(&self, wheel: &Wheel, progress: &dyn Fn(u64)) -> Result<(), RemoteError> {
        let kept = self.kept_as(wheel);
        if kept.is_file() && sha256_of(&kept).await? == wheel.sha256 {
            progress(wheel.bytes);
            return Ok(());
        }
        let (arriving, dest) = (self.download(), self.download().join("dest"));
        remove(&arriving)?;
        std::fs::create_dir_all(&dest).map_err(RemoteError::file("Could not make", &dest))?;
        // The libraries do not depend on Python's version; naming one lets any Python fetch them.
        let of = ["--implementation", "cp", "--python-version", "3.11", "--platform", &wheel.tag];
        let mut command = Client::Pip.command(&wheel.package, &dest, &of);
        // What it writes on the way is then ours to measure and to clear away. Kept here, it need not be kept by pip too.
        for variable in ["TMPDIR", "TEMP", "TMP"] {
            command.env(variable, &arriving);
        }
        command.env("PIP_NO_CACHE_DIR", "1");
        let shown = without_secrets(&wheel.package);
        {
            let mut pip = Box::pin(Client::Pip.run(command, &shown));
            loop {
                tokio::select! {
                    done = &mut pip => break done?,
                    () = tokio::time::sleep(LOOK_EVERY) => {
                        // All of it is there only once pip says so.
                        progress(size_of(&arriving).min(wheel.bytes.saturating_sub(1)));
                    }
                }
            }
        }
        let arrived = only_archive(&dest, "whl")
            .map_err(RemoteError::file("Could not read", &dest))?
            .ok_or(RemoteError::NoPackage { client: "pip", package: shown.clone() })?;
        let found = sha256_of(&arrived).await?;
        if found != wheel.sha256 {
            remove(&arriving)?;
            return Err(RemoteError::WrongWheel { package: shown, expected: wheel.sha256.clone(), found });
        }
        std::fs::rename(&arrived, &kept).map_err(RemoteError::file("Could not write", &kept))?;
        progress(wheel.bytes);
        remove(&arriving)
    }

    /// Takes libraries and licences out of the wheels, which were fetched, and puts the folder in its place, with a file
    /// `stamp.0` that holds `stamp.1`. What was there before is gone then. `progress` is told the bytes written.
    ///
    /// # Errors
    /// A wheel that cannot be unpacked, has names that lead elsewhere, or is a bomb; or the disk refuses.
    pub async fn unpack(
        self,
        wheels: &[Wheel],
        stamp: (&str, &[u8]),
        progress: &dyn Fn(u64),
    ) -> Result<(), RemoteError> {
        let tree = self.tree();
        let (reports, mut reported) = mpsc::channel(4);
        let work = Unpacking {
            wheels: wheels.iter().map(|w| (self.kept_as(w), w.clone())).collect(),
            tree: tree.clone(),
            written: 0,
            reports,
        };
        let thread = tokio::task::spawn_blocking(move || work.run());
        while let Some(written) = reported.recv().await {
            progress(written);
        }
        let ended = || RemoteError::Ended { package: self.target.display().to_string() };
        thread.await.unwrap_or_else(|_| Err(ended()))?;
        let stamped = tree.join(stamp.0);
        std::fs::write(&stamped, stamp.1).map_err(RemoteError::file("Could not write", &stamped))?;
        sync_folder(&tree)?;
        self.into_place()
    }

    fn into_place(self) -> Result<(), RemoteError> {
        let failed = || RemoteError::file("Could not replace", &self.target);
        if self.target.exists() {
            std::fs::rename(&self.target, self.old()).map_err(failed())?;
        }
        std::fs::rename(self.tree(), &self.target).map_err(failed())?;
        sync_folder(self.target.parent().unwrap_or(Path::new(".")))?;
        remove(&self.work)
    }

    /// Takes away what was put in place, and what was kept for it.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn remove(self) -> Result<(), RemoteError> {
        if self.target.exists() {
            // By one rename, so that no half of it is ever seen.
            let failed = RemoteError::file("Could not remove", &self.target);
            std::fs::rename(&self.target, self.old()).map_err(failed)?;
        }
        remove(&self.work)
    }
}

fn remove(folder: &Path) -> Result<(), RemoteError> {
    match std::fs::remove_dir_all(folder) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            Err(RemoteError::file("Could not remove", folder)(e))
        }
        _ => Ok(()),
    }
}

/// What lies below a folder, as far as it can be seen.
fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => size_of(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.flatten().map(of).sum()
}

async fn sha256_of(file: &Path) -> Result<String, RemoteError> {
    let path = file.to_path_buf();
    let hash = move || -> io::Result<String> {
        let mut hasher = Sha256::new();
        io::copy(&mut File::open(path)?, &mut hasher)?;
        Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    };
    let hashed = tokio::task::spawn_blocking(hash).await;
    let hashed = hashed.map_err(|_| RemoteError::Ended { package: file.display().to_string() })?;
    hashed.map_err(RemoteError::file("Could not read", file))
}

/// Works on a thread of its own, which stops at the next piece once nobody waits for it: its reports then have no one
/// to go to.
struct Unpacking {
    wheels: Vec<(PathBuf, Wheel)>,
    tree: PathBuf,
    written: u64,
    reports: mpsc::Sender<u64>,
}

impl Unpacking {
    fn run(mut self) -> Result<(), RemoteError> {
        std::fs::create_dir_all(&self.tree).map_err(RemoteError::file("Could not make", &self.tree))?;
        let wheels = std::mem::take(&mut self.wheels);
        wheels.iter().try_for_each(|(path, wheel)| self.one(path, wheel))
    }

    fn one(&mut self, path: &Path, wheel: &Wheel) -> Result<(), RemoteError> {
        let bad = |reason: String| RemoteError::BadPackage { package: wheel.package.clone(), reason };
        let archive = File::open(path).map_err(RemoteError::file("Could not read", path))?;
        let mut zip = zip::ZipArchive::new(io::BufReader::new(archive)).map_err(|e| bad(e.to_string()))?;
        let most = self.written + wheel.bytes.saturating_mul(MOST_TIMES);
        for at in 0..zip.len() {
            let entry = zip.by_index(at).map_err(|e| bad(e.to_string()))?;
            let name = entry.name().to_owned();
            if !is_plain(name.strip_suffix('/').unwrap_or(&name)) {
                return Err(bad(format!("{name:?} would lead out of its folder")));
            }
            if entry.is_dir() || !is_wanted(&name) {
                continue;
            }
            if !entry.is_file() {
                return Err(bad(format!("{name} is a link, not a file")));
            }
            self.keep(entry, &name, most, &bad)?;
        }
        Ok(())
    }

    fn keep(
        &mut self,
        mut entry: impl Read,
        name: &str,
        most: u64,
        bad: &dyn Fn(String) -> RemoteError,
    ) -> Result<(), RemoteError> {
        let path = self.tree.join(name);
        let failed = || RemoteError::file("Could not write", &path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed())?;
        }
        // A name may come in several wheels (a licence), never twice with libraries of its own.
        let mut file = File::create(&path).map_err(failed())?;
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let n = match entry.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(bad(e.to_string())),
            };
            self.written += n as u64;
            if self.written > most {
                return Err(bad("it unpacks to far more than its size".to_owned()));
            }
            file.write_all(&buffer[..n]).map_err(failed())?;
            if self.reports.blocking_send(self.written).is_err() {
                return Err(bad("nobody waits for it any more".to_owned()));
            }
        }
        file.sync_all().map_err(failed())
    }
}

/// Whether a name leads straight down: no root, no way up, nothing that another system takes for either.
fn is_plain(name: &str) -> bool {
    !name.contains(['\\', ':', '\0']) && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// Libraries of ONNX Runtime, less the one that is Python's; libraries that NVIDIA's packages hold; licences.
fn is_wanted(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    let Some((file, folders)) = parts.split_last() else { return false };
    match folders {
        ["onnxruntime", "capi"] => is_library(file) && !file.contains("pybind11"),
        ["nvidia", .., "stubs"] => false,
        ["nvidia", rest @ ..] if rest.contains(&"lib") || rest.contains(&"bin") => is_library(file),
        _ => is_licence(file),
    }
}

fn is_library(file: &str) -> bool {
    let file = file.to_ascii_lowercase();
    file.contains(".so.") || [".so", ".dll", ".dylib"].iter().any(|ending| file.ends_with(ending))
}

fn is_licence(file: &str) -> bool {
    let file = file.to_ascii_lowercase();
    let words = ["license", "licence", "notice", "thirdpartynotices", "eula"];
    words.iter().any(|word| file.starts_with(word)) && !file.ends_with(".py")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_and_licences_are_wanted() {
        for (name, wanted) in [
            ("onnxruntime/capi/libonnxruntime.so.1.31.1", true),
            ("onnxruntime/capi/libtbb.so.12", true),
            ("onnxruntime/capi/onnxruntime.dll", true),
            ("onnxruntime/capi/libonnxruntime.1.31.1.dylib", true),
            ("onnxruntime/capi/onnxruntime_pybind11_state.cpython-311-x86_64-linux-gnu.so", false),
            ("onnxruntime/capi/_pybind_state.py", false),
            ("onnxruntime/LICENSE", true),
            ("onnxruntime/ThirdPartyNotices.txt", true),
            ("onnxruntime/tools/license.py", false),
            ("onnxruntime/datasets/mul_1.onnx", false),
            ("nvidia/cu13/lib/libcudart.so.13", true),
            ("nvidia/cu13/lib/stubs/libcuda.so", false),
            ("nvidia/cu13/bin/x86_64/cublas64_13.dll", true),
            ("nvidia/cu13/include/cuda.h", false),
            ("nvidia_cublas-13.10.0.20.dist-info/licenses/License.txt", true),
            ("other/lib/libevil.so", false),
        ] {
            assert_eq!(is_wanted(name), wanted, "{name}");
        }
    }

    #[test]
    fn names_lead_straight_down() {
        for (name, plain) in [
            ("a/b.so", true),
            ("/a", false),
            ("../a", false),
            ("a/../../b", false),
            ("a//b", false),
            ("a\\b", false),
            ("c:/b", false),
            ("", false),
        ] {
            assert_eq!(is_plain(name), plain, "{name:?}");
        }
    }
}
