//! Import: what other programs labelled, taken into the project image by image, as one step that can be undone.

pub(crate) mod compare;
mod files;
mod merge;
mod places;
mod take;

use std::{
    collections::HashSet,
    io::BufReader,
    path::{Path, PathBuf},
    rc::Rc,
};

use relook_domain::{Annotation, ImageId, Label, StepId, TrackId, Tracked, review::Change};
use relook_formats::{Format, Item, Limits, ReadImage, detect, read};
use relook_store::{ImportMark, ReviewTx};
use relook_vision::decode;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use self::merge::Merge;
use self::{
    merge::{Merged, merge},
    places::{Found, Places},
    take::{LeftOut, Taker},
};
use crate::{clock, error::EngineError, export::names::Names, project::Project, task::Task};

/// So many names are given as examples.
const EXAMPLES: usize = 5;
/// So many findings are listed one by one.
const FINDINGS_LISTED: usize = 100;
/// Images asked for at once.
const PAGE: u64 = 10_000;

/// What to import, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportOptions {
    /// A file, a zip, or a folder of files.
    pub path: PathBuf,
    /// `cvat`, `coco`, `yolo`, `voc`; `None`: told from the files.
    pub format: Option<String>,
    pub merge: Merge,
    /// Whether labels that the project lacks are made.
    pub create_labels: bool,
}

/// What an import would do or did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportReport {
    /// `cvat`, `coco`, `yolo`, `voc`.
    pub format: String,
    /// Images and shapes in the file.
    pub images: u64,
    pub shapes: u64,
    /// Of its images: those that the project has.
    pub matched: u64,
    /// Images that the project does not have, or of which it has several that could be meant, with examples.
    pub unknown_images: u64,
    pub unknown_such_as: Vec<String>,
    pub added: u64,
    /// Shapes that were there already.
    pub there: u64,
    /// Shapes left out because mine is in their place.
    pub kept_out: u64,
    /// Shapes of the project that go.
    pub removed: u64,
    /// Labels that the project lacks, with how many of the file's shapes have them; made where that was asked for.
    pub unknown_labels: Vec<(String, u64)>,
    /// What cannot be taken, and how often.
    pub left_out: Vec<(String, u64)>,
    /// What is odd about the file, each naming its image.
    pub findings: Vec<String>,
    /// Images that were done before, by the same import when it was cut off.
    pub resumed: u64,
    /// The step that undo takes back; `None` where nothing changed.
    pub step: Option<StepId>,
}

/// A reading of the file: what it is and what it has been found to hold.
struct Reading<'a> {
    project: &'a Project,
    options: &'a ImportOptions,
    task: &'a Task,
    places: Rc<Places>,
    format: Format,
    taker: Taker,
    left_out: LeftOut,
    seen: HashSet<ImageId>,
    report: ImportReport,
}

/// An image of the project with what comes in on it.
struct Arrival {
    image: ImageId,
    shapes: Vec<Annotation>,
    /// Another image of the file came to it before.
    again: bool,
}

impl Project {
    /// Says what [`Project::import`] would do; writes nothing.
    ///
    /// # Errors
    /// The file cannot be read or is of no format that can, or cancelled.
    pub fn import_preview(&self, options: &ImportOptions, task: &Task) -> Result<ImportReport, EngineError> {
        Ok(self.survey(options, task)?.report())
    }

