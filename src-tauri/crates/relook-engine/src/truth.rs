//! What is really on a project's photos: a COCO `instances.json`, held against the project.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use relook_domain::{Geometry, ImageId, Label, LabelId, Rect, evaluate};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    error::EngineError,
    project::Project,
    view::{ImageFilter, ImageRow, ImageStatus},
};

/// Every `of`-th image, beginning with the `which`-th, from 1: to choose by one part and to measure on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Part {
    pub which: u64,
    pub of: u64,
}

impl Part {
    pub const ALL: Self = Self { which: 1, of: 1 };

    /// `place` counts from 0.
    fn takes(self, place: u64) -> bool {
        place % self.of == self.which - 1
    }

    /// # Errors
    /// There is no such part.
    pub(crate) fn check(self) -> Result<(), EngineError> {
        if self.which == 0 || self.which > self.of {
            return Err(EngineError::Invalid(format!(
                "There is no part {} of {}; they count from 1",
                self.which, self.of
            )));
        }
        Ok(())
    }
}

/// A box as a person should leave it: inside the image, and large enough to be drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrueBox {
    pub rect: Rect,
    pub label: LabelId,
}

/// An image of the project with all that should stand on it.
#[derive(Clone, Debug, PartialEq)]
pub struct TrueImage {
    pub id: ImageId,
    pub path: String,
    pub boxes: Vec<TrueBox>,
    /// All boxes as the file gives them, crowds too.
    pub given: Vec<evaluate::TrueBox>,
}

/// The truth in the project's own terms, and what of it could not be used.
#[derive(Debug, Default)]
pub struct Truth {
    /// In the project's list order.
    pub images: Vec<TrueImage>,
    /// Crowd regions of these images, which are no single box.
    pub crowds: u64,
    /// Boxes of these images that no person could draw: outside the image, or too small.
    pub unusable: u64,
    /// Images of the project that the truth does not know.
    pub unknown: u64,
    /// Images of the truth that the project does not have, or could not read.
    pub absent: u64,
    /// Labels of the project that the truth has a name for, whether or not it has boxes of them.
    pub named: BTreeSet<LabelId>,
}

#[derive(Deserialize)]
struct Instances {
    images: Vec<FileImage>,
    annotations: Vec<FileBox>,
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct FileImage {
    id: i64,
    file_name: String,
    width: Option<u32>,
    height: Option<u32>,
}

#[derive(Deserialize)]
struct FileBox {
    image_id: i64,
    category_id: i64,
    bbox: [f64; 4],
    /// Square pixels of the object itself.
    area: Option<f64>,
    #[serde(default)]
    iscrowd: u8,
}

#[derive(Deserialize)]
struct Category {
    id: i64,
    name: String,
}

/// Every image of a project, in list order.
///
/// # Errors
/// The project cannot be read.
pub fn all_images(project: &Project) -> Result<Vec<ImageRow>, EngineError> {
    let mut rows = Vec::new();
    loop {
        let page = project.images(&ImageFilter::default(), rows.len() as u64, 1000)?;
        if page.rows.is_empty() {
            return Ok(rows);
        }
        rows.extend(page.rows);
    }
}

impl Truth {
    /// [`Truth::read`] of a file.
    pub fn open(path: &Path, rows: &[ImageRow], labels: &[Label], part: Part) -> Result<Self, EngineError> {
        part.check()?;
        let file = File::open(path).map_err(EngineError::file("Could not open the truth", path))?;
        Self::read(BufReader::new(file), &path.display().to_string(), rows, labels, part)
    }

