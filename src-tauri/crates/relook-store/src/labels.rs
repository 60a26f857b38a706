//! Labels of the project.

use relook_domain::{Attribute, Label, LabelId};

use crate::{error::StoreError, project::Store};

/// A label to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLabel {
    pub name: String,
    /// `#rrggbb`.
    pub colour: String,
    pub attributes: Vec<Attribute>,
}

impl Store {
    /// All labels, in the order they were added.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn labels(&self) -> Result<Vec<Label>, StoreError> {
        todo!()
    }

    /// Adds a label at the end.
    ///
    /// # Errors
    /// [`StoreError::LabelExists`] where one of that name is there.
    pub fn add_label(&self, label: &NewLabel) -> Result<LabelId, StoreError> {
        let _ = label;
        todo!()
    }

    /// The label of exactly that name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn label_by_name(&self, name: &str) -> Result<Option<Label>, StoreError> {
        let _ = name;
        todo!()
    }
}
