//! An upright image to a graph's input tensor, on any thread, with buffers that are used again.

use std::sync::{Arc, Mutex, PoisonError};

use pulp::NullaryFnOnce;
use relook_domain::Rect;
use relook_domain::model_card::{ChannelOrder, Input, Layout, ResizeMode};

use crate::decode::{DecodeError, Limits, Reduced, Upright, decode_reduced};
use crate::triangle::Scaler;
use crate::wide::wide;

/// Where an image lies in the graph's input: `input = original * scale + offset` on each axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Geometry {
    /// Of the upright original, pixels.
    pub width: u32,
    pub height: u32,
    pub scale_x: f64,
    pub scale_y: f64,
    pub offset_x: f64,
    pub offset_y: f64,
}

impl Geometry {
    /// From input pixels to pixels of the original, not clipped.
    pub(crate) fn invert(&self, rect: &Rect) -> Rect {
        Rect {
            x1: (rect.x1 - self.offset_x) / self.scale_x,
            y1: (rect.y1 - self.offset_y) / self.scale_y,
            x2: (rect.x2 - self.offset_x) / self.scale_x,
            y2: (rect.y2 - self.offset_y) / self.scale_y,
        }
    }
}

/// Where the scaled image is put in the input, whole input pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Placement {
    width: u32,
    height: u32,
    left: u32,
    top: u32,
    /// Sides of the input.
    canvas: (u32, u32),
}

/// How large the graph's input is for an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Room {
    /// The most it may be.
    width: u32,
    height: u32,
    /// Sides are whole multiples of it and no longer than the image needs; `None`: they are what they may be.
    step: Option<u32>,
}

impl Room {
    /// Of a side that the image fills so much of.
    fn side(&self, filled: u32, most: u32) -> u32 {
        self.step.map_or(most, |step| filled.next_multiple_of(step).min(most))
    }
}

fn place(resize: ResizeMode, room: Room, width: u32, height: u32) -> (Placement, Geometry) {
    let (iw, ih) = (f64::from(room.width), f64::from(room.height));
    let (w, h) = (f64::from(width), f64::from(height));
    match resize {
        ResizeMode::Letterbox | ResizeMode::LetterboxCorner => {
            let scale = (iw / w).min(ih / h);
            // Half to even, as the training tools' language rounds: a pixel more or less moves every box.
            let side = |length: f64, most: u32| ((length * scale).round_ties_even() as u32).clamp(1, most);
            let (nw, nh) = (side(w, room.width), side(h, room.height));
            let canvas = (room.side(nw, room.width), room.side(nh, room.height));
            let (left, top) = match resize {
                ResizeMode::LetterboxCorner => (0, 0),
                _ => ((canvas.0 - nw) / 2, (canvas.1 - nh) / 2),
            };
            let geometry = Geometry {
                width,
                height,
                scale_x: scale,
                scale_y: scale,
                offset_x: f64::from(left),
                offset_y: f64::from(top),
            };
            (Placement { width: nw, height: nh, left, top, canvas }, geometry)
        }
        ResizeMode::Stretch => {
            let geometry =
                Geometry { width, height, scale_x: iw / w, scale_y: ih / h, offset_x: 0.0, offset_y: 0.0 };
            let (width, height) = (room.width, room.height);
            (Placement { width, height, left: 0, top: 0, canvas: (width, height) }, geometry)
        }
    }
}

/// An image ready for [`crate::Detector::detect`]: the tensor and the way back to the original's pixels. Its buffer
/// goes back to its preparer when it is dropped.
pub struct Prepared {
    values: Vec<f32>,
    shape: [usize; 4],
    pub(crate) geometry: Geometry,
    pool: Arc<Pool>,
}

impl Prepared {
    /// `[1, 3, height, width]` or `[1, height, width, 3]`, as the card says.
    #[must_use]
    pub fn shape(&self) -> [usize; 4] {
        self.shape
    }

    /// The tensor, row-major.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        let values = std::mem::take(&mut self.values);
        let mut tensors = self.pool.tensors.lock().unwrap_or_else(PoisonError::into_inner);
        if tensors.len() < SPARES {
            tensors.push(values);
        }
    }
}

/// A reduced image has at least so many pixels for one that the model is shown: a JPEG decoder's averages over whole blocks
/// are coarser than the filter that follows, which still has something to weigh then.
const OVERSAMPLING: f64 = 1.5;

/// Spare buffers kept of each kind; more than the threads that prepare at once would only hold memory.
const SPARES: usize = 16;

