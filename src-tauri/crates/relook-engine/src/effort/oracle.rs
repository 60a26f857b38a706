//! One who knows the truth, at work through the review.

use std::collections::HashMap;

use relook_domain::{
    AnnotationId, Geometry, LabelId, ReviewState, Standing,
    review::{Action, Details},
};

use super::{
    Actions, EffortOptions, Way,
    plan::{Fate, Shown, fates, offered, unpaired},
};
use crate::{
    EngineError, Project, SCRIPT, Task,
    truth::{TrueBox, TrueImage, Truth},
    view::{AnnotationView, BoxFilter, QueueOrder},
};

/// Boxes of the queue asked for at once.
const PAGE: u64 = 200;

pub struct Oracle<'a> {
    project: &'a Project,
    way: Way,
    truth: &'a Truth,
    options: &'a EffortOptions,
    task: &'a Task,
    /// Of every box on an image of the truth that will be shown.
    fates: HashMap<AnnotationId, Fate>,
    /// What no box becomes, by place in the truth's images.
    missed: Vec<Vec<TrueBox>>,
    actions: Actions,
}

impl<'a> Oracle<'a> {
    pub fn new(
        project: &'a Project,
        way: Way,
        truth: &'a Truth,
        options: &'a EffortOptions,
        task: &'a Task,
    ) -> Self {
        let (fates, missed, actions) = (HashMap::new(), Vec::new(), Actions::default());
        Self { project, way, truth, options, task, fates, missed, actions }
    }

    /// Works through the project. Returns what it took and, in words, what is not as the truth has it in the end.
    pub fn work(mut self) -> Result<(Actions, Vec<String>), EngineError> {
        self.task.phase(self.way.title(), 0, self.truth.images.len() as u64);
        let truth = self.truth;
        for image in &truth.images {
            self.plan(image)?;
        }
        if self.way == Way::Gallery {
            self.gallery()?;
        }
        self.queue()?;
        for (place, image) in truth.images.iter().enumerate() {
            self.task.checkpoint()?;
            self.look_over(place, image)?;
            self.task.advance(1);
        }
        let mut wrong = Vec::new();
        for image in &truth.images {
            self.check(image, &mut wrong)?;
        }
        Ok((self.actions, wrong))
    }

    fn withdrawn_from(&self) -> Option<f64> {
        self.options.withdrawn_from.filter(|_| self.way == Way::Gallery)
    }

    fn plan(&mut self, image: &TrueImage) -> Result<(), EngineError> {
        let prices = &self.options.prices;
        let boxes = self.project.image(image.id)?.annotations;
        let standing: Vec<Shown> = boxes.iter().filter(|a| stands(a)).map(shown).collect();
        let (found, missed) = fates(&standing, &image.boxes, prices, prices.delete + prices.draw);
        self.fates.extend(standing.iter().map(|s| s.id).zip(found));
        let from = self.withdrawn_from().unwrap_or(f64::INFINITY);
        let weak: Vec<Shown> = boxes
            .iter()
            .filter(|a| a.standing == Standing::Withdrawn && a.score.is_some_and(|s| s >= from))
            .map(shown)
            .collect();
        let (found, missed) = fates(&weak, &missed, prices, prices.draw);
        self.fates.extend(weak.iter().map(|s| s.id).zip(found));
        self.missed.push(missed);
        Ok(())
    }

    /// Decides one by one what waits.
    fn queue(&mut self) -> Result<(), EngineError> {
        let mut passed = 0;
        loop {
            let page =
                self.project.boxes(&BoxFilter::waiting(), QueueOrder::MostDoubtful, passed, PAGE)?.items;
            if page.is_empty() {
                return Ok(());
            }
            for item in page {
                self.task.checkpoint()?;
                match self.fates.get(&item.annotation.id).copied() {
                    Some(fate) => self.decide(&item.annotation, fate)?,
                    None => passed += 1,
                }
            }
        }
    }

    /// Looks at an image for what the models settled wrongly and for what is missing.
    fn look_over(&mut self, place: usize, image: &TrueImage) -> Result<(), EngineError> {
        for a in self.project.image(image.id)?.annotations {
            if a.state != ReviewState::Pending || !stands(&a) {
                continue;
            }
            match (self.fates.get(&a.id).copied(), self.options.glance) {
                (Some(Fate::Right), Some(_)) => self.actions.glance += 1,
                (Some(fate), _) => self.decide(&a, fate)?,
                (None, _) => {}
            }
        }
        let mut weak = self.weak(image)?;
        for missing in std::mem::take(&mut self.missed[place]) {
            let shown: Vec<Shown> = weak.iter().map(shown).collect();
            if let Some((at, fate)) = offered(&shown, &missing, &self.options.prices) {
                self.decide(&weak.swap_remove(at), fate)?;
                continue;
            }
            let (label, geometry) = (missing.label, Geometry::from(missing.rect));
            self.act(&Action::Draw { image: image.id, label, geometry, details: Details::default() })?;
            self.actions.draw += 1;
        }
        Ok(())
    }

    /// The withdrawn boxes of an image, where a click takes one.
    fn weak(&self, image: &TrueImage) -> Result<Vec<AnnotationView>, EngineError> {
        if !self.options.take_withdrawn {
            return Ok(Vec::new());
        }
        let mut boxes = self.project.image(image.id)?.annotations;
        boxes.retain(|a| a.state == ReviewState::Pending && a.standing == Standing::Withdrawn);
        Ok(boxes)
    }

