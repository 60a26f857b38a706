//! The words of `relook evaluate`.

use std::path::PathBuf;

use clap::ValueEnum;
use relook_engine::Part;

use super::bench::parse_part;

#[derive(Debug, clap::Args)]
pub struct EvaluateArgs {
    /// What is really on the photos: COCO's instances.json, images known by path or file name.
    #[arg(long, value_name = "INSTANCES_JSON")]
    pub truth: PathBuf,
    /// Whose boxes [default: the latest that there is anything of].
    #[arg(long, value_enum)]
    pub stage: Option<StageArg>,
    /// Count boxes in precision, recall and confusion from this score on [default: the project's accept_at].
    #[arg(long, value_name = "SCORE")]
    pub score: Option<f64>,
    /// Only part N of M, every M-th image: to choose by one part and to measure on another.
    #[arg(long, value_name = "N/M", value_parser = parse_part, default_value = "1/1")]
    pub part: Part,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum StageArg {
    /// What the small model said.
    Draft,
    /// What both models left between them.
    SecondLook,
    /// What stands now, people's decisions included.
    Final,
}
