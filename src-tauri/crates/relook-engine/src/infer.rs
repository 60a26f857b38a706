//! Images through a model with everything overlapped: reading and decoding, inference, writing.
//!
//! feed -> bounded channel -> readers -> bounded channel -> sessions -> bounded channel -> writer (the calling thread).
//! Memory is bounded by the channels, whatever the number of images. Where each core has a session of its own, readers only
//! fetch the files and each session decodes for itself: more threads at work than cores would only be in each other's way.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use relook_domain::{ImageId, Label, LabelId, Rect, ShapeKind, attributes::check_kind};
use relook_store::{Measured, Problem};
use relook_vision::{
    DecodeError, DetectParams, Detection, Detector, Limits, Prepared, Preparer, Reduced, Seen, StopToken,
    VisionError, decode,
};

use crate::{
    bench::Bench,
    doctor::cores,
    error::EngineError,
    servers::tell_of_servers,
    task::{Control, Task},
};

/// Results are written at the latest after so long, and at the latest so many together.
const WRITE_EVERY: Duration = Duration::from_millis(250);
const WRITE_AT_MOST: usize = 64;

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

/// The names among a model's classes, each once: a class without one is none, and several may be one label.
pub(crate) fn named(classes: &[String]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for name in classes.iter().map(String::as_str).filter(|name| !name.is_empty()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// One image to do, with what the writer will need of it.
pub(crate) struct Item<T> {
    pub image: ImageId,
    pub folder: PathBuf,
    pub path: String,
    pub extra: T,
    /// What the model is shown of it, in pixels; nothing: the whole of it.
    pub views: Vec<Rect>,
    /// At which share (0..=1) of the model's size, where it takes any.
    pub share: f64,
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

/// A file that was read and is to be decoded.
struct Fetched<T> {
    item: Item<T>,
    bytes: Vec<u8>,
}

/// A decoded image on its way to a session.
struct Ready<T> {
    item: Item<T>,
    measured: Measured,
    prepared: Vec<Prepared>,
}

type Told<T> = Result<Done<T>, EngineError>;
type Results<T> = Sender<Told<T>>;

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
    let Bench { preparer, detectors, decode_ahead, watch, .. } = bench;
    let readers = cores().clamp(1, 16) as usize;
    let (to_read, reading) = bounded::<Item<T>>(readers * 2);
    let (to_decode, fetched) = bounded::<Fetched<T>>(detectors.len() * 2);
    let at_once = detectors.iter().map(Detector::batch).max().unwrap_or(1);
    // Falls where a device is short of memory.
    let fewest = AtomicUsize::new(at_once);
    let (to_session, ready) = bounded::<Ready<T>>(detectors.len() * 2 * at_once);
    let (results, finished) = bounded::<Told<T>>(WRITE_AT_MOST);
    // Ends the threads of this pass, and what they wait for, when one of them fails; the task's own token stays as it is.
    let broken = task.control().token().child();
    let params = DetectParams::above(keep_above);

    let outcome = std::thread::scope(|scope| {
        let control = task.control();
        {
            let (results, broken) = (results.clone(), broken.clone());
            scope.spawn(move || feed_all(feed, control, &broken, &to_read, &results));
        }
        for _ in 0..readers {
            let (reading, to_decode, to_session) = (reading.clone(), to_decode.clone(), to_session.clone());
            let (preparer, broken, results) = (preparer.clone(), broken.clone(), results.clone());
            scope.spawn(move || {
                while_going(&reading, control, &broken, |item| match fetch(item) {
                    Ok(fetched) if !decode_ahead => to_decode.send(fetched).is_ok(),
                    Ok(fetched) => match make_ready(fetched, &preparer) {
                        Ok(ready) => to_session.send(ready).is_ok(),
                        Err(told) => tell(&results, told),
                    },
                    Err(told) => tell(&results, told),
                });
            });
        }
        for mut detector in detectors {
            let (fetched, ready, results) = (fetched.clone(), ready.clone(), results.clone());
            let (preparer, broken) = (preparer.clone(), broken.clone());
            let fewest = &fewest;
            scope.spawn(move || {
                let mut detect = |together| {
                    let told = detect(&mut detector, &params, &broken, together);
                    fewest.fetch_min(detector.batch(), Ordering::Relaxed);
                    told.is_some_and(|told| told.into_iter().all(|one| tell(&results, one)))
                };
                if decode_ahead {
                    while_going(&ready, control, &broken, |one| {
                        // What else is there already, and nothing is waited for.
                        let together =
                            std::iter::once(one).chain(ready.try_iter().take(at_once - 1)).collect();
                        detect(together)
                    });
                } else {
                    while_going(&fetched, control, &broken, |one| match make_ready(one, &preparer) {
                        Ok(ready) => detect(vec![ready]),
                        Err(told) => tell(&results, told),
                    });
                }
            });
        }
        // Only the threads hold senders and receivers now: channels close as the threads before them end.
        drop((reading, to_decode, fetched, to_session, ready, results));
        let mut told = at_once;
        let written = write_all(&finished, &mut |batch| {
            let now = fewest.load(Ordering::Relaxed);
            if now < told {
                told = now;
                task.warn(format!("The device is short of memory: {now} at a time from here on"));
            }
            tell_of_servers(watch.as_ref(), task);
            write(batch)
        });
        if written.is_err() {
            broken.stop();
        }
        drop(finished);
        written
    });
    tell_of_servers(watch.as_ref(), task);
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

/// Hands on what comes until nothing comes, the work is stopped, or `then` says that nobody listens.
fn while_going<I>(
    from: &Receiver<I>,
    control: &Control,
    broken: &StopToken,
    mut then: impl FnMut(I) -> bool,
) {
    for one in from {
        if broken.stopped() || !control.go_on() || !then(one) {
            return;
        }
    }
}

/// Tells the writer; false after what ends the pass, and where nobody listens any more.
fn tell<T>(results: &Results<T>, told: Told<T>) -> bool {
    let goes_on = told.is_ok();
    results.send(told).is_ok() && goes_on
}

/// Decodes an image, no larger than what is to be seen of it needs, and makes it ready for the model; or says what the
/// writer is to be told instead.
fn make_ready<T>(fetched: Fetched<T>, preparer: &Preparer) -> Result<Ready<T>, Told<T>> {
    let Fetched { item, bytes } = fetched;
    let (views, share) = (&item.views, item.share);
    let least =
        |width, height| if views.is_empty() { preparer.least_scale(width, height, share) } else { 1.0 };
    let made = decode::decode_reduced(&bytes, least, &Limits::default()).and_then(|image| {
        let digest = Some(relook_vision::sha256(&bytes));
        let measured = Measured { width: image.width, height: image.height, digest };
        // Fails where the file is another than the one that was drafted.
        Ok((measured, prepared(preparer, &image, views, share)?))
    });
    match made {
        Ok((measured, prepared)) => Ok(Ready { item, measured, prepared }),
        Err(error) => Err(Ok(item.problem(error.code(), error.to_string()))),
    }
}

/// The views of an image, ready for the model; one of the whole where none are named, and only then may it be reduced.
fn prepared(
    preparer: &Preparer,
    image: &Reduced,
    views: &[Rect],
    share: f64,
) -> Result<Vec<Prepared>, DecodeError> {
    if views.is_empty() {
        return Ok(vec![preparer.prepare_reduced(image, share)]);
    }
    let image = &image.image;
    let whole = |v: &Rect| v.width() >= f64::from(image.width) && v.height() >= f64::from(image.height);
    views
        .iter()
        .map(|v| Ok(if whole(v) { preparer.prepare(image) } else { preparer.prepare(&image.part(*v)?) }))
        .collect()
}

/// The model's boxes in each view of each image, in pixels of the image; `None` when stopped.
fn detect<T>(
    detector: &mut Detector,
    params: &DetectParams,
    stop: &StopToken,
    together: Vec<Ready<T>>,
) -> Option<Vec<Told<T>>> {
    let shown: Vec<&Prepared> = together.iter().flat_map(|ready| &ready.prepared).collect();
    let mut seen = match detector.detect_all(&shown, params, stop) {
        Ok(seen) => seen.into_iter(),
        Err(VisionError::Stopped) => return None,
        Err(error) => return Some(vec![Err(error.into())]),
    };
    let told = together.into_iter().map(|Ready { item, measured, prepared }| {
        // Of this photo alone, perhaps; a model that never gives numbers is refused when it is loaded.
        let of_it: Vec<Seen> = seen.by_ref().take(prepared.len()).collect();
        let mut looks = match of_it.into_iter().collect::<Result<Vec<_>, _>>() {
            Ok(looks) => looks,
            Err(error) => return Ok(item.problem(error.code(), error.to_string())),
        };
        for (view, found) in item.views.iter().zip(&mut looks) {
            for d in found {
                let r = d.rect;
                let (dx, dy) = (view.x1, view.y1);
                d.rect = Rect { x1: r.x1 + dx, y1: r.y1 + dy, x2: r.x2 + dx, y2: r.y2 + dy };
            }
        }
        Ok(item.done(Found::Boxes { measured, looks }))
    });
    Some(told.collect())
}

fn write_all<T>(
    finished: &Receiver<Told<T>>,
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

    fn problem(self, code: &str, text: String) -> Done<T> {
        self.done(Found::Problem(Problem { code: code.into(), text }))
    }
}

/// Reads a file. A missing file is the image's trouble, a missing folder the whole job's: else a pulled-out disk would
/// mark every image as broken.
fn fetch<T>(item: Item<T>) -> Result<Fetched<T>, Told<T>> {
    let folder = &item.folder;
    match std::fs::read(folder.join(&item.path)) {
        Ok(bytes) => Ok(Fetched { item, bytes }),
        Err(error) => Err(match std::fs::read_dir(folder) {
            Err(gone) => Err(EngineError::Failed(format!(
                "The folder {} can no longer be read: {gone}. What was done is kept; bring it back and start again",
                folder.display()
            ))),
            Ok(_) => {
                let vanished = error.kind() == std::io::ErrorKind::NotFound;
                let code = if vanished { "vanished" } else { "unreadable" };
                Ok(item.problem(code, format!("Could not read the file: {error}")))
            }
        }),
    }
}
