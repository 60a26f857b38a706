//! Images through a model with everything overlapped: reading and decoding, inference, writing.
//!
//! feed -> bounded channel -> readers -> bounded channel -> sessions -> bounded channel -> writer (the calling thread).
//! Memory is bounded by the channels, whatever the number of images.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use relook_domain::{ImageId, Label, LabelId, Rect, ShapeKind, attributes::check_kind};
use relook_store::{Measured, Problem};
use relook_vision::{
    DecodeError, DetectParams, Detection, Detector, Device, Limits, Prepared, Preparer, Reduced, StopToken,
    VisionError, decode,
};
use sha2::{Digest, Sha256};

use crate::{
    doctor::cores,
    error::EngineError,
    home::Home,
    layout::{self, Layout, Layouts},
    models::Model,
    task::{Control, Task},
};

/// Results are written at the latest after so long, and at the latest so many together.
const WRITE_EVERY: Duration = Duration::from_millis(250);
const WRITE_AT_MOST: usize = 64;
/// So often it is asked, while a model loads, whether to stop.
const STOP_EVERY: Duration = Duration::from_millis(50);
/// For fewer images it is not measured how the cores are used best: that takes a few seconds.
const WORTH_MEASURING: u64 = 200;

/// A model loaded on its device, in as many sessions as pay.
pub(crate) struct Bench {
    pub name: String,
    pub digest: String,
    pub runtime: String,
    /// Such as "CPU, 2 sessions of 1 thread".
    pub device: String,
    pub labels: Vec<String>,
    preparer: Preparer,
    detectors: Vec<Detector>,
}

impl Bench {
    /// Loads, warms up, and says on the task which device it is. `images`: how many there are to do.
    pub(crate) fn load(
        home: &Home,
        model: &Model,
        device: Device,
        images: u64,
        task: &Task,
    ) -> Result<Self, EngineError> {
        let runtime = home.load_runtime()?;
        task.phase(format!("Loading {}", model.card.name), 0, 0);
        let cores = cores() as usize;
        let layouts = Layouts::of(home, &model.card.sha256, &runtime.version, cores);
        let known = layouts.known().filter(|_| images >= cores as u64);
        let usual = known.unwrap_or_else(|| Layout::usual(cores, images));
        let first = load(model, device, usual.threads, task)?;
        let (layout, detectors) = if first.device().device == Device::Cpu {
            if known.is_none() && images >= WORTH_MEASURING {
                fastest(model, cores, first, &layouts, task)?
            } else {
                (usual, more(model, usual, vec![first], task)?)
            }
        } else {
            // A GPU is fed by one.
            (Layout { sessions: 1, ..usual }, vec![first])
        };
        let first = &detectors[0];
        let device = match layout {
            Layout { sessions: 1, .. } => first.device().name.clone(),
            Layout { sessions, threads: 1 } => format!("CPU, {sessions} sessions of 1 thread"),
            Layout { sessions, threads } => format!("CPU, {sessions} sessions of {threads} threads"),
        };
        task.device(format!("{} on {device}", first.name()));
        Ok(Self {
            name: first.name().to_owned(),
            digest: first.digest().to_owned(),
            runtime: format!("ONNX Runtime {}", runtime.version),
            device,
            labels: first.labels().to_vec(),
            preparer: first.preparer(),
            detectors,
        })
    }
}

/// As many sessions as the layout has; those given are among them.
fn more(
    model: &Model,
    layout: Layout,
    mut detectors: Vec<Detector>,
    task: &Task,
) -> Result<Vec<Detector>, EngineError> {
    while detectors.len() < layout.sessions {
        detectors.push(load(model, Device::Cpu, layout.threads, task)?);
    }
    Ok(detectors)
}

