//! The words of `relook runtime`.

use clap::Subcommand;
use relook_engine::RuntimeKind;

#[derive(Debug, Subcommand)]
pub enum RuntimeCommand {
    /// List all kinds: what is here, what each would bring on this machine, which is used and why.
    List,
    /// Fetch a kind with pip, sha256 checked; says each licence.
    Install {
        /// cpu, openvino, cuda, webgpu or directml.
        #[arg(value_parser = parse_kind)]
        kind: RuntimeKind,
    },
    /// Choose which one is loaded from now on.
    Use {
        /// auto, a kind that is here, a library file, or a folder that holds one (a site-packages, an unpacked release).
        #[arg(value_name = "KIND|auto|FILE|FOLDER")]
        what: String,
    },
    /// Take an installed kind away.
    Remove {
        #[arg(value_parser = parse_kind)]
        kind: RuntimeKind,
    },
}

fn parse_kind(word: &str) -> Result<RuntimeKind, String> {
    RuntimeKind::from_word(word)
        .ok_or_else(|| format!("the kinds are {}", RuntimeKind::ALL.map(RuntimeKind::word).join(", ")))
}
