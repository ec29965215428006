//! The rank test that compares two samples without asking how their noise is shaped.

/// The Mann-Whitney statistic as a standard normal z, corrected for ties; positive if `after` tends to be larger.
/// 0 if a sample is empty or all values are equal.
pub fn mann_whitney(before: &[f64], after: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = before.iter().map(|v| (*v, false)).chain(after.iter().map(|v| (*v, true))).collect();
    all.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut ranks, mut ties, mut done) = (0.0, 0.0, 0.0);
    for group in all.chunk_by(|a, b| a.0 == b.0) {
        let size = group.len() as f64;
        let rank = done + (size + 1.0) / 2.0;
        ranks += rank * group.iter().filter(|(_, is_after)| *is_after).count() as f64;
        ties += size * (size * size - 1.0);
        done += size;
    }
    let (m, n, total) = (before.len() as f64, after.len() as f64, done);
    let variance = m * n / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)).max(1.0));
    if variance <= 0.0 {
        return 0.0;
    }
    (ranks - n * (total + 1.0) / 2.0) / variance.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separate_samples_by_hand() {
        // the rank sum of the second is 15, expected 10.5, variance 3 * 3 * 7 / 12
        assert!((mann_whitney(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]) - 4.5 / 5.25_f64.sqrt()).abs() < 1e-12);
        assert!((mann_whitney(&[4.0, 5.0, 6.0], &[1.0, 2.0, 3.0]) + 4.5 / 5.25_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn ties_share_their_rank_and_shrink_the_variance() {
        // ranks 1.5 1.5 3.5 | 3.5 5.5 5.5; variance 9/12 * (7 - 3 * 6 / 30)
        assert!((mann_whitney(&[1.0, 1.0, 2.0], &[2.0, 3.0, 3.0]) - 4.0 / 4.8_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_differ_is_zero() {
        assert_eq!(mann_whitney(&[7.0; 5], &[7.0; 5]), 0.0);
        assert_eq!(mann_whitney(&[], &[1.0]), 0.0);
        assert_eq!(mann_whitney(&[], &[]), 0.0);
    }

    #[test]
    fn four_new_points_are_the_fewest_that_can_convince() {
        let past: Vec<f64> = (0..200).map(f64::from).collect();
        assert!(mann_whitney(&past, &[300.0, 301.0, 302.0]) < 3.3);
        assert!(mann_whitney(&past, &[300.0, 301.0, 302.0, 303.0]) > 3.3);
    }
}
