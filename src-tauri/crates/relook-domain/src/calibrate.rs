//! Thresholds learnt from decisions: from which score on a label's boxes are right as often as wanted.
//!
//! What is promised is tested, not read off a curve. Thresholds are tried from the surest scores downwards, in an order that
//! depends on scores alone, until the first that fails; so the chance that a promise is broken stays below
//! 1 - [`CONFIDENCE`], however many are tried. Each test is exact (Clopper and Pearson). The only assumption is that a box
//! with a higher score is not less often right.

use std::collections::BTreeMap;

use serde::Serialize;
use ts_rs::TS;

use crate::ids::LabelId;

/// How sure a promise is.
pub const CONFIDENCE: f64 = 0.95;
/// No promise rests on fewer decisions, however low the precision wanted.
const FEWEST: u64 = 50;
/// The chance of a broken promise that each of three ways to it may have.
const SHARED: f64 = (1.0 - CONFIDENCE) / 3.0;
/// Thresholds are thousandths.
const GRAINS: f64 = 1000.0;
/// So much larger the share of decisions above a score may be than that of the boxes to be accepted.
const SLACK: f64 = 0.05;
const BINS: usize = 10;

/// A box that a person decided: what the models said, and whether they were right as it stood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    pub label: LabelId,
    /// 0..=1.
    pub score: f64,
    pub right: bool,
}

/// Undecided boxes of one label and score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    pub label: LabelId,
    /// 0..=1.
    pub score: f64,
    pub boxes: u64,
}

/// From `from` on a box is right with this probability, up to the next step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
pub struct Step {
    pub from: f64,
    pub probability: f64,
    pub decisions: u64,
}

/// Decisions with a score in `from..to` (the last one: up to 1).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
pub struct Bin {
    pub from: f64,
    pub to: f64,
    pub decisions: u64,
    pub right: u64,
    /// Mean score; `None`: no decisions.
    pub score: Option<f64>,
    /// Between these the share that is right lies, as [`interval`] has it; `None`: no decisions.
    pub between: Option<(f64, f64)>,
}

/// A threshold that keeps the promise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
pub struct Proposal {
    pub accept_at: f64,
    /// The decisions that it rests on, and how many of them were right.
    pub decisions: u64,
    pub right: u64,
    /// Between these the precision lies, as [`interval`] has it; the lower one is at least the precision wanted.
    pub between: (f64, f64),
    /// The undecided boxes from `accept_at` on.
    pub boxes: u64,
    /// Share of them that is right by the curve; `None`: there are none.
    pub expected: Option<f64>,
}

/// What was learnt of one label, or of several that have too few decisions each.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// By id.
    pub labels: Vec<LabelId>,
    pub decisions: u64,
    pub right: u64,
    /// `None`: too few decisions, or the boxes are not right often enough.
    pub proposal: Option<Proposal>,
    /// Probability by score, never falling (isotonic: pooled adjacent violators).
    pub curve: Vec<Step>,
    /// Reliability: score against share that is right, in ten bins.
    pub reliability: Vec<Bin>,
}

/// How many decisions are needed at least before anything is promised; `None` unless 0.5 <= `precision` < 1.
#[must_use]
pub fn needed(precision: f64) -> Option<u64> {
    (0.5..1.0).contains(&precision).then(|| least(precision, 1.0 - CONFIDENCE))
}

/// So many decisions, all right, are less likely than `chance` where the precision is below what is wanted.
fn least(precision: f64, chance: f64) -> u64 {
    ((chance.ln() / precision.ln()).ceil() as u64).max(FEWEST)
}

