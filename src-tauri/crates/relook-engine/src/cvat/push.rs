//! Sending: step by step, each noted before the next, so that it goes on wherever it was cut off.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
};

use relook_domain::{AnnotationId, ImageId, Label, LabelId};
use relook_remote::cvat::{Begun, Ended, Kind};

use super::{
    CvatObstacle, CvatPush, CvatPushReport, CvatSent, CvatTarget,
    agreed::Agreed,
    connections,
    differences::{both, told},
    labels::json_of,
    link,
    net::Net,
    pack::{FILES, pack},
    preflight::misplaced,
    upload::{Done, Upload},
};
use crate::{
    error::EngineError,
    export::sending::{Sending, sending},
    project::Project,
    task::Task,
};

/// So many differences are listed in a report.
const LISTED: usize = 100;
/// Images are noted in portions of so many.
const NOTED: usize = 500;

/// Shapes by id with the revision that was sent.
type Revisions = HashMap<AnnotationId, i64>;

impl Project {
    pub(super) fn net(&self, connection: &str) -> Result<Net, EngineError> {
        let connection = self.home().cvat_connection(connection)?;
        Net::new(&connection, &connections::token(&connection)?)
    }

    pub(super) fn labels_by_id(&self) -> Result<BTreeMap<LabelId, Label>, EngineError> {
        Ok(self.store().labels()?.into_iter().map(|l| (l.id, l)).collect())
    }

    /// Sends images and shapes to a task, and reads back what arrived. Cut off at any moment, the same push goes on where it
    /// was. A task sent before is sent anew, into the same task.
    ///
    /// # Errors
    /// [`EngineError::Lint`] tells what stands against it; nothing was sent then. Else the server refuses or cannot be
    /// reached, or another program runs a job on the project.
    pub fn cvat_push(&self, push: &CvatPush, task: &Task) -> Result<CvatPushReport, EngineError> {
        let _lock = self.store().lock_jobs("relook cvat push")?;
        self.push_with(&self.net(&push.connection)?, push, false, task)
    }

    /// With the lock held. `batch`: of a watched folder.
    pub(super) fn push_with(
        &self,
        net: &Net,
        push: &CvatPush,
        batch: bool,
        task: &Task,
    ) -> Result<CvatPushReport, EngineError> {
        let name = self.task_name(push);
        let same = Upload::same(self, &net.url, push, &name)?;
        if let Some(upload) = same.clone().filter(|u| u.state.done < Done::All) {
            return self.carry_on(net, upload, push.force, true, task);
        }
        let checked = self.preflight(net, push, &name, same.as_ref(), task)?;
        if !checked.preview.obstacles.is_empty() {
            let told = |o: &CvatObstacle| format!("{}{}. ", o.said, o.kind.way_out());
            let all: String = checked.preview.obstacles.iter().map(told).collect();
            return Err(EngineError::Lint(format!("{all}Nothing was sent")));
        }
        let upload = match same {
            Some(mut upload) => {
                upload.state.include = push.include;
                upload.reached(self, Done::Frames)?;
                upload
            }
            None => Upload::begin(self, &net.url, push, name, batch, &checked.images)?,
        };
        self.carry_on(net, upload, push.force, false, task)
    }

    /// Finishes the pushes to a server that were cut off, oldest first.
    ///
    /// # Errors
    /// As [`Project::cvat_push`].
    pub fn cvat_resume(&self, connection: &str, task: &Task) -> Result<Vec<CvatPushReport>, EngineError> {
        let _lock = self.store().lock_jobs("relook cvat push")?;
        let net = self.net(connection)?;
        let mut begun = Upload::all(self, &net.url)?;
        begun.retain(|u| u.state.done < Done::All);
        begun.into_iter().map(|upload| self.carry_on(&net, upload, false, true, task)).collect()
    }

