//! What a file says of a shape, as an annotation of the project.

use std::collections::BTreeMap;

use relook_domain::{
    Annotation, AnnotationId, Geometry, ImageId, Joint, Label, LabelId, Origin, ReviewState, Shape,
    ShapeKind, Standing, Verdict, attributes,
    doubt::{Thresholds, doubt},
    label::colour_for,
    provenance::{Provenance, undeclared},
};
use relook_formats::{ReadLabel, ReadShape, Source};

use crate::labels::{is_colour, plain_label};

/// What could not be taken, in words, and how often.
pub(super) type LeftOut = BTreeMap<String, u64>;

/// So many reasons are told apart.
const REASONS: usize = 200;

fn leave(left_out: &mut LeftOut, why: String) {
    let why =
        if left_out.len() < REASONS || left_out.contains_key(&why) { why } else { "Other things".into() };
    *left_out.entry(why).or_default() += 1;
}

/// The project's labels, with those to be made.
pub(super) struct Taker {
    labels: Vec<Label>,
    places: BTreeMap<String, usize>,
    /// Those described by the file.
    described: BTreeMap<String, ReadLabel>,
    /// Where labels may be made: from which place on they are new.
    new_from: Option<usize>,
    /// Labels that the project lacks, with how many shapes have them.
    pub unknown: BTreeMap<String, u64>,
    thresholds: Thresholds,
}

impl Taker {
    /// `create`: whether labels that the project lacks are made.
    pub(super) fn new(labels: Vec<Label>, thresholds: Thresholds, create: bool) -> Self {
        let living = labels.iter().enumerate().filter(|(_, l)| !l.archived);
        Self {
            places: living.map(|(n, l)| (l.name.clone(), n)).collect(),
            new_from: create.then_some(labels.len()),
            labels,
            described: BTreeMap::new(),
            unknown: BTreeMap::new(),
            thresholds,
        }
    }

    /// Takes in what the file says of its labels; points of skeletons are no labels of their own.
    pub(super) fn describe(&mut self, labels: Vec<ReadLabel>, left_out: &mut LeftOut) {
        for label in labels.into_iter().filter(|l| l.parent.is_none() && !l.name.trim().is_empty()) {
            let name = label.name.trim().to_owned();
            self.described.insert(name.clone(), label);
            if !self.places.contains_key(&name) {
                self.unknown.entry(name.clone()).or_default();
                self.make(&name, left_out);
            }
        }
    }

    /// The labels to be made; their ids mean nothing yet.
    pub(super) fn new_labels(&self) -> &[Label] {
        self.new_from.map_or(&[], |from| &self.labels[from..])
    }

    fn make(&mut self, name: &str, left_out: &mut LeftOut) -> Option<usize> {
        self.new_from?;
        let place = self.labels.len();
        let id = LabelId(self.labels.iter().map(|l| l.id.0).max().unwrap_or_default() + 1);
        let mut label = plain_label(id, name, place);
        if let Some(said) = self.described.get(name) {
            let skeleton = said.shape == Some(ShapeKind::Skeleton) && said.skeleton.is_none();
            let full = Label {
                colour: if is_colour(&said.colour) { said.colour.clone() } else { colour_for(place) },
                shape: said.shape.filter(|_| !skeleton),
                skeleton: said.skeleton.clone(),
                attributes: said.attributes.clone(),
                ..label.clone()
            };
            let full = undeclared(&full);
            match attributes::check_label(&full) {
                Ok(()) => label = full,
                Err(why) => leave(left_out, format!("All but the name of a label: {why}")),
            }
        }
        self.labels.push(label);
        self.places.insert(name.to_owned(), place);
        Some(place)
    }

