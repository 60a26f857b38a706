//! A zip as a set of files. Its names are looked at before anything is unpacked, and nothing is unpacked past a bound.

use std::{
    collections::HashMap,
    io::{self, Cursor, Read, Seek, SeekFrom, Write},
};

use zip::ZipArchive;

use crate::{Files, FormatError, Limits, ReadSeek};

/// Entries up to this size are unpacked in memory.
const SMALL: u64 = 4 << 20;
/// So often may all entries together be larger than the zip.
const MOST_RATIO: u64 = 1100;

/// Tells the size of an image by its name, as [`Files::size`].
pub type Sizes = Box<dyn FnMut(&str) -> Option<(u32, u32)>>;

/// A zip whose files can be read one after the other.
pub struct Archive<R, S> {
    zip: ZipArchive<R>,
    paths: Vec<String>,
    places: HashMap<String, usize>,
    limits: Limits,
    spool: fn() -> io::Result<S>,
    sizes: Sizes,
}

impl<R: Read + Seek, S: Read + Write + Seek + 'static> Archive<R, S> {
    /// Looks at the list of files. `spool` makes a place that a large file is unpacked to.
    ///
    /// # Errors
    /// [`FormatError::Unreadable`] naming the entry: not a zip, a name that is absolute, leads out of the zip or stands
    /// twice, encrypted, unpacked larger than `limits` or than any honest zip; [`FormatError::Read`].
    pub fn new(mut reader: R, limits: &Limits, spool: fn() -> io::Result<S>) -> Result<Self, FormatError> {
        let bytes = reader.seek(SeekFrom::End(0)).map_err(FormatError::Read)?;
        let entries = entries(&mut reader, bytes).map_err(FormatError::Read)?;
        let mut zip = ZipArchive::new(reader).map_err(trouble)?;
        // Of doubled names the list keeps the last one.
        if entries.is_some_and(|n| n != zip.len()) {
            return Err(doubled("a file"));
        }
        let mut paths = Vec::new();
        let mut places = HashMap::new();
        let mut unpacked = 0_u64;
        for place in 0..zip.len() {
            let entry = zip.by_index_raw(place).map_err(trouble)?;
            let name = entry.name().replace('\\', "/");
            if leads_out(&name) {
                let what = format!(
                    "The zip has a file {name:?}, whose name leads out of it. It was made to do harm"
                );
                return Err(FormatError::Unreadable(what));
            }
            if entry.is_dir() {
                continue;
            }
            if entry.encrypted() {
                return Err(FormatError::Unreadable(format!(
                    "{name:?} in the zip has a password; make one without"
                )));
            }
            unpacked = unpacked.saturating_add(entry.size());
            if places.insert(name.clone(), place).is_some() {
                return Err(doubled(&format!("the file {name:?}")));
            }
            if paths.len() as u64 >= limits.images.saturating_mul(2) {
                return Err(FormatError::Unreadable(format!(
                    "The zip has more than {} files",
                    limits.images * 2
                )));
            }
            paths.push(name);
        }
        if unpacked > bytes.saturating_mul(MOST_RATIO) || unpacked > limits.bytes.saturating_mul(64) {
            return Err(FormatError::Unreadable(format!(
                "The zip of {bytes} bytes says that it holds {unpacked}, which no honest one does"
            )));
        }
        paths.sort();
        Ok(Self { zip, paths, places, limits: *limits, spool, sizes: Box::new(|_| None) })
    }

    /// Says who knows the sizes of images.
    #[must_use]
    pub fn sizes(mut self, sizes: Sizes) -> Self {
        self.sizes = sizes;
        self
    }
}

impl<R: Read + Seek, S: Read + Write + Seek + 'static> Files for Archive<R, S> {
    fn paths(&self) -> &[String] {
        &self.paths
    }

    fn open<'a>(&'a mut self, path: &str) -> io::Result<Box<dyn ReadSeek + 'a>> {
        let place = self.places.get(path).copied();
        let place = place
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no {path:?} in the zip")))?;
        let mut entry = self.zip.by_index(place).map_err(|e| io::Error::other(e.to_string()))?;
        let size = entry.size();
        if size > self.limits.bytes {
            return Err(io::Error::other(format!(
                "{path:?} in the zip is larger than {} bytes",
                self.limits.bytes
            )));
        }
        // What an entry says of its size need not be true.
        let mut whole = (&mut entry).take(size + 1);
        if size <= SMALL {
            let mut bytes = Vec::new();
            whole.read_to_end(&mut bytes)?;
            told_true(bytes.len() as u64, size, path)?;
            return Ok(Box::new(Cursor::new(bytes)));
        }
        let mut place = (self.spool)()?;
        let copied = io::copy(&mut whole, &mut place)?;
        told_true(copied, size, path)?;
        place.seek(SeekFrom::Start(0))?;
        Ok(Box::new(place))
    }

    fn size(&mut self, name: &str) -> Option<(u32, u32)> {
        (self.sizes)(name)
    }
}

fn told_true(have: u64, said: u64, path: &str) -> io::Result<()> {
    if have == said {
        Ok(())
    } else {
        Err(io::Error::other(format!("{path:?} in the zip is not of the {said} bytes that the zip says")))
    }
}

fn doubled(what: &str) -> FormatError {
    FormatError::Unreadable(format!(
        "The zip has {what} twice, and it is not clear which counts; make it anew"
    ))
}

/// How many entries the end of a zip says that it has; `None` where it says so elsewhere (zip64) or nowhere.
fn entries(reader: &mut (impl Read + Seek), bytes: u64) -> io::Result<Option<usize>> {
    /// The end's record and the longest comment after it.
    const LONGEST: u64 = 22 + 65535;
    reader.seek(SeekFrom::Start(bytes.saturating_sub(LONGEST)))?;
    let mut end = Vec::new();
    reader.take(LONGEST).read_to_end(&mut end)?;
    reader.seek(SeekFrom::Start(0))?;
    let record = end.windows(22).rposition(|w| w.starts_with(b"PK\x05\x06"));
    let count = record.map(|at| u16::from_le_bytes([end[at + 10], end[at + 11]]));
    Ok(count.filter(|n| *n != u16::MAX).map(usize::from))
}

fn leads_out(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':');
    name.is_empty()
        || name.starts_with('/')
        || drive
        || name.contains('\0')
        || name.split('/').any(|part| part == "..")
}

fn trouble(error: zip::result::ZipError) -> FormatError {
    match error {
        zip::result::ZipError::Io(e) => FormatError::Read(e),
        other => FormatError::Unreadable(format!("The zip cannot be read: {other}")),
    }
}
