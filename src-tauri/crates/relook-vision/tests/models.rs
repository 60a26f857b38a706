//! Runtimes, devices and model files, good and bad.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may end at once, also in its helpers")]

mod common;

use std::path::PathBuf;

use relook_domain::model_card::{Head, ModelCard};
use relook_vision::backend::{RecordedOutput, RecordedTensors};
use relook_vision::{
    DetectParams, Detector, Device, DeviceInUse, Precision, StopToken, Upright, VisionError, card_for_graph,
    describe_graph, runtime, survey,
};

fn graph(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/graphs").join(name).with_extension("onnx")
}

fn plain(width: u32, height: u32, grey: u8) -> Upright {
    Upright { width, height, rgb: vec![grey; 3 * (width * height) as usize] }
}

/// The card of the fixture `dense`, to be bent.
fn card() -> ModelCard {
    common::runtime();
    card_for_graph(&graph("dense")).unwrap()
}

/// What loading ends in when it must not succeed.
fn refused(card: &ModelCard, path: &std::path::Path, device: Device) -> VisionError {
    match Detector::load(card, path, device, 1) {
        Ok(detector) => panic!("{} was loaded", detector.name()),
        Err(error) => error,
    }
}

#[test]
fn the_runtime_tells_its_version_and_is_loaded_once() {
    let first = common::runtime();
    let numbers: Vec<u32> = first.version.split('.').map_while(|part| part.parse().ok()).collect();
    assert!(numbers.len() >= 2 && (numbers[0], numbers[1]) >= (1, 24), "{}", first.version);
    assert!(first.library.is_absolute());
    assert!(first.providers.iter().any(|name| name == "CPUExecutionProvider"), "{:?}", first.providers);
    assert_eq!(runtime::load(std::path::Path::new("/nowhere/at/all.so")).unwrap(), first);
}

#[test]
fn every_device_is_reported_with_a_reason() {
    common::runtime();
    let seen = survey();
    let devices: Vec<_> = seen.iter().map(|report| report.device).collect();
    assert_eq!(devices, Device::ALL[1..]);
    for report in &seen {
        assert!(!report.reason.is_empty());
        assert!(
            report.available || report.reason.ends_with('.'),
            "{}: {}",
            report.device.word(),
            report.reason
        );
    }
    assert!(seen[0].available && seen[0].device == Device::Cpu);
}

#[test]
fn a_device_that_is_not_there_is_refused_and_never_replaced() {
    let card = card();
    for report in survey().into_iter().filter(|report| !report.available) {
        let error = refused(&card, &graph("dense"), report.device);
        assert_eq!(error.code(), "device_unavailable", "{error}");
        assert!(error.to_string().contains(report.device.word()), "{error}");
        assert!(error.to_string().contains(&report.reason), "{error}");
    }
}

#[test]
fn auto_says_what_it_chose_and_why() {
    let card = card();
    let detector = Detector::load(&card, &graph("dense"), Device::Auto, 1).unwrap();
    let used = detector.device();
    assert!(used.device.is_some_and(|d| d != Device::Auto));
    if used.device == Some(Device::Cpu) {
        assert_eq!(used.name, "CPU, 1 thread");
        assert!(used.why.contains("CUDA") || cfg!(target_os = "macos"), "{}", used.why);
    }
    let detector = Detector::load(&card, &graph("dense"), Device::Cpu, 2).unwrap();
    assert_eq!(
        (detector.device().name.as_str(), detector.device().why.as_str()),
        ("CPU, 2 threads", "asked for")
    );
}

