//! Taking in a graph of the user's: a card is proposed with its reasons, tried on a photo, and saved beside a copy.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    str::FromStr,
};

use relook_domain::{
    Rect,
    model_card::{ChannelOrder, Head, Layout, ModelCard, ResizeMode, SizeOrder},
};
use relook_vision::{DecodeError, Detector, Device, Limits, decode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    Model,
    trial::{CardReason, ModelTrial, ModelTrials, SeenBox, SeenPhoto, Study, TriedClass, TryOn, photo_of},
};
use crate::{
    error::EngineError,
    home::Home,
    infer,
    labels::LabelSet,
    project::Project,
    task::Task,
    view::{JobKind, ModelView},
};

/// The numbers that COCO's numbering to 90 leaves out.
const COCO_GAPS: [usize; 10] = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83];

/// How pixels become the values a graph is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Values {
    /// 0 to 255, as they are.
    Raw,
    /// 0 to 1.
    Unit,
    /// -1 to 1.
    Signed,
    /// By ImageNet's mean and deviation.
    Imagenet,
}

/// What a person says of a graph; what is left out is read from the graph or guessed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
pub struct AddModel {
    pub file: PathBuf,
    /// What the model will be called; also its folder's name [the file's name].
    pub name: Option<String>,
    /// Its word on a card.
    pub head: Option<Head>,
    /// Of the input, pixels.
    pub size: Option<(u32, u32)>,
    pub layout: Option<Layout>,
    pub channels: Option<ChannelOrder>,
    pub values: Option<Values>,
    pub resize: Option<ResizeMode>,
    pub sizes: Option<SizeOrder>,
    pub labels: Option<LabelList>,
    /// Labels of the graph and what they are called in projects, all at once; nothing: their boxes are left out.
    pub rename: Vec<(String, String)>,
    pub nms_iou: Option<f64>,
    pub licence: Option<String>,
    /// A photo to try it on, and the least score of the boxes shown.
    pub preview: Option<TryOn>,
    pub above: f64,
    /// Where the photo with the boxes is written, as PNG.
    #[serde(skip)]
    pub picture: Option<PathBuf>,
    /// In the place of a model of this name that was added before.
    pub replace: bool,
    /// Propose and try, and save nothing.
    #[serde(skip)]
    pub dry_run: bool,
}

/// What was proposed, seen and saved.
#[derive(Clone, Debug, Serialize, TS)]
pub struct AddedModel {
    pub model: ModelView,
    pub reasons: Vec<CardReason>,
    /// By class; an empty name: a class that is none.
    pub labels: Vec<String>,
    /// Labels that the project lacks, so that a draft leaves their boxes out; `null`: no project was named.
    pub lacking: Option<Vec<String>>,
    /// `null`: no photo was named. Best first.
    pub seen: Option<Vec<SeenBox>>,
    pub saved: bool,
}

