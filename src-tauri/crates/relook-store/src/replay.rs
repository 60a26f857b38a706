//! Playing changes, forwards and backwards. A change that does not fit what is there changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use relook_domain::{
    Annotation, AnnotationId, ImageId, Label, LabelId, Opinion, ReviewState,
    review::{Change, Patch},
};
use rusqlite::{Connection, OptionalExtension, ToSql, params};
use serde::{Deserialize, Serialize};

use crate::{
    annotations,
    codes::Code,
    error::{Fault, Inner, StoreError},
    labels,
};

/// Attribute values by name.
pub(crate) type Values = BTreeMap<String, String>;

/// What one row of the history's log holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Logged {
    /// Boxes given another review state at once.
    Many {
        boxes: Vec<i64>,
        before: ReviewState,
        after: ReviewState,
    },
    /// Boxes given another label at once.
    Relabelled {
        boxes: Vec<i64>,
        was: LabelId,
        becomes: LabelId,
    },
    /// Boxes given other attribute values at once.
    Valued {
        boxes: Vec<i64>,
        was: Values,
        becomes: Values,
    },
    /// The label that an archived one's boxes were given.
    Merged {
        merged: LabelId,
        was: Option<LabelId>,
        becomes: Option<LabelId>,
    },
    One(Box<Entry>),
}

/// One change, with the opinions that went with a deleted box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    #[serde(flatten)]
    pub(crate) change: Change,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) opinions: Vec<Opinion>,
}

impl Logged {
    pub(crate) fn inverse(self) -> Self {
        match self {
            Self::Many { boxes, before, after } => Self::Many { boxes, before: after, after: before },
            Self::Relabelled { boxes, was, becomes } => {
                Self::Relabelled { boxes, was: becomes, becomes: was }
            }
            Self::Valued { boxes, was, becomes } => Self::Valued { boxes, was: becomes, becomes: was },
            Self::Merged { merged, was, becomes } => Self::Merged { merged, was: becomes, becomes: was },
            Self::One(entry) => {
                let Entry { change, opinions } = *entry;
                Self::One(Box::new(Entry { change: change.inverse(), opinions }))
            }
        }
    }

    pub(crate) fn of_label(&self) -> bool {
        matches!(self, Self::One(entry) if matches!(entry.change, Change::Label { .. }))
    }

    /// Plays it and adds the images it touched.
    pub(crate) fn play(&self, conn: &Connection, images: &mut BTreeSet<ImageId>) -> Inner<()> {
        match self {
            Self::One(entry) => {
                images.extend(play(conn, entry)?);
                Ok(())
            }
            Self::Merged { merged, becomes, .. } => labels::set_merged(conn, *merged, *becomes),
            Self::Many { boxes, before, after } => {
                let is = |a: &Annotation| a.state == *after;
                all(conn, "state", boxes, &before.code(), &after.code(), is, images)
            }
            Self::Relabelled { boxes, was, becomes } => {
                let is = |a: &Annotation| a.label == *becomes;
                all(conn, "label_id", boxes, &was.0, &becomes.0, is, images)
            }
            Self::Valued { boxes, was, becomes } => {
                let is = |a: &Annotation| a.attributes == *becomes;
                let (was, becomes) = (annotations::attributes(was)?, annotations::attributes(becomes)?);
                all(conn, "attributes", boxes, &was, &becomes, is, images)
            }
        }
    }
}

/// Gives all the boxes another value in one column, and adds the images they are on. `is`: whether a box has it.
fn all(
    conn: &Connection,
    column: &str,
    boxes: &[i64],
    was: &dyn ToSql,
    becomes: &dyn ToSql,
    is: impl Fn(&Annotation) -> bool,
    images: &mut BTreeSet<ImageId>,
) -> Inner<()> {
    let ids = serde_json::to_string(boxes)?;
    let changed = conn
        .prepare_cached(&format!(
            "UPDATE annotation SET {column} = ?1, revision = revision + 1
             WHERE {column} IS ?2 AND id IN (SELECT value FROM json_each(?3))"
        ))?
        .execute(params![becomes, was, ids])?;
    if changed != boxes.len() {
        // Those just changed have the new value; the odd one out is gone or had another one before.
        for id in boxes.iter().map(|id| AnnotationId(*id)) {
            match annotations::by_id(conn, id)? {
                None => return Err(annotations::gone(id)),
                Some(a) if !is(&a) => return Err(changed_since(id)),
                Some(_) => {}
            }
        }
        return Err(changed_since(AnnotationId(boxes.first().copied().unwrap_or_default())));
    }
    let mut touched = conn.prepare_cached(
        "SELECT DISTINCT image_id FROM annotation WHERE id IN (SELECT value FROM json_each(?1))",
    )?;
    for image in touched.query_map([&ids], |row| row.get(0))? {
        images.insert(ImageId(image?));
    }
    Ok(())
}

