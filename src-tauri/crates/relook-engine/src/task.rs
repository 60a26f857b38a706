//! One piece of long work: how it reports, how it is paused and stopped.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use relook_vision::StopToken;

use crate::{
    error::EngineError,
    view::{JobKind, JobReport, JobState, JobView},
};

/// Reports are sent at most this often.
const REPORT_EVERY: Duration = Duration::from_millis(100);
/// The rate is that of the last so many seconds.
const RATE_OVER: Duration = Duration::from_secs(5);
/// So many warnings are listed; all are counted.
const WARNINGS_KEPT: usize = 50;

/// Pause and stop, shared between the one who works and those who steer.
#[derive(Clone, Default)]
pub struct Control {
    stop: StopToken,
    paused: Arc<(Mutex<bool>, Condvar)>,
}

impl Control {
    /// Asks the work to end; an inference under way is ended too. A paused work wakes to end.
    pub fn stop(&self) {
        self.stop.stop();
        self.paused.1.notify_all();
    }

    pub fn pause(&self, paused: bool) {
        *lock(&self.paused.0) = paused;
        self.paused.1.notify_all();
    }

    #[must_use]
    pub fn stopped(&self) -> bool {
        self.stop.stopped()
    }

    #[must_use]
    pub fn token(&self) -> &StopToken {
        &self.stop
    }

    /// Waits while paused. `false`: stop now.
    #[must_use]
    pub fn go_on(&self) -> bool {
        let mut paused = lock(&self.paused.0);
        while *paused && !self.stopped() {
            paused =
                self.paused.1.wait_timeout(paused, REPORT_EVERY).map_or_else(|e| e.into_inner().0, |r| r.0);
        }
        !self.stopped()
    }
}

type Sink = Box<dyn Fn(&JobView) + Send + Sync>;

/// A running work as seen from inside it.
pub struct Task {
    control: Control,
    state: Mutex<State>,
    sink: Sink,
}

struct State {
    view: JobView,
    sent: Option<Instant>,
    /// Something changed since the last report.
    unsent: bool,
    marks: VecDeque<(Instant, u64)>,
}

impl Task {
    /// `sink` gets a report when something changed, at most ten times a second, and at every change of phase.
    pub fn new(
        id: u64,
        kind: JobKind,
        control: Control,
        sink: impl Fn(&JobView) + Send + Sync + 'static,
    ) -> Self {
        let view = JobView {
            id,
            kind,
            state: JobState::Running,
            phase: String::new(),
            done: 0,
            total: 0,
            rate: 0.0,
            left_s: None,
            device: None,
            warnings: Vec::new(),
            warning_count: 0,
            message: None,
            fallback: None,
            report: None,
        };
        let state = State { view, sent: None, unsent: false, marks: VecDeque::new() };
        Self { control, state: Mutex::new(state), sink: Box::new(sink) }
    }

    /// A task that reports to nobody.
    #[must_use]
    pub fn silent(kind: JobKind) -> Self {
        Self::new(0, kind, Control::default(), |_| {})
    }

