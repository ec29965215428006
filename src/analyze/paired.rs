//! The same cases judged twice: which of them got worse, which got better.
//!
//! Only cases whose outcome changed tell the two apart.

use super::{beta, interval, normal};
use crate::metric::Ratio;

/// How often the outcome of a case changed, among cases that were judged both times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    /// All cases judged both times.
    pub cases: u64,
    /// Good before, bad now.
    pub worse: u64,
    /// Bad before, good now.
    pub better: u64,
}

impl Pairs {
    /// Before and now exchanged.
    pub const fn swapped(self) -> Self {
        Pairs { cases: self.cases, worse: self.better, better: self.worse }
    }

    /// The probability of so many worse cases or more, were a changed case as likely to change either way: the exact one-sided
    /// McNemar test. 1 when nothing changed.
    ///
    /// Source: Q. McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
    /// Psychometrika 12 (1947), with the binomial in place of its approximation.
    pub fn worsened(self) -> f64 {
        if self.worse == 0 {
            return 1.0;
        }
        beta::lower_tail(self.worse as f64, self.better as f64 + 1.0, 0.5, 0.5)
    }

    /// The exact two-sided test: twice the smaller of both one-sided probabilities, at most 1.
    pub fn changed(self) -> f64 {
        (2.0 * self.worsened().min(self.swapped().worsened())).min(1.0)
    }

    /// The two-sided score interval for the share of cases that are bad now less the share that were bad, -1 to 1. The upper
    /// end of a 90 % interval is a one-sided 95 % bound on the drop. Counts that are no sample bound nothing.
    ///
    /// Source: T. Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample
    /// design", Statistics in Medicine 17 (1998).
    pub fn tango(self, confidence: f64) -> (f64, f64) {
        let quantile = normal::quantile(0.5 + confidence / 2.0).filter(|z| *z > 0.0);
        let changed = self.worse.checked_add(self.better);
        let sound = self.cases > 0 && changed.is_some_and(|changed| changed <= self.cases);
        let Some(z) = quantile.filter(|_| sound) else { return (-1.0, 1.0) };
        (-self.swapped().highest(z), self.highest(z))
    }

    /// The largest difference that the score test at `z` does not reject.
    fn highest(self, z: f64) -> f64 {
        if self.worse == self.cases {
            return 1.0;
        }
        let n = self.cases as f64;
        let net = if self.worse >= self.better { (self.worse - self.better) as f64 } else { -((self.better - self.worse) as f64) };
        // n delta - net grows faster than z deviations do: one sign change between the estimate and 1
        let rejects = |delta: f64| n * delta - net > z * self.variance(delta).sqrt();
        let (mut low, mut high) = (net / n, 1.0);
        while !(low.midpoint(high) <= low || low.midpoint(high) >= high) {
            let middle = low.midpoint(high);
            if rejects(middle) { high = middle } else { low = middle }
        }
        high
    }

    /// Of worse less better under a true difference `delta`: n (2 q + delta (1 - delta)), q being the likeliest probability of a
    /// better case, the larger root of 2n q² + b q - c = 0.
    fn variance(self, delta: f64) -> f64 {
        if delta < 0.0 {
            return self.swapped().variance(-delta);
        }
        let (n, worse, better) = (self.cases as f64, self.worse as f64, self.better as f64);
        let b = (2.0 * n - worse + better) * delta - worse - better;
        let c = better * delta * (1.0 - delta);
        let root = (b * b + 8.0 * n * c).sqrt();
        let q = if b > 0.0 { 2.0 * c / (root + b) } else { (root - b) / (4.0 * n) };
        n * (2.0 * q + delta * (1.0 - delta))
    }
}

/// The fewest worse cases that, beside `better` ones, show at `alpha` that there are more worse than better: 5 beside none
/// at 5 %. `None` when `alpha` is no probability above 0.
pub fn fewest_worse(better: u64, alpha: f64) -> Option<u64> {
    let shows = |worse| Pairs { cases: u64::MAX, worse, better }.worsened() <= alpha;
    if alpha > 0.0 { interval::fewest(1, shows) } else { None }
}

/// The two-sided hybrid score interval for the rate of `now` less that of `before`, -1 to 1, of cases that are not the same:
/// where they are, [`Pairs::tango`] shows much more. Counts that are no sample bound nothing.
///
/// Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
/// methods", Statistics in Medicine 17 (1998), method 10.
pub fn newcombe(now: Ratio, before: Ratio, confidence: f64) -> (f64, f64) {
    let sound = |r: Ratio| r.is_known() && r.part <= r.whole;
    let level = confidence > 0.0 && confidence < 1.0;
    if !(sound(now) && sound(before) && level) {
        return (-1.0, 1.0);
    }
    let of = |r: Ratio| (r.part as f64 / r.whole as f64, interval::wilson(r.part as f64, r.whole as f64, confidence));
    let ((p, (low, high)), (q, (lowest, highest))) = (of(now), of(before));
    let difference = p - q;
    ((difference - (p - low).hypot(highest - q)).max(-1.0), (difference + (high - p).hypot(q - lowest)).min(1.0))
}

#[cfg(test)]
mod tests;
