//! How a model's sessions share the cores of a CPU. One session on all of them or several of few threads: which is faster
//! depends on machine and graph, so it is measured once for both and kept.

use std::{
    collections::BTreeMap,
    marker::PhantomData,
    path::PathBuf,
    time::{Duration, Instant},
};

use relook_vision::{DetectParams, Detector, DeviceInUse, Prepared, StopToken, Upright};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{agreement::Agreement, error::EngineError, home::Home};

/// More sessions than this cost more memory than they win time.
const MAX_SESSIONS: usize = 8;
/// What is tried runs at least so long.
const TRIAL: Duration = Duration::from_millis(700);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Layout {
    pub sessions: usize,
    /// Of each session.
    pub threads: usize,
}

impl Layout {
    /// What is taken unmeasured: as many sessions as there are cores and images.
    pub(crate) fn usual(cores: usize, images: u64) -> Self {
        let images = usize::try_from(images).unwrap_or(usize::MAX);
        Self::of(cores.min(MAX_SESSIONS).min(images), cores)
    }

    /// All that are worth trying, the usual one first.
    pub(crate) fn worth_trying(cores: usize) -> Vec<Self> {
        let mut all: Vec<Self> = [cores.min(MAX_SESSIONS), cores / 2, cores / 4, 1]
            .into_iter()
            .filter(|sessions| (1..=MAX_SESSIONS).contains(sessions))
            .map(|sessions| Self::of(sessions, cores))
            .collect();
        all.dedup();
        all
    }

    fn of(sessions: usize, cores: usize) -> Self {
        let sessions = sessions.max(1);
        Self { sessions, threads: (cores / sessions).max(1) }
    }
}

/// An answer that was found once for this machine, in a file of the cache.
pub(crate) struct Kept<T> {
    file: PathBuf,
    key: String,
    of: PhantomData<T>,
}

impl Kept<Layout> {
    /// The fastest layout of one graph (by its sha256) under one runtime, on one device with so many cores.
    pub(crate) fn layout(home: &Home, graph: &str, runtime: &str, on: &DeviceInUse, cores: usize) -> Self {
        Self::of(home, "layouts.json", format!("{graph} {runtime} {} {cores}", on.words()))
    }
}

impl Kept<Agreement> {
    /// How half precision holds against full precision on the photos of one project.
    pub(crate) fn agreement(home: &Home, graph: &str, runtime: &str, project: &str) -> Self {
        Self::of(home, "agreements.json", format!("{graph} {runtime} {project}"))
    }
}

impl Kept<bool> {
    /// Whether one graph under one runtime gives in inputs of any shape what it gives in its own.
    pub(crate) fn shape(home: &Home, graph: &str, runtime: &str) -> Self {
        Self::of(home, "shapes.json", format!("{graph} {runtime}"))
    }
}

impl<T: Serialize + DeserializeOwned> Kept<T> {
    fn of(home: &Home, file: &str, key: String) -> Self {
        Self { file: home.cache.join(file), key, of: PhantomData }
    }

    pub(crate) fn known(&self) -> Option<T> {
        self.all().remove(&self.key)
    }

    /// Keeps it; where that fails it is found again another time.
    pub(crate) fn keep(&self, answer: T) {
        let mut all = self.all();
        all.insert(self.key.clone(), answer);
        let kept = serde_json::to_vec_pretty(&all).map_err(std::io::Error::from).and_then(|bytes| {
            let folder = self.file.parent().unwrap_or(&self.file);
            std::fs::create_dir_all(folder)?;
            let mut new = tempfile::NamedTempFile::new_in(folder)?;
            std::io::Write::write_all(&mut new, &bytes)?;
            new.persist(&self.file)?;
            Ok(())
        });
        if let Err(error) = kept {
            tracing::debug!("{} was not kept: {error}", self.file.display());
        }
    }

    fn all(&self) -> BTreeMap<String, T> {
        let read = std::fs::read(&self.file).ok();
        read.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }
}

