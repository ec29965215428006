//! Many tests at once: p-values after which "one of them failed" is wrong no more often than for a single test.

/// Holm's step-down adjusted p-values, in the order of the given ones: reject where an adjusted value is at most alpha.
///
/// The i-th smallest of m is multiplied by m - i + 1, and never made smaller than the one before it. Equal values get
/// equal answers. What is no probability speaks against nothing: it counts as 1.
/// Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
pub fn adjusted(p_values: &[f64]) -> Vec<f64> {
    let sound = |p: f64| if (0.0..=1.0).contains(&p) { p } else { 1.0 };
    let mut ranked: Vec<(usize, f64)> = p_values.iter().map(|p| sound(*p)).enumerate().collect();
    ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut adjusted = vec![1.0; ranked.len()];
    let mut highest = 0.0_f64;
    for (rank, (place, p)) in ranked.iter().enumerate() {
        highest = highest.max((ranked.len() - rank) as f64 * p).min(1.0);
        adjusted[*place] = highest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use proptest::prelude::*;

    /// One row per p-value: the number of its family, the value, the adjusted value of statsmodels.
    #[test]
    fn agrees_with_reference_vectors() {
        let rows = crate::analyze::testvectors::vectors::<3>(include_str!("../../tests/data/statistics/holm.tsv"));
        for family in rows.chunk_by(|a, b| a[0] == b[0]) {
            let given: Vec<f64> = family.iter().map(|row| row[1]).collect();
            for (got, [_, p, want]) in adjusted(&given).into_iter().zip(family) {
                assert!((got - want).abs() <= 1e-14 * want, "{p}: {got} for {want}");
            }
        }
        assert!(rows.len() > 50);
    }

    #[test]
    fn what_is_no_probability_alarms_nobody() {
        assert_eq!(adjusted(&[]), [0.0; 0]);
        assert_eq!(adjusted(&[f64::NAN, 0.01, -1.0, 2.0]), [1.0, 0.04, 1.0, 1.0]);
        assert_eq!(adjusted(&[0.02, 0.02, 0.0]), [0.04, 0.04, 0.0]);
    }

    proptest! {
        #[test]
        fn keeps_the_order_and_never_makes_a_value_smaller(p in prop::collection::vec(0.0..=1.0f64, 0..40)) {
            let adjusted = adjusted(&p);
            for (i, a) in adjusted.iter().enumerate() {
                prop_assert!(p[i] <= *a && *a <= 1.0);
                for (j, b) in adjusted.iter().enumerate() {
                    prop_assert!(p[i] > p[j] || a <= b);
                    prop_assert!(p[i] != p[j] || a == b);
                }
            }
        }
    }
}
