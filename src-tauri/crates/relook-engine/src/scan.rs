//! Finding the images of a folder: names only, nothing is opened.

use std::{
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use relook_store::NewImage;
use walkdir::WalkDir;

use crate::task::Task;

/// Extensions worth opening, lower case. What a file really is, its content tells later.
const EXTENSIONS: &[&str] =
    &["jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "gif", "tif", "tiff", "ppm", "pgm", "pbm", "pnm"];

pub(crate) fn looks_like_an_image(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
    extension.is_some_and(|e| EXTENSIONS.contains(&e.as_str()))
}

/// All images under `folder` in an order that does not depend on the file system. Links to folders are followed once:
/// a loop is warned about and left. Hidden files and folders are left out. What cannot be read is warned about.
pub(crate) fn images<'a>(folder: &'a Path, task: &'a Task) -> impl Iterator<Item = NewImage> + 'a {
    let visible = |e: &walkdir::DirEntry| e.depth() == 0 || !e.file_name().to_string_lossy().starts_with('.');
    WalkDir::new(folder)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(visible)
        .map_while(move |entry| (!task.control().stopped()).then_some(entry))
        .filter_map(move |entry| match entry {
            Ok(entry) if entry.file_type().is_file() && looks_like_an_image(entry.path()) => {
                row(folder, &entry, task)
            }
            Ok(_) => None,
            Err(error) => {
                task.warn(trouble(&error));
                None
            }
        })
}

fn trouble(error: &walkdir::Error) -> String {
    let path = error.path().unwrap_or(Path::new("")).display();
    match (error.loop_ancestor(), error.io_error()) {
        (Some(ancestor), _) => format!("{path} is a link back to {}; not followed again", ancestor.display()),
        (None, Some(io)) => format!("{path} could not be read: {io}"),
        (None, None) => format!("{path} could not be read: {error}"),
    }
}

fn row(folder: &Path, entry: &walkdir::DirEntry, task: &Task) -> Option<NewImage> {
    let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
    let Some(path) = relative.to_str() else {
        task.warn(format!(
            "{} has a name that is not valid Unicode; rename it to label it",
            entry.path().display()
        ));
        return None;
    };
    let path = if std::path::MAIN_SEPARATOR == '/' { path.to_owned() } else { path.replace('\\', "/") };
    let metadata = match entry.metadata() {
        Ok(metadata) => metadata,
        Err(error) => {
            task.warn(trouble(&error));
            return None;
        }
    };
    let modified = metadata.modified().ok().and_then(|m| m.duration_since(UNIX_EPOCH).ok());
    Some(NewImage {
        path,
        bytes: metadata.len(),
        modified: modified.map_or(0, |m| i64::try_from(m.as_nanos()).unwrap_or(i64::MAX)),
    })
}

/// The folder as it is kept: absolute, links and dots resolved.
pub(crate) fn resolve(folder: &Path) -> std::io::Result<PathBuf> {
    let resolved = std::fs::canonicalize(folder)?;
    // Fails where it cannot be listed.
    std::fs::read_dir(&resolved)?;
    Ok(resolved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::JobKind;

    fn found(folder: &Path) -> (Vec<String>, Vec<String>) {
        let task = Task::silent(JobKind::Scan);
        let paths = images(folder, &task).map(|i| i.path).collect();
        (paths, task.view().warnings)
    }

    #[test]
    fn any_name_in_any_script_in_a_fixed_order() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("täglich")).unwrap();
        let names = ["b c.JPG", "a\"quote'.png", "line\nbreak.jpg", "täglich/猫 🐈.webp", "עברית.bmp"];
        for name in names.into_iter().chain(["notes.txt", ".hidden.jpg", "no_extension"]) {
            std::fs::write(dir.path().join(name), b"x").unwrap();
        }
        let (paths, warnings) = found(dir.path());
        let mut want = names.to_vec();
        want.sort_unstable();
        assert_eq!(paths, want);
        assert!(warnings.is_empty(), "{warnings:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_of_links_ends_and_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(inner.join("a.jpg"), b"x").unwrap();
        std::os::unix::fs::symlink(dir.path(), inner.join("round")).unwrap();
        std::os::unix::fs::symlink(dir.path().join("nowhere"), inner.join("broken.jpg")).unwrap();
        let (paths, warnings) = found(dir.path());
        assert_eq!(paths, ["inner/a.jpg"]);
        assert!(warnings.iter().any(|w| w.contains("link back")), "{warnings:?}");
        assert!(warnings.iter().any(|w| w.contains("broken.jpg")), "{warnings:?}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_that_is_not_unicode_is_told() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().unwrap();
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9.jpg");
        std::fs::write(dir.path().join(name), b"x").unwrap();
        let (paths, warnings) = found(dir.path());
        assert!(paths.is_empty());
        assert!(warnings[0].contains("not valid Unicode"), "{warnings:?}");
    }
}
