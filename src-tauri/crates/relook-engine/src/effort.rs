//! What review costs a person, simulated: an oracle that knows the truth works through the real review of a copy of a
//! project, in each way of working, and its actions are counted.

mod begin;
mod oracle;
mod plan;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::{
    EngineError, Home, Project, Task,
    effort::oracle::Oracle,
    truth::{Part, Truth, all_images},
    view::ImageRow,
};

/// A way of working.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Every box drawn by hand.
    Hand,
    /// The draft's boxes decided one by one, as if there had been no second look.
    Drafts,
    /// The boxes that the second look left, decided one by one.
    SecondLook,
    /// The same boxes as crops, label by label: the wrong ones picked out, the rest accepted page by page.
    Gallery,
}

impl Way {
    pub const ALL: &'static [Self] = &[Self::Hand, Self::Drafts, Self::SecondLook, Self::Gallery];

    /// As a heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Hand => "By hand",
            Self::Drafts => "Drafts only",
            Self::SecondLook => "Drafts and second look",
            Self::Gallery => "… and gallery",
        }
    }
}

/// What each action costs, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Prices {
    /// A box drawn and given its label.
    pub draw: f64,
    /// A box dragged into place.
    pub adjust: f64,
    pub relabel: f64,
    pub delete: f64,
    /// A box accepted by itself.
    pub accept: f64,
    /// A crop of the gallery looked at.
    pub sweep: f64,
    /// The key that ends a page of the gallery.
    pub page: f64,
    /// An image looked over for what is missing; the same in every way of working.
    pub look: f64,
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            draw: 7.0,
            adjust: 5.0,
            relabel: 2.0,
            delete: 1.5,
            accept: 1.5,
            sweep: 0.3,
            page: 1.5,
            look: 0.0,
        }
    }
}

/// How the simulation goes.
#[derive(Clone, Debug, PartialEq)]
pub struct EffortOptions {
    /// COCO's `instances.json`.
    pub truth: PathBuf,
    pub part: Part,
    pub ways: Vec<Way>,
    pub prices: Prices,
    /// Crops on a page of the gallery.
    pub page: u64,
    /// Seconds to look at a box that the models settled rightly and leave it as it is; `None`: it is accepted by itself
    /// like any other. Not in the gallery.
    pub glance: Option<f64>,
    /// A click into a missing object takes the withdrawn box that lies there, at the price of accepting or mending it.
    pub take_withdrawn: bool,
    /// A page of the gallery goes on over the next label where one has not enough crops to fill it.
    pub across_labels: bool,
    /// Where most of a gallery page is wrong, the right ones are picked out and the rest is rejected instead.
    pub reject_rest: bool,
    /// The gallery also shows withdrawn boxes scoring at least this; the right ones are picked out, the rest is left.
    pub withdrawn_from: Option<f64>,
}

/// How often each action was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Actions {
    pub draw: u64,
    pub adjust: u64,
    pub relabel: u64,
    pub delete: u64,
    pub accept: u64,
    /// Crops looked at.
    pub sweep: u64,
    /// Pages of crops.
    pub page: u64,
    /// Settled boxes looked at and left.
    pub glance: u64,
}

/// One way of working, done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WayReport {
    pub way: Way,
    pub actions: Actions,
    pub seconds: f64,
    pub seconds_per_image: f64,
    /// Boxes that stand and should not, or should and do not, after all was done.
    pub wrong: u64,
    /// The first of them, in words.
    pub wrong_such_as: Vec<String>,
}

/// All that was simulated.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EffortReport {
    pub part: Part,
    /// Images of the project (of the part) that the truth knows; all others are left out.
    pub images: u64,
    /// Boxes that should stand on them.
    pub boxes: u64,
    /// Crowd regions on them: no single box, left out of the truth.
    pub crowds: u64,
    /// Boxes on them that lie outside the image or are too small to be drawn.
    pub unusable: u64,
    /// Images of the project that the truth does not know.
    pub unknown: u64,
    /// Images of the truth that the project does not have or could not read.
    pub absent: u64,
    pub prices: Prices,
    pub page: u64,
    pub glance: Option<f64>,
    pub take_withdrawn: bool,
    pub across_labels: bool,
    pub reject_rest: bool,
    pub withdrawn_from: Option<f64>,
    pub ways: Vec<WayReport>,
}

