//! Long work that is killed, stopped, doubled, disturbed, or has its photos taken away.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use relook_tests::{
    checkout::text,
    program::{Place, Running, count, one_at_a_time, relook, until, vision_fixtures},
};
use serde_json::Value;

/// Photos on which the small model is in doubt, so that each needs its second look.
const DOUBTFUL: &[&str] = &[
    "anne_helene.jpg",
    "bar55.jpg",
    "bar55_2.jpg",
    "cold_water.jpg",
    "dog.jpg",
    "horses.jpg",
    "new_wave_2.jpg",
    "snow.jpg",
    "spiff_2.jpg",
];

/// `relook` on a single core: slow enough to be caught in the middle on any machine, and with the same sums each time,
/// since a session's threads part its sums.
fn slowly(line: &str) -> String {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells of the process");
    let allowed = status.lines().find_map(|l| l.strip_prefix("Cpus_allowed_list:")).expect("a list of cores");
    let first = allowed.trim().split([',', '-']).next().expect("one core at least");
    format!("-c {first} {} {line}", relook().display())
}

fn start_slowly(place: &Place, line: &str) -> Running {
    place.start_program("taskset", &slowly(line))
}

fn drafted(place: &Place) -> u64 {
    count(&place.counts("a.relook")["drafted"])
}

/// Waits until some images are done but not all, by `key` of the counts; gives how many.
#[track_caller]
fn partway(place: &Place, job: &mut Running, key: &str, more_than: u64) -> u64 {
    let mut done = 0;
    until("some images to be done", || {
        let counts = place.counts("a.relook");
        done = count(&counts[key]);
        assert!(done < count(&counts["images"]), "too quick to be caught in the middle: {}", job.told());
        assert!(!job.ended(), "{}", job.told());
        done > more_than
    });
    done
}

fn copy_project(place: &Place, to: &str) {
    std::fs::copy(place.path("a.relook"), place.path(to)).expect("a copy of the project");
}

#[test]
fn a_killed_draft_goes_on_as_if_nothing_had_been() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&[]);
    copy_project(&place, "b.relook");
    let whole = start_slowly(&place, "draft b.relook").wait().ok();
    assert!(whole.out.contains("24 images"), "{whole:?}");

    let mut done = 0;
    for _ in 0..2 {
        let mut job = start_slowly(&place, "draft a.relook");
        done = partway(&place, &mut job, "drafted", done);
        job.kill();
        assert_eq!(place.integrity("a.relook"), "ok");
        assert!(drafted(&place) >= done, "what was seen as done stays done");
    }
    let rest = start_slowly(&place, "draft a.relook --json").wait().ok().json();
    assert!(count(&rest["images"]) < 24, "only what was left: {rest}");
    assert_eq!(place.rows("a.relook"), place.rows("b.relook"));
    assert_eq!(count(&place.json("draft a.relook")["images"]), 0);
    place.assert_sound("a.relook");
}

#[test]
fn a_killed_second_look_goes_on_as_if_nothing_had_been() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(DOUBTFUL);
    place.run("draft a.relook").ok();
    copy_project(&place, "b.relook");
    // With a budget, of which each photo gets its share: where the first left off the second goes on.
    let look = |project: &str| format!("second-look {project} --model yolov8s --budget 0.5");
    start_slowly(&place, &look("b.relook")).wait().ok();

    let mut job = start_slowly(&place, &look("a.relook"));
    partway(&place, &mut job, "looked", 0);
    job.kill();
    assert_eq!(place.integrity("a.relook"), "ok");
    let rest = start_slowly(&place, &format!("{} --json", look("a.relook"))).wait().ok().json();
    assert!((1..DOUBTFUL.len() as u64).contains(&count(&rest["run"])), "only what was left: {rest}");
    assert_eq!(place.rows("a.relook"), place.rows("b.relook"));
    place.assert_sound("a.relook");
}

/// A folder of as many images as it takes to be caught while exporting, at the cost of one.
fn many_images(place: &Place, images: usize) {
    std::fs::create_dir(place.path("photos")).expect("a folder");
    let one = place.path("photos/00000.jpg");
    std::fs::copy(vision_fixtures().join("images/baseline.jpg"), &one).expect("a small image");
    for n in 1..images {
        std::fs::hard_link(&one, place.path(&format!("photos/{n:05}.jpg"))).expect("a link");
    }
    place.run("new a").ok();
    place.run("add a.relook photos").ok();
}

