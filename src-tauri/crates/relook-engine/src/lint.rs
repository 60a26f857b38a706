//! What CVAT would trip over in a project, told shape by shape, and mended where nobody has to decide anything.

use std::collections::{BTreeMap, HashMap};

use relook_domain::{
    Annotation, AnnotationId, ImageId, Label, LabelId, ShapeKind, StepId,
    export::ExportShape,
    review::{Change, Details, Patch},
};
use relook_formats::lint::{self, Flaw, Mend};
use relook_store::ImageRow;
use serde::Serialize;
use ts_rs::TS;

use crate::{clock, error::EngineError, export, project::Project, task::Task, titles, view::Include};

/// So many findings of each severity are listed; all are counted.
const LISTED: u64 = 10_000;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// CVAT refuses the whole file, puts shapes on another image, or a shape or value is lost.
    Error,
    /// Something is changed on the way, or CVAT keeps what its editor cannot show.
    Warning,
    /// Worth knowing.
    Note,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LintFinding {
    pub severity: Severity,
    /// The rule's name: `outside`, `name-extension`, …
    pub rule: String,
    /// `None`: about a label or the whole file.
    pub image: Option<ImageId>,
    /// The image's name in the file; empty where `image` is `None`.
    pub path: String,
    pub annotation: Option<AnnotationId>,
    /// What is wrong, in a sentence without its stop.
    pub message: String,
    /// What CVAT or the export makes of it; likewise.
    pub consequence: String,
    /// Whether it can be mended without anybody having to decide.
    pub mendable: bool,
}

impl LintFinding {
    /// The finding in a line.
    #[must_use]
    pub fn said(&self) -> String {
        match self.annotation {
            Some(id) => format!("{}, shape {id}: {}. {}", self.path, self.message, self.consequence),
            None => format!("{}. {}", self.message, self.consequence),
        }
    }
}

/// How often a rule found something of one severity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LintRule {
    pub severity: Severity,
    pub rule: String,
    pub findings: u64,
    pub mendable: u64,
}

/// All that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct LintReport {
    pub images: u64,
    pub shapes: u64,
    pub errors: u64,
    pub warnings: u64,
    pub notes: u64,
    /// Findings that can be mended at once.
    pub mendable: u64,
    /// How often each rule found something, the listed and the others: errors, then warnings, then notes.
    pub rules: Vec<LintRule>,
    /// Errors, then warnings, then notes, the first ten thousand of each, in the order of the images.
    pub findings: Vec<LintFinding>,
}

impl LintReport {
    fn add(&mut self, finding: LintFinding) {
        let count = match finding.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Note => &mut self.notes,
        };
        *count += 1;
        self.mendable += u64::from(finding.mendable);
        let alike = |r: &LintRule| (r.severity, r.rule.as_str()).cmp(&(finding.severity, &finding.rule));
        let place = self.rules.binary_search_by(alike).unwrap_or_else(|place| {
            let (severity, rule) = (finding.severity, finding.rule.clone());
            self.rules.insert(place, LintRule { severity, rule, findings: 0, mendable: 0 });
            place
        });
        self.rules[place].findings += 1;
        self.rules[place].mendable += u64::from(finding.mendable);
        if *count <= LISTED {
            self.findings.push(finding);
        }
    }

    /// `Ok` where there are no errors.
    ///
    /// # Errors
    /// [`EngineError::Lint`] with the first of them and `way_out`.
    pub fn without_errors(&self, way_out: &str) -> Result<(), EngineError> {
        match self.first_error() {
            None => Ok(()),
            Some(first) => Err(EngineError::Lint(format!("{first}. {way_out}"))),
        }
    }

    /// The first error in a sentence, and how many more there are.
    pub(crate) fn first_error(&self) -> Option<String> {
        let first = self.findings.iter().find(|f| f.severity == Severity::Error)?;
        Some(match self.errors {
            1 => first.said(),
            n => format!("{} ({} more like this)", first.said(), n - 1),
        })
    }
}

/// A project's flaws as its images come by.
pub(crate) struct Linter {
    report: LintReport,
    images: Vec<(ImageId, String)>,
    kinds: BTreeMap<ShapeKind, u64>,
    used: BTreeMap<LabelId, u64>,
    mendable: Mendable,
}

/// Images with something to mend, and their upright pixels.
pub(crate) type Mendable = Vec<(ImageId, (u32, u32))>;

impl Linter {
    pub(crate) fn new() -> Self {
        Self {
            report: LintReport::default(),
            images: Vec::new(),
            kinds: BTreeMap::new(),
            used: BTreeMap::new(),
            mendable: Vec::new(),
        }
    }

