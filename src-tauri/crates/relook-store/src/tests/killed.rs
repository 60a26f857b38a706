//! Programs killed in the middle: what comes back is a prefix of what they did.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use super::*;

const PROJECT: &str = "RELOOK_STORE_TEST_PROJECT";
const WORK: &str = "RELOOK_STORE_TEST_WORK";

/// Not a test by itself: what the killed program does, one line on stdout for each thing that is safe by then.
#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn the_program_that_is_killed() {
    let (Ok(path), Ok(work)) = (std::env::var(PROJECT), std::env::var(WORK)) else { return };
    let store = Store::open(Path::new(&path)).unwrap();
    let mut dice = Dice::new(1);
    if work == "draft" {
        let _lock = store.lock_jobs("the killed program").unwrap();
        let draft = run(&store, Stage::Draft);
        loop {
            let some = store.images_without_pass(Stage::Draft, None, None, None, 7).unwrap();
            let results: Vec<_> = some.iter().map(|i| draft_of(i.id, 5, &mut dice)).collect();
            store.save_draft(draft, &results).unwrap();
            println!("safe {}", results.len());
        }
    }
    for id in (1..).map(AnnotationId) {
        let Some((a, _)) = store.annotation(id).unwrap() else { break };
        if act(&store, &accept(&a)).unwrap().is_some() {
            println!("safe {id}");
        }
    }
    panic!("was to be killed before it was through");
}

/// Runs the program above, kills it after `lines` lines and gives what it said was safe.
fn kill_after(lines: usize, project: &Path, work: &str) -> Vec<i64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::killed::the_program_that_is_killed", "--ignored", "--nocapture"])
        .env(PROJECT, project)
        .env(WORK, work)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let number = |line: String| line.split_once("safe ").and_then(|(_, n)| n.trim().parse().ok());
    let mut safe: Vec<i64> = output.by_ref().map_while(Result::ok).filter_map(number).take(lines).collect();
    assert_eq!(safe.len(), lines, "the program ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said between the last line looked at and its end is safe too.
    safe.extend(output.map_while(Result::ok).filter_map(number));
    safe
}

#[test]
fn killed_while_drafting() {
    for lines in [1, 4, 9] {
        let mut project = Project::new(3000);
        let path = project.path();
        // Nobody else has the file open: the next one to open it has to recover it.
        drop(project.store);
        let safe = kill_after(lines, &path, "draft").iter().sum::<i64>() as u64;
        project.store = Store::open(&path).unwrap();
        let store = &project.store;
        assert_sound(store);
        let drafted = store.counts().unwrap().drafted;
        assert!(drafted >= safe, "{drafted} of {safe}");
        assert_eq!(drafted % 7, 0, "a whole number of transactions");
        for (n, image) in project.images.iter().enumerate() {
            let want = if (n as u64) < drafted { 5 } else { 0 };
            assert_eq!(project.boxes(*image).len(), want, "image {n}");
        }
        // The lock went with the program, and the rest can be done.
        let _lock = store.lock_jobs("the next program").unwrap();
        let left = store.images_without_pass(Stage::Draft, None, None, None, u64::MAX).unwrap();
        assert_eq!(left.len() as u64 + drafted, 3000);
    }
}

#[test]
fn killed_while_reviewing() {
    for lines in [1, 12, 40] {
        let mut project = Project::drafted(400, 5);
        let path = project.path();
        drop(project.store);
        let safe = kill_after(lines, &path, "review");
        project.store = Store::open(&path).unwrap();
        let store = &project.store;
        assert_sound(store);
        for id in &safe {
            assert_eq!(find(store, AnnotationId(*id)).state, ReviewState::Accepted);
        }
        let accepted = store.counts().unwrap().accepted;
        let steps = store.history(u64::MAX, None).unwrap().len() as u64;
        assert!(
            accepted == steps && steps >= safe.len() as u64,
            "{accepted} boxes, {steps} steps, {} safe",
            safe.len()
        );
        while store.undo(1).unwrap().is_some() {}
        assert_eq!(store.counts().unwrap().accepted, 0);
        assert_sound(store);
    }
}
