#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::analyze::testnoise::Noise;
use proptest::prelude::*;

fn found(values: &[f64]) -> History {
    detect(values, &Options::default()).unwrap()
}

fn indices(history: &History) -> Vec<usize> {
    history.changes.iter().map(|change| change.index).collect()
}

#[test]
fn a_constant_series_has_one_level_and_no_noise() {
    let history = found(&[42.0; 50]);
    assert!(history.changes.is_empty());
    assert_eq!(history.segments, [Segment { start: 0, end: 50, median: 42.0 }]);
    assert_eq!((history.sigma, history.drift), (0.0, None));
}

#[test]
fn a_single_spike_is_no_step() {
    for at in [0, 1, 20, 38, 39] {
        let mut values = [100.0; 40];
        values[at] = 400.0;
        assert!(indices(&found(&values)).is_empty(), "spike at {at}");
    }
}

#[test]
fn a_clean_step_is_found_to_the_point() {
    let values = [[100.0; 30], [110.0; 30]].concat();
    let history = found(&values);
    let [change] = history.changes[..] else { panic!("{history:?}") };
    assert_eq!((change.index, change.before, change.after, change.relative), (30, 100.0, 110.0, 0.1));
    assert!(change.statistic > 7.0);
    assert_eq!(history.segments[1], Segment { start: 30, end: 60, median: 110.0 });
}

#[test]
fn a_step_smaller_than_of_interest_is_not_reported() {
    let values = [[100.0; 30], [101.0; 30]].concat();
    assert!(indices(&found(&values)).is_empty());
    assert_eq!(indices(&detect(&values, &Options { min_change: 0.0, ..Options::default() }).unwrap()), [30]);
}

#[test]
fn a_step_in_noise_is_found_nearby() {
    let mut noise = Noise::new(1);
    let values: Vec<f64> = (0..100).map(|i| if i < 60 { 100.0 } else { 105.0 } + noise.normal()).collect();
    let history = found(&values);
    let [change] = history.changes[..] else { panic!("{history:?}") };
    assert!(change.index.abs_diff(60) <= 1, "{change:?}");
    assert!((change.relative - 0.05).abs() < 0.01, "{change:?}");
    assert!((history.sigma - 1.0).abs() < 0.25, "{}", history.sigma);
}

#[test]
fn a_new_level_shows_at_its_second_point() {
    let mut noise = Noise::new(2);
    let mut values: Vec<f64> = (0..40).map(|_| 100.0 + noise.normal()).collect();
    values.push(120.0);
    assert!(indices(&found(&values)).is_empty());
    values.push(121.0);
    assert_eq!(indices(&found(&values)), [40]);
}

#[test]
fn a_quiet_year_after_a_noisy_one_keeps_its_steps() {
    let mut noise = Noise::new(3);
    let noisy = (0..60).map(|_| 100.0 + 20.0 * noise.normal()).collect::<Vec<f64>>();
    let quiet = (0..80).map(|i| if i < 40 { 100.0 } else { 106.0 } + 0.5 * noise.normal()).collect::<Vec<f64>>();
    assert_eq!(indices(&found(&[noisy, quiet].concat())), [100]);
}

#[test]
fn a_slow_rise_is_a_drift_and_no_step() {
    let mut noise = Noise::new(4);
    let values: Vec<f64> = (0..120).map(|i| 100.0 + 0.25 * f64::from(i) + noise.normal()).collect();
    let history = found(&values);
    assert!(indices(&history).is_empty());
    let drift = history.drift.unwrap();
    assert_eq!((drift.from, drift.to), (0, 120));
    assert!((drift.relative - 0.3).abs() < 0.03, "{drift:?}");
}

#[test]
fn autocorrelated_noise_seldom_looks_like_a_step() {
    let false_alarms = (0..50).filter(|seed| {
        let mut noise = Noise::new(100 + seed);
        let mut state = 0.0;
        let values: Vec<f64> = (0..150)
            .map(|_| {
                state = 0.6 * state + 0.8 * noise.normal();
                100.0 + 2.0 * state
            })
            .collect();
        !found(&values).changes.is_empty()
    });
    let false_alarms = false_alarms.count();
    assert!(false_alarms <= 5, "{false_alarms} of 50");
}

#[test]
fn only_the_newest_points_are_looked_at() {
    let values = [[100.0; 30], [120.0; 30], [140.0; 30]].concat();
    let history = detect(&values, &Options { look_back: 45, ..Options::default() }).unwrap();
    assert_eq!(indices(&history), [60]);
    assert_eq!(history.segments[0].start, 45);
}

#[test]
fn what_is_not_finite_has_no_history() {
    assert_eq!(detect(&[], &Options::default()), None);
    assert_eq!(detect(&[1.0, f64::NAN], &Options::default()), None);
    assert_eq!(detect(&[1.0, f64::INFINITY], &Options::default()), None);
}

#[test]
fn levels_are_values_of_the_series_at_any_magnitude() {
    for unit in [1e-300, 0.1, 1.0, 3e300] {
        let values = [[5.3 * unit; 20], [7.7 * unit; 20]].concat();
        let history = found(&values);
        let [change] = history.changes[..] else { panic!("{history:?}") };
        assert_eq!((change.index, change.before, change.after), (20, 5.3 * unit, 7.7 * unit));
    }
}

proptest! {
    #[test]
    fn segments_tile_the_series(values in prop::collection::vec(-1e9..1e9f64, 1..80)) {
        let history = found(&values);
        prop_assert_eq!(history.segments[0].start, 0);
        prop_assert_eq!(history.segments[history.segments.len() - 1].end, values.len());
        prop_assert!(history.segments.windows(2).all(|pair| pair[0].end == pair[1].start));
        let starts: Vec<usize> = history.segments.iter().skip(1).map(|segment| segment.start).collect();
        prop_assert_eq!(indices(&history), starts);
        prop_assert!(history.sigma.is_finite());
    }

    #[test]
    fn upside_down_the_steps_are_the_same(values in prop::collection::vec(-1e3..1e3f64, 1..80)) {
        let flipped: Vec<f64> = values.iter().map(|v| -v).collect();
        prop_assert_eq!(indices(&found(&values)), indices(&found(&flipped)));
    }
}
