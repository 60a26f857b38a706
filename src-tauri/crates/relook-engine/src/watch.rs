//! Watched folders: new photos join the project and go through both models as they come.
//!
//! What is to be done is asked of the folder and of the project each time, never remembered: after a restart, a lost
//! message of the file system or a `kill -9`, looking again is going on.

mod bell;
mod sift;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use relook_domain::{FolderId, Stage};
use relook_store::NewImage;
use serde::Serialize;

use self::{
    bell::Bell,
    sift::{Sieve, Sifted},
};
use crate::{
    cvat::{CvatPushReport, CvatSend},
    error::{Code, EngineError},
    jobs::Jobs,
    look::SecondLookOptions,
    pipeline::{DraftOptions, PassSummary},
    project::Project,
    scan,
    task::{Control, Task},
    view::{Event, JobKind, JobRequest},
};

/// Looks are at least so far apart: a folder that is being filled is not looked through without end.
const REST: Duration = Duration::from_millis(300);
/// While files are still being written.
const SOON: Duration = Duration::from_millis(500);
/// Even where the file system tells what happens: it may forget to.
const SELDOM: Duration = Duration::from_secs(60);
/// Where it tells nothing.
const OFTEN: Duration = Duration::from_secs(5);
/// So often it is asked whether to stop.
const TICK: Duration = Duration::from_millis(200);
/// So often another program's job is waited for.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// What to watch, and what to do with what comes.
#[derive(Clone, Debug)]
pub struct WatchOptions {
    /// Registered where they are not yet; none: those of the project that are set to be watched.
    pub folders: Vec<PathBuf>,
    pub draft: bool,
    /// Only where there is a draft.
    pub second_look: bool,
    /// Look so often instead of being told by the file system, which tells nothing of many network drives.
    pub poll: Option<Duration>,
    /// Where photos go once the models are done with them; `None`: where the project's settings say, if anywhere.
    pub send: Option<CvatSend>,
    /// End when all that is there is done.
    pub once: bool,
}

/// What a watch saw or did.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum WatchNews {
    /// It begins; `polling`: the folder is looked through every few seconds, as nothing is told of it.
    Watching {
        folder: String,
        polling: bool,
    },
    /// New photos, by their paths below the folder.
    Added {
        folder: String,
        images: Vec<String>,
    },
    /// Photos that are others now; they are drafted anew, and what people decided stays.
    Changed {
        folder: String,
        images: Vec<String>,
    },
    /// Photos that are there no more; they stay in the project with their labels.
    Gone {
        folder: String,
        images: Vec<String>,
    },
    Drafted(PassSummary),
    SecondLook(PassSummary),
    /// A batch that is a CVAT task now.
    Sent(Box<CvatPushReport>),
}

impl Project {
    /// Sets whether the window watches a folder while the project is open in it.
    ///
    /// # Errors
    /// No such folder, or the file cannot be written.
    pub fn set_watched(&self, folder: FolderId, on: bool) -> Result<(), EngineError> {
        self.folder(folder)?;
        Ok(self.store().set_watched(folder, on)?)
    }

    /// The folder of this path; one that is not registered is, and its photos join as they are looked at.
    ///
    /// # Errors
    /// It cannot be read, is inside (or around) a registered one, or the project cannot be written.
    pub fn folder_at(&self, path: &Path) -> Result<FolderId, EngineError> {
        let real = scan::resolve(path).map_err(EngineError::file("Could not open the folder", path))?;
        self.check_overlap(&real)?;
        let text = real.to_str().ok_or_else(|| {
            EngineError::Invalid(format!("{} is not valid Unicode; rename the folder", real.display()))
        })?;
        Ok(self.store().add_folder(text)?)
    }

    /// Watches folders until it is asked to stop, which is no error. `told` hears what happens.
    ///
    /// # Errors
    /// A folder cannot be opened, none is named or set to be watched, or a model cannot run; what was done is kept.
    pub fn watch(
        &self,
        options: &WatchOptions,
        task: &Task,
        told: impl FnMut(WatchNews),
    ) -> Result<(), EngineError> {
        match self.watch_on(options, task, told) {
            Err(error) if error.code() == Code::Cancelled => Ok(()),
            ended => ended,
        }
    }

