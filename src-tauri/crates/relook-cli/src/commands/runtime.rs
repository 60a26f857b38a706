//! `relook runtime`.

use std::fmt::Write as _;

use relook_engine::{EngineError, Home, RuntimeKind, RuntimesView, view::JobKind};

use crate::{args::RuntimeCommand, progress::task, report::data};

pub fn run(home: &Home, command: &RuntimeCommand, json: bool, quiet: bool) -> Result<(), EngineError> {
    match command {
        RuntimeCommand::List => data(json, &home.runtimes()?, list),
        RuntimeCommand::Install { kind } => {
            let task = task(JobKind::InstallRuntime, quiet)?;
            data(json, &home.install_runtime(*kind, &task)?, |view| installed(view, *kind))
        }
        RuntimeCommand::Use { what } => data(json, &home.use_runtime(what)?, in_use),
        RuntimeCommand::Remove { kind } => data(json, &home.remove_runtime(*kind)?, |view| {
            format!("Removed {}. {}", kind.word(), in_use(view))
        }),
    }
}

/// All kinds and what is used, two lines a kind.
pub fn list(view: &RuntimesView) -> String {
    let mut out = String::new();
    for one in &view.runtimes {
        let mark = if one.used { "*" } else { " " };
        let state = match (&one.installed, &one.version) {
            (Some(version), _) => format!("{version:<8} here"),
            (None, Some(version)) => {
                format!("{version:<8} {:.0} MB, {}", one.bytes as f64 / 1e6, one.licence)
            }
            (None, None) => "-".to_owned(),
        };
        let _ = writeln!(out, "{mark} {:<9} {state}", one.kind.word());
        let _ = writeln!(out, "            {}. {}", one.suits.trim_end_matches('.'), one.reason);
    }
    out + &in_use(view)
}

fn in_use(view: &RuntimesView) -> String {
    match &view.library {
        Some(library) => format!("Used is {library}: {}", view.why),
        None => view.why.clone(),
    }
}

fn installed(view: &RuntimesView, kind: RuntimeKind) -> String {
    let one = view.runtimes.iter().find(|one| one.kind == kind);
    let version = one.and_then(|one| one.installed.as_deref()).unwrap_or_default();
    let reason = one.map_or("", |one| one.reason.as_str());
    format!("{} {version} is here. {reason}", kind.word())
}
