//! Boxes of a filter, in an order: the review queue, the gallery.
//!
//! Ids come from indexes alone, merged where one index has them in several runs; only the rows of the page are read. The
//! running totals say which runs there are and how long they are, so that a page deep in the list is reached by jumps.

use std::collections::{BTreeMap, BTreeSet};

use relook_domain::{Annotation, Opinion, ReviewState, Standing};
use rusqlite::{Transaction, params_from_iter};

use crate::{
    annotations::{self, COLUMNS, WIDTH},
    codes::{Code, signed, small, unsigned},
    error::{Inner, StoreError},
    filter::{BoxFilter, Conditions, Paths},
    project::Store,
};

/// Counting what no running total knows stops here.
const COUNTED: u64 = 10_000;
/// A path that fewer images than this contain is asked of the images first.
const FEW_IMAGES: u64 = 20_000;
/// More runs of an index than this are not merged but sorted; the database merges 500 at most.
const MOST_RUNS: usize = 400;

/// How a list of boxes is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueueOrder {
    #[default]
    MostDoubtful,
    /// What the models disagree on, then the rest; most doubtful first in each.
    DisagreementsFirst,
    /// Image by image, in list order, most doubtful first within one.
    ByImage,
    /// Label by label, most doubtful first within one.
    ByLabel,
    /// Label by label, and within one by area: like beside like.
    Similar,
}

/// A box with what is needed to show it.
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

/// A part of the boxes that a filter lets through.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuePage {
    /// All that it lets through.
    pub total: u64,
    /// Whether counting stopped at `total`: there are more.
    pub more: bool,
    pub rows: Vec<QueueRow>,
}

impl Store {
    /// Rows `offset..offset + limit` of the boxes that `filter` lets through.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn boxes(
        &self,
        filter: &BoxFilter,
        order: QueueOrder,
        offset: u64,
        limit: u64,
    ) -> Result<QueuePage, StoreError> {
        self.read(|tx| {
            let search = Search::new(tx, filter)?;
            let (total, more) = search.total(tx)?;
            let ids =
                if offset < total || more { search.ids(tx, order, offset, limit, more)? } else { Vec::new() };
            let rows = ids.into_iter().map(|id| row(tx, id)).collect::<Inner<_>>()?;
            Ok(QueuePage { total, more, rows })
        })
    }

    /// How many boxes match, all counted.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn matching(&self, filter: &BoxFilter) -> Result<u64, StoreError> {
        self.read(|tx| {
            let search = Search::new(tx, filter)?;
            if search.rest.is_empty() {
                Ok(search.cells.iter().map(|c| c.n).sum())
            } else {
                search.count(tx, u64::MAX)
            }
        })
    }
}

fn row(tx: &Transaction<'_>, id: i64) -> Inner<QueueRow> {
    let sql = format!(
        "SELECT {COLUMNS}, i.path, i.width, i.height
         FROM annotation AS a CROSS JOIN image AS i ON i.id = a.image_id WHERE a.id = ?1"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let mut rows = statement.query([id])?;
    let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    let annotation = annotations::annotation(row)?;
    let size = match (row.get::<_, Option<i64>>(WIDTH + 1)?, row.get::<_, Option<i64>>(WIDTH + 2)?) {
        (Some(width), Some(height)) => Some((small(width)?, small(height)?)),
        _ => None,
    };
    let opinions = annotations::opinions(tx, annotation.id)?;
    Ok(QueueRow { annotation, opinions, path: row.get(WIDTH)?, size })
}

/// A cell of the running totals: boxes alike in what the indexes tell apart.
#[derive(Debug)]
struct Cell {
    label: i64,
    state: i64,
    standing: i64,
    disagreement: i64,
    n: u64,
}

/// A query for ids in order, and how many it gives where that is known.
struct Part {
    sql: String,
    n: Option<u64>,
}

struct Search<'a> {
    filter: &'a BoxFilter,
    /// Those the filter lets through as far as a cell can tell.
    cells: Vec<Cell>,
    /// What the cells do not know.
    rest: Conditions,
    paths: Paths,
}

impl<'a> Search<'a> {
    fn new(tx: &Transaction<'_>, filter: &'a BoxFilter) -> Inner<Self> {
        let paths =
            if !filter.path.is_empty() && few_images(tx, &filter.path)? { Paths::First } else { Paths::Each };
        Ok(Self { filter, cells: cells(tx, filter)?, rest: filter.uncounted(paths), paths })
    }

    /// How many boxes there are, and whether there are more than that.
    fn total(&self, tx: &Transaction<'_>) -> Inner<(u64, bool)> {
        if self.rest.is_empty() || self.cells.is_empty() {
            return Ok((self.cells.iter().map(|c| c.n).sum(), false));
        }
        let counted = self.count(tx, COUNTED + 1)?;
        Ok((counted.min(COUNTED), counted > COUNTED))
    }

