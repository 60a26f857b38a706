//! Folders, images, the list.

use super::*;
use crate::{Added, ImageFilter, ImageStatus, PassOutcome, Problem};

fn all(store: &Store) -> Vec<String> {
    store
        .images_page(&ImageFilter::default(), 0, u64::MAX)
        .unwrap()
        .rows
        .into_iter()
        .map(|r| r.path)
        .collect()
}

#[test]
fn adding_twice_is_adding_once_and_any_name_will_do() {
    let project = Project::new(0);
    let store = &project.store;
    let names =
        ["b.jpg", "a \"q\" 'x'.jpg", "line\nbreak.png", "犬/ß.png", "Z.jpg", "a/%_.jpg", "e\u{301}.jpg"];
    let files = || names.iter().map(|n| NewImage { path: (*n).into(), bytes: 1, modified: 1 });
    assert_eq!(store.add_images(project.folder, files()).unwrap(), Added { new: 7, ..Added::default() });
    assert_eq!(store.add_images(project.folder, files()).unwrap(), Added { known: 7, ..Added::default() });
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    assert_eq!(all(store), sorted);
    for name in names {
        assert_eq!(store.images_by_path(name).unwrap().len(), 1, "{name:?}");
    }
    let found = |text: &str| {
        let filter = ImageFilter { text: text.into(), status: None };
        store.images_page(&filter, 0, 10).unwrap().total
    };
    assert_eq!(
        [found("%"), found("Q\""), found("\nb"), found("犬"), found("z.JPG"), found("no")],
        [1, 1, 1, 1, 1, 0]
    );
    assert_sound(store);
}

#[test]
fn folders_keep_their_ids_and_a_path_may_be_in_several() {
    let project = Project::new(2);
    let store = &project.store;
    assert_eq!(store.add_folder("/photos").unwrap(), project.folder);
    let other = store.add_folder("/other").unwrap();
    store.add_images(other, [file(1), file(9)]).unwrap();
    let folders: Vec<_> = store.folders().unwrap().into_iter().map(|f| (f.path, f.images)).collect();
    assert_eq!(folders, [("/photos".to_owned(), 2), ("/other".to_owned(), 2)]);
    let both: Vec<_> = store.images_by_path("000001.jpg").unwrap().iter().map(|i| i.folder).collect();
    assert_eq!(both, [project.folder, other]);
    assert_eq!(all(store), ["000000.jpg", "000001.jpg", "000001.jpg", "000009.jpg"]);
    let message = store.add_images(FolderId(99), [file(1)]).unwrap_err().to_string();
    assert!(message.contains("that this names is not in"), "{message}");
}

#[test]
fn a_file_that_changed_is_tried_again() {
    let project = Project::new(2);
    let store = &project.store;
    let draft = run(store, Stage::Draft);
    let problem = Problem { code: "truncated".into(), text: "The file ends in the middle".into() };
    let failed = DraftResult { image: project.images[0], outcome: DraftOutcome::Failed(problem.clone()) };
    store.save_draft(draft, &[failed, draft_of(project.images[1], 2, &mut Dice::new(1))]).unwrap();
    let row = store.image(project.images[0]).unwrap().unwrap();
    assert_eq!((row.status, row.problem.as_ref()), (ImageStatus::Problem, Some(&problem)));
    assert_eq!(row.draft.unwrap().outcome, PassOutcome::Failed);
    assert_eq!(store.problems(10).unwrap(), [row]);
    assert_eq!(store.count_without_pass(Stage::Draft, None, None).unwrap(), 0);

    let touched = (0..2).map(|n| NewImage { modified: 6, ..file(n) });
    assert_eq!(store.add_images(project.folder, touched).unwrap(), Added { changed: 2, ..Added::default() });
    let left = store.images_without_pass(Stage::Draft, None, None, None, 10).unwrap();
    assert_eq!(left.iter().map(|i| i.id).collect::<Vec<_>>(), [project.images[0]]);
    assert_eq!(left[0].status, ImageStatus::New);
    let good = store.image(project.images[1]).unwrap().unwrap();
    assert_eq!((good.digest, good.size), (None, Some((640, 480))));
    assert_sound(store);
}

