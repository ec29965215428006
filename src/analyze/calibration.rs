//! What a rate is when the judge who measured it errs: "bad" is what the judge calls bad.

use super::normal;
use crate::metric::Ratio;

/// How often the judge was right where people knew the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judge {
    /// Of the bad answers shown to it, those it called bad.
    pub sensitivity: Ratio,
    /// Of the good answers shown to it, those it called good.
    pub specificity: Ratio,
}

impl Judge {
    /// Whether it was shown answers of both kinds, and tells bad from good better than a coin: only then is there a
    /// corrected rate.
    pub fn is_informative(self) -> bool {
        let sound = |r: Ratio| r.is_known() && r.part <= r.whole;
        let missed = Ratio::new(self.specificity.whole.saturating_sub(self.specificity.part), self.specificity.whole);
        sound(self.sensitivity) && sound(self.specificity) && self.sensitivity.compare(missed).is_some_and(|o| o.is_gt())
    }

    /// The true rate behind an `apparent` one, 0 to 1: (apparent + specificity - 1) / (sensitivity + specificity - 1).
    ///
    /// `None` unless the judge [is informative](Judge::is_informative) and something was measured.
    /// Source: W. J. Rogan and B. Gladen, "Estimating prevalence from the results of a screening test", American Journal of
    /// Epidemiology 107 (1978).
    pub fn corrected(self, apparent: Ratio) -> Option<f64> {
        if !self.is_informative() || !apparent.is_known() || apparent.part > apparent.whole {
            return None;
        }
        let share = (above(apparent, self.specificity) / above(self.sensitivity, self.specificity)).clamp(0.0, 1.0);
        Some(share)
    }

    /// One-sided bounds `(lower, upper)` on the true rate behind an `apparent` one, each at `confidence`, with the
    /// uncertainty of both of the judge's rates in them. What is no sample, or no judge, bounds nothing: 0 to 1.
    ///
    /// Normal bounds around the corrected rate of samples that are pulled to the middle: by z² answers, half of them bad,
    /// and by one right and one wrong answer of each of the judge's samples. Source: Zs. Lang and J. Reiczigel,
    /// "Confidence limits for prevalence of disease adjusted for estimated sensitivity and specificity", Preventive
    /// Veterinary Medicine 113 (2014).
    pub fn bounds(self, apparent: Ratio, confidence: f64) -> (f64, f64) {
        let z = normal::quantile(confidence).filter(|z| *z > 0.0);
        let (Some(z), Some(point)) = (z, self.corrected(apparent)) else { return (0.0, 1.0) };
        let p = Pulled::new(apparent, z * z);
        let (caught, passed) = (Pulled::new(self.sensitivity, 2.0), Pulled::new(self.specificity, 2.0));
        let skill = caught.share - passed.rest;
        if skill <= 0.0 {
            return (0.0, 1.0);
        }
        let rate = (p.share - passed.rest) / skill;
        let error = (p.variance() + rate * rate * caught.variance() + (1.0 - rate) * (1.0 - rate) * passed.variance()).sqrt() / skill;
        let centre = rate + 2.0 * z * z * (rate * caught.variance() - (1.0 - rate) * passed.variance());
        ((centre - z * error).clamp(0.0, point), (centre + z * error).clamp(point, 1.0))
    }
}

/// A bound on a rate, divided by the share of bad answers that the judge catches: what it misses was never counted.
///
/// 3.87 % becomes 4.83 % for a judge that catches 80 %. It takes the sensitivity as known and no good answer as called
/// bad, so it is never too low for a known sensitivity. 1 where the judge catches none, or the arguments are no shares.
pub fn undetected(bound: f64, sensitivity: Ratio) -> f64 {
    match sensitivity.share() {
        Some(caught) if caught > 0.0 && caught <= 1.0 && bound >= 0.0 => (bound / caught).min(1.0),
        _ => 1.0,
    }
}

/// `rate` - (1 - `specificity`), from counts, so that nothing cancels.
fn above(rate: Ratio, specificity: Ratio) -> f64 {
    let wrong = u128::from(specificity.whole - specificity.part);
    let (a, b) = (u128::from(rate.part) * u128::from(specificity.whole), wrong * u128::from(rate.whole));
    let difference = a.abs_diff(b) as f64 / (rate.whole as f64 * specificity.whole as f64);
    if a < b { -difference } else { difference }
}

/// A share of counts to which as many good as bad ones are added.
struct Pulled {
    share: f64,
    /// 1 - share.
    rest: f64,
    n: f64,
}

impl Pulled {
    fn new(ratio: Ratio, added: f64) -> Pulled {
        let n = ratio.whole as f64 + added;
        let left = ratio.whole.saturating_sub(ratio.part);
        Pulled { share: (ratio.part as f64 + added / 2.0) / n, rest: (left as f64 + added / 2.0) / n, n }
    }

    fn variance(&self) -> f64 {
        self.share * self.rest / self.n
    }
}

#[cfg(test)]
mod tests;
