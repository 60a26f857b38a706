//! The window: wiring between the engine and the web view, nothing else.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod commands;
mod photos;
mod state;

use std::path::PathBuf;

use state::App;
use tauri::Manager;

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("RELOOK_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .with_writer(std::io::stderr)
        .init();
    let project = std::env::args_os().nth(1).map(PathBuf::from);
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(App::start(project.as_deref()))
        .register_asynchronous_uri_scheme_protocol("relook", photos::serve)
        .invoke_handler(tauri::generate_handler![
            commands::recent_projects,
            commands::forget_recent,
            commands::project_create,
            commands::project_open,
            commands::project_close,
            commands::project_view,
            commands::settings_save,
            commands::folder_watch,
            commands::label_add,
            commands::label_save,
            commands::label_delete,
            commands::label_use,
            commands::images_page,
            commands::image_position,
            commands::image_view,
            commands::track,
            commands::boxes_page,
            commands::filters,
            commands::filter_save,
            commands::filter_delete,
            commands::review_act,
            commands::review_act_all,
            commands::review_undo,
            commands::review_redo,
            commands::bulk_preview,
            commands::bulk_decide,
            commands::history,
            commands::history_go,
            commands::job_start,
            commands::jobs,
            commands::job_pause,
            commands::job_resume,
            commands::job_cancel,
            commands::job_dismiss,
            commands::export_preview,
            commands::import_preview,
            commands::lint,
            commands::lint_mend,
            commands::cvat_connections,
            commands::cvat_connect,
            commands::cvat_disconnect,
            commands::cvat_sent,
            commands::cvat_unsent,
            commands::cvat_preview,
            commands::cvat_diff,
            commands::cvat_browse,
            commands::evaluate,
            commands::thresholds,
            commands::accept_above,
            commands::models,
            commands::model_try,
            commands::model_try_end,
            commands::model_add,
            commands::doctor,
            commands::runtime_use,
            commands::reveal,
            commands::subscribe,
        ])
        .build(tauri::generate_context!())?;
    app.run(|handle, event| {
        if let tauri::RunEvent::ExitRequested { .. } = event {
            handle.state::<App>().end();
        }
    });
    Ok(())
}
