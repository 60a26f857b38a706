//! Making and opening project files, and all the files that are none.

use std::{
    fs,
    io::{Seek, SeekFrom, Write},
    path::Path,
};

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::migrations::MIGRATIONS;

fn refusal(path: &Path) -> String {
    let before = fs::read(path).ok();
    let message = Store::open(path).unwrap_err().to_string();
    assert_eq!(before, fs::read(path).ok(), "the file was touched");
    assert!(message.contains(&*path.to_string_lossy()), "names the file: {message}");
    message
}

#[test]
fn a_project_keeps_what_it_was_made_with() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("käse ? #1 100% \"q\".relook");
    let store = Store::create(&path, &new_project()).unwrap();
    store.set_settings("{}").unwrap();
    let dog = store.add_label(&label("собака\n\"'犬")).unwrap();
    drop(store);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside a closed project");

    let store = Store::open(&path).unwrap();
    assert_eq!(store.path(), path);
    assert_eq!(store.read_only(), None);
    assert_eq!((store.settings().unwrap().as_str(), store.created_at().unwrap()), ("{}", 1_700_000_000));
    let names: Vec<_> = store.labels().unwrap().into_iter().map(|l| l.name).collect();
    assert_eq!(names, ["person", "horse", "traffic light", "собака\n\"'犬"]);
    assert_eq!(store.labels().unwrap().iter().find(|l| l.name == "собака\n\"'犬").unwrap().id, dog);
    assert!(
        matches!(store.add_label(&label("horse")), Err(StoreError::LabelExists { name }) if name == "horse")
    );
    assert_sound(&store);
}

#[test]
fn making_never_overwrites_and_leaves_nothing_behind_when_it_fails() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.relook");
    fs::write(&path, "mine").unwrap();
    assert!(matches!(Store::create(&path, &new_project()), Err(StoreError::Exists { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"mine");

    let twice = NewProject { labels: vec![label("a"), label("a")], ..new_project() };
    let other = dir.path().join("b.relook");
    assert!(matches!(Store::create(&other, &twice), Err(StoreError::LabelExists { .. })));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);

    let nowhere = dir.path().join("gone/c.relook");
    assert!(Store::create(&nowhere, &new_project()).unwrap_err().to_string().contains("folder is not there"));
}

#[test]
fn what_is_no_project_is_refused_and_left_alone() {
    let dir = TempDir::new().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::write(at("empty"), "").unwrap();
    fs::write(at("text"), "labels: person\n".repeat(50)).unwrap();
    fs::create_dir(at("folder")).unwrap();
    Connection::open(at("other")).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    for (name, want) in [
        ("gone", "There is no project at"),
        ("empty", "is not a Relook project: it is empty"),
        ("text", "is not a Relook project: it is another kind of file"),
        ("folder", "is not a Relook project: it is a folder"),
        ("other", "is not a Relook project: it is another program's database"),
    ] {
        let message = refusal(&at(name));
        assert!(message.contains(want), "{name}: {message}");
    }
}

#[test]
fn a_newer_format_is_refused() {
    let project = Project::new(1);
    let path = project.path();
    drop(project.store);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 7).unwrap();
    let message = refusal(&path);
    assert!(
        message.contains("newer Relook (its format is 7") && message.contains("update Relook"),
        "{message}"
    );
}

#[test]
fn an_older_format_is_backed_up_and_brought_up_to_date_once() {
    let project = Project::drafted(3, 4);
    let path = project.path();
    let before = picture(&project.store);
    drop(project.store);
    let next = [MIGRATIONS, &["ALTER TABLE folder ADD COLUMN nickname TEXT"]].concat();
    let known_now = MIGRATIONS.len() as i64;

    // Changes that are still in the log belong into the backup too.
    let store = Store::open_with(&path, MIGRATIONS).unwrap();
    store.set_settings("late").unwrap();
    let newer = Store::open_with(&path, &next).unwrap();
    drop(store);
    assert_eq!(picture(&newer), before);
    assert_eq!(number(&newer, "SELECT count(*) FROM pragma_table_info('folder') WHERE name = 'nickname'"), 1);
    assert_eq!(number(&newer, "SELECT user_version FROM pragma_user_version"), known_now as u64 + 1);
    drop(newer);

    let backup = project.dir.path().join(format!("p.relook.bak-v{known_now}"));
    let kept = fs::read(&backup).unwrap();
    Store::open_with(&path, &next).unwrap();
    assert_eq!(fs::read(&backup).unwrap(), kept, "only the first time");
    let old = Store::open(&backup).unwrap();
    assert_eq!((picture(&old), old.settings().unwrap()), (before, "late".to_owned()));
    assert!(
        matches!(Store::open(&path), Err(StoreError::Newer { found, known, .. }) if (found, known) == (known_now + 1, known_now))
    );
}

