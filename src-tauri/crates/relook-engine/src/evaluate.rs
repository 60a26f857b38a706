//! A project's boxes held against a truth, as they were after each pass or as they stand now.

use std::{collections::BTreeMap, path::PathBuf};

use relook_domain::{
    Annotation, Label, LabelId, Opinion, ReviewState, RunId, ShapeKind, Stage,
    evaluate::{Coco, FOUND_IOU, Scene, evaluate},
    reconcile::{Rules, Seen, between_them},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    error::EngineError,
    project::Project,
    show::RunParams,
    task::Task,
    truth::{Part, Truth, all_images},
    view::Counts,
};

/// Whose boxes are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum EvaluationStage {
    /// All that the small model said.
    Draft,
    /// All that both models left between them, whatever a person did since.
    SecondLook,
    /// What stands, as an export would have it; what a person decided counts as certain.
    Final,
}

impl EvaluationStage {
    /// The latest that there is anything of.
    fn latest(counts: &Counts) -> Self {
        if counts.accepted + counts.fixed + counts.rejected + counts.confirmed_empty > 0 {
            Self::Final
        } else if counts.looked > 0 {
            Self::SecondLook
        } else {
            Self::Draft
        }
    }

    /// As a heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::SecondLook => "After the second look",
            Self::Final => "As it stands now",
        }
    }
}

/// How a project is measured.
#[derive(Clone, Debug, PartialEq, Deserialize, TS)]
pub struct EvaluateOptions {
    /// COCO's `instances.json`.
    pub truth: PathBuf,
    pub part: Part,
    /// `None`: the latest that there is anything of.
    pub stage: Option<EvaluationStage>,
    /// From this score on boxes count in precision, recall and confusion; `None`: the project's `accept_at`.
    pub score: Option<f64>,
}

/// One label's figures; `None` where there is nothing to measure by.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct LabelReport {
    pub label: String,
    /// Objects in the truth, crowds left out.
    pub wanted: u64,
    /// Boxes from the score on.
    pub right: u64,
    pub wrong: u64,
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub coco: Coco,
}

/// So many objects were taken for another label; `None`: for nothing, or where nothing is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ConfusionReport {
    pub truth: Option<String>,
    pub found: Option<String>,
    pub count: u64,
}

/// All figures of a project.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct EvaluationReport {
    pub stage: EvaluationStage,
    pub part: Part,
    /// Images of the project (of the part) that the truth knows; all others are left out.
    pub images: u64,
    /// Boxes of the project on them, however weak.
    pub boxes: u64,
    /// Boxes left out: the truth has no name for their label.
    pub unnamed: u64,
    /// Crowd regions of the truth on them.
    pub crowds: u64,
    /// Images of the project that the truth does not know.
    pub unknown: u64,
    /// Images of the truth that the project does not have or could not read.
    pub absent: u64,
    /// COCO's twelve numbers.
    pub coco: Coco,
    /// From this score on boxes count in what follows, right being an IoU of at least `iou`.
    pub score: f64,
    pub iou: f64,
    pub wanted: u64,
    pub right: u64,
    pub wrong: u64,
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub labels: Vec<LabelReport>,
    /// The most frequent first, right ones included.
    pub confusion: Vec<ConfusionReport>,
}

impl Project {
    /// Holds the project's boxes against a truth.
    ///
    /// # Errors
    /// The truth cannot be read or does not go with the project, the project has no such stage, the score is none, or
    /// cancelled.
    pub fn evaluate(&self, options: &EvaluateOptions, task: &Task) -> Result<EvaluationReport, EngineError> {
        let score = options.score.unwrap_or(self.settings()?.accept_at);
        if !(0.0..=1.0).contains(&score) {
            return Err(EngineError::Invalid(format!("A score is a number from 0 to 1, not {score}")));
        }
        let counts = self.counts()?;
        let stage = options.stage.unwrap_or_else(|| EvaluationStage::latest(&counts));
        self.check_stage(stage, &counts)?;
        let labels = self.store().labels()?;
        let truth = Truth::open(&options.truth, &all_images(self)?, &labels, options.part)?;
        let models = Models::new(self, &labels)?;
        let mut scenes = Vec::with_capacity(truth.images.len());
        let mut unnamed = 0;
        task.phase("Reading the boxes", 0, truth.images.len() as u64);
        for image in &truth.images {
            task.checkpoint()?;
            let mut found = Vec::new();
            for (a, opinions) in self.store().annotations_of(image.id)? {
                found.extend(models.seen(&a, &opinions, stage)?);
            }
            let all = found.len();
            found.retain(|f| truth.named.contains(&f.label));
            unnamed += (all - found.len()) as u64;
            scenes.push(Scene { truth: image.given.clone(), found });
            task.advance(1);
        }
        let e = evaluate(&scenes, score);
        let name =
            |id: LabelId| labels.iter().find(|l| l.id == id).map_or("?", |l| l.name.as_str()).to_owned();
        let of_label = |l: &relook_domain::evaluate::OfLabel| LabelReport {
            label: name(l.label),
            wanted: l.tally.wanted,
            right: l.tally.right,
            wrong: l.tally.wrong,
            precision: l.tally.precision(),
            recall: l.tally.recall(),
            coco: l.coco,
        };
        let confusion = e.confusion.iter().map(|c| ConfusionReport {
            truth: c.truth.map(name),
            found: c.found.map(name),
            count: c.count,
        });
        Ok(EvaluationReport {
            stage,
            part: options.part,
            images: scenes.len() as u64,
            boxes: scenes.iter().map(|s| s.found.len() as u64).sum(),
            unnamed,
            crowds: truth.crowds,
            unknown: truth.unknown,
            absent: truth.absent,
            coco: e.coco,
            score,
            iou: FOUND_IOU,
            wanted: e.tally.wanted,
            right: e.tally.right,
            wrong: e.tally.wrong,
            precision: e.tally.precision(),
            recall: e.tally.recall(),
            labels: e.labels.iter().map(of_label).collect(),
            confusion: confusion.collect(),
        })
    }

