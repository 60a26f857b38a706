use relook_domain::AttributeKind;
use relook_formats::{
    FormatError,
    cvat_xml::{Limits, ReadImage, Source, read, read_each},
};

use crate::common::{Dice, rewritable, showcase, write};

fn parse(text: &str) -> Result<relook_formats::cvat_xml::Document, FormatError> {
    read(text.as_bytes(), &Limits::default())
}

#[test]
fn what_was_written_is_read_back() {
    let mut boxes = 0;
    for seed in 0..300 {
        let (labels, images) = Dice(seed).document();
        let (text, warnings) = write(&labels, &images).unwrap();
        let left_out = warnings.iter().filter(|w| w.cause.left_out()).count();
        let document = parse(&text).unwrap();
        let (read_labels, read_images) = rewritable(&document);
        assert!(document.summary.skipped.is_empty());
        assert_eq!(read_labels.len(), labels.len());
        for (got, want) in read_labels.iter().zip(&labels) {
            assert_eq!(
                (&got.name, &got.colour, &got.attributes),
                (&want.name, &want.colour, &want.attributes)
            );
        }
        assert_eq!(read_images.len(), images.len());
        let mut missing = 0;
        for (got, want) in read_images.iter().zip(&images) {
            assert_eq!(
                (got.frame, &got.name, got.width, got.height),
                (want.frame, &want.name, want.width, want.height)
            );
            missing += want.shapes.len() - got.shapes.len();
            if got.shapes.len() != want.shapes.len() {
                continue;
            }
            for (g, w) in got.shapes.iter().zip(&want.shapes) {
                boxes += 1;
                for (a, b) in [
                    (g.rect.x1, w.rect.x1),
                    (g.rect.y1, w.rect.y1),
                    (g.rect.x2, w.rect.x2),
                    (g.rect.y2, w.rect.y2),
                    (g.rotation, w.rotation),
                ] {
                    assert!((a - b).abs() <= 0.005 + 1e-9, "{a} is not {b}");
                }
                assert_eq!(
                    (g.label, g.occluded, g.z_order, g.group, &g.attributes),
                    (w.label, w.occluded, w.z_order, w.group, &w.attributes)
                );
                assert_eq!(Source::of(g.origin, g.state), Source::of(w.origin, w.state));
            }
        }
        assert_eq!(missing, left_out, "what is not in the file was told");
        // Written again, not a byte moves.
        assert_eq!(write(&read_labels, &read_images).unwrap().0, text);
    }
    assert!(boxes > 1000, "{boxes}");
}

#[test]
fn the_showcase_comes_back() {
    let (labels, images) = showcase();
    let document = parse(&write(&labels, &images).unwrap().0).unwrap();
    let names: Vec<_> = document.images.iter().map(|i| i.name.as_str()).collect();
    let want: Vec<_> = images.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(names, want);
    // Drawn in layers: -1, 0, 0, 2.
    assert_eq!(document.images[0].boxes[3].attributes["plate"], "Ä&<9>\"x\"\tend\r\nnext");
    assert_eq!(document.images[0].boxes[3].attributes["parked"], "true");
    assert_eq!(document.summary.labels[0].attributes[3].kind, AttributeKind::Number);
    assert_eq!(document.summary.name, "harbour");
}

#[test]
fn other_ways_to_say_the_same_are_understood() {
    let bare = r#"<annotations><image id="7" name="a.jpg"><box label="car" xtl="1" ytl="2.5" xbr="30" ybr="4e1"/></image></annotations>"#;
    let document = parse(bare).unwrap();
    let image = &document.images[0];
    assert_eq!((image.frame, image.width, image.height), (7, None, None));
    let b = &image.boxes[0];
    assert_eq!((b.source, b.occluded, b.z_order, b.group, b.rotation), (Source::Manual, false, 0, 0, 0.0));
    assert_eq!((b.rect.x1, b.rect.y1, b.rect.x2, b.rect.y2), (1.0, 2.5, 30.0, 40.0));

    let dressed = format!(
        "\u{FEFF}<?xml version='1.0' encoding='UTF-8'?>\r\n<!-- by hand -->\r\n{}\r\n<!-- end -->\r\n",
        bare.replace("><box", "><?pi x?><!-- <box --><box").replace('"', "'")
    );
    assert_eq!(parse(&dressed).unwrap(), document);

    let text = r#"<annotations><meta><job><labels><label><name>a<![CDATA[<b>]]>&#x41;&amp;</name></label></labels></job></meta>
        <image id="0" name="&#10;&lt;&#x1F600;"><tag label="x"/><tag label="y"><attribute name="k">v</attribute></tag></image></annotations>"#;
    let document = parse(text).unwrap();
    assert_eq!(document.summary.labels[0].name, "a<b>A&");
    assert_eq!(document.images[0].name, "\n<😀");
    assert_eq!(document.summary.skipped["tag"], 2);
}

