//! The ids of a truth file, so that results speak of the same images and categories.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    io::BufRead,
};

use serde::Deserialize;

use crate::FormatError;

/// Image and category ids of an `instances.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Like {
    images: BTreeMap<String, i64>,
    /// By the last part of the path; `None` where several images share it.
    by_base: BTreeMap<String, Option<i64>>,
    categories: BTreeMap<String, i64>,
}

#[derive(Deserialize)]
struct Truth {
    images: Vec<Image>,
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct Image {
    id: i64,
    file_name: String,
}

#[derive(Deserialize)]
struct Category {
    id: i64,
    name: String,
}

impl Like {
    /// Reads the images and categories of a truth file; its annotations are passed over.
    ///
    /// # Errors
    /// [`FormatError::Coco`] when it is not JSON of that form, or a file or category name stands for two ids.
    pub fn read(reader: impl BufRead) -> Result<Self, FormatError> {
        let truth: Truth = serde_json::from_reader(reader).map_err(|e| FormatError::Coco(e.to_string()))?;
        let mut images = BTreeMap::new();
        let mut by_base: BTreeMap<String, Option<i64>> = BTreeMap::new();
        for image in truth.images {
            by_base
                .entry(base(&image.file_name).to_owned())
                .and_modify(|id| *id = None)
                .or_insert(Some(image.id));
            insert(&mut images, "image", image.file_name, image.id)?;
        }
        let mut categories = BTreeMap::new();
        for category in truth.categories {
            insert(&mut categories, "category", category.name, category.id)?;
        }
        Ok(Self { images, by_base, categories })
    }

    /// The id of an image by its full path, else by its last part where that is unique in the truth file.
    #[must_use]
    pub fn image(&self, name: &str) -> Option<i64> {
        self.images.get(name).copied().or_else(|| self.by_base.get(base(name)).copied().flatten())
    }

    /// The id of a category by its exact name.
    #[must_use]
    pub fn category(&self, name: &str) -> Option<i64> {
        self.categories.get(name).copied()
    }
}

fn base(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn insert(map: &mut BTreeMap<String, i64>, what: &str, name: String, id: i64) -> Result<(), FormatError> {
    match map.entry(name) {
        Entry::Vacant(free) => {
            free.insert(id);
            Ok(())
        }
        Entry::Occupied(taken) => Err(FormatError::Coco(format!(
            "{what} {:?} stands twice, with ids {} and {id}; keep one of them",
            taken.key(),
            taken.get()
        ))),
    }
}
