//! How far an upload got, as the project file keeps it.

use std::path::PathBuf;

use relook_domain::ImageId;
use relook_store::CvatUpload;
use serde::{Deserialize, Serialize};

use super::{CvatPush, CvatTarget};
use crate::{error::EngineError, project::Project, view::Include};

/// What is done, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Done {
    Nothing,
    /// The task is there.
    Task,
    /// Both files are there.
    Files,
    /// CVAT has made its frames of them.
    Frames,
    /// The annotations are there.
    Annotations,
    /// They were read back.
    All,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    pub target: CvatTarget,
    pub name: String,
    pub include: Include,
    /// By which what was made on the server is found again.
    pub mark: String,
    /// Whether the server may have been asked to make a project or a task without its answer having been noted.
    pub asked: bool,
    pub project: Option<u64>,
    /// The server's ids of the files begun.
    pub files: Vec<String>,
    pub done: Done,
    /// Whether it is a batch of a watched folder.
    #[serde(default)]
    pub batch: bool,
}

/// An upload and its row.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub id: i64,
    pub server: String,
    pub task: Option<u64>,
    pub state: State,
}

impl Upload {
    fn read(row: &CvatUpload) -> Result<Self, EngineError> {
        let state = serde_json::from_str(&row.state).map_err(|e| {
            EngineError::Failed(format!("What was sent to {} is not understood: {e}", row.server))
        })?;
        Ok(Self { id: row.id, server: row.server.clone(), task: row.task, state })
    }

    /// Those to a server, oldest first.
    pub(super) fn all(project: &Project, server: &str) -> Result<Vec<Self>, EngineError> {
        project.store().cvat_uploads(server)?.iter().map(Self::read).collect()
    }

    /// The upload that a push goes on with, or that it sends anew.
    pub(super) fn same(
        project: &Project,
        server: &str,
        push: &CvatPush,
        name: &str,
    ) -> Result<Option<Self>, EngineError> {
        let same = |u: &Self| match push.target {
            CvatTarget::Task { id } => u.task == Some(id),
            _ => u.state.target == push.target && u.state.name == name,
        };
        Ok(Self::all(project, server)?.into_iter().rev().find(same))
    }

    pub(super) fn begin(
        project: &Project,
        server: &str,
        push: &CvatPush,
        name: String,
        batch: bool,
        images: &[ImageId],
    ) -> Result<Self, EngineError> {
        let (task, done) = match push.target {
            CvatTarget::Task { id } => (Some(id), Done::Frames),
            _ => (None, Done::Nothing),
        };
        let state = State {
            target: push.target.clone(),
            name,
            include: push.include,
            mark: mark(),
            asked: false,
            project: match push.target {
                CvatTarget::Project { id } => Some(id),
                _ => None,
            },
            files: Vec::new(),
            done,
            batch,
        };
        let id = project.store().begin_cvat_upload(server, task, &text(&state)?, images)?;
        Ok(Self { id, server: server.to_owned(), task, state })
    }

    pub(super) fn save(&self, project: &Project) -> Result<(), EngineError> {
        let row = CvatUpload {
            id: self.id,
            server: self.server.clone(),
            task: self.task,
            done: self.state.done == Done::All,
            state: text(&self.state)?,
        };
        Ok(project.store().save_cvat_upload(&row)?)
    }

    pub(super) fn reached(&mut self, project: &Project, done: Done) -> Result<(), EngineError> {
        self.state.done = done;
        self.save(project)
    }

    /// Where its files lie until it is done.
    pub(super) fn folder(&self, project: &Project) -> PathBuf {
        project.home().cache.join("cvat").join(&self.state.mark)
    }
}

fn text(state: &State) -> Result<String, EngineError> {
    serde_json::to_string(state).map_err(|e| EngineError::Failed(e.to_string()))
}

/// Never given twice: from the time, the process and how often it was asked.
fn mark() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("relook-{:x}-{:x}-{count:x}", since.as_nanos(), std::process::id())
}
