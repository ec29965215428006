#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::analyze::testnoise::Noise;
use crate::analyze::testvectors::vectors;
use proptest::prelude::*;

fn sample(clusters: &[(u64, u64)]) -> Sample {
    let clusters: Vec<Ratio> = clusters.iter().map(|(part, whole)| Ratio::new(*part, *whole)).collect();
    let sum = |count: fn(&Ratio) -> u64| clusters.iter().map(count).sum();
    Sample::new(Ratio::new(sum(|c| c.part), sum(|c| c.whole)), Some(clusters.iter().copied().collect()))
}

fn plain(part: u64, whole: u64) -> Sample {
    Sample::new(Ratio::new(part, whole), None)
}

/// R's `survey`: standard error of `svymean`, then n.eff and bounds as `svyciprop(method = "beta")` has them.
#[test]
fn agrees_with_reference_vectors() {
    let rows = vectors::<12>(include_str!("../../../tests/data/statistics/cluster.tsv"));
    let (mut points, mut exact) = (0, 0);
    for [part, whole, clusters, whole_squared, part_whole, part_squared, confidence, error, worth, effective, lower, upper] in rows {
        let [part, whole] = [part, whole].map(|v| v as u64);
        let [clusters, whole_squared, part_whole, part_squared] = [clusters, whole_squared, part_whole, part_squared].map(|v| v as u64);
        let design = Design { clusters, whole_squared, part_whole, part_squared };
        let sample = Sample::new(Ratio::new(part, whole), Some(design));
        let close =
            |got: f64, want: f64| assert!((got - want).abs() <= 1e-10 * want.max(1e-100), "{sample:?} at {confidence}: {got} for {want}");
        close(sample.standard_error().unwrap(), error);
        close(sample.design_effect().unwrap(), (whole as f64 / worth).max(1.0));
        // groups that differ less than chance would have it are not taken to be worth more than their cases
        if worth <= whole as f64 {
            let n = sample.effective(confidence).unwrap();
            close(n, effective);
            close(interval::clopper_pearson_lower(sample.count(n), n, confidence), lower);
            close(interval::clopper_pearson_upper(sample.count(n), n, confidence), upper);
            exact += 1;
        }
        points += 1;
    }
    assert!(points >= 100 && exact >= 70, "{exact} of {points} points");
}

#[test]
fn groups_of_one_are_no_groups() {
    for (part, whole) in [(0, 76), (3, 76), (76, 76), (1, 1), (0, 0), (5, 1_000_000_000)] {
        let ratio = Ratio::new(part, whole);
        let sample = Sample::new(ratio, Some(Design::singletons(ratio)));
        assert_eq!(sample, plain(part, whole));
        let (k, n) = (part as f64, whole as f64);
        assert_eq!(sample.upper(0.95), interval::clopper_pearson_upper(k, n, 0.95));
        assert_eq!(sample.lower(0.95), interval::clopper_pearson_lower(k, n, 0.95));
    }
    assert_eq!(plain(3, 76).design_effect(), Some(1.0));
}

/// 20 originals and 56 cases of 11 templates.
#[test]
fn none_bad_shows_as_much_as_there_are_groups() {
    let mut clusters = vec![(0, 1); 20];
    clusters.extend([(0, 4), (0, 4), (0, 4), (0, 4), (0, 8), (0, 8), (0, 8), (0, 4), (0, 4), (0, 4), (0, 4)]);
    let none = sample(&clusters);
    assert_eq!((none.ratio.whole, none.clusters()), (76, 31));
    assert_eq!(format!("{:.1}", 100.0 * none.upper(0.95)), "9.2");
    assert_eq!(none.lower(0.95), 0.0);
    assert_eq!(none.more_for_at_most(0.005, 0.95), Some(598 - 31));
    clusters[0].0 = 1;
    let one = sample(&clusters);
    assert!(one.upper(0.95) >= none.upper(0.95), "a bad case never improves a bound");
    clusters.iter_mut().for_each(|cluster| cluster.0 = cluster.1);
    let all = sample(&clusters);
    assert_eq!((all.upper(0.95), format!("{:.1}", 100.0 * all.lower(0.95))), (1.0, "90.8".to_owned()));
    assert_eq!(all.more_for_at_least(0.98, 0.95), Some(149 - 31));
}

#[test]
fn the_needed_number_is_that_of_independent_cases() {
    for (bad, whole) in [(0, 76), (1, 76), (5, 2000), (5, 2200)] {
        let needed = interval::cases_needed_at_most(bad, 0.005, 0.95).unwrap();
        assert_eq!(plain(bad, whole).more_for_at_most(0.005, 0.95), Some(needed.saturating_sub(whole)));
        let needed = interval::cases_needed_at_least(bad, 0.98, 0.95).unwrap();
        assert_eq!(plain(whole - bad, whole).more_for_at_least(0.98, 0.95), Some(needed.saturating_sub(whole)));
    }
    assert_eq!(plain(0, 76).more_for_at_most(0.0, 0.95), None);
    assert_eq!(sample(&[(1, 5), (0, 5), (0, 5)]).more_for_at_most(0.0, 0.95), None);
}

