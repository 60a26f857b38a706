//! A detector: one model card, one loaded graph, one device.

use std::path::Path;

use relook_domain::Rect;
use relook_domain::model_card::{Head, Layout, ModelCard};

use crate::backend::{Backend, OnnxRuntime, Signature, TensorIn};
use crate::digest::verify_sha256;
use crate::error::VisionError;
use crate::execution::{Device, DeviceInUse, candidates};
use crate::head::{self, Scratch};
use crate::import;
use crate::prepare::{Prepared, Preparer};
use crate::stop::StopToken;
use crate::tail;

/// What a caller may vary from image to image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DetectParams {
    /// Boxes scoring less are not returned, 0..=1.
    pub keep_above: f64,
    /// At most so many, best first.
    pub max_boxes: usize,
}

impl DetectParams {
    /// Everything at or above a score, at most 300 boxes: as many as the usual benchmarks allow and more than a person
    /// reviews in one image.
    #[must_use]
    pub fn above(keep_above: f64) -> Self {
        Self { keep_above, max_boxes: 300 }
    }
}

/// One box a model saw.
#[derive(Clone, Debug, PartialEq)]
pub struct Detection {
    /// Pixels of the upright original, inside it.
    pub rect: Rect,
    /// Index into [`Detector::labels`].
    pub class: usize,
    /// 0..=1.
    pub score: f64,
    /// What else it may be: at most three labels, best first, `class` included.
    pub alternatives: Vec<(usize, f64)>,
}

/// A loaded model.
pub struct Detector {
    name: String,
    digest: String,
    head: Head,
    nms_iou: f64,
    input_name: String,
    labels: Vec<String>,
    device: DeviceInUse,
    backend: Box<dyn Backend>,
    preparer: Preparer,
    scratch: Scratch,
}

impl Detector {
    /// Loads the graph of a card: checks the file and its sha256, registers the device strictly, compares the graph
    /// with the card and runs it once. `threads`: of the CPU inside one run, 0 for as many as ONNX Runtime likes.
    /// Takes a second or more.
    ///
    /// Errors: the runtime is not loaded; the file is missing, another one or no graph; the device cannot be had; the
    /// input, outputs or labels do not fit the card.
    pub fn load(card: &ModelCard, graph: &Path, device: Device, threads: usize) -> Result<Self, VisionError> {
        verify_sha256(graph, &card.sha256)?;
        let mut kept_from = Vec::new();
        for (candidate, why) in candidates(device)? {
            let opened = OnnxRuntime::open(graph, candidate, threads).and_then(|backend| {
                Self::with_backend(card, Box::new(backend), DeviceInUse::of(candidate, threads, why))
            });
            match opened {
                // With `auto` an accelerator that is there but fails is passed over, and the reason is told.
                Err(VisionError::DeviceUnavailable { device: failed, reason }) if device == Device::Auto => {
                    tracing::warn!(device = failed.word(), %reason, "a device was found but cannot be used");
                    kept_from.push(format!("{} failed: {reason}", failed.name()));
                }
                Err(error) => return Err(error),
                Ok(mut detector) => {
                    if !kept_from.is_empty() {
                        detector.device.why = format!("{}. {}", kept_from.join(". "), detector.device.why);
                    }
                    return Ok(detector);
                }
            }
        }
        Err(VisionError::DeviceUnavailable { device, reason: kept_from.join(". ") })
    }

    /// A detector over any backend: compares its signature with the card and runs it once.
    ///
    /// Errors: as [`Detector::load`], less those of the file.
    pub fn with_backend(
        card: &ModelCard,
        backend: Box<dyn Backend>,
        device: DeviceInUse,
    ) -> Result<Self, VisionError> {
        check_card(card)?;
        let signature = backend.signature();
        let input_name = check_input(card, signature)?;
        let scored = head::labels_scored(card.head, &signature.outputs, &card.input, &card.name)?;
        let labels = if card.labels.is_empty() {
            import::labels_in(&signature.metadata).unwrap_or_default()
        } else {
            card.labels.clone()
        };
        if labels.len() != scored {
            return Err(VisionError::LabelMismatch {
                model: card.name.clone(),
                reason: format!(
                    "the graph scores {scored} labels, and {} are named. Name them on the card, in the graph's order",
                    labels.len()
                ),
            });
        }
        let mut detector = Self {
            name: card.name.clone(),
            digest: card.sha256.to_lowercase(),
            head: card.head,
            nms_iou: card.nms_iou,
            input_name,
            labels,
            device,
            backend,
            preparer: Preparer::new(&card.input),
            scratch: Scratch::default(),
        };
        detector.warm_up()?;
        Ok(detector)
    }

