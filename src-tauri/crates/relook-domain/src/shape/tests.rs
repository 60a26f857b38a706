use super::*;

fn p(x: f64, y: f64) -> Point {
    Point { x, y }
}

fn rect(x1: f64, y1: f64, x2: f64, y2: f64) -> Rect {
    Rect { x1, y1, x2, y2 }
}

fn geometry(rect: Rect, rotation: f64, shape: Shape) -> Geometry {
    Geometry { rect, rotation, shape }
}

const NOWHERE: Rect = Rect { x1: 0.0, y1: 0.0, x2: 0.0, y2: 0.0 };

#[test]
fn boxes_are_clipped_and_turned_ones_kept_whole() {
    let out = rect(-5.0, -5.0, 5.0, 8.0);
    assert_eq!(Geometry::from(out).sound(100, 50), Some(Geometry::from(rect(0.0, 0.0, 5.0, 8.0))));
    let turned = geometry(rect(-5.0, 0.0, 15.0, 8.0), 390.0, Shape::Box);
    assert_eq!(turned.sound(100, 50), Some(geometry(turned.rect, 30.0, Shape::Box)));
    assert_eq!(geometry(rect(-25.0, 0.0, 5.0, 8.0), 30.0, Shape::Box).sound(100, 50), None, "centre outside");
    assert_eq!(Geometry::from(rect(3.0, 3.0, 3.4, 9.0)).sound(100, 50), None, "too narrow");
    assert_eq!(Geometry::from(rect(3.0, f64::NAN, 9.0, 9.0)).sound(100, 50), None);
    let oval = geometry(rect(90.0, 40.0, 110.0, 60.0), 0.0, Shape::Ellipse);
    assert_eq!(oval.sound(100, 50).map(|g| g.rect), Some(oval.rect), "not bent at the border");
}

#[test]
fn outlines_come_into_the_image_without_doubles() {
    let points = vec![p(-4.0, 1.0), p(-4.0, 1.0), p(10.0, 2.0), p(5.0, 99.0), p(-4.0, 1.0)];
    let sound = geometry(NOWHERE, 0.0, Shape::Polygon { points }).sound(20, 50).unwrap();
    let want = vec![p(0.0, 1.0), p(10.0, 2.0), p(5.0, 50.0)];
    assert_eq!(sound, geometry(rect(0.0, 1.0, 10.0, 50.0), 0.0, Shape::Polygon { points: want }));

    let crossing = vec![p(0.0, 0.0), p(10.0, 10.0), p(10.0, 0.0), p(0.0, 10.0)];
    let kept = geometry(NOWHERE, 0.0, Shape::Polygon { points: crossing.clone() }).sound(20, 50);
    assert_eq!(kept.map(|g| g.shape), Some(Shape::Polygon { points: crossing }), "as drawn");

    for points in [vec![], vec![p(1.0, 1.0), p(5.0, 5.0)], vec![p(1.0, 1.0), p(1.2, 1.0), p(1.0, 1.2)]] {
        assert_eq!(
            geometry(NOWHERE, 0.0, Shape::Polygon { points: points.clone() }).sound(20, 50),
            None,
            "{points:?}"
        );
    }
    let level = Shape::Polyline { points: vec![p(1.0, 5.0), p(9.0, 5.0)] };
    assert_eq!(geometry(NOWHERE, 0.0, level).sound(20, 50).map(|g| g.rect), Some(rect(1.0, 5.0, 9.0, 5.0)));
    assert_eq!(geometry(NOWHERE, 0.0, Shape::Points { points: vec![] }).sound(20, 50), None);
    let one = Shape::Points { points: vec![p(30.0, 5.0)] };
    assert_eq!(geometry(NOWHERE, 0.0, one).sound(20, 50).map(|g| g.rect), Some(rect(20.0, 5.0, 20.0, 5.0)));
}

