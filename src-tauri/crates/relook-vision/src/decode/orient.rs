//! EXIF orientation: which way up the camera was held.

use super::Upright;

/// Side of the squares in which pixels are moved; source and target of a square stay in the nearest cache.
const TILE: usize = 32;

/// Whether an orientation swaps width and height.
pub(super) fn swaps(orientation: u8) -> bool {
    (5..=8).contains(&orientation)
}

/// Turns stored pixels (RGB8, row-major) upright. Orientations outside 2..=8 leave them as they are.
pub(super) fn upright(width: u32, height: u32, rgb: Vec<u8>, orientation: u8) -> Upright {
    let (w, h) = (width as usize, height as usize);
    match orientation {
        2 => Upright { width, height, rgb: moved(&rgb, w, h, w, |x, y| (w - 1 - x, y)) },
        3 => Upright { width, height, rgb: moved(&rgb, w, h, w, |x, y| (w - 1 - x, h - 1 - y)) },
        4 => Upright { width, height, rgb: moved(&rgb, w, h, w, |x, y| (x, h - 1 - y)) },
        5 => Upright { width: height, height: width, rgb: moved(&rgb, h, w, w, |x, y| (y, x)) },
        6 => Upright { width: height, height: width, rgb: moved(&rgb, h, w, w, |x, y| (y, h - 1 - x)) },
        7 => {
            Upright { width: height, height: width, rgb: moved(&rgb, h, w, w, |x, y| (w - 1 - y, h - 1 - x)) }
        }
        8 => Upright { width: height, height: width, rgb: moved(&rgb, h, w, w, |x, y| (w - 1 - y, x)) },
        _ => Upright { width, height, rgb },
    }
}

/// A new image of `width` by `height` whose pixel (x, y) is the source's pixel `from(x, y)`.
fn moved(
    source: &[u8],
    width: usize,
    height: usize,
    source_width: usize,
    from: impl Fn(usize, usize) -> (usize, usize),
) -> Vec<u8> {
    let mut target = vec![0; 3 * width * height];
    for top in (0..height).step_by(TILE) {
        for left in (0..width).step_by(TILE) {
            for y in top..(top + TILE).min(height) {
                let line = &mut target[3 * y * width..3 * (y + 1) * width];
                for x in left..(left + TILE).min(width) {
                    let (sx, sy) = from(x, y);
                    let at = 3 * (sy * source_width + sx);
                    line[3 * x..3 * x + 3].copy_from_slice(&source[at..at + 3]);
                }
            }
        }
    }
    target
}
