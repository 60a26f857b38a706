//! Trying a graph out before it is added: what is on its card and why, and what it sees on a photo. What fails is told
//! beside all that did not.

use std::{
    path::{Path, PathBuf},
    sync::Mutex,
    time::SystemTime,
};

use relook_domain::{
    ImageId, LabelId, Rect,
    model_card::{Head, ModelCard},
};
use relook_vision::{DecodeError, DetectParams, Detector, Device, Look, StopToken, Told, VisionError};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::add::{AddModel, Values};
use crate::{
    error::EngineError,
    home::Home,
    infer,
    photo::{self, Photo},
    project::Project,
    task::{Task, lock},
};

/// The photo that a graph is tried on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TryOn {
    File(PathBuf),
    /// One of the project's.
    Image(ImageId),
}

/// One thing on the card, and where it is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CardReason {
    pub what: &'static str,
    pub value: String,
    pub why: String,
    /// Said by the user or the graph; otherwise a guess.
    pub sure: bool,
}

/// A box seen in the preview, in pixels of the upright photo.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct SeenBox {
    pub label: String,
    /// By which the graph knows it, counted from 0.
    pub class: u32,
    pub score: f64,
    pub rect: Rect,
}

/// What was seen on a photo of this size, upright; best first.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct SeenPhoto {
    pub width: u32,
    pub height: u32,
    pub boxes: Vec<SeenBox>,
}

/// One of the graph's classes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct TriedClass {
    /// As the graph or its list has it; empty: it is none, and no box has it.
    pub name: String,
    /// What it is called in projects; empty: its boxes are left out.
    pub label: String,
    /// The project's label; none: it has no such.
    pub into: Option<LabelId>,
}

/// A head, and whether it reads what the graph gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct HeadChoice {
    pub head: Head,
    pub fits: bool,
}

/// What a problem is about, and so where its way out is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum About {
    File,
    /// Size and layout.
    Input,
    Head,
    Values,
    NmsIou,
    Labels,
    Name,
    Photo,
}

/// Why a graph cannot be added as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct TrialProblem {
    pub about: About,
    pub message: String,
}

/// What adding a graph would do, as far as is known.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ModelTrial {
    /// What it would be called.
    pub name: String,
    pub bytes: u64,
    /// Of the graph, in words.
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    pub heads: Vec<HeadChoice>,
    pub reasons: Vec<CardReason>,
    /// In the graph's order.
    pub classes: Vec<TriedClass>,
    /// Whether the project has no labels and takes over the model's.
    pub takes_over: bool,
    pub seen: Option<SeenPhoto>,
    /// None: it can be added.
    pub problems: Vec<TrialProblem>,
    /// The name is that of a model added before, whose place this one can take.
    pub replaceable: bool,
}

/// What a [`ModelTrial`] is made of.
pub(super) struct Study {
    pub trial: ModelTrial,
    pub card: Option<ModelCard>,
    pub folder: Option<PathBuf>,
    /// In the order of the trial's.
    pub problems: Vec<EngineError>,
}

/// The graph tried last, loaded: whoever tries again changes a thing or two.
#[derive(Default)]
pub struct ModelTrials {
    kept: Mutex<Kept>,
    /// A photo that is none of the project's.
    photo: Mutex<Option<PathBuf>>,
}

#[derive(Default)]
struct Kept {
    graph: Option<(Stamp, Told, Look)>,
    loaded: Option<(Stamp, ModelCard, Detector)>,
}

/// A file as it is now.
#[derive(Clone, PartialEq)]
struct Stamp {
    file: PathBuf,
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(file: &Path) -> Option<Self> {
        let about = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
        Some(Self { file: file.to_path_buf(), bytes: about.len(), modified: about.modified().ok() })
    }
}

impl ModelTrials {
    /// Proposes a card for a graph, loads it and tries it on a photo if one is named; saves nothing. One at a time: who asks
    /// meanwhile waits.
    ///
    /// # Errors
    /// Stopped; no runtime; the project cannot be read. What is wrong with the graph is among its problems.
    pub fn look(
        &self,
        home: &Home,
        add: &AddModel,
        project: Option<&Project>,
        task: &Task,
    ) -> Result<ModelTrial, EngineError> {
        Ok(self.study(home, add, project, task)?.trial)
    }

