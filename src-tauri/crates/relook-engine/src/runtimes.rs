//! The builds of ONNX Runtime on this machine: which there are, which is used and why; bringing and taking them away.

mod choice;
mod find;
mod table;

use std::path::{Path, PathBuf};

use relook_remote::Wheels;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{error::EngineError, home::Home, task::Task, waiting::Waiting};
use choice::{Choice, Picked, There};

pub use table::RuntimeKind;

/// Written last into a kind's folder: which wheels it was made of.
const STAMP: &str = "relook-runtime.json";

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    version: String,
    /// Package and sha256.
    wheels: Vec<(String, String)>,
}

/// A kind of ONNX Runtime, installed or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RuntimeView {
    pub kind: RuntimeKind,
    /// The version that is here, empty where it is not known; nothing: none is.
    pub installed: Option<String>,
    /// The library that is here.
    pub path: Option<String>,
    /// The version that an install brings; nothing: Relook knows none for this platform.
    pub version: Option<String>,
    /// About what an install fetches.
    pub bytes: u64,
    pub licence: String,
    /// Whether it is the one that is loaded.
    pub used: bool,
    /// What it would bring on this machine, or why it would not.
    pub suits: String,
    /// Why it is used, or why not and what to do.
    pub reason: String,
}

/// What there is of ONNX Runtime and what is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RuntimesView {
    /// `auto`, a kind, or a library file.
    pub choice: String,
    /// The library to be loaded.
    pub library: Option<String>,
    /// Why that one, or what is wrong and what to do.
    pub why: String,
    /// Whether this program has loaded another before, and must be started anew to use it.
    pub restart: bool,
    pub runtimes: Vec<RuntimeView>,
}

impl Home {
    /// Loads the ONNX Runtime that is named or chosen, or the first that suits.
    ///
    /// # Errors
    /// It is nowhere, gone, too old, or no library.
    pub(crate) fn load_runtime(&self) -> Result<relook_vision::RuntimeInfo, EngineError> {
        Ok(relook_vision::runtime::load(&self.there()?.pick()?.library)?)
    }

    fn there(&self) -> Result<There, EngineError> {
        let installed = |kind| Some((kind, self.installed(kind)?.1));
        let mut kinds: Vec<(RuntimeKind, PathBuf)> =
            RuntimeKind::ALL.into_iter().filter_map(installed).collect();
        if !kinds.iter().any(|(kind, _)| *kind == RuntimeKind::Cpu) {
            // The one of the set-up.
            let set_up = self.runtimes.iter().find(|library| library.is_file());
            kinds.extend(set_up.map(|library| (RuntimeKind::Cpu, library.clone())));
        }
        Ok(There {
            named: self.named_runtime.clone(),
            choice: self.chosen_runtime()?,
            kinds,
            no_nvidia: relook_vision::nvidia_driver().err(),
            looked: self.runtimes.clone(),
        })
    }

    fn folder_of(&self, kind: RuntimeKind) -> PathBuf {
        self.own_runtimes.join(kind.word())
    }

    /// The stamp and the library of an installed kind.
    fn installed(&self, kind: RuntimeKind) -> Option<(Stamp, PathBuf)> {
        let folder = self.folder_of(kind);
        let stamp = serde_json::from_slice(&std::fs::read(folder.join(STAMP)).ok()?).ok()?;
        Some((stamp, find::directly_in(&folder.join("onnxruntime/capi"))?))
    }

    fn choice_file(&self) -> PathBuf {
        self.config.join("runtime.json")
    }

