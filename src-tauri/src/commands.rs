//! The window's commands: each asks the engine one thing, off the main thread.

use std::path::{Path, PathBuf};

use relook_domain::{FolderId, ImageId, Label, LabelId, StepId, TrackId, review::Action};
use relook_engine::{
    AddModel, AddedModel, CvatConnection, CvatDiff, CvatPreview, CvatPull, CvatPush, CvatSent, CvatServer,
    EngineError, ErrorView, EvaluateOptions, EvaluationReport, ImportOptions, ImportReport, LabelSet,
    LintReport, ModelTrial, PERSON, RuntimesView, ThresholdsReport, TrackView,
    view::{
        BoxFilter, DoctorView, Event, ExportRequest, ExportSummary, HistoryEntry, ImageFilter, ImagePage,
        ImageView, Include, JobKind, JobRequest, JobView, LabelUse, ModelView, Outcome, ProjectView,
        QueueOrder, QueuePage, RecentProject, SavedFilter, SettingsView, Verb,
    },
};
use tauri::{AppHandle, ipc::Channel};

use crate::state::{App, of};

type Answer<T> = Result<T, ErrorView>;

/// Runs blocking work where blocking is allowed.
async fn ask<T: Send + 'static>(
    handle: AppHandle,
    work: impl FnOnce(&App) -> Result<T, EngineError> + Send + 'static,
) -> Answer<T> {
    let app = of(&handle);
    let done = tauri::async_runtime::spawn_blocking(move || work(&app).map_err(|e| e.view())).await;
    done.unwrap_or_else(|e| Err(EngineError::Failed(format!("Relook stumbled: {e}")).view()))
}

#[tauri::command]
pub async fn recent_projects(handle: AppHandle) -> Answer<Vec<RecentProject>> {
    ask(handle, |app| Ok(app.home.recent_projects())).await
}

#[tauri::command]
pub async fn forget_recent(handle: AppHandle, path: PathBuf) -> Answer<()> {
    ask(handle, move |app| app.home.forget(&path)).await
}

#[tauri::command]
pub async fn project_create(handle: AppHandle, path: PathBuf, labels: String) -> Answer<ProjectView> {
    ask(handle, move |app| show(app, app.home.create(&path, &LabelSet::from_text(&labels))?)).await
}

#[tauri::command]
pub async fn project_open(handle: AppHandle, path: PathBuf) -> Answer<ProjectView> {
    ask(handle, move |app| show(app, app.home.open(&path)?)).await
}

fn show(app: &App, project: relook_engine::Project) -> Result<ProjectView, EngineError> {
    let view = project.view()?;
    app.set_project(Some(project));
    Ok(view)
}

#[tauri::command]
pub async fn project_close(handle: AppHandle) -> Answer<()> {
    ask(handle, |app| {
        // First of all nothing starts another job.
        app.set_project(None);
        app.jobs.stop_all();
        Ok(())
    })
    .await
}

#[tauri::command]
pub async fn project_view(handle: AppHandle) -> Answer<Option<ProjectView>> {
    let project = of(&handle).at_start()?;
    ask(handle, move |_| project.map(|p| p.view()).transpose()).await
}

#[tauri::command]
pub async fn settings_save(handle: AppHandle, settings: SettingsView) -> Answer<ProjectView> {
    ask(handle, move |app| {
        app.project()?.save_settings(settings)?;
        app.project()?.view()
    })
    .await
}

#[tauri::command]
pub async fn folder_watch(handle: AppHandle, id: FolderId, on: bool) -> Answer<ProjectView> {
    ask(handle, move |app| {
        app.project()?.set_watched(id, on)?;
        app.project()?.view()
    })
    .await
}

#[tauri::command]
pub async fn label_add(handle: AppHandle, name: String) -> Answer<ProjectView> {
    ask(handle, move |app| {
        app.project()?.add_label(&name)?;
        app.project()?.view()
    })
    .await
}

#[tauri::command]
pub async fn label_save(handle: AppHandle, label: Label) -> Answer<ProjectView> {
    ask(handle, move |app| {
        app.project()?.save_label(&label, PERSON)?;
        app.project()?.view()
    })
    .await
}

#[tauri::command]
pub async fn label_delete(handle: AppHandle, id: LabelId, into: Option<LabelId>) -> Answer<ProjectView> {
    ask(handle, move |app| {
        app.project()?.delete_label(id, into, PERSON)?;
        app.project()?.view()
    })
    .await
}

#[tauri::command]
pub async fn label_use(handle: AppHandle, id: LabelId) -> Answer<LabelUse> {
    ask(handle, move |app| app.project()?.label_use(id)).await
}

#[tauri::command]
pub async fn track(handle: AppHandle, id: TrackId) -> Answer<TrackView> {
    ask(handle, move |app| app.project()?.track(id)).await
}

#[tauri::command]
pub async fn images_page(
    handle: AppHandle,
    filter: ImageFilter,
    offset: u64,
    limit: u64,
) -> Answer<ImagePage> {
    ask(handle, move |app| app.project()?.images(&filter, offset, limit)).await
}

