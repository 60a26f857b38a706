//! The data of a task, sent in pieces that go on where they broke off (TUS).

use std::{io::SeekFrom, path::Path};

use reqwest::{
    Method, StatusCode,
    header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, ORIGIN},
};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::{Answer, Cvat, CvatError, wire::Queued};

/// So many bytes are sent at once.
const PIECE: u64 = 10 << 20;
/// A piece that brings nothing forward is sent so often.
const ATTEMPTS: u32 = 4;
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const TUS: (&str, &str) = ("tus-resumable", "1.0.0");

/// A file that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Under this id.
    As(String),
    /// The task has a whole file of that name: it was sent before.
    There,
}

impl Cvat {
    /// Says that data will come.
    ///
    /// # Errors
    /// The server refuses, as where the task has data already.
    pub async fn begin_data(&self, task: u64) -> Result<(), CvatError> {
        self.data(task, "upload-start").await.map(drop)
    }

    /// Says that all data are there: CVAT makes its frames from a zip, in the order of the `manifest.jsonl` beside it. The
    /// work to wait for; where it is under way already, that one.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn finish_data(&self, task: u64) -> Result<String, CvatError> {
        let answer = self.data(task, "upload-finish").await?;
        Ok(answer.json::<Queued>("the data")?.rq_id)
    }

    async fn data(&self, task: u64, step: &'static str) -> Result<Answer, CvatError> {
        let body =
            serde_json::json!({ "image_quality": 70, "sorting_method": "predefined", "use_cache": true });
        let request = || {
            self.request(Method::POST, &format!("api/tasks/{task}/data/")).header(step, "true").json(&body)
        };
        self.ask(&format!("images for task {task}"), true, request, &[StatusCode::CONFLICT]).await
    }

    /// Announces a file of `length` bytes, more than none.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn begin_file(&self, task: u64, name: &str, length: u64) -> Result<Begun, CvatError> {
        let what = format!("{name} for task {task}");
        let metadata = format!("filename {}", base64(name.as_bytes()));
        // CVAT makes the address of the upload from it.
        let origin = self.base.origin().ascii_serialization();
        let request = || {
            self.request(Method::POST, &format!("api/tasks/{task}/data/"))
                .header(TUS.0, TUS.1)
                .header("upload-length", length)
                .header("upload-metadata", &metadata)
                .header(ORIGIN, &origin)
        };
        let answer = self.ask(&what, true, request, &[StatusCode::CONFLICT]).await?;
        if answer.status == StatusCode::CONFLICT {
            return Ok(Begun::There);
        }
        let place = answer.headers.get(LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
        match place.trim_end_matches('/').rsplit('/').next() {
            Some(id) if !id.is_empty() => Ok(Begun::As(id.to_owned())),
            _ => Err(CvatError::Answer { what, reason: "it names no place to send it to".into() }),
        }
    }

    /// Sends what is still missing of a file; `progress` is told the bytes that have arrived.
    ///
    /// # Errors
    /// The connection broke off again and again, or the file cannot be read.
    pub async fn send_file(
        &self,
        task: u64,
        id: &str,
        path: &Path,
        progress: &dyn Fn(u64),
    ) -> Result<(), CvatError> {
        let read = || CvatError::file("Could not read", path);
        let mut file = tokio::fs::File::open(path).await.map_err(read())?;
        let length = file.metadata().await.map_err(read())?.len();
        let place = format!("api/tasks/{task}/data/{id}");
        let mut failed = 0;
        let Some(mut sent) = self.arrived(&place).await? else { return Ok(()) };
        while sent < length {
            progress(sent);
            file.seek(SeekFrom::Start(sent)).await.map_err(read())?;
            let mut piece = Vec::new();
            (&mut file).take(PIECE).read_to_end(&mut piece).await.map_err(read())?;
            let end = sent + piece.len() as u64;
            let request = self
                .request(Method::PATCH, &place)
                .header(TUS.0, TUS.1)
                .header(OFFSET, sent)
                .header(CONTENT_TYPE, HeaderValue::from_static("application/offset+octet-stream"))
                .body(piece);
            let what = format!("a piece of {}", path.display());
            let outcome = match self.once(&what, request).await {
                Ok(answer) => self.checked(&what, answer, &[]),
                Err(error) => Err(error),
            };
            let error = match outcome {
                Ok(_) => {
                    (sent, failed) = (end, 0);
                    continue;
                }
                Err(error) => error,
            };
            // How much of it has arrived only the server knows.
            failed += 1;
            let goes_on = matches!(
                error,
                CvatError::Unreachable { .. }
                    | CvatError::Server { .. }
                    | CvatError::TooOften { .. }
                    | CvatError::Refused { status: 409, .. }
            );
            if !goes_on || failed == ATTEMPTS {
                return Err(match error {
                    CvatError::Unreachable { reason, .. } => CvatError::BrokenOff { sent, length, reason },
                    other => other,
                });
            }
            if let CvatError::TooOften { seconds } = error {
                tokio::time::sleep(std::time::Duration::from_secs(seconds.clamp(1, 60))).await;
            }
            match self.arrived(&place).await? {
                Some(arrived) => sent = arrived,
                None => break,
            }
        }
        progress(length);
        Ok(())
    }

    /// Bytes of a file that have arrived; `None` where it is whole, for then CVAT forgets the upload.
    async fn arrived(&self, place: &str) -> Result<Option<u64>, CvatError> {
        let request = || self.request(Method::HEAD, place).header(TUS.0, TUS.1);
        let answer = self.ask("how much has arrived", true, request, &[StatusCode::NOT_FOUND]).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let offset = answer.headers.get(OFFSET).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
        offset.map(Some).ok_or_else(|| CvatError::Answer {
            what: "how much has arrived".into(),
            reason: "it names no offset".into(),
        })
    }
}

/// As the standard has it, padded.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |n, at| n << 8 | u32::from(group.get(at).copied().unwrap_or_default()));
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= group.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_coded_as_the_server_reads_them() {
        for (name, coded) in
            [("images.zip", "aW1hZ2VzLnppcA=="), ("t1.jpg", "dDEuanBn"), ("ab", "YWI="), ("", "")]
        {
            assert_eq!(super::base64(name.as_bytes()), coded);
        }
    }
}
