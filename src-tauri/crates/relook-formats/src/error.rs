//! What stops a read or a write.

/// Why a file could not be written or read. Messages name the thing and the way out.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// The target refused the bytes (disk full, pipe closed).
    #[error("Could not write the file: {0}")]
    Write(std::io::Error),
    /// The source failed or is not UTF-8.
    #[error("Could not read the file: {0}")]
    Read(std::io::Error),
    /// XML 1.0 has no way to hold this character, so no CVAT would read the file.
    #[error("{place} holds the character U+{code:04X}, which XML cannot hold. Rename it and export again")]
    Character {
        /// What holds it: an image, a label, an attribute, with its name escaped for reading.
        place: String,
        code: u32,
    },
    /// A label's text cannot be written as CVAT writes it.
    #[error("{0}")]
    Label(String),
    /// A shape points past the labels handed over.
    #[error("Image {image:?} has a shape with label number {label}, but the export has {labels} labels")]
    NoSuchLabel { image: String, label: usize, labels: usize },
    /// Frames must grow from image to image.
    #[error("Image {image:?} came with frame {frame} after frame {before}; frames must grow")]
    FrameOrder { image: String, frame: u64, before: u64 },
    /// The number of images promised in the head is not the number written.
    #[error(
        "The export promised {promised} images and got {written}; the project changed meanwhile, export again"
    )]
    Count { promised: u64, written: u64 },
    /// The XML is not well formed, not of this form, or over a limit.
    #[error("Line {line}: {message}")]
    Xml { line: u64, message: String },
    /// Not a set of files that can be read.
    #[error("{0}")]
    Unreadable(String),
    /// One file of a set is not of its form.
    #[error("{path}, {place}: {message}")]
    File { path: String, place: String, message: String },
    /// The COCO truth file cannot be used.
    #[error("The COCO file cannot be used: {0}")]
    Coco(String),
}

/// What stands at a shape's label index.
///
/// # Errors
/// [`FormatError::NoSuchLabel`] naming the image.
pub(crate) fn label_at<'a, L>(labels: &'a [L], label: usize, image: &str) -> Result<&'a L, FormatError> {
    let none = || FormatError::NoSuchLabel { image: image.to_owned(), label, labels: labels.len() };
    labels.get(label).ok_or_else(none)
}
