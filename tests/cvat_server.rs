//! `relook cvat` against a stand-in for a CVAT server.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::{path::Path, time::Duration};

use relook_domain::Rect;
use relook_tests::{
    checkout::root,
    cvat::{Fault, How, StandIn, TOKEN},
    program::{Done, Place, relook},
};
use serde_json::Value;

const IMAGES: [&str; 3] = ["img_000.jpg", "leer/żółw \"1\".png", "kinds.jpg"];
const PLAIN: &str = "img_000.jpg";

/// A project with every kind of shape on photos in nested folders, and a connection to the server.
fn project(server: &StandIn) -> Place {
    let place = Place::new().with("RELOOK_CVAT_TOKEN", TOKEN);
    for (n, name) in IMAGES.iter().enumerate() {
        let path = place.path("photos").join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let pixels = image::RgbImage::from_pixel(640, 480, image::Rgb([n as u8 * 40, 90, 120]));
        pixels.save(&path).expect("a photo");
    }
    std::fs::copy(root().join("tests/fixtures/cvat-showcase.xml"), place.path("showcase.xml"))
        .expect("a copy");
    place.run("new a --labels empty").ok();
    place.run("add a.relook photos").ok();
    place.run("import a.relook showcase.xml --create-labels").ok();
    place.run("lint a.relook --fix");
    place.run(&format!("cvat connect home {}", server.url)).ok();
    place
}

fn push(place: &Place, more: &str) -> Value {
    place.json(&format!("cvat push a.relook home {more}"))
}

fn count(value: &Value) -> u64 {
    value.as_u64().expect("a count")
}

fn shapes(server: &StandIn, task: u64) -> usize {
    server.frames(task).iter().map(|(_, n)| n).sum()
}

/// No file below a folder holds the token.
fn assert_no_token(folder: &Path) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()) {
        if entry.is_dir() {
            assert_no_token(&entry);
        } else {
            let bytes = std::fs::read(&entry).expect("a file");
            let found = bytes.windows(TOKEN.len()).any(|w| w == TOKEN.as_bytes());
            assert!(!found, "{} holds the token", entry.display());
        }
    }
}

#[track_caller]
fn assert_sound(server: &StandIn) {
    assert_eq!(server.complaints(), Vec::<String>::new());
}

fn fault(method: &'static str, path: &'static str, how: How) -> Fault {
    Fault { method, path, after: 0, times: 1, how }
}

#[test]
fn what_is_sent_arrives_in_its_place_and_order() {
    let server = StandIn::start();
    let place = project(&server);
    let plan = push(&place, "--dry-run");
    assert_eq!((plan["obstacles"].clone(), count(&plan["images"])), (serde_json::json!([]), 3), "{plan}");
    assert!(server.tasks().is_empty(), "a dry run makes nothing");

    let report = push(&place, "");
    let task = server.tasks()[0];
    assert_eq!(count(&report["task"]), task);
    let mut order = IMAGES;
    order.sort_unstable();
    let frames: Vec<String> = server.frames(task).into_iter().map(|(name, _)| name).collect();
    assert_eq!(frames, order);
    assert_eq!(count(&report["differences"]), 0, "{report}");
    assert_eq!(count(&report["equal"]) as usize, shapes(&server, task));
    assert!(shapes(&server, task) >= 13, "every kind of shape: {:?}", server.frames(task));
    assert_eq!(server.bug_tracker(task), "", "the mark is taken away");
    let diff = place.json("cvat diff a.relook home");
    assert_eq!((diff["counts"].clone(), count(&diff["images"])), (serde_json::json!({}), 3), "{diff}");

    // The same again goes into the same task, and asks for no photos.
    let before = server.asked().len();
    push(&place, "");
    assert_eq!(server.tasks().len(), 1);
    let again = &server.asked()[before..];
    assert!(!again.iter().any(|a| a.contains("/data/") && !a.contains("meta")), "{again:?}");
    assert_sound(&server);
    assert_no_token(&place.path(""));
}

