//! One way to read every format: a set of files goes in; labels, images and findings come out.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, BufReader, Read, Seek},
};

use crate::{Finding, FormatError, Limits, Problem, ReadImage, ReadLabel, coco, cvat_xml, voc, yolo};

/// How much of a file is looked at to tell its format.
const LOOK: u64 = 64 << 10;

/// What can be read from any place.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// A set of files to read: a lone file, a folder, a zip.
pub trait Files {
    /// Every file's path in the set, `/` between parts, sorted. Of a lone file: its name.
    fn paths(&self) -> &[String];

    /// Opens one of them; what comes back need not be buffered.
    ///
    /// # Errors
    /// Of the file system; the reading ends with it.
    fn open<'a>(&'a mut self, path: &str) -> io::Result<Box<dyn ReadSeek + 'a>>;

    /// Width and height in pixels, upright, of the image of this name, which may lack its extension; `None` where nobody
    /// knows.
    fn size(&mut self, name: &str) -> Option<(u32, u32)>;

    /// The name of the image at this place of the sequence, from 0, that tracks run along; `None` past its end, and where
    /// there is no sequence.
    fn frame(&mut self, _number: u64) -> Option<String> {
        None
    }
}

/// The formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// CVAT for images 1.1 or for video 1.1, bare or in a zip.
    Cvat,
    /// COCO instances and keypoints.
    Coco,
    /// YOLO detection and segmentation.
    Yolo,
    /// Pascal VOC.
    Voc,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Cvat, Self::Coco, Self::Yolo, Self::Voc];

    /// The word for it on a command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Cvat => "cvat",
            Self::Coco => "coco",
            Self::Yolo => "yolo",
            Self::Voc => "voc",
        }
    }

    /// The format for a word; `None` for any other text.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }
}

/// What a reader hands over.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// Labels that the file describes, before the images; none where it describes none, more than once for several files.
    Labels(Vec<ReadLabel>),
    Image(ReadImage),
    /// What is not taken over, or worth knowing.
    Finding(Finding),
}

/// Tells the format of a set by names and by how files begin.
///
/// # Errors
/// [`FormatError::Unreadable`] when it is none that can be read, [`FormatError::Read`].
pub fn detect(files: &mut dyn Files) -> Result<Format, FormatError> {
    let of = |ending: &str, files: &dyn Files| files.paths().iter().find(|p| ends(p, ending)).cloned();
    if let Some(path) = of(".xml", files) {
        let start = start_of(files, &path)?;
        return match root_of(&start) {
            Some("annotations") => Ok(Format::Cvat),
            Some("annotation") => Ok(Format::Voc),
            Some(root) => Err(FormatError::Unreadable(format!(
                "{path:?} begins with <{root}>, which is neither CVAT's <annotations> nor Pascal VOC's <annotation>"
            ))),
            None => Err(FormatError::Unreadable(format!("{path:?} is not an XML file"))),
        };
    }
    if of(".json", files).is_some() {
        return Ok(Format::Coco);
    }
    if of(".txt", files).is_some() || of(".yaml", files).is_some() {
        return Ok(Format::Yolo);
    }
    Err(FormatError::Unreadable(
        "There is no file of a format that Relook reads: CVAT for images 1.1 or video 1.1 (.xml), COCO (.json), YOLO (.txt with \
         data.yaml), Pascal VOC (.xml)"
            .to_owned(),
    ))
}

/// Reads the set in this format. Labels come before images, images one by one, findings where they turn up; memory does
/// not grow with the shapes (COCO: 16 bytes for each, and the names of images).
///
/// # Errors
/// [`FormatError`] naming file and line or place: not well formed, not of this form, over `limits`, a source that
/// fails; whatever `each` returns.
pub fn read<E: From<FormatError>>(
    format: Format,
    files: &mut dyn Files,
    limits: &Limits,
    each: &mut dyn FnMut(Item) -> Result<(), E>,
) -> Result<(), E> {
    let mut seen = HashSet::new();
    let mut told = |item: Item| {
        let twice = match &item {
            Item::Image(image) if !seen.insert(hash(&image.name)) => Some(image.name.clone()),
            _ => None,
        };
        if let Some(image) = twice {
            each(Item::Finding(Finding {
                message: format!("The image {image:?} comes more than once"),
                image,
                problem: Problem::Duplicate,
                consequence: "Its shapes are taken from each place".to_owned(),
            }))?;
        }
        each(item)
    };
    match format {
        Format::Cvat => {
            let path = lone(files, ".xml", "CVAT reads every .xml file of a zip as annotations")?;
            let file = files.open(&path).map_err(FormatError::Read)?;
            let video = cvat_xml::items(BufReader::new(file), limits, &mut told)?;
            cvat_xml::frames(&video, &mut |number| files.frame(number), &mut told)
        }
        Format::Coco => coco::items(files, limits, &mut told),
        Format::Yolo => yolo::items(files, limits, &mut told),
        Format::Voc => voc::items(files, limits, &mut told),
    }
}

/// The only file of this ending.
pub(crate) fn lone(files: &dyn Files, ending: &str, why: &str) -> Result<String, FormatError> {
    let mut found = files.paths().iter().filter(|p| ends(p, ending));
    match (found.next(), found.next()) {
        (Some(path), None) => Ok(path.clone()),
        (None, _) => Err(FormatError::Unreadable(format!("There is no {ending} file"))),
        (Some(a), Some(b)) => {
            Err(FormatError::Unreadable(format!("{a:?} and {b:?} both end in {ending}, but {why}. Name one")))
        }
    }
}

/// Whether a path ends so, in any case. `ending` in small letters; what macOS adds to a zip does not count.
pub(crate) fn ends(path: &str, ending: &str) -> bool {
    let at = path.len().saturating_sub(ending.len());
    !path.starts_with("__MACOSX/") && path.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

fn start_of(files: &mut dyn Files, path: &str) -> Result<String, FormatError> {
    let mut start = Vec::new();
    files.open(path).and_then(|f| f.take(LOOK).read_to_end(&mut start)).map_err(FormatError::Read)?;
    Ok(String::from_utf8_lossy(&start).into_owned())
}

/// The name of the first element.
fn root_of(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = &rest[rest.find('<')? + 1..];
        if rest.starts_with("!--") {
            rest = &rest[rest.find("-->")?..];
        } else if !rest.starts_with(['?', '!']) {
            return rest.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next();
        }
    }
}

fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::root_of;

    #[test]
    fn roots_are_seen_behind_comments() {
        for (text, want) in [
            ("<?xml version=\"1.0\"?>\n<!-- <x> --><annotation verified='yes'>", Some("annotation")),
            ("<annotations/>", Some("annotations")),
            ("plain", None),
            ("<!-- never ends <a>", None),
        ] {
            assert_eq!(root_of(text), want, "{text}");
        }
    }
}
