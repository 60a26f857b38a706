//! Files and folders that appear whole or not at all.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::{NamedTempFile, TempDir};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::error::EngineError;

const WRITE: &str = "Could not write";

fn beside(out: &Path) -> Result<&Path, EngineError> {
    let parent = out.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(EngineError::file("Could not make the folder", parent))?;
    Ok(parent)
}

fn temp_file(out: &Path) -> Result<NamedTempFile, EngineError> {
    if out.is_dir() {
        return Err(EngineError::Invalid(format!("{} is a folder; name a file", out.display())));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".relook-export-");
    // As any file the user makes, not only for their own eyes as temporary files are.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(beside(out)?).map_err(EngineError::file(WRITE, out))
}

fn persist(temp: NamedTempFile, out: &Path) -> Result<(), EngineError> {
    temp.as_file().sync_all().map_err(EngineError::file(WRITE, out))?;
    temp.persist(out).map_err(|e| EngineError::file(WRITE, out)(e.error))?;
    sync_folder(out);
    Ok(())
}

/// The rename itself on disk; where a file system cannot do that, it is no worse than any other program.
fn sync_folder(out: &Path) {
    if let Some(folder) = out.parent().and_then(|p| File::open(p).ok()) {
        let _ = folder.sync_all();
    }
}

/// One file.
pub(super) struct FileTarget {
    out: PathBuf,
    temp: BufWriter<NamedTempFile>,
}

impl FileTarget {
    pub(super) fn new(out: &str) -> Result<Self, EngineError> {
        let out = PathBuf::from(out);
        Ok(Self { temp: BufWriter::new(temp_file(&out)?), out })
    }

    pub(super) fn put_in_place(self) -> Result<(), EngineError> {
        let temp = self.temp.into_inner().map_err(|e| EngineError::file(WRITE, &self.out)(e.into_error()))?;
        persist(temp, &self.out)
    }
}

impl Write for FileTarget {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.temp.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.temp.flush()
    }
}

/// A zip; writing goes to the entry begun last.
pub(super) struct ZipTarget {
    out: PathBuf,
    zip: ZipWriter<NamedTempFile>,
}

impl ZipTarget {
    pub(super) fn new(out: &str) -> Result<Self, EngineError> {
        let out = PathBuf::from(out);
        Ok(Self { zip: ZipWriter::new(temp_file(&out)?), out })
    }

    /// `squeeze`: for text; photos are squeezed already.
    pub(super) fn begin(&mut self, name: &str, squeeze: bool) -> Result<(), EngineError> {
        let method = if squeeze { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        // A fixed time, so that equal content gives equal bytes.
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(zip::DateTime::default())
            .large_file(true);
        self.zip
            .start_file(name, options)
            .map_err(|e| EngineError::Failed(format!("{WRITE} {} into {}: {e}", name, self.out.display())))
    }

    pub(super) fn copy_from(&mut self, file: &Path) -> Result<(), EngineError> {
        let mut from = File::open(file).map_err(EngineError::file("Could not read", file))?;
        std::io::copy(&mut from, &mut self.zip).map_err(EngineError::file(WRITE, &self.out))?;
        Ok(())
    }

    pub(super) fn put_in_place(self) -> Result<(), EngineError> {
        let temp = self
            .zip
            .finish()
            .map_err(|e| EngineError::Failed(format!("{WRITE} {}: {e}", self.out.display())))?;
        persist(temp, &self.out)
    }
}

impl Write for ZipTarget {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.zip.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.zip.flush()
    }
}

/// A folder of files.
pub(super) struct FolderTarget {
    out: PathBuf,
    temp: TempDir,
}

impl FolderTarget {
    /// # Errors
    /// Something is there already: an export never mixes with other files or overwrites them.
    pub(super) fn new(out: &str) -> Result<Self, EngineError> {
        let out = PathBuf::from(out);
        let free = match std::fs::read_dir(&out) {
            Ok(mut entries) => entries.next().is_none(),
            Err(_) => !out.exists(),
        };
        if !free {
            return Err(EngineError::Invalid(format!(
                "{} is not empty; name a folder that is empty or not there yet",
                out.display()
            )));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".relook-export-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
        let temp = builder.tempdir_in(beside(&out)?).map_err(EngineError::file(WRITE, &out))?;
        Ok(Self { out, temp })
    }

    fn place(&self, path: &str) -> Result<PathBuf, EngineError> {
        let place = self.temp.path().join(path);
        let parent = place.parent().unwrap_or(self.temp.path());
        std::fs::create_dir_all(parent).map_err(EngineError::file(WRITE, &self.out))?;
        Ok(place)
    }

    pub(super) fn write(&self, path: &str, bytes: &[u8]) -> Result<(), EngineError> {
        std::fs::write(self.place(path)?, bytes).map_err(EngineError::file(WRITE, self.out.join(path)))
    }

    pub(super) fn copy(&self, path: &str, from: &Path) -> Result<(), EngineError> {
        std::fs::copy(from, self.place(path)?).map_err(EngineError::file("Could not copy", from))?;
        Ok(())
    }

    pub(super) fn put_in_place(self) -> Result<(), EngineError> {
        let temp = self.temp.keep();
        // An empty folder gives way; `rename` would refuse it on some systems.
        let _ = std::fs::remove_dir(&self.out);
        std::fs::rename(&temp, &self.out).map_err(EngineError::file(WRITE, &self.out))?;
        sync_folder(&self.out);
        Ok(())
    }
}
