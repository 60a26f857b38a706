//! Documents to write: a small one that shows everything, and any number of generated ones.

use std::{collections::BTreeMap, io, path::PathBuf};

use relook_domain::{
    Attribute, AttributeKind, Geometry, Joint, Label, LabelId, Origin, Point, Rect, ReviewState, Shape,
    ShapeKind, Skeleton, SkeletonJoint,
    export::{ExportImage, ExportShape},
};
use relook_formats::{
    Files, Finding, Format, FormatError, Item, Limits, ReadImage, ReadLabel, ReadSeek, Warning,
    cvat_xml::{Document, Job, Writer},
    detect,
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
    Label {
        id: LabelId(1),
        name: name.to_owned(),
        colour: "#10a0ff".to_owned(),
        attributes: Vec::new(),
        shape: None,
        key: String::new(),
        skeleton: None,
        archived: false,
    }
}

/// A label of skeletons: points at these shares of the width and height, in a chain.
pub fn skeleton_label(name: &str, joints: &[(&str, f64, f64)]) -> Label {
    let joint = |&(name, x, y): &(&str, f64, f64)| SkeletonJoint { name: name.to_owned(), x, y };
    let joints: Vec<_> = joints.iter().map(joint).collect();
    let edges = (1..joints.len() as u32).map(|n| (n - 1, n)).collect();
    Label { shape: Some(ShapeKind::Skeleton), skeleton: Some(Skeleton { joints, edges }), ..label(name) }
}

pub fn points(places: &[(f64, f64)]) -> Vec<Point> {
    places.iter().map(|&(x, y)| Point { x, y }).collect()
}

pub fn joint(name: &str, x: f64, y: f64) -> Joint {
    Joint { name: name.to_owned(), x, y, occluded: false, outside: false }
}

/// A shape of points, with the rectangle around them.
pub fn drawn(form: Shape) -> ExportShape {
    let all = match &form {
        Shape::Polygon { points } | Shape::Polyline { points } | Shape::Points { points } => points.clone(),
        Shape::Cuboid { points } => points.to_vec(),
        Shape::Skeleton { joints } => {
            joints.iter().filter(|j| !j.outside).map(|j| Point { x: j.x, y: j.y }).collect()
        }
        _ => Vec::new(),
    };
    let least = |of: fn(&Point) -> f64| all.iter().map(of).fold(f64::INFINITY, f64::min);
    let most = |of: fn(&Point) -> f64| all.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
    ExportShape { shape: form, ..shape(least(|p| p.x), least(|p| p.y), most(|p| p.x), most(|p| p.y)) }
}

pub fn polygon(places: &[(f64, f64)]) -> ExportShape {
    drawn(Shape::Polygon { points: points(places) })
}

/// Runs over the whole pixels of a rectangle.
pub fn mask(left: f64, top: f64, width: f64, height: f64, runs: &[u32]) -> ExportShape {
    ExportShape { shape: Shape::Mask { runs: runs.to_vec() }, ..shape(left, top, left + width, top + height) }
}

pub fn ellipse(cx: f64, cy: f64, rx: f64, ry: f64) -> ExportShape {
    ExportShape { shape: Shape::Ellipse, ..shape(cx - rx, cy - ry, cx + rx, cy + ry) }
}

pub fn cuboid() -> ExportShape {
    let corners = points(&[
        (100.0, 100.0),
        (100.0, 200.0),
        (200.0, 110.0),
        (200.0, 210.0),
        (240.0, 90.0),
        (240.0, 190.0),
        (140.0, 80.0),
        (140.0, 180.0),
    ]);
    drawn(Shape::Cuboid { points: corners.try_into().unwrap() })
}

pub fn tag() -> ExportShape {
    ExportShape { shape: Shape::Tag, ..shape(0.0, 0.0, 0.0, 0.0) }
}

/// One of each kind but the box, for an image of 640 by 480; the skeleton's label is the second.
pub fn every_kind() -> Vec<ExportShape> {
    let joints = vec![
        joint("head", 20.0, 31.0),
        Joint { occluded: true, ..joint("left \"hand\"", 40.0, 32.5) },
        Joint { outside: true, ..joint("<tail>", 60.0, 33.0) },
    ];
    vec![
        polygon(&[(10.124, 10.0), (60.0, 12.0), (50.0, 77.777)]),
        drawn(Shape::Polyline { points: points(&[(1.0, 1.0), (100.0, 50.0), (200.0, 20.0)]) }),
        drawn(Shape::Points { points: points(&[(5.0, 6.0), (7.0, 8.0)]) }),
        ExportShape { rotation: 10.0, ..ellipse(150.0, 150.0, 50.0, 30.0) },
        cuboid(),
        mask(10.0, 20.0, 4.0, 4.0, &[0, 4, 2, 4, 2, 4]),
        ExportShape { label: 1, ..drawn(Shape::Skeleton { joints }) },
        tag(),
    ]
}

