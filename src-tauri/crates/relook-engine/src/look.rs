//! The second pass over a project: the larger model's look at what the draft left doubtful.

use std::collections::{BTreeMap, BTreeSet};

use relook_domain::{
    Annotation, FolderId, ImageId, LabelId, Opinion, Origin, Rect, ReviewState, RunId, Stage, Standing,
    Verdict,
    doubt::{Thresholds, doubt},
    look::{LookMode, SHARES, Wanted, fuse, shown, views, within},
    reconcile::{DraftBox, Rules, Seen, reconcile},
    triage::triage,
};
use relook_store::{
    AnnotationUpdate, ImageRow, LookOutcome, LookResult, Measured, NewAnnotation, NewOpinion,
};
use relook_vision::{Detection, Preparer};

use crate::{
    error::EngineError,
    infer::{self, Done, Found},
    pipeline::{Asked, Classes, Pages, Pass, PassSummary, failed, item},
    project::Project,
    settings,
    show::RunParams,
    task::Task,
};

/// What a second look goes by; `None` takes the project's setting.
#[derive(Clone, Debug, Default)]
pub struct SecondLookOptions {
    pub model: Option<String>,
    pub device: Option<String>,
    pub drop_below: Option<f64>,
    pub accept_at: Option<f64>,
    /// What the larger model is shown.
    pub mode: LookMode,
    /// At most this share (0..=1) of what it would cost to show it every drafted image in full, spent where it helps most
    /// ([`within`]); images without low-confidence boxes may be shown too. Where neither this nor the project's setting
    /// gives one, each image with such a box is shown in full, whatever that costs.
    pub budget: Option<f64>,
    /// Also look at images on which the draft found nothing.
    pub also_empty: bool,
    /// Also images that had their second look; what a person decided stays.
    pub again: bool,
    /// Only images of this folder.
    pub folder: Option<FolderId>,
}

/// What an image is looked at by.
struct Plan<'a> {
    thresholds: Thresholds,
    options: &'a SecondLookOptions,
    /// Labels that are no more.
    deleted: Vec<LabelId>,
    preparer: &'a Preparer,
}

/// What a budget is spent on.
struct Spread {
    /// Of the model's size, by image that is shown.
    shares: BTreeMap<ImageId, f64>,
    /// Images that should be shown and are not.
    left_out: BTreeSet<ImageId>,
}

/// An image to be held against the larger model's boxes, and what that is shown of it; no views: it is not asked.
struct Planned {
    drafts: Vec<Drafted>,
    views: Vec<Rect>,
    /// Pixels; nothing where it is not asked.
    size: (u32, u32),
    /// Of the model's size.
    share: f64,
    /// Whether it should be shown, by its scores.
    needed: bool,
    /// Of the most doubtful box with low confidence.
    doubt: Option<f64>,
    /// Side of the smallest such box, as a share of the image's longer side; 1 without one.
    smallest: f64,
}

impl Planned {
    /// What has to be cut out of the image; nothing where all that is shown is the whole of it.
    fn in_parts(&self) -> Vec<Rect> {
        let (w, h) = (f64::from(self.size.0), f64::from(self.size.1));
        let whole = |v: &Rect| v.width() >= w && v.height() >= h;
        if self.views.iter().all(whole) { Vec::new() } else { self.views.clone() }
    }

    /// Of showing its views, in images at the model's full size.
    fn cost(&self, preparer: &Preparer, share: f64) -> f64 {
        let of = |v: &Rect| preparer.cost(v.width() as u32, v.height() as u32, share);
        self.views.iter().map(of).sum()
    }
}