#[test]
fn a_killed_export_leaves_the_old_file_or_the_new_one() {
    let _turn = one_at_a_time();
    let place = Place::new();
    many_images(&place, 1500);
    for (format, name) in [("cvat-images", "out.xml"), ("cvat-images --with-images", "out.zip")] {
        let line = format!("export a.relook --format {format} --out {name}");
        let target = place.path(name);
        let since = Instant::now();
        place.run(&line).ok();
        let takes = since.elapsed();
        let new = std::fs::read(&target).expect("an export");
        assert!(new.len() > 100_000);

        let (mut early, rounds) = (0, 10);
        for round in 0..rounds {
            let old: Option<&[u8]> = (round % 2 == 0).then_some(b"what was here before");
            match old {
                Some(bytes) => std::fs::write(&target, bytes).expect("an older file"),
                None => std::fs::remove_file(&target).expect("no older file"),
            }
            let mut job = place.start(&line);
            std::thread::sleep(takes * round / rounds);
            job.kill();
            let found = std::fs::read(&target).ok();
            let is_new = found.as_deref() == Some(new.as_slice());
            assert!(is_new || found.as_deref() == old, "{name} is neither old nor new after a kill");
            early += u32::from(!is_new);
            // The next round begins with a file to remove.
            std::fs::write(&target, b"").expect("a file");
        }
        assert!(early > 2, "{name}: only {early} kills came before the end");
        place.run(&line).ok();
        assert!(std::fs::read(&target).expect("an export") == new);
    }
    place.assert_sound("a.relook");
}

#[test]
fn a_killed_decision_is_whole_or_not_there_at_all() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(DOUBTFUL);
    place.run("draft a.relook").ok();
    let all = count(&place.json("decide a.relook --accept-at-least 0 --dry-run")["count"]);
    assert!(all > 30, "{all} boxes");
    let since = Instant::now();
    place.run("decide a.relook --accept-at-least 0").ok();
    let takes = since.elapsed();
    place.run("undo a.relook").ok();
    let rounds = 20;
    for round in 0..rounds {
        let mut job = place.start("decide a.relook --accept-at-least 0 --json");
        std::thread::sleep(takes * round / rounds);
        job.kill();
        let accepted = count(&place.counts("a.relook")["accepted"]);
        assert!(accepted == 0 || accepted == all, "{accepted} of {all} after a kill");
        if accepted > 0 {
            place.run("undo a.relook").ok();
        }
        assert_eq!(count(&place.counts("a.relook")["accepted"]), 0);
    }
    place.assert_sound("a.relook");
}

/// The goal is one second; three leave room for a machine that does other things.
const SOON: Duration = Duration::from_secs(3);

#[test]
fn an_interrupted_job_ends_soon_and_keeps_what_was_done() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(DOUBTFUL);
    // The larger model: in the middle of an inference is where an interrupt has the most to wait for.
    let mut job = start_slowly(&place, "draft a.relook --model yolov8m");
    let before = partway(&place, &mut job, "drafted", 0);
    let since = Instant::now();
    job.interrupt();
    let done = job.wait();
    let took = since.elapsed();
    assert_eq!(done.code, Some(130), "{done:?}");
    assert!(done.err.contains("what was done is kept") && done.out.is_empty(), "{done:?}");
    assert!(took < SOON, "it took {took:?} where one second is the goal");
    let after = drafted(&place);
    assert!(before <= after && after < DOUBTFUL.len() as u64, "{before} before, {after} after");
    place.assert_sound("a.relook");

    // While the model is still being loaded.
    let job = start_slowly(&place, "draft a.relook --model yolov8m");
    until("the model to be loading", || job.told().contains("Loading yolov8m"));
    let since = Instant::now();
    job.interrupt();
    let done = job.wait();
    assert_eq!(done.code, Some(130), "{done:?}");
    assert!(since.elapsed() < SOON, "it took {:?} where one second is the goal", since.elapsed());
    assert_eq!(drafted(&place), after);

    // The rest is done by who comes next.
    let rest = place.json("draft a.relook");
    assert_eq!(count(&rest["images"]), DOUBTFUL.len() as u64 - after);
}

