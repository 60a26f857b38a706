//! One shape as an element of the file.

use std::fmt::Write as _;

use relook_domain::{
    Attribute, AttributeKind, Geometry, Joint, Label, Point, Shape,
    export::{ExportImage, ExportShape},
};

use crate::{
    Cause, FormatError, Source, Warning,
    error::label_at,
    place::{TwoDecimals, shaped, with_known_joints},
    xml::escape::{push_attribute, push_text},
};

/// The corners of a cuboid as attributes name them, in the order of [`Shape::Cuboid`].
pub(super) const CORNERS: [&str; 8] = ["tl1", "bl1", "tr1", "br1", "tl2", "bl2", "tr2", "br2"];

/// Appends a shape, or nothing and a warning where it cannot be written.
///
/// # Errors
/// [`FormatError::NoSuchLabel`], [`FormatError::Character`].
pub(super) fn push_shape(
    text: &mut String,
    image: &ExportImage,
    shape: &ExportShape,
    labels: &[Label],
    warnings: &mut Vec<Warning>,
) -> Result<(), FormatError> {
    let label = label_at(labels, shape.label, &image.name)?;
    let mut warn =
        |cause| warnings.push(Warning { image: image.name.clone(), label: label.name.clone(), cause });
    let geometry = match placed(shape, label, image, &mut warn) {
        Ok((geometry, note)) => {
            note.into_iter().for_each(&mut warn);
            geometry
        }
        Err(cause) => {
            warn(cause);
            return Ok(());
        }
    };
    push_placed(text, image, shape, label, &geometry, None, &mut warn)
}

/// Where a shape of a track stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub frame: u64,
    pub keyframe: bool,
    pub outside: bool,
}

/// Appends a shape that is brought into its image: of its own, or (with a `frame`) of a track.
///
/// # Errors
/// [`FormatError::Character`].
pub(super) fn push_placed(
    text: &mut String,
    image: &ExportImage,
    shape: &ExportShape,
    label: &Label,
    geometry: &Geometry,
    frame: Option<Frame>,
    mut warn: impl FnMut(Cause),
) -> Result<(), FormatError> {
    let element = geometry.shape.kind().word();
    let place = || format!("A {element} of label {:?} in image {:?}", label.name, image.name);
    let source = Source::of(shape.origin, shape.state).word();
    let own_bits = !matches!(geometry.shape, Shape::Skeleton { .. } | Shape::Tag);
    // A String takes every write.
    let _ = write!(text, "    <{element}");
    match frame {
        None => {
            push_attribute(text, "label", &label.name, place)?;
            let _ = write!(text, " source=\"{source}\"");
        }
        Some(at) => {
            let _ = write!(text, " frame=\"{}\" keyframe=\"{}\"", at.frame, u8::from(at.keyframe));
            if own_bits {
                let _ = write!(text, " outside=\"{}\"", u8::from(at.outside));
            }
        }
    }
    if own_bits {
        let _ = write!(text, " occluded=\"{}\"", u8::from(shape.occluded));
    }
    push_geometry(text, geometry);
    if geometry.shape != Shape::Tag {
        let _ = write!(text, " z_order=\"{}\"", shape.z_order);
    }
    if shape.group != 0 && frame.is_none() {
        let _ = write!(text, " group_id=\"{}\"", shape.group);
    }
    text.push_str(">\n");
    if let Shape::Skeleton { joints } = &geometry.shape {
        for joint in joints {
            push_joint(text, joint, source, frame, shape.occluded, place)?;
        }
    }
    push_attributes(text, image, shape, label, element, &mut warn)?;
    let _ = writeln!(text, "    </{element}>");
    Ok(())
}

/// The shape inside its image as it is written, with what had to be changed.
pub(super) fn placed(
    shape: &ExportShape,
    label: &Label,
    image: &ExportImage,
    mut warn: impl FnMut(Cause),
) -> Result<(Geometry, Option<Cause>), Cause> {
    let Shape::Skeleton { .. } = shape.shape else { return shaped(shape, image.width, image.height) };
    let skeleton = label.skeleton.as_ref().ok_or(Cause::NoTemplate)?;
    let known: Vec<&str> = skeleton.joints.iter().map(|j| j.name.as_str()).collect();
    let (shape, unknown) = with_known_joints(shape, &known);
    let placed = shaped(&shape, image.width, image.height)?;
    unknown.into_iter().map(Cause::UnknownJoint).for_each(&mut warn);
    Ok(placed)
}

