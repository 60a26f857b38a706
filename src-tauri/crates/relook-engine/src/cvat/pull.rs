//! The difference between the project and a task, and what of it is taken over.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use relook_domain::{
    Annotation, ImageId, ReviewState,
    review::{Change, Details, Patch},
};
use relook_remote::cvat::Kind;
use tempfile::TempDir;

use super::{
    CvatBy, CvatDiff, CvatDifference, CvatPull, CvatTake, CvatTaken,
    differences::{Both, both, told},
    net::Net,
    upload::Upload,
};
use crate::{ImportReport, clock, error::EngineError, project::Project, task::Task, titles, view::Include};

/// So many differences are listed.
const LISTED: usize = 10_000;

/// A task to compare with: its number, name, and what is known of it.
struct Wanted {
    task: u64,
    name: String,
    record: Option<Upload>,
    /// The project's images that are in it.
    images: HashSet<ImageId>,
    names: HashMap<ImageId, String>,
}

impl Project {
    /// Fetches a task's annotations and tells what differs from ours; changes nothing.
    ///
    /// # Errors
    /// The server cannot be asked, or nothing was sent to it and no task is named.
    pub fn cvat_diff(&self, pull: &CvatPull, task: &Task) -> Result<CvatDiff, EngineError> {
        let net = self.net(&pull.connection)?;
        let wanted = self.wanted(&net, pull, task)?;
        let labels = self.labels_by_id()?;
        let mut diff = CvatDiff {
            server: net.url.clone(),
            task: wanted.task,
            name: wanted.name.clone(),
            ..CvatDiff::default()
        };
        let (_folder, file) = self.fetched(&net, &wanted, task)?;
        let read = self.each_difference(&wanted, &file, task, |image| {
            diff.images += 1;
            diff.equal += image.compared.equal.len() as u64;
            let path = wanted.names.get(&image.image).map_or("", String::as_str);
            for difference in image.places().filter_map(|place| told(image, place, path, &labels)) {
                *diff.counts.entry(difference.change).or_default() += 1;
                if diff.differences.len() < LISTED {
                    diff.differences.push(difference);
                }
            }
            Ok(())
        })?;
        diff.unknown_images = read.unknown_images;
        diff.unknown_such_as = read.unknown_such_as;
        diff.unknown_labels = read.unknown_labels;
        diff.left_out = read.left_out;
        diff.findings = read.findings;
        Ok(diff)
    }

    /// Takes differences over from a task, as one step that can be undone. `actor` is written into the history.
    ///
    /// # Errors
    /// As [`Project::cvat_diff`], or another program runs a job on the project; nothing is changed then.
    pub fn cvat_take(
        &self,
        pull: &CvatPull,
        take: &CvatTake,
        actor: &str,
        task: &Task,
    ) -> Result<CvatTaken, EngineError> {
        let _lock = self.store().lock_jobs("relook cvat pull")?;
        let net = self.net(&pull.connection)?;
        let wanted = self.wanted(&net, pull, task)?;
        let labels = self.labels_by_id()?;
        let mut taken = CvatTaken::default();
        let mut changes = Vec::new();
        let (_folder, file) = self.fetched(&net, &wanted, task)?;
        self.each_difference(&wanted, &file, task, |image| {
            let path = wanted.names.get(&image.image).map_or("", String::as_str);
            for place in image.places() {
                let Some(difference) = told(image, place, path, &labels) else { continue };
                if !wants(take, &difference) {
                    taken.left += 1;
                    continue;
                }
                taken.taken += 1;
                changes.push((image.image, image.at(place).0.cloned(), image.at(place).1.cloned()));
            }
            Ok(())
        })?;
        if changes.is_empty() {
            return Ok(taken);
        }
        let step = self.store().review(|tx| {
            let mut played = Vec::new();
            let mut emptied = HashSet::new();
            for (image, ours, theirs) in changes {
                let change = match (ours, theirs) {
                    (None, Some(coming)) => {
                        let empty = tx.scene(image)?.is_some_and(|(row, _)| row.confirmed_empty);
                        if empty && emptied.insert(image) {
                            played.push(Change::Empty { image, before: true, after: false });
                        }
                        let id = tx.next_annotation_id()?;
                        Change::Create { annotation: Box::new(Annotation { id, ..coming }) }
                    }
                    (Some(gone), None) => Change::Delete { annotation: Box::new(gone) },
                    (Some(ours), Some(theirs)) => edit(&ours, &theirs),
                    (None, None) => continue,
                };
                played.push(change);
            }
            let title = format!("Took over {} from CVAT", titles::count(taken.taken as usize));
            Ok::<_, EngineError>(tx.record(&title, actor, clock::now(), &played)?)
        })?;
        taken.step = Some(step);
        Ok(taken)
    }