    /// Reads a truth and finds its images among `rows` (by path, else by a file name that is there once) and its
    /// categories among `labels` (by name). Rows must have their sizes; `name` is the file's, for messages; `part` takes
    /// only some of the images.
    pub fn read(
        reader: impl Read,
        name: &str,
        rows: &[ImageRow],
        labels: &[Label],
        part: Part,
    ) -> Result<Self, EngineError> {
        let file: Instances = serde_json::from_reader(reader)
            .map_err(|e| EngineError::Invalid(format!("{name} is not COCO's instances.json: {e}")))?;
        let label_of = labels_of(name, &file, labels)?;
        let mut boxes: HashMap<i64, Vec<&FileBox>> = HashMap::new();
        for b in &file.annotations {
            boxes.entry(b.image_id).or_default().push(b);
        }
        let places = Places::of(&file.images);
        let mut taken: BTreeMap<usize, &str> = BTreeMap::new();
        let names: BTreeSet<&str> = file.categories.iter().map(|c| c.name.as_str()).collect();
        let named = labels.iter().filter(|l| !l.archived && names.contains(l.name.as_str())).map(|l| l.id);
        let mut truth = Self { named: named.collect(), ..Self::default() };
        for row in rows {
            let Some(place) = places.find(&row.path) else {
                truth.unknown += 1;
                continue;
            };
            let image = &file.images[place];
            if let Some(other) = taken.insert(place, &row.path) {
                return Err(EngineError::Invalid(format!(
                    "Both {other} and {} could be {} of {name}; keep one of them in the project",
                    row.path, image.file_name
                )));
            }
            if !part.takes(taken.len() as u64 - 1) {
                continue;
            }
            if row.status == ImageStatus::Problem {
                truth.absent += 1;
                continue;
            }
            let (width, height) = size(row, image, name)?;
            let (mut found, mut given) = (Vec::new(), Vec::new());
            for b in boxes.get(&image.id).into_iter().flatten() {
                let [x, y, w, h] = b.bbox;
                let rect = Rect { x1: x, y1: y, x2: x + w, y2: y + h };
                let (label, crowd) = (label_of[&b.category_id], b.iscrowd != 0);
                given.push(evaluate::TrueBox { rect, label, area: b.area.unwrap_or(w * h), crowd });
                match Geometry::from(rect).sound(width, height) {
                    _ if crowd => truth.crowds += 1,
                    Some(sound) => found.push(TrueBox { rect: sound.rect, label }),
                    None => truth.unusable += 1,
                }
            }
            truth.images.push(TrueImage { id: row.id, path: row.path.clone(), boxes: found, given });
        }
        truth.absent += (file.images.len() - taken.len()) as u64;
        if truth.images.is_empty() {
            return Err(EngineError::Invalid(format!(
                "{name} knows none of the project's images, or none of this part of them"
            )));
        }
        Ok(truth)
    }

    /// All boxes that should stand.
    pub fn boxes(&self) -> u64 {
        self.images.iter().map(|i| i.boxes.len() as u64).sum()
    }
}

/// The labels of the categories in use.
fn labels_of(name: &str, file: &Instances, labels: &[Label]) -> Result<HashMap<i64, LabelId>, EngineError> {
    let used: BTreeSet<i64> = file.annotations.iter().map(|b| b.category_id).collect();
    let mut found = HashMap::new();
    let mut missing = Vec::new();
    for id in used {
        let category = file.categories.iter().find(|c| c.id == id).ok_or_else(|| {
            EngineError::Invalid(format!("{name} has boxes of category {id}, which it does not name"))
        })?;
        match labels.iter().find(|l| l.name == category.name && !l.archived) {
            Some(label) => {
                found.insert(id, label.id);
            }
            None => missing.push(category.name.as_str()),
        }
    }
    if missing.is_empty() {
        Ok(found)
    } else {
        Err(EngineError::Invalid(format!(
            "The project lacks labels of {name}: {}. Add them first",
            missing.join(", ")
        )))
    }
}

/// The upright size, in which both must agree.
fn size(row: &ImageRow, image: &FileImage, name: &str) -> Result<(u32, u32), EngineError> {
    let (Some(width), Some(height)) = (row.width, row.height) else {
        return Err(EngineError::Failed(format!("The size of {} is not known", row.path)));
    };
    let same = |told: Option<u32>, is: u32| told.is_none_or(|t| t == is);
    if same(image.width, width) && same(image.height, height) {
        return Ok((width, height));
    }
    Err(EngineError::Invalid(format!(
        "{} is {width} × {height} pixels, but not so in {name}: its boxes would not fit",
        row.path
    )))
}

/// The truth's images by path and by file name.
struct Places<'a> {
    by_path: HashMap<&'a str, usize>,
    /// `None`: several have it.
    by_name: HashMap<&'a str, Option<usize>>,
}

impl<'a> Places<'a> {
    fn of(images: &'a [FileImage]) -> Self {
        let by_path = images.iter().enumerate().map(|(n, i)| (i.file_name.as_str(), n)).collect();
        let mut by_name = HashMap::new();
        for (n, image) in images.iter().enumerate() {
            by_name.entry(base(&image.file_name)).and_modify(|at| *at = None).or_insert(Some(n));
        }
        Self { by_path, by_name }
    }

