//! What is drawn on an image: every kind of shape CVAT knows, with the rules that keep one sound.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::geometry::Rect;

/// The smallest side of a shape a person may leave behind, in pixels.
pub const MIN_SIDE: f64 = 1.0;

/// A place in pixels of the upright original.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// A named point of a skeleton.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Joint {
    /// As in the label's skeleton.
    pub name: String,
    pub x: f64,
    pub y: f64,
    #[serde(default)]
    pub occluded: bool,
    /// Not on the image; its place means nothing.
    #[serde(default)]
    pub outside: bool,
}

/// A shape beyond its rectangle. Box and ellipse are all said by rectangle and rotation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Shape {
    #[default]
    Box,
    /// Inscribed in the rectangle.
    Ellipse,
    /// Closed, at least three points.
    Polygon {
        points: Vec<Point>,
    },
    /// Open, at least two points.
    Polyline {
        points: Vec<Point>,
    },
    /// At least one point.
    Points {
        points: Vec<Point>,
    },
    /// Lengths of runs over the rectangle's whole pixels, row by row: off, on, off, …, off first (0 where it begins on).
    Mask {
        runs: Vec<u32>,
    },
    /// Front face, then back face; each top left, bottom left, top right, bottom right (CVAT's order).
    Cuboid {
        points: [Point; 8],
    },
    Skeleton {
        joints: Vec<Joint>,
    },
    /// The whole image; no geometry.
    Tag,
}

crate::annotation::words! {
    /// The kinds of shapes, by CVAT's names but for `box` (there: rectangle).
    ShapeKind {
        Box = "box",
        Ellipse = "ellipse",
        Polygon = "polygon",
        Polyline = "polyline",
        Points = "points",
        Mask = "mask",
        Cuboid = "cuboid",
        Skeleton = "skeleton",
        Tag = "tag",
    }
}

impl Shape {
    #[must_use]
    pub fn kind(&self) -> ShapeKind {
        match self {
            Self::Box => ShapeKind::Box,
            Self::Ellipse => ShapeKind::Ellipse,
            Self::Polygon { .. } => ShapeKind::Polygon,
            Self::Polyline { .. } => ShapeKind::Polyline,
            Self::Points { .. } => ShapeKind::Points,
            Self::Mask { .. } => ShapeKind::Mask,
            Self::Cuboid { .. } => ShapeKind::Cuboid,
            Self::Skeleton { .. } => ShapeKind::Skeleton,
            Self::Tag => ShapeKind::Tag,
        }
    }
}

/// Where a shape is: its rectangle, its rotation, and what lies in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Geometry {
    /// Of a box or ellipse: before rotation. Of a mask: whole pixels. Of a tag: empty. Of the others: around the points.
    pub rect: Rect,
    /// Degrees clockwise about the rectangle's centre, 0..360; 0 but for boxes and ellipses.
    #[serde(default)]
    pub rotation: f64,
    #[serde(default)]
    pub shape: Shape,
}

impl From<Rect> for Geometry {
    fn from(rect: Rect) -> Self {
        Self { rect, rotation: 0.0, shape: Shape::Box }
    }
}

impl Geometry {
    /// The geometry as it may be stored for an image of `width` by `height` pixels: points brought into the image,
    /// doubled ones dropped, a mask cut to its pixels, the rectangle drawn around. A turned box or an ellipse is not cut,
    /// as that would bend it; its centre must lie in the image. An outline that crosses itself stays as it is, as in CVAT.
    ///
    /// `None` where nothing is left, sides would be under [`MIN_SIDE`], or a number is not finite.
    #[must_use]
    pub fn sound(&self, width: u32, height: u32) -> Option<Self> {
        let image = Rect { x1: 0.0, y1: 0.0, x2: f64::from(width), y2: f64::from(height) };
        match &self.shape {
            Shape::Tag => Some(Self::tag()),
            Shape::Box | Shape::Ellipse => self.sound_oval_or_box(&image),
            Shape::Polygon { points } => {
                let mut points = inside(points, &image)?;
                while points.len() > 1 && points.first() == points.last() {
                    points.pop();
                }
                let rect = around(points.iter())?;
                let large = rect.width() >= MIN_SIDE && rect.height() >= MIN_SIDE;
                (points.len() >= 3 && large).then_some(Self::of(rect, Shape::Polygon { points }))
            }
            Shape::Polyline { points } => {
                let points = inside(points, &image)?;
                let rect = around(points.iter())?;
                let long = rect.width() >= MIN_SIDE || rect.height() >= MIN_SIDE;
                (points.len() >= 2 && long).then_some(Self::of(rect, Shape::Polyline { points }))
            }
            Shape::Points { points } => {
                let points = clamped(points, &image)?;
                Some(Self::of(around(points.iter())?, Shape::Points { points }))
            }
            Shape::Cuboid { points } => {
                let finite = points.iter().all(|p| p.x.is_finite() && p.y.is_finite());
                let rect = around(points.iter()).filter(|_| finite)?;
                let large = rect.width() >= MIN_SIDE && rect.height() >= MIN_SIDE;
                let seen = rect.clip(width, height).is_some();
                (large && seen).then_some(Self::of(rect, self.shape.clone()))
            }
            Shape::Skeleton { joints } => sound_skeleton(joints, &image),
            Shape::Mask { runs } => sound_mask(&self.rect, runs, width, height),
        }
    }

