//! Test results: what became of each case.

use crate::evidence::Evidence;
use crate::ingest::{Family, Format, Request};
use crate::metric::Value;
use crate::record::Record;
use std::collections::BTreeMap;

mod ctest;
mod ctrf;
mod elements;
mod events;
mod flaws;
mod go_test;
mod jest;
mod junit;
mod libtest;
mod message;
mod mocha;
mod number;
mod nunit;
mod pytest_json_report;
mod tap;
#[cfg(test)]
mod testing;
mod totals;
mod trx;
mod xunit;

/// Test results.
pub struct Tests;

impl Family for Tests {
    type Draft = Draft;
    const NAME: &'static str = "tests";
    const FORMATS: &'static [Format<Draft>] = &[
        junit::FORMAT,
        trx::FORMAT,
        nunit::FORMAT,
        xunit::FORMAT,
        ctest::FORMAT,
        ctrf::FORMAT,
        pytest_json_report::FORMAT,
        jest::FORMAT,
        mocha::FORMAT,
        go_test::FORMAT,
        libtest::FORMAT,
        tap::FORMAT,
    ];

    fn is_empty(draft: &Draft) -> bool {
        draft.cases.is_empty() && draft.stated.total() == 0
    }

    fn settle(drafts: Vec<Draft>, _: &Request<'_>, evidence: &mut Evidence) {
        if drafts.is_empty() {
            return;
        }
        let mut tally = Tally::default();
        let mut flaky = 0;
        let mut ids = BTreeMap::new();
        evidence.family("tests.case");
        for draft in drafts {
            tally.add(draft.stated);
            for case in draft.cases {
                tally.count(case.outcome);
                flaky += u64::from(case.is_flaky());
                evidence.push("tests.case", case.record(&mut ids));
            }
        }
        let ran = tally.total() - tally.skipped;
        for (id, count) in [
            ("tests.total", tally.total()),
            ("tests.passed", tally.passed),
            ("tests.failed", tally.failed),
            ("tests.errors", tally.errors),
            ("tests.skipped", tally.skipped),
            ("tests.flaky", flaky),
        ] {
            evidence.put(id, Value::Count(count));
        }
        evidence.put("tests.pass_rate", Value::ratio(tally.passed, ran));
    }
}

/// What one file says.
#[derive(Debug, Default)]
pub struct Draft {
    cases: Vec<Case>,
    /// What suites state that list no case of their own.
    stated: Tally,
}

/// What became of a case; a worse one is greater, and a case is as bad as the worst thing said of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    #[default]
    Passed,
    Skipped,
    Failed,
    Error,
}

impl Outcome {
    fn is_bad(self) -> bool {
        self >= Outcome::Failed
    }

    fn word(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Skipped => "skipped",
            Outcome::Failed => "failed",
            Outcome::Error => "error",
        }
    }
}

/// How many cases came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
    errors: u64,
    skipped: u64,
}

impl Tally {
    fn total(self) -> u64 {
        self.passed.saturating_add(self.failed).saturating_add(self.errors).saturating_add(self.skipped)
    }

    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Error => self.errors += 1,
            Outcome::Skipped => self.skipped += 1,
        }
    }

    fn add(&mut self, other: Tally) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
        self.errors = self.errors.saturating_add(other.errors);
        self.skipped = self.skipped.saturating_add(other.skipped);
    }
}

/// One case, or one execution of it before retries are joined.
#[derive(Clone, Debug, Default, PartialEq)]
struct Case {
    /// Which suite of the file, so that two suites of one name stay apart.
    suite_number: usize,
    suite: String,
    class: String,
    name: String,
    file: String,
    outcome: Outcome,
    /// Its outcome does not count yet.
    to_do: bool,
    attempts: u64,
    /// Milliseconds.
    duration: Option<f64>,
    message: Option<String>,
}

impl Case {
    fn is_flaky(&self) -> bool {
        self.outcome == Outcome::Passed && self.attempts > 1
    }

    /// The case as a record; a second case of the same name is called `name (2)`.
    fn record(self, ids: &mut BTreeMap<String, u64>) -> Record {
        let group = if self.class.is_empty() { &self.suite } else { &self.class };
        let name = if self.name.is_empty() { "(unnamed)" } else { &self.name };
        let id = if group.is_empty() { name.to_owned() } else { format!("{group}::{name}") };
        let seen = ids.entry(id.clone()).or_default();
        *seen += 1;
        let id = if *seen > 1 { format!("{id} ({seen})") } else { id };
        let some = |text: String| (!text.is_empty()).then_some(Value::Text(text));
        let outcome = Value::text(self.outcome.word());
        let suite = if self.suite.is_empty() { self.class } else { self.suite };
        Record::new("id", id)
            .with_some("suite", some(suite))
            .with_some("name", some(self.name))
            .with_some("file", some(self.file))
            .with("outcome", outcome)
            .with("attempts", Value::Count(self.attempts))
            .with_some("duration", self.duration.map(Value::Duration))
            .with_some("message", self.message.map(Value::Text))
    }
}

/// Joins what is one case that was tried again: executions of one name in one suite that all failed alike, or all but the last. Any other
/// mixture is a case with several sets of data under one name, and each of them counts. So do skipped ones.
fn join_retries(mut executions: Vec<Case>) -> Vec<Case> {
    let mut groups: BTreeMap<(usize, &str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (number, case) in executions.iter().enumerate() {
        if case.outcome != Outcome::Skipped && !case.name.is_empty() {
            groups.entry((case.suite_number, &case.class, &case.name, &case.file)).or_default().push(number);
        }
    }
    let retried: Vec<Vec<usize>> = groups.into_values().filter(|group| is_retry(group, &executions)).collect();
    let mut absorbed = vec![false; executions.len()];
    for group in retried {
        let [first, .., last] = *group.as_slice() else { continue };
        let attempts = group.iter().map(|number| executions[*number].attempts).sum();
        group[1..].iter().for_each(|number| absorbed[*number] = true);
        // The first stands for all, with its message, and ends as the last did.
        let Case { outcome, duration, .. } = executions[last];
        let case = &mut executions[first];
        (case.outcome, case.duration, case.attempts) = (outcome, duration, attempts);
    }
    executions.into_iter().zip(absorbed).filter(|(_, absorbed)| !absorbed).map(|(case, _)| case).collect()
}

/// A failure and an error under one name are the test and its clean-up (pytest), unless a pass follows.
fn is_retry(group: &[usize], executions: &[Case]) -> bool {
    let outcome = |number: &usize| executions[*number].outcome;
    let Some((last, earlier)) = group.split_last() else { return false };
    let ends = outcome(last) == Outcome::Passed || earlier.iter().all(|number| outcome(number) == outcome(last));
    !earlier.is_empty() && earlier.iter().all(|number| outcome(number).is_bad()) && ends
}
