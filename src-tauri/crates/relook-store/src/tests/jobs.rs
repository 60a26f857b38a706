//! Drafts, second looks and their done-marks.

use super::*;
use crate::{PassOutcome, Problem};
use relook_domain::Origin;

#[test]
fn a_draft_is_saved_with_its_provenance_and_done_mark() {
    let project = Project::new(2);
    let (store, image) = (&project.store, project.images[0]);
    let draft = run(store, Stage::Draft);
    let result = draft_of(image, 3, &mut Dice::new(1));
    store.save_draft(draft, std::slice::from_ref(&result)).unwrap();
    let DraftOutcome::Done { boxes, .. } = &result.outcome else { unreachable!() };
    let saved = store.annotations_of(image).unwrap();
    assert_eq!(saved.len(), 3);
    for ((a, opinions), new) in saved.iter().zip(boxes) {
        assert_eq!((a.label, a.rect, a.score, a.doubt), (new.label, new.rect, Some(new.score), new.doubt));
        assert_eq!((a.origin, a.state, a.standing), (Origin::Draft, ReviewState::Pending, new.standing));
        assert_eq!(opinions.len(), 1);
        assert_eq!((opinions[0].run, opinions[0].stage), (draft, Stage::Draft));
        assert_eq!(opinions[0].alternatives, new.opinion.alternatives);
    }
    let kept = store.run(draft).unwrap().unwrap();
    assert_eq!((kept.model.as_str(), kept.params.as_str()), ("yolov8n", r#"{"keep_above":0.05}"#));
    assert_eq!(store.runs().unwrap(), [kept]);
    let row = store.image(image).unwrap().unwrap();
    assert_eq!(row.draft, Some(crate::Pass { run: draft, outcome: PassOutcome::Done }));
    assert_eq!((row.size, row.second_look), (Some((640, 480)), None));

    let left = |stage| {
        store
            .images_without_pass(stage, None, None, None, 10)
            .unwrap()
            .iter()
            .map(|i| i.id)
            .collect::<Vec<_>>()
    };
    assert_eq!((left(Stage::Draft), left(Stage::SecondLook)), (vec![project.images[1]], vec![image]));
    assert_sound(store);
}

#[test]
fn drafting_again_replaces_what_is_undecided_and_nothing_else() {
    let project = Project::drafted(1, 6);
    let (store, image) = (&project.store, project.images[0]);
    let look = run(store, Stage::SecondLook);
    store.save_second_look(look, &[look_of(image, &project.boxes(image), &mut Dice::new(2))]).unwrap();
    let boxes = project.boxes(image);
    project.act(&accept(&boxes[0])).unwrap().unwrap();
    project.act(&Action::Reject { id: boxes[1].id, revision: boxes[1].revision }).unwrap().unwrap();
    let drawn = Rect { x1: 1.0, y1: 1.0, x2: 20.0, y2: 20.0 };
    project.act(&draw(image, HORSE, drawn)).unwrap().unwrap();
    let decided: Vec<_> = project.boxes(image).into_iter().filter(no_longer_pending).collect();
    assert_eq!(decided.len(), 3);

    let again = run(store, Stage::Draft);
    assert_eq!(store.count_without_pass(Stage::Draft, Some(again), None).unwrap(), 1);
    let result = draft_of(image, 4, &mut Dice::new(3));
    for _ in 0..2 {
        store.save_draft(again, std::slice::from_ref(&result)).unwrap();
        let (kept, new): (Vec<_>, Vec<_>) = project.boxes(image).into_iter().partition(no_longer_pending);
        assert_eq!(kept, decided);
        assert_eq!(new.len(), 4);
    }
    assert_eq!(store.count_without_pass(Stage::Draft, Some(again), None).unwrap(), 0);
    assert_eq!(store.image(image).unwrap().unwrap().second_look, None, "a new draft wants a new second look");
    assert_eq!(store.count_without_pass(Stage::SecondLook, None, None).unwrap(), 1);
    assert_sound(store);
}

#[test]
fn the_second_look_does_not_overwrite_a_decision() {
    let project = Project::drafted(1, 5);
    let (store, image) = (&project.store, project.images[0]);
    let seen = project.boxes(image);
    // Decided while the larger model was looking.
    project.act(&accept(&seen[0])).unwrap().unwrap();
    project
        .act(&Action::Relabel { id: seen[1].id, revision: seen[1].revision, label: LabelId(99) })
        .unwrap_err();
    let label = if seen[1].label == HORSE { PERSON } else { HORSE };
    project.act(&Action::Relabel { id: seen[1].id, revision: seen[1].revision, label }).unwrap().unwrap();
    // Decided and taken back: pending again, but not as the model saw it.
    project.act(&accept(&seen[2])).unwrap().unwrap();
    store.undo(1).unwrap().unwrap();

    let look = run(store, Stage::SecondLook);
    let mut dice = Dice::new(9);
    let result = look_of(image, &seen, &mut dice);
    let before = project.boxes(image);
    let kept = store.save_second_look(look, std::slice::from_ref(&result)).unwrap();
    assert_eq!(kept, [seen[0].id, seen[1].id, seen[2].id]);
    let after = project.boxes(image);
    assert_eq!(after[..3], before[..3]);
    for (now, was) in after[3..5].iter().zip(&before[3..]) {
        assert_eq!((now.rect.x1, now.revision), (was.rect.x1 + 1.0, was.revision + 1));
        assert_eq!(now.verdict, Some(Verdict::Moved));
        let opinions = store.annotation(now.id).unwrap().unwrap().1;
        assert_eq!(opinions.iter().map(|o| o.stage).collect::<Vec<_>>(), [Stage::Draft, Stage::SecondLook]);
    }
    assert_eq!((after.len(), after[5].origin), (6, Origin::SecondLook));
    // Saved once more (say, after a doubt whether it was): nothing moves twice, nothing is added twice.
    store.save_second_look(look, &[result]).unwrap();
    let twice = project.boxes(image);
    assert_eq!(twice[..5], after[..5]);
    assert_eq!(twice.len(), 6);
    assert_sound(store);
}

#[test]
fn second_looks_that_were_not_needed_or_failed_are_marked() {
    let project = Project::drafted(3, 2);
    let store = &project.store;
    let look = run(store, Stage::SecondLook);
    let failed = LookOutcome::Failed(Problem { code: "gone".into(), text: "The file is gone".into() });
    let results = [
        LookResult { image: project.images[0], outcome: LookOutcome::Skipped },
        LookResult { image: project.images[1], outcome: failed },
        look_of(project.images[2], &project.boxes(project.images[2]), &mut Dice::new(1)),
    ];
    store.save_second_look(look, &results).unwrap();
    let counts = store.counts().unwrap();
    assert_eq!((counts.drafted, counts.looked, counts.looked_at, counts.problems), (3, 2, 1, 1));
    assert_eq!(store.run(look).unwrap().unwrap().images, 1, "the model ran on one");
    assert_eq!(store.count_without_pass(Stage::SecondLook, None, None).unwrap(), 0);
    let again = run(store, Stage::SecondLook);
    assert_eq!(store.count_without_pass(Stage::SecondLook, Some(again), None).unwrap(), 3);
    assert_sound(store);
}

#[test]
fn all_or_nothing_and_pages_go_on_where_they_ended() {
    let project = Project::new(25);
    let store = &project.store;
    let draft = run(store, Stage::Draft);
    let mut dice = Dice::new(1);
    let bad = [draft_of(project.images[0], 2, &mut dice), draft_of(ImageId(999), 2, &mut dice)];
    assert!(matches!(store.save_draft(draft, &bad), Err(StoreError::ImageConflict { id: ImageId(999), .. })));
    assert_eq!(store.counts().unwrap().drafted, 0);
    assert!(matches!(store.save_draft(RunId(99), &bad[..1]), Err(StoreError::Dangling { .. })));

    let mut seen = Vec::new();
    loop {
        let page = store.images_without_pass(Stage::Draft, None, None, seen.last().copied(), 10).unwrap();
        if page.is_empty() {
            break;
        }
        seen.extend(page.iter().map(|i| i.id));
    }
    assert_eq!(seen, project.images);
    assert_sound(store);
}
