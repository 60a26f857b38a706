//! Models, the runtime and devices that are not there or not right. Nothing is drafted, and never elsewhere instead.

use relook_tests::program::{Place, count, one_at_a_time, vision_fixtures};
use sha2::{Digest, Sha256};

/// A model card under `models/NAME`, over yolov8n's, with this graph (if any) and this digest.
fn card(place: &Place, name: &str, graph: Option<&[u8]>, digest: &str) {
    let folder = place.path("models").join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = format!(
        "name = \"{name}\"\nsummary = \"For a test\"\nlicence = \"MIT\"\nauthor = \"nobody\"\nfile = \"{name}.onnx\"\n\
         sha256 = \"{digest}\"\nbytes = 1\nhead = \"yolo_dense\"\nnms_iou = 0.6\nlabels = []\n\n[input]\n\
         name = \"images\"\nwidth = 640\nheight = 640\nlayout = \"nchw\"\nchannels = \"rgb\"\nresize = \"letterbox\"\n\
         pad = 114\nmean = [0.0, 0.0, 0.0]\nstd = [255.0, 255.0, 255.0]\n"
    );
    std::fs::write(folder.join("model.toml"), text).expect("a card");
    if let Some(bytes) = graph {
        std::fs::write(folder.join(format!("{name}.onnx")), bytes).expect("a graph");
    }
}

fn digest(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

#[track_caller]
fn assert_nothing_drafted(place: &Place) {
    let counts = place.counts("a.relook");
    assert_eq!((count(&counts["drafted"]), count(&counts["problems"])), (0, 0), "{counts}");
    place.assert_sound("a.relook");
}

#[test]
fn models_that_cannot_be_used() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg"]);
    let models = place.path("models");
    let place = place.with("RELOOK_MODELS", models.to_str().expect("Unicode"));
    let no_head = std::fs::read(vision_fixtures().join("graphs/no-head.onnx")).expect("a graph");
    card(&place, "absent", None, &digest(b"whatever"));
    card(&place, "garbage", Some(b"no graph at all"), &digest(b"no graph at all"));
    card(&place, "swapped", Some(&no_head), &digest(b"another file"));
    card(&place, "headless", Some(&no_head), &digest(&no_head));
    std::fs::write(place.path("garbage.onnx"), b"no graph at all").expect("a file");
    let graphs = vision_fixtures().join("graphs");
    let graph = |name: &str| graphs.join(name).display().to_string();

    for (model, code, said) in [
        ("nosuch".to_owned(), 3, vec!["nosuch", "yolov8n", "name an ONNX file"]),
        ("nowhere/else.onnx".to_owned(), 5, vec!["nowhere/else.onnx", "not found"]),
        ("absent".to_owned(), 5, vec!["absent.onnx", "not found", "fetch it"]),
        ("garbage".to_owned(), 5, vec!["garbage.onnx", "could not be read as an ONNX graph"]),
        ("garbage.onnx".to_owned(), 5, vec!["garbage.onnx", "could not be read as an ONNX graph"]),
        ("swapped".to_owned(), 5, vec!["swapped.onnx", "sha256", "Fetch it again"]),
        ("headless".to_owned(), 5, vec!["headless", "the card says"]),
        (graph("no-head.onnx"), 5, vec!["no-head", "fit no head", "yolo_dense"]),
        (graph("five-channels.onnx"), 5, vec!["five-channels", "input"]),
        (graph("half.onnx"), 5, vec!["half", "float32"]),
    ] {
        for command in ["draft", "draft --again"] {
            place.run(&format!("{command} a.relook --model {model} --quiet")).fails(code, &said);
        }
        assert_nothing_drafted(&place);
    }

    // `models check` names each in one go.
    let checked = place.run("models check absent garbage swapped headless yolov8n --json");
    assert_eq!(checked.code, Some(5), "{checked:?}");
    for one in checked.json().as_array().expect("a list") {
        assert_eq!(one["problem"].is_null(), one["model"] == "yolov8n", "{one}");
    }
    place.run("models check nosuch").fails(3, &["nosuch"]);

    // A card with a mistake is named with its line.
    std::fs::create_dir_all(place.path("models/typo")).expect("a folder");
    std::fs::write(place.path("models/typo/model.toml"), "name = \"typo\nsummary = 1\n").expect("a card");
    place.run("draft a.relook").fails(2, &["typo/model.toml", "line 1"]);
    assert_nothing_drafted(&place);
}

