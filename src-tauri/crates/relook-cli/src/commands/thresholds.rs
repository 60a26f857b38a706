//! `relook thresholds`: what people's decisions promise of scores.

use std::fmt::Write as _;

use relook_engine::{EngineError, FitReport, Project, SCRIPT, ThresholdsReport, view::Outcome};
use serde::Serialize;

use crate::report::data;

#[derive(Serialize)]
struct Learnt {
    #[serde(flatten)]
    report: ThresholdsReport,
    /// Boxes accepted; `null`: none were to be.
    accepted: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
}

pub fn run(project: &Project, precision: f64, apply: bool, json: bool) -> Result<(), EngineError> {
    let report = project.thresholds(precision)?;
    let done = if apply { Some(project.accept_above(&report, SCRIPT)?) } else { None };
    let (accepted, outcome) = done.unzip();
    data(json, &Learnt { report, accepted, outcome }, text)
}

fn text(learnt: &Learnt) -> String {
    let r = &learnt.report;
    let mut out = format!("{} decisions", r.decisions);
    if r.together > 0 {
        let _ = write!(out, "; {} more were made many at a time and are left out", r.together);
    }
    let _ = write!(
        out,
        "\nWanted: a precision of {}, to be kept with {} % confidence for each line; {} decisions are needed at least\n\n",
        r.precision,
        r.confidence * 100.0,
        r.needed
    );
    if r.fits.is_empty() {
        out.push_str(
            "Nothing can be learnt yet: accept, reject or fix some of the models' boxes one by one first\n",
        );
        return out;
    }
    let _ = writeln!(
        out,
        "{:<22} {:>9} {:>7}  {:>9}  {:>8}  {:<20} {:>12}",
        "", "decisions", "right", "accept at", "by these", "precision", "would accept"
    );
    for fit in &r.fits {
        let _ = writeln!(out, "{}", line(fit, r));
    }
    match learnt.accepted {
        Some(0) => out.push_str("\nNothing was accepted\n"),
        Some(n) => {
            let _ = writeln!(out, "\nAccepted {n} boxes as one step; \"relook undo\" takes it back");
        }
        None if r.boxes > 0 => {
            let _ = writeln!(out, "\n--apply accepts these {} boxes as one step that can be undone", r.boxes);
        }
        None => {}
    }
    out
}

fn line(fit: &FitReport, r: &ThresholdsReport) -> String {
    let who = match fit.labels.as_slice() {
        [one] => one.clone(),
        many => format!("{} labels together", many.len()),
    };
    let begin = format!("{who:<22} {:>9} {:>7}", fit.decisions, fit.right);
    match &fit.proposal {
        Some(p) => {
            let between = format!("{:.3} … {:.3}", p.between.0, p.between.1);
            format!("{begin}  {:>9.3}  {:>8}  {between:<20} {:>12}", p.accept_at, p.decisions, p.boxes)
        }
        None if fit.decisions < r.needed => format!("{begin}  too few decisions"),
        None => format!("{begin}  not right often enough, or too few to tell"),
    }
}
