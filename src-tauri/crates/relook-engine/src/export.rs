//! Export: one snapshot of the project through a format writer into a temporary file that takes its place at the end.

pub(crate) mod names;
pub(crate) mod sending;
mod target;
mod video;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    io::{BufReader, Write},
    path::{Path, PathBuf},
};

use relook_domain::{
    Annotation, FolderId, ImageId, Label, LabelId, ReviewState, ShapeKind, Standing,
    attributes::with_defaults,
    export::{ExportImage, ExportShape},
    provenance::{Provenance, declared},
};
use relook_formats::{Cause, Fate, Finding, FormatError, Kinds, Warning, coco, cvat_xml, voc, yolo};
use relook_store::{ImageRow, Snapshot};
use relook_vision::decode;

use self::{
    names::Names,
    target::{FileTarget, FolderTarget, ZipTarget},
};
use crate::{
    error::EngineError,
    lint::{LintFinding, LintReport, Linter, Mendable, Severity},
    project::Project,
    task::Task,
    view::{ExportFormat, ExportRequest, ExportSummary, Include},
};

/// So many findings are listed one by one.
const FINDINGS_LISTED: usize = 100;

/// Where an export goes if nothing else is said: beside the project.
#[must_use]
pub fn default_out(project: &Path, format: ExportFormat, with_images: bool) -> PathBuf {
    let name = crate::recent::name_of(project);
    let file = match format {
        ExportFormat::CvatImages if with_images => format!("{name}-cvat.zip"),
        ExportFormat::CvatImages => format!("{name}-annotations.xml"),
        ExportFormat::CvatVideo => format!("{name}-tracks.xml"),
        ExportFormat::Coco => format!("{name}-coco.json"),
        ExportFormat::CocoResults => format!("{name}-results.json"),
        ExportFormat::Yolo => format!("{name}-yolo"),
        ExportFormat::YoloSegment => format!("{name}-yolo-segment"),
        ExportFormat::Voc => format!("{name}-voc"),
    };
    project.parent().unwrap_or(Path::new(".")).join(file)
}

impl Project {
    /// Counts what an export would write and what its receiver would trip over; writes nothing.
    ///
    /// # Errors
    /// The project cannot be read.
    pub fn export_preview(&self, request: &ExportRequest, task: &Task) -> Result<ExportSummary, EngineError> {
        self.store().snapshot(|snapshot| Ok(Plan::make(self, snapshot, request, None, task)?.summary))
    }

    /// Writes the project. The target appears whole or not at all.
    ///
    /// # Errors
    /// The target cannot be written, a name cannot be held by the format, cancelled; a file that was there before
    /// stays as it was.
    pub fn export(&self, request: &ExportRequest, task: &Task) -> Result<ExportSummary, EngineError> {
        self.write_out(request, false, task)
    }

    /// As [`Project::export`], and refused where CVAT would refuse the file or put shapes where they do not belong.
    ///
    /// # Errors
    /// [`EngineError::Lint`] tells the first of what it would trip over; else as [`Project::export`].
    pub fn export_sound(&self, request: &ExportRequest, task: &Task) -> Result<ExportSummary, EngineError> {
        self.write_out(request, true, task)
    }

    fn write_out(
        &self,
        request: &ExportRequest,
        sound: bool,
        task: &Task,
    ) -> Result<ExportSummary, EngineError> {
        if request.provenance && request.format != ExportFormat::CvatImages {
            return Err(EngineError::Invalid(
                "Only CVAT's labels have attributes for scores, origins and verdicts; leave the provenance out".into(),
            ));
        }
        let request = ExportRequest { out: absolute(&request.out)?, ..request.clone() };
        self.store().snapshot(|snapshot| {
            let mut plan = Plan::make(self, snapshot, &request, None, task)?;
            if sound {
                plan.lint.0.without_errors(
                    "Nothing was written. \"relook lint\" lists all, \"relook lint --fix\" mends what needs no decision, \
                     and --force writes the file all the same",
                )?;
            }
            task.phase("Writing", 0, plan.summary.images);
            match request.format {
                ExportFormat::CvatImages if request.with_images => plan.cvat_zip()?,
                ExportFormat::CvatImages => plan.cvat_xml()?,
                ExportFormat::CvatVideo => plan.cvat_video()?,
                ExportFormat::Coco => plan.coco()?,
                ExportFormat::CocoResults => plan.coco_results()?,
                ExportFormat::Yolo => plan.yolo(yolo::label_file)?,
                ExportFormat::YoloSegment => plan.yolo(yolo::segment_file)?,
                ExportFormat::Voc => plan.voc()?,
            }
            Ok(plan.summary)
        })
    }
}

