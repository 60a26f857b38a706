//! Where a new project's labels come from.

use std::path::{Path, PathBuf};

use relook_domain::{Attribute, AttributeKind, Label, LabelId, label::colour_for};
use serde::Deserialize;

use crate::error::EngineError;

const COCO80: &str = include_str!("../../../../assets/labels/coco80.txt");

/// The labels a project begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelSet {
    /// The eighty of COCO, in COCO's order.
    Coco80,
    /// None yet: the first draft takes over its model's labels.
    Empty,
    /// These names.
    Names(Vec<String>),
    /// A text file with a name a line, or JSON as CVAT's label editor shows it.
    File(PathBuf),
}

impl LabelSet {
    /// `coco80`, `empty`, several names on lines of their own, or the path of a file.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        match text.trim() {
            "" | "empty" => Self::Empty,
            "coco80" => Self::Coco80,
            names if names.contains('\n') => Self::Names(names.lines().map(str::to_owned).collect()),
            path => Self::File(PathBuf::from(path)),
        }
    }

    /// The labels with ids counting from 1.
    ///
    /// # Errors
    /// The file is missing or not understood, or a name is empty or stands twice.
    pub fn labels(&self) -> Result<Vec<Label>, EngineError> {
        match self {
            Self::Coco80 => named(COCO80.lines()),
            Self::Empty => Ok(Vec::new()),
            Self::Names(names) => named(names.iter().map(String::as_str)),
            Self::File(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(EngineError::file("Could not read the labels from", path))?;
                if text.trim_start().starts_with('[') { from_json(path, &text) } else { named(text.lines()) }
            }
        }
    }
}

/// A label of nothing but a name, with the `n`-th colour.
pub(crate) fn plain_label(id: LabelId, name: &str, n: usize) -> Label {
    Label {
        id,
        name: name.to_owned(),
        colour: colour_for(n),
        attributes: Vec::new(),
        shape: None,
        key: String::new(),
        skeleton: None,
        archived: false,
    }
}

fn named<'a>(names: impl Iterator<Item = &'a str>) -> Result<Vec<Label>, EngineError> {
    let names = names.map(str::trim).filter(|n| !n.is_empty() && !n.starts_with('#'));
    numbered(names.map(|name| (name.to_owned(), None, Vec::new())))
}

#[derive(Deserialize)]
struct JsonLabel {
    name: String,
    #[serde(default, alias = "colour")]
    color: Option<String>,
    #[serde(default)]
    attributes: Vec<JsonAttribute>,
}

#[derive(Deserialize)]
struct JsonAttribute {
    name: String,
    #[serde(alias = "kind")]
    input_type: AttributeKind,
    #[serde(default)]
    mutable: bool,
    #[serde(default, alias = "default")]
    default_value: String,
    #[serde(default)]
    values: Vec<String>,
}

fn from_json(path: &Path, text: &str) -> Result<Vec<Label>, EngineError> {
    let labels: Vec<JsonLabel> = serde_json::from_str(text).map_err(|e| {
        EngineError::Invalid(format!("{} is not a list of labels as CVAT writes it: {e}", path.display()))
    })?;
    numbered(labels.into_iter().map(|l| {
        let attributes = l.attributes.into_iter().map(|a| Attribute {
            name: a.name,
            kind: a.input_type,
            mutable: a.mutable,
            default: a.default_value,
            values: a.values,
        });
        (l.name.trim().to_owned(), l.color, attributes.collect())
    }))
}

fn numbered(
    labels: impl Iterator<Item = (String, Option<String>, Vec<Attribute>)>,
) -> Result<Vec<Label>, EngineError> {
    let mut out: Vec<Label> = Vec::new();
    for (n, (name, colour, attributes)) in labels.enumerate() {
        if name.is_empty() {
            return Err(EngineError::Invalid(format!("Label {} has no name", n + 1)));
        }
        if out.iter().any(|l| l.name == name) {
            return Err(EngineError::Invalid(format!(
                "The label {name:?} stands twice in the list; keep one"
            )));
        }
        let mut label = Label { attributes, ..plain_label(LabelId(n as i64 + 1), &name, n) };
        if let Some(colour) = colour.filter(|c| is_colour(c)) {
            label.colour = colour;
        }
        out.push(label);
    }
    Ok(out)
}

pub(crate) fn is_colour(text: &str) -> bool {
    text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_and_lists() {
        let coco = LabelSet::from_text("coco80").labels().unwrap();
        assert_eq!((coco.len(), coco[0].name.as_str(), coco[79].name.as_str()), (80, "person", "toothbrush"));
        let mine = LabelSet::from_text("cat\n\n dog \n# a remark\n").labels().unwrap();
        assert_eq!(mine.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["cat", "dog"]);
        assert!(LabelSet::from_text("empty").labels().unwrap().is_empty());
    }

    #[test]
    fn a_file_of_names_or_of_cvats_json() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels.json");
        std::fs::write(
            &path,
            r##"[{"name":"car","color":"#ff0000","type":"any","attributes":
                [{"name":"parked","mutable":true,"input_type":"checkbox","default_value":"false","values":["false"]}]}]"##,
        )
        .unwrap();
        let labels = LabelSet::File(path.clone()).labels().unwrap();
        assert_eq!(labels[0].colour, "#ff0000");
        assert_eq!(labels[0].attributes[0].kind, AttributeKind::Checkbox);
        std::fs::write(&path, "[{]").unwrap();
        assert!(LabelSet::File(path).labels().unwrap_err().to_string().contains("labels.json"));
    }

    #[test]
    fn doubles_and_missing_files_are_named() {
        let twice = LabelSet::from_text("cat\ncat").labels().unwrap_err().to_string();
        assert!(twice.contains("\"cat\""), "{twice}");
        let missing = LabelSet::from_text("/no/such/list.txt").labels().unwrap_err();
        assert!(missing.to_string().contains("/no/such/list.txt"));
    }
}