fn changed_since(id: AnnotationId) -> Fault {
    Fault::Store(StoreError::Conflict { id, why: "was changed since by something else", step: None })
}

/// Plays one change; returns the image it touched, if it touched one.
pub(crate) fn play(conn: &Connection, entry: &Entry) -> Inner<Option<ImageId>> {
    match &entry.change {
        Change::Edit { id, before, after } => edit(conn, *id, before, after).map(Some),
        Change::Create { annotation } => {
            if annotations::by_id(conn, annotation.id)?.is_some() {
                let conflict =
                    StoreError::Conflict { id: annotation.id, why: "is there already", step: None };
                return Err(conflict.into());
            }
            annotations::insert(conn, annotation)?;
            for opinion in &entry.opinions {
                annotations::set_opinion(conn, annotation.id, opinion)?;
            }
            Ok(Some(annotation.image))
        }
        Change::Delete { annotation } => {
            let there = current(conn, annotation.id)?;
            if (Annotation { revision: annotation.revision, ..there }) != **annotation {
                return Err(changed_since(annotation.id));
            }
            annotations::delete(conn, annotation.id)?;
            Ok(Some(annotation.image))
        }
        Change::Empty { image, before, after } => empty(conn, *image, *before, *after).map(Some),
        Change::Label { before, after } => {
            put_label(conn, before.as_deref(), after.as_deref())?;
            Ok(None)
        }
    }
}

/// Where a label is to be gone it is only archived: models and the history name it.
fn put_label(conn: &Connection, before: Option<&Label>, after: Option<&Label>) -> Inner<()> {
    let Some(label) = after.or(before) else { return Ok(()) };
    let now = labels::by_id(conn, label.id)?;
    let expected = match (before, &now) {
        (Some(before), Some(now)) => before == now,
        // Made anew, or made once and taken back since.
        (None, Some(now)) => now.archived,
        (None, None) => true,
        (Some(_), None) => false,
    };
    let conflict = |why| Err(StoreError::LabelConflict { name: label.name.clone(), why, step: None }.into());
    if !expected {
        return conflict("was changed since by something else");
    }
    let archived = label.archived || after.is_none();
    if archived && labels::boxes(conn, label.id)?.0 > 0 {
        return conflict("is in use by now");
    }
    labels::put(conn, &Label { archived, ..label.clone() })
}

fn current(conn: &Connection, id: AnnotationId) -> Inner<Annotation> {
    annotations::by_id(conn, id)?.ok_or_else(|| annotations::gone(id))
}

fn edit(conn: &Connection, id: AnnotationId, before: &Patch, after: &Patch) -> Inner<ImageId> {
    let mut a = current(conn, id)?;
    if before.taken_from(&a) != *before {
        return Err(changed_since(id));
    }
    after.write_to(&mut a);
    a.revision += 1;
    annotations::update(conn, &a)?;
    Ok(a.image)
}

fn empty(conn: &Connection, image: ImageId, before: bool, after: bool) -> Inner<ImageId> {
    let now: Option<bool> = conn
        .prepare_cached("SELECT confirmed_empty FROM image WHERE id = ?1")?
        .query_row([image.0], |row| row.get(0))
        .optional()?;
    let why = match now {
        Some(now) if now == before => {
            conn.prepare_cached("UPDATE image SET confirmed_empty = ?2 WHERE id = ?1")?
                .execute(params![image.0, after])?;
            return Ok(image);
        }
        Some(_) => "was changed since by something else",
        None => "is not in the project",
    };
    Err(StoreError::ImageConflict { id: image, why, step: None }.into())
}