    fn wanted(&self, net: &Net, pull: &CvatPull, task: &Task) -> Result<Wanted, EngineError> {
        task.phase("Asking the server", 0, 0);
        let mut known = Upload::all(self, &net.url)?;
        known.retain(|u| u.task.is_some() && pull.task.is_none_or(|id| u.task == Some(id)));
        let record = known.pop();
        let id = pull.task.or_else(|| record.as_ref().and_then(|u| u.task)).ok_or_else(|| {
            EngineError::Invalid(format!(
                "Nothing of this project was sent to {}: name a task with --task",
                net.url
            ))
        })?;
        let thing = net.ask(task, net.cvat.thing(Kind::Task, id))?;
        let names: HashMap<ImageId, String> =
            self.named_images(task)?.into_iter().map(|(id, name, _)| (id, name)).collect();
        let by_name: HashMap<&str, ImageId> = names.iter().map(|(id, name)| (name.as_str(), *id)).collect();
        let frames = net.ask(task, net.cvat.frames(id))?;
        let images: HashSet<ImageId> =
            frames.iter().filter_map(|f| by_name.get(f.name.as_str()).copied()).collect();
        if images.is_empty() {
            let such = frames.first().map_or("it has none", |f| f.name.as_str());
            return Err(EngineError::Invalid(format!(
                "None of the images of task {id} is in the project ({such}). Add the folder that they lie in"
            )));
        }
        Ok(Wanted { task: id, name: thing.name, record, images, names })
    }

    /// The task's annotations in a file, which goes with the folder.
    fn fetched(&self, net: &Net, wanted: &Wanted, task: &Task) -> Result<(TempDir, PathBuf), EngineError> {
        let folder = self.home().cache.join("cvat");
        std::fs::create_dir_all(&folder).map_err(EngineError::file("Could not make", &folder))?;
        let folder =
            tempfile::tempdir_in(&folder).map_err(EngineError::file("Could not write in", &folder))?;
        let file = self.read_task(net, wanted.task, folder.path(), task)?;
        Ok((folder, file))
    }

    /// Hands over each image that both sides have.
    fn each_difference(
        &self,
        wanted: &Wanted,
        file: &Path,
        task: &Task,
        mut each: impl FnMut(&Both) -> Result<(), EngineError>,
    ) -> Result<ImportReport, EngineError> {
        let include = wanted.record.as_ref().map_or(Include::All, |u| u.state.include);
        let known = (wanted.record.as_ref().map(|u| u.id), include);
        task.phase("Comparing", 0, wanted.images.len() as u64);
        both(self, known, &wanted.images, file, task, |image| {
            task.checkpoint()?;
            task.advance(1);
            each(&image)
        })
    }
}

fn wants(take: &CvatTake, difference: &CvatDifference) -> bool {
    let change = take.changes.as_ref().is_none_or(|c| c.contains(&difference.change));
    let names = [Some(&difference.label), difference.their_label.as_ref()];
    let label = take.labels.as_ref().is_none_or(|l| names.into_iter().flatten().any(|name| l.contains(name)));
    let named = take.keys.as_ref().is_none_or(|k| k.contains(&difference.key));
    change && label && named && (take.over_ours || take.keys.is_some() || difference.by != CvatBy::Ours)
}

/// Makes ours as theirs is.
fn edit(ours: &Annotation, theirs: &Annotation) -> Change {
    let after = Patch {
        state: Some(ReviewState::Fixed),
        label: Some(theirs.label),
        rect: Some(theirs.rect),
        rotation: Some(theirs.rotation),
        shape: Some(theirs.shape.clone()),
        keyframe: ours.track.map(|_| true),
        details: Details {
            occluded: Some(theirs.occluded),
            z_order: Some(theirs.z_order),
            group: Some(theirs.group),
            attributes: Some(theirs.attributes.clone()),
        },
    };
    Change::Edit { id: ours.id, before: after.taken_from(ours), after }
}
