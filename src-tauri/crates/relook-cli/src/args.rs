//! The words of the command line.

mod bench;
mod cvat;
mod decide;
mod evaluate;
mod filter;
mod labels;
mod models;
mod runtime;
mod watch;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub use self::{
    bench::{BenchCommand, EffortArgs, WayArg},
    cvat::{CvatCommand, PushArgs, TakeArg},
    decide::{DecideArgs, Ids},
    evaluate::{EvaluateArgs, StageArg},
    filter::{FilterArgs, FiltersCommand, ListArgs, Order},
    labels::{LabelArgs, LabelsCommand},
    models::{AddArgs, ModelsCommand},
    runtime::RuntimeCommand,
    watch::{OnOff, WatchArgs},
};

const EXIT_CODES: &str = "Exit codes:
  0  done
  1  failed; the message says why
  2  the arguments make no sense
  3  a file, folder, project, image or model is not there
  4  the project cannot be used: damaged, foreign, or made by a newer Relook
  5  ONNX Runtime, the device or the model cannot be used
  6  another program is working on the project
  7  the disk is full or the place can only be read
  8  the action does not apply, or something changed meanwhile
  130  cancelled; what was done is kept";

/// Drafts boxes with a small model, lets a larger one take a second look, and leaves the doubtful rest to you.
#[derive(Debug, Parser)]
#[command(name = "relook", version, after_help = EXIT_CODES, max_term_width = 110)]
pub struct Args {
    /// Print data as JSON on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    /// No progress on standard error.
    #[arg(long, short, global = true)]
    pub quiet: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a project file.
    New {
        project: PathBuf,
        /// `coco80`, `empty` (the first draft takes over its model's labels), or a file: a name a line, or CVAT's JSON.
        #[arg(long, default_value = "coco80")]
        labels: String,
    },
    /// Register image folders, or look through registered ones for new files. Images are read in place.
    Add {
        project: PathBuf,
        #[arg(required = true)]
        folders: Vec<PathBuf>,
    },
    /// Take in new photos of a folder as they come, and draft and second-look them, until Ctrl+C.
    Watch {
        project: PathBuf,
        #[command(flatten)]
        args: WatchArgs,
    },
    /// Draft boxes on every image that has no draft.
    Draft {
        project: PathBuf,
        #[command(flatten)]
        model: ModelArgs,
        /// Boxes scoring less are not stored [default: the project's, 0.05].
        #[arg(long, value_name = "SCORE")]
        keep_above: Option<f64>,
        /// Also images that have a draft; decided boxes stay.
        #[arg(long)]
        again: bool,
    },
    /// Let the larger model look at images with low-confidence boxes.
    SecondLook {
        project: PathBuf,
        #[command(flatten)]
        model: ModelArgs,
        /// Boxes scoring less are withdrawn [default: the project's, 0.2].
        #[arg(long, value_name = "SCORE")]
        drop_below: Option<f64>,
        /// Boxes scoring at least this are not doubted [default: the project's, 0.6].
        #[arg(long, value_name = "SCORE")]
        accept_at: Option<f64>,
        /// What the larger model is shown of an image.
        #[arg(long, value_enum, default_value_t = ModeArg::Whole)]
        mode: ModeArg,
        /// Spend at most this share of what it would cost to show it every image in full, where it helps most: images are
        /// shown smaller where the model takes them so, else the most doubtful first [default: the project's, none].
        #[arg(long, value_name = "SHARE")]
        budget: Option<f64>,
        /// Also look at images on which the draft found nothing.
        #[arg(long)]
        also_empty: bool,
        /// Also images that had their second look; decided boxes stay.
        #[arg(long)]
        again: bool,
    },
    /// Say where a project stands.
    Status { project: PathBuf },
    /// Show an image's boxes with scores, verdicts and provenance.
    Show {
        project: PathBuf,
        /// Path relative to its folder, or on this machine.
        #[arg(long)]
        image: String,
        /// Also withdrawn and rejected boxes.
        #[arg(long)]
        all: bool,
    },
    /// List boxes: those that wait for a decision, or what the conditions say.
    Queue {
        project: PathBuf,
        /// Begin with this saved filter and its order; conditions given here take the place of its own.
        #[arg(long, value_name = "NAME")]
        filter: Option<String>,
        #[command(flatten)]
        list: ListArgs,
        /// Leave so many out at the beginning.
        #[arg(long, default_value_t = 0)]
        offset: u64,
        #[arg(long, default_value_t = 20)]
        limit: u64,
    },
    /// The filters saved in the project; without a word more, list them.
    Filters {
        project: PathBuf,
        #[command(subcommand)]
        command: Option<FiltersCommand>,
    },
    /// Decide boxes by their ids, or all that the conditions leave; draw and describe them.
    Decide {
        project: PathBuf,
        #[command(flatten)]
        args: Box<DecideArgs>,
    },
    /// What was done, by whom and when, newest first; or go back or forth to a step.
    History {
        project: PathBuf,
        #[arg(long, default_value_t = 20)]
        limit: u64,
        /// Only what came before this step.
        #[arg(long, value_name = "STEP")]
        before: Option<i64>,
        /// Undo or redo until this step is the newest that is done; 0: until none is.
        #[arg(long, value_name = "STEP", conflicts_with_all = ["limit", "before"])]
        to: Option<i64>,
    },
    /// The project's labels; without a word more, list them.
    Labels {
        project: PathBuf,
        #[command(subcommand)]
        command: Option<LabelsCommand>,
    },
    /// Show the project's settings, or change one.
    Settings {
        project: PathBuf,
        #[arg(requires = "value")]
        key: Option<String>,
        value: Option<String>,
    },
    /// Take the newest decision back.
    Undo { project: PathBuf },
    /// Do the decision undone last again.
    Redo { project: PathBuf },
    /// Take in what was labelled elsewhere: CVAT for images or video, COCO, YOLO or Pascal VOC; a file, a zip or a folder.
    Import {
        project: PathBuf,
        file: PathBuf,
        /// Told from the files where it is left out.
        #[arg(long, value_enum, default_value_t = ImportFormat::Auto)]
        format: ImportFormat,
        /// What becomes of shapes that are there.
        #[arg(long, value_enum, default_value_t = MergeArg::Add)]
        merge: MergeArg,
        /// Make the labels that the project lacks.
        #[arg(long)]
        create_labels: bool,
        /// Say what would happen, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Write the project for another program.
    Export {
        project: PathBuf,
        #[arg(long, value_enum, default_value_t = Format::CvatImages)]
        format: Format,
        /// File, or for YOLO and Pascal VOC folder [default: beside the project].
        #[arg(long)]
        out: Option<PathBuf>,
        /// Put the photos in too (CVAT: a zip; YOLO and Pascal VOC: the folder).
        #[arg(long)]
        with_images: bool,
        /// Only what a person decided, or everything that stands.
        #[arg(long, value_enum, default_value_t = IncludeArg::All)]
        include: IncludeArg,
        /// Truth file whose ids coco-results takes over.
        #[arg(long, value_name = "INSTANCES_JSON")]
        like: Option<PathBuf>,
        /// For CVAT: give labels attributes for origin, decision, score and verdict, and write each shape's; "import" takes
        /// them back.
        #[arg(long)]
        provenance: bool,
        /// For CVAT: write also what it would refuse or put in the wrong place.
        #[arg(long)]
        force: bool,
    },
    /// Say what CVAT would refuse, put in the wrong place, change or drop; fails where there are errors.
    Lint {
        project: PathBuf,
        /// Mend what needs no decision, as one step that can be undone, and look again.
        #[arg(long)]
        fix: bool,
        /// Only what a person decided, or everything that stands.
        #[arg(long, value_enum, default_value_t = IncludeArg::All)]
        include: IncludeArg,
    },
    /// Send a project to a CVAT server and take over what was changed there.
    Cvat {
        #[command(subcommand)]
        command: CvatCommand,
    },
    /// The whole way in one go: folder to CVAT XML.
    Auto {
        folder: PathBuf,
        #[arg(long)]
        out: PathBuf,
        /// Keep the project in this file [default: a temporary one].
        #[arg(long)]
        project: Option<PathBuf>,
        #[arg(long, default_value = "coco80")]
        labels: String,
        #[arg(long)]
        device: Option<String>,
        /// Put the photos in too (a zip).
        #[arg(long)]
        with_images: bool,
    },
    /// The models this installation knows.
    Models {
        #[command(subcommand)]
        command: ModelsCommand,
    },
    /// The builds of ONNX Runtime, which runs the models: for plain cores, OpenVINO, CUDA, WebGPU, DirectML.
    Runtime {
        #[command(subcommand)]
        command: RuntimeCommand,
    },
    /// Hold the project's boxes against a truth: COCO's average precision, precision and recall, what is taken for what.
    Evaluate {
        project: PathBuf,
        #[command(flatten)]
        args: EvaluateArgs,
    },
    /// Learn from decisions from which score on boxes are right as often as wanted, label by label.
    Thresholds {
        project: PathBuf,
        /// Share of the boxes above the threshold that must be right, 0.5 to below 1.
        #[arg(long, value_name = "SHARE")]
        precision: f64,
        /// Accept the undecided boxes above, as one step; those on which the models disagree are left to you.
        #[arg(long)]
        apply: bool,
    },
    /// Measure.
    Bench {
        #[command(subcommand)]
        command: BenchCommand,
    },
    /// Say what is here, what would run where, and why not.
    Doctor {
        /// Ask these inference servers instead what they have: addresses parted by commas.
        #[arg(long, value_name = "ADDRESSES")]
        device: Option<String>,
    },
    /// Open the window.
    Open { project: Option<PathBuf> },
}

#[derive(Debug, clap::Args)]
pub struct ModelArgs {
    /// A model's name, or an ONNX file [default: the project's].
    #[arg(long)]
    pub model: Option<String>,
    /// auto, cpu, cuda, tensorrt, …, or inference servers such as http://127.0.0.1:8080, parted by commas
    /// [default: the project's, auto].
    #[arg(long)]
    pub device: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ModeArg {
    /// The image, once.
    Whole,
    /// Windows around what is doubtful, seen larger; each costs as much as a whole image.
    Zoom,
    Both,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Format {
    CvatImages,
    CvatVideo,
    Coco,
    CocoResults,
    Yolo,
    YoloSegment,
    Voc,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ImportFormat {
    Auto,
    Cvat,
    Coco,
    Yolo,
    Voc,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum MergeArg {
    /// The imported ones take the place of all that stand on their image.
    Replace,
    /// All are added but those that are there already.
    Add,
    /// Only those are added where there is none of mine.
    KeepMine,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum IncludeArg {
    Reviewed,
    All,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_consistent() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }
}
