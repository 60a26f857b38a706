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
use relook_vision::{
    DecodeError, DetectParams, Detector, Device, Limits, StopToken, Told, VisionError, decode,
};
use serde::Serialize;

use super::Model;
use crate::{error::EngineError, home::Home, infer, labels::LabelSet, project::Project, view::ModelView};

/// The numbers that COCO's numbering to 90 leaves out.
const COCO_GAPS: [usize; 10] = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83];

/// How pixels become the values a graph is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, Default)]
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
    /// `coco80`, `coco90`, `coco91`, or a file with a name a line in the graph's order (`-`: a class that is none).
    pub labels: Option<String>,
    /// Labels of the graph and what they are called in projects; nothing: their boxes are left out.
    pub rename: Vec<(String, String)>,
    pub nms_iou: Option<f64>,
    pub licence: Option<String>,
    /// A photo to try it on, and the least score of the boxes shown.
    pub preview: Option<PathBuf>,
    pub above: f64,
    /// Where the photo with the boxes is written, as PNG.
    pub picture: Option<PathBuf>,
    /// In the place of a model of this name that was added before.
    pub replace: bool,
    /// Propose and try, and save nothing.
    pub dry_run: bool,
}

/// One thing on the card, and where it is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CardReason {
    pub what: &'static str,
    pub value: String,
    pub why: String,
    /// Said by the user or the graph; otherwise a guess.
    pub sure: bool,
}

/// A box seen in the preview, in pixels of the upright photo.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeenBox {
    pub label: String,
    pub score: f64,
    pub rect: Rect,
}

/// What was proposed, seen and saved.
#[derive(Clone, Debug, Serialize)]
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
        if !add.file.is_file() {
            return Err(VisionError::ModelMissing { path: add.file.clone() }.into());
        }
        if let Some(picture) = &add.picture
            && !picture
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("png") && !is_same(picture, &add.preview))
        {
            return Err(EngineError::Invalid(format!(
                "{} cannot be the picture's name; take one that ends in .png and is not the photo's",
                picture.display()
            )));
        }
        self.load_runtime()?;
        let told = Told {
            head: add.head,
            size: add.size,
            layout: add.layout,
            channels: add.channels,
            values: add.values.map(Values::numbers),
            resize: add.resize,
            sizes: add.sizes,
            labels: add.labels.as_deref().map(class_names).transpose()?,
            nms_iou: add.nms_iou,
            licence: add.licence.clone(),
        };
        let proposal = relook_vision::propose(&add.file, &told)?;
        let mut card = proposal.card;
        let reasons: Vec<_> = proposal
            .reasons
            .into_iter()
            .map(|r| CardReason { what: r.what, value: r.value, why: r.why, sure: r.sure })
            .collect();
        for (from, to) in &add.rename {
            let mut found = false;
            for label in card.labels.iter_mut().filter(|label| *label == from && !from.is_empty()) {
                label.clone_from(to);
                found = true;
            }
            if !found {
                return Err(EngineError::Invalid(format!("{} has no label {from:?} to rename", card.name)));
            }
        }
        if let Some(name) = &add.name {
            card.name.clone_from(name);
        }
        let folder = self.place_for(&card.name, add.replace)?;

        let mut detector = Detector::load(&card, &add.file, Device::Cpu, 0)?;
        let seen = add.preview.as_deref().map(|photo| try_on(&mut detector, photo, add)).transpose()?;
        let lacking = project.map(|project| project.lacking(&card.labels)).transpose()?;
        if !add.dry_run {
            save(&card, &reasons, &add.file, &folder)?;
        }
        let graph = if add.dry_run { add.file.clone() } else { folder.join(&card.file) };
        let labels = card.labels.clone();
        Ok(AddedModel {
            model: Model { card, graph }.view(),
            reasons,
            labels,
            lacking,
            seen,
            saved: !add.dry_run,
        })
    }

    /// The folder for a model of this name.
    fn place_for(&self, name: &str, replace: bool) -> Result<PathBuf, EngineError> {
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
            let way = if folder.exists() { ", or say --replace" } else { "" };
            return Err(EngineError::Invalid(format!(
                "There is a model {name:?} already; choose another name with --name{way}"
            )));
        }
        Ok(folder)
    }
}

impl Project {
    /// The names among these that no label of the project has.
    fn lacking(&self, names: &[String]) -> Result<Vec<String>, EngineError> {
        let labels = self.store().labels()?;
        if labels.iter().all(|label| label.archived) {
            // It takes over the model's.
            return Ok(Vec::new());
        }
        let names: Vec<String> = infer::named(names).into_iter().map(str::to_owned).collect();
        let ids = infer::classes(&names, &labels, &self.store().merged_labels()?);
        Ok(names.into_iter().zip(ids).filter(|(_, id)| id.is_none()).map(|(name, _)| name).collect())
    }
}

fn is_same(file: &Path, other: &Option<PathBuf>) -> bool {
    let place = |path: &Path| path.canonicalize().ok();
    place(file).is_some_and(|file| other.as_deref().and_then(place) == Some(file))
}

/// What the model sees on a photo; with a picture of it, if one is wanted.
fn try_on(detector: &mut Detector, photo: &Path, add: &AddModel) -> Result<Vec<SeenBox>, EngineError> {
    let bytes = std::fs::read(photo).map_err(EngineError::file("Could not read", photo))?;
    let unreadable =
        |why: DecodeError| EngineError::Failed(format!("Could not read {}: {why}", photo.display()));
    // As a draft decodes it.
    let preparer = detector.preparer();
    let least = |width, height| preparer.least_scale(width, height, 1.0);
    let reduced = decode::decode_reduced(&bytes, least, &Limits::default()).map_err(unreadable)?;
    let prepared = preparer.prepare_reduced(&reduced, 1.0);
    let found = detector.detect(&prepared, &DetectParams::above(add.above), &StopToken::new())?;
    if let Some(out) = &add.picture {
        let image = decode::decode(&bytes, &Limits::default()).map_err(unreadable)?;
        let boxes: Vec<Rect> = found.iter().map(|one| one.rect).collect();
        relook_vision::picture(&image, &boxes, out)
            .map_err(|why| EngineError::Failed(format!("Could not write {}: {why}", out.display())))?;
    }
    let label = |class: usize| detector.labels()[class].clone();
    Ok(found.iter().map(|d| SeenBox { label: label(d.class), score: d.score, rect: d.rect }).collect())
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

/// Names by class: COCO's in one of its numberings, or those of a file.
fn class_names(text: &str) -> Result<Vec<String>, EngineError> {
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
    match text {
        "coco80" => coco(),
        // From 1 to 90, and with a background before.
        "coco90" => ninety(),
        "coco91" => Ok(std::iter::once(String::new()).chain(ninety()?).collect()),
        path => {
            let text = std::fs::read_to_string(path)
                .map_err(EngineError::file("Could not read the labels from", path))?;
            let name = |line: &str| if line == "-" { String::new() } else { line.to_owned() };
            Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(name).collect())
        }
    }
}

impl Values {
    /// Mean and deviation by channel, of pixels in 0..=255.
    fn numbers(self) -> ([f32; 3], [f32; 3]) {
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
            ["coco80", "coco90", "coco91"].map(|text| class_names(text).unwrap());
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
