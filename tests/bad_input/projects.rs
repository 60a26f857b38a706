//! Project files that are missing, foreign, damaged, too new, or where nothing can be written.

use relook_tests::program::{Place, count, one_at_a_time, vision_fixtures};

use crate::{
    places::{mode, run_as_nobody, run_with_mounts},
    small,
};

/// Every command that opens a project, on `x.relook`.
const COMMANDS: &[&str] = &[
    "add x.relook photos",
    "draft x.relook",
    "second-look x.relook",
    "status x.relook",
    "show x.relook --image rgb.png",
    "queue x.relook",
    "decide x.relook --accept-at-least 0.5",
    "undo x.relook",
    "redo x.relook",
    "export x.relook --out x.xml",
    "auto photos --project x.relook --out x.xml",
];

#[track_caller]
fn all_fail(place: &Place, code: i32, said: &[&str]) {
    for command in COMMANDS {
        place.run(&format!("{command} --quiet")).fails(code, said);
        // The same as JSON for machines.
        let done = place.run(&format!("{command} --quiet --json")).fails(code, &[]);
        let told: serde_json::Value = serde_json::from_str(&done.err).expect("the error as JSON");
        assert!(
            told["error"]["message"].as_str().is_some_and(|m| said.iter().all(|s| m.contains(s))),
            "{told}"
        );
        assert!(!place.path("x.xml").exists());
    }
}

#[test]
fn a_project_that_is_not_there() {
    let place = small();
    for command in COMMANDS.iter().filter(|c| !c.starts_with("auto")) {
        place.run(&format!("{command} --quiet")).fails(3, &["There is no project", "x.relook"]);
    }
    assert!(!place.path("x.relook").exists(), "looking for it did not make it");
    place.run("new photos/rgb.png/x").fails(1, &["rgb.png"]);
    place.run("new a").fails(2, &["a.relook exists already", "choose another name"]);
    place.assert_sound("a.relook");
}

#[test]
fn a_file_that_is_no_project() {
    let place = small();
    let other = rusqlite::Connection::open(place.path("other.db")).expect("a database");
    other.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1);").expect("a table");
    drop(other);
    for foreign in ["photos/rgb.png", "other.db"] {
        let bytes = std::fs::read(place.path(foreign)).expect("a file");
        std::fs::write(place.path("x.relook"), &bytes).expect("a copy");
        all_fail(&place, 4, &["x.relook", "is not a Relook project"]);
        assert_eq!(std::fs::read(place.path("x.relook")).ok(), Some(bytes), "{foreign} was left alone");
    }
    for empty in [b"".as_slice(), b"SQLite format 3\0"] {
        std::fs::write(place.path("x.relook"), empty).expect("a file");
        all_fail(&place, 4, &["x.relook"]);
        assert_eq!(std::fs::read(place.path("x.relook")).ok().as_deref(), Some(empty), "left alone");
    }
    std::fs::remove_file(place.path("x.relook")).expect("a file");
    std::fs::create_dir(place.path("x.relook")).expect("a folder");
    for command in COMMANDS {
        let done = place.run(&format!("{command} --quiet"));
        assert!(matches!(done.code, Some(1 | 3 | 4)) && done.err.contains("x.relook"), "{done:?}");
    }
}

#[test]
fn a_project_from_a_newer_program() {
    let place = small();
    std::fs::copy(place.path("a.relook"), place.path("x.relook")).expect("a copy");
    let file = rusqlite::Connection::open(place.path("x.relook")).expect("a project");
    let known: i64 = file.query_row("PRAGMA user_version", [], |r| r.get(0)).expect("a version");
    file.pragma_update(None, "user_version", known + 1).expect("a newer version");
    drop(file);
    let before = std::fs::read(place.path("x.relook")).expect("a project");
    all_fail(&place, 4, &["x.relook", "newer Relook", "update Relook"]);
    assert!(std::fs::read(place.path("x.relook")).expect("a project") == before, "left alone");
}

/// Garbage in the middle must be found out at the latest when it is read: never a panic, never a wrong answer kept.
#[test]
fn a_damaged_project_is_told_and_not_made_worse() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg", "horses.jpg", "kite.jpg"]);
    place.run("draft a.relook").ok();
    place.run("decide a.relook --accept-at-least 0.5").ok();
    let sound = std::fs::read(place.path("a.relook")).expect("a project");
    let page = 4096;
    let pages = sound.len() / page;
    let mut told = 0;
    for number in [1, pages / 4, pages / 2, pages * 3 / 4, pages - 1] {
        let mut bytes = sound.clone();
        bytes[number * page..(number + 1) * page].fill(0xA5);
        std::fs::write(place.path("x.relook"), &bytes).expect("a damaged copy");
        let mut seen = false;
        for command in [
            "status",
            "show --image dog.jpg",
            "show --image kite.jpg",
            "queue --limit 1000",
            "export --out x.xml",
        ] {
            let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
            let done = place.run(&format!("{verb} x.relook {rest} --quiet"));
            assert!(!done.err.contains("panicked"), "{done:?}");
            match done.code {
                // The damage lies where this command does not look.
                Some(0) => {}
                Some(4) => {
                    assert!(done.err.contains("x.relook") && done.err.contains("damaged"), "{done:?}");
                    assert!(done.err.contains("backup"), "{done:?}");
                    seen = true;
                }
                _ => unreachable!("page {number}: {done:?}"),
            }
            if verb == "export" {
                assert_eq!(place.path("x.xml").exists(), done.code == Some(0));
                let _ = std::fs::remove_file(place.path("x.xml"));
            }
        }
        told += u32::from(seen);
        let done = place.run("draft x.relook --again --quiet");
        assert!(
            matches!(done.code, Some(0 | 4)) && !done.err.contains("panicked"),
            "page {number}: {done:?}"
        );
    }
    assert!(told >= 3, "only {told} of five damages were noticed");

    // Cut off, as by a copy that did not end.
    std::fs::write(place.path("x.relook"), &sound[..sound.len() / 2]).expect("half a copy");
    let done = place.run("export x.relook --out x.xml --quiet").fails(4, &["x.relook", "damaged"]);
    assert!(!place.path("x.xml").exists(), "{done:?}");
    place.assert_sound("a.relook");
}

