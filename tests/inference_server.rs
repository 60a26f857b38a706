//! Drafts by inference servers: KServe's own, from its Python package, each with yolov8n. They find what this machine finds,
//! and whatever becomes of them, no photo is drafted twice and none is lost.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use relook_tests::{
    checkout::{root, text},
    program::{Place, count, one_at_a_time, python, until},
};
use serde_json::Value;

/// Enough for several answers of each of two servers.
const SOME: &[&str] = &[
    "bar55.jpg",
    "bar55_2.jpg",
    "cold_water.jpg",
    "dog.jpg",
    "eagle.jpg",
    "horses.jpg",
    "new_wave_2.jpg",
    "snow.jpg",
    "spiff_2.jpg",
];

/// A server of its own process, on a free port of this machine; killed when dropped.
struct Server {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    log: std::path::PathBuf,
    address: String,
}

impl Server {
    /// Starts several at once, each with these further words, and waits until all take connections.
    fn start<const N: usize>(place: &Place, all: [&str; N]) -> [Self; N] {
        let mut number = 0;
        let mut servers = all.map(|words| {
            number += 1;
            let log = place.path(&format!("server-{number}.log"));
            let mut child = Command::new(python())
                .arg(root().join("tests/reference/kserve_server.py"))
                .arg("yolov8n")
                .arg(root().join("models/yolov8n/yolov8n.onnx"))
                .arg("--log")
                .arg(&log)
                .args(words.split_whitespace())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("the server starts");
            let out = BufReader::new(child.stdout.take().expect("a pipe"));
            Self { child, out, log, address: String::new() }
        });
        for server in &mut servers {
            server.out.read_line(&mut server.address).expect("a line");
            server.address.truncate(server.address.trim_end().len());
            assert!(
                server.address.starts_with("http://127.0.0.1:"),
                "the server did not start: run make setup"
            );
        }
        servers
    }