/// Images a second that these sessions do together.
///
/// # Errors
/// A run failed.
pub(crate) fn pace(detectors: &mut [Detector]) -> Result<f64, EngineError> {
    let (width, height) = (640, 480);
    let grey = Upright { width, height, rgb: vec![114; 3 * width as usize * height as usize] };
    let Some(prepared) = detectors.first().map(|d| d.preparer().prepare(&grey)) else { return Ok(0.0) };
    let began = Instant::now();
    let runs = std::thread::scope(|scope| {
        let running: Vec<_> =
            detectors.iter_mut().map(|detector| scope.spawn(|| runs(detector, &prepared))).collect();
        let ended = running.into_iter().map(|thread| match thread.join() {
            Ok(runs) => runs,
            Err(_) => Err(EngineError::Failed("Measuring a session ended without a result".into())),
        });
        ended.sum::<Result<u32, EngineError>>()
    })?;
    Ok(f64::from(runs) / began.elapsed().as_secs_f64().max(1e-6))
}

fn runs(detector: &mut Detector, prepared: &Prepared) -> Result<u32, EngineError> {
    let (params, stop) = (DetectParams::above(0.5), StopToken::new());
    let began = Instant::now();
    let mut runs = 0;
    while runs < 2 || began.elapsed() < TRIAL {
        detector.detect(prepared, &params, &stop)?;
        runs += 1;
    }
    Ok(runs)
}

#[cfg(test)]
mod tests {
    use relook_vision::{Device, Precision};

    use super::*;

    #[test]
    fn what_is_tried_fits_the_cores() {
        let tried = |cores| {
            let all = Layout::worth_trying(cores);
            all.into_iter().map(|l| (l.sessions, l.threads)).collect::<Vec<_>>()
        };
        assert_eq!(tried(1), [(1, 1)]);
        assert_eq!(tried(2), [(2, 1), (1, 2)]);
        assert_eq!(tried(4), [(4, 1), (2, 2), (1, 4)]);
        assert_eq!(tried(16), [(8, 2), (4, 4), (1, 16)]);
        for cores in 1..=64 {
            for Layout { sessions, threads } in Layout::worth_trying(cores) {
                assert!(sessions * threads <= cores && threads > 0, "{cores}: {sessions} x {threads}");
            }
            assert_eq!(Layout::worth_trying(cores)[0], Layout::usual(cores, u64::MAX));
        }
        assert_eq!(Layout::usual(16, 2), Layout { sessions: 2, threads: 8 });
        assert_eq!(Layout::usual(16, 0), Layout { sessions: 1, threads: 16 });
    }

    #[test]
    fn what_was_found_is_kept_for_its_graph_runtime_and_cores() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home {
            models: Vec::new(),
            own_models: folder.path().join("models"),
            runtimes: Vec::new(),
            named_runtime: None,
            own_runtimes: folder.path().join("runtime"),
            cache: folder.path().join("not/there/yet"),
            config: folder.path().to_path_buf(),
        };
        let on = DeviceInUse {
            device: Some(Device::Cpu),
            name: "CPU, 1 thread".to_owned(),
            precision: Precision::Full,
            why: String::new(),
        };
        let of = |graph, cores| Kept::layout(&home, graph, "1.31.1", &on, cores);
        assert_eq!(of("aa", 2).known(), None);
        let [one, two] = [Layout { sessions: 1, threads: 2 }, Layout { sessions: 2, threads: 1 }];
        of("aa", 2).keep(one);
        of("bb", 2).keep(two);
        assert_eq!((of("aa", 2).known(), of("bb", 2).known()), (Some(one), Some(two)));
        assert_eq!((of("aa", 4).known(), of("cc", 2).known()), (None, None));
        // A file that says nothing is as good as none.
        std::fs::write(&of("aa", 2).file, b"{ broken").unwrap();
        assert_eq!(of("aa", 2).known(), None);
        of("aa", 2).keep(two);
        assert_eq!(of("aa", 2).known(), Some(two));
    }
}