/// What CVAT would trip over, and the images on which something can be mended, with their upright pixels.
pub(crate) fn lint(
    project: &Project,
    include: Include,
    task: &Task,
) -> Result<(LintReport, Mendable), EngineError> {
    let request = ExportRequest {
        format: ExportFormat::CvatImages,
        out: String::new(),
        include,
        with_images: false,
        like: None,
        provenance: false,
    };
    project.store().snapshot(|snapshot| Ok(Plan::make(project, snapshot, &request, None, task)?.lint))
}

fn absolute(out: &str) -> Result<String, EngineError> {
    if out.trim().is_empty() {
        return Err(EngineError::Invalid("Name the file to write".into()));
    }
    let path = std::path::absolute(out).map_err(EngineError::file("Not a usable path:", out))?;
    Ok(path.display().to_string())
}

/// What the writers say of shapes.
#[derive(Default)]
struct Told {
    left_out: u64,
    findings: Vec<String>,
}

impl Told {
    fn take(&mut self, format: ExportFormat, warning: &Warning) {
        // What has no form in the format was not counted in the first place.
        self.left_out += u64::from(warning.cause.left_out() && warning.cause != Cause::NoSuchKind);
        // For CVAT the linter has told it.
        let told_before = format == ExportFormat::CvatImages || told_in_sum(&warning.cause);
        if !told_before && self.findings.len() <= FINDINGS_LISTED {
            self.findings.push(warning.to_string());
        }
    }
}

/// What will be written: names, sizes, labels, counts.
struct Plan<'a> {
    snapshot: &'a Snapshot<'a>,
    request: &'a ExportRequest,
    /// `None`: all images.
    only: Option<&'a HashSet<ImageId>>,
    task: &'a Task,
    labels: Vec<Label>,
    places: HashMap<LabelId, usize>,
    folders: BTreeMap<FolderId, PathBuf>,
    names: Names,
    /// Sizes of images that no pass has read yet.
    sizes: HashMap<ImageId, (u32, u32)>,
    /// The images that tracks run along, without their shapes; for the form that has tracks.
    along: HashMap<ImageId, ExportImage>,
    project_name: String,
    summary: ExportSummary,
    /// Empty but for CVAT.
    lint: (LintReport, Mendable),
}

impl<'a> Plan<'a> {
    fn make(
        project: &Project,
        snapshot: &'a Snapshot<'a>,
        request: &'a ExportRequest,
        only: Option<&'a HashSet<ImageId>>,
        task: &'a Task,
    ) -> Result<Self, EngineError> {
        let labels = snapshot.labels()?;
        let folders: BTreeMap<_, _> =
            snapshot.folders()?.into_iter().map(|f| (f.id, PathBuf::from(f.path))).collect();
        let mut plan = Self {
            snapshot,
            request,
            only,
            task,
            places: places_of(&labels),
            labels,
            names: Names::new(&folders),
            folders,
            sizes: HashMap::new(),
            along: HashMap::new(),
            project_name: crate::recent::name_of(project.path()),
            summary: ExportSummary { out: request.out.clone(), ..ExportSummary::default() },
            lint: Default::default(),
        };
        plan.count()?;
        Ok(plan)
    }

