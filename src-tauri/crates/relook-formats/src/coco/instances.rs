//! `instances.json`, streamed in two passes over the images: first all images, then all annotations, since COCO keeps
//! them in two lists.

use std::{collections::BTreeMap, io::Write};

use relook_domain::{Label, export::ExportImage};
use serde::Serialize;

use super::shape::{Segmentation, drawn};
use crate::{FormatError, Warning, error::label_at, place::degrees};

/// COCO counts from 1; its tools take an id of 0 for "none".
fn id(zero_based: u64) -> u64 {
    zero_based + 1
}

#[derive(Serialize)]
struct Image<'a> {
    id: u64,
    file_name: &'a str,
    width: u32,
    height: u32,
}

#[derive(Serialize)]
struct Category<'a> {
    id: u64,
    name: &'a str,
    supercategory: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    keypoints: Option<Vec<&'a str>>,
    /// Pairs of places in `keypoints`, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    skeleton: Option<Vec<[u64; 2]>>,
}

#[derive(Serialize)]
struct Annotation<'a> {
    id: u64,
    image_id: u64,
    category_id: u64,
    bbox: [f64; 4],
    area: f64,
    iscrowd: u8,
    segmentation: Segmentation,
    #[serde(skip_serializing_if = "Option::is_none")]
    num_keypoints: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keypoints: Option<Vec<serde_json::Value>>,
    attributes: BTreeMap<&'a str, serde_json::Value>,
}

/// The first pass: every image of the export.
pub struct ImageWriter<W: Write> {
    out: W,
    labels: Vec<Label>,
    images: u64,
    last_frame: Option<u64>,
}

impl<W: Write> ImageWriter<W> {
    /// Writes the categories (ids are places in `labels`, from 1) and opens the list of images.
    ///
    /// # Errors
    /// [`FormatError::Write`].
    pub fn new(mut out: W, labels: &[Label]) -> Result<Self, FormatError> {
        write(&mut out, b"{\"categories\":[")?;
        for (n, label) in labels.iter().enumerate() {
            let skeleton = label.skeleton.as_ref();
            let category = Category {
                id: id(n as u64),
                name: &label.name,
                supercategory: "",
                keypoints: skeleton.map(|s| s.joints.iter().map(|j| j.name.as_str()).collect()),
                skeleton: skeleton
                    .map(|s| s.edges.iter().map(|(a, b)| [id((*a).into()), id((*b).into())]).collect()),
            };
            write_item(&mut out, n == 0, &category)?;
        }
        write(&mut out, b"\n],\n\"images\":[")?;
        Ok(Self { out, labels: labels.to_vec(), images: 0, last_frame: None })
    }

    /// Writes one image's entry; its id is its frame plus one. The shapes are not looked at.
    ///
    /// # Errors
    /// [`FormatError::FrameOrder`], [`FormatError::Write`].
    pub fn image(&mut self, image: &ExportImage) -> Result<(), FormatError> {
        grow(&mut self.last_frame, image)?;
        let entry =
            Image { id: id(image.frame), file_name: &image.name, width: image.width, height: image.height };
        write_item(&mut self.out, self.images == 0, &entry)?;
        self.images += 1;
        Ok(())
    }

    /// Closes the list of images and opens the list of annotations.
    ///
    /// # Errors
    /// [`FormatError::Write`].
    pub fn annotations(mut self) -> Result<AnnotationWriter<W>, FormatError> {
        write(&mut self.out, b"\n],\n\"annotations\":[")?;
        Ok(AnnotationWriter {
            out: self.out,
            labels: self.labels,
            promised: self.images,
            images: 0,
            shapes: 0,
            last_frame: None,
        })
    }
}

/// The second pass: the same images again, now their shapes.
pub struct AnnotationWriter<W: Write> {
    out: W,
    labels: Vec<Label>,
    promised: u64,
    images: u64,
    shapes: u64,
    last_frame: Option<u64>,
}

impl<W: Write> AnnotationWriter<W> {
    /// Writes one image's shapes: `bbox` as x, y, width, height in pixels with two decimals; occlusion, rotation and
    /// attributes under `attributes`, as CVAT's COCO export has them. Polygons, turned boxes and ellipses have their
    /// outline as `segmentation`, masks their pixels; every shape of a label with a skeleton has `keypoints`, all 0
    /// where it is no skeleton, as pycocotools asks for them.
    ///
    /// # Errors
    /// [`FormatError::NoSuchLabel`], [`FormatError::FrameOrder`], [`FormatError::Write`].
    pub fn image(&mut self, image: &ExportImage) -> Result<Vec<Warning>, FormatError> {
        grow(&mut self.last_frame, image)?;
        let mut warnings = Vec::new();
        for shape in &image.shapes {
            let label = label_at(&self.labels, shape.label, &image.name)?;
            let mut warn = |cause| {
                warnings.push(Warning { image: image.name.clone(), label: label.name.clone(), cause })
            };
            let drawn = match drawn(shape, label, image.width, image.height, &mut warn) {
                Ok((drawn, note)) => {
                    note.into_iter().for_each(&mut warn);
                    drawn
                }
                Err(cause) => {
                    warn(cause);
                    continue;
                }
            };
            let mut attributes: BTreeMap<&str, serde_json::Value> =
                shape.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str().into())).collect();
            attributes.insert("occluded", shape.occluded.into());
            if degrees(shape.rotation) != 0.0 {
                attributes.insert("rotation", degrees(shape.rotation).into());
            }
            let (keypoints, num_keypoints) = drawn.keypoints.unzip();
            let entry = Annotation {
                id: id(self.shapes),
                image_id: id(image.frame),
                category_id: id(shape.label as u64),
                bbox: drawn.bbox,
                area: drawn.area,
                iscrowd: 0,
                segmentation: drawn.segmentation,
                num_keypoints,
                keypoints,
                attributes,
            };
            write_item(&mut self.out, self.shapes == 0, &entry)?;
            self.shapes += 1;
        }
        self.images += 1;
        Ok(warnings)
    }

    /// Closes the document and hands the flushed target back.
    ///
    /// # Errors
    /// [`FormatError::Count`] when the second pass saw another number of images, [`FormatError::Write`].
    pub fn finish(mut self) -> Result<W, FormatError> {
        if self.images != self.promised {
            return Err(FormatError::Count { promised: self.promised, written: self.images });
        }
        write(&mut self.out, b"\n]}\n")?;
        self.out.flush().map_err(FormatError::Write)?;
        Ok(self.out)
    }
}

fn grow(last: &mut Option<u64>, image: &ExportImage) -> Result<(), FormatError> {
    if let Some(before) = last.filter(|before| image.frame <= *before) {
        return Err(FormatError::FrameOrder { image: image.name.clone(), frame: image.frame, before });
    }
    *last = Some(image.frame);
    Ok(())
}

pub(super) fn write<W: Write>(out: &mut W, bytes: &[u8]) -> Result<(), FormatError> {
    out.write_all(bytes).map_err(FormatError::Write)
}

/// One list entry on a line of its own.
pub(super) fn write_item<W: Write>(
    out: &mut W,
    first: bool,
    item: &impl Serialize,
) -> Result<(), FormatError> {
    write(out, if first { b"\n" } else { b",\n" })?;
    serde_json::to_writer(out, item).map_err(|e| FormatError::Write(e.into()))
}