pub fn pose() -> Label {
    skeleton_label("pose", &[("head", 0.2, 0.2), ("left \"hand\"", 0.5, 0.8), ("<tail>", 0.8, 0.123_456)])
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
        shape: Shape::Box,
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
/// names in several scripts, each kind of shape.
pub fn showcase() -> (Vec<Label>, Vec<ExportImage>) {
    let mut car = label("car");
    car.attributes = vec![
        attribute("colour", AttributeKind::Select, &["red", "blue", "__undefined__"]),
        attribute("parked", AttributeKind::Checkbox, &["false"]),
        attribute("plate", AttributeKind::Text, &[]),
        attribute("age", AttributeKind::Number, &["0", "30", "1"]),
        attribute("side", AttributeKind::Radio, &["left", "right"]),
    ];
    let day = Label { shape: Some(ShapeKind::Tag), ..label("day") };
    let box_only = Label { shape: Some(ShapeKind::Box), ..label("chien \"assis\"") };
    let labels = vec![car, label("person & <dog>"), box_only, label("猫"), pose(), day];
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
    let mut images = vec![
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
    let kinds = every_kind().into_iter().map(|s| match s.shape {
        Shape::Skeleton { .. } => ExportShape { label: 4, group: 2, ..s },
        Shape::Tag => ExportShape { label: 5, group: 2, ..s },
        _ => ExportShape { label: 1, origin: Origin::Draft, state: ReviewState::Fixed, ..s },
    });
    let last = ExportShape {
        attributes: attributes(&[("parked", "false")]),
        ..polygon(&[(639.0, 0.0), (640.0, 9.5), (0.25, 480.0)])
    };
    images.push(image(6, "kinds.jpg", kinds.chain([last]).collect()));
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

/// Files in memory by path, sorted as [`Files`] asks for.
#[derive(Default)]
pub struct Memory {
    paths: Vec<String>,
    bytes: BTreeMap<String, Vec<u8>>,
    /// Sizes of images by name.
    pub sizes: BTreeMap<String, (u32, u32)>,
    /// Names of the images that tracks run along.
    pub sequence: Vec<String>,
}

impl Memory {
    pub fn of<B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (String, B)>) -> Self {
        let bytes: BTreeMap<_, _> = files.into_iter().map(|(path, b)| (path, b.into())).collect();
        Self { paths: bytes.keys().cloned().collect(), bytes, ..Self::default() }
    }

    pub fn one(path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self::of([(path.to_owned(), bytes)])
    }
}

impl Files for Memory {
    fn paths(&self) -> &[String] {
        &self.paths
    }

    fn open<'a>(&'a mut self, path: &str) -> io::Result<Box<dyn ReadSeek + 'a>> {
        Ok(Box::new(io::Cursor::new(&self.bytes[path])))
    }

    fn size(&mut self, name: &str) -> Option<(u32, u32)> {
        self.sizes.get(name).copied()
    }

    fn frame(&mut self, number: u64) -> Option<String> {
        self.sequence.get(number as usize).cloned()
    }
}

/// All that a set of files has.
#[derive(Debug, Default, PartialEq)]
pub struct Taken {
    pub labels: Vec<ReadLabel>,
    pub images: Vec<ReadImage>,
    pub findings: Vec<Finding>,
}

pub fn take(format: Format, files: &mut dyn Files, limits: &Limits) -> Result<Taken, FormatError> {
    let mut taken = Taken::default();
    relook_formats::read(format, files, limits, &mut |item| {
        match item {
            Item::Labels(labels) => taken.labels.extend(labels),
            Item::Image(image) => taken.images.push(image),
            Item::Finding(finding) => taken.findings.push(finding),
        }
        Ok::<(), FormatError>(())
    })?;
    Ok(taken)
}

/// As [`take`] in the format that the set is seen to be of.
pub fn taken(mut files: Memory) -> Result<Taken, FormatError> {
    let format = detect(&mut files)?;
    take(format, &mut files, &Limits::default())
}

