//! Differences of pairs: how far they lie from nothing, and how sure that is, whatever the shape of their noise.
//!
//! Walsh averages are the means of every two differences, each with itself too: n (n + 1) / 2 of them. Their median estimates the
//! shift (Hodges and Lehmann), how many of them are positive is Wilcoxon's signed-rank statistic, and the interval is between
//! two of them in their order (Tukey). All that is asked of the noise is that it is symmetric about the shift.
//!
//! Sources: F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945); J. L. Hodges and
//! E. L. Lehmann, "Estimates of location based on rank tests", Annals of Mathematical Statistics 34 (1963); M. Hollander and
//! D. A. Wolfe, "Nonparametric Statistical Methods", section 3.3.

use super::normal;
use super::quantile::{quantile_of_sorted, sorted};

/// Up to so many pairs the distribution is exact; beyond, it is taken to be normal.
pub const EXACT: usize = 100;

/// The Walsh averages of some differences, in order.
pub struct Walsh {
    averages: Vec<f64>,
    null: Null,
}

/// Bounds that each hold with the confidence asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// The estimate.
    pub value: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl Walsh {
    /// Of some differences; `None` if there are none or one is not finite.
    pub fn of(differences: &[f64]) -> Option<Walsh> {
        let values = sorted(differences)?;
        let mut averages = Vec::with_capacity(values.len() * (values.len() + 1) / 2);
        for (i, a) in values.iter().enumerate() {
            averages.extend(values[i..].iter().map(|b| a.midpoint(*b)));
        }
        averages.sort_unstable_by(f64::total_cmp);
        Some(Walsh { averages, null: Null::of(values.len()) })
    }

    /// The estimate and a bound on each side of it, of one-sided `confidence`; `None` where so few pairs have no bound: fewer than
    /// 5 for 95 %. Exact up to [`EXACT`] pairs; equal differences make it wider than it must be, never narrower.
    pub fn shift(&self, confidence: f64) -> Option<Shift> {
        let place = self.null.outside(1.0 - confidence)?;
        let last = self.averages.len().checked_sub(1)?;
        let value = quantile_of_sorted(&self.averages, 0.5)?;
        Some(Shift { value, low: *self.averages.get(place)?, high: *self.averages.get(last.checked_sub(place)?)? })
    }

    /// The probability of differences so far above 0 or farther, were they as likely below: one-sided. Differences of exactly 0
    /// speak for neither side.
    pub fn above(&self) -> f64 {
        let positive = self.averages.iter().filter(|average| **average > 0.0).count();
        self.null.at_most(self.averages.len() - positive)
    }

    /// The same for differences below 0.
    pub fn below(&self) -> f64 {
        let negative = self.averages.iter().filter(|average| **average < 0.0).count();
        self.null.at_most(self.averages.len() - negative)
    }
}

/// The signed-rank statistic of so many differences without a shift.
enum Null {
    /// The probability of each value or a smaller one.
    Exact(Vec<f64>),
    /// So many pairs that it is as good as normal.
    Normal(f64),
}

impl Null {
    fn of(pairs: usize) -> Null {
        if pairs > EXACT {
            return Null::Normal(pairs as f64);
        }
        // Each rank is added or not with probability one half.
        let mut probability = vec![0.0; pairs * (pairs + 1) / 2 + 1];
        probability[0] = 1.0;
        for rank in 1..=pairs {
            for sum in (0..=rank * (rank + 1) / 2).rev() {
                let with = if sum >= rank { probability[sum - rank] } else { 0.0 };
                probability[sum] = (probability[sum] + with) / 2.0;
            }
        }
        let mut below: f64 = 0.0;
        probability.iter_mut().for_each(|p| {
            below += *p;
            *p = below.min(1.0);
        });
        Null::Exact(probability)
    }

    fn at_most(&self, t: usize) -> f64 {
        match self {
            Null::Exact(cumulative) => cumulative.get(t).copied().unwrap_or(1.0),
            Null::Normal(n) => {
                let mean = n * (n + 1.0) / 4.0;
                normal::cdf((t as f64 + 0.5 - mean) / (mean * (2.0 * n + 1.0) / 6.0).sqrt())
            }
        }
    }

