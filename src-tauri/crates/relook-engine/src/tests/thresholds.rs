//! Thresholds learnt from decisions, and what is accepted by them.

use super::*;

const PRECISION: f64 = 0.9;

/// Horses scoring from 0.5 upwards on one image, `disputed` of the surest flagged as disagreements.
fn world(boxes: usize, disputed: usize) -> World {
    let world = World::new(1, 0);
    let store = world.project.store();
    let run = store.runs().unwrap().remove(0).id;
    let found = |n: usize| {
        let score = 0.5 + n as f64 * 0.4 / boxes as f64;
        let at = rect(1.0, 1.0, 20.0, 20.0);
        let opinion = NewOpinion { label: HORSE, score, rect: at, alternatives: vec![(HORSE, score)] };
        NewAnnotation {
            label: HORSE,
            rect: at,
            score,
            standing: Standing::Doubtful,
            verdict: None,
            disagreement: n + disputed >= boxes,
            doubt: 0.5,
            opinion,
        }
    };
    let measured = Measured { width: 640, height: 480, digest: None };
    let outcome = DraftOutcome::Done { measured, boxes: (0..boxes).map(found).collect() };
    store.save_draft(run, &[DraftResult { image: world.images[0], outcome }]).unwrap();
    world
}

/// Decides boxes one by one, in one step; those in `wrong` are rejected.
fn decide(world: &World, boxes: &[AnnotationView], wrong: usize) {
    let reject = |a: &AnnotationView| Action::Reject { id: a.id, revision: a.revision };
    let actions = boxes.iter().enumerate().map(|(n, a)| if n < wrong { reject(a) } else { accept(a) });
    world.project.act_all(&actions.collect::<Vec<_>>(), PERSON).unwrap();
}

#[test]
fn what_was_learnt_is_accepted_as_one_step_and_undone_as_one() {
    let world = world(400, 20);
    let all = world.all();
    let (decided, _): (Vec<_>, Vec<_>) =
        all.iter().filter(|a| !a.disagreement).cloned().enumerate().partition(|(n, _)| n % 2 == 0);
    decide(&world, &decided.into_iter().map(|(_, a)| a).collect::<Vec<_>>(), 2);
    let before = world.all();

    let learnt = world.project.thresholds(PRECISION).unwrap();
    assert_eq!((learnt.decisions, learnt.together, learnt.needed), (190, 0, 50));
    let proposal = learnt.fits[0].proposal.unwrap();
    assert_eq!((learnt.fits[0].labels.as_slice(), learnt.boxes), (&["horse".to_owned()][..], proposal.boxes));
    assert!(proposal.between.0 >= PRECISION && proposal.accept_at < 0.6, "{proposal:?}");

    let (accepted, outcome) = world.project.accept_above(&learnt, PERSON).unwrap();
    assert_eq!(
        (accepted, outcome.title.as_str()),
        (proposal.boxes, format!("Accepted {accepted} boxes").as_str())
    );
    for (was, is) in before.iter().zip(world.all()) {
        let above = was.state == ReviewState::Pending
            && !was.disagreement
            && was.score.is_some_and(|s| s >= proposal.accept_at);
        let want = if above { ReviewState::Accepted } else { was.state };
        assert_eq!(is.state, want, "{is:?}");
    }
    assert!(world.all().iter().filter(|a| a.disagreement).all(|a| a.state == ReviewState::Pending));

    let again = world.project.thresholds(PRECISION).unwrap();
    assert_eq!(
        (again.decisions, again.together),
        (190, accepted),
        "what was accepted by a threshold is no evidence for one"
    );
    world.project.undo().unwrap();
    assert_eq!(still(world.all()), still(before));
    assert_eq!(world.project.thresholds(PRECISION).unwrap(), learnt);
}

#[test]
fn a_box_that_had_to_be_fixed_was_not_right() {
    let world = world(120, 0);
    let boxes = world.all();
    decide(&world, &boxes[20..], 0);
    for a in &boxes[..20] {
        let (id, revision) = (a.id, a.revision);
        world.act(&Action::Relabel { id, revision, label: COW }).unwrap();
    }
    let learnt = world.project.thresholds(PRECISION).unwrap();
    let fit = &learnt.fits[0];
    assert_eq!(
        (learnt.fits.len(), fit.labels.as_slice()),
        (1, &["horse".to_owned()][..]),
        "what the model said"
    );
    assert_eq!((fit.decisions, fit.right), (120, 100));
}

#[test]
fn nothing_is_accepted_where_nothing_can_be_promised() {
    let world = world(100, 0);
    let boxes = world.all();
    decide(&world, &boxes[..49], 0);
    let learnt = world.project.thresholds(PRECISION).unwrap();
    assert_eq!((learnt.fits[0].proposal, learnt.boxes), (None, 0), "49 decisions, all right, are too few");
    let (accepted, outcome) = world.project.accept_above(&learnt, PERSON).unwrap();
    assert_eq!((accepted, outcome.step), (0, None));
    for none in [1.0, 0.2, f64::NAN] {
        refused(world.project.thresholds(none), Code::Invalid, "0.5 to below 1");
    }
}
