//! Meeting servers: which are taken, and what is said of those that are not.

use serde_json::{Value, json};

use super::stand_in::{one_box, tensor};
use super::*;
use crate::backend::survey_servers;

#[test]
fn servers_are_met_and_run_by_bytes_where_they_take_them() {
    for announces in [false, true] {
        let server = StandIn::new(but(move |asked| {
            let about = json!({ "name": "triton", "version": "2.60", "extensions": ["binary_tensor_data"] });
            (announces && asked.line == "GET /v2").then(|| Reply::json(200, &about))
        }));
        let mut served = load(&[&server]).unwrap();
        assert_eq!((served.device.as_str(), served.detectors.len()), (server.address.as_str(), 2));
        assert_eq!(served.runtime, if announces { "triton 2.60" } else { "kserve 0.21.0" });
        assert_eq!((served.detectors[0].digest(), served.detectors[0].name()), ("ab", "tiny"));
        assert_eq!(served.detectors[0].device().device, None);
        assert_seen(&detect(&mut served.detectors[1]).unwrap());
        assert!(server.infers().iter().all(Asked::is_binary));
        // Of a fixed size: photos are shown in it.
        let (question, _) = server.infers().pop().unwrap().parts_owned();
        assert_eq!(question["inputs"][0]["shape"], json!([1, 3, 32, 32]));
        assert!(served.watch.news().is_empty());
    }
}

impl Asked {
    fn parts_owned(&self) -> (Value, Vec<u8>) {
        let (value, behind) = self.parts();
        (value, behind.to_vec())
    }
}

#[test]
fn where_bytes_are_refused_numbers_go_from_then_on() {
    for refusal in [
        Reply::error(400, "Unrecognized request format"),
        Reply::error(500, "TypeError : bytes"),
        Reply::error(415, "application/json is wanted"),
        Reply::json(200, &json!({ "outputs": [] })),
    ] {
        let server = StandIn::new(but(move |asked| asked.is_binary().then(|| refusal.clone())));
        let mut served = load(&[&server]).unwrap();
        assert_seen(&detect(&mut served.detectors[0]).unwrap());
        let forms: Vec<bool> = server.infers().iter().map(Asked::is_binary).collect();
        assert_eq!(forms, [true, false, false, false]);
    }
}

#[test]
fn a_server_that_announces_bytes_is_held_to_it() {
    let server = StandIn::new(but(|asked| {
        let about = json!({ "name": "triton", "extensions": ["binary_tensor_data"] });
        match asked.line.as_str() {
            "GET /v2" => Some(Reply::json(200, &about)),
            _ => asked.is_binary().then(|| Reply::error(400, "no bytes today")),
        }
    }));
    assert_says(&load(&[&server]).err().unwrap(), "server_unfit", &["no bytes today"]);
}

#[test]
fn numbers_in_answer_to_bytes_will_do() {
    let server = StandIn::new(but(|asked| {
        let outputs =
            json!([{ "name": "output0", "shape": [1, 5, 21], "datatype": "FP32", "data": one_box() }]);
        asked.is_binary().then(|| Reply::json(200, &json!({ "outputs": outputs })))
    }));
    assert_seen(&detect(&mut load(&[&server]).unwrap().detectors[0]).unwrap());
}

#[test]
fn open_sides_take_each_photos_own_shape_and_pixels_as_bytes() {
    let server = StandIn::new(but(|asked| match asked.line.as_str() {
        "GET /v2/models/tiny" => Some(Reply::json(
            200,
            &json!({ "name": "tiny",
                "inputs": [{ "name": "images", "datatype": "UINT8", "shape": [-1, 3, -1, -1] }],
                "outputs": [{ "name": "output0", "datatype": "FP32", "shape": [-1, 5, -1] }] }),
        )),
        _ => asked.is_infer().then(|| {
            let shape = &asked.parts().0["inputs"][0]["shape"];
            let cells = shape[2].as_i64().unwrap() * shape[3].as_i64().unwrap() * 21 / 1024;
            tensor(asked, "output0", &[1, 5, cells], &vec![0.0; 5 * usize::try_from(cells).unwrap()])
        }),
    }));
    let mut card = card();
    (card.input.width, card.input.height) = (64, 64);
    card.input.std = [1.0; 3];
    let nowhere = Path::new("nowhere.onnx");
    let all = servers(&[&server]);
    let stop = StopToken::new();
    let mut served = Served::load(&card, nowhere, InputShape::Photo, &all, None, &limits(), &stop).unwrap();
    assert!(served.detectors[0].preparer().takes_any_shape());
    let photo = Upright { width: 64, height: 32, rgb: vec![7; 3 * 64 * 32] };
    let prepared = served.detectors[0].preparer().prepare(&photo);
    served.detectors[0].detect(&prepared, &DetectParams::above(0.5), &stop).unwrap();
    let (question, behind) = server.infers().pop().unwrap().parts_owned();
    assert_eq!(question["inputs"][0]["shape"], json!([1, 3, 32, 64]));
    assert_eq!((&question["inputs"][0]["datatype"], behind), (&json!("UINT8"), vec![7; 3 * 64 * 32]));
    let kept = Served::load(&card, nowhere, InputShape::Model, &all, None, &limits(), &stop).unwrap();
    assert!(!kept.detectors[0].preparer().takes_any_shape());
}

