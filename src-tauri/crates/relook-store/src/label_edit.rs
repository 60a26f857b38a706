//! A label's edit with what becomes of its boxes, as one step.

use relook_domain::{Label, LabelId, ShapeKind, StepId, review::Change};
use rusqlite::{Connection, Transaction, params};

use crate::{
    codes::{Code, unsigned},
    error::{Inner, StoreError},
    history, labels,
    replay::{Entry, Logged, Values, play},
    review::ReviewTx,
};

/// Boxes in one row of the history's log.
const CHUNK: usize = 1000;

/// What an edit of a label changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabelEdit {
    /// `None`: the label is new.
    pub before: Option<Label>,
    /// `None`: it is deleted.
    pub after: Option<Label>,
    /// Attribute values of its boxes, and what they become.
    pub values: Vec<(Values, Values)>,
    /// The label that its boxes get.
    pub into: Option<LabelId>,
}

impl ReviewTx<'_> {
    /// The id for a label to add.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next_label_id(&self) -> Result<LabelId, StoreError> {
        self.named(|| labels::next_id(self.tx))
    }

    /// The label's boxes by their kind: those that stand, and all.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn kinds_of(&self, label: LabelId) -> Result<Vec<(ShapeKind, u64, u64)>, StoreError> {
        self.named(|| {
            self.tx
                .prepare_cached(
                    "SELECT kind, count(*) FILTER (WHERE state IN (1, 2) OR state = 0 AND standing < 2), count(*)
                     FROM annotation WHERE label_id = ?1 GROUP BY kind",
                )?
                .query_and_then([label.0], |row| {
                    Ok((ShapeKind::from_code(row.get(0)?)?, unsigned(row.get(1)?)?, unsigned(row.get(2)?)?))
                })?
                .collect()
        })
    }

    /// The different attribute values that the label's boxes have; boxes without any left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn values_of(&self, label: LabelId) -> Result<Vec<Values>, StoreError> {
        self.named(|| {
            self.tx
                .prepare_cached(
                    "SELECT DISTINCT attributes FROM annotation WHERE label_id = ?1 AND attributes IS NOT NULL
                     ORDER BY attributes",
                )?
                .query_and_then([label.0], |row| {
                    Ok(serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?)
                })?
                .collect()
        })
    }

    /// Edits a label and its boxes and writes that down as one step.
    ///
    /// # Errors
    /// [`StoreError::LabelExists`] where another label has its name, [`StoreError::LabelConflict`] where the label is not
    /// as it was or boxes would stand with an archived one.
    pub fn edit_label(
        &mut self,
        title: &str,
        actor: &str,
        at: i64,
        edit: &LabelEdit,
    ) -> Result<StepId, StoreError> {
        self.named(|| write_down(self.tx, title, actor, at, edit))
    }
}

fn write_down(tx: &Transaction<'_>, title: &str, actor: &str, at: i64, edit: &LabelEdit) -> Inner<StepId> {
    let step = history::add(tx, title, actor, at, 0)?;
    let mut changed = 0;
    if let Some(before) = &edit.before {
        changed += set_values(tx, step, before.id, &edit.values)?;
        if let Some(into) = edit.into {
            changed += relabel(tx, step, before.id, into)?;
            let was = labels::merged(tx, before.id)?;
            let logged = Logged::Merged { merged: before.id, was, becomes: Some(into) };
            logged.play(tx, &mut history::Touched::default())?;
            history::log(tx, step, &logged)?;
        }
    }
    let label = |l: &Option<Label>| l.clone().map(Box::new);
    let change = Change::Label { before: label(&edit.before), after: label(&edit.after) };
    let entry = Entry { change, opinions: Vec::new() };
    play(tx, &entry)?;
    history::log(tx, step, &Logged::One(Box::new(entry)))?;
    history::set_changes(tx, step, changed.max(1))?;
    Ok(step)
}

/// Notes the values of the label's boxes once, ordered by what they are, so that each change finds its boxes at once.
fn set_values(tx: &Transaction<'_>, step: StepId, label: LabelId, values: &[(Values, Values)]) -> Inner<u64> {
    if values.is_empty() {
        return Ok(0);
    }
    tx.execute_batch(
        "CREATE TEMP TABLE said (attributes TEXT, id INTEGER, PRIMARY KEY (attributes, id)) WITHOUT ROWID",
    )?;
    tx.execute(
        "INSERT INTO temp.said SELECT attributes, id FROM annotation WHERE label_id = ?1 AND attributes IS NOT NULL",
        [label.0],
    )?;
    let mut changed = 0;
    for (was, becomes) in values {
        let of = serde_json::to_string(was)?;
        changed += chunks(tx, "SELECT id FROM temp.said WHERE attributes = ?1 ORDER BY id", &of, |boxes| {
            let logged = Logged::Valued { boxes, was: was.clone(), becomes: becomes.clone() };
            logged.play(tx, &mut history::Touched::default())?;
            history::log(tx, step, &logged)
        })?;
    }
    tx.execute_batch("DROP TABLE temp.said")?;
    Ok(changed)
}

fn relabel(tx: &Transaction<'_>, step: StepId, from: LabelId, to: LabelId) -> Inner<u64> {
    // All at once below: playing chunk by chunk would change the index that is being read.
    let sql = "SELECT id FROM annotation WHERE label_id = ?1 ORDER BY id";
    let changed = chunks(tx, sql, &from.0, |boxes| {
        history::log(tx, step, &Logged::Relabelled { boxes, was: from, becomes: to })
    })?;
    let sql = "UPDATE annotation SET label_id = ?2, revision = revision + 1 WHERE label_id = ?1";
    tx.execute(sql, params![from.0, to.0])?;
    Ok(changed)
}

/// The ids that `sql` gives, a row of the log's worth at a time; returns how many they are.
fn chunks(
    conn: &Connection,
    sql: &str,
    of: &dyn rusqlite::ToSql,
    mut each: impl FnMut(Vec<i64>) -> Inner<()>,
) -> Inner<u64> {
    let mut statement = conn.prepare(sql)?;
    let mut ids = statement.query_map([of], |row| row.get(0))?;
    let mut n = 0;
    loop {
        let boxes: Vec<i64> = ids.by_ref().take(CHUNK).collect::<Result<_, _>>()?;
        if boxes.is_empty() {
            return Ok(n);
        }
        n += boxes.len() as u64;
        each(boxes)?;
    }
}