#[test]
fn what_others_change_is_shown_and_taken_over() {
    let server = StandIn::start();
    let place = project(&server);
    let task = count(&push(&place, "")["task"]);
    let before = place.rows("a.relook");
    server.edit(task, PLAIN, |shapes| {
        let plain: Vec<usize> = (0..shapes.len())
            .filter(|n| {
                shapes[*n].shape == relook_domain::Shape::Box && shapes[*n].label != "chien \"assis\""
            })
            .collect();
        assert!(plain.len() >= 2, "two boxes to change");
        let r = shapes[plain[0]].rect;
        shapes[plain[0]].rect = Rect { x1: r.x1 + 3.0, ..r };
        shapes[plain[1]].occluded = !shapes[plain[1]].occluded;
        let mut added = shapes[plain[1]].clone();
        added.rect = Rect { x1: 500.0, y1: 400.0, x2: 560.0, y2: 450.0 };
        shapes.push(added);
    });
    server.edit(task, "kinds.jpg", |shapes| {
        shapes.pop();
    });

    let diff = place.json("cvat diff a.relook home");
    let counts = serde_json::json!({ "added": 1, "details": 1, "moved": 1, "removed": 1 });
    assert_eq!(diff["counts"], counts, "{diff:#}");
    let all = diff["differences"].as_array().expect("a list");
    assert!(all.iter().all(|d| d["by"] == "theirs"), "{diff:#}");
    assert_eq!(place.rows("a.relook"), before, "a look changes nothing");

    // Pushing now would undo their work.
    place.run("cvat push a.relook home").fails(1, &["4 shapes", "otherwise there", "--force"]);

    let taken = place.json("cvat pull a.relook home --take added,moved");
    assert_eq!((count(&taken["taken"]), count(&taken["left"])), (2, 2));
    let left = place.json("cvat diff a.relook home");
    assert_eq!(left["counts"], serde_json::json!({ "details": 1, "removed": 1 }), "{left:#}");
    place.run("undo a.relook").ok();
    assert_eq!(place.json("cvat diff a.relook home")["counts"], counts, "one step takes all of it back");

    place.json("cvat pull a.relook home --take all");
    assert_eq!(place.json("cvat diff a.relook home")["counts"], serde_json::json!({}));
    // Ours is what it was and what they did: sent again, nothing differs.
    assert_eq!(count(&push(&place, "")["differences"]), 0);
    assert_sound(&server);
}

#[test]
fn what_only_we_changed_is_ours_and_stays() {
    let server = StandIn::start();
    let place = project(&server);
    push(&place, "");
    let queue = place.json("queue a.relook --all --state accepted --limit 100");
    let plain =
        queue["items"].as_array().expect("a list").iter().find(|i| i["annotation"]["shape"]["kind"] == "box");
    let id = count(&plain.expect("a box")["annotation"]["id"]);
    place.run(&format!("decide a.relook --reject {id}")).ok();
    let diff = place.json("cvat diff a.relook home");
    assert_eq!(diff["counts"], serde_json::json!({ "added": 1 }), "{diff:#}");
    assert_eq!(diff["differences"][0]["by"], "ours", "{diff:#}");
    let taken = place.json("cvat pull a.relook home --take all");
    assert_eq!((count(&taken["taken"]), count(&taken["left"])), (0, 1));
    assert_eq!(count(&push(&place, "")["differences"]), 0, "and goes over there");
    assert_sound(&server);
}

#[test]
fn a_shape_that_landed_elsewhere_is_found() {
    let server = StandIn::start();
    let place = project(&server);
    server.misbehave(fault("POST", "/annotations", How::MoveFrame));
    let done = place.run("cvat push a.relook home --json");
    assert_eq!(done.code, Some(1), "{done:?}");
    let report = done.json();
    assert!(count(&report["differences"]) > 0, "{report:#}");
    assert!(done.err.contains("did not arrive as they were sent"), "{done:?}");
    // Sent again, with a server that behaves, it is right.
    assert_eq!(count(&push(&place, "--force")["differences"]), 0);
    assert_sound(&server);
}