#[test]
fn a_project_that_can_only_be_read() {
    let _turn = one_at_a_time();
    let place = small();
    place.run("decide a.relook --draw --image rgb.png --to dog --rect 1,1,9,9").ok();
    let before = place.rows("a.relook");
    std::fs::create_dir(place.path("out")).expect("a folder");
    mode(&place.path("out"), 0o777);
    mode(&place.path("a.relook"), 0o444);
    let _ = std::fs::remove_file(place.path("a.relook-lock"));
    // First as nobody, so that the program is in place before the folder closes.
    run_as_nobody(&place, "--version").ok();
    mode(&place.path("."), 0o555);
    for words in [
        "add a.relook photos",
        "draft a.relook",
        "decide a.relook --accept-at-least 0",
        "decide a.relook --reopen",
        "undo a.relook",
        "redo a.relook",
    ] {
        let done = run_as_nobody(&place, &format!("{words} --quiet"));
        done.fails(7, &["a.relook", "only be read", "copy it"]);
    }
    let status = run_as_nobody(&place, "status a.relook --json").ok().json();
    assert!(status["project"]["read_only"].as_str().is_some_and(|r| !r.is_empty()), "{status}");
    run_as_nobody(&place, "show a.relook --image rgb.png").ok();
    run_as_nobody(&place, "export a.relook --out out/a.xml").ok();
    mode(&place.path("."), 0o755);
    mode(&place.path("a.relook"), 0o644);
    assert_eq!(place.rows("a.relook"), before);
    place.assert_sound("a.relook");
}

#[test]
fn a_disk_that_is_full() {
    let _turn = one_at_a_time();
    let place = Place::new();
    place.photos("photos", &["dog.jpg", "horses.jpg", "kite.jpg", "bar55.jpg"]);
    std::fs::create_dir(place.path("small")).expect("a folder");
    for n in 0..400 {
        let to = place.path("small").join(format!("{n:03}-{}.png", "x".repeat(80)));
        std::fs::copy(vision_fixtures().join("images/one-pixel.png"), to).expect("a small image");
    }
    // What each step said goes to files outside the full disk; codes are collected in the order of the steps.
    let script = r#"
        mount -t tmpfs -o size=1m none mount
        step() { name=$1; shift; code=0; "$RELOOK" "$@" --quiet >"$name.out" 2>"$name.err" || code=$?; echo "$name $code"; }
        step new new mount/a
        step add add mount/a.relook photos
        step draft-some draft mount/a.relook --model yolov8n
        cp mount/a.relook before.relook
        dd if=/dev/zero of=mount/filler bs=1k 2>/dev/null || true
        step add-more add mount/a.relook small
        step draft-again draft mount/a.relook --again
        step decide decide mount/a.relook --accept-at-least 0.1
        step export export mount/a.relook --out mount/a.xml
        step status status mount/a.relook
        step elsewhere export mount/a.relook --out elsewhere.xml
        ls -A mount >left
        rm mount/filler
        step decide-now decide mount/a.relook --accept-at-least 0.1
        step draft-now draft mount/a.relook --again
        step export-now export mount/a.relook --out mount/a.xml
        cp mount/a.relook after.relook
    "#;
    let Some(done) = run_with_mounts(&place, script) else { return };
    let done = done.ok();
    let said = |name: &str| std::fs::read_to_string(place.path(&format!("{name}.err"))).unwrap_or_default();
    let mut codes = done.out.lines().filter_map(|line| line.split_once(' '));
    for (name, code) in [
        ("new", "0"),
        ("add", "0"),
        ("draft-some", "0"),
        ("add-more", "7"),
        ("draft-again", "7"),
        ("decide", "7"),
        ("export", "7"),
        // To open a project takes a few bytes too, where there is not one left.
        ("status", "7"),
        ("elsewhere", "7"),
        ("decide-now", "0"),
        ("draft-now", "0"),
        ("export-now", "0"),
    ] {
        assert_eq!(codes.next(), Some((name, code)), "{done:?} {}", said(name));
        if code == "7" {
            let said = said(name);
            assert!(said.contains("full") && said.contains("mount/a."), "{name}: {said}");
            assert!(said.contains("free some space"), "{name}: {said}");
        }
    }
    let left = std::fs::read_to_string(place.path("left")).expect("a listing");
    assert!(!left.contains(".relook-export"), "half an export is left: {left}");
    assert_eq!(place.integrity("before.relook"), "ok");
    assert_eq!(place.integrity("after.relook"), "ok");
    let counts = place.counts("after.relook");
    assert_eq!((count(&counts["images"]), count(&counts["drafted"])), (4, 4), "{counts}");
    assert!(count(&counts["accepted"]) > 0);
}
