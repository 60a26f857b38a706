//! The words of `relook models`.

use std::path::PathBuf;

use clap::Subcommand;
use relook_domain::model_card::{ChannelOrder, Head, Layout, ResizeMode, SizeOrder};
use relook_engine::{LabelList, Values};

#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// List all known models.
    List,
    /// Fetch graphs by card, sha256 checked; says each licence.
    Fetch {
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Hold graphs against their cards: sha256, outputs, a first run.
    Check { names: Vec<String> },
    /// Take in an ONNX file: say what it tells and what is guessed, try it on a photo, save a card beside a copy.
    Add(Box<AddArgs>),
}

#[derive(Debug, clap::Args)]
pub struct AddArgs {
    pub file: PathBuf,
    /// What the model will be called [default: the file's name].
    #[arg(long)]
    pub name: Option<String>,
    /// yolo_dense, yolo_objectness, yolo_end2end, yolox, detr, detr_sigmoid, detr_postprocessed, ssd_tensorflow or
    /// ssd_torchvision.
    #[arg(long, value_parser = parse_word::<Head>)]
    pub head: Option<Head>,
    /// Of the input, such as 640x640.
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = parse_size)]
    pub size: Option<(u32, u32)>,
    /// nchw or nhwc.
    #[arg(long, value_parser = parse_word::<Layout>)]
    pub layout: Option<Layout>,
    /// rgb or bgr.
    #[arg(long, value_parser = parse_word::<ChannelOrder>)]
    pub channels: Option<ChannelOrder>,
    /// What pixels become: raw (0 to 255), unit (0 to 1), signed (-1 to 1) or imagenet.
    #[arg(long)]
    pub values: Option<Values>,
    /// letterbox, letterbox_corner or stretch.
    #[arg(long, value_parser = parse_word::<ResizeMode>)]
    pub resize: Option<ResizeMode>,
    /// Of a graph that is told the image's size: width_height or height_width.
    #[arg(long, value_parser = parse_word::<SizeOrder>)]
    pub sizes: Option<SizeOrder>,
    /// coco80, coco90, coco91, or a file with a name a line in the graph's order; "-" is a class that is none.
    #[arg(long)]
    pub labels: Option<LabelList>,
    /// What a label of the graph is called in projects; nothing after "=": its boxes are left out.
    #[arg(long, value_name = "LABEL=NAME", value_parser = parse_rename)]
    pub rename: Vec<(String, String)>,
    /// IoU above which the weaker of two boxes of one label is dropped; 1: none is.
    #[arg(long, value_name = "IOU")]
    pub nms_iou: Option<f64>,
    /// Of the weights, such as Apache-2.0.
    #[arg(long)]
    pub licence: Option<String>,
    /// Say which of the labels this project has not.
    #[arg(long)]
    pub project: Option<PathBuf>,
    /// Print what it sees on this photo.
    #[arg(long, value_name = "PHOTO")]
    pub preview: Option<PathBuf>,
    /// Least score of the boxes in the preview.
    #[arg(long, value_name = "SCORE", default_value_t = 0.25)]
    pub above: f64,
    /// Write the photo with the boxes on it, numbered as printed, as PNG.
    #[arg(long, value_name = "PNG", requires = "preview")]
    pub picture: Option<PathBuf>,
    /// In the place of the model of this name that was added before.
    #[arg(long)]
    pub replace: bool,
    /// Propose and try, and save nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// A word as it stands on a card.
fn parse_word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(text.into()).map_err(|error| error.to_string())
}

fn parse_size(text: &str) -> Result<(u32, u32), String> {
    let sides = text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    sides.ok_or_else(|| "WIDTHxHEIGHT is meant, such as 640x640".to_owned())
}

fn parse_rename(text: &str) -> Result<(String, String), String> {
    let (from, to) = text.split_once('=').ok_or("LABEL=NAME is meant")?;
    Ok((from.to_owned(), to.to_owned()))
}
