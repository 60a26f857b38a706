//! Work in the background: started, watched, paused, stopped.

use std::sync::{
    Arc, Mutex, TryLockError,
    atomic::{AtomicU64, Ordering},
};
use std::time::Duration;

use relook_domain::Stage;

use crate::{
    PERSON,
    cvat::{CvatPushReport, CvatTaken},
    error::{Code, EngineError},
    import::ImportReport,
    look::SecondLookOptions,
    pipeline::{DraftOptions, PassSummary},
    project::Project,
    task::{Control, Task, lock},
    view::{Event, JobKind, JobReport, JobRequest, JobState, JobView},
    watch::{WatchNews, in_turn},
};

type Listener = Box<dyn Fn(&Event) + Send + Sync>;

/// Who is told what happens.
#[derive(Clone, Default)]
pub struct Events {
    listeners: Arc<Mutex<Vec<Listener>>>,
}

impl Events {
    /// Calls `listener` for every event from now on, on the thread where it happens.
    pub fn listen(&self, listener: impl Fn(&Event) + Send + Sync + 'static) {
        lock(&self.listeners).push(Box::new(listener));
    }

    /// Nobody is told any more.
    pub fn clear(&self) {
        lock(&self.listeners).clear();
    }

    pub fn send(&self, event: &Event) {
        for listener in lock(&self.listeners).iter() {
            listener(event);
        }
    }
}

/// The jobs of one program.
#[derive(Clone, Default)]
pub struct Jobs {
    pub(crate) events: Events,
    next: Arc<AtomicU64>,
    list: Arc<Mutex<Vec<Job>>>,
    /// One inference at a time: two would only share the device.
    inference: Arc<Mutex<()>>,
}

struct Job {
    task: Arc<Task>,
    control: Control,
}

impl Jobs {
    #[must_use]
    pub fn new(events: Events) -> Self {
        Self { events, ..Self::default() }
    }

