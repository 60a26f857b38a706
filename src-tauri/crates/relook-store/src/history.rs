//! The history: steps, undo and redo.

use std::collections::BTreeSet;

use relook_domain::{ImageId, StepId};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::{
    codes::{Code, signed, unsigned},
    connection::Durability,
    error::{Fault, Inner, StoreError},
    project::Store,
    replay::Logged,
};

/// Whether a step counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    Done,
    /// Can be redone.
    Undone,
    /// Undone, and then something else was done.
    Dropped,
}

/// A step as listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryStep {
    pub id: StepId,
    /// Seconds since 1970.
    pub at: i64,
    pub actor: String,
    pub title: String,
    pub state: StepState,
    /// Boxes and images changed.
    pub changes: u64,
}

/// What undo or redo did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    pub step: StepId,
    pub title: String,
    /// The images touched, ascending.
    pub images: Vec<ImageId>,
    /// Whether a label is another one now.
    pub labels: bool,
}

impl Store {
    /// Takes the newest step back; `None` when there is none. `at`: seconds since 1970.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] (with the step) where a box was changed since by something outside the history or is
    /// gone; nothing is changed then. [`Store::set_aside`] is the way past it.
    pub fn undo(&self, at: i64) -> Result<Option<Replayed>, StoreError> {
        self.write(Durability::Power, |tx| replay(tx, Way::Back, at))
    }

    /// Does the step undone last again; `None` when there is none. `at`: seconds since 1970.
    ///
    /// # Errors
    /// As [`Store::undo`].
    pub fn redo(&self, at: i64) -> Result<Option<Replayed>, StoreError> {
        self.write(Durability::Power, |tx| replay(tx, Way::Forth, at))
    }

    /// Undoes or redoes until `step` is the newest that is done (`None`: until none is), all or nothing; `None` when it was
    /// so already. The title is that of `step`, empty for none. `at`: seconds since 1970.
    ///
    /// # Errors
    /// [`StoreError::NoStep`] where the step was left behind or never was; else as [`Store::undo`].
    pub fn go_to(&self, step: Option<StepId>, at: i64) -> Result<Option<Replayed>, StoreError> {
        self.write(Durability::Power, |tx| go_to(tx, step, at))
    }

    /// Takes a step out of undo and redo without changing any box: for one that can no longer be replayed.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_aside(&self, step: StepId) -> Result<(), StoreError> {
        self.write(Durability::Power, |tx| mark(tx, step, StepState::Dropped, None))
    }

    /// What undo would take back.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn undo_title(&self) -> Result<Option<String>, StoreError> {
        self.read(|tx| Ok(Way::Back.next(tx)?.map(|(_, title)| title)))
    }

    /// What redo would do again.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn redo_title(&self) -> Result<Option<String>, StoreError> {
        self.read(|tx| Ok(Way::Forth.next(tx)?.map(|(_, title)| title)))
    }

    /// Steps, newest first, from before `before`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn history(&self, limit: u64, before: Option<StepId>) -> Result<Vec<HistoryStep>, StoreError> {
        self.read(|tx| {
            tx.prepare_cached(
                "SELECT id, at, actor, title, state, changes FROM step WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
            )?
            .query_and_then(params![before.map_or(i64::MAX, |s| s.0), signed(limit)], |row| {
                Ok(HistoryStep {
                    id: StepId(row.get(0)?),
                    at: row.get(1)?,
                    actor: row.get(2)?,
                    title: row.get(3)?,
                    state: StepState::from_code(row.get(4)?)?,
                    changes: unsigned(row.get(5)?)?,
                })
            })?
            .collect()
        })
    }
}

/// The images that playing touched.
pub(crate) type Touched = BTreeSet<ImageId>;

