//! One shape's element.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    io::BufRead,
};

use relook_domain::{Geometry, Joint, Point, Rect, Shape, ShapeKind};

use super::{
    read::{bound, coordinate, count, needed, not_a_number, number},
    write_shape::CORNERS,
};
use crate::{
    FormatError, Limits, ReadShape, Source,
    place::rect_of,
    xml::events::{Element, Events, fault},
};

/// Reads the element just opened, children included. Of a track's shapes `track`, the track's own element, names label,
/// source and group. `place` begins the messages.
pub(super) fn read_shape<R: BufRead>(
    events: &mut Events<R>,
    tag: &Element,
    kind: ShapeKind,
    track: Option<&Element>,
    place: &str,
    skipped: &mut BTreeMap<String, u64>,
) -> Result<ReadShape, FormatError> {
    let owner = track.unwrap_or(tag);
    let source = owner.get("source").unwrap_or("manual");
    let Geometry { rect, rotation, shape } = geometry(tag, kind, place, &events.limits)?;
    let mut read = ReadShape {
        label: needed(owner, "label", place)?.to_owned(),
        source: Source::from_word(source).ok_or_else(|| {
            fault(owner.line, format!("{place}a {} has the unknown source {source:?}", owner.name))
        })?,
        occluded: bit(tag, "occluded", place)?,
        rect,
        rotation,
        shape,
        z_order: tag.get("z_order").map_or(Ok(0), |v| number(tag, "z_order", v, place))?,
        group: owner.get("group_id").map_or(Ok(0), |v| number(owner, "group_id", v, place))?,
        score: None,
        attributes: BTreeMap::new(),
        track: None,
    };
    let mut names = BTreeSet::new();
    while let Some(child) = events.child()? {
        match (child.name.as_str(), &mut read.shape) {
            ("attribute", _) => {
                bound(read.attributes.len(), events.limits.attributes, "attributes of a shape", child.line)?;
                let name = needed(&child, "name", place)?.to_owned();
                let value = events.text("attribute")?;
                match read.attributes.entry(name) {
                    Entry::Vacant(free) => {
                        free.insert(value);
                    }
                    Entry::Occupied(taken) => {
                        let what = format!("{place}a {} has the attribute {:?} twice", tag.name, taken.key());
                        return Err(fault(child.line, what));
                    }
                }
            }
            ("points", Shape::Skeleton { joints }) => {
                bound(joints.len(), events.limits.labels, "points of a skeleton", child.line)?;
                let joint = joint(&child, place, &events.limits)?;
                if !names.insert(joint.name.clone()) {
                    let what = format!("{place}a skeleton has the point {:?} twice", joint.name);
                    return Err(fault(child.line, what));
                }
                joints.push(joint);
                while let Some(inner) = events.child()? {
                    count(skipped, &inner.name);
                    events.skip()?;
                }
            }
            _ => {
                count(skipped, &child.name);
                events.skip()?;
            }
        }
    }
    if let Shape::Skeleton { joints } = &read.shape {
        if joints.is_empty() {
            return Err(fault(tag.line, format!("{place}a skeleton has no points")));
        }
        let mut shown = joints.iter().filter(|j| !j.outside).peekable();
        read.occluded = shown.peek().is_some() && shown.all(|j| j.occluded);
        read.rect = rect_of(&read.shape).unwrap_or(read.rect);
    }
    Ok(read)
}

