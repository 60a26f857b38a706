//! A graph on its way in: hashed while it is written, never longer than its card says, renamed into place when whole.

use std::{
    fs::File,
    io::{Read, Write},
    path::{Path, PathBuf},
};

use relook_domain::model_card::ModelCard;
use sha2::{Digest, Sha256};

use crate::RemoteError;

/// What is to arrive, as its card tells.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub model: String,
    /// Where it comes from, as it may be shown.
    pub from: String,
    pub target: PathBuf,
    pub sha256: String,
    pub bytes: u64,
}

impl Wanted {
    /// # Errors
    /// A file name on the card that leads anywhere but straight into `folder`.
    pub fn new(card: &ModelCard, folder: &Path, from: String) -> Result<Self, RemoteError> {
        let plain = Path::new(&card.file).file_name().is_some_and(|name| name == card.file.as_str());
        if !plain {
            return Err(RemoteError::UnfitFile { model: card.name.clone(), file: card.file.clone() });
        }
        Ok(Self {
            model: card.name.clone(),
            from,
            target: folder.join(&card.file),
            sha256: card.sha256.to_ascii_lowercase(),
            bytes: card.bytes,
        })
    }

    pub fn too_large(&self) -> RemoteError {
        RemoteError::TooLarge { from: self.from.clone(), model: self.model.clone(), limit: self.bytes }
    }
}

/// The writing end of one file.
pub(crate) struct Intake {
    file: File,
    hasher: Sha256,
    written: u64,
}

impl Intake {
    /// Goes on at the end of what `file` holds already; that is read once to hash it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn resume(mut file: File, wanted: &Wanted) -> Result<Self, RemoteError> {
        let mut hasher = Sha256::new();
        let mut written = 0;
        let mut buffer = vec![0; 256 * 1024];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(Self { file, hasher, written }),
                Ok(n) => {
                    hasher.update(&buffer[..n]);
                    written += n as u64;
                }
                Err(source) if source.kind() == std::io::ErrorKind::Interrupted => {}
                Err(source) => return Err(RemoteError::file("Could not read back", &wanted.target)(source)),
            }
        }
    }

    /// Bytes so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// # Errors
    /// More than the card tells of, or the disk refuses.
    pub fn take(&mut self, bytes: &[u8], wanted: &Wanted) -> Result<(), RemoteError> {
        if self.written + bytes.len() as u64 > wanted.bytes {
            return Err(wanted.too_large());
        }
        self.file.write_all(bytes).map_err(RemoteError::file("Could not write", &wanted.target))?;
        self.hasher.update(bytes);
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// Whether the bytes are those of the card; with `Ok` they are on the disk, not only on their way there.
    ///
    /// # Errors
    /// Another sha256, or the disk refuses.
    pub fn finish(self, wanted: &Wanted) -> Result<(), RemoteError> {
        use std::fmt::Write as _;
        let mut found = String::with_capacity(64);
        for byte in self.hasher.finalize() {
            // Writing into a string does not fail.
            let _ = write!(found, "{byte:02x}");
        }
        if found != wanted.sha256 {
            return Err(RemoteError::WrongHash {
                from: wanted.from.clone(),
                model: wanted.model.clone(),
                expected: wanted.sha256.clone(),
                found,
            });
        }
        self.file.sync_all().map_err(RemoteError::file("Could not write", &wanted.target))
    }
}

/// Makes a rename into `folder` outlast a power cut. Only where folders can be opened as files.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), RemoteError> {
    if cfg!(unix) {
        let synced = File::open(folder).and_then(|f| f.sync_all());
        synced.map_err(RemoteError::file("Could not write", folder))?;
    }
    Ok(())
}
