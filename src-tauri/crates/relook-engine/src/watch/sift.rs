//! Which files of a folder are new, changed or gone, and which are whole.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use relook_store::NewImage;

/// A file is whole once its size and time stayed as they are for so long.
const STILL: Duration = Duration::from_secs(2);

type Stamp = (u64, i64);

fn stamp(file: &NewImage) -> Stamp {
    (file.bytes, file.modified)
}

/// What is known of the files of one folder.
pub(super) struct Sieve {
    /// `None`: it was here and is gone.
    known: HashMap<String, Option<Stamp>>,
    /// Since when those are as they are that may still be written to.
    moving: HashMap<String, (Stamp, Instant)>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sifted {
    pub new: Vec<NewImage>,
    pub changed: Vec<NewImage>,
    pub gone: Vec<String>,
}

impl Sieve {
    pub(super) fn new(known: Vec<NewImage>) -> Self {
        let known = known.into_iter().map(|file| (file.path.clone(), Some(stamp(&file)))).collect();
        Self { known, moving: HashMap::new() }
    }

    pub(super) fn waits(&self) -> bool {
        !self.moving.is_empty()
    }

    /// `found`: all files there are now; `whole`: which of them were renamed into place, and so are whole at once;
    /// `all_seen`: no part of the folder was unreadable, so that what was not found is gone.
    pub(super) fn sift(
        &mut self,
        found: Vec<NewImage>,
        whole: impl Fn(&str) -> bool,
        all_seen: bool,
        now: Instant,
    ) -> Sifted {
        let mut sifted = Sifted::default();
        let mut here = HashSet::new();
        let mut moving = HashMap::new();
        for file in found {
            here.insert(file.path.clone());
            let known = self.known.get(&file.path);
            if known == Some(&Some(stamp(&file))) {
                continue;
            }
            let since = match self.moving.get(&file.path) {
                Some((before, since)) if *before == stamp(&file) => *since,
                _ => now,
            };
            if now - since < STILL && !whole(&file.path) {
                moving.insert(file.path.clone(), (stamp(&file), since));
                continue;
            }
            let is_known = known.is_some();
            self.known.insert(file.path.clone(), Some(stamp(&file)));
            if is_known { sifted.changed.push(file) } else { sifted.new.push(file) }
        }
        self.moving = moving;
        if all_seen {
            for (path, stamp) in &mut self.known {
                if !here.contains(path) && stamp.take().is_some() {
                    sifted.gone.push(path.clone());
                }
            }
            sifted.gone.sort();
        }
        sifted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, bytes: u64) -> NewImage {
        NewImage { path: path.into(), bytes, modified: 7 }
    }

    fn new(files: &[NewImage]) -> Sifted {
        Sifted { new: files.to_vec(), ..Sifted::default() }
    }

    #[test]
    fn a_file_is_taken_once_it_is_still_and_only_once() {
        let mut sieve = Sieve::new(vec![file("old.jpg", 1)]);
        let start = Instant::now();
        let mut look = |bytes, ms| {
            let found = vec![file("a.jpg", bytes), file("old.jpg", 1)];
            let sifted = sieve.sift(found, |_| false, true, start + Duration::from_millis(ms));
            (sifted, sieve.waits())
        };
        assert_eq!(look(10, 0), (Sifted::default(), true));
        assert_eq!(look(20, 1900), (Sifted::default(), true), "it grew");
        assert_eq!(look(20, 3800), (Sifted::default(), true), "still for less than two seconds");
        assert_eq!(look(20, 3900), (new(&[file("a.jpg", 20)]), false));
        assert_eq!(look(20, 9000), (Sifted::default(), false));
        assert_eq!(look(30, 9100), (Sifted::default(), true), "it is written to again");
        let again = Sifted { changed: vec![file("a.jpg", 30)], ..Sifted::default() };
        assert_eq!(look(30, 11_100), (again, false));
    }

    #[test]
    fn what_is_renamed_into_place_is_whole_at_once() {
        let mut sieve = Sieve::new(Vec::new());
        let found = vec![file("a.jpg", 9), file("b.jpg", 9)];
        assert_eq!(sieve.sift(found, |path| path == "b.jpg", true, Instant::now()), new(&[file("b.jpg", 9)]));
        assert!(sieve.waits());
    }

    #[test]
    fn what_is_gone_is_told_once_and_may_come_back_as_another() {
        let mut sieve = Sieve::new(vec![file("a.jpg", 1), file("b.jpg", 1)]);
        let now = Instant::now();
        assert_eq!(sieve.sift(Vec::new(), |_| false, false, now), Sifted::default(), "the drive is away");
        let gone = Sifted { gone: vec!["a.jpg".into()], ..Sifted::default() };
        assert_eq!(sieve.sift(vec![file("b.jpg", 1)], |_| false, true, now), gone);
        assert_eq!(sieve.sift(vec![file("b.jpg", 1)], |_| false, true, now), Sifted::default());
        let back = Sifted { changed: vec![file("a.jpg", 1)], ..Sifted::default() };
        assert_eq!(sieve.sift(vec![file("a.jpg", 1), file("b.jpg", 1)], |_| true, true, now), back);
    }
}
