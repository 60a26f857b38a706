//! Loops compiled a second time for the wide instructions that most processors of today have.

use pulp::NullaryFnOnce;

/// Runs `work` with the widest instructions that this processor is known to have (AVX2 and its companions on x86-64).
/// What it calls must be `#[inline(always)]` to be compiled for them.
#[inline(always)]
pub(crate) fn wide<W: NullaryFnOnce>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if let Some(has) = pulp::x86::V3::try_new() {
        return has.vectorize(work);
    }
    work.call()
}
