//! Labels of the project.

use relook_domain::{Attribute, Label, LabelId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::{
    connection::Durability,
    error::{Inner, StoreError},
    project::Store,
};

/// A label to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLabel {
    pub name: String,
    /// `#rrggbb`.
    pub colour: String,
    pub attributes: Vec<Attribute>,
}

impl Store {
    /// All labels, in the order they were added.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn labels(&self) -> Result<Vec<Label>, StoreError> {
        self.read(all)
    }

    /// Adds a label at the end.
    ///
    /// # Errors
    /// [`StoreError::LabelExists`] where one of that name is there.
    pub fn add_label(&self, label: &NewLabel) -> Result<LabelId, StoreError> {
        self.write(Durability::Power, |tx| insert(tx, label))
    }

    /// The label of exactly that name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn label_by_name(&self, name: &str) -> Result<Option<Label>, StoreError> {
        self.read(|tx| {
            tx.prepare_cached("SELECT id, name, colour, attributes FROM label WHERE name = ?1")?
                .query_and_then([name], label)?
                .next()
                .transpose()
        })
    }
}

pub(crate) fn all(tx: &Transaction<'_>) -> Inner<Vec<Label>> {
    tx.prepare_cached("SELECT id, name, colour, attributes FROM label ORDER BY id")?
        .query_and_then([], label)?
        .collect()
}

pub(crate) fn insert(tx: &Transaction<'_>, label: &NewLabel) -> Inner<LabelId> {
    let there = tx.query_row("SELECT 1 FROM label WHERE name = ?1", [&label.name], |_| Ok(())).optional()?;
    if there.is_some() {
        return Err(StoreError::LabelExists { name: label.name.clone() }.into());
    }
    tx.execute(
        "INSERT INTO label (name, colour, attributes) VALUES (?1, ?2, ?3)",
        params![label.name, label.colour, serde_json::to_string(&label.attributes)?],
    )?;
    Ok(LabelId(tx.last_insert_rowid()))
}

fn label(row: &Row<'_>) -> Inner<Label> {
    Ok(Label {
        id: LabelId(row.get(0)?),
        name: row.get(1)?,
        colour: row.get(2)?,
        attributes: serde_json::from_str(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?)?,
    })
}
