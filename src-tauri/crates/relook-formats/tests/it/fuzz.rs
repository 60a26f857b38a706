//! Inputs made to break the readers, the same in every run: small seeds, bent, cut, joined and spliced. Each has to end in
//! what was read or in an error, within the limits; a panic or a hang is what this looks for. A million for each reader:
//! `cargo run -p relook-formats --example fuzz`, overflow checks on.

use std::io::{self, Cursor, Write};

use relook_domain::{Geometry, Shape};
use relook_formats::{Files, Format, FormatError, Item, Limits, ReadSeek, archive::Archive, read};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// What a run of one reader came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub read: u64,
    pub refused: u64,
    pub shapes: u64,
    pub findings: u64,
}

/// Readers by name.
pub const READERS: [&str; 6] = ["cvat", "video", "coco", "yolo", "voc", "zip"];

const CVAT: &str = r##"<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1</version><meta><job><name>n</name><labels><label><name>car</name><color>#ff0000</color><type>any</type><attributes><attribute><name>k</name><mutable>True</mutable><input_type>select</input_type><default_value>a</default_value><values>a
b</values></attribute></attributes></label><label><name>p</name><type>skeleton</type><svg>&lt;line data-node-from="1" data-node-to="2"/&gt;&lt;circle cx="20" cy="20" data-node-id="1" data-label-name="1"/&gt;&lt;circle cx="50" cy="80" data-node-id="2" data-label-name="2"/&gt;</svg></label></labels></job></meta><image id="0" name="a.jpg" width="64" height="48"><box label="car" source="manual" occluded="0" xtl="1.5" ytl="2.00" xbr="30.25" ybr="40" rotation="10.5" z_order="0" group_id="1"><attribute name="k">a</attribute></box><polygon label="car" points="1,1;9,1;9,9.5"/><mask label="car" rle="0, 2, 1, 1" left="3" top="4" width="2" height="2"/><ellipse label="car" cx="5" cy="5" rx="2" ry="3"/><skeleton label="p"><points label="1" points="1,1" outside="0" occluded="1"/></skeleton><tag label="car"/></image></annotations>"##;
const VIDEO: &str = r##"<annotations><meta><task><start_frame>0</start_frame><stop_frame>9</stop_frame><frame_filter>step=1</frame_filter></task></meta><track id="0" label="car" source="manual" group_id="2"><box frame="0" keyframe="1" outside="0" occluded="1" xtl="1.5" ytl="2.00" xbr="30.25" ybr="40" rotation="350.5" z_order="1"><attribute name="k">a</attribute></box><box frame="2" keyframe="0" outside="0" xtl="1" ytl="2" xbr="3" ybr="4"/><box frame="4" keyframe="1" outside="0" xtl="5" ytl="6" xbr="20" ybr="30" rotation="10"/><box frame="8" keyframe="1" outside="1" xtl="5" ytl="6" xbr="20" ybr="30"/></track><track id="1" label="car"><polygon frame="1" keyframe="1" points="1,1;9,1;9,9.5"/><polygon frame="5" keyframe="1" points="1,1;9,1;9,9.5;4,4"/></track><track id="2" label="p" task_id="3"><skeleton frame="2" keyframe="1"><points label="1" points="1,1" outside="0"/></skeleton></track></annotations>"##;
const COCO: &str = r#"{"categories":[{"id":1,"name":"car"},{"id":2,"name":"p","keypoints":["a","b"],"skeleton":[[1,2]]}],"images":[{"id":1,"file_name":"a.jpg","width":5,"height":4}],"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1.5,1,2,2.25],"score":0.5,"iscrowd":0,"segmentation":[],"attributes":{"occluded":true,"k":"v","rotation":90.0}},{"image_id":1,"category_id":1,"segmentation":[[1,1,4,1,4,3.5]]},{"image_id":1,"category_id":1,"iscrowd":1,"segmentation":{"counts":[5,2,2,2,2,2,5],"size":[4,5]}},{"image_id":1,"category_id":1,"segmentation":{"counts":"5220003","size":[4,5]}},{"image_id":1,"category_id":2,"keypoints":[1,1,2,0,0,0]}]}"#;
const YOLO: &str = "0 0.5 0.5 0.1 0.25\n1 0.25 0.5 0.5 0.125 0.75\n1 0 0 0.5 0 0.5 1\n\n";
const YAML: &str =
    "path: .\nnames:\n  0: car\n  1: \"tr\\u00e4ffic \\\"light\\\"\"\n  2: 'it''s' # c\nnc: 3\n";