    pub(super) fn study(
        &self,
        home: &Home,
        add: &AddModel,
        project: Option<&Project>,
        task: &Task,
    ) -> Result<Study, EngineError> {
        let mut kept = lock(&self.kept);
        task.checkpoint()?;
        if let Some(TryOn::File(file)) = &add.preview {
            *lock(&self.photo) = Some(file.clone());
        }
        let mut study = Study::of(add);
        let Some(stamp) = Stamp::of(&add.file) else {
            // Nothing to be fetched, as a missing graph of a card is.
            let message = format!("There is no ONNX file {}", add.file.display());
            study.trial.problems.push(TrialProblem { about: About::File, message });
            study.problems.push(VisionError::ModelMissing { path: add.file.clone() }.into());
            return Ok(study);
        };
        study.trial.bytes = stamp.bytes;
        home.load_runtime()?;
        let labels = match add.labels.as_ref().map(|list| list.names()).transpose() {
            Ok(labels) => labels,
            Err(error) => {
                study.fails(About::Labels, error);
                None
            }
        };
        let Some(look) = kept.look(&stamp, add.told(labels)).map_err(|e| study.fails(About::File, e)).ok()
        else {
            return Ok(study);
        };
        study.learn(look);
        task.checkpoint()?;
        if study.card.is_none() {
            return Ok(study);
        }
        study.name(home, add);
        study.classes(project)?;
        let Some(card) = study.card.clone() else { return Ok(study) };
        match kept.loaded(&stamp, &card) {
            Ok(detector) => {
                task.checkpoint()?;
                if let Some(on) = &add.preview {
                    study.try_on(detector, on, add.above, project, task.control().token())?;
                }
            }
            Err(error) => study.fails(about(&error), error),
        }
        Ok(study)
    }

    /// The photo from outside of the project that was tried last, as a browser engine can show it.
    ///
    /// # Errors
    /// None was, or it cannot be read.
    pub fn photo(&self) -> Result<Photo, EngineError> {
        let file = lock(&self.photo).clone();
        photo::shown(&file.ok_or_else(|| EngineError::NotFound("No model was tried on a photo".into()))?)
    }

    /// Lets go of the graph and the photo.
    pub fn end(&self) {
        *lock(&self.kept) = Kept::default();
        *lock(&self.photo) = None;
    }
}

impl Kept {
    fn look(&mut self, stamp: &Stamp, told: Told) -> Result<&Look, VisionError> {
        let known = self.graph.take().filter(|(of, said, _)| of == stamp && *said == told);
        let known = match known {
            Some(known) => known,
            None => {
                let look = relook_vision::look_into(&stamp.file, &told)?;
                (stamp.clone(), told, look)
            }
        };
        Ok(&self.graph.insert(known).2)
    }

    fn loaded(&mut self, stamp: &Stamp, card: &ModelCard) -> Result<&mut Detector, VisionError> {
        let known = self.loaded.take().filter(|(of, on, _)| of == stamp && on == card);
        let known = match known {
            Some(known) => known,
            None => {
                let detector = Detector::load(card, &stamp.file, Device::Cpu, 0)?;
                (stamp.clone(), card.clone(), detector)
            }
        };
        Ok(&mut self.loaded.insert(known).2)
    }
}

impl Study {
    fn of(add: &AddModel) -> Self {
        let stem = add.file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let trial = ModelTrial {
            name: add.name.clone().or(stem).unwrap_or_default(),
            bytes: 0,
            inputs: Vec::new(),
            outputs: Vec::new(),
            heads: Vec::new(),
            reasons: Vec::new(),
            classes: Vec::new(),
            takes_over: false,
            seen: None,
            problems: Vec::new(),
            replaceable: false,
        };
        Self { trial, card: None, folder: None, problems: Vec::new() }
    }

    fn fails(&mut self, about: About, error: impl Into<EngineError>) {
        let error = error.into();
        self.trial.problems.push(TrialProblem { about, message: error.to_string() });
        self.problems.push(error);
    }

    /// What the graph says and what is guessed.
    fn learn(&mut self, look: &Look) {
        let trial = &mut self.trial;
        let words = |ports: &[relook_vision::backend::Port]| ports.iter().map(ToString::to_string).collect();
        trial.inputs = words(&look.info.inputs);
        trial.outputs = words(&look.info.outputs);
        let choice = |&head: &Head| HeadChoice { head, fits: look.heads.contains(&head) };
        trial.heads = Head::ALL.iter().map(choice).collect();
        trial.reasons = look
            .reasons
            .iter()
            .map(|r| CardReason { what: r.what, value: r.value.clone(), why: r.why.clone(), sure: r.sure })
            .collect();
        match &look.card {
            Ok(card) => self.card = Some(card.clone()),
            Err(error) => self.fails(about(error), EngineError::Vision(error.clone())),
        }
    }

