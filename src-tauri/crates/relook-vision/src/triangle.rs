//! Scaling for the models' eyes: a triangle filter in fixed point, bit for bit as the training tools' image library
//! (Pillow, `BILINEAR`) computes it. A faster resampler that differs by one grey level in a tenth of the values moves
//! doubtful boxes by many pixels.

use pulp::NullaryFnOnce;

use crate::wide::wide;

/// Bits behind the point: an 8-bit value times weights that sum to 1 stays inside 31 bits.
const BITS: u32 = 22;
const HALF: i32 = 1 << (BITS - 1);

/// The weights of one axis: for each output position the first input position and its share of `weights`.
#[derive(Debug, Default, PartialEq)]
struct Axis {
    /// (first input position, first weight, number of weights)
    spans: Vec<(usize, usize, usize)>,
    weights: Vec<i32>,
}

impl Axis {
    /// Weights that bring `from` positions to `to`; both at least 1.
    fn set(&mut self, from: usize, to: usize) {
        self.spans.clear();
        self.weights.clear();
        let scale = from as f64 / to as f64;
        // When shrinking, the triangle widens to cover every input position.
        let support = scale.max(1.0);
        let mut exact = Vec::new();
        for at in 0..to {
            let centre = (at as f64 + 0.5) * scale;
            let first = (centre - support + 0.5).max(0.0) as usize;
            let end = ((centre + support + 0.5) as usize).min(from);
            exact.clear();
            exact.extend((first..end).map(|x| {
                let distance = ((x as f64 - centre + 0.5) * (1.0 / support)).abs();
                (1.0 - distance).max(0.0)
            }));
            let sum: f64 = exact.iter().sum();
            self.spans.push((first, self.weights.len(), exact.len()));
            self.weights
                .extend(exact.iter().map(|weight| (0.5 + weight / sum * f64::from(1 << BITS)) as i32));
        }
    }

    #[inline(always)]
    fn iter(&self) -> impl Iterator<Item = (usize, &[i32])> {
        self.spans.iter().map(|&(first, at, count)| (first, &self.weights[at..at + count]))
    }
}

/// Rows taken together when narrowing, and their channels side by side, each row's with one that nobody reads.
const ROWS: usize = 4;
const LANES: usize = 4 * ROWS;

/// What narrowing works with: the pixels of some rows column by column, and what became of them.
#[derive(Default)]
struct Strips {
    wide: Vec<[i32; LANES]>,
    narrow: Vec<[u8; LANES]>,
}

/// Applies an axis along the rows of `from`. Four rows at a time, a lane a channel: lanes are independent, so they run
/// several to an instruction, which channels of one pixel cannot.
#[inline(always)]
fn narrow_rows(
    axis: &Axis,
    from: &[u8],
    width: usize,
    into: &mut [u8],
    new_width: usize,
    strips: &mut Strips,
) {
    strips.wide.resize(width, [0; LANES]);
    strips.narrow.resize(new_width, [0; LANES]);
    for (block, out) in from.chunks(ROWS * 3 * width).zip(into.chunks_mut(ROWS * 3 * new_width)) {
        // A last block of fewer rows repeats its first; nobody reads what that gives.
        let pitch = 3 * width;
        let row =
            |i: usize| block.get(i * pitch..(i + 1) * pitch).unwrap_or(&block[..pitch]).as_chunks::<3>().0;
        let rows = row(0).iter().zip(row(1)).zip(row(2)).zip(row(3));
        for (lanes, (((a, b), c), d)) in strips.wide.iter_mut().zip(rows) {
            let values = [a[0], a[1], a[2], 0, b[0], b[1], b[2], 0, c[0], c[1], c[2], 0, d[0], d[1], d[2], 0];
            *lanes = values.map(i32::from);
        }
        for (to, (first, weights)) in strips.narrow.iter_mut().zip(axis.iter()) {
            let mut sums = [HALF; LANES];
            for (lanes, &weight) in strips.wide[first..first + weights.len()].iter().zip(weights) {
                for (sum, value) in sums.iter_mut().zip(lanes) {
                    *sum += value * weight;
                }
            }
            *to = sums.map(clipped);
        }
        for (row, line) in out.chunks_exact_mut(3 * new_width).enumerate() {
            for (pixel, lanes) in line.as_chunks_mut::<3>().0.iter_mut().zip(&strips.narrow) {
                pixel.copy_from_slice(&lanes[4 * row..4 * row + 3]);
            }
        }
    }
}

