//! The file, folder or zip that an import reads.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use relook_formats::{
    Files, Limits, ReadSeek,
    archive::{Archive, Sizes},
};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::error::EngineError;

/// A file or the files of a folder.
struct OnDisk {
    root: PathBuf,
    paths: Vec<String>,
    sizes: Sizes,
}

impl Files for OnDisk {
    fn paths(&self) -> &[String] {
        &self.paths
    }

    fn open<'a>(&'a mut self, path: &str) -> io::Result<Box<dyn ReadSeek + 'a>> {
        Ok(Box::new(File::open(self.root.join(path))?))
    }

    fn size(&mut self, name: &str) -> Option<(u32, u32)> {
        (self.sizes)(name)
    }
}

/// A set of files with the sequence of images that tracks run along.
pub(super) struct InSequence<F> {
    pub files: Box<dyn Files>,
    /// The name of the image at a place from 0.
    pub name: F,
}

impl<F: Fn(u64) -> Option<String>> Files for InSequence<F> {
    fn paths(&self) -> &[String] {
        self.files.paths()
    }

    fn open<'a>(&'a mut self, path: &str) -> io::Result<Box<dyn ReadSeek + 'a>> {
        self.files.open(path)
    }

    fn size(&mut self, name: &str) -> Option<(u32, u32)> {
        self.files.size(name)
    }

    fn frame(&mut self, number: u64) -> Option<String> {
        (self.name)(number)
    }
}

/// Opens what is to be read; `sizes` tells the upright pixels of the image that a name means.
///
/// # Errors
/// It is not there, cannot be read, or is a zip that does not keep to its bounds.
pub(super) fn open(path: &Path, sizes: Sizes) -> Result<Box<dyn Files>, EngineError> {
    let file = EngineError::file("Could not read", path);
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => return Err(file(error)),
    };
    if metadata.is_dir() {
        return Ok(Box::new(OnDisk { root: path.to_owned(), paths: below(path), sizes }));
    }
    if is_zip(path).map_err(file)? {
        let opened = File::open(path).map_err(EngineError::file("Could not read", path))?;
        let archive = Archive::new(BufReader::new(opened), &Limits::default(), tempfile::tempfile)?;
        return Ok(Box::new(archive.sizes(sizes)));
    }
    let root = path.parent().unwrap_or(Path::new("")).to_owned();
    let name = path.file_name().and_then(|n| n.to_str()).ok_or_else(|| {
        EngineError::Invalid(format!("{} has a name that is not valid Unicode; rename it", path.display()))
    })?;
    Ok(Box::new(OnDisk { root, paths: vec![name.to_owned()], sizes }))
}

/// What is imported, by its content: sha256 in hex. Of a folder the files that hold labels, in order.
pub(super) fn digest(path: &Path) -> Result<String, EngineError> {
    const HELD: &[&str] = &["xml", "json", "txt", "yaml", "yml"];
    let mut hasher = Sha256::new();
    let mut add = |name: &str, file: &Path| -> Result<(), EngineError> {
        hasher.update(name);
        let mut opened = File::open(file).map_err(EngineError::file("Could not read", file))?;
        let mut piece = vec![0_u8; 1 << 18];
        loop {
            match opened.read(&mut piece).map_err(EngineError::file("Could not read", file))? {
                0 => return Ok(()),
                n => hasher.update(&piece[..n]),
            }
        }
    };
    if path.is_dir() {
        let held = |p: &&String| {
            Path::new(p).extension().and_then(|e| e.to_str()).is_some_and(|e| HELD.contains(&e))
        };
        for name in below(path).iter().filter(held) {
            add(name, &path.join(name))?;
        }
    } else {
        add("", path)?;
    }
    Ok(hasher.finalize().iter().map(|b| format!("{b:02x}")).collect())
}

fn is_zip(path: &Path) -> io::Result<bool> {
    let mut start = [0_u8; 4];
    let read = File::open(path)?.take(4).read(&mut start)?;
    Ok(read == 4 && (start == *b"PK\x03\x04" || start == *b"PK\x05\x06"))
}

/// All files below a folder, `/` between parts, sorted; what is hidden or cannot be read left out.
fn below(folder: &Path) -> Vec<String> {
    let visible = |e: &walkdir::DirEntry| e.depth() == 0 || !e.file_name().to_string_lossy().starts_with('.');
    let files = WalkDir::new(folder).into_iter().filter_entry(visible).filter_map(Result::ok);
    let files = files.filter(|e| e.file_type().is_file());
    let mut paths: Vec<String> = files
        .filter_map(|e| {
            let relative = e.path().strip_prefix(folder).ok()?.to_str()?.to_owned();
            Some(if std::path::MAIN_SEPARATOR == '/' { relative } else { relative.replace('\\', "/") })
        })
        .collect();
    paths.sort();
    paths
}