    fn find(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied().or_else(|| self.by_name.get(base(path)).copied().flatten())
    }
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use relook_domain::{FolderId, label::colour_for};

    use super::*;

    fn row(id: i64, path: &str) -> ImageRow {
        ImageRow {
            id: ImageId(id),
            folder: FolderId(1),
            path: path.into(),
            width: Some(100),
            height: Some(50),
            status: ImageStatus::Done,
            queued: 0,
            settled: 0,
            decided: 0,
            rejected: 0,
            problem: None,
        }
    }

    fn label(name: &str) -> Label {
        Label {
            id: LabelId(7),
            name: name.into(),
            colour: colour_for(0),
            attributes: Vec::new(),
            shape: None,
            key: String::new(),
            skeleton: None,
            archived: false,
        }
    }

    fn read(rows: &[ImageRow], label_name: &str, part: Part) -> Result<Truth, EngineError> {
        let file = r#"{
            "images": [{"id": 1, "file_name": "a/x.jpg"}, {"id": 2, "file_name": "b/x.jpg"},
                {"id": 3, "file_name": "c/y.jpg", "width": 100, "height": 50},
                {"id": 4, "file_name": "z.jpg", "width": 50, "height": 100}],
            "categories": [{"id": 18, "name": "dog"}, {"id": 19, "name": "horse"}],
            "annotations": [
                {"image_id": 2, "category_id": 18, "bbox": [90, 10, 20, 20]},
                {"image_id": 2, "category_id": 18, "bbox": [200, 10, 20, 20]},
                {"image_id": 2, "category_id": 18, "bbox": [10, 10, 20, 20], "iscrowd": 1},
                {"image_id": 3, "category_id": 18, "bbox": [0, 0, 20, 20]}]
        }"#;
        Truth::read(file.as_bytes(), "truth.json", rows, &[label(label_name)], part)
    }

    #[test]
    fn images_are_known_by_path_else_by_a_file_name_that_is_there_once() {
        let rows = [row(1, "b/x.jpg"), row(2, "x.jpg"), row(3, "y.jpg"), row(4, "new.jpg")];
        let truth = read(&rows, "dog", Part::ALL).unwrap();
        let found: Vec<_> = truth.images.iter().map(|i| (i.id.0, i.boxes.len())).collect();
        assert_eq!(found, [(1, 1), (3, 1)], "two images are called x.jpg");
        assert_eq!((truth.unknown, truth.absent, truth.crowds, truth.unusable), (2, 2, 1, 1));
        let cut = Rect { x1: 90.0, y1: 10.0, x2: 100.0, y2: 30.0 };
        assert_eq!(truth.images[0].boxes, [TrueBox { rect: cut, label: LabelId(7) }], "cut to the image");
        let as_given: Vec<_> = truth.images[0].given.iter().map(|b| (b.rect.x1, b.area, b.crowd)).collect();
        assert_eq!(as_given, [(90.0, 400.0, false), (200.0, 400.0, false), (10.0, 400.0, true)]);
        let second = read(&rows, "dog", Part { which: 2, of: 2 }).unwrap();
        assert_eq!(second.images, truth.images[1..]);
    }

    #[test]
    fn a_truth_that_does_not_fit_is_refused_by_name() {
        let told = |rows: &[ImageRow], label: &str| read(rows, label, Part::ALL).unwrap_err().to_string();
        let other_size = told(&[row(1, "z.jpg")], "dog");
        assert!(other_size.contains("z.jpg is 100 × 50"), "{other_size}");
        let no_label = told(&[row(1, "y.jpg")], "cat");
        assert!(
            no_label.contains("lacks labels") && no_label.ends_with(": dog. Add them first"),
            "{no_label}"
        );
        let twice = told(&[row(1, "y.jpg"), row(2, "old/y.jpg")], "dog");
        assert!(twice.contains("old/y.jpg") && twice.contains("c/y.jpg"), "{twice}");
        assert!(told(&[row(1, "new.jpg")], "dog").contains("none of the project's images"));
        let error = Truth::read(&b"[]"[..], "truth.json", &[], &[], Part::ALL).unwrap_err();
        assert!(error.to_string().contains("truth.json is not COCO's"), "{error}");
    }
}
