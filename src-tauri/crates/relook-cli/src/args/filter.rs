//! Which boxes: the conditions that `queue`, `filters` and `decide` share.

use clap::{Subcommand, ValueEnum};
use relook_domain::{Origin, ReviewState, ShapeKind, Standing, Verdict};

/// Conditions; all given must hold. One given several times holds for any of its values.
#[derive(Debug, Default, clap::Args)]
pub struct FilterArgs {
    /// Only boxes of this label.
    #[arg(long)]
    pub label: Vec<String>,
    /// Only boxes that are: pending, accepted, fixed, rejected.
    #[arg(long, value_parser = word(ReviewState::from_word, ReviewState::ALL, ReviewState::word))]
    pub state: Vec<ReviewState>,
    /// Only boxes that the models left: doubtful, settled, withdrawn.
    #[arg(long, value_parser = word(Standing::from_word, Standing::ALL, Standing::word))]
    pub standing: Vec<Standing>,
    /// Only boxes of this verdict: confirmed, moved, relabelled, rejected, added.
    #[arg(long, value_parser = word(Verdict::from_word, Verdict::ALL, Verdict::word))]
    pub verdict: Vec<Verdict>,
    /// Only boxes from: manual, draft, second_look, imported.
    #[arg(long, value_parser = word(Origin::from_word, Origin::ALL, Origin::word))]
    pub origin: Vec<Origin>,
    /// Only shapes of this kind: box, ellipse, polygon, polyline, points, mask, cuboid, skeleton, tag.
    #[arg(long, value_parser = word(ShapeKind::from_word, ShapeKind::ALL, ShapeKind::word))]
    pub shape: Vec<ShapeKind>,
    /// Only boxes scoring at least this.
    #[arg(long, value_name = "SCORE")]
    pub at_least: Option<f64>,
    /// Only boxes scoring less than this.
    #[arg(long, value_name = "SCORE")]
    pub below: Option<f64>,
    /// Only on images whose path contains this text, letter case aside.
    #[arg(long, value_name = "TEXT")]
    pub path: Option<String>,
    /// Only on this image.
    #[arg(long, value_name = "PATH")]
    pub image: Option<String>,
    /// Only boxes on which the models disagree; `--disagreement=false`: only others.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub disagreement: Option<bool>,
}

/// Conditions and order of a list of boxes.
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    #[command(flatten)]
    pub conditions: FilterArgs,
    /// Not only boxes that wait: every state and standing that no condition names.
    #[arg(long)]
    pub all: bool,
    /// [default: most-doubtful, or the saved filter's]
    #[arg(long, value_enum)]
    pub order: Option<Order>,
}

#[derive(Debug, Subcommand)]
pub enum FiltersCommand {
    /// Save conditions and order under a name; what has that name is replaced.
    Save {
        name: String,
        #[command(flatten)]
        list: Box<ListArgs>,
    },
    /// Forget a saved filter.
    Delete { name: String },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Order {
    MostDoubtful,
    DisagreementsFirst,
    ByImage,
    ByLabel,
    Similar,
}

/// A parser for the words of one of the domain's lists.
fn word<T: Copy>(
    from: fn(&str) -> Option<T>,
    all: &'static [T],
    word: fn(T) -> &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        from(text).ok_or_else(|| {
            let known: Vec<_> = all.iter().map(|one| word(*one)).collect();
            format!("known are {}", known.join(", "))
        })
    }
}