#[test]
fn a_bare_graph_gets_a_card_and_runs() {
    let card = card();
    assert_eq!((card.head, card.input.width, card.input.height), (Head::YoloDense, 64, 32));
    assert_eq!(card.labels, ["cat", "dog's bowl"]);
    assert_eq!(
        (card.licence.as_str(), card.file.as_str(), card.name.as_str()),
        ("CC0-1.0", "dense.onnx", "dense")
    );

    let mut detector = Detector::load(&card, &graph("dense"), Device::Cpu, 1).unwrap();
    assert_eq!(detector.digest(), card.sha256);
    // 128x128 into 64x32: a quarter, 16 pixels of border left and right.
    let prepared = detector.preparer().prepare(&plain(128, 128, 200));
    let found = detector.detect(&prepared, &DetectParams::above(0.25), &StopToken::new()).unwrap();
    assert_eq!(found.len(), 1, "42 equal boxes are one: {found:?}");
    let rect = found[0].rect;
    assert_eq!([rect.x1, rect.y1, rect.x2, rect.y2], [32.0, 48.0, 96.0, 80.0]);
    assert_eq!(found[0].class, 0);
    let alternatives: Vec<_> =
        found[0].alternatives.iter().map(|(class, score)| (*class, *score as f32)).collect();
    assert_eq!(alternatives, [(0, 0.9), (1, 0.3)]);
    assert!(detector.detect(&prepared, &DetectParams::above(0.95), &StopToken::new()).unwrap().is_empty());
}

#[test]
fn what_a_graph_tells_of_itself() {
    common::runtime();
    let info = describe_graph(&graph("dense")).unwrap();
    assert_eq!(info.inputs[0].to_string(), "images float32 [1, 3, 32, 64]");
    assert_eq!(info.outputs[0].to_string(), "output0 float32 [1, 6, 42]");
    assert_eq!(info.labels.unwrap(), ["cat", "dog's bowl"]);
    assert_eq!(card_for_graph(&graph("nameless")).unwrap().labels, ["class_0", "class_1"]);
    assert_eq!(card_for_graph(&graph("noted-size")).unwrap().input.width, 64);
}

