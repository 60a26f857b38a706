//! What CVAT would refuse, put in the wrong place, change or drop, told before a file is handed over.
//!
//! The rules look at images, labels and shapes as an export hands them to [`crate::cvat_xml::Writer`], one at a time. What
//! the writer itself mends or leaves out is told too, so a file without errors here holds all that the project does.

use std::collections::BTreeSet;

use relook_domain::{
    Attribute, AttributeKind, Geometry, Joint, Label, Shape, ShapeKind, attributes, export::ExportShape,
};

use crate::{
    Cause, Finding, Problem,
    cvat_xml::check,
    place::{shaped, with_known_joints},
    xml::escape::impossible,
};

/// The longest attribute value that CVAT takes, in characters.
const LONGEST_VALUE: usize = 4096;

/// How bad a flaw is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// CVAT refuses the whole file, puts shapes on another image, or a shape or value is lost.
    Error,
    /// Something is changed on the way, or CVAT keeps what its editor cannot show.
    Warning,
    /// Worth knowing.
    Note,
}

/// The rules, by the words that name them to people and scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    NameTwice,
    NameExtension,
    NameEmpty,
    Character,
    LabelText,
    LabelDeleted,
    LabelKind,
    NotANumber,
    Outside,
    ReachesOut,
    Degenerate,
    TooFewPoints,
    MaskRuns,
    SkeletonTemplate,
    SkeletonPoints,
    AttributeUnknown,
    Checkbox,
    Choice,
    Number,
    ValueLong,
    Group,
    ProjectImport,
}

impl Rule {
    /// The rule's name, words joined by hyphens.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NameTwice => "name-twice",
            Self::NameExtension => "name-extension",
            Self::NameEmpty => "name-empty",
            Self::Character => "character",
            Self::LabelText => "label-text",
            Self::LabelDeleted => "label-deleted",
            Self::LabelKind => "label-kind",
            Self::NotANumber => "not-a-number",
            Self::Outside => "outside",
            Self::ReachesOut => "reaches-out",
            Self::Degenerate => "degenerate",
            Self::TooFewPoints => "too-few-points",
            Self::MaskRuns => "mask-runs",
            Self::SkeletonTemplate => "skeleton-template",
            Self::SkeletonPoints => "skeleton-points",
            Self::AttributeUnknown => "attribute-unknown",
            Self::Checkbox => "checkbox",
            Self::Choice => "choice",
            Self::Number => "number",
            Self::ValueLong => "value-long",
            Self::Group => "group",
            Self::ProjectImport => "project-import",
        }
    }
}

/// A change to a shape that loses nothing a person said.
#[derive(Clone, Debug, PartialEq)]
pub enum Mend {
    Reshape(Geometry),
    /// `None`: the attribute is taken off the shape.
    Value {
        attribute: String,
        value: Option<String>,
    },
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Flaw {
    pub rule: Rule,
    pub severity: Severity,
    /// What is wrong, in a sentence without its stop.
    pub message: String,
    /// What CVAT, or the writer, makes of it; likewise.
    pub consequence: String,
    /// What would set it right without anybody having to decide.
    pub mend: Option<Mend>,
}

impl Flaw {
    fn new(rule: Rule, severity: Severity, message: impl Into<String>, consequence: &str) -> Self {
        Self { rule, severity, message: message.into(), consequence: consequence.to_owned(), mend: None }
    }

    fn error(rule: Rule, message: impl Into<String>, consequence: &str) -> Self {
        Self::new(rule, Severity::Error, message, consequence)
    }

    fn warning(rule: Rule, message: impl Into<String>, consequence: &str) -> Self {
        Self::new(rule, Severity::Warning, message, consequence)
    }