    fn count(&self, tx: &Transaction<'_>, most: u64) -> Inner<u64> {
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {})", self.matched(""), signed(most));
        unsigned(tx.prepare_cached(&sql)?.query_row(params_from_iter(&self.rest.values), |row| row.get(0))?)
    }

    /// `many`: counting stopped before the end.
    fn ids(
        &self,
        tx: &Transaction<'_>,
        order: QueueOrder,
        offset: u64,
        limit: u64,
        many: bool,
    ) -> Inner<Vec<i64>> {
        let mut ids = Vec::new();
        let mut skip = offset;
        let reach = offset.saturating_add(limit).min(i64::MAX as u64);
        for part in self.parts(tx, order, reach, many)? {
            if ids.len() as u64 == limit {
                break;
            }
            if let Some(n) = part.n.filter(|n| *n <= skip) {
                skip -= n;
                continue;
            }
            let mut statement = tx.prepare_cached(&part.sql)?;
            let mut rows = statement.query(params_from_iter(&self.rest.values))?;
            while (ids.len() as u64) < limit
                && let Some(row) = rows.next()?
            {
                if skip > 0 {
                    skip -= 1;
                } else {
                    ids.push(row.get(0)?);
                }
            }
        }
        Ok(ids)
    }

    /// The queries that give the ids, one after the other; no more than `reach` ids are asked for.
    fn parts(&self, tx: &Transaction<'_>, order: QueueOrder, reach: u64, many: bool) -> Inner<Vec<Part>> {
        let rare = !self.rest.is_empty() && !many;
        if self.few() || rare {
            return Ok(vec![self.sorted(order, reach)]);
        }
        let key: fn(&Cell) -> i64 = match order {
            QueueOrder::ByImage => return Ok(vec![self.image_by_image(tx, reach)?]),
            QueueOrder::MostDoubtful => |_| 0,
            QueueOrder::DisagreementsFirst => |c| -c.disagreement,
            QueueOrder::ByLabel | QueueOrder::Similar => |c| c.label,
        };
        let mut groups: BTreeMap<i64, Vec<&Cell>> = BTreeMap::new();
        for cell in &self.cells {
            groups.entry(key(cell)).or_default().push(cell);
        }
        let groups: Vec<_> = groups.into_values().map(|cells| self.runs(order, &cells)).collect();
        if groups.iter().any(|(runs, _)| runs.len() > MOST_RUNS) {
            return Ok(vec![self.sorted(order, reach)]);
        }
        Ok(groups.into_iter().map(|(runs, n)| self.merged(order, &runs, n, reach)).collect())
    }

    /// Whether the boxes are best come by from their images.
    fn few(&self) -> bool {
        self.filter.image.is_some() || self.paths == Paths::First
    }

    /// Only what waits, of any label: what the queue's own index holds.
    fn waiting(&self) -> bool {
        let f = self.filter;
        f.states == [ReviewState::Pending] && f.standings == [Standing::Doubtful] && f.labels.is_empty()
    }

    /// The runs of an index that hold the cells, and how many boxes these are.
    fn runs(&self, order: QueueOrder, cells: &[&Cell]) -> (BTreeSet<String>, u64) {
        let run = |c: &&Cell| {
            let state = format!("a.state = {} AND a.standing = {}", c.state, c.standing);
            let disagreement = format!("a.disagreement = {}", c.disagreement);
            if order == QueueOrder::Similar {
                let asked = self.filter.disagreement.map_or("1", |_| &disagreement);
                format!("annotation_alike WHERE a.label_id = {} AND {state} AND {asked}", c.label)
            } else if self.waiting() && order != QueueOrder::ByLabel {
                format!("annotation_queue WHERE {state} AND {disagreement}")
            } else {
                format!("annotation_by_label WHERE a.label_id = {} AND {state} AND {disagreement}", c.label)
            }
        };
        (cells.iter().map(run).collect(), cells.iter().map(|c| c.n).sum())
    }

    fn merged(&self, order: QueueOrder, runs: &BTreeSet<String>, n: u64, reach: u64) -> Part {
        let (key, way) = if order == QueueOrder::Similar { (AREA, "") } else { ("a.doubt", " DESC") };
        let rest = self.rest.sql();
        let run = |run: &String| {
            format!("SELECT a.id AS id, {key} AS key FROM annotation AS a INDEXED BY {run} AND {rest}")
        };
        let runs: Vec<String> = runs.iter().map(run).collect();
        let sql = format!("{} ORDER BY key{way}, id LIMIT {reach}", runs.join(" UNION ALL "));
        Part { sql, n: self.rest.is_empty().then_some(n) }
    }

    /// `annotation AS a` with `join`, and the conditions: by the index that leaves the fewest to look at.
    fn matched(&self, join: &str) -> String {
        let conditions = self.filter.conditions(self.paths).sql();
        if self.few() {
            return format!("annotation AS a INDEXED BY annotation_by_image{join} WHERE {conditions}");
        }
        if self.waiting() {
            return format!("annotation AS a INDEXED BY annotation_queue{join} WHERE {conditions}");
        }
        let labels: BTreeSet<String> = self.cells.iter().map(|c| c.label.to_string()).collect();
        let labels = labels.into_iter().collect::<Vec<_>>().join(", ");
        format!(
            "annotation AS a INDEXED BY annotation_by_label{join} WHERE a.label_id IN ({labels}) AND {conditions}"
        )
    }

    /// All of them, put in order.
    fn sorted(&self, order: QueueOrder, reach: u64) -> Part {
        let (join, keys) = match order {
            QueueOrder::MostDoubtful => ("", "a.doubt DESC".to_owned()),
            QueueOrder::DisagreementsFirst => ("", "a.disagreement DESC, a.doubt DESC".to_owned()),
            QueueOrder::ByImage => (
                " CROSS JOIN image AS i ON i.id = a.image_id",
                "i.folder_id, i.path, a.doubt DESC".to_owned(),
            ),
            QueueOrder::ByLabel => ("", "a.label_id, a.doubt DESC".to_owned()),
            QueueOrder::Similar => ("", format!("a.label_id, {AREA}")),
        };
        let sql = format!("SELECT a.id FROM {} ORDER BY {keys}, a.id LIMIT {reach}", self.matched(join));
        Part { sql, n: None }
    }

    /// The images in order with the boxes of each; or, where those boxes are so rare that this would go through far more
    /// images, the boxes put in order.
    fn image_by_image(&self, tx: &Transaction<'_>, reach: u64) -> Inner<Part> {
        let boxes: u64 = self.cells.iter().map(|c| c.n).sum();
        let images = unsigned(
            tx.prepare_cached("SELECT coalesce(sum(n), 0) FROM tally_image")?
                .query_row([], |row| row.get(0))?,
        )?;
        if boxes.saturating_mul(boxes) < reach.saturating_mul(images) {
            return Ok(self.sorted(QueueOrder::ByImage, reach));
        }
        let queued =
            self.filter.states == [ReviewState::Pending] && self.filter.standings == [Standing::Doubtful];
        let (index, only) = if queued { (" INDEXED BY image_queued", "i.queued > 0 AND ") } else { ("", "") };
        let sql = format!(
            "SELECT a.id FROM image AS i{index}
             CROSS JOIN annotation AS a INDEXED BY annotation_by_image ON a.image_id = i.id
             WHERE {only}{} ORDER BY i.folder_id, i.path, a.doubt DESC, a.id LIMIT {reach}",
            self.filter.conditions(self.paths).sql()
        );
        Ok(Part { sql, n: None })
    }
}

