//! One token that ends work: asked between images, and tied to ONNX Runtime so that a graph in mid-run ends too.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use ort::session::RunOptions;

/// A request to stop, shared by all clones. Once stopped it stays stopped; a new piece of work takes a new token.
#[derive(Clone, Debug, Default)]
pub struct StopToken {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    stopped: AtomicBool,
    /// Runs under way; a run that ended leaves a dead link, swept when the next begins.
    runs: Mutex<Vec<Weak<RunOptions>>>,
}

impl StopToken {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for an end, from any thread. Inferences under way return [`crate::VisionError::Stopped`] at the next node
    /// of their graph.
    pub fn stop(&self) {
        // The flag is raised under the lock: a run that enrols later sees it, one that enrolled before is in the list.
        let runs = self.shared.runs.lock().unwrap_or_else(PoisonError::into_inner);
        self.shared.stopped.store(true, Ordering::Release);
        for run in runs.iter().filter_map(Weak::upgrade) {
            if let Err(error) = run.terminate() {
                tracing::warn!(%error, "a running inference could not be told to stop");
            }
        }
    }

    #[must_use]
    pub fn stopped(&self) -> bool {
        self.shared.stopped.load(Ordering::Acquire)
    }

    /// Ties a run to this token; `false`: already stopped, do not start.
    pub(crate) fn enrol(&self, run: &Arc<RunOptions>) -> bool {
        let mut runs = self.shared.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if self.stopped() {
            return false;
        }
        runs.retain(|known| known.strong_count() > 0);
        runs.push(Arc::downgrade(run));
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
}
