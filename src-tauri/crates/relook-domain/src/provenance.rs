//! Where a shape is from, as attributes: for programs that know attributes but neither scores nor verdicts.

use std::fmt;

use crate::{
    annotation::{Annotation, Origin, ReviewState, Verdict},
    attributes::Values,
    label::{Attribute, AttributeKind, Label},
};

const ORIGIN: &str = "relook_origin";
const STATE: &str = "relook_state";
const SCORE: &str = "relook_score";
const VERDICT: &str = "relook_verdict";
const DISAGREEMENT: &str = "relook_disagreement";
/// What a shape has of which nothing is known: every shape that the other program adds.
const NONE: &str = "none";

/// What is known of a shape besides the shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Provenance {
    pub origin: Origin,
    pub state: ReviewState,
    /// 0..=1.
    pub score: Option<f64>,
    pub verdict: Option<Verdict>,
    pub disagreement: bool,
}

impl From<&Annotation> for Provenance {
    fn from(a: &Annotation) -> Self {
        Self {
            origin: a.origin,
            state: a.state,
            score: a.score,
            verdict: a.verdict,
            disagreement: a.disagreement,
        }
    }
}

/// A value that [`Provenance::values`] does not write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchValue {
    pub attribute: &'static str,
    pub value: String,
}

impl fmt::Display for NoSuchValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} cannot be {:?}", self.attribute, self.value)
    }
}

impl Provenance {
    /// As values of the attributes that [`declared`] adds.
    #[must_use]
    pub fn values(&self) -> Values {
        let pairs = [
            (ORIGIN, self.origin.word().to_owned()),
            (STATE, self.state.word().to_owned()),
            (SCORE, self.score.map_or_else(String::new, |s| s.to_string())),
            (VERDICT, self.verdict.map_or(NONE, Verdict::word).to_owned()),
            (DISAGREEMENT, self.disagreement.to_string()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Takes them out of a shape's values; `None` where they do not say where it is from.
    ///
    /// # Errors
    /// A value makes no sense; all are out of `values` nevertheless.
    pub fn take(values: &mut Values) -> Result<Option<Self>, NoSuchValue> {
        let mut said = |attribute| {
            let value = values.remove(attribute).unwrap_or_default().trim().to_owned();
            Said { attribute, value: if value == NONE { String::new() } else { value } }
        };
        let [origin, state, score, verdict, disagreement] =
            [ORIGIN, STATE, SCORE, VERDICT, DISAGREEMENT].map(&mut said);
        let state =
            state.word(|word| ReviewState::from_word(word).filter(|s| *s != ReviewState::Rejected))?;
        let (Some(origin), Some(state)) = (origin.word(Origin::from_word)?, state) else { return Ok(None) };
        Ok(Some(Self {
            origin,
            state,
            score: score.word(|word| word.parse().ok().filter(|s| (0.0..=1.0).contains(s)))?,
            verdict: verdict.word(Verdict::from_word)?,
            disagreement: disagreement.word(|word| word.parse().ok())?.unwrap_or_default(),
        }))
    }
}

struct Said {
    attribute: &'static str,
    /// Empty: nothing was said.
    value: String,
}

impl Said {
    fn word<T>(self, known: impl Fn(&str) -> Option<T>) -> Result<Option<T>, NoSuchValue> {
        match known(&self.value) {
            None if !self.value.is_empty() => {
                Err(NoSuchValue { attribute: self.attribute, value: self.value })
            }
            found => Ok(found),
        }
    }
}

/// The label with attributes for what is known of its shapes; they take the place of others of these names.
#[must_use]
pub fn declared(label: &Label) -> Label {
    let attribute = |name: &str, kind, default: &str, values: Vec<&str>| Attribute {
        name: name.to_owned(),
        kind,
        mutable: false,
        default: default.to_owned(),
        values: values.into_iter().map(str::to_owned).collect(),
    };
    let choice = |name, words: Vec<&'static str>| {
        attribute(name, AttributeKind::Select, NONE, std::iter::once(NONE).chain(words).collect())
    };
    let states = [ReviewState::Pending, ReviewState::Accepted, ReviewState::Fixed];
    let mut label = undeclared(label);
    label.attributes.extend([
        choice(ORIGIN, Origin::ALL.iter().map(|o| o.word()).collect()),
        choice(STATE, states.map(ReviewState::word).to_vec()),
        // As a number CVAT would ask for steps that a score does not keep.
        attribute(SCORE, AttributeKind::Text, "", Vec::new()),
        choice(VERDICT, Verdict::ALL.iter().map(|v| v.word()).collect()),
        attribute(DISAGREEMENT, AttributeKind::Checkbox, "false", vec!["false"]),
    ]);
    label
}

/// The label without them.
#[must_use]
pub fn undeclared(label: &Label) -> Label {
    let mut label = label.clone();
    label.attributes.retain(|a| ![ORIGIN, STATE, SCORE, VERDICT, DISAGREEMENT].contains(&a.name.as_str()));
    label
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{attributes, ids::LabelId, label::colour_for};

    fn label() -> Label {
        Label {
            id: LabelId(1),
            name: "car".into(),
            colour: colour_for(0),
            attributes: Vec::new(),
            shape: None,
            key: String::new(),
            skeleton: None,
            archived: false,
        }
    }

    #[test]
    fn what_is_known_comes_back_from_the_values_that_the_label_takes() {
        let full = declared(&label());
        assert_eq!(attributes::check_label(&full), Ok(()));
        assert_eq!((declared(&full), undeclared(&full)), (full.clone(), label()));
        for origin in Origin::ALL {
            for verdict in Verdict::ALL.iter().copied().map(Some).chain([None]) {
                for (state, score, disagreement) in [
                    (ReviewState::Pending, Some(0.123_456_789_012_345_6), true),
                    (ReviewState::Accepted, None, false),
                    (ReviewState::Fixed, Some(1.0), false),
                ] {
                    let known = Provenance { origin: *origin, state, score, verdict, disagreement };
                    let mut values = known.values();
                    assert_eq!(attributes::check(&full, &values), Ok(()));
                    values.insert("colour".into(), "red".into());
                    assert_eq!(Provenance::take(&mut values), Ok(Some(known)));
                    assert_eq!(values.into_keys().collect::<Vec<_>>(), ["colour"]);
                }
            }
        }
    }

    #[test]
    fn a_shape_of_the_other_program_says_nothing_and_nonsense_is_named() {
        let mut added = attributes::with_defaults(&declared(&label()), &Values::new());
        assert_eq!(Provenance::take(&mut added), Ok(None));
        assert!(added.is_empty());
        for (name, value) in [
            (SCORE, "1.01"),
            (SCORE, "NaN"),
            (SCORE, "1e999"),
            (ORIGIN, "drafted"),
            (STATE, "rejected"),
            (VERDICT, "Moved"),
            (DISAGREEMENT, "maybe"),
        ] {
            let known = Provenance {
                origin: Origin::Draft,
                state: ReviewState::Pending,
                score: Some(0.5),
                verdict: None,
                disagreement: false,
            };
            let mut values = known.values();
            values.insert(name.into(), value.into());
            let wrong = NoSuchValue { attribute: name, value: value.into() };
            assert_eq!(Provenance::take(&mut values), Err(wrong));
            assert!(values.is_empty());
        }
    }
}