/// What the tag's own attributes say; a skeleton's points are yet to come.
fn geometry(tag: &Element, kind: ShapeKind, place: &str, limits: &Limits) -> Result<Geometry, FormatError> {
    let at = |name: &str| coordinate(tag, name, needed(tag, name, place)?, limits.coordinate, place);
    let turned = || match tag.get("rotation") {
        Some(v) => {
            let rotation = coordinate(tag, "rotation", v, limits.coordinate, place)?.rem_euclid(360.0);
            // A hair under 0 comes out as 360.
            Ok(if rotation < 360.0 { rotation } else { 0.0 })
        }
        None => Ok(0.0),
    };
    let shape = match kind {
        ShapeKind::Box => {
            let rect = Rect::from_corners(at("xtl")?, at("ytl")?, at("xbr")?, at("ybr")?);
            return Ok(Geometry { rect, rotation: turned()?, shape: Shape::Box });
        }
        ShapeKind::Ellipse => {
            let (cx, cy, rx, ry) = (at("cx")?, at("cy")?, at("rx")?, at("ry")?);
            let rect = Rect::from_corners(cx - rx, cy - ry, cx + rx, cy + ry);
            return Ok(Geometry { rect, rotation: turned()?, shape: Shape::Ellipse });
        }
        ShapeKind::Mask => return mask(tag, place, limits),
        ShapeKind::Tag => return Ok(Geometry::tag()),
        ShapeKind::Skeleton => Shape::Skeleton { joints: Vec::new() },
        ShapeKind::Polygon => Shape::Polygon { points: points(tag, 3, place, limits)? },
        ShapeKind::Polyline => Shape::Polyline { points: points(tag, 2, place, limits)? },
        ShapeKind::Points => Shape::Points { points: points(tag, 1, place, limits)? },
        ShapeKind::Cuboid => {
            let mut points = [Point { x: 0.0, y: 0.0 }; 8];
            for (point, corner) in points.iter_mut().zip(CORNERS) {
                *point = Point { x: at(&format!("x{corner}"))?, y: at(&format!("y{corner}"))? };
            }
            Shape::Cuboid { points }
        }
    };
    let rect = rect_of(&shape).unwrap_or(Geometry::tag().rect);
    Ok(Geometry { rect, rotation: 0.0, shape })
}

fn points(tag: &Element, least: usize, place: &str, limits: &Limits) -> Result<Vec<Point>, FormatError> {
    let text = needed(tag, "points", place)?;
    let number = |v| coordinate(tag, "points", v, limits.coordinate, place);
    let mut points = Vec::new();
    for pair in text.split(';') {
        let (x, y) = pair.split_once(',').ok_or_else(|| not_a_number(tag, "points", pair, place))?;
        points.push(Point { x: number(x)?, y: number(y)? });
    }
    if points.len() < least {
        let what = format!("{place}a {} has {} points, fewer than {least}", tag.name, points.len());
        return Err(fault(tag.line, what));
    }
    Ok(points)
}

fn mask(tag: &Element, place: &str, limits: &Limits) -> Result<Geometry, FormatError> {
    let most = limits.coordinate;
    let whole = |name| -> Result<i32, FormatError> {
        let text = needed(tag, name, place)?;
        let value: i32 = number(tag, name, text, place)?;
        coordinate(tag, name, text, most, place).map(|_| value)
    };
    let side = |name| -> Result<u32, FormatError> {
        let side = whole(name)?;
        u32::try_from(side).map_err(|_| not_a_number(tag, name, &side.to_string(), place))
    };
    let (left, top, width, height) = (whole("left")?, whole("top")?, side("width")?, side("height")?);
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.mask_pixels {
        let what =
            format!("{place}a mask of {width} by {height} has more than {} pixels", limits.mask_pixels);
        return Err(fault(tag.line, what));
    }
    let runs = needed(tag, "rle", place)?.split(',');
    let runs: Vec<u32> = runs.map(|run| number(tag, "rle", run, place)).collect::<Result<_, _>>()?;
    let filled: u64 = runs.iter().map(|r| u64::from(*r)).sum();
    if filled != pixels {
        let what =
            format!("{place}the runs of a mask cover {filled} pixels, but {width} by {height} are {pixels}");
        return Err(fault(tag.line, what));
    }
    let (x1, y1) = (f64::from(left), f64::from(top));
    let rect = Rect { x1, y1, x2: x1 + f64::from(width), y2: y1 + f64::from(height) };
    Ok(Geometry { rect, rotation: 0.0, shape: Shape::Mask { runs } })
}

fn joint(tag: &Element, place: &str, limits: &Limits) -> Result<Joint, FormatError> {
    let points = points(tag, 1, place, limits)?;
    let [Point { x, y }] = points[..] else {
        let what = format!("{place}a point of a skeleton has {} places, not one", points.len());
        return Err(fault(tag.line, what));
    };
    let name = needed(tag, "label", place)?.to_owned();
    Ok(Joint { name, x, y, occluded: bit(tag, "occluded", place)?, outside: bit(tag, "outside", place)? })
}

pub(super) fn bit(tag: &Element, name: &str, place: &str) -> Result<bool, FormatError> {
    match tag.get(name) {
        None | Some("0") => Ok(false),
        Some("1") => Ok(true),
        Some(other) => Err(fault(tag.line, format!("{place}{name} is {other:?}, not 0 or 1"))),
    }
}