    /// What the model is called, and what its labels are.
    fn name(&mut self, home: &Home, add: &AddModel) {
        match home.place_for(&self.trial.name, add.replace) {
            Ok(folder) => self.folder = Some(folder),
            Err(error) => self.fails(About::Name, error),
        }
        self.trial.replaceable = home.place_for(&self.trial.name, false).is_err()
            && home.place_for(&self.trial.name, true).is_ok();
        let Some(card) = &mut self.card else { return };
        let names = card.labels.clone();
        for label in &mut card.labels {
            // All at once: what a label is renamed to may be the name of another.
            if let Some((_, to)) = add.rename.iter().find(|(from, _)| from == label && !from.is_empty()) {
                label.clone_from(to);
            }
        }
        let lost = add.rename.iter().find(|(from, _)| from.is_empty() || !names.contains(from));
        let lost = lost.map(|(from, _)| format!("{} has no label {from:?} to rename", card.name));
        let tried = names.into_iter().zip(&card.labels);
        self.trial.classes =
            tried.map(|(name, label)| TriedClass { name, label: label.clone(), into: None }).collect();
        if let Some(lost) = lost {
            self.fails(About::Labels, EngineError::Invalid(lost));
        }
    }

    /// Where the project has them.
    fn classes(&mut self, project: Option<&Project>) -> Result<(), EngineError> {
        let Some(project) = project else { return Ok(()) };
        let labels = project.store().labels()?;
        self.trial.takes_over = labels.iter().all(|label| label.archived);
        let names: Vec<String> = self.trial.classes.iter().map(|class| class.label.clone()).collect();
        let ids = infer::classes(&names, &labels, &project.store().merged_labels()?);
        for (class, id) in self.trial.classes.iter_mut().zip(ids) {
            class.into = id.filter(|_| !class.label.is_empty());
        }
        Ok(())
    }

    fn try_on(
        &mut self,
        detector: &mut Detector,
        on: &TryOn,
        above: f64,
        project: Option<&Project>,
        stop: &StopToken,
    ) -> Result<(), EngineError> {
        let seen = photo_of(on, project).and_then(|photo| see(detector, &photo, above, stop));
        match seen {
            Ok(seen) => self.trial.seen = Some(seen),
            Err(EngineError::Vision(VisionError::Stopped)) => return Err(EngineError::Cancelled),
            Err(error) => {
                let about = if let EngineError::Vision(why) = &error { about(why) } else { About::Photo };
                self.fails(about, error);
            }
        }
        Ok(())
    }
}

/// The photo's file.
pub(super) fn photo_of(on: &TryOn, project: Option<&Project>) -> Result<PathBuf, EngineError> {
    match (on, project) {
        (TryOn::File(file), _) => Ok(file.clone()),
        (TryOn::Image(id), Some(project)) => project.file_of(&project.image_row(*id)?),
        (TryOn::Image(_), None) => Err(EngineError::Invalid(
            "An image's number means nothing without its project; name a file".into(),
        )),
    }
}

/// What the model sees on a photo, which is decoded as a draft decodes it.
fn see(
    detector: &mut Detector,
    photo: &Path,
    above: f64,
    stop: &StopToken,
) -> Result<SeenPhoto, EngineError> {
    let bytes = std::fs::read(photo).map_err(EngineError::file("Could not read", photo))?;
    let unreadable =
        |why: DecodeError| EngineError::Failed(format!("Could not read {}: {why}", photo.display()));
    let (prepared, (width, height)) = detector.preparer().prepare_file(&bytes).map_err(unreadable)?;
    let found = detector.detect(&prepared, &DetectParams::above(above), stop)?;
    let label = |class: usize| detector.labels()[class].clone();
    let boxes = found
        .iter()
        .map(|d| SeenBox {
            label: label(d.class),
            class: u32::try_from(d.class).unwrap_or(u32::MAX),
            score: d.score,
            rect: d.rect,
        })
        .collect();
    Ok(SeenPhoto { width, height, boxes })
}

/// What has to be said otherwise where a graph fails with this.
fn about(error: &VisionError) -> About {
    match error {
        VisionError::InputMismatch { .. } => About::Input,
        VisionError::NoHead { .. } | VisionError::HeadInDoubt { .. } | VisionError::Inference { .. } => {
            About::Head
        }
        VisionError::LabelMismatch { .. } => About::Labels,
        VisionError::NotANumber { .. } => About::Values,
        VisionError::BadCard { .. } => About::NmsIou,
        _ => About::File,
    }
}

impl AddModel {
    fn told(&self, labels: Option<Vec<String>>) -> Told {
        Told {
            head: self.head,
            size: self.size,
            layout: self.layout,
            channels: self.channels,
            values: self.values.map(Values::numbers),
            resize: self.resize,
            sizes: self.sizes,
            labels,
            nms_iou: self.nms_iou,
            licence: self.licence.clone(),
        }
    }
}
