//! What a label asks of the shapes that have it: their kind, their joints, their attributes' values.
//!
//! A shape need not carry a value for each attribute: where it has none, the attribute's default is meant. So an attribute
//! added later holds for all shapes at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    label::{Attribute, AttributeKind, Label, Skeleton},
    shape::{Shape, ShapeKind},
};

/// Values by the attribute's name.
pub type Values = BTreeMap<String, String>;

/// Why a shape and a label do not go together, or a label makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("The label \"{0}\" was deleted; choose another one")]
    Archived(String),
    #[error("The label \"{label}\" is for shapes of the kind {wanted}; this one is a {found}")]
    Kind { label: String, wanted: &'static str, found: &'static str },
    #[error("The label \"{0}\" has no skeleton; give it one in the label editor")]
    NoSkeleton(String),
    #[error("A skeleton of \"{label}\" has the joints {wanted}; this one has {found}")]
    Joints { label: String, wanted: String, found: String },
    #[error("The label \"{label}\" has no attribute \"{name}\"; it has {known}")]
    UnknownAttribute { label: String, name: String, known: String },
    #[error("\"{value}\" is no value of the attribute \"{name}\" of \"{label}\": {wanted}")]
    Value { label: String, name: String, value: String, wanted: String },
    #[error("The label \"{label}\" makes no sense: {why}")]
    Label { label: String, why: String },
    #[error("{} the label \"{label}\": choose the label they get", have(*.count))]
    InUse { label: String, count: u64 },
    #[error("{} the label \"{label}\" and are no {wanted}; relabel or reject them first", have(*.count))]
    OtherKinds { label: String, wanted: &'static str, count: u64 },
    #[error("{} the label \"{label}\" as skeletons; their joints can be moved in the template, not added, removed or renamed", have(*.count))]
    SkeletonInUse { label: String, count: u64 },
    #[error("The key {key} belongs to the label \"{label}\" already")]
    KeyTaken { key: String, label: String },
}

fn have(count: u64) -> String {
    if count == 1 { "1 box has".into() } else { format!("{count} boxes have") }
}

/// Whether a shape may have the label.
///
/// # Errors
/// The label is archived, for another kind, or its skeleton has other joints.
pub fn check_shape(label: &Label, shape: &Shape) -> Result<(), Unfit> {
    check_kind(label, shape.kind())?;
    let Shape::Skeleton { joints } = shape else { return Ok(()) };
    let Some(template) = &label.skeleton else { return Err(Unfit::NoSkeleton(label.name.clone())) };
    let wanted: BTreeSet<&str> = template.joints.iter().map(|j| j.name.as_str()).collect();
    let found: BTreeSet<&str> = joints.iter().map(|j| j.name.as_str()).collect();
    if wanted == found && joints.len() == template.joints.len() {
        return Ok(());
    }
    let named = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(", ");
    Err(Unfit::Joints { label: label.name.clone(), wanted: named(wanted), found: named(found) })
}

/// Whether shapes of a kind may have the label.
///
/// # Errors
/// The label is archived or for another kind.
pub fn check_kind(label: &Label, found: ShapeKind) -> Result<(), Unfit> {
    if label.archived {
        return Err(Unfit::Archived(label.name.clone()));
    }
    match label.shape {
        Some(wanted) if wanted != found => {
            Err(Unfit::Kind { label: label.name.clone(), wanted: wanted.word(), found: found.word() })
        }
        _ => Ok(()),
    }
}

