//! What of a project is sent to a CVAT server: its CVAT XML, and which images and shapes that holds.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use relook_domain::{AnnotationId, ImageId, Label};

use super::{Plan, file_of, included, places_of};
use crate::{
    error::EngineError,
    lint::LintReport,
    project::Project,
    task::Task,
    view::{ExportFormat, ExportRequest, ExportSummary, Include},
};

/// An image as it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub id: ImageId,
    /// Outside, `/` between parts.
    pub name: String,
    /// Upright pixels.
    pub width: u32,
    pub height: u32,
    pub file: PathBuf,
    /// Its shapes, as they were.
    pub shapes: Vec<(AnnotationId, i64)>,
}

/// Everything as it is sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sending {
    pub summary: ExportSummary,
    pub lint: LintReport,
    /// Those to be written, archived ones that shapes have included.
    pub labels: Vec<Label>,
    /// In the order of the frames.
    pub images: Vec<Sent>,
}

/// Says what sending these images (`None`: all) would send; written to `out` where that is given.
///
/// # Errors
/// The project cannot be read or the file not be written.
pub(crate) fn sending(
    project: &Project,
    include: Include,
    only: Option<&HashSet<ImageId>>,
    out: Option<&Path>,
    task: &Task,
) -> Result<Sending, EngineError> {
    let request = ExportRequest {
        format: ExportFormat::CvatImages,
        out: out.map(|o| o.display().to_string()).unwrap_or_default(),
        include,
        with_images: false,
        like: None,
        provenance: false,
    };
    project.store().snapshot(|snapshot| {
        let mut plan = Plan::make(project, snapshot, &request, only, task)?;
        let mut images = Vec::new();
        let places = places_of(&plan.labels);
        let mut shapes = Vec::new();
        snapshot.for_each_image(|row, annotations| {
            task.checkpoint()?;
            if plan.leaves_out(row.id) {
                return Ok(());
            }
            let Some((width, height)) = row.size.or_else(|| plan.sizes.get(&row.id).copied()) else {
                return Ok(());
            };
            let held = annotations.iter().filter(|a| included(a, &request) && places.contains_key(&a.label));
            shapes.extend(held.map(|a| (a.id, a.revision)));
            images.push(Sent {
                id: row.id,
                name: plan.names.of(row),
                width,
                height,
                file: file_of(&plan.folders, row),
                shapes: std::mem::take(&mut shapes),
            });
            Ok::<_, EngineError>(())
        })?;
        if out.is_some() {
            plan.cvat_xml()?;
        }
        Ok(Sending {
            lint: std::mem::take(&mut plan.lint.0),
            labels: std::mem::take(&mut plan.labels),
            summary: plan.summary,
            images,
        })
    })
}
