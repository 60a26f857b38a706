//! Annotations and the opinions behind them.

use std::collections::BTreeMap;

use relook_domain::{
    Annotation, AnnotationId, ImageId, LabelId, Opinion, Origin, Rect, ReviewState, RunId, Shape, Stage,
    Standing, TrackId, Tracked, Verdict,
};
use rusqlite::{Connection, Row, params};

use crate::{
    codes::Code,
    error::{Fault, Inner, StoreError},
    project::Store,
};

/// A box a model found; its origin and run are those of the pass it is saved with, its state is pending.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAnnotation {
    pub label: LabelId,
    pub rect: Rect,
    pub score: f64,
    pub standing: Standing,
    pub verdict: Option<Verdict>,
    pub disagreement: bool,
    pub doubt: f64,
    /// What the model said, kept beside the box.
    pub opinion: NewOpinion,
}

/// What the model of the pass said about one box.
#[derive(Clone, Debug, PartialEq)]
pub struct NewOpinion {
    pub label: LabelId,
    pub score: f64,
    pub rect: Rect,
    /// Best first, the chosen one included.
    pub alternatives: Vec<(LabelId, f64)>,
}

/// What the second look makes of a box that is there. Left out (and named in the answer) where a person decided or
/// changed the box since `revision`.
#[derive(Clone, Debug, PartialEq)]
pub struct AnnotationUpdate {
    pub id: AnnotationId,
    /// The revision that the models' verdict was formed on.
    pub revision: i64,
    pub label: LabelId,
    pub rect: Rect,
    pub score: Option<f64>,
    pub standing: Standing,
    pub verdict: Option<Verdict>,
    pub disagreement: bool,
    pub doubt: f64,
    /// `None`: the larger model said nothing about it.
    pub opinion: Option<NewOpinion>,
}

impl Store {
    /// All annotations of an image with their opinions (draft, then second look), ordered by id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn annotations_of(&self, image: ImageId) -> Result<Vec<(Annotation, Vec<Opinion>)>, StoreError> {
        self.read(|tx| of_image(tx, image)?.into_iter().map(|a| with_opinions(tx, a)).collect())
    }

    /// # Errors
    /// When the file cannot be read.
    pub fn annotation(&self, id: AnnotationId) -> Result<Option<(Annotation, Vec<Opinion>)>, StoreError> {
        self.read(|tx| by_id(tx, id)?.map(|a| with_opinions(tx, a)).transpose())
    }
}

/// The columns that [`annotation`] reads, of the table named `a`.
pub(crate) const COLUMNS: &str = "a.id, a.image_id, a.label_id, a.x1, a.y1, a.x2, a.y2, a.rotation, a.score, a.origin, \
     a.state, a.standing, a.verdict, a.disagreement, a.doubt, a.occluded, a.z_order, a.group_id, a.attributes, \
     a.revision, a.shape, a.track, a.keyframe";
/// How many they are.
pub(crate) const WIDTH: usize = 23;

pub(crate) fn annotation(row: &Row<'_>) -> Inner<Annotation> {
    Ok(Annotation {
        id: AnnotationId(row.get(0)?),
        image: ImageId(row.get(1)?),
        label: LabelId(row.get(2)?),
        rect: rect(row, 3)?,
        rotation: row.get(7)?,
        shape: match row.get_ref(20)?.as_str_or_null().map_err(rusqlite::Error::from)? {
            Some(json) => serde_json::from_str(json)?,
            None => Shape::Box,
        },
        score: row.get(8)?,
        origin: Origin::from_code(row.get(9)?)?,
        state: ReviewState::from_code(row.get(10)?)?,
        standing: Standing::from_code(row.get(11)?)?,
        verdict: row.get::<_, Option<i64>>(12)?.map(Verdict::from_code).transpose()?,
        disagreement: row.get(13)?,
        doubt: row.get(14)?,
        occluded: row.get(15)?,
        z_order: row.get(16)?,
        group: row.get(17)?,
        attributes: match row.get_ref(18)?.as_str_or_null().map_err(rusqlite::Error::from)? {
            Some(json) => serde_json::from_str(json)?,
            None => BTreeMap::new(),
        },
        track: match row.get::<_, Option<i64>>(21)? {
            Some(id) => Some(Tracked { id: TrackId(id), keyframe: row.get(22)? }),
            None => None,
        },
        revision: row.get(19)?,
    })
}

fn rect(row: &Row<'_>, at: usize) -> Inner<Rect> {
    Ok(Rect { x1: row.get(at)?, y1: row.get(at + 1)?, x2: row.get(at + 2)?, y2: row.get(at + 3)? })
}

/// The JSON of what rectangle and rotation do not say.
fn shape(of: &Shape) -> Inner<Option<String>> {
    Ok(if *of == Shape::Box { None } else { Some(serde_json::to_string(of)?) })
}

pub(crate) fn attributes(of: &BTreeMap<String, String>) -> Inner<Option<String>> {
    Ok(if of.is_empty() { None } else { Some(serde_json::to_string(of)?) })
}

