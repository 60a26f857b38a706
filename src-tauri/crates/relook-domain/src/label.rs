//! Labels: the classes a shape may have, with colour and attributes (CVAT's words).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ids::LabelId, shape::ShapeKind};

/// How an attribute is filled in; CVAT's `input_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    Select,
    Radio,
    Checkbox,
    Number,
    Text,
}

/// An attribute a label's shapes carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Attribute {
    pub name: String,
    pub kind: AttributeKind,
    /// Whether it may change along a track.
    #[serde(default)]
    pub mutable: bool,
    #[serde(default)]
    pub default: String,
    /// Choices for select and radio; `min, max, step` for number; empty for text.
    #[serde(default)]
    pub values: Vec<String>,
}

/// A point of a skeleton's template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SkeletonJoint {
    pub name: String,
    /// 0..=1 from the left and from the top of the shape's rectangle.
    pub x: f64,
    pub y: f64,
}

/// Which points a label's skeletons have and how they hang together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Skeleton {
    pub joints: Vec<SkeletonJoint>,
    /// Pairs of places in `joints`.
    pub edges: Vec<(u32, u32)>,
}

/// A label of the project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Label {
    pub id: LabelId,
    pub name: String,
    /// `#rrggbb`.
    pub colour: String,
    #[serde(default)]
    pub attributes: Vec<Attribute>,
    /// The one kind of shape it is for; `None`: any.
    #[serde(default)]
    pub shape: Option<ShapeKind>,
    /// The key that gives this label to a box, as the keyboard names it; empty: none.
    #[serde(default)]
    pub key: String,
    #[serde(default)]
    pub skeleton: Option<Skeleton>,
    /// Deleted: no longer offered, but models and the history may still name it.
    #[serde(default)]
    pub archived: bool,
}

/// A colour for the `n`-th label, `#rrggbb`: hues by the golden angle, so that neighbours differ, in three
/// lightnesses, so that 80 labels stay apart.
#[must_use]
pub fn colour_for(n: usize) -> String {
    let hue = (n as f64 * 137.507_764) % 360.0;
    let (sat, light) = [(0.72, 0.62), (0.58, 0.72), (0.80, 0.54)][n % 3];
    let chroma = (1.0 - f64::abs(2.0 * light - 1.0)) * sat;
    let channel = |shift: f64| {
        let k = (shift + hue / 30.0) % 12.0;
        let v = light - chroma / 2.0 * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
        (v.clamp(0.0, 1.0) * 255.0).round() as u8
    };
    format!("#{:02x}{:02x}{:02x}", channel(0.0), channel(8.0), channel(4.0))
}

#[cfg(test)]
mod tests {
    #[test]
    fn eighty_labels_get_eighty_colours() {
        let colours: std::collections::BTreeSet<_> = (0..80).map(super::colour_for).collect();
        assert_eq!(colours.len(), 80);
        assert!(colours.iter().all(|c| c.len() == 7 && c.starts_with('#')));
    }
}