#[test]
fn masks_are_cut_to_the_image_and_to_their_pixels() {
    // 4 × 3 at (-1, 0):  .##.  ##..  ....
    let mask = geometry(rect(-1.0, 0.0, 3.0, 3.0), 0.0, Shape::Mask { runs: vec![1, 2, 1, 2, 6] });
    // inside, from x = 0:  ##.  #..  ...  → columns 0..2, rows 0..2:  ##  #.
    let sound = mask.sound(20, 20).unwrap();
    assert_eq!(sound, geometry(rect(0.0, 0.0, 2.0, 2.0), 0.0, Shape::Mask { runs: vec![0, 3, 1] }));
    assert_eq!(sound.sound(20, 20), Some(sound.clone()), "sound stays as it is");

    let dot = geometry(rect(3.0, 4.0, 6.0, 6.0), 0.0, Shape::Mask { runs: vec![4, 1, 1] });
    let one = geometry(rect(4.0, 5.0, 5.0, 6.0), 0.0, Shape::Mask { runs: vec![0, 1] });
    assert_eq!(dot.sound(20, 20), Some(one), "one pixel is a mask");

    let bad = |r, runs| geometry(r, 0.0, Shape::Mask { runs }).sound(20, 20);
    assert_eq!(bad(rect(0.0, 0.0, 2.0, 2.0), vec![4]), None, "nothing on");
    assert_eq!(bad(rect(0.0, 0.0, 2.0, 2.0), vec![1, 2]), None, "sum");
    assert_eq!(bad(rect(0.5, 0.0, 2.5, 2.0), vec![0, 4]), None, "whole pixels");
    assert_eq!(bad(rect(30.0, 0.0, 32.0, 2.0), vec![0, 4]), None, "beside the image");
}

#[test]
fn every_mask_survives_as_the_pixels_it_had() {
    // All masks of 3 × 3 pixels against their own pixels.
    for bits in 1_u32..512 {
        let on = |i: u32| bits >> i & 1 == 1;
        let mut runs = vec![0_u32];
        for i in 0..9 {
            if on(i) == (runs.len() % 2 == 0) {
                *runs.last_mut().unwrap() += 1;
            } else {
                runs.push(1);
            }
        }
        let sound = geometry(rect(2.0, 3.0, 5.0, 6.0), 0.0, Shape::Mask { runs }).sound(20, 20).unwrap();
        let Shape::Mask { runs } = &sound.shape else { panic!("{sound:?}") };
        assert!(runs.iter().skip(1).all(|r| *r > 0), "{runs:?}");
        let (w, mut at, mut seen) = (sound.rect.width() as u32, 0, 0_u32);
        for (n, run) in runs.iter().enumerate() {
            for i in at..at + run {
                if n % 2 == 1 {
                    let x = sound.rect.x1 as u32 + i % w - 2;
                    let y = sound.rect.y1 as u32 + i / w - 3;
                    seen |= 1 << (y * 3 + x);
                }
            }
            at += run;
        }
        assert_eq!(seen, bits);
        assert_eq!(f64::from(at), sound.rect.area());
    }
}

#[test]
fn skeletons_cuboids_and_tags() {
    let joint = |name: &str, x, y, outside| Joint { name: name.into(), x, y, occluded: false, outside };
    let joints = vec![joint("head", 5.0, -3.0, false), joint("foot", f64::NAN, 0.0, true)];
    let sound = geometry(NOWHERE, 0.0, Shape::Skeleton { joints }).sound(20, 20).unwrap();
    assert_eq!(sound.rect, rect(5.0, 0.0, 5.0, 0.0));
    let hidden = Shape::Skeleton { joints: vec![joint("head", 1.0, 1.0, true)] };
    assert_eq!(geometry(NOWHERE, 0.0, hidden).sound(20, 20), None, "nothing of it is on the image");

    let mut points = [p(1.0, 1.0); 8];
    assert_eq!(geometry(NOWHERE, 0.0, Shape::Cuboid { points }).sound(20, 20), None, "a dot");
    points[7] = p(25.0, 9.0);
    let cuboid = geometry(NOWHERE, 0.0, Shape::Cuboid { points }).sound(20, 20).unwrap();
    assert_eq!(cuboid.rect, rect(1.0, 1.0, 25.0, 9.0), "not bent at the border");

    assert_eq!(geometry(rect(1.0, 1.0, 9.0, 9.0), 7.0, Shape::Tag).sound(20, 20), Some(Geometry::tag()));
}

#[test]
fn bounds_hold_what_is_turned() {
    let turned = geometry(rect(0.0, 0.0, 20.0, 10.0), 90.0, Shape::Box).bounds();
    for (got, want) in [(turned.x1, 5.0), (turned.y1, -5.0), (turned.x2, 15.0), (turned.y2, 15.0)] {
        assert!((got - want).abs() < 1e-9, "{turned:?}");
    }
    let circle = geometry(rect(0.0, 0.0, 10.0, 10.0), 45.0, Shape::Ellipse).bounds();
    assert!((circle.x1).abs() < 1e-9 && (circle.x2 - 10.0).abs() < 1e-9, "{circle:?}");
}
