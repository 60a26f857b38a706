use relook_domain::{Rect, export::ExportShape};
use relook_formats::{Cause, Format, FormatError, Problem, voc};

use crate::common::{Memory, attributes, every_kind, image, label, pose, shape, take, taken};

#[test]
fn boxes_are_written_as_voc_has_them() {
    let shapes = vec![ExportShape {
        occluded: true,
        attributes: attributes(&[("difficult", "true"), ("k", "<v>")]),
        ..shape(10.126, 20.0, 30.5, 40.25)
    }];
    let file = voc::annotation_file(&image(0, "d/a & b.jpg", shapes), &[label("car")]).unwrap();
    assert_eq!(file.path, "Annotations/d/a & b.xml");
    assert_eq!(
        file.text,
        "<annotation>
  <folder></folder>
  <filename>d/a &amp; b.jpg</filename>
  <size>
    <width>640</width>
    <height>480</height>
    <depth>3</depth>
  </size>
  <segmented>0</segmented>
  <object>
    <name>car</name>
    <difficult>1</difficult>
    <truncated>0</truncated>
    <occluded>1</occluded>
    <bndbox>
      <xmin>10.13</xmin>
      <ymin>20.00</ymin>
      <xmax>30.50</xmax>
      <ymax>40.25</ymax>
    </bndbox>
    <attributes>
      <attribute>
        <name>k</name>
        <value>&lt;v&gt;</value>
      </attribute>
    </attributes>
  </object>
</annotation>
"
    );
    let file = voc::annotation_file(&image(0, "a.jpg", every_kind()), &[label("car"), pose()]).unwrap();
    let left_out = file.warnings.iter().filter(|w| w.cause == Cause::NoSuchKind).count();
    assert_eq!((left_out, file.warnings.len(), file.text.matches("<object>").count()), (5, 8, 3));
    let stray = ExportShape { label: 2, ..shape(0., 0., 9., 9.) };
    let error = voc::annotation_file(&image(0, "a.jpg", vec![stray]), &[]);
    assert!(matches!(error, Err(FormatError::NoSuchLabel { label: 2, .. })));
    let error = voc::annotation_file(&image(0, "a\u{1}.jpg", vec![]), &[]);
    assert!(matches!(error, Err(FormatError::Character { .. })));
}

#[test]
fn labels_and_lists_lie_where_readers_look() {
    let map = voc::label_map(&[label("car"), label("a:b")]).unwrap();
    assert_eq!(map.path, "labelmap.txt");
    let want = "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncar:16,160,255::\na:b:16,160,255::\n";
    assert_eq!(map.text, want);
    assert!(matches!(voc::label_map(&[label("a\nb")]), Err(FormatError::Label(_))));
    assert_eq!(voc::image_list(&["d/a.jpg", "b.c.png"]).text, "d/a\nb.c\n");
    assert_eq!(voc::image_path("d/a.jpg"), "JPEGImages/d/a.jpg");
    let found = voc::check(&["a.jpg", "a.png", "b.jpg"]);
    assert_eq!(found.iter().map(|f| f.problem).collect::<Vec<_>>(), [Problem::SameStem; 2]);
    let files =
        Memory::of([(map.path, map.text), ("Annotations/a.xml".to_owned(), "<annotation/>".to_owned())]);
    let labels: Vec<_> = taken(files).unwrap().labels.into_iter().map(|l| (l.name, l.colour)).collect();
    assert_eq!(labels, [("car".to_owned(), "#10a0ff".to_owned()), ("a:b".to_owned(), "#10a0ff".to_owned())]);
}

fn object(inner: &str) -> String {
    format!("<annotation>\n<filename>a.jpg</filename>\n<object>{inner}</object></annotation>")
}

const BOX: &str = "<bndbox><xmax>9</xmax><xmin> 1 </xmin><ymin>2.5</ymin><ymax>8</ymax></bndbox>";

#[test]
fn files_of_other_makers_are_understood() {
    let text = format!(
        "<annotation><folder>VOC2012</folder><filename>a.jpg</filename><source><database>x</database></source>\
         <size><width>50</width><height>40</height><depth>3</depth></size>\
         <object><name>car</name><pose>Left</pose><truncated>1</truncated><difficult>0</difficult>{BOX}\
         <part><name>wheel</name>{BOX}</part>\
         <attributes><attribute><name>rotation</name><value>-90.0</value></attribute></attributes></object></annotation>"
    );
    let got = taken(Memory::one("VOC2012/Annotations/d/a.xml", text)).unwrap();
    let image = &got.images[0];
    assert_eq!((image.name.as_str(), image.width, image.height), ("d/a.jpg", Some(50), Some(40)));
    let s = &image.shapes[0];
    assert_eq!(s.rect, Rect { x1: 1.0, y1: 2.5, x2: 9.0, y2: 8.0 });
    assert_eq!((s.rotation, s.label.as_str()), (270.0, "car"));
    let attributes: Vec<_> = s.attributes.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(attributes, [("pose", "Left"), ("truncated", "true")]);
    assert_eq!(got.findings.iter().map(|f| f.problem).collect::<Vec<_>>(), [Problem::NotHeld]);
}

#[test]
fn what_is_no_object_is_told() {
    for (inner, part) in [
        (BOX.to_owned(), "an object has no name"),
        ("<name>car</name>".to_owned(), "has no bndbox"),
        (format!("<name>car</name>{}", BOX.replace("2.5", "NaN")), "\"NaN\" in the bndbox of \"car\""),
        (format!("<name>car</name>{}", BOX.replace("2.5", "1e99")), "not a usable number"),
        (format!("<name>car</name>{}", BOX.replace("<xmax>9</xmax>", "")), "\"\" in the bndbox"),
    ] {
        let got = taken(Memory::one("a.xml", object(&inner))).unwrap();
        assert_eq!(got.images[0].shapes, []);
        let [finding] = &got.findings[..] else { panic!("{inner}") };
        assert_eq!((finding.image.as_str(), finding.problem), ("a.jpg", Problem::Malformed));
        assert!(
            finding.message.starts_with("a.xml, line 3: ") && finding.message.contains(part),
            "{finding:?}"
        );
    }
    for (text, part) in [
        (String::new(), "no <annotation>"),
        ("<annotations/>".to_owned(), "not <annotation>"),
        (object("<name>a"), "a.xml, line 3"),
        ("<!DOCTYPE a [<!ENTITY b \"c\">]><annotation>&b;</annotation>".to_owned(), "DOCTYPE"),
        ("<annotation/><annotation/>".to_owned(), "after the end"),
        (object(&format!("<name>{}</name>", "a".repeat(9000))), "longer than 4096 bytes"),
        (object(&"<x>".repeat(99)), "deeper"),
        (format!("<annotation>{}</annotation>", "<object/>".repeat(17)), "more than 16 objects"),
    ] {
        let mut files = Memory::one("a.xml", text.clone());
        let error = take(Format::Voc, &mut files, &crate::cvat_hostile::small()).unwrap_err();
        assert!(matches!(error, FormatError::File { .. }), "{text}: {error}");
        assert!(error.to_string().contains(part), "{text}: {error}");
    }
}
