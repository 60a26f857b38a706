//! The name an image has outside: its path in its folder; with several folders, the folder's name before it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use relook_domain::FolderId;
use relook_store::ImageRow;

pub(crate) struct Names {
    /// Empty with a single folder.
    prefixes: BTreeMap<FolderId, String>,
}

impl Names {
    pub(crate) fn new(folders: &BTreeMap<FolderId, PathBuf>) -> Self {
        let mut prefixes = BTreeMap::new();
        if folders.len() > 1 {
            let mut taken = BTreeSet::new();
            for (id, path) in folders {
                let name =
                    path.file_name().map_or_else(|| "root".into(), |n| n.to_string_lossy().into_owned());
                let mut prefix = name.clone();
                let mut number = 2;
                while !taken.insert(prefix.clone()) {
                    prefix = format!("{name}-{number}");
                    number += 1;
                }
                prefixes.insert(*id, prefix);
            }
        }
        Self { prefixes }
    }

    pub(crate) fn of(&self, row: &ImageRow) -> String {
        match self.prefixes.get(&row.folder) {
            Some(prefix) => format!("{prefix}/{}", row.path),
            None => row.path.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_one_name_are_told_apart() {
        let folders = [(1, "/a/day"), (2, "/b/day"), (3, "/c/night")];
        let folders = folders.into_iter().map(|(id, p)| (FolderId(id), PathBuf::from(p))).collect();
        let names = Names::new(&folders);
        assert_eq!(names.prefixes.values().cloned().collect::<Vec<_>>(), ["day", "day-2", "night"]);
        let one = [(FolderId(1), PathBuf::from("/a/day"))].into();
        assert!(Names::new(&one).prefixes.is_empty());
    }
}