/// Wherever the program is killed, the same command goes on, and there is one task.
#[test]
fn killed_anywhere_it_goes_on_and_makes_one_task() {
    for (method, path) in [
        ("POST", "/api/projects"),
        ("PATCH", "/api/projects/"),
        ("POST", "/api/tasks"),
        ("PATCH", "/api/tasks/"),
        ("POST", "/data/"),
        ("PATCH", "/data/1_"),
        ("GET", "action=create"),
        ("GET", "/data/meta"),
        ("POST", "/annotations"),
        ("GET", "action=import"),
        ("POST", "/dataset/export"),
        ("GET", "/dataset/download"),
    ] {
        for (after, how) in [(0, How::Hold), (0, How::LoseAnswer), (1, How::LoseAnswer), (2, How::LoseAnswer)]
        {
            let server = StandIn::start();
            let place = project(&server);
            // The token is tried by a task without a name.
            let after = after + usize::from((method, path) == ("POST", "/api/tasks"));
            // Not every step is asked so often.
            if after > 1 && !matches!(path, "/data/" | "/data/1_" | "/api/tasks") {
                continue;
            }
            server.misbehave(Fault { method, path, after, times: 1, how: how.clone() });
            let line = "cvat push a.relook home --new-project harbour";
            let mut running = place.start(line);
            let name = format!("{method} {path} after {after} {how:?}");
            while server.met() == 0 && !running.ended() {
                std::thread::sleep(Duration::from_millis(5));
            }
            if server.met() == 0 {
                continue;
            }
            std::thread::sleep(Duration::from_millis(20));
            running.kill();
            server.behave();
            let done = place.run(&format!("{line} --json")).ok();
            let report = done.json();
            assert_eq!(count(&report["differences"]), 0, "{name}: {report}");
            assert_eq!(server.tasks().len(), 1, "{name}");
            assert_eq!(server.projects().len(), 1, "{name}");
            let task = server.tasks()[0];
            assert_eq!(shapes(&server, task) as u64, count(&report["equal"]), "{name}");
            assert_eq!(server.bug_tracker(task), "", "{name}");
            assert_eq!(server.complaints(), Vec::<String>::new(), "{name}");
            place.assert_sound("a.relook");
        }
    }
}

/// What passes by itself is waited for within the one command.
#[test]
fn passing_troubles_are_sat_out() {
    for (name, fault) in [
        ("cut within a piece", fault("PATCH", "/data/1_", How::Cut(100))),
        (
            "asked too often",
            fault("GET", "/api/users/self", How::Status(429, vec![("Retry-After", "1".into())])),
        ),
        ("a gateway that is away", fault("GET", "/data/meta", How::Status(502, vec![]))),
        ("slow", fault("POST", "/annotations", How::Slow(Duration::from_secs(2)))),
        ("a piece that fails", fault("PATCH", "/data/1_", How::Status(500, vec![]))),
    ] {
        let server = StandIn::start();
        let place = project(&server);
        server.misbehave(fault);
        let report = push(&place, "");
        assert_eq!(server.met(), 1, "{name}");
        assert_eq!(count(&report["differences"]), 0, "{name}");
        assert_eq!(server.tasks().len(), 1, "{name}");
    }
}

/// What does not pass is said with its way out, without the token, and the next push goes on.
#[test]
fn lasting_troubles_are_told_and_gone_on_from() {
    let always = |method, path, how| Fault { method, path, after: 0, times: 100, how };
    for (fault, code, words) in [
        (always("GET", "/api/users/self", How::Status(401, vec![])), 8, "does not know the token"),
        (always("GET", "/data/meta", How::Status(403, vec![])), 8, "does not allow the images of task"),
        (always("GET", "/data/meta", How::Status(404, vec![])), 3, "was deleted"),
        (always("POST", "/data/", How::Status(500, vec![])), 1, "failed at images for task"),
        (always("PATCH", "/data/1_", How::Cut(0)), 1, "it goes on from there"),
        (
            always("GET", "/api/users/self", How::Status(429, vec![("Retry-After", "3600".into())])),
            1,
            "3600 seconds",
        ),
        (
            always("GET", "/data/meta", How::Status(307, vec![("Location", "https://cvat.test/".into())])),
            1,
            "has moved to",
        ),
        (
            fault("POST", "/annotations", How::Fail("Label 'x' is not registered")),
            1,
            "Label 'x' is not registered",
        ),
        (fault("POST", "/dataset/export", How::Fail("No space left")), 1, "No space left"),
    ] {
        let server = StandIn::start();
        let place = project(&server);
        server.misbehave(fault);
        let done = place.run("cvat push a.relook home");
        assert!(!done.err.contains(TOKEN) && !done.out.contains(TOKEN), "{done:?}");
        done.fails(code, &[words]);
        server.behave();
        assert_eq!(count(&push(&place, "")["differences"]), 0, "{words}");
        assert_eq!(server.tasks().len(), 1, "{words}");
        assert_no_token(&place.path(""));
    }
}

#[test]
fn photos_that_cvat_does_not_take_in_make_a_new_task() {
    let server = StandIn::start();
    let place = project(&server);
    // Start, two files, finish.
    server.misbehave(Fault { after: 3, ..fault("POST", "/data/", How::Fail("cannot identify image file")) });
    place.run("cvat push a.relook home").fails(1, &["cannot identify image file", "task 1 stays empty"]);
    let report = push(&place, "");
    assert_eq!((count(&report["task"]), count(&report["differences"])), (2, 0));
}

