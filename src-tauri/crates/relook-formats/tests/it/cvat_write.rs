use std::io;

use relook_domain::{
    AttributeKind, Joint, Label, Origin, ReviewState, Shape, ShapeKind, export::ExportShape,
};
use relook_formats::{
    Cause, FormatError,
    cvat_xml::{Job, Source, Writer},
};

use crate::common::{
    Dice, attribute, attributes, cuboid, drawn, ellipse, every_kind, image, job, joint, label, mask, points,
    polygon, pose, root, shape, showcase, skeleton_label, write,
};

/// Set `RELOOK_BLESS` to write the snapshot anew after a wanted change.
#[test]
fn the_showcase_is_the_snapshot() {
    let (labels, images) = showcase();
    let (text, warnings) = write(&labels, &images).unwrap();
    assert_eq!(warnings, []);
    let file = root().join("tests/fixtures/cvat-showcase.xml");
    if std::env::var_os("RELOOK_BLESS").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let want = std::fs::read_to_string(&file).unwrap();
    for (n, (got, want)) in text.lines().zip(want.lines()).enumerate() {
        assert_eq!(got, want, "line {}", n + 1);
    }
    assert_eq!(text, want);
}

#[test]
fn equal_content_gives_equal_bytes() {
    for seed in 0..50 {
        let (labels, images) = Dice(seed).document();
        let (again_labels, again_images) = Dice(seed).document();
        let first = write(&labels, &images).unwrap();
        assert_eq!(first, write(&again_labels, &again_images).unwrap());
    }
}

#[test]
fn sources_follow_origin_and_state() {
    use Origin::{Draft, Imported, Manual, SecondLook};
    use ReviewState::{Accepted, Fixed, Pending};
    for (origin, state, want) in [
        (Manual, Pending, "manual"),
        (Manual, Accepted, "manual"),
        (Manual, Fixed, "manual"),
        (Draft, Pending, "auto"),
        (Draft, Accepted, "auto"),
        (Draft, Fixed, "semi-auto"),
        (SecondLook, Pending, "auto"),
        (SecondLook, Accepted, "auto"),
        (SecondLook, Fixed, "semi-auto"),
        (Imported, Pending, "file"),
        (Imported, Accepted, "file"),
        (Imported, Fixed, "manual"),
    ] {
        let source = Source::of(origin, state);
        assert_eq!(source.word(), want, "{origin:?} {state:?}");
        let (origin, state) = source.stands_for();
        assert_eq!(Source::of(origin, state), source);
        assert_eq!(Source::from_word(want), Some(source));
    }
    assert_eq!(Source::from_word("Manual"), None);
}

