//! What a share `k` of `n` supports: one-sided exact bounds for verdicts, a two-sided interval for charts.
//!
//! Counts are `f64` because a clustered sample has a fractional effective size. Arguments that are no sample
//! (n = 0, k > n, a NaN) bound nothing, so they get the whole interval 0 to 1.

use super::{beta, normal};

/// The largest number of cases a search for the needed number considers: counts beyond it are not exact in `f64`.
const MOST_CASES: u64 = 1 << 53;

/// The one-sided Clopper-Pearson upper bound on the true rate, after `k` of `n`.
///
/// It is the rate p at which `k` or fewer of `n` has probability 1 - `confidence`. `confidence` is a share: 0.95.
pub fn clopper_pearson_upper(k: f64, n: f64, confidence: f64) -> f64 {
    if !is_sample(k, n, confidence) || k == n {
        return 1.0;
    }
    if k == 0.0 {
        return -((-confidence).ln_1p() / n).exp_m1();
    }
    beta::inverse(k + 1.0, n - k, confidence).map_or(1.0, |bound| bound.max(k / n))
}

/// The one-sided Clopper-Pearson lower bound on the true rate, after `k` of `n`; see [`clopper_pearson_upper`].
pub fn clopper_pearson_lower(k: f64, n: f64, confidence: f64) -> f64 {
    if !is_sample(k, n, confidence) || k == 0.0 {
        return 0.0;
    }
    if k == n {
        return ((-confidence).ln_1p() / n).exp();
    }
    beta::inverse(k, n - k + 1.0, 1.0 - confidence).map_or(0.0, |bound| bound.min(k / n))
}

/// The two-sided Wilson score interval `(low, high)` for the true rate, after `k` of `n`: for charts, where the exact
/// interval looks too wide. Source: E. B. Wilson, JASA 22 (1927).
pub fn wilson(k: f64, n: f64, confidence: f64) -> (f64, f64) {
    let quantile = normal::quantile(0.5 + confidence / 2.0);
    let Some(z) = quantile.filter(|_| is_sample(k, n, confidence)) else {
        return (0.0, 1.0);
    };
    let zz = z * z;
    let spread = z * (zz + 4.0 * k * (1.0 - k / n)).sqrt();
    let high = (2.0 * k + zz + spread) / (2.0 * (n + zz));
    // The product of both ends is k² / (n (n + z²)); subtracting `spread` instead would cancel for a small k.
    let low = k * k / (n * (n + zz) * high);
    (low.min(k / n), high.max(k / n).min(1.0))
}

/// The fewest cases of which `bad` bad ones still prove a rate of at most `limit`: 598 for none bad and 0.5 % at 95 %.
///
/// `None` if no number of cases does, or arguments are out of range (`limit` below or at 0, `confidence` not inside
/// 0 to 1).
pub fn cases_needed_at_most(bad: u64, limit: f64, confidence: f64) -> Option<u64> {
    fewest(bad.max(1), |n| clopper_pearson_upper(bad as f64, n as f64, confidence) <= limit)
}

/// The fewest cases of which `misses` misses still prove a rate of at least `limit`: 149 for no miss and 98 % at 95 %.
///
/// `None` if no number of cases does, or arguments are out of range (`limit` at or over 1, `confidence` not inside
/// 0 to 1).
pub fn cases_needed_at_least(misses: u64, limit: f64, confidence: f64) -> Option<u64> {
    fewest(misses.max(1), |n| clopper_pearson_lower((n - misses) as f64, n as f64, confidence) >= limit)
}

/// The smallest n >= `from`, itself at least 1, for which `proves` holds; `proves` never turns false again as n grows.
pub(super) fn fewest(from: u64, proves: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut low, mut high) = (from, from);
    while !proves(high) {
        if high > MOST_CASES {
            return None;
        }
        (low, high) = (high + 1, 2 * high);
    }
    while low < high {
        let middle = low.midpoint(high);
        match proves(middle) {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    Some(high)
}

fn is_sample(k: f64, n: f64, confidence: f64) -> bool {
    n > 0.0 && n.is_finite() && (0.0..=n).contains(&k) && confidence > 0.0 && confidence < 1.0
}

#[cfg(test)]
mod tests;
