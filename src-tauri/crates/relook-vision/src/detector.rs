//! A detector: one model card, one loaded graph, one device.

use std::path::Path;

use relook_domain::Rect;
use relook_domain::model_card::{Head, Layout, ModelCard, ResizeMode, SizeOrder};
use serde::{Deserialize, Serialize};

use crate::backend::{Backend, OnnxRuntime, Port, Signature, TensorIn};
use crate::digest::verify_sha256;
use crate::error::VisionError;
use crate::execution::{Device, DeviceInUse, Loading, candidates};
use crate::graph::{self, Elastic};
use crate::head::{self, Ask, Fit, Misread, Scratch};
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

/// Which shape the inputs of a model have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputShape {
    /// The size on the card, images with a border around them.
    #[default]
    Model,
    /// That of each image, no larger than it needs: less to calculate.
    Photo,
}

/// A loaded model.
pub struct Detector {
    name: String,
    digest: String,
    head: Head,
    fit: Fit,
    nms_iou: f64,
    names: InputNames,
    sizes: [i64; 2],
    layout: Layout,
    labels: Vec<String>,
    device: DeviceInUse,
    backend: Box<dyn Backend>,
    preparer: Preparer,
    scratch: Scratch,
    /// How many images share a run at most.
    pub(crate) batch: usize,
    /// The input of a run that several share.
    pub(crate) together: Vec<f32>,
}

/// What one run is asked, and how its outputs are read.
pub(crate) struct Reading<'a> {
    pub input: TensorIn<'a>,
    pub ask: Ask<'a>,
    pub nms_iou: f64,
    model: &'a str,
}

impl Reading<'_> {
    pub(crate) fn misread(&self, why: Misread) -> VisionError {
        misread(self.model, self.ask.labels.len(), why)
    }
}

impl Detector {
    /// Loads the graph of a card: checks the file and its sha256, registers the device strictly, compares the graph
    /// with the card and runs it once. `threads`: of the CPU inside one run, 0 for as many as ONNX Runtime likes.
    /// Takes a second or more.
    ///
    /// Errors: the runtime is not loaded; the file is missing, another one or no graph; the device cannot be had; the
    /// input, outputs or labels do not fit the card.
    pub fn load(card: &ModelCard, graph: &Path, device: Device, threads: usize) -> Result<Self, VisionError> {
        Self::load_as(card, graph, &Loading { device, threads, ..Loading::default() })
    }

