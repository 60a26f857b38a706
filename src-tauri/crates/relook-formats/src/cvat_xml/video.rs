//! The streaming writer of the video form.

use std::{fmt::Write as _, io::Write};

use relook_domain::{
    Label, Shape,
    export::{ExportImage, ExportShape, ExportStop},
    track::{Keyframe, at},
};

use super::{
    write::{Job, push_head},
    write_shape::{Frame, placed, push_placed},
};
use crate::{Cause, FormatError, Source, Warning, error::label_at, xml::escape::push_attribute};

/// So near, in pixels, what a reader interpolates has to come to what is to be written.
const NEAR: f64 = 0.005 + 1e-9;

/// Writes one document: the head at once, then track by track. Each track is written whole or not at all.
pub struct VideoWriter<W: Write> {
    out: W,
    labels: Vec<Label>,
    size: u64,
    tracks: u64,
    text: String,
}

/// A shape of a track as it is written.
struct Placed<'a> {
    stop: &'a ExportStop,
    says: Keyframe,
    keyframe: bool,
}

impl<W: Write> VideoWriter<W> {
    /// Writes prolog and meta.
    ///
    /// # Errors
    /// As of [`super::Writer::new`].
    pub fn new(mut out: W, job: &Job<'_>) -> Result<Self, FormatError> {
        let mut text = String::new();
        push_head(&mut text, job)?;
        out.write_all(text.as_bytes()).map_err(FormatError::Write)?;
        text.clear();
        Ok(Self { out, labels: job.labels.to_vec(), size: job.size, tracks: 0, text })
    }

    /// Writes the shapes of an image that belong to no track, each as a track of one frame as CVAT does it, and tells what
    /// could not be written as it stands.
    ///
    /// # Errors
    /// As of [`VideoWriter::track`].
    pub fn image(&mut self, image: &ExportImage) -> Result<Vec<Warning>, FormatError> {
        let mut warnings = Vec::new();
        for shape in &image.shapes {
            let image = ExportImage { shapes: vec![shape.clone()], ..image.clone() };
            warnings.extend(self.track(&[ExportStop { image, keyframe: true, outside: false }])?);
        }
        Ok(warnings)
    }

    /// Writes one track from its shapes, one for each image, by frame; all have the first one's label, source and group.
    /// Where an image between has none, and after the last, the track is outside. What a reader would not interpolate to
    /// the same place is written as a keyframe.
    ///
    /// # Errors
    /// [`FormatError::Character`], [`FormatError::NoSuchLabel`] or [`FormatError::FrameOrder`] naming the image; nothing
    /// of the track is written then. [`FormatError::Write`] when the target fails.
    pub fn track(&mut self, stops: &[ExportStop]) -> Result<Vec<Warning>, FormatError> {
        let mut warnings = Vec::new();
        let Some(first) = stops.first().and_then(|stop| stop.image.shapes.first()) else {
            return Ok(warnings);
        };
        let label = label_at(&self.labels, first.label, &stops[0].image.name)?;
        let mut shown = Vec::new();
        let mut before = None;
        for stop in stops {
            let image = &stop.image;
            if let Some(before) = before.replace(image.frame).filter(|before| image.frame <= *before) {
                return Err(FormatError::FrameOrder {
                    image: image.name.clone(),
                    frame: image.frame,
                    before,
                });
            }
            let warn = |cause| Warning { image: image.name.clone(), label: label.name.clone(), cause };
            let Some(shape) = image.shapes.first() else { continue };
            if shape.shape == Shape::Tag {
                warnings.push(warn(Cause::NoSuchKind));
                continue;
            }
            match placed(shape, label, image, |cause| warnings.push(warn(cause))) {
                Ok((geometry, note)) => {
                    warnings.extend(note.map(warn));
                    let says = Keyframe {
                        frame: image.frame,
                        outside: stop.outside,
                        occluded: shape.occluded,
                        geometry,
                        z_order: shape.z_order,
                        attributes: shape.attributes.clone(),
                    };
                    shown.push(Placed { stop, says, keyframe: stop.keyframe });
                }
                Err(cause) => warnings.push(warn(cause)),
            }
        }
        let shown = reproducible(closed(shown, self.size));
        if shown.is_empty() {
            return Ok(warnings);
        }
        self.text.clear();
        let text = &mut self.text;
        // A String takes every write.
        let _ = write!(text, "  <track id=\"{}\"", self.tracks);
        push_attribute(text, "label", &label.name, || format!("A track of label {:?}", label.name))?;
        let _ = write!(text, " source=\"{}\"", Source::of(first.origin, first.state).word());
        if first.group != 0 {
            let _ = write!(text, " group_id=\"{}\"", first.group);
        }
        text.push_str(">\n");
        for Placed { stop, says, keyframe } in &shown {
            let frame = Frame { frame: says.frame, keyframe: *keyframe, outside: says.outside };
            let image = &stop.image;
            let mut warn = |cause| {
                warnings.push(Warning { image: image.name.clone(), label: label.name.clone(), cause })
            };
            for shape in &image.shapes {
                // What is said where the thing leaves was said before.
                let told = |cause| {
                    if frame.frame == image.frame {
                        warn(cause)
                    }
                };
                push_placed(text, image, shape, label, &says.geometry, Some(frame), told)?;
            }
        }
        text.push_str("  </track>\n");
        self.out.write_all(text.as_bytes()).map_err(FormatError::Write)?;
        self.tracks += 1;
        Ok(warnings)
    }

