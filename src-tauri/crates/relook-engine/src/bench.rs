//! A model ready to work: loaded on its device, in as many sessions as pay, in half precision where that holds.

use std::{path::PathBuf, time::Duration};

use crossbeam_channel::{RecvTimeoutError, bounded};
use relook_vision::{
    Detector, Device, InputShape, Loading, Precision, Preparer, RunsOn, ServerWatch, VisionError,
};

use crate::{
    agreement::{self, Agreement},
    doctor::cores,
    error::EngineError,
    home::Home,
    layout::{self, Kept, Layout},
    models::Model,
    task::Task,
};

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
    /// Where half precision was looked at: what it gave beside full precision.
    pub agreement: Option<Agreement>,
    pub labels: Vec<String>,
    /// Makes images ready, and knows what showing one costs.
    pub preparer: Preparer,
    pub(crate) detectors: Vec<Detector>,
    /// Whether others decode for the sessions; not where each core has a session of its own.
    pub(crate) decode_ahead: bool,
    /// What happens to the servers, where they run it.
    pub(crate) watch: Option<ServerWatch>,
}

/// How a model is to run.
pub(crate) struct Running<'a> {
    pub shape: InputShape,
    pub runs_on: &'a RunsOn,
    /// Half precision where it holds against full precision on these photos of the project.
    pub halve_on: Option<Vec<PathBuf>>,
    /// The project: what was found on its photos is known for it alone.
    pub project: &'a str,
    /// How many images there are to do.
    pub images: u64,
}

impl Bench {
    /// Loads, warms up, and says on the task which device it is.
    pub(crate) fn load(
        home: &Home,
        model: &Model,
        running: Running<'_>,
        task: &Task,
    ) -> Result<Self, EngineError> {
        let Running { shape, runs_on, halve_on, project, images } = running;
        task.phase(format!("Loading {}", model.card.name), 0, 0);
        let device = match runs_on {
            RunsOn::Machine(device) => *device,
            RunsOn::Servers(servers) => return Self::on_servers(model, shape, servers, task),
        };
        let runtime = home.load_runtime()?;
        let cores = cores() as usize;
        let shape = proven(home, model, shape, &runtime.version, task)?;
        let cache = Some(home.cache.join("compiled"));
        let how = Loading { shape, device, threads: 0, precision: Precision::Full, cache, batch: None };
        let graph = &model.card.sha256;
        let mut model = Shaped { model, how };
        let usual = Layout::usual(cores, images);
        let mut first = load(&model, usual.threads, task)?;
        // From here on it is known which one it is.
        model.how.device = first.device().device.unwrap_or(device);
        let photos = halve_on.filter(|_| model.how.device.halves());
        let kept = Kept::agreement(home, graph, &runtime.version, project);
        let agreement =
            photos.map(|photos| agreed(&mut model, &kept, &photos, images, task)).transpose()?.flatten();
        if agreement.is_some_and(|found| found.holds()) {
            model.how.precision = Precision::Half;
            first = load(&model, usual.threads, task)?;
        }
        let in_use = first.device().clone();
        let on_cores = model.how.device.is_on_cores();
        let (layout, detectors) = if on_cores {
            let layouts = Kept::layout(home, graph, &runtime.version, &in_use, cores);
            let known = layouts.known().filter(|_| images >= cores as u64);
            match known {
                None if images >= WORTH_MEASURING => fastest(&model, cores, first, &layouts, task)?,
                Some(known) if known != usual => (known, more(&model, known, Vec::new(), task)?),
                _ => (usual, more(&model, usual, vec![first], task)?),
            }
        } else {
            // A GPU is fed by one.
            (Layout { sessions: 1, ..usual }, vec![first])
        };
        let first = &detectors[0];
        let decode_ahead = !(on_cores && layout.sessions >= cores && layout.threads == 1);
        let device = match layout {
            Layout { sessions: 1, .. } => first.device().name.clone(),
            Layout { sessions, threads: 1 } => format!("{}, {sessions} sessions of 1 thread", in_use.words()),
            Layout { sessions, threads } => {
                format!("{}, {sessions} sessions of {threads} threads", in_use.words())
            }
        };
        let measured = agreement.map_or(String::new(), |found| match in_use.precision {
            Precision::Half => format!(" ({})", found.words()),
            Precision::Full if found.says_something() => {
                format!(" (not in half precision: {})", found.words())
            }
            Precision::Full => String::new(),
        });
        task.device(format!("{} on {device}{measured}", first.name()));
        Ok(Self {
            name: first.name().to_owned(),
            digest: first.digest().to_owned(),
            runtime: format!("ONNX Runtime {}", runtime.version),
            device,
            agreement,
            labels: first.labels().to_vec(),
            preparer: first.preparer(),
            detectors,
            decode_ahead,
            watch: None,
        })
    }
}