/// What was read as something to write again; labels that the file does not describe come last.
pub fn rewritable(document: &Document) -> (Vec<Label>, Vec<ExportImage>) {
    let mut labels: Vec<Label> = Vec::new();
    for read in document.summary.labels.iter().filter(|l| l.parent.is_none()) {
        labels.push(Label {
            colour: read.colour.clone(),
            attributes: read.attributes.clone(),
            shape: read.shape,
            skeleton: read.skeleton.clone(),
            ..label(&read.name)
        });
    }
    let mut images = Vec::new();
    for read in &document.images {
        let shapes = read.shapes.iter().map(|b| {
            let place = labels.iter().position(|l| l.name == b.label).unwrap_or_else(|| {
                labels.push(label(&b.label));
                labels.len() - 1
            });
            let (origin, state) = b.source.stands_for();
            ExportShape {
                label: place,
                rect: b.rect,
                rotation: b.rotation,
                shape: b.shape.clone(),
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

    /// Some places in a rectangle, its corners but one among them.
    fn places(&mut self, r: &Rect, more: usize) -> Vec<Point> {
        let mut all = points(&[(r.x1, r.y1), (r.x2, r.y1), (r.x1, r.y2)]);
        let within = |dice: &mut Self| Point {
            x: r.x1 + dice.share() * r.width(),
            y: r.y1 + dice.share() * r.height(),
        };
        all.extend((0..more).map(|_| within(self)));
        all
    }

    /// A shape of any kind in a rectangle at least a pixel wide and high, of an image large enough.
    fn geometry(&mut self, r: &Rect, label: &Label, width: u32, height: u32) -> Geometry {
        let rotation = if self.below(3) == 0 { self.share() * 359.9 } else { 0.0 };
        let form = match self.below(9) {
            0 => Shape::Tag,
            1 => return Geometry { rect: *r, rotation, shape: Shape::Ellipse },
            2 => Shape::Polygon { points: self.places(r, 5) },
            3 => Shape::Polyline { points: self.places(r, 1) },
            4 => Shape::Points { points: self.places(r, 3) },
            5 => Shape::Cuboid { points: self.places(r, 5).try_into().unwrap() },
            6 if label.skeleton.is_some() => {
                let names = label.skeleton.iter().flat_map(|s| &s.joints);
                let joints = names.map(|j| Joint {
                    occluded: self.below(2) == 0,
                    outside: self.below(4) == 0,
                    ..joint(&j.name, r.x1 + self.share() * r.width(), r.y1 + self.share() * r.height())
                });
                let mut joints: Vec<Joint> = joints.collect();
                joints[0].outside = false;
                Shape::Skeleton { joints }
            }
            7 => {
                let (x1, y1) = (r.x1.floor(), r.y1.floor());
                let (w, h) = ((r.x2.floor() - x1).min(40.0), (r.y2.floor() - y1).min(40.0));
                let (mut runs, mut left) = (Vec::new(), (w * h) as u32);
                while left > 0 {
                    let run = (self.below(30) as u32 + u32::from(!runs.is_empty())).min(left);
                    runs.push(run);
                    left -= run;
                }
                let rect = Rect { x1, y1, x2: x1 + w, y2: y1 + h };
                let raw = Geometry { rect, rotation: 0.0, shape: Shape::Mask { runs } };
                return raw.sound(width, height).unwrap_or_else(|| (*r).into());
            }
            _ => return Geometry { rect: *r, rotation, shape: Shape::Box },
        };
        if form == Shape::Tag {
            return Geometry::tag();
        }
        let ExportShape { rect, .. } = drawn(form.clone());
        Geometry { rect, rotation: 0.0, shape: form }
    }

    /// A document whose shapes all fit: at least a pixel wide, inside the image unless rotated.
    pub fn document(&mut self) -> (Vec<Label>, Vec<ExportImage>) {
        let kinds =
            [AttributeKind::Text, AttributeKind::Select, AttributeKind::Number, AttributeKind::Checkbox];
        let labels: Vec<Label> = (0..=self.below(4))
            .map(|n| {
                let mut l = label(&format!("{n}{}", self.text()));
                if self.below(3) == 0 {
                    let names: Vec<_> = (0..=self.below(4)).map(|k| format!("{k}{}", self.text())).collect();
                    let joints: Vec<_> =
                        names.iter().map(|n| (n.as_str(), self.share(), self.share())).collect();
                    l = skeleton_label(&l.name, &joints);
                } else if self.below(2) == 0 {
                    l.shape = Some(ShapeKind::ALL[self.below(ShapeKind::ALL.len())]);
                    l.shape = l.shape.filter(|kind| *kind != ShapeKind::Skeleton);
                }
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
                let rect = Rect { x1, y1, x2, y2 };
                let Geometry { rect, rotation, shape: form } =
                    self.geometry(&rect, &labels[label], width, height);
                let occluded = match &form {
                    Shape::Tag => false,
                    Shape::Skeleton { joints } => joints.iter().all(|j| j.outside || j.occluded),
                    _ => self.below(2) == 0,
                };
                let z_order = if form == Shape::Tag { 0 } else { self.below(7) as i32 - 3 };
                ExportShape {
                    label,
                    rect,
                    rotation,
                    shape: form,
                    origin: Origin::ALL[self.below(Origin::ALL.len())],
                    state: ReviewState::ALL[self.below(ReviewState::ALL.len())],
                    occluded,
                    z_order,
                    group: self.below(5) as i64,
                    attributes: values,
                    score: None,
                }
            });
            let mut shapes: Vec<ExportShape> = shapes.collect();
            shapes.sort_by_key(|s| (s.shape == Shape::Tag, s.z_order));
            ExportImage { frame, name: format!("{frame}{}.jpg", self.text()), width, height, shapes }
        });
        let images = images.collect();
        (labels, images)
    }
}
