//! Where a shape lands in the image: clipped, upright where the format knows no rotation, at two decimals.

use relook_domain::{Rect, export::ExportShape};

use crate::Cause;

/// Whether the format knows rotated boxes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rotation {
    Kept,
    Lost,
}

/// How far, in pixels, a side may move by clipping before it is worth a warning.
const CLIP_TOLERANCE: f64 = 0.005;

/// The rectangle to write, inside the image, with what had to be changed; or why the box cannot be written.
///
/// A rotated box that keeps its rotation is not clipped: cutting its unrotated sides would bend the shape. It only has
/// to touch the image.
pub(crate) fn place(
    shape: &ExportShape,
    width: u32,
    height: u32,
    rotation: Rotation,
) -> Result<(Rect, Option<Cause>), Cause> {
    let r = shape.rect;
    if ![r.x1, r.y1, r.x2, r.y2, shape.rotation].iter().all(|v| v.is_finite()) {
        return Err(Cause::NotANumber);
    }
    let (hull, rotated) =
        if degrees(shape.rotation) == 0.0 { (r, false) } else { (hull(&r, shape.rotation), true) };
    if r.x2 <= r.x1 || r.y2 <= r.y1 {
        return Err(Cause::TooSmall);
    }
    let inside = hull.clip(width, height).ok_or(Cause::Outside)?;
    if rotated && rotation == Rotation::Kept {
        return Ok((r, None));
    }
    let moved = [hull.x1 - inside.x1, hull.y1 - inside.y1, hull.x2 - inside.x2, hull.y2 - inside.y2];
    let note = if rotated {
        Some(Cause::RotationLost)
    } else {
        moved.iter().any(|d| d.abs() > CLIP_TOLERANCE).then_some(Cause::Clipped)
    };
    Ok((inside, note))
}

/// [`place`], rounded to hundredths of a pixel with an area left.
pub(crate) fn place_rounded(
    shape: &ExportShape,
    width: u32,
    height: u32,
    rotation: Rotation,
) -> Result<(Rect, Option<Cause>), Cause> {
    let (r, note) = place(shape, width, height, rotation)?;
    let r = Rect { x1: hundredths(r.x1), y1: hundredths(r.y1), x2: hundredths(r.x2), y2: hundredths(r.y2) };
    if r.x2 <= r.x1 || r.y2 <= r.y1 { Err(Cause::TooSmall) } else { Ok((r, note)) }
}

/// The nearest hundredth as two decimals print it (so does Python, so does CVAT), never `-0`.
pub(crate) fn hundredths(v: f64) -> f64 {
    format!("{v:.2}").parse().unwrap_or(v) + 0.0
}

/// A rotation in hundredths of a degree, 0..360.
pub(crate) fn degrees(rotation: f64) -> f64 {
    let d = hundredths(rotation.rem_euclid(360.0));
    if d >= 360.0 { 0.0 } else { d }
}

/// The upright rectangle around `r` turned by `rotation` degrees about its centre.
fn hull(r: &Rect, rotation: f64) -> Rect {
    let (sin, cos) = rotation.to_radians().sin_cos();
    let (cx, cy) = ((r.x1 + r.x2) / 2.0, (r.y1 + r.y2) / 2.0);
    let w = (r.width() * cos.abs() + r.height() * sin.abs()) / 2.0;
    let h = (r.width() * sin.abs() + r.height() * cos.abs()) / 2.0;
    Rect { x1: cx - w, y1: cy - h, x2: cx + w, y2: cy + h }
}
