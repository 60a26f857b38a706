use relook_domain::{AttributeKind, Point, Shape, ShapeKind, export::ExportShape};
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
    let mut shapes = 0;
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
                (&got.name, &got.colour, &got.attributes, got.shape),
                (&want.name, &want.colour, &want.attributes, want.shape)
            );
            let (got, want) = (got.skeleton.iter(), want.skeleton.iter());
            assert_eq!(got.clone().map(|s| &s.edges).next(), want.clone().map(|s| &s.edges).next());
            let (got, want) = (got.flat_map(|s| &s.joints), want.flat_map(|s| &s.joints));
            for (a, b) in got.zip(want) {
                assert!(
                    a.name == b.name && (a.x - b.x).abs() < 1e-6 && (a.y - b.y).abs() < 1e-6,
                    "{a:?} {b:?}"
                );
            }
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
                shapes += 1;
                assert_alike(g, w);
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
    assert!(shapes > 2000, "{shapes}");
}

/// What the file says in numbers, in the file's own terms, and the rest.
fn told(s: &ExportShape) -> (Vec<f64>, String) {
    let r = &s.rect;
    let flat = |points: &[Point]| points.iter().flat_map(|p| [p.x, p.y]).collect();
    let (numbers, words) = match &s.shape {
        Shape::Box => (vec![r.x1, r.y1, r.x2, r.y2, s.rotation], String::new()),
        Shape::Ellipse => {
            let (cx, cy) = ((r.x1 + r.x2) / 2.0, (r.y1 + r.y2) / 2.0);
            (vec![cx, cy, r.width() / 2.0, r.height() / 2.0, s.rotation], String::new())
        }
        Shape::Polygon { points } | Shape::Polyline { points } | Shape::Points { points } => {
            (flat(points), String::new())
        }
        Shape::Cuboid { points } => (flat(points), String::new()),
        Shape::Mask { runs } => (Vec::new(), format!("{r:?} {runs:?}")),
        Shape::Skeleton { joints } => {
            let flags: Vec<_> = joints.iter().map(|j| (&j.name, j.occluded, j.outside)).collect();
            (joints.iter().flat_map(|j| [j.x, j.y]).collect(), format!("{flags:?}"))
        }
        Shape::Tag => (Vec::new(), String::new()),
    };
    (numbers, format!("{:?} {words}", s.shape.kind()))
}

fn assert_alike(got: &ExportShape, want: &ExportShape) {
    let ((numbers, words), (wanted, wanted_words)) = (told(got), told(want));
    assert_eq!((words, numbers.len()), (wanted_words, wanted.len()));
    for (a, b) in numbers.iter().zip(&wanted) {
        assert!((a - b).abs() <= 0.005 + 1e-9, "{a} is not {b} in {want:?}");
    }
}

#[test]
fn the_showcase_comes_back() {
    let (labels, images) = showcase();
    let document = parse(&write(&labels, &images).unwrap().0).unwrap();
    let names: Vec<_> = document.images.iter().map(|i| i.name.as_str()).collect();
    let want: Vec<_> = images.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(names, want);
    // Drawn in layers: -1, 0, 0, 2.
    assert_eq!(document.images[0].shapes[3].attributes["plate"], "Ä&<9>\"x\"\tend\r\nnext");
    assert_eq!(document.images[0].shapes[3].attributes["parked"], "true");
    assert_eq!(document.summary.labels[0].attributes[3].kind, AttributeKind::Number);
    assert_eq!(document.summary.name, "harbour");
    let kinds: Vec<_> = document.images[3].shapes.iter().map(|s| s.shape.kind().word()).collect();
    // The last of the image's shapes is a polygon; the tag still follows it.
    let want = ["polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton", "polygon", "tag"];
    assert_eq!(kinds, want);
    let labels: Vec<_> = document.summary.labels.iter().map(|l| (l.name.as_str(), l.shape)).collect();
    assert_eq!(
        labels[2..],
        [
            ("chien \"assis\"", Some(ShapeKind::Box)),
            ("猫", None),
            ("pose", Some(ShapeKind::Skeleton)),
            ("head", Some(ShapeKind::Points)),
            ("left \"hand\"", Some(ShapeKind::Points)),
            ("<tail>", Some(ShapeKind::Points)),
            ("day", Some(ShapeKind::Tag)),
        ]
    );
    assert_eq!(document.summary.labels[6].parent.as_deref(), Some("pose"));
}