    /// What was sent to this connection's server or begun to be, the newest first.
    ///
    /// # Errors
    /// There is no such connection, or the project cannot be read.
    pub fn cvat_sent(&self, connection: &str) -> Result<Vec<CvatSent>, EngineError> {
        let server = self.home().cvat_connection(connection)?.url;
        let one = |upload: Upload| {
            Ok(CvatSent {
                task: upload.task,
                images: self.store().cvat_images(upload.id)?.len() as u64,
                name: upload.state.name,
                target: upload.state.target,
                include: upload.state.include,
                done: upload.state.done == Done::All,
                batch: upload.state.batch,
            })
        };
        Upload::all(self, &server)?.into_iter().rev().map(one).collect()
    }

    /// Images that were not sent to this connection's server, by id.
    ///
    /// # Errors
    /// There is no such connection, or the project cannot be read.
    pub fn cvat_unsent(&self, connection: &str) -> Result<Vec<ImageId>, EngineError> {
        Ok(self.store().cvat_unsent(&self.home().cvat_connection(connection)?.url)?)
    }

    pub(super) fn carry_on(
        &self,
        net: &Net,
        mut upload: Upload,
        force: bool,
        resumed: bool,
        task: &Task,
    ) -> Result<CvatPushReport, EngineError> {
        let only: HashSet<ImageId> = self.store().cvat_images(upload.id)?.into_iter().collect();
        let include = upload.state.include;
        if upload.state.done < Done::Frames {
            let all = sending(self, include, Some(&only), None, task)?;
            if upload.state.done < Done::Task {
                self.make_task(net, &mut upload, &all, task)?;
            }
            let id = task_of(&upload)?;
            net.ask(task, net.cvat.unmark(Kind::Task, id))?;
            if upload.state.done < Done::Files {
                self.send_files(net, &mut upload, &all, task)?;
            }
            self.make_frames(net, &mut upload, resumed, task)?;
        }
        let id = task_of(&upload)?;
        let folder = upload.folder(self);
        std::fs::create_dir_all(&folder).map_err(EngineError::file("Could not make", &folder))?;
        let mut sent = None;
        if upload.state.done < Done::Annotations {
            let all = self.send_annotations(net, &upload, &only, force, task)?;
            upload.reached(self, Done::Annotations)?;
            sent = Some(all.images.into_iter().flat_map(|i| i.shapes).collect::<Revisions>());
        }
        let file = self.read_task(net, id, &folder, task)?;
        let mut report = self.hold_against(&upload, &only, sent.as_ref(), &file, task)?;
        report.resumed = resumed;
        upload.reached(self, Done::All)?;
        // Only a cache: what is left of it harms nothing.
        let _ = std::fs::remove_dir_all(&folder);
        Ok(report)
    }

    /// Makes the task, and before it the project where one is wanted; what the server made before it was cut off is found
    /// by its mark.
    fn make_task(
        &self,
        net: &Net,
        upload: &mut Upload,
        all: &Sending,
        task: &Task,
    ) -> Result<(), EngineError> {
        let labels = json_of(&all.labels)?;
        let mark = upload.state.mark.clone();
        if let (CvatTarget::NewProject { name }, None) = (upload.state.target.clone(), upload.state.project) {
            let id = self.made(net, upload, Kind::Project, &name, None, &labels, &mark, task)?;
            upload.state.project = Some(id);
            upload.state.asked = false;
            upload.save(self)?;
        }
        if let (CvatTarget::NewProject { .. }, Some(id)) = (&upload.state.target, upload.state.project) {
            net.ask(task, net.cvat.unmark(Kind::Project, id))?;
        }
        let (name, project) = (upload.state.name.clone(), upload.state.project);
        let id = self.made(net, upload, Kind::Task, &name, project, &labels, &mark, task)?;
        upload.task = Some(id);
        upload.reached(self, Done::Task)
    }

