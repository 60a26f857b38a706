//! The words of `relook labels`.

use clap::Subcommand;
use relook_domain::{Attribute, ShapeKind, Skeleton};

#[derive(Debug, Subcommand)]
pub enum LabelsCommand {
    /// List them.
    List,
    /// Add one.
    Add {
        name: String,
        #[command(flatten)]
        label: Box<LabelArgs>,
    },
    /// Change what is given; boxes of the label stay valid.
    Edit {
        name: String,
        /// Another name.
        #[arg(long, value_name = "NEW")]
        rename: Option<String>,
        #[command(flatten)]
        label: Box<LabelArgs>,
    },
    /// Delete one that no box has, or give its boxes another label.
    Delete {
        name: String,
        /// The label its boxes get.
        #[arg(long, value_name = "OTHER")]
        into: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
pub struct LabelArgs {
    /// #rrggbb.
    #[arg(long)]
    pub colour: Option<String>,
    /// The key that gives this label to a box; empty: none.
    #[arg(long)]
    pub key: Option<String>,
    /// The one kind of shape it is for, or `any`: box, ellipse, polygon, polyline, points, mask, cuboid, skeleton, tag.
    #[arg(long, value_parser = parse_shape)]
    pub shape: Option<ShapeArg>,
    /// The attributes its boxes have, as JSON:
    /// [{"name": "parked", "kind": "checkbox", "mutable": true, "default": "false", "values": []}].
    #[arg(long, value_name = "JSON", value_parser = parse_attributes)]
    pub attributes: Option<Attributes>,
    /// The points of its skeletons, as JSON: {"joints": [{"name": "head", "x": 0.5, "y": 0.1}, …], "edges": [[0, 1], …]}.
    #[arg(long, value_name = "JSON", value_parser = parse_skeleton)]
    pub skeleton: Option<Skeleton>,
}

/// A kind of shape; `None`: any.
pub type ShapeArg = Option<ShapeKind>;
/// In their order.
pub type Attributes = Vec<Attribute>;

fn parse_shape(word: &str) -> Result<ShapeArg, String> {
    match (word, ShapeKind::from_word(word)) {
        ("any", _) => Ok(None),
        (_, Some(kind)) => Ok(Some(kind)),
        (_, None) => {
            let known: Vec<_> = ShapeKind::ALL.iter().map(|k| k.word()).collect();
            Err(format!("known are any, {}", known.join(", ")))
        }
    }
}

fn parse_attributes(text: &str) -> Result<Attributes, String> {
    serde_json::from_str(text).map_err(|e| format!("not a list of attributes: {e}"))
}

fn parse_skeleton(text: &str) -> Result<Skeleton, String> {
    serde_json::from_str(text).map_err(|e| format!("not a skeleton: {e}"))
}
