//! What a step is called in the history and the status line.

use std::{collections::BTreeSet, mem::discriminant};

use relook_domain::{
    AnnotationId, Label, LabelId,
    review::{Action, Change},
};

/// An action, the label that its box had, and what it changed.
pub(crate) struct Done<'a> {
    pub action: &'a Action,
    pub label: Option<String>,
    pub changes: Vec<Change>,
}

/// The title of actions done together; at least one.
pub(crate) fn of(done: &[Done<'_>], labels: &[Label]) -> String {
    let name = |id: LabelId| labels.iter().find(|l| l.id == id).map_or("box", |l| l.name.as_str());
    let effective: Vec<&Done<'_>> = done.iter().filter(|d| !d.changes.is_empty()).collect();
    let told = if effective.is_empty() { done.iter().collect() } else { effective };
    match told.as_slice() {
        [] => String::new(),
        [one] => single(one, name),
        [first, rest @ ..] => {
            let alike = rest.iter().all(|d| discriminant(d.action) == discriminant(first.action));
            alike.then(|| several(&told, name)).flatten().unwrap_or_else(|| mixed(&told))
        }
    }
}

fn single<'a>(done: &Done<'_>, name: impl Fn(LabelId) -> &'a str) -> String {
    let its = done.label.as_deref().unwrap_or("box");
    match done.action {
        Action::Accept { .. } => format!("Accepted {its}"),
        Action::Reject { .. } => format!("Rejected {its}"),
        Action::Reopen { .. } => format!("Reopened {its}"),
        Action::Relabel { label, .. } => format!("Relabelled {its} to {}", name(*label)),
        Action::Reshape { .. } => format!("Fixed the box of {its}"),
        Action::Describe { .. } => format!("Changed the details of {its}"),
        Action::SetKeyframe { keyframe: true, .. } => format!("Made {its} a keyframe"),
        Action::SetKeyframe { keyframe: false, .. } => format!("Interpolated {its}"),
        Action::EndTrack { .. } => format!("Ended the track of {its}"),
        Action::Draw { label, .. } => format!("Drew {}", name(*label)),
        Action::AcceptRest { .. } => match boxes(&[done]).len() {
            1 => "Accepted 1 box of an image".to_owned(),
            n => format!("Accepted {n} boxes of an image"),
        },
        Action::ConfirmEmpty { .. } => "Confirmed an image empty".to_owned(),
        Action::UnconfirmEmpty { .. } => "Took \"confirmed empty\" back".to_owned(),
    }
}

/// Actions of one kind; `None` where they have no common title.
fn several<'a>(done: &[&Done<'_>], name: impl Fn(LabelId) -> &'a str) -> Option<String> {
    let (first, n) = (done.first()?, count(boxes(done).len().max(1)));
    Some(match first.action {
        Action::Accept { .. } => format!("Accepted {n}"),
        Action::Reject { .. } => format!("Rejected {n}"),
        Action::Reopen { .. } => format!("Reopened {n}"),
        Action::Relabel { label: to, .. } => {
            let same = |d: &&Done<'_>| matches!(d.action, Action::Relabel { label, .. } if label == to);
            if done.iter().all(same) {
                format!("Relabelled {n} to {}", name(*to))
            } else {
                format!("Relabelled {n}")
            }
        }
        Action::Reshape { .. } => format!("Moved {n}"),
        Action::Describe { .. } => format!("Changed the details of {n}"),
        Action::SetKeyframe { .. } => format!("Set keyframes of {n}"),
        Action::EndTrack { .. } => format!("Ended the tracks of {n}"),
        Action::Draw { .. } => format!("Drew {n}"),
        Action::AcceptRest { .. } => format!("Accepted {n} of {} images", done.len()),
        Action::ConfirmEmpty { .. } => format!("Confirmed {} images empty", done.len()),
        Action::UnconfirmEmpty { .. } => return None,
    })
}

fn mixed(done: &[&Done<'_>]) -> String {
    match boxes(done).len() {
        0 => format!("Changed {} images", done.len()),
        n => format!("Changed {}", count(n)),
    }
}

pub(crate) fn count(n: usize) -> String {
    if n == 1 { "1 box".to_owned() } else { format!("{n} boxes") }
}

/// The boxes changed.
fn boxes(done: &[&Done<'_>]) -> BTreeSet<AnnotationId> {
    let changes = done.iter().flat_map(|d| &d.changes);
    let id = |c: &Change| match c {
        Change::Edit { id, .. } => Some(*id),
        Change::Create { annotation } | Change::Delete { annotation } => Some(annotation.id),
        Change::Empty { .. } | Change::Label { .. } => None,
    };
    changes.filter_map(id).collect()
}