#[test]
fn a_bare_graph_of_a_known_head_drafts() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg"]);
    let graph = vision_fixtures().join("graphs/dense.onnx");
    let done = place.run(&format!("draft a.relook --json --model {}", graph.display())).ok();
    assert_eq!((count(&done.json()["run"]), done.json()["model"].as_str()), (1, Some("dense")));
    let shown = place.json("show a.relook --image dog.jpg");
    let opinion = &shown["annotations"][0]["opinions"][0];
    let bytes = std::fs::read(&graph).expect("a graph");
    assert_eq!(
        (opinion["model"].as_str(), opinion["model_digest"].as_str()),
        (Some("dense"), Some(digest(&bytes).as_str()))
    );

    // One that names no labels gets numbered ones, and no project has those.
    let nameless = vision_fixtures().join("graphs/nameless.onnx");
    let line = format!("draft a.relook --again --quiet --model {}", nameless.display());
    place.run(&line).fails(2, &["nameless", "none of this project's labels", "class_0"]);
    place.assert_sound("a.relook");
}

#[test]
fn a_model_that_knows_none_of_the_labels_is_refused_or_lends_its_own() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg"]);
    std::fs::write(place.path("list.txt"), "left\nright\n").expect("a list");
    place.run("new b --labels list.txt").ok();
    place.run("add b.relook photos").ok();
    place.run("draft b.relook --quiet").fails(2, &["yolov8n", "none of this project's labels", "person"]);
    assert_eq!(count(&place.counts("b.relook")["drafted"]), 0);

    // Some of the labels: boxes of the others are left out, and that is said.
    std::fs::write(place.path("list.txt"), "dog\nright\n").expect("a list");
    place.run("new c --labels list.txt").ok();
    place.run("add c.relook photos").ok();
    let done = place.run("draft c.relook --json").ok();
    assert!(done.json()["unknown_labels"]["bicycle"].as_u64().is_some_and(|n| n > 0), "{done:?}");
    assert!(done.err.contains("\"bicycle\", which is no label of this project"), "{done:?}");

    place.run("new d --labels empty").ok();
    place.run("add d.relook photos").ok();
    place.run("draft d.relook").ok();
    assert_eq!(place.json("status d.relook")["project"]["labels"].as_array().map(Vec::len), Some(80));
    for (words, said) in [("new e --labels nowhere.txt", "nowhere.txt"), ("new e --labels photos", "photos")]
    {
        let done = place.run(words);
        assert!(matches!(done.code, Some(1..=3)) && done.err.contains(said), "{done:?}");
        assert!(!place.path("e.relook").exists());
    }
}

#[test]
fn a_runtime_that_is_not_there_or_not_one() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg"]);
    std::fs::write(place.path("text.so"), b"not a library").expect("a file");
    let text = place.path("text.so").display().to_string();
    // Some library that is there for sure: one this very test runs with.
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux tells of its libraries");
    let libc = maps
        .split_whitespace()
        .find(|w| w.contains("/libc.so") || w.contains("/libc-"))
        .expect("a C library");
    let mut place = place;
    for (library, said) in [
        ("/nowhere/libonnxruntime.so", vec!["/nowhere/libonnxruntime.so", "make setup", "ORT_DYLIB_PATH"]),
        (text.as_str(), vec!["text.so", "could not be loaded as ONNX Runtime"]),
        (libc, vec!["libc", "not ONNX Runtime"]),
    ] {
        place = place.with("ORT_DYLIB_PATH", library);
        place.run("draft a.relook --quiet").fails(5, &said);
        place.run("auto photos --out x.xml --quiet").fails(5, &said);
        assert!(!place.path("x.xml").exists());
        let doctor = place.json("doctor");
        assert!(
            doctor["runtime"].is_null()
                && doctor["runtime_problem"].as_str().is_some_and(|p| p.contains(said[0]))
        );
        assert_nothing_drafted(&place);
    }
}

#[test]
fn a_device_that_is_not_there_is_never_another_in_silence() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg"]);
    let doctor = place.json("doctor");
    let devices = doctor["devices"].as_array().expect("devices").clone();
    let missing: Vec<_> = devices.iter().filter(|d| d["available"] == false).collect();
    assert!(!missing.is_empty(), "every device is here? {doctor}");
    for device in missing {
        let word = device["device"].as_str().expect("a word");
        let why = device["reason"].as_str().expect("a reason");
        assert!(why.len() > 20, "{device}");
        let line = format!("draft a.relook --device {word} --quiet");
        place.run(&line).fails(5, &[&format!("\"{word}\" cannot be used"), why, "--device cpu"]);
        let line = format!("auto photos --out x.xml --device {word} --quiet");
        place.run(&line).fails(5, &[word, "--device cpu"]);
        assert!(!place.path("x.xml").exists());
        assert_nothing_drafted(&place);
    }
    place.run("draft a.relook --device gpu").fails(2, &["gpu", "auto, cpu, cuda"]);
    assert_nothing_drafted(&place);

    // The way out that the message names.
    place.run("draft a.relook --device cpu").ok();
    for device in devices.iter().filter(|d| d["available"] == false) {
        let line =
            format!("second-look a.relook --device {} --quiet", device["device"].as_str().expect("a word"));
        place.run(&line).fails(5, &["--device cpu"]);
    }
    assert_eq!(count(&place.counts("a.relook")["looked"]), 0);
}