#[test]
fn one_drafts_while_others_decide_and_export() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg", "horses.jpg", "kite.jpg"]);
    place.run("draft a.relook").ok();
    place.photos("more", DOUBTFUL);
    place.run("add a.relook more").ok();
    let ids: Vec<u64> = {
        let shown = place.json("show a.relook --image kite.jpg");
        let all = shown["annotations"].as_array().expect("boxes").clone();
        all.iter().filter(|a| a["standing"] == "doubtful").map(|a| count(&a["id"])).collect()
    };
    let mut job = start_slowly(&place, "draft a.relook --model yolov8s");
    until("the draft to begin", || job.told().contains("Drafting"));
    for line in ["draft a.relook", "second-look a.relook"] {
        place.run(line).fails(6, &["A draft", "already working on this project", "wait for it to end"]);
    }

    let (mut accepted, mut decided) = (Vec::new(), 0);
    for id in &ids {
        place.run(&format!("decide a.relook --accept {id}")).ok();
        accepted.push(*id);
        place.run("undo a.relook").ok();
        place.run("redo a.relook").ok();
        decided += 1;
        if decided == 2 {
            place.run("export a.relook --out during.xml").ok();
        }
        if job.ended() {
            break;
        }
    }
    let in_time = !job.ended();
    let done = job.wait().ok();
    assert!(decided >= 2 && !done.err.contains("Another program"), "{decided} decisions: {done:?}");
    assert!(in_time || decided < ids.len(), "the draft and the decisions overlapped");

    let counts = place.counts("a.relook");
    assert_eq!((count(&counts["drafted"]), count(&counts["images"])), (12, 12));
    assert_eq!(count(&counts["accepted"]), accepted.len() as u64, "{counts}");
    let shown = place.json("show a.relook --image kite.jpg");
    for a in shown["annotations"].as_array().expect("boxes") {
        assert_eq!(a["state"] == "accepted", accepted.contains(&count(&a["id"])), "{a}");
    }
    place.assert_sound("a.relook");
}

#[test]
fn decided_boxes_outlive_a_new_draft_and_a_new_second_look() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg", "horses.jpg"]);
    place.run("draft a.relook").ok();
    place.run("decide a.relook --accept-at-least 0.6 --image dog.jpg").ok();
    place.run("decide a.relook --draw --image horses.jpg --to cat --rect 10,10,60,60").ok();
    place.run("decide a.relook --reject-below 0.3 --image horses.jpg").ok();
    let decided = |place: &Place| -> Vec<String> {
        let rows = place.rows("a.relook");
        let all = rows.iter().flat_map(|r| r["annotations"].as_array().expect("boxes").clone());
        let all = all.filter(|a| a["state"] != "pending");
        let mut all: Vec<_> = all.map(|a| format!("{} {} {}", a["label"], a["rect"], a["state"])).collect();
        all.sort();
        all
    };
    let before = decided(&place);
    assert!(before.len() > 3, "{before:?}");
    for line in ["draft a.relook --again", "second-look a.relook --model yolov8s", "draft a.relook --again"] {
        place.run(line).ok();
        assert_eq!(decided(&place), before, "after {line}");
    }
    // No box is drafted anew on top of a decided one of its label.
    for row in place.rows("a.relook") {
        let all = row["annotations"].as_array().expect("boxes");
        let kept: Vec<&Value> =
            all.iter().filter(|a| a["state"] == "accepted" && a["origin"] == "draft").collect();
        for k in kept {
            let twins = all.iter().filter(|a| a["label"] == k["label"] && a["rect"] == k["rect"]).count();
            assert_eq!(twins, 1, "{k}");
        }
    }
    place.assert_sound("a.relook");
}

#[test]
fn photos_taken_away_in_the_middle_are_not_taken_for_broken() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&[]);
    let mut job = start_slowly(&place, "draft a.relook");
    partway(&place, &mut job, "drafted", 0);
    let move_to = |from: &str, to: &str| {
        std::fs::rename(place.path(from), place.path(to)).expect("a folder can be renamed");
    };
    move_to("photos", "elsewhere");
    let done = job.wait();
    assert!(matches!(done.code, Some(1 | 3)) && done.out.is_empty(), "{done:?}");
    for word in ["photos", "what was done is kept", "bring it back"] {
        assert!(done.err.to_lowercase().contains(word), "{word}: {done:?}");
    }
    let counts = place.counts("a.relook");
    let kept = count(&counts["drafted"]);
    assert!(kept > 0 && kept < 24 && count(&counts["problems"]) == 0, "{counts}");
    assert_said_missing(&place, "photos");
    // Starting again without the photos says what is missing and loses nothing.
    place.run("draft a.relook").fails(3, &["photos"]);
    assert_eq!(drafted(&place), kept);

    move_to("elsewhere", "photos");
    place.run("draft a.relook").ok();
    let counts = place.counts("a.relook");
    assert_eq!((count(&counts["drafted"]), count(&counts["problems"])), (24, 0));
    place.assert_sound("a.relook");
}

fn assert_said_missing(place: &Place, folder: &str) {
    let status = place.json("status a.relook");
    let view = &status["project"]["folders"][0];
    assert!(Path::new(text(&view["path"])).ends_with(folder));
    assert!(text(&view["missing"]).contains("cannot be read"), "{view}");
}
