//! Trying a graph out before it is added: what is known is told beside what is wrong, and nothing is saved.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests")]

use std::path::PathBuf;

use relook_domain::{ImageId, model_card::Head};
use relook_engine::{
    About, AddModel, EngineError, Home, LabelList, ModelTrial, ModelTrials, Project, Task, TryOn, Values,
    view::{ImageFilter, JobKind},
};
use relook_tests::program::{Place, one_at_a_time, vision_fixtures};

fn graph(name: &str) -> PathBuf {
    vision_fixtures().join(format!("graphs/heads/{name}.onnx"))
}

/// A project with the labels dog and car and a photo, and a home whose own models lie at the place.
fn open(place: &Place) -> (Home, Project) {
    std::fs::write(place.path("two.txt"), "dog\ncar\n").unwrap();
    place.run("new b --labels two.txt").ok();
    place.run("add b.relook photos").ok();
    let own_models = place.path("models");
    let (cache, config) = (place.path(".cache"), place.path(".config"));
    let home = Home { models: vec![own_models.clone()], own_models, cache, config, ..Home::find() };
    let project = home.open(&place.path("b.relook")).unwrap();
    (home, project)
}

fn photo(project: &Project) -> TryOn {
    let page = project.images(&ImageFilter { text: String::new(), status: None }, 0, 1).unwrap();
    TryOn::Image(page.rows[0].id)
}

fn add(name: &str, labels: &str) -> AddModel {
    AddModel {
        file: graph(name),
        labels: Some(LabelList::Names(labels.to_owned())),
        above: 0.3,
        ..AddModel::default()
    }
}

fn look(trials: &ModelTrials, home: &Home, add: &AddModel, project: &Project) -> ModelTrial {
    trials.look(home, add, Some(project), &Task::silent(JobKind::Scan)).unwrap()
}

fn why(trial: &ModelTrial, about: About) -> &str {
    let problem = trial.problems.iter().find(|problem| problem.about == about);
    &problem.expect("such a problem").message
}

fn into(trial: &ModelTrial) -> Vec<(&str, &str, bool)> {
    trial.classes.iter().map(|c| (c.name.as_str(), c.label.as_str(), c.into.is_some())).collect()
}

#[test]
fn a_trial_tells_what_adding_would_do_and_saves_nothing() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg"]);
    let (home, project) = open(&place);
    let trials = ModelTrials::default();
    let tried = AddModel { preview: Some(photo(&project)), ..add("yolo_dense", "dog\n-\ncrane\n") };

    let trial = look(&trials, &home, &tried, &project);
    assert_eq!(trial.problems, []);
    assert_eq!((trial.name.as_str(), trial.takes_over, trial.replaceable), ("yolo_dense", false, false));
    assert_eq!(into(&trial), [("dog", "dog", true), ("", "", false), ("crane", "crane", false)]);
    let seen = trial.seen.as_ref().unwrap();
    assert!(seen.boxes.iter().any(|b| b.class == 2 && b.label == "crane"));
    assert!(seen.boxes.iter().all(|b| b.class != 1 && b.rect.x2 <= f64::from(seen.width)));
    assert!(trial.heads.iter().any(|one| one.head == Head::YoloDense && one.fits));
    assert!(trial.heads.iter().any(|one| one.head == Head::Detr && !one.fits));

    // What is said stands at once; labels change names at once, also with one another.
    let renames = [("dog", "crane"), ("crane", "")].map(|(from, to)| (from.to_owned(), to.to_owned()));
    let renamed = AddModel { rename: renames.to_vec(), ..tried.clone() };
    let trial = look(&trials, &home, &renamed, &project);
    assert_eq!(into(&trial), [("dog", "crane", false), ("", "", false), ("crane", "", false)]);
    assert!(trial.seen.unwrap().boxes.iter().all(|b| b.class == 0 && b.label == "crane"));

    assert!(!place.path("models").exists());
    let added = home.add_model(&tried, Some(&project)).unwrap();
    assert_eq!(added.lacking, Some(vec!["crane".to_owned()]));
    let again = look(&trials, &home, &tried, &project);
    assert!(why(&again, About::Name).contains("already"));
    assert!(again.replaceable && again.seen.is_some(), "the rest is told all the same");
    assert_eq!(look(&trials, &home, &AddModel { replace: true, ..tried }, &project).problems, []);
}