    fn mended(self, mend: Option<Mend>) -> Self {
        Self { mend, ..self }
    }
}

/// Flaws of image names among each other, each with the name; sorted by name.
#[must_use]
pub fn names(names: &[&str]) -> Vec<(String, Flaw)> {
    let flaw = |finding: Finding| {
        let rule = match finding.problem {
            Problem::Duplicate => Rule::NameTwice,
            Problem::SameStem => Rule::NameExtension,
            Problem::Empty => Rule::NameEmpty,
            // A look at names finds no more.
            _ => Rule::Character,
        };
        let way_out = if rule == Rule::Character { ". Rename it" } else { "" };
        (finding.image, Flaw::error(rule, finding.message, &format!("{}{way_out}", finding.consequence)))
    };
    check(names).into_iter().map(flaw).collect()
}

/// Flaws of a label whose shapes are to be written.
#[must_use]
pub fn label(label: &Label) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    if label.archived {
        flaws.push(Flaw::error(
            Rule::LabelDeleted,
            format!("Shapes stand with the label {:?}, which was deleted", label.name),
            "A CVAT task with the project's labels does not know it and refuses the whole file: give them another label",
        ));
    }
    let attributes = label.attributes.iter().flat_map(|a| [&a.name, &a.default].into_iter().chain(&a.values));
    let joints = label.skeleton.iter().flat_map(|s| s.joints.iter().map(|j| &j.name));
    if let Some(text) = [&label.name].into_iter().chain(attributes).chain(joints).find(|t| unwritable(t)) {
        flaws.push(Flaw::error(
            Rule::LabelText,
            format!("The label {:?} has {text:?}, which holds a character that XML cannot hold", label.name),
            "The file cannot be written: rename it in the label editor",
        ));
    }
    let broken = |a: &&Attribute| a.values.iter().any(|v| v.contains(['\n', '\r']));
    if let Some(attribute) = label.attributes.iter().find(broken) {
        flaws.push(Flaw::error(
            Rule::LabelText,
            format!("A choice of the attribute {:?} of {:?} has a line break", attribute.name, label.name),
            "CVAT keeps one choice a line, so the file cannot be written: take the line break out",
        ));
    }
    flaws
}

/// Flaws of one shape on an image of `width` by `height` pixels; the worst need not come first.
#[must_use]
pub fn shape(shape: &ExportShape, label: &Label, width: u32, height: u32) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let kind = shape.shape.kind();
    if let Some(wanted) = label.shape.filter(|wanted| *wanted != kind) {
        flaws.push(Flaw::warning(
            Rule::LabelKind,
            format!("A {} has the label {:?}, which is for a {}", kind.word(), label.name, wanted.word()),
            "CVAT takes it, and its editor offers that label for the other kind only",
        ));
    }
    if shape.group < 0 {
        flaws.push(Flaw::error(
            Rule::Group,
            format!("It is in the group {}", shape.group),
            "CVAT refuses the whole file: groups count from 0",
        ));
    }
    flaws.extend(of_geometry(shape, label, width, height));
    flaws.extend(shape.attributes.iter().flat_map(|(name, value)| of_value(label, name, value)));
    flaws
}

/// What the reader of a CVAT *project*, not of a task, drops of the kinds that are there, with how many; the kind's count
/// is handed in.
#[must_use]
pub fn of_kinds(counts: &[(ShapeKind, u64)]) -> Option<Flaw> {
    let dropped = |kind: &ShapeKind| matches!(kind, ShapeKind::Ellipse | ShapeKind::Cuboid | ShapeKind::Mask);
    let there = counts.iter().filter(|(kind, n)| dropped(kind) && *n > 0);
    let told: Vec<String> = there.map(|(kind, n)| format!("{n} {}", plural(*kind, *n))).collect();
    (!told.is_empty()).then(|| {
        Flaw::new(
            Rule::ProjectImport,
            Severity::Note,
            format!("There are {}", told.join(", ")),
            "CVAT drops them without a word where the file goes into a project: import it into a task",
        )
    })
}

fn plural(kind: ShapeKind, n: u64) -> String {
    if n == 1 { kind.word().to_owned() } else { format!("{}s", kind.word()) }
}

fn unwritable(text: &str) -> bool {
    impossible(text).is_some()
}

