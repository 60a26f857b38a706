//! Decisions over many boxes at once, by filter.

use relook_domain::{ImageId, ReviewState, StepId, review::Change};

use rusqlite::{Transaction, params, params_from_iter};

use crate::{
    codes::Code,
    connection::Durability,
    error::{Inner, StoreError},
    filter::{BoxFilter, Paths},
    history,
    project::Store,
    replay::{Entry, Logged, play},
};

/// Boxes in one row of the history's log.
const CHUNK: usize = 1000;

impl Store {
    /// Gives every box that matches another review state, as one undoable step; returns it with the number of boxes
    /// changed, `None` when nothing would change. `title` is given that number. An image on which a box is accepted is no longer confirmed empty.
    ///
    /// # Errors
    /// When the file cannot be written; nothing is changed then.
    pub fn bulk_set_state(
        &self,
        filter: &BoxFilter,
        state: ReviewState,
        title: impl FnOnce(u64) -> String,
        actor: &str,
        at: i64,
    ) -> Result<Option<(StepId, u64)>, StoreError> {
        self.bulk_set_state_of_any(std::slice::from_ref(filter), state, title, actor, at)
    }

    /// [`Store::bulk_set_state`] of every box that matches any of the filters, as one step.
    ///
    /// # Errors
    /// When the file cannot be written; nothing is changed then.
    pub fn bulk_set_state_of_any(
        &self,
        filters: &[BoxFilter],
        state: ReviewState,
        title: impl FnOnce(u64) -> String,
        actor: &str,
        at: i64,
    ) -> Result<Option<(StepId, u64)>, StoreError> {
        self.write(Durability::Power, |tx| {
            let found = gather(tx, filters, state)?;
            let done = if found == 0 {
                None
            } else {
                let step = history::add(tx, &title(found), actor, at, found)?;
                set_all(tx, step, state)?;
                Some((step, found))
            };
            tx.execute_batch("DROP TABLE temp.hit")?;
            Ok(done)
        })
    }
}

/// Notes the boxes to change in a temporary table, so that memory does not grow with them; returns how many they are.
fn gather(tx: &Transaction<'_>, filters: &[BoxFilter], state: ReviewState) -> Inner<u64> {
    tx.execute_batch("CREATE TEMP TABLE hit (id INTEGER PRIMARY KEY, state INTEGER, image_id INTEGER)")?;
    let mut found = 0;
    for filter in filters {
        let from = filter.conditions(Paths::First);
        found += tx
            .prepare(&format!(
                "INSERT OR IGNORE INTO temp.hit SELECT id, state, image_id FROM annotation AS a WHERE {} AND state <> {}",
                from.sql(),
                state.code()
            ))?
            .execute(params_from_iter(from.values))?;
    }
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
            history::log(tx, step, &Logged::Many { boxes, before: *before, after: state })?;
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
