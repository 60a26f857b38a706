//! The words of `relook watch`.

use std::path::PathBuf;

use clap::ValueEnum;

#[derive(Debug, clap::Args)]
pub struct WatchArgs {
    /// Registered where it is not yet [default: the folders that are set to be watched].
    pub folder: Option<PathBuf>,
    /// Set whether the window watches the folder while the project is open in it, and end.
    #[arg(long, value_enum, requires = "folder", conflicts_with_all = ["no_draft", "no_second_look", "poll", "once"])]
    pub set: Option<OnOff>,
    /// Send photos on to a CVAT project (its number) once the models are done with them: each
    /// batch a new task, no photo twice. What of the folder was not sent yet goes first
    /// [default: the project's setting send-new].
    #[arg(long, value_name = "CONNECTION/PROJECT", conflicts_with_all = ["set", "no_draft"])]
    pub send: Option<String>,
    /// Only add new photos to the project.
    #[arg(long)]
    pub no_draft: bool,
    /// Draft new photos, and leave the second look for later.
    #[arg(long)]
    pub no_second_look: bool,
    /// Look through the folder so often, for network drives that do not tell of new files.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub poll: Option<u64>,
    /// End when all that is there is done.
    #[arg(long)]
    pub once: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnOff {
    On,
    Off,
}
