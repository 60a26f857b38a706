//! The files of a Pascal VOC data set.

use std::fmt::Write as _;

use relook_domain::{Label, export::ExportImage};

use super::FLAGS;
use crate::{
    Finding, FormatError, Warning,
    error::label_at,
    finding::{collisions, stem},
    place::upright_rounded,
    xml::escape::push_element,
    yolo::File,
};

/// Where the image itself goes, relative to the export's folder.
#[must_use]
pub fn image_path(name: &str) -> String {
    format!("JPEGImages/{name}")
}

/// Where the image's annotations go.
#[must_use]
pub fn annotation_path(name: &str) -> String {
    format!("Annotations/{}.xml", stem(name))
}

/// The names of all images without extension, one a line, where readers look for them.
#[must_use]
pub fn image_list(names: &[&str]) -> File {
    let mut text = String::new();
    for name in names {
        text.push_str(stem(name));
        text.push('\n');
    }
    File { path: "ImageSets/Main/default.txt".to_owned(), text, warnings: Vec::new() }
}

/// `labelmap.txt`: the labels with their colours, after the background.
///
/// # Errors
/// [`FormatError::Label`] for a name with a line break, which the list cannot hold.
pub fn label_map(labels: &[Label]) -> Result<File, FormatError> {
    let mut text = String::from("# label:color_rgb:parts:actions\nbackground:0,0,0::\n");
    for label in labels {
        if label.name.contains(['\n', '\r']) {
            return Err(FormatError::Label(format!(
                "Label {:?} has a line break, but Pascal VOC keeps one label a line. Rename it",
                label.name
            )));
        }
        let part = |at: usize| label.colour.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let [r, g, b] = [1, 3, 5].map(|at| part(at).unwrap_or(0));
        // A String takes every write.
        let _ = writeln!(text, "{}:{r},{g},{b}::", label.name);
    }
    Ok(File { path: "labelmap.txt".to_owned(), text, warnings: Vec::new() })
}

/// The annotations of one image, of those without boxes too. Layers, groups and scores have no place in it.
///
/// # Errors
/// [`FormatError::NoSuchLabel`] for a shape whose label is not among `labels`, [`FormatError::Character`] for a name that
/// XML cannot hold.
pub fn annotation_file(image: &ExportImage, labels: &[Label]) -> Result<File, FormatError> {
    let mut text = String::from("<annotation>\n");
    let mut warnings = Vec::new();
    push_element(&mut text, 2, "folder", "", || "The folder".to_owned())?;
    push_element(&mut text, 2, "filename", &image.name, || format!("Image {:?}", image.name))?;
    let (w, h) = (image.width, image.height);
    // A String takes every write.
    let _ = write!(
        text,
        "  <size>\n    <width>{w}</width>\n    <height>{h}</height>\n    <depth>3</depth>\n  </size>\n  \
         <segmented>0</segmented>\n"
    );
    for shape in &image.shapes {
        let label = label_at(labels, shape.label, &image.name)?;
        let mut warn =
            |cause| warnings.push(Warning { image: image.name.clone(), label: label.name.clone(), cause });
        let rect = match upright_rounded(shape, w, h) {
            Ok((rect, note)) => {
                note.into_iter().for_each(&mut warn);
                rect
            }
            Err(cause) => {
                warn(cause);
                continue;
            }
        };
        text.push_str("  <object>\n");
        push_element(&mut text, 4, "name", &label.name, || format!("Label {:?}", label.name))?;
        let flag = |name: &str| u8::from(shape.attributes.get(name).is_some_and(|v| v == "true"));
        for (name, on) in
            FLAGS.map(|name| (name, flag(name))).into_iter().chain([("occluded", u8::from(shape.occluded))])
        {
            let _ = writeln!(text, "    <{name}>{on}</{name}>");
        }
        let _ = write!(
            text,
            "    <bndbox>\n      <xmin>{:.2}</xmin>\n      <ymin>{:.2}</ymin>\n      <xmax>{:.2}</xmax>\n      \
             <ymax>{:.2}</ymax>\n    </bndbox>\n",
            rect.x1, rect.y1, rect.x2, rect.y2
        );
        let others: Vec<_> =
            shape.attributes.iter().filter(|(name, _)| !FLAGS.contains(&name.as_str())).collect();
        if !others.is_empty() {
            text.push_str("    <attributes>\n");
            for (name, value) in others {
                let place = || {
                    format!("Attribute {name:?} of a box of label {:?} in image {:?}", label.name, image.name)
                };
                text.push_str("      <attribute>\n");
                push_element(&mut text, 8, "name", name, place)?;
                push_element(&mut text, 8, "value", value, place)?;
                text.push_str("      </attribute>\n");
            }
            text.push_str("    </attributes>\n");
        }
        text.push_str("  </object>\n");
    }
    text.push_str("</annotation>\n");
    Ok(File { path: annotation_path(&image.name), text, warnings })
}

/// What readers would trip over in these image names, sorted by name.
#[must_use]
pub fn check(names: &[&str]) -> Vec<Finding> {
    collisions(
        names,
        annotation_path,
        "Pascal VOC names an annotation file after its image without the extension, so both would share one file",
        "Only one image and one annotation file of this name can be written",
    )
}
