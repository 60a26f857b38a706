//! The review queue: undecided, doubtful boxes.

use relook_domain::{Annotation, LabelId, Opinion};

use rusqlite::params;

use crate::{
    annotations::{self, COLUMNS, WIDTH},
    codes::{signed, small, unsigned},
    error::{Inner, StoreError},
    project::Store,
};

/// How the queue is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueueOrder {
    #[default]
    MostDoubtful,
    /// Image by image, in list order, most doubtful first within one.
    ByImage,
    /// Label by label, most doubtful first within one.
    ByLabel,
}

/// A box in the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueRow {
    pub annotation: Annotation,
    /// Draft, then second look.
    pub opinions: Vec<Opinion>,
    /// The image's path relative to its folder.
    pub path: String,
    /// The image's upright pixels; `None` until the file was read once.
    pub size: Option<(u32, u32)>,
}

/// A part of the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuePage {
    /// All boxes that wait (of the label asked for).
    pub total: u64,
    pub rows: Vec<QueueRow>,
}

impl Store {
    /// Rows `offset..offset + limit` of the queue; `label`: only boxes of that label.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn queue(
        &self,
        order: QueueOrder,
        label: Option<LabelId>,
        offset: u64,
        limit: u64,
    ) -> Result<QueuePage, StoreError> {
        self.read(|tx| {
            let label = label.map(|l| l.0);
            let total = tx
                .prepare_cached(
                    "SELECT coalesce(sum(n), 0) FROM tally_box
                     WHERE state = 0 AND standing = 0 AND (?1 IS NULL OR label_id = ?1)",
                )?
                .query_row([label], |row| row.get(0))?;
            let rows = tx
                .prepare_cached(&sql(order, label.is_some()))?
                .query_and_then(params![signed(limit), signed(offset), label], |row| {
                    let annotation = annotations::annotation(row)?;
                    let size = match (
                        row.get::<_, Option<i64>>(WIDTH + 1)?,
                        row.get::<_, Option<i64>>(WIDTH + 2)?,
                    ) {
                        (Some(width), Some(height)) => Some((small(width)?, small(height)?)),
                        _ => None,
                    };
                    let opinions = annotations::opinions(tx, annotation.id)?;
                    Ok(QueueRow { annotation, opinions, path: row.get(WIDTH)?, size })
                })?
                .collect::<Inner<_>>()?;
            Ok(QueuePage { total: unsigned(total)?, rows })
        })
    }
}

/// ?1 limit, ?2 offset, ?3 label. The conditions are spelt as in the partial indexes, which give the order too.
fn sql(order: QueueOrder, by_label: bool) -> String {
    let label = if by_label { "a.label_id = ?3" } else { "?3 IS NULL" };
    let waiting = format!("a.state = 0 AND a.standing = 0 AND {label}");
    let (from, order) = match order {
        QueueOrder::MostDoubtful if by_label => {
            ("annotation AS a INDEXED BY annotation_queue_by_label", "a.doubt DESC, a.id")
        }
        QueueOrder::MostDoubtful => ("annotation AS a INDEXED BY annotation_queue", "a.doubt DESC, a.id"),
        QueueOrder::ByLabel => {
            ("annotation AS a INDEXED BY annotation_queue_by_label", "a.label_id, a.doubt DESC, a.id")
        }
        QueueOrder::ByImage => {
            return format!(
                "SELECT {COLUMNS}, i.path, i.width, i.height
                 FROM image AS i INDEXED BY image_queued
                 CROSS JOIN annotation AS a INDEXED BY annotation_by_image ON a.image_id = i.id
                 WHERE i.queued > 0 AND {waiting}
                 ORDER BY i.folder_id, i.path, a.doubt DESC, a.id LIMIT ?1 OFFSET ?2"
            );
        }
    };
    format!(
        "SELECT {COLUMNS}, i.path, i.width, i.height
         FROM {from} CROSS JOIN image AS i ON i.id = a.image_id
         WHERE {waiting} ORDER BY {order} LIMIT ?1 OFFSET ?2"
    )
}

/// How the database goes about it, for the tests.
#[cfg(test)]
pub(crate) fn plan(tx: &rusqlite::Transaction<'_>, order: QueueOrder, by_label: bool) -> Vec<String> {
    let mut statement = tx.prepare(&format!("EXPLAIN QUERY PLAN {}", sql(order, by_label))).unwrap();
    let label = by_label.then_some(1);
    statement.query_map(params![10, 0, label], |row| row.get(3)).unwrap().map(Result::unwrap).collect()
}
