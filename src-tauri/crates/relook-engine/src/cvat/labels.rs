//! Labels as CVAT's label editor writes them, and whether a task's labels can hold ours.

use std::collections::BTreeSet;

use relook_domain::{AttributeKind, Label, ShapeKind};
use relook_formats::cvat_xml;
use relook_remote::cvat::ServerLabel;
use serde_json::{Value, json};

use crate::error::EngineError;

fn word(kind: Option<ShapeKind>) -> &'static str {
    match kind {
        None => "any",
        Some(ShapeKind::Box) => "rectangle",
        Some(kind) => kind.word(),
    }
}

/// # Errors
/// A skeleton cannot be drawn.
pub(super) fn json_of(labels: &[Label]) -> Result<Value, EngineError> {
    let one = |label: &Label| -> Result<Value, EngineError> {
        let attributes = label.attributes.iter().map(|a| {
            let (kind, values) = match a.kind {
                AttributeKind::Select => ("select", a.values.clone()),
                AttributeKind::Radio => ("radio", a.values.clone()),
                AttributeKind::Checkbox => ("checkbox", vec![a.default.clone()]),
                AttributeKind::Number => ("number", a.values.clone()),
                AttributeKind::Text => ("text", a.values.clone()),
            };
            json!({ "name": a.name, "mutable": a.mutable, "input_type": kind, "default_value": a.default, "values": values })
        });
        let mut out = json!({
            "name": label.name,
            "color": label.colour,
            "type": word(label.shape),
            "attributes": attributes.collect::<Vec<_>>(),
        });
        if let Some(skeleton) = label.skeleton.as_ref().filter(|_| label.shape == Some(ShapeKind::Skeleton)) {
            let joints = skeleton.joints.iter();
            let joints = joints.map(|j| json!({ "name": j.name, "type": "points", "attributes": [] }));
            out["sublabels"] = joints.collect();
            out["svg"] = cvat_xml::drawing(label)?.into();
        }
        Ok(out)
    };
    labels.iter().map(one).collect()
}

/// What of ours the labels there cannot hold, each in a sentence; `used`: the names of those that have shapes.
pub(super) fn lacking(
    ours: &[Label],
    used: &BTreeSet<&str>,
    theirs: &[ServerLabel],
    place: &str,
) -> Vec<String> {
    let mut lacking = Vec::new();
    for label in ours.iter().filter(|l| used.contains(l.name.as_str())) {
        let Some(there) = theirs.iter().find(|l| l.name == label.name) else {
            lacking.push(format!(
                "{place} has no label {:?}. Add it there, or relabel its shapes here",
                label.name
            ));
            continue;
        };
        let kind = there.shape.as_deref().unwrap_or("any");
        if kind != "any" && label.shape.is_some_and(|_| word(label.shape) != kind) {
            lacking.push(format!(
                "The label {:?} of {place} is for the kind {kind}, here it is for {}. Make them the same",
                label.name,
                word(label.shape)
            ));
        }
        for attribute in &label.attributes {
            if !there.attributes.iter().any(|a| a.name == attribute.name) {
                lacking.push(format!(
                    "The label {:?} of {place} has no attribute {:?}, so its values would be lost. Add it there",
                    label.name, attribute.name
                ));
            }
        }
    }
    lacking
}
