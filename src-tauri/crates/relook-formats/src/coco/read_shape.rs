//! One annotation of a COCO file as shapes.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use relook_domain::{Geometry, Joint, Point, Rect, Shape};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use super::{
    index::Category,
    rle::{by_rows, unpacked},
};
use crate::{Limits, ReadImage, ReadShape, Source, place::rect_of};

/// Runs of one mask, both ways.
const MOST_RUNS: usize = 1 << 20;
/// Of attributes that are repeated for each part, bytes.
const MOST_TOLD: usize = 16 << 20;
/// How far off, in pixels, the corners of a turned box may be that are written with two decimals.
const CORNER_TOLERANCE: f64 = 0.05;

#[derive(Deserialize)]
pub(super) struct Annotation {
    category_id: i64,
    #[serde(default)]
    bbox: Option<Vec<f64>>,
    #[serde(default)]
    segmentation: Segmentation,
    #[serde(default)]
    keypoints: Option<Vec<f64>>,
    #[serde(default)]
    iscrowd: Scalar,
    #[serde(default)]
    score: Option<f64>,
    #[serde(default)]
    attributes: BTreeMap<String, Scalar>,
}

/// What is counted over one image's annotations.
#[derive(Default)]
pub(super) struct Took {
    pub crowds: u64,
    groups: i64,
}

/// The shapes of an annotation: one, or several of one group for outlines of several parts and for a skeleton with an
/// outline.
///
/// # Errors
/// What is wrong, in words.
pub(super) fn shapes(
    read: Annotation,
    categories: &HashMap<i64, &Category>,
    image: &ReadImage,
    limits: &Limits,
    took: &mut Took,
) -> Result<Vec<ReadShape>, String> {
    let category = categories
        .get(&read.category_id)
        .ok_or_else(|| format!("there is no category {}", read.category_id))?;
    let turned = read.attributes.get("rotation").and_then(Scalar::number).unwrap_or(0.0);
    let rotation = if turned.is_finite() { turned.rem_euclid(360.0) % 360.0 } else { 0.0 };
    let mut parts = Vec::new();
    if let Some(values) = &read.keypoints
        && values.iter().skip(2).step_by(3).any(|v| *v > 0.0)
    {
        parts.push(skeleton(values, category, limits)?);
    }
    match &read.segmentation {
        Segmentation::None => {}
        Segmentation::Outlines(outlines) => {
            let outlines = outlines.iter().map(|values| outline(values, limits));
            let outlines: Vec<Vec<Point>> = outlines.collect::<Result<_, _>>()?;
            match (&outlines[..], rotation) {
                ([corners], turned) if turned != 0.0 && turned_box(corners, turned).is_some() => {
                    parts.extend(turned_box(corners, turned));
                }
                _ => parts.extend(outlines.into_iter().map(|points| plain(Shape::Polygon { points }))),
            }
        }
        Segmentation::Runs { counts, size } => {
            let [height, width] = *size;
            if image.width.is_some_and(|w| w != width) || image.height.is_some_and(|h| h != height) {
                return Err(format!("its mask is for an image of {width} by {height} pixels"));
            }
            if u64::from(width) * u64::from(height) > limits.mask_pixels {
                return Err(format!("its mask has more than {} pixels", limits.mask_pixels));
            }
            let packed;
            let runs = match counts {
                Counts::Runs(runs) => runs,
                Counts::Packed(text) => {
                    packed = unpacked(text)?;
                    &packed
                }
            };
            parts.push(by_rows(runs, width, height, MOST_RUNS)?);
        }
    }
    if parts.is_empty() {
        let sides = read.bbox.as_deref().unwrap_or_default();
        let [x, y, w, h] = *sides else { return Err(format!("its box has {} numbers, not 4", sides.len())) };
        sides.iter().try_for_each(|v| usable(*v, limits))?;
        if w < 0.0 || h < 0.0 {
            return Err("its box has a negative side".to_owned());
        }
        let rect = Rect { x1: x, y1: y, x2: x + w, y2: y + h };
        parts.push(Geometry { rect, rotation, shape: Shape::Box });
    }
    took.crowds += u64::from(read.iscrowd.number().is_some_and(|n| n != 0.0));
    took.groups += i64::from(parts.len() > 1);
    let group = if parts.len() > 1 { took.groups } else { 0 };
    let said = |name| matches!(read.attributes.get(name), Some(Scalar::Bool(true)));
    let occluded = said("occluded");
    let attributes: BTreeMap<String, String> = read.attributes.iter().filter_map(kept).collect();
    let told: usize = attributes.iter().map(|(name, value)| name.len() + value.len()).sum();
    if attributes.len() > limits.attributes || (parts.len() > 1 && told * parts.len() > MOST_TOLD) {
        return Err("its attributes are too many or too long".to_owned());
    }
    let shape = |Geometry { rect, rotation, shape }| ReadShape {
        label: category.name.clone(),
        source: Source::File,
        occluded,
        rect,
        rotation,
        shape,
        z_order: 0,
        group,
        score: read.score.filter(|s| (0.0..=1.0).contains(s)),
        attributes: attributes.clone(),
        track: None,
    };
    Ok(parts.into_iter().map(shape).collect())
}

