//! What CVAT's answers say, as far as it matters here.

use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
pub(super) struct About {
    pub version: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct User {
    pub username: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Token {
    pub read_only: bool,
}

/// A task or a project as lists and answers show it.
#[derive(Clone, Debug, Deserialize)]
pub struct Thing {
    pub id: u64,
    pub name: String,
    /// Of a task: the project it is in.
    #[serde(default)]
    pub project_id: Option<u64>,
    /// Of a task: how many frames it has; 0 before its data are there.
    #[serde(default)]
    pub size: Option<u64>,
    #[serde(default)]
    pub(super) bug_tracker: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Page<T> {
    pub next: Option<String>,
    pub results: Vec<T>,
}

/// A label of a task or project.
#[derive(Clone, Debug, Deserialize)]
pub struct ServerLabel {
    pub name: String,
    /// `any`, `rectangle`, …; absent: any.
    #[serde(rename = "type", default)]
    pub shape: Option<String>,
    #[serde(default)]
    pub attributes: Vec<ServerAttribute>,
}

/// An attribute of a label.
#[derive(Clone, Debug, Deserialize)]
pub struct ServerAttribute {
    pub name: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Meta {
    pub frames: Option<Vec<Frame>>,
}

/// A frame of a task, in order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Frame {
    pub name: String,
    /// Upright pixels.
    pub width: u32,
    pub height: u32,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Queued {
    pub rq_id: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Request {
    pub status: String,
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub progress: Option<f64>,
    #[serde(default)]
    pub result_url: Option<String>,
}