    /// What was never made cannot be measured.
    fn check_stage(&self, stage: EvaluationStage, counts: &Counts) -> Result<(), EngineError> {
        let path = self.path().display();
        let missing = match stage {
            EvaluationStage::Draft if counts.drafted == 0 => ("draft", "relook draft"),
            EvaluationStage::SecondLook if counts.looked == 0 => ("second look", "relook second-look"),
            _ => return Ok(()),
        };
        Err(EngineError::Invalid(format!("{path} has no {} yet; run \"{}\" first", missing.0, missing.1)))
    }
}

/// What the models said of boxes, whatever became of them since.
struct Models<'a> {
    project: &'a Project,
    labels: &'a [Label],
    /// What each run of the second look went by.
    rules: BTreeMap<RunId, Rules>,
}

impl<'a> Models<'a> {
    fn new(project: &'a Project, labels: &'a [Label]) -> Result<Self, EngineError> {
        let mut rules = BTreeMap::new();
        for run in project.store().runs()?.into_iter().filter(|r| r.stage == Stage::SecondLook) {
            rules.insert(run.id, Rules::new(RunParams::of(&run)?.thresholds()));
        }
        Ok(Self { project, labels, rules })
    }

    /// The box as it was at a stage; `None`: it was not there.
    fn seen(
        &self,
        a: &Annotation,
        opinions: &[Opinion],
        stage: EvaluationStage,
    ) -> Result<Option<Seen>, EngineError> {
        match stage {
            EvaluationStage::Draft => Ok(self.of_stage(a, opinions, Stage::Draft).map(|(seen, _)| seen)),
            EvaluationStage::SecondLook => self.left_by_models(a, opinions),
            EvaluationStage::Final => {
                let score = match a.state {
                    ReviewState::Pending => a.score.unwrap_or(1.0),
                    _ => 1.0,
                };
                let is_there = a.stands() && a.shape.kind() != ShapeKind::Tag;
                Ok(is_there.then_some(Seen { rect: a.rect, label: a.label, score }))
            }
        }
    }

    fn of_stage(&self, a: &Annotation, opinions: &[Opinion], stage: Stage) -> Option<(Seen, RunId)> {
        let o = opinions.iter().find(|o| o.stage == stage)?;
        // A box whose label was deleted has another by now.
        let deleted = self.labels.iter().any(|l| l.archived && l.id == o.label);
        let label = if deleted { a.label } else { o.label };
        Some((Seen { rect: o.rect, label, score: o.score }, o.run))
    }

    /// The box as both models left it; `None`: it is not of theirs.
    fn left_by_models(&self, a: &Annotation, opinions: &[Opinion]) -> Result<Option<Seen>, EngineError> {
        let draft = self.of_stage(a, opinions, Stage::Draft).map(|(seen, _)| seen);
        let left = match self.of_stage(a, opinions, Stage::SecondLook) {
            None => draft,
            Some((second, run)) => {
                let rules = self.rules.get(&run).ok_or_else(|| {
                    EngineError::Failed(format!("{} has no run {run}", self.project.path().display()))
                })?;
                between_them(draft, Some(second), a.disagreement, rules)
            }
        };
        // The score is the one thing that no person changes.
        Ok(left.map(|s| Seen { score: a.score.unwrap_or(s.score), ..s }))
    }
}