    /// Takes the shapes of a file into the project, one image at a time. Cut off at any moment, the same import goes on
    /// where it was when it is asked for again. `actor` is written into the history.
    ///
    /// # Errors
    /// As [`Project::import_preview`]; none of the file's images is in the project, it has labels that the project lacks
    /// and none are to be made, or another program runs a job on the project. Nothing is changed by these.
    pub fn import(
        &self,
        options: &ImportOptions,
        actor: &str,
        task: &Task,
    ) -> Result<ImportReport, EngineError> {
        let _lock = self.store().lock_jobs("relook import")?;
        let survey = self.survey(options, task)?;
        survey.check()?;
        let file = options.path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let mut work = Work {
            title: format!("Imported {file}"),
            actor,
            key: format!(
                "{} {} {:?} {}",
                files::digest(&options.path)?,
                survey.format.word(),
                options.merge,
                options.create_labels
            ),
            step: None,
            done: 0,
            tracks: self.store().last_track()?,
        };
        if let Some(mark) = self.store().import_mark(&work.key)? {
            (work.step, work.done, work.tracks) = (Some(mark.step), mark.done, mark.tracks);
        }
        let images = survey.report.images;
        let (unknown, new) = (survey.taker.unknown.clone(), survey.taker.new_labels().to_vec());
        let mut reading = self.reading(options, Rc::clone(&survey.places), survey.format, task)?;
        if !new.is_empty() {
            self.store().import(|tx| work.add_labels(tx, &new))?;
            reading = self.reading(options, Rc::clone(&survey.places), survey.format, task)?;
        }
        task.phase(format!("Importing {file}"), 0, images);
        let before = work.done;
        reading.each(|reading, number, arrival| {
            if number <= before {
                reading.report.resumed += 1;
                return Ok(());
            }
            let Some(arrival) = arrival else { return Ok(()) };
            // What the image measures is asked for by whoever shows or writes the shapes.
            self.measure(arrival.image)?;
            work.done = number;
            let merged = self.store().import(|tx| work.unit(tx, &arrival, reading.how(&arrival)))?;
            reading.count(&merged);
            Ok(())
        })?;
        self.store().end_import()?;
        reading.taker.unknown = unknown;
        let mut report = reading.report();
        report.step = work.step;
        Ok(report)
    }

    /// Reads a file of CVAT XML (or a zip with one) and hands over each of its images that the project has, with its
    /// shapes; labels that the project lacks and their shapes are told in the report.
    ///
    /// # Errors
    /// As [`Project::import_preview`], or what `each` returned.
    pub(crate) fn incoming(
        &self,
        path: &Path,
        task: &Task,
        mut each: impl FnMut(ImageId, Vec<Annotation>) -> Result<(), EngineError>,
    ) -> Result<ImportReport, EngineError> {
        let options = ImportOptions { path: path.to_path_buf(), ..ImportOptions::default() };
        let places = Rc::new(self.places(task)?);
        let mut reading = self.reading(&options, places, Format::Cvat, task)?;
        reading.each(|_, _, arrival| match arrival {
            Some(arrival) => each(arrival.image, arrival.shapes),
            None => Ok(()),
        })?;
        Ok(reading.report())
    }

    fn survey<'a>(&'a self, options: &'a ImportOptions, task: &'a Task) -> Result<Reading<'a>, EngineError> {
        let places = Rc::new(self.places(task)?);
        let format = match &options.format {
            Some(word) => Format::from_word(word).ok_or_else(|| {
                let known: Vec<_> = Format::ALL.iter().map(|f| f.word()).collect();
                EngineError::Invalid(format!("There is no format {word:?}; known are {}", known.join(", ")))
            })?,
            None => {
                detect(&mut *self.files(options, &places)?).map_err(|e| named(e.into(), &options.path))?
            }
        };
        let mut survey = self.reading(options, places, format, task)?;
        task.phase("Reading the file", 0, 0);
        survey.each(|reading, _, arrival| {
            let Some(arrival) = arrival else { return Ok(()) };
            let row = self.image_row(arrival.image)?;
            let present: Vec<Annotation> =
                self.store().annotations_of(arrival.image)?.into_iter().map(|(a, _)| a).collect();
            let how = reading.how(&arrival);
            reading.count(&merge(how, &present, &arrival.shapes, row.confirmed_empty));
            Ok(())
        })?;
        Ok(survey)
    }

    fn reading<'a>(
        &'a self,
        options: &'a ImportOptions,
        places: Rc<Places>,
        format: Format,
        task: &'a Task,
    ) -> Result<Reading<'a>, EngineError> {
        let thresholds = self.settings()?.thresholds()?;
        Ok(Reading {
            project: self,
            options,
            task,
            places,
            format,
            taker: Taker::new(self.store().labels()?, thresholds, options.create_labels),
            left_out: LeftOut::new(),
            seen: HashSet::new(),
            report: ImportReport { format: format.word().to_owned(), ..ImportReport::default() },
        })
    }

    fn places(&self, task: &Task) -> Result<Places, EngineError> {
        Ok(Places::new(self.named_images(task)?))
    }

    /// All images with their names outside and their paths in their folders.
    pub(crate) fn named_images(&self, task: &Task) -> Result<Vec<(ImageId, String, String)>, EngineError> {
        let folders = self.store().folders()?.into_iter().map(|f| (f.id, PathBuf::from(f.path))).collect();
        let names = Names::new(&folders);
        let mut images = Vec::new();
        loop {
            task.checkpoint()?;
            let page = self.store().images_page(&Default::default(), images.len() as u64, PAGE)?;
            if page.rows.is_empty() {
                return Ok(images);
            }
            images.extend(page.rows.into_iter().map(|row| (row.id, names.of(&row), row.path)));
        }
    }

    fn files(
        &self,
        options: &ImportOptions,
        places: &Rc<Places>,
    ) -> Result<Box<dyn relook_formats::Files>, EngineError> {
        let (project, known, listed) = (self.clone(), Rc::clone(places), Rc::clone(places));
        let size = move |name: &str| match known.find(name) {
            Found::One(id) => project.size_of(id),
            Found::Several | Found::None => None,
        };
        let files = files::open(&options.path, Box::new(size))?;
        Ok(Box::new(files::InSequence { files, name: move |number| listed.at(number) }))
    }

    /// Upright pixels of an image; from the head of the file where no pass has read it yet.
    fn size_of(&self, id: ImageId) -> Option<(u32, u32)> {
        let row = self.image_row(id).ok()?;
        row.size.or_else(|| {
            let file = std::fs::File::open(self.file_of(&row).ok()?).ok()?;
            decode::probe(BufReader::new(file)).ok().map(|info| (info.width, info.height))
        })
    }
}