    /// An image with the shapes that an export would hold; `size` in upright pixels, `None` where it cannot be read.
    pub(crate) fn image<'a>(
        &mut self,
        row: &ImageRow,
        name: &str,
        size: Option<(u32, u32)>,
        shapes: impl Iterator<Item = (&'a Annotation, ExportShape, &'a Label)>,
    ) {
        let Some((width, height)) = size else {
            let lost = shapes.count();
            if lost > 0 {
                self.report.add(LintFinding {
                    severity: Severity::Error,
                    rule: "image-unread".into(),
                    image: Some(row.id),
                    path: name.to_owned(),
                    annotation: None,
                    message: format!("The photo {name} cannot be read"),
                    consequence: format!("Its {} are left out", titles::count(lost)),
                    mendable: false,
                });
            }
            return;
        };
        self.report.images += 1;
        self.images.push((row.id, name.to_owned()));
        let before = self.report.mendable;
        for (annotation, shape, label) in shapes {
            self.report.shapes += 1;
            *self.kinds.entry(shape.shape.kind()).or_default() += 1;
            *self.used.entry(label.id).or_default() += 1;
            for flaw in lint::shape(&shape, label, width, height) {
                self.report.add(finding(flaw, Some((row.id, name)), Some(annotation.id)));
            }
        }
        if self.report.mendable > before {
            self.mendable.push((row.id, (width, height)));
        }
    }

    /// Everything, with what shows only when all images are known.
    pub(crate) fn finish(mut self, labels: &[Label]) -> (LintReport, Mendable) {
        let names: Vec<&str> = self.images.iter().map(|(_, name)| name.as_str()).collect();
        let flaws = lint::names(&names);
        let ids: HashMap<&str, ImageId> = match flaws.as_slice() {
            [] => HashMap::new(),
            _ => self.images.iter().map(|(id, name)| (name.as_str(), *id)).collect(),
        };
        for (name, flaw) in flaws {
            let image = ids.get(name.as_str()).map(|id| (*id, name.as_str()));
            self.report.add(finding(flaw, image, None));
        }
        for label in labels.iter().filter(|l| !l.archived || self.used.contains_key(&l.id)) {
            for flaw in lint::label(label) {
                self.report.add(finding(flaw, None, None));
            }
        }
        let kinds: Vec<_> = self.kinds.into_iter().collect();
        if let Some(flaw) = lint::of_kinds(&kinds) {
            self.report.add(finding(flaw, None, None));
        }
        // Stable: within a severity the images' order stays.
        self.report.findings.sort_by_key(|f| f.severity);
        (self.report, self.mendable)
    }
}

fn finding(flaw: Flaw, image: Option<(ImageId, &str)>, annotation: Option<AnnotationId>) -> LintFinding {
    LintFinding {
        severity: match flaw.severity {
            lint::Severity::Error => Severity::Error,
            lint::Severity::Warning => Severity::Warning,
            lint::Severity::Note => Severity::Note,
        },
        rule: flaw.rule.word().to_owned(),
        image: image.map(|(id, _)| id),
        path: image.map_or_else(String::new, |(_, name)| name.to_owned()),
        annotation,
        message: flaw.message,
        consequence: flaw.consequence,
        mendable: flaw.mend.is_some(),
    }
}

impl Project {
    /// Looks through the project as CVAT would read it; writes nothing.
    ///
    /// # Errors
    /// The project cannot be read, or cancelled.
    pub fn lint(&self, include: Include, task: &Task) -> Result<LintReport, EngineError> {
        Ok(export::lint(self, include, task)?.0)
    }

    /// Mends all that can be mended without anybody having to decide, as one step; review states stay as they are.
    /// Returns how many shapes were changed. `actor` is written into the history.
    ///
    /// # Errors
    /// The project cannot be read or written, or cancelled; nothing is changed then.
    pub fn lint_mend(
        &self,
        include: Include,
        actor: &str,
        task: &Task,
    ) -> Result<(u64, Option<StepId>), EngineError> {
        let (_, images) = export::lint(self, include, task)?;
        if images.is_empty() {
            return Ok((0, None));
        }
        task.phase("Mending", 0, images.len() as u64);
        self.store().review(|tx| {
            let labels = tx.labels()?;
            let mut changes = Vec::new();
            for (image, size) in &images {
                task.checkpoint()?;
                task.advance(1);
                let Some((_, annotations)) = tx.scene(*image)? else { continue };
                let included = annotations.iter().filter(|a| export::included_in_cvat(a, include));
                changes.extend(included.filter_map(|a| mended(a, &labels, *size)));
            }
            if changes.is_empty() {
                return Ok((0, None));
            }
            let title = format!("Mended {} for CVAT", titles::count(changes.len()));
            let step = tx.record(&title, actor, clock::now(), &changes)?;
            Ok((changes.len() as u64, Some(step)))
        })
    }
}

/// The change that mends a shape; `None` where there is nothing to mend.
fn mended(a: &Annotation, labels: &[Label], (width, height): (u32, u32)) -> Option<Change> {
    let label = labels.iter().find(|l| l.id == a.label)?;
    let mut geometry = None;
    let mut values = a.attributes.clone();
    for flaw in lint::shape(&export::shape(a, 0, label), label, width, height) {
        match flaw.mend {
            // Made sound, the first mends what a later one would.
            Some(Mend::Reshape(to)) if geometry.is_none() => geometry = to.sound(width, height),
            Some(Mend::Value { attribute, value: Some(value) }) => {
                values.insert(attribute, value);
            }
            Some(Mend::Value { attribute, value: None }) => {
                values.remove(&attribute);
            }
            Some(Mend::Reshape(_)) | None => {}
        }
    }
    let attributes = (values != a.attributes).then_some(values);
    let mut after = Patch { details: Details { attributes, ..Details::default() }, ..Patch::default() };
    if let Some(to) = geometry {
        after.rect = (to.rect != a.rect).then_some(to.rect);
        after.rotation = (to.rotation != a.rotation).then_some(to.rotation);
        after.shape = (to.shape != a.shape).then_some(to.shape);
    }
    let before = after.taken_from(a);
    (before != after).then_some(Change::Edit { id: a.id, before, after })
}
