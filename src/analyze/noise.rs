//! How noisy a series is, told apart from its steps and its wild points.

use super::quantile::{MAD_TO_SIGMA, mad, median};

/// Noise is taken to be at least this share of the level: even exact counters get a scale.
pub const NOISE_FLOOR: f64 = 1e-4;
/// Neighbours on each side of a point in the Hampel filter.
const REACH: usize = 2;
/// Deviations beyond this many sigma are cut off before they can shape an estimate.
const CLIP: f64 = 3.0;
/// The most that autocorrelation may inflate a variance, at a correlation of 0.8: what hangs together even more is a level
/// that moves, and no noise about one.
const MOST_INFLATION: f64 = 9.0;
/// The half of a cycle is looked for at up to this many points.
const HALF_CYCLE: usize = 10;

/// The series with each point that stands out of its four neighbours replaced by their median (Hampel filter, window
/// of 5, 3 sigma): a single spike can then never look like a step.
pub fn without_spikes(values: &[f64]) -> Vec<f64> {
    let last = values.len().saturating_sub(1);
    let smooth = |(i, value): (usize, &f64)| {
        let window = &values[i.saturating_sub(REACH)..=(i + REACH).min(last)];
        let (centre, mad) = match <[f64; 2 * REACH + 1]>::try_from(window) {
            Ok(window) => middle(window),
            Err(_) => (median(window).unwrap_or(*value), mad(window).unwrap_or(0.0)),
        };
        if (value - centre).abs() > CLIP * MAD_TO_SIGMA * mad { centre } else { *value }
    };
    values.iter().enumerate().map(smooth).collect()
}

/// The median of a few values and their median distance from it; of a number that is known, so that the compiler needs no branch.
fn middle<const N: usize>(values: [f64; N]) -> (f64, f64) {
    let middle = |mut values: [f64; N]| {
        for last in (1..N).rev() {
            for i in 0..last {
                (values[i], values[i + 1]) = (values[i].min(values[i + 1]), values[i].max(values[i + 1]));
            }
        }
        values[N / 2]
    };
    let centre = middle(values);
    (centre, middle(values.map(|value| (value - centre).abs())))
}

/// The standard deviation of normal noise that has the same median absolute value as these residuals.
pub fn scale(residuals: &[f64]) -> f64 {
    let sizes: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
    MAD_TO_SIGMA * median(&sizes).unwrap_or(0.0)
}

/// The same from the differences of neighbours: steps hardly touch it, autocorrelation makes it too small.
pub fn scale_of_differences(values: &[f64]) -> f64 {
    let differences: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    scale(&differences) / std::f64::consts::SQRT_2
}

/// The standard deviation; 0 for fewer than two values.
pub fn deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    if n < 2.0 {
        return 0.0;
    }
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}

/// By how much the variance of a mean exceeds that of independent noise: (1+ρ)/(1-ρ) for the lag-1 correlation ρ of noise
/// that dies away (Bayley and Hammersley, Supplement to the Journal of the Royal Statistical Society 8, 1946); at least 1.
///
/// Neighbours are alike in a cycle too, a weekly one for example, but its ups and downs cancel in a mean. It betrays itself
/// half a cycle on by a negative correlation, which is taken off as far as it exceeds two standard errors of chance.
pub fn inflation(residuals: &[f64], sigma: f64) -> f64 {
    let clipped: Vec<f64> = residuals.iter().map(|r| r.clamp(-CLIP * sigma, CLIP * sigma)).collect();
    let shared = products(&clipped);
    let (power, next) = (shared[0], shared[1]);
    if power <= 0.0 || next <= 0.0 {
        return 1.0;
    }
    let opposite = shared[2..].iter().copied().fold(0.0, f64::min) / power;
    let chance = 2.0 / (clipped.len() as f64).sqrt();
    let rho = (next / power + (opposite + chance).min(0.0)).max(0.0);
    ((1.0 + rho) / (1.0 - rho)).min(MOST_INFLATION)
}

/// The sums of the products of values that lie 0, 1, 2 … points apart: all side by side, since each waits for its own last sum only.
fn products(values: &[f64]) -> [f64; HALF_CYCLE + 1] {
    let mut sums = [0.0; HALF_CYCLE + 1];
    for window in values.windows(HALF_CYCLE + 1) {
        sums.iter_mut().zip(window).for_each(|(sum, value)| *sum += window[0] * value);
    }
    let last = &values[values.len().saturating_sub(HALF_CYCLE)..];
    for (i, value) in last.iter().enumerate() {
        sums.iter_mut().zip(&last[i..]).for_each(|(sum, other)| *sum += value * other);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_goes_and_a_step_stays() {
        assert_eq!(without_spikes(&[1.0, 1.0, 9.0, 1.0, 1.0]), [1.0; 5]);
        let step = [1.0, 1.0, 1.0, 9.0, 9.0, 9.0];
        assert_eq!(without_spikes(&step), step);
        assert!(without_spikes(&[]).is_empty());
    }

    #[test]
    fn scales_are_those_of_the_middle_value() {
        assert_eq!(scale(&[-1.0, 2.0, -3.0]), 2.0 * MAD_TO_SIGMA);
        assert_eq!(scale_of_differences(&[0.0, 2.0, 0.0, 2.0]), 2.0 * MAD_TO_SIGMA / std::f64::consts::SQRT_2);
        assert_eq!(deviation(&[1.0, 3.0]), std::f64::consts::SQRT_2);
        assert_eq!((scale(&[]), scale_of_differences(&[1.0]), deviation(&[1.0])), (0.0, 0.0, 0.0));
    }

    #[test]
    fn only_a_positive_correlation_inflates() {
        assert_eq!(inflation(&[1.0, -1.0, 1.0, -1.0], 1.0), 1.0);
        // products 1 + 0 + 1 of a power of 4: ρ is ½
        assert_eq!(inflation(&[1.0, 1.0, 0.0, 1.0, 1.0], 1.0), 3.0);
        assert_eq!(inflation(&[0.0, 0.0], 0.0), 1.0);
        assert_eq!(inflation(&[1.0; 1000], 1.0), MOST_INFLATION);
    }

    #[test]
    fn a_cycle_does_not_inflate() {
        let week = |i: i32| (f64::from(i) * std::f64::consts::TAU / 7.0).sin();
        assert_eq!(inflation(&(0..210).map(week).collect::<Vec<f64>>(), 1.0), 1.0);
        let alike = |i: i32| if i / 30 % 2 == 0 { 1.0 } else { -1.0 };
        assert!(inflation(&(0..210).map(alike).collect::<Vec<f64>>(), 1.0) > 8.0);
    }
}