/// Attributes that are not said elsewhere.
fn kept((name, value): (&String, &Scalar)) -> Option<(String, String)> {
    let text = match value {
        _ if matches!(name.as_str(), "occluded" | "rotation") => None,
        Scalar::Bool(v) => Some(v.to_string()),
        Scalar::Number(v) => Some(v.to_string()),
        Scalar::Text(v) => Some(v.clone()),
        Scalar::None => None,
    };
    Some((name.clone(), text?))
}

fn usable(value: f64, limits: &Limits) -> Result<(), String> {
    if value.is_finite() && value.abs() <= limits.coordinate {
        Ok(())
    } else {
        Err(format!("{value} is not a usable coordinate"))
    }
}

fn plain(shape: Shape) -> Geometry {
    let rect = rect_of(&shape).unwrap_or(Geometry::tag().rect);
    Geometry { rect, rotation: 0.0, shape }
}

fn outline(values: &[f64], limits: &Limits) -> Result<Vec<Point>, String> {
    if values.len() < 6 || values.len() % 2 == 1 {
        return Err(format!("an outline has {} numbers, which are no three points or more", values.len()));
    }
    values.iter().try_for_each(|v| usable(*v, limits))?;
    Ok(values.chunks_exact(2).map(|p| Point { x: p[0], y: p[1] }).collect())
}

/// The box that these four corners are of, turned by as many degrees.
fn turned_box(corners: &[Point], rotation: f64) -> Option<Geometry> {
    let [a, b, c, d] = corners else { return None };
    let (w, h) = ((b.x - a.x).hypot(b.y - a.y), (c.x - b.x).hypot(c.y - b.y));
    let (cx, cy) = ((a.x + b.x + c.x + d.x) / 4.0, (a.y + b.y + c.y + d.y) / 4.0);
    let (sin, cos) = rotation.to_radians().sin_cos();
    let near = |(x, y): (f64, f64), p: &Point| {
        let (x, y) = (x * w / 2.0, y * h / 2.0);
        (cx + x * cos - y * sin - p.x).hypot(cy + x * sin + y * cos - p.y) <= CORNER_TOLERANCE
    };
    let order = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
    let rect = Rect { x1: cx - w / 2.0, y1: cy - h / 2.0, x2: cx + w / 2.0, y2: cy + h / 2.0 };
    let fits = order.into_iter().zip(corners).all(|(corner, p)| near(corner, p));
    fits.then_some(Geometry { rect, rotation, shape: Shape::Box })
}

fn skeleton(values: &[f64], category: &Category, limits: &Limits) -> Result<Geometry, String> {
    let names = &category.keypoints;
    if values.len() != names.len() * 3 {
        return Err(format!(
            "it has {} numbers for keypoints, but {:?} has {} points of three numbers",
            values.len(),
            category.name,
            names.len()
        ));
    }
    values.iter().try_for_each(|v| usable(*v, limits))?;
    let joints = names.iter().zip(values.chunks_exact(3)).map(|(name, v)| Joint {
        name: name.clone(),
        x: v[0],
        y: v[1],
        occluded: v[2] == 1.0,
        outside: v[2] <= 0.0,
    });
    Ok(plain(Shape::Skeleton { joints: joints.collect() }))
}

/// An outline of one or more parts, or runs of pixels.
#[derive(Default)]
enum Segmentation {
    #[default]
    None,
    Outlines(Vec<Vec<f64>>),
    Runs {
        counts: Counts,
        size: [u32; 2],
    },
}

#[derive(Deserialize)]
struct Runs {
    counts: Counts,
    size: [u32; 2],
}

enum Counts {
    Runs(Vec<u32>),
    Packed(String),
}

/// A bool, number or text; lists and objects are passed over.
#[derive(Default)]
enum Scalar {
    #[default]
    None,
    Bool(bool),
    Number(f64),
    Text(String),
}

impl Scalar {
    fn number(&self) -> Option<f64> {
        match self {
            Self::Bool(v) => Some(f64::from(u8::from(*v))),
            Self::Number(v) => Some(*v),
            Self::None | Self::Text(_) => None,
        }
    }
}

struct Segments;
struct CountsOf;
struct ScalarOf;

impl<'de> Deserialize<'de> for Segmentation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Segments)
    }
}

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountsOf)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarOf)
    }
}

impl<'de> Visitor<'de> for Segments {
    type Value = Segmentation;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("outlines or runs of pixels")
    }

    fn visit_unit<E>(self) -> Result<Segmentation, E> {
        Ok(Segmentation::None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Segmentation, A::Error> {
        let mut outlines = Vec::new();
        while let Some(outline) = seq.next_element::<Vec<f64>>()? {
            outlines.push(outline);
        }
        Ok(Segmentation::Outlines(outlines))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Segmentation, A::Error> {
        let Runs { counts, size } = Runs::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Segmentation::Runs { counts, size })
    }
}

impl<'de> Visitor<'de> for CountsOf {
    type Value = Counts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("runs as numbers or packed into a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<Counts, E> {
        Ok(Counts::Packed(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Counts, A::Error> {
        let mut runs = Vec::new();
        while let Some(run) = seq.next_element()? {
            runs.push(run);
        }
        Ok(Counts::Runs(runs))
    }
}

impl<'de> Visitor<'de> for ScalarOf {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::None)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(v as f64))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(v as f64))
    }

    fn visit_f64<E>(self, v: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(v))
    }

    fn visit_str<E>(self, v: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(v.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::None)
    }
}