impl Project {
    /// Takes the second look at every drafted image that had none: the larger model on those with low-confidence
    /// boxes, a done-mark on the others. Those that the budget leaves out get no mark.
    ///
    /// # Errors
    /// As for [`Project::draft`], or the budget is no share.
    pub fn second_look(&self, options: &SecondLookOptions, task: &Task) -> Result<PassSummary, EngineError> {
        let set = self.settings()?;
        let budget = options.budget.or(Some(set.look_budget).filter(|share| *share > 0.0));
        let budget = budget.map(settings::budget).transpose()?;
        let thresholds = settings::thresholds(
            options.drop_below.unwrap_or(set.drop_below),
            options.accept_at.unwrap_or(set.accept_at),
        )?;
        let asked = Asked {
            stage: Stage::SecondLook,
            model: options.model.as_deref().unwrap_or(&set.second_look_model),
            device: options.device.as_deref().unwrap_or(&set.device),
            again: options.again,
            folder: options.folder,
            shape: settings::input_shape(&set.input_shape)?,
            params: RunParams { look: Some(options.mode), ..RunParams::new(set.keep_above, &thresholds) },
        };
        let Some((bench, pass)) = self.begin(&asked, task)? else { return Ok(PassSummary::default()) };
        let Pass { run, again, folders, mut classes, mut sum, started, _lock } = pass;
        (sum.disagreements, sum.runs, sum.cost) = (Some(0), Some(0), Some(0.0));
        let store = self.store();
        let rules = Rules::new(thresholds);
        let labels = store.labels()?;
        let deleted = labels.iter().filter(|l| l.archived).map(|l| l.id).collect();
        let preparer = bench.preparer.clone();
        let plan = Plan { thresholds, options, deleted, preparer: &preparer };
        let spread = budget.map(|budget| self.spread(budget, &plan, again, task)).transpose()?;
        if let Some(spread) = &spread {
            sum.left = Some(spread.left_out.len() as u64);
        }
        let feed = Pages::new(self, Stage::SecondLook, again, options.folder)
            .filter(|row| match (row, &spread) {
                (Ok(row), Some(spread)) => !spread.left_out.contains(&row.id),
                _ => true,
            })
            .map(|row| {
                let row = row?;
                let share = spread.as_ref().and_then(|spread| spread.shares.get(&row.id).copied());
                let planned = self.planned(&row, &plan, share)?;
                let views = planned.in_parts();
                let (share, needed) = (planned.share, !planned.views.is_empty());
                item(&folders, row, planned, views, share, !needed)
            });
        let outcome = infer::run(bench, set.keep_above, task, feed, |batch| {
            let count = batch.len() as u64;
            let results: Vec<_> = batch
                .into_iter()
                .map(|done| looked(done, &rules, &plan, &mut classes, &mut sum, task))
                .collect();
            let kept = store.save_second_look(run, &results)?;
            if !kept.is_empty() {
                task.warn(format!("{} boxes were decided meanwhile and left as they are", kept.len()));
            }
            task.advance(count);
            Ok(())
        });
        outcome.and(Ok(classes.close(sum, started, task)))
    }

    /// At which size images are shown within the budget. It is planned for all drafted images, those looked at before
    /// included, so that going on with what was broken off does what was left of it; what they cost is spent.
    fn spread(
        &self,
        budget: f64,
        plan: &Plan<'_>,
        again: Option<RunId>,
        task: &Task,
    ) -> Result<Spread, EngineError> {
        let shares: &[f64] = match plan.options.mode {
            LookMode::Whole if plan.preparer.takes_any_shape() => &SHARES,
            _ => &[1.0],
        };
        let mut waiting = BTreeSet::new();
        for row in Pages::new(self, Stage::SecondLook, again, plan.options.folder) {
            waiting.insert(row?.id);
        }
        let (mut images, mut wanted) = (Vec::new(), Vec::new());
        // Every look so far is older than one that does not exist yet.
        for row in Pages::new(self, Stage::SecondLook, Some(RunId(i64::MAX)), plan.options.folder) {
            task.checkpoint()?;
            let row = row?;
            let planned = self.planned(&row, plan, Some(1.0))?;
            let costs = shares.iter().map(|share| planned.cost(plan.preparer, *share)).collect();
            images.push((row.id, planned.needed));
            wanted.push(Wanted { costs, doubt: planned.doubt, smallest: planned.smallest });
        }
        let ways = within(&wanted, budget * images.len() as f64);
        let mut spread = Spread { shares: BTreeMap::new(), left_out: BTreeSet::new() };
        for ((id, needed), way) in images.into_iter().zip(ways).filter(|((id, _), _)| waiting.contains(id)) {
            match way {
                Some(way) => drop(spread.shares.insert(id, shares[way])),
                None if needed => drop(spread.left_out.insert(id)),
                None => {}
            }
        }
        task.phase("Taking the second look", 0, (waiting.len() - spread.left_out.len()) as u64);
        Ok(spread)
    }

