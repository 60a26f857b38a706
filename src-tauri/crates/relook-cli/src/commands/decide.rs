//! `relook decide`: one box by its id, or many by a rule.

use relook_domain::{
    AnnotationId, Rect, Verdict,
    review::{Action, Details},
};
use relook_engine::{
    EngineError, Project, SCRIPT, Verb,
    view::{BulkRule, Outcome},
};
use serde::Serialize;

use crate::{args::Command, report::data};

#[derive(Serialize)]
struct Decided {
    /// Boxes decided, or that would be.
    count: u64,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
}

pub fn run(project: &Project, command: &Command, json: bool) -> Result<(), EngineError> {
    let Command::Decide {
        accept_at_least,
        reject_below,
        reopen,
        label,
        verdict,
        image,
        undisputed,
        dry_run,
        ..
    } = command
    else {
        return Ok(());
    };
    if let Some(action) = single(project, command)? {
        if *dry_run {
            return data(json, &Decided { count: 1, dry_run: true, outcome: None }, |_| {
                "Would decide 1 box".into()
            });
        }
        let outcome = project.act(&action, SCRIPT)?;
        let count = u64::from(outcome.step.is_some());
        return data(json, &Decided { count, dry_run: false, outcome: Some(outcome) }, said);
    }
    let verdict = verdict.as_deref().map(parse_verdict).transpose()?;
    let rule = BulkRule {
        at_least: *accept_at_least,
        below: *reject_below,
        label: label.clone(),
        verdict,
        standing: None,
        image: image.clone(),
        undisputed: *undisputed,
    };
    let verb = match (accept_at_least, reopen) {
        (Some(_), _) => Verb::Accept,
        (None, Some(_)) => Verb::Reopen,
        (None, None) => Verb::Reject,
    };
    if *dry_run {
        let count = project.count_matching(&rule, verb)?;
        return data(json, &Decided { count, dry_run: true, outcome: None }, |d| {
            format!("Would decide {} boxes", d.count)
        });
    }
    let (count, outcome) = project.decide(&rule, verb, SCRIPT)?;
    data(json, &Decided { count, dry_run: false, outcome: Some(outcome) }, said)
}

fn said(decided: &Decided) -> String {
    match (&decided.outcome, decided.count) {
        (Some(outcome), n) if n > 0 => outcome.title.clone(),
        _ => "Nothing to decide: no undecided box matches".into(),
    }
}

fn parse_verdict(word: &str) -> Result<Verdict, EngineError> {
    Verdict::from_word(word).ok_or_else(|| {
        let known: Vec<_> = Verdict::ALL.iter().map(|v| v.word()).collect();
        EngineError::Invalid(format!("There is no verdict {word:?}; known are {}", known.join(", ")))
    })
}

/// The action on one box or image that the command names, if it names one.
fn single(project: &Project, command: &Command) -> Result<Option<Action>, EngineError> {
    let Command::Decide {
        accept,
        reject,
        relabel,
        fix,
        draw,
        confirm_empty,
        reopen,
        occluded,
        not_occluded,
        to,
        rect,
        image,
        ..
    } = command
    else {
        return Ok(None);
    };
    let to = to.as_deref().map(|name| project.label(name)).transpose()?;
    let rect = rect.map(|[x1, y1, x2, y2]| Rect { x1, y1, x2, y2 });
    let seen = |id: i64| {
        let id = AnnotationId(id);
        Ok::<_, EngineError>((id, project.annotation(id)?.revision))
    };
    if let Some(Some(id)) = reopen {
        let (id, revision) = seen(*id)?;
        return Ok(Some(Action::Reopen { id, revision }));
    }
    let hidden = occluded.map(|id| (id, true)).or(not_occluded.map(|id| (id, false)));
    if let Some((id, occluded)) = hidden {
        let (id, revision) = seen(id)?;
        let details = Details { occluded: Some(occluded), ..Details::default() };
        return Ok(Some(Action::Describe { id, revision, details }));
    }
    let action = match (accept, reject, relabel, fix) {
        (Some(id), ..) => {
            let (id, revision) = seen(*id)?;
            Action::Accept { id, revision }
        }
        (_, Some(id), ..) => {
            let (id, revision) = seen(*id)?;
            Action::Reject { id, revision }
        }
        (_, _, Some(id), _) => {
            let (id, revision) = seen(*id)?;
            let label = to.ok_or_else(|| EngineError::Invalid("Name the label with --to".into()))?;
            Action::Relabel { id, revision, label }
        }
        (_, _, _, Some(id)) => {
            let (id, revision) = seen(*id)?;
            let rect = rect.ok_or_else(|| EngineError::Invalid("Name the corners with --rect".into()))?;
            Action::Reshape { id, revision, rect }
        }
        _ if *draw || *confirm_empty => {
            let path = image.as_deref().unwrap_or_default();
            let image = project.image_at(path)?.image.id;
            match (to, rect) {
                (Some(label), Some(rect)) if *draw => Action::Draw { image, label, rect },
                _ => Action::ConfirmEmpty { image },
            }
        }
        _ => return Ok(None),
    };
    Ok(Some(action))
}