#[test]
fn what_cannot_be_used_says_why_and_what_to_do() {
    let metadata = |inputs: Value, outputs: Value| {
        Reply::json(200, &json!({ "name": "tiny", "inputs": inputs, "outputs": outputs }))
    };
    let port =
        |name: &str, kind: &str, shape: &[i64]| json!({ "name": name, "datatype": kind, "shape": shape });
    let image = || json!([port("images", "FP32", &[1, 3, 32, 32])]);
    let boxes = || json!([port("output0", "FP32", &[1, 5, 21])]);
    let moved = Reply::Say {
        status: 302,
        headers: vec![("location", "http://me:pw@other:1/x?key=1".into())],
        body: vec![],
    };
    let cases: Vec<(&'static str, Reply, &str, &[&str])> = vec![
        // Not a server, or none of this kind.
        (
            "GET /v2/health/ready",
            Reply::bytes(404, b"<html>nothing</html>"),
            "server_unfit",
            &["Open Inference Protocol", "404"],
        ),
        ("GET /v2/health/ready", Reply::bytes(405, b""), "server_unfit", &["Open Inference Protocol"]),
        (
            "GET /v2/health/ready",
            moved,
            "server_unfit",
            &["sends on to http://other:1/x.", "Give that address"],
        ),
        ("GET /v2/health/ready", Reply::error(401, "who?"), "server_unfit", &["RELOOK_INFERENCE_TOKEN"]),
        ("GET /v2", Reply::bytes(200, b"<html>hello</html>"), "server_unfit", &["Open Inference Protocol"]),
        ("GET /v2", Reply::bytes(200, &[0xff, 0xfe]), "server_unfit", &["Open Inference Protocol"]),
        ("GET /v2", Reply::bytes(200, &vec![b' '; 2 << 20]), "server_unfit", &["larger than"]),
        // Not ready, by each of the ways to say so.
        (
            "GET /v2/health/ready",
            Reply::error(503, "Server is not ready."),
            "servers_gone",
            &["Server is not ready.", "503"],
        ),
        ("GET /v2/health/ready", Reply::bytes(400, b""), "servers_gone", &["not ready yet"]),
        (
            "GET /v2/health/ready",
            Reply::json(200, &json!({ "ready": false })),
            "servers_gone",
            &["not ready yet"],
        ),
        (
            "GET /v2/models/tiny/ready",
            Reply::json(200, &json!({ "name": "tiny", "ready": false })),
            "servers_gone",
            &["tiny is not ready yet"],
        ),
        (
            "GET /v2/models/tiny/ready",
            Reply::error(503, "Model with name tiny is not ready."),
            "servers_gone",
            &["Model with name tiny is not ready."],
        ),
        ("GET /v2/health/ready", Reply::Drop, "servers_gone", &["broke off"]),
        // Another model.
        (
            "GET /v2/models/tiny",
            Reply::error(404, "Model with name tiny does not exist."),
            "server_unfit",
            &["no model tiny", "It has: tiny"],
        ),
        (
            "GET /v2/models/tiny",
            Reply::error(400, "Request for unknown model: 'tiny' is not found"),
            "server_unfit",
            &["no model tiny", "is not found"],
        ),
        ("GET /v2/models/tiny", Reply::bytes(200, b"7"), "server_unfit", &["not understood"]),
        (
            "GET /v2/models/tiny",
            metadata(json!([port("x", "FP32", &[1, 3, 32, 32])]), boxes()),
            "input_mismatch",
            &["images", "x float32"],
        ),
        (
            "GET /v2/models/tiny",
            metadata(json!([port("images", "FP32", &[1, 3, 64, 64])]), boxes()),
            "input_mismatch",
            &["64"],
        ),
        (
            "GET /v2/models/tiny",
            metadata(json!([port("images", "BYTES", &[1, 3, 32, 32])]), boxes()),
            "input_mismatch",
            &["bytes"],
        ),
        (
            "GET /v2/models/tiny",
            metadata(image(), json!([port("output0", "FP32", &[1, 84, 21])])),
            "label_mismatch",
            &["80 labels"],
        ),
        (
            "GET /v2/models/tiny",
            metadata(image(), json!([port("output0", "FP32", &[1, 6])])),
            "no_head",
            &["output0"],
        ),
        (
            "GET /v2/models/tiny",
            metadata(image(), json!([port("output0", "BYTES", &[1, 5, 21])])),
            "no_head",
            &["bytes"],
        ),
    ];
    for (line, reply, code, words) in cases {
        let server = StandIn::new(but(move |asked| (asked.line == line).then(|| reply.clone())));
        let error = load(&[&server]).err().unwrap();
        assert_says(&error, code, words);
        assert!(server.infers().is_empty(), "{error}");
        assert!(!error.to_string().contains("pw"), "{error}");
    }
}

