//! What the window holds: the engine's entry points and the open project.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use relook_engine::{
    Control, EngineError, ErrorView, Events, Home, Jobs, ModelTrials, Project, Task, Watching,
    view::{Event, JobKind},
};
use tauri::{AppHandle, Manager};

/// How often the project file is asked whether another program wrote to it.
const WATCH_EVERY: Duration = Duration::from_secs(1);

/// The state behind every command; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub home: Home,
    pub events: Events,
    pub jobs: Jobs,
    /// The graph that is about to be added.
    pub trials: Arc<ModelTrials>,
    open: Arc<Mutex<Open>>,
    /// Ends the question asked last.
    question: Arc<Mutex<Control>>,
}

#[derive(Default)]
struct Open {
    project: Option<Project>,
    /// Its watched folders.
    watching: Option<Watching>,
    /// Why the project named at the start could not be opened; told once.
    refused: Option<ErrorView>,
}

impl App {
    /// The state of a window that opens on `project`, if one is named.
    pub fn start(project: Option<&Path>) -> Self {
        let home = Home::find();
        let events = Events::default();
        let app = Self {
            home,
            jobs: Jobs::new(events.clone()),
            events,
            trials: Arc::default(),
            open: Arc::default(),
            question: Arc::default(),
        };
        match project.map(|path| app.home.open(path)) {
            Some(Ok(project)) => app.set_project(Some(project)),
            Some(Err(error)) => app.open().refused = Some(error.view()),
            None => {}
        }
        app.watch();
        app
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_project(&self, project: Option<Project>) {
        // Without that the project is as usable as with it; the thread that cannot start is the system's trouble.
        let watching = project.as_ref().and_then(|p| self.jobs.watch(p).ok());
        let before = {
            let mut open = self.open();
            open.project = project;
            std::mem::replace(&mut open.watching, watching)
        };
        // It ends outside of the lock: a look at a slow drive ends first.
        drop(before);
    }

    /// The open project, if any.
    ///
    /// # Errors
    /// Once: why the project named at the start could not be opened.
    pub fn at_start(&self) -> Result<Option<Project>, ErrorView> {
        let mut open = self.open();
        match open.refused.take() {
            Some(refused) => Err(refused),
            None => Ok(open.project.clone()),
        }
    }

    /// The open project.
    ///
    /// # Errors
    /// None is open.
    pub fn project(&self) -> Result<Project, EngineError> {
        self.open().project.clone().ok_or_else(|| EngineError::NotFound("No project is open".into()))
    }

    /// What a question about the whole project or a file is answered by. One at a time: whoever asks the next no longer waits
    /// for the one before, which ends.
    pub fn question(&self, kind: JobKind) -> Task {
        let control = Control::default();
        let mut question = self.question.lock().unwrap_or_else(PoisonError::into_inner);
        question.stop();
        *question = control.clone();
        Task::new(0, kind, control, |_| {})
    }

    /// Tells the window when another program wrote to the open project.
    fn watch(&self) {
        let (open, events) = (Arc::downgrade(&self.open), self.events.clone());
        std::thread::spawn(move || {
            let mut last = None;
            loop {
                std::thread::sleep(WATCH_EVERY);
                let Some(open) = open.upgrade() else { return };
                let project = open.lock().unwrap_or_else(PoisonError::into_inner).project.clone();
                let now = project.and_then(|p| Some((p.path().to_path_buf(), p.data_version().ok()?)));
                let outside = matches!((&last, &now), (Some((path, before)), Some((same, after)))
                    if path == same && before != after);
                if outside {
                    events.send(&Event::Changed { outside: true });
                }
                last = now;
            }
        });
    }

    /// The program ends: jobs stop at the next image; what they did is saved already.
    pub fn end(&self) {
        self.jobs.stop_all();
    }
}

/// The state of a handle.
pub fn of(handle: &AppHandle) -> App {
    handle.state::<App>().inner().clone()
}
