//! Two samples that are not paired: how probable it is by chance that one lies so much higher.
//!
//! The statistic U counts the pairs, one value from either, in which the second is larger; a tie counts one half.
//! Source: H. B. Mann and D. R. Whitney, "On a test of whether one of two random variables is stochastically larger than the
//! other", Annals of Mathematical Statistics 18 (1947), whose recursion gives the exact distribution.

use super::normal;

/// Up to so many values a side, and without ties, the distribution is exact. Else it is taken to be normal, with the correction for
/// ties and one half for continuity.
pub const EXACT: usize = 30;

/// The one-sided probability that `second` lies so much higher than `first`, or more, were both of one distribution. 1 when a
/// sample is empty or holds what is no number.
pub fn higher(first: &[f64], second: &[f64]) -> f64 {
    if first.is_empty() || second.is_empty() || first.iter().chain(second).any(|value| value.is_nan()) {
        return 1.0;
    }
    let count = |test: fn(&f64, &f64) -> bool| first.iter().map(|a| second.iter().filter(|b| test(a, b)).count()).sum::<usize>();
    let (below, ties) = (count(|a, b| b < a), count(|a, b| b == a));
    let all = first.len() * second.len();
    if !has_ties(first, second) && first.len().max(second.len()) <= EXACT {
        return at_most(first.len(), second.len(), below);
    }
    let u = (all - below - ties) as f64 + ties as f64 / 2.0;
    let deviation = variance(first, second).sqrt();
    if deviation <= 0.0 {
        return 1.0;
    }
    normal::cdf(-(u - all as f64 / 2.0 - 0.5) / deviation)
}

fn pooled(first: &[f64], second: &[f64]) -> Vec<f64> {
    let mut all: Vec<f64> = first.iter().chain(second).copied().collect();
    all.sort_unstable_by(f64::total_cmp);
    all
}

fn has_ties(first: &[f64], second: &[f64]) -> bool {
    pooled(first, second).windows(2).any(|two| two[0] == two[1])
}

/// Of U, corrected for ties.
fn variance(first: &[f64], second: &[f64]) -> f64 {
    let all = pooled(first, second);
    let ties: f64 = all.chunk_by(|a, b| a == b).map(|group| group.len() as f64).map(|size| size * (size * size - 1.0)).sum();
    let (m, n, total) = (first.len() as f64, second.len() as f64, all.len() as f64);
    m * n / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)).max(1.0))
}

/// The probability of U at most `u` without a difference. The last of i + j values in order is of the first sample with probability
/// i / (i + j), and then all j of the second lie below it.
fn at_most(m: usize, n: usize, u: usize) -> f64 {
    // by[j][x]: the probability of U = x with i values of the first sample and j of the second
    let mut by: Vec<Vec<f64>> = vec![unit(u); n + 1];
    for i in 1..=m {
        let mut next = vec![unit(u)];
        for j in 1..=n {
            let share = i as f64 / (i + j) as f64;
            let sum = |x: usize| {
                let last = if x >= j { by[j][x - j] } else { 0.0 };
                share * last + (1.0 - share) * next[j - 1][x]
            };
            let row = (0..=u).map(sum).collect();
            next.push(row);
        }
        by = next;
    }
    by[n].iter().sum::<f64>().min(1.0)
}

/// Certainty that there is no pair.
fn unit(u: usize) -> Vec<f64> {
    let mut row = vec![0.0; u + 1];
    row[0] = 1.0;
    row
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::analyze::testvectors::vectors;
    use proptest::prelude::*;

    /// One row per value: the number of its case, which sample it is of, the value, and the p of scipy that the second is higher.
    #[test]
    fn agrees_with_reference_vectors() {
        let rows = vectors::<4>(include_str!("../../tests/data/statistics/mann_whitney.tsv"));
        let mut cases = 0;
        for case in rows.chunk_by(|a, b| a[0] == b[0]) {
            let of = |sample: f64| -> Vec<f64> { case.iter().filter(|row| row[1] == sample).map(|row| row[2]).collect() };
            let (got, want) = (higher(&of(1.0), &of(2.0)), case[0][3]);
            assert!((got - want).abs() <= 1e-10 * want, "case {}: {got} for {want}", case[0][0]);
            cases += 1;
        }
        assert!(cases > 20, "{cases}");
    }

    #[test]
    fn by_hand() {
        // one of C(6, 3) orders
        assert_eq!(higher(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 0.05);
        assert_eq!(higher(&[4.0, 5.0, 6.0], &[1.0, 2.0, 3.0]), 1.0);
        let ten = |from: u8| -> Vec<f64> { (from..from + 10).map(f64::from).collect() };
        assert!((higher(&ten(0), &ten(10)) - 1.0 / 184_756.0).abs() < 1e-18);
    }

    #[test]
    fn what_cannot_differ_shows_nothing() {
        assert_eq!(higher(&[], &[1.0]), 1.0);
        assert_eq!(higher(&[1.0], &[f64::NAN]), 1.0);
        assert_eq!(higher(&[7.0; 9], &[7.0; 9]), 1.0);
    }

    proptest! {
        #[test]
        fn both_directions_are_never_improbable(a in prop::collection::vec(0.0..9.0f64, 1..40), b in prop::collection::vec(0.0..9.0f64, 1..40)) {
            let (up, down) = (higher(&a, &b), higher(&b, &a));
            prop_assert!((0.0..=1.0).contains(&up) && up + down >= 1.0 - 1e-9);
        }

        #[test]
        fn a_higher_value_never_speaks_against_it(a in prop::collection::vec(0.0..9.0f64, 5..30), mut b in prop::collection::vec(0.0..9.0f64, 5..30), by in 0.0..5.0f64) {
            let before = higher(&a, &b);
            b[2] += by;
            prop_assert!(higher(&a, &b) <= before + 1e-12);
        }
    }
}
