//! The image list: a page at any depth of a million images.

use std::sync::PoisonError;

use relook_domain::ImageId;
use rusqlite::{Transaction, params_from_iter, types::Value};

use crate::{
    codes::{Code, signed, unsigned},
    error::{Inner, StoreError},
    images::{COLUMNS, ImageFilter, ImagePage, ImageRow, image},
    project::Store,
};

/// Rows from one anchor to the next.
const STRIDE: u64 = 1024;

/// Every [`STRIDE`]-th place of the unfiltered list, so that a page deep in it need not be counted to. Images are never
/// removed and never change their place, so the list is the same as long as its length is.
#[derive(Debug, Default)]
pub(crate) struct Anchors {
    total: u64,
    places: Vec<Place>,
}

type Place = (i64, String);

impl Anchors {
    /// Brings the anchors up to date with a list of `total` images.
    fn refresh(&mut self, tx: &Transaction<'_>, total: u64) -> Inner<()> {
        if self.total == total && !self.places.is_empty() {
            return Ok(());
        }
        let mut statement =
            tx.prepare_cached("SELECT folder_id, path FROM image ORDER BY folder_id, path")?;
        let mut rows = statement.query([])?;
        let mut places = Vec::new();
        let mut at = 0;
        while let Some(row) = rows.next()? {
            if at % STRIDE == 0 {
                places.push((row.get(0)?, row.get(1)?));
            }
            at += 1;
        }
        *self = Self { total: at, places };
        Ok(())
    }

    /// The last anchor at or before row `offset`, with its row.
    fn before_row(&self, offset: u64) -> Option<(u64, &Place)> {
        let last = self.places.len().checked_sub(1)?;
        let index = usize::try_from(offset / STRIDE).map_or(last, |i| i.min(last));
        Some((index as u64 * STRIDE, self.places.get(index)?))
    }

    /// The last anchor at or before `place`, with its row.
    fn before_place(&self, place: &Place) -> Option<(u64, &Place)> {
        let index = self.places.partition_point(|p| p <= place).checked_sub(1)?;
        Some((index as u64 * STRIDE, self.places.get(index)?))
    }
}

impl Store {
    /// Rows `offset..offset + limit` of the image list, ordered by folder, then path (by its bytes).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn images_page(
        &self,
        filter: &ImageFilter,
        offset: u64,
        limit: u64,
    ) -> Result<ImagePage, StoreError> {
        self.read(|tx| {
            let total = total(tx, filter)?;
            if offset >= total || limit == 0 {
                return Ok(ImagePage { total, rows: Vec::new() });
            }
            let mut from = Conditions::of(filter);
            let mut skip = offset;
            if from.is_empty() && offset >= STRIDE {
                let mut anchors = self.anchors.lock().unwrap_or_else(PoisonError::into_inner);
                anchors.refresh(tx, total)?;
                if let Some((row, place)) = anchors.before_row(offset) {
                    from.place(">=", place);
                    skip = offset - row;
                }
            }
            Ok(ImagePage { total, rows: page(tx, from, skip, limit)? })
        })
    }

    /// The image's place in the list, 0-based; `None` where the filter leaves it out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn position_of(&self, image: ImageId, filter: &ImageFilter) -> Result<Option<u64>, StoreError> {
        self.read(|tx| {
            let mut itself = Conditions::of(filter);
            itself.add("id = ?", image.0.into());
            let sql = format!("SELECT folder_id, path FROM image{}", itself.sql());
            let place: Option<Place> = tx
                .prepare_cached(&sql)?
                .query_and_then(params_from_iter(itself.values), |row| Ok((row.get(0)?, row.get(1)?)))?
                .next()
                .transpose()
                .map_err(|e: rusqlite::Error| e)?;
            let Some(place) = place else {
                return Ok(None);
            };
            let mut earlier = Conditions::of(filter);
            let mut before = 0;
            if earlier.is_empty() {
                let all = total(tx, filter)?;
                let mut anchors = self.anchors.lock().unwrap_or_else(PoisonError::into_inner);
                anchors.refresh(tx, all)?;
                if let Some((row, anchor)) = anchors.before_place(&place) {
                    earlier.place(">=", anchor);
                    before = row;
                }
            }
            earlier.place("<", &place);
            let sql = format!("SELECT count(*) FROM image{}", earlier.sql());
            let counted =
                tx.prepare_cached(&sql)?.query_row(params_from_iter(earlier.values), |row| row.get(0))?;
            Ok(Some(before + unsigned(counted)?))
        })
    }
}

/// Conditions on images, all of which must hold.
#[derive(Default)]
struct Conditions {
    parts: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    fn of(filter: &ImageFilter) -> Self {
        let mut conditions = Self::default();
        if let Some(status) = filter.status {
            conditions.add("status = ?", status.code().into());
        }
        if !filter.text.is_empty() {
            conditions.add("path_contains(path, ?)", filter.text.to_lowercase().into());
        }
        conditions
    }

    fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    fn add(&mut self, sql: &str, value: Value) {
        self.parts.push(sql.to_owned());
        self.values.push(value);
    }

    fn place(&mut self, comparison: &str, (folder, path): &Place) {
        self.parts.push(format!("(folder_id, path) {comparison} (?, ?)"));
        self.values.extend([Value::from(*folder), Value::from(path.clone())]);
    }

    fn sql(&self) -> String {
        if self.parts.is_empty() { String::new() } else { format!(" WHERE {}", self.parts.join(" AND ")) }
    }
}

fn total(tx: &Transaction<'_>, filter: &ImageFilter) -> Inner<u64> {
    let from = Conditions::of(filter);
    let sql = if filter.text.is_empty() {
        format!("SELECT coalesce(sum(n), 0) FROM tally_image{}", from.sql())
    } else {
        format!("SELECT count(*) FROM image{}", from.sql())
    };
    unsigned(tx.prepare_cached(&sql)?.query_row(params_from_iter(from.values), |row| row.get(0))?)
}

/// The places come from an index alone; only the rows of the page are read.
fn page_sql(from: &Conditions) -> String {
    format!(
        "SELECT {COLUMNS} FROM (SELECT id AS page_id FROM image{} ORDER BY folder_id, path LIMIT ? OFFSET ?)
         CROSS JOIN image ON image.id = page_id ORDER BY image.folder_id, image.path",
        from.sql()
    )
}

fn page(tx: &Transaction<'_>, mut from: Conditions, skip: u64, limit: u64) -> Inner<Vec<ImageRow>> {
    let sql = page_sql(&from);
    from.values.extend([Value::from(signed(limit)), Value::from(signed(skip))]);
    tx.prepare_cached(&sql)?.query_and_then(params_from_iter(from.values), image)?.collect()
}

/// How the database goes about a page, for the tests; `deep`: from an anchor on.
#[cfg(test)]
pub(crate) fn plan(tx: &Transaction<'_>, filter: &ImageFilter, deep: bool) -> Vec<String> {
    let mut from = Conditions::of(filter);
    if deep {
        from.place(">=", &(1, "5".to_owned()));
    }
    let mut statement = tx.prepare(&format!("EXPLAIN QUERY PLAN {}", page_sql(&from))).unwrap();
    from.values.extend([Value::from(200), Value::from(0)]);
    statement
        .query_map(params_from_iter(from.values), |row| row.get(3))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}