/// A model and how it shall be loaded.
struct Shaped<'a> {
    model: &'a Model,
    how: Loading,
}

impl std::ops::Deref for Shaped<'_> {
    type Target = Model;

    fn deref(&self) -> &Model {
        self.model
    }
}

/// How half precision holds on these photos: as it was found before, or now where there is enough to do.
fn agreed(
    model: &mut Shaped<'_>,
    kept: &Kept<Agreement>,
    photos: &[PathBuf],
    images: u64,
    task: &Task,
) -> Result<Option<Agreement>, EngineError> {
    if let Some(known) = kept.known() {
        return Ok(Some(known));
    }
    if images < agreement::WORTH_COMPARING {
        return Ok(None);
    }
    let found = compared(model, photos, task)?;
    if found.says_something() {
        kept.keep(found);
    }
    Ok(Some(found))
}

/// Half precision beside full precision, a session of one thread each; on the processor's cores that is beside the plain CPU, which
/// everything else is held against. Leaves the model as it was.
fn compared(model: &mut Shaped<'_>, photos: &[PathBuf], task: &Task) -> Result<Agreement, EngineError> {
    task.phase("Comparing half precision with full precision on your photos", 0, 0);
    let device = model.how.device;
    if device.is_on_cores() {
        model.how.device = Device::Cpu;
    }
    let full = load(model, 1, task);
    model.how.device = device;
    let mut full = full?;
    model.how.precision = Precision::Half;
    let half = load(model, 1, task);
    model.how.precision = Precision::Full;
    match half {
        Ok(mut half) => agreement::compare(&mut full, &mut half, photos, task),
        Err(EngineError::Cancelled) => Err(EngineError::Cancelled),
        Err(error) => {
            // It is only an offer.
            task.warn(format!("{} cannot run in half precision: {error}", model.card.name));
            Ok(Agreement { photos: 0, boxes: 0, alike: 0.0, faster: 0.0 })
        }
    }
}

/// The shape that is asked for, unless the model is known or found to give something else in it than in its own.
fn proven(
    home: &Home,
    model: &Model,
    shape: InputShape,
    runtime: &str,
    task: &Task,
) -> Result<InputShape, EngineError> {
    if shape == InputShape::Model {
        return Ok(shape);
    }
    let kept = Kept::shape(home, &model.card.sha256, runtime);
    let proves = match kept.known() {
        Some(known) => known,
        None => {
            let (card, graph) = (model.card.clone(), model.graph.clone());
            let found = aside(&model.card.name, task, move || Detector::proves_elastic(&card, &graph))?;
            kept.keep(found);
            found
        }
    };
    Ok(if proves { shape } else { InputShape::Model })
}

/// As many sessions as the layout has; those given are among them.
fn more(
    model: &Shaped<'_>,
    layout: Layout,
    mut detectors: Vec<Detector>,
    task: &Task,
) -> Result<Vec<Detector>, EngineError> {
    while detectors.len() < layout.sessions {
        detectors.push(load(model, layout.threads, task)?);
    }
    Ok(detectors)
}

/// Tries what is worth it on this machine and keeps what did most; `first` is a session of the usual layout.
fn fastest(
    model: &Shaped<'_>,
    cores: usize,
    first: Detector,
    layouts: &Kept<Layout>,
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

/// Loads a detector, or gives up at once when asked to stop: ONNX Runtime cannot be broken off while it loads, so that
/// is left to end by itself.
fn load(model: &Shaped<'_>, threads: usize, task: &Task) -> Result<Detector, EngineError> {
    let (card, graph, how) = (model.card.clone(), model.graph.clone(), model.how.clone());
    aside(&model.card.name, task, move || Detector::load_as(&card, &graph, &Loading { threads, ..how }))
}

/// Does what cannot be broken off on a thread of its own, which is left to end by itself when the task is stopped.
pub(crate) fn aside<R: Send + 'static>(
    model: &str,
    task: &Task,
    work: impl FnOnce() -> Result<R, VisionError> + Send + 'static,
) -> Result<R, EngineError> {
    let (done, loaded) = bounded(1);
    std::thread::spawn(move || {
        // Nobody listens once the work was stopped.
        let _ = done.send(work());
    });
    loop {
        task.checkpoint()?;
        match loaded.recv_timeout(STOP_EVERY) {
            Ok(result) => return Ok(result?),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(EngineError::Failed(format!("Loading {model} ended without a result")));
            }
        }
    }
}