    fn watch_on(
        &self,
        options: &WatchOptions,
        task: &Task,
        mut told: impl FnMut(WatchNews),
    ) -> Result<(), EngineError> {
        let ids = match options.folders.as_slice() {
            [] => self.store().watched()?.into_iter().collect(),
            named => named.iter().map(|path| self.folder_at(path)).collect::<Result<Vec<_>, _>>()?,
        };
        if ids.is_empty() {
            return Err(EngineError::Invalid(
                "No folder of this project is set to be watched: name one, or set it with --set on".into(),
            ));
        }
        let send = match &options.send {
            Some(send) => Some(send.clone()),
            None => self.settings()?.send()?,
        };
        let send = send.filter(|_| options.draft);
        if let Some(send) = &send {
            self.cvat_can_send(send)?;
        }
        let mut watcher = Watcher::new(self, &ids, options.poll)?;
        watcher.begun().into_iter().for_each(&mut told);
        // What came before it began may be left from a watch that was cut off.
        let mut wanted = true;
        let mut unsent = None;
        loop {
            let news = watcher.look(self, task)?;
            wanted |= news.iter().any(WatchNews::asks_for_models);
            news.into_iter().for_each(&mut told);
            if wanted {
                let mut work = ids
                    .iter()
                    .map(|id| self.catch_up(*id, options.draft, options.second_look, task, &mut told));
                let done = work.try_for_each(|done| done);
                let sent = done.and_then(|()| match &send {
                    Some(send) => self.send_on(send, &ids, options, task, &mut told),
                    None => Ok(None),
                });
                match sent {
                    Ok(left) => (wanted, unsent) = (false, left),
                    // A drive or a server that is gone may come back.
                    Err(error) if error.may_come_back() && !options.once => task.warn(error.to_string()),
                    Err(error) => return Err(error),
                }
            }
            if options.once && !watcher.waits() {
                return unsent.map_or(Ok(()), Err);
            }
            if let Some(error) = unsent.take_if(|_| !options.once) {
                task.warn(error.to_string());
            }
            task.phase("Watching for new photos", 0, 0);
            watcher.rest(task)?;
        }
    }

    /// Drafts what has no draft below a folder, and takes the second look. A job of another program is waited for.
    pub(crate) fn catch_up(
        &self,
        folder: FolderId,
        draft: bool,
        second_look: bool,
        task: &Task,
        mut told: impl FnMut(WatchNews),
    ) -> Result<(), EngineError> {
        let left = |stage| self.store().count_without_pass(stage, None, Some(folder));
        if draft && left(Stage::Draft)? > 0 {
            let options = DraftOptions { folder: Some(folder), ..DraftOptions::default() };
            told(WatchNews::Drafted(in_turn(task, || self.draft(&options, task))?));
        }
        if draft && second_look && left(Stage::SecondLook)? > 0 {
            let options = SecondLookOptions { folder: Some(folder), ..SecondLookOptions::default() };
            told(WatchNews::SecondLook(in_turn(task, || self.second_look(&options, task))?));
        }
        Ok(())
    }

    /// Sends what the models are done with to the server. Handed out is why some could not go although nothing else is kept
    /// back by it: trying again would not help by itself, so it is tried with what comes next.
    fn send_on(
        &self,
        send: &CvatSend,
        folders: &[FolderId],
        options: &WatchOptions,
        task: &Task,
        mut told: impl FnMut(WatchNews),
    ) -> Result<Option<EngineError>, EngineError> {
        let stage = if options.second_look { Stage::SecondLook } else { Stage::Draft };
        let sent = |report| told(WatchNews::Sent(Box::new(report)));
        match self.cvat_send_on(send, folders, stage, task, sent) {
            Err(error) if error.code() != Code::Cancelled && (options.once || !error.may_pass()) => {
                Ok(Some(error))
            }
            ended => ended.map(|()| None),
        }
    }

