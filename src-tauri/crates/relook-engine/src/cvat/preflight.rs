//! What a push would do and what stands against it, before anything is sent.

use std::collections::{BTreeSet, HashMap, HashSet};

use relook_domain::ImageId;
use relook_remote::cvat::{Frame, Kind};

use super::{
    CvatBy, CvatChange, CvatObstacle,
    CvatObstacleKind::{self, Lint, Misfit, Overwrites, Wipes},
    CvatPreview, CvatPush, CvatTarget,
    differences::{both, told},
    labels::lacking,
    net::Net,
    upload::{Done, Upload},
};
use crate::{
    error::EngineError,
    export::sending::{Sending, Sent, sending},
    project::Project,
    task::Task,
};

/// What a preflight found, beyond what is told.
pub(super) struct Checked {
    pub preview: CvatPreview,
    pub images: Vec<ImageId>,
}

impl Project {
    /// Says what [`Project::cvat_push`] would do and what stands against it. The server is asked, and nothing is changed.
    ///
    /// # Errors
    /// The server cannot be asked, the token may not write, or there is nothing to send.
    pub fn cvat_preview(&self, push: &CvatPush, task: &Task) -> Result<CvatPreview, EngineError> {
        let net = self.net(&push.connection)?;
        let name = self.task_name(push);
        let same = Upload::same(self, &net.url, push, &name)?;
        Ok(self.preflight(&net, push, &name, same.as_ref(), task)?.preview)
    }

    pub(super) fn preflight(
        &self,
        net: &Net,
        push: &CvatPush,
        name: &str,
        same: Option<&Upload>,
        task: &Task,
    ) -> Result<Checked, EngineError> {
        task.phase("Asking the server", 0, 0);
        let (version, mut findings) = net.version(task)?;
        let user = net.ask(task, net.cvat.user())?;
        let resumed = same.filter(|u| u.state.done < Done::All);
        let sent_before = same.filter(|u| u.state.done == Done::All).and_then(|u| u.task);
        let (into_task, project) = match push.target {
            CvatTarget::Task { id } => (Some(id), None),
            CvatTarget::Project { id } => (sent_before, Some(id)),
            CvatTarget::New | CvatTarget::NewProject { .. } => (sent_before, None),
        };
        net.ask(task, net.cvat.check_writable(into_task, project))?;
        let frames = into_task.map(|id| net.ask(task, net.cvat.frames(id))).transpose()?;
        let mut only: Option<HashSet<ImageId>> = match resumed {
            Some(upload) => Some(self.store().cvat_images(upload.id)?.into_iter().collect()),
            None => push.images.as_ref().map(|ids| ids.iter().copied().collect()),
        };
        if let (Some(id), Some(frames), None) = (into_task, &frames, &only) {
            let (there, elsewhere) = self.held_by(frames, task)?;
            only = Some(there);
            findings.extend(elsewhere.first().map(|name| {
                format!(
                    "{} images are not in task {id} and stay here, such as {name}. CVAT takes no more images into a task that has \
                     some: send them as a task of their own",
                    elsewhere.len()
                )
            }));
        }
        let all = sending(self, push.include, only.as_ref(), None, task)?;
        if all.images.is_empty() {
            return Err(EngineError::Invalid(
                "There are no images to send: the project has none, all were sent before, or the task has none of them".into(),
            ));
        }
        let mut against = Vec::new();
        let mut stands = |kind: CvatObstacleKind, said: Option<String>| match kind != Misfit && push.force {
            true => findings.extend(said),
            false => against.extend(said.map(|said| CvatObstacle { kind, said })),
        };
        stands(Lint, all.lint.first_error());
        let used: BTreeSet<&str> = all.summary.by_label.iter().map(|(l, _)| l.as_str()).collect();
        let held_by = match (into_task, project) {
            (Some(id), _) => Some((Kind::Task, id, format!("Task {id}"))),
            (None, Some(id)) => Some((Kind::Project, id, format!("Project {id}"))),
            (None, None) => None,
        };
        if let Some((kind, id, place)) = &held_by {
            let theirs = net.ask(task, net.cvat.labels(*kind, *id))?;
            let lacking = lacking(&all.labels, &used, &theirs, place);
            lacking.into_iter().for_each(|said| stands(Misfit, Some(said)));
        }
        if let (Some(id), Some(frames)) = (into_task, &frames) {
            let misplaced = misplaced(id, &all.images, frames);
            let fits = misplaced.is_none();
            stands(Misfit, misplaced);
            stands(Wipes, wiped(id, &all.images, frames));
            if fits {
                stands(Overwrites, self.overwritten(net, id, &all, push, task)?);
            }
        }
        findings.extend(all.summary.findings);
        let plan = match (resumed.and_then(|u| u.task), into_task, &push.target) {
            (Some(id), _, _) => format!("Goes on with task {id}"),
            (None, Some(id), _) => format!("Replaces the annotations of task {id}"),
            (None, None, CvatTarget::Project { id }) => format!("Makes the task {name:?} in project {id}"),
            (None, None, CvatTarget::NewProject { name: project }) => {
                format!("Makes the project {project:?} with the task {name:?}")
            }
            (None, None, _) => format!("Makes the task {name:?}"),
        };
        let preview = CvatPreview {
            server: net.url.clone(),
            version,
            user,
            plan,
            images: all.images.len() as u64,
            shapes: all.summary.boxes,
            obstacles: against,
            findings,
        };
        Ok(Checked { preview, images: all.images.into_iter().map(|i| i.id).collect() })
    }

