//! An upright image to a graph's input tensor, on any thread, with buffers that are used again.

use std::sync::{Arc, Mutex, PoisonError};

use relook_domain::Rect;
use relook_domain::model_card::{ChannelOrder, Input, Layout, ResizeMode};

use crate::decode::Upright;
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
        ResizeMode::Letterbox => {
            let scale = (iw / w).min(ih / h);
            // Half to even, as the training tools' language rounds: a pixel more or less moves every box.
            let side = |length: f64, most: u32| ((length * scale).round_ties_even() as u32).clamp(1, most);
            let (nw, nh) = (side(w, input.width), side(h, input.height));
            let (left, top) = ((input.width - nw) / 2, (input.height - nh) / 2);
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

    /// Scales, places and normalises one image.
    #[must_use]
    pub fn prepare(&self, image: &Upright) -> Prepared {
        let (placement, geometry) = place(&self.input, image.width.max(1), image.height.max(1));
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