const VOC: &str = r#"<?xml version="1.0"?><annotation><folder>f</folder><filename>a.jpg</filename><size><width>64</width><height>48</height><depth>3</depth></size><object><name>car</name><pose>Left</pose><truncated>1</truncated><occluded>0</occluded><bndbox><xmin>1.5</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40.25</ymax></bndbox><attributes><attribute><name>rotation</name><value>10</value></attribute></attributes><part><name>x</name></part></object></annotation>"#;

/// Pieces that readers trip over.
const PIECES: [&[u8]; 34] = [
    b"<",
    b">",
    b"\"",
    b"'",
    b"&",
    b"&#0;",
    b"&#x1F600;",
    b"&x;",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"<?x?>",
    b"<!DOCTYPE x [<!ENTITY x \"y\">]>",
    b"</image>",
    b"/>",
    b"\xFF",
    b"\xED\xA0\x80",
    b"\x00",
    b"\xEF\xBB\xBF",
    b"\n",
    b"9999999999999999999999",
    b"-1",
    b"1e308",
    b"NaN",
    b"null",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\\u0000",
    b"4294967295",
];

/// Tight limits, so that what goes past them shows.
fn limits() -> Limits {
    Limits {
        bytes: 1 << 20,
        event_bytes: 16 << 10,
        image_bytes: 64 << 10,
        track_bytes: 64 << 10,
        depth: 16,
        attributes: 32,
        labels: 32,
        images: 32,
        shapes: 64,
        annotations: 128,
        coordinate: 1e6,
        name: 256,
        mask_pixels: 1 << 16,
    }
}

/// Numbers that look random and are the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap_or(0)
    }

    fn bent(&mut self, seed: &[u8]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=self.below(5) {
            let at = self.below(bytes.len());
            let end = (at + self.below(40)).min(bytes.len());
            match self.below(8) {
                0 if at < bytes.len() => bytes[at] = self.next() as u8,
                1 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                2 => drop(bytes.drain(at..end)),
                3 => drop(bytes.splice(at..at, PIECES[self.below(PIECES.len())].iter().copied())),
                4 => drop(bytes.splice(at..end, PIECES[self.below(PIECES.len())].iter().copied())),
                5 => {
                    let copy = bytes[at..end].to_vec();
                    let to = self.below(bytes.len());
                    drop(bytes.splice(to..to, copy));
                }
                6 if self.below(8) == 0 => bytes.truncate(at),
                _ => {
                    // A digit for another: the form stays, the numbers change.
                    if let Some(digit) = bytes.iter_mut().skip(at).find(|b| b.is_ascii_digit()) {
                        *digit = b"0123456789.-e"[self.below(13)];
                    }
                }
            }
        }
        bytes
    }
}

struct Set {
    paths: Vec<String>,
    bytes: Vec<Vec<u8>>,
}

impl Files for Set {
    fn paths(&self) -> &[String] {
        &self.paths
    }

    fn open<'a>(&'a mut self, path: &str) -> io::Result<Box<dyn ReadSeek + 'a>> {
        let at = self.paths.iter().position(|p| p == path);
        at.map(|at| Box::new(Cursor::new(&self.bytes[at])) as Box<dyn ReadSeek>)
            .ok_or(io::ErrorKind::NotFound.into())
    }

    fn size(&mut self, _: &str) -> Option<(u32, u32)> {
        Some((64, 48))
    }

    fn frame(&mut self, number: u64) -> Option<String> {
        (number < 12).then(|| format!("{number}.jpg"))
    }
}

fn set(files: &[(&str, Vec<u8>)]) -> Set {
    Set {
        paths: files.iter().map(|f| f.0.to_owned()).collect(),
        bytes: files.iter().map(|f| f.1.clone()).collect(),
    }
}

