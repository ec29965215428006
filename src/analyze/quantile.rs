//! Robust figures of a sample. A sample that is empty or holds a NaN or an infinity has none.

/// Scales a median absolute deviation to the standard deviation of normal noise: 1 / Φ⁻¹(¾).
pub const MAD_TO_SIGMA: f64 = 1.482_602_218_505_602;

/// The quantile at `share` (0 to 1), interpolated linearly between order statistics: type 7 of Hyndman and Fan
/// (The American Statistician 50, 1996), the default of R and NumPy.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&share) || values.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let position = share * values.len().checked_sub(1)? as f64;
    let mut values = values.to_vec();
    let (_, low, above) = values.select_nth_unstable_by(position.floor() as usize, f64::total_cmp);
    let next = above.iter().copied().min_by(f64::total_cmp).filter(|_| position.fract() > 0.0);
    Some(between(*low, next.unwrap_or(*low), position.fract()))
}

/// The median: the mean of the two middle values if their number is even.
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The median absolute deviation from the median, unscaled; see [`MAD_TO_SIGMA`].
pub fn mad(values: &[f64]) -> Option<f64> {
    let centre = median(values)?;
    let deviations: Vec<f64> = values.iter().map(|v| (v - centre).abs()).collect();
    median(&deviations)
}

/// The values in ascending order; `None` if there are none or one is not finite.
pub fn sorted(values: &[f64]) -> Option<Vec<f64>> {
    if values.is_empty() || values.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    Some(sorted)
}

/// [`quantile`] of values in ascending order, for many quantiles of one sample.
pub fn quantile_of_sorted(sorted: &[f64], share: f64) -> Option<f64> {
    quantile_by(sorted.len(), share, |place| sorted.get(place).copied())
}

/// [`quantile`] of a sample of so many values, of which `at` gives the one at a place in ascending order.
pub fn quantile_by(count: usize, share: f64, at: impl Fn(usize) -> Option<f64>) -> Option<f64> {
    let (low, high) = places(count, share)?;
    let position = share * (count - 1) as f64;
    Some(between(at(low)?, at(high)?, position.fract()))
}

/// The places in ascending order between which the quantile of so many values lies.
pub fn places(count: usize, share: f64) -> Option<(usize, usize)> {
    let position = share * count.checked_sub(1)? as f64;
    (0.0..=1.0).contains(&share).then_some((position.floor() as usize, position.ceil() as usize))
}

/// What lies a `part` of the way from `low` to `high`.
fn between(low: f64, high: f64, part: f64) -> f64 {
    let step = high - low;
    // Two huge values of opposite sign: their distance overflows, their weighted sum does not.
    if step.is_finite() { low + part * step } else { low * (1.0 - part) + high * part }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn medians() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&[7.0]), Some(7.0));
    }

    #[test]
    fn quantiles_of_type_seven() {
        let values = [10.0, 20.0, 30.0, 40.0, 50.0];
        let got = [0.0, 0.1, 0.25, 0.5, 0.95, 1.0].map(|share| quantile(&values, share).unwrap());
        assert_eq!(got, [10.0, 14.0, 20.0, 30.0, 48.0, 50.0]);
    }

    #[test]
    fn one_wild_value_does_not_move_the_mad() {
        assert_eq!(mad(&[1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9.0]), Some(1.0));
        assert_eq!(mad(&[1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9e9]), Some(1.0));
        assert_eq!(mad(&[5.0, 5.0, 5.0]), Some(0.0));
    }

    #[test]
    fn what_is_no_sample_has_no_figure() {
        for values in [&[][..], &[1.0, f64::NAN], &[f64::INFINITY], &[f64::NEG_INFINITY, 1.0]] {
            assert_eq!(median(values), None);
            assert_eq!(mad(values), None);
        }
        for share in [-0.1, 1.1, f64::NAN] {
            assert_eq!(quantile(&[1.0, 2.0], share), None);
        }
    }

    #[test]
    fn huge_values_do_not_overflow() {
        assert_eq!(median(&[f64::MAX, -f64::MAX]), Some(0.0));
    }

    proptest! {
        #[test]
        fn quantiles_are_ordered_and_inside(values in prop::collection::vec(-1e12..1e12f64, 1..50), a in 0.0..=1.0f64, b in 0.0..=1.0f64) {
            let (a, b) = (a.min(b), a.max(b));
            let sorted = sorted(&values).unwrap();
            let (low, high) = (quantile(&values, a).unwrap(), quantile(&values, b).unwrap());
            prop_assert!(sorted[0] <= low && low <= high + 1e-3 && high <= sorted[sorted.len() - 1]);
        }

        #[test]
        fn the_order_of_values_does_not_matter(values in prop::collection::vec(-1e12..1e12f64, 1..50)) {
            let mut reversed = values.clone();
            reversed.reverse();
            prop_assert_eq!(quantile(&values, 0.37), quantile(&reversed, 0.37));
            prop_assert_eq!(mad(&values), mad(&reversed));
        }
    }
}
