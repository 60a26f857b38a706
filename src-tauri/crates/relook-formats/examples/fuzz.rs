//! A million bent inputs for each reader, or as many as named, or for one reader: `fuzz [INPUTS [READER [SEED]]]`.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

#[path = "../tests/it/fuzz.rs"]
mod fuzz;

/// The most that is gone in one go, so that a hang shows by its seed.
const BATCH: u64 = 1000;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Ok(inputs) = arguments.next().map_or(Ok(1_000_000), |n| n.parse::<u64>()) else {
        eprintln!("usage: fuzz [INPUTS [READER [SEED]]]");
        return ExitCode::from(2);
    };
    let only = arguments.next();
    let first = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(0);
    println!(
        "{:<6} {:>9} {:>9} {:>9} {:>9} {:>9} {:>7} {:>16}",
        "reader", "inputs", "read", "refused", "shapes", "findings", "s", "slowest 1,000, s"
    );
    for reader in fuzz::READERS.into_iter().filter(|r| only.as_deref().is_none_or(|only| only == *r)) {
        let mut sum = fuzz::Tally::default();
        let (begin, mut slowest) = (Instant::now(), Duration::ZERO);
        for batch in 0..inputs.div_ceil(BATCH) {
            let at = Instant::now();
            let tally = fuzz::run(reader, BATCH.min(inputs - batch * BATCH), first + batch);
            slowest = slowest.max(at.elapsed());
            sum.read += tally.read;
            sum.refused += tally.refused;
            sum.shapes += tally.shapes;
            sum.findings += tally.findings;
        }
        println!(
            "{reader:<6} {inputs:>9} {:>9} {:>9} {:>9} {:>9} {:>7.0} {:>16.2}",
            sum.read,
            sum.refused,
            sum.shapes,
            sum.findings,
            begin.elapsed().as_secs_f64(),
            slowest.as_secs_f64()
        );
    }
    ExitCode::SUCCESS
}
