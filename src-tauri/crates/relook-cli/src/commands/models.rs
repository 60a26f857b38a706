//! `relook models`.

use std::fmt::Write as _;

use relook_engine::{AddModel, AddedModel, EngineError, Home, TryOn, view::JobKind};
use serde::Serialize;

use super::text;
use crate::{
    args::{AddArgs, ModelsCommand},
    progress::task,
    report::data,
};

#[derive(Serialize)]
struct CheckedJson {
    model: String,
    path: String,
    /// `null`: sound.
    problem: Option<String>,
}

pub fn run(home: &Home, command: &ModelsCommand, json: bool, quiet: bool) -> Result<(), EngineError> {
    match command {
        ModelsCommand::List => data(json, &home.models()?, |m| text::models(m)),
        ModelsCommand::Fetch { names } => {
            let fetched = home.fetch_models(names, &task(JobKind::FetchModels, quiet)?)?;
            data(json, &fetched, |m| text::models(m))
        }
        ModelsCommand::Check { names } => {
            let checked = home.check_models(names)?;
            let bad = checked.iter().filter(|(_, p)| p.is_some()).count();
            let checked: Vec<_> = checked
                .into_iter()
                .map(|(m, problem)| CheckedJson { model: m.name, path: m.path, problem })
                .collect();
            data(json, &checked, |all| {
                if all.is_empty() {
                    return "No model's graph is here yet; fetch one with \"relook models fetch\"".into();
                }
                all.iter()
                    .map(|c| format!("{}: {}\n", c.model, c.problem.as_deref().unwrap_or("sound")))
                    .collect()
            })?;
            match bad {
                0 => Ok(()),
                n => Err(EngineError::BadModels(n)),
            }
        }
        ModelsCommand::Add(args) => add(home, args, json),
    }
}

fn add(home: &Home, args: &AddArgs, json: bool) -> Result<(), EngineError> {
    let project = args.project.as_deref().map(|path| home.open(path)).transpose()?;
    let add = AddModel {
        file: args.file.clone(),
        name: args.name.clone(),
        head: args.head,
        size: args.size,
        layout: args.layout,
        channels: args.channels,
        values: args.values,
        resize: args.resize,
        sizes: args.sizes,
        labels: args.labels.clone(),
        rename: args.rename.clone(),
        nms_iou: args.nms_iou,
        licence: args.licence.clone(),
        preview: args.preview.clone().map(TryOn::File),
        above: args.above,
        picture: args.picture.clone(),
        replace: args.replace,
        dry_run: args.dry_run,
    };
    data(json, &home.add_model(&add, project.as_ref())?, added)
}

fn added(added: &AddedModel) -> String {
    let mut out = String::new();
    for reason in &added.reasons {
        let guess = if reason.sure { "" } else { "guess: " };
        let _ = writeln!(out, "  {:<9} {:<20}  {guess}{}", reason.what, reason.value, reason.why);
    }
    if let Some(lacking) = added.lacking.as_ref().filter(|lacking| !lacking.is_empty()) {
        let _ = writeln!(
            out,
            "The project has no label {}: a draft leaves their boxes out, unless you say --rename LABEL=NAME",
            lacking.join(", ")
        );
    }
    if let Some(seen) = &added.seen {
        let _ = writeln!(
            out,
            "{} on the photo",
            if seen.len() == 1 { "1 box".to_owned() } else { format!("{} boxes", seen.len()) }
        );
        for (n, one) in seen.iter().enumerate() {
            let r = &one.rect;
            let _ = writeln!(
                out,
                "{:>4}  {:<16} {:.2}  {:.1},{:.1} {:.1},{:.1}",
                n + 1,
                one.label,
                one.score,
                r.x1,
                r.y1,
                r.x2,
                r.y2
            );
        }
    }
    let m = &added.model;
    let _ = if added.saved {
        writeln!(out, "Added {} in {}; \"relook draft PROJECT --model {}\" uses it", m.name, m.path, m.name)
    } else {
        writeln!(out, "Nothing was saved; without --dry-run it is added as {}", m.name)
    };
    out
}
