//! What a share supports whose cases come in groups: cases of one template, attempts at one case.
//!
//! The variance is that of a ratio of cluster totals with the factor G/(G-1) ("CR1"; W. G. Cochran, "Sampling Techniques",
//! 3rd ed. 1977, 6.3 and 11.12; L. Kish, "Survey Sampling", 1965). From it comes the effective number of cases, and from that the exact
//! bounds: E. L. Korn and B. I. Graubard, "Confidence intervals for proportions with small expected number of positive counts
//! estimated from survey data", Survey Methodology 24 (1998); the form of `svyciprop(method = "beta")` in R's `survey`, but that
//! groups never make a sample worth more than its cases. A share of 0 or 1 shows no variance at all: there the groups are counted.

use super::{interval, student};
use crate::metric::{Design, Ratio};

/// A share, and how its cases are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// `part` of `whole` cases.
    pub ratio: Ratio,
    /// None when every case is independent.
    pub design: Option<Design>,
}

impl Sample {
    /// `design` groups the cases of `ratio`; groups of one case each are none.
    pub fn new(ratio: Ratio, design: Option<Design>) -> Self {
        Sample { ratio, design: design.filter(|design| design.clusters < ratio.whole) }
    }

    /// The same with `more` independent cases.
    pub fn and(self, more: Ratio) -> Self {
        let ratio = Ratio::new(self.ratio.part.saturating_add(more.part), self.ratio.whole.saturating_add(more.whole));
        Sample { ratio, design: self.design.map(|design| design.plus(Design::singletons(more))) }
    }

    /// How many independent groups there are.
    pub fn clusters(self) -> u64 {
        self.design.map_or(self.ratio.whole, |design| design.clusters)
    }

    /// The standard error of the share; 0 for a share of 0 or 1. `None` with fewer than two groups, or sums too large to be
    /// exact.
    pub fn standard_error(self) -> Option<f64> {
        let Ratio { part, whole } = self.ratio;
        let (n, g) = (whole as f64, self.clusters() as f64);
        let spread = self.spread()? as f64;
        (self.clusters() > 1 && part <= whole).then(|| (g / (g - 1.0) * spread).sqrt() / n / n)
    }

    /// How many times larger the variance is than that of as many independent cases; at least 1. `None` for a share of 0 or
    /// 1, which tells nothing of it, and where there is no standard error.
    pub fn design_effect(self) -> Option<f64> {
        self.worth().map(|worth| self.ratio.whole as f64 / worth)
    }

    /// How many independent cases the sample is worth for a one-sided bound at `confidence`: n / deff, less what it costs to
    /// know the variance from few groups only, (t of n-1 / t of G-1)² degrees of freedom. For a share of 0 or 1 the number of
    /// groups. `None` as for [`Sample::standard_error`].
    pub fn effective(self, confidence: f64) -> Option<f64> {
        let Ratio { part, whole } = self.ratio;
        if self.design.is_none() || part == 0 || part == whole {
            return (whole > 0 && self.clusters() > 0).then(|| self.clusters() as f64);
        }
        // at a confidence of one half both quantiles are 0; their quotient is taken beside it
        let level = confidence.max(0.5 + 1e-6);
        let t = student::quantile(level, whole.saturating_sub(1))? / student::quantile(level, self.clusters().saturating_sub(1))?;
        self.worth().map(|worth| worth * t * t)
    }

    /// The one-sided upper bound on the true share. Where nothing is known it is 1.
    ///
    /// A few bad cases tell little of how alike the cases of a group are, and the design effect that they show may even fall as
    /// one more is found: so the bound is never better than with none of them bad.
    pub fn upper(self, confidence: f64) -> f64 {
        let Some(n) = self.effective(confidence) else { return 1.0 };
        let bound = interval::clopper_pearson_upper(self.count(n), n, confidence);
        match self.design {
            Some(design) => bound.max(interval::clopper_pearson_upper(0.0, design.clusters as f64, confidence)),
            None => bound,
        }
    }

    /// The one-sided lower bound on the true share; see [`Sample::upper`]. Where nothing is known it is 0.
    pub fn lower(self, confidence: f64) -> f64 {
        let Some(n) = self.effective(confidence) else { return 0.0 };
        let bound = interval::clopper_pearson_lower(self.count(n), n, confidence);
        match self.design {
            Some(design) => {
                let all = design.clusters as f64;
                bound.min(interval::clopper_pearson_lower(all, all, confidence))
            }
            None => bound,
        }
    }

    /// How many more independent cases, none of them counted, would prove a share of at most `limit`. `None` if no number of
    /// them does.
    pub fn more_for_at_most(self, limit: f64, confidence: f64) -> Option<u64> {
        self.more(|more| self.and(Ratio::new(0, more)).upper(confidence) <= limit)
    }

    /// How many more independent cases, all of them counted, would prove a share of at least `limit`. `None` if no number of
    /// them does.
    pub fn more_for_at_least(self, limit: f64, confidence: f64) -> Option<u64> {
        self.more(|more| self.and(Ratio::new(more, more)).lower(confidence) >= limit)
    }

    fn more(self, proves: impl Fn(u64) -> bool) -> Option<u64> {
        if proves(0) { Some(0) } else { interval::fewest(1, proves) }
    }

    /// The part at an effective number of cases; the ends stay exact.
    fn count(self, effective: f64) -> f64 {
        let Ratio { part, whole } = self.ratio;
        match (self.design, part == whole) {
            (None, _) => part as f64,
            (_, true) => effective,
            _ => part as f64 / whole as f64 * effective,
        }
    }

    /// n / deff: p (1-p) over the variance of p, and at most n.
    fn worth(self) -> Option<f64> {
        let Ratio { part, whole } = self.ratio;
        if part == 0 || part >= whole {
            return None;
        }
        let Some(design) = self.design else { return Some(whole as f64) };
        let (k, n, g) = (part as f64, whole as f64, design.clusters as f64);
        let spread = self.spread().filter(|_| design.clusters > 1)? as f64;
        Some((k * (n - k) * ((g - 1.0) / g) * n * n / spread).min(n))
    }

    /// The sum over groups of (n k_c - k n_c)², in whole numbers, so that nothing cancels. `None` if it does not fit.
    fn spread(self) -> Option<u128> {
        let Ratio { part, whole } = self.ratio;
        let design = self.design.unwrap_or(Design::singletons(self.ratio));
        let [k, n, nn, nk, kk] = [part, whole, design.whole_squared, design.part_whole, design.part_squared].map(u128::from);
        let product = |a: u128, b: u128, c: u128| a.checked_mul(b)?.checked_mul(c);
        let most = product(n, n, kk)?.checked_add(product(k, k, nn)?)?;
        most.checked_sub(product(2 * k, n, nk)?).filter(|_| !design.is_full())
    }
}

#[cfg(test)]
mod tests;