    /// Starts a job on a thread of its own.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn start(&self, project: &Project, request: JobRequest) -> Result<JobView, EngineError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let control = Control::default();
        let events = self.events.clone();
        let task = Arc::new(Task::new(id, kind(&request), control.clone(), move |view| {
            events.send(&Event::Job { job: view.clone() });
        }));
        lock(&self.list).push(Job { task: Arc::clone(&task), control });
        let view = task.view();
        let (project, jobs) = (project.clone(), self.clone());
        std::thread::Builder::new()
            .name(format!("job {id}"))
            .spawn(move || jobs.work(&project, request, &task))
            .map_err(|e| EngineError::Failed(format!("Could not start the job: {e}")))?;
        Ok(view)
    }

    fn work(&self, project: &Project, request: JobRequest, task: &Task) {
        let result = self.run(project, request, task);
        let (end, message, fallback) = match result {
            Ok(message) => (JobState::Done, message, None),
            Err(error) => {
                let end =
                    if error.code() == Code::Cancelled { JobState::Cancelled } else { JobState::Failed };
                let fallback = (error.code() == Code::DeviceUnavailable).then(|| "cpu".to_owned());
                (end, error.to_string(), fallback)
            }
        };
        task.finish(end, message, fallback);
        self.events.send(&Event::Changed { outside: false });
    }

    fn run(&self, project: &Project, request: JobRequest, task: &Task) -> Result<String, EngineError> {
        match request {
            JobRequest::Scan { folders } => {
                let folders: Vec<_> = folders.into_iter().map(Into::into).collect();
                let (new, known) = project.add_folders(&folders, task)?;
                Ok(match known {
                    0 => format!("{new} images added"),
                    _ => format!("{new} images added, {known} were there already"),
                })
            }
            JobRequest::Draft { model, device, again } => {
                let _turn = self.wait_for_inference(task)?;
                let options = DraftOptions { model, device, again, ..DraftOptions::default() };
                Ok(draft_message(&project.draft(&options, task)?))
            }
            JobRequest::SecondLook { model, device, again } => {
                let _turn = self.wait_for_inference(task)?;
                let options = SecondLookOptions { model, device, again, ..SecondLookOptions::default() };
                Ok(second_look_message(&project.second_look(&options, task)?))
            }
            JobRequest::FetchModels { names } => {
                let fetched = project.home().fetch_models(&names, task)?;
                let names: Vec<_> =
                    fetched.into_iter().map(|m| format!("{} ({})", m.name, m.licence)).collect();
                Ok(format!("Ready: {}", names.join(", ")))
            }
            JobRequest::InstallRuntime { kind } => {
                let view = project.home().install_runtime(kind, task)?;
                let version = view.runtimes.iter().find(|r| r.kind == kind).and_then(|r| r.installed.clone());
                let ready = format!("{} {}", kind.word(), version.unwrap_or_default());
                Ok(if view.restart {
                    format!("Ready: {ready}; restart Relook to use it")
                } else {
                    format!("Ready: {ready}")
                })
            }
            JobRequest::Watch => {
                let (mut drafted, mut looked, mut sent) = (0, 0, 0);
                loop {
                    let folders: Vec<_> = project.store().watched()?.into_iter().collect();
                    let turn = self.wait_for_inference(task)?;
                    for folder in &folders {
                        project.catch_up(*folder, true, true, task, |news| match news {
                            WatchNews::Drafted(sum) => drafted += sum.run,
                            WatchNews::SecondLook(sum) => looked += sum.run,
                            _ => {}
                        })?;
                    }
                    drop(turn);
                    let Some(send) = project.settings()?.send()? else { break };
                    let told = |report: CvatPushReport| sent += report.images;
                    match project.cvat_send_on(&send, &folders, Stage::SecondLook, task, told) {
                        Err(error) if error.may_pass() && error.code() != Code::Cancelled => {
                            task.warn(error.to_string());
                            project.wait_for_server(&send, &folders, task)?;
                        }
                        ended => {
                            ended?;
                            break;
                        }
                    }
                }
                Ok(match sent {
                    0 => format!("New photos: {drafted} drafted, {looked} looked at again"),
                    _ => {
                        format!(
                            "New photos: {drafted} drafted, {looked} looked at again, {sent} sent to CVAT"
                        )
                    }
                })
            }
            JobRequest::Export { request, force } => {
                let summary = match force {
                    true => project.export(&request, task)?,
                    false => project.export_sound(&request, task)?,
                };
                Ok(format!(
                    "{} images and {} boxes written to {}",
                    summary.images, summary.boxes, summary.out
                ))
            }
            JobRequest::Import { options } => {
                let report = project.import(&options, PERSON, task)?;
                let message = import_message(&report);
                task.report(JobReport::Import { report: Box::new(report) });
                Ok(message)
            }
            JobRequest::CvatPush { push } => {
                let report = in_turn(task, || project.cvat_push(&push, task))?;
                let message = push_message(&report);
                task.report(JobReport::CvatPush { report: Box::new(report) });
                Ok(message)
            }
            JobRequest::CvatPull { pull, take } => {
                let taken = in_turn(task, || project.cvat_take(&pull, &take, PERSON, task))?;
                let message = pull_message(&taken);
                task.report(JobReport::CvatPull { taken: Box::new(taken) });
                Ok(message)
            }
        }
    }

    fn wait_for_inference(&self, task: &Task) -> Result<std::sync::MutexGuard<'_, ()>, EngineError> {
        loop {
            match self.inference.try_lock() {
                Ok(turn) => return Ok(turn),
                Err(TryLockError::Poisoned(turn)) => return Ok(turn.into_inner()),
                Err(TryLockError::WouldBlock) => {
                    task.phase("Waiting for the job before it", 0, 0);
                    std::thread::sleep(Duration::from_millis(100));
                    task.checkpoint()?;
                }
            }
        }
    }

    /// All jobs since the start that were not dismissed, oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<JobView> {
        lock(&self.list).iter().map(|j| j.task.view()).collect()
    }

    /// Halts a job after the image in hand, or lets it go on.
    ///
    /// # Errors
    /// No such job.
    pub fn pause(&self, id: u64, paused: bool) -> Result<(), EngineError> {
        self.steer(id, |job| {
            job.control.pause(paused);
            job.task.mark(if paused { JobState::Paused } else { JobState::Running });
        })
    }

    /// Ends a job, an inference under way included; what it did is kept.
    ///
    /// # Errors
    /// No such job.
    pub fn cancel(&self, id: u64) -> Result<(), EngineError> {
        self.steer(id, |job| {
            job.task.mark(JobState::Stopping);
            job.control.stop();
        })
    }

    /// Takes an ended job off the list.
    ///
    /// # Errors
    /// It still runs.
    pub fn dismiss(&self, id: u64) -> Result<(), EngineError> {
        let mut list = lock(&self.list);
        if list.iter().any(|j| j.task.view().id == id && !ended(j)) {
            return Err(EngineError::Invalid("The job still runs; cancel it first".into()));
        }
        list.retain(|j| j.task.view().id != id);
        Ok(())
    }

    /// Whether a job has not ended yet.
    pub(crate) fn runs(&self, id: u64) -> bool {
        lock(&self.list).iter().any(|j| j.task.view().id == id && !ended(j))
    }

    /// Asks all jobs to end, for a program that ends.
    pub fn stop_all(&self) {
        lock(&self.list).iter().for_each(|j| j.control.stop());
    }

    fn steer(&self, id: u64, act: impl FnOnce(&Job)) -> Result<(), EngineError> {
        let list = lock(&self.list);
        let job = list.iter().find(|j| j.task.view().id == id);
        let job = job.ok_or_else(|| EngineError::NotFound(format!("There is no job {id}")))?;
        let state = job.task.view().state;
        if matches!(state, JobState::Running | JobState::Paused) {
            act(job);
        }
        Ok(())
    }
}