    /// Our images that a task has, by name, and the names of the others.
    fn held_by(&self, frames: &[Frame], task: &Task) -> Result<(HashSet<ImageId>, Vec<String>), EngineError> {
        let there: HashSet<&str> = frames.iter().map(|f| f.name.as_str()).collect();
        let (held, others): (Vec<_>, Vec<_>) =
            self.named_images(task)?.into_iter().partition(|(_, name, _)| there.contains(name.as_str()));
        Ok((
            held.into_iter().map(|(id, ..)| id).collect(),
            others.into_iter().map(|(_, name, _)| name).collect(),
        ))
    }

    pub(super) fn task_name(&self, push: &CvatPush) -> String {
        match push.name.trim() {
            "" => crate::recent::name_of(self.path()),
            name => name.to_owned(),
        }
    }

    /// What others did in a task, which a push would undo.
    fn overwritten(
        &self,
        net: &Net,
        id: u64,
        all: &Sending,
        push: &CvatPush,
        task: &Task,
    ) -> Result<Option<String>, EngineError> {
        let record = Upload::all(self, &net.url)?.into_iter().rev().find(|u| u.task == Some(id));
        let folder =
            tempfile::tempdir().map_err(|e| EngineError::Failed(format!("No temporary folder: {e}")))?;
        let file = self.read_task(net, id, folder.path(), task)?;
        let only = all.images.iter().map(|i| i.id).collect();
        let names: HashMap<ImageId, &str> = all.images.iter().map(|i| (i.id, i.name.as_str())).collect();
        let labels = self.labels_by_id()?;
        let (mut count, mut such_as) = (0_u64, None);
        both(self, (record.map(|u| u.id), push.include), &only, &file, task, |image| {
            for place in image.places() {
                let path = names.get(&image.image).copied().unwrap_or_default();
                let Some(difference) = told(&image, place, path, &labels) else { continue };
                let theirs = match difference.by {
                    CvatBy::Ours => false,
                    CvatBy::Unknown => difference.change != CvatChange::Removed,
                    CvatBy::Theirs | CvatBy::Both => true,
                };
                if theirs {
                    count += 1;
                    such_as.get_or_insert(difference);
                }
            }
            Ok(())
        })?;
        Ok(such_as.map(|d| {
            format!(
                "{count} shapes of task {id} are otherwise there and would be overwritten, such as {} on {}: {}",
                d.label, d.path, d.said
            )
        }))
    }
}

/// Images of ours that a task does not have as they are here.
pub(super) fn misplaced(id: u64, ours: &[Sent], frames: &[Frame]) -> Option<String> {
    let there: HashMap<&str, &Frame> = frames.iter().map(|f| (f.name.as_str(), f)).collect();
    let lacking: Vec<&Sent> = ours.iter().filter(|i| !there.contains_key(i.name.as_str())).collect();
    if let Some(first) = lacking.first() {
        return Some(format!(
            "Task {id} lacks {} of the images, such as {}. CVAT takes no more images into a task that has some: send new ones as \
             a task of their own",
            lacking.len(),
            first.name
        ));
    }
    let size =
        |i: &&Sent| there.get(i.name.as_str()).is_some_and(|f| (f.width, f.height) != (i.width, i.height));
    ours.iter().find(size).map(|image| {
        format!(
            "{} is {} by {} pixels here and of another size in task {id}: its shapes would be in the wrong place. Is it the \
             same photo?",
            image.name, image.width, image.height
        )
    })
}

/// Images of a task that are not sent.
fn wiped(id: u64, ours: &[Sent], frames: &[Frame]) -> Option<String> {
    let names: HashSet<&str> = ours.iter().map(|i| i.name.as_str()).collect();
    let others: Vec<&Frame> = frames.iter().filter(|f| !names.contains(f.name.as_str())).collect();
    others.first().map(|first| {
        format!(
            "Task {id} has {} images that are not sent, such as {}: what is annotated on them would be wiped",
            others.len(),
            first.name
        )
    })
}
