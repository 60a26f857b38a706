//! Which library is loaded: what `ORT_DYLIB_PATH` names, else what was chosen, else the first that suits.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::RuntimeKind;
use crate::error::EngineError;

/// The order in which installed kinds are taken by themselves. Which of them is there was somebody's decision.
const ORDER: [RuntimeKind; 5] =
    [RuntimeKind::Cuda, RuntimeKind::DirectMl, RuntimeKind::OpenVino, RuntimeKind::WebGpu, RuntimeKind::Cpu];

/// What `relook runtime use` chose; kept in the folder of preferences.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Choice {
    #[default]
    Auto,
    Kind(RuntimeKind),
    /// A library of the user's own.
    Library(PathBuf),
}

impl Choice {
    pub fn word(&self) -> String {
        match self {
            Self::Auto => "auto".to_owned(),
            Self::Kind(kind) => kind.word().to_owned(),
            Self::Library(path) => path.display().to_string(),
        }
    }
}

/// What there is to choose from.
#[derive(Clone, Debug, Default)]
pub(super) struct There {
    /// What `ORT_DYLIB_PATH` names.
    pub named: Option<PathBuf>,
    pub choice: Choice,
    /// The library of each kind that is there.
    pub kinds: Vec<(RuntimeKind, PathBuf)>,
    /// Why no NVIDIA GPU can be used; nothing: one is visible.
    pub no_nvidia: Option<String>,
    /// Where a library was looked for that came with the program.
    pub looked: Vec<PathBuf>,
}

/// The library to be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picked {
    pub library: PathBuf,
    pub kind: Option<RuntimeKind>,
    pub why: &'static str,
}

impl There {
    fn of(&self, kind: RuntimeKind) -> Option<&PathBuf> {
        self.kinds.iter().find(|(there, _)| *there == kind).map(|(_, library)| library)
    }

    /// # Errors
    /// There is none, or what is named or chosen is gone: never another in its place.
    pub fn pick(&self) -> Result<Picked, EngineError> {
        if let Some(library) = &self.named {
            if !library.is_file() {
                return Err(EngineError::NoRuntime { looked: vec![library.clone()] });
            }
            return Ok(Picked { library: library.clone(), kind: None, why: "ORT_DYLIB_PATH names it" });
        }
        let chosen = "it was chosen";
        match &self.choice {
            Choice::Library(library) if library.is_file() => {
                Ok(Picked { library: library.clone(), kind: None, why: chosen })
            }
            Choice::Library(library) => Err(EngineError::ChosenRuntime(format!(
                "The ONNX Runtime that was chosen, {}, is gone. Bring it back, name another with \"relook runtime use\", or \
                 let Relook choose: \"relook runtime use auto\"",
                library.display()
            ))),
            Choice::Kind(kind) => match self.of(*kind) {
                Some(library) => Ok(Picked { library: library.clone(), kind: Some(*kind), why: chosen }),
                None => Err(EngineError::ChosenRuntime(format!(
                    "The ONNX Runtime that was chosen, {0}, is gone. Bring it back with \"relook runtime install {0}\", or let \
                     Relook choose: \"relook runtime use auto\"",
                    kind.word()
                ))),
            },
            Choice::Auto => {
                let suits = |kind: &RuntimeKind| *kind != RuntimeKind::Cuda || self.no_nvidia.is_none();
                let first = ORDER.into_iter().filter(suits).find_map(|kind| Some((kind, self.of(kind)?)));
                let (kind, library) =
                    first.ok_or_else(|| EngineError::NoRuntime { looked: self.looked.clone() })?;
                let why = "the first of those here that suits this machine";
                Ok(Picked { library: library.clone(), kind: Some(kind), why })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use RuntimeKind::{Cpu, Cuda, DirectMl, OpenVino, WebGpu};

    use super::*;

    fn library(kind: RuntimeKind) -> PathBuf {
        PathBuf::from("/runtime").join(kind.word())
    }

    #[test]
    fn the_order_of_choice() {
        for (kinds, nvidia, chosen, want) in [
            (&[][..], true, None, None),
            (&[Cpu][..], false, None, Some(Cpu)),
            (&[Cpu, OpenVino], false, None, Some(OpenVino)),
            (&[Cpu, WebGpu], false, None, Some(WebGpu)),
            (&[Cpu, WebGpu, OpenVino], false, None, Some(OpenVino)),
            (&[Cpu, OpenVino, Cuda], false, None, Some(OpenVino)),
            (&[Cpu, OpenVino, Cuda], true, None, Some(Cuda)),
            (&[Cuda], false, None, None),
            (&[Cpu, OpenVino, DirectMl, WebGpu], false, None, Some(DirectMl)),
            // What is chosen is used whatever suits, and nothing else is in its place.
            (&[Cpu, OpenVino, Cuda], false, Some(Cuda), Some(Cuda)),
            (&[Cpu, OpenVino], false, Some(Cpu), Some(Cpu)),
            (&[Cpu], false, Some(OpenVino), None),
        ] {
            let there = There {
                kinds: kinds.iter().map(|kind| (*kind, library(*kind))).collect(),
                no_nvidia: (!nvidia).then(|| "none".to_owned()),
                choice: chosen.map_or(Choice::Auto, Choice::Kind),
                ..There::default()
            };
            let picked = there.pick();
            assert_eq!(picked.as_ref().ok().and_then(|p| p.kind), want, "{there:?}: {picked:?}");
        }
    }

    #[test]
    fn what_is_named_wins_and_what_is_gone_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let (named, chosen) = (dir.path().join("named.so"), dir.path().join("chosen.so"));
        std::fs::write(&named, "").unwrap();
        std::fs::write(&chosen, "").unwrap();
        let mut there = There {
            named: Some(named.clone()),
            choice: Choice::Library(chosen.clone()),
            kinds: vec![(Cpu, library(Cpu))],
            ..There::default()
        };
        assert_eq!(there.pick().unwrap().library, named);
        std::fs::remove_file(&named).unwrap();
        assert!(there.pick().unwrap_err().to_string().contains("named.so"));
        there.named = None;
        assert_eq!(there.pick().unwrap().library, chosen);
        std::fs::remove_file(&chosen).unwrap();
        let gone = there.pick().unwrap_err().to_string();
        assert!(gone.contains("chosen.so") && gone.contains("relook runtime use auto"), "{gone}");
        there.choice = Choice::Kind(Cuda);
        let gone = there.pick().unwrap_err().to_string();
        assert!(gone.contains("relook runtime install cuda"), "{gone}");
    }

    #[test]
    fn a_choice_is_kept_in_words() {
        for (choice, json) in [
            (Choice::Auto, r#""auto""#),
            (Choice::Kind(OpenVino), r#"{"kind":"openvino"}"#),
            (Choice::Library("/a/b.so".into()), r#"{"library":"/a/b.so"}"#),
        ] {
            assert_eq!(serde_json::to_string(&choice).unwrap(), json);
            assert_eq!(serde_json::from_str::<Choice>(json).unwrap(), choice);
        }
    }
}
