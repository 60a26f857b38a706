//! `relook cvat`: a project and a CVAT server.

use std::{
    fmt::Write as _,
    io::{BufRead, IsTerminal},
};

use relook_engine::{
    CvatBy, CvatChange, CvatConnection, CvatDiff, CvatDifference, CvatPreview, CvatPull, CvatPush,
    CvatPushReport, CvatTake, CvatTaken, CvatTarget, EngineError, Home, SCRIPT,
    view::{Include, JobKind},
};

use crate::{
    args::{CvatCommand, IncludeArg, PushArgs, TakeArg},
    progress::task,
    report::data,
};

pub fn run(home: &Home, command: &CvatCommand, json: bool, quiet: bool) -> Result<(), EngineError> {
    match command {
        CvatCommand::List => data(json, &home.cvat_connections()?, |all| connections(all)),
        CvatCommand::Connect { name, forget: true, .. } => {
            home.cvat_disconnect(name)?;
            data(json, &home.cvat_connections()?, |all| connections(all))
        }
        CvatCommand::Connect { name, url, organization, .. } => {
            let connection = CvatConnection {
                name: name.clone(),
                url: url.clone().unwrap_or_default(),
                organization: organization.clone(),
            };
            let server = home.cvat_connect(&connection, token()?.as_deref(), &task(JobKind::Scan, quiet)?)?;
            data(json, &server, |s| {
                let mut out =
                    format!("Connected as {} to CVAT {} at {}\n", s.user, s.version, connection.url);
                if s.kept {
                    out.push_str("The token is in this machine's keyring\n");
                }
                s.warnings.iter().for_each(|w| out.push_str(&format!("  {w}\n")));
                out
            })
        }
        CvatCommand::Push(args) => push(home, args, json, quiet),
        CvatCommand::Diff { project, connection, task: id, limit } => {
            let pull = CvatPull { connection: connection.clone(), task: *id };
            let diff = home.open(project)?.cvat_diff(&pull, &task(JobKind::Scan, quiet)?)?;
            data(json, &diff, |d| difference(d, *limit))
        }
        CvatCommand::Pull { project, connection, task: id, take, labels, over_mine } => {
            let pull = CvatPull { connection: connection.clone(), task: *id };
            let take = CvatTake {
                changes: (!take.contains(&TakeArg::All))
                    .then(|| take.iter().filter_map(|t| change(*t)).collect()),
                labels: (!labels.is_empty()).then(|| labels.clone()),
                keys: None,
                over_ours: *over_mine,
            };
            let taken = home.open(project)?.cvat_take(&pull, &take, SCRIPT, &task(JobKind::Scan, quiet)?)?;
            data(json, &taken, took)
        }
    }
}

/// The token of standard input; `None` where the environment has one.
fn token() -> Result<Option<String>, EngineError> {
    if std::env::var_os("RELOOK_CVAT_TOKEN").is_some_and(|t| !t.is_empty()) {
        return Ok(None);
    }
    let input = std::io::stdin();
    if input.is_terminal() {
        return Err(EngineError::Invalid(
            "Hand the token over by standard input or the environment, so that neither screen nor history shows it: read -rs \
             TOKEN; relook cvat connect … <<< \"$TOKEN\", or RELOOK_CVAT_TOKEN"
                .into(),
        ));
    }
    let mut line = String::new();
    input
        .lock()
        .read_line(&mut line)
        .map_err(|e| EngineError::Failed(format!("Could not read the token: {e}")))?;
    Ok(Some(line).filter(|l| !l.trim().is_empty()))
}

fn push(home: &Home, args: &PushArgs, json: bool, quiet: bool) -> Result<(), EngineError> {
    let project = home.open(&args.project)?;
    let target = match (args.task, args.into_project, &args.new_project) {
        (Some(id), _, _) => CvatTarget::Task { id },
        (_, Some(id), _) => CvatTarget::Project { id },
        (_, _, Some(name)) => CvatTarget::NewProject { name: name.clone() },
        (None, None, None) => CvatTarget::New,
    };
    let push = CvatPush {
        connection: args.connection.clone(),
        target,
        name: args.name.clone().unwrap_or_default(),
        include: match args.include {
            IncludeArg::Reviewed => Include::Reviewed,
            IncludeArg::All => Include::All,
        },
        images: args.new_images.then(|| project.cvat_unsent(&args.connection)).transpose()?,
        force: args.force,
    };
    let task = task(JobKind::Export, quiet)?;
    if args.dry_run {
        return data(json, &project.cvat_preview(&push, &task)?, preview);
    }
    let report = project.cvat_push(&push, &task)?;
    data(json, &report, pushed)?;
    match report.differences {
        0 => Ok(()),
        n => Err(EngineError::Failed(format!(
            "{n} shapes did not arrive as they were sent; the task {} shows how they are there",
            report.link
        ))),
    }
}

