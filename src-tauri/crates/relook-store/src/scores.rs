//! What thresholds are learnt from: the scores of boxes that people decided one by one, and of those that wait.

use std::collections::HashSet;

use relook_domain::{LabelId, ReviewState};

use crate::{
    codes::{Code, unsigned},
    error::StoreError,
    project::Store,
    replay::Logged,
};

/// A box of the models that a person decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DecidedScore {
    /// What the models called it.
    pub label: LabelId,
    pub score: f64,
    pub state: ReviewState,
}

/// Undecided boxes of one label and one thousandth of score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaitingScore {
    pub label: LabelId,
    /// The lower end of the thousandth.
    pub score: f64,
    pub boxes: u64,
}

/// Boxes drawn by the models that stood undisputed: what a threshold may speak of.
const MODELS: &str = "a.standing IN (0, 1) AND a.disagreement = 0 AND a.origin IN (1, 2) AND a.kind = 0";

impl Store {
    /// The undisputed boxes that the models let stand and people decided one by one, and how many more were decided many at a
    /// time, which tells nothing of each.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn decided_scores(&self) -> Result<(Vec<DecidedScore>, u64), StoreError> {
        self.read(|tx| {
            let mut together: HashSet<i64> = HashSet::new();
            let mut logs = tx.prepare(
                "SELECT c.body FROM change AS c JOIN step AS s ON s.id = c.step_id
                 WHERE s.state = 0 AND substr(c.body, 1, 9) = '{\"boxes\":'",
            )?;
            let mut rows = logs.query([])?;
            while let Some(row) = rows.next()? {
                let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
                if let Logged::Many { boxes, after, .. } = serde_json::from_str(body)?
                    && after != ReviewState::Pending
                {
                    together.extend(boxes);
                }
            }
            let sql = format!(
                "SELECT a.id, coalesce(
                     (SELECT o.label_id FROM opinion AS o JOIN label AS l ON l.id = o.label_id AND NOT l.archived
                      WHERE o.annotation_id = a.id ORDER BY o.stage DESC LIMIT 1), a.label_id), a.score, a.state
                 FROM annotation AS a INDEXED BY annotation_by_label
                 WHERE a.label_id IN (SELECT id FROM label) AND a.state IN (1, 2, 3) AND {MODELS}
                     AND a.score IS NOT NULL
                 ORDER BY a.id"
            );
            let (mut found, mut left_out) = (Vec::new(), 0);
            let mut statement = tx.prepare(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if together.contains(&row.get(0)?) {
                    left_out += 1;
                    continue;
                }
                let (label, score) = (LabelId(row.get(1)?), row.get(2)?);
                found.push(DecidedScore { label, score, state: ReviewState::from_code(row.get(3)?)? });
            }
            Ok((found, left_out))
        })
    }

    /// The undisputed boxes that the models let stand and nobody decided, by label and score.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn waiting_scores(&self) -> Result<Vec<WaitingScore>, StoreError> {
        self.read(|tx| {
            let sql = format!(
                "SELECT a.label_id, CAST(a.score * 1000 AS INTEGER) AS thousandth, count(*)
                 FROM annotation AS a INDEXED BY annotation_by_label
                 WHERE a.label_id IN (SELECT id FROM label) AND a.state = 0 AND {MODELS} AND a.score IS NOT NULL
                 GROUP BY a.label_id, thousandth"
            );
            tx.prepare(&sql)?
                .query_and_then([], |row| {
                    let (thousandth, boxes): (i64, i64) = (row.get(1)?, row.get(2)?);
                    let (label, score) = (LabelId(row.get(0)?), thousandth as f64 / 1000.0);
                    Ok(WaitingScore { label, score, boxes: unsigned(boxes)? })
                })?
                .collect()
        })
    }
}