#[test]
fn sizes_problems_and_duplicates() {
    let project = Project::new(4);
    let store = &project.store;
    let digest = "cd".repeat(32);
    for image in &project.images[..3] {
        store.set_size(*image, 30, 40, Some(&digest)).unwrap();
    }
    store.set_size(project.images[0], 50, 60, None).unwrap();
    let row = store.image(project.images[0]).unwrap().unwrap();
    assert_eq!((row.size, row.digest), (Some((50, 60)), Some(digest)));
    assert_eq!(store.duplicates().unwrap(), 3);
    let problem = Problem { code: "empty".into(), text: "0 bytes".into() };
    store.set_problem(project.images[3], &problem).unwrap();
    assert_eq!(store.counts().unwrap().problems, 1);
    assert_sound(store);
    store.clear_problem(project.images[3]).unwrap();
    assert_eq!(store.counts().unwrap().problems, 0);
    assert!(matches!(store.clear_problem(ImageId(99)), Err(StoreError::ImageConflict { .. })));
    assert_eq!(store.image(ImageId(99)).unwrap(), None);
    assert_sound(store);
}

#[test]
fn pages_and_places_agree_at_any_depth_and_with_any_filter() {
    let project = Project::new(2500);
    let store = &project.store;
    let other = store.add_folder("/other").unwrap();
    store
        .add_images(
            other,
            (0..1500).map(|n| NewImage { path: format!("Dir{}/{n:05}.PNG", n % 7), ..file(n) }),
        )
        .unwrap();
    let draft = run(store, Stage::Draft);
    let mut dice = Dice::new(11);
    let results: Vec<_> = project.images.iter().step_by(3).map(|i| draft_of(*i, 1, &mut dice)).collect();
    store.save_draft(draft, &results).unwrap();

    for (text, status) in [
        ("", None),
        ("dir3/", None),
        ("", Some(ImageStatus::New)),
        ("", Some(ImageStatus::Drafted)),
        ("9", Some(ImageStatus::Drafted)),
        ("", Some(ImageStatus::Problem)),
    ] {
        let filter = ImageFilter { text: text.into(), status };
        let whole = store.images_page(&filter, 0, u64::MAX).unwrap();
        assert_eq!(whole.total, whole.rows.len() as u64, "{filter:?}");
        let in_order = |w: &[crate::ImageRow]| (w[0].folder, &w[0].path) < (w[1].folder, &w[1].path);
        assert!(whole.rows.windows(2).all(in_order), "{filter:?}");
        for offset in [0, 1, 100, 1023, 1024, 1025, 2499, 2500, 3999, 4000, 9999] {
            let page = store.images_page(&filter, offset, 30).unwrap();
            let want = whole.rows.iter().skip(offset as usize).take(30);
            assert!(page.rows.iter().eq(want), "{filter:?} from {offset}");
            assert_eq!(page.total, whole.total);
        }
        for (place, row) in whole.rows.iter().enumerate().step_by(97) {
            assert_eq!(store.position_of(row.id, &filter).unwrap(), Some(place as u64), "{filter:?}");
        }
    }
    let drafted = ImageFilter { status: Some(ImageStatus::Drafted), ..ImageFilter::default() };
    assert_eq!(store.position_of(project.images[1], &drafted).unwrap(), None);
    // The list grew: old anchors must not be used.
    store
        .add_images(project.folder, [NewImage { path: "000000.a.jpg".into(), bytes: 1, modified: 1 }])
        .unwrap();
    let page = store.images_page(&ImageFilter::default(), 2000, 1).unwrap();
    assert_eq!(page.rows[0].path, "001999.jpg");
    assert_sound(store);
}

#[test]
fn status_follows_from_what_is_stored() {
    let project = Project::new(1);
    let (store, image) = (&project.store, project.images[0]);
    let status = || store.image(image).unwrap().unwrap().status;
    assert_eq!(status(), ImageStatus::New);
    let (draft, look) = (run(store, Stage::Draft), run(store, Stage::SecondLook));
    let mut dice = Dice::new(5);
    let mut one = new_box(&mut dice);
    one.standing = Standing::Doubtful;
    let measured = Measured { width: 640, height: 480, digest: None };
    let drafted = DraftOutcome::Done { measured, boxes: vec![one] };
    store.save_draft(draft, &[DraftResult { image, outcome: drafted }]).unwrap();
    assert_eq!(status(), ImageStatus::Drafted);
    store.save_second_look(look, &[LookResult { image, outcome: LookOutcome::Skipped }]).unwrap();
    assert_eq!(status(), ImageStatus::Waiting);
    project.act(&Action::AcceptRest { image }).unwrap().unwrap();
    assert_eq!(status(), ImageStatus::Done);
    store.undo(2).unwrap().unwrap();
    project.act(&Action::ConfirmEmpty { image }).unwrap().unwrap();
    assert_eq!(status(), ImageStatus::ConfirmedEmpty);
    assert_sound(store);
}
