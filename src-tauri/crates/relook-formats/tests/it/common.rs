//! Documents to write: a small one that shows everything, and any number of generated ones.

use std::{collections::BTreeMap, path::PathBuf};

use relook_domain::{
    Attribute, AttributeKind, Label, LabelId, Origin, Rect, ReviewState,
    export::{ExportImage, ExportShape},
};
use relook_formats::{
    FormatError, Warning,
    cvat_xml::{Document, Job, Writer},
};

/// The project's top folder.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// A file of the data kept beside the project; tells when it is not there.
pub fn shared(path: &str) -> Option<Vec<u8>> {
    let file = root().join("../shared/data").join(path);
    let bytes = std::fs::read(&file).ok();
    if bytes.is_none() {
        println!("SKIPPED: ../shared/data/{path} is not here");
    }
    bytes
}

pub fn label(name: &str) -> Label {
    Label { id: LabelId(1), name: name.to_owned(), colour: "#10a0ff".to_owned(), attributes: Vec::new() }
}

pub fn attribute(name: &str, kind: AttributeKind, values: &[&str]) -> Attribute {
    Attribute {
        name: name.to_owned(),
        kind,
        mutable: kind == AttributeKind::Checkbox,
        default: values.first().copied().unwrap_or_default().to_owned(),
        values: values.iter().map(|v| (*v).to_owned()).collect(),
    }
}

pub fn shape(x1: f64, y1: f64, x2: f64, y2: f64) -> ExportShape {
    ExportShape {
        label: 0,
        rect: Rect { x1, y1, x2, y2 },
        rotation: 0.0,
        score: None,
        origin: Origin::Manual,
        state: ReviewState::Accepted,
        occluded: false,
        z_order: 0,
        group: 0,
        attributes: BTreeMap::new(),
    }
}

pub fn image(frame: u64, name: &str, shapes: Vec<ExportShape>) -> ExportImage {
    ExportImage { frame, name: name.to_owned(), width: 640, height: 480, shapes }
}

pub fn attributes(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

/// Every feature of the form once: labels with each kind of attribute, every source, rotation, groups, an empty image,
/// names in several scripts.
pub fn showcase() -> (Vec<Label>, Vec<ExportImage>) {
    let mut car = label("car");
    car.attributes = vec![
        attribute("colour", AttributeKind::Select, &["red", "blue", "__undefined__"]),
        attribute("parked", AttributeKind::Checkbox, &["false"]),
        attribute("plate", AttributeKind::Text, &[]),
        attribute("age", AttributeKind::Number, &["0", "30", "1"]),
        attribute("side", AttributeKind::Radio, &["left", "right"]),
    ];
    let labels = vec![car, label("person & <dog>"), label("chien \"assis\""), label("猫")];
    let first = vec![
        ExportShape {
            attributes: attributes(&[
                ("age", "7"),
                ("colour", "blue"),
                ("parked", "True"),
                ("plate", "Ä&<9>\"x\"\tend\r\nnext"),
                ("side", "right"),
            ]),
            occluded: true,
            z_order: 2,
            ..shape(100.0, 100.0, 200.5, 220.25)
        },
        ExportShape {
            label: 1,
            rotation: 33.5,
            origin: Origin::Draft,
            state: ReviewState::Pending,
            score: Some(0.91),
            ..shape(300.0, 50.0, 400.0, 90.0)
        },
        ExportShape {
            label: 2,
            origin: Origin::SecondLook,
            state: ReviewState::Fixed,
            group: 3,
            score: Some(0.5),
            ..shape(10.126, 20.124, 30.999, 40.0)
        },
        ExportShape {
            label: 3,
            origin: Origin::Imported,
            state: ReviewState::Pending,
            group: 3,
            z_order: -1,
            ..shape(0.0, 0.0, 640.0, 480.0)
        },
    ];
    let images = vec![
        image(0, "img_000.jpg", first),
        image(1, "leer/żółw \"1\".png", Vec::new()),
        image(
            5,
            "写真/it's <a> & \"b\"\n2.jpg",
            vec![ExportShape {
                label: 1,
                origin: Origin::SecondLook,
                state: ReviewState::Accepted,
                ..shape(1.0, 1.0, 20.0, 20.0)
            }],
        ),
    ];
    (labels, images)
}

pub fn job(labels: &[Label], size: u64) -> Job<'_> {
    Job { name: "harbour", size, labels, created: "", updated: "", dumped: "" }
}

