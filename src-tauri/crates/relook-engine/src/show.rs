//! Stored rows as the doors see them.

use std::collections::BTreeMap;

use relook_domain::{
    Annotation, Label, LabelId, Opinion, RunId, attributes, doubt::Thresholds, look::LookMode,
};
use relook_store::{Run, Store};
use relook_vision::InputShape;
use serde::{Deserialize, Serialize};

use crate::{
    error::EngineError,
    settings::thresholds_view,
    view::{
        Alternative, AnnotationView, BoxFilter, Counts, ImageFilter, ImageRow, ImageStatus, OpinionView,
        QueueOrder, ThresholdsView,
    },
};

/// What a run went by; stored with it as JSON.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct RunParams {
    pub keep_above: f64,
    pub drop_below: f64,
    pub accept_at: f64,
    /// Of the model's inputs.
    #[serde(default)]
    pub shape: InputShape,
    /// Of a second look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<LookMode>,
}

impl RunParams {
    pub(crate) fn new(keep_above: f64, t: &Thresholds) -> Self {
        Self {
            keep_above,
            drop_below: t.drop_below,
            accept_at: t.accept_at,
            shape: InputShape::Model,
            look: None,
        }
    }

    /// What a run went by.
    ///
    /// # Errors
    /// It is not understood.
    pub(crate) fn of(run: &Run) -> Result<Self, EngineError> {
        serde_json::from_str(&run.params).map_err(|e| {
            EngineError::Failed(format!("The settings of run {} are not understood: {e}", run.id))
        })
    }

    pub(crate) fn thresholds(self) -> Thresholds {
        Thresholds { drop_below: self.drop_below, accept_at: self.accept_at }
    }

    fn view(self) -> ThresholdsView {
        thresholds_view(self.keep_above, &self.thresholds())
    }
}

/// What annotations name: runs looked up once each, and labels with attributes.
pub(crate) struct Shown<'a> {
    store: &'a Store,
    runs: BTreeMap<RunId, Run>,
    labels: BTreeMap<LabelId, Label>,
}

impl<'a> Shown<'a> {
    pub(crate) fn new(store: &'a Store) -> Result<Self, EngineError> {
        let labels = store.labels()?.into_iter().filter(|l| !l.attributes.is_empty());
        Ok(Self { store, runs: BTreeMap::new(), labels: labels.map(|l| (l.id, l)).collect() })
    }

    fn run(&mut self, id: RunId) -> Result<&Run, EngineError> {
        if !self.runs.contains_key(&id) {
            let run = self.store.run(id)?;
            let run = run.ok_or_else(|| EngineError::Failed(format!("The project has no run {id}")))?;
            self.runs.insert(id, run);
        }
        Ok(&self.runs[&id])
    }
}

/// An attribute that says nothing has its default.
pub(crate) fn annotation(
    a: Annotation,
    opinions: Vec<Opinion>,
    shown: &mut Shown<'_>,
) -> Result<AnnotationView, EngineError> {
    let opinions = opinions.into_iter().map(|o| opinion(o, shown)).collect::<Result<_, _>>()?;
    let attributes = match shown.labels.get(&a.label) {
        Some(label) => attributes::with_defaults(label, &a.attributes),
        None => a.attributes,
    };
    Ok(AnnotationView {
        id: a.id,
        image: a.image,
        label: a.label,
        rect: a.rect,
        rotation: a.rotation,
        shape: a.shape,
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
        attributes,
        track: a.track,
        revision: a.revision,
        opinions,
    })
}

fn opinion(o: Opinion, shown: &mut Shown<'_>) -> Result<OpinionView, EngineError> {
    let run = shown.run(o.run)?;
    let params = RunParams::of(run)?;
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
        QueueOrder::DisagreementsFirst => relook_store::QueueOrder::DisagreementsFirst,
        QueueOrder::ByImage => relook_store::QueueOrder::ByImage,
        QueueOrder::ByLabel => relook_store::QueueOrder::ByLabel,
        QueueOrder::Similar => relook_store::QueueOrder::Similar,
    }
}

pub(crate) fn box_filter(f: &BoxFilter) -> Result<relook_store::BoxFilter, EngineError> {
    for score in [f.at_least, f.below].into_iter().flatten() {
        if !(0.0..=1.0).contains(&score) {
            return Err(EngineError::Invalid(format!("A score lies between 0 and 1; {score} does not")));
        }
    }
    Ok(relook_store::BoxFilter {
        labels: f.labels.clone(),
        states: f.states.clone(),
        standings: f.standings.clone(),
        verdicts: f.verdicts.clone(),
        origins: f.origins.clone(),
        shapes: f.shapes.clone(),
        at_least: f.at_least,
        below: f.below,
        path: f.path.clone(),
        image: f.image,
        disagreement: f.disagreement,
    })
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
