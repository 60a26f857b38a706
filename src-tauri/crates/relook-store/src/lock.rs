//! The job lock: two programs never draft one project at once.

use std::fs::File;

use crate::{error::StoreError, project::Store};

/// Held while jobs run; given back when dropped, or by the system when the program dies.
#[derive(Debug)]
pub struct JobLock {
    _file: File,
}

impl Store {
    /// Takes the project's job lock for `what` ("relook draft", "the Relook window").
    ///
    /// # Errors
    /// [`StoreError::JobsBusy`] names who holds it.
    pub fn lock_jobs(&self, what: &str) -> Result<JobLock, StoreError> {
        let _ = what;
        todo!()
    }
}
