//! New photos of folders sent on as they come: each batch a task of its own, no photo twice.

use std::{collections::HashSet, str::FromStr};

use relook_domain::{FolderId, ImageId, Stage};
use relook_remote::cvat::{CvatError, Kind};

use super::{
    CvatPush, CvatPushReport, CvatTarget,
    net::Net,
    upload::{Done, Upload},
};
use crate::{error::EngineError, project::Project, task::Task, watch::in_turn};

/// Where new photos are sent on to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CvatSend {
    /// The connection's name.
    pub connection: String,
    /// A CVAT project's number.
    pub project: u64,
}

impl FromStr for CvatSend {
    type Err = EngineError;

    /// From `CONNECTION/PROJECT`.
    fn from_str(text: &str) -> Result<Self, EngineError> {
        let parts = text.rsplit_once('/').filter(|(connection, _)| !connection.is_empty());
        let both = parts.and_then(|(connection, project)| Some((connection, project.parse().ok()?)));
        let (connection, project) = both.ok_or_else(|| {
            EngineError::Invalid(format!(
                "{text:?} is not CONNECTION/PROJECT: a connection's name and a CVAT project's number, like team/12"
            ))
        })?;
        Ok(Self { connection: connection.to_owned(), project })
    }
}

impl Project {
    /// Finishes batches that were cut off, then sends the photos of folders that are through `stage` and in no upload to the
    /// server yet, as one new task; `told` hears of each. Which ones is asked with the job lock held, so nobody else sends the
    /// same. A batch that cannot be finished keeps none after it back.
    ///
    /// # Errors
    /// As [`Project::cvat_push`]; of several the first.
    pub(crate) fn cvat_send_on(
        &self,
        send: &CvatSend,
        folders: &[FolderId],
        stage: Stage,
        task: &Task,
        mut told: impl FnMut(CvatPushReport),
    ) -> Result<(), EngineError> {
        let _lock = in_turn(task, || Ok(self.store().lock_jobs("relook watch")?))?;
        let net = self.net(&send.connection)?;
        let mut failed = None;
        let mut heard = |sent: Result<Option<CvatPushReport>, EngineError>| match sent {
            Ok(report) => {
                if let Some(report) = report {
                    if report.differences > 0 {
                        task.warn(format!(
                            "{} shapes of task {} did not arrive as they were sent: compare with it",
                            report.differences, report.task
                        ));
                    }
                    told(report);
                }
                Ok(())
            }
            Err(error) if error.may_pass() => Err(error),
            Err(error) => {
                failed.get_or_insert(error);
                Ok(())
            }
        };
        for upload in self.begun_batches(&net.url)? {
            heard(self.finish(&net, upload, send, task))?;
        }
        let images = self.ready(&net.url, folders, stage)?;
        if !images.is_empty() {
            heard(self.send_batch(&net, send, images, task).map(Some))?;
        }
        failed.map_or(Ok(()), Err)
    }

    /// Whether [`Project::cvat_send_on`] would have something to do.
    ///
    /// # Errors
    /// There is no such connection, or the project cannot be read.
    pub(crate) fn cvat_waits(&self, send: &CvatSend, folders: &[FolderId]) -> Result<bool, EngineError> {
        let server = self.home().cvat_connection(&send.connection)?.url;
        Ok(!self.begun_batches(&server)?.is_empty()
            || !self.ready(&server, folders, Stage::SecondLook)?.is_empty())
    }

    /// Whether there is such a connection with a token.
    ///
    /// # Errors
    /// What is lacking.
    pub(crate) fn cvat_can_send(&self, send: &CvatSend) -> Result<(), EngineError> {
        self.net(&send.connection).map(|_| ())
    }

    fn begun_batches(&self, server: &str) -> Result<Vec<Upload>, EngineError> {
        let mut batches = Upload::all(self, server)?;
        batches.retain(|u| u.state.batch && u.state.done < Done::All);
        Ok(batches)
    }

    /// Goes on with a batch. One whose task was deleted before all had arrived is forgotten, so that its photos go with the
    /// next; not where the project is out of sight as well, for then the token or the organisation may be others.
    fn finish(
        &self,
        net: &Net,
        upload: Upload,
        send: &CvatSend,
        task: &Task,
    ) -> Result<Option<CvatPushReport>, EngineError> {
        match self.carry_on(net, upload.clone(), false, true, task) {
            Err(EngineError::Cvat(CvatError::Missing { .. }))
                if self.is_gone(net, &upload, send, task)? =>
            {
                if let Some(id) = upload.task {
                    task.warn(format!(
                        "Task {id} was deleted on the server before all of it had arrived: its photos go into a new one"
                    ));
                }
                self.store().forget_cvat_upload(upload.id)?;
                let _ = std::fs::remove_dir_all(upload.folder(self));
                Ok(None)
            }
            ended => ended.map(Some),
        }
    }

    fn is_gone(&self, net: &Net, upload: &Upload, send: &CvatSend, task: &Task) -> Result<bool, EngineError> {
        net.ask(task, net.cvat.thing(Kind::Project, send.project))?;
        let Some(id) = upload.task else { return Ok(true) };
        match net.ask(task, net.cvat.thing(Kind::Task, id)) {
            Ok(_) => Ok(false),
            Err(EngineError::Cvat(CvatError::Missing { .. })) => Ok(true),
            Err(error) => Err(error),
        }
    }

    fn send_batch(
        &self,
        net: &Net,
        send: &CvatSend,
        images: Vec<ImageId>,
        task: &Task,
    ) -> Result<CvatPushReport, EngineError> {
        let names: HashSet<String> = Upload::all(self, &net.url)?.into_iter().map(|u| u.state.name).collect();
        let project = crate::recent::name_of(self.path());
        let mut name = String::new();
        for n in 1.. {
            name = format!("{project} {n}");
            if !names.contains(&name) {
                break;
            }
        }
        let push = CvatPush {
            connection: send.connection.clone(),
            target: CvatTarget::Project { id: send.project },
            name,
            images: Some(images),
            ..CvatPush::default()
        };
        self.push_with(net, &push, true, task)
    }

    /// Photos to be sent, by id; one whose file is gone stays here.
    fn ready(&self, server: &str, folders: &[FolderId], stage: Stage) -> Result<Vec<ImageId>, EngineError> {
        let mut ready = Vec::new();
        for folder in folders {
            let path = self.folder(*folder)?;
            let all = self.store().cvat_ready(server, *folder, stage)?;
            ready.extend(all.into_iter().filter(|row| path.join(&row.path).is_file()).map(|row| row.id));
        }
        Ok(ready)
    }
}

#[cfg(test)]
mod tests {
    use super::CvatSend;

    #[test]
    fn a_place_to_send_to_is_a_connection_and_a_number() {
        for (text, connection, project) in [("team/12", "team", 12), ("a/b/7", "a/b", 7)] {
            let read: CvatSend = text.parse().unwrap();
            assert_eq!(read, CvatSend { connection: connection.into(), project });
        }
        for wrong in ["team", "/12", "team/", "team/x", "team/-1", ""] {
            assert!(wrong.parse::<CvatSend>().is_err(), "{wrong}");
        }
    }
}
