use super::*;
use crate::{
    ids::LabelId,
    label::SkeletonJoint,
    shape::{Joint, Point},
};

fn attribute(name: &str, kind: AttributeKind, default: &str, values: &[&str]) -> Attribute {
    let values = values.iter().map(|v| (*v).to_owned()).collect();
    Attribute { name: name.into(), kind, mutable: false, default: default.into(), values }
}

fn label(attributes: Vec<Attribute>) -> Label {
    Label {
        id: LabelId(1),
        name: "horse".into(),
        colour: "#aa5500".into(),
        attributes,
        shape: None,
        key: String::new(),
        skeleton: None,
        archived: false,
    }
}

fn coat() -> Attribute {
    attribute("coat", AttributeKind::Select, "brown", &["brown", "black"])
}

fn values(of: &[(&str, &str)]) -> Values {
    of.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

#[test]
fn which_values_an_attribute_takes() {
    use AttributeKind::{Checkbox, Number, Radio, Select, Text};
    type Words = &'static [&'static str];
    let cases: [(AttributeKind, Words, Words, Words); 8] = [
        (Select, &["a", "b"], &["a", "b"], &["c", "", "A"]),
        (Radio, &["x"], &["x"], &["y"]),
        (Checkbox, &[], &["true", "false"], &["yes", "1", "", "True"]),
        (Number, &[], &["0", "-3.5", "1e3"], &["", "many", "NaN", "inf"]),
        (Number, &["1", "5", "2"], &["1", "5", "2.5"], &["0.9", "5.1"]),
        (Number, &["1"], &["1", "900"], &["0"]),
        (Text, &[], &["", "anything, \"really\"\n"], &[]),
        (Text, &["ignored"], &["other"], &[]),
    ];
    for (kind, allowed, good, bad) in cases {
        let label = label(vec![attribute("it", kind, "", allowed)]);
        for value in good {
            assert_eq!(check(&label, &values(&[("it", value)])), Ok(()), "{kind:?} {allowed:?} {value}");
        }
        for value in bad {
            let said = check(&label, &values(&[("it", value)])).unwrap_err().to_string();
            assert!(said.contains("\"it\"") && said.contains("horse"), "{kind:?} {value}: {said}");
        }
    }
    let said = check(&label(vec![coat()]), &values(&[("size", "2")])).unwrap_err().to_string();
    assert!(said.contains("\"size\"") && said.contains("coat"), "{said}");
}

#[test]
fn a_shape_without_a_value_has_the_default() {
    let odd = vec![
        coat(),
        attribute("ridden", AttributeKind::Checkbox, "", &[]),
        attribute("age", AttributeKind::Number, "", &["3", "30"]),
        attribute("stable", AttributeKind::Radio, "", &["north", "south"]),
        attribute("note", AttributeKind::Text, "-", &[]),
    ];
    let filled = with_defaults(&label(odd), &values(&[("coat", "black")]));
    let want = [("coat", "black"), ("ridden", "false"), ("age", "3"), ("stable", "north"), ("note", "-")];
    assert_eq!(filled, values(&want));
}

#[test]
fn what_becomes_of_values_when_a_label_is_edited() {
    let before = label(vec![coat(), attribute("note", AttributeKind::Text, "", &[])]);
    let its = values(&[("coat", "black"), ("note", "kicks")]);
    let note = || attribute("note", AttributeKind::Text, "", &[]);
    let cases = [
        ("removed", vec![coat()], &[("coat", "black")][..]),
        ("removed first", vec![note()], &[("note", "kicks")]),
        (
            "narrowed",
            vec![attribute("coat", AttributeKind::Select, "", &["brown"]), note()],
            &[("coat", "brown"), ("note", "kicks")],
        ),
        (
            "renamed",
            vec![attribute("colour", AttributeKind::Select, "", &["brown", "black"]), note()],
            &[("colour", "black"), ("note", "kicks")],
        ),
        ("reordered", vec![note(), coat()], &[("coat", "black"), ("note", "kicks")]),
        (
            "another kind",
            vec![coat(), attribute("note", AttributeKind::Number, "7", &[])],
            &[("coat", "black"), ("note", "7")],
        ),
        (
            "added",
            vec![coat(), note(), attribute("age", AttributeKind::Number, "4", &[])],
            &[("coat", "black"), ("note", "kicks")],
        ),
    ];
    for (what, attributes, want) in cases {
        assert_eq!(adapted(&before, &label(attributes), &its), values(want), "{what}");
    }
}

#[test]
fn another_label_keeps_what_it_can() {
    let zebra = label(vec![attribute("coat", AttributeKind::Select, "", &["black", "striped"])]);
    let its = values(&[("coat", "black"), ("note", "kicks")]);
    assert_eq!(fitting(&zebra, &its), values(&[("coat", "black")]));
    assert_eq!(fitting(&zebra, &values(&[("coat", "brown")])), Values::new());
}

