//! E-divisive with Student's t, the way of Apache Otava (formerly Hunter): in windows of 50 values, 25 apart, the split with
//! the greatest distance between what lies before and after it is sought, and again in both parts, as long as a t-test is
//! below ten times the level; then the weakest change is dropped until every one is below the level.

use readiness::analyze::student;
use std::ops::Range;

const WINDOW: usize = 50;
const LEVEL: f64 = 0.001;

/// Where new levels begin.
pub fn changes(values: &[f64]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut start = 0;
    loop {
        let end = (start + WINDOW).min(values.len());
        divide(values, start..end, &mut found);
        if end == values.len() {
            break;
        }
        start += WINDOW / 2;
    }
    found.sort_unstable();
    found.dedup();
    loop {
        let chance = |i: usize| {
            let start = if i == 0 { 0 } else { found[i - 1] };
            let end = found.get(i + 1).copied().unwrap_or(values.len());
            p_value(&values[start..found[i]], &values[found[i]..end])
        };
        let weakest = (0..found.len()).map(|i| (i, chance(i))).max_by(|a, b| a.1.total_cmp(&b.1));
        match weakest.filter(|(_, p)| *p > LEVEL) {
            Some((i, _)) => found.remove(i),
            None => return found,
        };
    }
}

fn divide(values: &[f64], range: Range<usize>, found: &mut Vec<usize>) {
    let Some(at) = farthest(&values[range.clone()]).map(|at| at + range.start) else { return };
    if p_value(&values[range.start..at], &values[at..range.end]) <= 10.0 * LEVEL {
        found.push(at);
        divide(values, range.start..at, found);
        divide(values, at..range.end, found);
    }
}

/// The split of greatest energy distance (Matteson and James, Journal of the American Statistical Association 109, 2014),
/// from running sums of the distances.
fn farthest(values: &[f64]) -> Option<usize> {
    let n = values.len();
    let distance = |i: usize, j: usize| (values[i] - values[j]).abs();
    let all: f64 = (0..n).map(|i| (0..i).map(|j| distance(i, j)).sum::<f64>()).sum();
    let (mut left, mut best) = (0.0, None);
    let mut right = all;
    for at in 1..n {
        left += (0..at - 1).map(|j| distance(at - 1, j)).sum::<f64>();
        right -= (at..n).map(|j| distance(at - 1, j)).sum::<f64>();
        let (m, k) = (at as f64, (n - at) as f64);
        let within = |sum: f64, size: f64| if size > 1.0 { sum / (size * (size - 1.0) / 2.0) } else { 0.0 };
        let between = 2.0 * (all - left - right) / (m * k);
        let q = m * k / (m + k) * (between - within(left, m) - within(right, k));
        if best.is_none_or(|(most, _)| q > most) {
            best = Some((q, at));
        }
    }
    best.map(|(_, at)| at)
}

/// Student's two-sided test of equal means, of equal variances.
fn p_value(a: &[f64], b: &[f64]) -> f64 {
    let (m, n) = (a.len() as f64, b.len() as f64);
    if a.is_empty() || b.is_empty() || a.len() + b.len() < 3 {
        return 1.0;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let about = |values: &[f64]| values.iter().map(|v| (v - mean(values)).powi(2)).sum::<f64>();
    let freedom = a.len() + b.len() - 2;
    let difference = (mean(a) - mean(b)).abs();
    let error = ((about(a) + about(b)) / freedom as f64 * (1.0 / m + 1.0 / n)).sqrt();
    if error == 0.0 {
        return if difference > 0.0 { 0.0 } else { 1.0 };
    }
    student::cdf(-difference / error, freedom as u64).map_or(1.0, |p| 2.0 * p)
}
