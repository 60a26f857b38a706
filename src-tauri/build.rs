//! Declares the window's commands, so that each must be allowed by name.

const COMMANDS: &[&str] = &[
    "recent_projects",
    "forget_recent",
    "project_create",
    "project_open",
    "project_close",
    "project_view",
    "settings_save",
    "folder_watch",
    "label_add",
    "label_save",
    "label_delete",
    "label_use",
    "images_page",
    "image_position",
    "image_view",
    "boxes_page",
    "filters",
    "filter_save",
    "filter_delete",
    "review_act",
    "review_act_all",
    "review_undo",
    "review_redo",
    "bulk_preview",
    "bulk_decide",
    "history",
    "history_go",
    "job_start",
    "jobs",
    "job_pause",
    "job_resume",
    "job_cancel",
    "job_dismiss",
    "export_preview",
    "import_preview",
    "lint",
    "lint_mend",
    "cvat_connections",
    "cvat_connect",
    "cvat_disconnect",
    "cvat_sent",
    "cvat_unsent",
    "cvat_preview",
    "cvat_diff",
    "cvat_browse",
    "evaluate",
    "thresholds",
    "accept_above",
    "models",
    "doctor",
    "reveal",
    "subscribe",
];

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
