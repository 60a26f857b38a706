//! What jobs ask for and save: a row, its result and its done-mark in one transaction.

use std::collections::BTreeMap;

use relook_domain::{
    Annotation, AnnotationId, FolderId, ImageId, Opinion, Origin, ReviewState, RunId, Shape, Stage,
};
use rusqlite::{Connection, params};

use crate::{
    annotations::{self, AnnotationUpdate, NewAnnotation, NewOpinion},
    codes::{Code, signed, unsigned},
    connection::Durability,
    error::{Inner, StoreError},
    images::{self, COLUMNS, ImageRow, PassOutcome, Problem, one_image},
    project::Store,
    runs,
};

/// What reading the file told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Upright pixels.
    pub width: u32,
    pub height: u32,
    /// sha256 of the content, lower-case hex.
    pub digest: Option<String>,
}

/// The draft of one image.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftResult {
    pub image: ImageId,
    pub outcome: DraftOutcome,
}

#[derive(Clone, Debug, PartialEq)]
pub enum DraftOutcome {
    /// Takes the place of the undecided boxes of earlier drafts and second looks.
    Done { measured: Measured, boxes: Vec<NewAnnotation> },
    /// The image could not be read; its boxes stay as they are.
    Failed(Problem),
}

/// The second look at one image.
#[derive(Clone, Debug, PartialEq)]
pub struct LookResult {
    pub image: ImageId,
    pub outcome: LookOutcome,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LookOutcome {
    /// Undecided boxes added by an earlier second look are replaced by `added`.
    Done { updates: Vec<AnnotationUpdate>, added: Vec<NewAnnotation> },
    /// Not needed.
    Skipped,
    /// The image could not be read; its boxes stay as they are.
    Failed(Problem),
}

impl Store {
    /// The next images of a pass, by id, after `after`.
    ///
    /// Draft: images without a draft mark. Second look: images with a draft done and without a second-look mark. With
    /// `again`, also those whose mark is of a run before that one. With `folder`, only those below it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn images_without_pass(
        &self,
        stage: Stage,
        again: Option<RunId>,
        folder: Option<FolderId>,
        after: Option<ImageId>,
        limit: u64,
    ) -> Result<Vec<ImageRow>, StoreError> {
        let after = after.map_or(0, |id| id.0);
        self.read(|tx| {
            tx.prepare_cached(&left_sql(COLUMNS, stage, again, "ORDER BY id LIMIT ?4"))?
                .query_and_then(
                    params![again_before(again), after, folder.map(|f| f.0), signed(limit)],
                    images::image,
                )?
                .collect()
        })
    }

    /// How many images [`Store::images_without_pass`] would give in all.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count_without_pass(
        &self,
        stage: Stage,
        again: Option<RunId>,
        folder: Option<FolderId>,
    ) -> Result<u64, StoreError> {
        self.read(|tx| {
            let sql = left_sql("count(*)", stage, again, "");
            let asked = params![again_before(again), 0, folder.map(|f| f.0)];
            unsigned(tx.prepare_cached(&sql)?.query_row(asked, |row| row.get(0))?)
        })
    }

    /// Saves drafts, all or none.
    ///
    /// # Errors
    /// When the file cannot be written, or [`StoreError::ImageConflict`] for an image that is not in the project.
    pub fn save_draft(&self, run: RunId, results: &[DraftResult]) -> Result<(), StoreError> {
        self.write(Durability::Program, |tx| {
            for result in results {
                match &result.outcome {
                    DraftOutcome::Failed(problem) => fail(tx, Stage::Draft, run, result.image, problem)?,
                    DraftOutcome::Done { measured, boxes } => {
                        draft(tx, run, result.image, measured, boxes)?;
                    }
                }
            }
            let done = results.iter().filter(|r| matches!(r.outcome, DraftOutcome::Done { .. }));
            runs::ran_on(tx, run, done.count())
        })
    }

    /// Saves second looks, all or none. Returns the boxes left as they are because a person changed them meanwhile.
    ///
    /// # Errors
    /// When the file cannot be written, or [`StoreError::ImageConflict`] for an image that is not in the project.
    pub fn save_second_look(
        &self,
        run: RunId,
        results: &[LookResult],
    ) -> Result<Vec<AnnotationId>, StoreError> {
        self.write(Durability::Program, |tx| {
            let mut kept = Vec::new();
            for LookResult { image, outcome } in results {
                let outcome = match outcome {
                    LookOutcome::Failed(problem) => {
                        fail(tx, Stage::SecondLook, run, *image, problem)?;
                        continue;
                    }
                    LookOutcome::Skipped => PassOutcome::Skipped,
                    LookOutcome::Done { updates, added } => {
                        look(tx, run, *image, updates, added, &mut kept)?;
                        PassOutcome::Done
                    }
                };
                let sql = "UPDATE image SET problem_code = NULL, problem = NULL, look = ?2, look_run = ?3 WHERE id = ?1";
                one_image(*image, tx.prepare_cached(sql)?.execute(params![image.0, outcome.code(), run.0])?)?;
            }
            let done = results.iter().filter(|r| matches!(r.outcome, LookOutcome::Done { .. }));
            runs::ran_on(tx, run, done.count())?;
            Ok(kept)
        })
    }
}

