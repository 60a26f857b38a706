//! Learning what a bare graph is: its ports, its notes, and a card of what these say and what must be guessed.

mod notes;

use std::collections::BTreeMap;
use std::path::Path;

use relook_domain::model_card::{ChannelOrder, Head, Input, Layout, ModelCard, ResizeMode, SizeOrder};

use crate::backend::{Backend, OnnxRuntime, Port, Signature, TensorIn, in_words};
use crate::decode::Upright;
use crate::digest::sha256_file;
use crate::error::VisionError;
use crate::execution::Device;
use crate::head::{self, Fit};
pub(crate) use crate::import::notes::labels_in;
use crate::import::notes::sides;
use crate::prepare::Preparer;
use crate::stop::StopToken;

/// What a graph says about itself.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct GraphInfo {
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    /// The graph's own notes, by key.
    pub metadata: BTreeMap<String, String>,
    /// Label names by class index, when the notes tell them.
    pub labels: Option<Vec<String>>,
}

/// Reads a graph's ports and notes. Errors: the runtime is not loaded, the file is missing or no graph.
pub fn describe_graph(path: &Path) -> Result<GraphInfo, VisionError> {
    Ok(info_of(OnnxRuntime::open(path, Device::Cpu, 1)?.signature().clone()))
}

fn info_of(Signature { inputs, outputs, metadata }: Signature) -> GraphInfo {
    let labels = labels_in(&metadata);
    GraphInfo { inputs, outputs, metadata, labels }
}

/// What a person says of a graph, in place of what would be guessed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    pub head: Option<Head>,
    /// Of the input, pixels.
    pub size: Option<(u32, u32)>,
    pub layout: Option<Layout>,
    pub channels: Option<ChannelOrder>,
    /// Mean and standard deviation of red, green and blue, of pixels in 0..=255.
    pub values: Option<([f32; 3], [f32; 3])>,
    pub resize: Option<ResizeMode>,
    pub sizes: Option<SizeOrder>,
    pub labels: Option<Vec<String>>,
    pub nms_iou: Option<f64>,
    pub licence: Option<String>,
}

/// One thing on a proposed card, and where it is from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Reason {
    pub what: &'static str,
    pub value: String,
    pub why: String,
    /// Said by a person or by the graph; otherwise it is a guess.
    pub sure: bool,
}

/// A card for a graph, and the reasons for what is on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    pub card: ModelCard,
    pub reasons: Vec<Reason>,
}

/// What was found out about a graph, as far as that went.
#[derive(Debug)]
pub struct Look {
    pub info: GraphInfo,
    /// Heads that read such outputs, as far as what else is known tells; empty where that was not reached.
    pub heads: Vec<Head>,
    /// Of what was settled before anything failed.
    pub reasons: Vec<Reason>,
    /// Or why there is none.
    pub card: Result<ModelCard, VisionError>,
}

/// A card for a bare ONNX file that leaves no doubt of its head. What the file does not say is assumed as the tools that
/// export this head have it; labels without a name are `class_0`, `class_1`, …
///
/// Errors: as [`propose`]; more than one head fits.
pub fn card_for_graph(path: &Path) -> Result<ModelCard, VisionError> {
    let Proposal { card, reasons } = propose(path, &Told::default())?;
    match reasons.into_iter().find(|reason| reason.what == HEAD && !reason.sure) {
        None => Ok(card),
        Some(doubt) => Err(VisionError::HeadInDoubt { model: card.name, why: doubt.why }),
    }
}

const HEAD: &str = "head";
const TOLD: &str = "as you say";
const CUSTOM: &str = "as the tools that export this head have it";

/// A card for a bare ONNX file: what the file says, what a person says, and guesses for the rest.
///
/// Errors: as [`describe_graph`]; the input is no image or of unknown size; the outputs fit no head, or not the one that
/// was said; the labels are not as many as the graph scores, or it does not say how many there are and none are told.
pub fn propose(path: &Path, told: &Told) -> Result<Proposal, VisionError> {
    let Look { reasons, card, .. } = look_into(path, told)?;
    Ok(Proposal { card: card?, reasons })
}

