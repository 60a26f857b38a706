//! Tests over real files in temporary folders.

mod bulk;
mod cvat;
mod images;
mod jobs;
mod killed;
mod labels;
mod model;
mod opening;
mod queue;
mod scale;
mod sharing;
mod tracks;

use std::path::PathBuf;

use relook_domain::{
    Annotation, AnnotationId, FolderId, Geometry, ImageId, Label, LabelId, Opinion, Point, Rect, ReviewState,
    RunId, Shape, Stage, Standing, StepId, Verdict,
    doubt::{Thresholds, doubt},
    review::{Action, Details, Scene, apply},
};
use tempfile::TempDir;

use crate::{
    AnnotationUpdate, Counts, DraftOutcome, DraftResult, LookOutcome, LookResult, Measured, NewAnnotation,
    NewImage, NewOpinion, NewProject, NewRun, Store, StoreError, codes::unsigned, connection::Durability,
};

/// Numbers that look random and are the same every time.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// 0..n
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    /// 0..1
    pub(super) fn unit(&mut self) -> f64 {
        self.below(1 << 40) as f64 / (1_u64 << 40) as f64
    }
}

pub(super) fn label(name: &str) -> Label {
    Label {
        id: LabelId(0),
        name: name.into(),
        colour: "#aabbcc".into(),
        attributes: Vec::new(),
        shape: None,
        key: String::new(),
        skeleton: None,
        archived: false,
    }
}

pub(super) fn new_project() -> NewProject {
    NewProject {
        labels: vec![label("person"), label("horse"), label("traffic light")],
        settings: r#"{"accept_at":0.6}"#.into(),
        created_at: 1_700_000_000,
    }
}

pub(super) const PERSON: LabelId = LabelId(1);
pub(super) const HORSE: LabelId = LabelId(2);

/// A project with one folder of images `000000.jpg`, ….
pub(super) struct Project {
    pub(super) dir: TempDir,
    pub(super) store: Store,
    pub(super) folder: FolderId,
    pub(super) images: Vec<ImageId>,
}

impl Project {
    pub(super) fn new(images: usize) -> Self {
        let dir = TempDir::new().unwrap();
        let store = Store::create(&dir.path().join("p.relook"), &new_project()).unwrap();
        let folder = store.add_folder("/photos").unwrap();
        store.add_images(folder, (0..images).map(file)).unwrap();
        let images = store
            .images_without_pass(Stage::Draft, None, None, None, u64::MAX)
            .unwrap()
            .iter()
            .map(|i| i.id)
            .collect();
        Self { dir, store, folder, images }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.store.path().into()
    }

    /// Drafts every image with `boxes` boxes.
    pub(super) fn drafted(images: usize, boxes: usize) -> Self {
        let project = Self::new(images);
        let run = project.store.start_run(&new_run(Stage::Draft)).unwrap();
        let mut dice = Dice::new(7);
        let results: Vec<_> = project.images.iter().map(|i| draft_of(*i, boxes, &mut dice)).collect();
        project.store.save_draft(run, &results).unwrap();
        project
    }

    pub(super) fn boxes(&self, image: ImageId) -> Vec<Annotation> {
        self.store.annotations_of(image).unwrap().into_iter().map(|(a, _)| a).collect()
    }

    pub(super) fn act(&self, action: &Action) -> Result<Option<StepId>, StoreError> {
        act(&self.store, action)
    }
}

pub(super) fn file(n: usize) -> NewImage {
    NewImage { path: format!("{n:06}.jpg"), bytes: 1000 + n as u64, modified: 5 }
}

pub(super) fn new_run(stage: Stage) -> NewRun {
    NewRun {
        stage,
        model: "yolov8n".into(),
        model_digest: "ab".repeat(32),
        device: "CPU".into(),
        runtime: "ONNX Runtime 1.31.1".into(),
        params: r#"{"keep_above":0.05}"#.into(),
        started_at: 1_700_000_100,
    }
}

pub(super) fn rect(dice: &mut Dice) -> Rect {
    let (x, y) = (dice.unit() * 500.0, dice.unit() * 400.0);
    Rect { x1: x, y1: y, x2: x + 2.0 + dice.unit() * 90.0, y2: y + 2.0 + dice.unit() * 70.0 }
}