#[test]
fn a_migration_that_fails_changes_nothing() {
    let project = Project::drafted(2, 2);
    let path = project.path();
    let before = picture(&project.store);
    drop(project.store);
    let broken = [MIGRATIONS, &["CREATE TABLE half (x); CREATE TABLE half (x)"]].concat();
    assert!(Store::open_with(&path, &broken).unwrap_err().to_string().contains("half"));
    let store = Store::open(&path).unwrap();
    assert_eq!(picture(&store), before);
    assert_eq!(number(&store, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'"), 0);
}

#[test]
fn garbage_in_the_middle_is_told_and_not_made_worse() {
    let project = Project::drafted(200, 20);
    let path = project.path();
    drop(project.store);
    let size = fs::metadata(&path).unwrap().len();
    let mut file = fs::File::options().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(size / 8)).unwrap();
    file.write_all(&vec![0xa5; usize::try_from(size / 2).unwrap()]).unwrap();
    drop(file);
    let before = fs::read(&path).unwrap();
    let read_all = || {
        let store = Store::open(&path)?;
        store.for_each_image_in_order(|_, _| Ok::<_, StoreError>(()))?;
        store.counts()
    };
    let message = read_all().unwrap_err().to_string();
    assert!(message.contains("is damaged") && message.contains("p.relook"), "{message}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_cut_short_is_told() {
    let project = Project::drafted(50, 20);
    let path = project.path();
    drop(project.store);
    let whole = fs::metadata(&path).unwrap().len();
    fs::File::options().write(true).open(&path).unwrap().set_len(whole / 2).unwrap();
    let message = refusal(&path);
    assert!(
        message.contains("is damaged") && message.contains(&format!("of its {whole} bytes")),
        "{message}"
    );
}

#[test]
fn a_write_protected_file_can_be_read() {
    let project = Project::drafted(3, 3);
    let (path, before) = (project.path(), picture(&project.store));
    drop(project.store);
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();

    let store = Store::open(&path).unwrap();
    assert_eq!(store.read_only(), Some("the file is write-protected"));
    assert_eq!(picture(&store), before);
    let image = project.images[0];
    for refused in [
        store.set_settings("x").unwrap_err(),
        store.undo(1).unwrap_err(),
        act(&store, &Action::AcceptRest { image }).unwrap_err(),
        store.lock_jobs("a test").map(drop).unwrap_err(),
    ] {
        let message = refused.to_string();
        assert!(message.contains("can only be read: the file is write-protected; copy it"), "{message}");
    }
    let next = [MIGRATIONS, &["CREATE TABLE more (x)"]].concat();
    assert!(matches!(Store::open_with(&path, &next), Err(StoreError::OlderReadOnly { .. })));
}

#[test]
#[cfg(unix)]
fn where_no_files_can_be_made_a_project_can_still_be_read() {
    // Things in the way stand for a medium that refuses: SQLite's side files cannot be made, or not written.
    let project = Project::drafted(3, 3);
    let (path, before) = (project.path(), picture(&project.store));
    drop(project.store);
    let side = |ending: &str| project.dir.path().join(format!("p.relook{ending}"));
    let folder = |at: &Path| fs::create_dir(at).unwrap();
    let dangling = |at: &Path| std::os::unix::fs::symlink("/no such folder/file", at).unwrap();
    type Obstruct = fn(&Path);
    let cases: [(&str, Obstruct); 3] = [("-shm", folder), ("-shm", dangling), ("-wal", folder)];
    for (ending, obstruct) in cases {
        let in_the_way = side(ending);
        obstruct(&in_the_way);
        let store = Store::open(&path).unwrap();
        assert_eq!(store.read_only(), Some("files cannot be made in its folder"));
        assert_eq!(picture(&store), before);
        assert!(matches!(store.set_settings("x"), Err(StoreError::ReadOnly { .. })));
        store.data_version().unwrap();
        drop(store);
        for left in [side("-shm"), side("-wal")] {
            let _ = fs::remove_file(&left).or_else(|_| fs::remove_dir(&left));
        }
    }
    // With changes that only the log holds it would be read as it was: say so instead.
    dangling(&side("-shm"));
    fs::write(side("-wal"), vec![1; 5000]).unwrap();
    let message = refusal(&path);
    assert!(message.contains("newest changes lie in the file beside it that ends in -wal"), "{message}");
}

#[test]
fn a_writer_elsewhere_does_not_keep_a_project_from_opening() {
    let project = Project::drafted(2, 2);
    project
        .store
        .review(|_| {
            let other = Store::open(&project.path())?;
            assert_eq!(other.read_only(), None);
            other.counts()
        })
        .unwrap();
}

#[test]
fn a_full_disk_loses_nothing_and_says_so() {
    let project = Project::drafted(20, 5);
    let store = &project.store;
    let run = run(store, Stage::Draft);
    let before = picture(store);
    let counts = store.counts().unwrap();
    let limit = |pages: u64| {
        store
            .write(Durability::Program, |tx| {
                Ok(tx.pragma_update_and_check(None, "max_page_count", pages as i64, |row| {
                    row.get::<_, i64>(0)
                })?)
            })
            .unwrap();
    };
    limit(number(store, "SELECT page_count FROM pragma_page_count") + 3);
    let mut dice = Dice::new(3);
    let more: Vec<_> = project.images.iter().map(|i| draft_of(*i, 500, &mut dice)).collect();
    let full = store.save_draft(run, &more).unwrap_err();
    assert!(matches!(&full, StoreError::DiskFull { .. }));
    assert!(full.to_string().contains("free some space"), "{full}");
    assert_eq!((picture(store), store.counts().unwrap()), (before, counts));
    assert_sound(store);
    // Space came back: the same call works.
    limit(1_000_000);
    store.save_draft(run, &more).unwrap();
    assert_eq!(project.boxes(project.images[0]).len(), 500);
    assert_sound(store);
}

#[test]
#[cfg(unix)]
fn a_file_that_is_gone_or_another_takes_no_decisions() {
    let project = Project::drafted(2, 3);
    let (store, path) = (&project.store, project.path());
    let away = project.dir.path().join("away.relook");
    let image = project.images[0];
    fs::rename(&path, &away).unwrap();
    let decide = || act(store, &Action::AcceptRest { image }).map(|step| step.is_some());
    let gone = decide().unwrap_err();
    assert!(gone.to_string().contains("p.relook is no longer there"), "{gone}");
    // Another file in its place gets nothing of it either.
    fs::copy(&away, &path).unwrap();
    let copied = fs::read(&path).unwrap();
    assert!(matches!(decide(), Err(StoreError::Gone { .. })));
    assert_eq!(fs::read(&path).unwrap(), copied);
    // Put back, it goes on, and nothing of the refused is there.
    fs::rename(&away, &path).unwrap();
    assert_eq!(store.counts().unwrap().accepted, 0);
    assert!(decide().unwrap());
    assert_eq!(Store::open(&path).unwrap().counts().unwrap().accepted, store.counts().unwrap().accepted);
}

#[test]
fn a_project_of_the_first_format_is_brought_up_to_date_with_all_that_is_in_it() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("old.relook");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(MIGRATIONS[0]).unwrap();
    old.execute_batch(
        "PRAGMA application_id = 1380732747; PRAGMA user_version = 1;
         INSERT INTO meta VALUES ('settings', '{}'), ('created_at', '5');
         INSERT INTO folder VALUES (1, '/photos');
         INSERT INTO label VALUES (1, 'horse', '#aabbcc', '[]');
         INSERT INTO run VALUES (1, 0, 'yolov8n', 'ab', 'CPU', 'ORT', '{}', 7);
         INSERT INTO image (id, folder_id, path, bytes, modified, draft, draft_run) VALUES (1, 1, 'a.jpg', 9, 9, 1, 1);
         INSERT INTO annotation VALUES (1, 1, 1, 1, 2, 30, 40, 0, 0.5, 1, 0, 0, NULL, 0, 0.9, 0, 0, 0, NULL, 1);
         INSERT INTO step VALUES (1, 8, 'person', 'Accepted 1 box', 0, 1, NULL);
         INSERT INTO change VALUES (1, 1, '{\"boxes\":[1],\"before\":\"pending\",\"after\":\"accepted\"}');
         UPDATE annotation SET state = 1;",
    )
    .unwrap();
    drop(old);
    let store = Store::open(&path).unwrap();
    let a = find(&store, AnnotationId(1));
    assert_eq!((a.shape.clone(), a.state), (Shape::Box, ReviewState::Accepted));
    assert_eq!(store.labels().unwrap(), [Label { id: LabelId(1), ..label("horse") }]);
    assert_eq!(store.runs().unwrap()[0].images, 1);
    assert_eq!(store.undo(9).unwrap().unwrap().title, "Accepted 1 box");
    assert_eq!(find(&store, AnnotationId(1)).state, ReviewState::Pending);
    assert_sound(&store);
    assert!(path.with_extension("relook.bak-v1").exists());
}
