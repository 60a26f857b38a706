//! Why a file gave no pixels.

/// Why an image file could not be used. [`DecodeError::code`] is stable; the message is for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    #[error("The file is empty")]
    EmptyFile,

    /// `found`: what its first bytes say it is.
    #[error("The file is not an image: it looks like {found}")]
    NotAnImage { found: String },

    #[error("{what} cannot be read by Relook. Convert it to JPEG or PNG")]
    Unsupported { what: String },

    #[error("The file is cut off: {reason}. Copy it again from its source")]
    Truncated { reason: String },

    #[error("The image data is damaged: {reason}. Copy it again from its source")]
    Damaged { reason: String },

    #[error("The image is too large: {width}x{height} pixels, and at most {max_pixels} pixels are read")]
    TooLarge { width: u64, height: u64, max_pixels: u64 },

    #[error("The file could not be read: {reason}")]
    Unreadable { reason: String },

    #[error("The area asked for lies outside the image of {width}x{height} pixels")]
    OutsideImage { width: u32, height: u32 },

    #[error("The JPEG could not be written: {reason}")]
    NotWritten { reason: String },
}

impl DecodeError {
    /// A stable word for the kind of failure, for clients that act on it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyFile => "empty_file",
            Self::NotAnImage { .. } => "not_an_image",
            Self::Unsupported { .. } => "unsupported",
            Self::Truncated { .. } => "truncated",
            Self::Damaged { .. } => "damaged",
            Self::TooLarge { .. } => "too_large",
            Self::Unreadable { .. } => "unreadable",
            Self::OutsideImage { .. } => "outside_image",
            Self::NotWritten { .. } => "not_written",
        }
    }
}
