//! Milliseconds an image, for a card: `cargo run --release -p relook-vision --example pace -- yolov8n 1 demo/photos`
//! (model, threads, folder of photos), from the root of the project.

use std::path::Path;
use std::time::{Duration, Instant};

use relook_domain::model_card::ModelCard;
use relook_vision::decode::{Limits, decode, probe_bytes, thumbnail};
use relook_vision::{DetectParams, Detector, Device, StopToken, runtime};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let model = words.next().unwrap_or_else(|| "yolov8n".to_owned());
    let threads: usize = words.next().unwrap_or_else(|| "1".to_owned()).parse()?;
    let folder = words.next().unwrap_or_else(|| "demo/photos".to_owned());

    runtime::load(Path::new("runtime/onnxruntime/libonnxruntime.so"))?;
    let models = Path::new("models").join(model);
    let card: ModelCard = toml::from_str(&std::fs::read_to_string(models.join("model.toml"))?)?;
    let begun = Instant::now();
    let mut detector = Detector::load(&card, &models.join(&card.file), Device::Cpu, threads)?;
    println!("{} on {}, loaded in {} ms", card.name, detector.device().name, begun.elapsed().as_millis());

    let preparer = detector.preparer();
    let mut spent = [const { Vec::new() }; 5];
    for entry in std::fs::read_dir(folder)? {
        let bytes = std::fs::read(entry?.path())?;
        let (_, a) = timed(|| probe_bytes(&bytes));
        let (image, b) = timed(|| decode(&bytes, &Limits::default()));
        let (small, c) = timed(|| thumbnail(&bytes, 256, &Limits::default()));
        let image = image?;
        small?;
        let (prepared, d) = timed(|| preparer.prepare(&image));
        let (found, e) = timed(|| detector.detect(&prepared, &DetectParams::above(0.25), &StopToken::new()));
        found?;
        for (all, one) in spent.iter_mut().zip([a, b, c, d, e]) {
            all.push(one);
        }
    }
    for (what, times) in ["probe", "decode", "thumbnail", "prepare", "detect"].into_iter().zip(&mut spent) {
        times.sort();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        println!("{what:>10} {:8.2} ms median of {}", median.as_secs_f64() * 1e3, times.len());
    }
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let answer = work();
    (answer, begun.elapsed())
}
