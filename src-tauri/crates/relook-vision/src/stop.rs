//! One token that ends work: asked between images, and tied to what is under way (a graph in mid-run, a question to a
//! server), so that it ends too.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use ort::session::RunOptions;

/// Something under way that can be ended from another thread.
pub(crate) trait Breakable: Send + Sync {
    fn break_off(&self);
}

impl Breakable for RunOptions {
    fn break_off(&self) {
        if let Err(error) = self.terminate() {
            tracing::warn!(%error, "a running inference could not be told to stop");
        }
    }
}

/// A request to stop, shared by all clones. Once stopped it stays stopped; a new piece of work takes a new token.
#[derive(Clone, Default)]
pub struct StopToken {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    stopped: AtomicBool,
    /// What is under way; what ended leaves a dead link, swept when the next begins.
    runs: Mutex<Vec<Weak<dyn Breakable>>>,
}

impl Shared {
    fn stop(&self) {
        // The flag is raised under the lock: a run that enrols later sees it, one that enrolled before is in the list.
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        self.stopped.store(true, Ordering::Release);
        for run in runs.iter().filter_map(Weak::upgrade) {
            run.break_off();
        }
    }
}

impl Breakable for Shared {
    fn break_off(&self) {
        self.stop();
    }
}

impl std::fmt::Debug for StopToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StopToken").field("stopped", &self.stopped()).finish_non_exhaustive()
    }
}

impl StopToken {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A token that stops with this one, and may be stopped without it.
    #[must_use]
    pub fn child(&self) -> Self {
        let child = Self::new();
        if !self.enrol(&child.shared) {
            child.stop();
        }
        child
    }

    /// Asks for an end, from any thread. Inferences under way return [`crate::VisionError::Stopped`] at the next node
    /// of their graph, those on a server at once.
    pub fn stop(&self) {
        self.shared.stop();
    }

    #[must_use]
    pub fn stopped(&self) -> bool {
        self.shared.stopped.load(Ordering::Acquire)
    }

    /// Ties a run to this token; `false`: already stopped, do not start.
    pub(crate) fn enrol<B: Breakable + 'static>(&self, run: &Arc<B>) -> bool {
        let mut runs = self.shared.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if self.stopped() {
            return false;
        }
        runs.retain(|known| known.strong_count() > 0);
        let link: Weak<B> = Arc::downgrade(run);
        runs.push(link);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_request() {
        let token = StopToken::new();
        let other = token.clone();
        assert!(!other.stopped());
        token.stop();
        assert!(other.stopped());
        assert!(!StopToken::new().stopped());
    }

    #[test]
    fn a_child_stops_with_its_parent_and_never_the_other_way() {
        let token = StopToken::new();
        let (first, second) = (token.child(), token.child());
        first.stop();
        assert!(first.stopped() && !token.stopped() && !second.stopped());
        token.stop();
        assert!(second.stopped() && token.child().stopped());
    }
}
