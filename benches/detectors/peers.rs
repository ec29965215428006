//! The rules of other tools as their documentation describes them, on values of which less is better.

use readiness::analyze::{normal, quantile, student};

/// Whether the newest of `values` is an alert in the light of the others.
pub type Rule = fn(&[f64]) -> bool;

/// github-action-benchmark, bencher.dev and conbench judge the newest value, and two rules of thumb do so.
pub const RULES: [(&str, Rule); 11] = [
    ("github-action-benchmark, alert at 200 %", |values| ratio(values, 2.0)),
    ("github-action-benchmark, alert at 150 %", |values| ratio(values, 1.5)),
    ("above 110 % of the previous", |values| ratio(values, 1.1)),
    ("above 105 % of the previous", |values| ratio(values, 1.05)),
    ("above 110 % of the median of ten", |values| split(values, 10).is_some_and(|(past, new)| new > 1.1 * median(past))),
    ("Bencher `t_test`, 0.99, 64 runs", t_test),
    ("Bencher `z_score`, 0.99, 64 runs", |values| above_mean(values, 64, normal::quantile(0.99).unwrap_or(f64::INFINITY))),
    ("Bencher `percentage`, 0.10, 64 runs", |values| split(values, 64).is_some_and(|(past, new)| new > 1.1 * mean(past))),
    ("Bencher `iqr`, 3.0, 64 runs", |values| iqr(values, 3.0)),
    ("lookback z-score of 5, 100 runs (as conbench)", lookback),
    ("lookback z-score of 50, 100 runs (as conbench)", far_lookback),
];

/// At most `most` of the values before the newest, and the newest.
fn split(values: &[f64], most: usize) -> Option<(&[f64], f64)> {
    let (new, past) = values.split_last()?;
    let past = &past[past.len().saturating_sub(most)..];
    (past.len() >= 2).then_some((past, *new))
}

fn ratio(values: &[f64], limit: f64) -> bool {
    matches!(values, [.., previous, new] if *new > limit * previous)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)).sqrt()
}

fn median(values: &[f64]) -> f64 {
    quantile::median(values).unwrap_or(f64::NAN)
}

/// Values that never varied give no limit.
fn above_mean(values: &[f64], most: usize, deviations: f64) -> bool {
    split(values, most).is_some_and(|(past, new)| deviation(past) > 0.0 && new > mean(past) + deviations * deviation(past))
}

/// A one-sided prediction interval.
fn t_test(values: &[f64]) -> bool {
    let Some((past, _)) = split(values, 64) else { return false };
    let n = past.len();
    let Some(t) = student::quantile(0.99, n as u64 - 1) else { return false };
    above_mean(values, 64, t * (1.0 + 1.0 / n as f64).sqrt())
}

fn iqr(values: &[f64], times: f64) -> bool {
    let Some((past, new)) = split(values, 64) else { return false };
    let at = |share| quantile::quantile(past, share).unwrap_or(f64::NAN);
    let range = at(0.75) - at(0.25);
    range > 0.0 && new > at(0.5) + times * range
}

fn lookback(values: &[f64]) -> bool {
    above_mean(&without_outliers(values), 100, 5.0)
}

fn far_lookback(values: &[f64]) -> bool {
    above_mean(&without_outliers(values), 100, 50.0)
}

/// The values since the last jump that stayed, without those that jumped up and back: jumps are differences beyond five
/// deviations of the differences, the largest and smallest twentieth of which are left out. The newest always stays.
fn without_outliers(values: &[f64]) -> Vec<f64> {
    let Some((past, new)) = split(values, usize::MAX) else { return values.to_vec() };
    let differences: Vec<f64> = past.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let trimmed = quantile::sorted(&differences).map(|sorted| {
        let cut = sorted.len() / 20;
        sorted[cut..sorted.len() - cut].to_vec()
    });
    let limit = trimmed.filter(|inner| inner.len() > 2).map_or(f64::INFINITY, |inner| 5.0 * deviation(&inner));
    let jumps = |i: usize| differences.get(i).is_some_and(|difference| difference.abs() > limit);
    let mut kept = Vec::new();
    for (i, value) in past.iter().enumerate() {
        let (before, after) = (i > 0 && jumps(i - 1), jumps(i));
        match (before, after) {
            (true, true) => {}
            (true, false) if !(i > 1 && jumps(i - 2)) => kept = vec![*value],
            _ => kept.push(*value),
        }
    }
    kept.push(new);
    kept
}
