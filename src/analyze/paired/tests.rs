#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::analyze::testnoise::Noise;
use crate::analyze::testvectors::vectors;
use proptest::prelude::*;

fn pairs(cases: u64, worse: u64, better: u64) -> Pairs {
    Pairs { cases, worse, better }
}

#[test]
fn agrees_with_reference_vectors() {
    let rows = vectors::<8>(include_str!("../../../tests/data/statistics/paired.tsv"));
    for [cases, worse, better, confidence, one_sided, two_sided, low, high] in &rows {
        let pairs = pairs(*cases as u64, *worse as u64, *better as u64);
        let close = |got: f64, want: f64| assert!((got / want - 1.0).abs() < 1e-12, "{pairs:?}: {got} for {want}");
        close(pairs.worsened(), *one_sided);
        close(pairs.changed(), *two_sided);
        for (got, want) in [(pairs.tango(*confidence).0, low), (pairs.tango(*confidence).1, high)] {
            assert!((got - want).abs() <= 1e-12 * want.abs().max(1e-3), "{pairs:?} at {confidence}: {got} for {want}");
        }
    }
    assert!(rows.len() > 80);
}

#[test]
fn newcombe_agrees_with_reference_vectors() {
    let rows = vectors::<7>(include_str!("../../../tests/data/statistics/newcombe.tsv"));
    for [k, n, l, m, confidence, low, high] in &rows {
        let [now, before] = [(k, n), (l, m)].map(|(part, whole)| Ratio::new(*part as u64, *whole as u64));
        let got = newcombe(now, before, *confidence);
        assert!((got.0 - low).abs() < 1e-13 && (got.1 - high).abs() < 1e-13, "{now:?} {before:?}: {got:?} for {low} {high}");
    }
    assert!(rows.len() > 20);
}

#[test]
fn five_worse_and_none_better_is_the_least_that_shows() {
    assert_eq!([0, 1, 2, 3, 4].map(|better| fewest_worse(better, 0.05).unwrap()), [5, 7, 9, 10, 12]);
    assert_eq!(format!("{:.6}", pairs(100, 4, 0).worsened()), "0.062500");
    assert_eq!(pairs(100, 0, 0).worsened(), 1.0);
    assert_eq!(fewest_worse(0, 0.0), None);
    assert_eq!(fewest_worse(0, f64::NAN), None);
    assert_eq!(fewest_worse(3, 1.0), Some(1));
}

#[test]
fn what_is_no_sample_bounds_nothing() {
    for (pairs, confidence) in [
        (pairs(0, 0, 0), 0.95),
        (pairs(5, 4, 2), 0.95),
        (pairs(5, u64::MAX, 2), 0.95),
        (pairs(5, 1, 1), 0.0),
        (pairs(5, 1, 1), 1.0),
        (pairs(5, 1, 1), f64::NAN),
    ] {
        assert_eq!(pairs.tango(confidence), (-1.0, 1.0), "{pairs:?}");
    }
    let (some, none) = (Ratio::new(1, 3), Ratio::default());
    for (now, before, confidence) in [(some, none, 0.95), (none, some, 0.95), (Ratio::new(4, 3), some, 0.95), (some, some, f64::NAN)] {
        assert_eq!(newcombe(now, before, confidence), (-1.0, 1.0));
    }
}

#[test]
fn the_score_interval_holds_as_often_as_it_says() {
    let mut noise = Noise::new(7);
    for (cases, worse, better) in [(50, 0.1, 0.05), (100, 0.05, 0.05), (200, 0.05, 0.02), (30, 0.3, 0.2)] {
        let held = (0..2000).filter(|_| {
            let mut pairs = pairs(cases, 0, 0);
            for _ in 0..cases {
                match noise.uniform() {
                    u if u < worse => pairs.worse += 1,
                    u if u < worse + better => pairs.better += 1,
                    _ => {}
                }
            }
            let (low, high) = pairs.tango(0.95);
            low <= worse - better && worse - better <= high
        });
        let held = held.count();
        // a score interval is right on average; three standard errors of 2000 are 1.5 points
        assert!((1860..=1985).contains(&held), "{cases} cases, {worse} worse, {better} better: {held} of 2000");
    }
}

prop_compose! {
    fn any_pairs()(cases in 1u64..3000, worse in 0u64..3000, better in 0u64..3000) -> Pairs {
        let worse = worse % (cases + 1);
        pairs(cases, worse, better % (cases - worse + 1))
    }
}

proptest! {
    #[test]
    fn exchanging_before_and_now_turns_the_answer_round(pairs in any_pairs(), confidence in 0.5..0.999f64) {
        let ((low, high), (lowest, highest)) = (pairs.tango(confidence), pairs.swapped().tango(confidence));
        prop_assert_eq!((low, high), (-highest, -lowest));
        prop_assert_eq!(pairs.changed(), pairs.swapped().changed());
        let difference = (pairs.worse as f64 - pairs.better as f64) / pairs.cases as f64;
        prop_assert!(-1.0 <= low && low <= difference && difference <= high && high <= 1.0, "{low} {difference} {high}");
        // so many worse or more, or so many better or more: together all there is, and what they share twice
        let both = pairs.worsened() + pairs.swapped().worsened();
        prop_assert!(both >= 1.0 - 1e-12, "{both}");
    }

    #[test]
    fn one_more_worse_case_never_looks_better(pairs in any_pairs(), confidence in 0.5..0.999f64) {
        let more = Pairs { cases: pairs.cases + 1, worse: pairs.worse + 1, ..pairs };
        prop_assert!(more.worsened() <= pairs.worsened());
        let unchanged = Pairs { cases: pairs.cases + 1, ..pairs };
        prop_assert!(more.tango(confidence).1 >= unchanged.tango(confidence).1 - 1e-12);
        prop_assert!(more.tango(confidence).0 >= unchanged.tango(confidence).0 - 1e-12);
    }

    #[test]
    fn nothing_is_ever_nan(cases in any::<u64>(), worse in any::<u64>(), better in any::<u64>(), confidence in any::<f64>()) {
        for pairs in [pairs(cases, worse, better), pairs(cases, worse % 100, better % 100)] {
            let (low, high) = pairs.tango(confidence);
            prop_assert!(-1.0 <= low && low <= high && high <= 1.0);
            prop_assert!((0.0..=1.0).contains(&pairs.worsened()) && (0.0..=1.0).contains(&pairs.changed()));
        }
    }
}
