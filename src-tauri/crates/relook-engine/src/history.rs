//! What was done, by whom, and going back to it.

use relook_domain::{Stage, StepId};
use relook_store::{HistoryStep, Run, StepState};

use crate::{
    clock,
    error::EngineError,
    project::Project,
    view::{HistoryEntry, HistoryState, Outcome},
};

impl Project {
    /// What was done, newest first: `limit` steps from before the step `before`, and the models' passes in between.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn history(&self, before: Option<StepId>, limit: u64) -> Result<Vec<HistoryEntry>, EngineError> {
        let limit = limit.clamp(1, 1000);
        let steps = self.store().history(limit, before)?;
        // A pass stands between the steps around it in time: it belongs to this page if it is newer than its last step
        // and older than what the page before ended with.
        let newest = match before {
            None => i64::MAX,
            Some(step) => {
                self.store().history(1, Some(StepId(step.0 + 1)))?.first().map_or(i64::MAX, |s| s.at)
            }
        };
        let oldest = match steps.last() {
            Some(last) if steps.len() as u64 == limit => last.at,
            _ => i64::MIN,
        };
        let runs = self.store().runs()?.into_iter().rev();
        let mut runs =
            runs.filter(|r| r.images > 0 && r.started_at < newest && r.started_at >= oldest).peekable();
        let mut entries = Vec::new();
        for step in steps {
            while let Some(run) = runs.next_if(|r| r.started_at >= step.at) {
                entries.push(of_run(run));
            }
            entries.push(of_step(step));
        }
        entries.extend(runs.map(of_run));
        Ok(entries)
    }

    /// Undoes or redoes until `step` is the newest that is done (`None`: until none is), all or nothing.
    ///
    /// # Errors
    /// There is no such step, it was left behind, or a box was changed since by something outside the history; the step
    /// that stands in the way is set aside then, so that trying again passes it.
    pub fn go_to(&self, step: Option<StepId>) -> Result<Outcome, EngineError> {
        let gone = self.store().go_to(step, clock::now());
        self.replayed(
            gone,
            |title| match step {
                Some(_) => format!("Back at: {title}"),
                None => "Back at the beginning".to_owned(),
            },
            "Nothing to undo or redo",
        )
    }
}

fn of_run(run: Run) -> HistoryEntry {
    let pass = match run.stage {
        Stage::Draft => "Draft",
        Stage::SecondLook => "Second look",
    };
    let images = if run.images == 1 { "1 image".to_owned() } else { format!("{} images", run.images) };
    HistoryEntry {
        step: None,
        at: run.started_at,
        title: format!("{pass} by {} on {}: {images}", run.model, run.device),
        actor: run.model,
        state: HistoryState::Run,
        changes: 0,
    }
}

fn of_step(step: HistoryStep) -> HistoryEntry {
    HistoryEntry {
        step: Some(step.id),
        at: step.at,
        actor: step.actor,
        title: step.title,
        state: match step.state {
            StepState::Done => HistoryState::Done,
            StepState::Undone => HistoryState::Undone,
            StepState::Dropped => HistoryState::Dropped,
        },
        changes: step.changes,
    }
}
