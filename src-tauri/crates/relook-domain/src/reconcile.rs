//! The second look's verdicts: what the larger model's boxes make of the draft's.
//!
//! A pure function over one image. The larger model *sees* a box when its score is at least `drop_below`; weaker
//! boxes of its never change anything, they are only kept for those who want every detection.

use crate::{
    annotation::{Standing, Verdict},
    doubt::{Thresholds, doubt},
    geometry::Rect,
    ids::LabelId,
    matching::match_boxes,
};

/// A box as one model gave it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    pub rect: Rect,
    pub label: LabelId,
    pub score: f64,
}

/// A box of the draft, whether a person has already decided it, and whether the larger model was shown where it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DraftBox {
    pub seen: Seen,
    pub decided: bool,
    pub shown: bool,
}

/// What the reconciliation goes by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    pub thresholds: Thresholds,
    /// From this IoU on two boxes speak of the same object.
    pub match_iou: f64,
    /// From this IoU on their geometry counts as the same; the larger model's corners are taken in any case.
    pub close_iou: f64,
    /// What the smaller model's score of the same box adds: the larger one's doubt (1 - score) shrinks by this share of it.
    pub backing: f64,
    /// What is left of the score of a confident box that the larger model contradicts.
    pub disputed: f64,
    /// What is left of the score of any other box that the larger model did not see.
    pub unseen: f64,
}

impl Rules {
    #[must_use]
    pub fn new(thresholds: Thresholds) -> Self {
        Self { thresholds, match_iou: 0.5, close_iou: 0.8, backing: 0.2, disputed: 0.7, unseen: 0.3 }
    }
}

/// What becomes of one draft box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ruling {
    /// Place among the draft's boxes.
    pub draft: usize,
    /// Place among the larger model's boxes of the one it was matched with; for a disagreement, of the one that stands
    /// where it stands, if there is any.
    pub second: Option<usize>,
    /// `None`: nothing was asked of it (not shown, or too weak to be doubted), or it is a disagreement.
    pub verdict: Option<Verdict>,
    pub rect: Rect,
    pub label: LabelId,
    pub score: f64,
    pub standing: Standing,
    /// A confident box that the larger model contradicts; label and geometry stay as they were.
    pub disagreement: bool,
    pub doubt: f64,
}

/// A box that only the larger model saw; its verdict is [`Verdict::Added`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Addition {
    /// Place among the larger model's boxes.
    pub second: usize,
    pub standing: Standing,
    pub doubt: f64,
}

/// The outcome for one image.
#[derive(Clone, Debug, PartialEq)]
pub struct Reconciled {
    /// One for each draft box that no person has decided, in the draft's order.
    pub rulings: Vec<Ruling>,
    /// In the larger model's order.
    pub additions: Vec<Addition>,
}

/// Holds the draft's boxes of one image against the larger model's.
///
/// Every undecided low-confidence draft box ends with exactly one verdict; every box the larger model sees is used
/// exactly once: as a match or as an addition.
#[must_use]
pub fn reconcile(draft: &[DraftBox], second: &[Seen], rules: &Rules) -> Reconciled {
    let t = &rules.thresholds;
    let strong: Vec<usize> = (0..second.len()).filter(|s| second[*s].score >= t.drop_below).collect();
    let draft_rects: Vec<Rect> = draft.iter().map(|d| d.seen.rect).collect();
    let strong_rects: Vec<Rect> = strong.iter().map(|s| second[*s].rect).collect();
    let weight = |d: usize, s: usize, iou: f64| {
        let same = draft[d].seen.label == second[strong[s]].label;
        // A box too weak to stand cannot dispute a label; it may only be raised by one who agrees.
        let weak = !draft[d].decided && draft[d].seen.score < t.drop_below;
        if weak && !same { f64::NEG_INFINITY } else { iou + if same { 1.0 } else { 0.0 } }
    };
    let pairs = match_boxes(&draft_rects, &strong_rects, rules.match_iou, weight);
    let mut matched: Vec<Option<(usize, f64)>> = vec![None; draft.len()];
    let mut used = vec![false; second.len()];
    for pair in pairs {
        if weight(pair.left, pair.right, pair.iou).is_finite() {
            matched[pair.left] = Some((strong[pair.right], pair.iou));
            used[strong[pair.right]] = true;
        }
    }
    let rulings = (0..draft.len())
        .filter(|d| !draft[*d].decided)
        .map(|d| {
            let weak =
                second.iter().filter(|s| s.score < t.drop_below && same_object(s, &draft[d].seen, rules));
            let weak = weak.map(|s| s.score).fold(0.0, f64::max);
            let found = matched[d].map(|(s, iou)| (s, second[s], iou));
            let mut ruling = rule(d, &draft[d], found, weak, rules);
            if ruling.disagreement && ruling.second.is_none() {
                ruling.second = rival(&draft[d].seen.rect, second, &strong, rules.match_iou);
            }
            ruling
        })
        .collect();
    let echoes = |s: &Seen| draft.iter().any(|d| same_object(s, &d.seen, rules));
    let additions = (0..second.len())
        .filter(|s| !used[*s] && (second[*s].score >= t.drop_below || !echoes(&second[*s])))
        .map(|s| Addition {
            second: s,
            standing: t.standing(second[s].score),
            doubt: doubt(second[s].score, Some(Verdict::Added), false),
        })
        .collect();
    Reconciled { rulings, additions }
}