/// Writes a new step; what was undone before can no longer be redone.
pub(crate) fn add(tx: &Transaction<'_>, title: &str, actor: &str, at: i64, changes: u64) -> Inner<StepId> {
    tx.prepare_cached("UPDATE step SET state = ?1 WHERE state = ?2")?
        .execute([StepState::Dropped.code(), StepState::Undone.code()])?;
    tx.prepare_cached("INSERT INTO step (at, actor, title, state, changes) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![at, actor, title, StepState::Done.code(), signed(changes)])?;
    Ok(StepId(tx.last_insert_rowid()))
}

/// For a step whose size shows only while it is done.
pub(crate) fn set_changes(tx: &Transaction<'_>, step: StepId, changes: u64) -> Inner<()> {
    tx.prepare_cached("UPDATE step SET changes = ?2 WHERE id = ?1")?
        .execute(params![step.0, signed(changes)])?;
    Ok(())
}

/// Adds a row to a step's log.
pub(crate) fn log(tx: &Transaction<'_>, step: StepId, logged: &Logged) -> Inner<()> {
    tx.prepare_cached("INSERT INTO change (step_id, body) VALUES (?1, ?2)")?
        .execute(params![step.0, serde_json::to_string(logged)?])?;
    Ok(())
}

#[derive(Clone, Copy, Debug)]
enum Way {
    Back,
    Forth,
}

impl Way {
    /// The step to replay: the newest done, or the oldest undone.
    fn next(self, conn: &Connection) -> Inner<Option<(StepId, String)>> {
        let (sql, state) = match self {
            Self::Back => {
                ("SELECT id, title FROM step WHERE state = ?1 ORDER BY id DESC LIMIT 1", StepState::Done)
            }
            Self::Forth => {
                ("SELECT id, title FROM step WHERE state = ?1 ORDER BY id LIMIT 1", StepState::Undone)
            }
        };
        Ok(conn
            .prepare_cached(sql)?
            .query_row([state.code()], |row| Ok((StepId(row.get(0)?), row.get(1)?)))
            .optional()?)
    }
}

fn replay(tx: &Transaction<'_>, way: Way, at: i64) -> Inner<Option<Replayed>> {
    let Some((step, title)) = way.next(tx)? else {
        return Ok(None);
    };
    let (sql, state) = match way {
        Way::Back => ("SELECT body FROM change WHERE step_id = ?1 ORDER BY id DESC", StepState::Undone),
        Way::Forth => ("SELECT body FROM change WHERE step_id = ?1 ORDER BY id", StepState::Done),
    };
    let mut images = Touched::new();
    let mut labels = false;
    let mut statement = tx.prepare_cached(sql)?;
    let mut rows = statement.query([step.0])?;
    while let Some(row) = rows.next()? {
        let logged: Logged = serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?;
        let logged = match way {
            Way::Back => logged.inverse(),
            Way::Forth => logged,
        };
        labels |= logged.of_label();
        logged.play(tx, &mut images).map_err(|fault| of_step(fault, step))?;
    }
    mark(tx, step, state, Some(at))?;
    Ok(Some(Replayed { step, title, images: images.into_iter().collect(), labels }))
}

fn go_to(tx: &Transaction<'_>, to: Option<StepId>, at: i64) -> Inner<Option<Replayed>> {
    let mut title = String::new();
    let mut way = Way::Back;
    if let Some(step) = to {
        let found = tx
            .prepare_cached("SELECT title, state FROM step WHERE id = ?1")?
            .query_row([step.0], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))
            .optional()?;
        let Some((its, state)) = found else { return Err(StoreError::NoStep { step }.into()) };
        way = match StepState::from_code(state)? {
            StepState::Done => Way::Back,
            StepState::Undone => Way::Forth,
            StepState::Dropped => return Err(StoreError::NoStep { step }.into()),
        };
        title = its;
    }
    let mut images = Touched::new();
    let (mut last, mut labels) = (None, false);
    loop {
        let next = way.next(tx)?.map(|(step, _)| step);
        let there = match way {
            Way::Back => next == to,
            Way::Forth => last == to,
        };
        if there || next.is_none() {
            break;
        }
        let Some(replayed) = replay(tx, way, at)? else { break };
        last = Some(replayed.step);
        labels |= replayed.labels;
        images.extend(replayed.images);
    }
    let step = to.or(last);
    Ok(step.filter(|_| last.is_some()).map(|step| Replayed {
        step,
        title,
        images: images.into_iter().collect(),
        labels,
    }))
}

fn mark(tx: &Transaction<'_>, step: StepId, state: StepState, at: Option<i64>) -> Inner<()> {
    tx.prepare_cached("UPDATE step SET state = ?2, replayed_at = coalesce(?3, replayed_at) WHERE id = ?1")?
        .execute(params![step.0, state.code(), at])?;
    Ok(())
}

/// Says which step a conflict stands in the way of.
fn of_step(fault: Fault, step: StepId) -> Fault {
    match fault {
        Fault::Store(StoreError::Conflict { id, why, .. }) => {
            StoreError::Conflict { id, why, step: Some(step) }.into()
        }
        Fault::Store(StoreError::ImageConflict { id, why, .. }) => {
            StoreError::ImageConflict { id, why, step: Some(step) }.into()
        }
        Fault::Store(StoreError::LabelConflict { name, why, .. }) => {
            StoreError::LabelConflict { name, why, step: Some(step) }.into()
        }
        Fault::Store(StoreError::LabelExists { name }) => {
            let why = "cannot come back: another label has its name by now";
            StoreError::LabelConflict { name, why, step: Some(step) }.into()
        }
        other => other,
    }
}
