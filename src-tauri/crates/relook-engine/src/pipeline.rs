//! The two passes over a project: draft and second look.

use std::{
    collections::{BTreeMap, VecDeque},
    path::PathBuf,
    time::Instant,
};

use relook_domain::{
    Annotation, FolderId, ImageId, LabelId, Opinion, Origin, Rect, ReviewState, RunId, Stage, Standing,
    Verdict,
    doubt::{Thresholds, doubt},
    reconcile::{DraftBox, Rules, Seen, reconcile},
    triage::triage,
};
use relook_store::{
    AnnotationUpdate, DraftOutcome, DraftResult, ImageRow, JobLock, LookOutcome, LookResult, NewAnnotation,
    NewOpinion, NewRun,
};
use relook_vision::Detection;
use serde::Serialize;

use crate::{
    clock,
    error::EngineError,
    infer::{self, Bench, Done, Found, Item},
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
}

/// What a second look goes by; `None` takes the project's setting.
#[derive(Clone, Debug, Default)]
pub struct SecondLookOptions {
    pub model: Option<String>,
    pub device: Option<String>,
    pub drop_below: Option<f64>,
    pub accept_at: Option<f64>,
    /// Also look at images on which the draft found nothing.
    pub also_empty: bool,
    /// Also images that had their second look; what a person decided stays.
    pub again: bool,
}

/// What a pass did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PassSummary {
    /// Images done in this pass, those not in need of a second look included.
    pub images: u64,
    /// Images the model ran on.
    pub run: u64,
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
    pub seconds: f64,
}

/// A model's classes as the project's labels, and what was seen of those it has not.
struct Classes {
    ids: Vec<Option<LabelId>>,
    names: Vec<String>,
    unknown: BTreeMap<String, u64>,
}

impl Classes {
    fn opinion(&mut self, d: &Detection) -> Option<NewOpinion> {
        let Some(label) = self.ids.get(d.class).copied().flatten() else {
            *self.unknown.entry(self.names[d.class].clone()).or_default() += 1;
            return None;
        };
        let known = |(class, score): &(usize, f64)| Some((self.ids.get(*class).copied().flatten()?, *score));
        let alternatives = d.alternatives.iter().filter_map(known).collect();
        Some(NewOpinion { label, score: d.score, rect: d.rect, alternatives })
    }

