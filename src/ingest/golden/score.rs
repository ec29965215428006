//! `golden.score`: what a measure comes to over a run.
//!
//! Tools average what they could compute, so that a run in which the judge breaks looks better than one in which it works. Here a measure has
//! a `mean` only when none of its values is missing; `mean_of_scored` is what the tool would print.

use super::case::{Case, Outcome};
use crate::evidence::Evidence;
use crate::metric::Value;
use crate::record::Record;
use crate::source::{Grade, Location};
use std::collections::{BTreeMap, BTreeSet};

/// Means of the same values, added in another order, are no further apart.
const CLOSE: f64 = 1e-9;

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

/// What the measures of all answers come to.
#[derive(Default)]
pub struct Scores {
    measures: BTreeMap<String, Tally>,
    /// Answers that never came.
    broken: u64,
}

/// The values of one measure.
#[derive(Clone, Copy, Default)]
struct Tally {
    values: u64,
    /// Answers it should have graded and did not.
    missing: u64,
    /// Answers it has an opinion of, and no number.
    opinions: u64,
    sum: f64,
    good: u64,
    decided: u64,
    /// Answers that never came, and are listed all the same.
    broken: u64,
}

impl Scores {
    /// Takes in the measures of an answer.
    pub fn see(&mut self, case: &Case) {
        let broken = case.outcome == Outcome::Error;
        self.broken += u64::from(broken);
        let mut before: BTreeSet<&str> = BTreeSet::new();
        for score in &case.scores {
            if !self.measures.contains_key(&score.name) {
                self.measures.insert(score.name.clone(), Tally::default());
            }
            let Some(tally) = self.measures.get_mut(&score.name) else { continue };
            match (score.value, score.passed) {
                (Some(value), _) => (tally.values, tally.sum) = (tally.values + 1, tally.sum + value),
                (None, Some(_)) => tally.opinions += 1,
                (None, None) => tally.missing += 1,
            }
            tally.good += u64::from(score.passed == Some(true));
            tally.decided += u64::from(score.passed.is_some());
            tally.broken += u64::from(broken && before.insert(&score.name));
        }
    }

    /// Takes in those of another file.
    pub fn join(&mut self, other: Scores) {
        self.broken += other.broken;
        for (name, more) in other.measures {
            let tally = self.measures.entry(name).or_default();
            tally.values += more.values;
            tally.missing += more.missing;
            tally.opinions += more.opinions;
            tally.sum += more.sum;
            tally.good += more.good;
            tally.decided += more.decided;
            tally.broken += more.broken;
        }
    }

    /// What was measured.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.measures.keys().map(String::as_str)
    }

    /// Whether a measure has values, and nobody says which of them are good.
    pub fn is_undecided(&self, name: &str) -> bool {
        self.measures.get(name).is_some_and(|tally| tally.values > 0 && tally.decided == 0)
    }
}

/// A row for every measure of the answers, and one for every one that is stated.
pub fn rows(scores: Scores, stated: Vec<Stated>, evidence: &mut Evidence) {
    evidence.family("golden.score");
    let (held, alone): (Vec<Stated>, Vec<Stated>) = stated.into_iter().partition(|stated| scores.measures.contains_key(&stated.name));
    for (name, mut tally) in scores.measures {
        // An answer that never came was graded by nobody, whether or not the tool keeps a place for the grade.
        tally.missing += scores.broken - tally.broken;
        let stated = held.iter().find(|stated| stated.name == name);
        if let Some(message) = stated.and_then(|stated| tally.contradicts(stated)) {
            evidence.problem("declared-totals-differ", Grade::Error, "", Location::whole(), message);
        }
        let stderr = stated.and_then(|stated| stated.stderr).map(number);
        evidence.push("golden.score", tally.record(&name).with_some("stderr", stderr));
    }
    for Stated { name, mean, stderr, scored } in alone {
        let row = Record::new("name", name)
            .with_some("mean", mean.map(number))
            .with_some("mean_of_scored", mean.map(number))
            .with_some("stderr", stderr.map(number))
            .with_some("scored", scored.map(Value::Count));
        evidence.push("golden.score", row);
    }
}

impl Tally {
    /// Why these are not the values of which this is stated.
    fn contradicts(&self, stated: &Stated) -> Option<String> {
        let mean = self.sum / self.values as f64;
        let same = stated.mean.is_none_or(|stated| (stated - mean).abs() <= CLOSE);
        if let Some(n) = stated.scored.filter(|n| *n != self.values) {
            return Some(format!("{} is stated over {n} cases, and has {} values", stated.name, self.values));
        }
        (!same).then(|| format!("{} is stated to be {}, and is {mean}", stated.name, stated.mean.unwrap_or_default()))
    }

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
