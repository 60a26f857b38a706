//! The one place where the domain's words become the small integers of the file. A number once given is never reused.

use relook_domain::{Origin, ReviewState, ShapeKind, Stage, Standing, Verdict};

use crate::{
    error::{Fault, Inner},
    history::StepState,
    images::{ImageStatus, PassOutcome},
};

/// A word stored as a number.
pub(crate) trait Code: Sized {
    fn code(self) -> i64;

    fn from_code(code: i64) -> Inner<Self>;
}

macro_rules! codes {
    ($($name:ident { $($variant:ident = $code:literal),+ $(,)? })+) => {$(
        impl Code for $name {
            fn code(self) -> i64 {
                match self { $(Self::$variant => $code),+ }
            }

            fn from_code(code: i64) -> Inner<Self> {
                match code {
                    $($code => Ok(Self::$variant),)+
                    other => Err(Fault::Stored(format!(concat!("no ", stringify!($name), " has the number {}"), other))),
                }
            }
        }
    )+};
}

codes! {
    ReviewState { Pending = 0, Accepted = 1, Fixed = 2, Rejected = 3 }
    Standing { Doubtful = 0, Settled = 1, Withdrawn = 2 }
    Origin { Manual = 0, Draft = 1, SecondLook = 2, Imported = 3 }
    Verdict { Confirmed = 0, Moved = 1, Relabelled = 2, Rejected = 3, Added = 4 }
    Stage { Draft = 0, SecondLook = 1 }
    ShapeKind {
        Box = 0, Ellipse = 1, Polygon = 2, Polyline = 3, Points = 4, Mask = 5, Cuboid = 6, Skeleton = 7, Tag = 8,
    }
    PassOutcome { Done = 1, Skipped = 2, Failed = 3 }
    ImageStatus { New = 0, Drafted = 1, Waiting = 2, Done = 3, ConfirmedEmpty = 4, Problem = 5 }
    StepState { Done = 0, Undone = 1, Dropped = 2 }
}

/// SQLite counts in signed integers; what does not fit is as good as the largest.
pub(crate) fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A count or size as stored; a negative one is damage.
pub(crate) fn unsigned(n: i64) -> Inner<u64> {
    u64::try_from(n).map_err(|_| Fault::Stored(format!("{n} is stored where no negative number can be")))
}

/// A count or pixel size as stored; anything else is damage.
pub(crate) fn small(n: i64) -> Inner<u32> {
    u32::try_from(n)
        .map_err(|_| Fault::Stored(format!("{n} is stored where a count or a size in pixels belongs")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<T: Code + Copy + PartialEq + std::fmt::Debug>(all: &[T]) {
        for one in all {
            assert_eq!(T::from_code(one.code()).unwrap(), *one);
        }
        assert!(T::from_code(99).is_err());
    }

    #[test]
    fn every_word_has_its_own_number() {
        round_trip(ReviewState::ALL);
        round_trip(Standing::ALL);
        round_trip(Origin::ALL);
        round_trip(Verdict::ALL);
        round_trip(Stage::ALL);
        round_trip(ShapeKind::ALL);
    }

    #[test]
    fn numbers_out_of_range_are_damage() {
        assert!(unsigned(-1).is_err() && small(-1).is_err() && small(1 << 40).is_err());
        assert_eq!(signed(u64::MAX), i64::MAX);
    }
}