/// Whether a shape of the label may carry these values.
///
/// # Errors
/// Names the first attribute or value that is none of the label's.
pub fn check(label: &Label, values: &Values) -> Result<(), Unfit> {
    for (name, value) in values {
        let Some(attribute) = label.attributes.iter().find(|a| a.name == *name) else {
            let known: Vec<&str> = label.attributes.iter().map(|a| a.name.as_str()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(Unfit::UnknownAttribute { label: label.name.clone(), name: name.clone(), known });
        };
        if !takes(attribute, value) {
            return Err(Unfit::Value {
                label: label.name.clone(),
                name: name.clone(),
                value: value.clone(),
                wanted: wanted(attribute),
            });
        }
    }
    Ok(())
}

/// The values with the defaults of those attributes that have none.
#[must_use]
pub fn with_defaults(label: &Label, values: &Values) -> Values {
    let defaults = label.attributes.iter().map(|a| (a.name.clone(), default_of(a)));
    defaults.chain(values.iter().map(|(name, value)| (name.clone(), value.clone()))).collect()
}

/// The values that a shape keeps when it is given the label.
#[must_use]
pub fn fitting(label: &Label, values: &Values) -> Values {
    let fits =
        |name: &String, value: &String| label.attributes.iter().any(|a| a.name == *name && takes(a, value));
    values.iter().filter(|(name, value)| fits(name, value)).map(|(n, v)| (n.clone(), v.clone())).collect()
}

/// What becomes of a shape's values when its label is edited: those of an attribute that is gone go, one that the
/// attribute no longer takes becomes the default. An attribute that has another name at the same place was renamed.
#[must_use]
pub fn adapted(before: &Label, after: &Label, values: &Values) -> Values {
    let has = |label: &Label, name: &str| label.attributes.iter().any(|a| a.name == name);
    let renamed = |name: &str| -> Option<String> {
        let place = before.attributes.iter().position(|a| a.name == name)?;
        let now = after.attributes.get(place).map(|a| a.name.as_str())?;
        (!has(after, name) && !has(before, now)).then(|| now.to_owned())
    };
    let adapt = |(name, value): (&String, &String)| {
        let name = renamed(name).unwrap_or_else(|| name.clone());
        let attribute = after.attributes.iter().find(|a| a.name == name)?;
        let value = if takes(attribute, value) { value.clone() } else { default_of(attribute) };
        Some((name, value))
    };
    values.iter().filter_map(adapt).collect()
}

/// Whether a label makes sense by itself; its name is trimmed.
///
/// # Errors
/// [`Unfit::Label`] says why not.
pub fn check_label(label: &Label) -> Result<(), Unfit> {
    let wrong = |why: String| Err(Unfit::Label { label: label.name.clone(), why });
    if label.name.is_empty() {
        return wrong("it needs a name".into());
    }
    if label.name.chars().any(char::is_control) {
        return wrong("its name has characters that cannot be shown".into());
    }
    let hex =
        label.colour.strip_prefix('#').filter(|h| h.len() == 6 && h.bytes().all(|b| b.is_ascii_hexdigit()));
    if hex.is_none() {
        return wrong(format!("its colour {:?} is not like #1a2b3c", label.colour));
    }
    if label.key.chars().count() > 1 || label.key.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return wrong(format!("its key {:?} is not one character", label.key));
    }
    if let Some(why) = doubled(label.attributes.iter().map(|a| a.name.as_str())) {
        return wrong(format!("of its attributes, {why}"));
    }
    for a in &label.attributes {
        if let Some(why) = wrong_with(a) {
            return wrong(format!("its attribute \"{}\" {why}", a.name));
        }
    }
    if let Some(why) = label.skeleton.as_ref().and_then(wrong_with_skeleton) {
        return wrong(why);
    }
    if label.shape == Some(ShapeKind::Skeleton) && label.skeleton.is_none() {
        return wrong("it is for skeletons and has none: add joints".into());
    }
    Ok(())
}

/// Whether both have the same joints, wherever they are and however they hang together.
#[must_use]
pub fn same_joints(a: &Label, b: &Label) -> bool {
    let joints = |l: &Label| -> Option<BTreeSet<String>> {
        l.skeleton.as_ref().map(|s| s.joints.iter().map(|j| j.name.clone()).collect())
    };
    joints(a) == joints(b)
}

/// Whether an attribute may have the value.
#[must_use]
pub fn takes(attribute: &Attribute, value: &str) -> bool {
    match attribute.kind {
        AttributeKind::Select | AttributeKind::Radio => attribute.values.iter().any(|v| v == value),
        AttributeKind::Checkbox => value == "true" || value == "false",
        AttributeKind::Number => {
            let (min, max) = range(attribute);
            number(value).is_some_and(|n| min.is_none_or(|min| n >= min) && max.is_none_or(|max| n <= max))
        }
        AttributeKind::Text => true,
    }
}

