//! `relook decide`: boxes by their ids, or all that the conditions leave.

use relook_domain::{
    AnnotationId,
    review::{Action, Details},
};
use relook_engine::{
    EngineError, Project, SCRIPT,
    view::{BoxFilter, Outcome, Verb},
};
use serde::Serialize;

use super::boxes;
use crate::{
    args::{DecideArgs, Ids},
    report::data,
};

#[derive(Serialize)]
struct Decided {
    /// Boxes decided, or that would be.
    count: u64,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
}

pub fn run(project: &Project, args: &DecideArgs, json: bool) -> Result<(), EngineError> {
    let actions = actions(project, args)?;
    let decided = match (actions.is_empty(), args.dry_run) {
        (false, true) => Decided { count: actions.len() as u64, dry_run: true, outcome: None },
        (false, false) => {
            let outcome = project.act_all(&actions, SCRIPT)?;
            let count = outcome.step.map_or(0, |_| actions.len() as u64);
            Decided { count, dry_run: false, outcome: Some(outcome) }
        }
        (true, dry_run) => by_conditions(project, args, dry_run)?,
    };
    data(json, &decided, said)
}

fn by_conditions(project: &Project, args: &DecideArgs, dry_run: bool) -> Result<Decided, EngineError> {
    let disagreement = args.undisputed.then_some(false);
    let begin = BoxFilter {
        at_least: args.accept_at_least,
        below: args.reject_below,
        disagreement,
        ..BoxFilter::default()
    };
    let filter = boxes::filter(project, &args.conditions, begin)?;
    let verb = if args.reopen.is_some() {
        Verb::Reopen
    } else if args.accept.is_some() || args.accept_at_least.is_some() {
        Verb::Accept
    } else {
        Verb::Reject
    };
    if dry_run {
        return Ok(Decided { count: project.count_matching(&filter, verb)?, dry_run, outcome: None });
    }
    let (count, outcome) = project.decide(&filter, verb, SCRIPT)?;
    Ok(Decided { count, dry_run, outcome: Some(outcome) })
}

fn said(decided: &Decided) -> String {
    match (&decided.outcome, decided.count) {
        (None, 1) => "Would decide 1 box".into(),
        (None, n) => format!("Would decide {n} boxes"),
        (Some(outcome), n) if n > 0 => outcome.title.clone(),
        _ => "Nothing to decide: everything is so already".into(),
    }
}

/// The actions on the boxes or the image that are named; none where the conditions say which boxes.
fn actions(project: &Project, args: &DecideArgs) -> Result<Vec<Action>, EngineError> {
    let each = |ids: &Ids, action: &dyn Fn(AnnotationId, i64) -> Action| {
        let one = |id: &i64| {
            let id = AnnotationId(*id);
            Ok(action(id, project.annotation(id)?.revision))
        };
        ids.0.iter().map(one).collect::<Result<Vec<_>, EngineError>>()
    };
    let details = |occluded: Option<bool>| Details {
        occluded,
        z_order: args.z_order,
        group: args.group_id,
        attributes: args.attributes.clone(),
    };
    let describe = |ids: &Ids, occluded: Option<bool>| {
        each(ids, &|id, revision| Action::Describe { id, revision, details: details(occluded) })
    };
    let image = || {
        let path = args.conditions.image.as_deref().unwrap_or_default();
        Ok::<_, EngineError>(project.image_at(path)?.image.id)
    };
    let to = args.to.as_deref().map(|name| project.label(name)).transpose()?;
    let geometry = args.rect.as_ref().or(args.geometry.as_ref());
    if let Some(Some(ids)) = &args.accept {
        return each(ids, &|id, revision| Action::Accept { id, revision });
    }
    if let Some(Some(ids)) = &args.reject {
        return each(ids, &|id, revision| Action::Reject { id, revision });
    }
    if let Some(Some(ids)) = &args.reopen {
        return each(ids, &|id, revision| Action::Reopen { id, revision });
    }
    if let Some(ids) = &args.occluded {
        return describe(ids, Some(true));
    }
    if let Some(ids) = &args.not_occluded {
        return describe(ids, Some(false));
    }
    if let Some(ids) = &args.describe {
        return describe(ids, None);
    }
    for (ids, keyframe) in [(&args.keyframe, true), (&args.interpolate, false)] {
        if let Some(ids) = ids {
            return each(ids, &|id, revision| Action::SetKeyframe { id, revision, keyframe });
        }
    }
    if let Some(ids) = &args.end_track {
        return each(ids, &|id, revision| Action::EndTrack { id, revision });
    }
    if let (Some(ids), Some(label)) = (&args.relabel, to) {
        return each(ids, &|id, revision| Action::Relabel { id, revision, label });
    }
    if let (Some(id), Some(geometry)) = (args.fix, geometry) {
        let reshape = |id, revision| Action::Reshape { id, revision, geometry: geometry.clone() };
        return each(&Ids(vec![id]), &reshape);
    }
    if let (true, Some(label), Some(geometry)) = (args.draw, to, geometry) {
        let (image, geometry, details) = (image()?, geometry.clone(), details(None));
        return Ok(vec![Action::Draw { image, label, geometry, details }]);
    }
    if args.accept_rest {
        return Ok(vec![Action::AcceptRest { image: image()? }]);
    }
    if args.confirm_empty {
        return Ok(vec![Action::ConfirmEmpty { image: image()? }]);
    }
    if args.unconfirm_empty {
        return Ok(vec![Action::UnconfirmEmpty { image: image()? }]);
    }
    Ok(Vec::new())
}