/// As KServe's own server does with a model that does not tell.
#[test]
fn a_model_of_which_nothing_is_said_shows_its_outputs() {
    let silent = |asked: &Asked| {
        (asked.line == "GET /v2/models/tiny")
            .then(|| Reply::json(200, &json!({ "name": "tiny", "inputs": [], "outputs": [] })))
    };
    let server = StandIn::new(but(silent));
    assert_seen(&detect(&mut load(&[&server]).unwrap().detectors[0]).unwrap());
    let (question, behind) = server.infers()[0].parts_owned();
    assert_eq!((&question["outputs"], &question["inputs"][0]["name"]), (&Value::Null, &json!("images")));
    assert_eq!(behind.len(), 3 * 32 * 32 * 4);
    server.now(but(move |asked| {
        let other = || tensor(asked, "other", &[1, 6], &[0.0; 6]);
        silent(asked).or_else(|| asked.is_infer().then(other))
    }));
    assert_says(&load(&[&server]).err().unwrap(), "no_head", &["other float32 [1, 6]"]);
    // Without a name on the card there is nothing to ask.
    let mut card = card();
    card.input.name = None;
    let (all, stop) = (servers(&[&server]), StopToken::new());
    let nowhere = Path::new("nowhere.onnx");
    let error = Served::load(&card, nowhere, InputShape::Model, &all, None, &limits(), &stop).err().unwrap();
    assert_says(&error, "server_unfit", &["does not say which inputs and outputs", "metadata"]);
}

#[test]
fn labels_must_be_known_here() {
    let server = StandIn::new(sound);
    let bare = ModelCard { labels: Vec::new(), ..card() };
    let nowhere = Path::new("nowhere.onnx");
    let loaded = |file: &Path| {
        let (all, stop) = (servers(&[&server]), StopToken::new());
        Served::load(&bare, file, InputShape::Model, &all, None, &limits(), &stop)
    };
    assert_says(&loaded(nowhere).err().unwrap(), "label_mismatch", &["tiny", "Name them on the card"]);
    assert!(server.asked().is_empty());
    // The graph file, where it is here, is read for its notes without any runtime.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("graph.onnx");
    let note = [&b"\x0a\x05names\x12\x0a{0: 'dog'}"[..]].concat();
    let graph = [&[0x72, u8::try_from(note.len()).unwrap()][..], &note].concat();
    std::fs::write(&file, graph).unwrap();
    assert_eq!(loaded(&file).unwrap().detectors[0].labels(), ["dog"]);
}

#[test]
fn a_token_is_sent_and_never_shown() {
    let server = StandIn::new(but(|asked| {
        let known = asked.headers.get("authorization").is_some_and(|sent| sent == "Bearer s3cret");
        (!known).then(|| Reply::error(401, "s3cret is not the token"))
    }));
    let all = servers(&[&server]);
    let mut served = load_with(&all, &limits(), Some(" s3cret\n")).unwrap();
    assert_seen(&detect(&mut served.detectors[0]).unwrap());
    server.now(|asked| Reply::error(400, &format!("bad {:?}", asked.headers["authorization"])));
    let error = detect(&mut served.detectors[0]).unwrap_err();
    assert_says(&error, "server_unfit", &["bad", "…"]);
    assert!(!error.to_string().contains("s3cret"), "{error}");
    server.now(|_| Reply::error(403, "no"));
    let error = load_with(&all, &limits(), Some("other")).err().unwrap();
    assert_says(&error, "server_unfit", &["does not accept the token in RELOOK_INFERENCE_TOKEN"]);
    let error = load_with(&all, &limits(), Some("not\u{1}sent")).err().unwrap();
    assert_says(&error, "server_address", &["cannot be sent"]);
    assert!(!error.to_string().contains("sent\u{1}"), "{error}");
}