fn with_skeleton() -> Label {
    let joint = |name: &str, x| SkeletonJoint { name: name.into(), x, y: 0.5 };
    let skeleton = Skeleton { joints: vec![joint("nose", 0.1), joint("tail", 0.9)], edges: vec![(0, 1)] };
    Label { skeleton: Some(skeleton), ..label(Vec::new()) }
}

fn skeleton(names: &[&str]) -> Shape {
    let joint = |name: &&str| Joint { name: (*name).into(), x: 1.0, y: 1.0, occluded: false, outside: false };
    Shape::Skeleton { joints: names.iter().map(joint).collect() }
}

#[test]
fn which_shapes_may_have_a_label() {
    let polygon = Shape::Polygon { points: vec![Point { x: 0.0, y: 0.0 }; 3] };
    let for_polygons = Label { shape: Some(ShapeKind::Polygon), ..label(Vec::new()) };
    let archived = Label { archived: true, ..label(Vec::new()) };
    let cases = [
        (label(Vec::new()), Shape::Box, None),
        (label(Vec::new()), polygon.clone(), None),
        (for_polygons.clone(), polygon, None),
        (for_polygons, Shape::Box, Some("polygon")),
        (archived, Shape::Box, Some("deleted")),
        (label(Vec::new()), skeleton(&["nose"]), Some("no skeleton")),
        (with_skeleton(), skeleton(&["tail", "nose"]), None),
        (with_skeleton(), skeleton(&["nose"]), Some("nose, tail")),
        (with_skeleton(), skeleton(&["nose", "tail", "tail"]), Some("nose, tail")),
        (with_skeleton(), skeleton(&["nose", "hoof"]), Some("hoof, nose")),
    ];
    for (label, shape, refused) in cases {
        match (check_shape(&label, &shape), refused) {
            (Ok(()), None) => {}
            (Err(said), Some(part)) => assert!(said.to_string().contains(part), "{said}"),
            other => panic!("{label:?} {shape:?}: {other:?}"),
        }
    }
}

#[test]
fn labels_that_make_no_sense_are_named() {
    let template = |edges: Vec<(u32, u32)>, x: f64| {
        let mut l = with_skeleton();
        if let Some(s) = &mut l.skeleton {
            s.edges = edges;
            s.joints[0].x = x;
        }
        l
    };
    let of = |a: Attribute| label(vec![a]);
    use AttributeKind::{Number, Select};
    let cases = [
        (Label { name: String::new(), ..label(Vec::new()) }, "needs a name"),
        (Label { name: "a\u{1f}b".into(), ..label(Vec::new()) }, "cannot be shown"),
        (Label { colour: "red".into(), ..label(Vec::new()) }, "\"red\""),
        (Label { colour: "#ggg000".into(), ..label(Vec::new()) }, "#ggg000"),
        (Label { key: "ab".into(), ..label(Vec::new()) }, "one character"),
        (Label { key: " ".into(), ..label(Vec::new()) }, "one character"),
        (label(vec![coat(), coat()]), "\"coat\" stands twice"),
        (of(attribute("", Select, "", &["a"])), "no name"),
        (of(attribute("size", Select, "", &[])), "no values"),
        (of(attribute("size", Select, "", &["a", "a"])), "\"a\" stands twice"),
        (of(attribute("size", Select, "c", &["a"])), "by default"),
        (of(attribute("size", Number, "", &["5", "1"])), "from 5 to 1"),
        (of(attribute("size", Number, "", &["few"])), "few"),
        (Label { shape: Some(ShapeKind::Skeleton), ..label(Vec::new()) }, "add joints"),
        (template(vec![(0, 2)], 0.5), "edge from joint 0 to 2"),
        (template(vec![], 1.5), "nose"),
    ];
    for (label, part) in cases {
        let said = check_label(&label).unwrap_err().to_string();
        assert!(said.contains(part), "{said}");
    }
    for good in [label(vec![coat()]), with_skeleton(), Label { key: "ä".into(), ..label(Vec::new()) }] {
        assert_eq!(check_label(&good), Ok(()));
    }
}

#[test]
fn joints_may_move_but_not_change() {
    let mut moved = with_skeleton();
    if let Some(s) = &mut moved.skeleton {
        s.edges.clear();
        s.joints.reverse();
    }
    assert!(same_joints(&with_skeleton(), &moved));
    if let Some(s) = &mut moved.skeleton {
        s.joints[0].name = "hoof".into();
    }
    assert!(!same_joints(&with_skeleton(), &moved) && !same_joints(&with_skeleton(), &label(Vec::new())));
}
