//! Where a shape lands in the image: brought into it, at two decimals, and as an upright box for formats that know no more.

use std::fmt;

use relook_domain::{Geometry, Joint, Point, Rect, Shape, export::ExportShape};

use crate::{Cause, Fate, kinds::boxes_only};

/// How far, in pixels, a side may move by clipping before it is worth a warning.
const CLIP_TOLERANCE: f64 = 0.005;

/// What can be written of a shape, with what had to be changed; or why it cannot be written.
pub(crate) type Placed<T> = Result<(T, Option<Cause>), Cause>;

/// The upright box around an area, cut at the image's edges, for formats of boxes only; a [`Cause::NoSuchKind`] for what
/// is no area.
pub(crate) fn upright(shape: &ExportShape, width: u32, height: u32) -> Placed<Rect> {
    let fate = boxes_only(shape.shape.kind(), shape.rotation);
    if fate == Fate::LeftOut {
        return Err(Cause::NoSuchKind);
    }
    let bounds = bounds(shape)?;
    let inside = bounds.clip(width, height).ok_or(Cause::Outside)?;
    let note = if fate == Fate::BoxAround { Some(Cause::BoxAround) } else { clipped(&bounds, width, height) };
    Ok((inside, note))
}

/// [`upright`], rounded to hundredths of a pixel with an area left.
pub(crate) fn upright_rounded(shape: &ExportShape, width: u32, height: u32) -> Placed<Rect> {
    let (rect, note) = upright(shape, width, height)?;
    Ok((rounded_rect(&rect)?, note))
}

/// The shape itself, inside the image, in hundredths of a pixel and of a degree.
///
/// A turned box and an ellipse are not cut, as that would bend them; they only have to touch the image.
pub(crate) fn shaped(shape: &ExportShape, width: u32, height: u32) -> Placed<Geometry> {
    match &shape.shape {
        Shape::Tag => Ok((Geometry::tag(), None)),
        Shape::Box if degrees(shape.rotation) == 0.0 => {
            let (rect, note) = upright_rounded(shape, width, height)?;
            Ok((rect.into(), note))
        }
        Shape::Box | Shape::Ellipse => {
            bounds(shape)?.clip(width, height).ok_or(Cause::Outside)?;
            let rect = if shape.shape == Shape::Box {
                rounded_rect(&shape.rect)?
            } else {
                rounded_oval(&shape.rect)?
            };
            let rotation = degrees(shape.rotation);
            Ok((Geometry { rect, rotation, shape: shape.shape.clone() }, None))
        }
        Shape::Mask { runs } => {
            let filled: u64 = runs.iter().map(|r| u64::from(*r)).sum();
            if !finite(&shape.rect) {
                return Err(Cause::NotANumber);
            }
            if filled as f64 != shape.rect.area() {
                return Err(Cause::Runs);
            }
            in_image(&shape.geometry(), &shape.rect, width, height)
        }
        _ => {
            let points = points(&shape.shape);
            if points.iter().any(|p| !p.x.is_finite() || !p.y.is_finite()) {
                return Err(Cause::NotANumber);
            }
            let bounds = around(&points).ok_or(Cause::Outside)?;
            let (mut placed, note) = in_image(&shape.geometry(), &bounds, width, height)?;
            round_points(&mut placed.shape);
            let enough = match &placed.shape {
                Shape::Polygon { points } => points.len() >= 3,
                Shape::Polyline { points } => points.len() >= 2,
                _ => true,
            };
            placed.rect = around(&self::points(&placed.shape)).ok_or(Cause::Outside)?;
            // A cuboid may reach out, as in the project.
            let note = note.filter(|_| !matches!(placed.shape, Shape::Cuboid { .. }));
            if enough { Ok((placed, note)) } else { Err(Cause::TooSmall) }
        }
    }
}

