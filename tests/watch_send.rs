//! Watched folders whose photos are sent on: each photo once, each batch a task, through `kill -9` and troubles of the server.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::fs;

use relook_tests::{
    cvat::{Fault, How, StandIn, TOKEN},
    program::{Place, demo_photos, one_at_a_time, until, vision_fixtures},
};

/// A project `a.relook` beside a folder `photos` with one photo, a connection `home`, and the number of a CVAT project that
/// has its labels; nothing is in it but the first task, of another project.
fn place(server: &StandIn) -> (Place, u64) {
    let place = Place::new().with("RELOOK_CVAT_TOKEN", TOKEN);
    photo(&place, "other", "seed.jpg");
    photo(&place, "photos", "first.jpg");
    place.run(&format!("cvat connect home {}", server.url)).ok();
    place.run("new seed").ok();
    place.run("add seed.relook other").ok();
    place.run("cvat push seed.relook home --new-project harbour").ok();
    place.run("new a").ok();
    (place, server.projects()[0].0)
}

fn photo(place: &Place, folder: &str, name: &str) {
    fs::create_dir_all(place.path(folder)).expect("a folder");
    fs::copy(vision_fixtures().join("images/baseline.jpg"), place.path(folder).join(name)).expect("a photo");
}

/// The photos of each task that was sent from `photos`.
fn tasks(server: &StandIn) -> Vec<Vec<String>> {
    let names = |id: u64| server.frames(id).into_iter().map(|(name, _)| name).collect();
    server.tasks().into_iter().skip(1).map(names).collect()
}

fn once(project: u64) -> String {
    format!("watch a.relook photos --once --no-second-look --send home/{project}")
}

/// What was done before is told, and then what went wrong.
#[track_caller]
fn fails(place: &Place, project: u64, words: &[&str]) {
    let done = place.run(&once(project));
    assert!(done.code.is_some_and(|code| code != 0), "{done:?}");
    assert!(words.iter().all(|word| done.err.contains(word)), "{words:?}: {done:?}");
}

fn always(method: &'static str, path: &'static str, how: How) -> Fault {
    Fault { method, path, after: 0, times: 1000, how }
}

#[test]
fn what_comes_is_sent_once_each_batch_a_task() {
    let _turn = one_at_a_time();
    let server = StandIn::start();
    let (place, project) = place(&server);
    fs::write(place.path("photos/broken.jpg"), "no photo").expect("a file");
    let mut job = place.start(&format!("watch a.relook photos --send home/{project}"));
    let mut sent = |want: &[&[&str]]| {
        until("the new photos to be sent", || {
            assert!(!job.ended(), "{}", job.told());
            tasks(&server) == want
        });
        until("what arrived to be read back", || {
            server.asked().iter().filter(|a| a.contains("/dataset/download")).count() == want.len() + 1
        });
    };
    sent(&[&["first.jpg"]]);
    fs::copy(demo_photos().join("dog.jpg"), place.path("photos/dog.jpg")).expect("a photo");
    sent(&[&["first.jpg"], &["dog.jpg"]]);
    let last = *server.tasks().last().expect("a task");
    assert!(server.frames(last)[0].1 > 0, "the dog has its boxes there");
    job.interrupt();
    job.wait().ok();

    // It is not sent twice, and not by a push of what is new either: only the broken one was never sent. The interrupt may
    // have come before what was read back had been noted, which the first of these then does.
    place.run(&once(project)).ok();
    assert!(!place.run(&once(project)).ok().out.contains("Task"));
    assert_eq!(tasks(&server).len(), 2);
    place.run(&format!("cvat push a.relook home --project {project} --name x --new-images")).fails(2, &[]);
    // Mended, it goes too.
    photo(&place, "photos", "broken.jpg");
    place.run(&once(project)).ok();
    assert_eq!(tasks(&server)[2], ["broken.jpg"]);
    assert_eq!(server.complaints(), Vec::<String>::new());
    place.assert_sound("a.relook");
}

