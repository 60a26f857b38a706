//! Cards of graphs that are not graphs: only bytes, size and digest matter here.

use std::path::Path;

use relook_domain::model_card::{ChannelOrder, Head, Input, Layout, ModelCard, ResizeMode, Source};
use sha2::{Digest, Sha256};

/// Bytes with no short period, so that a piece in the wrong place changes the digest.
pub fn graph(bytes: usize) -> Vec<u8> {
    (0..bytes as u64).map(|i| (i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

pub fn card(graph: &[u8], source: Option<Source>) -> ModelCard {
    ModelCard {
        name: "tiny".into(),
        summary: String::new(),
        licence: "MIT".into(),
        author: String::new(),
        file: "tiny.onnx".into(),
        sha256: sha256(graph),
        bytes: graph.len() as u64,
        source,
        head: Head::YoloDense,
        sizes: None,
        input: Input {
            name: None,
            width: 640,
            height: 640,
            layout: Layout::Nchw,
            channels: ChannelOrder::Rgb,
            resize: ResizeMode::Letterbox,
            pad: 114,
            mean: [0.0; 3],
            std: [255.0; 3],
        },
        nms_iou: 0.7,
        labels: Vec::new(),
    }
}

/// Names in a folder, sorted; none where there is no folder.
pub fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