    /// How the tensors of each run came.
    fn runs(&self) -> Vec<String> {
        std::fs::read_to_string(&self.log).unwrap_or_default().lines().map(str::to_owned).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have died, as some are told to.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A place with a project of these demo photos; requests to this machine go past any proxy.
fn place(photos: &[&str]) -> Place {
    let place =
        Place::new().with("http_proxy", "http://127.0.0.1:9").with("RELOOK_INFERENCE_TIMEOUT", "3600");
    place.photos("photos", photos);
    for project in ["a", "here"] {
        place.run(&format!("new {project}")).ok();
        place.run(&format!("add {project}.relook photos")).ok();
        // The server's graph has one size.
        place.run(&format!("settings {project}.relook input-shape model")).ok();
    }
    place.run("draft here.relook --device cpu").ok();
    place
}

/// Path, label, corners and score of every box.
fn boxes(place: &Place, project: &str) -> Vec<(String, u64, [f64; 5])> {
    let mut all = Vec::new();
    for row in place.rows(project) {
        for a in row["annotations"].as_array().expect("a list of boxes") {
            let number = |value: &Value| value.as_f64().expect("a number");
            let corners = ["x1", "y1", "x2", "y2"].map(|corner| number(&a["rect"][corner]));
            let [x1, y1, x2, y2] = corners;
            let path = text(&row["image"]["path"]).to_owned();
            all.push((path, count(&a["label"]), [x1, y1, x2, y2, number(&a["score"])]));
        }
    }
    all
}

/// What servers found is what this machine finds, each box once. A box at the very threshold may be on one side only.
#[track_caller]
fn assert_as_here(place: &Place) {
    let (mut here, found) = (boxes(place, "here.relook"), boxes(place, "a.relook"));
    assert!(here.len() > 20, "{here:?}");
    let edge = |score: f64| score < 0.0501;
    for (path, label, values) in found {
        let same = here.iter().position(|(p, l, v)| {
            let near = v.iter().zip(values).take(4).all(|(a, b)| (a - b).abs() < 0.5);
            *p == path && *l == label && near && (v[4] - values[4]).abs() < 0.005
        });
        match same {
            Some(at) => drop(here.swap_remove(at)),
            None => assert!(edge(values[4]), "{path}: {label} at {values:?} is not among {here:?}"),
        }
    }
    assert!(here.iter().all(|(.., v)| edge(v[4])), "only this machine found {here:?}");
}

fn all_photos(place: &Place) -> u64 {
    count(&place.counts("a.relook")["images"])
}

#[test]
fn servers_find_what_this_machine_finds_by_bytes_and_by_numbers() {
    let _turn = one_at_a_time();
    let place = place(&[]);
    let [bytes, numbers] = Server::start(&place, ["", "--no-binary --no-types"]);
    let photos = all_photos(&place);
    let sum = place.json(&format!("draft a.relook --device {}", bytes.address));
    assert_eq!((count(&sum["run"]), count(&sum["failed"])), (photos, 0), "{sum}");
    assert_eq!((text(&sum["model"]), text(&sum["device"])), ("yolov8n", bytes.address.as_str()));
    assert_as_here(&place);
    // Each photo once, and each of two sessions once to begin with.
    assert_eq!(bytes.runs(), vec!["binary".to_owned(); photos as usize + 2]);
    let shown = place.json("show a.relook --image dog.jpg");
    assert!(shown.to_string().contains(&bytes.address), "the run's device is kept: {shown}");

    // By numbers it costs much more: only some.
    let some = self::place(SOME);
    let sum = some.json(&format!("draft a.relook --device {}", numbers.address));
    assert_eq!((count(&sum["run"]), count(&sum["failed"])), (SOME.len() as u64, 0), "{sum}");
    assert_as_here(&some);
    assert!(numbers.runs().iter().all(|came| came == "json"), "{:?}", numbers.runs());

    // The project may name servers itself; a model can have another name there.
    some.run("settings a.relook device http://me:secret@127.0.0.1:1").fails(2, &["RELOOK_INFERENCE_TOKEN"]);
    some.run(&format!("settings a.relook device {}/v2/models/yolov8n", bytes.address)).ok();
    let sum = some.json("draft a.relook --again");
    assert_eq!(count(&sum["run"]), SOME.len() as u64, "{sum}");
    assert_as_here(&some);
    let named = some.run(&format!("draft a.relook --again --device {}/v2/models/nosuch", bytes.address));
    let named =
        named.fails(5, &["no model nosuch", "Model with name nosuch does not exist", "It has: yolov8n"]);
    assert!(!named.err.contains("secret"), "{named:?}");
    some.run(&format!("draft a.relook --again --model yolov8m --device {}", bytes.address))
        .fails(5, &["yolov8m"]);
    let report = some.json(&format!("doctor --device {}", bytes.address));
    assert_eq!(text(&report[0]["server"]), "kserve 0.21.0");
    assert_eq!(text(&report[0]["models"][0]["name"]), "yolov8n");
    some.assert_sound("a.relook");

    // Neither the graph nor ONNX Runtime needs to be here.
    let models = some.path("models");
    std::fs::create_dir_all(models.join("elsewhere")).expect("a folder");
    let card = std::fs::read_to_string(root().join("models/yolov8n/model.toml")).expect("a card");
    let card = card.replace("name = \"yolov8n\"", "name = \"elsewhere\"");
    std::fs::write(models.join("elsewhere/model.toml"), card).expect("a card");
    let some =
        some.with("RELOOK_MODELS", models.display().to_string()).with("ORT_DYLIB_PATH", "/nowhere/lib.so");
    some.run("draft a.relook --again --model elsewhere --device cpu")
        .fails(5, &["ONNX Runtime was not found"]);
    let line =
        format!("draft a.relook --again --model elsewhere --device {}/v2/models/yolov8n", bytes.address);
    assert_eq!(text(&some.json(&line)["model"]), "elsewhere");
    assert_as_here(&some);
}

#[test]
fn addresses_that_lead_nowhere_draft_nothing_and_show_no_secret() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg"]);
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let away = format!("http://{free}");
    for (device, code, said) in [
        (away.as_str(), 5, vec![away.as_str(), "cannot be reached", "add --device cpu"]),
        ("http://me:secret@127.0.0.1:1", 2, vec!["127.0.0.1:1", "RELOOK_INFERENCE_TOKEN"]),
        ("http://127.0.0.1:1,http://me:secret@127.0.0.1:2", 2, vec!["RELOOK_INFERENCE_TOKEN"]),
        ("http://127.0.0.1:1/?key=secret", 2, vec!["nothing may follow a ?"]),
        ("me:secret@127.0.0.1:1", 2, vec!["There is no device", "such as http://127.0.0.1:8080"]),
        ("ftp://127.0.0.1", 2, vec!["http://"]),
    ] {
        for command in ["draft a.relook", "auto photos --out a.xml"] {
            let done = place.run(&format!("{command} --device {device}")).fails(code, &said);
            assert!(!done.err.contains("secret"), "{done:?}");
        }
        if code == 2 {
            place.run(&format!("settings a.relook device {device}")).fails(2, &said);
            place.run(&format!("doctor --device {device}")).fails(2, &said);
        }
    }
    place.run("doctor --device cpu").fails(2, &["a device of this machine"]);
    let report = place.json(&format!("doctor --device {away}"));
    assert!(text(&report[0]["problem"]).contains("cannot be reached"), "{report}");
    assert_eq!(count(&place.counts("a.relook")["drafted"]), 0);
    let hasty = place.with("RELOOK_INFERENCE_TIMEOUT", "soon");
    hasty.run(&format!("draft a.relook --device {away}")).fails(2, &["RELOOK_INFERENCE_TIMEOUT", "soon"]);
    hasty.assert_sound("a.relook");
}

#[test]
fn when_one_of_two_servers_dies_the_other_takes_over() {
    let _turn = one_at_a_time();
    let place = place(SOME);
    let [dying, good] = Server::start(&place, ["--die-at 4", ""]);
    let done = place.run(&format!("draft a.relook --device {},{} --json", dying.address, good.address)).ok();
    let sum = done.json();
    assert_eq!((count(&sum["run"]), count(&sum["failed"])), (SOME.len() as u64, 0), "{sum}");
    assert!(done.err.contains(&format!("{} was set aside", dying.address)), "{done:?}");
    assert_as_here(&place);
    // Two by each to begin with; what the dying one had under way was asked of the other.
    assert!(dying.runs().len() == 4 && good.runs().len() > 2, "{:?} {:?}", dying.runs(), good.runs());
    assert!(dying.runs().len() + good.runs().len() <= SOME.len() + 4 + 2);
    assert_eq!(count(&place.json("draft a.relook")["images"]), 0, "nothing is left");
}

#[test]
fn when_the_last_server_dies_what_is_done_is_kept_and_the_rest_goes_on_later() {
    let _turn = one_at_a_time();
    let place = place(SOME);
    let [dying, hanging, good] = Server::start(&place, ["--die-at 6", "--hang-at 4", ""]);
    let drafted = || count(&place.counts("a.relook")["drafted"]);
    let draft = |server: &Server| format!("draft a.relook --device {}", server.address);
    let done = place.run(&draft(&dying));
    done.fails(
        5,
        &[
            "No inference server is left to run yolov8n",
            &dying.address,
            "cannot be reached",
            "Start one again",
        ],
    );
    let kept = drafted();
    assert!((1..=3).contains(&kept), "{kept} are kept");
    place.run(&draft(&dying)).fails(5, &["cannot be reached"]);
    assert_eq!(drafted(), kept);

    // One that never answers is left at once when the user says so.
    let running = place.start(&draft(&hanging));
    until("a run that hangs", || hanging.runs().len() >= 4);
    running.interrupt();
    let stopped = running.wait();
    assert_eq!(stopped.code, Some(130), "{stopped:?}");
    let kept = drafted();
    assert!(kept < SOME.len() as u64, "{kept} are kept");

    let sum = place.json(&draft(&good));
    assert_eq!(count(&sum["run"]), SOME.len() as u64 - kept, "{sum}");
    assert_eq!(drafted(), SOME.len() as u64);
    assert_as_here(&place);
    place.assert_sound("a.relook");
}
