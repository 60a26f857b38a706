//! What a format makes of each kind of shape, told once for all shapes of a kind.

use std::collections::BTreeMap;

use relook_domain::ShapeKind;

use crate::{Finding, Problem, place::degrees};

/// What a format makes of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is written as it stands.
    AsItStands,
    /// The outline around it is written for it.
    Outline,
    /// The upright box around it is written.
    BoxAround,
    /// The format has no such shape.
    LeftOut,
}

/// The fate in a format that has upright boxes only. `rotation` in degrees.
#[must_use]
pub fn boxes_only(kind: ShapeKind, rotation: f64) -> Fate {
    match kind {
        ShapeKind::Box if degrees(rotation) == 0.0 => Fate::AsItStands,
        ShapeKind::Box | ShapeKind::Ellipse | ShapeKind::Polygon | ShapeKind::Mask => Fate::BoxAround,
        ShapeKind::Polyline
        | ShapeKind::Points
        | ShapeKind::Cuboid
        | ShapeKind::Skeleton
        | ShapeKind::Tag => Fate::LeftOut,
    }
}

/// How many shapes of which kind there are, boxes apart by whether they are turned, and on how many images.
#[derive(Clone, Debug, Default)]
pub struct Kinds(BTreeMap<(ShapeKind, bool), Count>);

#[derive(Clone, Debug, Default)]
struct Count {
    shapes: u64,
    images: u64,
    last_image: Option<u64>,
}

impl Kinds {
    /// Counts a shape of the image of this number; images come one after the other. `rotation` in degrees.
    pub fn add(&mut self, image: u64, kind: ShapeKind, rotation: f64) {
        let count = self.0.entry((kind, kind == ShapeKind::Box && degrees(rotation) != 0.0)).or_default();
        count.shapes += 1;
        if count.last_image.replace(image) != Some(image) {
            count.images += 1;
        }
    }

    /// What a format with these fates, known to people as `format`, makes of the shapes counted; nothing for kinds that
    /// it writes as they stand.
    #[must_use]
    pub fn findings(&self, format: &str, fate: impl Fn(ShapeKind, f64) -> Fate) -> Vec<Finding> {
        let told = |(&(kind, turned), count): (&(ShapeKind, bool), &Count)| {
            let (lacks, consequence) = match fate(kind, if turned { 90.0 } else { 0.0 }) {
                Fate::AsItStands => return None,
                Fate::Outline => ("cannot hold", "An outline of many points is written instead"),
                Fate::BoxAround => {
                    ("has upright boxes only and cannot hold", "The box around is written instead")
                }
                Fate::LeftOut => ("cannot hold", "Not written"),
            };
            let (shapes, on) =
                (plural(count.shapes, noun(kind, turned)), plural(count.images, ("image", "images")));
            Some(Finding {
                image: String::new(),
                problem: Problem::Kind,
                message: format!("{format} {lacks} {shapes} on {on}"),
                consequence: consequence.to_owned(),
            })
        };
        self.0.iter().filter_map(told).collect()
    }
}

fn plural(n: u64, (one, many): (&str, &str)) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

fn noun(kind: ShapeKind, turned: bool) -> (&'static str, &'static str) {
    match kind {
        ShapeKind::Box if turned => ("turned box", "turned boxes"),
        ShapeKind::Box => ("box", "boxes"),
        ShapeKind::Ellipse => ("ellipse", "ellipses"),
        ShapeKind::Polygon => ("polygon", "polygons"),
        ShapeKind::Polyline => ("polyline", "polylines"),
        ShapeKind::Points => ("set of points", "sets of points"),
        ShapeKind::Mask => ("mask", "masks"),
        ShapeKind::Cuboid => ("cuboid", "cuboids"),
        ShapeKind::Skeleton => ("skeleton", "skeletons"),
        ShapeKind::Tag => ("tag", "tags"),
    }
}
