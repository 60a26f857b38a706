//! The streaming reader.

use std::{collections::BTreeMap, io::BufRead, str::FromStr};

use relook_domain::{Attribute, AttributeKind, ShapeKind};

use super::{
    document::{Document, Summary},
    read_shape::read_shape,
    skeleton::template,
    track::Video,
    write::{kind_word, type_word},
};
use crate::{
    Finding, FormatError, Item, Limits, Problem, ReadImage, ReadLabel,
    xml::events::{Element, Event, Events, fault},
};

/// So many kinds of passed-over elements are told apart; the rest counts as [`OTHER`].
const KINDS: usize = 64;
const OTHER: &str = "other";
const VIDEO: &str = "This is CVAT for video 1.1, which has tracks, where images are wanted. Export the task from CVAT as \
                     \"CVAT for images 1.1\"";

/// Reads a whole file into memory.
///
/// # Errors
/// As [`read_each`].
pub fn read(reader: impl BufRead, limits: &Limits) -> Result<Document, FormatError> {
    let mut images = Vec::new();
    let summary = read_each(reader, limits, |image| {
        images.push(image);
        Ok::<(), FormatError>(())
    })?;
    Ok(Document { images, summary })
}

/// Reads a file image by image; each is handed to `each` as soon as it ends. Elements that are no
/// shapes are counted in [`Summary::skipped`].
///
/// # Errors
/// [`FormatError::Xml`] with the line for a file that is not well formed UTF-8, not of this form, has a DOCTYPE, a
/// number that is none, or goes over `limits`; [`FormatError::Read`] when the source fails; whatever `each` returns.
pub fn read_each<E: From<FormatError>>(
    reader: impl BufRead,
    limits: &Limits,
    mut each: impl FnMut(ReadImage) -> Result<(), E>,
) -> Result<Summary, E> {
    walk(reader, limits, Faults::Refused, None, &mut |item| match item {
        Item::Image(image) => each(image),
        Item::Labels(_) | Item::Finding(_) => Ok(()),
    })
}

/// Reads the tracks of the video form into memory, and what else the file says.
///
/// # Errors
/// As [`read_each`]; also for a track without a keyframe, or whose frames do not grow.
pub fn read_tracks(reader: impl BufRead, limits: &Limits) -> Result<(Video, Summary), FormatError> {
    let mut video = Video::default();
    let summary =
        walk(reader, limits, Faults::Refused, Some(&mut video), &mut |_| Ok::<(), FormatError>(()))?;
    Ok((video, summary))
}

/// As [`read_each`], with the labels and, as findings, what was passed over; a shape that is none is a finding, too, and
/// the rest of its image is read. Comes back with the tracks, for [`super::frames`].
pub(crate) fn items<E: From<FormatError>>(
    reader: impl BufRead,
    limits: &Limits,
    each: &mut dyn FnMut(Item) -> Result<(), E>,
) -> Result<Video, E> {
    let mut video = Video::default();
    let summary = walk(reader, limits, Faults::Told, Some(&mut video), each)?;
    for (kind, n) in &summary.skipped {
        let elements = if *n == 1 { "element" } else { "elements" };
        each(Item::Finding(Finding {
            image: String::new(),
            problem: Problem::Unknown,
            message: format!("The file has {n} {elements} <{kind}> that Relook does not know"),
            consequence: "Passed over".to_owned(),
        }))?;
    }
    Ok(video)
}

/// What becomes of a shape that is none.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Faults {
    /// The reading ends with an error.
    Refused,
    /// It is left out and told.
    Told,
}

fn walk<E: From<FormatError>>(
    reader: impl BufRead,
    limits: &Limits,
    faults: Faults,
    mut video: Option<&mut Video>,
    each: &mut dyn FnMut(Item) -> Result<(), E>,
) -> Result<Summary, E> {
    let mut events = Events::new(reader, *limits);
    let mut summary = Summary::default();
    open_root(&mut events)?;
    while let Some(child) = events.child()? {
        match child.name.as_str() {
            "version" => events.skip()?,
            "meta" => {
                read_meta(&mut events, &mut summary, video.as_deref_mut())?;
                each(Item::Labels(summary.labels.clone()))?;
            }
            "image" => {
                if summary.images == limits.images {
                    return Err(fault(child.line, format!("More than {} images", limits.images)).into());
                }
                let mut told = Vec::new();
                let on_fault = (faults == Faults::Told).then_some(&mut told);
                let image = read_image(&mut events, &child, &mut summary.skipped, on_fault)?;
                summary.images += 1;
                summary.shapes += image.shapes.len() as u64;
                for finding in told {
                    each(Item::Finding(finding))?;
                }
                each(Item::Image(image))?;
            }
            "track" => {
                let Some(video) = &mut video else { return Err(fault(child.line, VIDEO).into()) };
                let mut told = Vec::new();
                let on_fault = (faults == Faults::Told).then_some(&mut told);
                video.read(&mut events, &child, &mut summary.skipped, on_fault)?;
                for finding in told {
                    each(Item::Finding(finding))?;
                }
            }
            kind => {
                count(&mut summary.skipped, kind);
                events.skip()?;
            }
        }
    }
    // What follows the root may only be white space and comments.
    if let Some(extra) = events.child()? {
        return Err(
            fault(extra.line, format!("<{}> stands after the end of the document", extra.name)).into()
        );
    }
    Ok(summary)
}

