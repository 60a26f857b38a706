//! Servers that go wrong in the middle of the work.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;

use serde_json::json;

use super::stand_in::{one_box, tensor};
use super::*;

/// Whatever happens, a run ends with one answer or one error; and the next goes on as soon as the server is well again.
#[test]
fn what_goes_wrong_on_the_only_server_ends_the_run_with_what_it_was() {
    let with = |name: &'static str, shape: &'static [i64], values: Vec<f32>| {
        move |asked: &Asked| tensor(asked, name, shape, &values)
    };
    type Way = Box<dyn Fn(&Asked) -> Reply + Send + Sync>;
    let say = |reply: Reply| -> Way { Box::new(move |_| reply.clone()) };
    let mut two = one_box();
    two[4 * 21 + 3] = 2.0;
    let cases: Vec<(Way, &str, &[&str])> = vec![
        (say(Reply::Drop), "servers_gone", &["broke off", "Start one again"]),
        (say(Reply::error(503, "Overloaded.")), "servers_gone", &["503", "Overloaded."]),
        (
            say(Reply::error(500, "RuntimeError : out of memory")),
            "servers_gone",
            &["RuntimeError : out of memory"],
        ),
        (say(Reply::bytes(502, &[0xff, 0xfe, b'x', 0, 0x1b])), "servers_gone", &["502", "x"]),
        (say(Reply::bytes(504, b"")), "servers_gone", &["it answered 504"]),
        (say(Reply::error(400, "cannot reshape array")), "server_unfit", &["400", "cannot reshape array"]),
        (say(Reply::bytes(501, b"Not here")), "server_unfit", &["Not here"]),
        (say(Reply::bytes(200, b"<html>")), "server_unfit", &["not understood"]),
        (say(Reply::bytes(200, &[0xff; 64])), "server_unfit", &["not understood"]),
        (say(Reply::bytes(200, &vec![b' '; 2 << 20])), "server_unfit", &["larger than 1048576 bytes"]),
        (
            Box::new(with("other", &[1, 5, 21], one_box())),
            "server_unfit",
            &["no output output0, it has: other"],
        ),
        (Box::new(with("output0", &[1, 21, 5], one_box())), "server_unfit", &["[1, 21, 5]", "[1, 5, 21]"]),
        (Box::new(with("output0", &[1, 5, 20], one_box())), "server_unfit", &["105 values"]),
        (Box::new(with("output0", &[1, 5, 21], vec![f32::NAN; 105])), "not_a_number", &["tiny on http://"]),
        (Box::new(with("output0", &[1, 5, 21], two)), "inference", &["tiny on http://", "the score 2"]),
    ];
    for (way, code, words) in cases {
        let server = StandIn::new(sound);
        let mut served = load(&[&server]).unwrap();
        server.now(but(move |asked| asked.is_infer().then(|| way(asked))));
        let before = server.infers().len();
        let error = detect(&mut served.detectors[0]).unwrap_err();
        assert_says(&error, code, words);
        assert!(error.to_string().contains(&server.address), "{error}");
        assert!(!error.to_string().contains('\u{1b}'), "{error}");
        // What may pass is tried three times, what would be the same again once.
        let tried = server.infers().len() - before;
        assert_eq!(tried, if code == "servers_gone" { 3 } else { 1 }, "{error}");
        // Lasting trouble is not looked at again in this pass; the rest is.
        server.now(sound);
        if code == "server_unfit" {
            assert_says(&detect(&mut served.detectors[0]).unwrap_err(), code, words);
            served = load(&[&server]).unwrap();
        }
        // A rest is over at the latest when nobody else is left.
        assert_seen(&detect(&mut served.detectors[0]).unwrap());
    }
}

#[test]
fn a_server_that_stumbles_is_asked_again_and_answers_once() {
    let count = AtomicU32::new(0);
    let server = StandIn::new(sound);
    let mut served = load(&[&server]).unwrap();
    server.now(but(move |asked| {
        (asked.is_infer() && count.fetch_add(1, Ordering::SeqCst) < 2).then_some(Reply::Drop)
    }));
    assert_seen(&detect(&mut served.detectors[0]).unwrap());
    let news = served.watch.news();
    assert!(
        news.iter().any(|one| one.contains("set aside")) && news.iter().any(|one| one.ends_with("is back")),
        "{news:?}"
    );
}

#[test]
fn a_server_that_is_gone_is_told_as_such() {
    let server = StandIn::new(sound);
    let address = server.address.clone();
    let mut served = load(&[&server]).unwrap();
    drop(server);
    let error = detect(&mut served.detectors[0]).unwrap_err();
    assert_says(&error, "servers_gone", &["tiny", &address, "cannot be reached"]);
}