#[test]
fn names_are_quoted_as_cvat_quotes_them() {
    for (name, want) in [
        ("plain.jpg", r#""plain.jpg""#),
        ("a & <b>.jpg", r#""a &amp; &lt;b&gt;.jpg""#),
        ("it's.jpg", r#""it's.jpg""#),
        (r#"say "x".jpg"#, r#"'say "x".jpg'"#),
        (r#"it's "x".jpg"#, r#""it's &quot;x&quot;.jpg""#),
        ("a\nb\tc\rd.jpg", r#""a&#10;b&#9;c&#13;d.jpg""#),
        (" dir /日本 😀.jpg", r#"" dir /日本 😀.jpg""#),
        ("&amp;", r#""&amp;amp;""#),
        ("]]>", r#""]]&gt;""#),
    ] {
        let (text, _) = write(&[], &[image(3, name, vec![])]).unwrap();
        let want = format!("  <image id=\"3\" name={want} width=\"640\" height=\"480\">\n  </image>\n");
        assert!(text.contains(&want), "{name:?} in {text}");
    }
}

#[test]
fn what_xml_cannot_hold_is_an_error_that_names_its_place() {
    let bad_kind = |kind| Label { attributes: vec![attribute("k\u{1}", kind, &[])], ..label("car") };
    let one = |shape: ExportShape| vec![image(0, "a.jpg", vec![shape])];
    let valued = ExportShape { attributes: attributes(&[("plate", "x\u{FFFF}")]), ..shape(0., 0., 9., 9.) };
    for (labels, images, place, code) in [
        (vec![], vec![image(0, "a\u{0}.jpg", vec![])], r#"Image "a\0.jpg""#, 0),
        (vec![], vec![image(0, "a\u{1b}.jpg", vec![])], r#"Image "a\u{1b}.jpg""#, 0x1b),
        (vec![label("c\u{FFFE}")], vec![], r#"Label "c\u{fffe}""#, 0xFFFE),
        (vec![bad_kind(AttributeKind::Text)], vec![], r#"Attribute "k\u{1}" of label "car""#, 1),
        (vec![label("car")], one(valued), r#"Attribute "plate" of a box in image "a.jpg""#, 0xFFFF),
    ] {
        match write(&labels, &images) {
            Err(FormatError::Character { place: got, code: c }) => {
                assert_eq!((got.as_str(), c), (place, code))
            }
            other => panic!("{place}: {other:?}"),
        }
    }
    let error = write(&[], &[image(0, "a\u{2}.jpg", vec![])]).unwrap_err().to_string();
    assert_eq!(
        error,
        r#"Image "a\u{2}.jpg" holds the character U+0002, which XML cannot hold. Rename it and export again"#
    );
}

#[test]
fn an_image_is_written_whole_or_not_at_all() {
    let labels = [label("car")];
    let mut writer = Writer::new(Vec::new(), &job(&labels, 1)).unwrap();
    let bad = ExportShape { label: 7, ..shape(0., 0., 9., 9.) };
    assert!(matches!(
        writer.image(&image(0, "a.jpg", vec![shape(0., 0., 9., 9.), bad])),
        Err(FormatError::NoSuchLabel { label: 7, labels: 1, .. })
    ));
    writer.image(&image(0, "b.jpg", vec![])).unwrap();
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    assert!(!text.contains("a.jpg") && text.contains("b.jpg"));
}

#[test]
fn boxes_stay_in_the_image_and_keep_an_area() {
    const INSIDE: &str = r#"xtl="1.00" ytl="2.00" xbr="3.00" ybr="4.00""#;
    for (rect, rotation, want, cause) in [
        ((1., 2., 3., 4.), 0., Some(INSIDE), None),
        ((1.001, 2.0049, 2.999, 3.996), 0., Some(INSIDE), None),
        // Halves that a float holds exactly go to the even neighbour, as in Python.
        ((1.125, 2.375, 3., 4.), 0., Some(r#"xtl="1.12" ytl="2.38""#), None),
        (
            (-0.001, -0.004, 640.004, 480.),
            0.,
            Some(r#"xtl="0.00" ytl="0.00" xbr="640.00" ybr="480.00""#),
            None,
        ),
        (
            (-5., -7., 9., 9.),
            0.,
            Some(r#"xtl="0.00" ytl="0.00" xbr="9.00" ybr="9.00""#),
            Some(Cause::Clipped),
        ),
        ((600., 400., 1e300, 9e9), 0., Some(r#"xbr="640.00" ybr="480.00""#), Some(Cause::Clipped)),
        ((1., 2., 1.004, 9.), 0., None, Some(Cause::TooSmall)),
        ((5., 5., 5., 9.), 0., None, Some(Cause::TooSmall)),
        ((9., 9., 5., 5.), 0., None, Some(Cause::TooSmall)),
        ((700., 5., 800., 9.), 0., None, Some(Cause::Outside)),
        ((640., 5., 800., 9.), 0., None, Some(Cause::Outside)),
        ((f64::NAN, 5., 8., 9.), 0., None, Some(Cause::NotANumber)),
        ((1., 5., f64::INFINITY, 9.), 0., None, Some(Cause::NotANumber)),
        ((1., 2., 3., 4.), f64::NAN, None, Some(Cause::NotANumber)),
        ((1., 2., 3., 4.), 359.999, Some(r#"ybr="4.00" z_order"#), None),
        ((1., 2., 3., 4.), -90., Some(r#"ybr="4.00" rotation="270.00" z_order"#), None),
        ((1., 2., 3., 4.), 372.346, Some(r#"rotation="12.35""#), None),
        // A rotated box may reach out: cutting it would bend it.
        ((-20., 100., 60., 110.), 90., Some(r#"xtl="-20.00" ytl="100.00" xbr="60.00" ybr="110.00""#), None),
        ((-90., 100., -10., 110.), 90., None, Some(Cause::Outside)),
    ] {
        let (x1, y1, x2, y2) = rect;
        let shape = ExportShape { rotation, ..shape(x1, y1, x2, y2) };
        let (text, warnings) = write(&[label("car")], &[image(0, "a.jpg", vec![shape])]).unwrap();
        assert_eq!(warnings.first().map(|w| &w.cause), cause.as_ref(), "{rect:?}");
        assert_eq!(text.contains("<box"), want.is_some(), "{rect:?}: {text}");
        assert_eq!(cause.is_some_and(|c| c.left_out()), want.is_none());
        assert!(text.contains(want.unwrap_or_default()), "{rect:?} gave {text}");
    }
}

#[test]
fn boxes_are_ordered_by_layer() {
    let at = |z_order, x| ExportShape { z_order, ..shape(x, 0., 100., 100.) };
    let shapes = vec![at(2, 1.), at(0, 2.), at(2, 3.), at(-1, 4.)];
    let (text, _) = write(&[label("car")], &[image(0, "a.jpg", shapes)]).unwrap();
    let order: Vec<_> = text.match_indices("xtl=\"").map(|(at, _)| &text[at + 5..at + 6]).collect();
    assert_eq!(order, ["4", "2", "1", "3"]);
}

#[test]
fn attributes_stand_in_the_labels_order_and_say_what_cvat_drops() {
    let car = Label {
        attributes: vec![
            attribute("z", AttributeKind::Checkbox, &["false"]),
            attribute("a", AttributeKind::Text, &[]),
            attribute("b", AttributeKind::Checkbox, &["false"]),
        ],
        ..label("car")
    };
    let shape = ExportShape {
        attributes: attributes(&[("0", "new"), ("a", ""), ("b", "yes"), ("z", "TRUE")]),
        ..shape(0., 0., 9., 9.)
    };
    let (text, warnings) = write(&[car], &[image(0, "a.jpg", vec![shape])]).unwrap();
    let written: Vec<_> = text.lines().filter(|l| l.contains("<attribute name")).map(str::trim).collect();
    assert_eq!(
        written,
        [
            r#"<attribute name="z">true</attribute>"#,
            r#"<attribute name="a"></attribute>"#,
            r#"<attribute name="0">new</attribute>"#
        ]
    );
    let causes: Vec<_> = warnings.into_iter().map(|w| w.cause).collect();
    assert_eq!(
        causes,
        [
            Cause::Checkbox { attribute: "b".to_owned(), value: "yes".to_owned() },
            Cause::UnknownAttribute("0".to_owned())
        ]
    );
}

#[test]
fn promises_of_the_head_are_kept() {
    let labels = [label("car")];
    let writer = Writer::new(Vec::new(), &job(&labels, 2)).unwrap();
    assert!(matches!(writer.finish(), Err(FormatError::Count { promised: 2, written: 0 })));

    let mut writer = Writer::new(Vec::new(), &job(&labels, 2)).unwrap();
    writer.image(&image(4, "a.jpg", vec![])).unwrap();
    assert!(matches!(
        writer.image(&image(4, "b.jpg", vec![])),
        Err(FormatError::FrameOrder { frame: 4, before: 4, .. })
    ));

    let lines = Label { attributes: vec![attribute("k", AttributeKind::Select, &["a\nb"])], ..label("car") };
    let error = Writer::new(Vec::new(), &job(&[lines], 0)).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains(r#"Attribute "k" of label "car""#) && error.contains("line break"), "{error}");

    let times = Job { created: "c", updated: "u", dumped: "d", ..job(&labels, 0) };
    let text = Writer::new(Vec::new(), &times).unwrap().finish().unwrap();
    let text = String::from_utf8(text).unwrap();
    for part in ["<created>c</created>", "<updated>u</updated>", "    <dumped>d</dumped>\n  </meta>"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_full_disk_is_told() {
    struct Full(usize);
    impl io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let n = bytes.len().min(self.0);
            self.0 -= n;
            if n == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(n) }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let labels = [label("car")];
    let whole = write(&labels, &[image(0, "a.jpg", vec![])]).unwrap().0.len();
    for room in [0, 10, whole - 30, whole - 1] {
        let outcome = Writer::new(Full(room), &job(&labels, 1)).and_then(|mut w| {
            w.image(&image(0, "a.jpg", vec![]))?;
            w.finish().map(|_| ())
        });
        assert!(
            matches!(&outcome, Err(FormatError::Write(e)) if e.kind() == io::ErrorKind::StorageFull),
            "{room}: {outcome:?}"
        );
    }
}

/// The element that is written of one shape with the labels car and pose, and the warnings.
fn written(shape: ExportShape) -> (String, Vec<Cause>) {
    let (text, warnings) = write(&[label("car"), pose()], &[image(0, "a.jpg", vec![shape])]).unwrap();
    let from = text.find("height=\"480\">\n").unwrap() + "height=\"480\">\n".len();
    let inner = text[from..text.find("  </image>").unwrap()].to_owned();
    (inner, warnings.into_iter().map(|w| w.cause).collect())
}

#[test]
fn every_kind_is_written_as_cvat_writes_it() {
    let all: Vec<_> = every_kind().into_iter().map(|s| written(s).0.replace("</", "\n</")).collect();
    let heads: Vec<_> = all.iter().map(|text| text.lines().next().unwrap().trim()).collect();
    assert_eq!(
        heads,
        [
            r#"<polygon label="car" source="manual" occluded="0" points="10.12,10.00;60.00,12.00;50.00,77.78" z_order="0">"#,
            r#"<polyline label="car" source="manual" occluded="0" points="1.00,1.00;100.00,50.00;200.00,20.00" z_order="0">"#,
            r#"<points label="car" source="manual" occluded="0" points="5.00,6.00;7.00,8.00" z_order="0">"#,
            r#"<ellipse label="car" source="manual" occluded="0" cx="150.00" cy="150.00" rx="50.00" ry="30.00" rotation="10.00" z_order="0">"#,
            r#"<cuboid label="car" source="manual" occluded="0" xtl1="100.00" ytl1="100.00" xbl1="100.00" ybl1="200.00" xtr1="200.00" ytr1="110.00" xbr1="200.00" ybr1="210.00" xtl2="240.00" ytl2="90.00" xbl2="240.00" ybl2="190.00" xtr2="140.00" ytr2="80.00" xbr2="140.00" ybr2="180.00" z_order="0">"#,
            r#"<mask label="car" source="manual" occluded="0" rle="0, 4, 2, 4, 2, 4" left="10" top="20" width="4" height="4" z_order="0">"#,
            r#"<skeleton label="pose" source="manual" z_order="0">"#,
            r#"<tag label="car" source="manual">"#,
        ]
    );
}

#[test]
fn an_occluded_skeleton_has_its_points_occluded() {
    let joints = vec![joint("head", 1., 2.), Joint { outside: true, ..joint("<tail>", 3., 4.) }];
    let skeleton = ExportShape {
        label: 1,
        occluded: true,
        group: 4,
        attributes: attributes(&[("k", "v")]),
        ..drawn(Shape::Skeleton { joints })
    };
    let (text, _) = written(skeleton);
    assert_eq!(
        text,
        r#"    <skeleton label="pose" source="manual" z_order="0" group_id="4">
      <points label="head" source="manual" outside="0" occluded="1" points="1.00,2.00">
      </points>
      <points label="&lt;tail&gt;" source="manual" outside="1" occluded="0" points="3.00,4.00">
      </points>
      <attribute name="k">v</attribute>
    </skeleton>
"#
    );
}

#[test]
fn shapes_stay_in_the_image_and_keep_something() {
    use Cause::{Clipped, NoTemplate, NotANumber, Outside, Runs, TooSmall};
    let line = |places: &[(f64, f64)]| drawn(Shape::Polyline { points: points(places) });
    let dots = |places: &[(f64, f64)]| drawn(Shape::Points { points: points(places) });
    let bones = |label, joints: Vec<Joint>| ExportShape { label, ..drawn(Shape::Skeleton { joints }) };
    let away = Joint { outside: true, ..joint("head", 5., 5.) };
    for (shape, want, cause) in [
        (
            polygon(&[(-5., 5.), (50., 5.), (50., 500.)]),
            r#"points="0.00,5.00;50.00,5.00;50.00,480.00""#,
            Some(Clipped),
        ),
        // Points that fall together at two decimals are one.
        (
            polygon(&[(1., 1.), (1.001, 1.001), (9., 1.), (9., 9.)]),
            r#"points="1.00,1.00;9.00,1.00;9.00,9.00""#,
            None,
        ),
        (
            polygon(&[(1., 1.), (9., 1.), (9., 9.), (1., 1.)]),
            r#"points="1.00,1.00;9.00,1.00;9.00,9.00""#,
            None,
        ),
        // Crossing itself is as it is.
        (
            polygon(&[(1., 1.), (9., 9.), (9., 1.), (1., 9.)]),
            r#"points="1.00,1.00;9.00,9.00;9.00,1.00;1.00,9.00""#,
            None,
        ),
        (polygon(&[(1., 1.), (9., 1.), (5., 1.)]), "", Some(TooSmall)),
        (polygon(&[(1., 1.), (9., 9.)]), "", Some(TooSmall)),
        (polygon(&[(700., 1.), (900., 1.), (800., 9.)]), "", Some(Outside)),
        (polygon(&[(1., 1.), (f64::NAN, 1.), (5., 9.)]), "", Some(NotANumber)),
        (line(&[(1., 1.), (1., 9.)]), r#"points="1.00,1.00;1.00,9.00""#, None),
        (line(&[(1., 1.), (1.2, 1.2)]), "", Some(TooSmall)),
        (dots(&[(640., 480.)]), r#"points="640.00,480.00""#, None),
        (dots(&[(641., 5.), (3., 3.)]), r#"points="640.00,5.00;3.00,3.00""#, Some(Clipped)),
        (dots(&[(-1., -1.)]), "", Some(Outside)),
        (dots(&[]), "", Some(Outside)),
        // An ellipse may reach out: cutting it would bend it.
        (ellipse(0., 0., 50., 30.), r#"cx="0.00" cy="0.00" rx="50.00" ry="30.00""#, None),
        (ellipse(-60., 0., 50., 30.), "", Some(Outside)),
        (ellipse(60., 60., 0.004, 30.), "", Some(TooSmall)),
        (ExportShape { rotation: f64::NAN, ..ellipse(60., 60., 9., 9.) }, "", Some(NotANumber)),
        // Cut to the image and then to its pixels.
        (
            mask(-1., 0., 3., 2., &[1, 1, 1, 3]),
            r#"rle="0, 1, 1, 2" left="0" top="0" width="2" height="2""#,
            Some(Clipped),
        ),
        (mask(5., 5., 3., 3., &[4, 1, 4]), r#"rle="0, 1" left="6" top="6" width="1" height="1""#, None),
        (mask(5., 5., 3., 3., &[9]), "", Some(TooSmall)),
        (mask(5., 5., 3., 3., &[4, 1, 3]), "", Some(Runs)),
        (mask(640., 5., 3., 3., &[0, 9]), "", Some(TooSmall)),
        (mask(700., 5., 3., 3., &[0, 9]), "", Some(Outside)),
        (mask(f64::NAN, 5., 3., 3., &[0, 9]), "", Some(NotANumber)),
        (
            bones(1, vec![joint("head", -9., 5.), joint("<tail>", 5., 5.)]),
            r#"points="0.00,5.00""#,
            Some(Clipped),
        ),
        (
            bones(1, vec![joint("head", 5., 5.), joint("wing", 5., 5.)]),
            r#"label="head""#,
            Some(Cause::UnknownJoint("wing".to_owned())),
        ),
        (bones(1, vec![joint("wing", 5., 5.)]), "", Some(Outside)),
        (bones(1, vec![away]), "", Some(Outside)),
        (bones(1, vec![joint("head", f64::INFINITY, 5.)]), "", Some(NotANumber)),
        (bones(0, vec![joint("head", 5., 5.)]), "", Some(NoTemplate)),
    ] {
        let what = format!("{shape:?}");
        let (text, causes) = written(shape);
        assert_eq!(causes.first(), cause.as_ref(), "{what}");
        assert_eq!(text.is_empty(), want.is_empty(), "{what} gave {text}");
        assert!(text.contains(want), "{what} gave {text}");
        assert!(!text.contains("wing"), "{text}");
        assert_eq!(cause.is_some_and(|c| c.left_out()), want.is_empty(), "{what}");
    }
    // A cuboid may reach out, too.
    let Shape::Cuboid { points: mut corners } = cuboid().shape else { panic!() };
    corners[0].x = -30.0;
    let (text, causes) = written(drawn(Shape::Cuboid { points: corners }));
    assert!(text.contains("xtl1=\"-30.00\"") && causes.is_empty(), "{text} {causes:?}");
}

#[test]
fn labels_say_what_they_are_for() {
    for kind in ShapeKind::ALL {
        let word = if *kind == ShapeKind::Box { "rectangle" } else { kind.word() };
        let (text, _) = write(&[Label { shape: Some(*kind), ..label("l") }], &[]).unwrap();
        assert!(text.contains(&format!("<type>{word}</type>")), "{text}");
    }
    let mut broken = pose();
    broken.skeleton.as_mut().unwrap().edges.push((0, 9));
    let error = write(&[broken], &[]).unwrap_err().to_string();
    assert_eq!(error, r#"The skeleton of label "pose" has a line to point 10, but 3 points. Draw it anew"#);
    let error = write(&[skeleton_label("pose", &[("\u{1}", 0., 0.)])], &[]).unwrap_err().to_string();
    assert!(error.starts_with(r#"Point "\u{1}" of the skeleton of label "pose""#), "{error}");
}