/// Tries what is worth it on this machine and keeps what did most; `first` is a session of the usual layout.
fn fastest(
    model: &Model,
    cores: usize,
    first: Detector,
    layouts: &Layouts,
    task: &Task,
) -> Result<(Layout, Vec<Detector>), EngineError> {
    task.phase("Measuring how the cores are used best", 0, 0);
    let mut at_hand = vec![first];
    let mut best: Option<(f64, Layout, Vec<Detector>)> = None;
    for layout in Layout::worth_trying(cores) {
        let mut detectors = more(model, layout, std::mem::take(&mut at_hand), task)?;
        let pace = layout::pace(&mut detectors)?;
        tracing::debug!(?layout, pace, "images a second");
        if best.as_ref().is_none_or(|(most, ..)| pace > *most) {
            best = Some((pace, layout, detectors));
        }
    }
    let (_, layout, detectors) =
        best.ok_or_else(|| EngineError::Failed("There is no core to run on".to_owned()))?;
    layouts.keep(layout);
    Ok((layout, detectors))
}

/// The label for each of a model's classes; `None` where the project has no such label for boxes. A class whose label was
/// deleted goes where the label's boxes went, if they went anywhere.
pub(crate) fn classes(
    names: &[String],
    labels: &[Label],
    merged: &BTreeMap<LabelId, LabelId>,
) -> Vec<Option<LabelId>> {
    let usable = |l: &&Label| check_kind(l, ShapeKind::Box).is_ok();
    let find = |name: &String| {
        let exact = labels.iter().filter(usable).find(|l| l.name == *name);
        let found =
            exact.or_else(|| labels.iter().filter(usable).find(|l| l.name.eq_ignore_ascii_case(name)));
        if let Some(label) = found {
            return Some(label.id);
        }
        let mut id = labels.iter().rev().find(|l| l.archived && l.name == *name)?.id;
        // Never more than there are, should they go in a circle.
        for _ in labels {
            id = *merged.get(&id)?;
            if labels.iter().filter(usable).any(|l| l.id == id) {
                return Some(id);
            }
        }
        None
    };
    names.iter().map(find).collect()
}

/// Loads a detector, or gives up at once when asked to stop: ONNX Runtime cannot be broken off while it loads, so that
/// is left to end by itself.
fn load(model: &Model, device: Device, threads: usize, task: &Task) -> Result<Detector, EngineError> {
    let (done, loaded) = bounded(1);
    let (card, graph) = (model.card.clone(), model.graph.clone());
    std::thread::spawn(move || {
        // Nobody listens once the work was stopped.
        let _ = done.send(Detector::load(&card, &graph, device, threads));
    });
    loop {
        task.checkpoint()?;
        match loaded.recv_timeout(STOP_EVERY) {
            Ok(detector) => return Ok(detector?),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(EngineError::Failed(format!(
                    "Loading {} ended without a result",
                    model.card.name
                )));
            }
        }
    }
}

/// One image to do, with what the writer will need of it.
pub(crate) struct Item<T> {
    pub image: ImageId,
    pub folder: PathBuf,
    pub path: String,
    pub extra: T,
    /// What the model is shown of it, in pixels; nothing: the whole of it.
    pub views: Vec<Rect>,
    /// Passed through to the writer without running the model.
    pub pass_through: bool,
}

/// What came of one image.
pub(crate) struct Done<T> {
    pub image: ImageId,
    pub path: String,
    pub extra: T,
    pub found: Found,
}

pub(crate) enum Found {
    Boxes {
        measured: Measured,
        /// By view.
        looks: Vec<Vec<Detection>>,
    },
    /// It could not be read; the others go on.
    Problem(Problem),
    PassedThrough,
}

/// A decoded image on its way to a session.
struct Ready<T> {
    item: Item<T>,
    measured: Measured,
    prepared: Vec<Prepared>,
}

type Results<T> = Sender<Result<Done<T>, EngineError>>;

