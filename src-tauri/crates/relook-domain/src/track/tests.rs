use super::*;

fn points(places: &[(f64, f64)]) -> Vec<Point> {
    places.iter().map(|&(x, y)| Point { x, y }).collect()
}

fn rect(x1: f64, y1: f64, x2: f64, y2: f64) -> Geometry {
    Rect { x1, y1, x2, y2 }.into()
}

fn of(shape: Shape) -> Geometry {
    Geometry { rect: shape.around().unwrap(), rotation: 0.0, shape }
}

fn key(frame: u64, outside: bool, geometry: Geometry) -> Keyframe {
    Keyframe { frame, outside, occluded: frame == 0, geometry, z_order: 0, attributes: BTreeMap::new() }
}

#[test]
fn a_track_shows_its_shape_from_keyframe_to_keyframe() {
    let keys = [
        key(2, false, rect(1.0, 1.0, 20.0, 20.0)),
        key(4, true, rect(21.0, 21.0, 40.0, 40.0)),
        key(7, false, rect(5.0, 5.0, 9.0, 9.0)),
    ];
    let shown = |frame| at(&keys, frame).map(|(k, is_key)| (k.geometry.rect.x1, is_key));
    let want = [
        None,
        None,
        Some((1.0, true)),
        // Also on the way to where it leaves.
        Some((11.0, false)),
        None,
        None,
        None,
        Some((5.0, true)),
        Some((5.0, false)),
    ];
    assert_eq!((0..9).map(shown).collect::<Vec<_>>(), want);
    assert_eq!(at(&[], 0), None);
}

#[test]
fn what_is_not_geometry_stays_as_on_the_keyframe_before() {
    let parked = |value: &str| BTreeMap::from([("parked".to_owned(), value.to_owned())]);
    let keys = [
        Keyframe { z_order: 3, attributes: parked("true"), ..key(0, false, rect(0.0, 0.0, 9.0, 9.0)) },
        Keyframe { z_order: 5, attributes: parked("false"), ..key(2, false, rect(0.0, 0.0, 9.0, 9.0)) },
    ];
    let (middle, _) = at(&keys, 1).unwrap();
    assert_eq!((middle.frame, middle.occluded, middle.z_order), (1, true, 3));
    assert_eq!(middle.attributes, parked("true"));
}

#[test]
fn turned_boxes_take_the_shorter_arc() {
    for (from, to, share, want) in [
        (350.0, 10.0, 0.5, 0.0),
        (10.0, 350.0, 0.25, 5.0),
        (0.0, 90.0, 0.5, 45.0),
        (90.0, 0.0, 0.5, 45.0),
        (0.0, 270.0, 0.5, 315.0),
        (10.0, 190.0, 0.5, 10.5),
    ] {
        let got = turned(from, to, share);
        assert!((got - want).abs() < 1e-9, "{from} to {to}: {got}, not {want}");
    }
    let turn = |rotation| Geometry { rotation, ..rect(0.0, 0.0, 10.0, 20.0) };
    let middle = interpolate(&turn(350.0), &Geometry { rotation: 20.0, ..rect(4.0, 0.0, 14.0, 20.0) }, 0.5);
    assert_eq!((middle.rotation, middle.rect.x1), (5.0, 2.0));
}

#[test]
fn lines_of_as_many_points_move_point_by_point() {
    let a = points(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)]);
    let b: Vec<Point> = a.iter().map(|p| Point { x: p.x + 4.0, y: p.y + 2.0 }).collect();
    let want = points(&[(1.0, 0.5), (11.0, 0.5), (11.0, 10.5)]);
    let line = |points| of(Shape::Polyline { points });
    let area = |points| of(Shape::Polygon { points });
    assert_eq!(interpolate(&line(a.clone()), &line(b.clone()), 0.25), line(want.clone()));
    assert_eq!(interpolate(&area(a), &area(b), 0.25), area(want));
}

#[test]
fn lines_of_unlike_points_are_matched_along_their_length() {
    // The middle point of the second line is at half its length: nearest to both ends of the first, and the first wins.
    let two = points(&[(0.0, 0.0), (10.0, 0.0)]);
    let three = points(&[(0.0, 10.0), (5.0, 10.0), (10.0, 10.0)]);
    assert_eq!(between(&two, &three, 0.5), points(&[(0.0, 5.0), (2.5, 5.0), (10.0, 5.0)]));
    // The other way round two points go to one, and stay apart on the way there.
    assert_eq!(between(&three, &two, 0.5), points(&[(0.0, 5.0), (2.5, 5.0), (10.0, 5.0)]));
    assert_eq!(between(&two, &two[..1], 0.5), points(&[(0.0, 0.0), (5.0, 0.0)]));
}

/// Closed or not, from, to, and what CVAT's way makes of them at three eighths.
type Case<'a> = (bool, &'a [(f64, f64)], &'a [(f64, f64)], &'a [(f64, f64)]);