pub(crate) fn by_id(conn: &Connection, id: AnnotationId) -> Inner<Option<Annotation>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM annotation AS a WHERE a.id = ?1"))?
        .query_and_then([id.0], annotation)?
        .next()
        .transpose()
}

pub(crate) fn of_image(conn: &Connection, image: ImageId) -> Inner<Vec<Annotation>> {
    let mut found = conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM annotation AS a WHERE a.image_id = ?1"))?
        .query_and_then([image.0], annotation)?
        .collect::<Inner<Vec<_>>>()?;
    found.sort_unstable_by_key(|a| a.id);
    Ok(found)
}

/// The id an annotation written next gets. Under the write lock nobody else takes it.
pub(crate) fn next_id(conn: &Connection) -> Inner<i64> {
    let sql = "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'annotation'";
    Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

pub(crate) fn insert(conn: &Connection, a: &Annotation) -> Inner<()> {
    conn.prepare_cached(
        "INSERT INTO annotation (id, image_id, label_id, x1, y1, x2, y2, rotation, score, origin, state, standing,
             verdict, disagreement, doubt, occluded, z_order, group_id, attributes, revision, kind, shape, track, keyframe)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
             ?22, ?23, ?24)",
    )?
    .execute(params![
        a.id.0,
        a.image.0,
        a.label.0,
        a.rect.x1,
        a.rect.y1,
        a.rect.x2,
        a.rect.y2,
        a.rotation,
        a.score,
        a.origin.code(),
        a.state.code(),
        a.standing.code(),
        a.verdict.map(Code::code),
        a.disagreement,
        a.doubt,
        a.occluded,
        a.z_order,
        a.group,
        attributes(&a.attributes)?,
        a.revision,
        a.shape.kind().code(),
        shape(&a.shape)?,
        a.track.map(|t| t.id.0),
        keyframe(a),
    ])?;
    Ok(())
}

fn keyframe(a: &Annotation) -> bool {
    a.track.is_some_and(|t| t.keyframe)
}

/// Writes the fields a person can change.
pub(crate) fn update(conn: &Connection, a: &Annotation) -> Inner<()> {
    conn.prepare_cached(
        "UPDATE annotation SET label_id = ?2, x1 = ?3, y1 = ?4, x2 = ?5, y2 = ?6, state = ?7, occluded = ?8,
             z_order = ?9, group_id = ?10, attributes = ?11, revision = ?12, rotation = ?13, kind = ?14, shape = ?15,
             keyframe = ?16
         WHERE id = ?1",
    )?
    .execute(params![
        a.id.0,
        a.label.0,
        a.rect.x1,
        a.rect.y1,
        a.rect.x2,
        a.rect.y2,
        a.state.code(),
        a.occluded,
        a.z_order,
        a.group,
        attributes(&a.attributes)?,
        a.revision,
        a.rotation,
        a.shape.kind().code(),
        shape(&a.shape)?,
        keyframe(a),
    ])?;
    Ok(())
}

/// Opinions go with it.
pub(crate) fn delete(conn: &Connection, id: AnnotationId) -> Inner<()> {
    conn.prepare_cached("DELETE FROM annotation WHERE id = ?1")?.execute([id.0])?;
    Ok(())
}

/// Draft, then second look.
pub(crate) fn opinions(conn: &Connection, of: AnnotationId) -> Inner<Vec<Opinion>> {
    conn.prepare_cached(
        "SELECT stage, run_id, label_id, score, x1, y1, x2, y2, alternatives FROM opinion
         WHERE annotation_id = ?1 ORDER BY stage",
    )?
    .query_and_then([of.0], |row| {
        Ok(Opinion {
            stage: Stage::from_code(row.get(0)?)?,
            run: RunId(row.get(1)?),
            label: LabelId(row.get(2)?),
            score: row.get(3)?,
            rect: rect(row, 4)?,
            alternatives: serde_json::from_str(row.get_ref(8)?.as_str().map_err(rusqlite::Error::from)?)?,
        })
    })?
    .collect()
}

pub(crate) fn with_opinions(conn: &Connection, a: Annotation) -> Inner<(Annotation, Vec<Opinion>)> {
    let opinions = opinions(conn, a.id)?;
    Ok((a, opinions))
}

/// Takes the place of what the same stage said before.
pub(crate) fn set_opinion(conn: &Connection, of: AnnotationId, opinion: &Opinion) -> Inner<()> {
    let r = opinion.rect;
    conn.prepare_cached(
        "INSERT OR REPLACE INTO opinion
             (annotation_id, stage, run_id, label_id, score, x1, y1, x2, y2, alternatives)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        of.0,
        opinion.stage.code(),
        opinion.run.0,
        opinion.label.0,
        opinion.score,
        r.x1,
        r.y1,
        r.x2,
        r.y2,
        serde_json::to_string(&opinion.alternatives)?,
    ])?;
    Ok(())
}

/// A change names a box that is not there.
pub(crate) fn gone(id: AnnotationId) -> Fault {
    Fault::Store(StoreError::Conflict { id, why: "is no longer there", step: None })
}
