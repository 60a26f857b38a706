//! Which image of the project a name in a file means.

use std::{collections::HashMap, rc::Rc};

use relook_domain::ImageId;

/// The project's images by their names.
pub(super) struct Places {
    /// By the last part of the path without its extension.
    by_base: HashMap<String, Vec<Place>>,
    /// Their names in the order of the list.
    sequence: Vec<Rc<str>>,
}

struct Place {
    id: ImageId,
    /// With the folder's name before it where there are several folders.
    name: Rc<str>,
    /// Length of what stands before the path in its folder.
    prefix: usize,
}

/// What a search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    One(ImageId),
    Several,
    None,
}

impl Places {
    /// From each image's name outside, and its path in its folder, with which the name ends.
    pub(super) fn new(images: impl IntoIterator<Item = (ImageId, String, String)>) -> Self {
        let mut by_base: HashMap<String, Vec<Place>> = HashMap::new();
        let mut sequence = Vec::new();
        for (id, name, path) in images {
            let prefix = name.len().saturating_sub(path.len());
            let base = base(stem(&name)).to_owned();
            let name: Rc<str> = name.into();
            sequence.push(Rc::clone(&name));
            by_base.entry(base).or_default().push(Place { id, name, prefix });
        }
        Self { by_base, sequence }
    }

    /// The name of the image at a place of the list, from 0.
    pub(super) fn at(&self, number: u64) -> Option<String> {
        self.sequence.get(usize::try_from(number).ok()?).map(|name| name.to_string())
    }

    /// By the whole path; else by the path without its extension, as CVAT does it; else where one of both paths ends with
    /// the other. Several that fit equally well are none.
    pub(super) fn find(&self, name: &str) -> Found {
        let name = name.replace('\\', "/");
        let name = name.trim_start_matches("./").trim_start_matches('/');
        let candidates = self.by_base.get(base(stem(name))).map_or(&[][..], Vec::as_slice);
        let whole = |p: &&Place| *p.name == *name || p.name[p.prefix..] == *name;
        let stems = |p: &&Place| stem(&p.name) == stem(name) || stem(&p.name[p.prefix..]) == stem(name);
        let ends = |p: &&Place| {
            ends_with(stem(&p.name), stem(name)) || ends_with(stem(name), stem(&p.name[p.prefix..]))
        };
        for fits in [&whole as &dyn Fn(&&Place) -> bool, &stems, &ends] {
            let mut hits = candidates.iter().filter(|p| fits(p));
            match (hits.next(), hits.next()) {
                (Some(one), None) => return Found::One(one.id),
                (Some(_), Some(_)) => return Found::Several,
                (None, _) => {}
            }
        }
        Found::None
    }
}

/// Whether `path` ends with all the parts of `end`.
fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The path without its extension, as Python's `os.path.splitext` cuts it.
fn stem(path: &str) -> &str {
    let base = path.rfind('/').map_or(0, |at| at + 1);
    let start = base + path[base..].len() - path[base..].trim_start_matches('.').len();
    path[start..].rfind('.').map_or(path, |at| &path[..start + at])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(names: &[(&str, &str)]) -> Places {
        let image = |(n, (name, path)): (usize, &(&str, &str))| {
            (ImageId(n as i64), (*name).to_owned(), (*path).to_owned())
        };
        Places::new(names.iter().enumerate().map(image))
    }

    #[test]
    fn by_path_then_stem_then_end() {
        let all = places(&[
            ("a/x.jpg", "a/x.jpg"),
            ("a/x.png", "a/x.png"),
            ("b/x.jpg", "b/x.jpg"),
            ("c/only.jpeg", "c/only.jpeg"),
        ]);
        for (name, want) in [
            ("a/x.jpg", Found::One(ImageId(0))),
            ("./a/x.png", Found::One(ImageId(1))),
            ("a\\x.png", Found::One(ImageId(1))),
            ("a/x.gif", Found::Several),
            ("b/x", Found::One(ImageId(2))),
            ("images/default/b/x.png", Found::One(ImageId(2))),
            ("x.jpg", Found::Several),
            ("only.png", Found::One(ImageId(3))),
            // Another folder is another image, whatever the file is called.
            ("d/only.jpeg", Found::None),
            ("nly.jpeg", Found::None),
            ("", Found::None),
        ] {
            assert_eq!(all.find(name), want, "{name:?}");
        }
    }

    #[test]
    fn with_and_without_the_folders_name() {
        let all = places(&[("day/1.jpg", "1.jpg"), ("night/1.jpg", "1.jpg"), ("night/2.jpg", "2.jpg")]);
        assert_eq!(all.find("night/1.jpg"), Found::One(ImageId(1)));
        assert_eq!(all.find("1.jpg"), Found::Several);
        assert_eq!(all.find("2.png"), Found::One(ImageId(2)));
        assert_eq!(all.find("sets/night/2.jpg"), Found::One(ImageId(2)));
    }
}