/// As in the index.
const AREA: &str = "(a.x2 - a.x1) * (a.y2 - a.y1)";

fn cells(tx: &Transaction<'_>, filter: &BoxFilter) -> Inner<Vec<Cell>> {
    fn among<T>(wanted: &[T], code: impl Fn(&T) -> i64, found: i64) -> bool {
        wanted.is_empty() || wanted.iter().any(|w| code(w) == found)
    }
    let mut statement =
        tx.prepare_cached("SELECT label_id, state, standing, disagreement, n FROM tally_box WHERE n > 0")?;
    let mut rows = statement.query([])?;
    let mut cells = Vec::new();
    while let Some(row) = rows.next()? {
        let cell = Cell {
            label: row.get(0)?,
            state: row.get(1)?,
            standing: row.get(2)?,
            disagreement: row.get(3)?,
            n: unsigned(row.get(4)?)?,
        };
        if among(&filter.labels, |l| l.0, cell.label)
            && among(&filter.states, |s| s.code(), cell.state)
            && among(&filter.standings, |s| s.code(), cell.standing)
            && filter.disagreement.is_none_or(|d| i64::from(d) == cell.disagreement)
        {
            cells.push(cell);
        }
    }
    Ok(cells)
}

fn few_images(tx: &Transaction<'_>, text: &str) -> Inner<bool> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM image WHERE path_contains(path, ?1) LIMIT ?2)";
    let n: i64 = tx
        .prepare_cached(sql)?
        .query_row(rusqlite::params![text.to_lowercase(), signed(FEW_IMAGES)], |row| row.get(0))?;
    Ok(unsigned(n)? < FEW_IMAGES)
}

/// How the database goes about it, for the tests: for each query, its plan.
#[cfg(test)]
pub(crate) fn plans(tx: &Transaction<'_>, filter: &BoxFilter, order: QueueOrder) -> Vec<Vec<String>> {
    let search = Search::new(tx, filter).unwrap();
    let plan = |part: Part| {
        let mut statement = tx.prepare(&format!("EXPLAIN QUERY PLAN {}", part.sql)).unwrap();
        let rows = statement.query_map(params_from_iter(&search.rest.values), |row| row.get(3)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    search.parts(tx, order, 200, true).unwrap().into_iter().map(plan).collect()
}
