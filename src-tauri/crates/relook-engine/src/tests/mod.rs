//! Use cases over real project files in temporary folders.

mod acts;
mod bad;
mod crops;
mod history;
mod import;
mod labels;
mod lint;
mod provenance;
mod thresholds;
mod tracks;

use std::path::PathBuf;

use relook_domain::{
    AnnotationId, Attribute, AttributeKind, Geometry, ImageId, Label, LabelId, Rect, ReviewState, Stage,
    Standing,
    review::{Action, Details},
};
use relook_store::{DraftOutcome, DraftResult, Measured, NewAnnotation, NewImage, NewOpinion, NewRun};
use tempfile::TempDir;

use crate::{
    Code, EngineError, Home, LabelSet, PERSON, Project,
    view::{AnnotationView, BoxFilter, Outcome, QueueOrder},
};

pub(super) const PERSON_LABEL: LabelId = LabelId(1);
pub(super) const HORSE: LabelId = LabelId(2);
pub(super) const COW: LabelId = LabelId(3);

/// A project of drafted images of 640 by 480 pixels; the files themselves are not there.
pub(super) struct World {
    pub(super) dir: TempDir,
    pub(super) project: Project,
    pub(super) images: Vec<ImageId>,
}

impl World {
    pub(super) fn home(dir: &TempDir) -> Home {
        let at = |name: &str| dir.path().join(name);
        Home {
            models: Vec::new(),
            own_models: at("models"),
            runtimes: Vec::new(),
            named_runtime: None,
            own_runtimes: at("runtime"),
            cache: at("cache"),
            config: at("config"),
        }
    }

    /// Each image gets the same horses, side by side, waiting for a person.
    pub(super) fn new(images: usize, boxes: usize) -> Self {
        let dir = TempDir::new().unwrap();
        let labels = LabelSet::Names(["person", "horse", "cow"].map(str::to_owned).to_vec());
        let project = Self::home(&dir).create(&dir.path().join("p.relook"), &labels).unwrap();
        let store = project.store();
        let folder = store.add_folder(dir.path().to_str().unwrap()).unwrap();
        let file = |n| NewImage { path: format!("{n:04}.jpg"), bytes: 9, modified: 9 };
        store.add_images(folder, (0..images).map(file)).unwrap();
        let rows = store.images_without_pass(Stage::Draft, None, None, None, u64::MAX).unwrap();
        let images: Vec<ImageId> = rows.iter().map(|r| r.id).collect();
        let world = Self { dir, project, images };
        world.draft(&world.images, boxes, HORSE);
        world
    }

    pub(super) fn run() -> NewRun {
        NewRun {
            stage: Stage::Draft,
            model: "yolov8n".into(),
            model_digest: "ab".repeat(32),
            device: "CPU".into(),
            runtime: "ONNX Runtime".into(),
            params: r#"{"keep_above":0.05,"drop_below":0.2,"accept_at":0.6}"#.into(),
            started_at: crate::clock::now(),
        }
    }

    pub(super) fn draft(&self, images: &[ImageId], boxes: usize, label: LabelId) {
        let store = self.project.store();
        let run = store.start_run(&Self::run()).unwrap();
        let found = |n: usize| {
            let x = (n % 60) as f64 * 10.0;
            let rect = Rect { x1: x, y1: 10.0, x2: x + 8.0, y2: 60.0 };
            let opinion = NewOpinion { label, score: 0.4, rect, alternatives: vec![(label, 0.4)] };
            NewAnnotation {
                label,
                rect,
                score: 0.4,
                standing: Standing::Doubtful,
                verdict: None,
                disagreement: false,
                doubt: 0.8 - n as f64 / 1000.0,
                opinion,
            }
        };
        let result = |image: &ImageId| {
            let measured = Measured { width: 640, height: 480, digest: None };
            let boxes = (0..boxes).map(found).collect();
            DraftResult { image: *image, outcome: DraftOutcome::Done { measured, boxes } }
        };
        store.save_draft(run, &images.iter().map(result).collect::<Vec<_>>()).unwrap();
    }

    pub(super) fn path(&self) -> PathBuf {
        self.project.path().into()
    }

    /// The same file opened once more, as by another window.
    pub(super) fn other(&self) -> Project {
        Self::home(&self.dir).open(&self.path()).unwrap()
    }

    pub(super) fn boxes(&self, image: usize) -> Vec<AnnotationView> {
        self.project.image(self.images[image]).unwrap().annotations
    }

    pub(super) fn all(&self) -> Vec<AnnotationView> {
        (0..self.images.len()).flat_map(|n| self.boxes(n)).collect()
    }

    pub(super) fn find(&self, id: AnnotationId) -> AnnotationView {
        self.all().into_iter().find(|a| a.id == id).unwrap()
    }

    pub(super) fn act(&self, action: &Action) -> Result<Outcome, EngineError> {
        self.project.act(action, PERSON)
    }

    pub(super) fn draw(
        &self,
        label: LabelId,
        geometry: impl Into<Geometry>,
    ) -> Result<AnnotationView, EngineError> {
        let known: Vec<_> = self.boxes(0).iter().map(|a| a.id).collect();
        self.act(&draw(self.images[0], label, geometry))?;
        Ok(self.boxes(0).into_iter().find(|a| !known.contains(&a.id)).unwrap())
    }

    pub(super) fn label(&self, id: LabelId) -> Label {
        self.project.store().labels().unwrap().into_iter().find(|l| l.id == id).unwrap()
    }

    pub(super) fn waiting(&self) -> u64 {
        self.project.boxes(&BoxFilter::waiting(), QueueOrder::MostDoubtful, 0, 1).unwrap().total
    }
}

pub(super) fn rect(x1: f64, y1: f64, x2: f64, y2: f64) -> Rect {
    Rect { x1, y1, x2, y2 }
}

pub(super) fn draw(image: ImageId, label: LabelId, geometry: impl Into<Geometry>) -> Action {
    Action::Draw { image, label, geometry: geometry.into(), details: Details::default() }
}

pub(super) fn accept(a: &AnnotationView) -> Action {
    Action::Accept { id: a.id, revision: a.revision }
}

pub(super) fn describe(a: &AnnotationView, values: &[(&str, &str)]) -> Action {
    let attributes = values.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let details = Details { attributes: Some(attributes), ..Details::default() };
    Action::Describe { id: a.id, revision: a.revision, details }
}

pub(super) fn coat(values: &[&str]) -> Attribute {
    Attribute {
        name: "coat".into(),
        kind: AttributeKind::Select,
        mutable: false,
        default: values[0].into(),
        values: values.iter().map(|v| (*v).to_owned()).collect(),
    }
}

/// Without what only ever grows.
pub(super) fn still(mut boxes: Vec<AnnotationView>) -> Vec<AnnotationView> {
    boxes.iter_mut().for_each(|a| a.revision = 0);
    boxes
}

#[track_caller]
pub(super) fn refused<T: std::fmt::Debug>(done: Result<T, EngineError>, code: Code, part: &str) {
    let error = done.unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains(part), "{error}");
}

pub(super) fn state_of(world: &World, id: AnnotationId) -> ReviewState {
    world.find(id).state
}
