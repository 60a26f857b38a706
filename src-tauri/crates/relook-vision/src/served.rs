//! A model that servers run: as many detectors as keep them busy.

use std::collections::BTreeMap;
use std::path::Path;

use relook_domain::model_card::{Layout, ModelCard};

use crate::backend::{Met, ServerLimits, ServerWatch, Servers, meet};
use crate::detector::{Detector, InputShape, step};
use crate::error::VisionError;
use crate::execution::{DeviceInUse, Precision};
use crate::graph;
use crate::stop::StopToken;

/// A model on servers.
pub struct Served {
    /// In turns of one for each server.
    pub detectors: Vec<Detector>,
    /// Where they run, such as `http://a:8080, http://b:8080`.
    pub device: String,
    /// What runs there, such as `kserve 0.21.0`.
    pub runtime: String,
    pub watch: ServerWatch,
}

impl Served {
    /// Meets the servers, compares the model they have with the card, and has each run it once. Servers do not pass on a
    /// graph's own notes: labels are those of the card or, where it has none, of the graph file, if that is here. Which file a
    /// server runs it does not say: the digest is the card's.
    ///
    /// A server that is not there or not ready is left out as long as another is; [`ServerWatch::news`] says so.
    ///
    /// Errors: stopped; no server is there; one has no such model, another one, or gives what the card's head cannot read.
    pub fn load(
        card: &ModelCard,
        file: &Path,
        shape: InputShape,
        servers: &Servers,
        token: Option<&str>,
        limits: &ServerLimits,
        stop: &StopToken,
    ) -> Result<Self, VisionError> {
        let notes = if card.labels.is_empty() {
            std::fs::read(file).map(|bytes| graph::notes(&bytes)).unwrap_or_default()
        } else {
            BTreeMap::new()
        };
        if card.labels.is_empty() && !notes.contains_key("names") {
            return Err(VisionError::LabelMismatch {
                model: card.name.clone(),
                reason:
                    "none is named, and servers do not tell them. Name them on the card, in the graph's order"
                        .to_owned(),
            });
        }
        let (width, height) = (card.input.width as usize, card.input.height as usize);
        let input = match card.input.layout {
            Layout::Nchw => [1, 3, height, width],
            Layout::Nhwc => [1, height, width, 3],
        };
        // Graphs that are told the photo's size have an input more, which cannot be guessed.
        let expected = card.input.name.as_deref().filter(|_| card.sizes.is_none()).map(|name| (name, input));
        let Met { watch, ready, runtime } = meet(&card.name, expected, notes, servers, token, limits, stop)?;
        let mut by_server: Vec<(String, Vec<Detector>)> = Vec::new();
        let mut gone = None;
        for (address, backends) in ready {
            let mut detectors = Vec::new();
            for backend in backends {
                let step = step(card, crate::backend::Backend::signature(&backend));
                let step = step.filter(|_| shape == InputShape::Photo);
                let device = DeviceInUse {
                    device: None,
                    name: address.clone(),
                    precision: Precision::Full,
                    why: "asked for".to_owned(),
                };
                match Detector::with_backend_until(card, Box::new(backend), device, stop) {
                    Ok(mut detector) => {
                        if let Some(step) = step {
                            detector.bend(step);
                        }
                        detectors.push(detector);
                    }
                    // It was there a moment ago; the others go on.
                    Err(error @ VisionError::ServersGone { .. }) => gone = Some(error),
                    Err(error) => return Err(error),
                }
            }
            if !detectors.is_empty() {
                by_server.push((address, detectors));
            }
        }
        let addresses: Vec<String> = by_server.iter().map(|(address, _)| address.clone()).collect();
        let mut lanes: Vec<_> = by_server.into_iter().map(|(_, detectors)| detectors.into_iter()).collect();
        let mut detectors = Vec::new();
        loop {
            let before = detectors.len();
            detectors.extend(lanes.iter_mut().filter_map(Iterator::next));
            if detectors.len() == before {
                break;
            }
        }
        match gone {
            Some(error) if detectors.is_empty() => Err(error),
            _ => Ok(Self { detectors, device: addresses.join(", "), runtime, watch }),
        }
    }
}