#[test]
fn what_is_wrong_is_told_where_it_is_mended_beside_all_that_is_known() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg"]);
    let (home, project) = open(&place);
    let trials = ModelTrials::default();
    std::fs::write(place.path("garbage.onnx"), b"no graph at all").unwrap();
    std::fs::write(place.path("broken.jpg"), b"no photo").unwrap();
    let abc = "dog\n-\ncar\n";
    let bare = |name: &str| AddModel { labels: None, ..add(name, "") };
    let tried =
        |add: AddModel| look(&trials, &home, &AddModel { preview: Some(photo(&project)), ..add }, &project);

    let file = |name: &str| AddModel { file: place.path(name), ..AddModel::default() };
    assert!(why(&tried(file("nowhere.onnx")), About::File).contains("nowhere.onnx"));
    assert!(why(&tried(file("garbage.onnx")), About::File).contains("ONNX graph"));

    let unnamed = tried(bare("yolo_end2end"));
    assert!(why(&unnamed, About::Labels).contains("names none"));
    let told: Vec<_> = unnamed.reasons.iter().map(|reason| reason.what).collect();
    for what in ["head", "size", "layout", "channels", "values", "resize", "nms_iou", "licence"] {
        assert!(told.contains(&what), "{what} is known although the labels are not: {told:?}");
    }
    assert!(
        why(&tried(add("yolo_dense", "a\nb\n")), About::Labels).contains("scores 3 labels and you name 2")
    );

    let wrong = tried(AddModel { head: Some(Head::Detr), ..add("yolo_dense", abc) });
    assert!(why(&wrong, About::Head).contains("fit no head"));
    assert!(wrong.heads.iter().any(|one| one.fits), "those that fit are offered");

    let shaped = tried(AddModel { size: Some((63, 32)), ..add("yolo_end2end", abc) });
    assert!(!shaped.problems.is_empty());
    let nan = tried(AddModel { values: Some(Values::Raw), ..add("bad-nan", abc) });
    assert!(why(&nan, About::Values).contains("NaN"));
    assert!(
        why(&tried(AddModel { nms_iou: Some(2.0), ..add("yolo_dense", abc) }), About::NmsIou)
            .contains("0 to 1")
    );
    assert!(
        why(&tried(AddModel { name: Some("../x".into()), ..add("yolo_dense", abc) }), About::Name)
            .contains("../x")
    );
    let list = LabelList::File(place.path("nolist.txt"));
    assert!(
        why(&tried(AddModel { labels: Some(list), ..add("yolo_dense", "") }), About::Labels)
            .contains("nolist.txt")
    );

    let broken = AddModel { preview: Some(TryOn::File(place.path("broken.jpg"))), ..add("yolo_dense", abc) };
    assert!(why(&look(&trials, &home, &broken, &project), About::Photo).contains("broken.jpg"));
    let lost = AddModel { preview: Some(TryOn::Image(ImageId(99))), ..add("yolo_dense", abc) };
    assert!(why(&look(&trials, &home, &lost, &project), About::Photo).contains("99"));
    assert!(!place.path("models").exists());
}

#[test]
fn a_photo_from_elsewhere_is_shown_once_it_was_tried_and_a_stopped_trial_ends() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg"]);
    let (home, project) = open(&place);
    let trials = ModelTrials::default();
    assert!(trials.photo().is_err(), "no file is shown that nobody tried");
    let file = place.path("photos/dog.jpg");
    let tried =
        AddModel { preview: Some(TryOn::File(file.clone())), ..add("yolox-dynamic", "dog\n-\ncar\n") };
    let tried = AddModel { size: Some((64, 32)), ..tried };
    assert!(look(&trials, &home, &tried, &project).seen.is_some_and(|seen| seen.width > 64));
    assert_eq!(trials.photo().unwrap().bytes, std::fs::read(file).unwrap());
    trials.end();
    assert!(trials.photo().is_err());

    let task = Task::silent(JobKind::Scan);
    task.control().stop();
    assert!(matches!(trials.look(&home, &tried, Some(&project), &task), Err(EngineError::Cancelled)));
}