#[derive(Default)]
struct Pool {
    tensors: Mutex<Vec<Vec<f32>>>,
    benches: Mutex<Vec<Bench>>,
}

/// What one preparation works with.
#[derive(Default)]
struct Bench {
    scaler: Scaler,
    scaled: Vec<u8>,
}

/// Makes input tensors for one model. Clones share their buffers; any number of threads may prepare at once.
#[derive(Clone)]
pub struct Preparer {
    input: Arc<Input>,
    /// Of sides, where the graph takes inputs of the image's shape.
    step: Option<u32>,
    /// A pixel value to a tensor value, by tensor channel.
    values: Arc<[[f32; 256]; 3]>,
    pool: Arc<Pool>,
}

impl Preparer {
    pub(crate) fn new(input: &Input) -> Self {
        let mut values = [[0.0_f32; 256]; 3];
        for (channel, table) in values.iter_mut().enumerate() {
            for (pixel, value) in table.iter_mut().enumerate() {
                *value = (pixel as f32 - input.mean[channel]) / input.std[channel];
            }
        }
        Self { input: Arc::new(input.clone()), step: None, values: Arc::new(values), pool: Arc::default() }
    }

    /// The same for a graph that takes sides of any multiple of `step` pixels: each image gets an input of its own shape.
    pub(crate) fn of_any_shape(self, step: u32) -> Self {
        Self { step: Some(step), ..self }
    }

    /// Whether images may be shown smaller than the card says, and each in an input of its own shape.
    #[must_use]
    pub fn takes_any_shape(&self) -> bool {
        self.step.is_some()
    }

    /// The input for what is shown at `share` (0..=1) of the card's size; that counts only where the graph takes any shape.
    fn room(&self, share: f64) -> Room {
        let Input { width, height, .. } = *self.input;
        let Some(step) = self.step else { return Room { width, height, step: None } };
        let part = |side: u32| {
            let steps = (f64::from(side) * share / f64::from(step)).round() as u32;
            (steps.max(1) * step).min(side)
        };
        Room { width: part(width), height: part(height), step: Some(step) }
    }

    fn place(&self, width: u32, height: u32, share: f64) -> (Placement, Geometry) {
        place(self.input.resize, self.room(share), width.max(1), height.max(1))
    }

    /// What it costs to show the model an image of that upright size at `share` of the card's size: pixels of the input,
    /// 1 being as many as the card says.
    #[must_use]
    pub fn cost(&self, width: u32, height: u32, share: f64) -> f64 {
        let (w, h) = self.place(width, height, share).0.canvas;
        f64::from(w) * f64::from(h) / (f64::from(self.input.width) * f64::from(self.input.height))
    }

    /// The smallest scale at which an image of that upright size may be decoded to be shown at `share` of the card's size.
    #[must_use]
    pub fn least_scale(&self, width: u32, height: u32, share: f64) -> f64 {
        let (_, geometry) = self.place(width, height, share);
        OVERSAMPLING * geometry.scale_x.max(geometry.scale_y)
    }

    /// Scales, places and normalises one image.
    #[must_use]
    pub fn prepare(&self, image: &Upright) -> Prepared {
        self.prepare_as(image, image.width, image.height, 1.0)
    }

    /// As [`Self::prepare`], at `share` of the card's size; boxes come back in pixels of the original.
    #[must_use]
    pub fn prepare_reduced(&self, reduced: &Reduced, share: f64) -> Prepared {
        self.prepare_as(&reduced.image, reduced.width, reduced.height, share)
    }

    /// A whole image file, decoded no larger than the model sees it, with its upright size.
    ///
    /// Errors: as [`decode_reduced`].
    pub fn prepare_file(&self, bytes: &[u8]) -> Result<(Prepared, (u32, u32)), DecodeError> {
        let least = |width, height| self.least_scale(width, height, 1.0);
        let reduced = decode_reduced(bytes, least, &Limits::default())?;
        Ok((self.prepare_reduced(&reduced, 1.0), (reduced.width, reduced.height)))
    }

    fn prepare_as(&self, image: &Upright, width: u32, height: u32, share: f64) -> Prepared {
        let (placement, geometry) = self.place(width, height, share);
        let mut bench =
            self.pool.benches.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let scaled = scale(&mut bench, image, placement);
        let mut values =
            self.pool.tensors.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        wide(Filling { preparer: self, values: &mut values, scaled, at: placement });
        let mut benches = self.pool.benches.lock().unwrap_or_else(PoisonError::into_inner);
        if benches.len() < SPARES {
            benches.push(bench);
        }
        drop(benches);
        let (w, h) = (placement.canvas.0 as usize, placement.canvas.1 as usize);
        let shape = match self.input.layout {
            Layout::Nchw => [1, 3, h, w],
            Layout::Nhwc => [1, h, w, 3],
        };
        Prepared { values, shape, geometry, pool: Arc::clone(&self.pool) }
    }