#[tauri::command]
pub async fn image_position(handle: AppHandle, id: ImageId, filter: ImageFilter) -> Answer<Option<u64>> {
    ask(handle, move |app| app.project()?.image_position(id, &filter)).await
}

#[tauri::command]
pub async fn image_view(handle: AppHandle, id: ImageId) -> Answer<ImageView> {
    ask(handle, move |app| app.project()?.image(id)).await
}

#[tauri::command]
pub async fn boxes_page(
    handle: AppHandle,
    filter: BoxFilter,
    order: QueueOrder,
    offset: u64,
    limit: u64,
) -> Answer<QueuePage> {
    ask(handle, move |app| app.project()?.boxes(&filter, order, offset, limit)).await
}

#[tauri::command]
pub async fn filters(handle: AppHandle) -> Answer<Vec<SavedFilter>> {
    ask(handle, |app| app.project()?.saved_filters()).await
}

#[tauri::command]
pub async fn filter_save(handle: AppHandle, saved: SavedFilter) -> Answer<Vec<SavedFilter>> {
    ask(handle, move |app| app.project()?.save_filter(saved)).await
}

#[tauri::command]
pub async fn filter_delete(handle: AppHandle, name: String) -> Answer<Vec<SavedFilter>> {
    ask(handle, move |app| app.project()?.delete_filter(&name)).await
}

#[tauri::command]
pub async fn review_act(handle: AppHandle, action: Action) -> Answer<Outcome> {
    ask(handle, move |app| app.project()?.act(&action, PERSON)).await
}

#[tauri::command]
pub async fn review_act_all(handle: AppHandle, actions: Vec<Action>) -> Answer<Outcome> {
    ask(handle, move |app| app.project()?.act_all(&actions, PERSON)).await
}

#[tauri::command]
pub async fn review_undo(handle: AppHandle) -> Answer<Outcome> {
    ask(handle, |app| app.project()?.undo()).await
}

#[tauri::command]
pub async fn review_redo(handle: AppHandle) -> Answer<Outcome> {
    ask(handle, |app| app.project()?.redo()).await
}

#[tauri::command]
pub async fn bulk_preview(handle: AppHandle, filter: BoxFilter, verb: Verb) -> Answer<u64> {
    ask(handle, move |app| app.project()?.count_matching(&filter, verb)).await
}

#[tauri::command]
pub async fn bulk_decide(handle: AppHandle, filter: BoxFilter, verb: Verb) -> Answer<Outcome> {
    ask(handle, move |app| Ok(app.project()?.decide(&filter, verb, PERSON)?.1)).await
}

#[tauri::command]
pub async fn history(handle: AppHandle, before: Option<StepId>, limit: u64) -> Answer<Vec<HistoryEntry>> {
    ask(handle, move |app| app.project()?.history(before, limit)).await
}

#[tauri::command]
pub async fn history_go(handle: AppHandle, step: Option<StepId>) -> Answer<Outcome> {
    ask(handle, move |app| app.project()?.go_to(step)).await
}

#[tauri::command]
pub async fn job_start(handle: AppHandle, request: JobRequest) -> Answer<JobView> {
    ask(handle, move |app| app.jobs.start(&app.project()?, request)).await
}

#[tauri::command]
pub async fn jobs(handle: AppHandle) -> Answer<Vec<JobView>> {
    ask(handle, |app| Ok(app.jobs.list())).await
}

#[tauri::command]
pub async fn job_pause(handle: AppHandle, id: u64) -> Answer<()> {
    ask(handle, move |app| app.jobs.pause(id, true)).await
}

#[tauri::command]
pub async fn job_resume(handle: AppHandle, id: u64) -> Answer<()> {
    ask(handle, move |app| app.jobs.pause(id, false)).await
}

#[tauri::command]
pub async fn job_cancel(handle: AppHandle, id: u64) -> Answer<()> {
    ask(handle, move |app| app.jobs.cancel(id)).await
}

#[tauri::command]
pub async fn job_dismiss(handle: AppHandle, id: u64) -> Answer<()> {
    ask(handle, move |app| app.jobs.dismiss(id)).await
}

#[tauri::command]
pub async fn export_preview(handle: AppHandle, request: ExportRequest) -> Answer<ExportSummary> {
    ask(handle, move |app| app.project()?.export_preview(&request, &app.question(JobKind::Export))).await
}

#[tauri::command]
pub async fn import_preview(handle: AppHandle, options: ImportOptions) -> Answer<ImportReport> {
    ask(handle, move |app| app.project()?.import_preview(&options, &app.question(JobKind::Import))).await
}

#[tauri::command]
pub async fn lint(handle: AppHandle, include: Include) -> Answer<LintReport> {
    ask(handle, move |app| app.project()?.lint(include, &app.question(JobKind::Export))).await
}

#[tauri::command]
pub async fn lint_mend(handle: AppHandle, include: Include) -> Answer<ProjectView> {
    ask(handle, move |app| {
        app.project()?.lint_mend(include, PERSON, &app.question(JobKind::Export))?;
        app.project()?.view()
    })
    .await
}