#[test]
fn other_ways_to_say_the_same_are_understood() {
    let bare = r#"<annotations><image id="7" name="a.jpg"><box label="car" xtl="1" ytl="2.5" xbr="30" ybr="4e1"/></image></annotations>"#;
    let document = parse(bare).unwrap();
    let image = &document.images[0];
    assert_eq!((image.frame, image.width, image.height), (7, None, None));
    let b = &image.shapes[0];
    assert_eq!((b.source, b.occluded, b.z_order, b.group, b.rotation), (Source::Manual, false, 0, 0, 0.0));
    assert_eq!((b.rect.x1, b.rect.y1, b.rect.x2, b.rect.y2), (1.0, 2.5, 30.0, 40.0));

    let dressed = format!(
        "\u{FEFF}<?xml version='1.0' encoding='UTF-8'?>\r\n<!-- by hand -->\r\n{}\r\n<!-- end -->\r\n",
        bare.replace("><box", "><?pi x?><!-- <box --><box").replace('"', "'")
    );
    assert_eq!(parse(&dressed).unwrap(), document);

    let text = r#"<annotations><meta><job><labels><label><name>a<![CDATA[<b>]]>&#x41;&amp;</name></label></labels></job></meta>
        <image id="0" name="&#10;&lt;&#x1F600;"><tag label="x"/><tag label="y"><attribute name="k">v</attribute></tag>
        <skeleton label="p"><points label="1" points=" 1.5 , 2 " outside="1"><attribute name="k">v</attribute></points></skeleton>
        <ellipse label="e" cx="10" cy="10" rx="-4" ry="2" rotation="-90"/><hexagon/></image></annotations>"#;
    let document = parse(text).unwrap();
    assert_eq!(document.summary.labels[0].name, "a<b>A&");
    assert_eq!(document.images[0].name, "\n<😀");
    let [x, y, pose, oval] = &document.images[0].shapes[..] else { panic!("{document:?}") };
    assert_eq!((&x.shape, y.attributes["k"].as_str()), (&Shape::Tag, "v"));
    let Shape::Skeleton { joints } = &pose.shape else { panic!("{pose:?}") };
    assert_eq!((joints[0].x, joints[0].y, joints[0].outside, pose.occluded), (1.5, 2.0, true, false));
    assert_eq!((oval.rect.x1, oval.rect.x2, oval.rotation), (6.0, 14.0, 270.0));
    let skipped: Vec<_> = document.summary.skipped.iter().map(|(k, n)| (k.as_str(), *n)).collect();
    assert_eq!(skipped, [("attribute", 1), ("hexagon", 1)]);
    assert_eq!((document.summary.shapes, document.summary.images), (4, 1));
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

#[test]
fn shapes_that_are_none_are_told() {
    const CUBOID: &str = r#"xtl1="0" ytl1="0" xbl1="0" ybl1="1" xtr1="1" ytr1="0" xbr1="1" ybr1="1" xtl2="0" ytl2="0" xbl2="0" ybl2="1" xbr2="1" ybr2="1""#;
    for (shape, part) in [
        (r#"<polygon label="l" points="1,1;2,2"/>"#.to_owned(), "a polygon has 2 points, fewer than 3"),
        (r#"<polyline label="l" points="1,1"/>"#.to_owned(), "a polyline has 1 points, fewer than 2"),
        (r#"<points label="l" points=""/>"#.to_owned(), "points of <points> is \"\""),
        (r#"<points label="l"/>"#.to_owned(), "<points> has no points"),
        (r#"<polygon label="l" points="1,1;2;3,3"/>"#.to_owned(), "points of <polygon> is \"2\""),
        (r#"<polygon label="l" points="1,1;2,2;3,NaN"/>"#.to_owned(), "points of <polygon> is \"NaN\""),
        (r#"<polygon label="l" points="1,1;2,2;3,3;"/>"#.to_owned(), "points of <polygon> is \"\""),
        (r#"<polygon label="l" points="1,1;2,2;3,1e9"/>"#.to_owned(), "\"1e9\""),
        (r#"<ellipse label="l" cx="1" cy="1" rx="1"/>"#.to_owned(), "<ellipse> has no ry"),
        (format!("<cuboid label=\"l\" {CUBOID}/>"), "<cuboid> has no xtr2"),
        (r#"<mask label="l" rle="1, 2" left="0" top="0" width="2" height="2"/>"#.to_owned(), "the runs of a mask cover 3 pixels, but 2 by 2 are 4"),
        (r#"<mask label="l" rle="" left="0" top="0" width="0" height="0"/>"#.to_owned(), "rle of <mask> is \"\""),
        (r#"<mask label="l" rle="1.0, 3" left="0" top="0" width="2" height="2"/>"#.to_owned(), "rle of <mask> is \"1.0\""),
        (r#"<mask label="l" rle="-1, 5" left="0" top="0" width="2" height="2"/>"#.to_owned(), "\"-1\""),
        (r#"<mask label="l" rle="4" left="0.5" top="0" width="2" height="2"/>"#.to_owned(), "left of <mask> is \"0.5\""),
        (r#"<mask label="l" rle="4" left="0" top="0" width="-2" height="-2"/>"#.to_owned(), "width of <mask> is \"-2\""),
        (r#"<mask label="l" rle="4" left="0" top="0" width="9999999" height="9999999"/>"#.to_owned(), "more than 1073741824 pixels"),
        (r#"<mask label="l" rle="4" left="0" top="0" width="99999999" height="1"/>"#.to_owned(), "width of <mask>"),
        (r#"<skeleton label="l"></skeleton>"#.to_owned(), "a skeleton has no points"),
        (r#"<skeleton label="l"><points label="1" points="1,1;2,2"/></skeleton>"#.to_owned(), "has 2 places, not one"),
        (r#"<skeleton label="l"><points label="1"/></skeleton>"#.to_owned(), "<points> has no points"),
        (r#"<skeleton label="l"><points points="1,1"/></skeleton>"#.to_owned(), "<points> has no label"),
        (r#"<skeleton label="l"><points label="1" points="1,1" outside="2"/></skeleton>"#.to_owned(), "outside is \"2\""),
        (
            r#"<skeleton label="l"><points label="1" points="1,1"/><points label="1" points="1,1"/></skeleton>"#.to_owned(),
            "a skeleton has the point \"1\" twice",
        ),
        (r#"<tag/>"#.to_owned(), "<tag> has no label"),
    ] {
        let text = format!("<annotations>\n<image id=\"0\" name=\"a.jpg\">\n{shape}</image></annotations>");
        match parse(&text) {
            Err(FormatError::Xml { line: 3, message }) => {
                assert!(message.starts_with("image \"a.jpg\": "), "{message}");
                assert!(message.contains(part), "{shape}: {message:?} should tell {part:?}");
            }
            other => panic!("{shape}: {other:?}"),
        }
    }
}

#[test]
fn drawings_of_skeletons_are_understood_or_told() {
    let meta = |svg: &str| {
        let svg = svg.replace('<', "&lt;").replace('>', "&gt;");
        parse(&format!(
            "<annotations><meta><task><labels>\n<label><name>p</name><type>skeleton</type><svg>{svg}</svg></label></labels></task></meta></annotations>"
        ))
    };
    let node = |id: &str, name: &str| {
        format!(r#"<circle cx="-1" cy="50" data-node-id="{id}" data-label-name="{name}"/>"#)
    };
    let edge = r#"<line data-node-from="b" data-node-to="a"/>"#;
    let read = meta(&format!("{edge}<text>x</text>{}{}", node("a", "A"), node("b", "B"))).unwrap();
    let skeleton = read.summary.labels[0].skeleton.clone().unwrap();
    assert_eq!(skeleton.edges, [(1, 0)]);
    let joints: Vec<_> = skeleton.joints.iter().map(|j| (j.name.as_str(), j.x, j.y)).collect();
    assert_eq!(joints, [("A", 0.0, 0.5), ("B", 0.0, 0.5)]);
    assert_eq!(
        meta("").unwrap().summary.labels[0].skeleton,
        Some(relook_domain::Skeleton { joints: vec![], edges: vec![] })
    );
    for (svg, part) in [
        ("<circle".to_owned(), "the skeleton of label \"p\": "),
        (format!("{edge}{}", node("a", "A")), "a line ends at \"b\", which is no point"),
        (r#"<circle cx="1" cy="1" data-node-id="1"/>"#.to_owned(), "<circle> has no data-label-name"),
        (
            r#"<circle cx="x" cy="1" data-node-id="1" data-label-name="A"/>"#.to_owned(),
            "cx of <circle> is \"x\"",
        ),
        ("<!DOCTYPE x>".to_owned(), "DOCTYPE"),
        ("<g>".repeat(50), "nested deeper"),
    ] {
        match meta(&svg) {
            Err(FormatError::Xml { line: 2, message }) => assert!(message.contains(part), "{svg}: {message}"),
            other => panic!("{svg}: {other:?}"),
        }
    }
}