    /// The summary with what the project has no labels for, which the task is told too.
    fn close(self, mut sum: PassSummary, started: Instant, task: &Task) -> PassSummary {
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
struct Asked<'a> {
    stage: Stage,
    model: &'a str,
    device: &'a str,
    again: bool,
    params: RunParams,
}

/// A pass about to run: its run is noted, its labels and folders are known.
struct Pass {
    run: RunId,
    again: Option<RunId>,
    folders: BTreeMap<FolderId, PathBuf>,
    classes: Classes,
    sum: PassSummary,
    started: Instant,
    /// No other program runs a pass on the project meanwhile.
    _lock: JobLock,
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
            params: RunParams::new(keep_above, &thresholds),
        };
        let Some((bench, pass)) = self.begin(&asked, task)? else { return Ok(PassSummary::default()) };
        let Pass { run, again, folders, mut classes, mut sum, started, _lock } = pass;
        let store = self.store();
        let feed = Pages::new(self, Stage::Draft, again).map(|row| {
            let row = row?;
            let settled = self.said_by_people(&row)?;
            item(&folders, row, settled, false)
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

    /// Takes the second look at every drafted image that had none: the larger model on those with low-confidence
    /// boxes, a done-mark on the others.
    ///
    /// # Errors
    /// As for [`Project::draft`].
    pub fn second_look(&self, options: &SecondLookOptions, task: &Task) -> Result<PassSummary, EngineError> {
        let set = self.settings()?;
        let thresholds = settings::thresholds(
            options.drop_below.unwrap_or(set.drop_below),
            options.accept_at.unwrap_or(set.accept_at),
        )?;
        let asked = Asked {
            stage: Stage::SecondLook,
            model: options.model.as_deref().unwrap_or(&set.second_look_model),
            device: options.device.as_deref().unwrap_or(&set.device),
            again: options.again,
            params: RunParams::new(set.keep_above, &thresholds),
        };
        let Some((bench, pass)) = self.begin(&asked, task)? else { return Ok(PassSummary::default()) };
        let Pass { run, again, folders, mut classes, mut sum, started, _lock } = pass;
        sum.disagreements = Some(0);
        let store = self.store();
        let rules = Rules::new(thresholds);
        let labels = store.labels()?;
        let deleted: Vec<_> = labels.iter().filter(|l| l.archived).map(|l| l.id).collect();
        let feed = Pages::new(self, Stage::SecondLook, again).map(|row| {
            let row = row?;
            let drafts = drafts(store.annotations_of(row.id)?, &deleted);
            let scores: Vec<f64> =
                drafts.iter().filter(|d| !d.boxed.decided).map(|d| d.boxed.seen.score).collect();
            let needed = triage(&scores, &thresholds, options.also_empty).is_some();
            item(&folders, row, drafts, !needed)
        });
        let outcome = infer::run(bench, set.keep_above, task, feed, |batch| {
            let count = batch.len() as u64;
            let results: Vec<_> =
                batch.into_iter().map(|done| looked(done, &rules, &mut classes, &mut sum, task)).collect();
            let kept = store.save_second_look(run, &results)?;
            if !kept.is_empty() {
                task.warn(format!("{} boxes were decided meanwhile and left as they are", kept.len()));
            }
            task.advance(count);
            Ok(())
        });
        outcome.and(Ok(classes.close(sum, started, task)))
    }

    /// Locks the project's jobs and loads the model; `None` when there is nothing to do.
    fn begin(&self, asked: &Asked<'_>, task: &Task) -> Result<Option<(Bench, Pass)>, EngineError> {
        let device = settings::device(asked.device)?;
        let (what, phase) = match asked.stage {
            Stage::Draft => ("A draft", "Drafting"),
            Stage::SecondLook => ("A second look", "Taking the second look"),
        };
        let lock = self.store().lock_jobs(what)?;
        let started = Instant::now();
        // Every run so far is older than one that does not exist yet.
        let older = asked.again.then_some(RunId(i64::MAX));
        let left = self.store().count_without_pass(asked.stage, older)?;
        if left == 0 {
            return Ok(None);
        }
        let folders = self.folder_paths()?;
        let bench = Bench::load(self.home(), &self.home().model(asked.model)?, device, left, task)?;
        let classes = self.classes(&bench)?;
        let run = self.start_run(asked.stage, &bench, asked.params)?;
        let sum = PassSummary {
            model: Some(bench.name.clone()),
            device: Some(bench.device.clone()),
            ..PassSummary::default()
        };
        task.phase(phase, 0, left);
        let again = asked.again.then_some(run);
        Ok(Some((bench, Pass { run, again, folders, classes, sum, started, _lock: lock })))
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
            for (n, name) in bench.labels.iter().enumerate() {
                self.store().add_label(&plain_label(LabelId(0), name, first + n))?;
            }
            labels = self.store().labels()?;
        }
        let ids = infer::classes(&bench.labels, &labels, &self.store().merged_labels()?);
        if ids.iter().all(Option::is_none) {
            return Err(EngineError::Invalid(format!(
                "{} knows none of this project's labels (it knows {}, …). Add labels of its, or choose another model",
                bench.name,
                bench.labels.iter().take(5).cloned().collect::<Vec<_>>().join(", ")
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

fn item<T>(
    folders: &BTreeMap<FolderId, PathBuf>,
    row: ImageRow,
    extra: T,
    pass_through: bool,
) -> Result<Item<T>, EngineError> {
    let folder = folders
        .get(&row.folder)
        .cloned()
        .ok_or_else(|| EngineError::Failed(format!("The project has no folder {}", row.folder)))?;
    Ok(Item { image: row.id, folder, path: row.path, extra, pass_through })
}

/// The images of a pass that are left, page by page.
struct Pages<'a> {
    project: &'a Project,
    stage: Stage,
    again: Option<RunId>,
    after: Option<ImageId>,
    page: VecDeque<ImageRow>,
    over: bool,
}

impl<'a> Pages<'a> {
    fn new(project: &'a Project, stage: Stage, again: Option<RunId>) -> Self {
        Self { project, stage, again, after: None, page: VecDeque::new(), over: false }
    }
}

impl Iterator for Pages<'_> {
    type Item = Result<ImageRow, EngineError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.page.is_empty() && !self.over {
            match self.project.store().images_without_pass(self.stage, self.again, self.after, PAGE) {
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

fn failed(path: &str, problem: &relook_store::Problem, sum: &mut PassSummary, task: &Task) {
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
        Found::Boxes { measured, detections } => {
            let said = &done.extra;
            let opinions = detections.iter().filter_map(|d| classes.opinion(d)).filter(|o| !said.covers(o));
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

/// A box that the larger model's are held against.
struct Drafted {
    boxed: DraftBox,
    annotation: Annotation,
}

/// The draft as it was drawn, whatever an earlier second look made of it; decided boxes as they are now. Undecided
/// boxes that an earlier second look added are left out: this one replaces them.
///
/// `deleted`: labels that are no more; a box has another one by now than the draft said.
fn drafts(annotations: Vec<(Annotation, Vec<Opinion>)>, deleted: &[LabelId]) -> Vec<Drafted> {
    let drafted = |(annotation, opinions): (Annotation, Vec<Opinion>)| {
        let decided = annotation.state != ReviewState::Pending;
        let opinion = opinions.iter().find(|o| o.stage == Stage::Draft);
        let seen = match opinion {
            Some(o) if !decided => {
                let label = if deleted.contains(&o.label) { annotation.label } else { o.label };
                Seen { rect: o.rect, label, score: o.score }
            }
            _ => Seen {
                rect: annotation.rect,
                label: annotation.label,
                score: annotation.score.unwrap_or(1.0),
            },
        };
        let replaced = !decided && annotation.origin == Origin::SecondLook;
        // Whatever a person drew or brought in is theirs, undecided or not.
        let decided = decided || opinion.is_none();
        (!replaced).then_some(Drafted { boxed: DraftBox { seen, decided }, annotation })
    };
    annotations.into_iter().filter_map(drafted).collect()
}

fn looked(
    done: Done<Vec<Drafted>>,
    rules: &Rules,
    classes: &mut Classes,
    sum: &mut PassSummary,
    task: &Task,
) -> LookResult {
    sum.images += 1;
    let outcome = match done.found {
        Found::PassedThrough => LookOutcome::Skipped,
        Found::Problem(problem) => {
            failed(&done.path, &problem, sum, task);
            LookOutcome::Failed(problem)
        }
        Found::Boxes { detections, .. } => {
            sum.run += 1;
            let opinions: Vec<_> = detections.iter().filter_map(|d| classes.opinion(d)).collect();
            reconciled(&done.extra, &opinions, rules, sum)
        }
    };
    LookResult { image: done.image, outcome }
}

fn reconciled(
    drafts: &[Drafted],
    opinions: &[NewOpinion],
    rules: &Rules,
    sum: &mut PassSummary,
) -> LookOutcome {
    let draft: Vec<_> = drafts.iter().map(|d| d.boxed).collect();
    let second: Vec<_> =
        opinions.iter().map(|o| Seen { rect: o.rect, label: o.label, score: o.score }).collect();
    let out = reconcile(&draft, &second, rules);
    let mut count = |verdict: Verdict| *sum.verdicts.entry(verdict.word()).or_default() += 1;
    let updates = out.rulings.iter().map(|r| {
        let annotation = &drafts[r.draft].annotation;
        r.verdict.into_iter().for_each(&mut count);
        AnnotationUpdate {
            id: annotation.id,
            revision: annotation.revision,
            label: r.label,
            rect: r.rect,
            score: Some(r.score),
            standing: r.standing,
            verdict: r.verdict,
            disagreement: r.disagreement,
            doubt: r.doubt,
            opinion: r.second.map(|s| opinions[s].clone()),
        }
    });
    let updates: Vec<_> = updates.collect();
    let added = out.additions.iter().map(|a| {
        let opinion = opinions[a.second].clone();
        NewAnnotation {
            label: opinion.label,
            rect: opinion.rect,
            score: opinion.score,
            standing: a.standing,
            verdict: Some(Verdict::Added),
            disagreement: false,
            doubt: a.doubt,
            opinion,
        }
    });
    let added: Vec<_> = added.collect();
    let standing = added.iter().filter(|a| a.standing != Standing::Withdrawn).count() as u64;
    if standing > 0 {
        *sum.verdicts.entry(Verdict::Added.word()).or_default() += standing;
    }
    if let Some(disagreements) = &mut sum.disagreements {
        *disagreements += out.rulings.iter().filter(|r| r.disagreement).count() as u64;
    }
    LookOutcome::Done { updates, added }
}

#[cfg(test)]
mod tests {
    use relook_domain::{AnnotationId, Shape};

    use super::*;

    #[test]
    fn a_box_whose_label_was_merged_is_drafted_as_what_it_is_now() {
        let (deleted, now) = (LabelId(1), LabelId(2));
        let rect = Rect { x1: 0.0, y1: 0.0, x2: 9.0, y2: 9.0 };
        let annotation = Annotation {
            id: AnnotationId(1),
            image: ImageId(1),
            label: now,
            rect,
            rotation: 0.0,
            shape: Shape::Box,
            score: Some(0.4),
            origin: Origin::Draft,
            state: ReviewState::Pending,
            standing: Standing::Doubtful,
            verdict: None,
            disagreement: false,
            doubt: 0.8,
            occluded: false,
            z_order: 0,
            group: 0,
            attributes: BTreeMap::new(),
            revision: 1,
        };
        let said = |label| Opinion {
            stage: Stage::Draft,
            run: RunId(1),
            label,
            score: 0.4,
            rect,
            alternatives: Vec::new(),
        };
        for (label, want) in [(deleted, now), (LabelId(3), LabelId(3))] {
            let drafts = drafts(vec![(annotation.clone(), vec![said(label)])], &[deleted]);
            assert_eq!(drafts[0].boxed.seen.label, want);
        }
    }
}