    /// Waits until a server that was away may be back, other photos came, or it is set otherwise.
    pub(crate) fn wait_for_server(
        &self,
        send: &CvatSend,
        folders: &[FolderId],
        task: &Task,
    ) -> Result<(), EngineError> {
        task.phase("Waiting for CVAT", 0, 0);
        let since = Instant::now();
        while since.elapsed() < SELDOM && self.settings()?.send()?.as_ref() == Some(send) {
            task.checkpoint()?;
            for folder in folders {
                if self.is_behind(*folder)? {
                    return Ok(());
                }
            }
            std::thread::sleep(TICK);
        }
        Ok(())
    }

    /// Whether a model is still to see a photo of the folder.
    fn is_behind(&self, folder: FolderId) -> Result<bool, EngineError> {
        let left = |stage| self.store().count_without_pass(stage, None, Some(folder));
        Ok(left(Stage::Draft)? + left(Stage::SecondLook)? > 0)
    }
}

/// Does what needs the project's job lock, once whoever holds it is done.
pub(crate) fn in_turn<T>(task: &Task, work: impl Fn() -> Result<T, EngineError>) -> Result<T, EngineError> {
    loop {
        match work() {
            Err(error) if error.code() == Code::Busy => {
                task.phase("Waiting for another job on this project", 0, 0);
                let since = Instant::now();
                while since.elapsed() < TRY_AGAIN {
                    task.checkpoint()?;
                    std::thread::sleep(TICK);
                }
            }
            ended => return ended,
        }
    }
}

impl WatchNews {
    fn asks_for_models(&self) -> bool {
        matches!(self, Self::Added { .. } | Self::Changed { .. })
    }
}

/// The watched folders of one project, and how they looked last.
struct Watcher {
    folders: BTreeMap<FolderId, Watched>,
    bell: Bell,
    every: Duration,
    looked: Instant,
}

struct Watched {
    path: PathBuf,
    sieve: Sieve,
    /// Said of it already.
    warned: Vec<String>,
}

impl Watcher {
    fn new(project: &Project, ids: &[FolderId], poll: Option<Duration>) -> Result<Self, EngineError> {
        let mut folders = BTreeMap::new();
        for id in ids {
            let sieve = Sieve::new(project.store().files_of(*id)?);
            folders.insert(*id, Watched { path: project.folder(*id)?, sieve, warned: Vec::new() });
        }
        let bell = match poll {
            Some(_) => Bell::silent(),
            None => Bell::hung(folders.values().map(|f: &Watched| f.path.as_path())),
        };
        let every = poll.unwrap_or(if bell.is_silent() { OFTEN } else { SELDOM });
        Ok(Self { folders, bell, every, looked: Instant::now() })
    }

    fn begun(&self) -> Vec<WatchNews> {
        let polling = self.bell.is_silent();
        let of = |f: &Watched| WatchNews::Watching { folder: f.path.display().to_string(), polling };
        self.folders.values().map(of).collect()
    }

    /// Whether files are there that are still being written.
    fn waits(&self) -> bool {
        self.folders.values().any(|f| f.sieve.waits())
    }

    /// Looks through the folders; what is whole joins the project.
    fn look(&mut self, project: &Project, task: &Task) -> Result<Vec<WatchNews>, EngineError> {
        let renamed = self.bell.renamed();
        let mut news = Vec::new();
        for (id, folder) in &mut self.folders {
            let looking = Task::new(0, JobKind::Scan, task.control().clone(), |_| {});
            let found: Vec<NewImage> = scan::images(&folder.path, &looking).collect();
            task.checkpoint()?;
            let troubles = looking.view().warnings;
            let whole = |path: &str| renamed.contains(&folder.path.join(path));
            let sifted = folder.sieve.sift(found, whole, troubles.is_empty(), Instant::now());
            for trouble in troubles {
                if !folder.warned.contains(&trouble) {
                    folder.warned.push(trouble.clone());
                    task.warn(trouble);
                }
            }
            news.extend(folder.take(project, *id, sifted)?);
        }
        self.looked = Instant::now();
        Ok(news)
    }