#[test]
fn what_is_known_of_nothing_bounds_nothing() {
    let whole = |sample: Sample| (sample.lower(0.95), sample.upper(0.95));
    assert_eq!(whole(sample(&[(3, 10)])), (0.0, 1.0), "one group has no variance");
    assert_eq!(whole(plain(0, 0)), (0.0, 1.0));
    assert_eq!(whole(plain(5, 3)), (0.0, 1.0));
    let full = Design { clusters: 5, whole_squared: u64::MAX, part_whole: 9, part_squared: 9 };
    assert_eq!(whole(Sample::new(Ratio::new(3, 10), Some(full))), (0.0, 1.0));
    assert_eq!(whole(Sample::new(Ratio::new(1 << 50, 1 << 60), Some(Design { whole_squared: 1 << 62, ..full }))), (0.0, 1.0));
    let contradictory = Design { clusters: 2, whole_squared: 1, part_whole: 1 << 40, part_squared: 0 };
    assert_eq!(whole(Sample::new(Ratio::new(3, 10), Some(contradictory))), (0.0, 1.0));
    assert_eq!(whole(Sample::new(Ratio::new(3, 10), Some(Design::default()))), (0.0, 1.0));
    assert_eq!((sample(&[(3, 10), (1, 10)]).upper(f64::NAN), sample(&[(3, 10), (1, 10)]).lower(1.0)), (1.0, 0.0));
    assert!(sample(&[(3, 10), (1, 10), (2, 9)]).upper(0.5) < 0.5, "both t quantiles are 0 there");
}

/// Clusters of `size` cases; the cases of one share a rate, which is `rate` with the intra-class correlation one half.
fn drawn(noise: &mut Noise, clusters: usize, size: u64, rate: f64) -> Vec<(u64, u64)> {
    let cluster = |_| {
        let shared = (noise.uniform() < rate, noise.uniform());
        // with probability sqrt(1/2) a case follows its cluster, else it is independent: any two correlate by 1/2
        let part = (0..size).filter(|_| if noise.uniform() < std::f64::consts::FRAC_1_SQRT_2 { shared.0 } else { noise.uniform() < rate });
        (part.count() as u64, size)
    };
    (0..clusters).map(cluster).collect()
}

#[test]
fn bounds_of_correlated_cases_hold_as_often_as_they_say() {
    let mut noise = Noise::new(5);
    for (clusters, size, rate) in [(40, 5, 0.2), (25, 8, 0.5), (60, 3, 0.05), (15, 20, 0.9)] {
        let (mut above, mut below, mut naive) = (0, 0, 0);
        for _ in 0..1000 {
            let sample = sample(&drawn(&mut noise, clusters, size, rate));
            above += u32::from(sample.upper(0.95) >= rate);
            below += u32::from(sample.lower(0.95) <= rate);
            naive += u32::from(Sample { design: None, ..sample }.upper(0.95) >= rate);
        }
        // three standard errors of a simulated 95 % are 2 points
        assert!(above >= 930 && below >= 930, "{clusters} of {size} at {rate}: {above} and {below} of 1000");
        assert!(naive < above, "{clusters} of {size} at {rate}: {naive} of 1000");
    }
}

prop_compose! {
    fn groups()(clusters in prop::collection::vec((0u64..=8, 1u64..=8), 2..40)) -> Vec<(u64, u64)> {
        clusters.into_iter().map(|(part, whole)| (part.min(whole), whole)).collect()
    }
}

proptest! {
    #[test]
    fn bounds_hold_the_share_and_mirror_each_other(clusters in groups(), confidence in 0.5..0.999f64) {
        let straight = sample(&clusters);
        let share = straight.ratio.share().unwrap();
        let (lower, upper) = (straight.lower(confidence), straight.upper(confidence));
        prop_assert!(0.0 <= lower && lower <= share && share <= upper && upper <= 1.0, "{lower} {upper}");
        let mirrored: Vec<_> = clusters.iter().map(|(part, whole)| (whole - part, *whole)).collect();
        prop_assert!((sample(&mirrored).lower(confidence) - (1.0 - upper)).abs() < 1e-9);
        let plain = Sample { design: None, ..straight };
        prop_assert!(upper >= plain.upper(confidence) - 1e-12 && lower <= plain.lower(confidence) + 1e-12, "grouping shows less");
    }

    #[test]
    fn the_order_of_groups_does_not_matter(clusters in groups(), at in 0usize..40) {
        let (left, right) = clusters.split_at(at.min(clusters.len()));
        let merged = right.iter().chain(left).copied().collect::<Vec<_>>();
        prop_assert_eq!(sample(&clusters), sample(&merged));
    }

    #[test]
    fn a_bad_case_is_never_better_than_none(clusters in groups(), at in 0usize..40) {
        let mut clean: Vec<_> = clusters.iter().map(|(_, whole)| (0, *whole)).collect();
        let none = sample(&clean).upper(0.95);
        let at = at % clean.len();
        clean[at].0 = 1;
        prop_assert!(sample(&clean).upper(0.95) >= none);
        prop_assert!(sample(&clusters).upper(0.95) >= none);
    }

    #[test]
    fn nothing_is_ever_nan(part in any::<u64>(), whole in any::<u64>(), sums in any::<[u64; 4]>(), confidence in any::<f64>()) {
        let [clusters, whole_squared, part_whole, part_squared] = sums;
        let design = Design { clusters, whole_squared, part_whole, part_squared };
        for design in [design, Design { clusters: clusters % 7, ..design }, Design::alike(Ratio::new(part % 1000, whole % 1000), clusters % 100)] {
            for ratio in [Ratio::new(part, whole), Ratio::new(part % 1000, whole % 1000)] {
                let sample = Sample { ratio, design: Some(design) };
                prop_assert!((0.0..=1.0).contains(&sample.upper(confidence)));
                prop_assert!((0.0..=1.0).contains(&sample.lower(confidence)));
                prop_assert!(sample.standard_error().is_none_or(|e| e >= 0.0));
                prop_assert!(sample.design_effect().is_none_or(|e| e >= 1.0));
            }
        }
    }
}
