//! Who made a shape, in CVAT's words.

use relook_domain::{Origin, ReviewState};

/// CVAT's `source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Drawn by a person.
    Manual,
    /// Made by a model and not changed.
    Auto,
    /// Made by a model and changed by a person.
    SemiAuto,
    /// Came in with a file.
    File,
    /// Merged from several people's work; CVAT writes it, Relook only reads it.
    Consensus,
}

impl Source {
    /// The word in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Auto => "auto",
            Self::SemiAuto => "semi-auto",
            Self::File => "file",
            Self::Consensus => "consensus",
        }
    }

    /// The source for a word; `None` for any other text.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Manual, Self::Auto, Self::SemiAuto, Self::File, Self::Consensus]
            .into_iter()
            .find(|s| s.word() == word)
    }

    /// The source of an annotation. A model's box stays `auto` when a person accepts it, and becomes `semi-auto` when
    /// one fixes it; a box from a file becomes `manual` when fixed, as in CVAT's own editor.
    #[must_use]
    pub fn of(origin: Origin, state: ReviewState) -> Self {
        match (origin, state) {
            (Origin::Manual, _) | (Origin::Imported, ReviewState::Fixed) => Self::Manual,
            (Origin::Imported, _) => Self::File,
            (Origin::Draft | Origin::SecondLook, ReviewState::Fixed) => Self::SemiAuto,
            (Origin::Draft | Origin::SecondLook, _) => Self::Auto,
        }
    }

    /// The origin and state that [`Source::of`] turns back into this source; people's consensus counts as imported.
    #[must_use]
    pub fn stands_for(self) -> (Origin, ReviewState) {
        match self {
            Self::Manual => (Origin::Manual, ReviewState::Accepted),
            Self::Auto => (Origin::Draft, ReviewState::Pending),
            Self::SemiAuto => (Origin::Draft, ReviewState::Fixed),
            Self::File | Self::Consensus => (Origin::Imported, ReviewState::Pending),
        }
    }
}