fn push_geometry(text: &mut String, geometry: &Geometry) {
    let r = &geometry.rect;
    let _ = match &geometry.shape {
        Shape::Box => {
            let [x1, y1, x2, y2] = [r.x1, r.y1, r.x2, r.y2].map(TwoDecimals);
            write!(text, " xtl=\"{x1}\" ytl=\"{y1}\" xbr=\"{x2}\" ybr=\"{y2}\"")
        }
        Shape::Ellipse => write!(
            text,
            " cx=\"{:.2}\" cy=\"{:.2}\" rx=\"{:.2}\" ry=\"{:.2}\"",
            (r.x1 + r.x2) / 2.0,
            (r.y1 + r.y2) / 2.0,
            r.width() / 2.0,
            r.height() / 2.0
        ),
        Shape::Polygon { points } | Shape::Polyline { points } | Shape::Points { points } => {
            push_points(text, points)
        }
        Shape::Cuboid { points } => CORNERS.iter().zip(points).try_for_each(|(corner, p)| {
            write!(text, " x{corner}=\"{}\" y{corner}=\"{}\"", TwoDecimals(p.x), TwoDecimals(p.y))
        }),
        Shape::Mask { runs } => push_mask(text, runs, geometry),
        Shape::Skeleton { .. } | Shape::Tag => Ok(()),
    };
    if geometry.rotation != 0.0 {
        let _ = write!(text, " rotation=\"{:.2}\"", geometry.rotation);
    }
}

fn push_points(text: &mut String, points: &[Point]) -> std::fmt::Result {
    text.push_str(" points=\"");
    for (n, p) in points.iter().enumerate() {
        write!(text, "{}{},{}", if n == 0 { "" } else { ";" }, TwoDecimals(p.x), TwoDecimals(p.y))?;
    }
    text.push('"');
    Ok(())
}

fn push_mask(text: &mut String, runs: &[u32], geometry: &Geometry) -> std::fmt::Result {
    text.push_str(" rle=\"");
    for (n, run) in runs.iter().enumerate() {
        write!(text, "{}{run}", if n == 0 { "" } else { ", " })?;
    }
    let r = &geometry.rect;
    write!(text, "\" left=\"{}\" top=\"{}\" width=\"{}\" height=\"{}\"", r.x1, r.y1, r.width(), r.height())
}

/// A skeleton has no word of its own for being occluded: all points of it are, as in CVAT's editor.
fn push_joint(
    text: &mut String,
    joint: &Joint,
    source: &str,
    frame: Option<Frame>,
    all_occluded: bool,
    place: impl Fn() -> String,
) -> Result<(), FormatError> {
    text.push_str("      <points");
    push_attribute(text, "label", &joint.name, place)?;
    let _ = match frame {
        None => write!(text, " source=\"{source}\""),
        Some(at) => write!(text, " keyframe=\"{}\"", u8::from(at.keyframe)),
    };
    let outside = joint.outside || frame.is_some_and(|at| at.outside);
    let _ = writeln!(
        text,
        " outside=\"{}\" occluded=\"{}\" points=\"{},{}\">\n      </points>",
        u8::from(outside),
        u8::from(joint.occluded || (all_occluded && !joint.outside)),
        TwoDecimals(joint.x),
        TwoDecimals(joint.y)
    );
    Ok(())
}

fn push_attributes(
    text: &mut String,
    image: &ExportImage,
    shape: &ExportShape,
    label: &Label,
    element: &str,
    mut warn: impl FnMut(Cause),
) -> Result<(), FormatError> {
    let known = label.attributes.iter().map(|a| (a.name.as_str(), Some(a)));
    let unknown = shape.attributes.keys().filter(|name| label.attributes.iter().all(|a| a.name != **name));
    for (name, attribute) in known.chain(unknown.map(|name| (name.as_str(), None))) {
        let Some(value) = shape.attributes.get(name) else { continue };
        if attribute.is_none() {
            warn(Cause::UnknownAttribute(name.to_owned()));
        }
        let Some(value) = written_value(attribute, value) else {
            warn(Cause::Checkbox { attribute: name.to_owned(), value: value.clone() });
            continue;
        };
        let place = || format!("Attribute {name:?} of a {element} in image {:?}", image.name);
        text.push_str("      <attribute");
        push_attribute(text, "name", name, place)?;
        text.push('>');
        push_text(text, value, place)?;
        text.push_str("</attribute>\n");
    }
    Ok(())
}

/// The value as CVAT takes it; `None` for a checkbox that is neither true nor false.
fn written_value<'v>(attribute: Option<&Attribute>, value: &'v str) -> Option<&'v str> {
    match attribute.map(|a| a.kind) {
        Some(AttributeKind::Checkbox) if value.eq_ignore_ascii_case("true") => Some("true"),
        Some(AttributeKind::Checkbox) if value.eq_ignore_ascii_case("false") => Some("false"),
        Some(AttributeKind::Checkbox) => None,
        _ => Some(value),
    }
}