impl Home {
    /// Proposes a card for a graph, loads it, tries it on a photo if one is named, and saves both in the folder of models:
    /// whole or not at all. `project`: whose labels the model's are held against.
    ///
    /// # Errors
    /// The file is no graph that can be decoded, or what was said of it does not fit; the name is taken or none; the
    /// photo cannot be read; the model fails on it; the folder cannot be written.
    pub fn add_model(&self, add: &AddModel, project: Option<&Project>) -> Result<AddedModel, EngineError> {
        let photo = add.preview.as_ref().map(|on| photo_of(on, project)).transpose()?;
        if let Some(picture) = &add.picture
            && !picture
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("png") && !is_same(picture, photo.as_deref()))
        {
            return Err(EngineError::Invalid(format!(
                "{} cannot be the picture's name; take one that ends in .png and is not the photo's",
                picture.display()
            )));
        }
        let study = ModelTrials::default().study(self, add, project, &Task::silent(JobKind::Scan))?;
        let Study { trial, card, folder, problems } = study;
        if let Some(problem) = problems.into_iter().next() {
            return Err(problem);
        }
        let (Some(mut card), Some(folder)) = (card, folder) else {
            return Err(EngineError::Failed(format!("{} was not understood", add.file.display())));
        };
        card.name.clone_from(&trial.name);
        if let (Some(out), Some(photo), Some(seen)) = (&add.picture, &photo, &trial.seen) {
            draw(photo, seen, out)?;
        }
        if !add.dry_run {
            save(&card, &trial.reasons, &add.file, &folder)?;
        }
        let graph = if add.dry_run { add.file.clone() } else { folder.join(&card.file) };
        let labels = card.labels.clone();
        let lacking = project.map(|_| trial.lacking());
        Ok(AddedModel {
            model: Model { card, graph }.view(),
            reasons: trial.reasons,
            labels,
            lacking,
            seen: trial.seen.map(|seen| seen.boxes),
            saved: !add.dry_run,
        })
    }

    /// The folder for a model of this name.
    pub(super) fn place_for(&self, name: &str, replace: bool) -> Result<PathBuf, EngineError> {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
        if name.is_empty() || name.starts_with(['.', ' ']) || !name.chars().all(plain) {
            return Err(EngineError::Invalid(format!(
                "{name:?} cannot be a model's name; take letters, digits, - and _ (--name)"
            )));
        }
        let folder = self.own_models.join(name);
        let known = self.known_models()?.into_iter().find(|model| model.card.name == name);
        // Only what lies where this one will lie gives way to it.
        if known.is_some() && !(replace && folder.join("model.toml").is_file()) {
            return Err(EngineError::Invalid(if folder.exists() {
                format!(
                    "There is a model {name:?} already; choose another name, or replace it (--name, --replace)"
                )
            } else {
                format!("There is a model {name:?} already; choose another name (--name)")
            }));
        }
        Ok(folder)
    }
}

impl ModelTrial {
    /// Labels that the project lacks, each once. One without labels takes over the model's.
    fn lacking(&self) -> Vec<String> {
        let lacks = |class: &&TriedClass| class.into.is_none() && !self.takes_over;
        let labels: Vec<_> = self.classes.iter().filter(lacks).map(|class| class.label.clone()).collect();
        infer::named(&labels).into_iter().map(str::to_owned).collect()
    }
}

fn is_same(file: &Path, other: Option<&Path>) -> bool {
    let place = |path: &Path| path.canonicalize().ok();
    place(file).is_some_and(|file| other.and_then(place) == Some(file))
}

/// A picture of the photo with what was seen on it.
fn draw(photo: &Path, seen: &SeenPhoto, out: &Path) -> Result<(), EngineError> {
    let bytes = std::fs::read(photo).map_err(EngineError::file("Could not read", photo))?;
    let unreadable =
        |why: DecodeError| EngineError::Failed(format!("Could not read {}: {why}", photo.display()));
    let image = decode::decode(&bytes, &Limits::default()).map_err(unreadable)?;
    let boxes: Vec<Rect> = seen.boxes.iter().map(|one| one.rect).collect();
    relook_vision::picture(&image, &boxes, out)
        .map_err(|why| EngineError::Failed(format!("Could not write {}: {why}", out.display())))
}

