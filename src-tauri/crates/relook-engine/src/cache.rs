//! Small pictures on disk; the folder may be deleted at any time.

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::SystemTime,
};

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

/// The folder is looked through for its size whenever so many pictures were put into it.
const SWEPT_EVERY: u32 = 4096;

/// A folder of pictures that stays below about `limit` bytes: the oldest go first.
pub(crate) struct Shelf {
    folder: PathBuf,
    limit: u64,
    put: AtomicU32,
    sweeping: Arc<AtomicBool>,
}

impl Shelf {
    pub(crate) fn new(folder: PathBuf, limit: u64) -> Self {
        Self { folder, limit, put: AtomicU32::new(0), sweeping: Arc::default() }
    }

    /// The place of the picture that these words are about: others have another place.
    pub(crate) fn place(&self, about: &[&[u8]]) -> PathBuf {
        let mut hash = Sha256::new();
        for word in about {
            hash.update((word.len() as u64).to_le_bytes());
            hash.update(word);
        }
        let name = format!("{:x}", hash.finalize());
        self.folder.join(&name[..2]).join(format!("{}.jpg", &name[2..34]))
    }

    /// Keeps a picture; where that fails it is only slower next time.
    pub(crate) fn put(&self, place: &Path, bytes: &[u8]) {
        if let Err(error) = keep(place, bytes) {
            tracing::debug!("{} was not kept: {error}", place.display());
            return;
        }
        let sweep = self.put.fetch_add(1, Ordering::Relaxed).is_multiple_of(SWEPT_EVERY);
        if sweep && !self.sweeping.swap(true, Ordering::Relaxed) {
            let (folder, limit, sweeping) = (self.folder.clone(), self.limit, Arc::clone(&self.sweeping));
            std::thread::spawn(move || {
                sweep_out(&folder, limit);
                sweeping.store(false, Ordering::Relaxed);
            });
        }
    }
}

fn keep(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = place.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut temp = tempfile::NamedTempFile::new_in(folder)?;
    temp.write_all(bytes)?;
    temp.persist(place)?;
    Ok(())
}

/// Deletes the oldest pictures of a folder that holds more than `limit` bytes, until four fifths of that are left.
fn sweep_out(folder: &Path, limit: u64) {
    let files = WalkDir::new(folder).into_iter().filter_map(Result::ok).filter(|e| e.file_type().is_file());
    let known = files.filter_map(|e| {
        let about = e.metadata().ok()?;
        Some((about.modified().unwrap_or(SystemTime::UNIX_EPOCH), about.len(), e.into_path()))
    });
    let mut all: Vec<_> = known.collect();
    let mut size: u64 = all.iter().map(|(_, bytes, _)| bytes).sum();
    if size <= limit {
        return;
    }
    all.sort_unstable();
    for (_, bytes, path) in all {
        if size <= limit / 5 * 4 {
            break;
        }
        // One that cannot be deleted stays; the next sweep tries again.
        if std::fs::remove_file(path).is_ok() {
            size -= bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(dir.path().join("crops"), 1000);
        let places: Vec<PathBuf> = (0_u8..20).map(|n| shelf.place(&[b"photo", &[n]])).collect();
        for (place, age) in places.iter().zip((0..20).rev()) {
            keep(place, &[0; 100]).unwrap();
            let then = SystemTime::now() - std::time::Duration::from_secs(3600 * age);
            std::fs::File::options().write(true).open(place).unwrap().set_modified(then).unwrap();
        }
        sweep_out(&shelf.folder, 1000);
        let kept: Vec<bool> = places.iter().map(|p| p.exists()).collect();
        assert_eq!(kept, [vec![false; 12], vec![true; 8]].concat());
        sweep_out(&shelf.folder, 1000);
        assert_eq!(places.iter().filter(|p| p.exists()).count(), 8, "below the limit nothing goes");
    }

    #[test]
    fn what_is_about_something_else_has_another_place() {
        let shelf = Shelf::new(PathBuf::from("/c"), 1);
        assert_eq!(shelf.place(&[b"ab", b"c"]), shelf.place(&[b"ab", b"c"]));
        assert_ne!(shelf.place(&[b"ab", b"c"]), shelf.place(&[b"a", b"bc"]));
    }
}
