//! A CVAT server: what it is asked, and what its answers mean.
//!
//! Follows what a server of version 2.54 was recorded to do. Each call is one question; what may pass by itself (a dropped
//! connection, 429, 502 to 504) is asked again within the call, and only where asking twice does no harm.

mod error;
mod upload;
mod wire;

use std::{path::Path, time::Duration};

use reqwest::{
    Client, Method, RequestBuilder, Response, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER},
    redirect::Policy,
};
use serde::de::DeserializeOwned;
use tokio::io::AsyncWriteExt as _;

use self::wire::{About, Meta, Page, Queued, Request, Token, User};
pub use self::{
    error::CvatError,
    upload::Begun,
    wire::{Frame, ServerAttribute, ServerLabel, Thing},
};
use crate::{address::without_secrets, http::reason};

/// Requests within one call, the first included.
const ATTEMPTS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// A server that wants a longer pause is left alone.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// Between two pieces of an answer; some answers take CVAT a while.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(120);
/// Between two questions whether a piece of work is done.
const POLL: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(3));
/// Answers that are kept in memory; the frames of a million images are well below.
const LARGEST_ANSWER: usize = 512 << 20;
/// Of a page of a list.
const PAGE_SIZE: &str = "100";
const ACCEPTED: &str = "application/vnd.cvat+json";

/// Tasks or projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Task,
    Project,
}

impl Kind {
    fn path(self) -> &'static str {
        match self {
            Self::Task => "tasks",
            Self::Project => "projects",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Project => "project",
        }
    }
}

/// How a piece of work on the server ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With where its result can be fetched, if it has one.
    Done(Option<String>),
    /// With CVAT's own words.
    Failed(String),
    /// The server no longer knows it; it keeps the record of a work for minutes to hours.
    Forgotten,
}

/// A server with a token.
pub struct Cvat {
    client: Client,
    base: Url,
    /// The address as it may be shown.
    shown: String,
    token: String,
}

