//! Inference runs: which model ran, where, with which settings.

use relook_domain::{RunId, Stage};
use rusqlite::{Connection, Row, params};

use crate::{
    codes::{Code, signed, unsigned},
    connection::Durability,
    error::{Inner, StoreError},
    project::Store,
};

/// A run that starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    pub stage: Stage,
    pub model: String,
    /// sha256 of the graph, lower-case hex.
    pub model_digest: String,
    /// In words.
    pub device: String,
    /// Name and version of the runtime.
    pub runtime: String,
    /// Thresholds and other settings, JSON text.
    pub params: String,
    /// Seconds since 1970.
    pub started_at: i64,
}

/// A run as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub id: RunId,
    pub stage: Stage,
    pub model: String,
    pub model_digest: String,
    pub device: String,
    pub runtime: String,
    pub params: String,
    pub started_at: i64,
    /// Those the model ran on.
    pub images: u64,
}

impl Store {
    /// # Errors
    /// When the file cannot be written.
    pub fn start_run(&self, run: &NewRun) -> Result<RunId, StoreError> {
        self.write(Durability::Program, |tx| {
            tx.execute(
                "INSERT INTO run (stage, model, model_digest, device, runtime, params, started_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    run.stage.code(),
                    run.model,
                    run.model_digest,
                    run.device,
                    run.runtime,
                    run.params,
                    run.started_at
                ],
            )?;
            Ok(RunId(tx.last_insert_rowid()))
        })
    }

    /// # Errors
    /// When the file cannot be read.
    pub fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        self.read(|tx| {
            tx.prepare_cached(&format!("SELECT {COLUMNS} FROM run WHERE id = ?1"))?
                .query_and_then([id.0], run)?
                .next()
                .transpose()
        })
    }

    /// All runs, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn runs(&self) -> Result<Vec<Run>, StoreError> {
        self.read(|tx| {
            tx.prepare_cached(&format!("SELECT {COLUMNS} FROM run ORDER BY id"))?
                .query_and_then([], run)?
                .collect()
        })
    }
}

/// Adds to the images that a run's model ran on.
pub(crate) fn ran_on(conn: &Connection, run: RunId, images: usize) -> Inner<()> {
    conn.prepare_cached("UPDATE run SET images = images + ?2 WHERE id = ?1")?
        .execute(params![run.0, signed(images as u64)])?;
    Ok(())
}

const COLUMNS: &str = "id, stage, model, model_digest, device, runtime, params, started_at, images";

fn run(row: &Row<'_>) -> Inner<Run> {
    Ok(Run {
        id: RunId(row.get(0)?),
        stage: Stage::from_code(row.get(1)?)?,
        model: row.get(2)?,
        model_digest: row.get(3)?,
        device: row.get(4)?,
        runtime: row.get(5)?,
        params: row.get(6)?,
        started_at: row.get(7)?,
        images: unsigned(row.get(8)?)?,
    })
}
