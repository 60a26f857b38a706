//! The tracks of the video form.

use std::{collections::BTreeMap, io::BufRead};

use relook_domain::{Geometry, Shape, ShapeKind, track::Keyframe};

use super::{
    read::{bound, count, needed, number},
    read_shape::{bit, read_shape},
};
use crate::{
    Finding, FormatError, Problem, Source,
    xml::events::{Element, Events, fault},
};

/// One thing followed along the frames.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// The label's name; it need not be among the file's labels.
    pub label: String,
    pub source: Source,
    /// 0: none.
    pub group: i64,
    /// By frame, at least one. Frames count as the file does.
    pub keyframes: Vec<Keyframe>,
}

/// The tracks of a file and the frames that they run along.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Video {
    pub tracks: Vec<Track>,
    /// The frame of the first image.
    pub start: u64,
    /// Frames from one image to the next; 0 where the file says nothing, which means 1.
    pub step: u64,
    /// The last frame; `None` where the file does not say.
    pub stop: Option<u64>,
    /// Tracks of further tasks in the same file, whose frames count anew; they are not among `tracks`.
    pub of_other_tasks: u64,
    task: Option<String>,
    keyframes: usize,
    bytes: u64,
}

impl Video {
    /// Takes in what the head says under `said`, of a task or of a job.
    pub(super) fn describe(&mut self, of: &str, said: &str, text: &str) {
        let number = text.trim().parse().ok();
        match said {
            // A job's frames are those of its task.
            "start_frame" if of == "task" => self.start = number.unwrap_or(0),
            "stop_frame" => self.stop = number,
            "frame_filter" => {
                let step = text.trim().strip_prefix("step=").and_then(|n| n.trim().parse().ok());
                self.step = step.unwrap_or(1);
            }
            _ => {}
        }
    }

    /// Reads the track just opened. With `faults` what cannot be used is left out and told there.
    pub(super) fn read<R: BufRead>(
        &mut self,
        events: &mut Events<R>,
        tag: &Element,
        skipped: &mut BTreeMap<String, u64>,
        mut faults: Option<&mut Vec<Finding>>,
    ) -> Result<(), FormatError> {
        let place = format!("track {:?}: ", tag.get("id").unwrap_or_default());
        bound(self.tracks.len(), events.limits.annotations, "tracks", tag.line)?;
        let task = tag.get("task_id").unwrap_or_default();
        if self.task.get_or_insert_with(|| task.to_owned()) != task {
            self.of_other_tasks += 1;
            return events.skip();
        }
        let mut track: Option<Track> = None;
        loop {
            let begin = events.at();
            let Some(child) = events.child()? else { break };
            let Some(kind) = ShapeKind::from_word(&child.name).filter(|kind| *kind != ShapeKind::Tag) else {
                count(skipped, &child.name);
                events.skip()?;
                continue;
            };
            if child.get("keyframe") == Some("0") {
                events.skip()?;
                continue;
            }
            bound(self.keyframes, events.limits.annotations, "keyframes", child.line)?;
            self.keyframes += 1;
            let depth = events.depth();
            let read = keyframe(events, tag, &child, kind, track.as_ref(), &place, skipped);
            self.bytes += events.at() - begin;
            if self.bytes > events.limits.track_bytes {
                let what = format!("The tracks are longer than {} bytes", events.limits.track_bytes);
                return Err(fault(child.line, what));
            }
            match (read, &mut faults) {
                (Ok((owner, keyframe)), _) => track.get_or_insert(owner).keyframes.push(keyframe),
                (Err(FormatError::Xml { line, message }), Some(faults)) if !events.broken() => {
                    bound(faults.len(), events.limits.shapes, &format!("faults in {place}"), child.line)?;
                    faults.push(told(format!("Line {line}: {message}"), "The keyframe is left out"));
                    events.leave(depth)?;
                }
                (Err(e), _) => return Err(e),
            }
        }
        match (track, faults) {
            (Some(track), _) => self.tracks.push(track),
            (None, Some(faults)) => faults.push(told(
                format!("Line {}: {place}it has no keyframe, which makes CVAT refuse the file", tag.line),
                "The track is left out",
            )),
            (None, None) => {
                let what = format!("{place}it has no keyframe, which makes CVAT refuse the file");
                return Err(fault(tag.line, what));
            }
        }
        Ok(())
    }
}

fn told(message: String, consequence: &str) -> Finding {
    let consequence = consequence.to_owned();
    Finding { image: String::new(), problem: Problem::Track, message, consequence }
}

/// A keyframe, and the track that it would begin.
fn keyframe<R: BufRead>(
    events: &mut Events<R>,
    track: &Element,
    tag: &Element,
    kind: ShapeKind,
    before: Option<&Track>,
    place: &str,
    skipped: &mut BTreeMap<String, u64>,
) -> Result<(Track, Keyframe), FormatError> {
    let last = before.and_then(|t| t.keyframes.last());
    let frame = number(tag, "frame", needed(tag, "frame", place)?, place)?;
    let outside = bit(tag, "outside", place)?;
    bit(tag, "keyframe", place)?;
    if let Some(last) = last.filter(|last| last.frame >= frame) {
        let what = format!("{place}frame {frame} comes after frame {}; frames must grow", last.frame);
        return Err(fault(tag.line, what));
    }
    let shape = read_shape(events, tag, kind, Some(track), place, skipped)?;
    // A skeleton is outside where all its points are.
    let gone =
        |shape: &Shape| matches!(shape, Shape::Skeleton { joints } if joints.iter().all(|j| j.outside));
    let mut attributes = last.map(|last| last.attributes.clone()).unwrap_or_default();
    attributes.extend(shape.attributes);
    let owner = Track { label: shape.label, source: shape.source, group: shape.group, keyframes: Vec::new() };
    let keyframe = Keyframe {
        frame,
        outside: outside || gone(&shape.shape),
        occluded: shape.occluded,
        geometry: Geometry { rect: shape.rect, rotation: shape.rotation, shape: shape.shape },
        z_order: shape.z_order,
        attributes,
    };
    Ok((owner, keyframe))
}
