//! One shape as COCO says it: a box around it, its area, its outline or pixels, its keypoints.

use relook_domain::{Label, Point, Rect, Shape, ShapeKind, export::ExportShape};
use serde::Serialize;
use serde_json::Value;

use crate::{
    Cause, Fate,
    outline::{cut, outline},
    place::{Placed, around, hundredths, shaped, with_known_joints},
};

/// What `instances.json` makes of a shape. `rotation` in degrees.
#[must_use]
pub fn fate(kind: ShapeKind, _rotation: f64) -> Fate {
    match kind {
        ShapeKind::Box | ShapeKind::Polygon | ShapeKind::Mask | ShapeKind::Skeleton => Fate::AsItStands,
        ShapeKind::Ellipse => Fate::Outline,
        ShapeKind::Polyline | ShapeKind::Points | ShapeKind::Cuboid | ShapeKind::Tag => Fate::LeftOut,
    }
}

/// What is drawn, in pixels.
pub(super) struct Drawn {
    pub bbox: [f64; 4],
    pub area: f64,
    pub segmentation: Segmentation,
    /// For labels with a skeleton: `x, y, v` for each of its points, `v` 0 (not there), 1 (occluded) or 2; how many
    /// points are there.
    pub keypoints: Option<(Vec<Value>, u64)>,
}

/// As pycocotools takes it, whatever `iscrowd` says.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Segmentation {
    /// `[[x, y, x, y, …]]`; empty for what is a box or a skeleton.
    Polygons(Vec<Vec<f64>>),
    /// Lengths of runs over the whole image, column by column, off first; `size` is height and width.
    Rle { counts: Vec<u64>, size: [u32; 2] },
}

/// The shape with what had to be changed, also of its points; or why it cannot be written.
pub(super) fn drawn(
    shape: &ExportShape,
    label: &Label,
    width: u32,
    height: u32,
    mut warn: impl FnMut(Cause),
) -> Placed<Drawn> {
    let fate = fate(shape.shape.kind(), shape.rotation);
    if fate == Fate::LeftOut {
        return Err(Cause::NoSuchKind);
    }
    let (names, shape) = match &label.skeleton {
        Some(skeleton) => {
            let names: Vec<&str> = skeleton.joints.iter().map(|j| j.name.as_str()).collect();
            let (shape, unknown) = with_known_joints(shape, &names);
            unknown.into_iter().map(Cause::UnknownJoint).for_each(&mut warn);
            (Some(names), shape)
        }
        None if shape.shape.kind() == ShapeKind::Skeleton => return Err(Cause::NoTemplate),
        None => (None, shape.clone()),
    };
    let (geometry, mut note) = shaped(&shape, width, height)?;
    let (rect, area, segmentation) = match &geometry.shape {
        Shape::Polygon { points } => (geometry.rect, area_of(points), polygon(points)),
        Shape::Mask { runs } => {
            let on = runs.iter().skip(1).step_by(2).map(|r| u64::from(*r)).sum::<u64>() as f64;
            (geometry.rect, on, by_columns(&geometry.rect, runs, width, height))
        }
        Shape::Box | Shape::Ellipse if fate == Fate::Outline || geometry.rotation != 0.0 => {
            let whole = outline(&geometry);
            let points = cut(&whole, width, height);
            let rect = around(&points).filter(|_| points.len() >= 3).ok_or(Cause::Outside)?;
            if fate == Fate::Outline {
                note = Some(Cause::Outline);
            } else if points != whole {
                note = Some(Cause::Clipped);
            }
            (rect, area_of(&points), polygon(&points))
        }
        _ => (geometry.rect, box_area(&geometry.rect), Segmentation::Polygons(Vec::new())),
    };
    let bbox = [rect.x1, rect.y1, hundredths(rect.width()), hundredths(rect.height())];
    let keypoints = names.map(|names| keypoints(&names, &geometry.shape));
    Ok((Drawn { bbox, area, segmentation, keypoints }, note))
}

/// Exact to the last of the four decimals that products of two decimals can have.
fn four_decimals(area: f64) -> f64 {
    (area * 1e4).round() / 1e4
}

fn box_area(r: &Rect) -> f64 {
    four_decimals(hundredths(r.width()) * hundredths(r.height()))
}

/// Of an outline; where it crosses itself, parts that turn the other way count against the rest.
fn area_of(points: &[Point]) -> f64 {
    let next = points.iter().cycle().skip(1);
    let twice: f64 = points.iter().zip(next).map(|(a, b)| a.x * b.y - b.x * a.y).sum();
    four_decimals(twice.abs() / 2.0)
}

fn polygon(points: &[Point]) -> Segmentation {
    Segmentation::Polygons(vec![points.iter().flat_map(|p| [p.x, p.y]).collect()])
}

/// Runs over a rectangle's pixels, row by row, as runs over the image's, column by column.
fn by_columns(rect: &Rect, runs: &[u32], width: u32, height: u32) -> Segmentation {
    let (left, top) = (rect.x1 as u64, rect.y1 as u64);
    let (w, h) = (rect.width() as usize, rect.height() as usize);
    let mut on = Vec::with_capacity(w * h);
    for (n, run) in runs.iter().enumerate() {
        on.resize(on.len() + *run as usize, n % 2 == 1);
    }
    let mut counts = Vec::new();
    // How many pixels of the image, column by column, the runs so far cover.
    let mut told = 0;
    for x in 0..w {
        let mut y = 0;
        while y < h {
            let Some(start) = (y..h).find(|y| on[y * w + x]) else { break };
            let end = (start..h).find(|y| !on[y * w + x]).unwrap_or(h);
            let begin = (left + x as u64) * u64::from(height) + top + start as u64;
            let length = (end - start) as u64;
            match counts.last_mut() {
                Some(last) if begin == told => *last += length,
                _ => counts.extend([begin - told, length]),
            }
            told = begin + length;
            y = end;
        }
    }
    let rest = u64::from(width) * u64::from(height) - told;
    if rest > 0 {
        counts.push(rest);
    }
    Segmentation::Rle { counts, size: [height, width] }
}

fn keypoints(names: &[&str], shape: &Shape) -> (Vec<Value>, u64) {
    let joints = if let Shape::Skeleton { joints } = shape { joints.as_slice() } else { &[] };
    let mut shown = 0;
    let mut values = Vec::new();
    for name in names {
        match joints.iter().find(|j| j.name == *name && !j.outside) {
            Some(j) => {
                shown += 1;
                values.extend([j.x.into(), j.y.into(), (if j.occluded { 1 } else { 2 }).into()]);
            }
            None => values.extend([0.into(), 0.into(), 0.into()]),
        }
    }
    (values, shown)
}
