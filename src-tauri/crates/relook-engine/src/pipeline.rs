//! What both passes over a project share, and the first of them: the draft.

use std::{
    collections::{BTreeMap, VecDeque},
    path::PathBuf,
    time::Instant,
};

use relook_domain::{
    FolderId, ImageId, LabelId, Rect, ReviewState, RunId, Stage, Standing,
    doubt::{Thresholds, doubt},
};
use relook_store::{DraftOutcome, DraftResult, ImageRow, JobLock, NewAnnotation, NewOpinion, NewRun};
use relook_vision::{Detection, InputShape};
use serde::Serialize;

use crate::{
    agreement::{self, Agreement},
    bench::{Bench, Running},
    clock,
    error::EngineError,
    infer::{self, Done, Found, Item},
    labels::plain_label,
    project::Project,
    settings,
    show::RunParams,
    task::Task,
};

/// From this IoU on a new box of the same label is the object that a person has decided already.
const SAME_OBJECT_IOU: f64 = 0.5;
/// So many images are asked of the store at a time.
const PAGE: u64 = 256;

/// What a draft goes by; `None` takes the project's setting.
#[derive(Clone, Debug, Default)]
pub struct DraftOptions {
    /// A model's name or an ONNX file.
    pub model: Option<String>,
    pub device: Option<String>,
    /// Boxes scoring less are not stored.
    pub keep_above: Option<f64>,
    /// Also images that have a draft; what a person decided stays.
    pub again: bool,
    /// Only images of this folder.
    pub folder: Option<FolderId>,
}

/// What a pass did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PassSummary {
    /// Images done in this pass, those not in need of a second look included.
    pub images: u64,
    /// Images the model ran on.
    pub run: u64,
    /// Second look: how often it ran, several times on one image with windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs: Option<u64>,
    /// Second look: what that cost, in images at the model's full size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Second look: images left for want of budget; they still wait for theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<u64>,
    /// Images that could not be read.
    pub failed: u64,
    /// Boxes stored by a draft.
    pub boxes: u64,
    /// Second look: boxes by verdict, and disagreements.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub verdicts: BTreeMap<&'static str, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disagreements: Option<u64>,
    /// Boxes of labels that the project does not have, by the model's label.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown_labels: BTreeMap<String, u64>,
    pub model: Option<String>,
    pub device: Option<String>,
    /// Where half precision was looked at: how it held against full precision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub half_precision: Option<Agreement>,
    /// All of it took so long.
    pub seconds: f64,
    /// Of these, until the model was ready.
    pub loading: f64,
}

/// A model's classes as the project's labels, and what was seen of those it has not.
pub(crate) struct Classes {
    ids: Vec<Option<LabelId>>,
    names: Vec<String>,
    unknown: BTreeMap<String, u64>,
}

impl Classes {
    pub(crate) fn opinion(&mut self, d: &Detection) -> Option<NewOpinion> {
        let Some(label) = self.ids.get(d.class).copied().flatten() else {
            *self.unknown.entry(self.names[d.class].clone()).or_default() += 1;
            return None;
        };
        let known = |(class, score): &(usize, f64)| Some((self.ids.get(*class).copied().flatten()?, *score));
        let alternatives = d.alternatives.iter().filter_map(known).collect();
        Some(NewOpinion { label, score: d.score, rect: d.rect, alternatives })
    }

    /// The summary with what the project has no labels for, which the task is told too.
    pub(crate) fn close(self, mut sum: PassSummary, started: Instant, task: &Task) -> PassSummary {
        for (name, count) in &self.unknown {
            task.warn(format!(
                "The model saw {count} boxes of {name:?}, which is no label of this project; they were left out"
            ));
        }
        sum.unknown_labels = self.unknown;
        sum.seconds = started.elapsed().as_secs_f64();
        sum
    }
}

/// What a pass was asked to be.
pub(crate) struct Asked<'a> {
    pub stage: Stage,
    pub model: &'a str,
    pub device: &'a str,
    pub again: bool,
    pub folder: Option<FolderId>,
    pub shape: InputShape,
    pub params: RunParams,
}

/// A pass about to run: its run is noted, its labels and folders are known.
pub(crate) struct Pass {
    pub run: RunId,
    pub again: Option<RunId>,
    pub folders: BTreeMap<FolderId, PathBuf>,
    pub classes: Classes,
    pub sum: PassSummary,
    pub started: Instant,
    /// No other program runs a pass on the project meanwhile.
    pub _lock: JobLock,
}