fn open_root<R: BufRead>(events: &mut Events<R>) -> Result<(), FormatError> {
    loop {
        match events.next()? {
            Event::Open(root) if root.name == "annotations" => return Ok(()),
            Event::Open(root) => {
                let what = format!("The file begins with <{}>, a CVAT file with <annotations>", root.name);
                return Err(fault(root.line, what));
            }
            Event::Text(text) if text.trim().is_empty() => {}
            Event::Text(_) | Event::Close | Event::End => {
                return Err(fault(events.line, "This is not an XML file of CVAT: it has no <annotations>"));
            }
        }
    }
}

pub(super) fn count(skipped: &mut BTreeMap<String, u64>, kind: &str) {
    let kind = if skipped.contains_key(kind) || skipped.len() < KINDS { kind } else { OTHER };
    *skipped.entry(kind.to_owned()).or_default() += 1;
}

fn read_meta<R: BufRead>(
    events: &mut Events<R>,
    summary: &mut Summary,
    mut video: Option<&mut Video>,
) -> Result<(), FormatError> {
    while let Some(child) = events.child()? {
        if !matches!(child.name.as_str(), "task" | "project" | "job") {
            events.skip()?;
            continue;
        }
        while let Some(part) = events.child()? {
            match part.name.as_str() {
                "name" => summary.name = events.text("name")?,
                "labels" => read_labels(events, &mut summary.labels)?,
                said @ ("start_frame" | "stop_frame" | "frame_filter") => {
                    let text = events.text(said)?;
                    if let Some(video) = &mut video {
                        video.describe(&child.name, said, &text);
                    }
                }
                _ => events.skip()?,
            }
        }
    }
    Ok(())
}

fn read_labels<R: BufRead>(events: &mut Events<R>, labels: &mut Vec<ReadLabel>) -> Result<(), FormatError> {
    while let Some(child) = events.child()? {
        if child.name != "label" {
            events.skip()?;
            continue;
        }
        bound(labels.len(), events.limits.labels, "labels", child.line)?;
        let mut label = ReadLabel {
            name: String::new(),
            colour: String::new(),
            shape: None,
            skeleton: None,
            parent: None,
            attributes: Vec::new(),
        };
        let mut svg = None;
        while let Some(part) = events.child()? {
            match part.name.as_str() {
                "name" => label.name = events.text("name")?,
                "color" => label.colour = events.text("color")?,
                "type" => {
                    let word = events.text("type")?;
                    let named = |kind: &&ShapeKind| type_word(Some(**kind)) == word;
                    label.shape = ShapeKind::ALL.iter().find(named).copied();
                }
                "svg" => svg = Some((events.text("svg")?, part.line)),
                "parent" => label.parent = Some(events.text("parent")?),
                "attributes" => read_attributes(events, &mut label.attributes)?,
                _ => events.skip()?,
            }
        }
        if let Some((svg, line)) = svg {
            label.skeleton = Some(template(&svg, &label.name, line, &events.limits)?);
        }
        labels.push(label);
    }
    Ok(())
}