/// Scales RGB8 pictures; keeps its tables and buffers for the next.
#[derive(Default)]
pub(crate) struct Scaler {
    axis: Axis,
    /// The picture at its new width and old height.
    narrowed: Vec<u8>,
    sums: Vec<i32>,
    strips: Strips,
}

impl Scaler {
    /// Scales `from` (row-major, `3 * width * height` bytes, sides at least 1) into `into`.
    pub(crate) fn scale(
        &mut self,
        from: &[u8],
        size: (usize, usize),
        into: &mut Vec<u8>,
        new_size: (usize, usize),
    ) {
        wide(Scaling { scaler: self, from, size, into, new_size });
    }

    #[inline(always)]
    fn scale_here(
        &mut self,
        from: &[u8],
        (width, height): (usize, usize),
        into: &mut Vec<u8>,
        (new_width, new_height): (usize, usize),
    ) {
        into.resize(3 * new_width * new_height, 0);
        let narrow = if new_width == width {
            from
        } else {
            self.axis.set(width, new_width);
            self.narrowed.resize(3 * new_width * height, 0);
            narrow_rows(&self.axis, from, width, &mut self.narrowed, new_width, &mut self.strips);
            &self.narrowed
        };
        if new_height == height {
            into.copy_from_slice(narrow);
            return;
        }
        self.axis.set(height, new_height);
        let pitch = 3 * new_width;
        for (out, (first, weights)) in into.chunks_exact_mut(pitch).zip(self.axis.iter()) {
            self.sums.clear();
            self.sums.resize(pitch, HALF);
            let rows = narrow[pitch * first..pitch * (first + weights.len())].chunks_exact(pitch);
            for (row, &weight) in rows.zip(weights) {
                for (sum, &value) in self.sums.iter_mut().zip(row) {
                    *sum += i32::from(value) * weight;
                }
            }
            for (value, &sum) in out.iter_mut().zip(&self.sums) {
                *value = clipped(sum);
            }
        }
    }
}

/// One call of [`Scaler::scale`], to be compiled for wide instructions too.
struct Scaling<'a> {
    scaler: &'a mut Scaler,
    from: &'a [u8],
    size: (usize, usize),
    into: &'a mut Vec<u8>,
    new_size: (usize, usize),
}

impl NullaryFnOnce for Scaling<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.scaler.scale_here(self.from, self.size, self.into, self.new_size);
    }
}

#[inline(always)]
fn clipped(sum: i32) -> u8 {
    (sum >> BITS).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaled(from: &[u8], size: (usize, usize), to: (usize, usize)) -> Vec<u8> {
        let mut into = Vec::new();
        Scaler::default().scale(from, size, &mut into, to);
        into
    }

    #[test]
    fn flat_colours_stay_flat() {
        let from = [12, 130, 255].repeat(7 * 5);
        for to in [(3, 2), (7, 5), (20, 31), (7, 1), (1, 5)] {
            assert_eq!(scaled(&from, (7, 5), to), [12, 130, 255].repeat(to.0 * to.1), "{to:?}");
        }
    }

    /// What Pillow makes of a row of five greys.
    #[test]
    fn a_row_as_the_reference_has_it() {
        let row: Vec<u8> = [0, 50, 100, 150, 255].iter().flat_map(|&v| [v; 3]).collect();
        for (to, want) in REFERENCE {
            let found: Vec<u8> = scaled(&row, (5, 1), (*to, 1)).chunks_exact(3).map(|p| p[0]).collect();
            assert_eq!(found, *want, "{to}");
            // The other axis likewise.
            let found: Vec<u8> = scaled(&row, (1, 5), (1, *to)).chunks_exact(3).map(|p| p[0]).collect();
            assert_eq!(found, *want, "{to} down");
        }
    }

    const REFERENCE: &[(usize, &[u8])] = &[
        (1, &[109]),
        (2, &[50, 167]),
        (3, &[21, 100, 210]),
        (4, &[13, 71, 129, 229]),
        (7, &[0, 29, 64, 100, 136, 195, 255]),
        (11, &[0, 9, 32, 55, 77, 100, 123, 145, 188, 236, 255]),
    ];
}