fn in_image(geometry: &Geometry, bounds: &Rect, width: u32, height: u32) -> Placed<Geometry> {
    let (w, h) = (f64::from(width), f64::from(height));
    if bounds.x2 < 0.0 || bounds.y2 < 0.0 || bounds.x1 > w || bounds.y1 > h {
        return Err(Cause::Outside);
    }
    let sound = geometry.sound(width, height).ok_or(Cause::TooSmall)?;
    Ok((sound, clipped(bounds, width, height)))
}

fn clipped(bounds: &Rect, width: u32, height: u32) -> Option<Cause> {
    let (right, bottom) = (f64::from(width), f64::from(height));
    let over = [-bounds.x1, -bounds.y1, bounds.x2 - right, bounds.y2 - bottom];
    over.into_iter().any(|by| by > CLIP_TOLERANCE).then_some(Cause::Clipped)
}

/// The upright rectangle around a shape that has sides.
fn bounds(shape: &ExportShape) -> Result<Rect, Cause> {
    if !finite(&shape.rect) || !shape.rotation.is_finite() {
        return Err(Cause::NotANumber);
    }
    if shape.rect.x2 <= shape.rect.x1 || shape.rect.y2 <= shape.rect.y1 {
        return Err(Cause::TooSmall);
    }
    // What is not written as a number need not be rounded.
    let rotation = if degrees(shape.rotation) == 0.0 { 0.0 } else { shape.rotation };
    Ok(Geometry { rotation, ..shape.geometry() }.bounds())
}

fn finite(r: &Rect) -> bool {
    [r.x1, r.y1, r.x2, r.y2].iter().all(|v| v.is_finite())
}

/// The points of a shape that lie on the image; empty for shapes that a rectangle says.
fn points(shape: &Shape) -> Vec<Point> {
    match shape {
        Shape::Polygon { points } | Shape::Polyline { points } | Shape::Points { points } => points.clone(),
        Shape::Cuboid { points } => points.to_vec(),
        Shape::Skeleton { joints } => {
            joints.iter().filter(|j| !j.outside).map(|j| Point { x: j.x, y: j.y }).collect()
        }
        Shape::Box | Shape::Ellipse | Shape::Mask { .. } | Shape::Tag => Vec::new(),
    }
}

/// The rectangle of a shape of points, around those on the image; `None` where there are none.
pub(crate) fn rect_of(shape: &Shape) -> Option<Rect> {
    around(&points(shape))
}

/// The rectangle around some points; `None` for none.
pub(crate) fn around(points: &[Point]) -> Option<Rect> {
    let first = points.first()?;
    let start = Rect { x1: first.x, y1: first.y, x2: first.x, y2: first.y };
    Some(points.iter().fold(start, |r, p| Rect {
        x1: r.x1.min(p.x),
        y1: r.y1.min(p.y),
        x2: r.x2.max(p.x),
        y2: r.y2.max(p.y),
    }))
}

/// The shape without joints that its label's skeleton lacks, with their names.
pub(crate) fn with_known_joints(shape: &ExportShape, known: &[&str]) -> (ExportShape, Vec<String>) {
    let mut shape = shape.clone();
    let mut unknown = Vec::new();
    if let Shape::Skeleton { joints } = &mut shape.shape {
        joints.retain(|j: &Joint| {
            let keep = known.contains(&j.name.as_str());
            if !keep {
                unknown.push(j.name.clone());
            }
            keep
        });
    }
    (shape, unknown)
}

fn round_points(shape: &mut Shape) {
    let round = |p: &mut Point| *p = Point { x: hundredths(p.x), y: hundredths(p.y) };
    match shape {
        Shape::Polygon { points } => {
            points.iter_mut().for_each(round);
            points.dedup();
            while points.len() > 1 && points.first() == points.last() {
                points.pop();
            }
        }
        Shape::Polyline { points } => {
            points.iter_mut().for_each(round);
            points.dedup();
        }
        Shape::Points { points } => points.iter_mut().for_each(round),
        Shape::Cuboid { points } => points.iter_mut().for_each(round),
        Shape::Skeleton { joints } => {
            for joint in joints {
                (joint.x, joint.y) = (hundredths(joint.x), hundredths(joint.y));
            }
        }
        Shape::Box | Shape::Ellipse | Shape::Mask { .. } | Shape::Tag => {}
    }
}

