//! Rectangles in absolute pixels of the upright original.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An axis-aligned rectangle: `x1,y1` top left, `x2,y2` bottom right, in pixels (fractions allowed).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Rect {
    pub x1: f64,
    pub y1: f64,
    pub x2: f64,
    pub y2: f64,
}

impl Rect {
    /// A rectangle from two opposite corners in any order.
    #[must_use]
    pub fn from_corners(ax: f64, ay: f64, bx: f64, by: f64) -> Self {
        Self { x1: ax.min(bx), y1: ay.min(by), x2: ax.max(bx), y2: ay.max(by) }
    }

    #[must_use]
    pub fn width(&self) -> f64 {
        (self.x2 - self.x1).max(0.0)
    }

    #[must_use]
    pub fn height(&self) -> f64 {
        (self.y2 - self.y1).max(0.0)
    }

    /// Square pixels.
    #[must_use]
    pub fn area(&self) -> f64 {
        self.width() * self.height()
    }

    #[must_use]
    pub fn intersection(&self, other: &Self) -> f64 {
        let w = self.x2.min(other.x2) - self.x1.max(other.x1);
        let h = self.y2.min(other.y2) - self.y1.max(other.y1);
        if w <= 0.0 || h <= 0.0 { 0.0 } else { w * h }
    }

    /// Intersection over union, 0..=1; 0 when both are empty.
    #[must_use]
    pub fn iou(&self, other: &Self) -> f64 {
        let inter = self.intersection(other);
        let union = self.area() + other.area() - inter;
        if union <= 0.0 { 0.0 } else { inter / union }
    }

    /// The part inside an image of `width` by `height` pixels; `None` when nothing with an area is left or a
    /// coordinate is not a finite number.
    #[must_use]
    pub fn clip(&self, width: u32, height: u32) -> Option<Self> {
        if ![self.x1, self.y1, self.x2, self.y2].iter().all(|v| v.is_finite()) {
            return None;
        }
        let (w, h) = (f64::from(width), f64::from(height));
        let r = Self {
            x1: self.x1.clamp(0.0, w),
            y1: self.y1.clamp(0.0, h),
            x2: self.x2.clamp(0.0, w),
            y2: self.y2.clamp(0.0, h),
        };
        (r.x2 > r.x1 && r.y2 > r.y1).then_some(r)
    }

    /// The mean of two rectangles, `weight` (0..=1) being the share of `other`.
    #[must_use]
    pub fn blend(&self, other: &Self, weight: f64) -> Self {
        let mix = |a: f64, b: f64| a + (b - a) * weight;
        Self {
            x1: mix(self.x1, other.x1),
            y1: mix(self.y1, other.y1),
            x2: mix(self.x2, other.x2),
            y2: mix(self.y2, other.y2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x1: f64, y1: f64, x2: f64, y2: f64) -> Rect {
        Rect { x1, y1, x2, y2 }
    }

    #[test]
    fn iou_of_known_pairs() {
        for (a, b, want) in [
            (rect(0.0, 0.0, 10.0, 10.0), rect(0.0, 0.0, 10.0, 10.0), 1.0),
            (rect(0.0, 0.0, 10.0, 10.0), rect(5.0, 0.0, 15.0, 10.0), 1.0 / 3.0),
            (rect(0.0, 0.0, 10.0, 10.0), rect(10.0, 0.0, 20.0, 10.0), 0.0),
            (rect(0.0, 0.0, 0.0, 0.0), rect(0.0, 0.0, 0.0, 0.0), 0.0),
        ] {
            assert!((a.iou(&b) - want).abs() < 1e-12, "{a:?} {b:?}");
            assert!((b.iou(&a) - want).abs() < 1e-12, "symmetric");
        }
    }

    #[test]
    fn clip_keeps_what_is_inside_and_refuses_the_rest() {
        assert_eq!(rect(-5.0, -5.0, 5.0, 500.0).clip(100, 50), Some(rect(0.0, 0.0, 5.0, 50.0)));
        assert_eq!(rect(120.0, 0.0, 130.0, 10.0).clip(100, 50), None);
        assert_eq!(rect(f64::NAN, 0.0, 10.0, 10.0).clip(100, 50), None);
    }
}
