//! What may be wrong with a file on purpose, held against every reader; see also `cvat_hostile` and `zips`.

use relook_formats::{Format, Limits};

use crate::common::{Memory, take};

const CVAT: &str = r#"<annotations><version>1.1</version><image id="0" name="NAME" width="9" height="9"><box label="car" xtl="1" ytl="1" xbr="4" ybr="4" occluded="0" z_order="0">MORE</box></image></annotations>"#;
const COCO: &str = r#"{"images": [{"id": 1, "file_name": "NAME"}], "categories": [{"id": 1, "name": "car"}], "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 1, 3, 3], "attributes": {"a": MORE}}]}"#;
const VOC: &str = "<annotation><filename>NAME</filename><size><width>9</width><height>9</height></size><object><name>car</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>4</ymax></bndbox>MORE</object></annotation>";

/// A file of each format that has one; what stands for `NAME` and `MORE` is filled in.
fn files(name: &str, cvat: &str, coco: &str, voc: &str) -> [(Format, &'static str, String); 3] {
    let fill = |text: &str, more: &str| text.replace("NAME", name).replace("MORE", more);
    [
        (Format::Cvat, "annotations.xml", fill(CVAT, cvat)),
        (Format::Coco, "a.json", fill(COCO, coco)),
        (Format::Voc, "a.xml", fill(VOC, voc)),
    ]
}

/// Names are matched with those of the project and open nothing: a set that is asked for another file than its own panics.
#[test]
fn names_that_lead_elsewhere_stay_names() {
    for name in ["../../etc/passwd", "/etc/passwd", "C:/boot.ini", "a/../../b.jpg"] {
        for (format, path, text) in files(name, "", "1", "") {
            let got = take(format, &mut Memory::one(path, text), &Limits::default()).unwrap();
            assert_eq!((got.images[0].name.as_str(), got.images[0].shapes.len()), (name, 1), "{format:?}");
        }
        let yaml = format!("path: {name}\ntrain: {name}\nval: {name}\nnames: [car]\n");
        let set =
            [("data.yaml".to_owned(), yaml), ("labels/a.txt".to_owned(), "0 0.5 0.5 0.1 0.1\n".to_owned())];
        let mut set = Memory::of(set);
        set.sizes.insert("a".to_owned(), (9, 9));
        let got = take(Format::Yolo, &mut set, &Limits::default()).unwrap();
        assert_eq!(got.images.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), ["a"]);
    }
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = "<x>".repeat(100_000);
    for (format, path, text) in files("a.jpg", &deep, &"[".repeat(100_000), &deep) {
        let error = take(format, &mut Memory::one(path, text), &Limits::default()).unwrap_err().to_string();
        assert!(error.to_lowercase().contains("line 1"), "{format:?}: {error}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    for (format, path, text) in files("QQ.jpg", "", "1", "") {
        let bytes: Vec<u8> = text.bytes().map(|b| if b == b'Q' { 0xFF } else { b }).collect();
        let error = take(format, &mut Memory::one(path, bytes), &Limits::default()).unwrap_err().to_string();
        assert!(error.to_lowercase().contains("line 1"), "{format:?}: {error}");
    }
}

/// Each image of a name that stands twice comes through, for the taker to tell apart or put together.
#[test]
fn names_that_stand_twice_come_through_twice() {
    for (format, path, text) in files("a.jpg", "", "1", "") {
        let twice = match format {
            Format::Cvat => {
                let image = text.find("<image").unwrap()..text.find("</annotations>").unwrap();
                let again = text[image.clone()].to_owned();
                text[..image.end].to_owned() + &again + &text[image.end..]
            }
            Format::Coco => text.replace(
                r#"[{"id": 1, "file_name": "a.jpg"}]"#,
                r#"[{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "a.jpg"}]"#,
            ),
            Format::Voc | Format::Yolo => continue,
        };
        let got = take(format, &mut Memory::one(path, twice), &Limits::default()).unwrap();
        assert_eq!(got.images.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), ["a.jpg", "a.jpg"]);
    }
}