#[test]
fn any_two_outlines_meet_as_in_cvat() {
    let cases: [Case<'_>; 4] = [
        (
            true,
            &[(30.0, 38.0), (13.0, 92.0), (50.0, 61.0), (19.0, 11.0)],
            &[(8.0, 2.0), (51.0, 70.0), (37.0, 97.0), (7.0, 28.0), (66.0, 68.0), (46.0, 35.0), (99.0, 22.0)],
            &[
                (21.7500, 24.5000),
                (27.2500, 83.7500),
                (22.0000, 93.8750),
                (33.8750, 48.6250),
                (56.0000, 63.6250),
                (48.5000, 51.2500),
                (49.0000, 15.1250),
            ],
        ),
        (
            true,
            &[
                (13.0, 33.0),
                (27.0, 3.0),
                (82.0, 33.0),
                (34.0, 24.0),
                (21.0, 39.0),
                (37.0, 80.0),
                (93.0, 47.0),
                (11.0, 77.0),
            ],
            &[(43.0, 85.0), (49.0, 64.0), (31.0, 22.0)],
            &[
                (24.2500, 52.5000),
                (33.0000, 33.7500),
                (69.6250, 44.6250),
                (32.8750, 23.2500),
                (34.7500, 58.2500),
                (69.7500, 37.6250),
                (23.0000, 80.0000),
            ],
        ),
        (
            false,
            &[(31.0, 60.0), (35.0, 11.0), (70.0, 38.0), (0.0, 37.0), (73.0, 90.0), (39.0, 97.0)],
            &[(65.0, 24.0), (52.0, 54.0), (76.0, 36.0), (55.0, 57.0), (20.0, 29.0), (39.0, 33.0)],
            &[
                (43.7500, 46.5000),
                (41.3750, 27.1250),
                (72.2500, 37.2500),
                (20.6250, 44.5000),
                (53.1250, 67.1250),
                (39.0000, 73.0000),
            ],
        ),
        (
            false,
            &[
                (5.0, 10.0),
                (5.0, 59.0),
                (80.0, 35.0),
                (66.0, 68.0),
                (82.0, 60.0),
                (89.0, 43.0),
                (18.0, 86.0),
                (25.0, 8.0),
                (52.0, 25.0),
            ],
            &[(81.0, 80.0), (56.0, 35.0), (23.0, 45.0), (55.0, 95.0)],
            &[
                (33.5000, 36.2500),
                (33.5000, 66.8750),
                (71.0000, 35.0000),
                (62.2500, 55.6250),
                (72.2500, 50.6250),
                (64.2500, 43.7500),
                (19.8750, 70.6250),
                (36.2500, 40.6250),
                (53.1250, 51.2500),
            ],
        ),
    ];
    for (closed, from, to, want) in cases {
        let shape = |p: &[(f64, f64)]| {
            let points = points(p);
            of(if closed { Shape::Polygon { points } } else { Shape::Polyline { points } })
        };
        let (Shape::Polygon { points: got } | Shape::Polyline { points: got }) =
            interpolate(&shape(from), &shape(to), 0.375).shape
        else {
            panic!("another kind");
        };
        let near = |(p, w): (&Point, &(f64, f64))| (p.x - w.0).abs() < 1e-4 && (p.y - w.1).abs() < 1e-4;
        assert!(got.len() == want.len() && got.iter().zip(want).all(near), "{got:?}\n{want:?}");
    }
}

#[test]
fn joints_move_each_by_its_name_and_several_points_stay() {
    let joint = |name: &str, x: f64| Joint { name: name.into(), x, y: 0.0, occluded: false, outside: false };
    let a = of(Shape::Skeleton { joints: vec![joint("head", 0.0), joint("tail", 10.0)] });
    let b = of(Shape::Skeleton { joints: vec![joint("tail", 20.0), joint("head", 8.0)] });
    let middle = of(Shape::Skeleton { joints: vec![joint("head", 4.0), joint("tail", 15.0)] });
    assert_eq!(interpolate(&a, &b, 0.5), middle);

    let several = |x| of(Shape::Points { points: points(&[(x, 0.0), (x, 5.0)]) });
    assert_eq!(interpolate(&several(0.0), &several(9.0), 0.5), several(0.0));
    let single = |x| of(Shape::Points { points: points(&[(x, 0.0)]) });
    assert_eq!(interpolate(&single(0.0), &single(9.0), 0.5), single(4.5));
    assert_eq!(interpolate(&single(0.0), &a, 0.5), single(0.0), "nothing lies between two kinds");
}

#[test]
fn a_mask_is_there_on_its_keyframes_only() {
    let mask = Geometry { shape: Shape::Mask { runs: vec![0, 4] }, ..rect(0.0, 0.0, 2.0, 2.0) };
    let keys = [key(0, false, mask.clone()), key(3, false, mask)];
    assert_eq!((0..5).map(|f| at(&keys, f).is_some()).collect::<Vec<_>>(), [true, false, false, true, false]);
}
