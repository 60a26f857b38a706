//! What stands where in a COCO file.

use std::{
    cell::Cell,
    collections::HashMap,
    fmt,
    io::{self, BufReader, Read},
};

use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{FormatError, Limits};

/// Of all names of images together, bytes.
const MOST_NAMES: usize = 1 << 30;

/// A COCO file but for what its annotations say.
#[derive(Default)]
pub(super) struct Index {
    pub images: Vec<Image>,
    pub categories: Vec<Category>,
    /// By image, then as in the file.
    pub places: Vec<Place>,
    /// Annotations of images that are not listed.
    pub strays: u64,
}

#[derive(Deserialize)]
pub(super) struct Image {
    id: i64,
    pub file_name: String,
    #[serde(default)]
    pub width: Option<u32>,
    #[serde(default)]
    pub height: Option<u32>,
}

#[derive(Deserialize)]
pub(super) struct Category {
    pub id: i64,
    pub name: String,
    #[serde(default)]
    pub keypoints: Vec<String>,
    /// Pairs of places in `keypoints`, from 1.
    #[serde(default)]
    pub skeleton: Vec<[u64; 2]>,
}

#[derive(Deserialize)]
struct Owner {
    image_id: i64,
}

/// Where an annotation stands.
pub(super) struct Place {
    /// Place in the list of images.
    pub image: u32,
    /// Bytes.
    pub length: u32,
    pub offset: u64,
}

impl Index {
    /// Goes once through the file. `fault` makes an error of a place and a message.
    ///
    /// # Errors
    /// Of `fault` where it is not such a file or goes over `limits`; [`FormatError::Read`].
    pub fn read(
        source: impl Read,
        limits: &Limits,
        fault: &dyn Fn(String, String) -> FormatError,
    ) -> Result<Self, FormatError> {
        let meter = Meter { at: Cell::new(0), element: Cell::new(0), exceeded: Cell::new(None) };
        let metered = Metered { inner: BufReader::new(source), meter: &meter, limits };
        let mut all = All { index: Self::default(), owners: Vec::new(), names: 0, meter: &meter, limits };
        let mut json = serde_json::Deserializer::from_reader(metered);
        let done = all.deserialize(&mut json).and_then(|()| json.end());
        done.map_err(|e| match meter.exceeded.get() {
            Some(what) => fault(format!("byte {}", meter.at.get()), what.to_owned()),
            None if e.is_io() => FormatError::Read(e.into()),
            // The message ends in line and column.
            None => fault("COCO".to_owned(), e.to_string()),
        })?;
        all.sorted(fault)
    }
}

/// How far the reading is, known to the reader below and the parser above.
struct Meter {
    at: Cell<u64>,
    /// Where the element that is being read began.
    element: Cell<u64>,
    exceeded: Cell<Option<&'static str>>,
}

struct Metered<'m, R> {
    inner: BufReader<R>,
    meter: &'m Meter,
    limits: &'m Limits,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let at = self.meter.at.get();
        let over = if at >= self.limits.bytes {
            Some("the file is larger than is read")
        } else if at - self.meter.element.get() > self.limits.event_bytes {
            Some("an entry is longer than is read")
        } else {
            None
        };
        if over.is_some() {
            self.meter.exceeded.set(over);
            return Err(io::Error::other("too long"));
        }
        let n = self.inner.read(out)?;
        self.meter.at.set(at + n as u64);
        Ok(n)
    }
}

struct All<'m> {
    index: Index,
    /// Ids of the images of `index.places`.
    owners: Vec<i64>,
    names: usize,
    meter: &'m Meter,
    limits: &'m Limits,
}