impl Project {
    /// Drafts every image that has no draft. Kill it at any moment: starting again goes on with what is left.
    ///
    /// # Errors
    /// Cancelled, another program is drafting, no runtime, device or model; what was done is kept.
    pub fn draft(&self, options: &DraftOptions, task: &Task) -> Result<PassSummary, EngineError> {
        let set = self.settings()?;
        let thresholds = set.thresholds()?;
        let keep_above = settings::keep_above(options.keep_above.unwrap_or(set.keep_above))?;
        let asked = Asked {
            stage: Stage::Draft,
            model: options.model.as_deref().unwrap_or(&set.draft_model),
            device: options.device.as_deref().unwrap_or(&set.device),
            again: options.again,
            folder: options.folder,
            shape: settings::input_shape(&set.input_shape)?,
            params: RunParams::new(keep_above, &thresholds),
        };
        let Some((bench, pass)) = self.begin(&asked, task)? else { return Ok(PassSummary::default()) };
        let Pass { run, again, folders, mut classes, mut sum, started, _lock } = pass;
        let store = self.store();
        let feed = Pages::new(self, Stage::Draft, again, options.folder).map(|row| {
            let row = row?;
            let settled = self.said_by_people(&row)?;
            item(&folders, row, settled, Vec::new(), 1.0, false)
        });
        let outcome = infer::run(bench, keep_above, task, feed, |batch| {
            let count = batch.len() as u64;
            let results: Vec<_> = batch
                .into_iter()
                .map(|done| drafted(done, &thresholds, &mut classes, &mut sum, task))
                .collect();
            store.save_draft(run, &results)?;
            task.advance(count);
            Ok(())
        });
        outcome.and(Ok(classes.close(sum, started, task)))
    }

    /// Locks the project's jobs and loads the model; `None` when there is nothing to do.
    pub(crate) fn begin(&self, asked: &Asked<'_>, task: &Task) -> Result<Option<(Bench, Pass)>, EngineError> {
        let device = settings::device(asked.device)?;
        let (what, phase) = match asked.stage {
            Stage::Draft => ("A draft", "Drafting"),
            Stage::SecondLook => ("A second look", "Taking the second look"),
        };
        let lock = self.store().lock_jobs(what)?;
        let started = Instant::now();
        // Every run so far is older than one that does not exist yet.
        let older = asked.again.then_some(RunId(i64::MAX));
        let left = self.store().count_without_pass(asked.stage, older, asked.folder)?;
        if left == 0 {
            return Ok(None);
        }
        let folders = self.folder_paths()?;
        let bench = {
            let model = self.home().model(asked.model)?;
            let halve_on = settings::halves(&self.settings()?.precision)?
                .then(|| self.some_photos(asked, older, &folders))
                .transpose()?;
            let project = self.path().display().to_string();
            let running =
                Running { shape: asked.shape, runs_on: &device, halve_on, project: &project, images: left };
            Bench::load(self.home(), &model, running, task)?
        };
        let classes = self.classes(&bench)?;
        let shape = if bench.preparer.takes_any_shape() { InputShape::Photo } else { InputShape::Model };
        let run = self.start_run(asked.stage, &bench, RunParams { shape, ..asked.params })?;
        let sum = PassSummary {
            model: Some(bench.name.clone()),
            device: Some(bench.device.clone()),
            half_precision: bench.agreement,
            loading: started.elapsed().as_secs_f64(),
            ..PassSummary::default()
        };
        task.phase(phase, 0, left);
        let again = asked.again.then_some(run);
        Ok(Some((bench, Pass { run, again, folders, classes, sum, started, _lock: lock })))
    }

    /// Some of the photos that a pass is about, as files.
    fn some_photos(
        &self,
        asked: &Asked<'_>,
        again: Option<RunId>,
        folders: &BTreeMap<FolderId, PathBuf>,
    ) -> Result<Vec<PathBuf>, EngineError> {
        let rows = self.store().images_without_pass(asked.stage, again, asked.folder, None, PAGE)?;
        let apart = (rows.len() / agreement::PHOTOS).max(1);
        let place = |row: &ImageRow| Some(folders.get(&row.folder)?.join(&row.path));
        Ok(rows.iter().step_by(apart).filter_map(place).take(agreement::PHOTOS).collect())
    }

    fn said_by_people(&self, row: &ImageRow) -> Result<Said, EngineError> {
        if row.decided + row.rejected == 0 {
            return Ok(Said { boxes: Vec::new(), confirmed_empty: row.confirmed_empty });
        }
        let decided = self.store().annotations_of(row.id)?.into_iter().map(|(a, _)| a);
        let decided = decided.filter(|a| a.state != ReviewState::Pending).map(|a| (a.rect, a.label));
        Ok(Said { boxes: decided.collect(), confirmed_empty: row.confirmed_empty })
    }

    /// The model's classes as labels; a project without labels takes over the model's. Deleted labels are none.
    fn classes(&self, bench: &Bench) -> Result<Classes, EngineError> {
        let mut labels = self.store().labels()?;
        if labels.iter().all(|l| l.archived) {
            let first = labels.len();
            for (n, name) in infer::named(&bench.labels).into_iter().enumerate() {
                self.store().add_label(&plain_label(LabelId(0), name, first + n))?;
            }
            labels = self.store().labels()?;
        }
        let ids = infer::classes(&bench.labels, &labels, &self.store().merged_labels()?);
        if ids.iter().all(Option::is_none) {
            return Err(EngineError::Invalid(format!(
                "{} knows none of this project's labels (it knows {}, …). Add labels of its, or choose another model",
                bench.name,
                infer::named(&bench.labels).into_iter().take(5).collect::<Vec<_>>().join(", ")
            )));
        }
        Ok(Classes { ids, names: bench.labels.clone(), unknown: BTreeMap::new() })
    }