    #[expect(clippy::too_many_arguments, reason = "they are what the server is told")]
    fn made(
        &self,
        net: &Net,
        upload: &mut Upload,
        kind: Kind,
        name: &str,
        project: Option<u64>,
        labels: &serde_json::Value,
        mark: &str,
        task: &Task,
    ) -> Result<u64, EngineError> {
        if upload.state.asked
            && let Some(id) = net.ask(task, net.cvat.marked(kind, name, mark))?
        {
            return Ok(id);
        }
        upload.state.asked = true;
        upload.save(self)?;
        net.ask(task, net.cvat.make(kind, name, labels, project, mark))
    }

    fn send_files(
        &self,
        net: &Net,
        upload: &mut Upload,
        all: &Sending,
        task: &Task,
    ) -> Result<(), EngineError> {
        let id = task_of(upload)?;
        let files = pack(&upload.folder(self), &all.images, task)?;
        if upload.state.files.is_empty() {
            net.ask(task, net.cvat.begin_data(id))?;
        }
        for (n, (name, path)) in FILES.iter().zip(&files).enumerate() {
            let length = std::fs::metadata(path).map_err(EngineError::file("Could not read", path))?.len();
            task.phase("Sending the photos", 0, length);
            if upload.state.files.len() <= n {
                let begun = match net.ask(task, net.cvat.begin_file(id, name, length))? {
                    Begun::As(file) => file,
                    // Whole already: it was noted just not yet.
                    Begun::There => String::new(),
                };
                upload.state.files.push(begun);
                upload.save(self)?;
            }
            let file = &upload.state.files[n];
            if !file.is_empty() {
                let progress = |sent| task.reached(sent, length);
                net.ask(task, net.cvat.send_file(id, file, path, &progress))?;
            }
        }
        upload.reached(self, Done::Files)
    }

    /// Has CVAT make its frames. Where it was cut off before, CVAT may be at it or be done.
    fn make_frames(
        &self,
        net: &Net,
        upload: &mut Upload,
        resumed: bool,
        task: &Task,
    ) -> Result<(), EngineError> {
        let id = task_of(upload)?;
        task.phase("Waiting for CVAT to take in the photos", 0, 0);
        let mut ended = Ended::Forgotten;
        if resumed {
            ended = match net.size(task, id)? {
                0 => net.wait(task, &format!("action=create&target=task&target_id={id}"))?,
                _ => Ended::Done(None),
            };
        }
        if ended == Ended::Forgotten {
            let work = net.ask(task, net.cvat.finish_data(id))?;
            ended = net.wait(task, &work)?;
        }
        match ended {
            Ended::Done(_) => upload.reached(self, Done::Frames),
            Ended::Forgotten if net.size(task, id)? > 0 => upload.reached(self, Done::Frames),
            Ended::Forgotten | Ended::Failed(_) => {
                let words = match ended {
                    Ended::Failed(words) => words,
                    _ => "it no longer knows of them".into(),
                };
                // A task whose data failed takes no others.
                self.store().forget_cvat_upload(upload.id)?;
                let _ = std::fs::remove_dir_all(upload.folder(self));
                Err(EngineError::Failed(format!(
                    "CVAT did not take in the photos: {words}. Its task {id} stays empty: delete it there. The next push makes a \
                     new one"
                )))
            }
        }
    }

    fn send_annotations(
        &self,
        net: &Net,
        upload: &Upload,
        only: &HashSet<ImageId>,
        force: bool,
        task: &Task,
    ) -> Result<Sending, EngineError> {
        let id = task_of(upload)?;
        let xml = upload.folder(self).join("annotations.xml");
        let all = sending(self, upload.state.include, Some(only), Some(&xml), task)?;
        if !force {
            all.lint.without_errors(
                "No shapes were sent. \"relook lint\" lists all; mend them, then push again",
            )?;
        }
        let frames = net.ask(task, net.cvat.frames(id))?;
        if let Some(why) = misplaced(id, &all.images, &frames) {
            return Err(EngineError::Failed(format!("{why}. No shapes were sent")));
        }
        task.phase("Sending the annotations", 0, 0);
        loop {
            let (work, ours) = net.ask(task, net.cvat.import(id, &xml))?;
            task.phase("Waiting for CVAT to take in the annotations", 0, 0);
            let ended = net.wait(task, &work)?;
            match ended {
                // Another import was under way: now it is this one's turn.
                _ if !ours => {}
                Ended::Done(_) | Ended::Forgotten => return Ok(all),
                Ended::Failed(words) => {
                    return Err(EngineError::Failed(format!(
                        "CVAT did not take in the annotations of task {id}: {words}. What was there before stays; push again once \
                         that is mended"
                    )));
                }
            }
        }
    }