    /// Writes every value of the tensor once: the border from `pad`, the rest from the scaled pixels.
    #[inline(always)]
    fn fill(&self, values: &mut Vec<f32>, scaled: &[u8], at: Placement) {
        let (w, h) = (at.canvas.0 as usize, at.canvas.1 as usize);
        values.resize(3 * w * h, 0.0);
        let (left, top) = (at.left as usize, at.top as usize);
        let (nw, nh) = (at.width as usize, at.height as usize);
        // Tensor channel c takes byte `byte[c]` of an RGB pixel.
        let byte = match self.input.channels {
            ChannelOrder::Rgb => [0, 1, 2],
            ChannelOrder::Bgr => [2, 1, 0],
        };
        let pad: [f32; 3] = std::array::from_fn(|c| self.values[c][usize::from(self.input.pad)]);
        match self.input.layout {
            Layout::Nchw => {
                let plane = w * h;
                for (c, values) in values.chunks_exact_mut(plane).enumerate() {
                    values[..top * w].fill(pad[c]);
                    values[(top + nh) * w..].fill(pad[c]);
                }
                for (y, row) in scaled.chunks_exact(3 * nw).enumerate() {
                    for c in 0..3 {
                        let line = &mut values[c * plane + (top + y) * w..][..w];
                        line[..left].fill(pad[c]);
                        line[left + nw..].fill(pad[c]);
                        let (mean, std, byte) = (self.input.mean[c], self.input.std[c], byte[c]);
                        // Calculated and not looked up: several at a time.
                        for (value, pixel) in line[left..left + nw].iter_mut().zip(row.as_chunks::<3>().0) {
                            *value = (f32::from(pixel[byte]) - mean) / std;
                        }
                    }
                }
            }
            Layout::Nhwc => {
                for (y, line) in values.chunks_exact_mut(3 * w).enumerate() {
                    let inside = y.checked_sub(top).filter(|&row| row < nh);
                    for (x, out) in line.chunks_exact_mut(3).enumerate() {
                        let column = x.checked_sub(left).filter(|&column| column < nw);
                        match (inside, column) {
                            (Some(row), Some(column)) => {
                                let pixel = &scaled[3 * (row * nw + column)..][..3];
                                for c in 0..3 {
                                    out[c] = self.values[c][usize::from(pixel[byte[c]])];
                                }
                            }
                            _ => out.copy_from_slice(&pad),
                        }
                    }
                }
            }
        }
    }
}

/// One call of [`Preparer::fill`], to be compiled for wide instructions too.
struct Filling<'a> {
    preparer: &'a Preparer,
    values: &'a mut Vec<f32>,
    scaled: &'a [u8],
    at: Placement,
}

impl NullaryFnOnce for Filling<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.preparer.fill(self.values, self.scaled, self.at);
    }
}

