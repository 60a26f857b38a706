//! Several programs on one file.

use std::{sync::Arc, thread};

use super::*;

#[test]
fn two_stores_decide_at_once_and_nothing_is_lost() {
    let project = Project::drafted(8, 10);
    let boxes: Vec<_> = project.images.iter().flat_map(|i| project.boxes(*i)).collect();
    let path = project.path();
    let decide = |offset: usize| {
        let (path, boxes) = (path.clone(), boxes.clone());
        thread::spawn(move || {
            let store = Store::open(&path).unwrap();
            let mine = boxes.iter().skip(offset).step_by(2);
            mine.filter(|a| act(&store, &accept(a)).unwrap().is_some()).count()
        })
    };
    let (even, odd) = (decide(0), decide(1));
    assert_eq!(even.join().unwrap() + odd.join().unwrap(), boxes.len());
    assert_eq!(project.store.counts().unwrap().accepted, boxes.len() as u64);
    assert_eq!(project.store.history(u64::MAX, None).unwrap().len(), boxes.len());
    assert_sound(&project.store);
    while project.store.undo(1).unwrap().is_some() {}
    assert_eq!(project.store.counts().unwrap().accepted, 0);
    assert_sound(&project.store);
}

#[test]
fn jobs_reviewers_and_readers_share_one_store() {
    let project = Arc::new(Project::drafted(20, 6));
    let draft = run(&project.store, Stage::SecondLook);
    let looker = {
        let project = Arc::clone(&project);
        thread::spawn(move || {
            let mut dice = Dice::new(8);
            for image in &project.images {
                let seen = project.boxes(*image);
                project.store.save_second_look(draft, &[look_of(*image, &seen, &mut dice)]).unwrap();
            }
        })
    };
    let reader = {
        let project = Arc::clone(&project);
        thread::spawn(move || {
            for _ in 0..30 {
                project
                    .store
                    .snapshot(|s| {
                        // Boxes and counts of one snapshot belong together however much is written meanwhile.
                        let mut queued = 0;
                        s.for_each_image(|row, boxes| {
                            assert_eq!(row.queued as usize, boxes.iter().filter(|a| a.queued()).count());
                            queued += u64::from(row.queued);
                            Ok::<_, StoreError>(())
                        })?;
                        assert_eq!(s.counts()?.queued, queued);
                        assert_eq!((s.labels()?.len(), s.folders()?.len()), (3, 1));
                        Ok::<_, StoreError>(())
                    })
                    .unwrap();
            }
        })
    };
    let mut decided = Vec::new();
    for image in project.images.iter().rev() {
        for a in project.boxes(*image) {
            if project.act(&accept(&a)).unwrap().is_some() {
                decided.push(find(&project.store, a.id));
            }
        }
    }
    looker.join().unwrap();
    reader.join().unwrap();
    for was in decided {
        assert_eq!(find(&project.store, was.id), was, "decided, then overwritten");
    }
    assert_sound(&project.store);
}

#[test]
fn the_data_version_tells_of_others_only() {
    let project = Project::drafted(2, 2);
    let here = &project.store;
    let there = Store::open(&project.path()).unwrap();
    let before = here.data_version().unwrap();
    here.set_settings("mine").unwrap();
    assert_eq!(here.data_version().unwrap(), before);
    there.set_settings("theirs").unwrap();
    let after = here.data_version().unwrap();
    assert_ne!(after, before);
    assert_eq!((here.data_version().unwrap(), here.settings().unwrap().as_str()), (after, "theirs"));
}

#[test]
fn one_program_at_a_time_runs_jobs() {
    let project = Project::new(1);
    let other = Store::open(&project.path()).unwrap();
    let held = project.store.lock_jobs("relook draft").unwrap();
    let busy = other.lock_jobs("the window").map(drop).unwrap_err().to_string();
    if cfg!(unix) {
        let want =
            format!("relook draft (process {}) is already working on this project", std::process::id());
        assert!(busy.starts_with(&want), "{busy}");
    }
    drop(held);
    drop(other.lock_jobs("the window").unwrap());
}

#[test]
fn an_export_sees_one_moment() {
    let project = Project::drafted(30, 3);
    let mut seen = Vec::new();
    project
        .store
        .for_each_image_in_order(|row, boxes| {
            if seen.is_empty() {
                project.act(&Action::AcceptRest { image: project.images[29] })?;
                project.store.add_images(project.folder, [file(99)])?;
            }
            assert!(boxes.windows(2).all(|w| (w[0].z_order, w[0].id) < (w[1].z_order, w[1].id)));
            assert!(boxes.iter().all(|a| a.state == ReviewState::Pending));
            seen.push(row.path.clone());
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert_eq!(seen, (0..30).map(|n| file(n).path).collect::<Vec<_>>());
}
