//! One inference server: what it is asked, and what its answers mean.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::{Signature, TensorIn, in_words};
use super::address::{ServerAddress, harmless};
use super::wire::{self, Declared, Form, JSON_LENGTH, Told};
use crate::error::VisionError;

/// What servers that take tensors as bytes call that, as far as they say so.
const BINARY: [&str; 2] = ["binary_tensor_data", "binary_data"];
/// Of what a server says of an error.
const LONGEST_WORDS: usize = 500;
/// Of an answer that holds no tensors.
const LARGEST_TALK: usize = 1 << 20;

/// How long a server is waited for, and how much it may say.
#[derive(Clone, Debug)]
pub struct ServerLimits {
    /// Until it takes the connection.
    pub connect: Duration,
    /// Until it has said whether it is ready and what it has.
    pub talk: Duration,
    /// Until it has run the model.
    pub answer: Duration,
    /// The largest answer, bytes.
    pub largest: usize,
    /// Before it is asked again where no other is left; so often it is.
    pub pauses: Vec<Duration>,
    /// Before one that failed is looked at again while others do its work.
    pub rest: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            talk: Duration::from_secs(20),
            answer: Duration::from_secs(60),
            largest: 256 << 20,
            pauses: [250, 1000, 3000].map(Duration::from_millis).to_vec(),
            rest: Duration::from_secs(15),
        }
    }
}

/// Why a question came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Stopped,
    /// Asking again later may do.
    Passing(String),
    /// It took too long; asking again may do, and costs as much.
    Slow(String),
    /// It would be the same again.
    Lasting(String),
}

impl Trouble {
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Stopped => "it was called off",
            Self::Passing(words) | Self::Slow(words) | Self::Lasting(words) => words,
        }
    }

    pub(super) fn is_lasting(&self) -> bool {
        matches!(self, Self::Lasting(_))
    }
}

/// What a server says of itself.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct About {
    pub name: String,
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub extensions: Vec<String>,
}

/// What it says of a model.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Metadata {
    #[serde(default)]
    pub inputs: Vec<Declared>,
    #[serde(default)]
    pub outputs: Vec<Declared>,
    /// The server did not say; it was seen in one run, and in others sizes may be others.
    #[serde(skip)]
    pub seen: bool,
}

impl Metadata {
    pub(super) fn signature(&self) -> Signature {
        Signature {
            inputs: self.inputs.iter().map(Declared::input).collect(),
            outputs: self.outputs.iter().map(Declared::output).collect(),
            metadata: [].into(),
        }
    }

    /// What every run's outputs must be.
    pub(super) fn promised(&self) -> Vec<Declared> {
        let mut outputs = self.outputs.clone();
        if self.seen {
            outputs.iter_mut().flat_map(|output| &mut output.shape).for_each(|size| *size = -1);
        }
        outputs
    }

    pub(super) fn is_as(&self, other: &Self) -> bool {
        self.inputs == other.inputs && self.promised() == other.promised()
    }

    /// The same in words.
    pub(super) fn words(&self) -> String {
        let Signature { inputs, outputs, .. } = self.signature();
        format!("{} -> {}", in_words(&inputs), in_words(&outputs))
    }
}

