//! Review: one transaction in which the engine reads a scene and records what the domain's rules made of it.

use std::path::Path;

use relook_domain::{Annotation, AnnotationId, ImageId, Label, StepId, review::Change};
use rusqlite::Transaction;

use crate::{
    annotations,
    connection::Durability,
    error::{Fault, Inner, StoreError},
    history,
    images::{self, ImageRow},
    labels,
    project::Store,
    replay::{Entry, Logged, play},
};

/// An open review transaction: what it reads cannot change before it commits.
#[derive(Debug)]
pub struct ReviewTx<'a> {
    pub(crate) tx: &'a Transaction<'a>,
    path: &'a Path,
    next_id: Option<i64>,
}

impl<'a> ReviewTx<'a> {
    pub(crate) fn new(tx: &'a Transaction<'a>, path: &'a Path) -> Self {
        Self { tx, path, next_id: None }
    }
}

impl ReviewTx<'_> {
    /// The image with all its annotations (withdrawn and rejected ones included), ordered by id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn scene(&self, image: ImageId) -> Result<Option<(ImageRow, Vec<Annotation>)>, StoreError> {
        self.named(|| {
            let Some(row) = images::by_id(self.tx, image)? else {
                return Ok(None);
            };
            Ok(Some((row, annotations::of_image(self.tx, image)?)))
        })
    }

    /// The image an annotation is on.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn image_of(&self, annotation: AnnotationId) -> Result<Option<ImageId>, StoreError> {
        self.named(|| Ok(annotations::by_id(self.tx, annotation)?.map(|a| a.image)))
    }

    /// All labels, archived ones included.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn labels(&self) -> Result<Vec<Label>, StoreError> {
        self.named(|| labels::all(self.tx))
    }

    /// An id for a box to create; never given twice.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next_annotation_id(&mut self) -> Result<AnnotationId, StoreError> {
        let id = match self.next_id {
            Some(id) => id,
            None => self.named(|| annotations::next_id(self.tx))?,
        };
        self.next_id = Some(id + 1);
        Ok(AnnotationId(id))
    }

    /// Plays the changes and writes them down as one step, all or none; steps undone before can no longer be redone.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where a box is not as a change says it was.
    pub fn record(
        &mut self,
        title: &str,
        actor: &str,
        at: i64,
        changes: &[Change],
    ) -> Result<StepId, StoreError> {
        self.named(|| {
            self.tx.execute_batch("SAVEPOINT record")?;
            let recorded = write_down(self.tx, title, actor, at, changes);
            if recorded.is_err() {
                self.tx.execute_batch("ROLLBACK TO record")?;
            }
            self.tx.execute_batch("RELEASE record")?;
            recorded
        })
    }

    pub(crate) fn named<T>(&self, work: impl FnOnce() -> Inner<T>) -> Result<T, StoreError> {
        work().map_err(|fault| fault.at(self.path))
    }
}

fn write_down(tx: &Transaction<'_>, title: &str, actor: &str, at: i64, changes: &[Change]) -> Inner<StepId> {
    let step = history::add(tx, title, actor, at, changes.len() as u64)?;
    play_all(tx, step, changes)?;
    Ok(step)
}

/// Plays the changes and writes each into the step's log.
pub(crate) fn play_all(tx: &Transaction<'_>, step: StepId, changes: &[Change]) -> Inner<()> {
    for change in changes {
        // A deleted box takes its opinions along; undo brings them back.
        let opinions = match change {
            Change::Delete { annotation } => annotations::opinions(tx, annotation.id)?,
            Change::Edit { .. } | Change::Create { .. } | Change::Empty { .. } | Change::Label { .. } => {
                Vec::new()
            }
        };
        let entry = Entry { change: change.clone(), opinions };
        play(tx, &entry)?;
        history::log(tx, step, &Logged::One(Box::new(entry)))?;
    }
    Ok(())
}

impl Store {
    /// Runs `decide` in one transaction and commits it to disk; rolled back when `decide` fails. `decide` must write
    /// through its argument only: another write of this store would wait for itself.
    ///
    /// # Errors
    /// What `decide` returned, or why the file could not be written.
    pub fn review<T, E: From<StoreError>>(
        &self,
        decide: impl FnOnce(&mut ReviewTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let path = self.path();
        self.pool.write(
            Durability::Power,
            |fault: Fault| E::from(fault.at(path)),
            |tx| decide(&mut ReviewTx::new(tx, path)),
        )
    }
}
