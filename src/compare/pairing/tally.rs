//! The cases of one golden suite, judged twice: how many got worse, how many better, and what follows.

use crate::analyze::paired::{Pairs, fewest_worse};
use crate::metric::{Value, grouped, number};
use crate::record::Record;
use std::borrow::Cow;

/// How improbable a loss must be by chance alone to be a regression.
const ALPHA: f64 = 0.05;
/// The upper end of this two-sided interval is a one-sided 95 % bound.
const INTERVAL: f64 = 0.90;

/// How a case stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Good,
    Bad,
    /// It should have been judged and was not.
    Unmeasured,
    /// It was there; the base's report left out how it came out.
    Unknown,
    /// It does not concern this system, or is not there.
    Apart,
}

impl Standing {
    pub(super) fn of(row: &Record) -> Standing {
        match row.text("outcome") {
            Some("passed") => Standing::Good,
            Some("failed") => Standing::Bad,
            Some("not-applicable") => Standing::Apart,
            _ => Standing::Unmeasured,
        }
    }
}

/// What became of the cases of a suite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Cases that are there now and concern the system.
    pub cases: u64,
    pub pairs: Pairs,
    /// Bad both times.
    pub still_failing: u64,
    /// Judged at the base, not judged now.
    pub newly_unmeasured: u64,
    /// Cases that may have got worse: nobody can tell.
    pub doubtful: u64,
    pub added: u64,
    pub dropped: u64,
}

impl Tally {
    /// Counts a case that is there now, and gives the word of [`crate::catalogue::CASE_CHANGES`] for it.
    pub(super) fn add(&mut self, was: Standing, is: Standing) -> &'static str {
        use Standing::{Apart, Bad, Good, Unknown, Unmeasured};
        self.cases += u64::from(is != Apart);
        if matches!(was, Good | Bad) && matches!(is, Good | Bad) {
            self.pairs.cases += 1;
        }
        match (was, is) {
            (Apart, Apart) => "same",
            (Apart, _) => {
                self.added += 1;
                "added"
            }
            (_, Apart) => {
                self.dropped += 1;
                "dropped"
            }
            (Good, Bad) => {
                self.pairs.worse += 1;
                "newly-failing"
            }
            (Bad, Good) => {
                self.pairs.better += 1;
                "newly-passing"
            }
            (Bad, Bad) => {
                self.still_failing += 1;
                "still-failing"
            }
            (Good | Bad, Unmeasured | Unknown) => {
                self.newly_unmeasured += 1;
                self.doubtful += u64::from(was == Good);
                "newly-unmeasured"
            }
            (Good, Good) | (Unmeasured, Unmeasured | Unknown) => "same",
            // Good by now, from nobody knows where: neither a loss nor an improvement.
            (Unknown | Unmeasured, Good) => "unknown",
            (Unknown | Unmeasured, Bad) | (Unknown, Unmeasured | Unknown) => {
                self.doubtful += 1;
                "unknown"
            }
        }
    }

    /// Both together, for the sums of an entry.
    pub(super) fn plus(self, other: Tally) -> Tally {
        let pairs = Pairs {
            cases: self.pairs.cases + other.pairs.cases,
            worse: self.pairs.worse + other.pairs.worse,
            better: self.pairs.better + other.pairs.better,
        };
        Tally {
            cases: self.cases + other.cases,
            pairs,
            still_failing: self.still_failing + other.still_failing,
            newly_unmeasured: self.newly_unmeasured + other.newly_unmeasured,
            doubtful: self.doubtful + other.doubtful,
            added: self.added + other.added,
            dropped: self.dropped + other.dropped,
        }
    }

    /// What follows, and for what decides nothing the standing and the reason.
    pub(super) fn state(&self) -> (&'static str, Option<(&'static str, String)>) {
        let Pairs { cases, worse, better } = self.pairs;
        if cases == 0 {
            // Where the base judged none either, that is not of this change.
            let standing = if self.newly_unmeasured + self.dropped > 0 { "no-evidence" } else { "not-applicable" };
            return ("not-comparable", Some((standing, "no case was judged both at the base and now".to_owned())));
        }
        if worse > better && self.pairs.worsened() <= ALPHA {
            return ("regressed", None);
        }
        if worse + self.doubtful > better {
            return ("undecided", Some(("unproven", self.doubt())));
        }
        let improved = better > worse && self.pairs.swapped().worsened() <= ALPHA;
        (if improved { "improved" } else { "unchanged" }, None)
    }

    /// "4 cases newly failing and 0 newly passing can be chance (p = 0.0625): 5 would show a regression".
    fn doubt(&self) -> String {
        let Pairs { worse, better, .. } = self.pairs;
        let mut told = Vec::new();
        if worse > better {
            let needed = fewest_worse(better, ALPHA).map_or_else(String::new, |n| format!("; {} would show a regression", grouped(n)));
            let p = rounded(self.pairs.worsened(), 4);
            told.push(format!("{} newly failing and {} newly passing can be chance (p = {p}){needed}", cases(worse), grouped(better)));
        }
        if self.doubtful > 0 {
            let verb = if self.doubtful == 1 { "is" } else { "are" };
            told.push(format!("{} that may have got worse {verb} not judged on both sides", cases(self.doubtful)));
        }
        told.join("; ")
    }

    /// The drop of the pass rate in points, with its two ends; nothing without pairs.
    pub(super) fn drop(&self) -> Option<[f64; 3]> {
        let Pairs { cases, worse, better } = self.pairs;
        let (low, high) = self.pairs.tango(INTERVAL);
        (cases > 0).then(|| [(worse as f64 - better as f64) / cases as f64, low, high].map(|share| share * 100.0))
    }

    /// The row of the suite.
    pub(super) fn record(&self, row: Record) -> Record {
        let Pairs { cases, worse, better } = self.pairs;
        let (state, standing) = self.state();
        let count = Value::Count;
        let was_good = cases - self.still_failing - better;
        let row = row
            .with("state", Value::text(state))
            .with("cases", count(self.cases))
            .with("pairs", count(cases))
            .with("newly_failing", count(worse))
            .with("newly_passing", count(better))
            .with("still_failing", count(self.still_failing))
            .with("newly_unmeasured", count(self.newly_unmeasured))
            .with("doubtful", count(self.doubtful))
            .with("added", count(self.added))
            .with("dropped", count(self.dropped))
            .with("was", Value::ratio(was_good, cases))
            .with("is", Value::ratio(was_good + better - worse, cases))
            .with("p", Value::Number { value: self.pairs.worsened(), unit: Cow::Borrowed("") });
        let points = self.drop().into_iter().flat_map(|drop| ["drop", "drop_low", "drop_high"].into_iter().zip(drop));
        let row = points.fold(row, |row, (name, value)| row.with(name, Value::Number { value, unit: Cow::Borrowed("pt") }));
        match standing {
            Some((standing, because)) => super::standing(row, standing, because),
            None => row,
        }
    }
}

fn cases(n: u64) -> String {
    format!("{} case{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// A probability as people read it: never rounded to 0.
fn rounded(p: f64, digits: i32) -> String {
    let scale = 10f64.powi(digits);
    number(((p * scale).round() / scale).max(1.0 / scale))
}