    #[must_use]
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Waits while paused.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`] once it was asked to stop.
    pub fn checkpoint(&self) -> Result<(), EngineError> {
        if self.control.go_on() { Ok(()) } else { Err(EngineError::Cancelled) }
    }

    #[must_use]
    pub fn view(&self) -> JobView {
        lock(&self.state).view.clone()
    }

    /// A new phase, with what it has done and has to do (`total` 0: not known).
    pub(crate) fn phase(&self, phase: impl Into<String>, done: u64, total: u64) {
        self.change(true, |state| {
            state.view.phase = phase.into();
            (state.view.done, state.view.total) = (done, total);
            (state.view.rate, state.view.left_s) = (0.0, None);
            state.marks.clear();
            state.marks.push_back((Instant::now(), done));
        });
    }

    pub(crate) fn advance(&self, by: u64) {
        self.change(false, |state| {
            state.view.done += by;
            state.tick();
        });
    }

    /// Progress told as an absolute count.
    pub(crate) fn reached(&self, done: u64, total: u64) {
        self.change(false, |state| {
            (state.view.done, state.view.total) = (done, total);
            state.tick();
        });
    }

    pub(crate) fn device(&self, device: String) {
        self.change(true, |state| state.view.device = Some(device));
    }

    pub(crate) fn warn(&self, warning: String) {
        tracing::warn!("{warning}");
        self.change(false, |state| {
            state.view.warning_count += 1;
            if state.view.warnings.len() == WARNINGS_KEPT {
                state.view.warnings.remove(0);
            }
            state.view.warnings.push(warning);
        });
    }

    /// What it did; told with the end.
    pub(crate) fn report(&self, report: JobReport) {
        lock(&self.state).view.report = Some(report);
    }

    /// The state as those who steer see it: paused, stopping.
    pub(crate) fn mark(&self, to: JobState) {
        self.change(true, |state| {
            state.view.state = to;
            if to == JobState::Running {
                // Time spent in a pause is not part of the rate.
                let done = state.view.done;
                state.marks.clear();
                state.marks.push_back((Instant::now(), done));
            }
        });
    }

    /// The end, and the last report.
    pub(crate) fn finish(&self, end: JobState, message: String, fallback: Option<String>) {
        self.change(true, |state| {
            state.view.state = end;
            state.view.left_s = None;
            state.view.message = Some(message);
            state.view.fallback = fallback;
        });
    }

    fn change(&self, at_once: bool, edit: impl FnOnce(&mut State)) {
        let report = {
            let mut state = lock(&self.state);
            edit(&mut state);
            let due = state.sent.is_none_or(|sent| sent.elapsed() >= REPORT_EVERY);
            state.unsent = !(at_once || due);
            if state.unsent {
                None
            } else {
                state.sent = Some(Instant::now());
                Some(state.view.clone())
            }
        };
        if let Some(view) = report {
            (self.sink)(&view);
        }
    }
}

/// What happened within the last tenth of a second is told too, a warning above all.
impl Drop for Task {
    fn drop(&mut self) {
        let state = lock(&self.state);
        if state.unsent {
            let view = state.view.clone();
            drop(state);
            (self.sink)(&view);
        }
    }
}

impl State {
    fn tick(&mut self) {
        let now = Instant::now();
        let last = self.marks.back().map(|(at, _)| *at);
        if last.is_none_or(|at| now - at >= REPORT_EVERY) {
            self.marks.push_back((now, self.view.done));
        }
        while self.marks.len() > 2 && now - self.marks[0].0 > RATE_OVER {
            self.marks.pop_front();
        }
        if let Some((since, done)) = self.marks.front() {
            let seconds = (now - *since).as_secs_f64();
            if seconds > 0.2 {
                self.view.rate = (self.view.done.saturating_sub(*done)) as f64 / seconds;
            }
        }
        let left = self.view.total.saturating_sub(self.view.done) as f64;
        self.view.left_s = (self.view.rate > 0.0 && self.view.total > 0).then(|| left / self.view.rate);
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paused_work_wakes_when_stopped() {
        let control = Control::default();
        control.pause(true);
        let inside = control.clone();
        let worker = std::thread::spawn(move || inside.go_on());
        control.stop();
        assert!(!worker.join().unwrap());
    }

    #[test]
    fn reports_are_sparse_and_the_last_one_always_comes() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&seen);
        let task = Task::new(1, JobKind::Draft, Control::default(), move |v| lock(&sink).push(v.clone()));
        task.phase("Drafting", 0, 1000);
        (0..1000).for_each(|_| task.advance(1));
        task.finish(JobState::Done, "1,000 images drafted".into(), None);
        let seen = lock(&seen);
        assert!(seen.len() < 100, "{} reports", seen.len());
        let last = seen.last().unwrap();
        assert_eq!((last.done, last.state), (1000, JobState::Done));
    }

    #[test]
    fn what_happened_last_is_told_even_without_a_finish() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&seen);
        let task = Task::new(1, JobKind::Scan, Control::default(), move |v| lock(&sink).push(v.clone()));
        task.phase("Looking", 0, 0);
        task.warn("photos holds no images".into());
        drop(task);
        assert_eq!(
            lock(&seen).last().map(|v| v.warnings.clone()),
            Some(vec!["photos holds no images".into()])
        );
    }

    #[test]
    fn every_warning_counts_though_not_every_one_is_listed() {
        let task = Task::silent(JobKind::Draft);
        (0..80).for_each(|n| task.warn(format!("image {n}")));
        let view = task.view();
        assert_eq!((view.warning_count, view.warnings.len()), (80, WARNINGS_KEPT));
        assert_eq!(view.warnings.last().map(String::as_str), Some("image 79"));
    }
}
