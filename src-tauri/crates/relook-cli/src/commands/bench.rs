//! `relook bench`: what review costs a person.

use std::path::Path;

use relook_engine::{EffortOptions, EngineError, Home, Prices, Way, view::JobKind};

use super::text;
use crate::{
    args::{EffortArgs, WayArg},
    progress::task,
    report::data,
};

pub fn effort(
    home: &Home,
    project: &Path,
    args: &EffortArgs,
    json: bool,
    quiet: bool,
) -> Result<(), EngineError> {
    let options = EffortOptions {
        truth: args.truth.clone(),
        part: args.part,
        ways: match args.way {
            WayArg::All => Way::ALL.to_vec(),
            WayArg::Hand => vec![Way::Hand],
            WayArg::Drafts => vec![Way::Drafts],
            WayArg::SecondLook => vec![Way::SecondLook],
            WayArg::Gallery => vec![Way::Gallery],
        },
        prices: Prices {
            draw: args.draw,
            adjust: args.adjust,
            relabel: args.relabel,
            delete: args.delete,
            accept: args.accept,
            sweep: args.sweep,
            page: args.page_key,
            look: args.look,
        },
        page: args.page,
        glance: args.glance,
        take_withdrawn: !args.no_take_withdrawn,
        across_labels: !args.one_label,
        reject_rest: !args.no_reject_rest,
        withdrawn_from: args.withdrawn_from,
    };
    let report = home.effort(project, &options, &task(JobKind::Scan, quiet)?)?;
    data(json, &report, text::effort)?;
    match report.ways.iter().map(|w| w.wrong).sum() {
        0 => Ok(()),
        wrong => Err(EngineError::Failed(format!(
            "{wrong} boxes are not as the truth has them, although all was done; the review did not do what it was told"
        ))),
    }
}
