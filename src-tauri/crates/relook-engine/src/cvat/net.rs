//! The server as plain blocking code asks it.

use relook_remote::cvat::{Cvat, CvatError, Ended, Kind};

use super::CvatConnection;
use crate::{error::EngineError, task::Task, waiting::Waiting};

/// Since this version CVAT tells by one address how far each piece of its work is.
const OLDEST: (u32, u32) = (2, 17);
/// The one whose answers Relook was made to.
const KNOWN: u32 = 2;

pub(super) struct Net {
    pub cvat: Cvat,
    /// The server's address.
    pub url: String,
    waiting: Waiting,
}

impl Net {
    pub(super) fn new(connection: &CvatConnection, token: &str) -> Result<Self, EngineError> {
        let cvat = Cvat::new(&connection.url, token, connection.organization.as_deref())?;
        Ok(Self { cvat, url: connection.url.clone(), waiting: Waiting::new()? })
    }

    /// Waits for an answer, or for being told to stop.
    pub(super) fn ask<T>(
        &self,
        task: &Task,
        question: impl Future<Output = Result<T, CvatError>>,
    ) -> Result<T, EngineError> {
        self.waiting.ask(task, question)
    }

    /// The version, and what there is to say about it.
    pub(super) fn version(&self, task: &Task) -> Result<(String, Vec<String>), EngineError> {
        let version = self.ask(task, self.cvat.version())?;
        let mut parts = version.split('.').map_while(|p| p.parse::<u32>().ok());
        let (major, minor) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if (major, minor) < OLDEST {
            return Err(EngineError::Failed(format!(
                "{} runs CVAT {version}; Relook needs {}.{} or newer. Exchange files by \"relook export\" and \"relook import\"",
                self.url, OLDEST.0, OLDEST.1
            )));
        }
        let newer = (major > KNOWN).then(|| {
            format!("{} runs CVAT {version}, which is newer than what Relook was tried with", self.url)
        });
        Ok((version, newer.into_iter().collect()))
    }

    /// Waits for a piece of the server's work.
    pub(super) fn wait(&self, task: &Task, work: &str) -> Result<Ended, EngineError> {
        self.ask(task, self.cvat.wait(work, &|share| task.reached((share * 100.0) as u64, 100)))
    }

    /// How many frames a task has.
    pub(super) fn size(&self, task: &Task, id: u64) -> Result<u64, EngineError> {
        Ok(self.ask(task, self.cvat.thing(Kind::Task, id))?.size.unwrap_or_default())
    }
}
