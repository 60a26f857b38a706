//! What is handed in wrong: each case a message that names the thing and the way out, an exit code, and a project that
//! is as sound as before.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

mod folders;
mod images;
mod models;
mod places;
mod projects;

use relook_tests::program::{Place, vision_fixtures};

/// A project `a.relook` on three small images in the folder `photos`, not drafted: nothing here needs a model.
fn small() -> Place {
    let place = Place::new();
    std::fs::create_dir(place.path("photos")).expect("a folder");
    for name in ["baseline.jpg", "rgb.png", "orientation-6.jpg"] {
        let from = vision_fixtures().join("images").join(name);
        std::fs::copy(from, place.path("photos").join(name)).expect("a small image");
    }
    place.run("new a").ok();
    place.run("add a.relook photos").ok();
    place
}
