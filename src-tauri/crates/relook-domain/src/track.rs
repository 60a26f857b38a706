//! Tracks: one thing followed along a sequence of images. Its shape is set on keyframes; between two of them it is
//! interpolated as CVAT does it.
//!
//! Boxes (turned ones by the shorter arc), ellipses, cuboids, single points and the joints of skeletons move in straight
//! lines; polygons and polylines are matched point by point along their length. Sets of several points stay as they were
//! on the keyframe before, a mask is there on its keyframes only.

mod follow;
mod outline;

use std::collections::BTreeMap;

pub use self::follow::{TrackShape, begins, follow};
use self::outline::between;
use crate::{
    geometry::Rect,
    shape::{Geometry, Joint, Point, Shape},
};

/// What a track's shape is set to on one image of the sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyframe {
    /// The image's place in its sequence, from 0.
    pub frame: u64,
    /// The thing is not to be seen from here to the next keyframe.
    pub outside: bool,
    pub occluded: bool,
    pub geometry: Geometry,
    pub z_order: i32,
    /// All of the shape's attributes, those too that do not change along the track.
    pub attributes: BTreeMap<String, String>,
}

/// What a track shows on a frame, with whether it is a keyframe there; `None` where it shows nothing. `keyframes` grow by
/// frame. After the last one the shape stays, unless that says it is outside; a keyframe outside shows nothing.
#[must_use]
pub fn at(keyframes: &[Keyframe], frame: u64) -> Option<(Keyframe, bool)> {
    let after = keyframes.partition_point(|k| k.frame <= frame);
    let left = keyframes[..after].last().filter(|k| !k.outside)?;
    if left.frame == frame {
        return Some((left.clone(), true));
    }
    if matches!(left.geometry.shape, Shape::Mask { .. }) {
        return None;
    }
    let geometry = match keyframes.get(after) {
        Some(right) => {
            let share = (frame - left.frame) as f64 / (right.frame - left.frame) as f64;
            interpolate(&left.geometry, &right.geometry, share)
        }
        None => left.geometry.clone(),
    };
    Some((Keyframe { frame, geometry, ..left.clone() }, false))
}

/// The geometry at a `share` (0..1) of the way. Geometries of two kinds have nothing between them: the first stays.
#[must_use]
pub fn interpolate(left: &Geometry, right: &Geometry, share: f64) -> Geometry {
    let shape = match (&left.shape, &right.shape) {
        (Shape::Box, Shape::Box) | (Shape::Ellipse, Shape::Ellipse) => {
            return Geometry {
                rect: left.rect.blend(&right.rect, share),
                rotation: turned(left.rotation, right.rotation, share),
                shape: left.shape.clone(),
            };
        }
        (Shape::Cuboid { points: a }, Shape::Cuboid { points: b }) => {
            Shape::Cuboid { points: std::array::from_fn(|n| mix(a[n], b[n], share)) }
        }
        (Shape::Points { points: a }, Shape::Points { points: b }) => match (a.as_slice(), b.as_slice()) {
            ([a], [b]) => Shape::Points { points: vec![mix(*a, *b, share)] },
            _ => return left.clone(),
        },
        (Shape::Polyline { points: a }, Shape::Polyline { points: b }) => {
            Shape::Polyline { points: between(a, b, share) }
        }
        (Shape::Polygon { points: a }, Shape::Polygon { points: b }) => {
            let closed = |points: &[Point]| points.iter().chain(points.first()).copied().collect::<Vec<_>>();
            let mut points = between(&closed(a), &closed(b), share);
            points.pop();
            Shape::Polygon { points }
        }
        (Shape::Skeleton { joints: a }, Shape::Skeleton { joints: b }) => {
            let moved = |joint: &Joint| match b.iter().find(|other| other.name == joint.name) {
                Some(other) => {
                    let from = Point { x: joint.x, y: joint.y };
                    let Point { x, y } = mix(from, Point { x: other.x, y: other.y }, share);
                    Joint { x, y, ..joint.clone() }
                }
                None => joint.clone(),
            };
            Shape::Skeleton { joints: a.iter().map(moved).collect() }
        }
        _ => return left.clone(),
    };
    let rect = shape.around().unwrap_or(left.rect);
    Geometry { rect, rotation: left.rotation, shape }
}

/// By the shorter arc; degrees, 0..360.
fn turned(from: f64, to: f64, share: f64) -> f64 {
    let arc = (to - from + 180.0).rem_euclid(360.0) - 180.0;
    // Half a turn has no shorter way: CVAT turns by one degree then.
    let arc = if arc.abs() >= 180.0 { 1.0 } else { arc };
    let turned = (from + arc * share).rem_euclid(360.0);
    // A hair under 0 comes out as 360.
    if turned < 360.0 { turned } else { 0.0 }
}

fn mix(a: Point, b: Point, share: f64) -> Point {
    Point { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share }
}

impl Shape {
    /// The rectangle around a shape's points, a skeleton's outside ones left out; `None` for shapes that have none.
    #[must_use]
    pub fn around(&self) -> Option<Rect> {
        match self {
            Self::Polygon { points } | Self::Polyline { points } | Self::Points { points } => {
                crate::shape::around(points.iter())
            }
            Self::Cuboid { points } => crate::shape::around(points.iter()),
            Self::Skeleton { joints } => {
                let shown: Vec<Point> =
                    joints.iter().filter(|j| !j.outside).map(|j| Point { x: j.x, y: j.y }).collect();
                crate::shape::around(shown.iter())
            }
            Self::Box | Self::Ellipse | Self::Mask { .. } | Self::Tag => None,
        }
    }
}

#[cfg(test)]
mod tests;
