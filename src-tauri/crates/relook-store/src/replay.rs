//! Playing changes, forwards and backwards. A change that does not fit what is there changes nothing.

use std::collections::BTreeSet;

use relook_domain::{
    Annotation, AnnotationId, ImageId, Opinion, ReviewState,
    review::{Change, Patch},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::{
    annotations,
    codes::Code,
    error::{Fault, Inner, StoreError},
};

/// What one row of the history's log holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Logged {
    Many(States),
    One(Box<Entry>),
}

/// Many boxes given another review state at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct States {
    pub(crate) boxes: Vec<i64>,
    pub(crate) before: ReviewState,
    pub(crate) after: ReviewState,
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
            Self::Many(States { boxes, before, after }) => {
                Self::Many(States { boxes, before: after, after: before })
            }
            Self::One(entry) => {
                let Entry { change, opinions } = *entry;
                Self::One(Box::new(Entry { change: change.inverse(), opinions }))
            }
        }
    }

    /// Plays it and adds the images it touched.
    pub(crate) fn play(&self, conn: &Connection, images: &mut BTreeSet<ImageId>) -> Inner<()> {
        match self {
            Self::One(entry) => {
                images.insert(play(conn, entry)?);
            }
            Self::Many(states) => {
                let ids = serde_json::to_string(&states.boxes)?;
                states.play(conn, &ids)?;
                let mut touched = conn.prepare_cached(
                    "SELECT DISTINCT image_id FROM annotation WHERE id IN (SELECT value FROM json_each(?1))",
                )?;
                for image in touched.query_map([&ids], |row| row.get(0))? {
                    images.insert(ImageId(image?));
                }
            }
        }
        Ok(())
    }
}

impl States {
    /// `ids`: its boxes as JSON.
    fn play(&self, conn: &Connection, ids: &str) -> Inner<()> {
        let changed = conn
            .prepare_cached(
                "UPDATE annotation SET state = ?1, revision = revision + 1
                 WHERE state = ?2 AND id IN (SELECT value FROM json_each(?3))",
            )?
            .execute(params![self.after.code(), self.before.code(), ids])?;
        if changed == self.boxes.len() {
            return Ok(());
        }
        // Those just changed have the state `after` now; the odd one out is gone or was in another state before.
        for id in &self.boxes {
            let id = AnnotationId(*id);
            match annotations::by_id(conn, id)? {
                None => return Err(annotations::gone(id)),
                Some(a) if a.state != self.after => return Err(changed_since(id)),
                Some(_) => {}
            }
        }
        let first = self.boxes.first().copied().unwrap_or_default();
        Err(changed_since(AnnotationId(first)))
    }
}

fn changed_since(id: AnnotationId) -> Fault {
    Fault::Store(StoreError::Conflict { id, why: "was changed since by something else", step: None })
}

/// Plays one change; returns the image it touched.
pub(crate) fn play(conn: &Connection, entry: &Entry) -> Inner<ImageId> {
    match &entry.change {
        Change::Edit { id, before, after } => edit(conn, *id, before, after),
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
            Ok(annotation.image)
        }
        Change::Delete { annotation } => {
            let there = current(conn, annotation.id)?;
            if (Annotation { revision: annotation.revision, ..there }) != **annotation {
                return Err(changed_since(annotation.id));
            }
            annotations::delete(conn, annotation.id)?;
            Ok(annotation.image)
        }
        Change::Empty { image, before, after } => empty(conn, *image, *before, *after),
    }
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
