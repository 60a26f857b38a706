//! Labels of the project.

use std::collections::BTreeMap;

use relook_domain::{Label, LabelId, ShapeKind};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::{
    codes::{Code, unsigned},
    connection::Durability,
    error::{Inner, StoreError},
    project::Store,
};

/// Stands between the name of an archived label and its id, so that the name is free for another.
const ARCHIVED: char = '\u{1f}';

impl Store {
    /// All labels, archived ones included, in the order they were added.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn labels(&self) -> Result<Vec<Label>, StoreError> {
        self.read(all)
    }

    /// Adds a label at the end, outside the history; its own id does not matter.
    ///
    /// # Errors
    /// [`StoreError::LabelExists`] where one of that name is there.
    pub fn add_label(&self, label: &Label) -> Result<LabelId, StoreError> {
        self.write(Durability::Power, |tx| insert(tx, label))
    }

    /// How many boxes stand with the label (pending and not withdrawn, accepted, fixed), and how many have it in all.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn label_boxes(&self, id: LabelId) -> Result<(u64, u64), StoreError> {
        self.read(|tx| boxes(tx, id))
    }

    /// Archived labels with the label that their boxes were given.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn merged_labels(&self) -> Result<BTreeMap<LabelId, LabelId>, StoreError> {
        self.read(|tx| {
            tx.prepare_cached("SELECT id, merged_into FROM label WHERE archived AND merged_into IS NOT NULL")?
                .query_and_then([], |row| Ok((LabelId(row.get(0)?), LabelId(row.get(1)?))))?
                .collect()
        })
    }
}

const COLUMNS: &str = "id, name, colour, attributes, shape, shortcut, skeleton, archived";

pub(crate) fn all(tx: &Transaction<'_>) -> Inner<Vec<Label>> {
    tx.prepare_cached(&format!("SELECT {COLUMNS} FROM label ORDER BY id"))?
        .query_and_then([], label)?
        .collect()
}

pub(crate) fn insert(tx: &Transaction<'_>, label: &Label) -> Inner<LabelId> {
    let id = next_id(tx)?;
    put(tx, &Label { id, ..label.clone() })?;
    Ok(id)
}

/// Labels are never removed, so this id was never given.
pub(crate) fn next_id(conn: &Connection) -> Inner<LabelId> {
    let sql = "SELECT coalesce(max(id), 0) + 1 FROM label";
    Ok(LabelId(conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?))
}

/// Notes which label the boxes of `id` were given; `None`: none.
pub(crate) fn set_merged(conn: &Connection, id: LabelId, into: Option<LabelId>) -> Inner<()> {
    conn.prepare_cached("UPDATE label SET merged_into = ?2 WHERE id = ?1")?
        .execute(params![id.0, into.map(|l| l.0)])?;
    Ok(())
}

pub(crate) fn merged(conn: &Connection, id: LabelId) -> Inner<Option<LabelId>> {
    let sql = "SELECT merged_into FROM label WHERE id = ?1";
    let into: Option<i64> = conn.prepare_cached(sql)?.query_row([id.0], |row| row.get(0))?;
    Ok(into.map(LabelId))
}

/// Boxes that stand with the label: pending and not withdrawn, accepted, fixed; and all that have it.
pub(crate) fn boxes(conn: &Connection, id: LabelId) -> Inner<(u64, u64)> {
    let (standing, all): (i64, i64) = conn
        .prepare_cached(
            "SELECT coalesce(sum(n) FILTER (WHERE state IN (1, 2) OR state = 0 AND standing < 2), 0),
                 coalesce(sum(n), 0)
             FROM tally_box WHERE label_id = ?1",
        )?
        .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((unsigned(standing)?, unsigned(all)?))
}

/// The label of that id, archived or not.
pub(crate) fn by_id(conn: &Connection, id: LabelId) -> Inner<Option<Label>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM label WHERE id = ?1"))?
        .query_and_then([id.0], label)?
        .next()
        .transpose()
}

/// Puts a label as it is given in place of the one of its id, or adds it. A name that a living label has is refused.
pub(crate) fn put(conn: &Connection, l: &Label) -> Inner<()> {
    let stored = if l.archived { format!("{}{ARCHIVED}{}", l.name, l.id) } else { l.name.clone() };
    let other = conn
        .prepare_cached("SELECT 1 FROM label WHERE name = ?1 AND id <> ?2")?
        .query_row(params![stored, l.id.0], |_| Ok(()))
        .optional()?;
    if other.is_some() {
        return Err(StoreError::LabelExists { name: l.name.clone() }.into());
    }
    conn.prepare_cached(
        "INSERT INTO label (id, name, colour, attributes, shape, shortcut, skeleton, archived)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, colour = excluded.colour,
             attributes = excluded.attributes, shape = excluded.shape, shortcut = excluded.shortcut,
             skeleton = excluded.skeleton, archived = excluded.archived",
    )?
    .execute(params![
        l.id.0,
        stored,
        l.colour,
        serde_json::to_string(&l.attributes)?,
        l.shape.map(Code::code),
        l.key,
        l.skeleton.as_ref().map(serde_json::to_string).transpose()?,
        l.archived,
    ])?;
    Ok(())
}

fn label(row: &Row<'_>) -> Inner<Label> {
    let name = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(Label {
        id: LabelId(row.get(0)?),
        name: name.split(ARCHIVED).next().unwrap_or_default().to_owned(),
        colour: row.get(2)?,
        attributes: serde_json::from_str(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?)?,
        shape: row.get::<_, Option<i64>>(4)?.map(ShapeKind::from_code).transpose()?,
        key: row.get(5)?,
        skeleton: match row.get_ref(6)?.as_str_or_null().map_err(rusqlite::Error::from)? {
            Some(json) => serde_json::from_str(json)?,
            None => None,
        },
        archived: row.get(7)?,
    })
}
