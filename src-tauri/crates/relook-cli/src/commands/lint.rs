//! `relook lint`: what CVAT would trip over.

use std::fmt::Write as _;

use relook_engine::{
    EngineError, LintReport, Project, SCRIPT, Severity,
    view::{Include, JobKind},
};
use serde::Serialize;

use crate::{progress::task, report::data};

#[derive(Serialize)]
struct LintJson {
    /// Shapes changed by `--fix`.
    mended: u64,
    #[serde(flatten)]
    report: LintReport,
}

pub fn run(
    project: &Project,
    fix: bool,
    include: Include,
    json: bool,
    quiet: bool,
) -> Result<(), EngineError> {
    let mended = match fix {
        true => project.lint_mend(include, SCRIPT, &task(JobKind::Export, quiet)?)?.0,
        false => 0,
    };
    let report = project.lint(include, &task(JobKind::Export, quiet)?)?;
    let told = LintJson { mended, report };
    data(json, &told, text)?;
    told.report.without_errors("CVAT would not take the project as it stands")
}

fn text(told: &LintJson) -> String {
    let r = &told.report;
    let mut out = String::new();
    for f in &r.findings {
        let severity = match f.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let mend = if f.mendable { " [--fix mends it]" } else { "" };
        let _ = writeln!(out, "{severity:<8}{:<19} {}{mend}", f.rule, f.said());
    }
    let listed = r.findings.len() as u64;
    if listed < r.errors + r.warnings + r.notes {
        let _ = writeln!(out, "and {} more", r.errors + r.warnings + r.notes - listed);
    }
    if told.mended > 0 {
        let _ = writeln!(out, "{} shapes mended; \"relook undo\" takes it back", told.mended);
    }
    let _ = writeln!(
        out,
        "{} shapes on {} images: {} errors, {} warnings, {} notes; {} can be mended with --fix",
        r.shapes, r.images, r.errors, r.warnings, r.notes, r.mendable
    );
    out
}
