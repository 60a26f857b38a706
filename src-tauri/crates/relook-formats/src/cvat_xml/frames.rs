//! Tracks laid out along a sequence of images.

use relook_domain::{TrackId, Tracked, track};

use super::track::{Track, Video};
use crate::{Finding, Item, Problem, ReadImage, ReadShape};

/// Hands over the images that the tracks run along, each with what every track shows there; `name` tells the image at a
/// place of the sequence. Nothing where there are no tracks.
///
/// # Errors
/// Whatever `each` returns.
pub(crate) fn frames<E>(
    video: &Video,
    name: &mut dyn FnMut(u64) -> Option<String>,
    each: &mut dyn FnMut(Item) -> Result<(), E>,
) -> Result<(), E> {
    let tell = |message: String, consequence: &str, each: &mut dyn FnMut(Item) -> Result<(), E>| {
        let consequence = consequence.to_owned();
        each(Item::Finding(Finding { image: String::new(), problem: Problem::Track, message, consequence }))
    };
    if video.of_other_tasks > 0 {
        let what = format!("Tracks of further tasks, whose frames count anew: {}", video.of_other_tasks);
        tell(what, "They are left out: export each task on its own", each)?;
    }
    let Some(furthest) = video.tracks.iter().filter_map(|t| t.keyframes.last()).map(|k| k.frame).max() else {
        return Ok(());
    };
    let what = format!("Tracks in the file: {}", video.tracks.len());
    tell(
        what,
        "The file names no images: its frames are the project's images in the order of the list",
        each,
    )?;
    let stop = video.stop.unwrap_or(furthest);
    let early = |t: &&Track| t.keyframes.iter().any(|k| k.frame < video.start || k.frame > stop);
    let beyond = video.tracks.iter().filter(early).count();
    if beyond > 0 {
        let what = format!("Tracks with keyframes outside the frames {} to {stop}: {beyond}", video.start);
        tell(what, "What lies there is left out", each)?;
    }
    // The next to begin stands last; of several the first of the file.
    let mut waiting: Vec<(i64, &Track)> = (1..).zip(&video.tracks).collect();
    waiting.reverse();
    waiting.sort_by_key(|(_, t)| std::cmp::Reverse(t.keyframes.first().map_or(0, |k| k.frame)));
    let mut active: Vec<(i64, &Track)> = Vec::new();
    let step = video.step.max(1);
    for (number, frame) in (0_u64..).zip((video.start..=stop).step_by(usize::try_from(step).unwrap_or(1))) {
        let Some(name) = name(number) else {
            let what =
                format!("The file runs to frame {stop}, the images to number {number}, counted from 1");
            return tell(what, "The frames after that are left out", each);
        };
        while let Some(next) = waiting.pop_if(|(_, t)| t.keyframes.first().is_some_and(|k| k.frame <= frame))
        {
            active.push(next);
        }
        active.retain(|(_, t)| t.keyframes.last().is_none_or(|k| !k.outside || k.frame > frame));
        let shapes = active.iter().filter_map(|(id, t)| shown(t, TrackId(*id), frame, step)).collect();
        each(Item::Image(ReadImage { frame: number, name, width: None, height: None, shapes }))?;
    }
    Ok(())
}

/// What a track shows on a frame. It is a keyframe there, too, where one lies between this image and those beside it, or
/// where the track leaves towards another place.
fn shown(track: &Track, id: TrackId, frame: u64, step: u64) -> Option<ReadShape> {
    let (at, _) = track::at(&track.keyframes, frame)?;
    let near = track.keyframes.partition_point(|k| k.frame + step <= frame);
    let mut beside = track.keyframes[near..].iter().take_while(|k| k.frame <= frame + step);
    let keyframe = beside.any(|k| k.frame < frame + step || k.outside && k.geometry != at.geometry);
    Some(ReadShape {
        label: track.label.clone(),
        source: track.source,
        occluded: at.occluded,
        rect: at.geometry.rect,
        rotation: at.geometry.rotation,
        shape: at.geometry.shape,
        z_order: at.z_order,
        group: track.group,
        score: None,
        attributes: at.attributes,
        track: Some(Tracked { id, keyframe }),
    })
}
