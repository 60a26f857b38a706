//! Counts over the whole project, kept up to date by triggers.

use relook_domain::{LabelId, ReviewState, Standing};
use rusqlite::Transaction;

use crate::{
    codes::{Code, unsigned},
    error::{Inner, StoreError},
    images::{ImageStatus, PassOutcome},
    project::Store,
};

/// Counts over a whole project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub images: u64,
    /// Images with a draft.
    pub drafted: u64,
    /// Images the second look is done with: looked at, or not in need of it.
    pub looked: u64,
    /// Images the larger model really ran on.
    pub looked_at: u64,
    /// Images that could not be read.
    pub problems: u64,
    pub confirmed_empty: u64,
    /// Boxes waiting in the review queue.
    pub queued: u64,
    /// Of them: flagged as disagreement between the models.
    pub disagreements: u64,
    /// Undecided boxes the models settled.
    pub settled: u64,
    pub accepted: u64,
    pub fixed: u64,
    pub rejected: u64,
    /// Undecided boxes too weak to be shown.
    pub withdrawn: u64,
}

impl Store {
    /// # Errors
    /// When the file cannot be read.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        self.read(counts)
    }

    /// Boxes waiting in the queue by label, labels without any left out; ascending by label.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn queued_by_label(&self) -> Result<Vec<(LabelId, u64)>, StoreError> {
        self.read(|tx| {
            tx.prepare_cached(
                "SELECT label_id, sum(n) FROM tally_box WHERE state = 0 AND standing = 0
                 GROUP BY label_id HAVING sum(n) > 0 ORDER BY label_id",
            )?
            .query_and_then([], |row| Ok((LabelId(row.get(0)?), unsigned(row.get(1)?)?)))?
            .collect()
        })
    }
}

pub(crate) fn counts(tx: &Transaction<'_>) -> Inner<Counts> {
    let mut counts = Counts::default();
    let done = PassOutcome::Done.code();
    let mut images = tx.prepare_cached("SELECT status, draft, look, n FROM tally_image")?;
    let mut rows = images.query([])?;
    while let Some(row) = rows.next()? {
        let (draft, look): (i64, i64) = (row.get(1)?, row.get(2)?);
        let n = unsigned(row.get(3)?)?;
        counts.images += n;
        match ImageStatus::from_code(row.get(0)?)? {
            ImageStatus::Problem => counts.problems += n,
            ImageStatus::ConfirmedEmpty => counts.confirmed_empty += n,
            ImageStatus::New | ImageStatus::Drafted | ImageStatus::Waiting | ImageStatus::Done => {}
        }
        if draft == done {
            counts.drafted += n;
        }
        if look == done || look == PassOutcome::Skipped.code() {
            counts.looked += n;
        }
        if look == done {
            counts.looked_at += n;
        }
    }
    let mut boxes =
        tx.prepare_cached("SELECT state, standing, disagreement, sum(n) FROM tally_box GROUP BY 1, 2, 3")?;
    let mut rows = boxes.query([])?;
    while let Some(row) = rows.next()? {
        let n = unsigned(row.get(3)?)?;
        match (ReviewState::from_code(row.get(0)?)?, Standing::from_code(row.get(1)?)?) {
            (ReviewState::Accepted, _) => counts.accepted += n,
            (ReviewState::Fixed, _) => counts.fixed += n,
            (ReviewState::Rejected, _) => counts.rejected += n,
            (ReviewState::Pending, Standing::Settled) => counts.settled += n,
            (ReviewState::Pending, Standing::Withdrawn) => counts.withdrawn += n,
            (ReviewState::Pending, Standing::Doubtful) => {
                counts.queued += n;
                if row.get(2)? {
                    counts.disagreements += n;
                }
            }
        }
    }
    Ok(counts)
}
