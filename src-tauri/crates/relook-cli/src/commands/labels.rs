//! `relook labels`: the label editor by command line.

use relook_domain::{Label, LabelId, label::colour_for};
use relook_engine::{EngineError, Project, SCRIPT};

use super::text;
use crate::{
    args::{LabelArgs, LabelsCommand},
    report::data,
};

pub fn run(project: &Project, command: Option<&LabelsCommand>, json: bool) -> Result<(), EngineError> {
    let labels = project.view()?.labels;
    match command {
        None | Some(LabelsCommand::List) => {}
        Some(LabelsCommand::Add { name, label }) => {
            let new = Label {
                id: LabelId(0),
                name: name.clone(),
                colour: colour_for(labels.len()),
                attributes: Vec::new(),
                shape: None,
                key: String::new(),
                skeleton: None,
                archived: false,
            };
            project.save_label(&edited(new, label), SCRIPT)?;
        }
        Some(LabelsCommand::Edit { name, rename, label }) => {
            let id = project.label(name)?;
            let mut now = labels.into_iter().find(|l| l.id == id).ok_or_else(|| {
                EngineError::NotFound(format!("There is no label {name:?} in this project"))
            })?;
            if let Some(new) = rename {
                now.name.clone_from(new);
            }
            project.save_label(&edited(now, label), SCRIPT)?;
        }
        Some(LabelsCommand::Delete { name, into }) => {
            let into = into.as_deref().map(|other| project.label(other)).transpose()?;
            let outcome = project.delete_label(project.label(name)?, into, SCRIPT)?;
            return data(json, &outcome, |o| o.title.clone());
        }
    }
    let mut labels = project.view()?.labels;
    labels.retain(|l| !l.archived);
    data(json, &labels, |all| text::labels(all))
}

fn edited(label: Label, args: &LabelArgs) -> Label {
    Label {
        colour: args.colour.clone().unwrap_or(label.colour),
        key: args.key.clone().unwrap_or(label.key),
        shape: args.shape.unwrap_or(label.shape),
        attributes: args.attributes.clone().unwrap_or(label.attributes),
        skeleton: args.skeleton.clone().or(label.skeleton),
        ..label
    }
}
