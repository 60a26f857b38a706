//! `relook history`: what was done, and going back to it.

use relook_domain::StepId;
use relook_engine::{EngineError, Project};

use super::text;
use crate::report::data;

pub fn run(
    project: &Project,
    limit: u64,
    before: Option<i64>,
    to: Option<i64>,
    json: bool,
) -> Result<(), EngineError> {
    match to {
        Some(step) => {
            let outcome = project.go_to((step != 0).then_some(StepId(step)))?;
            data(json, &outcome, |o| o.title.clone())
        }
        None => data(json, &project.history(before.map(StepId), limit)?, |all| text::history(all)),
    }
}