    /// Waits until another look may show something.
    fn rest(&mut self, task: &Task) -> Result<(), EngineError> {
        loop {
            task.checkpoint()?;
            if self.due() {
                return Ok(());
            }
            self.bell.wait(TICK);
        }
    }

    fn due(&self) -> bool {
        let since = self.looked.elapsed();
        let every = if self.waits() { self.every.min(SOON) } else { self.every };
        since >= every || (since >= REST && self.bell.rang())
    }
}

impl Watched {
    fn take(&self, project: &Project, id: FolderId, sifted: Sifted) -> Result<Vec<WatchNews>, EngineError> {
        let folder = self.path.display().to_string();
        let paths = |images: &[NewImage]| images.iter().map(|i| i.path.clone()).collect();
        let mut news = Vec::new();
        if !sifted.new.is_empty() {
            let images = paths(&sifted.new);
            project.store().add_images(id, sifted.new)?;
            news.push(WatchNews::Added { folder: folder.clone(), images });
        }
        let mut others = Vec::new();
        for file in sifted.changed {
            // One that is gone by now is seen to be at the next look.
            let Ok(bytes) = std::fs::read(self.path.join(&file.path)) else { continue };
            if project.store().replace_file(id, &file, &relook_vision::sha256(&bytes))? {
                others.push(file);
            }
        }
        if !others.is_empty() {
            news.push(WatchNews::Changed { folder: folder.clone(), images: paths(&others) });
        }
        if !sifted.gone.is_empty() {
            news.push(WatchNews::Gone { folder, images: sifted.gone });
        }
        Ok(news)
    }
}

/// A project's watched folders are watched until this is dropped.
pub struct Watching {
    control: Control,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.control.stop();
        // What it did is saved; it has nothing to say.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Jobs {
    /// Watches the folders of a project that are set to be watched, now or later: new photos join it, and a job takes
    /// them through both models.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn watch(&self, project: &Project) -> Result<Watching, EngineError> {
        let control = Control::default();
        let task = Task::new(0, JobKind::Watch, control.clone(), |_| {});
        let (jobs, project) = (self.clone(), project.clone());
        let thread = std::thread::Builder::new()
            .name("watch".into())
            .spawn(move || jobs.watch_until_stopped(&project, &task))
            .map_err(|e| EngineError::Failed(format!("Could not watch folders: {e}")))?;
        Ok(Watching { control, thread: Some(thread) })
    }

    fn watch_until_stopped(&self, project: &Project, task: &Task) {
        let mut watcher: Option<Watcher> = None;
        let (mut wanted, mut running, mut sends) = (false, None, None);
        while !task.control().stopped() {
            // What cannot be read now, the project or a folder, may come back; the window says so meanwhile.
            let ids: Vec<_> = project.store().watched().unwrap_or_default().into_iter().collect();
            let send = project.settings().and_then(|s| s.send()).ok().flatten();
            let set_anew = send != sends || watcher.as_ref().is_none_or(|w| !w.folders.keys().eq(&ids));
            if set_anew {
                sends = send;
                watcher = Watcher::new(project, &ids, None).ok();
            }
            let Some(watcher) = watcher.as_mut().filter(|w| !w.folders.is_empty()) else {
                std::thread::sleep(TICK);
                continue;
            };
            if set_anew || watcher.due() {
                let news = watcher.look(project, task).unwrap_or_default();
                wanted |= set_anew || news.iter().any(WatchNews::asks_for_models);
                if !news.is_empty() {
                    self.events.send(&Event::Changed { outside: true });
                }
            }
            running = running.filter(|id| self.runs(*id));
            if wanted && running.is_none() {
                wanted = false;
                // A connection that is not there is told by the job.
                let waits = |s: &CvatSend| project.cvat_waits(s, &ids).unwrap_or(true);
                let behind = ids.iter().any(|id| project.is_behind(*id).unwrap_or(false));
                if behind || sends.as_ref().is_some_and(waits) {
                    running = self.start(project, JobRequest::Watch).ok().map(|job| job.id);
                }
            }
            watcher.bell.wait(TICK);
        }
    }
}
