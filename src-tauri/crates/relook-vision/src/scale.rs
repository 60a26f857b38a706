//! Making RGB8 pictures smaller or larger.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

/// Resamples `from` into `into`; both row-major RGB8 of the given width and height. `filter` is widened when shrinking.
/// Errors: a buffer does not hold its size.
pub(crate) fn resample(
    resizer: &mut Resizer,
    filter: FilterType,
    (from, from_size): (&[u8], (u32, u32)),
    (into, into_size): (&mut [u8], (u32, u32)),
) -> Result<(), String> {
    // Typed, so that the code of one kind of pixel is compiled and not of all thirteen.
    let from = TypedImageRef::<U8x3>::from_buffer(from_size.0, from_size.1, from);
    let from = from.map_err(|error| error.to_string())?;
    let into = TypedImage::<U8x3>::from_buffer(into_size.0, into_size.1, into);
    let mut into = into.map_err(|error| error.to_string())?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).use_alpha(false);
    resizer.resize_typed(&from, &mut into, &options).map_err(|error| error.to_string())
}