/// Selects what a pass has left: ?1 the run before which marks do not count, ?2 the id to go on after, ?3 the folder.
pub(crate) fn left_sql(columns: &str, stage: Stage, again: Option<RunId>, end: &str) -> String {
    // Spelt as in the partial indexes, so that they serve.
    let left = match (stage, again) {
        (Stage::Draft, None) => "draft = 0 AND ?1 IS NULL",
        (Stage::Draft, Some(_)) => "(draft = 0 OR draft_run < ?1)",
        (Stage::SecondLook, None) => "draft = 1 AND look = 0 AND ?1 IS NULL",
        (Stage::SecondLook, Some(_)) => "draft = 1 AND (look = 0 OR look_run < ?1)",
    };
    format!("SELECT {columns} FROM image WHERE {left} AND id > ?2 AND (?3 IS NULL OR folder_id = ?3) {end}")
}

fn again_before(again: Option<RunId>) -> Option<i64> {
    again.map(|run| run.0)
}

fn fail(conn: &Connection, stage: Stage, run: RunId, image: ImageId, problem: &Problem) -> Inner<()> {
    let sql = match stage {
        Stage::Draft => {
            "UPDATE image SET problem_code = ?2, problem = ?3, draft = ?4, draft_run = ?5, look = 0, look_run = NULL
             WHERE id = ?1"
        }
        Stage::SecondLook => {
            "UPDATE image SET problem_code = ?2, problem = ?3, look = ?4, look_run = ?5 WHERE id = ?1"
        }
    };
    let failed = params![image.0, problem.code, problem.text, PassOutcome::Failed.code(), run.0];
    one_image(image, conn.prepare_cached(sql)?.execute(failed)?)
}

fn draft(
    conn: &Connection,
    run: RunId,
    image: ImageId,
    measured: &Measured,
    boxes: &[NewAnnotation],
) -> Inner<()> {
    let changed = conn
        .prepare_cached(
            "UPDATE image SET width = ?2, height = ?3, digest = coalesce(?4, digest), problem_code = NULL,
                 problem = NULL, draft = 1, draft_run = ?5, look = 0, look_run = NULL
             WHERE id = ?1",
        )?
        .execute(params![image.0, measured.width, measured.height, measured.digest, run.0])?;
    one_image(image, changed)?;
    forget_undecided(conn, image, &[Origin::Draft, Origin::SecondLook])?;
    add(conn, run, Stage::Draft, image, boxes)
}

fn look(
    conn: &Connection,
    run: RunId,
    image: ImageId,
    updates: &[AnnotationUpdate],
    added: &[NewAnnotation],
    kept: &mut Vec<AnnotationId>,
) -> Inner<()> {
    forget_undecided(conn, image, &[Origin::SecondLook])?;
    let mut write = conn.prepare_cached(
        "UPDATE annotation SET label_id = ?4, x1 = ?5, y1 = ?6, x2 = ?7, y2 = ?8, score = ?9, standing = ?10,
             verdict = ?11, disagreement = ?12, doubt = ?13, revision = revision + 1
         WHERE id = ?1 AND image_id = ?2 AND revision = ?3 AND state = 0",
    )?;
    for u in updates {
        let r = u.rect;
        let changed = write.execute(params![
            u.id.0,
            image.0,
            u.revision,
            u.label.0,
            r.x1,
            r.y1,
            r.x2,
            r.y2,
            u.score,
            u.standing.code(),
            u.verdict.map(Code::code),
            u.disagreement,
            u.doubt,
        ])?;
        if changed == 0 {
            kept.push(u.id);
            continue;
        }
        match &u.opinion {
            Some(said) => annotations::set_opinion(conn, u.id, &opinion(said, Stage::SecondLook, run))?,
            None => {
                conn.prepare_cached("DELETE FROM opinion WHERE annotation_id = ?1 AND stage = ?2")?
                    .execute(params![u.id.0, Stage::SecondLook.code()])?;
            }
        }
    }
    add(conn, run, Stage::SecondLook, image, added)
}

fn forget_undecided(conn: &Connection, image: ImageId, origins: &[Origin]) -> Inner<()> {
    let mut forget =
        conn.prepare_cached("DELETE FROM annotation WHERE image_id = ?1 AND state = ?2 AND origin = ?3")?;
    for origin in origins {
        forget.execute(params![image.0, ReviewState::Pending.code(), origin.code()])?;
    }
    Ok(())
}

fn add(conn: &Connection, run: RunId, stage: Stage, image: ImageId, boxes: &[NewAnnotation]) -> Inner<()> {
    let first = annotations::next_id(conn)?;
    for (new, id) in boxes.iter().zip(first..) {
        let id = AnnotationId(id);
        annotations::insert(
            conn,
            &Annotation {
                id,
                image,
                label: new.label,
                rect: new.rect,
                rotation: 0.0,
                shape: Shape::Box,
                score: Some(new.score),
                origin: match stage {
                    Stage::Draft => Origin::Draft,
                    Stage::SecondLook => Origin::SecondLook,
                },
                state: ReviewState::Pending,
                standing: new.standing,
                verdict: new.verdict,
                disagreement: new.disagreement,
                doubt: new.doubt,
                occluded: false,
                z_order: 0,
                group: 0,
                attributes: BTreeMap::new(),
                track: None,
                revision: 1,
            },
        )?;
        annotations::set_opinion(conn, id, &opinion(&new.opinion, stage, run))?;
    }
    Ok(())
}

fn opinion(said: &NewOpinion, stage: Stage, run: RunId) -> Opinion {
    Opinion {
        stage,
        run,
        label: said.label,
        score: said.score,
        rect: said.rect,
        alternatives: said.alternatives.clone(),
    }
}
