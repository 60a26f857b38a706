//! `relook import`: what was labelled elsewhere.

use std::{fmt::Write as _, path::Path};

use relook_engine::{EngineError, ImportOptions, ImportReport, Merge, Project, SCRIPT, view::JobKind};

use crate::{
    args::{ImportFormat, MergeArg},
    progress::task,
    report::data,
};

pub fn options(file: &Path, format: ImportFormat, merge: MergeArg, create_labels: bool) -> ImportOptions {
    let format = match format {
        ImportFormat::Auto => None,
        ImportFormat::Cvat => Some("cvat"),
        ImportFormat::Coco => Some("coco"),
        ImportFormat::Yolo => Some("yolo"),
        ImportFormat::Voc => Some("voc"),
    };
    let merge = match merge {
        MergeArg::Replace => Merge::Replace,
        MergeArg::Add => Merge::Add,
        MergeArg::KeepMine => Merge::KeepMine,
    };
    ImportOptions { path: file.to_path_buf(), format: format.map(str::to_owned), merge, create_labels }
}

pub fn run(
    project: &Project,
    options: &ImportOptions,
    dry_run: bool,
    json: bool,
    quiet: bool,
) -> Result<(), EngineError> {
    let task = task(JobKind::Import, quiet)?;
    let report = match dry_run {
        true => project.import_preview(options, &task)?,
        false => project.import(options, SCRIPT, &task)?,
    };
    data(json, &report, |r| text(r, dry_run, options.create_labels))
}

fn text(r: &ImportReport, dry_run: bool, create_labels: bool) -> String {
    let would = if dry_run { "would be " } else { "" };
    let mut out = format!(
        "{}: {} images with {} shapes, {} of the images in the project\n",
        r.format, r.images, r.shapes, r.matched
    );
    for (count, what) in [
        (r.resumed, "images were done before".to_owned()),
        (r.added, format!("shapes {would}added")),
        (r.removed, format!("shapes of the project {would}removed")),
        (r.there, "shapes there already".to_owned()),
        (r.kept_out, "shapes left out: yours are in their place".to_owned()),
    ] {
        if count > 0 {
            let _ = writeln!(out, "  {count} {what}");
        }
    }
    if r.unknown_images > 0 {
        let such = r.unknown_such_as.join(", ");
        let _ = writeln!(out, "  {} images not in the project, such as {such}", r.unknown_images);
    }
    for (label, shapes) in &r.unknown_labels {
        let fate = match (create_labels, dry_run) {
            (true, false) => "made",
            (true, true) => "would be made",
            (false, _) => "not in the project; --create-labels makes it",
        };
        let _ = writeln!(out, "  label {label:?} ({shapes} of the shapes): {fate}");
    }
    for (why, count) in &r.left_out {
        let times = if *count == 1 { String::new() } else { format!(" ({count} times)") };
        let _ = writeln!(out, "  left out: {why}{times}");
    }
    for finding in &r.findings {
        let _ = writeln!(out, "  {finding}");
    }
    if let Some(step) = r.step {
        let _ = writeln!(out, "Step {step}; \"relook undo\" takes it back");
    }
    out
}
