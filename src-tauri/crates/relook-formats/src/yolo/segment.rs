//! Label files for segmentation.

use std::fmt::Write as _;

use relook_domain::{
    Label, Point, Shape, ShapeKind,
    export::{ExportImage, ExportShape},
};

use super::{File, label_path};
use crate::{
    Cause, Fate, FormatError, Warning,
    error::label_at,
    outline::{around_pixels, cut, outline},
    place::{Placed, around, shaped},
};

/// What a label file for segmentation makes of a shape. `rotation` in degrees.
#[must_use]
pub fn segment_fate(kind: ShapeKind, _rotation: f64) -> Fate {
    match kind {
        ShapeKind::Polygon => Fate::AsItStands,
        ShapeKind::Box | ShapeKind::Ellipse | ShapeKind::Mask => Fate::Outline,
        ShapeKind::Polyline
        | ShapeKind::Points
        | ShapeKind::Cuboid
        | ShapeKind::Skeleton
        | ShapeKind::Tag => Fate::LeftOut,
    }
}

/// The label file of one image with `class x y x y …`, shares of the image with six decimals.
///
/// # Errors
/// [`FormatError::NoSuchLabel`] for a shape whose label is not among `labels`.
pub fn segment_file(image: &ExportImage, labels: &[Label]) -> Result<File, FormatError> {
    let mut text = String::new();
    let mut warnings = Vec::new();
    let (w, h) = (f64::from(image.width), f64::from(image.height));
    for shape in &image.shapes {
        let label = label_at(labels, shape.label, &image.name)?;
        let mut warn =
            |cause| warnings.push(Warning { image: image.name.clone(), label: label.name.clone(), cause });
        match traced(shape, image.width, image.height) {
            Ok((points, note)) => {
                note.into_iter().for_each(&mut warn);
                // A String takes every write.
                let _ = write!(text, "{}", shape.label);
                for p in points {
                    let _ = write!(text, " {:.6} {:.6}", p.x / w, p.y / h);
                }
                text.push('\n');
            }
            Err(cause) => warn(cause),
        }
    }
    Ok(File { path: label_path(&image.name), text, warnings })
}

fn traced(shape: &ExportShape, width: u32, height: u32) -> Placed<Vec<Point>> {
    if segment_fate(shape.shape.kind(), shape.rotation) == Fate::LeftOut {
        return Err(Cause::NoSuchKind);
    }
    let (geometry, note) = shaped(shape, width, height)?;
    match &geometry.shape {
        Shape::Polygon { points } => Ok((points.clone(), note)),
        Shape::Mask { runs } => Ok((around_pixels(&geometry.rect, runs), Some(Cause::Outline))),
        _ => {
            let points = cut(&outline(&geometry), width, height);
            around(&points).filter(|_| points.len() >= 3).ok_or(Cause::Outside)?;
            Ok((points, Some(Cause::Outline)))
        }
    }
}