#[test]
fn graphs_without_a_card_are_refused_where_there_is_doubt() {
    common::runtime();
    let dir = tempfile::tempdir().unwrap();
    let garbage = dir.path().join("garbage.onnx");
    std::fs::write(&garbage, b"this is no graph").unwrap();
    let empty = dir.path().join("empty.onnx");
    std::fs::write(&empty, b"").unwrap();
    let cut = dir.path().join("cut.onnx");
    let whole = std::fs::read(graph("dense")).unwrap();
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    for (path, code, words) in [
        (graph("no-such"), "model_missing", "no-such.onnx"),
        (garbage, "model_unreadable", "garbage.onnx"),
        (empty, "model_unreadable", "empty.onnx"),
        (cut, "model_unreadable", "cut.onnx"),
        (graph("no-head"), "no_head", "scores float32 [1, 3, 1, 1]"),
        (graph("no-head"), "no_head", "yolo_dense [1, 4 + labels, cells]"),
        (graph("transposed"), "head_in_doubt", "[1, 42, 6]"),
        (graph("three-names"), "label_mismatch", "scores 2 labels"),
        (graph("half"), "input_mismatch", "float16"),
        (graph("any-size"), "input_mismatch", "[1, 3, ?, ?]"),
        (graph("five-channels"), "input_mismatch", "[1, 5, 32, 64]"),
    ] {
        let error = card_for_graph(&path).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn a_card_that_does_not_fit_its_graph_is_refused() {
    let good = card();
    let bent = |bend: &dyn Fn(&mut ModelCard)| {
        let mut card = good.clone();
        bend(&mut card);
        card
    };
    for (name, card, code, words) in [
        ("digest", bent(&|c| c.sha256 = "0".repeat(64)), "model_digest", good.sha256.as_str()),
        ("size", bent(&|c| c.input.width = 96), "input_mismatch", "[1, 3, 32, 64]"),
        ("name", bent(&|c| c.input.name = Some("pixels".to_owned())), "input_mismatch", "pixels"),
        ("labels", bent(&|c| c.labels.truncate(1)), "label_mismatch", "scores 2 labels, and 1"),
        ("std", bent(&|c| c.input.std[1] = 0.0), "bad_card", "std"),
        ("iou", bent(&|c| c.nms_iou = 2.0), "bad_card", "nms_iou"),
    ] {
        let error = refused(&card, &graph("dense"), Device::Cpu);
        assert_eq!(error.code(), code, "{name}: {error}");
        assert!(error.to_string().contains(words), "{name}: {error}");
    }
    let error = refused(&good, &graph("no-such"), Device::Cpu);
    assert_eq!(error.code(), "model_missing");
}

#[test]
fn a_run_under_way_is_stopped() {
    common::runtime();
    let path = graph("endless");
    let card = card_for_graph(&path).unwrap();
    let mut detector = Detector::load(&card, &path, Device::Cpu, 1).unwrap();
    let preparer = detector.preparer();
    let params = DetectParams::above(0.25);
    let stop = StopToken::new();
    // Dark pictures need no round; this one needs a billion, which would take minutes.
    assert_eq!(detector.detect(&preparer.prepare(&plain(64, 32, 10)), &params, &stop).unwrap().len(), 1);
    let other = stop.clone();
    let bright = preparer.prepare(&plain(64, 32, 255));
    let ended = std::thread::scope(|scope| {
        let run = scope.spawn(|| detector.detect(&bright, &params, &stop));
        std::thread::sleep(std::time::Duration::from_millis(200));
        other.stop();
        run.join().unwrap()
    });
    assert!(matches!(ended, Err(VisionError::Stopped)), "{ended:?}");
    // A token stays stopped; the detector goes on with another.
    let dark = preparer.prepare(&plain(64, 32, 10));
    assert!(matches!(detector.detect(&dark, &params, &stop), Err(VisionError::Stopped)));
    assert_eq!(detector.detect(&dark, &params, &StopToken::new()).unwrap().len(), 1);
}

#[test]
fn recorded_tensors_need_no_library() {
    let mut card: ModelCard = toml::from_str(
        r#"
        name = "recorded"
        summary = ""
        licence = "CC0-1.0"
        file = "none"
        sha256 = "AB"
        bytes = 0
        head = "yolo_dense"
        nms_iou = 0.6
        labels = ["cat"]
        [input]
        width = 32
        height = 32
        layout = "nhwc"
        channels = "bgr"
        resize = "stretch"
        mean = [0, 0, 0]
        std = [1, 1, 1]
        "#,
    )
    .unwrap();
    let anchors = 21;
    let mut values = vec![0.0; 5 * anchors];
    for (row, value) in [16.0, 16.0, 8.0, 4.0, 0.75].into_iter().enumerate() {
        values[row * anchors + 3] = value;
    }
    let output = RecordedOutput { name: "out".to_owned(), shape: vec![1, 5, anchors as i64], values };
    let backend = || Box::new(RecordedTensors::new("in", [1, 32, 32, 3], vec![output.clone()]));
    let device = DeviceInUse {
        device: Some(Device::Cpu),
        name: "none".to_owned(),
        precision: Precision::Full,
        why: "recorded".to_owned(),
    };
    let mut detector = Detector::with_backend(&card, backend(), device.clone()).unwrap();
    assert_eq!(detector.digest(), "ab");

    let prepared = detector.preparer().prepare(&Upright { width: 2, height: 1, rgb: vec![1, 2, 3, 1, 2, 3] });
    assert_eq!(prepared.shape(), [1, 32, 32, 3]);
    assert_eq!(prepared.values()[..6], [3.0, 2.0, 1.0, 3.0, 2.0, 1.0]);
    let found = detector.detect(&prepared, &DetectParams::above(0.5), &StopToken::new()).unwrap();
    assert_eq!(found.len(), 1);
    let rect = found[0].rect;
    assert_eq!([rect.x1, rect.y1, rect.x2, rect.y2], [0.75, 0.4375, 1.25, 0.5625]);

    // The graph's own note stands in for labels the card leaves out.
    card.labels.clear();
    let error = Detector::with_backend(&card, backend(), device.clone()).err().unwrap();
    assert_eq!(error.code(), "label_mismatch");
    let noted =
        RecordedTensors::new("in", [1, 32, 32, 3], vec![output]).with_note("names", "{\"0\": \"Katze\"}");
    assert_eq!(Detector::with_backend(&card, Box::new(noted), device).unwrap().labels(), ["Katze"]);
}