/// The image at the placement's size, RGB8.
fn scale<'a>(bench: &'a mut Bench, image: &'a Upright, to: Placement) -> &'a [u8] {
    let (width, height) = (image.width as usize, image.height as usize);
    let (new_width, new_height) = (to.width as usize, to.height as usize);
    if image.rgb.is_empty() || image.rgb.len() != 3 * width * height {
        // Only a hand-made `Upright` whose pixels do not fill its size comes here; it holds nothing to detect.
        tracing::error!(width, height, bytes = image.rgb.len(), "an image does not fill its size");
        bench.scaled.clear();
        bench.scaled.resize(3 * new_width * new_height, 0);
        return &bench.scaled;
    }
    if (width, height) == (new_width, new_height) {
        return &image.rgb;
    }
    bench.scaler.scale(&image.rgb, (width, height), &mut bench.scaled, (new_width, new_height));
    &bench.scaled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(width: u32, height: u32, resize: ResizeMode) -> Input {
        Input {
            name: None,
            width,
            height,
            layout: Layout::Nchw,
            channels: ChannelOrder::Rgb,
            resize,
            pad: 100,
            mean: [0.0; 3],
            std: [1.0; 3],
        }
    }

    #[test]
    fn images_are_centred_and_found_again() {
        for (width, height, size, want) in [
            (640, 640, (1280, 960), (640, 480, 0, 80)),
            (640, 640, (400, 600), (427, 640, 106, 0)),
            (640, 640, (1, 1), (640, 640, 0, 0)),
            (640, 640, (1, 10_000), (1, 640, 319, 0)),
            (640, 384, (1920, 1080), (640, 360, 0, 12)),
            (384, 640, (1920, 1080), (384, 216, 0, 212)),
        ] {
            let preparer = Preparer::new(&input(width, height, ResizeMode::Letterbox));
            let (at, geometry) = preparer.place(size.0, size.1, 1.0);
            assert_eq!((at.width, at.height, at.left, at.top), want, "{size:?}");
            let shown = Rect {
                x1: geometry.offset_x,
                y1: geometry.offset_y,
                x2: geometry.offset_x + f64::from(size.0) * geometry.scale_x,
                y2: geometry.offset_y + f64::from(size.1) * geometry.scale_y,
            };
            let whole = geometry.invert(&shown);
            let error = [whole.x1, whole.y1, whole.x2 - f64::from(size.0), whole.y2 - f64::from(size.1)];
            assert!(error.iter().all(|e| e.abs() < 1e-9), "{whole:?}");
        }
    }

    #[test]
    fn inputs_of_the_images_shape_are_no_larger_than_it_needs() {
        let preparer = Preparer::new(&input(640, 640, ResizeMode::Letterbox)).of_any_shape(32);
        for (size, share, want) in [
            ((1280, 960), 1.0, (640, 480, 0, 0, (640, 480))),
            ((640, 427), 1.0, (640, 427, 0, 10, (640, 448))),
            ((427, 640), 1.0, (427, 640, 10, 0, (448, 640))),
            ((640, 480), 0.8, (512, 384, 0, 0, (512, 384))),
            ((640, 480), 0.6, (384, 288, 0, 0, (384, 288))),
            ((1, 10_000), 1.0, (1, 640, 15, 0, (32, 640))),
            ((500, 500), 0.01, (32, 32, 0, 0, (32, 32))),
        ] {
            let (at, geometry) = preparer.place(size.0, size.1, share);
            assert_eq!((at.width, at.height, at.left, at.top, at.canvas), want, "{size:?} at {share}");
            let (w, h) = at.canvas;
            assert!((preparer.cost(size.0, size.1, share) - f64::from(w * h) / 409_600.0).abs() < 1e-12);
            let corner =
                geometry.invert(&Rect { x1: 0.0, y1: 0.0, x2: f64::from(at.left), y2: f64::from(at.top) });
            assert!(corner.x2.abs() < 1e-9 && corner.y2.abs() < 1e-9, "{corner:?}");
        }
        let image = Upright { width: 64, height: 16, rgb: vec![7; 3 * 64 * 16] };
        assert_eq!(preparer.prepare(&image).shape(), [1, 3, 160, 640]);
        let fixed = Preparer::new(&input(640, 640, ResizeMode::Letterbox));
        assert_eq!(fixed.prepare_as(&image, 64, 16, 0.6).shape(), [1, 3, 640, 640]);
        assert!((fixed.cost(64, 16, 0.6) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_border_is_padded_in_every_plane_and_in_a_buffer_used_before() {
        let preparer = Preparer::new(&input(4, 2, ResizeMode::Letterbox));
        let bright = Upright { width: 4, height: 2, rgb: vec![255; 24] };
        drop(preparer.prepare(&bright));
        let prepared = preparer.prepare(&Upright { width: 2, height: 2, rgb: [1, 2, 3].repeat(4) });
        let plane = |value: f32| [100.0, value, value, 100.0, 100.0, value, value, 100.0];
        assert_eq!(prepared.values(), [plane(1.0), plane(2.0), plane(3.0)].concat());
    }

    #[test]
    fn pixels_that_do_not_fill_their_size_end_nothing() {
        let preparer = Preparer::new(&input(4, 2, ResizeMode::Stretch));
        for (width, height, bytes) in [(0, 0, 0), (5, 5, 3), (4, 2, 23), (2, 0, 0)] {
            let prepared = preparer.prepare(&Upright { width, height, rgb: vec![9; bytes] });
            assert_eq!(prepared.values(), [0.0; 24], "{width}x{height}");
        }
    }

    #[test]
    fn preparers_and_their_work_cross_threads() {
        fn crosses<T: Send + Sync>() {}
        crosses::<Preparer>();
        crosses::<Prepared>();
    }
}