/// As [`propose`], with what was found out before something failed.
///
/// Errors: as [`describe_graph`].
pub fn look_into(path: &Path, told: &Told) -> Result<Look, VisionError> {
    let mut backend = OnnxRuntime::open(path, Device::Cpu, 1)?;
    let info = info_of(backend.signature().clone());
    let name =
        path.file_stem().map_or_else(|| "model".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let mut maker = Maker { info: &info, told, name: &name, reasons: Vec::new(), heads: Vec::new() };
    let card = maker.card(path, &mut backend);
    let (heads, reasons) = (maker.heads, maker.reasons);
    Ok(Look { heads, reasons, card, info })
}

/// An input that is told the image's size.
pub(crate) fn is_sizes(port: &Port) -> bool {
    port.element == "int64" && matches!(*port.shape, [batch, 2 | -1] if batch <= 1)
}

struct Maker<'a> {
    info: &'a GraphInfo,
    told: &'a Told,
    name: &'a str,
    reasons: Vec<Reason>,
    /// That read the outputs.
    heads: Vec<Head>,
}

impl Maker<'_> {
    fn card(&mut self, path: &Path, backend: &mut OnnxRuntime) -> Result<ModelCard, VisionError> {
        let unreadable = |error: std::io::Error| VisionError::ModelUnreadable {
            path: path.to_path_buf(),
            reason: error.to_string(),
        };
        let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
        let sha256 = sha256_file(path).map_err(unreadable)?;
        let mut input = self.input()?;
        let (head, fit) = self.head(&input, backend)?;
        self.fill(&mut input, head);
        let sizes = (head == Head::DetrPostprocessed).then(|| self.sizes(&input));
        let nms_iou = self.nms_iou(head, fit);
        let licence = self.licence();
        // Last, since it is what a person has to say most often: all else is known by then.
        let labels = self.labels(fit)?;
        let note = |key: &str| self.info.metadata.get(key).cloned();
        Ok(ModelCard {
            summary: note("description").unwrap_or_else(|| format!("Imported from {}", path.display())),
            licence: licence.unwrap_or_else(|| "unknown".to_owned()),
            author: note("author").unwrap_or_default(),
            file: path
                .file_name()
                .map_or_else(|| path.display().to_string(), |f| f.to_string_lossy().into_owned()),
            name: self.name.to_owned(),
            sha256,
            bytes,
            source: None,
            head,
            sizes,
            input,
            nms_iou,
            labels,
        })
    }

    fn licence(&mut self) -> Option<String> {
        let licence = self.told.licence.clone().or_else(|| self.info.metadata.get("license").cloned());
        let why = match (&self.told.licence, &licence) {
            (Some(_), _) => TOLD,
            (None, Some(_)) => "what the graph's notes say",
            (None, None) => "the graph's notes do not say; say which it is (--licence)",
        };
        self.say("licence", licence.as_deref().unwrap_or("unknown"), why, licence.is_some());
        licence
    }

    fn say(&mut self, what: &'static str, value: impl ToString, why: &str, sure: bool) {
        self.reasons.push(Reason { what, value: value.to_string(), why: why.to_owned(), sure });
    }

    /// What was told, or the guess with its reason.
    fn choose<T: Copy>(
        &mut self,
        what: &'static str,
        told: Option<T>,
        guess: (T, &str, bool),
        word: impl Fn(T) -> String,
    ) -> T {
        let (value, why, sure) = told.map_or(guess, |told| (told, TOLD, true));
        self.say(what, word(value), why, sure);
        value
    }

    fn image(&self) -> Result<&Port, VisionError> {
        let images: Vec<_> = self.info.inputs.iter().filter(|port| !is_sizes(port)).collect();
        match images.as_slice() {
            &[port] if matches!(*port.shape, [batch, ..] if batch <= 1) && port.shape.len() == 4 => Ok(port),
            _ => Err(self.unfit("one input [1, 3, height, width] or [1, height, width, 3] is needed")),
        }
    }

    fn unfit(&self, reason: &str) -> VisionError {
        VisionError::InputMismatch {
            model: self.name.to_owned(),
            reason: format!("{reason}, the graph has: {}", in_words(&self.info.inputs)),
        }
    }

    /// Name, size and layout; the rest depends on the head.
    fn input(&mut self) -> Result<Input, VisionError> {
        let port = self.image()?.clone();
        let found = port.to_string();
        let layout = match port.shape[1..] {
            [3, ..] => (Layout::Nchw, found.as_str(), true),
            [.., 3] => (Layout::Nhwc, found.as_str(), true),
            [channels, ..] if channels < 0 => {
                (Layout::Nchw, "the graph leaves it open; most have it so", false)
            }
            _ => return Err(self.unfit("one input of three channels is needed")),
        };
        let layout = self.choose("layout", self.told.layout, layout, |layout| word(&layout));
        let (mut height, mut width) = match layout {
            Layout::Nchw => (port.shape[2], port.shape[3]),
            Layout::Nhwc => (port.shape[1], port.shape[2]),
        };
        let mut why = found;
        if let Some((noted_height, noted_width)) =
            self.info.metadata.get("imgsz").and_then(|note| sides(note))
            && (width < 0 || height < 0)
        {
            "the graph's notes say so (imgsz)".clone_into(&mut why);
            height = if height > 0 { height } else { noted_height };
            width = if width > 0 { width } else { noted_width };
        }
        let side = |length: i64| u32::try_from(length).ok().filter(|side| (1..=8192).contains(side));
        let size = match (self.told.size, side(width), side(height)) {
            (Some(size), ..) => size,
            (None, Some(width), Some(height)) => (width, height),
            _ => return Err(self.unfit("an input of known size is needed; say which (--size)")),
        };
        let size = self.choose("size", self.told.size, (size, &why, true), |(w, h)| format!("{w}x{h}"));
        if !matches!(port.element.as_str(), "float32" | "uint8") {
            return Err(
                self.unfit("an input of float32 or uint8 is needed; export the graph in single precision")
            );
        }
        Ok(Input {
            name: Some(port.name),
            width: size.0,
            height: size.1,
            layout,
            channels: ChannelOrder::Rgb,
            resize: ResizeMode::Letterbox,
            pad: 114,
            mean: [0.0; 3],
            std: [255.0; 3],
        })
    }

    fn head(&mut self, input: &Input, backend: &mut OnnxRuntime) -> Result<(Head, Fit), VisionError> {
        let outputs = &self.info.outputs;
        let mut fitting = self.fitting(outputs, input);
        let heads = |fitting: &[(Head, Fit)]| fitting.iter().map(|(head, _)| *head).collect();
        self.heads = heads(&fitting);
        if let Some(head) = self.told.head {
            let fit = head::fit(head, outputs, input, self.name)?;
            self.say(HEAD, head.word(), TOLD, true);
            return Ok((head, fit));
        }
        let no_head =
            |found: String| VisionError::NoHead { model: self.name.to_owned(), found, known: head::known() };
        if let Some(task) = self.info.metadata.get("task").filter(|task| *task != "detect") {
            return Err(no_head(format!(
                "{}; its notes say that it is for the task {task:?}, not detect",
                in_words(outputs)
            )));
        }
        let (mut ports, mut longest) = (outputs.clone(), f32::NEG_INFINITY);
        if fitting.len() > 1 {
            // What the graph leaves open of its shapes, a run fills in.
            (ports, longest) = self.run_on_grey(input, backend)?;
            fitting = self.fitting(&ports, input);
            self.heads = heads(&fitting);
        }
        let found = in_words(&ports);
        let (head, why, sure) = match *fitting.as_slice() {
            [] => return Err(no_head(found)),
            [(head, _)] => (head, format!("only it reads {found}"), true),
            _ if fitting.iter().any(|(head, _)| *head == Head::Yolox) => {
                if longest < 8.0 {
                    let why = format!(
                        "{found}: on a grey picture its longest side is {longest:.1}, which looks like logarithms"
                    );
                    (Head::Yolox, why, false)
                } else {
                    let why = format!(
                        "{found}: on a grey picture its longest side is {longest:.1}, which looks like pixels"
                    );
                    (Head::YoloObjectness, why, false)
                }
            }
            _ if fitting.iter().any(|(head, _)| *head == Head::Detr) => {
                let hundred = ports.iter().any(|port| port.shape.get(1) == Some(&100));
                let head = if hundred { Head::Detr } else { Head::DetrSigmoid };
                (head, format!("{found}: DETR has 100 queries, its successors others"), false)
            }
            [(head, _), ..] => {
                let words: Vec<_> = fitting.iter().map(|(head, _)| head.word()).collect();
                (head, format!("{found} could be {}", words.join(" or ")), false)
            }
        };
        let fit = head::fit(head, outputs, input, self.name)?;
        self.say(HEAD, head.word(), &why, sure);
        Ok((head, fit))
    }

    /// The heads that read such outputs; those alone whose labels are as many as are named, if there are any.
    fn fitting(&self, outputs: &[Port], input: &Input) -> Vec<(Head, Fit)> {
        let asks_size = self.info.inputs.iter().any(is_sizes);
        let flat = input.layout == Layout::Nhwc;
        let mut fitting = head::fitting(outputs, input);
        fitting.retain(|(head, _)| {
            (*head == Head::DetrPostprocessed) == asks_size
                && (outputs.len() == 1 || (*head == Head::SsdTensorflow) == flat)
        });
        let named = self.told.labels.as_ref().or(self.info.labels.as_ref()).map(Vec::len);
        let by_names: Vec<_> = fitting
            .iter()
            .copied()
            .filter(|(_, fit)| named.is_some() && (fit.labels.is_none() || fit.labels == named))
            .collect();
        if by_names.is_empty() { fitting } else { by_names }
    }

    /// The outputs with the shapes they have when a grey picture is shown, and the longest side among their rows:
    /// logarithms with YOLOX, pixels with its like.
    fn run_on_grey(&self, input: &Input, backend: &mut OnnxRuntime) -> Result<(Vec<Port>, f32), VisionError> {
        let grey = Upright { width: 64, height: 64, rgb: vec![114; 3 * 64 * 64] };
        let prepared = Preparer::new(input).prepare(&grey);
        let name = input.name.clone().unwrap_or_default();
        let tensor =
            TensorIn { name: &name, shape: prepared.shape(), values: prepared.values(), sizes: None };
        let mut ports = self.info.outputs.clone();
        let mut longest = f32::NEG_INFINITY;
        backend.run(tensor, &StopToken::new(), &mut |outputs| {
            for (port, output) in ports.iter_mut().zip(outputs) {
                port.shape = output.shape.to_vec();
                if let [_, _, row @ 5..=i64::MAX] = *output.shape {
                    let sides = output.values.chunks_exact(row as usize).flat_map(|row| &row[2..4]);
                    longest = sides.copied().fold(longest, f32::max);
                }
            }
            Ok(())
        })?;
        Ok((ports, longest))
    }

    /// Channels, values and resizing, as is the custom with the head.
    fn fill(&mut self, input: &mut Input, head: Head) {
        let bytes = self.image().is_ok_and(|port| port.element == "uint8");
        let roboflow = self.info.outputs.iter().any(|port| port.name == "dets");
        let channels = if head == Head::Yolox { ChannelOrder::Bgr } else { ChannelOrder::Rgb };
        input.channels = self
            .choose("channels", self.told.channels, (channels, CUSTOM, false), |channels| word(&channels));
        let values = match head {
            _ if bytes => (AS_THEY_ARE, "the graph takes whole numbers of 8 bits", true),
            Head::Yolox => (AS_THEY_ARE, CUSTOM, false),
            Head::Detr => (IMAGENET, CUSTOM, false),
            Head::DetrSigmoid if roboflow => (IMAGENET, "its outputs are named as RF-DETR names them", false),
            Head::SsdTensorflow => (([127.5; 3], [127.5; 3]), CUSTOM, false),
            _ => (([0.0; 3], [255.0; 3]), CUSTOM, false),
        };
        (input.mean, input.std) =
            self.choose("values", self.told.values, values, |(mean, std)| match (mean, std) {
                IMAGENET => "by ImageNet's mean and deviation".to_owned(),
                (mean, std) => {
                    let [least, most] = [0.0, 255.0].map(|pixel| (pixel - mean[0]) / std[0]);
                    format!("{least} to {most}")
                }
            });
        if input.channels == ChannelOrder::Bgr {
            input.mean.reverse();
            input.std.reverse();
        }
        let resize = match head {
            Head::YoloDense | Head::YoloObjectness | Head::YoloEnd2end => ResizeMode::Letterbox,
            Head::Yolox => ResizeMode::LetterboxCorner,
            _ => ResizeMode::Stretch,
        };
        input.resize =
            self.choose("resize", self.told.resize, (resize, CUSTOM, false), |resize| word(&resize));
    }

    fn labels(&mut self, fit: Fit) -> Result<Vec<String>, VisionError> {
        let unfit = |reason: String| VisionError::LabelMismatch { model: self.name.to_owned(), reason };
        let (labels, why, sure) = match (&self.told.labels, &self.info.labels, fit.labels) {
            (Some(labels), ..) => (labels.clone(), TOLD, true),
            (None, Some(labels), _) => (labels.clone(), "the graph's notes name them", true),
            (None, None, Some(scored)) => {
                let numbered = (0..scored).map(|class| format!("class_{class}")).collect();
                (numbered, "the graph scores so many and names none; say which they are (--labels)", false)
            }
            (None, None, None) => {
                let reason =
                    "the graph names none and does not say how many it knows; say which they are (--labels)";
                return Err(unfit(reason.to_owned()));
            }
        };
        if let Some(scored) = fit.labels.filter(|scored| *scored != labels.len()) {
            let named = labels.len();
            return Err(unfit(if self.told.labels.is_some() {
                format!("the graph scores {scored} labels and you name {named}")
            } else {
                format!("the graph scores {scored} labels and its notes name {named}")
            }));
        }
        let named: Vec<&str> = labels.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        let more = if named.len() > 5 { ", …" } else { "" };
        let value = format!("{}: {}{more}", named.len(), named[..named.len().min(5)].join(", "));
        self.say("labels", value, why, sure);
        Ok(labels)
    }

    fn sizes(&mut self, input: &Input) -> SizeOrder {
        let guess = if input.width == input.height {
            (SizeOrder::WidthHeight, "the input is square, so it is the same either way", true)
        } else {
            (SizeOrder::WidthHeight, "as RT-DETR and D-FINE want it", false)
        };
        self.choose("sizes", self.told.sizes, guess, |sizes| word(&sizes))
    }

    fn nms_iou(&mut self, head: Head, fit: Fit) -> f64 {
        let guess = match head {
            Head::YoloDense | Head::YoloObjectness | Head::Yolox => (0.6, CUSTOM, false),
            Head::SsdTensorflow if fit.labels.is_some() => (0.6, CUSTOM, false),
            _ => (1.0, "the graph gives each thing once", false),
        };
        self.choose("nms_iou", self.told.nms_iou, guess, |iou| iou.to_string())
    }
}

/// Mean and deviation of pixels that are left as they are.
const AS_THEY_ARE: ([f32; 3], [f32; 3]) = ([0.0; 3], [1.0; 3]);
/// ImageNet's mean and deviation of red, green and blue, of pixels in 0..=255.
pub const IMAGENET: ([f32; 3], [f32; 3]) = ([123.675, 116.28, 103.53], [58.395, 57.12, 57.375]);

/// A closed set's word as it stands on a card.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => format!("{other:?}"),
    }
}