#[test]
fn killed_anywhere_each_photo_is_there_once() {
    let _turn = one_at_a_time();
    for (method, path, after, how) in [
        // The token is tried by a task without a name.
        ("POST", "/api/tasks", 1, How::LoseAnswer),
        ("PATCH", "/api/tasks/", 0, How::Hold),
        ("PATCH", "/data/1_", 0, How::LoseAnswer),
        ("GET", "action=create", 0, How::LoseAnswer),
        ("POST", "/annotations", 0, How::LoseAnswer),
        ("GET", "/dataset/download", 0, How::Hold),
    ] {
        let server = StandIn::start();
        let (place, project) = place(&server);
        let name = format!("{method} {path} {how:?}");
        server.misbehave(Fault { method, path, after, times: 1, how });
        let mut job = place.start(&once(project));
        until(&name, || {
            assert!(!job.ended(), "{name}: {}", job.told());
            server.met() == 1
        });
        std::thread::sleep(std::time::Duration::from_millis(20));
        job.kill();
        server.behave();
        photo(&place, "photos", "second.jpg");
        place.run(&once(project)).ok();
        assert_eq!(tasks(&server), [["first.jpg"], ["second.jpg"]], "{name}");
        assert_eq!(server.complaints(), Vec::<String>::new(), "{name}");
        place.assert_sound("a.relook");
    }
}

#[test]
fn a_batch_whose_task_was_deleted_goes_into_a_new_one() {
    let _turn = one_at_a_time();
    let server = StandIn::start();
    let (place, project) = place(&server);
    server.misbehave(always("PATCH", "/data/1_", How::Status(500, vec![])));
    fails(&place, project, &["failed at"]);
    server.behave();
    let begun = *server.tasks().last().expect("a task");
    server.delete(begun);
    photo(&place, "photos", "second.jpg");
    let done = place.run(&once(project)).ok();
    assert!(done.err.contains(&format!("Task {begun} was deleted")), "{done:?}");
    assert_eq!(tasks(&server), [["first.jpg"], ["second.jpg"]]);

    // A task that had arrived whole and was deleted by somebody is not made again.
    server.delete(*server.tasks().last().expect("a task"));
    place.run(&once(project)).ok();
    assert_eq!(tasks(&server), [["first.jpg"]]);
}

#[test]
fn a_batch_that_cannot_go_keeps_no_other_back() {
    let _turn = one_at_a_time();
    let server = StandIn::start();
    let (place, project) = place(&server);
    server.misbehave(always("POST", "/data/", How::Status(500, vec![])));
    fails(&place, project, &["failed at"]);
    server.behave();
    fs::remove_dir_all(place.path(".cache/cvat")).expect("a cache can be deleted");
    fs::remove_file(place.path("photos/first.jpg")).expect("a photo");
    photo(&place, "photos", "second.jpg");
    fails(&place, project, &["Could not read", "first.jpg"]);
    assert_eq!(tasks(&server), [vec![], vec!["second.jpg".to_owned()]]);
    photo(&place, "photos", "first.jpg");
    place.run(&once(project)).ok();
    assert_eq!(tasks(&server), [["first.jpg"], ["second.jpg"]]);
}

#[test]
fn a_server_that_is_away_is_waited_for_and_drafting_goes_on() {
    let _turn = one_at_a_time();
    let server = StandIn::start();
    let (place, project) = place(&server);
    server.misbehave(always("GET", "/api/server/about", How::Status(500, vec![])));
    place.run(&format!("settings a.relook send-new home/{project}")).ok();
    let mut job = place.start("watch a.relook photos --no-second-look --poll 1");
    until("the trouble to be told", || job.told().contains("failed at its version"));
    photo(&place, "photos", "second.jpg");
    until("the new photo to be drafted", || {
        assert!(!job.ended(), "{}", job.told());
        place.counts("a.relook")["drafted"] == 2
    });
    assert!(tasks(&server).is_empty());
    server.behave();
    until("both to be sent", || tasks(&server) == [["first.jpg", "second.jpg"]]);
}

#[test]
fn where_it_goes_is_checked_and_kept_in_the_project() {
    let server = StandIn::start();
    let (place, project) = place(&server);
    place.run("watch a.relook photos --once --send harbour").fails(2, &["team/12"]);
    place.run("watch a.relook photos --once --send away/1").fails(3, &["no connection \"away\"", "home"]);
    place.run("settings a.relook send-new home").fails(2, &["team/12"]);
    assert_eq!(place.json("settings a.relook")["send_new"], "off");
    let _turn = one_at_a_time();
    fails(&place, project + 50, &[&format!("project {}", project + 50), "deleted"]);
    place.run(&format!("settings a.relook send-new home/{project}")).ok();
    place.run("settings a.relook send-new off").ok();
    place.run("watch a.relook photos --once --no-second-look").ok();
    assert!(tasks(&server).is_empty(), "nothing goes that nobody asked for");
    place.run(&format!("settings a.relook send-new home/{project}")).ok();
    place.run("watch a.relook photos --once --no-second-look").ok();
    assert_eq!(tasks(&server), [["first.jpg"]]);
}
