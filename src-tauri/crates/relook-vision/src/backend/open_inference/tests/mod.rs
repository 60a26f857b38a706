//! Servers that do what they should and servers that do not.

mod load;
mod recorded;
mod run;
mod stand_in;

use std::path::Path;
use std::time::Duration;

use relook_domain::model_card::ModelCard;

use self::stand_in::{Asked, Reply, StandIn, sound};
use super::{ServerLimits, Servers};
use crate::{DetectParams, Detection, Detector, InputShape, Served, StopToken, Upright, VisionError};

fn card() -> ModelCard {
    toml::from_str(
        r#"
        name = "tiny"
        summary = "For a test"
        licence = "MIT"
        author = "nobody"
        file = "nowhere.onnx"
        sha256 = "ab"
        bytes = 1
        head = "yolo_dense"
        nms_iou = 0.5
        labels = ["cat"]
        [input]
        name = "images"
        width = 32
        height = 32
        layout = "nchw"
        channels = "rgb"
        resize = "letterbox"
        pad = 114
        mean = [0, 0, 0]
        std = [255, 255, 255]
        "#,
    )
    .unwrap()
}

/// Nothing in it waits for long; what never comes is waited for briefly only in [`impatient`].
fn limits() -> ServerLimits {
    ServerLimits {
        pauses: vec![Duration::ZERO; 2],
        rest: Duration::from_secs(3600),
        largest: 1 << 20,
        ..ServerLimits::default()
    }
}

/// For servers that are silent: however slow this machine is, they say no more.
fn impatient() -> ServerLimits {
    let short = Duration::from_millis(50);
    ServerLimits { answer: short, ..limits() }
}

fn servers(all: &[&StandIn]) -> Servers {
    all.iter().map(|one| one.address.as_str()).collect::<Vec<_>>().join(",").parse().unwrap()
}

fn load_with(servers: &Servers, limits: &ServerLimits, token: Option<&str>) -> Result<Served, VisionError> {
    let nowhere = Path::new("nowhere.onnx");
    Served::load(&card(), nowhere, InputShape::Photo, servers, token, limits, &StopToken::new())
}

fn load(all: &[&StandIn]) -> Result<Served, VisionError> {
    load_with(&servers(all), &limits(), None)
}

fn detect(detector: &mut Detector) -> Result<Vec<Detection>, VisionError> {
    let photo = Upright { width: 32, height: 32, rgb: vec![100; 3 * 32 * 32] };
    let prepared = detector.preparer().prepare(&photo);
    detector.detect(&prepared, &DetectParams::above(0.5), &StopToken::new())
}

/// The box that sound servers see.
#[track_caller]
fn assert_seen(found: &[Detection]) {
    let [only] = found else { unreachable!("one box, not {found:?}") };
    let r = only.rect;
    assert_eq!(([r.x1, r.y1, r.x2, r.y2], only.score), ([12.0, 14.0, 20.0, 18.0], 0.75));
}

#[track_caller]
fn assert_says(error: &VisionError, code: &str, words: &[&str]) {
    assert_eq!(error.code(), code, "{error}");
    for word in words {
        assert!(error.to_string().contains(word), "{word:?} is not in {error}");
    }
}

/// Sound but for some questions.
fn but(
    other: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static,
) -> impl Fn(&Asked) -> Reply + Send + Sync + 'static {
    move |asked| other(asked).unwrap_or_else(|| sound(asked))
}
