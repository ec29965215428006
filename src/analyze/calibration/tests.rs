#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::analyze::interval;
use crate::analyze::testnoise::Noise;
use crate::analyze::testvectors::vectors;
use proptest::prelude::*;

fn judge(caught: u64, bad: u64, passed: u64, good: u64) -> Judge {
    Judge { sensitivity: Ratio::new(caught, bad), specificity: Ratio::new(passed, good) }
}

#[test]
fn agrees_with_reference_vectors() {
    let rows = vectors::<10>(include_str!("../../../tests/data/statistics/calibration.tsv"));
    for [k, n, caught, bad, passed, good, confidence, rate, lower, upper] in &rows {
        let [k, n, caught, bad, passed, good] = [k, n, caught, bad, passed, good].map(|count| *count as u64);
        let (judge, apparent) = (judge(caught, bad, passed, good), Ratio::new(k, n));
        let got = judge.bounds(apparent, *confidence);
        for (got, want) in [(judge.corrected(apparent).unwrap(), rate), (got.0, lower), (got.1, upper)] {
            assert!((got - want).abs() <= 1e-12, "{judge:?} {apparent:?} at {confidence}: {got} for {want}");
        }
    }
    assert!(rows.len() > 180);
}

#[test]
fn a_judge_that_misses_a_fifth_makes_the_bound_a_quarter_worse() {
    let bound = interval::clopper_pearson_upper(0.0, 76.0, 0.95);
    assert_eq!(format!("{:.2}", 100.0 * undetected(bound, Ratio::new(40, 50))), "4.83");
    assert_eq!(undetected(bound, Ratio::new(50, 50)), bound);
    assert_eq!(undetected(0.9, Ratio::new(1, 2)), 1.0);
    for sensitivity in [Ratio::default(), Ratio::new(0, 5), Ratio::new(6, 5)] {
        assert_eq!(undetected(bound, sensitivity), 1.0);
    }
    assert_eq!(undetected(f64::NAN, Ratio::new(1, 1)), 1.0);
}

#[test]
fn nothing_is_lost_where_the_rates_nearly_cancel() {
    // apparent 1e-9 above what the judge's errors alone would give
    let judge = judge(1_000_000_000, 1_000_000_000, 999_999_999, 1_000_000_000);
    let corrected = judge.corrected(Ratio::new(2, 1_000_000_000)).unwrap();
    assert!((corrected * 999_999_999.0 - 1.0).abs() < 1e-12, "{corrected}");
}

#[test]
fn a_judge_no_better_than_a_coin_corrects_nothing() {
    let apparent = Ratio::new(5, 76);
    for judge in
        [judge(5, 10, 5, 10), judge(1, 10, 5, 10), judge(0, 0, 5, 10), judge(5, 10, 0, 0), judge(11, 10, 5, 10), judge(5, 10, 11, 10)]
    {
        assert!(!judge.is_informative());
        assert_eq!(judge.corrected(apparent), None);
        assert_eq!(judge.bounds(apparent, 0.95), (0.0, 1.0));
    }
    let fair = judge(9, 10, 9, 10);
    assert_eq!((fair.corrected(Ratio::default()), fair.corrected(Ratio::new(3, 2))), (None, None));
    assert_eq!((fair.bounds(apparent, 0.5), fair.bounds(apparent, f64::NAN)), ((0.0, 1.0), (0.0, 1.0)));
    assert_eq!(fair.corrected(Ratio::new(0, 76)), Some(0.0), "what is below the judge's own errors is nothing");
    assert_eq!(fair.corrected(Ratio::new(76, 76)), Some(1.0));
}

#[test]
fn the_bound_holds_about_as_often_as_it_says() {
    let mut noise = Noise::new(11);
    let mut draw = |n: u64, rate: f64| Ratio::new((0..n).filter(|_| noise.uniform() < rate).count() as u64, n);
    for (rate, caught, passed) in [(0.05, 0.9, 0.95), (0.2, 0.8, 0.9), (0.02, 0.9, 0.99)] {
        let held = (0..1000).filter(|_| {
            let apparent = draw(300, rate * caught + (1.0 - rate) * (1.0 - passed));
            let judge = Judge { sensitivity: draw(60, caught), specificity: draw(200, passed) };
            judge.bounds(apparent, 0.95).1 >= rate
        });
        let held = held.count();
        assert!(held >= 920, "{rate} {caught} {passed}: {held} of 1000");
    }
}

proptest! {
    #[test]
    fn more_bad_answers_never_correct_to_a_lower_rate(k in 0u64..99, caught in 6u64..=10, passed in 6u64..=10) {
        let judge = judge(caught, 10, passed, 10);
        let (few, more) = (Ratio::new(k, 100), Ratio::new(k + 1, 100));
        prop_assert!(judge.corrected(more) >= judge.corrected(few));
        // where the judge's errors alone would give more, or less, the corrected rate stays where it is, and only its error grows
        if judge.corrected(few) > Some(0.0) && judge.corrected(more) < Some(1.0) {
            prop_assert!(judge.bounds(more, 0.95).0 >= judge.bounds(few, 0.95).0 - 1e-12);
            prop_assert!(judge.bounds(more, 0.95).1 >= judge.bounds(few, 0.95).1 - 1e-12);
        }
    }

    #[test]
    fn nothing_is_ever_nan(counts in any::<[u64; 6]>(), small in any::<bool>(), confidence in any::<f64>()) {
        let [k, n, caught, bad, passed, good] = counts.map(|count| if small { count % 5 } else { count });
        let (lower, upper) = judge(caught, bad, passed, good).bounds(Ratio::new(k, n), confidence);
        prop_assert!(0.0 <= lower && lower <= upper && upper <= 1.0);
        prop_assert!((0.0..=1.0).contains(&undetected(confidence, Ratio::new(caught, bad))));
    }
}
