//! The words of `relook bench`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use relook_engine::{Part, Prices};

#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// Count what review costs a person: one who knows the truth works through a copy of the project, which has its
    /// draft and second look and no decision yet. The project itself stays as it is.
    Effort {
        project: PathBuf,
        #[command(flatten)]
        args: EffortArgs,
    },
}

#[derive(Debug, clap::Args)]
pub struct EffortArgs {
    /// What is really on the photos: COCO's instances.json, images known by path or file name.
    #[arg(long, value_name = "INSTANCES_JSON")]
    pub truth: PathBuf,
    /// Only part N of M, every M-th image: to choose by one part and to measure on another.
    #[arg(long, value_name = "N/M", value_parser = parse_part, default_value = "1/1")]
    pub part: Part,
    #[arg(long, value_enum, default_value_t = WayArg::All)]
    pub way: WayArg,
    /// Seconds to draw a box and give it its label.
    #[arg(long, value_name = "S", default_value_t = Prices::default().draw)]
    pub draw: f64,
    /// Seconds to drag a box into place.
    #[arg(long, value_name = "S", default_value_t = Prices::default().adjust)]
    pub adjust: f64,
    /// Seconds to give a box another label.
    #[arg(long, value_name = "S", default_value_t = Prices::default().relabel)]
    pub relabel: f64,
    /// Seconds to reject a box.
    #[arg(long, value_name = "S", default_value_t = Prices::default().delete)]
    pub delete: f64,
    /// Seconds to accept a box by itself.
    #[arg(long, value_name = "S", default_value_t = Prices::default().accept)]
    pub accept: f64,
    /// Seconds to look at a crop of the gallery.
    #[arg(long, value_name = "S", default_value_t = Prices::default().sweep)]
    pub sweep: f64,
    /// Seconds for the key that ends a page of the gallery.
    #[arg(long, value_name = "S", default_value_t = Prices::default().page)]
    pub page_key: f64,
    /// Seconds to look an image over for what is missing, in every way of working.
    #[arg(long, value_name = "S", default_value_t = Prices::default().look)]
    pub look: f64,
    /// Seconds to see that a box the models settled is right and leave it, instead of accepting each by itself.
    #[arg(long, value_name = "S")]
    pub glance: Option<f64>,
    /// Draw a missing object even where a click into it would take the withdrawn box that lies there.
    #[arg(long)]
    pub no_take_withdrawn: bool,
    /// Crops on a page of the gallery.
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub page: u64,
    /// End a page of the gallery where a label ends, instead of going on over the next.
    #[arg(long)]
    pub one_label: bool,
    /// Mark the wrong ones also where most of a page is wrong, instead of picking the right ones and rejecting the rest.
    #[arg(long)]
    pub no_reject_rest: bool,
    /// Go through withdrawn boxes scoring at least this in the gallery too, picking the right ones.
    #[arg(long, value_name = "SCORE")]
    pub withdrawn_from: Option<f64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum WayArg {
    /// All boxes drawn.
    Hand,
    /// The draft's boxes, one by one.
    Drafts,
    /// The second look's boxes, one by one.
    SecondLook,
    /// The second look's boxes as crops, page by page.
    Gallery,
    All,
}

pub fn parse_part(text: &str) -> Result<Part, String> {
    let numbers = text.split_once('/').and_then(|(n, m)| Some((n.parse().ok()?, m.parse().ok()?)));
    numbers.map(|(which, of)| Part { which, of }).ok_or_else(|| "a part is said as 1/2".into())
}
