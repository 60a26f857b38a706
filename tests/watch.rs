//! Watched folders: photos as they come, never one twice, through restarts and `kill -9`.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    time::{Duration, Instant},
};

use relook_tests::program::{Place, Running, count, demo_photos, one_at_a_time, until, vision_fixtures};
use serde_json::Value;

/// A project `a.relook` and a folder `photos` with one small photo that it does not know of.
fn place() -> Place {
    let place = Place::new();
    fs::create_dir(place.path("photos")).expect("a folder");
    fs::copy(small(), place.path("photos/first.jpg")).expect("a photo");
    place.run("new a").ok();
    place
}

fn small() -> PathBuf {
    vision_fixtures().join("images/baseline.jpg")
}

fn of(place: &Place, what: &str) -> u64 {
    count(&place.counts("a.relook")[what])
}

fn events(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).expect("a line of JSON each")).collect()
}

/// The photos that were told of as `event`, in order.
fn told(events: &[Value], event: &str) -> Vec<String> {
    let of = events.iter().filter(|e| e["event"] == event);
    let images = of.flat_map(|e| e["images"].as_array().cloned().unwrap_or_default());
    images.map(|image| image.as_str().expect("a path").to_owned()).collect()
}

#[track_caller]
fn drafted(place: &Place, job: &mut Running, want: u64) {
    until("the new photos to be drafted", || {
        assert!(!job.ended(), "{}", job.told());
        of(place, "drafted") == want
    });
}

#[test]
fn photos_join_as_they_come_and_none_is_drafted_twice() {
    let _turn = one_at_a_time();
    let place = place();
    let mut job = place.start("watch a.relook photos --json");
    drafted(&place, &mut job, 1);

    // Written bit by bit, over longer than a file has to be still.
    let bytes = fs::read(demo_photos().join("dog.jpg")).expect("a photo");
    let mut file = fs::File::create(place.path("photos/slow.jpg")).expect("a file");
    let since = Instant::now();
    for part in bytes.chunks(bytes.len() / 5 + 1) {
        file.write_all(part).expect("a part");
        file.flush().expect("a part");
        std::thread::sleep(Duration::from_millis(700));
        assert_eq!(of(&place, "images"), 1, "it is not whole yet");
    }
    drop(file);
    assert!(since.elapsed() > Duration::from_secs(3));
    drafted(&place, &mut job, 2);

    // One that another program writes beside and renames into place.
    fs::copy(small(), place.path("photos/third.jpg.part")).expect("a file");
    fs::rename(place.path("photos/third.jpg.part"), place.path("photos/third.jpg")).expect("a new name");
    drafted(&place, &mut job, 3);
    until("the second look", || of(&place, "looked") == 3);

    job.kill();
    assert_eq!(place.integrity("a.relook"), "ok");
    let rows = place.rows("a.relook");
    fs::copy(small(), place.path("photos/fourth.jpg")).expect("a photo");
    let again = events(&place.run("watch a.relook photos --once --json").ok().out);
    assert_eq!(told(&again, "added"), ["fourth.jpg"]);
    let models: Vec<u64> =
        again.iter().filter(|e| e["event"] == "drafted").map(|e| count(&e["images"])).collect();
    assert_eq!(models, [1], "only the new one: {again:?}");
    let mut now = place.rows("a.relook");
    now.retain(|row| row["image"]["path"] != "fourth.jpg");
    assert!(now == rows, "what was done is as it was");
    let nothing = events(&place.run("watch a.relook photos --once --json").ok().out);
    assert_eq!(nothing.len(), 1, "that it watches, and nothing more: {nothing:?}");
    place.assert_sound("a.relook");
}

#[test]
fn changed_photos_are_drafted_anew_and_those_gone_keep_their_labels() {
    let _turn = one_at_a_time();
    let place = place();
    fs::copy(small(), place.path("photos/second.jpg")).expect("a photo");
    let once = "watch a.relook photos --once --json --no-second-look --poll 1";
    let first = events(&place.run(once).ok().out);
    assert_eq!(first[0]["polling"], true);
    assert_eq!(told(&first, "added"), ["first.jpg", "second.jpg"]);

    fs::remove_file(place.path("photos/first.jpg")).expect("a photo");
    // Written anew with the same content, and then with another.
    fs::copy(small(), place.path("photos/second.jpg")).expect("a photo");
    let gone = events(&place.run(once).ok().out);
    assert_eq!((told(&gone, "gone"), told(&gone, "changed")), (vec!["first.jpg".to_owned()], vec![]));
    fs::copy(demo_photos().join("dog.jpg"), place.path("photos/second.jpg")).expect("a photo");
    let other = events(&place.run(once).ok().out);
    assert_eq!(told(&other, "changed"), ["second.jpg"]);
    assert!(other.iter().any(|e| e["event"] == "drafted" && e["images"] == 1), "{other:?}");
    let shown = place.json("show a.relook --image second.jpg");
    assert!(!shown["annotations"].as_array().expect("boxes").is_empty(), "the dog is found: {shown}");
    assert_eq!((of(&place, "images"), of(&place, "drafted")), (2, 2));
}

#[test]
fn what_is_watched_is_kept_in_the_project_and_ctrl_c_ends_it() {
    let _turn = one_at_a_time();
    let place = place();
    place.run("watch a.relook").fails(2, &["No folder of this project is set to be watched", "--set on"]);
    let folders = place.json("watch a.relook photos --set on");
    assert_eq!(folders[0]["watched"], true);
    let mut job = place.start("watch a.relook --no-draft");
    until("the photo to be there", || {
        assert!(!job.ended(), "{}", job.told());
        of(&place, "images") == 1
    });
    job.interrupt();
    let done = job.wait().ok();
    assert!(done.out.contains("first.jpg"), "{}", done.out);
    assert_eq!(of(&place, "drafted"), 0);
    assert_eq!(place.json("watch a.relook photos --set off")[0]["watched"], false);
    place.run("watch a.relook missing").fails(3, &["missing"]);
}
