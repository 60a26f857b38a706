//! YOLO text labels, one file an image, and `data.yaml`. For detection `class cx cy w h` as shares of the image: areas of
//! other forms are written as the upright box around them. For segmentation `class x y x y …`: boxes, ellipses and masks are
//! written as their outlines. Lines, points, cuboids, skeletons and tags are left out of both. Read are both, mixed too.
//!
//! Images lie at `images/<name>`, labels at `labels/<name without extension>.txt`, which is where trainers look.

mod read;
mod segment;
mod yaml;

use std::fmt::Write as _;

use relook_domain::{Label, export::ExportImage};

use crate::{
    Cause, FormatError, Warning,
    error::label_at,
    finding::{Finding, collisions},
    place::upright,
};

pub(crate) use read::items;
pub use segment::{segment_fate, segment_file};

pub use crate::kinds::boxes_only as fate;

/// One file of the export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Relative to the export's folder, `/` between parts.
    pub path: String,
    pub text: String,
    /// What the text could not hold.
    pub warnings: Vec<Warning>,
}

/// Where the image itself goes, relative to the export's folder.
#[must_use]
pub fn image_path(name: &str) -> String {
    format!("images/{name}")
}

/// Where the image's labels go. Trainers put `labels` in place of the last folder called `images`, which need not be
/// ours, and cut the extension at the last dot.
#[must_use]
pub fn label_path(name: &str) -> String {
    let path = format!("/images/{name}");
    let swapped = match path.rfind("/images/") {
        Some(at) => format!("{}/labels/{}", &path[..at], &path[at + "/images/".len()..]),
        None => path,
    };
    let base = swapped.rfind('/').map_or(0, |at| at + 1);
    let cut = swapped[base..].rfind('.').map_or(swapped.len(), |at| base + at);
    format!("{}.txt", &swapped[1..cut])
}

/// The label file of one image; an image without boxes gets an empty file, which trainers read as background.
///
/// # Errors
/// [`FormatError::NoSuchLabel`] for a shape whose label is not among `labels`.
pub fn label_file(image: &ExportImage, labels: &[Label]) -> Result<File, FormatError> {
    let mut text = String::new();
    let mut warnings = Vec::new();
    for shape in &image.shapes {
        let label = label_at(labels, shape.label, &image.name)?;
        let mut warn =
            |cause| warnings.push(Warning { image: image.name.clone(), label: label.name.clone(), cause });
        match upright(shape, image.width, image.height) {
            Ok((r, note)) => {
                let (w, h) = (f64::from(image.width), f64::from(image.height));
                let (bw, bh) = (format!("{:.6}", r.width() / w), format!("{:.6}", r.height() / h));
                if bw == "0.000000" || bh == "0.000000" {
                    warn(Cause::TooSmall);
                    continue;
                }
                note.into_iter().for_each(&mut warn);
                let (cx, cy) = ((r.x1 + r.x2) / 2.0 / w, (r.y1 + r.y2) / 2.0 / h);
                // A String takes every write.
                let _ = writeln!(text, "{} {cx:.6} {cy:.6} {bw} {bh}", shape.label);
            }
            Err(cause) => warn(cause),
        }
    }
    Ok(File { path: label_path(&image.name), text, warnings })
}

/// `data.yaml`: training and validation both point at all images, as the export makes no split.
#[must_use]
pub fn data_yaml(labels: &[Label]) -> File {
    let mut text = String::from("train: images\nval: images\n");
    if labels.is_empty() {
        text.push_str("names: {}\n");
    } else {
        text.push_str("names:\n");
    }
    for (class, label) in labels.iter().enumerate() {
        let _ = writeln!(text, "  {class}: {}", yaml_string(&label.name));
    }
    File { path: "data.yaml".to_owned(), text, warnings: Vec::new() }
}

/// What trainers would trip over in these image names, sorted by name.
#[must_use]
pub fn check(names: &[&str]) -> Vec<Finding> {
    collisions(
        names,
        label_path,
        "YOLO names a label file after its image without the extension, so both would share one label file",
        "Only one image and one label file of this name can be written",
    )
}

/// A YAML double-quoted scalar.
fn yaml_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // Line separators would be folded; byte order marks and unassigned ends of the plane are not printable.
            '\0'..='\u{1F}'
            | '\u{7F}'..='\u{9F}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{FEFF}'
            | '\u{FFFE}'
            | '\u{FFFF}' => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
