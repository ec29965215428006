#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use proptest::prelude::*;

/// In hundredths of a percent, as a report prints it.
fn percent(rate: f64) -> String {
    format!("{:.2}", 100.0 * rate)
}

#[test]
fn none_bad_of_seventy_six_proves_less_than_it_seems() {
    assert_eq!(percent(clopper_pearson_upper(0.0, 76.0, 0.95)), "3.87");
    assert_eq!(percent(clopper_pearson_lower(76.0, 76.0, 0.95)), "96.13");
    assert_eq!(percent(clopper_pearson_upper(0.0, 76.0, 0.975)), "4.74");
    assert_eq!(percent(wilson(0.0, 76.0, 0.95).1), "4.81");
}

#[test]
fn small_categories_prove_little() {
    let bound = |n| format!("{:.1}", 100.0 * clopper_pearson_upper(0.0, n, 0.95));
    assert_eq!([8.0, 12.0, 16.0, 24.0].map(bound), ["31.2", "22.1", "17.1", "11.7"]);
    assert_eq!(bound(31.0), "9.2");
}

#[test]
fn cases_needed_grow_with_every_bad_one() {
    let at_most = |bad| cases_needed_at_most(bad, 0.005, 0.95).unwrap();
    assert_eq!([0, 1, 2, 3, 5].map(at_most), [598, 947, 1258, 1549, 2100]);
    let at_least = |misses| cases_needed_at_least(misses, 0.98, 0.95).unwrap();
    assert_eq!([0, 1, 2, 5].map(at_least), [149, 236, 313, 523]);
    assert_eq!(cases_needed_at_most(0, 0.005, 0.99), Some(919));
}

#[test]
fn what_cannot_be_proven_needs_no_number() {
    assert_eq!(cases_needed_at_most(0, 0.0, 0.95), None);
    assert_eq!(cases_needed_at_most(0, -0.1, 0.95), None);
    assert_eq!(cases_needed_at_most(0, f64::NAN, 0.95), None);
    assert_eq!(cases_needed_at_most(0, 0.005, 1.0), None);
    assert_eq!(cases_needed_at_most(u64::MAX, 0.005, 0.95), None);
    assert_eq!(cases_needed_at_least(0, 1.0, 0.95), None);
    assert_eq!(cases_needed_at_least(0, f64::NAN, 0.95), None);
    assert_eq!(cases_needed_at_most(0, 1.0, 0.95), Some(1), "no case at all proves nothing");
    assert_eq!(cases_needed_at_least(3, 0.0, 0.95), Some(3));
}

#[test]
fn what_is_no_sample_bounds_nothing() {
    let nan = f64::NAN;
    for (k, n, confidence) in [
        (0.0, 0.0, 0.95),
        (nan, 10.0, 0.95),
        (1.0, nan, 0.95),
        (1.0, 10.0, nan),
        (11.0, 10.0, 0.95),
        (-1.0, 10.0, 0.95),
        (1.0, f64::INFINITY, 0.95),
        (1.0, 10.0, 0.0),
        (1.0, 10.0, 1.0),
    ] {
        assert_eq!(clopper_pearson_upper(k, n, confidence), 1.0);
        assert_eq!(clopper_pearson_lower(k, n, confidence), 0.0);
        assert_eq!(wilson(k, n, confidence), (0.0, 1.0));
    }
}

#[test]
fn wilson_touches_the_ends_exactly() {
    assert_eq!(wilson(0.0, 8.0, 0.95).0, 0.0);
    assert_eq!(wilson(8.0, 8.0, 0.95).1, 1.0);
}

/// The vectors are made by `tests/data/intervals.py`, with scipy and mpmath.
#[test]
fn agrees_with_reference_vectors() {
    let vectors = include_str!("../../../tests/data/intervals.tsv");
    let mut points = 0;
    for line in vectors.lines().filter(|line| !line.starts_with('#')) {
        let field: Vec<f64> = line.split('\t').map(|text| text.parse().unwrap()).collect();
        let [k, n, confidence, lower, upper, low, high] = field[..] else { panic!("{line}") };
        let wilson = wilson(k, n, confidence);
        let got = [clopper_pearson_lower(k, n, confidence), clopper_pearson_upper(k, n, confidence), wilson.0, wilson.1];
        for (got, want) in got.into_iter().zip([lower, upper, low, high]) {
            assert!((got - want).abs() <= 1e-12 * want, "{line}: {got} for {want}");
        }
        points += 1;
    }
    assert!(points >= 400, "{points} points");
}

proptest! {
    #[test]
    fn bounds_hold_the_point_estimate(n in 1u32..5000, share in 0.0..=1.0f64, confidence in 0.5..0.9999f64) {
        let n = f64::from(n);
        let k = (n * share).floor();
        let (low, high) = wilson(k, n, confidence);
        for (low, high) in [(clopper_pearson_lower(k, n, confidence), clopper_pearson_upper(k, n, confidence)), (low, high)] {
            prop_assert!(0.0 <= low && low <= k / n && k / n <= high && high <= 1.0, "{low} {high}");
        }
    }

    #[test]
    fn bounds_are_monotone(n in 2u32..5000, share in 0.0..1.0f64, confidence in 0.5..0.9999f64) {
        let n = f64::from(n);
        let k = (n * share).floor();
        prop_assert!(clopper_pearson_upper(k + 1.0, n, confidence) > clopper_pearson_upper(k, n, confidence) || k + 1.0 > n);
        prop_assert!(clopper_pearson_lower(k + 1.0, n, confidence) > clopper_pearson_lower(k, n, confidence) || k + 1.0 > n);
        prop_assert!(clopper_pearson_upper(k, n + 1.0, confidence) < clopper_pearson_upper(k, n, confidence));
        prop_assert!(clopper_pearson_lower(k, n + 1.0, confidence) <= clopper_pearson_lower(k, n, confidence));
    }

    #[test]
    fn the_two_bounds_mirror_each_other(n in 1u32..5000, share in 0.0..=1.0f64, confidence in 0.5..0.9999f64) {
        let n = f64::from(n);
        let k = (n * share).floor();
        let mirrored = 1.0 - clopper_pearson_lower(n - k, n, confidence);
        prop_assert!((clopper_pearson_upper(k, n, confidence) - mirrored).abs() < 1e-11);
    }

    #[test]
    fn the_needed_number_is_the_fewest(bad in 0u64..40, limit in 0.001..0.9f64, confidence in 0.5..0.999f64) {
        let n = cases_needed_at_most(bad, limit, confidence).unwrap();
        prop_assert!(clopper_pearson_upper(bad as f64, n as f64, confidence) <= limit);
        prop_assert!(n <= bad.max(1) || clopper_pearson_upper(bad as f64, (n - 1) as f64, confidence) > limit);
    }

    #[test]
    fn nothing_is_ever_nan(k in any::<f64>(), n in any::<f64>(), confidence in any::<f64>()) {
        let (low, high) = wilson(k, n, confidence);
        for bound in [clopper_pearson_lower(k, n, confidence), clopper_pearson_upper(k, n, confidence), low, high] {
            prop_assert!((0.0..=1.0).contains(&bound));
        }
    }
}
