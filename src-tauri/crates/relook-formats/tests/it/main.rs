//! What the formats write and read, seen from outside.

#[cfg(test)]
mod coco;
#[cfg(test)]
mod common;
#[cfg(test)]
mod cvat_check;
#[cfg(test)]
mod cvat_hostile;
#[cfg(test)]
mod cvat_read;
#[cfg(test)]
mod cvat_real;
#[cfg(test)]
mod cvat_tracks;
#[cfg(test)]
mod cvat_video;
#[cfg(test)]
mod cvat_write;
#[cfg(test)]
mod dangers;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod others;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod voc;
#[cfg(test)]
mod yolo;
#[cfg(test)]
mod zips;