impl All<'_> {
    fn sorted(self, fault: &dyn Fn(String, String) -> FormatError) -> Result<Index, FormatError> {
        let mut index = self.index;
        let mut places = HashMap::new();
        for (n, image) in (0_u32..).zip(&index.images) {
            if places.insert(image.id, n).is_some() {
                let what = format!("another image has the same id {}", image.id);
                return Err(fault(format!("image {:?}", image.file_name), what));
            }
        }
        let mut ids = HashMap::new();
        for category in &index.categories {
            if let Some(other) = ids.insert(category.id, &category.name) {
                let what = format!("the category {other:?} has the same id {}", category.id);
                return Err(fault(format!("category {:?}", category.name), what));
            }
        }
        for (place, owner) in index.places.iter_mut().zip(&self.owners) {
            place.image = places.get(owner).copied().unwrap_or(u32::MAX);
        }
        let before = index.places.len();
        index.places.retain(|place| place.image != u32::MAX);
        index.strays = (before - index.places.len()) as u64;
        index.places.sort_by_key(|place| place.image);
        Ok(index)
    }

    fn add(&mut self, entry: Entry, begin: u64) -> Result<(), String> {
        let limits = self.limits;
        match entry {
            Entry::Image(image) => {
                self.names += image.file_name.len();
                if self.index.images.len() as u64 >= limits.images.min(u64::from(u32::MAX)) {
                    return Err(format!("more than {} images", limits.images));
                }
                if self.names > MOST_NAMES {
                    return Err("the names of the images are too long".to_owned());
                }
                self.index.images.push(image);
            }
            Entry::Category(category) => {
                let names = category.keypoints.iter().chain([&category.name]);
                if names.into_iter().any(|name| name.len() > limits.name) {
                    return Err(format!("a category has a name longer than {} bytes", limits.name));
                }
                let lists = category.keypoints.len().max(category.skeleton.len());
                if self.index.categories.len().max(lists) >= limits.labels {
                    return Err(format!("more than {} categories or points of one", limits.labels));
                }
                self.index.categories.push(category);
            }
            Entry::Annotation(owner) => {
                if self.owners.len() >= limits.annotations {
                    return Err(format!("more than {} annotations", limits.annotations));
                }
                let length = self.meter.at.get() - begin;
                let length = u32::try_from(length).map_err(|_| "an annotation is too long")?;
                self.owners.push(owner.image_id);
                self.index.places.push(Place { image: 0, length, offset: begin });
            }
        }
        Ok(())
    }
}

enum Entry {
    Image(Image),
    Category(Category),
    Annotation(Owner),
}

#[derive(Clone, Copy)]
enum List {
    Images,
    Categories,
    Annotations,
}

impl<'de> DeserializeSeed<'de> for &mut All<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut All<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a COCO dataset, an object with images, annotations and categories")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(key) = map.next_key::<String>()? {
            let list = match key.as_str() {
                "images" => List::Images,
                "categories" => List::Categories,
                "annotations" => List::Annotations,
                _ => {
                    self.meter.element.set(self.meter.at.get());
                    map.next_value::<IgnoredAny>()?;
                    self.meter.element.set(self.meter.at.get());
                    continue;
                }
            };
            found |= matches!(list, List::Images);
            map.next_value_seed(Entries { all: &mut *self, list })?;
        }
        if found {
            Ok(())
        } else {
            Err(A::Error::custom("it has no list of images, so it is no COCO dataset"))
        }
    }
}

struct Entries<'a, 'm> {
    all: &'a mut All<'m>,
    list: List,
}

impl<'de> DeserializeSeed<'de> for Entries<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.list {
            List::Images => "a list of images",
            List::Categories => "a list of categories",
            List::Annotations => "a list of annotations",
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some((entry, begin)) =
            seq.next_element_seed(One { meter: self.all.meter, list: self.list })?
        {
            self.all.add(entry, begin).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// One entry and where it begins.
struct One<'m> {
    meter: &'m Meter,
    list: List,
}

impl<'de> DeserializeSeed<'de> for One<'_> {
    type Value = (Entry, u64);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(Entry, u64), D::Error> {
        // The parser has looked at the entry's first byte already.
        let begin = self.meter.at.get().saturating_sub(1);
        self.meter.element.set(begin);
        let entry = match self.list {
            List::Images => Entry::Image(Image::deserialize(deserializer)?),
            List::Categories => Entry::Category(Category::deserialize(deserializer)?),
            List::Annotations => Entry::Annotation(Owner::deserialize(deserializer)?),
        };
        Ok((entry, begin))
    }
}
