//! COCO's runs over the whole image, column by column, as ours over a rectangle, row by row.

use std::collections::BTreeSet;

use relook_domain::{Geometry, Rect, Shape};

/// Runs from the text that pycocotools packs them into: six bits a character, and from the fourth run on the difference to
/// the run before the last.
///
/// # Errors
/// What is wrong, in words.
pub(super) fn unpacked(text: &str) -> Result<Vec<u32>, String> {
    /// Runs up to this many bits.
    const MOST_BITS: u32 = 40;
    let mut runs: Vec<i64> = Vec::new();
    let mut bytes = text.bytes();
    while let Some(first) = bytes.next() {
        let (mut value, mut shift, mut byte) = (0_i64, 0, first);
        loop {
            if !(48..112).contains(&byte) {
                return Err("the packed runs hold a character that they cannot".to_owned());
            }
            let six = i64::from(byte - 48);
            value |= (six & 0x1f) << shift;
            shift += 5;
            if six & 0x20 == 0 {
                if six & 0x10 != 0 {
                    value |= -1_i64 << shift;
                }
                break;
            }
            if shift >= MOST_BITS {
                return Err("a packed run is too long".to_owned());
            }
            byte = bytes.next().ok_or("the packed runs end in the middle")?;
        }
        if runs.len() > 2 {
            value += runs[runs.len() - 2];
        }
        runs.push(value);
    }
    let fits = |run: i64| u32::try_from(run).map_err(|_| format!("a packed run is {run}"));
    runs.into_iter().map(fits).collect()
}

/// A mask cut to its pixels, from runs over `width` by `height` pixels.
///
/// # Errors
/// What is wrong, in words: runs that do not fill the image, none that is on, more than `most` runs in the result.
pub(super) fn by_rows(runs: &[u32], width: u32, height: u32, most: usize) -> Result<Geometry, String> {
    let pixels = u64::from(width) * u64::from(height);
    let filled: u64 = runs.iter().map(|r| u64::from(*r)).sum();
    if filled != pixels {
        return Err(format!(
            "the runs of a mask cover {filled} pixels, but {width} by {height} are {pixels}"
        ));
    }
    let (steps, left, right) = steps(runs, u64::from(height), most)?;
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
        return Err("no pixel of a mask is on".to_owned());
    };
    let (top, bottom, across) = (first.0, last.0, right - left);
    let mut out = Rows { runs: vec![0], most };
    let mut columns = BTreeSet::new();
    let mut at = 0;
    while let Some((y, ..)) = steps.get(at).copied() {
        while let Some((_, on, x)) = steps.get(at).filter(|step| step.0 == y) {
            if *on {
                columns.insert(*x);
            } else {
                columns.remove(x);
            }
            at += 1;
        }
        let rows = steps.get(at).map_or(bottom, |next| next.0) - y;
        let stretches = stretches(&columns);
        match stretches[..] {
            [] => out.add(false, rows * across)?,
            [(from, to)] if to - from == across => out.add(true, rows * across)?,
            _ => {
                for _ in 0..rows {
                    let mut x = left;
                    for (from, to) in &stretches {
                        out.add(false, from - x)?;
                        out.add(true, to - from)?;
                        x = *to;
                    }
                    out.add(false, right - x)?;
                }
            }
        }
    }
    let rect = Rect { x1: left as f64, y1: top as f64, x2: right as f64, y2: bottom as f64 };
    Ok(Geometry { rect, rotation: 0.0, shape: Shape::Mask { runs: out.runs } })
}

/// Where a column begins (true) or ceases to be on, from the top, with the first column and the one after the last.
type Steps = (Vec<(u64, bool, u64)>, u64, u64);

