use std::collections::BTreeMap;

use relook_domain::{LabelId, Origin, Point, Rect, ReviewState, Skeleton, SkeletonJoint};

use super::*;

const SIZE: (u32, u32) = (100, 50);

fn of(shape: Shape) -> ExportShape {
    ExportShape {
        label: 0,
        rect: Rect { x1: 10.0, y1: 10.0, x2: 20.0, y2: 14.0 },
        rotation: 0.0,
        shape,
        score: None,
        origin: Origin::Manual,
        state: ReviewState::Accepted,
        occluded: false,
        z_order: 0,
        group: 0,
        attributes: BTreeMap::new(),
    }
}

fn attribute(name: &str, kind: AttributeKind, values: &[&str]) -> Attribute {
    let values = values.iter().map(|v| (*v).to_owned()).collect();
    Attribute { name: name.into(), kind, mutable: false, default: String::new(), values }
}

fn car() -> Label {
    Label {
        id: LabelId(1),
        name: "car".into(),
        colour: "#ff0000".into(),
        attributes: vec![
            attribute("colour", AttributeKind::Select, &["red", "Blue"]),
            attribute("parked", AttributeKind::Checkbox, &[]),
            attribute("age", AttributeKind::Number, &["0", "9", "1"]),
        ],
        shape: None,
        key: String::new(),
        skeleton: None,
        archived: false,
    }
}

fn dog() -> Label {
    let joint = |name: &str, x| SkeletonJoint { name: name.into(), x, y: 0.5 };
    let joints = vec![joint("head", 0.0), joint("tail", 1.0)];
    Label { skeleton: Some(Skeleton { joints, edges: Vec::new() }), name: "dog".into(), ..car() }
}

fn joint(name: &str, x: f64) -> Joint {
    Joint { name: name.into(), x, y: 12.0, occluded: false, outside: false }
}

fn found(shape: &ExportShape, label: &Label) -> Vec<(Rule, Severity, bool)> {
    let flaws = super::shape(shape, label, SIZE.0, SIZE.1);
    assert!(flaws.iter().all(|f| !f.message.is_empty() && !f.consequence.is_empty()), "{flaws:?}");
    flaws.into_iter().map(|f| (f.rule, f.severity, f.mend.is_some())).collect()
}

fn points(at: &[(f64, f64)]) -> Vec<Point> {
    at.iter().map(|(x, y)| Point { x: *x, y: *y }).collect()
}

#[test]
fn each_geometry_by_its_rule() {
    use Severity::{Error, Warning};
    let at = |x1, y1, x2, y2| ExportShape { rect: Rect { x1, y1, x2, y2 }, ..of(Shape::Box) };
    let polygon = |p: &[(f64, f64)]| of(Shape::Polygon { points: points(p) });
    for (shape, want) in [
        (of(Shape::Box), vec![]),
        (of(Shape::Tag), vec![]),
        (at(-5.0, 0.0, 20.0, 20.0), vec![(Rule::ReachesOut, Warning, true)]),
        (at(200.0, 0.0, 220.0, 20.0), vec![(Rule::Outside, Error, false)]),
        (at(10.0, 10.0, 10.0, 30.0), vec![(Rule::Degenerate, Error, false)]),
        (at(10.0, 10.0, f64::INFINITY, 30.0), vec![(Rule::NotANumber, Error, false)]),
        (polygon(&[(1.0, 1.0), (9.0, 9.0)]), vec![(Rule::TooFewPoints, Error, false)]),
        (polygon(&[(1.0, 1.0), (9.0, 1.0), (9.0, 9.0)]), vec![]),
        (polygon(&[(1.0, 1.0), (1.0, 1.0), (1.0, 1.0)]), vec![(Rule::Degenerate, Error, false)]),
        (of(Shape::Polyline { points: points(&[(1.0, 1.0)]) }), vec![(Rule::TooFewPoints, Error, false)]),
        (of(Shape::Mask { runs: vec![0, 40] }), vec![]),
        (of(Shape::Mask { runs: vec![0, 41] }), vec![(Rule::MaskRuns, Error, false)]),
        (ExportShape { group: -1, ..of(Shape::Box) }, vec![(Rule::Group, Error, false)]),
    ] {
        assert_eq!(found(&shape, &car()), want, "{shape:?}");
    }
    let boxes = Label { shape: Some(ShapeKind::Box), ..car() };
    assert_eq!(found(&of(Shape::Ellipse), &boxes), [(Rule::LabelKind, Warning, false)]);
}

#[test]
fn what_reaches_out_is_mended_to_what_is_written() {
    let out = ExportShape { rect: Rect { x1: -5.0, y1: 0.0, x2: 20.0, y2: 60.0 }, ..of(Shape::Box) };
    let flaws = super::shape(&out, &car(), SIZE.0, SIZE.1);
    let Some(Mend::Reshape(mended)) = &flaws[0].mend else { unreachable!("{flaws:?}") };
    assert_eq!(mended.rect, Rect { x1: 0.0, y1: 0.0, x2: 20.0, y2: 50.0 });
    let again = ExportShape { rect: mended.rect, ..out };
    assert_eq!(found(&again, &car()), []);
}