impl Reading<'_> {
    /// Reads the file and hands over each of its images with its number, from 1; without shapes where it has no place in
    /// the project.
    fn each(
        &mut self,
        mut arrive: impl FnMut(&mut Self, u64, Option<Arrival>) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let mut files = self.project.files(self.options, &self.places)?;
        let format = self.format;
        let done = read(format, &mut *files, &Limits::default(), &mut |item| {
            match item {
                Item::Labels(labels) => self.taker.describe(labels, &mut self.left_out),
                Item::Finding(f) => {
                    let image = if f.image.is_empty() { String::new() } else { format!("{}: ", f.image) };
                    self.finding(format!("{image}{}. {}", f.message, f.consequence));
                }
                Item::Image(image) => {
                    self.task.checkpoint()?;
                    self.task.advance(1);
                    self.report.images += 1;
                    let arrival = self.arrival(&image);
                    arrive(self, self.report.images, arrival)?;
                }
            }
            Ok::<_, EngineError>(())
        });
        done.map_err(|e| named(e, &self.options.path))
    }

    fn arrival(&mut self, read: &ReadImage) -> Option<Arrival> {
        self.report.shapes += read.shapes.len() as u64;
        let image = match self.places.find(&read.name) {
            Found::One(image) => image,
            found => {
                self.report.unknown_images += 1;
                if self.report.unknown_such_as.len() < EXAMPLES {
                    let several = if found == Found::Several { " (several could be meant)" } else { "" };
                    self.report.unknown_such_as.push(format!("{}{several}", read.name));
                }
                return None;
            }
        };
        let Some(size) = self.project.size_of(image) else {
            self.finding(format!("{}: The photo cannot be read. Its shapes are left out", read.name));
            return None;
        };
        if let (Some(width), Some(height)) = (read.width, read.height)
            && (width, height) != size
        {
            self.finding(format!(
                "{}: The file says {width} by {height} pixels, the photo is {} by {}. Its shapes would be in the wrong \
                 place and are left out",
                read.name, size.0, size.1
            ));
            return None;
        }
        self.report.matched += 1;
        let mut take = |shape| self.taker.take(image, size, shape, &mut self.left_out);
        let shapes = read.shapes.iter().filter_map(&mut take).collect();
        Some(Arrival { image, shapes, again: !self.seen.insert(image) })
    }

    /// How an arrival is merged: what the same file brought before it is not replaced.
    fn how(&self, arrival: &Arrival) -> Merge {
        match self.options.merge {
            Merge::Replace if arrival.again => Merge::Add,
            how => how,
        }
    }

    fn count(&mut self, merged: &Merged) {
        self.report.added += merged.add.len() as u64;
        self.report.removed += merged.remove.len() as u64;
        self.report.there += merged.there;
        self.report.kept_out += merged.kept_out;
    }

    fn finding(&mut self, text: String) {
        match self.report.findings.len() {
            n if n < FINDINGS_LISTED => self.report.findings.push(text),
            FINDINGS_LISTED => self.report.findings.push("There are more like these".into()),
            _ => {}
        }
    }

    fn report(self) -> ImportReport {
        ImportReport {
            unknown_labels: self.taker.unknown.into_iter().collect(),
            left_out: self.left_out.into_iter().collect(),
            ..self.report
        }
    }

    /// That there is something to do and nothing to ask before.
    fn check(&self) -> Result<(), EngineError> {
        let path = shown(&self.options.path);
        if self.report.images > 0 && self.report.matched == 0 {
            let why = match self.report.unknown_such_as.first() {
                Some(name) => format!(
                    "None of the {} images of {path} is in the project, such as {name}. Add the folder that they lie in, or \
                     compare their names with those of \"relook status\"",
                    self.report.images
                ),
                None => format!("None of the images of {path} fits: {}", self.report.findings.join("; ")),
            };
            return Err(EngineError::Invalid(why));
        }
        let lacking: Vec<String> =
            self.taker.unknown.iter().filter(|(_, n)| **n > 0).map(|(l, n)| format!("{l} ({n})")).collect();
        if self.options.create_labels || lacking.is_empty() {
            return Ok(());
        }
        Err(EngineError::Invalid(format!(
            "{path} has shapes of labels that the project lacks: {}. --create-labels makes them; else rename or add them in \
             the label editor first",
            lacking.join(", ")
        )))
    }
}

