//! Where each way of working begins: a copy of the project, as one of its passes left it.

use std::path::{Path, PathBuf};

use relook_domain::{Stage, doubt::doubt};
use relook_store::{DraftOutcome, DraftResult, Measured, NewAnnotation, NewOpinion};

use super::Way;
use crate::{
    EngineError, Project,
    view::{ImageRow, ImageStatus},
};

/// Nothing may be decided yet, and every readable image must have had the passes that the ways begin with.
pub fn check(project: &Project, rows: &[ImageRow], ways: &[Way]) -> Result<(), EngineError> {
    let path = project.path().display();
    let counts = project.counts()?;
    let decided = counts.accepted + counts.fixed + counts.rejected + counts.confirmed_empty;
    if decided > 0 {
        return Err(EngineError::Invalid(format!(
            "{path} holds {decided} decisions already, and the work is measured from its beginning; make a new project \
             of the same photos for it"
        )));
    }
    let waiting = |status: ImageStatus| rows.iter().filter(|r| r.status == status).count();
    let (new, drafted) = (waiting(ImageStatus::New), waiting(ImageStatus::Drafted));
    if new > 0 {
        return Err(EngineError::Invalid(format!(
            "{new} images of {path} have no draft; run \"relook draft\" first"
        )));
    }
    if drafted > 0 && ways.iter().any(|w| matches!(w, Way::SecondLook | Way::Gallery)) {
        return Err(EngineError::Invalid(format!(
            "{drafted} images of {path} had no second look; run \"relook second-look\" first, or measure only --way hand \
             or --way drafts"
        )));
    }
    Ok(())
}

/// Copies the project's file, while no pass writes to it, and what SQLite keeps beside it.
pub fn copy(project: &Project, folder: &Path) -> Result<PathBuf, EngineError> {
    let _lock = project.store().lock_jobs("A copy")?;
    let to = folder.join("copy.relook");
    for ending in ["", "-wal"] {
        let mut from = project.path().as_os_str().to_owned();
        from.push(ending);
        let from = PathBuf::from(from);
        if from.exists() {
            let mut to = to.clone().into_os_string();
            to.push(ending);
            std::fs::copy(&from, to).map_err(EngineError::file("Could not copy", &from))?;
        }
    }
    Ok(to)
}

/// Sets every image of a copy back to its draft: what the small model said, judged by the project's thresholds. `keep`
/// false: to nothing at all.
pub fn set_back(copy: &Project, rows: &[ImageRow], keep: bool) -> Result<(), EngineError> {
    let store = copy.store();
    let Some(run) = store.runs()?.into_iter().rev().find(|r| r.stage == Stage::Draft) else {
        return Ok(());
    };
    let thresholds = copy.settings()?.thresholds()?;
    for row in rows {
        let (Some(width), Some(height)) = (row.width, row.height) else { continue };
        let opinions = store.annotations_of(row.id)?.into_iter().flat_map(|(_, opinions)| opinions);
        let boxes = opinions.filter(|o| keep && o.stage == Stage::Draft).map(|o| NewAnnotation {
            label: o.label,
            rect: o.rect,
            score: o.score,
            standing: thresholds.standing(o.score),
            verdict: None,
            disagreement: false,
            doubt: doubt(o.score, None, false),
            opinion: NewOpinion {
                label: o.label,
                score: o.score,
                rect: o.rect,
                alternatives: o.alternatives,
            },
        });
        let measured = Measured { width, height, digest: None };
        let outcome = DraftOutcome::Done { measured, boxes: boxes.collect() };
        store.save_draft(run.id, &[DraftResult { image: row.id, outcome }])?;
    }
    Ok(())
}