fn of_geometry(shape: &ExportShape, label: &Label, width: u32, height: u32) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut known = shape.clone();
    if let Shape::Skeleton { joints } = &shape.shape {
        let Some(template) = &label.skeleton else {
            return vec![Flaw::error(
                Rule::SkeletonTemplate,
                format!("A skeleton has the label {:?}, which has none to compare with", label.name),
                "CVAT refuses the whole file, so it is left out: give the label a skeleton",
            )];
        };
        let names: Vec<&str> = template.joints.iter().map(|j| j.name.as_str()).collect();
        flaws.extend(of_joints(shape, joints, label));
        known = with_known_joints(shape, &names).0;
    }
    let kind = shape.shape.kind().word();
    match shaped(&known, width, height) {
        Ok((_, Some(Cause::Clipped))) => flaws.push(
            Flaw::warning(
                Rule::ReachesOut,
                format!("A {kind} reaches out of the image of {width} by {height}"),
                "CVAT would keep the part that nobody sees; the file gets it cut at the edge",
            )
            .mended(shape.geometry().sound(width, height).map(Mend::Reshape)),
        ),
        Ok(_) => {}
        Err(cause) => flaws.push(lost(&known, &cause, width, height)),
    }
    flaws
}

/// A shape that cannot be written at all.
fn lost(shape: &ExportShape, cause: &Cause, width: u32, height: u32) -> Flaw {
    let kind = shape.shape.kind().word();
    let few = match &shape.shape {
        Shape::Polygon { points } if points.len() < 3 => Some((points.len(), 3)),
        Shape::Polyline { points } if points.len() < 2 => Some((points.len(), 2)),
        Shape::Points { points } if points.is_empty() => Some((0, 1)),
        _ => None,
    };
    if let Some((have, least)) = few {
        return Flaw::error(
            Rule::TooFewPoints,
            format!("A {kind} has {have} points, fewer than {least}"),
            "CVAT refuses the whole file, so it is left out",
        );
    }
    match cause {
        Cause::NotANumber => Flaw::error(
            Rule::NotANumber,
            format!("A coordinate or the rotation of a {kind} is not a number"),
            "It cannot be written and is left out",
        ),
        Cause::Outside => Flaw::error(
            Rule::Outside,
            format!("No part of a {kind} lies in the image of {width} by {height}"),
            "CVAT would keep it where nobody sees it, so it is left out",
        ),
        Cause::Runs => Flaw::error(
            Rule::MaskRuns,
            format!("The runs of a mask do not add up to its rectangle: {}", sum(shape)),
            "CVAT takes it and draws another mask, so it is left out",
        ),
        _ => Flaw::error(
            Rule::Degenerate,
            format!("A {kind} has no extent worth a pixel"),
            "Nothing of it would be seen in CVAT, so it is left out",
        ),
    }
}

fn sum(shape: &ExportShape) -> String {
    let Shape::Mask { runs } = &shape.shape else { return String::new() };
    let covered: u64 = runs.iter().map(|r| u64::from(*r)).sum();
    format!("{covered} pixels in {} by {}", shape.rect.width(), shape.rect.height())
}

