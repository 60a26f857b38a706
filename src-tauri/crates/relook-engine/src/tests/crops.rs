//! Crops: what they show, that they are made once, and what becomes of them when the photo changes or goes.

use super::*;
use relook_domain::Shape;
use relook_vision::{Limits, Upright, decode};

const WIDE: u32 = 1600;
const HIGH: u32 = 1200;

/// A photo, red on the left and blue on the right.
fn photo(left: [u8; 3]) -> Vec<u8> {
    let line: Vec<u8> = (0..WIDE).flat_map(|x| if x < WIDE / 2 { left } else { [0, 0, 255] }).collect();
    let image = Upright { width: WIDE, height: HIGH, rgb: line.repeat(HIGH as usize) };
    let whole = rect(0.0, 0.0, f64::from(WIDE), f64::from(HIGH));
    decode::crop_jpeg(&image, whole, WIDE).unwrap()
}

/// The first image has a file.
fn pictured() -> (World, PathBuf) {
    let world = World::new(2, 0);
    let file = world.dir.path().join("0000.jpg");
    std::fs::write(&file, photo([255, 0, 0])).unwrap();
    world.project.store().set_size(world.images[0], WIDE, HIGH, None).unwrap();
    (world, file)
}

fn crop(world: &World, a: &AnnotationView, side: u32) -> Upright {
    decode::decode(&world.project.crop(a.id, side).unwrap().bytes, &Limits::default()).unwrap()
}

fn colour(image: &Upright, x: f64, y: f64) -> &'static str {
    let at = |v: f64, of: u32| (v * f64::from(of)) as usize;
    let start = 3 * (at(y, image.height) * image.width as usize + at(x, image.width));
    let strong: Vec<bool> = image.rgb[start..start + 3].iter().map(|c| *c > 128).collect();
    match strong.as_slice() {
        [true, false, false] => "red",
        [false, true, false] => "green",
        [false, false, true] => "blue",
        _ => "other",
    }
}

fn kept(world: &World) -> usize {
    let files = walkdir::WalkDir::new(world.dir.path().join("cache/crops")).into_iter();
    files.filter(|f| f.as_ref().unwrap().file_type().is_file()).count()
}

#[test]
fn a_crop_shows_the_shape_and_its_surroundings() {
    let (world, _) = pictured();
    let small = world.draw(HORSE, rect(790.0, 500.0, 810.0, 520.0)).unwrap();
    let large = world.draw(HORSE, rect(0.0, 0.0, 1600.0, 1200.0)).unwrap();
    let oval = Geometry { rect: rect(300.0, 400.0, 500.0, 440.0), rotation: 90.0, shape: Shape::Ellipse };
    let oval = world.draw(HORSE, oval).unwrap();
    let tag = Geometry { rect: rect(0.0, 0.0, 0.0, 0.0), rotation: 0.0, shape: Shape::Tag };
    let tag = world.draw(HORSE, tag).unwrap();
    for side in [128, 256] {
        let picture = crop(&world, &small, side);
        assert!(picture.width <= 40 && picture.width.abs_diff(picture.height) <= 1, "never larger than life");
        for all in [&large, &tag] {
            let picture = crop(&world, all, side);
            assert_eq!((picture.width, picture.height), (side, side * 3 / 4));
            assert_eq!((colour(&picture, 0.1, 0.5), colour(&picture, 0.9, 0.5)), ("red", "blue"));
        }
        let picture = crop(&world, &oval, side);
        assert_eq!((picture.width, picture.height, colour(&picture, 0.5, 0.5)), (side, side, "red"));
    }
    let middle = crop(&world, &small, 128);
    assert_eq!((colour(&middle, 0.1, 0.5), colour(&middle, 0.9, 0.5)), ("red", "blue"));
    refused(world.project.crop(small.id, 4000), Code::NotFound, "4000");
    refused(world.project.crop(AnnotationId(99), 128), Code::NotFound, "box 99");
}

#[test]
fn one_look_at_a_photo_gives_all_its_crops() {
    let (world, _) = pictured();
    let drawn: Vec<_> = (0..5)
        .map(|n| {
            world
                .draw([HORSE, COW][n % 2], rect(100.0 * n as f64, 50.0, 100.0 * n as f64 + 80.0, 130.0))
                .unwrap()
        })
        .collect();
    let first = world.project.crop(drawn[0].id, 128).unwrap().bytes;
    assert_eq!(kept(&world), 5);
    assert_eq!(world.project.crop(drawn[0].id, 128).unwrap().bytes, first);
    for a in &drawn {
        assert_eq!(colour(&crop(&world, a, 128), 0.5, 0.5), "red");
    }
    assert_eq!(kept(&world), 5);
    // Moved, it has another crop; without the folder all are made anew.
    let geometry = rect(1300.0, 50.0, 1400.0, 150.0).into();
    let moved = Action::Reshape { id: drawn[0].id, revision: drawn[0].revision, geometry };
    world.act(&moved).unwrap();
    assert_eq!(colour(&crop(&world, &drawn[0], 128), 0.5, 0.5), "blue");
    std::fs::remove_dir_all(world.dir.path().join("cache")).unwrap();
    assert_eq!(colour(&crop(&world, &drawn[1], 128), 0.5, 0.5), "red");
}

#[test]
fn a_photo_that_changes_or_vanishes_is_not_shown_as_it_was() {
    let (world, file) = pictured();
    let a = world.draw(HORSE, rect(100.0, 100.0, 300.0, 300.0)).unwrap();
    assert_eq!(colour(&crop(&world, &a, 128), 0.5, 0.5), "red");
    std::fs::write(&file, photo([0, 255, 0])).unwrap();
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
    std::fs::File::options().write(true).open(&file).unwrap().set_modified(later).unwrap();
    assert_eq!(colour(&crop(&world, &a, 128), 0.5, 0.5), "green");
    let bytes = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    refused(world.project.crop(a.id, 128), Code::NotFound, "0000.jpg");
    refused(world.project.thumbnail(world.images[0]), Code::NotFound, "0000.jpg");
    refused(world.project.photo(world.images[0]), Code::NotFound, "0000.jpg");
    // Its boxes can still be decided; back again, it is shown again.
    let reopened = Action::Reopen { id: a.id, revision: a.revision };
    world.act(&reopened).unwrap();
    std::fs::write(&file, bytes).unwrap();
    assert_eq!(colour(&crop(&world, &a, 128), 0.5, 0.5), "green");
    std::fs::write(&file, b"no picture").unwrap();
    assert!(world.project.crop(a.id, 128).is_err());
    assert!(world.project.thumbnail(world.images[0]).is_err());
}
