//! An upright image to a graph's input tensor, on any thread, with buffers that are used again.

use std::sync::{Arc, Mutex, PoisonError};

use relook_domain::Rect;
use relook_domain::model_card::{ChannelOrder, Input, Layout, ResizeMode};

use crate::decode::{Reduced, Upright};
use crate::triangle::Scaler;

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
}

fn place(input: &Input, width: u32, height: u32) -> (Placement, Geometry) {
    let (iw, ih) = (f64::from(input.width), f64::from(input.height));
    let (w, h) = (f64::from(width), f64::from(height));
    match input.resize {
        ResizeMode::Letterbox | ResizeMode::LetterboxCorner => {
            let scale = (iw / w).min(ih / h);
            // Half to even, as the training tools' language rounds: a pixel more or less moves every box.
            let side = |length: f64, most: u32| ((length * scale).round_ties_even() as u32).clamp(1, most);
            let (nw, nh) = (side(w, input.width), side(h, input.height));
            let (left, top) = match input.resize {
                ResizeMode::LetterboxCorner => (0, 0),
                _ => ((input.width - nw) / 2, (input.height - nh) / 2),
            };
            let geometry = Geometry {
                width,
                height,
                scale_x: scale,
                scale_y: scale,
                offset_x: f64::from(left),
                offset_y: f64::from(top),
            };
            (Placement { width: nw, height: nh, left, top }, geometry)
        }
        ResizeMode::Stretch => {
            let geometry =
                Geometry { width, height, scale_x: iw / w, scale_y: ih / h, offset_x: 0.0, offset_y: 0.0 };
            (Placement { width: input.width, height: input.height, left: 0, top: 0 }, geometry)
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
        Self { input: Arc::new(input.clone()), values: Arc::new(values), pool: Arc::default() }
    }

    /// The smallest scale at which an image of that upright size may be decoded for this model.
    #[must_use]
    pub fn least_scale(&self, width: u32, height: u32) -> f64 {
        let (_, geometry) = place(&self.input, width.max(1), height.max(1));
        OVERSAMPLING * geometry.scale_x.max(geometry.scale_y)
    }

    /// Scales, places and normalises one image.
    #[must_use]
    pub fn prepare(&self, image: &Upright) -> Prepared {
        self.prepare_as(image, image.width, image.height)
    }

    /// As [`Self::prepare`]; boxes come back in pixels of the original.
    #[must_use]
    pub fn prepare_reduced(&self, reduced: &Reduced) -> Prepared {
        self.prepare_as(&reduced.image, reduced.width, reduced.height)
    }

    fn prepare_as(&self, image: &Upright, width: u32, height: u32) -> Prepared {
        let (placement, geometry) = place(&self.input, width.max(1), height.max(1));
        let mut bench =
            self.pool.benches.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let scaled = scale(&mut bench, image, placement);
        let mut values =
            self.pool.tensors.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        self.fill(&mut values, scaled, placement);
        let mut benches = self.pool.benches.lock().unwrap_or_else(PoisonError::into_inner);
        if benches.len() < SPARES {
            benches.push(bench);
        }
        drop(benches);
        let (w, h) = (self.input.width as usize, self.input.height as usize);
        let shape = match self.input.layout {
            Layout::Nchw => [1, 3, h, w],
            Layout::Nhwc => [1, h, w, 3],
        };
        Prepared { values, shape, geometry, pool: Arc::clone(&self.pool) }
    }

    /// Writes every value of the tensor once: the border from `pad`, the rest from the scaled pixels.
    fn fill(&self, values: &mut Vec<f32>, scaled: &[u8], at: Placement) {
        let (w, h) = (self.input.width as usize, self.input.height as usize);
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
                        let (table, byte) = (&self.values[c], byte[c]);
                        for (value, pixel) in line[left..left + nw].iter_mut().zip(row.chunks_exact(3)) {
                            *value = table[usize::from(pixel[byte])];
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
            let (at, geometry) = place(&input(width, height, ResizeMode::Letterbox), size.0, size.1);
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