fn wanted(attribute: &Attribute) -> String {
    match attribute.kind {
        AttributeKind::Select | AttributeKind::Radio => format!("choose of {}", attribute.values.join(", ")),
        AttributeKind::Checkbox => "it is true or false".into(),
        AttributeKind::Number => match range(attribute) {
            (Some(min), Some(max)) => format!("it is a number from {min} to {max}"),
            (Some(min), None) => format!("it is a number from {min} up"),
            (None, Some(max)) => format!("it is a number up to {max}"),
            (None, None) => "it is a number".into(),
        },
        AttributeKind::Text => "it is text".into(),
    }
}

/// The default as it is used: what the attribute says where it takes that itself, else its first value.
#[must_use]
pub fn default_of(attribute: &Attribute) -> String {
    if takes(attribute, &attribute.default) {
        return attribute.default.clone();
    }
    match attribute.kind {
        AttributeKind::Select | AttributeKind::Radio => attribute.values.first().cloned().unwrap_or_default(),
        AttributeKind::Checkbox => "false".into(),
        AttributeKind::Number => {
            let (min, max) = range(attribute);
            let zero = "0".to_owned();
            if takes(attribute, &zero) { zero } else { min.or(max).map_or(zero, |n| n.to_string()) }
        }
        AttributeKind::Text => String::new(),
    }
}

/// Smallest and largest number, where told.
fn range(attribute: &Attribute) -> (Option<f64>, Option<f64>) {
    let at = |place: usize| attribute.values.get(place).and_then(|v| number(v));
    (at(0), at(1))
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|n: &f64| n.is_finite())
}

fn wrong_with(a: &Attribute) -> Option<String> {
    let choice = matches!(a.kind, AttributeKind::Select | AttributeKind::Radio);
    if a.name.chars().any(char::is_control) {
        return Some("has characters in its name that cannot be shown".into());
    }
    if choice && a.values.is_empty() {
        return Some("has no values to choose from".into());
    }
    if let Some(why) = doubled(a.values.iter().map(String::as_str)).filter(|_| choice) {
        return Some(format!("is to choose from values of which {why}"));
    }
    if a.kind == AttributeKind::Number {
        if a.values.iter().any(|v| number(v).is_none()) {
            return Some(format!("has bounds that are no numbers: {}", a.values.join(", ")));
        }
        if let (Some(min), Some(max)) = range(a)
            && min > max
        {
            return Some(format!("cannot be from {min} to {max}"));
        }
    }
    (!a.default.is_empty() && !takes(a, &a.default))
        .then(|| format!("cannot be \"{}\" by default: {}", a.default, wanted(a)))
}

fn wrong_with_skeleton(s: &Skeleton) -> Option<String> {
    if s.joints.is_empty() {
        return Some("its skeleton has no joints".into());
    }
    if let Some(why) = doubled(s.joints.iter().map(|j| j.name.as_str())) {
        return Some(format!("of its skeleton's joints, {why}"));
    }
    let outside = |j: &&crate::SkeletonJoint| !(0.0..=1.0).contains(&j.x) || !(0.0..=1.0).contains(&j.y);
    if let Some(joint) = s.joints.iter().find(outside) {
        return Some(format!("the joint \"{}\" of its skeleton is outside the template", joint.name));
    }
    let odd = |(a, b): &&(u32, u32)| a == b || (*a).max(*b) as usize >= s.joints.len();
    s.edges.iter().find(odd).map(|(a, b)| format!("its skeleton has an edge from joint {a} to {b}"))
}

/// Whether a name is empty or stands twice.
fn doubled<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut seen = BTreeSet::new();
    for name in names {
        if name.trim().is_empty() {
            return Some("one has no name".into());
        }
        if !seen.insert(name) {
            return Some(format!("\"{name}\" stands twice"));
        }
    }
    None
}

#[cfg(test)]
mod tests;
