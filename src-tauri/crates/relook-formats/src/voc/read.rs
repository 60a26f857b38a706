//! The reader: an XML file an image.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
};

use relook_domain::{Rect, Shape};

use super::FLAGS;
use crate::{
    Files, Finding, FormatError, Item, Limits, Problem, ReadImage, ReadLabel, ReadShape, Source,
    files::ends,
    finding::stem,
    xml::events::{Event, Events, fault},
};

/// Of `labelmap.txt`, bytes.
const MOST_MAP: u64 = 16 << 20;

/// Reads the annotation files in the order of their paths.
pub(crate) fn items<E: From<FormatError>>(
    files: &mut dyn Files,
    limits: &Limits,
    each: &mut dyn FnMut(Item) -> Result<(), E>,
) -> Result<(), E> {
    if let Some(labels) = label_map(files, limits)? {
        each(Item::Labels(labels))?;
    }
    let paths: Vec<String> = files.paths().iter().filter(|p| ends(p, ".xml")).cloned().collect();
    for (frame, path) in (0..).zip(paths) {
        let mut parts = Parts::default();
        let mut findings = Vec::new();
        let source = files.open(&path).map_err(FormatError::Read)?;
        parts.read(BufReader::new(source), limits, &mut findings).map_err(|e| match e {
            FormatError::Xml { line, message } => {
                FormatError::File { path: path.clone(), place: format!("line {line}"), message }
            }
            other => other,
        })?;
        let name = name_of(&path, &parts.file);
        let (width, height) = parts.size.or_else(|| files.size(&name)).unzip();
        for (problem, message, consequence) in findings {
            each(Item::Finding(Finding {
                image: name.clone(),
                problem,
                message: format!("{path}, {message}"),
                consequence: consequence.to_owned(),
            }))?;
        }
        each(Item::Image(ReadImage { frame, name, width, height, shapes: parts.shapes }))?;
    }
    Ok(())
}

/// The image's path: the file's own word for it, below the folders that its annotations lie in.
fn name_of(path: &str, file: &str) -> String {
    let below = format!("/{path}");
    let below = below.rsplit_once("/Annotations/").map_or(path, |(_, below)| below);
    if file.is_empty() {
        return stem(below).to_owned();
    }
    match below.rsplit_once('/') {
        Some((folder, _)) if !file.contains('/') => format!("{folder}/{file}"),
        _ => file.to_owned(),
    }
}

