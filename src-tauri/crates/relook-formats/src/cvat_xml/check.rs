//! The look at image names before a file goes to CVAT.

use crate::{
    finding::{Finding, Problem, collisions, stem},
    xml::escape::impossible,
};

/// What CVAT would trip over in these image names, sorted by name; empty when all is well.
///
/// CVAT finds the image of an annotation by its full relative path without the extension.
#[must_use]
pub fn check(names: &[&str]) -> Vec<Finding> {
    let mut found = collisions(
        names,
        |name| stem(name).to_owned(),
        "CVAT compares names without their extension, so the boxes of both may land on one of them",
        "CVAT would put the boxes of all of them on one image",
    );
    for name in names {
        if name.is_empty() {
            found.push(Finding {
                image: String::new(),
                problem: Problem::Empty,
                message: "An image has no name".to_owned(),
                consequence: "CVAT would match it by its number instead, which may be another image"
                    .to_owned(),
            });
        }
        if let Some(c) = impossible(name) {
            found.push(Finding {
                image: (*name).to_owned(),
                problem: Problem::Character,
                message: format!(
                    "The name {name:?} holds the character U+{:04X}, which XML cannot hold",
                    u32::from(c)
                ),
                consequence: "CVAT would refuse the whole file, so it is not written".to_owned(),
            });
        }
    }
    found.sort();
    found
}
