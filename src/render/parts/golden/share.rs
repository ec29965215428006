//! A share of a golden set with what it can still hide.

use crate::analyze::cluster::Sample;
use crate::analyze::interval::wilson;
use crate::finding::Outcome;
use crate::metric::{Ratio, grouped};
use crate::render::parts::figure;
use crate::render::parts::required::Limit;

/// The confidence of every bound here, one-sided, and of every interval, two-sided.
const CONFIDENCE: f64 = 0.95;

/// How a share stands to its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is shown to break it.
    Broken,
    /// Neither is shown.
    Open,
    /// It is shown to keep it.
    Kept,
}

/// A share with what it can still hide.
#[derive(Clone, Debug)]
pub struct Share {
    /// Whose it is.
    pub name: String,
    /// As counted, and how that is grouped.
    pub sample: Sample,
    /// What should have been counted and could not be.
    pub unmeasured: u64,
    /// What a rule asks of it.
    pub limit: Option<Limit>,
    /// Whether it should be low.
    pub low: bool,
    /// What is counted, in the plural: `claims`.
    pub counted_in: &'static str,
    /// What a pass would take more of, in the singular, as rules say it: `case`.
    pub noun: &'static str,
}

impl Share {
    /// With everything unmeasured good, and with everything bad (in the sense of the part).
    fn ends(&self) -> (Sample, Sample) {
        let unmeasured = self.unmeasured;
        (self.sample.and(Ratio::new(0, unmeasured)), self.sample.and(Ratio::new(unmeasured, unmeasured)))
    }

    /// One-sided bounds, lower and upper, as rules are judged: what could not be measured never makes a bound better.
    fn bounds(&self) -> (f64, f64) {
        let (least, most) = self.ends();
        let lower = least.lower(CONFIDENCE).min(self.sample.lower(CONFIDENCE));
        (lower, most.upper(CONFIDENCE).max(self.sample.upper(CONFIDENCE)))
    }

    /// The share observed.
    pub fn observed(&self) -> f64 {
        self.sample.ratio.share().unwrap_or(0.0)
    }

    /// The one-sided bound that decides: above for what should be rare, below for what should be common.
    pub fn bound(&self) -> f64 {
        let (lower, upper) = self.bounds();
        if self.low { upper } else { lower }
    }

    /// The two-sided interval (Wilson) of as many independent cases as the sample is worth.
    pub fn interval(&self) -> (f64, f64) {
        let of = |sample: Sample| {
            let n = sample.effective(CONFIDENCE).unwrap_or(0.0);
            wilson(sample.ratio.share().unwrap_or(0.0) * n, n, CONFIDENCE)
        };
        let (least, most) = self.ends();
        (of(least).0.min(of(self.sample).0), of(most).1.max(of(self.sample).1))
    }

    /// The bound as text, never better than it is: `3.87 %`.
    pub fn figure(&self) -> String {
        if self.low { figure::at_most(self.bound()) } else { figure::at_least(self.bound()) }
    }