/// What a reader says, with the file that it says it of.
fn named(error: EngineError, path: &Path) -> EngineError {
    match error {
        EngineError::Format(e) => EngineError::Failed(format!("{}: {e}", path.display())),
        other => other,
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// What is written, and how far it got.
struct Work<'a> {
    title: String,
    actor: &'a str,
    key: String,
    step: Option<StepId>,
    /// Images of the file that are done.
    done: u64,
    /// The last track of the project's own.
    tracks: TrackId,
}

impl Work<'_> {
    fn add_labels(&mut self, tx: &mut ReviewTx<'_>, new: &[Label]) -> Result<(), EngineError> {
        let first = tx.next_label_id()?;
        let label = |(n, label): (usize, &Label)| {
            let id = relook_domain::LabelId(first.0 + n as i64);
            Change::Label { before: None, after: Some(Box::new(Label { id, ..label.clone() })) }
        };
        let changes: Vec<Change> = new.iter().enumerate().map(label).collect();
        self.write(tx, &changes)
    }

    /// Writes one image and the mark that it is done.
    fn unit(&mut self, tx: &mut ReviewTx<'_>, arrival: &Arrival, how: Merge) -> Result<Merged, EngineError> {
        let (row, present) = tx.scene(arrival.image)?.ok_or_else(|| {
            EngineError::NotFound(format!("There is no image {} in this project", arrival.image))
        })?;
        let merged = merge(how, &present, &arrival.shapes, row.confirmed_empty);
        let mut changes: Vec<Change> = Vec::new();
        for at in &merged.remove {
            changes.push(Change::Delete { annotation: Box::new(present[*at].clone()) });
        }
        if row.confirmed_empty && !merged.add.is_empty() {
            changes.push(Change::Empty { image: row.id, before: true, after: false });
        }
        // The file's groups are not mine, though both count from 1.
        let groups = match how {
            Merge::Replace => 0,
            Merge::Add | Merge::KeepMine => present.iter().map(|a| a.group).max().unwrap_or_default(),
        };
        for at in &merged.add {
            let id = tx.next_annotation_id()?;
            let coming = arrival.shapes[*at].clone();
            let group = if coming.group == 0 { 0 } else { coming.group.saturating_add(groups) };
            let of = |t: Tracked| Tracked { id: TrackId(t.id.0.saturating_add(self.tracks.0)), ..t };
            let annotation = Annotation { id, group, track: coming.track.map(of), ..coming };
            changes.push(Change::Create { annotation: Box::new(annotation) });
        }
        if !changes.is_empty() {
            self.write(tx, &changes)?;
        }
        Ok(merged)
    }

    fn write(&mut self, tx: &mut ReviewTx<'_>, changes: &[Change]) -> Result<(), EngineError> {
        let step = tx.record_part(&self.title, self.actor, clock::now(), self.step, changes)?;
        tx.mark_import(&ImportMark { key: self.key.clone(), done: self.done, step, tracks: self.tracks })?;
        self.step = Some(step);
        Ok(())
    }
}