/// Points that the skeleton lacks, and points that its label does not know.
fn of_joints(shape: &ExportShape, joints: &[Joint], label: &Label) -> Vec<Flaw> {
    let Some(template) = &label.skeleton else { return Vec::new() };
    let wanted: BTreeSet<&str> = template.joints.iter().map(|j| j.name.as_str()).collect();
    let found: BTreeSet<&str> = joints.iter().map(|j| j.name.as_str()).collect();
    let named = |names: Vec<&&str>| names.into_iter().copied().collect::<Vec<_>>().join(", ");
    let mend = || {
        let placed = template.joints.iter().map(|t| {
            let there = joints.iter().find(|j| j.name == t.name).cloned();
            there.unwrap_or_else(|| Joint {
                name: t.name.clone(),
                x: shape.rect.x1 + t.x * shape.rect.width(),
                y: shape.rect.y1 + t.y * shape.rect.height(),
                occluded: false,
                outside: true,
            })
        });
        Mend::Reshape(Geometry { shape: Shape::Skeleton { joints: placed.collect() }, ..shape.geometry() })
    };
    let mut flaws = Vec::new();
    let unknown: Vec<_> = found.difference(&wanted).collect();
    let missing: Vec<_> = wanted.difference(&found).collect();
    if !missing.is_empty() {
        flaws.push(
            Flaw::warning(
                Rule::SkeletonPoints,
                format!("A skeleton of {:?} lacks the points {}", label.name, named(missing)),
                "CVAT takes it without them",
            )
            .mended(unknown.is_empty().then(mend)),
        );
    }
    if !unknown.is_empty() {
        flaws.push(Flaw::error(
            Rule::SkeletonPoints,
            format!(
                "A skeleton of {:?} has the points {}, which its label lacks",
                label.name,
                named(unknown)
            ),
            "CVAT refuses the whole file for an unknown point, so they are left out",
        ));
    }
    flaws
}

fn of_value(label: &Label, name: &str, value: &str) -> Option<Flaw> {
    let Some(attribute) = label.attributes.iter().find(|a| a.name == name) else {
        return Some(
            Flaw::warning(
                Rule::AttributeUnknown,
                format!("The label {:?} has no attribute {name:?}", label.name),
                "CVAT drops the value without a word",
            )
            .mended(Some(Mend::Value { attribute: name.to_owned(), value: None })),
        );
    };
    if unwritable(value) || unwritable(name) {
        return Some(Flaw::error(
            Rule::Character,
            format!("The attribute {name:?} is {value:?}, which holds a character that XML cannot hold"),
            "The file cannot be written: take the character out",
        ));
    }
    if value.chars().count() > LONGEST_VALUE {
        return Some(Flaw::error(
            Rule::ValueLong,
            format!("The attribute {name:?} is longer than {LONGEST_VALUE} characters"),
            "CVAT refuses the whole file: shorten it",
        ));
    }
    if attributes::takes(attribute, value) {
        return None;
    }
    let right = meant(attribute, value);
    let mend = right.map(|value| Mend::Value { attribute: name.to_owned(), value: Some(value) });
    let flaw = match attribute.kind {
        AttributeKind::Checkbox if mend.is_some() => Flaw::warning(
            Rule::Checkbox,
            format!("The checkbox {name:?} is {value:?}, neither true nor false"),
            "It is written in lower case, as CVAT asks",
        ),
        AttributeKind::Checkbox => Flaw::error(
            Rule::Checkbox,
            format!("The checkbox {name:?} is {value:?}, neither true nor false"),
            "CVAT refuses the whole file, so the value is left out",
        ),
        AttributeKind::Select | AttributeKind::Radio => Flaw::warning(
            Rule::Choice,
            format!("The attribute {name:?} is {value:?}, none of {}", attribute.values.join(", ")),
            "CVAT keeps it, and its editor cannot show it",
        ),
        AttributeKind::Number | AttributeKind::Text => Flaw::warning(
            Rule::Number,
            format!("The attribute {name:?} is {value:?}, not a number in its range"),
            "CVAT keeps it as it is",
        ),
    };
    Some(flaw.mended(mend))
}

/// The one value that an odd one can only mean: the same but for blanks around it and letter case.
fn meant(attribute: &Attribute, value: &str) -> Option<String> {
    let alike = |choice: &str| choice.trim().to_lowercase() == value.trim().to_lowercase();
    let mut choices: Vec<&str> = match attribute.kind {
        AttributeKind::Checkbox => vec!["true", "false"],
        AttributeKind::Select | AttributeKind::Radio => attribute.values.iter().map(String::as_str).collect(),
        AttributeKind::Number | AttributeKind::Text => Vec::new(),
    };
    choices.retain(|choice| alike(choice));
    match choices.as_slice() {
        [one] => Some((*one).to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