    /// "at most" or "at least".
    pub const fn words(&self) -> &'static str {
        if self.low { "at most" } else { "at least" }
    }

    /// `199 of 200 (99.5 %)`: a rate is never rounded to its limit.
    pub fn counted(&self) -> String {
        let Ratio { part, whole } = self.sample.ratio;
        let percent = if self.low { self.sample.ratio.ceil_percent(2) } else { self.sample.ratio.floor_percent(2) };
        let percent = percent.filter(|_| part > 0 && part < whole).map_or_else(String::new, |percent| format!(" ({percent} %)"));
        format!("{} of {}{percent}", grouped(part), grouped(whole))
    }

    /// How it stands to its limit; none without one.
    pub fn standing(&self) -> Option<Standing> {
        let limit = self.limit.as_ref()?.share;
        let (lower, upper) = self.bounds();
        let (kept, broken) = if self.low { (upper <= limit, lower > limit) } else { (lower >= limit, upper < limit) };
        Some(match (kept, broken) {
            (true, _) => Standing::Kept,
            (_, true) => Standing::Broken,
            _ => Standing::Open,
        })
    }

    /// Whether a rule decides on the share itself, and not on what it shows.
    pub fn is_point(&self) -> bool {
        let judged = self.limit.as_ref().map(|limit| limit.judged);
        self.standing() == Some(Standing::Open) && matches!(judged, Some(Outcome::Pass | Outcome::Fail))
    }

    /// What it shows, in a sentence without its end: "0 of 76 shows at most 3.87 %; 522 more clean cases needed for 0.5 %".
    pub fn news(&self) -> String {
        let design = self.sample.design;
        let groups = design.map_or_else(String::new, |design| format!(" in {} independent groups", grouped(design.clusters)));
        let shown = format!("{}{groups} shows {} {}", self.counted(), self.words(), self.figure());
        let limit = self.limit.as_ref().map_or("", |limit| limit.text.as_str());
        let unmeasured = match self.unmeasured {
            0 => String::new(),
            n => format!("; {} that could not be judged counted as bad", self.many(n, "")),
        };
        let told = match (self.standing(), self.needed()) {
            (None, _) => shown,
            (Some(Standing::Kept), _) => format!("{shown}, which keeps the limit of {limit}"),
            (Some(Standing::Broken), _) => format!("{}{groups} is shown to break the limit of {limit}", self.counted()),
            (Some(Standing::Open), _) if self.is_point() => format!("{shown}; its point estimate is held against {limit}"),
            (Some(Standing::Open), Some(needed)) => {
                format!("{shown}; {} needed for {limit}", self.many(needed.more, "more clean "))
            }
            (Some(Standing::Open), None) => format!("{shown}, not {limit}"),
        };
        format!("{told}{unmeasured}")
    }

    fn many(&self, n: u64, kind: &str) -> String {
        format!("{} {kind}{}{}", grouped(n), self.noun, if n == 1 { "" } else { "s" })
    }

    /// What a pass would take if nothing more were bad; nothing where it passes, is shown to fail, or cannot pass.
    pub fn needed(&self) -> Option<Needed> {
        let limit = self.limit.as_ref().filter(|_| self.standing() == Some(Standing::Open))?;
        let (least, most) = self.ends();
        let more = |sample: Sample| match self.low {
            true => sample.more_for_at_most(limit.share, CONFIDENCE),
            false => sample.more_for_at_least(limit.share, CONFIDENCE),
        };
        let more = more(self.sample)?.max(more(if self.low { most } else { least })?);
        let there = self.sample.clusters().saturating_add(self.unmeasured);
        let needed = there.saturating_add(more);
        if more == 0 {
            return None;
        }
        let text = format!("{} of {} are there", grouped(there), self.many(needed, ""));
        Some(Needed { there, needed, more, text })
    }
}

/// How many cases a claim needs.
pub struct Needed {
    /// Independent ones that are there.
    pub there: u64,
    /// What it takes.
    pub needed: u64,
    /// What is missing.
    pub more: u64,
    /// `76 of 598 cases are there`.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Design;

    fn share(part: u64, whole: u64, low: bool, limit: Option<(f64, &str)>) -> Share {
        let limit = limit.map(|(share, text)| Limit { share, text: text.into(), at_most: low, judged: Outcome::Unproven });
        Share {
            name: "All".into(),
            sample: Sample::new(Ratio::new(part, whole), None),
            unmeasured: 0,
            limit,
            low,
            counted_in: "cases",
            noun: "case",
        }
    }

    #[test]
    fn a_share_says_what_it_shows_and_what_it_takes() {
        let half = Some((0.005, "0.5 %"));
        assert_eq!(share(0, 76, true, half).news(), "0 of 76 shows at most 3.87 %; 522 more clean cases needed for 0.5 %");
        assert_eq!(share(0, 598, true, half).news(), "0 of 598 shows at most 0.5 %, which keeps the limit of 0.5 %");
        assert_eq!(share(9, 300, true, half).news(), "9 of 300 (3 %) is shown to break the limit of 0.5 %");
        assert_eq!(share(76, 76, false, None).news(), "76 of 76 shows at least 96.13 %");
    }

    #[test]
    fn no_rate_is_rounded_to_its_limit() {
        assert_eq!(share(199, 200, false, None).counted(), "199 of 200 (99.5 %)");
        assert_eq!(share(99_999, 100_000, false, None).counted(), "99,999 of 100,000 (99.99 %)");
        assert_eq!(share(1, 100_000, true, None).counted(), "1 of 100,000 (0.01 %)");
    }

    #[test]
    fn what_could_not_be_judged_and_what_repeats_widens() {
        let half = Some((0.005, "0.5 %"));
        let clean = share(0, 76, true, half);
        let design = Design::alike(Ratio::new(0, 76), 31);
        let groups = Share { sample: Sample::new(Ratio::new(0, 76), Some(design)), ..clean.clone() };
        assert_eq!(groups.news(), "0 of 76 in 31 independent groups shows at most 9.22 %; 567 more clean cases needed for 0.5 %");
        let lost = Share { unmeasured: 2, ..clean.clone() };
        assert!(lost.bound() > clean.bound() && lost.interval().1 > clean.interval().1);
        assert!(lost.news().ends_with("; 2 cases that could not be judged counted as bad"), "{}", lost.news());
    }

    #[test]
    fn a_rule_on_the_share_itself_is_told() {
        let mut share = share(0, 8, true, Some((0.02, "2 %")));
        assert!(!share.is_point());
        share.limit.iter_mut().for_each(|limit| limit.judged = Outcome::Pass);
        assert_eq!(share.news(), "0 of 8 shows at most 31.24 %; its point estimate is held against 2 %");
    }
}