    /// Closes the document and hands the flushed target back.
    ///
    /// # Errors
    /// [`FormatError::Write`].
    pub fn finish(mut self) -> Result<W, FormatError> {
        self.out.write_all(b"</annotations>\n").map_err(FormatError::Write)?;
        self.out.flush().map_err(FormatError::Write)?;
        Ok(self.out)
    }
}

/// With a keyframe wherever the thing comes into sight, and one outside wherever it leaves before the last of `size`
/// frames.
fn closed(shown: Vec<Placed<'_>>, size: u64) -> Vec<Placed<'_>> {
    let mut out: Vec<Placed<'_>> = Vec::with_capacity(shown.len());
    let mut coming = shown.into_iter().peekable();
    let mut seen = false;
    while let Some(mut now) = coming.next() {
        if now.says.outside && !seen {
            continue;
        }
        now.keyframe |= now.says.outside || !seen;
        let next = now.says.frame + 1;
        let goes_on = coming.peek().is_some_and(|after| after.says.frame == next);
        seen = !now.says.outside && goes_on;
        let leaves = (!now.says.outside && !goes_on && next < size).then(|| Placed {
            stop: now.stop,
            says: Keyframe { frame: next, outside: true, ..now.says.clone() },
            keyframe: true,
        });
        out.push(now);
        out.extend(leaves);
    }
    out
}

/// With keyframes for all between two of them where one would not be interpolated to its place. What only stays as on the
/// last keyframe needs no words.
fn reproducible(mut shown: Vec<Placed<'_>>) -> Vec<Placed<'_>> {
    let mut from = 0;
    while from < shown.len() {
        let to = (from + 1..shown.len()).find(|n| shown[*n].keyframe).unwrap_or(shown.len());
        let ends: Vec<Keyframe> = std::iter::once(from)
            .chain((to < shown.len()).then_some(to))
            .map(|n| shown[n].says.clone())
            .collect();
        let told = |p: &Placed<'_>| {
            at(&ends, p.says.frame).is_some_and(|(read, _)| {
                let rest = |k: &Keyframe| (k.occluded, k.z_order, k.attributes.clone());
                let near = |shape: &ExportShape| read.geometry.is_near(&shape.geometry(), NEAR);
                p.stop.image.shapes.iter().all(near) && rest(&read) == rest(&p.says)
            })
        };
        if !shown[from + 1..to].iter().all(told) {
            shown[from + 1..to].iter_mut().for_each(|p| p.keyframe = true);
        }
        from = to;
    }
    let last = shown.iter().rposition(|p| p.keyframe).map_or(0, |n| n + 1);
    shown.truncate(last);
    shown
}
