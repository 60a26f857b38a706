//! The words of `relook decide`.

use relook_domain::Geometry;
use serde_json::{Value, json};

use super::filter::FilterArgs;

/// One thing to do, what to do it with, and the conditions for those that go by conditions.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(false))]
#[command(group = clap::ArgGroup::new("details").multiple(true))]
pub struct DecideArgs {
    /// Accept undecided boxes scoring at least this.
    #[arg(long, value_name = "SCORE", group = "what", conflicts_with = "at_least")]
    pub accept_at_least: Option<f64>,
    /// Reject undecided boxes scoring less than this.
    #[arg(long, value_name = "SCORE", group = "what", conflicts_with = "below")]
    pub reject_below: Option<f64>,
    /// Accept these boxes; without ids all that the conditions leave.
    #[arg(long, value_name = "BOX,…", group = "what", num_args = 0..=1)]
    pub accept: Option<Option<Ids>>,
    /// Reject these boxes; without ids all that the conditions leave.
    #[arg(long, value_name = "BOX,…", group = "what", num_args = 0..=1)]
    pub reject: Option<Option<Ids>>,
    /// Put decided boxes back to undecided: these, or without ids all that the conditions leave.
    #[arg(long, value_name = "BOX,…", group = "what", num_args = 0..=1)]
    pub reopen: Option<Option<Ids>>,
    /// Give these boxes another label (with --to).
    #[arg(long, value_name = "BOX,…", group = "what", requires = "to")]
    pub relabel: Option<Ids>,
    /// Give this box another place or shape (with --rect or --geometry).
    #[arg(long, value_name = "BOX", group = "what", requires = "where")]
    pub fix: Option<i64>,
    /// Mark these boxes as occluded; their review state stays.
    #[arg(long, value_name = "BOX,…", group = "what")]
    pub occluded: Option<Ids>,
    /// Mark these boxes as not occluded.
    #[arg(long, value_name = "BOX,…", group = "what")]
    pub not_occluded: Option<Ids>,
    /// Give these boxes attributes, a z-order or a group (with --attributes, --z-order, --group-id).
    #[arg(long, value_name = "BOX,…", group = "what", requires = "details")]
    pub describe: Option<Ids>,
    /// Set these shapes of tracks: their neighbours are interpolated from here.
    #[arg(long, value_name = "BOX,…", group = "what")]
    pub keyframe: Option<Ids>,
    /// Have these shapes of tracks interpolated between the keyframes beside them.
    #[arg(long, value_name = "BOX,…", group = "what")]
    pub interpolate: Option<Ids>,
    /// End the tracks of these shapes on their images.
    #[arg(long, value_name = "BOX,…", group = "what")]
    pub end_track: Option<Ids>,
    /// Draw a shape on --image (with --to, and --rect or --geometry).
    #[arg(long, group = "what", requires_all = ["where", "to", "image"])]
    pub draw: bool,
    /// Accept what stands undecided on --image.
    #[arg(long, group = "what", requires = "image")]
    pub accept_rest: bool,
    /// Confirm that --image is empty.
    #[arg(long, group = "what", requires = "image")]
    pub confirm_empty: bool,
    /// Take back that --image is empty.
    #[arg(long, group = "what", requires = "image")]
    pub unconfirm_empty: bool,
    /// The label for --relabel and --draw.
    #[arg(long, value_name = "LABEL")]
    pub to: Option<String>,
    /// Corners of a box in pixels of the upright image.
    #[arg(long, value_name = "X1,Y1,X2,Y2", value_parser = parse_rect, group = "where", allow_hyphen_values = true)]
    pub rect: Option<Geometry>,
    /// A shape as "relook queue --json" shows it: rect, rotation, shape. For example
    /// {"shape": {"kind": "polygon", "points": [{"x": 1, "y": 2}, …]}}; rect may be left out where points say it.
    #[arg(long, value_name = "JSON", value_parser = parse_geometry, group = "where")]
    pub geometry: Option<Geometry>,
    /// All attributes by name, as JSON, for --describe and --draw: {"parked": "true"}.
    #[arg(long, value_name = "JSON", value_parser = parse_attributes, group = "details")]
    pub attributes: Option<Attributes>,
    /// What lies in front, for --describe and --draw.
    #[arg(long, value_name = "N", group = "details", allow_hyphen_values = true)]
    pub z_order: Option<i32>,
    /// Boxes of one number belong together, for --describe and --draw; 0: to none.
    #[arg(long, value_name = "N", group = "details")]
    pub group_id: Option<i64>,
    #[command(flatten)]
    pub conditions: FilterArgs,
    /// Leave boxes on which the models disagree out.
    #[arg(long, conflicts_with = "disagreement")]
    pub undisputed: bool,
    /// Say how many boxes it would decide, and decide none.
    #[arg(long)]
    pub dry_run: bool,
}

/// Ids of boxes, commas between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ids(pub Vec<i64>);

impl std::str::FromStr for Ids {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ids: Result<_, _> = text.split(',').map(|id| id.trim().parse()).collect();
        ids.map(Self).map_err(|_| "the ids of boxes are numbers with commas between them".into())
    }
}

/// Values by attribute name.
pub type Attributes = std::collections::BTreeMap<String, String>;

fn parse_rect(text: &str) -> Result<Geometry, String> {
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|n| n.trim().parse::<f64>()).collect();
    let numbers = numbers.map_err(|e| format!("{text:?} is not four numbers: {e}"))?;
    match numbers[..] {
        [x1, y1, x2, y2] => Ok(relook_domain::Rect { x1, y1, x2, y2 }.into()),
        _ => Err(format!("four numbers are needed, not {}", numbers.len())),
    }
}

/// Where a shape's points say where it is, its rectangle need not.
fn parse_geometry(text: &str) -> Result<Geometry, String> {
    let mut value: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let says = |kind: &Value| !matches!(kind.as_str(), None | Some("box" | "ellipse" | "mask"));
    if says(&value["shape"]["kind"]) && value.get("rect").is_none() {
        value["rect"] = json!({ "x1": 0, "y1": 0, "x2": 0, "y2": 0 });
    }
    serde_json::from_value(value).map_err(|e| e.to_string())
}

fn parse_attributes(text: &str) -> Result<Attributes, String> {
    serde_json::from_str(text).map_err(|e| format!("not texts by name: {e}"))
}

#[cfg(test)]
mod tests {
    use relook_domain::{Rect, ShapeKind};

    use super::*;

    #[test]
    fn corners_ids_and_shapes() {
        let rect = Rect { x1: 1.0, y1: 2.0, x2: 3.5, y2: 4.0 };
        assert_eq!(parse_rect("1, 2,3.5,4"), Ok(rect.into()));
        assert!(parse_rect("1,2,3").is_err());
        assert!(parse_rect("1,2,x,3").is_err());
        assert_eq!("1, 2".parse(), Ok(Ids(vec![1, 2])));
        assert!("1,".parse::<Ids>().is_err());
        let line = r#"{"shape": {"kind": "polyline", "points": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}}"#;
        assert_eq!(parse_geometry(line).map(|g| g.shape.kind()), Ok(ShapeKind::Polyline));
        assert_eq!(
            parse_geometry(r#"{"shape": {"kind": "tag"}}"#).map(|g| g.shape.kind()),
            Ok(ShapeKind::Tag)
        );
        let error = parse_geometry(r#"{"shape": {"kind": "ellipse"}}"#).unwrap_err();
        assert!(error.contains("rect"), "{error}");
    }
}