/// Runs the model over what `feed` gives until it ends; `write` gets the results in batches, in no order.
///
/// # Errors
/// Cancelled, a session failed, a folder vanished, or what `feed` or `write` returned. What was written before stays.
pub(crate) fn run<T: Send>(
    bench: Bench,
    keep_above: f64,
    task: &Task,
    feed: impl Iterator<Item = Result<Item<T>, EngineError>> + Send,
    mut write: impl FnMut(Vec<Done<T>>) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let sessions = bench.detectors.len();
    let readers = cores().clamp(1, 16) as usize;
    let (to_read, reading) = bounded::<Item<T>>(readers * 2);
    let (to_session, ready) = bounded::<Ready<T>>(sessions * 2);
    let (results, finished) = bounded::<Result<Done<T>, EngineError>>(WRITE_AT_MOST);
    // Ends the threads of this pass when one of them fails; the task's own token stays as it is.
    let broken = StopToken::new();
    let params = DetectParams::above(keep_above);

    let outcome = std::thread::scope(|scope| {
        let control = task.control();
        {
            let (results, broken) = (results.clone(), broken.clone());
            scope.spawn(move || feed_all(feed, control, &broken, &to_read, &results));
        }
        for _ in 0..readers {
            let (reading, to_session, results) = (reading.clone(), to_session.clone(), results.clone());
            let (preparer, broken) = (bench.preparer.clone(), broken.clone());
            scope.spawn(move || read_all(&preparer, control, &broken, &reading, &to_session, &results));
        }
        for mut detector in bench.detectors {
            let (ready, results, broken) = (ready.clone(), results.clone(), broken.clone());
            scope.spawn(move || detect_all(&mut detector, &params, control, &broken, &ready, &results));
        }
        // Only the threads hold senders and receivers now: channels close as the threads before them end.
        drop((reading, to_session, ready, results));
        let written = write_all(&finished, &mut write);
        if written.is_err() {
            broken.stop();
        }
        drop(finished);
        written
    });
    outcome?;
    task.checkpoint()
}

fn feed_all<T>(
    feed: impl Iterator<Item = Result<Item<T>, EngineError>>,
    control: &Control,
    broken: &StopToken,
    to_read: &Sender<Item<T>>,
    results: &Results<T>,
) {
    for item in feed {
        if broken.stopped() || !control.go_on() {
            return;
        }
        let sent = match item {
            Ok(item) if item.pass_through => results.send(Ok(item.done(Found::PassedThrough))).is_ok(),
            Ok(item) => to_read.send(item).is_ok(),
            Err(error) => {
                // Nobody listens once the writer gave up.
                let _ = results.send(Err(error));
                false
            }
        };
        if !sent {
            return;
        }
    }
}

fn read_all<T>(
    preparer: &Preparer,
    control: &Control,
    broken: &StopToken,
    reading: &Receiver<Item<T>>,
    to_session: &Sender<Ready<T>>,
    results: &Results<T>,
) {
    for item in reading {
        if broken.stopped() || !control.go_on() {
            return;
        }
        let sent = match read(&item, preparer) {
            Ok((digest, image)) => {
                let measured = Measured { width: image.width, height: image.height, digest: Some(digest) };
                let prepared = prepared(preparer, &image, &item.views);
                drop(image);
                match prepared {
                    Ok(prepared) => to_session.send(Ready { item, measured, prepared }).is_ok(),
                    // The file is another than the one that was drafted.
                    Err(error) => {
                        let problem = Problem { code: error.code().into(), text: error.to_string() };
                        results.send(Ok(item.done(Found::Problem(problem)))).is_ok()
                    }
                }
            }
            Err(Trouble::Image(problem)) => results.send(Ok(item.done(Found::Problem(problem)))).is_ok(),
            Err(Trouble::Folder(error)) => {
                let _ = results.send(Err(error));
                false
            }
        };
        if !sent {
            return;
        }
    }
}

/// The views of an image, ready for the model; one of the whole where none are named, and only then may it be reduced.
fn prepared(preparer: &Preparer, image: &Reduced, views: &[Rect]) -> Result<Vec<Prepared>, DecodeError> {
    if views.is_empty() {
        return Ok(vec![preparer.prepare_reduced(image)]);
    }
    let image = &image.image;
    let whole = |v: &Rect| v.width() >= f64::from(image.width) && v.height() >= f64::from(image.height);
    views
        .iter()
        .map(|v| Ok(if whole(v) { preparer.prepare(image) } else { preparer.prepare(&image.part(*v)?) }))
        .collect()
}

