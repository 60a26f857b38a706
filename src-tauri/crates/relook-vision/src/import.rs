//! Learning what a bare graph is: its ports, its notes, and a card where the outputs leave no doubt.

use std::collections::BTreeMap;
use std::path::Path;

use relook_domain::model_card::{ChannelOrder, Input, Layout, ModelCard, ResizeMode};

use crate::backend::{Backend, OnnxRuntime, Port, Signature, in_words};
use crate::digest::sha256_file;
use crate::error::VisionError;
use crate::execution::Device;
use crate::head;

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
    let Signature { inputs, outputs, metadata } =
        OnnxRuntime::open(path, Device::Cpu, 1)?.signature().clone();
    let labels = labels_in(&metadata);
    Ok(GraphInfo { inputs, outputs, metadata, labels })
}

/// A card for a bare ONNX file whose input is a `[1, 3, height, width]` image and whose outputs fit exactly one head.
/// Assumed, as that head's exporters do: RGB, 0..=1, letterbox on grey 114. Labels come from the graph's notes, else
/// they are `class_0`, `class_1`, …
///
/// Errors: as [`describe_graph`]; the input is no such image; the outputs fit no head (those found and those known are
/// named).
pub fn card_for_graph(path: &Path) -> Result<ModelCard, VisionError> {
    let info = describe_graph(path)?;
    let name =
        path.file_stem().map_or_else(|| "model".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let unreadable = |error: std::io::Error| VisionError::ModelUnreadable {
        path: path.to_path_buf(),
        reason: error.to_string(),
    };
    let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    let sha256 = sha256_file(path).map_err(unreadable)?;
    card_from(&info, &name, path, sha256, bytes)
}

fn card_from(
    info: &GraphInfo,
    name: &str,
    path: &Path,
    sha256: String,
    bytes: u64,
) -> Result<ModelCard, VisionError> {
    let input = image_input(info, name)?;
    let fitting = head::fitting(&info.outputs, &input);
    let &[(head, scored)] = fitting.as_slice() else {
        return Err(VisionError::NoHead {
            model: name.to_owned(),
            found: in_words(&info.outputs),
            known: head::known(),
        });
    };
    let labels = match &info.labels {
        Some(labels) if labels.len() == scored => labels.clone(),
        Some(labels) => {
            return Err(VisionError::LabelMismatch {
                model: name.to_owned(),
                reason: format!("the graph scores {scored} labels and its notes name {}", labels.len()),
            });
        }
        None => (0..scored).map(|class| format!("class_{class}")).collect(),
    };
    let note = |key: &str| info.metadata.get(key).cloned();
    Ok(ModelCard {
        name: name.to_owned(),
        summary: note("description").unwrap_or_else(|| format!("Imported from {}", path.display())),
        licence: note("license").unwrap_or_else(|| "unknown".to_owned()),
        author: note("author").unwrap_or_default(),
        file: path
            .file_name()
            .map_or_else(|| path.display().to_string(), |f| f.to_string_lossy().into_owned()),
        sha256,
        bytes,
        source: None,
        head,
        input,
        nms_iou: IMPORTED_NMS_IOU,
        labels,
    })
}

/// A card made without a person's word needs some limit; it is written on the card, where it can be changed.
const IMPORTED_NMS_IOU: f64 = 0.6;

fn image_input(info: &GraphInfo, name: &str) -> Result<Input, VisionError> {
    let mismatch = || VisionError::InputMismatch {
        model: name.to_owned(),
        reason: format!(
            "one float32 input [1, 3, height, width] of known size is needed, the graph has: {}. Write a card for it",
            in_words(&info.inputs)
        ),
    };
    let [port] = info.inputs.as_slice() else { return Err(mismatch()) };
    let &[batch, 3, mut height, mut width] = port.shape.as_slice() else { return Err(mismatch()) };
    if batch > 1 || port.element != "float32" {
        return Err(mismatch());
    }
    if let Some([noted_height, noted_width]) = info.metadata.get("imgsz").and_then(|note| two_numbers(note)) {
        height = if height > 0 { height } else { noted_height };
        width = if width > 0 { width } else { noted_width };
    }
    let side = |length: i64| u32::try_from(length).ok().filter(|side| (1..=8192).contains(side));
    let (Some(width), Some(height)) = (side(width), side(height)) else { return Err(mismatch()) };
    Ok(Input {
        name: Some(port.name.clone()),
        width,
        height,
        layout: Layout::Nchw,
        channels: ChannelOrder::Rgb,
        resize: ResizeMode::Letterbox,
        pad: 114,
        mean: [0.0; 3],
        std: [255.0; 3],
    })
}

/// The `[640, 480]` of a note.
fn two_numbers(note: &str) -> Option<[i64; 2]> {
    let inside = note.trim().strip_prefix(['[', '('])?.strip_suffix([']', ')'])?;
    let (a, b) = inside.split_once(',')?;
    Some([a.trim().parse().ok()?, b.trim().parse().ok()?])
}

/// Label names from a graph's `names` note: a table from index to name as Python or JSON writes it. `None`: no note,
/// or one that does not number its names from 0 without gaps.
pub(crate) fn labels_in(metadata: &BTreeMap<String, String>) -> Option<Vec<String>> {
    let note = metadata.get("names")?;
    let mut names = BTreeMap::new();
    let mut rest = note.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
    while !rest.is_empty() {
        let (key, after) = rest.split_once(':')?;
        let index: usize = key.trim().trim_matches(['"', '\'']).parse().ok()?;
        let (name, after) = quoted(after.trim_start())?;
        names.insert(index, name);
        rest = after.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    let gapless = names.keys().enumerate().all(|(i, &index)| i == index);
    (gapless && !names.is_empty()).then(|| names.into_values().collect())
}

/// A quoted text at the start, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut chars = text.char_indices();
    let (_, quote) = chars.next().filter(|(_, c)| matches!(c, '\'' | '"'))?;
    let mut value = String::new();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.push(chars.next()?.1),
            c if c == quote => return Some((value, &text[at + c.len_utf8()..])),
            c => value.push(c),
        }
    }
    None
}