    /// An image's tag.
    #[must_use]
    pub fn tag() -> Self {
        Self::of(Rect { x1: 0.0, y1: 0.0, x2: 0.0, y2: 0.0 }, Shape::Tag)
    }

    fn of(rect: Rect, shape: Shape) -> Self {
        Self { rect, rotation: 0.0, shape }
    }

    /// The upright rectangle around the shape as it lies, rotation included; pixels.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        if self.rotation == 0.0 {
            return self.rect;
        }
        let (cx, cy) = ((self.rect.x1 + self.rect.x2) / 2.0, (self.rect.y1 + self.rect.y2) / 2.0);
        let (sin, cos) = self.rotation.to_radians().sin_cos();
        let (w, h) = (self.rect.width() / 2.0, self.rect.height() / 2.0);
        let (half_w, half_h) = if self.shape == Shape::Ellipse {
            ((w * cos).hypot(h * sin), (w * sin).hypot(h * cos))
        } else {
            ((w * cos).abs() + (h * sin).abs(), (w * sin).abs() + (h * cos).abs())
        };
        Rect { x1: cx - half_w, y1: cy - half_h, x2: cx + half_w, y2: cy + half_h }
    }

    /// Whether the other is of the same kind and lies within `by` pixels (and degrees) of it, point by point; an ellipse
    /// by its centre and radii.
    #[must_use]
    pub fn is_near(&self, other: &Self, by: f64) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() <= by;
        let close = |(p, q): (&Point, &Point)| near(p.x, q.x) && near(p.y, q.y);
        let all = |a: &[Point], b: &[Point]| a.len() == b.len() && a.iter().zip(b).all(close);
        let arc = (self.rotation - other.rotation + 180.0).rem_euclid(360.0) - 180.0;
        let (r, s) = (&self.rect, &other.rect);
        arc.abs() <= by
            && match (&self.shape, &other.shape) {
                (Shape::Box, Shape::Box) => {
                    near(r.x1, s.x1) && near(r.y1, s.y1) && near(r.x2, s.x2) && near(r.y2, s.y2)
                }
                (Shape::Ellipse, Shape::Ellipse) => {
                    let twice = |a: f64, b: f64| (a - b).abs() <= 2.0 * by;
                    twice(r.x1 + r.x2, s.x1 + s.x2)
                        && twice(r.y1 + r.y2, s.y1 + s.y2)
                        && twice(r.width(), s.width())
                        && twice(r.height(), s.height())
                }
                (Shape::Polygon { points: a }, Shape::Polygon { points: b })
                | (Shape::Polyline { points: a }, Shape::Polyline { points: b })
                | (Shape::Points { points: a }, Shape::Points { points: b }) => all(a, b),
                (Shape::Cuboid { points: a }, Shape::Cuboid { points: b }) => all(a, b),
                (Shape::Skeleton { joints: a }, Shape::Skeleton { joints: b }) => {
                    let told = |j: &Joint| (j.occluded, j.outside);
                    let same = |(p, q): (&Joint, &Joint)| {
                        p.name == q.name && told(p) == told(q) && near(p.x, q.x) && near(p.y, q.y)
                    };
                    a.len() == b.len() && a.iter().zip(b).all(same)
                }
                (Shape::Mask { .. }, Shape::Mask { .. }) => self == other,
                (a, b) => a == b,
            }
    }

    fn sound_oval_or_box(&self, image: &Rect) -> Option<Self> {
        let r = Rect::from_corners(self.rect.x1, self.rect.y1, self.rect.x2, self.rect.y2);
        let finite = [r.x1, r.y1, r.x2, r.y2, self.rotation].iter().all(|v| v.is_finite());
        let rotation = if finite { self.rotation.rem_euclid(360.0) } else { return None };
        let (cx, cy) = ((r.x1 + r.x2) / 2.0, (r.y1 + r.y2) / 2.0);
        let centred = cx >= 0.0 && cy >= 0.0 && cx <= image.x2 && cy <= image.y2;
        let rect = if self.shape == Shape::Box && rotation == 0.0 {
            r.clip(image.x2 as u32, image.y2 as u32)?
        } else if centred {
            r
        } else {
            return None;
        };
        let large = rect.width() >= MIN_SIDE && rect.height() >= MIN_SIDE;
        large.then(|| Self { rect, rotation, shape: self.shape.clone() })
    }
}