fn change(take: TakeArg) -> Option<CvatChange> {
    Some(match take {
        TakeArg::All => return None,
        TakeArg::Added => CvatChange::Added,
        TakeArg::Removed => CvatChange::Removed,
        TakeArg::Moved => CvatChange::Moved,
        TakeArg::Relabelled => CvatChange::Relabelled,
        TakeArg::Details => CvatChange::Details,
    })
}

fn connections(all: &[CvatConnection]) -> String {
    if all.is_empty() {
        return "No connection yet; make one with \"relook cvat connect NAME ADDRESS\"".into();
    }
    let line = |c: &CvatConnection| {
        let organization = c.organization.as_ref().map_or_else(String::new, |o| format!(" ({o})"));
        format!("{}: {}{organization}\n", c.name, c.url)
    };
    all.iter().map(line).collect()
}

fn preview(p: &CvatPreview) -> String {
    let mut out = format!(
        "{} at {} (CVAT {}), as {}\n{} images with {} shapes would be sent\n",
        p.plan, p.server, p.version, p.user, p.images, p.shapes
    );
    for obstacle in &p.obstacles {
        let _ = writeln!(out, "  against it: {}{}", obstacle.said, obstacle.kind.way_out());
    }
    for finding in &p.findings {
        let _ = writeln!(out, "  {finding}");
    }
    out
}

pub fn pushed(r: &CvatPushReport) -> String {
    let mut out = format!(
        "{}Task {} has {} images with {} shapes: {}\nRead back: {} as they were sent, {} otherwise\n",
        if r.resumed { "Went on with what was begun. " } else { "" },
        r.task,
        r.images,
        r.shapes,
        r.link,
        r.equal,
        r.differences
    );
    if r.changed_meanwhile > 0 {
        let _ = writeln!(out, "  {} were changed here meanwhile and not compared", r.changed_meanwhile);
    }
    r.such_as.iter().for_each(|d| line(&mut out, d));
    out
}

fn difference(d: &CvatDiff, limit: usize) -> String {
    let mut out = format!(
        "Task {} {:?} at {}: {} images on both sides, {} shapes the same\n",
        d.task, d.name, d.server, d.images, d.equal
    );
    for (change, count) in &d.counts {
        let _ = writeln!(out, "  {count} {}", word(*change));
    }
    d.differences.iter().take(limit).for_each(|d| line(&mut out, d));
    let all: u64 = d.counts.values().sum();
    if all > limit as u64 {
        let _ = writeln!(out, "and {} more (--limit)", all - limit as u64);
    }
    if d.unknown_images > 0 {
        let such = d.unknown_such_as.join(", ");
        let _ = writeln!(out, "  {} images are there only, such as {such}", d.unknown_images);
    }
    for (label, shapes) in &d.unknown_labels {
        let _ =
            writeln!(out, "  the label {label:?} ({shapes} shapes) is there only; add it to compare them");
    }
    for (why, count) in &d.left_out {
        let _ = writeln!(out, "  not compared, {count} times: {why}");
    }
    d.findings.iter().for_each(|f| out.push_str(&format!("  {f}\n")));
    out
}

fn word(change: CvatChange) -> &'static str {
    match change {
        CvatChange::Added => "there only",
        CvatChange::Removed => "here only",
        CvatChange::Moved => "moved",
        CvatChange::Relabelled => "relabelled",
        CvatChange::Details => "with other details",
    }
}

fn line(out: &mut String, d: &CvatDifference) {
    let by = match d.by {
        CvatBy::Ours => "by us",
        CvatBy::Theirs => "by them",
        CvatBy::Both => "by both",
        CvatBy::Unknown => "",
    };
    let id = d.ours.map_or_else(String::new, |id| format!(" shape {id}"));
    let _ = writeln!(out, "  {:<18} {:<8} {}{id} {}: {}", word(d.change), by, d.path, d.label, d.said);
}

fn took(t: &CvatTaken) -> String {
    match t.step {
        Some(step) => {
            format!("{} taken over, {} left. Step {step}; \"relook undo\" takes it back", t.taken, t.left)
        }
        None => format!("Nothing to take over; {} differences are left", t.left),
    }
}
