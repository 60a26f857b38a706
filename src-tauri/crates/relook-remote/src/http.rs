//! Graphs behind a plain address: one GET, gone on with where it broke off.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Seek, SeekFrom},
    path::{Path, PathBuf},
    time::Duration,
};

use reqwest::{
    Client, Response, StatusCode, Url,
    header::{CONTENT_RANGE, RANGE},
};

use crate::{
    RemoteError,
    address::without_secrets,
    intake::{Intake, Wanted, sync_folder},
};

/// Requests within one call, the first included. Only what may pass by itself is tried again.
const ATTEMPTS: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// Between two pieces of a body; a whole download may take as long as it takes.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(60);

/// Brings the wanted file into place. What has arrived lies in a hidden `.part` file beside it, kept for the next
/// call when this one breaks off or is dropped.
pub(crate) async fn download(
    url: &str,
    wanted: &Wanted,
    progress: &dyn Fn(u64, Option<u64>),
) -> Result<(), RemoteError> {
    let url = Url::parse(url)
        .ok()
        .filter(|u| matches!(u.scheme(), "http" | "https"))
        .ok_or_else(|| RemoteError::BadAddress { address: wanted.from.clone() })?;
    let client = Client::builder()
        .user_agent(concat!("relook/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(SILENCE_TIMEOUT)
        .build()
        .map_err(|e| unreachable(wanted, e))?;
    let part = Part::open(wanted)?;

    let mut attempt = 1;
    let mut pause = FIRST_PAUSE;
    loop {
        let before = part.len()?;
        match part.go_on(&client, &url, wanted, progress).await {
            Ok(()) => return part.into_place(wanted),
            Err(error) => {
                let wrong = matches!(error, RemoteError::WrongHash { .. } | RemoteError::TooLarge { .. });
                if wrong {
                    part.empty()?;
                }
                // A beginning left by an earlier call may belong to a file that was replaced since: from the start once.
                let stale = wrong && before > 0;
                if attempt == ATTEMPTS || !(stale || error.is_passing()) {
                    part.give_up()?;
                    return Err(error);
                }
                attempt += 1;
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
        }
    }
}

/// The file with what has arrived so far, locked against another Relook.
struct Part {
    path: PathBuf,
    file: File,
}

impl Part {
    fn open(wanted: &Wanted) -> Result<Self, RemoteError> {
        let name = wanted.target.file_name().unwrap_or_default().to_string_lossy();
        let path = wanted.target.with_file_name(format!(".{name}.part"));
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(RemoteError::file("Could not write", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { path, file }),
            Err(TryLockError::WouldBlock) => Err(RemoteError::Busy { path: wanted.target.clone() }),
            Err(TryLockError::Error(e)) => Err(RemoteError::file("Could not lock", &path)(e)),
        }
    }

    fn len(&self) -> Result<u64, RemoteError> {
        Ok(self.file.metadata().map_err(RemoteError::file("Could not read", &self.path))?.len())
    }

    fn empty(&self) -> Result<(), RemoteError> {
        self.file.set_len(0).map_err(RemoteError::file("Could not write", &self.path))
    }

    /// The bytes so far, ready to be added to.
    fn intake(&self, wanted: &Wanted) -> Result<Intake, RemoteError> {
        let mut file = self.file.try_clone().map_err(RemoteError::file("Could not read", &self.path))?;
        file.seek(SeekFrom::Start(0)).map_err(RemoteError::file("Could not read", &self.path))?;
        Intake::resume(file, wanted)
    }

    /// One request for what is still missing, and the check of the whole.
    async fn go_on(
        &self,
        client: &Client,
        url: &Url,
        wanted: &Wanted,
        progress: &dyn Fn(u64, Option<u64>),
    ) -> Result<(), RemoteError> {
        if self.len()? > wanted.bytes {
            self.empty()?;
        }
        let mut intake = self.intake(wanted)?;
        if intake.written() < wanted.bytes {
            let mut response = self.ask(client, url, intake.written(), wanted).await?;
            if response.status() != StatusCode::PARTIAL_CONTENT {
                self.empty()?;
                intake = self.intake(wanted)?;
            }
            if response.content_length().is_some_and(|rest| rest > wanted.bytes - intake.written()) {
                return Err(wanted.too_large());
            }
            let expected =
                intake.written() + response.content_length().unwrap_or(wanted.bytes - intake.written());
            progress(intake.written(), Some(expected));
            loop {
                match response.chunk().await {
                    Ok(Some(bytes)) => intake.take(&bytes, wanted)?,
                    Ok(None) => break,
                    Err(e) => {
                        return Err(RemoteError::BrokenOff {
                            address: wanted.from.clone(),
                            received: intake.written(),
                            expected,
                            reason: reason(e),
                        });
                    }
                }
                progress(intake.written(), Some(expected));
            }
        }
        intake.finish(wanted)
    }

    /// Asks for the bytes from `from` on. The answer is 200 with everything or 206 with exactly that rest.
    async fn ask(
        &self,
        client: &Client,
        url: &Url,
        from: u64,
        wanted: &Wanted,
    ) -> Result<Response, RemoteError> {
        let request = client.get(url.clone());
        let request = if from > 0 { request.header(RANGE, format!("bytes={from}-")) } else { request };
        let response = request.send().await.map_err(|e| unreachable(wanted, e))?;
        match response.status() {
            StatusCode::OK => Ok(response),
            StatusCode::PARTIAL_CONTENT if from > 0 && starts_at(&response, from) => Ok(response),
            // The server has no such rest, or sent another piece: what is here is not the beginning of its file.
            StatusCode::RANGE_NOT_SATISFIABLE | StatusCode::PARTIAL_CONTENT if from > 0 => {
                self.empty()?;
                Err(RemoteError::BrokenOff {
                    address: wanted.from.clone(),
                    received: from,
                    expected: wanted.bytes,
                    reason: "it does not go on from there".to_owned(),
                })
            }
            other => Err(RemoteError::Status { address: wanted.from.clone(), status: other.as_u16() }),
        }
    }

    fn into_place(self, wanted: &Wanted) -> Result<(), RemoteError> {
        std::fs::rename(&self.path, &wanted.target)
            .map_err(RemoteError::file("Could not write", &wanted.target))?;
        sync_folder(wanted.target.parent().unwrap_or(Path::new(".")))
    }

    /// Leaves a beginning for the next call, and nothing where there is none.
    fn give_up(self) -> Result<(), RemoteError> {
        if self.len()? == 0 {
            std::fs::remove_file(&self.path).map_err(RemoteError::file("Could not remove", &self.path))?;
        }
        Ok(())
    }
}

/// Whether `Content-Range: bytes FROM-…` names this very beginning.
fn starts_at(response: &Response, from: u64) -> bool {
    let range = response.headers().get(CONTENT_RANGE).and_then(|v| v.to_str().ok());
    let start = range.and_then(|r| r.strip_prefix("bytes ")).and_then(|r| r.split('-').next());
    start.and_then(|s| s.trim().parse::<u64>().ok()) == Some(from)
}

fn unreachable(wanted: &Wanted, error: reqwest::Error) -> RemoteError {
    RemoteError::Unreachable { address: wanted.from.clone(), reason: reason(error) }
}

/// The innermost cause, which is the one that says something ("Connection refused"), without any address in it.
pub(crate) fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    without_secrets(&cause.to_string())
}