    /// The shape as it may stand on an image of `width` by `height` pixels, without an id; `None`, told in `left_out`,
    /// where it cannot.
    pub(super) fn take(
        &mut self,
        image: ImageId,
        (width, height): (u32, u32),
        read: &ReadShape,
        left_out: &mut LeftOut,
    ) -> Option<Annotation> {
        let name = read.label.trim();
        let place = match self.places.get(name) {
            Some(place) => Some(*place),
            None => self.make(name, left_out),
        };
        if place.is_none_or(|p| self.new_from.is_some_and(|from| p >= from)) {
            *self.unknown.entry(name.to_owned()).or_default() += 1;
        }
        let label = &self.labels[place?];
        let shape = with_all_joints(&read.shape, label);
        if let Err(why) = attributes::check_shape(label, &shape) {
            leave(left_out, format!("A shape: {why}"));
            return None;
        }
        let geometry = Geometry { rect: read.rect, rotation: read.rotation, shape };
        let Some(Geometry { rect, rotation, shape }) = geometry.sound(width, height) else {
            leave(left_out, "A shape that lies outside its image or is too small to be seen".into());
            return None;
        };
        let mut values = read.attributes.clone();
        let known = Provenance::take(&mut values).unwrap_or_else(|nonsense| {
            leave(left_out, format!("Where a shape is from: {nonsense}"));
            None
        });
        let known = known.map_or_else(|| unknown(read), |known| touched(known, read.source));
        let (standing, doubt) = self.standing(&known, read.score.is_none());
        let mut said = Annotation {
            id: AnnotationId(0),
            image,
            label: label.id,
            rect,
            rotation,
            shape,
            score: known.score,
            origin: known.origin,
            state: known.state,
            standing,
            verdict: known.verdict,
            disagreement: known.disagreement,
            doubt,
            occluded: read.occluded,
            z_order: read.z_order,
            group: read.group.max(0),
            attributes: attributes::fitting(label, &values),
            track: read.track,
            revision: 1,
        };
        for (name, value) in &values {
            if !said.attributes.contains_key(name) {
                let why = match label.attributes.iter().any(|a| a.name == *name) {
                    true => format!("The value {value:?}, which {name:?} of {:?} does not take", label.name),
                    false => format!("A value of {name:?}, an attribute that {:?} does not have", label.name),
                };
                leave(left_out, why);
            }
        }
        said.attributes = attributes::with_defaults(label, &said.attributes);
        Some(said)
    }

    /// What a model made and nobody decided waits for a person, as the project's thresholds say.
    fn standing(&self, known: &Provenance, ours: bool) -> (Standing, f64) {
        if known.state != ReviewState::Pending {
            return (Standing::Settled, 0.0);
        }
        let doubt = doubt(known.score.unwrap_or(0.5), known.verdict, known.disagreement);
        let standing = match known.score.map(|score| self.thresholds.standing(score)) {
            _ if known.disagreement || known.verdict == Some(Verdict::Relabelled) => Standing::Doubtful,
            // We write only what stands, by whatever thresholds.
            Some(Standing::Withdrawn) if ours => Standing::Doubtful,
            Some(standing) => standing,
            None => Standing::Doubtful,
        };
        (standing, doubt)
    }
}

/// What people made counts as accepted.
fn unknown(read: &ReadShape) -> Provenance {
    let made = read.score.is_some() || read.source == Source::Auto;
    Provenance {
        origin: Origin::Imported,
        state: if made { ReviewState::Pending } else { ReviewState::Accepted },
        score: read.score,
        verdict: None,
        disagreement: false,
    }
}

/// A shape that went out as a model's or a file's and comes back as a person's was changed in between.
fn touched(known: Provenance, source: Source) -> Provenance {
    let by_hand = matches!(source, Source::Manual | Source::SemiAuto);
    let changed = by_hand && source != Source::of(known.origin, known.state);
    Provenance { state: if changed { ReviewState::Fixed } else { known.state }, ..known }
}

/// A skeleton with those points of its label's that it lacks, marked as not on the image.
fn with_all_joints(shape: &Shape, label: &Label) -> Shape {
    let (Shape::Skeleton { joints }, Some(template)) = (shape, &label.skeleton) else { return shape.clone() };
    let missing = template.joints.iter().filter(|t| joints.iter().all(|j| j.name != t.name));
    let absent =
        missing.map(|t| Joint { name: t.name.clone(), x: 0.0, y: 0.0, occluded: false, outside: true });
    Shape::Skeleton { joints: joints.iter().cloned().chain(absent).collect() }
}
