//! An open project: what it holds and what can be read of it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use relook_domain::{Annotation, AnnotationId, FolderId, ImageId, Label, LabelId};
use relook_store::{ImageRow, NewProject, Store};

use crate::{
    clock,
    error::EngineError,
    home::Home,
    labels::LabelSet,
    photo, recent, scan, show,
    task::Task,
    view::{
        BoxFilter, Counts, FolderView, ImageFilter, ImagePage, ImageView, ProjectView, QueueItem, QueueOrder,
        QueuePage, SettingsView,
    },
};

/// The extension of project files.
const EXTENSION: &str = "relook";

/// An open project; cheap to clone, usable from any thread.
#[derive(Clone)]
pub struct Project {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub home: Home,
    pub store: Store,
    pub photos: photo::Cache,
}

impl Home {
    /// Makes a project file; `.relook` is added where the name has no extension.
    ///
    /// # Errors
    /// Something is there already, the folder cannot be written, or the labels make no sense.
    pub fn create(&self, path: &Path, labels: &LabelSet) -> Result<Project, EngineError> {
        let path = with_extension(path)?;
        let labels = labels.labels()?;
        let settings = json(&SettingsView::default())?;
        let parent = path.parent().unwrap_or(Path::new("/"));
        std::fs::create_dir_all(parent).map_err(EngineError::file("Could not make the folder", parent))?;
        let new = NewProject { labels, settings, created_at: clock::now() };
        Ok(self.opened(Store::create(&path, &new)?))
    }

    /// Opens a project file.
    ///
    /// # Errors
    /// It is missing, foreign, damaged or newer than this program.
    pub fn open(&self, path: &Path) -> Result<Project, EngineError> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        Ok(self.opened(Store::open(&path)?))
    }

    fn opened(&self, store: Store) -> Project {
        self.remember(store.path());
        let photos = photo::Cache::new(&self.cache);
        Project { inner: Arc::new(Inner { home: self.clone(), store, photos }) }
    }
}

fn with_extension(path: &Path) -> Result<PathBuf, EngineError> {
    let path = std::path::absolute(path).map_err(EngineError::file("Not a usable path:", path))?;
    if path.file_name().is_none() {
        return Err(EngineError::Invalid(format!("{} names no file", path.display())));
    }
    Ok(if path.extension().is_some_and(|e| e == EXTENSION) {
        path
    } else {
        let mut name = path.into_os_string();
        name.push(".");
        name.push(EXTENSION);
        PathBuf::from(name)
    })
}

fn json(value: &SettingsView) -> Result<String, EngineError> {
    serde_json::to_string(value).map_err(|e| EngineError::Failed(e.to_string()))
}

impl Project {
    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn home(&self) -> &Home {
        &self.inner.home
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.store().path()
    }

