#![allow(clippy::unwrap_used)]
use super::*;
use crate::analyze::changepoint::{self, detect};
use crate::analyze::testnoise::Noise;
use proptest::prelude::*;

fn judged(values: &[f64], direction: Direction) -> Judgement {
    let history = detect(values, &changepoint::Options::default()).unwrap();
    judge(values, &history, direction, &Options::default())
}

fn state(values: &[f64]) -> State {
    judged(values, Direction::Lower).state
}

/// Levels of so many points each, in noise of 1.
fn series(levels: &[(usize, f64)]) -> Vec<f64> {
    let mut noise = Noise::new(7);
    levels.iter().flat_map(|(count, level)| (0..*count).map(|_| level + noise.normal()).collect::<Vec<f64>>()).collect()
}

#[test]
fn a_short_series_is_learned() {
    assert_eq!(state(&[100.0; 19]), State::Learning { have: 19, need: 20 });
    assert_eq!(state(&[100.0; 20]), State::Stable);
}

#[test]
fn the_limit_is_the_farthest_of_three() {
    let exact = judged(&[100.0; 30], Direction::Lower);
    assert_eq!((exact.baseline, exact.limit, exact.change), (100.0, Some(102.0), 0.0), "the smallest change of interest");
    let (low, high) = exact.band.unwrap();
    assert!((low - 99.975).abs() < 1e-9 && (high - 100.025).abs() < 1e-9, "the noise floor, {low} to {high}");

    // 20 points of baseline: two of each of 100 to 109, so the median absolute deviation is 2.5
    let values: Vec<f64> = (0..22).map(|i| 100.0 + f64::from(i % 10)).collect();
    let noisy = judged(&values, Direction::Lower);
    let reach: f64 = 2.5 * 1.482_602_218_505_602 * 2.5;
    assert_eq!(noisy.baseline, 104.5);
    assert_eq!(noisy.limit, Some((109.0 + reach / 2.0).max(104.5 + reach)));
}

#[test]
fn one_excess_is_suspect_and_a_second_confirms() {
    let mut values = series(&[(40, 100.0), (1, 106.0)]);
    let suspect = judged(&values, Direction::Lower);
    assert_eq!((suspect.state, suspect.since), (State::Suspect, Some(40)));
    assert!(suspect.change > 0.03 && values[40] > suspect.limit.unwrap());
    values.push(106.0);
    let regressed = judged(&values, Direction::Lower);
    assert_eq!((regressed.state, regressed.since), (State::Regressed, Some(40)));
    assert!((regressed.change - 0.06).abs() < 0.02, "{regressed:?}");
}

#[test]
fn a_spike_is_forgotten() {
    assert_eq!(state(&series(&[(40, 100.0), (1, 300.0)])), State::Suspect);
    assert_eq!(state(&series(&[(40, 100.0), (1, 300.0), (1, 100.0)])), State::Stable);
}

#[test]
fn a_step_is_a_regression_until_it_is_the_new_normal() {
    let judged = judged(&series(&[(60, 100.0), (30, 112.0)]), Direction::Lower);
    assert_eq!((judged.state, judged.since), (State::Regressed, Some(60)));
    assert!((judged.baseline - 100.0).abs() < 0.5 && (judged.change - 0.12).abs() < 0.01, "{judged:?}");
    assert_eq!(state(&series(&[(60, 100.0), (63, 112.0)])), State::Regressed);
    assert_eq!(state(&series(&[(60, 100.0), (64, 112.0)])), State::Stable);
}

#[test]
fn a_mended_regression_is_stable() {
    assert_eq!(state(&series(&[(60, 100.0), (20, 115.0), (15, 100.0)])), State::Stable);
}

#[test]
fn half_mended_is_still_a_regression() {
    let judged = judged(&series(&[(60, 100.0), (20, 120.0), (15, 110.0)]), Direction::Lower);
    assert_eq!((judged.state, judged.since), (State::Regressed, Some(60)));
    assert!((judged.change - 0.1).abs() < 0.01, "{judged:?}");
}

#[test]
fn an_improvement_is_not_hidden_nor_does_it_hide_a_spike() {
    let better = series(&[(60, 100.0), (20, 80.0)]);
    assert_eq!(state(&better), State::Improved);
    assert_eq!(state(&[better, vec![99.0]].concat()), State::Suspect);
}

#[test]
fn the_direction_decides_what_is_worse() {
    let slower = series(&[(60, 100.0), (10, 80.0)]);
    let judged = judged(&slower, Direction::Higher);
    assert_eq!(judged.state, State::Regressed);
    assert!(judged.limit.unwrap() < judged.baseline && judged.change < -0.15, "{judged:?}");
}

#[test]
fn nothing_compares_with_zero() {
    assert_eq!(state(&[0.0; 30]), State::ZeroBaseline);
    assert_eq!(state(&[&[0.0; 30][..], &[5.0; 3]].concat()), State::ZeroBaseline);
}

#[test]
fn no_value_at_all_is_learned() {
    let none = judge(&[], &History::default(), Direction::Lower, &Options::default());
    assert_eq!((none.state, none.baseline), (State::Learning { have: 0, need: 20 }, 0.0));
}

#[test]
fn a_history_of_other_values_does_no_harm() {
    let history = detect(&series(&[(60, 100.0), (30, 120.0)]), &changepoint::Options::default()).unwrap();
    let judged = judge(&[1.0; 25], &history, Direction::Lower, &Options::default());
    assert!(matches!(judged.state, State::Learning { .. }), "{judged:?}");
}

proptest! {
    #[test]
    fn every_figure_is_a_number(values in prop::collection::vec(prop_oneof![Just(0.0), -1e9..1e9f64], 1..80)) {
        let judged = judged(&values, Direction::Lower);
        prop_assert!(judged.baseline.is_finite() && judged.change.is_finite());
        prop_assert!(judged.limit.is_none_or(f64::is_finite));
        prop_assert!(judged.band.is_none_or(|(low, high)| low <= judged.baseline && judged.baseline <= high));
    }

    #[test]
    fn upside_down_is_the_other_direction(values in prop::collection::vec(1.0..1e3f64, 1..80)) {
        let flipped: Vec<f64> = values.iter().map(|v| -v).collect();
        prop_assert_eq!(state(&values), judged(&flipped, Direction::Higher).state);
    }
}