fn read_attributes<R: BufRead>(events: &mut Events<R>, all: &mut Vec<Attribute>) -> Result<(), FormatError> {
    while let Some(child) = events.child()? {
        if child.name != "attribute" {
            events.skip()?;
            continue;
        }
        bound(all.len(), events.limits.labels, "attributes of a label", child.line)?;
        let mut attribute = Attribute {
            name: String::new(),
            kind: AttributeKind::Text,
            mutable: false,
            default: String::new(),
            values: Vec::new(),
        };
        while let Some(part) = events.child()? {
            match part.name.as_str() {
                "name" => attribute.name = events.text("name")?,
                "mutable" => attribute.mutable = events.text("mutable")?.eq_ignore_ascii_case("true"),
                "input_type" => {
                    let word = events.text("input_type")?;
                    attribute.kind = kind_of(&word).ok_or_else(|| {
                        fault(
                            part.line,
                            format!("Attribute {:?} has the unknown input type {word:?}", attribute.name),
                        )
                    })?;
                }
                "default_value" => attribute.default = events.text("default_value")?,
                "values" => {
                    let text = events.text("values")?;
                    bound(
                        text.split('\n').count(),
                        events.limits.labels,
                        "choices of an attribute",
                        part.line,
                    )?;
                    if !text.is_empty() {
                        attribute.values = text.split('\n').map(str::to_owned).collect();
                    }
                }
                _ => events.skip()?,
            }
        }
        all.push(attribute);
    }
    Ok(())
}

fn kind_of(word: &str) -> Option<AttributeKind> {
    use AttributeKind::{Checkbox, Number, Radio, Select, Text};
    [Select, Radio, Checkbox, Number, Text].into_iter().find(|kind| kind_word(*kind) == word)
}

pub(super) fn bound(have: usize, most: usize, what: &str, line: u64) -> Result<(), FormatError> {
    if have < most { Ok(()) } else { Err(fault(line, format!("More than {most} {what}"))) }
}

fn read_image<R: BufRead>(
    events: &mut Events<R>,
    tag: &Element,
    skipped: &mut BTreeMap<String, u64>,
    mut faults: Option<&mut Vec<Finding>>,
) -> Result<ReadImage, FormatError> {
    let name = needed(tag, "name", "")?.to_owned();
    let place = format!("image {name:?}: ");
    let mut image = ReadImage {
        frame: number(tag, "id", needed(tag, "id", &place)?, &place)?,
        width: tag.get("width").map(|v| number(tag, "width", v, &place)).transpose()?,
        height: tag.get("height").map(|v| number(tag, "height", v, &place)).transpose()?,
        shapes: Vec::new(),
        name,
    };
    let begin = events.at();
    while let Some(child) = events.child()? {
        if events.at() - begin > events.limits.image_bytes {
            let what = format!("{place}it is longer than {} bytes", events.limits.image_bytes);
            return Err(fault(child.line, what));
        }
        if let Some(kind) = ShapeKind::from_word(&child.name) {
            bound(
                image.shapes.len(),
                events.limits.shapes,
                &format!("shapes in image {:?}", image.name),
                child.line,
            )?;
            let depth = events.depth();
            match (read_shape(events, &child, kind, None, &place, skipped), &mut faults) {
                (Ok(shape), _) => image.shapes.push(shape),
                (Err(FormatError::Xml { line, message }), Some(faults)) if !events.broken() => {
                    bound(faults.len(), events.limits.shapes, &format!("faults in {place}"), child.line)?;
                    faults.push(Finding {
                        image: image.name.clone(),
                        problem: Problem::Malformed,
                        message: format!("Line {line}: {message}"),
                        consequence: "The shape is left out".to_owned(),
                    });
                    events.leave(depth)?;
                }
                (Err(e), _) => return Err(e),
            }
        } else {
            count(skipped, &child.name);
            events.skip()?;
        }
    }
    Ok(image)
}

pub(super) fn needed<'t>(tag: &'t Element, name: &str, place: &str) -> Result<&'t str, FormatError> {
    tag.get(name).ok_or_else(|| fault(tag.line, format!("{place}<{}> has no {name}", tag.name)))
}

pub(super) fn number<T: FromStr>(
    tag: &Element,
    name: &str,
    text: &str,
    place: &str,
) -> Result<T, FormatError> {
    text.trim().parse().map_err(|_| not_a_number(tag, name, text, place))
}

pub(super) fn coordinate(
    tag: &Element,
    name: &str,
    text: &str,
    most: f64,
    place: &str,
) -> Result<f64, FormatError> {
    let value: f64 = number(tag, name, text, place)?;
    // Words like "nan" and "inf" parse, too.
    if value.is_finite() && value.abs() <= most {
        Ok(value)
    } else {
        Err(not_a_number(tag, name, text, place))
    }
}

pub(super) fn not_a_number(tag: &Element, name: &str, text: &str, place: &str) -> FormatError {
    let start: String = text.chars().take(40).collect();
    fault(tag.line, format!("{place}{name} of <{}> is {start:?}, which is not a usable number", tag.name))
}
