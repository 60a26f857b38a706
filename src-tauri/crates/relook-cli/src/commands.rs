//! One function a command: ask the engine, print the answer.

mod bench;
mod boxes;
mod cvat;
mod decide;
mod evaluate;
mod history;
mod import;
mod labels;
mod lint;
mod models;
mod runtime;
mod settings;
mod text;
mod thresholds;
mod watch;

use std::path::{Path, PathBuf};

use relook_domain::look::LookMode;
use relook_engine::{
    DraftOptions, EngineError, Home, LabelSet, Project, SecondLookOptions, default_out,
    view::{ExportFormat, ExportRequest, Include, JobKind},
};
use serde::Serialize;

use crate::{
    args::{Args, BenchCommand, Command, Format, IncludeArg, ModeArg},
    progress::task,
    report::data,
    window,
};

pub fn run(args: &Args) -> Result<(), EngineError> {
    let home = Home::find();
    let (json, quiet) = (args.json, args.quiet);
    match &args.command {
        Command::New { project, labels } => {
            let project = home.create(project, &LabelSet::from_text(labels))?;
            data(json, &project.view()?, |p| format!("Made {} with {} labels", p.path, p.labels.len()))
        }
        Command::Add { project, folders } => add(&home.open(project)?, folders, json, quiet),
        Command::Watch { project, args } => watch::run(&home.open(project)?, args, json, quiet),
        Command::Draft { project, model, keep_above, again } => {
            let options = DraftOptions {
                model: model.model.clone(),
                device: model.device.clone(),
                keep_above: *keep_above,
                again: *again,
                folder: None,
            };
            let sum = home.open(project)?.draft(&options, &task(JobKind::Draft, quiet)?)?;
            data(json, &sum, text::draft)
        }
        Command::SecondLook { project, model, drop_below, accept_at, mode, budget, also_empty, again } => {
            let options = SecondLookOptions {
                model: model.model.clone(),
                device: model.device.clone(),
                drop_below: *drop_below,
                accept_at: *accept_at,
                mode: match mode {
                    ModeArg::Whole => LookMode::Whole,
                    ModeArg::Zoom => LookMode::Zoom,
                    ModeArg::Both => LookMode::Both,
                },
                budget: *budget,
                also_empty: *also_empty,
                again: *again,
                folder: None,
            };
            let sum = home.open(project)?.second_look(&options, &task(JobKind::SecondLook, quiet)?)?;
            data(json, &sum, text::second_look)
        }
        Command::Status { project } => status(&home.open(project)?, json),
        Command::Show { project, image, all } => {
            let project = home.open(project)?;
            let labels = project.view()?.labels;
            data(json, &project.image_at(image)?, |view| text::image(view, &labels, *all))
        }
        Command::Queue { project, filter, list, offset, limit } => {
            boxes::queue(&home.open(project)?, filter.as_deref(), list, *offset, *limit, json)
        }
        Command::Filters { project, command } => boxes::filters(&home.open(project)?, command.as_ref(), json),
        Command::Decide { project, args } => decide::run(&home.open(project)?, args, json),
        Command::History { project, limit, before, to } => {
            history::run(&home.open(project)?, *limit, *before, *to, json)
        }
        Command::Labels { project, command } => labels::run(&home.open(project)?, command.as_ref(), json),
        Command::Settings { project, key, value } => {
            settings::run(&home.open(project)?, key.as_deref().zip(value.as_deref()), json)
        }
        Command::Undo { project } => data(json, &home.open(project)?.undo()?, |o| o.title.clone()),
        Command::Redo { project } => data(json, &home.open(project)?.redo()?, |o| o.title.clone()),
        Command::Import { project, file, format, merge, create_labels, dry_run } => {
            let options = import::options(file, *format, *merge, *create_labels);
            import::run(&home.open(project)?, &options, *dry_run, json, quiet)
        }
        Command::Cvat { command } => cvat::run(&home, command, json, quiet),
        Command::Export { project, format, out, with_images, include, like, provenance, force } => {
            let project = home.open(project)?;
            let format = export_format(*format);
            let out = out.clone().unwrap_or_else(|| default_out(project.path(), format, *with_images));
            let request = ExportRequest {
                format,
                out: shown(&out),
                include: included(*include),
                with_images: *with_images,
                like: like.as_deref().map(shown),
                provenance: *provenance,
            };
            export(&project, &request, *force, json, quiet)
        }
        Command::Lint { project, fix, include } => {
            lint::run(&home.open(project)?, *fix, included(*include), json, quiet)
        }
        Command::Auto { folder, out, project, labels, device, with_images } => {
            auto(&home, folder, out, project.as_deref(), labels, device.as_deref(), *with_images, json, quiet)
        }
        Command::Runtime { command } => runtime::run(&home, command, json, quiet),
        Command::Models { command } => models::run(&home, command, json, quiet),
        Command::Evaluate { project, args } => evaluate::run(&home.open(project)?, args, json, quiet),
        Command::Thresholds { project, precision, apply } => {
            thresholds::run(&home.open(project)?, *precision, *apply, json)
        }
        Command::Bench { command: BenchCommand::Effort { project, args } } => {
            bench::effort(&home, project, args, json, quiet)
        }
        Command::Doctor { device: Some(servers) } => {
            data(json, &home.servers(servers)?, |all| text::servers(all))
        }
        Command::Doctor { device: None } => data(json, &home.doctor()?, text::doctor),
        Command::Open { project } => {
            if let Some(project) = project {
                // Said here, where the person is, rather than in a window that opens and complains.
                home.open(project)?;
            }
            window::open(project.as_deref())
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn included(include: IncludeArg) -> Include {
    match include {
        IncludeArg::Reviewed => Include::Reviewed,
        IncludeArg::All => Include::All,
    }
}

fn export_format(format: Format) -> ExportFormat {
    match format {
        Format::CvatImages => ExportFormat::CvatImages,
        Format::CvatVideo => ExportFormat::CvatVideo,
        Format::Coco => ExportFormat::Coco,
        Format::CocoResults => ExportFormat::CocoResults,
        Format::Yolo => ExportFormat::Yolo,
        Format::YoloSegment => ExportFormat::YoloSegment,
        Format::Voc => ExportFormat::Voc,
    }
}

#[derive(Serialize)]
struct AddedJson {
    new: u64,
    known: u64,
    images: u64,
}

fn add(project: &Project, folders: &[PathBuf], json: bool, quiet: bool) -> Result<(), EngineError> {
    let (new, known) = project.add_folders(folders, &task(JobKind::Scan, quiet)?)?;
    let added = AddedJson { new, known, images: project.counts()?.images };
    data(json, &added, |a| {
        format!("{} images added, {} were there already; {} in all", a.new, a.known, a.images)
    })
}

#[derive(Serialize)]
struct StatusJson {
    project: relook_engine::view::ProjectView,
    /// Images of the same content as another.
    duplicates: u64,
    /// Path and reason of images that could not be read, the first hundred.
    problems: Vec<(String, String)>,
}

fn status(project: &Project, json: bool) -> Result<(), EngineError> {
    let status = StatusJson {
        project: project.view()?,
        duplicates: project.duplicates()?,
        problems: project.problems(100)?,
    };
    data(json, &status, |s| text::status(&s.project, s.duplicates, &s.problems))
}

fn export(
    project: &Project,
    request: &ExportRequest,
    force: bool,
    json: bool,
    quiet: bool,
) -> Result<(), EngineError> {
    let task = task(JobKind::Export, quiet)?;
    let summary =
        if force { project.export(request, &task)? } else { project.export_sound(request, &task)? };
    data(json, &summary, text::export)
}

#[expect(clippy::too_many_arguments, reason = "they are the command line's own")]
fn auto(
    home: &Home,
    folder: &Path,
    out: &Path,
    project: Option<&Path>,
    labels: &str,
    device: Option<&str>,
    with_images: bool,
    json: bool,
    quiet: bool,
) -> Result<(), EngineError> {
    let temporary =
        tempfile::tempdir().map_err(|e| EngineError::Failed(format!("No temporary folder: {e}")))?;
    let path = project.map_or_else(|| temporary.path().join("auto.relook"), Path::to_path_buf);
    let project =
        if path.exists() { home.open(&path)? } else { home.create(&path, &LabelSet::from_text(labels))? };
    project.add_folders(&[folder.to_path_buf()], &task(JobKind::Scan, quiet)?)?;
    let device = device.map(str::to_owned);
    let draft = DraftOptions { device: device.clone(), ..DraftOptions::default() };
    project.draft(&draft, &task(JobKind::Draft, quiet)?)?;
    let look = SecondLookOptions { device, ..SecondLookOptions::default() };
    project.second_look(&look, &task(JobKind::SecondLook, quiet)?)?;
    // What was worked for is written; what CVAT would trip over is told with it.
    let request = ExportRequest {
        format: ExportFormat::CvatImages,
        out: shown(out),
        include: Include::All,
        with_images,
        like: None,
        provenance: false,
    };
    export(&project, &request, true, json, quiet)
}