#[test]
fn skeletons_against_their_template() {
    use Severity::{Error, Warning};
    let of = |joints| of(Shape::Skeleton { joints });
    assert_eq!(found(&of(vec![joint("head", 10.0), joint("tail", 20.0)]), &dog()), []);
    assert_eq!(found(&of(vec![joint("head", 10.0)]), &car()), [(Rule::SkeletonTemplate, Error, false)]);
    let short = of(vec![joint("head", 10.0)]);
    assert_eq!(found(&short, &dog()), [(Rule::SkeletonPoints, Warning, true)]);
    let flaws = super::shape(&short, &dog(), SIZE.0, SIZE.1);
    let Some(Mend::Reshape(Geometry { shape: Shape::Skeleton { joints }, .. })) = &flaws[0].mend else {
        unreachable!("{flaws:?}")
    };
    let told: Vec<_> = joints.iter().map(|j| (j.name.as_str(), j.x, j.outside)).collect();
    assert_eq!(told, [("head", 10.0, false), ("tail", 20.0, true)]);
    // A point that nobody knows is a person's work: it is told and not thrown away.
    let odd = of(vec![joint("head", 10.0), joint("wing", 15.0)]);
    let want = [(Rule::SkeletonPoints, Warning, false), (Rule::SkeletonPoints, Error, false)];
    assert_eq!(found(&odd, &dog()), want);
}

#[test]
fn values_are_held_against_the_labels_attributes() {
    use Severity::{Error, Warning};
    for (name, value, want) in [
        ("colour", "red", None),
        ("colour", " RED", Some((Rule::Choice, Warning, Some("red")))),
        ("colour", "green", Some((Rule::Choice, Warning, None))),
        ("parked", "true", None),
        ("parked", "False", Some((Rule::Checkbox, Warning, Some("false")))),
        ("parked", "yes", Some((Rule::Checkbox, Error, None))),
        ("age", "3", None),
        ("age", "abc", Some((Rule::Number, Warning, None))),
        ("colour", "r\u{1}", Some((Rule::Character, Error, None))),
    ] {
        let shape =
            ExportShape { attributes: [(name.to_owned(), value.to_owned())].into(), ..of(Shape::Box) };
        let flaws = super::shape(&shape, &car(), SIZE.0, SIZE.1);
        let mend = |f: &Flaw| match &f.mend {
            Some(Mend::Value { value, .. }) => value.clone(),
            _ => None,
        };
        let told = flaws.first().map(|f| (f.rule, f.severity, mend(f)));
        assert_eq!(told, want.map(|(r, s, m)| (r, s, m.map(str::to_owned))), "{name} {value:?}");
    }
    let long = "x".repeat(4097);
    let text = Label { attributes: vec![attribute("plate", AttributeKind::Text, &[])], ..car() };
    let shape = ExportShape { attributes: [("plate".to_owned(), long)].into(), ..of(Shape::Box) };
    assert_eq!(found(&shape, &text), [(Rule::ValueLong, Error, false)]);
    let unknown = ExportShape { attributes: [("size".to_owned(), "3".to_owned())].into(), ..of(Shape::Box) };
    assert_eq!(found(&unknown, &car()), [(Rule::AttributeUnknown, Warning, true)]);
}

#[test]
fn names_and_labels() {
    let told: Vec<_> =
        names(&["a/x.jpg", "a/x.png", "b.jpg"]).into_iter().map(|(n, f)| (n, f.rule)).collect();
    let want = [("a/x.jpg", Rule::NameExtension), ("a/x.png", Rule::NameExtension)];
    assert_eq!(told, want.map(|(n, r)| (n.to_owned(), r)));
    assert_eq!(label(&car()), []);
    let broken = Label { attributes: vec![attribute("a", AttributeKind::Select, &["x\ny"])], ..car() };
    let gone = Label { archived: true, ..car() };
    assert_eq!(label(&broken)[0].rule, Rule::LabelText);
    assert_eq!(label(&gone)[0].rule, Rule::LabelDeleted);
}

#[test]
fn what_a_project_import_drops_is_a_note() {
    assert_eq!(of_kinds(&[(ShapeKind::Box, 4), (ShapeKind::Mask, 0)]), None);
    let flaw = of_kinds(&[(ShapeKind::Ellipse, 1), (ShapeKind::Mask, 2)]);
    let flaw = flaw.filter(|f| f.severity == Severity::Note).map(|f| f.message);
    assert_eq!(flaw.as_deref(), Some("There are 1 ellipse, 2 masks"));
}
