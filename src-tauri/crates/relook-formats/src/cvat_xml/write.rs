//! The streaming writer.

use std::{fmt::Write as _, io::Write};

use relook_domain::{
    AttributeKind, Label, Shape, ShapeKind,
    export::{ExportImage, ExportShape},
    label::colour_for,
};

use super::{skeleton::drawing, write_shape::push_shape};
use crate::{
    FormatError, Warning,
    xml::escape::{push_attribute, push_element},
};

/// What the head of the file says. Nothing is filled in from a clock or the machine: what is left empty stays empty,
/// so that equal content gives equal bytes.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The task's name.
    pub name: &'a str,
    /// How many images will follow; [`Writer::finish`] checks it.
    pub size: u64,
    /// In the order the shapes' `label` counts.
    pub labels: &'a [Label],
    /// Times as CVAT writes them (`2026-01-31 12:00:00.000000+00:00`), or empty.
    pub created: &'a str,
    pub updated: &'a str,
    pub dumped: &'a str,
}

/// Writes one document: the head at once, then image by image. Each image is written whole or not at all.
pub struct Writer<W: Write> {
    out: W,
    labels: Vec<Label>,
    size: u64,
    written: u64,
    last_frame: Option<u64>,
    text: String,
}

impl<W: Write> Writer<W> {
    /// Writes prolog and meta.
    ///
    /// # Errors
    /// [`FormatError::Character`] or [`FormatError::Label`] naming the label or attribute that cannot be written,
    /// [`FormatError::Write`] when `out` fails.
    pub fn new(mut out: W, job: &Job<'_>) -> Result<Self, FormatError> {
        let mut text = String::new();
        push_head(&mut text, job)?;
        out.write_all(text.as_bytes()).map_err(FormatError::Write)?;
        text.clear();
        let labels = job.labels.to_vec();
        Ok(Self { out, labels, size: job.size, written: 0, last_frame: None, text })
    }

    /// Writes one image, empty ones too, and tells what could not be written as it stands.
    ///
    /// # Errors
    /// [`FormatError::Character`], [`FormatError::NoSuchLabel`] or [`FormatError::FrameOrder`] naming the image;
    /// nothing of it is written then. [`FormatError::Write`] when the target fails.
    pub fn image(&mut self, image: &ExportImage) -> Result<Vec<Warning>, FormatError> {
        if let Some(before) = self.last_frame.filter(|before| image.frame <= *before) {
            return Err(FormatError::FrameOrder { image: image.name.clone(), frame: image.frame, before });
        }
        self.text.clear();
        let mut warnings = Vec::new();
        let text = &mut self.text;
        let place = || format!("Image {:?}", image.name);
        // A String takes every write.
        let _ = write!(text, "  <image id=\"{}\"", image.frame);
        push_attribute(text, "name", &image.name, place)?;
        let _ = writeln!(text, " width=\"{}\" height=\"{}\">", image.width, image.height);
        let mut shapes: Vec<&ExportShape> = image.shapes.iter().collect();
        // Tags have no layer and stand last.
        shapes.sort_by_key(|s| (s.shape == Shape::Tag, if s.shape == Shape::Tag { 0 } else { s.z_order }));
        for shape in shapes {
            push_shape(text, image, shape, &self.labels, &mut warnings)?;
        }
        text.push_str("  </image>\n");
        self.out.write_all(text.as_bytes()).map_err(FormatError::Write)?;
        self.last_frame = Some(image.frame);
        self.written += 1;
        Ok(warnings)
    }

    /// Closes the document and hands the flushed target back.
    ///
    /// # Errors
    /// [`FormatError::Count`] when more or fewer images came than promised, [`FormatError::Write`].
    pub fn finish(mut self) -> Result<W, FormatError> {
        if self.written != self.size {
            return Err(FormatError::Count { promised: self.size, written: self.written });
        }
        self.out.write_all(b"</annotations>\n").map_err(FormatError::Write)?;
        self.out.flush().map_err(FormatError::Write)?;
        Ok(self.out)
    }
}