#[test]
fn connections_are_checked_and_tokens_kept_to_themselves() {
    let server = StandIn::start();
    let place = project(&server);
    let list = place.json("cvat list");
    assert_eq!(list[0]["name"], "home");
    place.run("cvat connect away http://127.0.0.1:9").fails(1, &["could not be reached"]);
    place.run("cvat connect away ftp://x").fails(2, &["no address of a CVAT server"]);
    place.run("cvat connect away https://me:secret@cvat.test").fails(2, &["without user name"]);
    let nobody = format!("cvat connect team {} --organization nobody", server.url);
    place.run(&nobody).fails(3, &["nobody organization does not exist"]);
    place.run(&format!("cvat connect team {} --organization team", server.url)).ok();
    let reader = project(&server).with("RELOOK_CVAT_TOKEN", "readonly.0123456789secret");
    reader.run("cvat push a.relook home").fails(8, &["does not allow", "may write"]);
    let other = project(&server).with("RELOOK_CVAT_TOKEN", "other.0123456789secret");
    let done: Done = other.run("cvat push a.relook home");
    assert!(!done.err.contains("other.0123"), "{done:?}");
    done.fails(8, &["does not know the token"]);
    place.run("cvat connect home --forget").ok();
    place.run("cvat push a.relook home").fails(3, &["no connection", "team"]);
    assert!(server.tasks().is_empty());
    assert_sound(&server);
}

/// A real keyring, unlocked, on a session bus of its own.
#[cfg(target_os = "linux")]
#[test]
fn a_token_is_kept_in_the_keyring_and_in_no_file() {
    let server = StandIn::start();
    let place = Place::new();
    let sockets = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(place.path("photos")).expect("a folder");
    image::RgbImage::new(64, 48).save(place.path("photos/a.png")).expect("a photo");
    let script = r#"
        set -e
        printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null
        relook new a --labels empty && relook add a.relook photos
        printf %s "$TOKEN" | relook cvat connect home "$ADDRESS" | grep keyring
        relook cvat push a.relook home
        relook cvat connect home --forget
        if relook cvat connect home "$ADDRESS" </dev/null; then exit 9; fi
    "#;
    let bin = relook().parent().expect("a folder").display().to_string();
    let path = format!("{bin}:{}", std::env::var("PATH").expect("a PATH"));
    let variables = [("PATH", path), ("TOKEN", TOKEN.into()), ("ADDRESS", server.url.clone())];
    let mut command = place.command("dbus-run-session");
    command.args(["--", "bash", "-c", script]).envs(variables);
    for (name, folder) in [("HOME", place.path("home")), ("XDG_RUNTIME_DIR", sockets.path().into())] {
        command.env(name, folder);
    }
    command.env_remove("XDG_DATA_HOME").env_remove("RELOOK_CVAT_TOKEN");
    let done = Done::of(&mut command).ok();
    assert!(done.err.contains("the keyring has none for it"), "it is forgotten: {done:?}");
    assert_eq!(server.tasks().len(), 1, "another process read it: {done:?}");
    assert!(place.path("home/.local/share/keyrings").is_dir(), "it was that keyring: {done:?}");
    assert_no_token(&place.path(""));
}

#[test]
fn new_images_go_into_a_task_of_their_own() {
    let server = StandIn::start();
    let place = project(&server);
    let project_id = {
        push(&place, "--new-project harbour --name first");
        server.projects()[0].0
    };
    std::fs::copy(place.path("photos").join(PLAIN), place.path("photos/new.jpg")).expect("a copy");
    place.run("add a.relook photos").ok();
    let task = server.tasks()[0];
    let plan = push(&place, &format!("--task {task} --dry-run"));
    assert!(plan["findings"].to_string().contains("new.jpg"), "{plan:#}");
    assert_eq!(count(&push(&place, &format!("--task {task}"))["images"]), 3);
    let report = push(&place, &format!("--project {project_id} --name second --new-images"));
    assert_eq!(count(&report["images"]), 1);
    let names: Vec<_> = server.frames(count(&report["task"])).into_iter().map(|(n, _)| n).collect();
    assert_eq!(names, ["new.jpg"]);
    place
        .run(&format!("cvat push a.relook home --project {project_id} --name third --new-images"))
        .fails(2, &["no images to send"]);
    assert_sound(&server);
}
