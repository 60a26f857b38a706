//! Scored detections in the list form of COCO results.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
};

use relook_domain::{Label, export::ExportImage};
use serde::Serialize;

use super::{
    DRAWN_BY_A_PERSON, Like,
    instances::{write, write_item},
};
use crate::{
    Cause, FormatError, Warning,
    error::label_at,
    place::{hundredths, upright_rounded},
};

#[derive(Serialize)]
struct Detection {
    image_id: i64,
    category_id: i64,
    bbox: [f64; 4],
    score: f64,
}

/// What the truth file had no place for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unmatched {
    /// Images without a counterpart.
    pub images: u64,
    /// The first few of their names.
    pub examples: Vec<String>,
    /// Boxes left out by label, for labels without a category.
    pub boxes_by_label: BTreeMap<String, u64>,
}

const EXAMPLES: usize = 10;

/// Writes `[{image_id, category_id, bbox, score}]` with the ids of a truth file.
pub struct ResultWriter<'l, W: Write> {
    out: W,
    like: &'l Like,
    /// Name and, where the truth file has it, category id.
    labels: Vec<(String, Option<i64>)>,
    taken: BTreeSet<i64>,
    boxes: u64,
    unmatched: Unmatched,
}

impl<'l, W: Write> ResultWriter<'l, W> {
    /// Opens the list.
    ///
    /// # Errors
    /// [`FormatError::Write`].
    pub fn new(mut out: W, labels: &[Label], like: &'l Like) -> Result<Self, FormatError> {
        write(&mut out, b"[")?;
        let labels = labels.iter().map(|l| (l.name.clone(), like.category(&l.name))).collect();
        Ok(Self { out, like, labels, taken: BTreeSet::new(), boxes: 0, unmatched: Unmatched::default() })
    }

    /// Writes one image's boxes, of other areas the upright box around. A box without a score was drawn by a person and counts as certain (1.0).
    ///
    /// # Errors
    /// [`FormatError::NoSuchLabel`], [`FormatError::Write`].
    pub fn image(&mut self, image: &ExportImage) -> Result<Vec<Warning>, FormatError> {
        let matched = match self.like.image(&image.name) {
            Some(id) if self.taken.insert(id) => Ok(id),
            Some(_) => Err(Cause::ImageTaken),
            None => Err(Cause::UnmatchedImage),
        };
        if matched.is_err() {
            self.unmatched.images += 1;
            if self.unmatched.examples.len() < EXAMPLES {
                self.unmatched.examples.push(image.name.clone());
            }
        }
        let mut warnings = Vec::new();
        for shape in &image.shapes {
            let (label, category) = label_at(&self.labels, shape.label, &image.name)?;
            let mut warn =
                |cause| warnings.push(Warning { image: image.name.clone(), label: label.clone(), cause });
            let image_id = match &matched {
                Ok(id) => *id,
                Err(cause) => {
                    warn(cause.clone());
                    continue;
                }
            };
            let Some(category_id) = *category else {
                *self.unmatched.boxes_by_label.entry(label.clone()).or_default() += 1;
                warn(Cause::UnmatchedLabel);
                continue;
            };
            let score = shape.score.unwrap_or(DRAWN_BY_A_PERSON);
            let placed = if score.is_finite() {
                upright_rounded(shape, image.width, image.height)
            } else {
                Err(Cause::NotANumber)
            };
            let rect = match placed {
                Ok((rect, note)) => {
                    note.into_iter().for_each(&mut warn);
                    rect
                }
                Err(cause) => {
                    warn(cause);
                    continue;
                }
            };
            let bbox = [rect.x1, rect.y1, hundredths(rect.width()), hundredths(rect.height())];
            let entry = Detection { image_id, category_id, bbox, score };
            write_item(&mut self.out, self.boxes == 0, &entry)?;
            self.boxes += 1;
        }
        Ok(warnings)
    }

    /// Closes the list; hands back the flushed target and what found no counterpart.
    ///
    /// # Errors
    /// [`FormatError::Write`].
    pub fn finish(mut self) -> Result<(W, Unmatched), FormatError> {
        write(&mut self.out, b"\n]\n")?;
        self.out.flush().map_err(FormatError::Write)?;
        Ok((self.out, self.unmatched))
    }
}