pub(super) fn new_box(dice: &mut Dice) -> NewAnnotation {
    let score = dice.unit();
    let (rect, label) = (rect(dice), LabelId(1 + dice.below(3) as i64));
    NewAnnotation {
        label,
        rect,
        score,
        standing: Thresholds::default().standing(score),
        verdict: None,
        disagreement: false,
        doubt: doubt(score, None, false),
        opinion: NewOpinion { label, score, rect, alternatives: vec![(label, score), (PERSON, score / 3.0)] },
    }
}

pub(super) fn draft_of(image: ImageId, boxes: usize, dice: &mut Dice) -> DraftResult {
    let measured = Measured { width: 640, height: 480, digest: Some(format!("{:064x}", image.0)) };
    let boxes = (0..boxes).map(|_| new_box(dice)).collect();
    DraftResult { image, outcome: DraftOutcome::Done { measured, boxes } }
}

/// What a second look that moves everything by a pixel makes of these boxes.
pub(super) fn look_of(image: ImageId, boxes: &[Annotation], dice: &mut Dice) -> LookResult {
    let updates = boxes.iter().map(|a| update_of(a, dice)).collect();
    LookResult { image, outcome: LookOutcome::Done { updates, added: vec![new_box(dice)] } }
}

pub(super) fn update_of(a: &Annotation, dice: &mut Dice) -> AnnotationUpdate {
    let rect = Rect { x1: a.rect.x1 + 1.0, ..a.rect };
    let score = dice.unit();
    let disagreement = dice.below(4) == 0;
    AnnotationUpdate {
        id: a.id,
        revision: a.revision,
        label: a.label,
        rect,
        score: Some(score),
        standing: Thresholds::default().standing(score),
        verdict: Some(Verdict::Moved),
        disagreement,
        doubt: doubt(score, Some(Verdict::Moved), disagreement),
        opinion: Some(NewOpinion { label: a.label, score, rect, alternatives: Vec::new() }),
    }
}

/// The way of one key: scene, rules, record. Refusals of the rules count as "nothing to do".
pub(super) fn act(store: &Store, action: &Action) -> Result<Option<StepId>, StoreError> {
    store.review(|tx| {
        let image = match action {
            Action::Accept { id, .. }
            | Action::Reject { id, .. }
            | Action::Reopen { id, .. }
            | Action::Relabel { id, .. }
            | Action::Reshape { id, .. }
            | Action::Describe { id, .. }
            | Action::SetKeyframe { id, .. }
            | Action::EndTrack { id, .. } => tx.image_of(*id)?,
            Action::Draw { image, .. }
            | Action::AcceptRest { image }
            | Action::ConfirmEmpty { image }
            | Action::UnconfirmEmpty { image } => Some(*image),
        };
        let Some((row, annotations)) = image.map(|i| tx.scene(i)).transpose()?.flatten() else {
            return Ok(None);
        };
        let (width, height) = row.size.unwrap_or((640, 480));
        let scene = Scene {
            image: row.id,
            width,
            height,
            confirmed_empty: row.confirmed_empty,
            annotations: &annotations,
        };
        let new_id = tx.next_annotation_id()?;
        match apply(action, &scene, new_id) {
            Ok(changes) if !changes.is_empty() => tx.record("Something", "person", 1, &changes).map(Some),
            _ => Ok(None),
        }
    })
}

pub(super) fn draw(image: ImageId, label: LabelId, geometry: impl Into<Geometry>) -> Action {
    Action::Draw { image, label, geometry: geometry.into(), details: Details::default() }
}

/// A shape of any kind that can be told by points.
pub(super) fn geometry(dice: &mut Dice) -> Geometry {
    let rect = rect(dice);
    let corners = [(rect.x1, rect.y1), (rect.x2, rect.y1), (rect.x2, rect.y2)];
    let points = corners.map(|(x, y)| Point { x, y }).to_vec();
    let shape = match dice.below(5) {
        0 => Shape::Polygon { points },
        1 => Shape::Polyline { points },
        2 => Shape::Points { points },
        3 => Shape::Ellipse,
        _ => Shape::Box,
    };
    Geometry { rect, rotation: if shape == Shape::Ellipse { 30.0 } else { 0.0 }, shape }
}