fn ended(job: &Job) -> bool {
    matches!(job.task.view().state, JobState::Done | JobState::Cancelled | JobState::Failed)
}

fn kind(request: &JobRequest) -> JobKind {
    match request {
        JobRequest::Scan { .. } => JobKind::Scan,
        JobRequest::Draft { .. } => JobKind::Draft,
        JobRequest::SecondLook { .. } => JobKind::SecondLook,
        JobRequest::FetchModels { .. } => JobKind::FetchModels,
        JobRequest::InstallRuntime { .. } => JobKind::InstallRuntime,
        JobRequest::Watch => JobKind::Watch,
        JobRequest::Export { .. } => JobKind::Export,
        JobRequest::Import { .. } => JobKind::Import,
        JobRequest::CvatPush { .. } => JobKind::CvatPush,
        JobRequest::CvatPull { .. } => JobKind::CvatPull,
    }
}

fn draft_message(sum: &PassSummary) -> String {
    match sum.images {
        0 => "Every image has a draft already".into(),
        _ => format!("{} boxes drafted on {} images{}", sum.boxes, sum.run, skipped(sum)),
    }
}

fn second_look_message(sum: &PassSummary) -> String {
    if sum.images == 0 {
        return "Every drafted image had its second look already".into();
    }
    let verdicts: Vec<_> = sum.verdicts.iter().map(|(word, n)| format!("{n} {word}")).collect();
    let verdicts = if verdicts.is_empty() { "nothing to change".into() } else { verdicts.join(", ") };
    format!("Looked at {} of {} images: {verdicts}{}", sum.run, sum.images, skipped(sum))
}

fn import_message(report: &ImportReport) -> String {
    match (report.added, report.removed) {
        (0, 0) => "Nothing to import: all of it is there, or yours is in its place".into(),
        (added, 0) => format!("{added} boxes imported"),
        (added, removed) => format!("{added} boxes imported in the place of {removed}"),
    }
}

fn push_message(report: &CvatPushReport) -> String {
    let CvatPushReport { task, images, shapes, .. } = report;
    match report.differences {
        0 => format!("Images and shapes in task {task}: {images} and {shapes}, read back as they were sent"),
        n => format!(
            "Images and shapes in task {task}: {images} and {shapes}; {n} differences when they were read back"
        ),
    }
}

fn pull_message(taken: &CvatTaken) -> String {
    match taken.taken {
        0 => "Nothing to take over: it is otherwise there by now".into(),
        1 => "1 box taken over from CVAT".into(),
        n => format!("{n} boxes taken over from CVAT"),
    }
}

fn skipped(sum: &PassSummary) -> String {
    match sum.failed {
        0 => String::new(),
        1 => "; 1 image could not be read".into(),
        n => format!("; {n} images could not be read"),
    }
}
