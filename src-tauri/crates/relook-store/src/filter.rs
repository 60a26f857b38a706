//! Which boxes: conditions as SQL.

use relook_domain::{ImageId, LabelId, Origin, ReviewState, ShapeKind, Standing, Verdict};
use rusqlite::types::Value;

use crate::codes::Code;

/// Which boxes; all conditions must hold, an empty or absent one holds for every box.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BoxFilter {
    pub labels: Vec<LabelId>,
    pub states: Vec<ReviewState>,
    pub standings: Vec<Standing>,
    pub verdicts: Vec<Verdict>,
    pub origins: Vec<Origin>,
    pub shapes: Vec<ShapeKind>,
    /// Score at or above, and below; boxes without a score match neither.
    pub at_least: Option<f64>,
    pub below: Option<f64>,
    /// Text that the image's path contains, letter case aside.
    pub path: String,
    pub image: Option<ImageId>,
    /// Only boxes on which the models disagree, or only others.
    pub disagreement: Option<bool>,
}

/// How the condition on the path is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paths {
    /// The images first, then their boxes: where few images match.
    First,
    /// Box by box: where many do.
    Each,
}

/// Conditions on the table named `a`, all of which must hold. Values are numbered from ?1; what an index tells apart is
/// written out.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    parts: Vec<String>,
    pub(crate) values: Vec<Value>,
}

impl Conditions {
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(crate) fn sql(&self) -> String {
        if self.parts.is_empty() { "1".into() } else { self.parts.join(" AND ") }
    }

    /// `sql` with the number of `value` put in for `?`.
    fn add(&mut self, sql: &str, value: Value) {
        self.values.push(value);
        self.parts.push(sql.replace('?', &format!("?{}", self.values.len())));
    }

    fn any_of(&mut self, column: &str, codes: impl Iterator<Item = i64>) {
        let codes: Vec<String> = codes.map(|c| c.to_string()).collect();
        match codes.as_slice() {
            [] => {}
            [one] => self.parts.push(format!("{column} = {one}")),
            many => self.parts.push(format!("{column} IN ({})", many.join(", "))),
        }
    }
}

impl BoxFilter {
    /// All conditions.
    pub(crate) fn conditions(&self, paths: Paths) -> Conditions {
        let mut all = Conditions::default();
        all.any_of("a.label_id", self.labels.iter().map(|l| l.0));
        all.any_of("a.state", self.states.iter().map(|s| s.code()));
        all.any_of("a.standing", self.standings.iter().map(|s| s.code()));
        all.any_of("a.disagreement", self.disagreement.iter().map(|d| i64::from(*d)));
        let rest = self.uncounted(paths);
        all.parts.extend(rest.parts);
        all.values.extend(rest.values);
        all
    }

    /// The conditions that no running total and no order's index knows of.
    pub(crate) fn uncounted(&self, paths: Paths) -> Conditions {
        let mut c = Conditions::default();
        c.any_of("a.verdict", self.verdicts.iter().map(|v| v.code()));
        c.any_of("a.origin", self.origins.iter().map(|o| o.code()));
        c.any_of("a.kind", self.shapes.iter().map(|s| s.code()));
        c.any_of("a.image_id", self.image.iter().map(|i| i.0));
        if let Some(score) = self.at_least {
            c.add("a.score >= ?", score.into());
        }
        if let Some(score) = self.below {
            c.add("a.score < ?", score.into());
        }
        if !self.path.is_empty() {
            let sql = match paths {
                Paths::First => "a.image_id IN (SELECT id FROM image WHERE path_contains(path, ?))",
                Paths::Each => "path_contains((SELECT path FROM image WHERE image.id = a.image_id), ?)",
            };
            c.add(sql, self.path.to_lowercase().into());
        }
        c
    }
}
