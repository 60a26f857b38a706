//! Imports: one step of the history written piece by piece, and the mark that says how far it got.

use relook_domain::{StepId, TrackId, review::Change};
use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use crate::{
    codes::{Code, signed},
    connection::Durability,
    error::{Fault, Inner, StoreError},
    history::{self, StepState},
    project::{Store, find_meta, set_meta},
    review::{ReviewTx, play_all},
};

/// Key of the mark.
const MARK: &str = "import";

/// How far an import got that did not end; committed together with what it says is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportMark {
    /// What was imported and how: another import has another one.
    pub key: String,
    /// Images of the file that are done, in its order.
    pub done: u64,
    /// The step written last.
    pub step: StepId,
    /// The last track there was before: the file's count from there.
    #[serde(default = "no_track")]
    pub tracks: TrackId,
}

/// A program that kept no tracks wrote the mark.
fn no_track() -> TrackId {
    TrackId(0)
}

impl Store {
    /// The mark of the import of this key; `None` where none was cut off, or what it did was undone.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn import_mark(&self, key: &str) -> Result<Option<ImportMark>, StoreError> {
        self.read(|tx| {
            let Some(text) = find_meta(tx, MARK)? else { return Ok(None) };
            let mark: ImportMark = serde_json::from_str(&text)?;
            let counts = mark.key == key && state(tx, mark.step)? == Some(StepState::Done);
            Ok(counts.then_some(mark))
        })
    }

    /// Forgets the mark: the import ended.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn end_import(&self) -> Result<(), StoreError> {
        self.write(Durability::Power, |tx| {
            tx.execute("DELETE FROM meta WHERE key = ?1", [MARK])?;
            Ok(())
        })
    }

    /// Runs one piece of an import in one transaction, which survives the end of the program; as [`Store::review`].
    ///
    /// # Errors
    /// What `work` returned, or why the file could not be written.
    pub fn import<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut ReviewTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let path = self.path();
        let fault = |fault: Fault| E::from(fault.at(path));
        self.pool.write(Durability::Program, fault, |tx| work(&mut ReviewTx::new(tx, path)))
    }
}

impl ReviewTx<'_> {
    /// Plays the changes and adds them to the step `before`. Where something else was done or undone since, a new step
    /// begins, so that steps are undone in the order in which they were done.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where a box is not as a change says it was; the transaction is to be given up then.
    pub fn record_part(
        &mut self,
        title: &str,
        actor: &str,
        at: i64,
        before: Option<StepId>,
        changes: &[Change],
    ) -> Result<StepId, StoreError> {
        self.named(|| {
            let step = match before {
                Some(step) if newest(self.tx)? == Some(step) => step,
                _ => history::add(self.tx, title, actor, at, 0)?,
            };
            play_all(self.tx, step, changes)?;
            self.tx
                .prepare_cached("UPDATE step SET changes = changes + ?2 WHERE id = ?1")?
                .execute(params![step.0, signed(changes.len() as u64)])?;
            Ok(step)
        })
    }

    /// Notes how far an import got.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn mark_import(&mut self, mark: &ImportMark) -> Result<(), StoreError> {
        self.named(|| set_meta(self.tx, MARK, &serde_json::to_string(mark)?))
    }
}

/// The newest step, if it counts and nothing waits to be redone after it.
fn newest(tx: &Transaction<'_>) -> Inner<Option<StepId>> {
    let last = tx
        .prepare_cached("SELECT id, state FROM step ORDER BY id DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))
        .optional()?;
    Ok(match last {
        Some((id, state)) if StepState::from_code(state)? == StepState::Done => Some(StepId(id)),
        _ => None,
    })
}

fn state(tx: &Transaction<'_>, step: StepId) -> Inner<Option<StepState>> {
    let state: Option<i64> = tx
        .prepare_cached("SELECT state FROM step WHERE id = ?1")?
        .query_row([step.0], |row| row.get(0))
        .optional()?;
    state.map(StepState::from_code).transpose()
}
