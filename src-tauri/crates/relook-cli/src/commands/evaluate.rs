//! `relook evaluate`: the project's boxes against a truth.

use std::fmt::Write as _;

use relook_engine::{
    EngineError, EvaluateOptions, EvaluationReport, EvaluationStage, Part, Project, view::JobKind,
};

use crate::{
    args::{EvaluateArgs, StageArg},
    progress::task,
    report::data,
};

/// Mistakes named in the text.
const NAMED: usize = 10;

pub fn run(project: &Project, args: &EvaluateArgs, json: bool, quiet: bool) -> Result<(), EngineError> {
    let options = EvaluateOptions {
        truth: args.truth.clone(),
        part: args.part,
        stage: args.stage.map(|stage| match stage {
            StageArg::Draft => EvaluationStage::Draft,
            StageArg::SecondLook => EvaluationStage::SecondLook,
            StageArg::Final => EvaluationStage::Final,
        }),
        score: args.score,
    };
    data(json, &project.evaluate(&options, &task(JobKind::Scan, quiet)?)?, text)
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".into(), |v| format!("{v:.3}"))
}

fn text(r: &EvaluationReport) -> String {
    let mut out = format!("{}: {} images, {} boxes", r.stage.title(), r.images, r.boxes);
    if r.part != Part::ALL {
        let _ = write!(out, ", part {} of {}", r.part.which, r.part.of);
    }
    for (count, what) in [
        (r.unnamed, "boxes left out whose label the truth does not name"),
        (r.crowds, "crowd regions, on which a box is neither right nor wrong"),
        (r.unknown, "images left out that the truth does not know"),
        (r.absent, "images of the truth not in the project"),
    ] {
        if count > 0 {
            let _ = write!(out, "; {count} {what}");
        }
    }
    let c = &r.coco;
    out.push_str("\n\n");
    for (name, value) in [
        ("AP", c.ap),
        ("AP50", c.ap50),
        ("AP75", c.ap75),
        ("AP small", c.ap_small),
        ("AP medium", c.ap_medium),
        ("AP large", c.ap_large),
        ("AR 1 box", c.ar1),
        ("AR 10 boxes", c.ar10),
        ("AR 100 boxes", c.ar100),
        ("AR small", c.ar_small),
        ("AR medium", c.ar_medium),
        ("AR large", c.ar_large),
    ] {
        let _ = writeln!(out, "{name:<13} {}", number(value));
    }
    let _ = writeln!(
        out,
        "\nScoring at least {}, right at an IoU of {}: {} right, {} wrong, {} of {} objects not found; precision {}, \
         recall {}\n\n{:<18} {:>7} {:>6} {:>6}  {:>9} {:>7}  {:>6} {:>6}",
        r.score,
        r.iou,
        r.right,
        r.wrong,
        r.wanted.saturating_sub(r.right),
        r.wanted,
        number(r.precision),
        number(r.recall),
        "",
        "objects",
        "right",
        "wrong",
        "precision",
        "recall",
        "AP",
        "AP50"
    );
    for l in r.labels.iter().filter(|l| l.wanted + l.right + l.wrong > 0) {
        let _ = writeln!(
            out,
            "{:<18} {:>7} {:>6} {:>6}  {:>9} {:>7}  {:>6} {:>6}",
            l.label,
            l.wanted,
            l.right,
            l.wrong,
            number(l.precision),
            number(l.recall),
            number(l.coco.ap),
            number(l.coco.ap50)
        );
    }
    let mistakes = r.confusion.iter().filter(|c| c.truth != c.found);
    let mut mistakes = mistakes.take(NAMED).peekable();
    if mistakes.peek().is_some() {
        out.push_str("\nMost frequent mistakes\n");
    }
    for c in mistakes {
        let what = match (&c.truth, &c.found) {
            (Some(truth), Some(found)) => format!("{truth} taken for {found}"),
            (Some(truth), None) => format!("{truth} not found"),
            (None, found) => format!("{} where there is none", found.as_deref().unwrap_or("?")),
        };
        let _ = writeln!(out, "{:>5}  {what}", c.count);
    }
    out
}