/// The model's boxes in each view, in pixels of the image.
fn detect<T>(
    detector: &mut Detector,
    params: &DetectParams,
    stop: &StopToken,
    item: &Item<T>,
    prepared: &[Prepared],
) -> Result<Vec<Vec<Detection>>, VisionError> {
    let mut looks = Vec::with_capacity(prepared.len());
    for (place, one) in prepared.iter().enumerate() {
        let mut found = detector.detect(one, params, stop)?;
        if let Some(view) = item.views.get(place) {
            for d in &mut found {
                let r = d.rect;
                let (dx, dy) = (view.x1, view.y1);
                d.rect = Rect { x1: r.x1 + dx, y1: r.y1 + dy, x2: r.x2 + dx, y2: r.y2 + dy };
            }
        }
        looks.push(found);
    }
    Ok(looks)
}

fn detect_all<T>(
    detector: &mut Detector,
    params: &DetectParams,
    control: &Control,
    broken: &StopToken,
    ready: &Receiver<Ready<T>>,
    results: &Results<T>,
) {
    for Ready { item, measured, prepared } in ready {
        if broken.stopped() || !control.go_on() {
            return;
        }
        let result = match detect(detector, params, control.token(), &item, &prepared) {
            Ok(looks) => Ok(item.done(Found::Boxes { measured, looks })),
            Err(VisionError::Stopped) => return,
            Err(error) => Err(error.into()),
        };
        if results.send(result).is_err() {
            return;
        }
    }
}

fn write_all<T>(
    finished: &Receiver<Result<Done<T>, EngineError>>,
    write: &mut impl FnMut(Vec<Done<T>>) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let mut batch = Vec::new();
    let mut since = Instant::now();
    loop {
        let wait = WRITE_EVERY.saturating_sub(since.elapsed()).max(Duration::from_millis(1));
        let next = finished.recv_timeout(wait);
        let over = matches!(next, Err(RecvTimeoutError::Disconnected));
        let mut failed = None;
        match next {
            Ok(Ok(done)) => batch.push(done),
            Ok(Err(error)) => failed = Some(error),
            Err(_) => {}
        }
        let due = over || failed.is_some() || batch.len() >= WRITE_AT_MOST || since.elapsed() >= WRITE_EVERY;
        if due {
            if !batch.is_empty() {
                write(std::mem::take(&mut batch))?;
            }
            since = Instant::now();
        }
        if let Some(error) = failed {
            return Err(error);
        }
        if over {
            return Ok(());
        }
    }
}

impl<T> Item<T> {
    fn done(self, found: Found) -> Done<T> {
        Done { image: self.image, path: self.path, extra: self.extra, found }
    }
}

enum Trouble {
    Image(Problem),
    Folder(EngineError),
}

/// Reads, digests and decodes one file, no larger than what is to be seen of it needs. A missing file is the image's
/// trouble, a missing folder the whole job's: else a pulled-out disk would mark every image as broken.
fn read<T>(item: &Item<T>, preparer: &Preparer) -> Result<(String, Reduced), Trouble> {
    let Item { folder, path, views, .. } = item;
    let file = folder.join(path);
    let bytes = std::fs::read(&file).map_err(|error| {
        if let Err(gone) = std::fs::read_dir(folder) {
            return Trouble::Folder(EngineError::Failed(format!(
                "The folder {} can no longer be read: {gone}. What was done is kept; bring it back and start again",
                folder.display()
            )));
        }
        let code = if error.kind() == std::io::ErrorKind::NotFound { "vanished" } else { "unreadable" };
        Trouble::Image(Problem { code: code.into(), text: format!("Could not read the file: {error}") })
    })?;
    let least = |width, height| if views.is_empty() { preparer.least_scale(width, height) } else { 1.0 };
    let image = decode::decode_reduced(&bytes, least, &Limits::default())
        .map_err(|error| Trouble::Image(Problem { code: error.code().into(), text: error.to_string() }))?;
    Ok((format!("{:x}", Sha256::digest(&bytes)), image))
}