pub(super) fn push_head(text: &mut String, job: &Job<'_>) -> Result<(), FormatError> {
    let stop = job.size.saturating_sub(1).to_string();
    let size = job.size.to_string();
    let place = || "The head of the export".to_owned();
    text.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n");
    text.push_str("  <meta>\n    <task>\n");
    push_element(text, 6, "id", "0", place)?;
    push_element(text, 6, "name", job.name, || format!("The task's name {:?}", job.name))?;
    for (name, value) in [
        ("size", size.as_str()),
        ("mode", "annotation"),
        ("overlap", "0"),
        ("bugtracker", ""),
        ("created", job.created),
        ("updated", job.updated),
        ("subset", "default"),
        ("start_frame", "0"),
        ("stop_frame", &stop),
        ("frame_filter", ""),
    ] {
        push_element(text, 6, name, value, place)?;
    }
    text.push_str("      <segments>\n        <segment>\n");
    for (name, value) in [("id", "0"), ("start", "0"), ("stop", &stop), ("url", "")] {
        push_element(text, 10, name, value, place)?;
    }
    text.push_str("        </segment>\n      </segments>\n      <owner>\n");
    push_element(text, 8, "username", "", place)?;
    push_element(text, 8, "email", "", place)?;
    text.push_str("      </owner>\n");
    push_element(text, 6, "assignee", "", place)?;
    text.push_str("      <labels>\n");
    for label in job.labels {
        push_label(text, label)?;
    }
    text.push_str("      </labels>\n    </task>\n");
    push_element(text, 4, "dumped", job.dumped, place)?;
    text.push_str("  </meta>\n");
    Ok(())
}

fn push_label(text: &mut String, label: &Label) -> Result<(), FormatError> {
    let place = || format!("Label {:?}", label.name);
    text.push_str("        <label>\n");
    push_element(text, 10, "name", &label.name, place)?;
    push_element(text, 10, "color", &label.colour, place)?;
    let shape = if label.skeleton.is_some() { Some(ShapeKind::Skeleton) } else { label.shape };
    push_element(text, 10, "type", type_word(shape), place)?;
    text.push_str("          <attributes>\n");
    for attribute in &label.attributes {
        let place = || format!("Attribute {:?} of label {:?}", attribute.name, label.name);
        if let Some(value) = attribute.values.iter().find(|v| v.contains(['\n', '\r'])) {
            return Err(FormatError::Label(format!(
                "{} has the choice {value:?}, but CVAT keeps one choice a line. Take the line break out",
                place()
            )));
        }
        text.push_str("            <attribute>\n");
        push_element(text, 14, "name", &attribute.name, place)?;
        push_element(text, 14, "mutable", if attribute.mutable { "True" } else { "False" }, place)?;
        push_element(text, 14, "input_type", kind_word(attribute.kind), place)?;
        push_element(text, 14, "default_value", &attribute.default, place)?;
        push_element(text, 14, "values", &attribute.values.join("\n"), place)?;
        text.push_str("            </attribute>\n");
    }
    text.push_str("          </attributes>\n");
    if shape == Some(ShapeKind::Skeleton) {
        push_element(text, 10, "svg", &drawing(label)?, place)?;
    }
    text.push_str("        </label>\n");
    for (n, joint) in label.skeleton.iter().flat_map(|s| &s.joints).enumerate() {
        let place = || format!("Point {:?} of the skeleton of label {:?}", joint.name, label.name);
        text.push_str("        <label>\n");
        push_element(text, 10, "name", &joint.name, place)?;
        push_element(text, 10, "color", &colour_for(n), place)?;
        push_element(text, 10, "type", "points", place)?;
        text.push_str("          <attributes>\n          </attributes>\n");
        push_element(text, 10, "parent", &label.name, place)?;
        text.push_str("        </label>\n");
    }
    Ok(())
}

/// CVAT's word for the kind of shape that a label is for.
pub(super) fn type_word(shape: Option<ShapeKind>) -> &'static str {
    match shape {
        None => "any",
        Some(ShapeKind::Box) => "rectangle",
        Some(kind) => kind.word(),
    }
}

/// CVAT's word for an attribute's kind.
pub(super) fn kind_word(kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Select => "select",
        AttributeKind::Radio => "radio",
        AttributeKind::Checkbox => "checkbox",
        AttributeKind::Number => "number",
        AttributeKind::Text => "text",
    }
}