    fn chosen_runtime(&self) -> Result<Choice, EngineError> {
        let file = self.choice_file();
        match std::fs::read(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Choice::Auto),
            Err(error) => Err(EngineError::file("Could not read", &file)(error)),
            // Taking another in silence is what a choice is there to keep from.
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                EngineError::ChosenRuntime(format!(
                    "{} says which ONNX Runtime to use and is not understood: {error}. Choose again: \"relook runtime use \
                     auto\"",
                    file.display()
                ))
            }),
        }
    }

    /// Each kind: whether it is here, what it would bring, whether it is used and why. Loads nothing.
    ///
    /// # Errors
    /// None but of the built-in table; what is wrong with a choice is part of the answer.
    pub fn runtimes(&self) -> Result<RuntimesView, EngineError> {
        let there = self.there();
        let picked = match &there {
            Ok(there) => there.pick(),
            Err(_) => Err(EngineError::Failed(String::new())),
        };
        let (there, broken) = match there {
            Ok(there) => (there, None),
            Err(error) => (There::default(), Some(error.to_string())),
        };
        let mut runtimes = Vec::new();
        for kind in RuntimeKind::ALL {
            runtimes.push(self.runtime(kind, &there, picked.as_ref().ok())?);
        }
        let why = match (&picked, broken) {
            (_, Some(broken)) => broken,
            (Ok(picked), _) => picked.why.to_owned(),
            (Err(error), _) => error.to_string(),
        };
        let library = picked.ok().map(|picked| picked.library);
        let restart = library.as_ref().is_some_and(|library| {
            relook_vision::runtime::loaded().is_some_and(|loaded| !same(&loaded.library, library))
        });
        Ok(RuntimesView {
            choice: there.choice.word(),
            library: library.map(|library| library.display().to_string()),
            why,
            restart,
            runtimes,
        })
    }

    fn runtime(
        &self,
        kind: RuntimeKind,
        there: &There,
        picked: Option<&Picked>,
    ) -> Result<RuntimeView, EngineError> {
        let pins = table::pins(kind, &table::platform())?;
        let library = there.kinds.iter().find(|(one, _)| *one == kind).map(|(_, library)| library.clone());
        let installed = library.as_ref().map(|library| match self.installed(kind) {
            Some((stamp, _)) => stamp.version,
            None => set_up_version(library),
        });
        let used = library.is_some() && picked.is_some_and(|picked| picked.kind == Some(kind));
        let word = kind.word();
        let unfit = there.no_nvidia.as_ref().filter(|_| kind == RuntimeKind::Cuda);
        let reason = match picked {
            Some(picked) if used => format!("Used: {}", picked.why),
            _ if library.is_none() && kind == RuntimeKind::DirectMl && !cfg!(windows) => {
                "It exists on Windows only".to_owned()
            }
            _ if library.is_none() && pins.is_empty() => not_known(kind),
            _ if library.is_none() => format!("Not here: \"relook runtime install {word}\" brings it"),
            Some(_) if there.named.is_some() => "Not used: ORT_DYLIB_PATH names another".to_owned(),
            _ if there.choice != Choice::Auto => {
                format!("Not used: another was chosen; \"relook runtime use {word}\" takes this one")
            }
            _ if unfit.is_some() => format!("Not used: {}", unfit.map_or("", String::as_str)),
            _ => {
                let first = picked.and_then(|picked| picked.kind).map_or("another", RuntimeKind::word);
                format!("Not used: {first} comes first; \"relook runtime use {word}\" takes this one")
            }
        };
        Ok(RuntimeView {
            kind,
            installed,
            path: library.map(|library| library.display().to_string()),
            version: pins.first().map(|pin| pin.version().to_owned()),
            bytes: pins.iter().map(|pin| pin.bytes).sum(),
            licence: table::licences(&pins),
            used,
            suits: suits(kind, there.no_nvidia.as_deref()),
            reason,
        })
    }

    /// Fetches a kind, sha256 checked, and puts it in place as a whole; nothing is done where it is here already. The
    /// licence of each wheel is reported as a phase before its first byte. What was fetched before a stop is kept.
    ///
    /// # Errors
    /// The kind is not known for this platform, pip is not installed or fails, a wrong sha256, cancelled, or another Relook
    /// brings the same.
    pub fn install_runtime(&self, kind: RuntimeKind, task: &Task) -> Result<RuntimesView, EngineError> {
        let pins = table::pins(kind, &table::platform())?;
        let Some(first) = pins.first() else { return Err(EngineError::NotFound(not_known(kind))) };
        let stamp = Stamp {
            version: first.version().to_owned(),
            wheels: pins.iter().map(|pin| (pin.package.clone(), pin.sha256.clone())).collect(),
        };
        if self.installed(kind).is_none_or(|(there, _)| there != stamp) {
            let bytes = serde_json::to_vec_pretty(&stamp).map_err(|e| EngineError::Failed(e.to_string()))?;
            self.bring(kind, &pins, &bytes, task)?;
        }
        self.runtimes()
    }

    fn bring(
        &self,
        kind: RuntimeKind,
        pins: &[table::Pin],
        stamp: &[u8],
        task: &Task,
    ) -> Result<(), EngineError> {
        let wheels: Vec<_> = pins.iter().map(table::Pin::wheel).collect();
        let work = async {
            let into = Wheels::into(&self.folder_of(kind))?;
            for (pin, wheel) in pins.iter().zip(&wheels) {
                task.checkpoint()?;
                task.phase(format!("Fetching {} ({})", pin.package, pin.licence), 0, pin.bytes);
                into.fetch(wheel, &|done| task.reached(done, pin.bytes)).await?;
            }
            task.phase(format!("Unpacking {}", kind.word()), 0, 0);
            into.unpack(&wheels, (STAMP, stamp), &|done| task.reached(done, 0)).await?;
            Ok::<_, EngineError>(())
        };
        Waiting::new()?.ask(task, work)
    }

    /// Chooses what is loaded from now on: `auto`, a kind that is here, a library, or a folder that holds one. A library is
    /// tried first.
    ///
    /// # Errors
    /// The kind is not here, there is no such file or folder, or it is no ONNX Runtime that this Relook can use.
    pub fn use_runtime(&self, what: &str) -> Result<RuntimesView, EngineError> {
        let path = Path::new(what);
        let choice = if what.eq_ignore_ascii_case("auto") {
            Choice::Auto
        } else if let Some(kind) = RuntimeKind::from_word(what) {
            // A choice that is not understood is about to be replaced.
            let there = self.there().or_else(|_| Self { config: PathBuf::new(), ..self.clone() }.there())?;
            if !there.kinds.iter().any(|(here, _)| *here == kind) {
                let way = match table::pins(kind, &table::platform())?.is_empty() {
                    true => not_known(kind),
                    false => {
                        format!("{0} is not here: \"relook runtime install {0}\" brings it", kind.word())
                    }
                };
                return Err(EngineError::NotFound(way));
            }
            Choice::Kind(kind)
        } else {
            let library = if path.is_dir() {
                find::library_in(path)?
            } else if path.is_file() {
                path.to_path_buf()
            } else {
                return Err(EngineError::NotFound(format!(
                    "{what:?} is neither auto, nor one of {}, nor a file or folder that is there",
                    RuntimeKind::words()
                )));
            };
            let library =
                std::path::absolute(&library).map_err(EngineError::file("Could not find", &library))?;
            relook_vision::runtime::try_library(&library)?;
            Choice::Library(library)
        };
        self.write_preferences(&self.choice_file(), &choice)?;
        self.runtimes()
    }

    /// Takes an installed kind away, and what was kept of an unfinished install. Where it was the chosen one, Relook chooses
    /// by itself from then on.
    ///
    /// # Errors
    /// It was not installed by Relook, another Relook installs it, or the disk refuses.
    pub fn remove_runtime(&self, kind: RuntimeKind) -> Result<RuntimesView, EngineError> {
        let folder = self.folder_of(kind);
        let unfinished = self.own_runtimes.join(format!(".{}.new", kind.word()));
        if !folder.exists() && !unfinished.exists() {
            let set_up = self.runtimes.iter().find(|p| kind == RuntimeKind::Cpu && p.is_file());
            return Err(EngineError::NotFound(match set_up {
                Some(library) => format!(
                    "{} came with the set-up; Relook installed none of the kind cpu and removes none",
                    library.display()
                ),
                None => format!("{} is not installed: there is nothing to remove", kind.word()),
            }));
        }
        Wheels::into(&folder)?.remove()?;
        if self.chosen_runtime().is_ok_and(|choice| choice == Choice::Kind(kind)) {
            self.write_preferences(&self.choice_file(), &Choice::Auto)?;
        }
        self.runtimes()
    }
}

