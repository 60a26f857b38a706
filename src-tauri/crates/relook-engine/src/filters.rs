//! Filters kept in the project under a name.

use crate::{error::EngineError, project::Project, show, view::SavedFilter};

impl Project {
    /// The saved filters, in the order they were first saved.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn saved_filters(&self) -> Result<Vec<SavedFilter>, EngineError> {
        parse(self.store().filters()?)
    }

    /// Saves a filter; one of the same name is replaced. Returns all.
    ///
    /// # Errors
    /// The name is empty, a score is none, or the file cannot be written.
    pub fn save_filter(&self, saved: SavedFilter) -> Result<Vec<SavedFilter>, EngineError> {
        let name = saved.name.trim().to_owned();
        if name.is_empty() {
            return Err(EngineError::Invalid("A saved filter needs a name".into()));
        }
        show::box_filter(&saved.filter)?;
        let saved = SavedFilter { name, ..saved };
        self.edit_filters(|filters| {
            match filters.iter_mut().find(|f| f.name == saved.name) {
                Some(there) => *there = saved,
                None => filters.push(saved),
            }
            Ok(())
        })
    }

    /// Forgets a filter. Returns those that are left.
    ///
    /// # Errors
    /// There is none of that name, or the file cannot be written.
    pub fn delete_filter(&self, name: &str) -> Result<Vec<SavedFilter>, EngineError> {
        self.edit_filters(|filters| {
            let before = filters.len();
            filters.retain(|f| f.name != name.trim());
            if filters.len() == before {
                return Err(EngineError::NotFound(format!(
                    "There is no saved filter {name:?} in this project"
                )));
            }
            Ok(())
        })
    }

    fn edit_filters(
        &self,
        edit: impl FnOnce(&mut Vec<SavedFilter>) -> Result<(), EngineError>,
    ) -> Result<Vec<SavedFilter>, EngineError> {
        let mut now = Vec::new();
        self.store().edit_filters(|text| {
            now = parse(text)?;
            edit(&mut now)?;
            serde_json::to_string(&now).map_err(|e| EngineError::Failed(e.to_string()))
        })?;
        Ok(now)
    }
}

fn parse(text: Option<String>) -> Result<Vec<SavedFilter>, EngineError> {
    let parsed = text.map_or(Ok(Vec::new()), |text| serde_json::from_str(&text));
    parsed.map_err(|e| EngineError::Failed(format!("The saved filters are not understood: {e}")))
}