/// One server, and one of its models.
pub(super) struct Server {
    pub address: ServerAddress,
    /// The model's name there.
    pub model: String,
    /// The same as a part of an address.
    part: String,
    client: Client,
    token: Option<String>,
    limits: ServerLimits,
    /// `None`: it does not say, and was not tried yet.
    form: Mutex<Option<Form>>,
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Server {
    /// Nothing is sent yet. `model`: its name where the address has none.
    pub(super) fn new(
        address: &ServerAddress,
        model: &str,
        token: Option<&str>,
        limits: &ServerLimits,
    ) -> Result<Self, VisionError> {
        let bad = |reason: String| VisionError::ServerAddress { address: address.to_string(), reason };
        let token = token.map(str::trim).filter(|token| !token.is_empty());
        let token = token.map(|token| token.strip_prefix("Bearer ").unwrap_or(token).trim().to_owned());
        let mut headers = HeaderMap::new();
        if let Some(token) = &token {
            let mut secret = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
                bad("the token in RELOOK_INFERENCE_TOKEN has characters that cannot be sent".into())
            })?;
            secret.set_sensitive(true);
            headers.insert(AUTHORIZATION, secret);
        }
        let mut client = Client::builder()
            .user_agent(concat!("relook/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .redirect(Policy::none())
            .no_gzip()
            .connect_timeout(limits.connect);
        if address.is_loopback() {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|error| bad(innermost(error)))?;
        let model = address.model.clone().unwrap_or_else(|| model.to_owned());
        let part = address.model.clone().unwrap_or_else(|| encoded(&address.base, &model));
        let form = Mutex::new(None);
        Ok(Self { address: address.clone(), model, part, client, token, limits: limits.clone(), form })
    }

    /// An address below `v2`.
    fn url(&self, parts: &[&str]) -> Url {
        let mut url = self.address.base.clone();
        let path = parts.iter().fold(format!("{}v2", url.path()), |path, part| format!("{path}/{part}"));
        url.set_path(&path);
        url
    }

    fn model_url(&self, last: Option<&str>) -> Url {
        let mut parts = vec!["models", self.part.as_str()];
        if let Some(version) = &self.address.version {
            parts.extend(["versions", version]);
        }
        parts.extend(last);
        self.url(&parts)
    }

    /// Whether it is one, and ready.
    pub(super) async fn about(&self) -> Result<About, Trouble> {
        let health = self.get(self.url(&["health", "ready"])).await?;
        match health.status.as_u16() {
            200..=299 if !health.denies_ready() => {}
            // Triton says so by 400.
            200..=299 | 400 => return Err(Trouble::Passing("it is not ready yet".to_owned())),
            _ => self.sound(&health).map_err(|trouble| match (trouble, health.status.as_u16()) {
                (Trouble::Lasting(_), 404 | 405 | 501) => {
                    Trouble::Lasting(self.no_server("/v2/health/ready", &health))
                }
                (trouble, _) => trouble,
            })?,
        }
        let answer = self.get(self.url(&[])).await?;
        self.sound(&answer)?;
        let about: About = answer.json().map_err(|_| Trouble::Lasting(self.no_server("/v2", &answer)))?;
        if about.extensions.iter().any(|word| BINARY.contains(&word.as_str())) {
            self.settle(Form::Binary);
        }
        Ok(about)
    }

    fn no_server(&self, path: &str, answer: &Answer) -> String {
        format!(
            "it does not speak the Open Inference Protocol (KServe, Triton): {path} answered {}. Is it the address of another service?",
            answer.status.as_u16()
        )
    }

    /// The model as it is there, ready.
    pub(super) async fn metadata(&self) -> Result<Metadata, Trouble> {
        let answer = self.get(self.model_url(None)).await?;
        if answer.status.is_client_error() && !matches!(answer.status.as_u16(), 401 | 403 | 408 | 429) {
            let has = self.models().await;
            let has = if has.is_empty() { String::new() } else { format!(" It has: {}.", has.join(", ")) };
            return Err(Trouble::Lasting(format!(
                "it has no model {}: {}.{has} Another name is given as {}/v2/models/NAME",
                self.model,
                self.words(&answer).trim_end_matches('.'),
                self.address.host()
            )));
        }
        self.sound(&answer)?;
        let metadata: Metadata = answer.json().map_err(|why| {
            Trouble::Lasting(format!("what it says of {} is not understood: {why}", self.model))
        })?;
        let ready = self.get(self.model_url(Some("ready"))).await?;
        match ready.status.as_u16() {
            200..=299 if !ready.denies_ready() => Ok(metadata),
            200..=299 | 400 => Err(Trouble::Passing(format!("its model {} is not ready yet", self.model))),
            _ => self.sound(&ready).map(|()| metadata),
        }
    }

    /// The model as it is there, ready. One of which the server says nothing (as KServe does unless it is told) is run with
    /// the input that is expected, and shows its outputs.
    pub(super) async fn met(&self, expected: Option<&Declared>) -> Result<Metadata, Trouble> {
        let said = self.metadata().await?;
        if !said.inputs.is_empty() && !said.outputs.is_empty() {
            return Ok(said);
        }
        let size = |at: usize| expected.and_then(|input| usize::try_from(*input.shape.get(at)?).ok());
        let (Some(expected), Some(a), Some(b), Some(c)) = (expected, size(1), size(2), size(3)) else {
            return Err(Trouble::Lasting(format!(
                "it does not say which inputs and outputs {} has, and no card tells the input's name: give them in the server's metadata",
                self.model
            )));
        };
        let values = vec![0.0; a * b * c];
        let input = TensorIn { name: &expected.name, shape: [1, a, b, c], values: &values, sizes: None };
        let told = self.infer(&input, false, &[]).await?;
        let outputs = told.into_iter().map(|Told { name, datatype, shape, .. }| {
            // Of what is not in a black picture there may be any number in another.
            let shape = shape.into_iter().map(|size| if size == 0 { -1 } else { size }).collect();
            Declared { name, datatype, shape }
        });
        Ok(Metadata { inputs: vec![expected.clone()], outputs: outputs.collect(), seen: true })
    }

    /// The names of its models, where it lists them.
    pub(super) async fn models(&self) -> Vec<String> {
        #[derive(Deserialize)]
        struct Listed {
            models: Vec<String>,
        }
        #[derive(Deserialize)]
        struct Indexed {
            name: String,
        }
        let mut names = Vec::new();
        if let Ok(answer) = self.get(self.url(&["models"])).await
            && let Ok(listed) = answer.json::<Listed>()
        {
            names = listed.models;
        } else if let Ok(answer) = {
            let request = self.client.post(self.url(&["repository", "index"]));
            let request = request.header(CONTENT_TYPE, "application/json").body("{}");
            self.ask(request, self.limits.talk, LARGEST_TALK).await
        } && let Ok(indexed) = answer.json::<Vec<Indexed>>()
        {
            names = indexed.into_iter().map(|one| one.name).collect();
        }
        names.retain(|name| !name.contains(char::is_control));
        names.sort();
        names.dedup();
        names
    }

    /// Runs the model. The answer has the tensors that were declared, in that order; where none were, all.
    pub(super) async fn infer(
        &self,
        input: &TensorIn<'_>,
        bytes: bool,
        outputs: &[Declared],
    ) -> Result<Vec<Told>, Trouble> {
        let known = *self.form.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(form) = known {
            return self.infer_as(form, input, bytes, outputs).await;
        }
        // Not all who take bytes say so (KServe's own server does not), so it is tried once.
        let tried = self.infer_as(Form::Binary, input, bytes, outputs).await;
        if let Err(Trouble::Lasting(why)) = tried {
            let told = self.infer_as(Form::Json, input, bytes, outputs).await?;
            tracing::info!(server = %self.address, %why, "tensors go as numbers, as bytes are not understood");
            self.settle(Form::Json);
            return Ok(told);
        }
        if tried.is_ok() {
            self.settle(Form::Binary);
        }
        tried
    }

    fn settle(&self, form: Form) {
        *self.form.lock().unwrap_or_else(PoisonError::into_inner) = Some(form);
    }

    /// Whether tensors go as bytes, as far as it is known.
    pub(super) fn form(&self) -> Option<Form> {
        *self.form.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn infer_as(
        &self,
        form: Form,
        input: &TensorIn<'_>,
        bytes: bool,
        outputs: &[Declared],
    ) -> Result<Vec<Told>, Trouble> {
        let body = wire::question(input, bytes, outputs, form)
            .map_err(|error| Trouble::Lasting(format!("the question could not be written: {error}")))?;
        let mut request = self.client.post(self.model_url(Some("infer")));
        request = match body.json {
            Some(length) => request
                .header(CONTENT_TYPE, "application/octet-stream")
                .header(JSON_LENGTH, length.to_string()),
            None => request.header(CONTENT_TYPE, "application/json"),
        };
        let answer = self.ask(request.body(body.bytes), self.limits.answer, self.limits.largest).await?;
        let status = answer.status;
        // What a server stumbles over as it may only show that it does not understand bytes.
        if status.is_server_error() && form == Form::Binary && self.form().is_none() && status.as_u16() < 502
        {
            return Err(Trouble::Lasting(self.words(&answer)));
        }
        self.sound(&answer)?;
        let json = match answer.headers.get(JSON_LENGTH) {
            None => None,
            Some(length) => {
                let length = length.to_str().ok().and_then(|length| length.trim().parse().ok());
                let wrong = || Trouble::Lasting(format!("its answer's {JSON_LENGTH} is no number"));
                Some(length.ok_or_else(wrong)?)
            }
        };
        let told = wire::tensors(&answer.body, json).map_err(Trouble::Lasting)?;
        if outputs.is_empty() { Ok(told) } else { wire::chosen(told, outputs).map_err(Trouble::Lasting) }
    }

    async fn get(&self, url: Url) -> Result<Answer, Trouble> {
        self.ask(self.client.get(url), self.limits.talk, LARGEST_TALK).await
    }

    async fn ask(&self, request: RequestBuilder, wait: Duration, largest: usize) -> Result<Answer, Trouble> {
        let broken = |error| broken(error, wait);
        let mut response = request.timeout(wait).send().await.map_err(broken)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(bytes) = response.chunk().await.map_err(broken)? {
            if body.len() + bytes.len() > largest {
                let words = format!("its answer is larger than {largest} bytes, which no answer should be");
                return Err(Trouble::Lasting(words));
            }
            body.extend_from_slice(&bytes);
        }
        Ok(Answer { status, headers, body })
    }

    /// Whether the answer is one; what it says otherwise.
    fn sound(&self, answer: &Answer) -> Result<(), Trouble> {
        let status = answer.status.as_u16();
        Err(match status {
            200..=299 => return Ok(()),
            300..=399 => {
                let to = answer.headers.get(LOCATION).and_then(|to| to.to_str().ok());
                let to = to.map_or_else(|| "another place".to_owned(), harmless);
                Trouble::Lasting(format!("it sends on to {to}. Give that address, if it is the one you mean"))
            }
            401 | 403 if self.token.is_some() => {
                Trouble::Lasting(format!("it does not accept the token in RELOOK_INFERENCE_TOKEN ({status})"))
            }
            401 | 403 => Trouble::Lasting(format!("it wants a token ({status}): set RELOOK_INFERENCE_TOKEN")),
            408 | 425 | 429 | 500 | 502..=504 => Trouble::Passing(self.words(answer)),
            _ => Trouble::Lasting(self.words(answer)),
        })
    }

    /// The server's own words, short and without the token.
    fn words(&self, answer: &Answer) -> String {
        let said = serde_json::from_slice::<serde_json::Value>(&answer.body).ok().and_then(|value| {
            let said = ["error", "detail", "message"].iter().find_map(|key| value.get(key))?;
            Some(said.as_str().map_or_else(|| said.to_string(), str::to_owned))
        });
        let said = said.unwrap_or_else(|| String::from_utf8_lossy(&answer.body).into_owned());
        let said = match self.token.as_deref() {
            Some(token) => said.replace(token, "…"),
            None => said,
        };
        let said: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let status = answer.status.as_u16();
        match said.char_indices().nth(LONGEST_WORDS) {
            _ if said.is_empty() => format!("it answered {status}"),
            Some((at, _)) => format!("it answered {status}: {}…", &said[..at]),
            None => format!("it answered {status}: {said}"),
        }
    }
}

impl Answer {
    fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_slice(&self.body).map_err(|error| error.to_string())
    }

    /// Some say it in the body only.
    fn denies_ready(&self) -> bool {
        #[derive(Deserialize)]
        struct Ready {
            ready: bool,
        }
        self.json::<Ready>().is_ok_and(|said| !said.ready)
    }
}

/// A name as a part of an address.
fn encoded(base: &Url, name: &str) -> String {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.push(name);
    }
    url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned()
}

fn broken(error: reqwest::Error, waited: Duration) -> Trouble {
    if error.is_connect() {
        Trouble::Passing(format!("it cannot be reached: {}", innermost(error)))
    } else if error.is_timeout() {
        Trouble::Slow(format!(
            "it did not answer within {} s (RELOOK_INFERENCE_TIMEOUT sets how many seconds a run is waited for)",
            waited.as_secs_f64()
        ))
    } else {
        Trouble::Passing(format!("the connection broke off: {}", innermost(error)))
    }
}

/// The innermost cause, which is the one that says something ("Connection refused"), without any address in it.
fn innermost(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
