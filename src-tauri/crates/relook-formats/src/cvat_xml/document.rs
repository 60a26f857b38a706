//! What a CVAT XML file says, as far as it is understood.

use std::collections::BTreeMap;

use crate::{ReadImage, ReadLabel};

/// A whole file in memory; see [`super::read_each`] for files that should not be.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub images: Vec<ReadImage>,
    pub summary: Summary,
}

/// What a file holds beside its images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// The task's, project's or job's name; empty when the file has none.
    pub name: String,
    /// In the file's order; empty when the file has no meta.
    pub labels: Vec<ReadLabel>,
    pub images: u64,
    pub shapes: u64,
    /// Elements that were passed over, by kind: `track` and whatever else stood there.
    pub skipped: BTreeMap<String, u64>,
}
