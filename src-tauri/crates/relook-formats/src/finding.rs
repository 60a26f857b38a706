//! What is to be said of a file: before it is written of image names and kinds of shapes, and while it is read of what
//! is not taken over.

use std::collections::BTreeMap;

/// One thing that is lost in the file, or that its reader trips over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The image's name; empty where it is about many images.
    pub image: String,
    pub problem: Problem,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What becomes of it, in a sentence.
    pub consequence: String,
}

/// The kinds of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Problem {
    /// Two images of the same name.
    Duplicate,
    /// Equal to another name but for the extension.
    SameStem,
    /// Holds a character the format cannot hold; writing it is an error.
    Character,
    /// No name at all.
    Empty,
    /// The format has no such shape.
    Kind,
    /// Read: something whose meaning is not known.
    Unknown,
    /// Read: a shape that is none.
    Malformed,
    /// Read: understood, but Relook has no place for it.
    NotHeld,
    /// Read: shares of an image whose size nobody knows.
    NoSize,
    /// Read: a track, or a part of one, that has no place.
    Track,
}

/// The name without its extension, as Python's `os.path.splitext` cuts it: only the last part of the path counts, and
/// its leading dots begin no extension.
pub(crate) fn stem(name: &str) -> &str {
    let base = name.rfind('/').map_or(0, |at| at + 1);
    let start = base + name[base..].len() - name[base..].trim_start_matches('.').len();
    name[start..].rfind('.').map_or(name, |at| &name[..start + at])
}

/// Findings for names that occur twice or fall together under `key`, sorted by name. `same` says what happens to names
/// that differ and share a key, `twice` to equal ones.
pub(crate) fn collisions(names: &[&str], key: fn(&str) -> String, same: &str, twice: &str) -> Vec<Finding> {
    let mut by_key: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    for name in names {
        *by_key.entry(key(name)).or_default().entry(name).or_default() += 1;
    }
    let mut found = Vec::new();
    for group in by_key.values() {
        for (name, count) in group {
            if *count > 1 {
                found.push(Finding {
                    image: (*name).to_owned(),
                    problem: Problem::Duplicate,
                    message: format!("The name {name:?} stands for {count} images"),
                    consequence: twice.to_owned(),
                });
            }
            if let Some(other) = group.keys().find(|other| *other != name) {
                found.push(Finding {
                    image: (*name).to_owned(),
                    problem: Problem::SameStem,
                    message: format!("The names {name:?} and {other:?} differ only by their extension"),
                    consequence: same.to_owned(),
                });
            }
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn stems_are_cut_as_cvat_cuts_them() {
        for (name, want) in [
            ("a.jpg", "a"),
            ("dir.x/a", "dir.x/a"),
            ("dir/a.tar.gz", "dir/a.tar"),
            (".jpg", ".jpg"),
            ("d/..hidden", "d/..hidden"),
            ("d/..hidden.png", "d/..hidden"),
            ("a.", "a"),
            ("", ""),
            ("日本/猫.jpeg", "日本/猫"),
        ] {
            assert_eq!(stem(name), want, "{name:?}");
        }
    }
}