/// Fits each label that has decisions enough by itself, and the others together (last). Nothing for a precision of which
/// [`needed`] knows nothing.
#[must_use]
pub fn learn(decisions: &[Decision], waiting: &[Waiting], precision: f64) -> Vec<Fit> {
    let Some(needed) = needed(precision) else { return Vec::new() };
    let mut by_label: BTreeMap<LabelId, Vec<Decision>> = BTreeMap::new();
    for d in decisions {
        by_label.entry(d.label).or_default().push(*d);
    }
    let enough = 2 * least(precision, SHARED);
    let (own, few): (Vec<_>, Vec<_>) = by_label.into_iter().partition(|(_, d)| d.len() as u64 >= enough);
    let fit = |labels: Vec<LabelId>, mut decisions: Vec<Decision>| {
        decisions.sort_by(|a, b| b.score.total_cmp(&a.score));
        let mut waiting: Vec<_> = waiting.iter().filter(|w| labels.contains(&w.label)).copied().collect();
        waiting.sort_by(|a, b| b.score.total_cmp(&a.score));
        let curve = isotonic(&decisions);
        Fit {
            decisions: decisions.len() as u64,
            right: right(&decisions),
            proposal: propose(&decisions, &waiting, precision, needed, &curve),
            reliability: bins(&decisions),
            curve,
            labels,
        }
    };
    let mut fits: Vec<Fit> = own.into_iter().map(|(label, decisions)| fit(vec![label], decisions)).collect();
    if !few.is_empty() {
        let labels = few.iter().map(|(label, _)| *label).collect();
        fits.push(fit(labels, few.into_iter().flat_map(|(_, decisions)| decisions).collect()));
    }
    fits
}

fn right(decisions: &[Decision]) -> u64 {
    decisions.iter().filter(|d| d.right).count() as u64
}

/// Both lists fall by score.
fn propose(
    decisions: &[Decision],
    waiting: &[Waiting],
    precision: f64,
    needed: u64,
    curve: &[Step],
) -> Option<Proposal> {
    let all = decisions.len() as u64;
    // Several ways down share the chance of a broken promise: one that begins with few decisions finds a small region that is
    // good enough, one that begins with more is not stopped by a mistake or two at the top.
    let first = least(precision, SHARED);
    let begins: Vec<u64> = [first, 2 * first, 4 * first].into_iter().filter(|n| *n <= all).collect();
    let ways = if begins.is_empty() {
        vec![(needed, 1.0 - CONFIDENCE)]
    } else {
        begins.into_iter().map(|fewest| (fewest, SHARED)).collect()
    };
    let found = ways
        .into_iter()
        .filter_map(|(fewest, chance)| way_down(decisions, waiting, precision, needed, fewest, chance));
    let (at, decisions, right) = found.min_by(|a, b| a.0.total_cmp(&b.0))?;
    let to_accept = &waiting[..waiting.partition_point(|w| w.score >= at)];
    let boxes = to_accept.iter().map(|w| w.boxes).sum::<u64>();
    let sum: f64 = to_accept.iter().map(|w| w.boxes as f64 * probability(curve, w.score)).sum();
    let expected = (boxes > 0).then(|| sum / boxes as f64);
    Some(Proposal { accept_at: at, decisions, right, between: interval(right, decisions), boxes, expected })
}

/// The lowest threshold before the first whose test fails, with the decisions it rests on and the right ones among them.
/// Thresholds with fewer than `fewest` to rest on are passed over.
fn way_down(
    decisions: &[Decision],
    waiting: &[Waiting],
    precision: f64,
    needed: u64,
    fewest: u64,
    chance: f64,
) -> Option<(f64, u64, u64)> {
    let all = decisions.len() as u64;
    let mut found = None;
    let mut count = fewest;
    while count <= all {
        let at = (decisions[count as usize - 1].score * GRAINS).floor() / GRAINS;
        let above = &decisions[..decisions.partition_point(|d| d.score >= at)];
        let to_accept = &waiting[..waiting.partition_point(|w| w.score >= at)];
        let fair = &above[not_like(above, to_accept)..];
        let (n, good) = (fair.len() as u64, right(fair));
        if n >= fewest {
            // The chance of so few mistakes, were the precision just below what is wanted.
            if at_most(n - good, n, 1.0 - precision) > chance {
                break;
            }
            found = Some((at, n, good));
        }
        if count == all {
            break;
        }
        count = (count + needed / 2).min(all);
    }
    found
}

