//! The models this installation knows: cards built in, cards in the model folders, and bare graph files.

mod add;
mod trial;

use std::path::{Path, PathBuf};

use relook_domain::model_card::ModelCard;
use relook_vision::VisionError;

use crate::{error::EngineError, home::Home, task::Task, view::ModelView, waiting::Waiting};

pub use add::{AddModel, AddedModel, LabelList, Values};
pub use trial::{
    About, CardReason, HeadChoice, ModelTrial, ModelTrials, SeenBox, SeenPhoto, TrialProblem, TriedClass,
    TryOn,
};

const BUILT_IN: &[&str] = &[
    include_str!("../../../../models/yolov8n/model.toml"),
    include_str!("../../../../models/yolov8s/model.toml"),
    include_str!("../../../../models/yolov8m/model.toml"),
];

/// A card and where its graph lies (or would lie).
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub card: ModelCard,
    pub graph: PathBuf,
}

impl Home {
    /// All known models by name: a card in a model folder wins over a built-in one of the same name.
    ///
    /// # Errors
    /// A card that cannot be read, named with its line.
    pub(crate) fn known_models(&self) -> Result<Vec<Model>, EngineError> {
        let mut found: Vec<Model> = Vec::new();
        for folder in &self.models {
            let Ok(entries) = std::fs::read_dir(folder) else { continue };
            for entry in entries.flatten() {
                let path = entry.path().join("model.toml");
                // Hidden ones are half added or half replaced.
                if !path.is_file() || entry.file_name().to_string_lossy().starts_with('.') {
                    continue;
                }
                let text =
                    std::fs::read_to_string(&path).map_err(EngineError::file("Could not read", &path))?;
                let card = parse(&path.display().to_string(), &text)?;
                if !found.iter().any(|m| m.card.name == card.name) {
                    found.push(Model { graph: entry.path().join(&card.file), card });
                }
            }
        }
        for text in BUILT_IN {
            let card = parse("a built-in model card", text)?;
            if !found.iter().any(|m| m.card.name == card.name) {
                let folder = self.models.first().cloned().unwrap_or_default();
                found.push(Model { graph: folder.join(&card.name).join(&card.file), card });
            }
        }
        for model in &mut found {
            self.look_for_graph(model);
        }
        found.sort_by(|a, b| a.card.name.cmp(&b.card.name));
        Ok(found)
    }

    /// A graph may lie in any model folder, whichever holds the card.
    fn look_for_graph(&self, model: &mut Model) {
        let place = |folder: &PathBuf| folder.join(&model.card.name).join(&model.card.file);
        if !model.graph.is_file()
            && let Some(there) = self.models.iter().map(place).find(|p| p.is_file())
        {
            model.graph = there;
        }
    }

    /// The model of this name, or of this graph file.
    ///
    /// # Errors
    /// Unknown name (the known ones are listed), or a file that is no graph Relook can decode.
    pub(crate) fn model(&self, name: &str) -> Result<Model, EngineError> {
        let known = self.known_models()?;
        if let Some(model) = known.iter().find(|m| m.card.name == name) {
            return Ok(model.clone());
        }
        let path = Path::new(name);
        if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("onnx")) || path.is_file() {
            if !path.is_file() {
                return Err(VisionError::ModelMissing { path: path.to_path_buf() }.into());
            }
            self.load_runtime()?;
            return Ok(Model { card: relook_vision::card_for_graph(path)?, graph: path.to_path_buf() });
        }
        let names: Vec<_> = known.iter().map(|m| m.card.name.as_str()).collect();
        Err(EngineError::NotFound(format!(
            "There is no model {name:?}. Known are {}; or name an ONNX file",
            names.join(", ")
        )))
    }

    /// All known models and whether their graphs are there.
    ///
    /// # Errors
    /// A card that cannot be read.
    pub fn models(&self) -> Result<Vec<ModelView>, EngineError> {
        Ok(self.known_models()?.into_iter().map(|m| m.view()).collect())
    }

    /// Fetches graphs by card, sha256 checked; those that are there and right are left alone. The licence of each is
    /// reported as a phase before its first byte. Returns the models with their paths.
    ///
    /// # Errors
    /// Unknown name, no source on the card, the source cannot be reached, or a wrong sha256.
    pub fn fetch_models(&self, names: &[String], task: &Task) -> Result<Vec<ModelView>, EngineError> {
        let waiting = Waiting::new()?;
        let mut fetched = Vec::new();
        for name in names {
            task.checkpoint()?;
            let mut model = self.model(name)?;
            let card = &model.card;
            if relook_vision::verify_sha256(&model.graph, &card.sha256).is_err() {
                let folder = model.graph.parent().unwrap_or(Path::new(".")).to_path_buf();
                std::fs::create_dir_all(&folder).map_err(EngineError::file("Could not make", &folder))?;
                task.phase(format!("Fetching {} ({})", card.name, card.licence), 0, card.bytes);
                let packages = self.cache.join("packages");
                let progress =
                    |done: u64, total: Option<u64>| task.reached(done, total.unwrap_or(card.bytes));
                let fetch = relook_remote::fetch_model(card, &folder, &packages, &progress);
                model.graph = waiting.ask(task, fetch)?;
            }
            fetched.push(model.view());
        }
        Ok(fetched)
    }

    /// Holds each graph that is there against its card: the sha256, and that it loads and fits its head.
    ///
    /// # Errors
    /// Unknown names, or no runtime to load them with.
    pub fn check_models(&self, names: &[String]) -> Result<Vec<(ModelView, Option<String>)>, EngineError> {
        let mut checked = Vec::new();
        for model in self.known_models()? {
            let wanted =
                if names.is_empty() { model.graph.is_file() } else { names.contains(&model.card.name) };
            if !wanted {
                continue;
            }
            self.load_runtime()?;
            let device = relook_vision::Device::Cpu;
            let problem = relook_vision::Detector::load(&model.card, &model.graph, device, 0).err();
            checked.push((model.view(), problem.map(|e| e.to_string())));
        }
        for name in names {
            if !checked.iter().any(|(m, _)| m.name == *name) {
                self.model(name)?;
            }
        }
        Ok(checked)
    }
}

impl Model {
    fn view(&self) -> ModelView {
        let c = &self.card;
        ModelView {
            name: c.name.clone(),
            summary: c.summary.clone(),
            licence: c.licence.clone(),
            author: c.author.clone(),
            head: c.head.word().to_owned(),
            input: format!("{} × {}", c.input.width, c.input.height),
            bytes: c.bytes,
            sha256: c.sha256.clone(),
            present: self.graph.is_file(),
            path: self.graph.display().to_string(),
        }
    }
}

fn parse(place: &str, text: &str) -> Result<ModelCard, EngineError> {
    toml::from_str(text)
        .map_err(|e| EngineError::Invalid(format!("The model card {place} is not understood: {e}")))
}