/// The rectangle around some points; `None` for none.
pub(crate) fn around<'a>(mut points: impl Iterator<Item = &'a Point>) -> Option<Rect> {
    let first = points.next()?;
    let start = Rect { x1: first.x, y1: first.y, x2: first.x, y2: first.y };
    Some(points.fold(start, |r, p| Rect {
        x1: r.x1.min(p.x),
        y1: r.y1.min(p.y),
        x2: r.x2.max(p.x),
        y2: r.y2.max(p.y),
    }))
}

fn into_image(p: &Point, image: &Rect) -> Point {
    Point { x: p.x.clamp(image.x1, image.x2), y: p.y.clamp(image.y1, image.y2) }
}

/// Points brought into the image; `None` where one is not a number.
fn clamped(points: &[Point], image: &Rect) -> Option<Vec<Point>> {
    let finite = points.iter().all(|p| p.x.is_finite() && p.y.is_finite());
    finite.then(|| points.iter().map(|p| into_image(p, image)).collect())
}

/// As [`clamped`], without points that lie on the one before.
fn inside(points: &[Point], image: &Rect) -> Option<Vec<Point>> {
    let mut points = clamped(points, image)?;
    points.dedup();
    Some(points)
}

fn sound_skeleton(joints: &[Joint], image: &Rect) -> Option<Geometry> {
    let shown = |j: &&Joint| !j.outside;
    if joints.iter().filter(shown).any(|j| !j.x.is_finite() || !j.y.is_finite()) {
        return None;
    }
    let joints: Vec<Joint> = joints
        .iter()
        .map(|j| {
            let at = Point { x: finite_or_0(j.x), y: finite_or_0(j.y) };
            let at = into_image(&at, image);
            Joint { x: at.x, y: at.y, ..j.clone() }
        })
        .collect();
    let places: Vec<Point> = joints.iter().filter(shown).map(|j| Point { x: j.x, y: j.y }).collect();
    Some(Geometry::of(around(places.iter())?, Shape::Skeleton { joints }))
}

fn finite_or_0(v: f64) -> f64 {
    if v.is_finite() { v } else { 0.0 }
}

/// A mask cut to the image and then to its pixels.
fn sound_mask(rect: &Rect, runs: &[u32], width: u32, height: u32) -> Option<Geometry> {
    let whole = |v: f64| v.is_finite() && v.fract() == 0.0 && v.abs() < 1e9;
    if ![rect.x1, rect.y1, rect.x2, rect.y2].into_iter().all(whole) || rect.area() == 0.0 {
        return None;
    }
    let (left, top) = (rect.x1 as i64, rect.y1 as i64);
    let (w, h) = (rect.width() as u64, rect.height() as u64);
    if runs.iter().map(|r| u64::from(*r)).sum::<u64>() != w * h {
        return None;
    }
    // Stretches of one row that are on and inside the image.
    let mut spans: Vec<(i64, i64, i64)> = Vec::new();
    let mut at = 0_u64;
    for (n, run) in runs.iter().enumerate() {
        let end = at + u64::from(*run);
        if n % 2 == 1 {
            while at < end {
                let row = at / w;
                let stop = end.min((row + 1) * w);
                let y = top + row as i64;
                let x1 = (left + (at % w) as i64).max(0);
                let x2 = (left + ((stop - 1) % w) as i64 + 1).min(i64::from(width));
                if y >= 0 && y < i64::from(height) && x1 < x2 {
                    spans.push((y, x1, x2));
                }
                at = stop;
            }
        }
        at = end;
    }
    let x1 = spans.iter().map(|s| s.1).min()?;
    let x2 = spans.iter().map(|s| s.2).max()?;
    let (y1, y2) = (spans.first()?.0, spans.last()?.0 + 1);
    let mut out = Vec::new();
    let mut written = 0_i64;
    for (y, from, to) in spans {
        let begin = (y - y1) * (x2 - x1) + from - x1;
        match out.last_mut() {
            Some(on) if begin == written && out_is_on(written) => *on += (to - from) as u32,
            _ => out.extend([(begin - written) as u32, (to - from) as u32]),
        }
        written = begin + to - from;
    }
    let rest = (y2 - y1) * (x2 - x1) - written;
    if rest > 0 {
        out.push(rest as u32);
    }
    let rect = Rect { x1: x1 as f64, y1: y1 as f64, x2: x2 as f64, y2: y2 as f64 };
    Some(Geometry::of(rect, Shape::Mask { runs: out }))
}

/// After anything was written, the last run is an "on" one.
fn out_is_on(written: i64) -> bool {
    written > 0
}

#[cfg(test)]
mod tests;