fn label_map(files: &mut dyn Files, limits: &Limits) -> Result<Option<Vec<ReadLabel>>, FormatError> {
    let Some(path) = files.paths().iter().find(|p| p.rsplit('/').next() == Some("labelmap.txt")).cloned()
    else {
        return Ok(None);
    };
    let fault =
        |message: String| FormatError::File { path: path.clone(), place: "labels".to_owned(), message };
    let mut bytes = Vec::new();
    let file = files.open(&path).map_err(FormatError::Read)?;
    file.take(MOST_MAP + 1).read_to_end(&mut bytes).map_err(FormatError::Read)?;
    if bytes.len() as u64 > MOST_MAP {
        return Err(fault(format!("it is longer than {MOST_MAP} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|_| fault("the text is not UTF-8".to_owned()))?;
    let mut labels = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut parts = line.rsplitn(4, ':').skip(2);
        let (colour, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or(line));
        if name == "background" {
            continue;
        }
        if labels.len() >= limits.labels || name.len() > limits.name {
            let what =
                format!("more than {} labels, or a name longer than {} bytes", limits.labels, limits.name);
            return Err(fault(what));
        }
        let rgb: Vec<u8> = colour.split(',').filter_map(|v| v.trim().parse().ok()).collect();
        let colour = if let [r, g, b] = rgb[..] { format!("#{r:02x}{g:02x}{b:02x}") } else { String::new() };
        labels.push(ReadLabel { name: name.to_owned(), colour, ..ReadLabel::default() });
    }
    Ok(Some(labels))
}

/// Problem, what, consequence.
type Told = (Problem, String, &'static str);

#[derive(Default)]
struct Parts {
    file: String,
    size: Option<(u32, u32)>,
    shapes: Vec<ReadShape>,
}

impl Parts {
    fn read(
        &mut self,
        source: impl BufRead,
        limits: &Limits,
        told: &mut Vec<Told>,
    ) -> Result<(), FormatError> {
        let within = Limits { bytes: limits.image_bytes, ..*limits };
        let mut events = Events::new(source, within);
        let root = loop {
            match events.next()? {
                Event::Open(root) => break root,
                Event::Text(text) if text.trim().is_empty() => {}
                Event::Text(_) | Event::Close | Event::End => {
                    return Err(fault(
                        events.line,
                        "this is no XML file of Pascal VOC: it has no <annotation>",
                    ));
                }
            }
        };
        if root.name != "annotation" {
            let what =
                format!("it begins with <{}>, not <annotation>, so it is no file of Pascal VOC", root.name);
            return Err(fault(root.line, what));
        }
        while let Some(child) = events.child()? {
            match child.name.as_str() {
                "filename" => self.file = events.text("filename")?.trim().replace('\\', "/"),
                "size" => {
                    let sides = numbers(&mut events, ["width", "height"])?;
                    let [width, height] = sides.map(|side| side.parse::<u32>().ok().filter(|side| *side > 0));
                    self.size = width.zip(height);
                }
                "object" => {
                    if self.shapes.len() + told.len() >= limits.shapes {
                        return Err(fault(child.line, format!("more than {} objects", limits.shapes)));
                    }
                    match object(&mut events)? {
                        Ok((shape, parts)) => {
                            self.shapes.push(shape);
                            if parts > 0 {
                                let what = format!("line {}: an object has parts of its own", child.line);
                                told.push((Problem::NotHeld, what, "They are left out, the object is kept"));
                            }
                        }
                        Err(what) => told.push((
                            Problem::Malformed,
                            format!("line {}: {what}", child.line),
                            "The object is left out",
                        )),
                    }
                }
                _ => events.skip()?,
            }
        }
        if let Some(extra) = events.child()? {
            return Err(fault(extra.line, format!("<{}> stands after the end of the document", extra.name)));
        }
        Ok(())
    }
}

/// The texts of these children of the element just opened; empty where there is none.
fn numbers<R: BufRead, const N: usize>(
    events: &mut Events<R>,
    names: [&str; N],
) -> Result<[String; N], FormatError> {
    let mut found = [const { String::new() }; N];
    while let Some(child) = events.child()? {
        match names.iter().position(|name| *name == child.name) {
            Some(n) => found[n] = events.text(names[n])?.trim().to_owned(),
            None => events.skip()?,
        }
    }
    Ok(found)
}

/// An object with the number of its parts, or what is wrong with it.
fn object<R: BufRead>(events: &mut Events<R>) -> Result<Result<(ReadShape, u64), String>, FormatError> {
    const SIDES: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];
    let mut name = String::new();
    let mut sides = None;
    let mut attributes = BTreeMap::new();
    let (mut occluded, mut parts) = (false, 0);
    while let Some(child) = events.child()? {
        match child.name.as_str() {
            "name" => name = events.text("name")?.trim().to_owned(),
            "bndbox" => sides = Some(numbers(events, SIDES)?),
            "occluded" => occluded = events.text("occluded")?.trim() == "1",
            flag if FLAGS.contains(&flag) => {
                if events.text(flag)?.trim() == "1" {
                    attributes.insert(flag.to_owned(), "true".to_owned());
                }
            }
            "pose" => {
                let pose = events.text("pose")?;
                if !matches!(pose.trim(), "" | "Unspecified" | "unspecified") {
                    attributes.insert("pose".to_owned(), pose.trim().to_owned());
                }
            }
            "attributes" => {
                while let Some(child) = events.child()? {
                    if child.name != "attribute" {
                        events.skip()?;
                        continue;
                    }
                    let [name, value] = texts(events)?;
                    if attributes.len() >= events.limits.attributes {
                        let most = events.limits.attributes;
                        return Err(fault(child.line, format!("an object has more than {most} attributes")));
                    }
                    attributes.insert(name, value);
                }
            }
            "part" => {
                parts += 1;
                events.skip()?;
            }
            _ => events.skip()?,
        }
    }
    Ok(shape(name, sides, occluded, attributes, &events.limits).map(|shape| (shape, parts)))
}

fn texts<R: BufRead>(events: &mut Events<R>) -> Result<[String; 2], FormatError> {
    let mut found = [const { String::new() }; 2];
    while let Some(child) = events.child()? {
        match child.name.as_str() {
            "name" => found[0] = events.text("name")?,
            "value" => found[1] = events.text("value")?,
            _ => events.skip()?,
        }
    }
    Ok(found)
}

fn shape(
    label: String,
    sides: Option<[String; 4]>,
    occluded: bool,
    mut attributes: BTreeMap<String, String>,
    limits: &Limits,
) -> Result<ReadShape, String> {
    if label.is_empty() {
        return Err("an object has no name".to_owned());
    }
    let sides = sides.ok_or_else(|| format!("an object {label:?} has no bndbox"))?;
    let number = |text: &str| {
        let value = text.parse::<f64>().ok().filter(|v| v.is_finite() && v.abs() <= limits.coordinate);
        value.ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            format!("{shown:?} in the bndbox of {label:?} is not a usable number")
        })
    };
    let [x1, y1, x2, y2] = [number(&sides[0])?, number(&sides[1])?, number(&sides[2])?, number(&sides[3])?];
    // CVAT says so of turned boxes.
    let turned = attributes.remove("rotation").map(|text| number(&text)).transpose()?.unwrap_or(0.0);
    Ok(ReadShape {
        label,
        source: Source::File,
        occluded,
        rect: Rect::from_corners(x1, y1, x2, y2),
        rotation: turned.rem_euclid(360.0) % 360.0,
        shape: Shape::Box,
        z_order: 0,
        group: 0,
        score: None,
        attributes,
        track: None,
    })
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn images_are_named_by_file_and_folder() {
        for (path, file, want) in [
            ("Annotations/a.xml", "a.jpg", "a.jpg"),
            ("VOC2007/Annotations/d/a.xml", "a.jpg", "d/a.jpg"),
            ("Annotations/d/a.xml", "d/a.jpg", "d/a.jpg"),
            ("Annotations/d/a.xml", "", "d/a"),
            ("a.xml", "a.jpg", "a.jpg"),
        ] {
            assert_eq!(name_of(path, file), want, "{path} {file}");
        }
    }
}