/// What the models made of one box between them, from the opinions kept beside it: whatever a person did to the box
/// since. `None`: neither said anything.
#[must_use]
pub fn between_them(
    draft: Option<Seen>,
    second: Option<Seen>,
    disputed: bool,
    rules: &Rules,
) -> Option<Seen> {
    match (draft, second) {
        (Some(draft), Some(second)) if !disputed => {
            let out = reconcile(&[DraftBox { seen: draft, decided: false, shown: true }], &[second], rules);
            out.rulings.first().map(|r| Seen { rect: r.rect, label: r.label, score: r.score })
        }
        (draft, second) => draft.or(second),
    }
}

/// What the larger model saw where a disputed box is, even if another draft box was matched with it.
fn rival(rect: &Rect, second: &[Seen], strong: &[usize], min_iou: f64) -> Option<usize> {
    let overlap = |s: usize| rect.iou(&second[s].rect);
    strong
        .iter()
        .copied()
        .filter(|s| overlap(*s) >= min_iou)
        .max_by(|a, b| overlap(*a).total_cmp(&overlap(*b)).then(b.cmp(a)))
}

fn same_object(a: &Seen, b: &Seen, rules: &Rules) -> bool {
    a.label == b.label && a.rect.iou(&b.rect) >= rules.match_iou
}

