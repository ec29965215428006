//! `golden.score`: what a measure comes to over a run.
//!
//! Tools average what they could compute, so that a run in which the judge breaks looks better than one in which it works. Here a measure has
//! a `mean` only when none of its values is missing; `mean_of_scored` is what the tool would print.

use super::case::{Case, Outcome};
use crate::evidence::Evidence;
use crate::metric::Value;
use crate::record::Record;
use std::collections::{BTreeMap, BTreeSet};

/// What a file states a measure to come to, where it holds no cases of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stated {
    /// What was measured.
    pub name: String,
    /// What it came to.
    pub mean: Option<f64>,
    /// Its standard error, as the tool computes it.
    pub stderr: Option<f64>,
    /// Over how many cases, where the file tells.
    pub scored: Option<u64>,
}

/// The values of one measure.
#[derive(Default)]
struct Tally {
    values: u64,
    /// Answers it should have graded and did not.
    missing: u64,
    /// Answers it has an opinion of, and no number.
    opinions: u64,
    sum: f64,
    good: u64,
    decided: u64,
}

/// A row for every measure of the cases, and one for every one that is stated.
pub fn rows(cases: &[Case], stated: Vec<Stated>, evidence: &mut Evidence) {
    let mut measures: BTreeMap<&str, Tally> = BTreeMap::new();
    for score in cases.iter().flat_map(|case| &case.scores) {
        let tally = measures.entry(&score.name).or_default();
        match (score.value, score.passed) {
            (Some(value), _) => (tally.values, tally.sum) = (tally.values + 1, tally.sum + value),
            (None, Some(_)) => tally.opinions += 1,
            (None, None) => tally.missing += 1,
        }
        tally.good += u64::from(score.passed == Some(true));
        tally.decided += u64::from(score.passed.is_some());
    }
    // An answer that never came was graded by nobody, whether or not the tool keeps a place for the grade.
    for case in cases.iter().filter(|case| case.outcome == Outcome::Error) {
        let has: BTreeSet<&str> = case.scores.iter().map(|score| score.name.as_str()).collect();
        measures.iter_mut().filter(|(name, _)| !has.contains(*name)).for_each(|(_, tally)| tally.missing += 1);
    }
    evidence.family("golden.score");
    for (name, tally) in measures {
        evidence.push("golden.score", tally.record(name));
    }
    for Stated { name, mean, stderr, scored } in stated {
        let row = Record::new("name", name)
            .with_some("mean", mean.map(number))
            .with_some("mean_of_scored", mean.map(number))
            .with_some("stderr", stderr.map(number))
            .with_some("scored", scored.map(Value::Count));
        evidence.push("golden.score", row);
    }
}

impl Tally {
    fn record(self, name: &str) -> Record {
        let mean = Some(self.sum / self.values as f64).filter(|mean| mean.is_finite()).map(number);
        let all = self.missing == 0 && self.opinions == 0;
        Record::new("name", name)
            .with_some("mean", mean.clone().filter(|_| all))
            .with_some("mean_of_scored", mean)
            .with("scored", Value::Count(self.values + self.opinions))
            .with("missing", Value::Count(self.missing))
            .with("pass_rate", Value::ratio(self.good, self.decided))
    }
}

fn number(value: f64) -> Value {
    Value::Number { value, unit: "".into() }
}