fn zipped(dice: &mut Dice) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let method = if dice.below(2) == 0 { CompressionMethod::Deflated } else { CompressionMethod::Stored };
    for (name, bytes) in [("annotations.xml", CVAT.as_bytes()), ("images/a.jpg", b"xx")] {
        let began = zip.start_file(name, SimpleFileOptions::default().compression_method(method));
        assert!(began.is_ok() && zip.write_all(bytes).is_ok());
    }
    zip.finish().map(Cursor::into_inner).unwrap_or_default()
}

/// What came of one input.
fn one(format: Format, files: &mut dyn Files, tally: &mut Tally) {
    let limits = limits();
    let outcome = read(format, files, &limits, &mut |item| {
        match item {
            Item::Labels(labels) => assert!(labels.len() <= limits.labels),
            Item::Finding(_) => tally.findings += 1,
            Item::Image(image) => {
                assert!(image.shapes.len() <= limits.shapes);
                for s in image.shapes {
                    tally.shapes += 1;
                    let r = s.rect;
                    // An ellipse has a centre and radii within the limit, a box a corner and sides.
                    assert!(
                        [r.x1, r.y1, r.x2, r.y2].iter().all(|v| v.abs() <= limits.coordinate * 2.0),
                        "{r:?}"
                    );
                    assert!((0.0..360.0).contains(&s.rotation), "{}", s.rotation);
                    assert!(s.score.is_none_or(|score| (0.0..=1.0).contains(&score)));
                    if let Shape::Mask { runs } = &s.shape {
                        assert!((runs.iter().map(|r| f64::from(*r)).sum::<f64>() - r.area()).abs() < 0.5);
                    }
                    let geometry = Geometry { rect: r, rotation: s.rotation, shape: s.shape };
                    if let Some(sound) = geometry.sound(64, 48) {
                        assert_eq!(sound.sound(64, 48).as_ref(), Some(&sound), "sound stays sound");
                    }
                }
            }
        }
        Ok::<(), FormatError>(())
    });
    match outcome {
        Ok(()) => tally.read += 1,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            tally.refused += 1;
        }
    }
}

/// Gives a reader so many inputs.
pub fn run(reader: &str, inputs: u64, seed: u64) -> Tally {
    let mut dice = Dice(seed);
    let mut tally = Tally::default();
    for _ in 0..inputs {
        match reader {
            "cvat" => one(Format::Cvat, &mut set(&[("a.xml", dice.bent(CVAT.as_bytes()))]), &mut tally),
            "video" => one(Format::Cvat, &mut set(&[("a.xml", dice.bent(VIDEO.as_bytes()))]), &mut tally),
            "coco" => one(Format::Coco, &mut set(&[("a.json", dice.bent(COCO.as_bytes()))]), &mut tally),
            "voc" => {
                one(Format::Voc, &mut set(&[("Annotations/a.xml", dice.bent(VOC.as_bytes()))]), &mut tally)
            }
            "yolo" => {
                let yaml =
                    if dice.below(3) == 0 { dice.bent(YAML.as_bytes()) } else { YAML.as_bytes().to_vec() };
                let label = dice.bent(YOLO.as_bytes());
                one(Format::Yolo, &mut set(&[("data.yaml", yaml), ("labels/a.txt", label)]), &mut tally);
            }
            _ => {
                let bytes = zipped(&mut dice);
                let bytes = dice.bent(&bytes);
                match Archive::new(Cursor::new(bytes), &limits(), || Ok(Cursor::new(Vec::new()))) {
                    Ok(mut archive) => one(Format::Cvat, &mut archive, &mut tally),
                    Err(_) => tally.refused += 1,
                }
            }
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::{READERS, run};

    #[test]
    fn thousands_of_inputs_for_each_reader() {
        for reader in READERS {
            let tally = run(reader, 3000, 1);
            assert_eq!(tally.read + tally.refused, 3000);
            assert!(tally.read > 30 && tally.refused > 100 && tally.shapes > 30, "{reader}: {tally:?}");
        }
    }
}