/// `weak`: the best score of what the larger model gave for the same object without being sure enough to have seen it.
fn rule(
    place: usize,
    boxed: &DraftBox,
    matched: Option<(usize, Seen, f64)>,
    weak: f64,
    rules: &Rules,
) -> Ruling {
    let (t, draft) = (&rules.thresholds, &boxed.seen);
    let confident = draft.score >= t.accept_at;
    let second = matched.map(|(s, ..)| s);
    let both = |second: f64| 1.0 - (1.0 - second) * (1.0 - rules.backing * draft.score);
    // Of a box that the larger model did not see.
    let alone = |left: f64| if weak > 0.0 { both(weak).max(left * draft.score) } else { left * draft.score };
    let end = |verdict, rect, label, score: f64, standing, disagreement| Ruling {
        draft: place,
        second,
        verdict,
        rect,
        label,
        score,
        standing,
        disagreement,
        doubt: doubt(score, verdict, disagreement),
    };
    match matched {
        Some((_, seen, iou)) if seen.label == draft.label => {
            let score = both(seen.score);
            let verdict = if iou >= rules.close_iou { Verdict::Confirmed } else { Verdict::Moved };
            end(Some(verdict), seen.rect, draft.label, score, t.standing(score), false)
        }
        Some((_, seen, _)) if !confident => {
            end(Some(Verdict::Relabelled), seen.rect, seen.label, seen.score, Standing::Doubtful, false)
        }
        // Nothing was asked about it.
        _ if !boxed.shown => end(None, draft.rect, draft.label, draft.score, t.standing(draft.score), false),
        // Contradicted: another label there, or nothing.
        Some(_) | None if confident => {
            end(None, draft.rect, draft.label, alone(rules.disputed), Standing::Doubtful, true)
        }
        _ if t.is_low_confidence(draft.score) => {
            let score = alone(rules.unseen);
            end(Some(Verdict::Rejected), draft.rect, draft.label, score, Standing::Withdrawn, false)
        }
        _ => end(None, draft.rect, draft.label, alone(rules.unseen), Standing::Withdrawn, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOG: LabelId = LabelId(1);
    const CAT: LabelId = LabelId(2);

    fn seen(x: f64, label: LabelId, score: f64) -> Seen {
        Seen { rect: Rect { x1: x, y1: 0.0, x2: x + 100.0, y2: 100.0 }, label, score }
    }

    fn undecided(seen: Seen) -> DraftBox {
        DraftBox { seen, decided: false, shown: true }
    }

    fn rules() -> Rules {
        Rules::new(Thresholds::default())
    }

    #[test]
    fn one_draft_box_against_what_the_larger_model_saw() {
        use Standing::{Doubtful, Settled, Withdrawn};
        use Verdict::{Confirmed, Moved, Rejected, Relabelled};
        // draft score, then what the larger model saw: (shift in px, label, score); then verdict, standing, dispute
        #[expect(clippy::type_complexity, reason = "a table reads best as a table")]
        let table: &[(f64, Option<(f64, LabelId, f64)>, Option<Verdict>, Standing, bool)] = &[
            (0.4, Some((2.0, DOG, 0.9)), Some(Confirmed), Settled, false),
            (0.4, Some((2.0, DOG, 0.5)), Some(Confirmed), Doubtful, false),
            (0.4, Some((25.0, DOG, 0.9)), Some(Moved), Settled, false),
            (0.4, Some((2.0, CAT, 0.9)), Some(Relabelled), Doubtful, false),
            (0.4, None, Some(Rejected), Withdrawn, false),
            (0.4, Some((60.0, DOG, 0.9)), Some(Rejected), Withdrawn, false),
            (0.4, Some((2.0, DOG, 0.1)), Some(Rejected), Withdrawn, false),
            (0.9, Some((2.0, DOG, 0.9)), Some(Confirmed), Settled, false),
            (0.9, Some((2.0, CAT, 0.9)), None, Doubtful, true),
            (0.9, None, None, Doubtful, true),
            (0.1, None, None, Withdrawn, false),
            (0.1, Some((2.0, DOG, 0.9)), Some(Confirmed), Settled, false),
            (0.1, Some((2.0, CAT, 0.9)), None, Withdrawn, false),
        ];
        for (score, second, verdict, standing, disagreement) in table {
            let second: Vec<_> = second.iter().map(|(x, label, s)| seen(*x, *label, *s)).collect();
            let out = reconcile(&[undecided(seen(0.0, DOG, *score))], &second, &rules());
            let r = out.rulings[0];
            let case = format!("{score} {second:?}");
            assert_eq!(
                (r.verdict, r.standing, r.disagreement),
                (*verdict, *standing, *disagreement),
                "{case}"
            );
        }
    }

    #[test]
    fn opinions_alone_tell_what_became_of_a_box() {
        let draft = seen(0.0, DOG, 0.4);
        for second in [seen(4.0, DOG, 0.8), seen(25.0, DOG, 0.9), seen(4.0, CAT, 0.8)] {
            let ruling = reconcile(&[undecided(draft)], &[second], &rules()).rulings[0];
            let told = between_them(Some(draft), Some(second), false, &rules()).unwrap();
            assert_eq!((told.rect, told.label, told.score), (ruling.rect, ruling.label, ruling.score));
        }
        let (sure, rival) = (seen(0.0, DOG, 0.9), seen(9.0, DOG, 0.95));
        assert_eq!(
            between_them(Some(sure), Some(rival), true, &rules()),
            Some(sure),
            "disputed: left as drafted"
        );
        assert_eq!(between_them(None, Some(rival), false, &rules()), Some(rival));
        assert_eq!(between_them(None, None, false, &rules()), None);
    }

    #[test]
    fn geometry_and_scores_of_each_verdict() {
        let draft = [undecided(seen(0.0, DOG, 0.4))];
        let one = |x, label, score| reconcile(&draft, &[seen(x, label, score)], &rules()).rulings[0];
        let confirmed = one(4.0, DOG, 0.8);
        assert_eq!((confirmed.verdict, confirmed.rect.x1), (Some(Verdict::Confirmed), 4.0));
        assert!(
            (confirmed.score - 0.816).abs() < 1e-9,
            "1 - (1 - 0.8) * (1 - 0.2 * 0.4): {}",
            confirmed.score
        );
        let (rejected, suspected) = (one(300.0, DOG, 0.9), one(4.0, DOG, 0.1));
        assert!((rejected.score - 0.12).abs() < 1e-9, "0.3 * 0.4: {}", rejected.score);
        assert!((suspected.score - 0.172).abs() < 1e-9, "1 - 0.9 * 0.92: {}", suspected.score);
        assert_eq!([rejected, suspected].map(|r| r.verdict), [Some(Verdict::Rejected); 2]);
        assert_eq!(one(25.0, DOG, 0.8).rect, seen(25.0, DOG, 0.8).rect, "the larger model's box wins");
        let relabelled = one(4.0, CAT, 0.8);
        assert_eq!((relabelled.label, relabelled.score), (CAT, 0.8));
        let disputed = reconcile(&[undecided(seen(0.0, DOG, 0.9))], &[seen(9.0, CAT, 0.95)], &rules());
        assert_eq!(
            (disputed.rulings[0].label, disputed.rulings[0].rect.x1),
            (DOG, 0.0),
            "not silently changed"
        );
        assert!((disputed.rulings[0].score - 0.63).abs() < 1e-9, "0.7 * 0.9");
        assert_eq!(disputed.rulings[0].second, Some(0), "the other opinion is kept");
        assert!(disputed.additions.is_empty());
    }

    #[test]
    fn what_the_larger_model_was_not_shown_stays_as_it_was_drafted() {
        for (score, standing) in
            [(0.9, Standing::Settled), (0.4, Standing::Doubtful), (0.1, Standing::Withdrawn)]
        {
            let unseen = DraftBox { shown: false, ..undecided(seen(0.0, DOG, score)) };
            let r = reconcile(&[unseen], &[], &rules()).rulings[0];
            assert_eq!((r.verdict, r.standing, r.disagreement, r.score), (None, standing, false, score));
        }
        let unseen = DraftBox { shown: false, ..undecided(seen(0.0, DOG, 0.4)) };
        let r = reconcile(&[unseen], &[seen(2.0, DOG, 0.9)], &rules()).rulings[0];
        assert_eq!(r.verdict, Some(Verdict::Confirmed), "half of it was enough");
    }

    #[test]
    fn what_only_the_larger_model_saw_is_added() {
        let out =
            reconcile(&[], &[seen(0.0, DOG, 0.9), seen(200.0, CAT, 0.3), seen(400.0, CAT, 0.1)], &rules());
        let standings: Vec<_> = out.additions.iter().map(|a| (a.second, a.standing)).collect();
        assert_eq!(standings, [(0, Standing::Settled), (1, Standing::Doubtful), (2, Standing::Withdrawn)]);
    }

    #[test]
    fn a_pickup_the_draft_calls_car_and_truck() {
        let draft = [undecided(seen(0.0, CAT, 0.64)), undecided(seen(1.0, DOG, 0.45))];
        let out = reconcile(&draft, &[seen(1.0, DOG, 0.8)], &rules());
        assert!(out.rulings[0].disagreement, "the confident one is disputed");
        assert_eq!(out.rulings[0].second, Some(0), "and it is told by whom");
        assert_eq!(out.rulings[1].verdict, Some(Verdict::Confirmed));
    }

    #[test]
    fn decided_boxes_are_left_alone_and_not_drawn_again() {
        let decided = DraftBox { decided: true, ..undecided(seen(0.0, DOG, 0.4)) };
        let out = reconcile(&[decided], &[seen(1.0, CAT, 0.9)], &rules());
        assert!(out.rulings.is_empty() && out.additions.is_empty());
    }

    #[test]
    fn each_low_confidence_box_gets_one_verdict_and_each_seen_box_one_use() {
        let mut state = 0x9e37_79b9_u64;
        let mut random = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..500 {
            let mut some = |n: u64| -> Vec<Seen> {
                (0..random(n))
                    .map(|_| seen(random(300) as f64, LabelId(random(3) as i64), random(100) as f64 / 100.0))
                    .collect()
            };
            let (draft, second) = (some(9), some(9));
            let draft: Vec<_> = draft
                .into_iter()
                .enumerate()
                .map(|(i, seen)| DraftBox { seen, decided: i % 4 == 3, shown: true })
                .collect();
            let out = reconcile(&draft, &second, &rules());
            let t = rules().thresholds;
            assert_eq!(out.rulings.len(), draft.iter().filter(|d| !d.decided).count());
            for r in &out.rulings {
                if t.is_low_confidence(draft[r.draft].seen.score) {
                    assert!(r.verdict.is_some() && !r.disagreement);
                }
                assert_ne!(r.verdict, Some(Verdict::Added));
            }
            let mut uses = vec![0; second.len()];
            let matched = out.rulings.iter().filter(|r| !r.disagreement);
            matched.filter_map(|r| r.second).for_each(|s| uses[s] += 1);
            out.additions.iter().for_each(|a| uses[a.second] += 1);
            let silent = draft.iter().filter(|d| d.decided).count()
                + out.rulings.iter().filter(|r| r.disagreement).count();
            let strong_unused =
                (0..second.len()).filter(|s| second[*s].score >= t.drop_below && uses[*s] == 0);
            assert!(strong_unused.count() <= silent, "only a decided or disputed box may absorb one");
            assert!(uses.iter().all(|u| *u <= 1));
        }
    }
}
