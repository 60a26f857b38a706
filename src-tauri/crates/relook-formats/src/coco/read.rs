//! The reader of `instances.json`: once through for categories, images and the place of each annotation, then image by
//! image to those places, since COCO keeps images and annotations in two lists of any order.

use std::{
    collections::{HashMap, HashSet},
    io::{BufReader, Read, Seek, SeekFrom},
};

use relook_domain::{Skeleton, SkeletonJoint};

use super::{
    index::{Category, Index, Place},
    read_shape::{Annotation, Took, shapes},
};
use crate::{
    Files, Finding, FormatError, Item, Limits, Problem, ReadImage, ReadLabel,
    files::{ends, lone},
};

/// Reads every dataset of the set: the only `.json` file, or those whose names begin with `instances`.
pub(crate) fn items<E: From<FormatError>>(
    files: &mut dyn Files,
    limits: &Limits,
    each: &mut dyn FnMut(Item) -> Result<(), E>,
) -> Result<(), E> {
    let instances = |path: &&String| {
        let base = path.rsplit('/').next().unwrap_or_default();
        ends(path, ".json") && base.starts_with("instances")
    };
    let mut paths: Vec<String> = files.paths().iter().filter(instances).cloned().collect();
    if paths.is_empty() {
        paths.push(lone(files, ".json", "none is called instances")?);
    }
    for path in paths {
        let fault = |place: String, message: String| FormatError::File { path: path.clone(), place, message };
        let index = Index::read(files.open(&path).map_err(FormatError::Read)?, limits, &fault)?;
        let mut source = Source::new(files.open(&path).map_err(FormatError::Read)?);
        each_image(&index, &mut source, limits, &fault, each)?;
    }
    Ok(())
}

fn each_image<R: Read + Seek, E: From<FormatError>>(
    index: &Index,
    source: &mut Source<R>,
    limits: &Limits,
    fault: &dyn Fn(String, String) -> FormatError,
    each: &mut dyn FnMut(Item) -> Result<(), E>,
) -> Result<(), E> {
    each(Item::Labels(index.categories.iter().map(label).collect()))?;
    if index.strays > 0 {
        each(Item::Finding(Finding {
            image: String::new(),
            problem: Problem::Malformed,
            message: format!("{} annotations name images that the file does not list", index.strays),
            consequence: "They are left out".to_owned(),
        }))?;
    }
    let categories: HashMap<i64, &Category> = index.categories.iter().map(|c| (c.id, c)).collect();
    let mut places = index.places.as_slice();
    for (n, entry) in index.images.iter().enumerate() {
        let own = places.iter().take_while(|p| p.image as usize == n).count();
        let (mine, rest) = places.split_at(own);
        places = rest;
        let bytes: u64 = mine.iter().map(|p| u64::from(p.length)).sum();
        if own > limits.shapes || bytes > limits.image_bytes {
            let what = format!("more than {} annotations or {} bytes", limits.shapes, limits.image_bytes);
            return Err(fault(format!("image {:?}", entry.file_name), what).into());
        }
        let mut image = ReadImage {
            frame: n as u64,
            name: entry.file_name.clone(),
            width: entry.width,
            height: entry.height,
            shapes: Vec::new(),
        };
        let mut took = Took::default();
        for place in mine {
            let bytes = source.bytes(place).map_err(FormatError::Read)?;
            let read = serde_json::from_slice::<Annotation>(bytes).map_err(|e| e.to_string());
            let read = read.and_then(|a| shapes(a, &categories, &image, limits, &mut took));
            match read {
                Ok(shapes) if image.shapes.len() + shapes.len() <= limits.shapes => {
                    image.shapes.extend(shapes)
                }
                Ok(_) => {
                    let what = format!("more than {} shapes", limits.shapes);
                    return Err(fault(format!("image {:?}", image.name), what).into());
                }
                Err(message) => each(Item::Finding(Finding {
                    image: image.name.clone(),
                    problem: Problem::Malformed,
                    message: format!("The annotation at byte {}: {message}", place.offset),
                    consequence: "It is left out".to_owned(),
                }))?,
            }
        }
        if took.crowds > 0 {
            each(Item::Finding(Finding {
                image: image.name.clone(),
                problem: Problem::NotHeld,
                message: format!("{} annotations are of crowds (iscrowd)", took.crowds),
                consequence: "Each becomes one shape like any other".to_owned(),
            }))?;
        }
        each(Item::Image(image))?;
    }
    Ok(())
}

/// COCO has no places for the points of a template: they stand on a circle.
fn label(category: &Category) -> ReadLabel {
    let count = category.keypoints.len();
    let joint = |(n, name): (usize, &String)| {
        let (sin, cos) = (std::f64::consts::TAU * n as f64 / count as f64).sin_cos();
        SkeletonJoint { name: name.clone(), x: 0.5 + 0.4 * sin, y: 0.5 - 0.4 * cos }
    };
    let ends = |&[a, b]: &[u64; 2]| {
        let place =
            |n: u64| n.checked_sub(1).filter(|n| *n < count as u64).and_then(|n| u32::try_from(n).ok());
        Some((place(a)?, place(b)?))
    };
    let distinct: HashSet<_> = category.keypoints.iter().collect();
    let skeleton = (count > 0 && distinct.len() == count).then(|| Skeleton {
        joints: category.keypoints.iter().enumerate().map(joint).collect(),
        edges: category.skeleton.iter().filter_map(ends).collect(),
    });
    ReadLabel { name: category.name.clone(), skeleton, ..ReadLabel::default() }
}

/// Small, as in a file of mixed order each annotation fills it anew.
const BUFFER: usize = 4 << 10;

/// Annotations by their places; near ones come from the buffer.
struct Source<R> {
    inner: BufReader<R>,
    at: u64,
    bytes: Vec<u8>,
}

impl<R: Read + Seek> Source<R> {
    fn new(inner: R) -> Self {
        Self { inner: BufReader::with_capacity(BUFFER, inner), at: 0, bytes: Vec::new() }
    }

    fn bytes(&mut self, place: &Place) -> std::io::Result<&[u8]> {
        match i64::try_from(i128::from(place.offset) - i128::from(self.at)) {
            Ok(by) => self.inner.seek_relative(by)?,
            Err(_) => drop(self.inner.seek(SeekFrom::Start(place.offset))?),
        }
        self.bytes.resize(place.length as usize, 0);
        self.inner.read_exact(&mut self.bytes)?;
        self.at = place.offset + u64::from(place.length);
        Ok(&self.bytes)
    }
}
