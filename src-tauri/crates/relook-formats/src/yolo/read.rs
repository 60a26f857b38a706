//! The reader: a text file an image, each line a class and a box or an outline as shares of the image.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Read},
};

use relook_domain::{Geometry, Point, Rect, Shape};

use super::yaml;
use crate::{
    Files, Finding, FormatError, Item, Limits, Problem, ReadImage, ReadLabel, ReadShape, Source, files::ends,
    finding::stem, limits::Metered, place::rect_of,
};

const PICTURES: [&str; 9] = [".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".ppm"];
/// Texts that lie beside label files and are none.
const LISTS: [&str; 6] = ["classes", "train", "val", "valid", "test", "readme"];
/// Of a `data.yaml`, bytes.
const MOST_YAML: u64 = 16 << 20;

/// Reads label files in the order of their paths, then names the images of the set that have none.
pub(crate) fn items<E: From<FormatError>>(
    files: &mut dyn Files,
    limits: &Limits,
    each: &mut dyn FnMut(Item) -> Result<(), E>,
) -> Result<(), E> {
    let classes = classes(files, limits)?;
    let labels = classes.iter().map(|name| ReadLabel { name: name.clone(), ..ReadLabel::default() });
    each(Item::Labels(labels.collect()))?;
    let mut pictures: BTreeMap<String, String> = BTreeMap::new();
    for path in files.paths().iter().filter(|p| PICTURES.iter().any(|ending| ends(p, ending))) {
        let name = of_picture(path);
        pictures.insert(stem(&name).to_owned(), name);
    }
    let mut frame = 0;
    let mut labelled = BTreeSet::new();
    for path in label_files(files.paths()) {
        let bare = image_of(&path);
        let name = pictures.get(&bare).cloned().unwrap_or_else(|| bare.clone());
        labelled.insert(bare);
        let size = files.size(&name);
        let (width, height) = size.unzip();
        let mut image = ReadImage { frame, name, width, height, shapes: Vec::new() };
        let source = files.open(&path).map_err(FormatError::Read)?;
        let findings = fill(&mut image, source, &path, &classes, limits)?;
        for finding in findings {
            each(Item::Finding(finding))?;
        }
        each(Item::Image(image))?;
        frame += 1;
    }
    for (bare, name) in pictures {
        if labelled.contains(&bare) {
            continue;
        }
        let (width, height) = files.size(&name).unzip();
        each(Item::Image(ReadImage { frame, name, width, height, shapes: Vec::new() }))?;
        frame += 1;
    }
    Ok(())
}

fn of_picture(path: &str) -> String {
    let below = format!("/{path}");
    match below.find("/images/") {
        Some(at) => below[at + "/images/".len()..].to_owned(),
        None => without_subset(path).to_owned(),
    }
}

/// CVAT's YOLO 1.1 keeps images and labels together in `obj_<subset>_data`.
fn without_subset(path: &str) -> &str {
    match path.split_once('/') {
        Some((first, rest)) if first.starts_with("obj_") && first.ends_with("_data") => rest,
        _ => path,
    }
}

/// The image's name without extension, the other way round than [`super::label_path`].
fn image_of(path: &str) -> String {
    let below = format!("/{}", stem(path));
    let swapped = match below.rfind("/labels/") {
        Some(at) => format!("{}/images/{}", &below[..at], &below[at + "/labels/".len()..]),
        None => return without_subset(&below[1..]).to_owned(),
    };
    match swapped.strip_prefix("/images/") {
        Some(name) => name.to_owned(),
        None => below.split_once("/labels/").map_or(below.as_str(), |(_, name)| name).to_owned(),
    }
}

fn label_files(paths: &[String]) -> Vec<String> {
    let texts = || paths.iter().filter(|p| ends(p, ".txt"));
    let placed = |p: &&String| {
        let below = format!("/{p}");
        below.contains("/labels/") || without_subset(p).len() < p.len()
    };
    let is_list = |p: &&String| {
        let base = stem(p).rsplit('/').next().unwrap_or_default();
        LISTS.iter().any(|list| base.eq_ignore_ascii_case(list))
    };
    if texts().any(|p| placed(&p)) {
        texts().filter(placed).cloned().collect()
    } else {
        texts().filter(|p| !is_list(p)).cloned().collect()
    }
}

fn classes(files: &mut dyn Files, limits: &Limits) -> Result<Vec<String>, FormatError> {
    let base = |p: &String| p.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let named = |names: &[&str]| files.paths().iter().find(|p| names.contains(&base(p).as_str())).cloned();
    let mut yamls = files.paths().iter().filter(|p| ends(p, ".yaml") || ends(p, ".yml"));
    let lone = match (yamls.next(), yamls.next()) {
        (Some(path), None) => Some(path.clone()),
        _ => None,
    };
    let yaml = named(&["data.yaml", "data.yml", "dataset.yaml"]).or(lone);
    let Some(path) = yaml.clone().or_else(|| named(&["classes.txt", "obj.names"])) else {
        return Err(FormatError::Unreadable(
            "The labels of YOLO are numbers, and nothing here names them: put a data.yaml, classes.txt or obj.names beside \
             the label files"
                .to_owned(),
        ));
    };
    let fault =
        |message: String| FormatError::File { path: path.clone(), place: "names".to_owned(), message };
    let mut bytes = Vec::new();
    let file = files.open(&path).map_err(FormatError::Read)?;
    file.take(MOST_YAML + 1).read_to_end(&mut bytes).map_err(FormatError::Read)?;
    if bytes.len() as u64 > MOST_YAML {
        return Err(fault(format!("it is longer than {MOST_YAML} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|_| fault("the text is not UTF-8".to_owned()))?;
    let text = text.trim_start_matches('\u{FEFF}');
    let (names, poses) = match yaml {
        Some(_) => yaml::names(text, limits.labels).map_err(&fault)?,
        None => (text.lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect(), false),
    };
    if poses {
        return Err(fault(
            "it is a set of poses (kpt_shape), which Relook reads as COCO keypoints only".to_owned(),
        ));
    }
    if names.len() > limits.labels || names.iter().any(|name| name.len() > limits.name) {
        return Err(fault(format!(
            "it has more than {} names, or one longer than {} bytes",
            limits.labels, limits.name
        )));
    }
    Ok(names)
}

/// Reads one label file into its image.
fn fill(
    image: &mut ReadImage,
    source: impl Read,
    path: &str,
    classes: &[String],
    limits: &Limits,
) -> Result<Vec<Finding>, FormatError> {
    let within = Limits { bytes: limits.image_bytes, ..*limits };
    let mut source = Metered::new(BufReader::new(source), &within);
    let mut findings = Vec::new();
    let mut line = Vec::new();
    let mut lost = 0_u64;
    loop {
        let number = source.line;
        let fault = |message: String| FormatError::File {
            path: path.to_owned(),
            place: format!("line {number}"),
            message,
        };
        line.clear();
        source.begin(&within);
        if let Err(e) = source.read_until(b'\n', &mut line) {
            return Err(match source.exceeded {
                Some(what) => fault(what.to_lowercase() + " is read"),
                None => FormatError::Read(e),
            });
        }
        if line.is_empty() {
            break;
        }
        let text = std::str::from_utf8(&line).map_err(|_| fault("the text is not UTF-8".to_owned()))?;
        let text = text.trim_start_matches('\u{FEFF}').trim();
        if text.is_empty() {
            continue;
        }
        if image.shapes.len() + findings.len() >= limits.shapes {
            return Err(fault(format!("more than {} shapes", limits.shapes)));
        }
        let Some(size) = image.width.zip(image.height) else {
            lost += 1;
            continue;
        };
        match shape(text, size, classes, limits) {
            Ok(shape) => image.shapes.push(shape),
            Err(message) => findings.push(Finding {
                image: image.name.clone(),
                problem: Problem::Malformed,
                message: format!("{path}, line {number}: {message}"),
                consequence: "The shape is left out".to_owned(),
            }),
        }
    }
    if lost > 0 {
        findings.push(Finding {
            image: image.name.clone(),
            problem: Problem::NoSize,
            message: format!("{path} has {lost} shapes as shares of an image whose size is not known"),
            consequence: "They are left out".to_owned(),
        });
    }
    Ok(findings)
}

/// `class cx cy w h [score]` or `class x y x y x y … [score]`.
fn shape(
    text: &str,
    (width, height): (u32, u32),
    classes: &[String],
    limits: &Limits,
) -> Result<ReadShape, String> {
    let (w, h) = (f64::from(width), f64::from(height));
    let mut words = text.split_ascii_whitespace();
    let class = words.next().unwrap_or_default();
    let number: f64 = class.parse().map_err(|_| format!("{:?} is no class number", shown(class)))?;
    let whole = number.fract() == 0.0 && (0.0..classes.len() as f64).contains(&number);
    let label = whole.then(|| classes.get(number as usize)).flatten();
    let label =
        label.ok_or_else(|| format!("there is no class {}, but {} names", shown(class), classes.len()))?;
    let usable = |word: &str| {
        let value =
            word.parse::<f64>().ok().filter(|v| v.is_finite() && v.abs() * w.max(h) <= limits.coordinate);
        value.ok_or_else(|| format!("{:?} is not a usable number", shown(word)))
    };
    let mut values: Vec<f64> = words.map(usable).collect::<Result<_, _>>()?;
    let score = if values.len() >= 5 && values.len() % 2 == 1 { values.pop() } else { None };
    if let Some(score) = score.filter(|s| !(0.0..=1.0).contains(s)) {
        return Err(format!("the score {score} is not between 0 and 1"));
    }
    let Geometry { rect, rotation, shape } = match values[..] {
        [cx, cy, bw, bh] if bw >= 0.0 && bh >= 0.0 => {
            let rect = Rect {
                x1: (cx - bw / 2.0) * w,
                y1: (cy - bh / 2.0) * h,
                x2: (cx + bw / 2.0) * w,
                y2: (cy + bh / 2.0) * h,
            };
            rect.into()
        }
        [_, _, _, _] => return Err("its box has a negative side".to_owned()),
        _ if values.len() >= 6 => {
            let points = values.chunks_exact(2).map(|p| Point { x: p[0] * w, y: p[1] * h }).collect();
            let shape = Shape::Polygon { points };
            Geometry { rect: rect_of(&shape).unwrap_or(Geometry::tag().rect), rotation: 0.0, shape }
        }
        _ => return Err(format!("{} numbers are neither a box nor an outline", values.len())),
    };
    Ok(ReadShape {
        label: label.clone(),
        source: Source::File,
        occluded: false,
        rect,
        rotation,
        shape,
        z_order: 0,
        group: 0,
        score,
        attributes: BTreeMap::new(),
        track: None,
    })
}

fn shown(word: &str) -> String {
    word.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::{image_of, of_picture};
    use crate::{finding::stem, yolo::label_path};

    #[test]
    fn labels_find_their_images_again() {
        for name in
            ["a.jpg", "d.x/a", "a.b.jpg", "x/y/a.jpg", "images/a.jpg", "labels/a.jpg", "x/labels/a.png"]
        {
            assert_eq!(image_of(&label_path(name)), stem(name), "{name}");
            assert_eq!(of_picture(&crate::yolo::image_path(name)), name);
        }
        assert_eq!(image_of("set/labels/train/a.txt"), "train/a");
        assert_eq!(of_picture("set/images/train/a.jpg"), "train/a.jpg");
        assert_eq!(image_of("obj_train_data/d/a.txt"), "d/a");
        assert_eq!(of_picture("obj_train_data/d/a.PNG"), "d/a.PNG");
    }
}