fn steps(runs: &[u32], height: u64, most: usize) -> Result<Steps, String> {
    let mut steps = Vec::new();
    let (mut left, mut right) = (u64::MAX, 0);
    let mut begin = 0;
    for (n, run) in runs.iter().enumerate() {
        let end = begin + u64::from(*run);
        while n % 2 == 1 && begin < end {
            let x = begin / height;
            let stop = end.min((x + 1) * height);
            if steps.len() / 2 >= most {
                return Err(too_fine(most));
            }
            steps.push((begin % height, true, x));
            steps.push((stop - x * height, false, x));
            (left, right) = (left.min(x), right.max(x + 1));
            begin = stop;
        }
        begin = end;
    }
    // A column that ceases and begins at one height goes on.
    steps.sort_unstable();
    Ok((steps, left, right))
}

/// Columns side by side as stretches from one up to another.
fn stretches(columns: &BTreeSet<u64>) -> Vec<(u64, u64)> {
    let mut out: Vec<(u64, u64)> = Vec::new();
    for x in columns {
        match out.last_mut() {
            Some((_, to)) if to == x => *to += 1,
            _ => out.push((*x, x + 1)),
        }
    }
    out
}

fn too_fine(most: usize) -> String {
    format!("a mask has more than {most} runs")
}

/// Runs, off first.
struct Rows {
    runs: Vec<u32>,
    most: usize,
}

impl Rows {
    fn add(&mut self, on: bool, pixels: u64) -> Result<(), String> {
        let mut left = u32::try_from(pixels).map_err(|_| "a mask has too many pixels".to_owned())?;
        let last_is_on = self.runs.len().is_multiple_of(2);
        if on == last_is_on
            && let Some(last) = self.runs.last_mut()
        {
            *last = last.checked_add(left).ok_or("a mask has too many pixels")?;
            left = 0;
        }
        if left > 0 {
            if self.runs.len() >= self.most {
                return Err(too_fine(self.most));
            }
            self.runs.push(left);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_runs_are_those_of_pycocotools() {
        // mask.encode of 5 by 4 pixels with the middle 3 by 2 on, and the first columns of a disc in 400 by 300.
        assert_eq!(unpacked("5220003"), Ok(vec![5, 2, 2, 2, 2, 2, 5]));
        let disc = [54444, 13, 285, 17, 281, 21, 278, 23, 275, 27, 272];
        assert_eq!(unpacked("\\Ue1=m84L4M2M4M").unwrap(), disc);
        for text in ["\u{1}", "P", "oooooooooooo0", "0é"] {
            assert!(unpacked(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn every_mask_of_three_by_three_keeps_its_pixels() {
        for bits in 1_u32..512 {
            // Column by column.
            let on = |i: u32| bits >> i & 1 == 1;
            let mut runs = vec![0_u32];
            for i in 0..9 {
                if on(i) == (runs.len() % 2 == 0) {
                    *runs.last_mut().unwrap() += 1;
                } else {
                    runs.push(1);
                }
            }
            let mask = by_rows(&runs, 3, 3, 100).unwrap();
            let Shape::Mask { runs } = &mask.shape else { panic!() };
            let (mut at, mut seen, w) = (0, 0_u32, mask.rect.width() as u32);
            for (n, run) in runs.iter().enumerate() {
                for i in at..at + run {
                    let (x, y) = (mask.rect.x1 as u32 + i % w, mask.rect.y1 as u32 + i / w);
                    seen |= u32::from(n % 2 == 1) << (x * 3 + y);
                }
                at += run;
            }
            assert_eq!(seen, bits, "{mask:?}");
            assert_eq!(f64::from(at), mask.rect.area());
            assert_eq!(mask.sound(3, 3), Some(mask.clone()), "cut to its pixels");
        }
    }

    #[test]
    fn masks_without_sense_are_told() {
        for (runs, most, part) in [
            (vec![4], 9, "cover 4 pixels"),
            (vec![9], 9, "no pixel"),
            (vec![0, 1, 1, 1, 1, 1, 1, 1, 1, 1], 3, "more than 3 runs"),
        ] {
            assert!(by_rows(&runs, 3, 3, most).unwrap_err().contains(part), "{runs:?}");
        }
        // 40,000 stripes of 40,000 pixels would be 800 million runs.
        let runs: Vec<u32> = vec![40_000; 40_000];
        assert!(by_rows(&runs, 40_000, 40_000, 1 << 22).unwrap_err().contains("runs"));
    }
}