#[test]
fn names_and_places_on_the_server_are_followed_to_the_letter() {
    let server = StandIn::new(|_| Reply::error(404, "no"));
    let (all, stop) = (server.address.clone(), StopToken::new());
    let named = ModelCard { name: "my model/1".to_owned(), ..card() };
    for (address, asked) in [
        (all.clone(), "GET /v2/models/my%20model%2F1"),
        (format!("{all}/gate/way/v2/"), "GET /gate/way/v2/models/my%20model%2F1"),
        (format!("{all}/v2/models/a%20b"), "GET /v2/models/a%20b"),
        (format!("{all}/v2/models/m/versions/3"), "GET /v2/models/m/versions/3"),
    ] {
        let line = asked.to_owned();
        server.now(move |asked| match asked.line.as_str() {
            ready if ready.ends_with("/v2/health/ready") => Reply::bytes(200, b""),
            about if about.ends_with("/v2") => Reply::json(200, &json!({ "name": "triton" })),
            other => Reply::error(404, if other == line { "that is it" } else { "no" }),
        });
        let nowhere = Path::new("nowhere.onnx");
        let servers = address.parse().unwrap();
        let error = Served::load(&named, nowhere, InputShape::Model, &servers, None, &limits(), &stop);
        assert_says(&error.err().unwrap(), "server_unfit", &["that is it"]);
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let other = StandIn::new(sound);
    let to = format!("{}/v2/models/tiny/infer", other.address);
    let server = StandIn::new(but(move |asked| {
        let headers = vec![("location", to.clone())];
        asked.is_infer().then(|| Reply::Say { status: 307, headers, body: Vec::new() })
    }));
    assert_says(&load(&[&server]).err().unwrap(), "server_unfit", &["sends on to", &other.address]);
    assert!(other.asked().is_empty());
}

#[test]
fn of_several_servers_those_that_are_there_take_part() {
    let (good, gone) = (StandIn::new(sound), StandIn::new(sound));
    let waking =
        StandIn::new(but(|asked| (asked.line == "GET /v2/health/ready").then(|| Reply::error(503, "Soon."))));
    let all = servers(&[&gone, &waking, &good]);
    let (gone_at, good_at) = (gone.address.clone(), good.address.clone());
    drop(gone);
    let served = load_with(&all, &limits(), None).unwrap();
    assert_eq!((served.device.as_str(), served.detectors.len()), (good_at.as_str(), 2));
    let news = served.watch.news();
    assert_eq!(news.len(), 2, "{news:?}");
    assert!(news[0].contains(&gone_at) && news[0].contains("cannot be reached"), "{news:?}");
    assert!(news[1].contains(&waking.address) && news[1].contains("Soon."), "{news:?}");
    // What cannot be right is not passed over.
    let other = StandIn::new(but(|asked| {
        (asked.line == "GET /v2/models/tiny").then(|| {
            Reply::json(
                200,
                &json!({ "name": "tiny",
                    "inputs": [{ "name": "images", "datatype": "FP32", "shape": [1, 3, 32, 32] }],
                    "outputs": [{ "name": "other", "datatype": "FP32", "shape": [1, 5, 21] }] }),
            )
        })
    }));
    assert_says(
        &load(&[&good, &other]).err().unwrap(),
        "server_unfit",
        &[&other.address, "another one", "other float32"],
    );
}

#[test]
fn servers_tell_what_they_have() {
    let server = StandIn::new(sound);
    let named: Servers =
        format!("{0},{0}/v2/models/nosuch,http://127.0.0.1:1", server.address).parse().unwrap();
    let reports = survey_servers(&named, &["other".to_owned()], None, &limits()).unwrap();
    let told: Vec<_> = reports.iter().map(|r| (r.server.as_deref(), r.problem.is_some())).collect();
    assert_eq!(told, [(Some("kserve 0.21.0"), false), (Some("kserve 0.21.0"), false), (None, true)]);
    let tiny = &reports[0].models[0];
    assert_eq!((tiny.name.as_str(), tiny.problem.as_deref()), ("tiny", None));
    assert_eq!(
        tiny.signature.as_deref(),
        Some("images float32 [1, 3, 32, 32] -> output0 float32 [1, 5, 21]")
    );
    assert!(reports[1].models[0].problem.as_deref().unwrap().contains("does not exist"));
    // One that lists none is asked for those that are known here.
    server.now(but(|asked| asked.line.ends_with(" /v2/models").then(|| Reply::error(404, "Not Found"))));
    let one: Servers = server.address.parse().unwrap();
    let reports = survey_servers(&one, &["other".to_owned(), "tiny".to_owned()], None, &limits()).unwrap();
    let names: Vec<_> = reports[0].models.iter().map(|m| (m.name.as_str(), m.problem.is_some())).collect();
    assert_eq!(names, [("other", true), ("tiny", false)]);
}
