//! The measured half of `make bench-formats`. Each prints seconds; the last also the most memory it held.
//!
//! - `formats_bench make FILE IMAGES BOXES`: writes a CVAT XML file of so many images of so many boxes each
//! - `formats_bench once FILE OUT`: reads FILE into memory, then writes it to OUT
//! - `formats_bench stream FILE`: reads FILE image by image

use std::{
    collections::BTreeMap,
    error::Error,
    fs::File,
    io::{self, BufReader, BufWriter},
    time::Instant,
};

use relook_domain::{
    Label, LabelId, Origin, Rect, ReviewState, Shape,
    export::{ExportImage, ExportShape},
    label::colour_for,
};
use relook_formats::{
    FormatError, Item, Limits,
    cvat_xml::{Job, Writer},
    read,
};

const SIZE: (u32, u32) = (1920, 1080);
const LABELS: usize = 10;

/// One file as the reader asks for it.
struct Lone([String; 1]);

impl relook_formats::Files for Lone {
    fn paths(&self) -> &[String] {
        &self.0
    }

    fn open<'a>(&'a mut self, path: &str) -> io::Result<Box<dyn relook_formats::ReadSeek + 'a>> {
        Ok(Box::new(File::open(path)?))
    }

    fn size(&mut self, _: &str) -> Option<(u32, u32)> {
        None
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["make", file, images, boxes] => make(file, images.parse()?, boxes.parse()?),
        ["once", file, out] => once(file, out),
        ["stream", file] => stream(file),
        _ => Err("usage: formats_bench make FILE IMAGES BOXES | once FILE OUT | stream FILE".into()),
    }
}

fn labels() -> Vec<Label> {
    let label = |n: usize| Label {
        id: LabelId(n as i64),
        name: format!("class {n}"),
        colour: colour_for(n),
        attributes: Vec::new(),
        shape: None,
        key: String::new(),
        skeleton: None,
        archived: false,
    };
    (0..LABELS).map(label).collect()
}

/// A box whose place is told by its number.
fn boxed(n: u64) -> ExportShape {
    let at = |step: u64, below: u64| (n.wrapping_mul(step) % (below * 100)) as f64 / 100.0;
    let (x1, y1) = (at(7919, 1500), at(6271, 800));
    ExportShape {
        label: (n % LABELS as u64) as usize,
        rect: Rect { x1, y1, x2: x1 + 10.0 + at(3571, 400), y2: y1 + 10.0 + at(2221, 250) },
        rotation: 0.0,
        shape: Shape::Box,
        score: None,
        origin: Origin::Manual,
        state: ReviewState::Accepted,
        occluded: n.is_multiple_of(5),
        z_order: 0,
        group: 0,
        attributes: BTreeMap::new(),
    }
}

fn writer(out: &str, labels: &[Label], size: u64) -> Result<Writer<BufWriter<File>>, Box<dyn Error>> {
    let job = Job { name: "bench", size, labels, created: "", updated: "", dumped: "" };
    Ok(Writer::new(BufWriter::new(File::create(out)?), &job)?)
}

/// Images come and go one by one, as in an export.
fn make(file: &str, images: u64, boxes: u64) -> Result<(), Box<dyn Error>> {
    let begin = Instant::now();
    let mut writer = writer(file, &labels(), images)?;
    for frame in 0..images {
        let shapes = (frame * boxes..(frame + 1) * boxes).map(boxed).collect();
        let (width, height) = SIZE;
        writer.image(&ExportImage { frame, name: format!("{frame:06}.jpg"), width, height, shapes })?;
    }
    writer.finish()?;
    println!("write {:.3} peak_mb {:.1}", begin.elapsed().as_secs_f64(), peak());
    Ok(())
}

fn once(file: &str, out: &str) -> Result<(), Box<dyn Error>> {
    let begin = Instant::now();
    let read = relook_formats::cvat_xml::read(BufReader::new(File::open(file)?), &Limits::default())?;
    let reading = begin.elapsed().as_secs_f64();

    let labels = labels();
    let shape = |s: relook_formats::ReadShape| ExportShape {
        label: labels.iter().position(|l| l.name == s.label).unwrap_or(0),
        rect: s.rect,
        shape: s.shape,
        occluded: s.occluded,
        attributes: s.attributes,
        ..boxed(0)
    };
    let (width, height) = SIZE;
    let image = |i: relook_formats::ReadImage| ExportImage {
        frame: i.frame,
        name: i.name,
        width,
        height,
        shapes: i.shapes.into_iter().map(shape).collect(),
    };
    let images: Vec<ExportImage> = read.images.into_iter().map(image).collect();

    let begin = Instant::now();
    let mut writer = writer(out, &labels, images.len() as u64)?;
    for image in &images {
        writer.image(image)?;
    }
    writer.finish()?;
    println!("read {reading:.3} write {:.3}", begin.elapsed().as_secs_f64());
    Ok(())
}

fn stream(file: &str) -> Result<(), Box<dyn Error>> {
    let begin = Instant::now();
    let (mut images, mut shapes) = (0_u64, 0_u64);
    let mut files = Lone([file.to_owned()]);
    let format = relook_formats::detect(&mut files)?;
    read(format, &mut files, &Limits::default(), &mut |item| {
        if let Item::Image(image) = item {
            images += 1;
            shapes += image.shapes.len() as u64;
        }
        Ok::<(), FormatError>(())
    })?;
    let seconds = begin.elapsed().as_secs_f64();
    println!("read {seconds:.3} images {images} shapes {shapes} peak_mb {:.1}", peak());
    Ok(())
}

/// The most memory held so far, MiB; not a number where the system does not say.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib / 1024.0)
}
