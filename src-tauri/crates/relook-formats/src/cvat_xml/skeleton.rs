//! A skeleton's template as the drawing that CVAT keeps of it: an SVG fragment of a line for each edge and a circle for
//! each point, in hundredths of its width and height.

use std::{collections::BTreeMap, fmt::Write as _};

use relook_domain::{Label, Skeleton, SkeletonJoint};

use super::read::{bound, coordinate, needed};
use crate::{
    FormatError, Limits,
    xml::{
        escape::push_attribute,
        events::{Element, Events, fault},
    },
};

/// The drawing of a label's skeleton; empty for a label without one.
///
/// # Errors
/// [`FormatError::Character`] for a point's name, [`FormatError::Label`] for an edge to a point that is not there.
pub fn drawing(label: &Label) -> Result<String, FormatError> {
    let mut svg = String::new();
    let Some(skeleton) = &label.skeleton else { return Ok(svg) };
    for (from, to) in &skeleton.edges {
        let end = |n: &u32| {
            skeleton.joints.get(*n as usize).ok_or_else(|| {
                FormatError::Label(format!(
                    "The skeleton of label {:?} has a line to point {}, but {} points. Draw it anew",
                    label.name,
                    u64::from(*n) + 1,
                    skeleton.joints.len()
                ))
            })
        };
        let (a, b) = (end(from)?, end(to)?);
        let (x1, y1, x2, y2) = (percent(a.x), percent(a.y), percent(b.x), percent(b.y));
        // A String takes every write.
        let _ = write!(
            svg,
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"black\" data-type=\"edge\" \
             data-node-from=\"{}\" stroke-width=\"0.5\" data-node-to=\"{}\"></line>",
            u64::from(*from) + 1,
            u64::from(*to) + 1
        );
    }
    for (n, joint) in skeleton.joints.iter().enumerate() {
        let (cx, cy, n) = (percent(joint.x), percent(joint.y), n + 1);
        let _ = write!(
            svg,
            "<circle r=\"1.5\" stroke=\"black\" fill=\"#b3b3b3\" cx=\"{cx}\" cy=\"{cy}\" stroke-width=\"0.1\" \
             data-type=\"element node\" data-element-id=\"{n}\" data-node-id=\"{n}\""
        );
        push_attribute(&mut svg, "data-label-name", &joint.name, || {
            format!("Point {:?} of the skeleton of label {:?}", joint.name, label.name)
        })?;
        svg.push_str("></circle>");
    }
    Ok(svg)
}

/// Four decimals, as few as are needed.
fn percent(share: f64) -> f64 {
    (share * 1e6).round() / 1e4
}

/// The template that a drawing shows; `line` is where it stands in the file. What is neither a line nor a circle is
/// passed over.
///
/// # Errors
/// [`FormatError::Xml`] naming the label where the drawing is not well formed, a point has no name or place, or a line
/// ends at no point.
pub(super) fn template(svg: &str, label: &str, line: u64, limits: &Limits) -> Result<Skeleton, FormatError> {
    let place = format!("the skeleton of label {label:?}: ");
    let mut nodes: Vec<(String, SkeletonJoint)> = Vec::new();
    let mut ends: Vec<(String, String)> = Vec::new();
    let mut events = Events::new(svg.as_bytes(), *limits);
    // Lines are counted in the drawing; what counts is where it stands.
    let here = |e| match e {
        FormatError::Xml { message, .. } if message.starts_with(&place) => fault(line, message),
        FormatError::Xml { message, .. } => fault(line, format!("{place}{message}")),
        other => other,
    };
    while let Some(child) = events.child().map_err(here)? {
        match child.name.as_str() {
            "circle" => {
                bound(nodes.len(), limits.labels, "points of a skeleton", line)?;
                nodes.push(node(&child, &place).map_err(here)?);
            }
            "line" => {
                bound(ends.len(), limits.labels, "lines of a skeleton", line)?;
                let end = |name| needed(&child, name, &place).map(str::to_owned).map_err(here);
                ends.push((end("data-node-from")?, end("data-node-to")?));
            }
            _ => {}
        }
        events.skip().map_err(here)?;
    }
    let places: BTreeMap<&str, u32> = nodes.iter().map(|(id, _)| id.as_str()).zip(0..).collect();
    let index = |id: &str| {
        let at = places.get(id).copied();
        at.ok_or_else(|| fault(line, format!("{place}a line ends at {id:?}, which is no point")))
    };
    let edges = ends.iter().map(|(from, to)| Ok((index(from)?, index(to)?)));
    let edges = edges.collect::<Result<_, FormatError>>()?;
    Ok(Skeleton { joints: nodes.into_iter().map(|(_, joint)| joint).collect(), edges })
}

fn node(circle: &Element, place: &str) -> Result<(String, SkeletonJoint), FormatError> {
    // A point dragged over the edge of the drawing belongs on the edge.
    let share = |name| -> Result<f64, FormatError> {
        let at = coordinate(circle, name, needed(circle, name, place)?, f64::MAX, place)?;
        Ok((at / 100.0).clamp(0.0, 1.0))
    };
    let joint = SkeletonJoint {
        name: needed(circle, "data-label-name", place)?.to_owned(),
        x: share("cx")?,
        y: share("cy")?,
    };
    Ok((needed(circle, "data-node-id", place)?.to_owned(), joint))
}