    /// `share`: it shall be shown, at this share of the model's size; `None`: in full, if it needs to be shown.
    fn planned(&self, row: &ImageRow, plan: &Plan<'_>, share: Option<f64>) -> Result<Planned, EngineError> {
        let t = &plan.thresholds;
        let mut drafts = drafts(self.store().annotations_of(row.id)?, &plan.deleted);
        let open: Vec<Seen> = drafts.iter().filter(|d| !d.boxed.decided).map(|d| d.boxed.seen).collect();
        let scores: Vec<f64> = open.iter().map(|s| s.score).collect();
        let low: Vec<&Seen> = open.iter().filter(|s| t.is_low_confidence(s.score)).collect();
        let needed = triage(&scores, t, plan.options.also_empty).is_some();
        let asked = share.is_some() || needed;
        let size = row.size.filter(|_| asked);
        if asked && size.is_none() {
            return Err(EngineError::Failed(format!(
                "The size of {} is not known although it has a draft",
                row.path
            )));
        }
        let rects: Vec<Rect> = low.iter().map(|s| s.rect).collect();
        let views = size.map_or_else(Vec::new, |(w, h)| views(plan.options.mode, &rects, w, h));
        for d in &mut drafts {
            d.boxed.shown = shown(&d.boxed.seen.rect, &views);
        }
        let longer = size.map_or(1.0, |(w, h)| f64::from(w.max(h)));
        Ok(Planned {
            drafts,
            views,
            size: size.unwrap_or_default(),
            share: share.unwrap_or(1.0),
            needed,
            doubt: low.iter().map(|s| doubt(s.score, None, false)).max_by(f64::total_cmp),
            smallest: rects.iter().map(|r| r.area().sqrt() / longer).fold(1.0, f64::min),
        })
    }
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
        (!replaced).then_some(Drafted { boxed: DraftBox { seen, decided, shown: true }, annotation })
    };
    annotations.into_iter().filter_map(drafted).collect()
}

fn looked(
    done: Done<Planned>,
    rules: &Rules,
    plan: &Plan<'_>,
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
        Found::Boxes { measured, looks } => {
            sum.run += 1;
            if let Some(runs) = &mut sum.runs {
                *runs += looks.len() as u64;
            }
            if let Some(cost) = &mut sum.cost {
                *cost += done.extra.cost(plan.preparer, done.extra.share);
            }
            let opinions = together(&measured, &done.extra.views, &looks, classes);
            reconciled(&done.extra.drafts, &opinions, rules, sum)
        }
    };
    LookResult { image: done.image, outcome }
}

/// What the model saw in all views.
fn together(
    measured: &Measured,
    views: &[Rect],
    looks: &[Vec<Detection>],
    classes: &mut Classes,
) -> Vec<NewOpinion> {
    let opinions: Vec<Vec<NewOpinion>> =
        looks.iter().map(|found| found.iter().filter_map(|d| classes.opinion(d)).collect()).collect();
    let seen: Vec<(Rect, Vec<Seen>)> =
        views.iter().zip(&opinions).map(|(view, of)| (*view, of.iter().map(seen_of).collect())).collect();
    let places = fuse(&seen, measured.width, measured.height);
    places.into_iter().map(|(view, place)| opinions[view][place].clone()).collect()
}

fn seen_of(o: &NewOpinion) -> Seen {
    Seen { rect: o.rect, label: o.label, score: o.score }
}

fn reconciled(
    drafts: &[Drafted],
    opinions: &[NewOpinion],
    rules: &Rules,
    sum: &mut PassSummary,
) -> LookOutcome {
    let draft: Vec<_> = drafts.iter().map(|d| d.boxed).collect();
    let second: Vec<_> = opinions.iter().map(seen_of).collect();
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
    use std::collections::BTreeMap;

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
            track: None,
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