/// Writes the card and a copy of the graph into a folder beside, checks that they load there, and puts it in place.
fn save(card: &ModelCard, reasons: &[CardReason], graph: &Path, folder: &Path) -> Result<(), EngineError> {
    let parent = folder.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(EngineError::file("Could not make", parent))?;
    let part = tempfile::Builder::new()
        .prefix(".adding-")
        .tempdir_in(parent)
        .map_err(EngineError::file("Could not write in", parent))?;
    let mut text = String::new();
    for reason in reasons.iter().filter(|reason| !reason.sure) {
        // Reasons may quote a graph, and a card is read by lines.
        let line = format!("{} = {}: {}", reason.what, reason.value, reason.why).replace(['\n', '\r'], " ");
        let _ = writeln!(text, "# Guessed: {line}");
    }
    text += &toml::to_string(card).map_err(|e| EngineError::Failed(e.to_string()))?;
    let made = part.path().join("made");
    std::fs::create_dir(&made).map_err(EngineError::file("Could not make", &made))?;
    let (at, copy) = (made.join("model.toml"), made.join(&card.file));
    std::fs::write(&at, text).map_err(EngineError::file("Could not write", &at))?;
    std::fs::copy(graph, &copy).map_err(EngineError::file("Could not copy to", &copy))?;
    Detector::load(card, &copy, Device::Cpu, 0).map_err(|why| {
        EngineError::Failed(format!(
            "{} works where it is, but its copy does not: {why}. If its weights lie in files beside it, save it as one file",
            graph.display()
        ))
    })?;
    let old = part.path().join("replaced");
    if folder.exists() {
        std::fs::rename(folder, &old).map_err(EngineError::file("Could not move away", folder))?;
    }
    std::fs::rename(&made, folder).map_err(|error| {
        // The one before stays, if there was one.
        let _ = std::fs::rename(&old, folder);
        EngineError::file("Could not write", folder)(error)
    })
}

/// A list of names by class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LabelList {
    /// COCO's 80, as most YOLO models count them.
    Coco80,
    /// COCO's numbers from 1 to 90, with their gaps.
    Coco90,
    /// The same with a background before.
    Coco91,
    /// With a name a line in the graph's order; `-`: a class that is none.
    File(PathBuf),
    /// The same, said here.
    Names(String),
}

impl FromStr for LabelList {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "coco80" => Self::Coco80,
            "coco90" => Self::Coco90,
            "coco91" => Self::Coco91,
            path => Self::File(path.into()),
        })
    }
}

impl LabelList {
    /// Names by class; an empty one: a class that is none.
    pub(super) fn names(&self) -> Result<Vec<String>, EngineError> {
        let coco = || -> Result<Vec<String>, EngineError> {
            Ok(LabelSet::Coco80.labels()?.into_iter().map(|label| label.name).collect())
        };
        let ninety = || -> Result<Vec<String>, EngineError> {
            let mut names = coco()?;
            for gap in COCO_GAPS {
                names.insert(gap - 1, String::new());
            }
            Ok(names)
        };
        let listed = |text: &str| {
            let name = |line: &str| if line == "-" { String::new() } else { line.to_owned() };
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(name).collect()
        };
        match self {
            Self::Coco80 => coco(),
            Self::Coco90 => ninety(),
            Self::Coco91 => Ok(std::iter::once(String::new()).chain(ninety()?).collect()),
            Self::File(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(EngineError::file("Could not read the labels from", path))?;
                Ok(listed(&text))
            }
            Self::Names(text) => Ok(listed(text)),
        }
    }
}

impl Values {
    /// Mean and deviation by channel, of pixels in 0..=255.
    pub(super) fn numbers(self) -> ([f32; 3], [f32; 3]) {
        match self {
            Self::Raw => ([0.0; 3], [1.0; 3]),
            Self::Unit => ([0.0; 3], [255.0; 3]),
            Self::Signed => ([127.5; 3], [127.5; 3]),
            Self::Imagenet => relook_vision::IMAGENET,
        }
    }
}

impl FromStr for Values {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "raw" => Ok(Self::Raw),
            "unit" => Ok(Self::Unit),
            "signed" => Ok(Self::Signed),
            "imagenet" => Ok(Self::Imagenet),
            _ => Err("raw, unit, signed or imagenet is meant".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cocos_numberings_agree() {
        let [eighty, ninety, background] =
            [LabelList::Coco80, LabelList::Coco90, LabelList::Coco91].map(|list| list.names().unwrap());
        assert_eq!((eighty.len(), ninety.len(), background.len()), (80, 90, 91));
        for (number, name) in
            [(1, "person"), (13, "stop sign"), (44, "bottle"), (67, "dining table"), (90, "toothbrush")]
        {
            assert_eq!((ninety[number - 1].as_str(), background[number].as_str()), (name, name));
        }
        let named: Vec<_> = ninety.into_iter().filter(|name| !name.is_empty()).collect();
        assert_eq!(named, eighty);
    }
}