    /// Goes through the crops label by label: what stands, then what the models withdrew. A page holds one label, or goes
    /// on over the next ones.
    fn gallery(&mut self) -> Result<(), EngineError> {
        let pages: Vec<Vec<LabelId>> = if self.options.across_labels {
            vec![Vec::new()]
        } else {
            self.project.view()?.labels.iter().map(|l| vec![l.id]).collect()
        };
        for labels in pages {
            let pending = BoxFilter { labels, states: vec![ReviewState::Pending], ..BoxFilter::default() };
            let standings = vec![Standing::Doubtful, Standing::Settled];
            self.crops(&BoxFilter { standings, ..pending.clone() })?;
            if let Some(from) = self.withdrawn_from() {
                let standings = vec![Standing::Withdrawn];
                self.crops(&BoxFilter { standings, at_least: Some(from), ..pending })?;
            }
        }
        Ok(())
    }

    /// Page by page what the filter lets through, the most doubtful of each label first.
    fn crops(&mut self, filter: &BoxFilter) -> Result<(), EngineError> {
        let mut passed = 0;
        loop {
            self.task.checkpoint()?;
            let page = self.project.boxes(filter, QueueOrder::ByLabel, passed, self.options.page)?.items;
            if page.is_empty() {
                return Ok(());
            }
            let here: Vec<(AnnotationView, Fate)> = page
                .into_iter()
                .filter_map(|item| {
                    let fate = self.fates.get(&item.annotation.id).copied();
                    passed += u64::from(fate.is_none());
                    Some((item.annotation, fate?))
                })
                .collect();
            if !here.is_empty() {
                passed += self.page(here)?;
            }
        }
    }

    /// One page of crops; returns how many of them still match its filter.
    fn page(&mut self, crops: Vec<(AnnotationView, Fate)>) -> Result<u64, EngineError> {
        self.actions.sweep += crops.len() as u64;
        self.actions.page += 1;
        let count = |fate: Fate| crops.iter().filter(|(_, f)| *f == fate).count() as f64;
        let picked = |fate: Fate| count(fate) * fate.price(&self.options.prices);
        let rest = if crops.iter().any(|(a, _)| !stands(a)) {
            None
        } else if self.options.reject_rest && picked(Fate::Wrong) > picked(Fate::Right) {
            Some(Fate::Wrong)
        } else {
            Some(Fate::Right)
        };
        let (mut together, mut left) = (Vec::new(), 0);
        for (a, fate) in crops {
            let (id, revision) = (a.id, a.revision);
            match (fate, rest) {
                (Fate::Right, Some(Fate::Right)) => together.push(Action::Accept { id, revision }),
                (Fate::Wrong, Some(Fate::Wrong)) => together.push(Action::Reject { id, revision }),
                (Fate::Wrong, None) => left += 1,
                _ => self.decide(&a, fate)?,
            }
        }
        if !together.is_empty() {
            self.project.act_all(&together, SCRIPT)?;
        }
        Ok(left)
    }

    fn decide(&mut self, a: &AnnotationView, fate: Fate) -> Result<(), EngineError> {
        let (id, revision) = (a.id, a.revision);
        match fate {
            Fate::Right => {
                self.act(&Action::Accept { id, revision })?;
                self.actions.accept += 1;
            }
            Fate::Wrong => {
                self.act(&Action::Reject { id, revision })?;
                self.actions.delete += 1;
            }
            Fate::Mend { rect, label } => {
                if let Some(rect) = rect {
                    self.act(&Action::Reshape { id, revision, geometry: rect.into() })?;
                    self.actions.adjust += 1;
                }
                if let Some(label) = label {
                    let revision = self.project.annotation(id)?.revision;
                    self.act(&Action::Relabel { id, revision, label })?;
                    self.actions.relabel += 1;
                }
            }
        }
        Ok(())
    }

    fn act(&self, action: &Action) -> Result<(), EngineError> {
        self.project.act(action, SCRIPT).map(|_| ())
    }

    fn check(&self, image: &TrueImage, wrong: &mut Vec<String>) -> Result<(), EngineError> {
        let boxes: Vec<Shown> =
            self.project.image(image.id)?.annotations.iter().filter(|a| stands(a)).map(shown).collect();
        let (lonely, missed) = unpaired(&boxes, &image.boxes);
        let labels = self.project.view()?.labels;
        let name = |id: LabelId| labels.iter().find(|l| l.id == id).map_or("?", |l| l.name.as_str());
        let too_many = lonely.iter().map(|s| (&boxes[*s].label, &boxes[*s].rect, "should not be there"));
        let too_few = missed.iter().map(|t| (&image.boxes[*t].label, &image.boxes[*t].rect, "is missing"));
        wrong.extend(too_many.chain(too_few).map(|(label, r, what)| {
            format!(
                "{}: {} at {:.0},{:.0} {:.0},{:.0} {what}",
                image.path,
                name(*label),
                r.x1,
                r.y1,
                r.x2,
                r.y2
            )
        }));
        Ok(())
    }
}

fn stands(a: &AnnotationView) -> bool {
    match a.state {
        ReviewState::Accepted | ReviewState::Fixed => true,
        ReviewState::Pending => a.standing != Standing::Withdrawn,
        ReviewState::Rejected => false,
    }
}

fn shown(a: &AnnotationView) -> Shown {
    Shown { id: a.id, rect: a.rect, label: a.label }
}
