//! The job lock: two programs never draft one project at once.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
};

use crate::{connection::beside, error::StoreError, project::Store};

/// Held while jobs run; given back when dropped, or by the system when the program dies.
#[derive(Debug)]
pub struct JobLock {
    _file: File,
}

impl Store {
    /// Takes the project's job lock (`PROJECT.relook-lock`) for `what`: "relook draft", "The Relook window".
    ///
    /// # Errors
    /// [`StoreError::JobsBusy`] names who holds it; [`StoreError::ReadOnly`] where nothing could be saved anyway.
    pub fn lock_jobs(&self, what: &str) -> Result<JobLock, StoreError> {
        if let Some(reason) = self.read_only() {
            return Err(StoreError::ReadOnly { path: self.path().into(), reason: reason.into() });
        }
        let path = beside(self.path(), "-lock");
        let io = |e: std::io::Error| StoreError::Io { path: path.clone(), detail: e.to_string() };
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::JobsBusy { by: holder(&mut file) }),
            Err(TryLockError::Error(e)) => return Err(io(e)),
        }
        // Only for the message to others; the lock holds without it.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "{what} (process {})", std::process::id()));
        Ok(JobLock { _file: file })
    }
}

/// Who wrote into the lock file. Where a locked file cannot be read, or in the instant before it is written: nobody known.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(500).read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => text,
        _ => "Another program".into(),
    }
}