/// The whole document, with what it warned of.
pub fn write(labels: &[Label], images: &[ExportImage]) -> Result<(String, Vec<Warning>), FormatError> {
    let mut writer = Writer::new(Vec::new(), &job(labels, images.len() as u64))?;
    let mut warnings = Vec::new();
    for image in images {
        warnings.extend(writer.image(image)?);
    }
    Ok((String::from_utf8(writer.finish()?).unwrap(), warnings))
}

/// What was read as something to write again; labels that the file does not describe come last.
pub fn rewritable(document: &Document) -> (Vec<Label>, Vec<ExportImage>) {
    let mut labels: Vec<Label> = Vec::new();
    for read in &document.summary.labels {
        labels.push(Label {
            id: LabelId(1),
            name: read.name.clone(),
            colour: read.colour.clone(),
            attributes: read.attributes.clone(),
        });
    }
    let mut images = Vec::new();
    for read in &document.images {
        let shapes = read.boxes.iter().map(|b| {
            let place = labels.iter().position(|l| l.name == b.label).unwrap_or_else(|| {
                labels.push(label(&b.label));
                labels.len() - 1
            });
            let (origin, state) = b.source.stands_for();
            ExportShape {
                label: place,
                rect: b.rect,
                rotation: b.rotation,
                score: None,
                origin,
                state,
                occluded: b.occluded,
                z_order: b.z_order,
                group: b.group,
                attributes: b.attributes.clone(),
            }
        });
        images.push(ExportImage {
            frame: read.frame,
            name: read.name.clone(),
            width: read.width.unwrap(),
            height: read.height.unwrap(),
            shapes: shapes.collect(),
        });
    }
    (labels, images)
}

/// Numbers that look random and are the same in every run (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    /// 0..1
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Text of letters that are hard on a writer.
    pub fn text(&mut self) -> String {
        const LETTERS: [char; 22] = [
            'a', 'Z', '0', ' ', '"', '\'', '<', '>', '&', ';', '/', '.', '\n', '\r', '\t', 'ß', '日', '😀',
            '\u{85}', '\u{2028}', ']', '\u{FFFD}',
        ];
        (0..self.below(12)).map(|_| LETTERS[self.below(LETTERS.len())]).collect()
    }

    /// A document whose boxes all fit: at least a pixel wide, inside the image unless rotated.
    pub fn document(&mut self) -> (Vec<Label>, Vec<ExportImage>) {
        let kinds =
            [AttributeKind::Text, AttributeKind::Select, AttributeKind::Number, AttributeKind::Checkbox];
        let labels: Vec<Label> = (0..=self.below(4))
            .map(|n| {
                let mut l = label(&format!("{n}{}", self.text()));
                for (k, kind) in kinds.iter().enumerate().take(self.below(4)) {
                    l.attributes.push(attribute(&format!("{k}{}", self.text()), *kind, &["x", "y z"]));
                }
                l
            })
            .collect();
        let mut frame = 0;
        let images = (0..self.below(6)).map(|_| {
            frame += 1 + self.below(3) as u64;
            let (width, height) = (1 + self.below(4000) as u32, 1 + self.below(4000) as u32);
            let shapes = (0..self.below(8)).map(|_| {
                let label = self.below(labels.len());
                let (x1, y1) = (self.share() * f64::from(width - 1), self.share() * f64::from(height - 1));
                let (x2, y2) = (
                    x1 + 1.0 + self.share() * (f64::from(width) - x1 - 1.0),
                    y1 + 1.0 + self.share() * (f64::from(height) - y1 - 1.0),
                );
                let mut values = BTreeMap::new();
                for a in &labels[label].attributes {
                    let value =
                        if a.kind == AttributeKind::Checkbox { "true".to_owned() } else { self.text() };
                    values.insert(a.name.clone(), value);
                }
                ExportShape {
                    label,
                    rotation: if self.below(3) == 0 { self.share() * 359.9 } else { 0.0 },
                    origin: Origin::ALL[self.below(Origin::ALL.len())],
                    state: ReviewState::ALL[self.below(ReviewState::ALL.len())],
                    occluded: self.below(2) == 0,
                    z_order: self.below(7) as i32 - 3,
                    group: self.below(5) as i64,
                    attributes: values,
                    ..shape(x1, y1, x2, y2)
                }
            });
            let mut shapes: Vec<ExportShape> = shapes.collect();
            shapes.sort_by_key(|s| s.z_order);
            ExportImage { frame, name: format!("{frame}{}.jpg", self.text()), width, height, shapes }
        });
        let images = images.collect();
        (labels, images)
    }
}
