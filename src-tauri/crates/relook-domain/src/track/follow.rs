//! What a change of one shape of a track does to the others.

use std::collections::BTreeSet;

use super::{Keyframe, at};
use crate::{
    annotation::Annotation,
    attributes::fitting,
    label::Label,
    review::{Change, Details, Patch},
};

/// So near, in pixels or degrees, a shape counts as being where it is to be.
const STILL: f64 = 1e-6;

/// A shape of a track on its image, rejected ones included.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackShape {
    /// The image's place in the list of images; only differences count.
    pub place: u64,
    /// Upright pixels; `None`: not known yet.
    pub size: Option<(u32, u32)>,
    pub annotation: Annotation,
}

/// Whether the track begins at the `n`-th of its shapes, for the first time or again: there is none on the image before.
#[must_use]
pub fn begins(shapes: &[TrackShape], n: usize) -> bool {
    n == 0 || shapes[n - 1].place + 1 < shapes[n].place
}

/// What else changes along a track whose shapes are `shapes`, by place, after `changes` of them. All take a new label,
/// group or lasting attribute; those between keyframes are interpolated anew where a keyframe beside them changed.
/// `label`: the label of the shapes changed.
#[must_use]
pub fn follow(shapes: &[TrackShape], changes: &[Change], label: &Label) -> Vec<Change> {
    let mut now: Vec<Annotation> = shapes.iter().map(|s| s.annotation.clone()).collect();
    let mut changed = BTreeSet::new();
    for change in changes {
        let Change::Edit { id, after, .. } = change else { continue };
        let Some(source) = shapes.iter().find(|s| s.annotation.id == *id) else { continue };
        changed.insert(*id);
        now.iter_mut().for_each(|a| take_over(a, &source.annotation, after, label));
    }
    let set: Vec<usize> =
        (0..now.len()).filter(|n| begins(shapes, *n) || now[*n].track.is_some_and(|t| t.keyframe)).collect();
    for (n, from) in set.iter().enumerate() {
        let end = set.get(n + 1).copied().unwrap_or(now.len());
        let to = (end < now.len() && !begins(shapes, end)).then_some(end);
        if (*from..end).chain(to).any(|n| changed.contains(&now[n].id)) {
            interpolate(&mut now, shapes, *from, end, to);
        }
    }
    shapes.iter().zip(&now).filter_map(|(s, now)| difference(&s.annotation, now)).collect()
}

/// A track has one label, one group, and one value of each attribute that does not change along it.
fn take_over(a: &mut Annotation, source: &Annotation, after: &Patch, label: &Label) {
    if after.label.is_some() {
        a.label = source.label;
        a.attributes = fitting(label, &a.attributes);
    }
    if after.details.group.is_some() {
        a.group = source.group;
    }
    if after.details.attributes.is_some() {
        for name in label.attributes.iter().filter(|of| !of.mutable).map(|of| &of.name) {
            match source.attributes.get(name) {
                Some(value) => a.attributes.insert(name.clone(), value.clone()),
                None => a.attributes.remove(name),
            };
        }
    }
}

/// The shapes after `from` and before `end`, between the keyframe `from` and, where the track goes on, `to`.
fn interpolate(now: &mut [Annotation], shapes: &[TrackShape], from: usize, end: usize, to: Option<usize>) {
    let keyframe = |n: usize| Keyframe {
        frame: shapes[n].place,
        outside: false,
        occluded: now[n].occluded,
        geometry: now[n].geometry(),
        z_order: now[n].z_order,
        attributes: now[n].attributes.clone(),
    };
    let keyframes: Vec<Keyframe> = std::iter::once(from).chain(to).map(keyframe).collect();
    for n in from + 1..end {
        let Some((found, _)) = at(&keyframes, shapes[n].place) else { continue };
        let a = &mut now[n];
        (a.occluded, a.z_order, a.attributes) = (found.occluded, found.z_order, found.attributes);
        let sound = shapes[n].size.and_then(|(width, height)| found.geometry.sound(width, height));
        if let Some(geometry) = sound.filter(|g| !g.is_near(&a.geometry(), STILL)) {
            (a.rect, a.rotation, a.shape) = (geometry.rect, geometry.rotation, geometry.shape);
        }
    }
}

fn difference(was: &Annotation, now: &Annotation) -> Option<Change> {
    fn other<T: PartialEq + Clone>(was: &T, now: &T) -> Option<T> {
        (was != now).then(|| now.clone())
    }
    let after = Patch {
        label: other(&was.label, &now.label),
        rect: other(&was.rect, &now.rect),
        rotation: other(&was.rotation, &now.rotation),
        shape: other(&was.shape, &now.shape),
        details: Details {
            occluded: other(&was.occluded, &now.occluded),
            z_order: other(&was.z_order, &now.z_order),
            group: other(&was.group, &now.group),
            attributes: other(&was.attributes, &now.attributes),
        },
        ..Patch::default()
    };
    let before = after.taken_from(was);
    (before != after).then_some(Change::Edit { id: was.id, before, after })
}

#[cfg(test)]
mod tests;