    /// A number that changes when another program wrote to the project.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn data_version(&self) -> Result<i64, EngineError> {
        Ok(self.store().data_version()?)
    }

    /// # Errors
    /// The file cannot be read.
    pub fn view(&self) -> Result<ProjectView, EngineError> {
        let store = self.store();
        let watched = store.watched()?;
        let folders = store.folders()?.into_iter().map(|f| FolderView {
            missing: std::fs::read_dir(&f.path).err().map(|e| format!("{} cannot be read: {e}", f.path)),
            id: f.id,
            watched: watched.contains(&f.id),
            path: f.path,
            images: f.images,
        });
        Ok(ProjectView {
            name: recent::name_of(self.path()),
            path: self.path().display().to_string(),
            folders: folders.collect(),
            labels: store.labels()?,
            counts: self.counts()?,
            settings: self.settings()?,
            undo: store.undo_title()?,
            redo: store.redo_title()?,
            read_only: store.read_only().map(str::to_owned),
        })
    }

    /// # Errors
    /// The file cannot be read.
    pub fn counts(&self) -> Result<Counts, EngineError> {
        Ok(show::counts(&self.store().counts()?))
    }

    /// # Errors
    /// The file cannot be read.
    pub fn settings(&self) -> Result<SettingsView, EngineError> {
        let text = self.store().settings()?;
        serde_json::from_str(&text)
            .map_err(|e| EngineError::Failed(format!("The project's settings are not understood: {e}")))
    }

    /// # Errors
    /// The settings make no sense, or the file cannot be written.
    pub fn save_settings(&self, settings: SettingsView) -> Result<(), EngineError> {
        Ok(self.store().set_settings(&json(&settings.checked()?)?)?)
    }

    /// The id of the label of this name.
    ///
    /// # Errors
    /// No such label.
    pub fn label(&self, name: &str) -> Result<LabelId, EngineError> {
        Ok(self.label_named(name)?.id)
    }

    /// One annotation as it is now.
    ///
    /// # Errors
    /// No such annotation.
    pub fn annotation(&self, id: AnnotationId) -> Result<Annotation, EngineError> {
        let found = self.store().annotation(id)?.map(|(annotation, _)| annotation);
        found.ok_or_else(|| EngineError::NotFound(format!("There is no box {id} in this project")))
    }

    /// The label of this name, letter case aside where no name matches exactly.
    pub(crate) fn label_named(&self, name: &str) -> Result<Label, EngineError> {
        let mut labels = self.store().labels()?;
        labels.retain(|l| !l.archived);
        let exact = labels.iter().find(|l| l.name == name);
        exact.or_else(|| labels.iter().find(|l| l.name.eq_ignore_ascii_case(name))).cloned().ok_or_else(
            || {
                EngineError::NotFound(format!(
                    "There is no label {name:?} in this project; see \"relook status\""
                ))
            },
        )
    }

    /// Registers folders and lists their images; a folder that is registered is looked through for new files.
    /// Returns how many images were new and how many were known.
    ///
    /// # Errors
    /// A folder is missing, unreadable, or inside (or around) a registered one.
    pub fn add_folders(&self, folders: &[PathBuf], task: &Task) -> Result<(u64, u64), EngineError> {
        let mut resolved = Vec::new();
        for folder in folders {
            if folder.is_file() {
                return Err(EngineError::Invalid(format!(
                    "{} is a file; name the folder it lies in",
                    folder.display()
                )));
            }
            let path =
                scan::resolve(folder).map_err(EngineError::file("Could not open the folder", folder))?;
            self.check_overlap(&path)?;
            resolved.push(path);
        }
        let (mut new, mut known) = (0, 0);
        for path in resolved {
            task.checkpoint()?;
            task.phase(format!("Looking through {}", path.display()), new, 0);
            let text = path.to_str().ok_or_else(|| {
                EngineError::Invalid(format!("{} is not valid Unicode; rename the folder", path.display()))
            })?;
            let id = self.store().add_folder(text)?;
            let counted = scan::images(&path, task).inspect(|_| task.advance(1));
            let added = self.store().add_images(id, counted)?;
            if added.new + added.known == 0 {
                task.warn(format!("{} holds no images", path.display()));
            }
            new += added.new;
            known += added.known;
        }
        task.checkpoint()?;
        Ok((new, known))
    }

    /// One photo must not come in through two folders.
    pub(crate) fn check_overlap(&self, path: &Path) -> Result<(), EngineError> {
        for folder in self.store().folders()? {
            let there = Path::new(&folder.path);
            if path == there {
                continue;
            }
            if path.starts_with(there) {
                return Err(EngineError::Invalid(format!(
                    "{} is inside {}, which is registered already: its images are in the project",
                    path.display(),
                    there.display()
                )));
            }
            if there.starts_with(path) {
                return Err(EngineError::Invalid(format!(
                    "{} contains {}, which is registered already: its images would be in the project twice. Add the \
                     other folders one by one",
                    path.display(),
                    there.display()
                )));
            }
        }
        Ok(())
    }

    /// # Errors
    /// The file cannot be read.
    pub fn images(&self, filter: &ImageFilter, offset: u64, limit: u64) -> Result<ImagePage, EngineError> {
        let page = self.store().images_page(&show::image_filter(filter), offset, limit.min(1000))?;
        Ok(ImagePage { total: page.total, offset, rows: page.rows.iter().map(show::image_row).collect() })
    }

    /// An image's place in a filtered list.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn image_position(&self, id: ImageId, filter: &ImageFilter) -> Result<Option<u64>, EngineError> {
        Ok(self.store().position_of(id, &show::image_filter(filter))?)
    }

    /// # Errors
    /// No such image, or the file cannot be read.
    pub fn image(&self, id: ImageId) -> Result<ImageView, EngineError> {
        let row = self.image_row(id)?;
        let annotations = self.store().annotations_of(id)?;
        let mut shown = show::Shown::new(self.store())?;
        let annotations = annotations.into_iter().map(|(a, o)| show::annotation(a, o, &mut shown));
        Ok(ImageView { image: show::image_row(&row), annotations: annotations.collect::<Result<_, _>>()? })
    }

    /// The image of a path: relative to its folder as the list shows it, or a path on this machine.
    ///
    /// # Errors
    /// No such image, or several.
    pub fn image_at(&self, path: &str) -> Result<ImageView, EngineError> {
        let mut rows = self.store().images_by_path(path)?;
        if rows.is_empty()
            && let Ok(real) = std::fs::canonicalize(path)
        {
            for folder in self.store().folders()? {
                if let Some(relative) = real.strip_prefix(&folder.path).ok().and_then(Path::to_str) {
                    rows = self.store().images_by_path(relative)?;
                    rows.retain(|r| r.folder == folder.id);
                }
            }
        }
        match rows.as_slice() {
            [row] => self.image(row.id),
            [] => Err(EngineError::NotFound(format!("There is no image {path:?} in this project"))),
            _ => Err(EngineError::Invalid(format!(
                "{} folders have an image {path:?}; name it with its folder",
                rows.len()
            ))),
        }
    }

    pub(crate) fn image_row(&self, id: ImageId) -> Result<ImageRow, EngineError> {
        self.store()
            .image(id)?
            .ok_or_else(|| EngineError::NotFound(format!("There is no image {id} in this project")))
    }

    /// Where the image's file is.
    pub(crate) fn file_of(&self, row: &ImageRow) -> Result<PathBuf, EngineError> {
        Ok(self.folder(row.folder)?.join(&row.path))
    }

    pub(crate) fn folder(&self, id: FolderId) -> Result<PathBuf, EngineError> {
        let folders = self.store().folders()?;
        let folder = folders.into_iter().find(|f| f.id == id);
        folder
            .map(|f| PathBuf::from(f.path))
            .ok_or_else(|| EngineError::NotFound(format!("There is no folder {id} in this project")))
    }

    /// Boxes `offset..offset + limit` of those that `filter` lets through; [`BoxFilter::waiting`] is the review queue.
    ///
    /// # Errors
    /// A score is none, or the file cannot be read.
    pub fn boxes(
        &self,
        filter: &BoxFilter,
        order: QueueOrder,
        offset: u64,
        limit: u64,
    ) -> Result<QueuePage, EngineError> {
        let filter = show::box_filter(filter)?;
        let page = self.store().boxes(&filter, show::queue_order(order), offset, limit.min(1000))?;
        let mut shown = show::Shown::new(self.store())?;
        let item = |row: relook_store::QueueRow| {
            let (width, height) = row.size.unwrap_or_default();
            let annotation = show::annotation(row.annotation, row.opinions, &mut shown)?;
            Ok::<_, EngineError>(QueueItem { annotation, path: row.path, width, height })
        };
        let items = page.rows.into_iter().map(item).collect::<Result<_, _>>()?;
        Ok(QueuePage { total: page.total, more: page.more, items })
    }

    /// Images that could not be read, with the reason.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn problems(&self, limit: u64) -> Result<Vec<(String, String)>, EngineError> {
        let rows = self.store().problems(limit)?;
        Ok(rows.into_iter().filter_map(|r| r.problem.map(|p| (r.path, p.text))).collect())
    }

    /// How many images have the same content as another one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn duplicates(&self) -> Result<u64, EngineError> {
        Ok(self.store().duplicates()?)
    }
}
