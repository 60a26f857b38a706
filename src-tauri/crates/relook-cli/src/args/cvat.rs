//! `relook cvat`: a project and a CVAT server.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::IncludeArg;

#[derive(Debug, Subcommand)]
pub enum CvatCommand {
    /// Make a connection, or an old one anew. The token is read from RELOOK_CVAT_TOKEN, or
    /// from standard input and then kept in this machine's keyring; never from the command line.
    Connect {
        /// What to call it.
        name: String,
        /// Address of the server, like https://app.cvat.ai.
        #[arg(required_unless_present = "forget")]
        url: Option<String>,
        /// Short name of the organisation [default: the personal workspace].
        #[arg(long, value_name = "SLUG")]
        organization: Option<String>,
        /// Forget the connection and its token.
        #[arg(long, conflicts_with = "url")]
        forget: bool,
    },
    /// The connections there are.
    List,
    /// Send photos and shapes to a task, and read back what arrived. Cut off, the same command goes on where it was.
    Push(PushArgs),
    /// Say what differs between the project and a task, and who changed it.
    Diff {
        project: PathBuf,
        /// The connection's name.
        connection: String,
        /// Number of the task [default: the one sent last].
        #[arg(long)]
        task: Option<u64>,
        /// Show at most so many differences.
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Take differences over from a task, as one step that can be undone; what only you changed stays.
    Pull {
        project: PathBuf,
        /// The connection's name.
        connection: String,
        #[arg(long)]
        task: Option<u64>,
        /// What to take over.
        #[arg(long, value_enum, value_delimiter = ',', required = true)]
        take: Vec<TakeArg>,
        /// Only shapes of this label, here or there; may be given several times.
        #[arg(long = "label")]
        labels: Vec<String>,
        /// Also where only you changed something: yours is taken back.
        #[arg(long)]
        over_mine: bool,
    },
}

#[derive(Debug, Args)]
pub struct PushArgs {
    pub project: PathBuf,
    /// The connection's name.
    pub connection: String,
    /// Into a task that is there and has these images: its annotations are replaced.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["into_project", "new_project", "name", "new_images"])]
    pub task: Option<u64>,
    /// As a new task of a CVAT project that is there, with that project's labels.
    #[arg(long = "project", value_name = "NUMBER", conflicts_with = "new_project")]
    pub into_project: Option<u64>,
    /// As the first task of a new CVAT project of this name.
    #[arg(long, value_name = "NAME")]
    pub new_project: Option<String>,
    /// Name of the new task [default: the project file's].
    #[arg(long)]
    pub name: Option<String>,
    /// Only images that were not sent to this server.
    #[arg(long, requires = "name")]
    pub new_images: bool,
    /// Only what a person decided, or everything that stands.
    #[arg(long, value_enum, default_value_t = IncludeArg::All)]
    pub include: IncludeArg,
    /// Also what CVAT would lose or put in the wrong place, and over what others did in the task meanwhile.
    #[arg(long)]
    pub force: bool,
    /// Say what would happen, and send nothing.
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TakeArg {
    All,
    /// What is there only.
    Added,
    /// What is here only goes.
    Removed,
    Moved,
    Relabelled,
    /// Attributes, layers, groups.
    Details,
}