fn rounded_rect(r: &Rect) -> Result<Rect, Cause> {
    let r = Rect { x1: hundredths(r.x1), y1: hundredths(r.y1), x2: hundredths(r.x2), y2: hundredths(r.y2) };
    if r.x2 <= r.x1 || r.y2 <= r.y1 { Err(Cause::TooSmall) } else { Ok(r) }
}

/// The rectangle of an ellipse whose centre and radii are hundredths.
fn rounded_oval(r: &Rect) -> Result<Rect, Cause> {
    let (cx, cy) = (hundredths((r.x1 + r.x2) / 2.0), hundredths((r.y1 + r.y2) / 2.0));
    let (rx, ry) = (hundredths(r.width() / 2.0), hundredths(r.height() / 2.0));
    if rx <= 0.0 || ry <= 0.0 {
        return Err(Cause::TooSmall);
    }
    Ok(Rect { x1: cx - rx, y1: cy - ry, x2: cx + rx, y2: cy + ry })
}

/// The nearest hundredth as two decimals print it (so does Python, so does CVAT), never `-0`.
pub(crate) fn hundredths(v: f64) -> f64 {
    let scaled = v * 100.0;
    let away = (scaled - scaled.round()).abs();
    if v.abs() < NEAR && away < 0.5 - DOUBT {
        return scaled.round() / 100.0 + 0.0;
    }
    // Between two hundredths it is for all its decimals to say.
    format!("{v:.2}").parse().unwrap_or(v) + 0.0
}

/// So far from 0 a number's hundredths are told by a product without [`DOUBT`].
const NEAR: f64 = 1e7;
const DOUBT: f64 = 1e-4;

/// A number with two decimals, as `{:.2}` shows it; those that are hundredths already quickly, and never as `-0.00`.
pub(crate) struct TwoDecimals(pub f64);

impl fmt::Display for TwoDecimals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scaled = self.0 * 100.0;
        if self.0.abs() < NEAR && (scaled - scaled.round()).abs() < DOUBT {
            let whole = scaled.round() as i64;
            let sign = if whole < 0 { "-" } else { "" };
            return write!(f, "{sign}{}.{:02}", whole.abs() / 100, whole.abs() % 100);
        }
        write!(f, "{:.2}", self.0)
    }
}

/// A rotation in hundredths of a degree, 0..360.
pub(crate) fn degrees(rotation: f64) -> f64 {
    let d = hundredths(rotation.rem_euclid(360.0));
    if d >= 360.0 { 0.0 } else { d }
}

#[cfg(test)]
mod tests {
    use super::{TwoDecimals, hundredths};

    #[test]
    fn hundredths_are_those_that_decimals_print() {
        let mut seed = 7_u64;
        for n in 0..200_000_u64 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(n);
            let random = (seed >> 11) as f64 / (1_u64 << 53) as f64;
            let halves = (seed % 2_000_001) as f64 / 200.0 - 5000.0;
            for v in [random * 4000.0, random * 2e9 - 1e9, halves, halves + 1e-9, halves - 1e-12, -random] {
                let want = format!("{v:.2}");
                assert_eq!(hundredths(v), want.parse::<f64>().unwrap(), "{v:e}");
                assert_eq!(
                    TwoDecimals(v).to_string(),
                    if want == "-0.00" && v > -1e-6 { "0.00" } else { &want },
                    "{v:e}"
                );
            }
        }
        assert!(hundredths(f64::NAN).is_nan() && hundredths(f64::INFINITY).is_infinite());
        assert_eq!(hundredths(-0.001).to_bits(), 0.0_f64.to_bits());
    }
}