pub(super) fn accept(a: &Annotation) -> Action {
    Action::Accept { id: a.id, revision: a.revision }
}

/// Everything of the project that undo and redo must bring back. Revisions only ever grow and are left out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Picture(Vec<(ImageId, bool, Boxes)>);

type Boxes = Vec<(Annotation, Vec<Opinion>)>;

pub(super) fn picture(store: &Store) -> Picture {
    let mut images = Vec::new();
    store
        .for_each_image_in_order(|row, _| {
            images.push((row.id, row.confirmed_empty));
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let boxes = |id| {
        let mut boxes = store.annotations_of(id).unwrap();
        boxes.iter_mut().for_each(|(a, _)| a.revision = 0);
        boxes
    };
    Picture(images.into_iter().map(|(id, empty)| (id, empty, boxes(id))).collect())
}

/// A number straight from the file.
pub(super) fn number(store: &Store, sql: &str) -> u64 {
    store.read(|tx| unsigned(tx.query_row(sql, [], |row| row.get(0))?)).unwrap()
}

/// Changes the file behind the store's back.
pub(super) fn meddle(store: &Store, sql: &str) {
    store.write(Durability::Program, |tx| Ok(tx.execute_batch(sql)?)).unwrap();
}

/// Integrity of the file and right counts.
pub(super) fn assert_sound(store: &Store) {
    let check: String =
        store.read(|tx| Ok(tx.query_row("PRAGMA integrity_check", [], |row| row.get(0))?)).unwrap();
    assert_eq!(check, "ok");
    assert_eq!(number(store, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_counted(store);
}

/// Every running total equals a recount.
pub(super) fn assert_counted(store: &Store) {
    let boxes =
        |condition: &str| number(store, &format!("SELECT count(*) FROM annotation WHERE {condition}"));
    let images = |condition: &str| number(store, &format!("SELECT count(*) FROM image WHERE {condition}"));
    let recount = Counts {
        images: images("1"),
        drafted: images("draft = 1"),
        looked: images("look IN (1, 2)"),
        looked_at: images("look = 1"),
        problems: images("problem IS NOT NULL"),
        confirmed_empty: images("confirmed_empty AND problem IS NULL"),
        queued: boxes("state = 0 AND standing = 0"),
        disagreements: boxes("state = 0 AND standing = 0 AND disagreement"),
        settled: boxes("state = 0 AND standing = 1"),
        accepted: boxes("state = 1"),
        fixed: boxes("state = 2"),
        rejected: boxes("state = 3"),
        withdrawn: boxes("state = 0 AND standing = 2"),
    };
    assert_eq!(store.counts().unwrap(), recount);
    let by_label: u64 = store.queued_by_label().unwrap().iter().map(|(_, n)| n).sum();
    assert_eq!(by_label, recount.queued);
    let off = number(
        store,
        "SELECT count(*) FROM image AS i WHERE (queued, settled, decided, rejected) <> (
             SELECT count(*) FILTER (WHERE state = 0 AND standing = 0),
                    count(*) FILTER (WHERE state = 0 AND standing = 1),
                    count(*) FILTER (WHERE state IN (1, 2)),
                    count(*) FILTER (WHERE state = 3)
             FROM annotation WHERE image_id = i.id)",
    );
    assert_eq!(off, 0, "images whose counters are off");
    for folder in store.folders().unwrap() {
        let there = images(&format!("folder_id = {}", folder.id.0));
        assert_eq!(folder.images, there);
    }
}

pub(super) fn no_longer_pending(a: &Annotation) -> bool {
    a.state != ReviewState::Pending
}

pub(super) fn doubtful(a: &Annotation) -> bool {
    a.standing == Standing::Doubtful
}

pub(super) fn run(store: &Store, stage: Stage) -> RunId {
    store.start_run(&new_run(stage)).unwrap()
}

pub(super) fn find(store: &Store, id: AnnotationId) -> Annotation {
    store.annotation(id).unwrap().unwrap().0
}
