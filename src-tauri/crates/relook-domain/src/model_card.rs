//! A model card: all that an ONNX graph does not say about itself. Read from `models/<name>/model.toml`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The family of a graph's outputs; says how to decode them and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Head {
    /// YOLOv8, 9, 11, 12: cx cy w h in input pixels and a score a label at each cell; no objectness.
    YoloDense,
    /// YOLOv5, 6, 7 and YOLOX exported decoded: the same with an objectness that multiplies the scores.
    YoloObjectness,
    /// YOLOv10, 26 and others exported with their suppression: rows of x1 y1 x2 y2 score class, input pixels.
    YoloEnd2end,
    /// YOLOX as it is exported by default: offsets and logarithms by cell, objectness, scores.
    Yolox,
    /// DETR: boxes as shares of the image, logits with "no object" last.
    Detr,
    /// RT-DETR, RF-DETR, D-FINE, Deformable DETR without their last step: the same with a sigmoid a label.
    DetrSigmoid,
    /// RT-DETR, D-FINE with their last step: told the image's size, they give labels, boxes in its pixels, scores.
    DetrPostprocessed,
    /// SSD of TensorFlow: y1 x1 y2 x2 as shares of the image, with a score a label, or as list with classes.
    SsdTensorflow,
    /// SSD and others of torchvision: lists of x1 y1 x2 y2 in input pixels, labels, scores.
    SsdTorchvision,
}

impl Head {
    pub const ALL: &'static [Self] = &[
        Self::YoloDense,
        Self::YoloObjectness,
        Self::YoloEnd2end,
        Self::Yolox,
        Self::Detr,
        Self::DetrSigmoid,
        Self::DetrPostprocessed,
        Self::SsdTensorflow,
        Self::SsdTorchvision,
    ];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::YoloDense => "yolo_dense",
            Self::YoloObjectness => "yolo_objectness",
            Self::YoloEnd2end => "yolo_end2end",
            Self::Yolox => "yolox",
            Self::Detr => "detr",
            Self::DetrSigmoid => "detr_sigmoid",
            Self::DetrPostprocessed => "detr_postprocessed",
            Self::SsdTensorflow => "ssd_tensorflow",
            Self::SsdTorchvision => "ssd_torchvision",
        }
    }
}

/// In which order a graph that asks for the image's size wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SizeOrder {
    /// RT-DETR, D-FINE.
    WidthHeight,
    HeightWidth,
}

/// How an image is brought to the graph's input size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ResizeMode {
    /// Aspect kept, centred, the rest filled with `pad`.
    Letterbox,
    /// Aspect kept, in the upper left corner, the rest filled with `pad`: YOLOX.
    LetterboxCorner,
    /// Both sides scaled to fit; aspect lost.
    Stretch,
}

/// Order of a tensor's axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    Nchw,
    Nhwc,
}

/// Order of colour channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ChannelOrder {
    Rgb,
    Bgr,
}

/// The graph's input: a value is `(pixel - mean) / std`, pixel in 0..=255.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Tensor name; `None`: the graph's only input.
    #[serde(default)]
    pub name: Option<String>,
    pub width: u32,
    pub height: u32,
    pub layout: Layout,
    pub channels: ChannelOrder,
    pub resize: ResizeMode,
    /// Grey value of the letterbox's border, 0..=255.
    #[serde(default = "default_pad")]
    pub pad: u8,
    pub mean: [f32; 3],
    pub std: [f32; 3],
}

fn default_pad() -> u8 {
    114
}

/// Where the file comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// A package of the npm registry (`name@version`) and the file inside it.
    Npm { package: String, file: String },
    /// A package of the Python registry (`name==version`) and the file inside its wheel.
    Python { package: String, file: String },
    /// A plain address.
    Url { url: String },
}

/// The card of one detector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCard {
    pub name: String,
    /// One line: what it is for.
    pub summary: String,
    /// SPDX expression of the weights' licence.
    pub licence: String,
    /// Whose work it is.
    #[serde(default)]
    pub author: String,
    /// The graph's file name beside the card.
    pub file: String,
    /// Lower-case hex of the graph file.
    pub sha256: String,
    /// Bytes of the graph file.
    pub bytes: u64,
    pub source: Option<Source>,
    pub head: Head,
    /// Only of heads that are told the image's size.
    #[serde(default)]
    pub sizes: Option<SizeOrder>,
    pub input: Input,
    /// IoU above which the weaker of two boxes of one label is dropped; 1: none is.
    pub nms_iou: f64,
    /// Label names by class index; empty: the graph's own metadata tells them. A class with an empty name is none (a
    /// background, a gap in the numbering), and its boxes are left out.
    #[serde(default)]
    pub labels: Vec<String>,
}
