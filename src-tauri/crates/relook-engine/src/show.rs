//! Stored rows as the doors see them.

use std::collections::BTreeMap;

use relook_domain::{Annotation, Opinion, RunId, doubt::Thresholds};
use relook_store::{Run, Store};
use serde::{Deserialize, Serialize};

use crate::{
    error::EngineError,
    settings::thresholds_view,
    view::{
        Alternative, AnnotationView, Counts, ImageFilter, ImageRow, ImageStatus, OpinionView, QueueOrder,
        ThresholdsView,
    },
};

/// What a run went by; stored with it as JSON.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct RunParams {
    pub keep_above: f64,
    pub drop_below: f64,
    pub accept_at: f64,
}

impl RunParams {
    pub(crate) fn new(keep_above: f64, t: &Thresholds) -> Self {
        Self { keep_above, drop_below: t.drop_below, accept_at: t.accept_at }
    }

    fn view(self) -> ThresholdsView {
        thresholds_view(
            self.keep_above,
            &Thresholds { drop_below: self.drop_below, accept_at: self.accept_at },
        )
    }
}

/// Runs looked up once each.
pub(crate) struct Runs<'a> {
    store: &'a Store,
    known: BTreeMap<RunId, Run>,
}

impl<'a> Runs<'a> {
    pub(crate) fn new(store: &'a Store) -> Self {
        Self { store, known: BTreeMap::new() }
    }

    fn get(&mut self, id: RunId) -> Result<&Run, EngineError> {
        if !self.known.contains_key(&id) {
            let run = self.store.run(id)?;
            let run = run.ok_or_else(|| EngineError::Failed(format!("The project has no run {id}")))?;
            self.known.insert(id, run);
        }
        Ok(&self.known[&id])
    }
}

pub(crate) fn annotation(
    a: Annotation,
    opinions: Vec<Opinion>,
    runs: &mut Runs<'_>,
) -> Result<AnnotationView, EngineError> {
    let opinions = opinions.into_iter().map(|o| opinion(o, runs)).collect::<Result<_, _>>()?;
    Ok(AnnotationView {
        id: a.id,
        image: a.image,
        label: a.label,
        rect: a.rect,
        rotation: a.rotation,
        score: a.score,
        origin: a.origin,
        state: a.state,
        standing: a.standing,
        verdict: a.verdict,
        disagreement: a.disagreement,
        doubt: a.doubt,
        occluded: a.occluded,
        z_order: a.z_order,
        group: a.group,
        attributes: a.attributes,
        revision: a.revision,
        opinions,
    })
}

fn opinion(o: Opinion, runs: &mut Runs<'_>) -> Result<OpinionView, EngineError> {
    let run = runs.get(o.run)?;
    let params: RunParams = serde_json::from_str(&run.params)
        .map_err(|e| EngineError::Failed(format!("The settings of run {} are not understood: {e}", o.run)))?;
    Ok(OpinionView {
        stage: o.stage,
        label: o.label,
        score: o.score,
        rect: o.rect,
        alternatives: o.alternatives.into_iter().map(|(label, score)| Alternative { label, score }).collect(),
        model: run.model.clone(),
        model_digest: run.model_digest.clone(),
        device: run.device.clone(),
        thresholds: params.view(),
        at: run.started_at,
    })
}

pub(crate) fn image_row(row: &relook_store::ImageRow) -> ImageRow {
    ImageRow {
        id: row.id,
        folder: row.folder,
        path: row.path.clone(),
        width: row.size.map(|s| s.0),
        height: row.size.map(|s| s.1),
        status: status(row.status),
        queued: row.queued,
        settled: row.settled,
        decided: row.decided,
        rejected: row.rejected,
        problem: row.problem.as_ref().map(|p| p.text.clone()),
    }
}

/// Pairs of the same words on both sides of the store's border.
const STATUSES: &[(ImageStatus, relook_store::ImageStatus)] = &[
    (ImageStatus::New, relook_store::ImageStatus::New),
    (ImageStatus::Drafted, relook_store::ImageStatus::Drafted),
    (ImageStatus::Waiting, relook_store::ImageStatus::Waiting),
    (ImageStatus::Done, relook_store::ImageStatus::Done),
    (ImageStatus::ConfirmedEmpty, relook_store::ImageStatus::ConfirmedEmpty),
    (ImageStatus::Problem, relook_store::ImageStatus::Problem),
];

fn status(stored: relook_store::ImageStatus) -> ImageStatus {
    STATUSES.iter().find(|(_, s)| *s == stored).map_or(ImageStatus::New, |(view, _)| *view)
}

pub(crate) fn image_filter(filter: &ImageFilter) -> relook_store::ImageFilter {
    let wanted = |view| STATUSES.iter().find(|(v, _)| *v == view).map(|(_, stored)| *stored);
    relook_store::ImageFilter { text: filter.text.clone(), status: filter.status.and_then(wanted) }
}

pub(crate) fn queue_order(order: QueueOrder) -> relook_store::QueueOrder {
    match order {
        QueueOrder::MostDoubtful => relook_store::QueueOrder::MostDoubtful,
        QueueOrder::ByImage => relook_store::QueueOrder::ByImage,
        QueueOrder::ByLabel => relook_store::QueueOrder::ByLabel,
    }
}

pub(crate) fn counts(c: &relook_store::Counts) -> Counts {
    Counts {
        images: c.images,
        drafted: c.drafted,
        looked: c.looked,
        looked_at: c.looked_at,
        problems: c.problems,
        confirmed_empty: c.confirmed_empty,
        queued: c.queued,
        disagreements: c.disagreements,
        settled: c.settled,
        accepted: c.accepted,
        fixed: c.fixed,
        rejected: c.rejected,
        withdrawn: c.withdrawn,
    }
}
