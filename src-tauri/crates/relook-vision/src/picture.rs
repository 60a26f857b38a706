//! A photo with numbered boxes on it, for a look at what a model sees.

use std::path::Path;

use relook_domain::Rect;

use crate::decode::Upright;

/// Three bits a row, five rows a digit.
const DIGITS: [[u8; 5]; 10] = [
    [7, 5, 5, 5, 7],
    [2, 6, 2, 2, 7],
    [7, 1, 7, 4, 7],
    [7, 1, 7, 1, 7],
    [5, 5, 7, 1, 1],
    [7, 4, 7, 1, 7],
    [7, 4, 7, 5, 7],
    [7, 1, 2, 2, 2],
    [7, 5, 7, 5, 7],
    [7, 5, 7, 1, 7],
];
const LINE: [u8; 3] = [255, 60, 0];
const DIGIT: [u8; 3] = [255, 255, 255];

/// Writes the photo as PNG with the boxes on it (pixels of the photo), numbered from 1.
///
/// Errors: the file cannot be written.
pub fn picture(photo: &Upright, boxes: &[Rect], out: &Path) -> Result<(), String> {
    let (width, height) = (photo.width, photo.height);
    let mut rgb = photo.rgb.clone();
    let mut fill = |x1: f64, y1: f64, x2: f64, y2: f64, colour: [u8; 3]| {
        let (x1, x2) = (x1.max(0.0) as u32, (x2.min(f64::from(width))) as u32);
        for y in y1.max(0.0) as u32..(y2.min(f64::from(height))) as u32 {
            for x in x1..x2 {
                let at = 3 * (y as usize * width as usize + x as usize);
                rgb[at..at + 3].copy_from_slice(&colour);
            }
        }
    };
    let thick = f64::from(width.max(height) / 400).max(2.0);
    for (n, r) in boxes.iter().enumerate() {
        fill(r.x1, r.y1, r.x2, r.y1 + thick, LINE);
        fill(r.x1, r.y2 - thick, r.x2, r.y2, LINE);
        fill(r.x1, r.y1, r.x1 + thick, r.y2, LINE);
        fill(r.x2 - thick, r.y1, r.x2, r.y2, LINE);
        let digits = (n + 1).to_string();
        fill(r.x1, r.y1, r.x1 + thick * (4 * digits.len() + 1) as f64, r.y1 + 7.0 * thick, LINE);
        for (place, digit) in digits.bytes().enumerate() {
            for (row, bits) in DIGITS[usize::from(digit - b'0')].iter().enumerate() {
                for column in (0..3).filter(|column| bits & (4 >> column) != 0) {
                    let x = r.x1 + thick * (1 + 4 * place + column) as f64;
                    let y = r.y1 + thick * (1 + row) as f64;
                    fill(x, y, x + thick, y + thick, DIGIT);
                }
            }
        }
    }
    image::save_buffer_with_format(out, &rgb, width, height, image::ColorType::Rgb8, image::ImageFormat::Png)
        .map_err(|error| error.to_string())
}
