//! CVAT for video: the project's images as one sequence, with its tracks.

use std::collections::BTreeMap;

use relook_domain::{
    Annotation, ReviewState, ShapeKind,
    export::{ExportImage, ExportStop},
};
use relook_formats::cvat_xml::{Job, VideoWriter};

use super::{Plan, Told, included, shape, target::FileTarget};
use crate::error::EngineError;

impl Plan<'_> {
    /// Tracks first, then what belongs to none, as CVAT does it.
    pub(super) fn cvat_video(&mut self) -> Result<(), EngineError> {
        let (labels, name) = (self.labels.clone(), self.project_name.clone());
        let job = Job {
            name: &name,
            size: self.summary.images,
            labels: &labels,
            created: "",
            updated: "",
            dumped: "",
        };
        let mut writer = VideoWriter::new(FileTarget::new(&self.request.out)?, &job)?;
        let mut told = Told::default();
        let snapshot = self.snapshot;
        snapshot.for_each_track(|_, shapes| {
            self.task.checkpoint()?;
            for stops in self.stops(&shapes).into_values() {
                let warnings = writer.track(&stops)?;
                warnings.iter().for_each(|warning| told.take(self.request.format, warning));
            }
            Ok::<_, EngineError>(())
        })?;
        self.tell(told);
        self.each(|image, _| Ok(writer.image(image)?))?;
        writer.finish()?.put_in_place()
    }

    /// A track's shapes by frame; rejected ones are outside. Shapes of several labels or kinds are no track in CVAT: they
    /// become one each.
    fn stops(&self, shapes: &[Annotation]) -> BTreeMap<(usize, ShapeKind), Vec<ExportStop>> {
        let mut stops: BTreeMap<_, Vec<ExportStop>> = BTreeMap::new();
        for a in shapes {
            let outside = a.state == ReviewState::Rejected;
            let Some(image) = self.along.get(&a.image).filter(|_| outside || included(a, self.request))
            else {
                continue;
            };
            let Some((place, label)) =
                self.places.get(&a.label).and_then(|n| Some((*n, self.labels.get(*n)?)))
            else {
                continue;
            };
            let image = ExportImage { shapes: vec![shape(a, place, label)], ..image.clone() };
            let keyframe = a.track.is_some_and(|t| t.keyframe);
            stops.entry((place, a.shape.kind())).or_default().push(ExportStop { image, keyframe, outside });
        }
        stops.values_mut().for_each(|of| of.sort_by_key(|stop| stop.image.frame));
        stops
    }
}