    fn count(&mut self) -> Result<(), EngineError> {
        self.task.phase("Counting", 0, self.snapshot.counts()?.images);
        let (format, fate) = fate_of(self.request.format);
        let mut kinds = Kinds::default();
        let mut names = Vec::new();
        let mut by_label = vec![0_u64; self.labels.len()];
        let mut tracks = HashSet::new();
        let mut linter = (self.request.format == ExportFormat::CvatImages).then(Linter::new);
        let snapshot = self.snapshot;
        snapshot.for_each_image(|row, annotations| {
            self.task.checkpoint()?;
            self.task.advance(1);
            if self.leaves_out(row.id) {
                return Ok(());
            }
            // A head that can be read makes no image of one that a pass could not decode.
            let probe = || row.problem.is_none().then(|| self.probe(row)).flatten();
            let size = row.size.or_else(probe);
            let name = self.names.of(row);
            if let Some(linter) = &mut linter {
                let included = annotations.iter().filter(|a| included(a, self.request));
                let shapes = included.filter_map(|a| {
                    let place = *self.places.get(&a.label)?;
                    let label = self.labels.get(place)?;
                    Some((a, shape(a, place, label), label))
                });
                linter.image(row, &name, size, shapes);
            }
            let Some(size) = size else {
                self.summary.unreadable += 1;
                return Ok(());
            };
            if row.size.is_none() {
                self.sizes.insert(row.id, size);
            }
            tracks.extend(
                annotations.iter().filter(|a| included(a, self.request)).filter_map(|a| Some(a.track?.id)),
            );
            if self.request.format == ExportFormat::CvatVideo && annotations.iter().any(|a| a.track.is_some())
            {
                let (frame, name, (width, height)) = (self.summary.images, name.clone(), size);
                let image = ExportImage { frame, name, width, height, shapes: Vec::new() };
                self.along.insert(row.id, image);
            }
            names.push(name);
            self.summary.images += 1;
            for a in annotations.iter().filter(|a| included(a, self.request)) {
                kinds.add(self.summary.images, a.shape.kind(), a.rotation);
                if fate(a.shape.kind(), a.rotation) == Fate::LeftOut {
                    continue;
                }
                self.summary.boxes += 1;
                if let Some(place) = self.places.get(&a.label) {
                    by_label[*place] += 1;
                }
                match (a.state, a.standing) {
                    (ReviewState::Accepted | ReviewState::Fixed, _) => self.summary.reviewed += 1,
                    (_, Standing::Settled) => self.summary.settled += 1,
                    (_, Standing::Doubtful) => self.summary.undecided += 1,
                    (_, Standing::Withdrawn) => {}
                }
            }
            Ok::<_, EngineError>(())
        })?;
        let counted = self.labels.iter().zip(&by_label).filter(|(_, n)| **n > 0);
        self.summary.by_label = counted.map(|(l, n)| (l.name.clone(), *n)).collect();
        self.summary.by_label.sort_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
        self.labels = needed(std::mem::take(&mut self.labels), &by_label);
        self.places = places_of(&self.labels);
        kinds.findings(format, fate).iter().for_each(|f| self.finding(said(f)));
        if self.request.format != ExportFormat::CvatVideo && !tracks.is_empty() {
            self.finding(format!(
                "Tracks in the project: {}. {format} has none; their shapes are written image by image",
                tracks.len()
            ));
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        if let Some(linter) = linter {
            self.lint = linter.finish(&self.labels);
            (self.summary.errors, self.summary.mendable) = (self.lint.0.errors, self.lint.0.mendable);
            let told = self.lint.0.findings.iter().filter(|f| f.severity != Severity::Note);
            let told: Vec<String> = told.map(LintFinding::said).collect();
            told.into_iter().for_each(|text| self.finding(text));
        }
        let collisions = match self.request.format {
            ExportFormat::Yolo | ExportFormat::YoloSegment => yolo::check(&names),
            ExportFormat::Voc => voc::check(&names),
            ExportFormat::CvatImages
            | ExportFormat::CvatVideo
            | ExportFormat::Coco
            | ExportFormat::CocoResults => Vec::new(),
        };
        collisions.iter().for_each(|f| self.finding(said(f)));
        Ok(())
    }

    fn leaves_out(&self, image: ImageId) -> bool {
        self.only.is_some_and(|only| !only.contains(&image))
    }

    fn probe(&self, row: &ImageRow) -> Option<(u32, u32)> {
        let file = self.folders.get(&row.folder)?.join(&row.path);
        let info = decode::probe(BufReader::new(std::fs::File::open(file).ok()?)).ok()?;
        Some((info.width, info.height))
    }

    fn finding(&mut self, text: String) {
        match self.summary.findings.len() {
            n if n < FINDINGS_LISTED => self.summary.findings.push(text),
            FINDINGS_LISTED => self.summary.findings.push("There are more like these".into()),
            _ => {}
        }
    }

    /// Every image to write, in order, as the writers take it.
    fn each(
        &mut self,
        mut write: impl FnMut(&ExportImage, &ImageRow) -> Result<Vec<Warning>, EngineError>,
    ) -> Result<(), EngineError> {
        let mut frame = 0;
        let mut told = Told::default();
        let whole_tracks = self.request.format == ExportFormat::CvatVideo;
        let snapshot = self.snapshot;
        snapshot.for_each_image(|row, annotations| {
            self.task.checkpoint()?;
            if self.leaves_out(row.id) {
                return Ok(());
            }
            let Some((width, height)) = row.size.or_else(|| self.sizes.get(&row.id).copied()) else {
                return Ok(());
            };
            let shapes = annotations.iter().filter(|a| included(a, self.request));
            let shapes = shapes.filter(|a| !(whole_tracks && a.track.is_some()));
            let shapes = shapes.filter_map(|a| {
                let place = *self.places.get(&a.label)?;
                let mut shape = shape(a, place, self.labels.get(place)?);
                if self.request.provenance {
                    shape.attributes.extend(Provenance::from(a).values());
                }
                Some(shape)
            });
            let shapes = shapes.collect();
            let image = ExportImage { frame, name: self.names.of(row), width, height, shapes };
            frame += 1;
            write(&image, row)?.iter().for_each(|warning| told.take(self.request.format, warning));
            self.task.advance(1);
            Ok::<_, EngineError>(())
        })?;
        self.tell(told);
        Ok(())
    }

    fn tell(&mut self, told: Told) {
        self.summary.boxes = self.summary.boxes.saturating_sub(told.left_out);
        told.findings.into_iter().for_each(|text| self.finding(text));
    }

    fn write_cvat<W: Write>(&mut self, out: W) -> Result<W, EngineError> {
        let labels = match self.request.provenance {
            true => self.labels.iter().map(declared).collect(),
            false => self.labels.clone(),
        };
        let name = self.project_name.clone();
        let job = cvat_xml::Job {
            name: &name,
            size: self.summary.images,
            labels: &labels,
            created: "",
            updated: "",
            dumped: "",
        };
        let mut writer = cvat_xml::Writer::new(out, &job)?;
        self.each(|image, _| Ok(writer.image(image)?))?;
        Ok(writer.finish()?)
    }

    fn cvat_xml(&mut self) -> Result<(), EngineError> {
        let target = FileTarget::new(&self.request.out)?;
        let target = self.write_cvat(target)?;
        target.put_in_place()
    }

    fn cvat_zip(&mut self) -> Result<(), EngineError> {
        let mut zip = ZipTarget::new(&self.request.out)?;
        zip.begin("annotations.xml", true)?;
        let mut zip = self.write_cvat(zip)?;
        self.task.phase("Adding the photos", 0, self.summary.images);
        let folders = self.folders.clone();
        self.each(|image, row| {
            zip.begin(&format!("images/{}", image.name), false)?;
            zip.copy_from(&file_of(&folders, row))?;
            Ok(Vec::new())
        })?;
        zip.put_in_place()
    }

    fn coco(&mut self) -> Result<(), EngineError> {
        let labels = self.labels.clone();
        let mut images = coco::ImageWriter::new(FileTarget::new(&self.request.out)?, &labels)?;
        self.each(|image, _| {
            images.image(image)?;
            Ok(Vec::new())
        })?;
        let mut annotations = images.annotations()?;
        self.task.phase("Writing the boxes", 0, self.summary.images);
        self.each(|image, _| Ok(annotations.image(image)?))?;
        annotations.finish()?.put_in_place()
    }

    fn coco_results(&mut self) -> Result<(), EngineError> {
        let like = self.request.like.as_deref().ok_or_else(|| {
            EngineError::Invalid("coco-results takes its ids from a truth file: name it with --like".into())
        })?;
        let file =
            std::fs::File::open(like).map_err(EngineError::file("Could not open the truth file", like))?;
        let like = coco::Like::read(BufReader::new(file))?;
        let labels = self.labels.clone();
        let mut writer = coco::ResultWriter::new(FileTarget::new(&self.request.out)?, &labels, &like)?;
        self.each(|image, _| Ok(writer.image(image)?))?;
        let (target, unmatched) = writer.finish()?;
        if unmatched.images > 0 {
            self.finding(format!(
                "{} images are not in the truth file and were left out, such as {}",
                unmatched.images,
                unmatched.examples.join(", ")
            ));
        }
        for (label, boxes) in &unmatched.boxes_by_label {
            self.finding(format!(
                "{boxes} boxes of {label:?} were left out: the truth file has no such category"
            ));
        }
        target.put_in_place()
    }

    fn yolo(
        &mut self,
        label_file: fn(&ExportImage, &[Label]) -> Result<yolo::File, FormatError>,
    ) -> Result<(), EngineError> {
        let folder = FolderTarget::new(&self.request.out)?;
        let labels = self.labels.clone();
        folder.write("data.yaml", yolo::data_yaml(&labels).text.as_bytes())?;
        let with_images = self.request.with_images;
        let folders = self.folders.clone();
        self.each(|image, row| {
            let file = label_file(image, &labels)?;
            folder.write(&file.path, file.text.as_bytes())?;
            if with_images {
                folder.copy(&yolo::image_path(&image.name), &file_of(&folders, row))?;
            }
            Ok(file.warnings)
        })?;
        folder.put_in_place()
    }

    fn voc(&mut self) -> Result<(), EngineError> {
        let folder = FolderTarget::new(&self.request.out)?;
        let labels = self.labels.clone();
        folder.write("labelmap.txt", voc::label_map(&labels)?.text.as_bytes())?;
        let with_images = self.request.with_images;
        let folders = self.folders.clone();
        let mut names = Vec::new();
        self.each(|image, row| {
            let file = voc::annotation_file(image, &labels)?;
            folder.write(&file.path, file.text.as_bytes())?;
            if with_images {
                folder.copy(&voc::image_path(&image.name), &file_of(&folders, row))?;
            }
            names.push(image.name.clone());
            Ok(file.warnings)
        })?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let list = voc::image_list(&names);
        folder.write(&list.path, list.text.as_bytes())?;
        folder.put_in_place()
    }
}

fn file_of(folders: &BTreeMap<FolderId, PathBuf>, row: &ImageRow) -> PathBuf {
    folders.get(&row.folder).map_or_else(|| PathBuf::from(&row.path), |f| f.join(&row.path))
}

fn said(finding: &Finding) -> String {
    format!("{}. {}", finding.message, finding.consequence)
}

/// The labels to write: those of the project, and archived ones where shapes have them.
fn needed(labels: Vec<Label>, counts: &[u64]) -> Vec<Label> {
    let mut counts = counts.iter();
    labels.into_iter().filter(|l| counts.next().is_some_and(|n| *n > 0) || !l.archived).collect()
}

fn places_of(labels: &[Label]) -> HashMap<LabelId, usize> {
    labels.iter().enumerate().map(|(n, l)| (l.id, n)).collect()
}

/// What people call the format, and what it makes of shapes.
fn fate_of(format: ExportFormat) -> (&'static str, fn(ShapeKind, f64) -> Fate) {
    match format {
        ExportFormat::CvatImages => ("CVAT", |_, _| Fate::AsItStands),
        ExportFormat::CvatVideo => ("CVAT for video", |kind, _| match kind {
            ShapeKind::Tag => Fate::LeftOut,
            _ => Fate::AsItStands,
        }),
        ExportFormat::Coco => ("COCO", coco::fate),
        ExportFormat::CocoResults => ("A list of COCO results", coco::result_fate),
        ExportFormat::Yolo => ("YOLO", yolo::fate),
        ExportFormat::YoloSegment => ("YOLO segmentation", yolo::segment_fate),
        ExportFormat::Voc => ("Pascal VOC", voc::fate),
    }
}

/// Told once for all, not shape by shape.
fn told_in_sum(cause: &Cause) -> bool {
    cause.told_by_kind() || matches!(cause, Cause::UnmatchedImage | Cause::UnmatchedLabel)
}

fn included(a: &Annotation, request: &ExportRequest) -> bool {
    match (request.include, request.format) {
        // Detections for measuring: all that the models left, however weak, less what a person rejected.
        (Include::All, ExportFormat::CocoResults) => a.state != ReviewState::Rejected,
        (include, _) => included_in_cvat(a, include),
    }
}

pub(crate) fn included_in_cvat(a: &Annotation, include: Include) -> bool {
    match include {
        Include::Reviewed => matches!(a.state, ReviewState::Accepted | ReviewState::Fixed),
        Include::All => a.stands(),
    }
}

/// An attribute that says nothing has its default.
pub(crate) fn shape(a: &Annotation, place: usize, label: &Label) -> ExportShape {
    ExportShape {
        label: place,
        rect: a.rect,
        rotation: a.rotation,
        shape: a.shape.clone(),
        score: a.score,
        origin: a.origin,
        state: a.state,
        occluded: a.occluded,
        z_order: a.z_order,
        group: a.group,
        attributes: with_defaults(label, &a.attributes),
    }
}

#[cfg(test)]
mod tests;
