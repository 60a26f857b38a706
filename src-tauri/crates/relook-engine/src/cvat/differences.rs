//! The difference between the project and what a server wrote of a task.

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
};

use relook_domain::{Annotation, ImageId, Label, LabelId};

use super::{
    CvatBy, CvatChange, CvatDifference,
    agreed::{Agreed, by, digest},
};
use crate::{
    ImportReport,
    error::EngineError,
    export::included_in_cvat,
    import::compare::{Compared, compare, details_differ, unmoved},
    project::Project,
    task::Task,
    view::Include,
};

/// One image on both sides.
pub(super) struct Both {
    pub image: ImageId,
    pub ours: Vec<Annotation>,
    pub theirs: Vec<Annotation>,
    pub compared: Compared,
    pub agreed: Option<Agreed>,
}

/// One difference: places in the lists of a [`Both`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub ours: Option<usize>,
    pub theirs: Option<usize>,
}

impl Both {
    pub(super) fn places(&self) -> impl Iterator<Item = Place> + '_ {
        let changed = self.compared.changed.iter().map(|(o, t)| Place { ours: Some(*o), theirs: Some(*t) });
        let ours = self.compared.ours.iter().map(|o| Place { ours: Some(*o), theirs: None });
        let theirs = self.compared.theirs.iter().map(|t| Place { ours: None, theirs: Some(*t) });
        changed.chain(ours).chain(theirs)
    }

    pub(super) fn at(&self, place: Place) -> (Option<&Annotation>, Option<&Annotation>) {
        (place.ours.map(|n| &self.ours[n]), place.theirs.map(|n| &self.theirs[n]))
    }

    pub(super) fn by(&self, place: Place) -> CvatBy {
        let (ours, theirs) = self.at(place);
        by(self.agreed.as_ref(), ours, theirs)
    }
}

/// Reads a file of a task and hands over each image that both sides have. Images of `only` that the file does not name are
/// handed over as empty there.
///
/// # Errors
/// The file cannot be read, or what `each` returned.
pub(super) fn both(
    project: &Project,
    (upload, include): (Option<i64>, Include),
    only: &HashSet<ImageId>,
    file: &Path,
    task: &Task,
    mut each: impl FnMut(Both) -> Result<(), EngineError>,
) -> Result<ImportReport, EngineError> {
    let mut side_by_side = |image: ImageId, theirs: Vec<Annotation>| -> Result<(), EngineError> {
        let ours = project.store().annotations_of(image)?.into_iter().map(|(a, _)| a);
        let ours: Vec<_> = ours.filter(|a| included_in_cvat(a, include)).collect();
        let agreed = match upload {
            Some(id) => project.store().cvat_agreed(id, image)?,
            None => None,
        };
        let agreed = agreed.as_deref().map(Agreed::read).transpose()?;
        let compared = compare(&ours, &theirs);
        each(Both { image, ours, theirs, compared, agreed })
    };
    let mut left = only.clone();
    let report = project.incoming(file, task, |image, theirs| match left.remove(&image) {
        true => side_by_side(image, theirs),
        false => Ok(()),
    })?;
    let mut absent: Vec<ImageId> = left.into_iter().collect();
    absent.sort_unstable();
    for image in absent {
        side_by_side(image, Vec::new())?;
    }
    Ok(report)
}

/// A difference in the words of the wire.
pub(super) fn told(
    both: &Both,
    place: Place,
    path: &str,
    labels: &BTreeMap<LabelId, Label>,
) -> Option<CvatDifference> {
    let (ours, theirs) = both.at(place);
    let one = ours.or(theirs)?;
    let name = |a: &Annotation| labels.get(&a.label).map_or_else(String::new, |l| l.name.clone());
    let kind = one.shape.kind().word();
    let (change, said) = match (ours, theirs) {
        (None, _) => (CvatChange::Added, format!("Only there: {kind}")),
        (_, None) => (CvatChange::Removed, format!("Only here: {kind}")),
        (Some(a), Some(b)) if a.label != b.label => {
            (CvatChange::Relabelled, format!("{} here, {} there", name(a), name(b)))
        }
        (Some(a), Some(b)) if !unmoved(&a.geometry(), &b.geometry()) => (CvatChange::Moved, moved(a, b)),
        (Some(a), Some(b)) => (CvatChange::Details, details(a, b)),
    };
    let key = match (ours, theirs) {
        (Some(a), _) => format!("{}", a.id),
        (None, Some(b)) => format!("{}-{}-{}", both.image, digest(b), place.theirs.unwrap_or_default()),
        (None, None) => return None,
    };
    Some(CvatDifference {
        key,
        image: both.image,
        path: path.to_owned(),
        change,
        by: both.by(place),
        label: name(one),
        their_label: theirs.filter(|b| b.label != one.label).map(name),
        ours: ours.map(|a| a.id),
        rect: one.rect,
        their_rect: theirs.map(|b| b.rect),
        said,
    })
}

fn moved(a: &Annotation, b: &Annotation) -> String {
    let (r, s) = (a.geometry().bounds(), b.geometry().bounds());
    let far = [s.x1 - r.x1, s.y1 - r.y1, s.x2 - r.x2, s.y2 - r.y2];
    let far = far.into_iter().map(f64::abs).fold(0.0, f64::max);
    match (a.rotation - b.rotation).abs() {
        turned if turned > 0.005 => format!("Up to {far:.2} px apart, turned by {turned:.1}°"),
        _ => format!("Up to {far:.2} px apart"),
    }
}

fn details(a: &Annotation, b: &Annotation) -> String {
    let mut said = Vec::new();
    for (name, ours) in &a.attributes {
        match b.attributes.get(name) {
            Some(theirs) if theirs != ours => said.push(format!("{name}: {ours:?} here, {theirs:?} there")),
            Some(_) => {}
            None => said.push(format!("{name}: {ours:?} here, nothing there")),
        }
    }
    for (name, theirs) in b.attributes.iter().filter(|(name, _)| !a.attributes.contains_key(*name)) {
        said.push(format!("{name}: nothing here, {theirs:?} there"));
    }
    if a.occluded != b.occluded {
        said.push(if a.occluded { "Occluded here only" } else { "Occluded there only" }.to_owned());
    }
    for (what, ours, theirs) in [("Layer", a.z_order.into(), b.z_order.into()), ("Group", a.group, b.group)] {
        if ours != theirs {
            said.push(format!("{what}: {ours} here, {theirs} there"));
        }
    }
    match details_differ(a, b) {
        true => said.join("; "),
        false => "Its points are otherwise".to_owned(),
    }
}
