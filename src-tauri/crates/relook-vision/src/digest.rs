//! Knowing a file by its content.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use ring::digest::{Context, Digest, SHA256, digest};

use crate::error::VisionError;

/// Lower-case hex sha256 of a file's bytes, read in pieces.
pub fn sha256_file(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Context::new(&SHA256);
    let mut piece = vec![0_u8; 1 << 18];
    loop {
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => hasher.update(&piece[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(in_hex(&hasher.finish()))
}

/// Lower-case hex sha256 of bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    in_hex(&digest(&SHA256, bytes))
}

fn in_hex(digest: &Digest) -> String {
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Checks that a model file is the one a card names. Errors: missing, unreadable, another digest (both are named).
pub fn verify_sha256(path: &Path, expected: &str) -> Result<(), VisionError> {
    if !path.is_file() {
        return Err(VisionError::ModelMissing { path: path.to_path_buf() });
    }
    let found = sha256_file(path).map_err(|error| VisionError::ModelUnreadable {
        path: path.to_path_buf(),
        reason: error.to_string(),
    })?;
    if found.eq_ignore_ascii_case(expected.trim()) {
        Ok(())
    } else {
        Err(VisionError::ModelDigest { path: path.to_path_buf(), expected: expected.to_owned(), found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_known_content() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("abc");
        std::fs::write(&path, b"abc").unwrap();
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_file(&path).unwrap(), abc);
        assert_eq!(sha256(b"abc"), abc);
        assert!(verify_sha256(&path, &abc.to_uppercase()).is_ok());

        let error = verify_sha256(&path, "00ff").unwrap_err();
        assert_eq!(error.code(), "model_digest");
        assert!(error.to_string().contains(abc) && error.to_string().contains("00ff"), "{error}");

        assert_eq!(verify_sha256(&dir.path().join("no"), abc).unwrap_err().code(), "model_missing");
    }
}