#[tauri::command]
pub async fn cvat_connections(handle: AppHandle) -> Answer<Vec<CvatConnection>> {
    ask(handle, |app| app.home.cvat_connections()).await
}

#[tauri::command]
pub async fn cvat_connect(
    handle: AppHandle,
    connection: CvatConnection,
    token: Option<String>,
) -> Answer<CvatServer> {
    ask(handle, move |app| app.home.cvat_connect(&connection, token.as_deref(), &app.question(JobKind::Scan)))
        .await
}

#[tauri::command]
pub async fn cvat_disconnect(handle: AppHandle, name: String) -> Answer<()> {
    ask(handle, move |app| app.home.cvat_disconnect(&name)).await
}

#[tauri::command]
pub async fn cvat_sent(handle: AppHandle, connection: String) -> Answer<Vec<CvatSent>> {
    ask(handle, move |app| app.project()?.cvat_sent(&connection)).await
}

#[tauri::command]
pub async fn cvat_unsent(handle: AppHandle, connection: String) -> Answer<Vec<ImageId>> {
    ask(handle, move |app| app.project()?.cvat_unsent(&connection)).await
}

#[tauri::command]
pub async fn cvat_preview(handle: AppHandle, push: CvatPush) -> Answer<CvatPreview> {
    ask(handle, move |app| app.project()?.cvat_preview(&push, &app.question(JobKind::CvatPush))).await
}

#[tauri::command]
pub async fn cvat_diff(handle: AppHandle, pull: CvatPull) -> Answer<CvatDiff> {
    ask(handle, move |app| app.project()?.cvat_diff(&pull, &app.question(JobKind::CvatPull))).await
}

/// Shows a task in the browser.
#[tauri::command]
pub async fn cvat_browse(handle: AppHandle, connection: String, task: u64) -> Answer<()> {
    ask(handle, move |app| {
        let link = app.home.cvat_link(&connection, task)?;
        open::that_detached(&link)
            .map_err(|e| EngineError::Failed(format!("Could not open a browser for {link}: {e}")))
    })
    .await
}

#[tauri::command]
pub async fn evaluate(handle: AppHandle, options: EvaluateOptions) -> Answer<EvaluationReport> {
    ask(handle, move |app| app.project()?.evaluate(&options, &app.question(JobKind::Scan))).await
}

#[tauri::command]
pub async fn thresholds(handle: AppHandle, precision: f64) -> Answer<ThresholdsReport> {
    ask(handle, move |app| app.project()?.thresholds(precision)).await
}

/// Accepts what [`thresholds`] of that precision proposes.
#[tauri::command]
pub async fn accept_above(handle: AppHandle, precision: f64) -> Answer<Outcome> {
    ask(handle, move |app| {
        let project = app.project()?;
        Ok(project.accept_above(&project.thresholds(precision)?, PERSON)?.1)
    })
    .await
}

#[tauri::command]
pub async fn models(handle: AppHandle) -> Answer<Vec<ModelView>> {
    ask(handle, |app| app.home.models()).await
}

#[tauri::command]
pub async fn model_try(handle: AppHandle, add: AddModel) -> Answer<ModelTrial> {
    ask(handle, move |app| {
        app.trials.look(&app.home, &add, Some(&app.project()?), &app.question(JobKind::Scan))
    })
    .await
}

#[tauri::command]
pub async fn model_try_end(handle: AppHandle) -> Answer<()> {
    ask(handle, |app| {
        app.trials.end();
        Ok(())
    })
    .await
}

#[tauri::command]
pub async fn model_add(handle: AppHandle, add: AddModel) -> Answer<AddedModel> {
    ask(handle, move |app| app.home.add_model(&add, Some(&app.project()?))).await
}

#[tauri::command]
pub async fn doctor(handle: AppHandle) -> Answer<DoctorView> {
    ask(handle, |app| app.home.doctor()).await
}

/// Chooses the ONNX Runtime of later starts: `auto`, a kind, a library file or a folder that holds one.
#[tauri::command]
pub async fn runtime_use(handle: AppHandle, what: String) -> Answer<RuntimesView> {
    ask(handle, move |app| app.home.use_runtime(&what)).await
}

/// Shows a file's folder in the file browser.
#[tauri::command]
pub async fn reveal(handle: AppHandle, path: PathBuf) -> Answer<()> {
    ask(handle, move |_| {
        let folder = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(Path::new("/")) };
        let failed = |e| EngineError::Failed(format!("Could not open {}: {e}", folder.display()));
        open::that_detached(folder).map_err(failed)
    })
    .await
}

/// From now on this web view is told what changes; the one before is not any more.
#[tauri::command]
pub async fn subscribe(handle: AppHandle, channel: Channel<Event>) -> Answer<()> {
    let app = of(&handle);
    app.events.clear();
    app.events.listen(move |event| {
        // A web view that is gone cannot be told.
        let _ = channel.send(event.clone());
    });
    Ok(())
}