/// What one answer was.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Cvat {
    /// Nothing is sent yet. A token with a dot is a personal access token, any other an older key.
    ///
    /// # Errors
    /// The address, token or organisation cannot be sent.
    pub fn new(address: &str, token: &str, organization: Option<&str>) -> Result<Self, CvatError> {
        let bad = || CvatError::BadAddress { address: without_secrets(address) };
        let mut base = Url::parse(address.trim()).map_err(|_| bad())?;
        let plain = base.username().is_empty()
            && base.password().is_none()
            && base.query().is_none()
            && base.fragment().is_none();
        if !matches!(base.scheme(), "http" | "https") || !plain {
            return Err(bad());
        }
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(&format!("{path}/"));
        let shown = base.as_str().trim_end_matches('/').to_owned();
        let token = token.trim();
        let token = ["Bearer ", "Token "].iter().find_map(|w| token.strip_prefix(w)).unwrap_or(token).trim();
        let word = if token.contains('.') { "Bearer" } else { "Token" };
        let mut headers = HeaderMap::new();
        let unfit = |_| CvatError::Token { address: shown.clone() };
        let mut secret = HeaderValue::from_str(&format!("{word} {token}")).map_err(unfit)?;
        secret.set_sensitive(true);
        headers.insert(AUTHORIZATION, secret);
        if let Some(name) = organization {
            let value = HeaderValue::from_str(name).map_err(|_| CvatError::Organization {
                address: shown.clone(),
                words: format!("{name:?} is no short name of an organisation."),
            })?;
            headers.insert(HeaderName::from_static("x-organization"), value);
        }
        let client = Client::builder()
            .user_agent(concat!("relook/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(SILENCE_TIMEOUT)
            .build()
            .map_err(|e| CvatError::Unreachable { address: shown.clone(), reason: reason(e) })?;
        Ok(Self { client, base, shown, token: token.to_owned() })
    }

    /// The server's version, `2.54.1`.
    ///
    /// # Errors
    /// It cannot be reached, or is no CVAT.
    pub async fn version(&self) -> Result<String, CvatError> {
        let about: Result<About, _> = self.get("its version", "api/server/about", &[]).await;
        about.map(|a| a.version).map_err(|e| match e {
            CvatError::Answer { .. } | CvatError::Missing { .. } => {
                CvatError::NotCvat { address: self.shown.clone() }
            }
            other => other,
        })
    }

    /// Whose token it is.
    ///
    /// # Errors
    /// The server does not know it.
    pub async fn user(&self) -> Result<String, CvatError> {
        let user: User = self.get("who the token belongs to", "api/users/self", &[]).await?;
        Ok(user.username)
    }

    /// Tries whether the token may make a task (in the project), by one that lacks its name and so is never made; or
    /// whether it may change the task, by a change of nothing.
    ///
    /// # Errors
    /// [`CvatError::Forbidden`] where it may not; the organisation, project or task is not there.
    pub async fn check_writable(&self, task: Option<u64>, project: Option<u64>) -> Result<(), CvatError> {
        if self.token.contains('.') {
            let token: Result<Token, _> =
                self.get("what the token may do", "api/auth/access_tokens/self", &[]).await;
            if matches!(&token, Ok(t) if t.read_only) {
                return Err(CvatError::Forbidden { what: "this token to write".into() });
            }
        }
        match task {
            Some(task) => {
                let what = format!("changes of task {task}");
                let request =
                    || self.request(Method::PATCH, &format!("api/tasks/{task}")).json(&serde_json::json!({}));
                self.ask(&what, true, request, &[]).await?;
            }
            None => {
                let body =
                    project.map_or(serde_json::json!({}), |id| serde_json::json!({ "project_id": id }));
                let request = || self.request(Method::POST, "api/tasks").json(&body);
                self.ask("this token to make tasks", true, request, &[StatusCode::BAD_REQUEST]).await?;
            }
        }
        Ok(())
    }

    /// A task or project.
    ///
    /// # Errors
    /// It is not there, or is somebody else's.
    pub async fn thing(&self, kind: Kind, id: u64) -> Result<Thing, CvatError> {
        let what = format!("{} {id}", kind.word());
        self.get(&what, &format!("api/{}/{id}", kind.path()), &[]).await
    }

    /// The labels of a task or project, points of skeletons left out.
    ///
    /// # Errors
    /// As [`Cvat::thing`].
    pub async fn labels(&self, kind: Kind, id: u64) -> Result<Vec<ServerLabel>, CvatError> {
        let by = format!("{}_id", kind.word());
        let what = format!("the labels of {} {id}", kind.word());
        self.list(&what, "api/labels", (&by, &id.to_string())).await
    }

    /// The one of this name that [`Cvat::make`] marked so; `None` where it made none.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn marked(&self, kind: Kind, name: &str, mark: &str) -> Result<Option<u64>, CvatError> {
        let path = format!("api/{}", kind.path());
        let what = format!("its {}s named {name:?}", kind.word());
        let all: Vec<Thing> = self.list(&what, &path, ("name", name)).await?;
        Ok(all.into_iter().find(|t| t.bug_tracker.as_deref() == Some(mark)).map(|t| t.id))
    }

    /// Makes a task or project with labels as CVAT's label editor writes them, or a task in a project, whose labels are
    /// the project's. `mark` stands where the address of a bug tracker would, until [`Cvat::unmark`] takes it away: so it
    /// is found again when the answer is lost. Not tried twice by itself.
    ///
    /// # Errors
    /// The server refuses, or its answer is lost: look for the mark before another is made.
    pub async fn make(
        &self,
        kind: Kind,
        name: &str,
        labels: &serde_json::Value,
        project: Option<u64>,
        mark: &str,
    ) -> Result<u64, CvatError> {
        let mut body = serde_json::json!({ "name": name, "bug_tracker": mark });
        match project {
            Some(id) => body["project_id"] = id.into(),
            None => body["labels"] = labels.clone(),
        }
        let what = format!("a new {} {name:?}", kind.word());
        let request = || self.request(Method::POST, &format!("api/{}", kind.path())).json(&body);
        let answer = self.ask(&what, false, request, &[]).await?;
        Ok(answer.json::<Thing>(&what)?.id)
    }

    /// Takes the mark away.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn unmark(&self, kind: Kind, id: u64) -> Result<(), CvatError> {
        let body = serde_json::json!({ "bug_tracker": "" });
        let request = || self.request(Method::PATCH, &format!("api/{}/{id}", kind.path())).json(&body);
        self.ask(&format!("{} {id}", kind.word()), true, request, &[]).await?;
        Ok(())
    }

    /// The frames of a task in order; none before its data are there.
    ///
    /// # Errors
    /// The task is not there.
    pub async fn frames(&self, task: u64) -> Result<Vec<Frame>, CvatError> {
        let what = format!("the images of task {task}");
        let meta: Meta = self.get(&what, &format!("api/tasks/{task}/data/meta"), &[]).await?;
        Ok(meta.frames.unwrap_or_default())
    }

    /// Waits for a piece of work; `progress` is told how far the server says it is, 0..=1.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn wait(&self, work: &str, progress: &dyn Fn(f64)) -> Result<Ended, CvatError> {
        let mut url = self.base.clone();
        // The id holds characters that mean something in a path.
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().extend(["api", "requests", work]);
        }
        let what = "how far its work is";
        let mut pause = POLL.0;
        loop {
            let request = || self.client.get(url.clone()).header(ACCEPT, ACCEPTED);
            let answer = self.ask(what, true, request, &[StatusCode::NOT_FOUND]).await?;
            if answer.status == StatusCode::NOT_FOUND {
                return Ok(Ended::Forgotten);
            }
            let request: Request = answer.json(what)?;
            match request.status.as_str() {
                "finished" => return Ok(Ended::Done(request.result_url)),
                "failed" => return Ok(Ended::Failed(self.words(request.message.trim()))),
                _ => progress(request.progress.unwrap_or_default().clamp(0.0, 1.0)),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 3 / 2).min(POLL.1);
        }
    }

    /// Has a file of CVAT XML take the place of all annotations of a task; the work to wait for, and whether it is this one:
    /// where another import is under way, the file was not taken.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn import(&self, task: u64, xml: &Path) -> Result<(String, bool), CvatError> {
        let what = format!("annotations for task {task}");
        let query = [("format", "CVAT 1.1"), ("conv_mask_to_poly", "false")];
        let mut pause = FIRST_PAUSE;
        for attempt in 1.. {
            let file = tokio::fs::File::open(xml).await.map_err(CvatError::file("Could not read", xml))?;
            let length = file.metadata().await.map_err(CvatError::file("Could not read", xml))?.len();
            let part =
                reqwest::multipart::Part::stream_with_length(file, length).file_name("annotations.xml");
            let form = reqwest::multipart::Form::new().part("annotation_file", part);
            let request = self
                .request(Method::POST, &format!("api/tasks/{task}/annotations"))
                .query(&query)
                .multipart(form);
            match self.once(&what, request).await {
                Ok(answer) => match self.checked(&what, answer, &[StatusCode::CONFLICT]) {
                    Ok(answer) => return answer.queued(&what),
                    Err(error) => self.pause(error, attempt, true, &mut pause).await?,
                },
                Err(error) => self.pause(error, attempt, true, &mut pause).await?,
            }
        }
        Err(CvatError::Server { what, status: 0 })
    }

    /// Has the annotations of a task written as CVAT XML; the work to wait for, and whether it was begun just now.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn export(&self, task: u64) -> Result<(String, bool), CvatError> {
        let what = format!("the annotations of task {task}");
        let query = [("format", "CVAT for images 1.1"), ("save_images", "false")];
        let request =
            || self.request(Method::POST, &format!("api/tasks/{task}/dataset/export")).query(&query);
        self.ask(&what, true, request, &[StatusCode::CONFLICT]).await?.queued(&what)
    }

    /// Fetches the result of a work into a file.
    ///
    /// # Errors
    /// It is gone, or the file cannot be written.
    pub async fn download(&self, result: &str, to: &Path) -> Result<(), CvatError> {
        let what = "what it has written";
        let strange = |why: &str| CvatError::Answer { what: what.into(), reason: why.into() };
        // The server may know itself by another name; what it is asked goes to the address that the token is for.
        let told = self.base.join(result).map_err(|_| strange("its address is none"))?;
        let mut url = self.base.clone();
        let from = told.path().find("/api/").ok_or_else(|| strange("its address is none of the API"))?;
        url.set_path(&format!("{}{}", self.base.path(), &told.path()[from + 1..]));
        url.set_query(told.query());
        let mut pause = FIRST_PAUSE;
        for attempt in 1.. {
            match self.fetch(what, self.client.get(url.clone()), to).await {
                Err(error) => self.pause(error, attempt, true, &mut pause).await?,
                done => return done,
            }
        }
        Ok(())
    }

    async fn fetch(&self, what: &str, request: RequestBuilder, to: &Path) -> Result<(), CvatError> {
        let mut response = request.send().await.map_err(|e| self.unreachable(e))?;
        if !response.status().is_success() {
            let answer = self.read(response, what).await?;
            return self.checked(what, answer, &[]).map(drop);
        }
        let write = || CvatError::file("Could not write", to);
        let mut file = tokio::fs::File::create(to).await.map_err(write())?;
        while let Some(bytes) = response.chunk().await.map_err(|e| self.unreachable(e))? {
            file.write_all(&bytes).await.map_err(write())?;
        }
        file.flush().await.map_err(write())
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path()));
        self.client.request(method, url).header(ACCEPT, ACCEPTED)
    }

    async fn get<T: DeserializeOwned>(
        &self,
        what: &str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, CvatError> {
        let request = || self.request(Method::GET, path).query(query);
        self.ask(what, true, request, &[]).await?.json(what)
    }

    /// All pages of a list.
    async fn list<T: DeserializeOwned>(
        &self,
        what: &str,
        path: &str,
        by: (&str, &str),
    ) -> Result<Vec<T>, CvatError> {
        let mut all = Vec::new();
        for page in 1.. {
            let number: String = u32::to_string(&page);
            let query = [by, ("page_size", PAGE_SIZE), ("page", &number)];
            let read: Page<T> = self.get(what, path, &query).await?;
            all.extend(read.results);
            if read.next.is_none() {
                break;
            }
        }
        Ok(all)
    }

    /// Asks, again where that may help and does no harm (`twice`). Answers of a status in `expected` are no errors.
    async fn ask(
        &self,
        what: &str,
        twice: bool,
        request: impl Fn() -> RequestBuilder,
        expected: &[StatusCode],
    ) -> Result<Answer, CvatError> {
        let mut pause = FIRST_PAUSE;
        let mut attempt = 1;
        loop {
            let answer = match self.once(what, request()).await {
                Ok(answer) => self.checked(what, answer, expected),
                Err(error) => Err(error),
            };
            match answer {
                Ok(answer) => return Ok(answer),
                Err(error) => self.pause(error, attempt, twice, &mut pause).await?,
            }
            attempt += 1;
        }
    }

    /// Waits before another attempt.
    ///
    /// # Errors
    /// The error, where another attempt makes no sense.
    async fn pause(
        &self,
        error: CvatError,
        attempt: u32,
        twice: bool,
        pause: &mut Duration,
    ) -> Result<(), CvatError> {
        let wait = match &error {
            // Nothing was done then.
            CvatError::TooOften { seconds } => Duration::from_secs((*seconds).max(1)),
            CvatError::Unreachable { .. } | CvatError::Server { status: 502..=504, .. } if twice => *pause,
            _ => return Err(error),
        };
        if attempt >= ATTEMPTS || wait > LONGEST_PAUSE {
            return Err(error);
        }
        tokio::time::sleep(wait).await;
        *pause *= 2;
        Ok(())
    }

    async fn once(&self, what: &str, request: RequestBuilder) -> Result<Answer, CvatError> {
        let response = request.send().await.map_err(|e| self.unreachable(e))?;
        self.read(response, what).await
    }

    async fn read(&self, mut response: Response, what: &str) -> Result<Answer, CvatError> {
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(bytes) = response.chunk().await.map_err(|e| self.unreachable(e))? {
            if body.len() + bytes.len() > LARGEST_ANSWER {
                let reason = format!("it is larger than {} MB", LARGEST_ANSWER >> 20);
                return Err(CvatError::Answer { what: what.into(), reason });
            }
            body.extend_from_slice(&bytes);
        }
        Ok(Answer { status, headers, body })
    }

    fn checked(&self, what: &str, answer: Answer, expected: &[StatusCode]) -> Result<Answer, CvatError> {
        let status = answer.status;
        if status.is_success() || expected.contains(&status) {
            return Ok(answer);
        }
        let what = what.to_owned();
        let address = self.shown.clone();
        let words = self.words(&answer.words());
        let header = |name| answer.headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
        Err(match status.as_u16() {
            300..=399 => {
                let to = header(LOCATION).map_or_else(|| "another place".to_owned(), without_secrets);
                CvatError::Moved { address, to }
            }
            401 => CvatError::Token { address },
            403 => CvatError::Forbidden { what },
            404 if words.contains("organization") => CvatError::Organization { address, words },
            404 => CvatError::Missing { what },
            429 => {
                let seconds = header(RETRY_AFTER).and_then(|v| v.trim().parse().ok()).unwrap_or(1);
                CvatError::TooOften { seconds }
            }
            500.. => CvatError::Server { what, status: status.as_u16() },
            code => CvatError::Refused { what, status: code, words },
        })
    }

    /// The server's own words, short and without the token.
    fn words(&self, text: &str) -> String {
        const LONGEST: usize = 500;
        let text = if self.token.is_empty() { text.to_owned() } else { text.replace(&self.token, "…") };
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match text.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("{}…", &text[..at]),
            None => text,
        }
    }

    fn unreachable(&self, error: reqwest::Error) -> CvatError {
        CvatError::Unreachable { address: self.shown.clone(), reason: reason(error) }
    }
}

impl Answer {
    fn json<T: DeserializeOwned>(&self, what: &str) -> Result<T, CvatError> {
        serde_json::from_slice(&self.body)
            .map_err(|e| CvatError::Answer { what: what.to_owned(), reason: e.to_string() })
    }

    /// The work that the server has begun, or that was under way.
    fn queued(&self, what: &str) -> Result<(String, bool), CvatError> {
        Ok((self.json::<Queued>(what)?.rq_id, self.status != StatusCode::CONFLICT))
    }

    /// What the body says to people: `{"detail": …}`, or whatever JSON it is.
    fn words(&self) -> String {
        match serde_json::from_slice::<serde_json::Value>(&self.body) {
            Ok(serde_json::Value::String(text)) => text,
            Ok(value) => match value.get("detail").and_then(|d| d.as_str()) {
                Some(detail) => detail.to_owned(),
                None => value.to_string(),
            },
            Err(_) => format!("it answered {}", self.status.as_u16()),
        }
    }
}