    /// One run over a grey image: what a device lacks often shows only here.
    fn warm_up(&mut self) -> Result<(), VisionError> {
        let (width, height) = (64, 64);
        let grey = crate::decode::Upright { width, height, rgb: vec![114; 3 * 64 * 64] };
        let prepared = self.preparer.prepare(&grey);
        let device = self.device.device;
        match self.detect(&prepared, &DetectParams::above(0.5), &StopToken::new()) {
            Ok(_) => Ok(()),
            Err(VisionError::Inference { reason, .. }) if device != Device::Cpu => {
                Err(VisionError::DeviceUnavailable { device, reason })
            }
            Err(error) => Err(error),
        }
    }

    /// The card's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Lower-case hex sha256 of the graph file.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Label names by class index.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    #[must_use]
    pub fn device(&self) -> &DeviceInUse {
        &self.device
    }

    /// What makes images ready for this detector, for use on other threads.
    #[must_use]
    pub fn preparer(&self) -> Preparer {
        self.preparer.clone()
    }

    /// The boxes of one image, best first, then by position.
    ///
    /// Errors: stopped, or the graph fails.
    pub fn detect(
        &mut self,
        prepared: &Prepared,
        params: &DetectParams,
        stop: &StopToken,
    ) -> Result<Vec<Detection>, VisionError> {
        let input = TensorIn { name: &self.input_name, shape: prepared.shape(), values: prepared.values() };
        let mut candidates = Vec::new();
        let (head, labels, scratch) = (self.head, self.labels.len(), &mut self.scratch);
        let model = &self.name;
        self.backend.run(input, stop, &mut |outputs| {
            candidates = head::read(head, outputs, labels, params.keep_above, scratch)
                .map_err(|reason| VisionError::Inference { model: model.clone(), reason })?;
            Ok(())
        })?;
        Ok(tail::finish(candidates, &prepared.geometry, self.nms_iou, params.max_boxes))
    }
}

fn check_card(card: &ModelCard) -> Result<(), VisionError> {
    let bad =
        |reason: &str| Err(VisionError::BadCard { model: card.name.clone(), reason: reason.to_owned() });
    let input = &card.input;
    if !(1..=8192).contains(&input.width) || !(1..=8192).contains(&input.height) {
        return bad("input width and height must be 1 to 8192");
    }
    if input.std.iter().any(|std| !std.is_normal()) || input.mean.iter().any(|mean| !mean.is_finite()) {
        return bad("input mean must be numbers, and std numbers other than zero");
    }
    if !(0.0..=1.0).contains(&card.nms_iou) {
        return bad("nms_iou must be 0 to 1");
    }
    Ok(())
}

/// The name of the input the card means, its shape and element type being right.
fn check_input(card: &ModelCard, signature: &Signature) -> Result<String, VisionError> {
    let mismatch = |reason: String| VisionError::InputMismatch { model: card.name.clone(), reason };
    let found = crate::backend::in_words(&signature.inputs);
    let port = match &card.input.name {
        Some(name) => signature.inputs.iter().find(|port| port.name == *name),
        None => signature.inputs.first(),
    };
    let Some(port) = port.filter(|_| signature.inputs.len() == 1) else {
        let wanted = card.input.name.as_deref().unwrap_or("one");
        return Err(mismatch(format!("the card wants one input named {wanted}, the graph has: {found}")));
    };
    if port.element != "float32" {
        return Err(mismatch(format!(
            "float32 is needed, the graph has: {found}. Export it in single precision"
        )));
    }
    let (w, h) = (i64::from(card.input.width), i64::from(card.input.height));
    let wanted = match card.input.layout {
        Layout::Nchw => [1, 3, h, w],
        Layout::Nhwc => [1, h, w, 3],
    };
    let fits =
        port.shape.len() == 4 && port.shape.iter().zip(wanted).all(|(&has, want)| has < 0 || has == want);
    if !fits {
        return Err(mismatch(format!("the card says {wanted:?}, the graph has: {found}")));
    }
    Ok(port.name.clone())
}
