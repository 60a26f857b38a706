//! How much of a stranger's file is taken, and the reader that holds to it.

use std::io::{self, BufRead, Read};

/// What a file may ask for before it is refused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Of the whole file.
    pub bytes: u64,
    /// Of one tag with its attributes, or one piece of text. A large mask is one tag.
    pub event_bytes: u64,
    /// Of one image with its shapes, as they stand in the file.
    pub image_bytes: u64,
    /// Of all tracks of a file, less their interpolated shapes, as they stand in it.
    pub track_bytes: u64,
    /// Of elements inside elements.
    pub depth: usize,
    /// Of one element.
    pub attributes: usize,
    /// Labels of the whole file; also the choices, attributes and points of one label, and the points of one skeleton.
    pub labels: usize,
    pub images: u64,
    /// Of one image.
    pub shapes: usize,
    /// Of a whole COCO file.
    pub annotations: usize,
    /// The largest coordinate either way, pixels.
    pub coordinate: f64,
    /// Of the names of labels and points that are said once for many shapes, bytes.
    pub name: usize,
    /// Of one mask's rectangle.
    pub mask_pixels: u64,
}

impl Default for Limits {
    /// Well above the largest exports seen, well below what would hurt.
    fn default() -> Self {
        Self {
            bytes: 16 << 30,
            event_bytes: 16 << 20,
            image_bytes: 256 << 20,
            track_bytes: 512 << 20,
            depth: 32,
            attributes: 256,
            labels: 20_000,
            images: 10_000_000,
            shapes: 200_000,
            annotations: 50_000_000,
            coordinate: 1e7,
            name: 1024,
            mask_pixels: 1 << 30,
        }
    }
}

/// Counts lines and bytes; fails once one event or the file grows past its limit.
pub(crate) struct Metered<R> {
    inner: R,
    /// Of the place reached, from 1.
    pub line: u64,
    file_left: u64,
    event_left: u64,
    /// Set when a limit, not the source, ended the reading.
    pub exceeded: Option<&'static str>,
}

impl<R: BufRead> Metered<R> {
    pub fn new(inner: R, limits: &Limits) -> Self {
        Self { inner, line: 1, file_left: limits.bytes, event_left: limits.event_bytes, exceeded: None }
    }

    /// Bytes read so far.
    pub fn at(&self, limits: &Limits) -> u64 {
        limits.bytes - self.file_left
    }

    /// A new event begins.
    pub fn begin(&mut self, limits: &Limits) {
        self.event_left = limits.event_bytes;
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left = self.file_left.min(self.event_left);
        let bytes = self.inner.fill_buf()?;
        if left == 0 && !bytes.is_empty() {
            let what =
                if self.file_left == 0 { "The file is larger than" } else { "An element is longer than" };
            self.exceeded = Some(what);
            return Err(io::Error::other(what));
        }
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        Ok(&bytes[..take])
    }

    fn consume(&mut self, amount: usize) {
        // What is being consumed is still in the buffer, so this reads nothing and cannot fail.
        if let Ok(bytes) = self.inner.fill_buf() {
            let lines = bytes.iter().take(amount).filter(|b| **b == b'\n').count();
            self.line += lines as u64;
        }
        self.inner.consume(amount);
        self.file_left = self.file_left.saturating_sub(amount as u64);
        self.event_left = self.event_left.saturating_sub(amount as u64);
    }
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let n = bytes.len().min(out.len());
        out[..n].copy_from_slice(&bytes[..n]);
        self.consume(n);
        Ok(n)
    }
}