    fn start_run(&self, stage: Stage, bench: &Bench, params: RunParams) -> Result<RunId, EngineError> {
        let params = serde_json::to_string(&params).map_err(|e| EngineError::Failed(e.to_string()))?;
        Ok(self.store().start_run(&NewRun {
            stage,
            model: bench.name.clone(),
            model_digest: bench.digest.clone(),
            device: bench.device.clone(),
            runtime: bench.runtime.clone(),
            params,
            started_at: clock::now(),
        })?)
    }

    fn folder_paths(&self) -> Result<BTreeMap<FolderId, PathBuf>, EngineError> {
        let folders = self.store().folders()?;
        for f in &folders {
            // Told before a model is loaded, and before the first image fails.
            std::fs::read_dir(&f.path).map_err(EngineError::file("Could not open the folder", &f.path))?;
        }
        Ok(folders.into_iter().map(|f| (f.id, PathBuf::from(f.path))).collect())
    }
}

pub(crate) fn item<T>(
    folders: &BTreeMap<FolderId, PathBuf>,
    row: ImageRow,
    extra: T,
    views: Vec<Rect>,
    share: f64,
    pass_through: bool,
) -> Result<Item<T>, EngineError> {
    let folder = folders
        .get(&row.folder)
        .cloned()
        .ok_or_else(|| EngineError::Failed(format!("The project has no folder {}", row.folder)))?;
    Ok(Item { image: row.id, folder, path: row.path, extra, views, share, pass_through })
}

/// The images of a pass that are left, page by page.
pub(crate) struct Pages<'a> {
    project: &'a Project,
    stage: Stage,
    again: Option<RunId>,
    folder: Option<FolderId>,
    after: Option<ImageId>,
    page: VecDeque<ImageRow>,
    over: bool,
}

impl<'a> Pages<'a> {
    pub(crate) fn new(
        project: &'a Project,
        stage: Stage,
        again: Option<RunId>,
        folder: Option<FolderId>,
    ) -> Self {
        Self { project, stage, again, folder, after: None, page: VecDeque::new(), over: false }
    }
}

impl Iterator for Pages<'_> {
    type Item = Result<ImageRow, EngineError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.page.is_empty() && !self.over {
            let store = self.project.store();
            match store.images_without_pass(self.stage, self.again, self.folder, self.after, PAGE) {
                Ok(rows) => {
                    self.after = rows.last().map(|r| r.id);
                    self.page = rows.into();
                }
                Err(error) => {
                    self.over = true;
                    return Some(Err(error.into()));
                }
            }
        }
        let row = self.page.pop_front();
        self.over |= row.is_none();
        row.map(Ok)
    }
}

pub(crate) fn failed(path: &str, problem: &relook_store::Problem, sum: &mut PassSummary, task: &Task) {
    sum.failed += 1;
    task.warn(format!("{path}: {}", problem.text));
}

/// What people have said about an image; a new draft neither repeats nor contradicts it.
#[derive(Default)]
struct Said {
    /// Where boxes were decided, drawn or rejected, and with which label.
    boxes: Vec<(Rect, LabelId)>,
    confirmed_empty: bool,
}

impl Said {
    fn covers(&self, opinion: &NewOpinion) -> bool {
        let same = |(rect, label): &(Rect, LabelId)| {
            *label == opinion.label && rect.iou(&opinion.rect) >= SAME_OBJECT_IOU
        };
        self.boxes.iter().any(same)
    }
}

fn drafted(
    done: Done<Said>,
    thresholds: &Thresholds,
    classes: &mut Classes,
    sum: &mut PassSummary,
    task: &Task,
) -> DraftResult {
    sum.images += 1;
    let outcome = match done.found {
        Found::Boxes { measured, looks } => {
            let said = &done.extra;
            let opinions =
                looks.iter().flatten().filter_map(|d| classes.opinion(d)).filter(|o| !said.covers(o));
            let boxes: Vec<_> = opinions
                .map(|opinion| NewAnnotation {
                    label: opinion.label,
                    rect: opinion.rect,
                    score: opinion.score,
                    // A person said that nothing is there; what a model thinks is kept, not queued.
                    standing: if said.confirmed_empty {
                        Standing::Withdrawn
                    } else {
                        thresholds.standing(opinion.score)
                    },
                    verdict: None,
                    disagreement: false,
                    doubt: doubt(opinion.score, None, false),
                    opinion,
                })
                .collect();
            sum.run += 1;
            sum.boxes += boxes.len() as u64;
            DraftOutcome::Done { measured, boxes }
        }
        Found::Problem(problem) => {
            failed(&done.path, &problem, sum, task);
            DraftOutcome::Failed(problem)
        }
        Found::PassedThrough => {
            DraftOutcome::Failed(relook_store::Problem { code: "skipped".into(), text: "Skipped".into() })
        }
    };
    DraftResult { image: done.image, outcome }
}
