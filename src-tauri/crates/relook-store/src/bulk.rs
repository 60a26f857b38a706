//! Decisions over many boxes at once, by rule.

use relook_domain::{AnnotationId, ImageId, LabelId, ReviewState, Standing, StepId, Verdict, review::Change};

use rusqlite::{Transaction, params, params_from_iter, types::Value};

use crate::{
    codes::{Code, signed, unsigned},
    connection::Durability,
    error::{Inner, StoreError},
    history,
    project::Store,
    replay::{Entry, Logged, States, play},
};

/// Boxes in one row of the history's log.
const CHUNK: usize = 1000;

/// Which boxes; all conditions must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// Empty: any.
    pub states: Vec<ReviewState>,
    /// Empty: any.
    pub standings: Vec<Standing>,
    /// Score at or above; boxes without a score do not match.
    pub at_least: Option<f64>,
    /// Score below; boxes without a score do not match.
    pub below: Option<f64>,
    pub label: Option<LabelId>,
    pub verdict: Option<Verdict>,
    pub image: Option<ImageId>,
    /// Leaves boxes out on which the models disagree.
    pub undisputed: bool,
}

impl Store {
    /// How many boxes match.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn matching(&self, rule: &Rule) -> Result<u64, StoreError> {
        self.read(|tx| {
            let (conditions, values) = rule.sql();
            let sql = format!("SELECT count(*) FROM annotation WHERE {conditions}");
            unsigned(tx.prepare(&sql)?.query_row(params_from_iter(values), |row| row.get(0))?)
        })
    }

    /// The boxes that match, by id, after `after`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn matching_ids(
        &self,
        rule: &Rule,
        after: Option<AnnotationId>,
        limit: u64,
    ) -> Result<Vec<AnnotationId>, StoreError> {
        self.read(|tx| {
            let (conditions, mut values) = rule.sql();
            let sql = format!("SELECT id FROM annotation WHERE {conditions} AND id > ? ORDER BY id LIMIT ?");
            values.extend([after.map_or(0, |id| id.0).into(), signed(limit).into()]);
            tx.prepare(&sql)?
                .query_and_then(params_from_iter(values), |row| Ok(AnnotationId(row.get(0)?)))?
                .collect()
        })
    }

    /// Gives every box that matches another review state, as one undoable step; returns it with the number of boxes
    /// changed, `None` when nothing would change. An image on which a box is accepted is no longer confirmed empty.
    ///
    /// # Errors
    /// When the file cannot be written; nothing is changed then.
    pub fn bulk_set_state(
        &self,
        rule: &Rule,
        state: ReviewState,
        title: &str,
        actor: &str,
        at: i64,
    ) -> Result<Option<(StepId, u64)>, StoreError> {
        self.write(Durability::Power, |tx| {
            let found = gather(tx, rule, state)?;
            let done = if found == 0 {
                None
            } else {
                let step = history::add(tx, title, actor, at, found)?;
                set_all(tx, step, state)?;
                Some((step, found))
            };
            tx.execute_batch("DROP TABLE temp.hit")?;
            Ok(done)
        })
    }
}

impl Rule {
    /// Conditions on `annotation` with a `?` for each value.
    fn sql(&self) -> (String, Vec<Value>) {
        let mut parts = vec!["1".to_owned()];
        let mut values = Vec::new();
        let mut one = |sql: &str, value: Option<Value>| {
            if let Some(value) = value {
                parts.push(sql.to_owned());
                values.push(value);
            }
        };
        one("score >= ?", self.at_least.map(Value::from));
        one("score < ?", self.below.map(Value::from));
        one("label_id = ?", self.label.map(|l| l.0.into()));
        one("verdict = ?", self.verdict.map(|v| v.code().into()));
        one("image_id = ?", self.image.map(|i| i.0.into()));
        one("disagreement = ?", self.undisputed.then_some(0.into()));
        // Written out, not bound, so that the queue's partial index can serve.
        any_of(&mut parts, "state", self.states.iter().map(|s| s.code()));
        any_of(&mut parts, "standing", self.standings.iter().map(|s| s.code()));
        (parts.join(" AND "), values)
    }
}

fn any_of(parts: &mut Vec<String>, column: &str, codes: impl Iterator<Item = i64>) {
    let codes: Vec<String> = codes.map(|c| c.to_string()).collect();
    match codes.as_slice() {
        [] => {}
        [one] => parts.push(format!("{column} = {one}")),
        many => parts.push(format!("{column} IN ({})", many.join(", "))),
    }
}

/// Notes the boxes to change in a temporary table, so that memory does not grow with them; returns how many they are.
fn gather(tx: &Transaction<'_>, rule: &Rule, state: ReviewState) -> Inner<u64> {
    let (conditions, values) = rule.sql();
    tx.execute_batch("CREATE TEMP TABLE hit (id INTEGER PRIMARY KEY, state INTEGER, image_id INTEGER)")?;
    let found = tx.prepare(&format!(
        "INSERT INTO temp.hit SELECT id, state, image_id FROM annotation WHERE {conditions} AND state <> {}",
        state.code()
    ))?
    .execute(params_from_iter(values))?;
    Ok(found as u64)
}

fn set_all(tx: &Transaction<'_>, step: StepId, state: ReviewState) -> Inner<()> {
    for before in ReviewState::ALL {
        let mut statement = tx.prepare("SELECT id FROM temp.hit WHERE state = ?1 ORDER BY id")?;
        let mut ids = statement.query_map([before.code()], |row| row.get(0))?;
        loop {
            let boxes: Vec<i64> = ids.by_ref().take(CHUNK).collect::<Result<_, _>>()?;
            if boxes.is_empty() {
                break;
            }
            history::log(tx, step, &Logged::Many(States { boxes, before: *before, after: state }))?;
        }
    }
    tx.execute(
        "UPDATE annotation SET state = ?1, revision = revision + 1 WHERE id IN (SELECT id FROM temp.hit)",
        params![state.code()],
    )?;
    if matches!(state, ReviewState::Accepted | ReviewState::Fixed) {
        let mut statement = tx.prepare(
            "SELECT id FROM image WHERE confirmed_empty AND id IN (SELECT image_id FROM temp.hit) ORDER BY id",
        )?;
        let empty: Vec<i64> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for image in empty {
            let change = Change::Empty { image: ImageId(image), before: true, after: false };
            let entry = Entry { change, opinions: Vec::new() };
            play(tx, &entry)?;
            history::log(tx, step, &Logged::One(Box::new(entry)))?;
        }
    }
    Ok(())
}
