//! The projects opened before, newest first, in one small JSON file.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{clock, error::EngineError, home::Home, view::RecentProject};

const KEPT: usize = 20;

#[derive(Serialize, Deserialize)]
struct Entry {
    path: PathBuf,
    opened_at: i64,
}

fn file(home: &Home) -> PathBuf {
    home.config.join("recent.json")
}

/// A list that cannot be read is an empty one: it is a convenience, not a document.
fn read(home: &Home) -> Vec<Entry> {
    std::fs::read(file(home)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

impl Home {
    /// Writes a small JSON file of preferences, whole or not at all.
    pub(crate) fn write_preferences<T: Serialize>(&self, path: &Path, value: &T) -> Result<(), EngineError> {
        std::fs::create_dir_all(&self.config).map_err(EngineError::file("Could not make", &self.config))?;
        let bytes = serde_json::to_vec_pretty(value).map_err(|e| EngineError::Failed(e.to_string()))?;
        let mut temp = tempfile::NamedTempFile::new_in(&self.config)
            .map_err(EngineError::file("Could not write in", &self.config))?;
        std::io::Write::write_all(&mut temp, &bytes).map_err(EngineError::file("Could not write", path))?;
        temp.persist(path).map_err(|e| EngineError::file("Could not write", path)(e.error))?;
        Ok(())
    }

    #[must_use]
    pub fn recent_projects(&self) -> Vec<RecentProject> {
        let view = |e: Entry| RecentProject {
            name: name_of(&e.path),
            exists: e.path.is_file(),
            path: e.path.display().to_string(),
            opened_at: e.opened_at,
        };
        read(self).into_iter().map(view).collect()
    }

    /// Puts a project to the top of the list. Failing to is no reason not to open it.
    pub(crate) fn remember(&self, path: &Path) {
        let mut entries = read(self);
        entries.retain(|e| e.path != path);
        entries.insert(0, Entry { path: path.to_path_buf(), opened_at: clock::now() });
        entries.truncate(KEPT);
        if let Err(error) = self.write_preferences(&file(self), &entries) {
            tracing::warn!("{error}");
        }
    }

    /// Takes a project off the list; its file stays.
    ///
    /// # Errors
    /// The list cannot be written.
    pub fn forget(&self, path: &Path) -> Result<(), EngineError> {
        let mut entries = read(self);
        entries.retain(|e| e.path != path);
        self.write_preferences(&file(self), &entries)
    }
}

/// The project's name: its file's, without `.relook`.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_stem().map_or_else(|| path.display().to_string(), |s| s.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_first_once_each_and_forgettable() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home {
            models: vec![],
            own_models: dir.path().join("models"),
            runtimes: vec![],
            named_runtime: None,
            own_runtimes: dir.path().join("runtime"),
            cache: dir.path().join("cache"),
            config: dir.path().join("config"),
        };
        assert!(home.recent_projects().is_empty());
        for name in ["a", "b", "a"] {
            home.remember(&dir.path().join(format!("{name}.relook")));
        }
        let names: Vec<_> = home.recent_projects().into_iter().map(|p| (p.name, p.exists)).collect();
        assert_eq!(names, [("a".to_owned(), false), ("b".to_owned(), false)]);
        home.forget(&dir.path().join("a.relook")).unwrap();
        assert_eq!(home.recent_projects().len(), 1);
        std::fs::write(file(&home), "not json").unwrap();
        assert!(home.recent_projects().is_empty());
    }
}
