//! Thresholds learnt from what people decided, and everything above them accepted as one step.

use relook_domain::{
    LabelId, Origin, ReviewState, ShapeKind,
    calibrate::{Bin, CONFIDENCE, Decision, Fit, Proposal, Step, Waiting, learn, needed},
};
use serde::Serialize;
use ts_rs::TS;

use crate::{
    clock,
    error::EngineError,
    project::Project,
    view::{BoxFilter, Outcome, Verb},
};

/// What was learnt of one label, or of several that have too few decisions each.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct FitReport {
    #[serde(skip)]
    ids: Vec<LabelId>,
    /// One: it has decisions enough by itself; several: taken together.
    pub labels: Vec<String>,
    /// Undisputed boxes of the models that people decided one by one; right: accepted as they stood.
    pub decisions: u64,
    pub right: u64,
    /// `null`: too few decisions, or the boxes are not right often enough.
    pub proposal: Option<Proposal>,
    /// Probability by score, isotonic.
    pub curve: Vec<Step>,
    /// For a plot: score against the share that is right.
    pub reliability: Vec<Bin>,
}

/// All that was learnt.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ThresholdsReport {
    /// The precision wanted, and how sure each promise of it is.
    pub precision: f64,
    pub confidence: f64,
    /// Nothing is promised from fewer decisions.
    pub needed: u64,
    pub decisions: u64,
    /// Decisions left out: made many at a time, they say nothing of each box.
    pub together: u64,
    pub fits: Vec<FitReport>,
    /// Undecided boxes from the thresholds proposed on.
    pub boxes: u64,
}

impl Project {
    /// Learns from people's decisions from which score on the models' boxes are right with `precision`.
    ///
    /// # Errors
    /// The precision is not from 0.5 to below 1, or the file cannot be read.
    pub fn thresholds(&self, precision: f64) -> Result<ThresholdsReport, EngineError> {
        let needed = needed(precision).ok_or_else(|| {
            EngineError::Invalid(format!(
                "A precision to be promised is a share from 0.5 to below 1, such as 0.98, not {precision}"
            ))
        })?;
        let (decided, together) = self.store().decided_scores()?;
        let right = |state: ReviewState| state == ReviewState::Accepted;
        let decisions: Vec<_> = decided
            .iter()
            .map(|d| Decision { label: d.label, score: d.score, right: right(d.state) })
            .collect();
        let waiting = self.store().waiting_scores()?;
        let waiting: Vec<_> =
            waiting.iter().map(|w| Waiting { label: w.label, score: w.score, boxes: w.boxes }).collect();
        let labels = self.store().labels()?;
        let name =
            |id: &LabelId| labels.iter().find(|l| l.id == *id).map_or("?", |l| l.name.as_str()).to_owned();
        let fit = |fit: Fit| FitReport {
            labels: fit.labels.iter().map(name).collect(),
            ids: fit.labels,
            decisions: fit.decisions,
            right: fit.right,
            proposal: fit.proposal,
            curve: fit.curve,
            reliability: fit.reliability,
        };
        let fits: Vec<_> = learn(&decisions, &waiting, precision).into_iter().map(fit).collect();
        Ok(ThresholdsReport {
            precision,
            confidence: CONFIDENCE,
            needed,
            decisions: decisions.len() as u64,
            together,
            boxes: fits.iter().filter_map(|f| f.proposal).map(|p| p.boxes).sum(),
            fits,
        })
    }

    /// Accepts every undisputed, undecided box of the models from the thresholds proposed on, as one step. Returns how many,
    /// and the outcome without the images touched.
    ///
    /// # Errors
    /// The file cannot be written; nothing is changed then.
    pub fn accept_above(
        &self,
        learnt: &ThresholdsReport,
        actor: &str,
    ) -> Result<(u64, Outcome), EngineError> {
        let filter = |fit: &FitReport| {
            fit.proposal.map(|p| BoxFilter {
                labels: fit.ids.clone(),
                origins: vec![Origin::Draft, Origin::SecondLook],
                shapes: vec![ShapeKind::Box],
                at_least: Some(p.accept_at),
                disagreement: Some(false),
                ..BoxFilter::default()
            })
        };
        let mut filters = Vec::new();
        for filter in learnt.fits.iter().filter_map(filter) {
            filters.extend(self.narrowed(&filter, Verb::Accept)?);
        }
        let title = |n: u64| format!("Accepted {n} {}", if n == 1 { "box" } else { "boxes" });
        let state = ReviewState::Accepted;
        let done = self.store().bulk_set_state_of_any(&filters, state, title, actor, clock::now())?;
        let (step, count) = done.map_or((None, 0), |(step, count)| (Some(step), count));
        Ok((count, self.outcome(step, title(count), &[])?))
    }
}
