//! Between a project and a CVAT server: connections, sending, reading back, the difference, taking over.
//!
//! What is sent is checked before and read back after. How far an upload got is in the project file, so that it goes on
//! after the end of the program wherever that came, and no task is made twice.

mod agreed;
mod batch;
mod connections;
mod differences;
mod labels;
mod net;
mod pack;
mod preflight;
mod pull;
mod push;
mod upload;

use std::collections::BTreeMap;

use relook_domain::{AnnotationId, ImageId, Rect, StepId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use self::batch::CvatSend;
use crate::view::Include;

/// A server that the user has connected to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CvatConnection {
    /// What the user calls it.
    pub name: String,
    /// `https://app.cvat.ai`.
    pub url: String,
    /// The organisation's short name; `None`: the personal workspace.
    #[serde(default)]
    #[ts(optional)]
    pub organization: Option<String>,
}

/// What a server said of itself and the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CvatServer {
    pub version: String,
    pub user: String,
    /// Whether this machine's keyring holds the token now.
    pub kept: bool,
    pub warnings: Vec<String>,
}

/// Where shapes go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum CvatTarget {
    /// A new task with the project's labels.
    #[default]
    New,
    /// A new project of this name with the project's labels, and a task in it.
    NewProject { name: String },
    /// A new task in a project that is there.
    Project { id: u64 },
    /// A task that is there and has the images: its annotations are replaced.
    Task { id: u64 },
}

/// What to send, and where to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CvatPush {
    /// The connection's name.
    pub connection: String,
    #[serde(default)]
    pub target: CvatTarget,
    /// A new task's; empty: the project's name. A task of this name that the project has sent there before is sent anew.
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub include: Include,
    /// `None`: all.
    #[serde(default)]
    #[ts(optional)]
    pub images: Option<Vec<ImageId>>,
    /// Also what CVAT would lose or put in the wrong place, and over what others did in the task meanwhile.
    #[serde(default)]
    pub force: bool,
}

/// What a push would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct CvatPreview {
    pub server: String,
    pub version: String,
    pub user: String,
    /// What it does, in a sentence.
    pub plan: String,
    pub images: u64,
    pub shapes: u64,
    /// What stands against it.
    pub obstacles: Vec<CvatObstacle>,
    /// What is odd about it.
    pub findings: Vec<String>,
}

/// One thing that stands against a push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CvatObstacle {
    pub kind: CvatObstacleKind,
    /// In a sentence.
    pub said: String,
}

/// Of what kind an obstacle is; all but [`Self::Misfit`] can be forced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CvatObstacleKind {
    /// The images or labels of the task do not fit.
    Misfit,
    /// CVAT would refuse, lose or misplace shapes: the linter lists them.
    Lint,
    /// The task has images that are not sent, and would lose what is annotated on them.
    Wipes,
    /// What others changed in the task would be lost: the difference lists it.
    Overwrites,
}

impl CvatObstacleKind {
    /// The way out on the command line.
    #[must_use]
    pub fn way_out(self) -> &'static str {
        match self {
            Self::Misfit => "",
            Self::Lint => {
                ". \"relook lint\" lists all, and --fix mends what needs no decision; --force sends all the same"
            }
            Self::Wipes => ". --force wipes it",
            Self::Overwrites => {
                ". Look at them with \"relook cvat diff\" and take them over with \"relook cvat pull\" first; --force \
                 overwrites them"
            }
        }
    }
}

/// What was sent to a server from a project, or begun to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CvatSent {
    /// `None` until the server has made it.
    pub task: Option<u64>,
    pub name: String,
    pub target: CvatTarget,
    pub include: Include,
    pub images: u64,
    /// Else it was cut off, and the same push goes on with it.
    pub done: bool,
    /// Whether it is a batch of a watched folder, which the watch goes on with by itself.
    pub batch: bool,
}

/// What a push did, and what was found when it was read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CvatPushReport {
    pub server: String,
    pub task: u64,
    /// For a browser.
    pub link: String,
    pub images: u64,
    pub shapes: u64,
    /// Whether it went on with what an earlier push had begun.
    pub resumed: bool,
    /// Shapes that came to stand on the server as they stand here.
    pub equal: u64,
    /// Shapes changed here while it was sent; they were not compared.
    pub changed_meanwhile: u64,
    /// What arrived otherwise.
    pub differences: u64,
    pub such_as: Vec<CvatDifference>,
}

/// What differs between a shape here and there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CvatChange {
    /// It is there only.
    Added,
    /// It is here only.
    Removed,
    /// Its outline or rotation.
    Moved,
    Relabelled,
    /// Attributes, layer, group, or whether it is occluded.
    Details,
}

/// Who made the difference, since both sides were last the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CvatBy {
    Ours,
    Theirs,
    Both,
    /// They never were.
    Unknown,
}

/// One difference, seen from here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CvatDifference {
    /// Names it in [`CvatTake::keys`], as long as neither side changes.
    pub key: String,
    pub image: ImageId,
    pub path: String,
    pub change: CvatChange,
    pub by: CvatBy,
    /// The label here; of an added shape the one there.
    pub label: String,
    /// The label there, where it is another one.
    pub their_label: Option<String>,
    pub ours: Option<AnnotationId>,
    /// Where the shape is here; of an added one where it is there.
    pub rect: Rect,
    /// Where it is there.
    pub their_rect: Option<Rect>,
    /// What differs, in words.
    pub said: String,
}

impl Eq for CvatDifference {}

/// A task to compare with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CvatPull {
    pub connection: String,
    /// `None`: the task that was sent last.
    #[serde(default)]
    #[ts(optional)]
    pub task: Option<u64>,
}

/// The difference between the project and a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct CvatDiff {
    pub server: String,
    pub task: u64,
    pub name: String,
    /// Images that both have.
    pub images: u64,
    /// Shapes that are the same on both sides.
    pub equal: u64,
    /// How many differences of each kind.
    pub counts: BTreeMap<CvatChange, u64>,
    /// The first ten thousand.
    pub differences: Vec<CvatDifference>,
    /// Images of the task that the project does not have, with examples.
    pub unknown_images: u64,
    pub unknown_such_as: Vec<String>,
    /// Labels that only the task has, with how many of its shapes have them; these shapes cannot be compared.
    pub unknown_labels: Vec<(String, u64)>,
    /// What else cannot be compared, and how often.
    pub left_out: Vec<(String, u64)>,
    pub findings: Vec<String>,
}

/// Which differences to take over; what is not named is not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CvatTake {
    #[serde(default)]
    #[ts(optional)]
    pub changes: Option<Vec<CvatChange>>,
    /// Labels here or there.
    #[serde(default)]
    #[ts(optional)]
    pub labels: Option<Vec<String>>,
    #[serde(default)]
    #[ts(optional)]
    pub keys: Option<Vec<String>>,
    /// Also where only we changed something, so that ours is taken back.
    #[serde(default)]
    pub over_ours: bool,
}

/// What was taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CvatTaken {
    pub taken: u64,
    /// Differences that are left.
    pub left: u64,
    /// The step that undo takes back; `None` where nothing was taken.
    pub step: Option<StepId>,
}

/// Where a browser shows a task of a server.
fn link(server: &str, task: u64) -> String {
    format!("{server}/tasks/{task}")
}