    /// Has the server write a task's annotations and fetches them into `folder`.
    pub(super) fn read_task(
        &self,
        net: &Net,
        id: u64,
        folder: &Path,
        task: &Task,
    ) -> Result<PathBuf, EngineError> {
        task.phase("Reading back from CVAT", 0, 0);
        let file = folder.join("there.zip");
        loop {
            let (work, ours) = net.ask(task, net.cvat.export(id))?;
            match net.wait(task, &work)? {
                // One that was asked for before may not know the newest.
                _ if !ours => {}
                Ended::Done(Some(result)) => {
                    net.ask(task, net.cvat.download(&result, &file))?;
                    return Ok(file);
                }
                Ended::Failed(words) => {
                    return Err(EngineError::Failed(format!("CVAT could not write task {id}: {words}")));
                }
                Ended::Done(None) | Ended::Forgotten => {
                    return Err(EngineError::Failed(format!(
                        "CVAT has not kept what it wrote of task {id}. Try again"
                    )));
                }
            }
        }
    }

    /// Compares what was sent with what arrived, and notes what both sides agree on. `sent`: the revisions sent, where they
    /// are known.
    fn hold_against(
        &self,
        upload: &Upload,
        only: &HashSet<ImageId>,
        sent: Option<&Revisions>,
        file: &Path,
        task: &Task,
    ) -> Result<CvatPushReport, EngineError> {
        let labels = self.labels_by_id()?;
        let id = task_of(upload)?;
        let mut report = CvatPushReport {
            server: upload.server.clone(),
            task: id,
            link: link(&upload.server, id),
            images: only.len() as u64,
            shapes: 0,
            resumed: false,
            equal: 0,
            changed_meanwhile: 0,
            differences: 0,
            such_as: Vec::new(),
        };
        let mut notes = Vec::new();
        let read = both(self, (None, upload.state.include), only, file, task, |image| {
            task.checkpoint()?;
            let name = self.image_row(image.image)?.path;
            report.equal += image.compared.equal.len() as u64;
            report.shapes += image.ours.len() as u64;
            // What was changed here after it was sent says nothing about how it arrived.
            let late =
                |a: &relook_domain::Annotation| sent.is_some_and(|s| s.get(&a.id) != Some(&a.revision));
            let changed_here = image.ours.iter().filter(|a| late(a)).count() as u64;
            report.changed_meanwhile += changed_here;
            if changed_here == 0 {
                for place in image.places() {
                    report.differences += 1;
                    if report.such_as.len() < LISTED {
                        report.such_as.extend(told(&image, place, &name, &labels));
                    }
                }
            }
            let agreed = Agreed::of(&image.ours, &image.theirs, &image.compared);
            notes.push((image.image, agreed.text()?));
            if notes.len() == NOTED {
                self.store().agree_with_cvat(upload.id, &notes)?;
                notes.clear();
            }
            Ok(())
        })?;
        self.store().agree_with_cvat(upload.id, &notes)?;
        // Shapes of labels or on images that we do not have can only have come from others.
        report.differences += read.unknown_labels.iter().map(|(_, n)| n).sum::<u64>();
        Ok(report)
    }
}

fn task_of(upload: &Upload) -> Result<u64, EngineError> {
    upload.task.ok_or_else(|| EngineError::Failed("The upload has no task yet; push again".into()))
}