/// How many of the surest decisions to leave out, so that those left do not score higher on the whole than the boxes to be
/// accepted: decisions on sure boxes say nothing good of less sure ones. Both fall by score and begin at the threshold.
fn not_like(above: &[Decision], to_accept: &[Waiting]) -> usize {
    let all: u64 = to_accept.iter().map(|w| w.boxes).sum();
    if all == 0 {
        return 0;
    }
    let n = above.len() as f64;
    let (mut place, mut passed) = (0, 0);
    let mut leave_out: f64 = 0.0;
    for (at, decision) in above.iter().enumerate() {
        while place < to_accept.len() && to_accept[place].score >= decision.score {
            passed += to_accept[place].boxes;
            place += 1;
        }
        let share = passed as f64 / all as f64 + SLACK;
        if share < 1.0 {
            // Of n - k decisions left, at + 1 - k score at least as high as this one.
            leave_out = leave_out.max(((at + 1) as f64 - share * n) / (1.0 - share));
        }
    }
    (leave_out.ceil() as usize).min(above.len())
}

/// The chance of at most `k` of `n`, each with the chance `p` (0..1).
fn at_most(k: u64, n: u64, p: f64) -> f64 {
    if k >= n || p <= 0.0 {
        return 1.0;
    }
    if p >= 1.0 {
        return 0.0;
    }
    // In logarithms: with many decisions each term is below what a number can hold.
    let odds = (p / (1.0 - p)).ln();
    let mut term = n as f64 * (1.0 - p).ln();
    let (mut largest, mut sum) = (term, 1.0);
    for i in 0..k {
        term += ((n - i) as f64 / (i + 1) as f64).ln() + odds;
        if term > largest {
            sum = sum * (largest - term).exp() + 1.0;
            largest = term;
        } else {
            sum += (term - largest).exp();
        }
    }
    (largest.exp() * sum).min(1.0)
}

/// Clopper and Pearson's interval of a share of which `right` of `n` were seen: either end is passed with a chance of at
/// most 1 - [`CONFIDENCE`].
#[must_use]
pub fn interval(right: u64, n: u64) -> (f64, f64) {
    let wrong = n - right.min(n);
    // The largest share of what was seen `k` times that still leaves a chance of so few.
    let bound = |k: u64| {
        if k >= n {
            return 1.0;
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..50 {
            let middle = f64::midpoint(low, high);
            if at_most(k, n, middle) > 1.0 - CONFIDENCE { low = middle } else { high = middle }
        }
        high
    };
    (1.0 - bound(wrong), bound(right.min(n)))
}

/// `decisions` fall by score. Equal scores are one step.
fn isotonic(decisions: &[Decision]) -> Vec<Step> {
    let mut steps: Vec<(f64, u64, u64)> = Vec::new();
    for d in decisions.iter().rev() {
        let one = u64::from(d.right);
        match steps.last_mut() {
            Some((from, n, right)) if *from == d.score => (*n, *right) = (*n + 1, *right + one),
            _ => steps.push((d.score, 1, one)),
        }
    }
    let mut pooled: Vec<(f64, u64, u64)> = Vec::new();
    for mut step in steps {
        while let Some((from, n, right)) = pooled.pop() {
            // right / n < step's: as it should be.
            if right * step.1 < step.2 * n {
                pooled.push((from, n, right));
                break;
            }
            step = (from, n + step.1, right + step.2);
        }
        pooled.push(step);
    }
    let step =
        |(from, n, right): (f64, u64, u64)| Step { from, probability: right as f64 / n as f64, decisions: n };
    pooled.into_iter().map(step).collect()
}

fn probability(curve: &[Step], score: f64) -> f64 {
    let place = curve.partition_point(|s| s.from <= score);
    curve.get(place.saturating_sub(1)).map_or(0.0, |s| s.probability)
}

fn bins(decisions: &[Decision]) -> Vec<Bin> {
    let mut sums = [(0_u64, 0_u64, 0.0); BINS];
    for d in decisions {
        let sum = &mut sums[((d.score * BINS as f64) as usize).min(BINS - 1)];
        *sum = (sum.0 + 1, sum.1 + u64::from(d.right), sum.2 + d.score);
    }
    let bin = |(place, (n, right, score)): (usize, (u64, u64, f64))| Bin {
        from: place as f64 / BINS as f64,
        to: (place + 1) as f64 / BINS as f64,
        decisions: n,
        right,
        score: (n > 0).then(|| score / n as f64),
        between: (n > 0).then(|| interval(right, n)),
    };
    sums.into_iter().enumerate().map(bin).collect()
}

#[cfg(test)]
mod tests;