/// Wrong boxes named in a report.
const NAMED: usize = 20;

impl Home {
    /// Simulates the review of the project at `path`. Works on copies in a temporary folder; the project stays as it is.
    ///
    /// # Errors
    /// The project holds decisions already, lacks a pass that a way needs, or does not go with the truth; a price is not
    /// a number of seconds; the temporary folder is full.
    pub fn effort(
        &self,
        path: &Path,
        options: &EffortOptions,
        task: &Task,
    ) -> Result<EffortReport, EngineError> {
        options.check()?;
        options.part.check()?;
        let project = self.open(path)?;
        let rows = all_images(&project)?;
        begin::check(&project, &rows, &options.ways)?;
        let truth = Truth::open(&options.truth, &rows, &project.view()?.labels, options.part)?;
        let ways = options.ways.iter().map(|way| self.work(&project, &rows, *way, &truth, options, task));
        let ways = ways.collect::<Result<_, _>>()?;
        Ok(EffortReport {
            part: options.part,
            images: truth.images.len() as u64,
            boxes: truth.boxes(),
            crowds: truth.crowds,
            unusable: truth.unusable,
            unknown: truth.unknown,
            absent: truth.absent,
            prices: options.prices,
            page: options.page,
            glance: options.glance,
            take_withdrawn: options.take_withdrawn,
            across_labels: options.across_labels,
            reject_rest: options.reject_rest,
            withdrawn_from: options.withdrawn_from,
            ways,
        })
    }

    fn work(
        &self,
        project: &Project,
        rows: &[ImageRow],
        way: Way,
        truth: &Truth,
        options: &EffortOptions,
        task: &Task,
    ) -> Result<WayReport, EngineError> {
        let folder =
            tempfile::tempdir().map_err(|e| EngineError::Failed(format!("No temporary folder: {e}")))?;
        // A home of its own, so that the copy does not end up among the recent projects.
        let home =
            Self { cache: folder.path().join("cache"), config: folder.path().join("config"), ..self.clone() };
        let copy = home.open(&begin::copy(project, folder.path())?)?;
        match way {
            Way::Hand => begin::set_back(&copy, rows, false)?,
            Way::Drafts => begin::set_back(&copy, rows, true)?,
            Way::SecondLook | Way::Gallery => {}
        }
        let (actions, wrong) = Oracle::new(&copy, way, truth, options, task).work()?;
        let count = |n: u64, price: f64| n as f64 * price;
        let p = &options.prices;
        let images = truth.images.len() as u64;
        let seconds = count(actions.draw, p.draw)
            + count(actions.adjust, p.adjust)
            + count(actions.relabel, p.relabel)
            + count(actions.delete, p.delete)
            + count(actions.accept, p.accept)
            + count(actions.sweep, p.sweep)
            + count(actions.page, p.page)
            + count(actions.glance, options.glance.unwrap_or_default())
            + count(images, p.look);
        Ok(WayReport {
            way,
            actions,
            seconds,
            seconds_per_image: seconds / images as f64,
            wrong: wrong.len() as u64,
            wrong_such_as: wrong.into_iter().take(NAMED).collect(),
        })
    }
}

impl EffortOptions {
    fn check(&self) -> Result<(), EngineError> {
        let p = &self.prices;
        let all = [p.draw, p.adjust, p.relabel, p.delete, p.accept, p.sweep, p.page, p.look];
        if let Some(bad) = all.into_iter().chain(self.glance).find(|s| !s.is_finite() || *s < 0.0) {
            return Err(EngineError::Invalid(format!("A price is a number of seconds, not {bad}")));
        }
        if self.page == 0 || self.page > 1000 {
            return Err(EngineError::Invalid(format!("A page holds 1 to 1000 crops, not {}", self.page)));
        }
        Ok(())
    }
}
