//! Starting the window: a program of its own beside this one, so that this one needs no display libraries.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use relook_engine::EngineError;

const WINDOW: &str = if cfg!(windows) { "relook-window.exe" } else { "relook-window" };

/// Starts the window and waits until it is closed.
pub fn open(project: Option<&Path>) -> Result<(), EngineError> {
    if cfg!(target_os = "linux")
        && ["DISPLAY", "WAYLAND_DISPLAY"].iter().all(|v| std::env::var_os(v).is_none_or(|v| v.is_empty()))
    {
        return Err(EngineError::Failed(
            "There is no display to open a window on. \"relook auto FOLDER --out annotations.xml\" does the same work \
             without one"
                .into(),
        ));
    }
    let program = std::env::current_exe()
        .ok()
        .and_then(|exe| Some(exe.parent()?.join(WINDOW)))
        .filter(|p| p.is_file())
        .unwrap_or_else(|| PathBuf::from(WINDOW));
    let mut command = Command::new(&program);
    if let Some(project) = project {
        command.arg(project);
    }
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|e| EngineError::NotFound(format!("Could not start {}: {e}", program.display())))?;
    if status.success() {
        Ok(())
    } else {
        Err(EngineError::Failed(format!("The window ended with {status}; see what it printed above")))
    }
}