fn not_known(kind: RuntimeKind) -> String {
    format!(
        "Relook knows no {} for {}. Install ONNX Runtime in a way of your own and name its folder: \"relook runtime use \
         FOLDER\"",
        kind.word(),
        table::platform()
    )
}

/// What a kind would bring on this machine.
fn suits(kind: RuntimeKind, no_nvidia: Option<&str>) -> String {
    match kind {
        RuntimeKind::Cpu => "Runs everywhere".to_owned(),
        RuntimeKind::OpenVino => match relook_vision::halving_instructions().as_slice() {
            [] => "This processor has neither AVX-512 BF16 nor AMX: little to gain".to_owned(),
            found => format!("This processor has {}: faster in half precision", found.join(" and ")),
        },
        RuntimeKind::Cuda if no_nvidia.is_none() => "An NVIDIA GPU is visible".to_owned(),
        RuntimeKind::Cuda => "No NVIDIA GPU is visible".to_owned(),
        RuntimeKind::WebGpu => {
            "For graphics cards of any make; only a run shows whether one is there".to_owned()
        }
        RuntimeKind::DirectMl => "For graphics cards under Windows".to_owned(),
    }
}

/// The version that the set-up notes beside its library; empty where it does not.
fn set_up_version(library: &Path) -> String {
    let noted = std::fs::read_to_string(library.with_file_name("VERSION")).unwrap_or_default();
    noted.split_whitespace().next().unwrap_or_default().to_owned()
}

fn same(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    whole(a) == whole(b)
}

#[cfg(test)]
mod tests;