    /// As [`Self::load`]; with [`InputShape::Photo`] images get inputs of their own shape, where graph and device take them
    /// ([`Preparer::takes_any_shape`]).
    ///
    /// Errors: as [`Self::load`].
    pub fn load_as(card: &ModelCard, graph: &Path, how: &Loading) -> Result<Self, VisionError> {
        let Loading { shape, device, .. } = *how;
        verify_sha256(graph, &card.sha256)?;
        let elastic = if shape == InputShape::Photo { elastic_form(card, graph)? } else { None };
        let mut kept_from = Vec::new();
        for (candidate, why) in candidates(device)? {
            let bends = candidate.bends();
            let made = elastic.as_ref().filter(|_| bends);
            let opened = OnnxRuntime::open_as(graph, made, candidate, how).and_then(|backend| {
                let step = step(card, backend.signature()).filter(|_| bends && shape == InputShape::Photo);
                let device = DeviceInUse::of(candidate, how, why);
                let mut detector = Self::with_backend(card, Box::new(backend), device)?;
                if let Some(step) = step {
                    detector.bend(step);
                }
                detector.share_runs(how.batch.unwrap_or_else(|| candidate.batch()))?;
                Ok(detector)
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
        Self::with_backend_until(card, backend, device, &StopToken::new())
    }

    /// As [`Self::with_backend`]; the run is broken off when the token stops.
    pub(crate) fn with_backend_until(
        card: &ModelCard,
        backend: Box<dyn Backend>,
        device: DeviceInUse,
        stop: &StopToken,
    ) -> Result<Self, VisionError> {
        check_card(card)?;
        let signature = backend.signature();
        let names = check_input(card, signature)?;
        let fit = head::fit(card.head, &signature.outputs, &card.input, &card.name)?;
        let labels = if card.labels.is_empty() {
            import::labels_in(&signature.metadata).unwrap_or_default()
        } else {
            card.labels.clone()
        };
        let unfit = |reason: String| VisionError::LabelMismatch { model: card.name.clone(), reason };
        if let Some(scored) = fit.labels.filter(|scored| labels.len() != *scored) {
            return Err(unfit(format!(
                "the graph scores {scored} labels, and {} are named. Name them on the card, in the graph's order",
                labels.len()
            )));
        }
        if labels.iter().all(String::is_empty) {
            return Err(unfit("none is named. Name them on the card, in the graph's order".to_owned()));
        }
        let (width, height) = (card.input.width, card.input.height);
        let sizes = match card.sizes {
            Some(SizeOrder::HeightWidth) => [height, width],
            _ => [width, height],
        };
        let mut detector = Self {
            name: card.name.clone(),
            digest: card.sha256.to_lowercase(),
            head: card.head,
            fit,
            nms_iou: card.nms_iou,
            names,
            sizes: sizes.map(i64::from),
            layout: card.input.layout,
            labels,
            device,
            backend,
            preparer: Preparer::new(&card.input),
            scratch: Scratch::default(),
            batch: 1,
            together: Vec::new(),
        };
        detector.warm_up(stop)?;
        Ok(detector)
    }

    /// Each image gets an input of its own shape, in such steps.
    pub(crate) fn bend(&mut self, step: u32) {
        self.preparer = self.preparer.clone().of_any_shape(step);
    }

    /// Whether the graph gives what it gave when its input takes the image's shape: where it was made for one size, what it was
    /// made into is run beside it. True, too, of graphs that keep their size in any case. Runs on the CPU.
    ///
    /// Errors: as [`Self::load`].
    pub fn proves_elastic(card: &ModelCard, graph: &Path) -> Result<bool, VisionError> {
        verify_sha256(graph, &card.sha256)?;
        let Some(elastic) = elastic_form(card, graph)? else { return Ok(true) };
        let (w, h) = (card.input.width as usize, card.input.height as usize);
        let values: Vec<f32> = (0..3 * w * h).map(|i| (i * 2_654_435_761 % 1_009) as f32 / 1_009.0).collect();
        let run = |backend: &mut OnnxRuntime, height: usize| {
            let name = backend.signature().inputs.first().map(|port| port.name.clone()).unwrap_or_default();
            let shape = [1, 3, height, w];
            let input = TensorIn { name: &name, shape, values: &values[..3 * height * w], sizes: None };
            let mut found = Vec::new();
            backend.run(input, &StopToken::new(), &mut |outputs| {
                found.extend(outputs.iter().map(|o| (o.shape.to_vec(), o.values.to_vec())));
                Ok(())
            })?;
            Ok::<_, VisionError>(found)
        };
        let was = run(&mut OnnxRuntime::open(graph, Device::Cpu, 0)?, h)?;
        // What it was made into is this program's doing: where that fails the graph is taken as it was.
        let Ok(mut made) = OnnxRuntime::open_as(graph, Some(&elastic), Device::Cpu, &Loading::default())
        else {
            return Ok(false);
        };
        let Ok(is) = run(&mut made, h) else { return Ok(false) };
        let close = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-3 * (1.0 + a.abs());
        let same = was.len() == is.len()
            && was.iter().zip(&is).all(|(a, b)| a.0 == b.0 && a.1.iter().zip(&b.1).all(close));
        let smaller = h / 2 / elastic.grid.largest() * elastic.grid.largest();
        let cells = elastic.grid.over(card.input.width, smaller as u32).1.len() as i64;
        let fits = |found: &(Vec<i64>, Vec<f32>)| {
            found.0.contains(&cells) && found.1.iter().all(|value| value.is_finite())
        };
        Ok(same && smaller > 0 && run(&mut made, smaller).is_ok_and(|found| found.iter().all(fits)))
    }

    /// One run over a grey image: what a device lacks often shows only here.
    fn warm_up(&mut self, stop: &StopToken) -> Result<(), VisionError> {
        let (width, height) = (64, 64);
        let grey = crate::decode::Upright { width, height, rgb: vec![114; 3 * 64 * 64] };
        let prepared = self.preparer.prepare(&grey);
        let device = self.device.device;
        match self.detect(&prepared, &DetectParams::above(0.5), stop) {
            Ok(_) => Ok(()),
            Err(VisionError::Inference { reason, .. }) if device.is_some_and(|d| d != Device::Cpu) => {
                let device = device.unwrap_or_default();
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

    /// Label names by class index; an empty one is of a class that is no label, and no box has it.
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
    /// Errors: stopped; the graph fails or gives what its head cannot read, such as values that are no numbers, or
    /// classes beyond the labels.
    pub fn detect(
        &mut self,
        prepared: &Prepared,
        params: &DetectParams,
        stop: &StopToken,
    ) -> Result<Vec<Detection>, VisionError> {
        let (reading, scratch, backend) = self.reading(prepared, params);
        let mut candidates = Vec::new();
        backend.run(reading.input, stop, &mut |outputs| {
            candidates = head::read(&reading.ask, outputs, scratch).map_err(|why| reading.misread(why))?;
            Ok(())
        })?;
        Ok(tail::finish(candidates, &prepared.geometry, reading.nms_iou, params.max_boxes))
    }

    /// How one image is asked about, and what that takes.
    pub(crate) fn reading<'a>(
        &'a mut self,
        prepared: &'a Prepared,
        params: &DetectParams,
    ) -> (Reading<'a>, &'a mut Scratch, &'a mut dyn Backend) {
        let input = TensorIn {
            name: &self.names.image,
            shape: prepared.shape(),
            values: prepared.values(),
            sizes: self.names.sizes.as_deref().map(|name| (name, self.sizes)),
        };
        let [_, a, b, c] = prepared.shape();
        let (height, width) = if self.layout == Layout::Nchw { (b, c) } else { (a, b) };
        let (width, height) = (width as u32, height as u32);
        let (labels, keep_above) = (self.labels.as_slice(), params.keep_above);
        let ask = Ask { head: self.head, fit: self.fit, width, height, labels, keep_above };
        let reading = Reading { input, ask, nms_iou: self.nms_iou, model: &self.name };
        (reading, &mut self.scratch, self.backend.as_mut())
    }

    /// Whether the graph says that it takes several images at once.
    pub(crate) fn takes_several(&self) -> bool {
        let image = self.backend.signature().inputs.iter().find(|port| port.name == self.names.image);
        self.names.sizes.is_none() && image.is_some_and(|port| port.shape.first().is_some_and(|n| *n < 0))
    }
}

fn misread(model: &str, labels: usize, why: Misread) -> VisionError {
    let model = model.to_owned();
    match why {
        Misread::Shape(reason) => VisionError::Inference { model, reason },
        Misread::Score(score) => VisionError::Inference {
            model,
            reason: format!(
                "it gave the score {score}, and none is above 1; its card may name the wrong head"
            ),
        },
        Misread::NotANumber => VisionError::NotANumber { model },
        Misread::Class(class) => VisionError::LabelMismatch {
            model,
            reason: format!(
                "it gave a box of class {class}, and {labels} are named, counted from 0. Name them on the card, in the graph's order"
            ),
        },
    }
}

/// What a graph made for one size of input is made into; `None` where it takes any or cannot.
fn elastic_form(card: &ModelCard, graph: &Path) -> Result<Option<Elastic>, VisionError> {
    let input = &card.input;
    if card.head != Head::YoloDense || input.layout != Layout::Nchw || input.resize == ResizeMode::Stretch {
        return Ok(None);
    }
    let bytes = std::fs::read(graph).map_err(|error| VisionError::ModelUnreadable {
        path: graph.to_path_buf(),
        reason: error.to_string(),
    })?;
    Ok(graph::elastic(&bytes, input.name.as_deref(), input.width, input.height))
}

/// What the sides of a graph's input must be multiples of, if it takes any such.
pub(crate) fn step(card: &ModelCard, signature: &Signature) -> Option<u32> {
    let bends = matches!(card.head, Head::YoloDense | Head::YoloObjectness | Head::YoloEnd2end);
    let open = signature.inputs.first().is_some_and(|port| match card.input.layout {
        Layout::Nchw => port.shape.len() == 4 && port.shape[2] < 0 && port.shape[3] < 0,
        Layout::Nhwc => port.shape.len() == 4 && port.shape[1] < 0 && port.shape[2] < 0,
    });
    (bends && open && card.input.resize != ResizeMode::Stretch).then(|| {
        let noted = signature.metadata.get("stride").and_then(|stride| stride.trim().parse().ok());
        noted.filter(|step| (1..=256).contains(step)).unwrap_or(32).max(32)
    })
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
    if (card.head == Head::DetrPostprocessed) != card.sizes.is_some() {
        return bad(
            "sizes must be \"width_height\" or \"height_width\" with the head detr_postprocessed, and only there",
        );
    }
    Ok(())
}

/// The graph's inputs by name.
struct InputNames {
    image: String,
    /// Of heads that are told the image's size.
    sizes: Option<String>,
}

/// The names of the inputs the card means, their shapes and element types being right.
fn check_input(card: &ModelCard, signature: &Signature) -> Result<InputNames, VisionError> {
    let mismatch = |reason: String| VisionError::InputMismatch { model: card.name.clone(), reason };
    let found = crate::backend::in_words(&signature.inputs);
    let (sizes, images): (Vec<_>, Vec<_>) =
        signature.inputs.iter().partition(|port| card.sizes.is_some() && import::is_sizes(port));
    let named = |port: &&Port| card.input.name.as_ref().is_none_or(|name| port.name == *name);
    let port = match images.as_slice() {
        &[port] => Some(port).filter(named),
        _ => None,
    };
    let Some(port) = port.filter(|_| sizes.len() == usize::from(card.sizes.is_some())) else {
        let wanted = card.input.name.as_deref().unwrap_or("one");
        let besides = if card.sizes.is_some() { ", and one int64 [1, 2] for the image's size" } else { "" };
        return Err(mismatch(format!(
            "the card wants one input named {wanted}{besides}, the graph has: {found}"
        )));
    };
    match port.element.as_str() {
        "float32" => {}
        "uint8" if card.input.mean == [0.0; 3] && card.input.std == [1.0; 3] => {}
        "uint8" => {
            let reason = "the graph takes the pixels as they are: mean must be 0 and std 1 on its card";
            return Err(mismatch(reason.to_owned()));
        }
        _ => {
            return Err(mismatch(format!(
                "float32 or uint8 is needed, the graph has: {found}. Export it in single precision"
            )));
        }
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
    Ok(InputNames { image: port.name.clone(), sizes: sizes.first().map(|port| port.name.clone()) })
}