#[test]
fn others_take_over_and_it_comes_back() {
    let (first, second) = (StandIn::new(sound), StandIn::new(sound));
    let limits = ServerLimits { rest: Duration::ZERO, ..limits() };
    let mut served = load_with(&servers(&[&first, &second]), &limits, None).unwrap();
    assert_eq!(served.device, format!("{}, {}", first.address, second.address));
    // One after the other, so that each has its turn.
    assert_eq!(served.detectors.len(), 4);
    let homes: Vec<_> = served.detectors.iter().map(|d| d.device().name.clone()).collect();
    assert_eq!(homes, [&first.address, &second.address, &first.address, &second.address].map(Clone::clone));
    first.now(|_| Reply::Drop);
    let before = second.infers().len();
    for detector in &mut served.detectors {
        assert_seen(&detect(detector).unwrap());
    }
    assert_eq!(second.infers().len() - before, 4);
    let news = served.watch.news();
    assert!(news.len() == 1 && news[0].contains(&first.address), "{news:?}");
    first.now(sound);
    let before = second.infers().len();
    assert_seen(&detect(&mut served.detectors[0]).unwrap());
    assert_eq!(second.infers().len(), before);
    assert_eq!(served.watch.news(), [format!("{} is back", first.address)]);
    // With another model it does not come back.
    first.now(|_| Reply::Drop);
    assert_seen(&detect(&mut served.detectors[0]).unwrap());
    assert_eq!(served.watch.news().len(), 1);
    first.now(but(|asked| {
        let other = json!({ "name": "tiny",
            "inputs": [{ "name": "images", "datatype": "FP32", "shape": [1, 3, 64, 64] }],
            "outputs": [{ "name": "output0", "datatype": "FP32", "shape": [1, 5, 84] }] });
        (asked.line == "GET /v2/models/tiny").then(|| Reply::json(200, &other))
    }));
    assert_seen(&detect(&mut served.detectors[0]).unwrap());
    let news = served.watch.news();
    assert!(news.len() == 1 && news[0].contains("another one"), "{news:?}");
    // When both are gone the error names both.
    second.now(|_| Reply::Drop);
    let error = detect(&mut served.detectors[0]).unwrap_err();
    assert_says(&error, "servers_gone", &[&first.address, "another one", &second.address, "broke off"]);
}

#[test]
fn a_resting_server_is_left_alone_while_others_work() {
    let (first, second) = (StandIn::new(sound), StandIn::new(sound));
    let mut served = load(&[&first, &second]).unwrap();
    first.now(|_| Reply::Drop);
    assert_seen(&detect(&mut served.detectors[0]).unwrap());
    let asked = first.asked().len();
    for _ in 0..5 {
        assert_seen(&detect(&mut served.detectors[0]).unwrap());
    }
    assert_eq!(first.asked().len(), asked);
}

#[test]
fn a_silent_server_is_not_waited_for_for_ever() {
    let server = StandIn::new(sound);
    drop(load(&[&server]).unwrap());
    server.now(but(|asked| asked.is_infer().then_some(Reply::Silence)));
    let error = load_with(&servers(&[&server]), &impatient(), None).err().unwrap();
    assert_says(&error, "servers_gone", &["did not answer within 0.05 s", "RELOOK_INFERENCE_TIMEOUT"]);
    server.now(sound);
    assert_seen(&detect(&mut load(&[&server]).unwrap().detectors[0]).unwrap());
}

#[test]
fn stopping_breaks_off_a_question_under_way() {
    let server = StandIn::new(sound);
    let mut served = load(&[&server]).unwrap();
    let (sent, came) = mpsc::channel();
    let sent = std::sync::Mutex::new(sent);
    server.now(but(move |asked| {
        asked.is_infer().then(|| {
            sent.lock().unwrap().send(()).unwrap();
            Reply::Silence
        })
    }));
    let stop = StopToken::new();
    let child = stop.child();
    std::thread::scope(|scope| {
        let detector = &mut served.detectors[0];
        let run = scope.spawn(move || {
            let photo = Upright { width: 32, height: 32, rgb: vec![100; 3 * 32 * 32] };
            let prepared = detector.preparer().prepare(&photo);
            detector.detect(&prepared, &DetectParams::above(0.5), &child)
        });
        came.recv().unwrap();
        stop.stop();
        assert_says(&run.join().unwrap().unwrap_err(), "stopped", &[]);
    });
    // Stopped before it began: nothing is asked.
    let asked = server.asked().len();
    let nowhere = Path::new("nowhere.onnx");
    let all = servers(&[&server]);
    let error =
        Served::load(&card(), nowhere, InputShape::Model, &all, None, &limits(), &stop).err().unwrap();
    assert_says(&error, "stopped", &[]);
    assert_eq!(server.asked().len(), asked);
}