    /// How many Walsh averages may be left out at each end for an interval that misses on one side with at most `alpha`: the order
    /// statistic at a place, from 0, lies on the wrong side as often as the statistic is at most that.
    fn outside(&self, alpha: f64) -> Option<usize> {
        let holds = |t: usize| self.at_most(t) <= alpha;
        if !holds(0) {
            return None;
        }
        let (mut low, mut high) = (0, 1);
        while holds(high) {
            (low, high) = (high, high * 2);
            if high > 1 << 40 {
                return None;
            }
        }
        while high - low > 1 {
            let middle = low.midpoint(high);
            if holds(middle) { low = middle } else { high = middle }
        }
        Some(low)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::analyze::testnoise::Noise;
    use crate::analyze::testvectors::vectors;
    use proptest::prelude::*;

    /// One row per difference: the number of its sample, the difference, one-sided p above and below of scipy, and estimate, low and high of
    /// R's `wilcox.test`.
    #[test]
    fn agrees_with_reference_vectors() {
        let rows = vectors::<7>(include_str!("../../tests/data/statistics/signed_rank.tsv"));
        let mut samples = 0;
        for sample in rows.chunk_by(|a, b| a[0] == b[0]) {
            let differences: Vec<f64> = sample.iter().map(|row| row[1]).collect();
            let [.., above, below, value, low, high] = sample[0];
            let walsh = Walsh::of(&differences).unwrap();
            let near = |got: f64, want: f64| assert!((got - want).abs() <= 1e-12 * want.abs().max(1e-3), "{sample:?}: {got} for {want}");
            near(walsh.above(), above);
            near(walsh.below(), below);
            match walsh.shift(0.95) {
                None => assert!(low.is_nan() && differences.len() < 5, "{differences:?}"),
                Some(shift) => {
                    [(shift.value, value), (shift.low, low), (shift.high, high)].map(|(got, want)| near(got, want)).into_iter().collect()
                }
            }
            samples += 1;
        }
        assert!(samples > 20, "{samples}");
    }

    #[test]
    fn five_pairs_are_the_fewest_that_bound_anything() {
        assert!(Walsh::of(&[1.0, 2.0, 3.0, 4.0]).unwrap().shift(0.95).is_none());
        let shift = Walsh::of(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap().shift(0.95).unwrap();
        assert_eq!((shift.low, shift.value, shift.high), (1.0, 3.0, 5.0));
        assert_eq!(Walsh::of(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap().above(), 1.0 / 32.0);
    }

    #[test]
    fn equal_differences_leave_no_doubt_of_their_size() {
        let walsh = Walsh::of(&[0.05; 10]).unwrap();
        let shift = walsh.shift(0.95).unwrap();
        assert_eq!((shift.low, shift.value, shift.high), (0.05, 0.05, 0.05));
        assert_eq!(walsh.above(), 1.0 / 1024.0);
        let none = Walsh::of(&[0.0; 10]).unwrap();
        assert_eq!((none.above(), none.below()), (1.0, 1.0));
    }

    #[test]
    fn what_is_no_sample_has_no_shift() {
        assert!(Walsh::of(&[]).is_none() && Walsh::of(&[1.0, f64::NAN]).is_none());
        for confidence in [1.0, 2.0, f64::NAN] {
            assert!(Walsh::of(&[1.0; 9]).unwrap().shift(confidence).is_none());
        }
        // Any bound will do where none is asked for: the search for the last one ends.
        assert!(Walsh::of(&[1.0; 9]).unwrap().shift(-1.0).is_none());
    }

    #[test]
    fn the_normal_takes_over_without_a_step() {
        for t in [2000, 2400, 2525, 3000] {
            let (exact, normal) = (Null::of(EXACT).at_most(t), Null::Normal(EXACT as f64).at_most(t));
            assert!((exact - normal).abs() < 1e-3, "{t}: {exact} {normal}");
        }
        let many: Vec<f64> = (0..300).map(|n| f64::from(n * 37 % 101)).collect();
        let shift = Walsh::of(&many).unwrap().shift(0.95).unwrap();
        assert!(shift.low < shift.value && shift.value < shift.high, "{shift:?}");
    }

    /// How often each bound holds, over four thousand samples of each kind of symmetric noise.
    #[test]
    fn the_bounds_hold_as_often_as_they_say() {
        let mut noise = Noise::new(20);
        for pairs in [5, 8, 10, 20] {
            for kind in 0..3 {
                let (mut below, mut above, trials) = (0, 0, 4000);
                for _ in 0..trials {
                    let sample: Vec<f64> = (0..pairs).map(|_| 0.3 + draw(&mut noise, kind)).collect();
                    let shift = Walsh::of(&sample).unwrap().shift(0.95).unwrap();
                    below += usize::from(shift.low <= 0.3);
                    above += usize::from(shift.high >= 0.3);
                }
                // three standard errors below 95 %
                assert!(below.min(above) as f64 / f64::from(trials) > 0.95 - 0.0104, "{pairs} pairs, kind {kind}: {below} {above}");
            }
        }
    }

    /// Normal, heavy-tailed and uniform.
    fn draw(noise: &mut Noise, kind: usize) -> f64 {
        match kind {
            0 => noise.normal(),
            1 => noise.normal() / noise.uniform().max(0.02),
            _ => noise.uniform() - 0.5,
        }
    }

    proptest! {
        #[test]
        fn the_mirror_image_has_the_mirrored_bounds(differences in prop::collection::vec(-10.0..10.0f64, 5..30)) {
            let mirrored: Vec<f64> = differences.iter().map(|d| -d).collect();
            let (one, other) = (Walsh::of(&differences).unwrap(), Walsh::of(&mirrored).unwrap());
            let (a, b) = (one.shift(0.95).unwrap(), other.shift(0.95).unwrap());
            prop_assert_eq!((a.low, a.high), (-b.high, -b.low));
            prop_assert!((a.value + b.value).abs() < 1e-12);
            prop_assert_eq!((one.above(), one.below()), (other.below(), other.above()));
        }

        #[test]
        fn a_larger_difference_never_lowers_anything(mut differences in prop::collection::vec(-10.0..10.0f64, 5..30), by in 0.0..5.0f64) {
            let before = Walsh::of(&differences).unwrap();
            differences[2] += by;
            let after = Walsh::of(&differences).unwrap();
            let (a, b) = (before.shift(0.95).unwrap(), after.shift(0.95).unwrap());
            prop_assert!(a.low <= b.low && a.value <= b.value && a.high <= b.high);
            prop_assert!(after.above() <= before.above() && before.below() <= after.below());
        }
    }
}