#[test]
fn images_come_one_by_one_and_the_taker_may_stop() {
    let text = r#"<annotations>
  <image id="0" name="a"></image>
  <image id="1" name="b"></image>
  <broken"#;
    let mut seen = Vec::new();
    let error = read_each(text.as_bytes(), &Limits::default(), |image: ReadImage| {
        seen.push(image.name);
        Ok::<(), FormatError>(())
    });
    assert_eq!(seen, ["a", "b"]);
    assert!(matches!(error, Err(FormatError::Xml { line: 4, .. })), "{error:?}");
    let stopped =
        read_each(text.as_bytes(), &Limits::default(), |_| Err(FormatError::Coco("enough".to_owned())));
    assert!(matches!(stopped, Err(FormatError::Coco(_))));
}

#[test]
fn wrong_content_is_told_with_line_and_image() {
    let boxed = |attributes: &str| {
        format!(
            "<annotations>\n<image id=\"0\" name=\"a.jpg\">\n<box label=\"car\" {attributes}></box></image></annotations>"
        )
    };
    let at = r#"xtl="1" ytl="1" xbr="9" ybr="9""#;
    for (text, line, part) in [
        (String::new(), 1, "no <annotations>"),
        ("hello".to_owned(), 1, "no <annotations>"),
        ("<html></html>".to_owned(), 1, "begins with <html>"),
        (boxed(r#"xtl="NaN" ytl="1" xbr="9" ybr="9""#), 3, r#"image "a.jpg": xtl of <box> is "NaN""#),
        (boxed(r#"xtl="1" ytl="inf" xbr="9" ybr="9""#), 3, "ytl"),
        (boxed(r#"xtl="1" ytl="1" xbr="1e400" ybr="9""#), 3, "xbr"),
        (boxed(r#"xtl="1" ytl="1" xbr="9" ybr="99999999""#), 3, "ybr"),
        (boxed(r#"xtl="1,5" ytl="1" xbr="9" ybr="9""#), 3, "xtl"),
        (boxed(r#"ytl="1" xbr="9" ybr="9""#), 3, "<box> has no xtl"),
        (boxed(&format!(r#"{at} z_order="99999999999999999999""#)), 3, "z_order"),
        (boxed(&format!(r#"{at} group_id="x""#)), 3, "group_id"),
        (boxed(&format!(r#"{at} rotation="""#)), 3, "rotation"),
        (boxed(&format!(r#"{at} occluded="yes""#)), 3, "occluded"),
        (boxed(&format!(r#"{at} source="robot""#)), 3, "unknown source"),
        (boxed(&format!(r#"{at} xtl="2""#)), 3, "<box>"),
        (boxed(&format!("{at} source=\"&#1;\"")), 3, "U+0001"),
        (boxed(&format!("{at} source=\"&nope;\"")), 3, "<box>"),
        ("<annotations><image name=\"a\"></image></annotations>".to_owned(), 1, "has no id"),
        ("<annotations><image id=\"-1\" name=\"a\"></image></annotations>".to_owned(), 1, "id of <image>"),
        ("<annotations><image id=\"0\"></image></annotations>".to_owned(), 1, "has no name"),
        ("<annotations>\n\n<image id=\"0\" name=\"a\">text</image></annotations>".to_owned(), 3, "\"text\""),
        ("<annotations></annotations><annotations></annotations>".to_owned(), 1, "after the end"),
        ("<annotations></annotations>more".to_owned(), 1, "\"more\""),
        ("<annotations><a></b></annotations>".to_owned(), 1, "</"),
        (
            "<?xml version=\"1.0\" encoding=\"latin-1\"?><annotations></annotations>".to_owned(),
            1,
            "save it as UTF-8",
        ),
        (
            "<annotations><meta><task><name>a<b></b></name></task></meta></annotations>".to_owned(),
            1,
            "where text belongs",
        ),
        ("<annotations>\n&undeclared;</annotations>".to_owned(), 2, "&undeclared;"),
    ] {
        match parse(&text) {
            Err(FormatError::Xml { line: got, message }) => {
                assert_eq!(got, line, "{text}: {message}");
                assert!(message.contains(part), "{text}: {message:?} should tell {part:?}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    let twice = boxed(at)
        .replace("></box>", "><attribute name=\"k\">1</attribute><attribute name=\"k\">2</attribute></box>");
    assert!(parse(&twice).unwrap_err().to_string().contains("attribute \"k\" twice"));
    let kind = "<annotations><meta><task><labels><label><name>l</name><attributes><attribute><name>k</name>\
                <input_type>slider</input_type></attribute></attributes></label></labels></task></meta></annotations>";
    assert!(parse(kind).unwrap_err().to_string().contains("unknown input type \"slider\""));
}
