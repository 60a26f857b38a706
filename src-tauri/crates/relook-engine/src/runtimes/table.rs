//! What can be installed, and for which platforms: `assets/runtimes.toml`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::EngineError;

const TABLE: &str = include_str!("../../../../../assets/runtimes.toml");

/// A build of ONNX Runtime, by what it runs on beside plain cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum RuntimeKind {
    Cpu,
    OpenVino,
    Cuda,
    WebGpu,
    DirectMl,
}

impl RuntimeKind {
    pub const ALL: [Self; 5] = [Self::Cpu, Self::OpenVino, Self::Cuda, Self::WebGpu, Self::DirectMl];

    /// The word of command lines and folders.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::OpenVino => "openvino",
            Self::Cuda => "cuda",
            Self::WebGpu => "webgpu",
            Self::DirectMl => "directml",
        }
    }

    /// The kind of a word, in any case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word().eq_ignore_ascii_case(word))
    }

    /// All words, for messages.
    pub(crate) fn words() -> String {
        Self::ALL.map(Self::word).join(", ")
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pin {
    pub kind: RuntimeKind,
    pub on: String,
    pub package: String,
    pub tag: String,
    pub sha256: String,
    pub bytes: u64,
    pub licence: String,
}

impl Pin {
    /// The `1.31.1` of `onnxruntime==1.31.1`.
    pub fn version(&self) -> &str {
        self.package.split_once("==").map_or("", |(_, version)| version)
    }

    pub fn wheel(&self) -> relook_remote::Wheel {
        relook_remote::Wheel {
            package: self.package.clone(),
            tag: self.tag.clone(),
            sha256: self.sha256.clone(),
            bytes: self.bytes,
        }
    }
}

fn all() -> Result<Vec<Pin>, EngineError> {
    #[derive(Deserialize)]
    struct Table {
        wheel: Vec<Pin>,
    }
    let table: Table = toml::from_str(TABLE)
        .map_err(|e| EngineError::Failed(format!("The built-in list of runtimes is not understood: {e}")))?;
    Ok(table.wheel)
}

/// This platform as the table names it, such as `linux-x86_64`.
pub(super) fn platform() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}

/// The wheels of a kind on this platform, ONNX Runtime's own first; none where the kind is not known for it.
pub(super) fn pins(kind: RuntimeKind, platform: &str) -> Result<Vec<Pin>, EngineError> {
    let mut pins: Vec<Pin> =
        all()?.into_iter().filter(|pin| pin.kind == kind && pin.on == platform).collect();
    pins.sort_by_key(|pin| !pin.package.starts_with("onnxruntime"));
    Ok(pins)
}

/// The licences of wheels, each once.
pub(super) fn licences(pins: &[Pin]) -> String {
    let mut found: Vec<&str> = Vec::new();
    for pin in pins {
        if !found.contains(&pin.licence.as_str()) {
            found.push(&pin.licence);
        }
    }
    found.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed() {
        let all = all().unwrap();
        for pin in &all {
            assert!(
                pin.sha256.len() == 64 && pin.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')),
                "{pin:?}"
            );
            assert!(pin.version().starts_with(|c: char| c.is_ascii_digit()), "{pin:?}");
            assert!(pin.bytes > 1_000_000 && !pin.licence.is_empty(), "{pin:?}");
            let (os, tag) = (pin.on.split('-').next().unwrap(), &pin.tag);
            let fits = match os {
                "linux" => tag.starts_with("manylinux"),
                "windows" => tag.starts_with("win"),
                "macos" => tag.starts_with("macosx"),
                _ => false,
            };
            assert!(fits, "{pin:?}");
            let same = all.iter().filter(|p| p.sha256 == pin.sha256).count();
            assert_eq!(same, 1, "{pin:?}");
        }
        for platform in ["linux-x86_64", "linux-aarch64", "windows-x86_64", "macos-aarch64"] {
            let cpu = pins(RuntimeKind::Cpu, platform).unwrap();
            assert_eq!(cpu.len(), 1, "{platform}");
        }
        let cuda = pins(RuntimeKind::Cuda, "linux-x86_64").unwrap();
        assert_eq!((cuda.len(), cuda[0].version()), (8, "1.31.1"));
        assert_eq!(licences(&cuda), "MIT, NVIDIA CUDA licence, NVIDIA cuDNN licence");
        assert!(pins(RuntimeKind::DirectMl, "linux-x86_64").unwrap().is_empty());
    }

    /// What set-up fetches and what an install brings are one version.
    #[test]
    fn set_up_fetches_the_same() {
        let script = include_str!("../../../../../assets/setup/onnxruntime.sh");
        let cpu = pins(RuntimeKind::Cpu, "linux-x86_64").unwrap();
        assert!(script.contains(&format!("\nVERSION={}\n", cpu[0].version())));
    }

    #[test]
    fn words_lead_back_to_their_kind() {
        for kind in RuntimeKind::ALL {
            assert_eq!(RuntimeKind::from_word(&kind.word().to_uppercase()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
        }
        assert_eq!(RuntimeKind::from_word("gpu"), None);
    }
}
