//! What a format could not hold of one shape.

use std::fmt;

/// One shape that was left out or written differently from how it stands in the project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// The image's name.
    pub image: String,
    /// The shape's label.
    pub label: String,
    pub cause: Cause,
}

/// Why; see [`Cause::left_out`] for whether the shape is in the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A coordinate, the rotation or the score is not a finite number.
    NotANumber,
    /// No part of it lies in the image.
    Outside,
    /// Narrower or lower than the format can tell from nothing.
    TooSmall,
    /// Written without the part outside the image.
    Clipped,
    /// The format has upright boxes only: the one around the shape is written.
    BoxAround,
    /// The format has no such shape, but outlines: the one around it is written.
    Outline,
    /// The format has no shapes of this kind.
    NoSuchKind,
    /// A mask's runs do not add up to the pixels of its rectangle.
    Runs,
    /// A skeleton whose label has none to compare with: CVAT would refuse the whole file.
    NoTemplate,
    /// A point that the label's skeleton has no place for; the rest is written.
    UnknownJoint(String),
    /// The label has no attribute of this name: written, but CVAT drops it.
    UnknownAttribute(String),
    /// A checkbox must be `true` or `false`; the attribute is left out, since CVAT would refuse the whole file.
    Checkbox { attribute: String, value: String },
    /// The truth file has no image of this name, or more than one it could be.
    UnmatchedImage,
    /// Another image of the project was already matched to the same image of the truth file.
    ImageTaken,
    /// The truth file has no category of this name.
    UnmatchedLabel,
}

impl Cause {
    /// Whether [`crate::Kinds::findings`] tells it for all shapes of a kind at once.
    #[must_use]
    pub fn told_by_kind(&self) -> bool {
        matches!(self, Self::BoxAround | Self::Outline | Self::NoSuchKind)
    }

    /// Whether the shape is missing from the file.
    #[must_use]
    pub fn left_out(&self) -> bool {
        match self {
            Self::NotANumber
            | Self::Outside
            | Self::TooSmall
            | Self::NoSuchKind
            | Self::Runs
            | Self::NoTemplate
            | Self::UnmatchedImage
            | Self::ImageTaken
            | Self::UnmatchedLabel => true,
            Self::Clipped
            | Self::BoxAround
            | Self::Outline
            | Self::UnknownJoint(_)
            | Self::UnknownAttribute(_)
            | Self::Checkbox { .. } => false,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber => {
                f.write_str("left out: a coordinate, the rotation or the score is not a number")
            }
            Self::Outside => f.write_str("left out: it lies outside the image"),
            Self::TooSmall => f.write_str("left out: nothing of it remains at the format's precision"),
            Self::Clipped => f.write_str("cut at the edge of the image"),
            Self::BoxAround => {
                f.write_str("the format has upright boxes only: the one around it was written")
            }
            Self::Outline => f.write_str("the format has outlines only: the one around it was written"),
            Self::NoSuchKind => f.write_str("left out: the format has no such shape"),
            Self::Runs => f.write_str("left out: the mask's runs do not fill its rectangle"),
            Self::NoTemplate => f.write_str("left out: the label has no skeleton"),
            Self::UnknownJoint(name) => {
                write!(f, "the point {name:?} left out: the label's skeleton has no such point")
            }
            Self::UnknownAttribute(name) => {
                write!(f, "the label has no attribute {name:?}: written, but CVAT will drop it")
            }
            Self::Checkbox { attribute, value } => {
                write!(f, "attribute {attribute:?} left out: {value:?} is neither true nor false")
            }
            Self::UnmatchedImage => f.write_str("left out: the truth file has no such image"),
            Self::ImageTaken => {
                f.write_str("left out: another image was already matched to the same image of the truth file")
            }
            Self::UnmatchedLabel => f.write_str("left out: the truth file has no such category"),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image {:?}, label {:?}: {}", self.image, self.label, self.cause)
    }
}
